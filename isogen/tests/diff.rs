//! What changes from one spec to another.
//!
//! `BLESS=1 cargo test -p isogen --test diff` writes the golden files anew.

use std::path::Path;

use isogen::model::Spec;
use isogen::print::diff::{Differences, differences};

const RICH: &str = include_str!("specs/rich.toml");

fn load(text: &str) -> Spec {
    isogen::load_str("spec.toml", text).unwrap_or_else(|errors| panic!("{errors}")).spec
}

/// What a change of the text of `rich` changes.
fn changed(from: &str, to: &str) -> Differences {
    assert!(RICH.contains(from), "{from}");
    differences(&load(RICH), &load(&RICH.replace(from, to)))
}

fn told(changes: &[isogen::print::diff::Change]) -> Vec<String> {
    let side = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".to_owned());
    changes.iter().map(|one| format!("{} {}: {} -> {}", one.path, one.aspect, side(&one.old), side(&one.new))).collect()
}

#[test]
fn nothing_differs_from_itself() {
    for name in isogen::shipped::names() {
        let spec = load(isogen::shipped::text(name).unwrap());
        let found = differences(&spec, &spec);
        assert!(found.is_empty(), "{found}");
        assert!(found.to_json().contains("\"equal\": true"));
    }
}

#[test]
fn titles_and_descriptions_are_no_difference() {
    let other =
        RICH.replace("A little of everything", "Else").replace("For tests.", "For nobody.").replace("Asks.", "");
    assert!(differences(&load(RICH), &load(&other)).is_empty());
}

#[test]
fn the_wire() {
    for (from, to, expected) in [
        ("mti = \"bcd\"", "mti = \"ascii\"", "mti encoding: bcd -> ascii"),
        (
            "bitmap = { encoding = \"binary\", maps = 3 }\ndigits",
            "bitmap = { encoding = \"hex\", maps = 3 }\ndigits",
            "bitmap encoding: binary, up to 3 maps -> hex, up to 3 maps",
        ),
        (
            "bitmap = { encoding = \"binary\", maps = 3 }\ndigits",
            "bitmap = { encoding = \"binary\", maps = 3, third = \"element-65\" }\ndigits",
            "bitmap third: after-second -> element-65",
        ),
        ("min = 8", "min = 9", "2 length: 8 to 19 digits -> 9 to 19 digits"),
        ("format = \"an 2\"", "format = \"ans 2\"", "39 class: an -> ans"),
        ("encoding = \"utf8\"", "encoding = \"latin1\"", "42 encoding: utf8 -> latin1"),
        ("policy = \"lenient\"", "policy = \"strict\"", "42 policy: lenient -> strict"),
        ("pad = { side = \"left\", fill = \"0\" }", "pad = \"none\"", "130 padding: left, 0 -> none"),
        (
            "width = 2, inclusive = true",
            "width = 2",
            "55 length prefix: 2 bytes, most significant first, counting bytes and itself -> 2 bytes, most significant \
             first, counting bytes",
        ),
        ("format = \"ans..32\"", "format = \"ans..33\"", "127.2 length: up to 32 characters -> up to 33 characters"),
        (
            "kind = \"bitmap\"\nbitmap = { encoding = \"hex\", maps = 1 }",
            "kind = \"bitmap\"\nbitmap = { encoding = \"binary\", maps = 1 }",
            "127 inside: bitmap (hex, one map) -> bitmap (binary, one map)",
        ),
    ] {
        let found = changed(from, to);
        assert_eq!(told(&found.wire), [expected], "{from}");
    }
    let gone = changed("[field.28]\nname = \"Fee\"\nformat = \"x+n 8\"\nencoding = \"ebcdic\"\n", "");
    assert_eq!(told(&gone.wire), ["28 element: Fee, x+n 8, cp037 -> -"]);
}

