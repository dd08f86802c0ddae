//! What the spec language says of composites with a least length, of signs, and of XML that is none.

use isopace::msg::{Inside, Kind};
use isopace::wire::{Class, Encoding, ErrorKind, Rule, Side};
use isopace::{Dialect, Edit, Message};

/// A small dialect with these tables of fields.
fn dialect(name: &str, wire: &str, fields: &str) -> &'static Dialect {
    let spec = format!("[spec]\nname = \"{name}\"\ntitle = \"{name}\"\n\n[wire]\n{wire}\n{fields}");
    isopace::load::text(&format!("{name}.toml"), &spec).unwrap_or_else(|error| panic!("{}", error.render(false)))
}

const ASCII: &str = r#"
mti = "ascii"
bitmap = { encoding = "hex", maps = 1 }
digits = "ascii"
text = "ascii"
binary = "hex"
length = { encoding = "ascii", counts = "units" }
"#;

/// A composite of this format in DE 48, and one like it within a composite in DE 60.
fn least(name: &str, format: &str, min: u32) -> &'static Dialect {
    let children = |path: &str| {
        let child = |number| format!("[field.{path}.field.{number}]\nname = \"Part {number}\"\nformat = \"an 2\"\n");
        let own = format!("name = \"Data {path}\"\nformat = \"{format}\"\nmin = {min}\n");
        format!("[field.{path}]\n{own}composite = {{ kind = \"positional\" }}\n{}{}{}", child(1), child(2), child(3))
    };
    let outer = "[field.60]\nname = \"Outer\"\nformat = \"ans...99\"\ncomposite = { kind = \"positional\" }\n";
    let rest = "[field.60.field.2]\nname = \"Rest\"\nformat = \"ans *\"\n";
    dialect(name, ASCII, &format!("{}{outer}{}{rest}", children("48"), children("60.field.1")))
}

#[test]
fn a_least_length_is_asked_for_when_all_is_set() {
    let dialect = least("least", "ans..06", 6);
    for path in ["48", "60.1"] {
        let mut edit = Edit::build(dialect);
        edit.mti("0200");
        for (part, value) in [("1", "AA"), ("2", "BB")] {
            edit.set_leaf(&format!("{path}.{part}"), value);
        }
        let error = edit.finish().unwrap_err();
        assert_eq!((error.path().to_string(), error.kind().name()), (path.to_owned(), "too-short"));
        edit.set_leaf(&format!("{path}.3"), "CC");
        let wire = edit.finish().unwrap();
        let message = Message::parse(dialect, wire.clone()).unwrap();
        assert_eq!(message.at::<&str>(&format!("{path}.3")), Ok(Some("CC")));
        message.validate().unwrap();
        assert_eq!(message.edit().finish().unwrap(), wire);
    }
    // One after the other has nothing to stand behind yet.
    let mut edit = Edit::build(dialect);
    edit.mti("0200").set_leaf("60.1.1", "AA").set_leaf("60.2", "rest");
    assert_eq!(edit.finish().unwrap_err().kind().name(), "too-short");
    // Nor does what was received get shorter.
    let inside = Inside::of(dialect.field(48).unwrap()).set("1", "AA").clone().finish();
    assert!(inside.is_ok(), "the element around it is not here");
}

#[test]
fn postilion_demands_all_of_its_data_code() {
    let postilion = isopace::load::shipped("postilion").unwrap();
    let mut edit = Edit::build(postilion);
    edit.mti("0200");
    for child in postilion.field(123).unwrap().composite.unwrap().fields {
        assert!(edit.finish().is_err() || child.key.to_string() == "1", "{}", child.key);
        let units = child.rule.max() as usize;
        edit.set_leaf(&format!("123.{}", child.key), &"1".repeat(units));
    }
    let wire = edit.finish().unwrap();
    assert!(wire.ends_with(b"015111111111111111"));
    let message = Message::parse(postilion, wire).unwrap();
    message.validate().unwrap();
}

