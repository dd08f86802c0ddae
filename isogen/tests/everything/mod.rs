//! Specs that have every class in every encoding behind every length prefix, and composites of every kind.

use std::fmt::Write as _;

use isogen::model::Spec;

const BITMAPS: [&str; 3] = ["binary", "hex", "ebcdic-hex"];
const MTIS: [&str; 3] = ["ascii", "ebcdic", "bcd"];

/// One spec for each length prefix, which counts units or bytes, itself or not.
pub(crate) fn specs() -> Vec<Spec> {
    let mut specs = Vec::new();
    for prefix in ["ascii", "ebcdic", "bcd", "binary-be", "binary-le", "hex"] {
        for counts in ["units", "bytes"] {
            for inclusive in [false, true] {
                let text = spec(specs.len(), prefix, counts, inclusive);
                match isogen::load_str("every.toml", &text) {
                    Ok(loaded) => specs.push(loaded.spec),
                    Err(errors) => panic!("{errors}\n{text}"),
                }
            }
        }
    }
    specs
}

fn spec(place: usize, prefix: &str, counts: &str, inclusive: bool) -> String {
    let bitmap = BITMAPS[place % 3];
    let third = ["after-second", "element-65"][place % 2];
    let mut text = format!(
        "[spec]\nname = \"every-{place}\"\ntitle = \"Every class, prefix {prefix} in {counts}\"\n[wire]\nmti = \"{}\"\n\
         bitmap = {{ encoding = \"{bitmap}\", maps = 3, third = \"{third}\" }}\ndigits = \"ascii\"\ntext = \"ascii\"\nbinary = \"raw\"\n\
         length = {{ encoding = \"{prefix}\", counts = \"{counts}\", inclusive = {inclusive} }}\n",
        MTIS[place / 3 % 3]
    );
    let dots = if prefix.starts_with("binary") { ".." } else { "..." };
    // A prefix in bytes tells an odd count by the filler alone.
    let filler = if counts == "bytes" { "F" } else { "0" };
    let left = format!("{{ encoding = \"bcd\", pad = \"left\", nibble = \"{filler}\" }}");
    let right = "{ encoding = \"bcd\", pad = \"right\", nibble = \"F\" }";
    let digits = ["\"ascii\"", "\"ebcdic\"", &left, right];
    let texts = ["\"ascii\"", "\"cp037\"", "\"cp1047\"", "\"latin1\"", "\"utf8\""];
    let bytes = ["\"raw\"", "\"hex\"", "\"ebcdic-hex\""];
    let counts_itself_in_bytes = |encoding: &str| {
        !inclusive || counts == "bytes" || !["bcd", "hex", "utf8"].iter().any(|word| encoding.contains(word))
    };
    let mut number = 2;
    let mut all = Vec::new();
    let mut field = |format: String, rest: String, text: &mut String| {
        number += usize::from(number == 64 || number == 128) + 1;
        let own = number - 1;
        _ = write!(text, "[field.{own}]\nname = \"Field {own}\"\nformat = \"{format}\"\nsensitive = \"clear\"\n{rest}");
        all.push(own);
        own.to_string()
    };
    for encoding in digits {
        let own = format!("encoding = {encoding}\n");
        field("n 5".to_owned(), own.clone(), &mut text);
        field("x+n 7".to_owned(), own.clone(), &mut text);
        if counts_itself_in_bytes(encoding) {
            field(format!("n{dots}19"), own.clone(), &mut text);
            field(format!("z{dots}37"), format!("{own}type = \"text\"\n"), &mut text);
        }
    }
    for encoding in texts {
        let own = format!("encoding = {encoding}\n");
        field("ans 9".to_owned(), own.clone(), &mut text);
        if counts_itself_in_bytes(encoding) {
            field(format!("ans{dots}99"), own, &mut text);
        }
    }
    for encoding in bytes {
        let own = format!("encoding = {encoding}\n");
        field("b 3".to_owned(), own.clone(), &mut text);
        let composites = [
            "kind = \"positional\"".to_owned(),
            format!("kind = \"bitmap\", bitmap = {{ encoding = \"{bitmap}\", maps = 1 }}"),
            "kind = \"bitmap\", bitmap = { encoding = \"binary\", maps = 2 }".to_owned(),
        ];
        if counts_itself_in_bytes(encoding) {
            field(format!("b{dots}99"), own.clone(), &mut text);
            for composite in composites {
                let rest = format!("{own}composite = {{ {composite} }}\n");
                let parent = field(format!("b{dots}250"), rest, &mut text);
                text += &children(&parent, dots, composite.contains("maps = 2"), composite.contains("positional"));
            }
            let parent =
                field(format!("b{dots}250"), format!("{own}composite = {{ kind = \"ber-tlv\" }}\n"), &mut text);
            text += &tags(&parent);
        }
    }
    // In messages these come in the first specs; a prefix that counts itself does not matter to them.
    if !inclusive {
        for (tag, width, key) in [("ascii", 2, "A1"), ("ebcdic", 3, "B22"), ("bcd", 4, "0456"), ("binary", 2, "DF0A")] {
            for (kind, covers) in [("tlv", "value"), ("tlv", "all"), ("ltv", "tag-value")] {
                let widths = if prefix.starts_with("binary") { 2 } else { 3 };
                let rest = format!(
                    "composite = {{ kind = \"{kind}\", tag = {{ encoding = \"{tag}\", width = {width} }}, length = {{ encoding \
                     = \"{prefix}\", width = {widths}, covers = \"{covers}\" }} }}\n"
                );
                let parent = field(format!("b{dots}250"), rest, &mut text);
                text += &child(&parent, key, "ans..20");
            }
        }
        let parent = field(format!("b{dots}250"), "composite = { kind = \"pairs\" }\n".to_owned(), &mut text);
        text += &child(&parent, "NAME_OF_IT", "ans..20");
        text += &child(&parent, "\"a:b\"", "n 3");
        let parent =
            field(format!("b{dots}250"), "composite = { kind = \"repeat\", most = 9 }\n".to_owned(), &mut text);
        text += &child(&parent, "1", "n 3");
        text += &child(&parent, "2", &format!("ans{dots}20"));
    }
    let all: Vec<String> = all.iter().map(ToString::to_string).collect();
    _ = write!(text, "[message.whole]\nmti = \"0200\"\nmandatory = [{}]\n", all.join(", "));
    text
}

fn child(parent: &str, key: &str, format: &str) -> String {
    format!("[field.{parent}.field.{key}]\nname = 'Child {key}'\nformat = \"{format}\"\nsensitive = \"clear\"\n")
}

fn children(parent: &str, dots: &str, two: bool, positional: bool) -> String {
    let mut text = child(parent, if positional { "1" } else { "2" }, "n 3");
    text += &child(parent, if positional { "2" } else { "3" }, &format!("ans{dots}20"));
    text += &child(
        parent,
        if two {
            "70"
        } else if positional {
            "3"
        } else {
            "64"
        },
        "an 4",
    );
    if positional {
        text += &child(parent, "4", "ans *");
    }
    text
}

fn tags(parent: &str) -> String {
    child(parent, "9F02", "n 11") + &child(parent, "50", "ans..16") + &child(parent, "DF8129", "b 8")
}