#[test]
fn the_meaning() {
    for (from, to, expected) in [
        ("name = \"Amount\"", "name = \"Sum\"\nident = \"amount\"", "4 name: Amount -> Sum"),
        ("51 = \"not sufficient funds\"", "51 = \"too little\"", "39 value: 51 not sufficient funds -> 51 too little"),
        ("51 = \"not sufficient funds\"\n", "", "39 value: 51 not sufficient funds -> -"),
        ("51 = \"not", "05 = \"declined\"\n51 = \"not", "39 value: - -> 05 declined"),
        ("format = \"b 8\"\nsensitive = \"clear\"", "format = \"b 8\"", "55.9F26 who may see it: clear -> opaque"),
        ("mti = \"0800\"", "mti = \"0820\"", "message echo message type: 0800 -> 0820"),
        ("echo = [11, 2]", "echo = [11]", "message request echo: 2 -> -"),
        ("optional = [4, 90]", "optional = [90]", "message response optional: 4 -> -"),
    ] {
        let found = changed(from, to);
        assert!(found.wire.is_empty(), "{from}: {found}");
        assert_eq!(told(&found.meaning), [expected], "{from}");
    }
    let moved = changed(
        "mandatory = [11, 2, 4]\nconditional = [35, 52, 55]",
        "mandatory = [11, 2]\nconditional = [4, 35, 52, 55]",
    );
    let expected = ["message request mandatory: 4 -> -", "message request conditional: - -> 4"];
    assert_eq!(told(&moved.meaning), expected);
}

#[test]
fn the_generated_code() {
    let breaking = |found: &Differences| {
        let items = found.api.iter().filter(|one| one.breaking);
        items.map(|one| one.item.clone()).collect::<Vec<_>>()
    };
    // A type that is another one.
    let found = changed("format = \"n 12\"\ntype = \"amount\"\n\n[field.11]", "format = \"n 12\"\n\n[field.11]");
    assert!(breaking(&found).contains(&"Message::amount".to_owned()), "{found}");
    assert!(breaking(&found).contains(&"Request.amount".to_owned()), "{found}");
    // One more element breaks nobody who does not write its struct out.
    let found = changed("[field.4]", "[field.3]\nname = \"Processing code\"\nformat = \"n 6\"\n\n[field.4]");
    assert!(breaking(&found).is_empty(), "{found}");
    assert!(found.api.iter().any(|one| one.item == "Message::processing_code"), "{found}");
    // One more value neither, one less does.
    let more = changed("51 = \"not", "05 = \"declined\"\n51 = \"not");
    assert!(breaking(&more).is_empty() && more.api.iter().any(|one| one.item == "ResponseCode::DECLINED"), "{more}");
    let less = changed("51 = \"not sufficient funds\"\n", "");
    assert_eq!(breaking(&less), ["ResponseCode::NOT_SUFFICIENT_FUNDS"]);
    // One more element of a message is one more field of a struct that somebody may have written out.
    let listed = changed("optional = [4, 90]", "optional = [4, 42, 90]");
    assert_eq!(breaking(&listed), ["Response.merchants_name"]);
    // A length alone changes no type.
    assert!(changed("format = \"ans..32\"", "format = \"ans..33\"").api.is_empty());
}