#[test]
fn a_sign_is_written_as_the_text_around_it() {
    for (text, sign) in [("ascii", 0x44u8), ("cp037", 0xC4), ("cp1047", 0xC4)] {
        for (pad, nibble) in [("left", "0"), ("right", "F")] {
            let wire = format!(
                "mti = \"ascii\"\nbitmap = {{ encoding = \"binary\", maps = 1 }}\ntext = \"{text}\"\nbinary = \"raw\"\n\
                 digits = {{ encoding = \"bcd\", pad = \"{pad}\", nibble = \"{nibble}\" }}\n\
                 length = {{ encoding = \"ascii\", counts = \"units\" }}"
            );
            let fields = "[field.28]\nname = \"Fee\"\nformat = \"x+n 8\"\n";
            let dialect = dialect(&format!("sign-{text}-{pad}"), &wire, fields);
            let mut edit = Edit::build(dialect);
            edit.mti("0200").set_leaf("28", "D00002500");
            let written = edit.finish().unwrap();
            assert_eq!(written[12..], [sign, 0x00, 0x00, 0x25, 0x00], "{text} {pad}");
            // Either is read, and comes back as it was.
            for sign in [0x44, 0xC4] {
                let mut wire = written.to_vec();
                wire[12] = sign;
                let message = Message::parse(dialect, wire.clone()).unwrap();
                let amount = message.get::<isopace::types::SignedAmount>(28).unwrap().unwrap();
                assert_eq!(amount.minor_units(), -2500);
                assert_eq!(message.edit().mti("0200").finish().unwrap(), wire);
            }
        }
    }
}

#[test]
fn rules_of_signs_are_data() {
    let packed = Encoding::Bcd { pad_side: Side::Left, pad_nibble: 0 };
    let rule = Rule::fixed(Class::Xn, 9, packed);
    assert!(!rule.ebcdic_sign && rule.with_ebcdic_sign().ebcdic_sign);
    let showcase = isopace::load::file(concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/showcase/showcase.toml"));
    let showcase = showcase.unwrap();
    let signed = showcase.fields().iter().filter(|field| field.kind == Kind::SignedAmount).collect::<Vec<_>>();
    assert!(!signed.is_empty());
    for field in signed {
        assert!(field.rule.ebcdic_sign, "{}", field.key);
    }
}

#[test]
fn all_that_is_wrong_in_xml_is_told() {
    let fields = r#"
[field.48]
name = "Data"
format = "ans...999"
composite = { kind = "tlv", tag = { encoding = "ascii", width = 2 }, length = { encoding = "ascii", width = 2 }, xml = true }
[field.48.field.01]
name = "One"
format = "n 4"
xml = "One"
[field.48.field.02]
name = "Two"
format = "n 4"
xml = "Two"
"#;
    let dialect = dialect("xml", ASCII, fields);
    let message = |xml: &str| {
        let wire = format!("02000000000000010000{:03}{xml}", xml.len());
        Message::parse(dialect, wire.into_bytes()).unwrap()
    };
    let violations = message("<A><One>12x4</One><Two>5</Two></A>").validate().unwrap_err();
    let told: Vec<String> = violations.iter().map(|error| error.path().to_string()).collect();
    assert_eq!(told, ["48.01", "48.02"]);
    let violations = message("<A><One>1234</One>").validate().unwrap_err();
    let kinds: Vec<ErrorKind> = violations.iter().map(isopace::Error::kind).collect();
    assert!(matches!(kinds[..], [ErrorKind::Xml(_)]), "{kinds:?}");
    assert_eq!(kinds[0].name(), "xml");
}

#[test]
fn the_third_bitmap_may_be_an_element() {
    for (encoding, third) in [("hex", "2000000000000000".as_bytes()), ("binary", &[0x20, 0, 0, 0, 0, 0, 0, 0])] {
        let wire = format!(
            "mti = \"ascii\"\nbitmap = {{ encoding = \"{encoding}\", maps = 3, third = \"element-65\" }}\ndigits = \"ascii\"\n\
             text = \"ascii\"\nbinary = \"raw\"\nlength = {{ encoding = \"ascii\", counts = \"units\" }}"
        );
        let field = |number: u8| format!("[field.{number}]\nname = \"Element {number}\"\nformat = \"n 2\"\n");
        let fields: String = [64, 66, 128, 131].map(field).concat();
        let dialect = dialect(&format!("third-{encoding}"), &wire, &fields);
        assert!(dialect.has_third_bitmap_as_element());
        let mut edit = Edit::build(dialect);
        for (path, value) in [("131", "31"), ("128", "28"), ("64", "64"), ("66", "66")] {
            edit.set_leaf(path, value);
        }
        let written = edit.mti("0800").finish().unwrap();
        let leading = if encoding == "hex" { 32 } else { 16 };
        assert_eq!(written[4 + leading..], [b"64", third, b"66", b"28", b"31"].concat());
        assert_eq!(Message::parse(dialect, written.clone()).unwrap().edit().mti("0800").finish().unwrap(), written);
    }
}
