use super::*;
use crate::msg::{Edit, Message};

const SMALL: &str = r#"
    [spec]
    name = "small"
    title = "A dialect for tests"
    doc = "One thing."
    [wire]
    mti = "bcd"
    bitmap = { encoding = "binary", maps = 1 }
    digits = { encoding = "bcd", pad = "right", nibble = "F" }
    text = "cp037"
    binary = "raw"
    length = { encoding = "bcd", counts = "units" }
    [field.2]
    name = "Primary account number"
    format = "n..19"
    type = "pan"
    [field.39]
    name = "Response code"
    format = "an 2"
    values = { "00" = "approved" }
    [field.60]
    name = "Parts"
    format = "ans...30"
    composite = { kind = "positional" }
    [field.60.field.1]
    name = "First"
    format = "an 2"
    [field.60.field.2]
    name = "Rest"
    format = "ans *"
    [message.financial-request]
    mti = "0200"
    mandatory = [2]
    reply = { message = "financial-response", echo = [2] }
    [message.financial-response]
    mti = "0210"
    mandatory = [2, 39]
"#;

#[test]
fn shipped_specs_load_as_they_are_generated() {
    let generated = [&crate::iso87a::DIALECT];
    for dialect in generated {
        let loaded = shipped(dialect.name()).unwrap();
        for (loaded, generated) in loaded.fields().iter().zip(dialect.fields()) {
            assert_eq!(loaded, generated);
        }
        assert_eq!(loaded, dialect);
    }
    for name in shipped_names() {
        assert_eq!(shipped(name).unwrap().name(), *name);
    }
}

#[test]
fn equal_specs_are_one_dialect() {
    let dialect = text("small.toml", SMALL).unwrap();
    assert!(std::ptr::eq(dialect, text("elsewhere.toml", SMALL).unwrap()));
    // Documentation makes no other dialect, a wire fact does.
    assert!(std::ptr::eq(dialect, text("small.toml", &SMALL.replace("One thing.", "Another.")).unwrap()));
    assert!(!std::ptr::eq(dialect, text("small.toml", &SMALL.replace("n..19", "n..18")).unwrap()));
    assert!(std::ptr::eq(shipped("iso87-a").unwrap(), shipped("iso87-a").unwrap()));
}

#[test]
fn a_loaded_dialect_reads_and_writes() {
    let dialect = text("small.toml", SMALL).unwrap();
    let wire = Edit::build(dialect)
        .mti("0200")
        .set_leaf("2", "4012345678909")
        .set_leaf("39", "00")
        .set_leaf("60.1", "AB")
        .set_leaf("60.2", "rest")
        .finish()
        .unwrap();
    let expected = [
        &[0x02, 0x00, 0x40, 0, 0, 0, 0x02, 0, 0, 0x10][..],
        &[0x13, 0x40, 0x12, 0x34, 0x56, 0x78, 0x90, 0x9F],
        &[0xF0, 0xF0],
        &[0x00, 0x06, 0xC1, 0xC2, 0x99, 0x85, 0xA2, 0xA3],
    ];
    assert_eq!(wire, expected.concat());
    let message = Message::parse(dialect, wire).unwrap();
    message.validate().unwrap();
    let mut leaves = Vec::new();
    message.leaves(|leaf| {
        let leaf = leaf.unwrap();
        leaves.push((leaf.path().to_owned(), leaf.masked()));
    });
    let shown: Vec<(&str, &str)> = leaves.iter().map(|(path, value)| (path.as_str(), value.as_str())).collect();
    assert_eq!(shown, [("2", "401234***8909"), ("39", "00"), ("60.1", "AB"), ("60.2", "rest")]);
    assert_eq!(message.reply().unwrap().finish().unwrap()[..10], [0x02, 0x10, 0x40, 0, 0, 0, 0, 0, 0, 0]);
}

#[test]
fn errors_are_drawn_and_names_are_listed() {
    let wrong = text("small.toml", &SMALL.replace("an 2", "an two")).unwrap_err();
    assert!(!wrong.is_unknown_name());
    let shown = wrong.to_string();
    assert!(shown.contains("error[bad-format]") && shown.contains("small.toml:19"), "{shown}");

    let unknown = shipped("iso87-z").unwrap_err();
    assert!(unknown.is_unknown_name());
    assert!(unknown.to_string().contains("`iso87-z`") && unknown.to_string().contains("iso87-a"), "{unknown}");

    let missing = file("no/such/file.toml").unwrap_err();
    assert!(!missing.is_unknown_name() && missing.to_string().contains("no/such/file.toml"), "{missing}");
}