#[test]
fn they_are_what_was_agreed() {
    let child = "[spec]\nname = \"acme\"\ntitle = \"Acme\"\nextends = \"iso87-a\"\n\
        [wire]\nbitmap = { encoding = \"binary\", maps = 2 }\n\
        [field.48]\ncomposite = { kind = \"positional\" }\n\
        [field.48.field.1]\nname = \"Store number\"\nformat = \"n 4\"\n\
        [field.48.field.2]\nname = \"Cashier text\"\nformat = \"ans *\"\n\
        [field.39.values]\n\"N7\" = \"card verification value does not match\"\n\
        [field.73]\nremove = true\n\
        [message.network-management-request]\nmandatory = [7, 11, 48, 70]\noptional = [24, 32, 33, 41, 100]\n";
    let parent = load(isogen::shipped::text("iso87-a").unwrap());
    let found = differences(&parent, &load(child));
    let bless = std::env::var_os("BLESS").is_some();
    for (file, text) in [("diff.txt", found.to_string()), ("diff.json", found.to_json())] {
        let golden = Path::new("tests/golden").join(file);
        if bless {
            std::fs::create_dir_all("tests/golden").unwrap();
            std::fs::write(&golden, &text).unwrap();
        }
        let expected = std::fs::read_to_string(&golden).unwrap_or_default().replace("\r\n", "\n");
        assert!(text == expected, "{} differs; write it anew with BLESS=1\n{text}", golden.display());
    }
    serde_json::from_str::<serde_json::Value>(&found.to_json()).unwrap();
}

/// Backwards everything that came goes, and the other way round.
#[test]
fn backwards_it_is_the_other_way_round() {
    let (old, new) = (load(isogen::shipped::text("iso87-a").unwrap()), load(RICH));
    let (there, back) = (differences(&old, &new), differences(&new, &old));
    assert_eq!(there.wire.len(), back.wire.len());
    assert_eq!(there.meaning.len(), back.meaning.len());
    assert_eq!(there.api.len(), back.api.len());
    for change in &there.wire {
        let found = back.wire.iter().any(|one| {
            (&one.path, one.aspect, &one.old, &one.new) == (&change.path, change.aspect, &change.new, &change.old)
        });
        assert!(found, "{change:?}");
    }
}

/// Composites of every kind, and what pairs messages.
#[test]
fn inside() {
    const INSIDE: &str = include_str!("specs/inside.toml");
    for (from, to, wire, meaning) in [
        ("most = 6", "most = 5", "54 inside: repeat (up to 6 groups) -> repeat (up to 5 groups)", ""),
        (
            "format = \"n 3\"\ntype = \"currency\"",
            "format = \"an 3\"\ntype = \"currency\"",
            "54.n.3 class: n -> an\n54.n.3 padding: left, 0 -> right, blank",
            "",
        ),
        ("name = \"Amount type\"", "name = \"Type of amount\"", "", "54.n.2 name: Amount type -> Type of amount"),
        (
            ", unknown = \"reject\"",
            "",
            "61 inside: ltv (tag of 1 byte, binary; length of 2 bytes, most significant first, counting bytes of tag and \
             value; unknown: reject) -> ltv (tag of 1 byte, binary; length of 2 bytes, most significant first, counting \
             bytes of tag and value)",
            "",
        ),
        ("xml = \"Pan\"", "xml = \"CardNumber\"", "127.25.26 XML element: Pan -> CardNumber", ""),
        (
            "[field.48.field.03]",
            "[field.48.field.04]",
            "48.03 element: Remark, ans..40, ascii -> -\n48.04 element: - -> Remark, ans..40, ascii",
            "",
        ),
        ("reversal = [[11, 37], [11]]\n", "", "", "correlation reversal: 11 and 37, else 11 -> as default"),
        ("default = [[11, 41], [11]]", "default = [11]", "", "correlation default: 11 and 41, else 11 -> 11"),
    ] {
        assert!(INSIDE.contains(from), "{from}");
        let found = differences(&load(INSIDE), &load(&INSIDE.replace(from, to)));
        assert_eq!(told(&found.wire).join("\n"), wire, "{from}");
        assert_eq!(told(&found.meaning).join("\n"), meaning, "{from}");
    }
    // Children of another kind are other children.
    let pairs = INSIDE.replace("composite = { kind = \"repeat\", most = 6 }", "composite = { kind = \"positional\" }");
    let found = differences(&load(INSIDE), &load(&pairs));
    let changed: Vec<&str> = found.wire.iter().map(|change| change.path.as_str()).collect();
    assert_eq!(changed, ["54"]);
    assert!(found.api.iter().any(|change| change.breaking));
}
