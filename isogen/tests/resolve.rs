//! From text to model: defaults, overrides and inheritance.

use isogen::model::{
    Bitmap, BitmapEncoding, Class, CompositeKind, Counts, DigitEncoding, Encoding, Field, Key, Kind, Length, Pad,
    Policy, PrefixEncoding, Sensitivity, Side, Spec,
};

const RICH: &str = include_str!("specs/rich.toml");
const BCD: Encoding = Encoding::Bcd { pad_side: Side::Left, pad_nibble: 0 };

fn rich() -> Spec {
    load(RICH)
}

fn load(text: &str) -> Spec {
    let loaded = isogen::load_str("spec.toml", text).unwrap();
    assert!(loaded.warnings.is_empty(), "{}", loaded.warnings);
    loaded.spec
}

/// The field at the end of a path such as `127.25.2`.
fn at<'a>(spec: &'a Spec, path: &str) -> &'a Field {
    let mut fields = spec.fields.as_slice();
    let mut found = None;
    for step in path.split('.') {
        let field = fields.iter().find(|field| field.key.to_string() == step).unwrap();
        fields = field.composite.as_ref().map(|composite| composite.fields.as_slice()).unwrap_or_default();
        found = Some(field);
    }
    found.unwrap()
}

fn variable(prefix: PrefixEncoding, width: u8, max: u32) -> Length {
    Length::Variable { prefix, width, counts: Counts::Units, inclusive: false, min: 0, max }
}

#[test]
fn the_message_as_a_whole() {
    let spec = rich();
    assert_eq!(
        (spec.name.as_str(), spec.title.as_str(), spec.doc.as_str()),
        ("rich", "A little of everything", "For tests.")
    );
    assert!(matches!(spec.mti, DigitEncoding::Bcd { .. }));
    assert_eq!(spec.bitmap, Bitmap { encoding: BitmapEncoding::Binary, maps: 3 });
    let numbers: Vec<String> = spec.fields.iter().map(|field| field.key.to_string()).collect();
    assert_eq!(numbers.join(" "), "2 4 11 28 35 39 42 52 55 90 127 130");
}

#[test]
fn every_default_is_written_out() {
    let spec = rich();
    let zeros = Some(Pad { side: Side::Left, fill: b'0' });
    let blanks = Some(Pad { side: Side::Right, fill: b' ' });
    let ascii = PrefixEncoding::Ascii;
    for (path, class, encoding, length, pad, kind, sensitivity) in [
        ("4", Class::N, BCD, Length::Fixed(12), zeros, Kind::Amount, Sensitivity::Clear),
        ("28", Class::Xn, Encoding::Cp037, Length::Fixed(9), zeros, Kind::SignedAmount, Sensitivity::Clear),
        ("35", Class::Z, BCD, variable(PrefixEncoding::Bcd, 2, 37), None, Kind::Track2, Sensitivity::Sad),
        ("39", Class::An, Encoding::Cp037, Length::Fixed(2), blanks, Kind::Code, Sensitivity::Clear),
        ("42", Class::Ans, Encoding::Utf8, Length::Fixed(15), blanks, Kind::Text, Sensitivity::Clear),
        ("52", Class::B, Encoding::Raw, Length::Fixed(8), None, Kind::PinBlock, Sensitivity::Sad),
        ("55.9F26", Class::B, Encoding::Raw, Length::Fixed(8), None, Kind::Bytes, Sensitivity::Clear),
        ("55.9F02", Class::N, BCD, Length::Fixed(12), zeros, Kind::Amount, Sensitivity::Clear),
        ("55.50", Class::Ans, Encoding::Ascii, Length::Rest { max: 16 }, None, Kind::Text, Sensitivity::Clear),
        ("90.1", Class::N, BCD, Length::Fixed(4), zeros, Kind::Digits, Sensitivity::Clear),
        ("90.3", Class::N, BCD, Length::Rest { max: 42 }, None, Kind::Digits, Sensitivity::Clear),
        ("127", Class::B, Encoding::Raw, variable(ascii, 6, 999_999), None, Kind::Bytes, Sensitivity::Opaque),
        ("127.2", Class::Ans, Encoding::Ascii, variable(ascii, 2, 32), None, Kind::Text, Sensitivity::Clear),
        ("127.25", Class::B, Encoding::Hex, variable(ascii, 2, 99), None, Kind::Bytes, Sensitivity::Opaque),
        ("127.25.1", Class::N, Encoding::Ascii, Length::Fixed(2), zeros, Kind::Digits, Sensitivity::Clear),
        ("127.25.2", Class::Ans, Encoding::Latin1, Length::Rest { max: 99 }, None, Kind::Text, Sensitivity::Clear),
    ] {
        let field = at(&spec, path);
        assert_eq!(
            (field.class, field.encoding, field.length, field.pad, field.kind, field.sensitivity),
            (class, encoding, length, pad, kind, sensitivity),
            "field {path}"
        );
    }
}

#[test]
fn a_field_overrides_parts_of_the_length() {
    let spec = rich();
    let length = Length::Variable {
        prefix: PrefixEncoding::BinaryBe,
        width: 2,
        counts: Counts::Bytes,
        inclusive: true,
        min: 0,
        max: 999,
    };
    assert_eq!(at(&spec, "55").length, length);
    assert!(matches!(at(&spec, "2").length, Length::Variable { min: 8, max: 19, width: 2, .. }));
    assert_eq!(at(&spec, "130").pad, Some(Pad { side: Side::Left, fill: b'0' }));
    assert_eq!(at(&spec, "42").policy, Policy::Lenient);
    assert_eq!(at(&spec, "2").policy, Policy::Strict);
}

#[test]
fn names_in_code() {
    let spec = rich();
    for (path, ident) in
        [("2", "pan"), ("35", "track_2_data"), ("42", "merchants_name"), ("55.9F26", "application_cryptogram")]
    {
        assert_eq!(at(&spec, path).ident, ident);
    }
    let values: Vec<(&str, &str)> =
        at(&spec, "39").values.iter().map(|value| (value.code.as_str(), value.ident.as_str())).collect();
    assert_eq!(values, [("51", "NOT_SUFFICIENT_FUNDS"), ("00", "OK")]);
}

#[test]
fn children_are_in_order_of_their_keys() {
    let spec = rich();
    let composite = at(&spec, "55").composite.as_ref().unwrap();
    assert_eq!(composite.kind, CompositeKind::BerTlv);
    let tags: Vec<&Key> = composite.fields.iter().map(|field| &field.key).collect();
    assert_eq!(tags, [&Key::Tag(vec![0x50]), &Key::Tag(vec![0x9F, 0x02]), &Key::Tag(vec![0x9F, 0x26])]);
    assert_eq!(
        at(&spec, "127").composite.as_ref().unwrap().kind,
        CompositeKind::Bitmap(Bitmap { encoding: BitmapEncoding::Hex, maps: 1 })
    );
}

#[test]
fn messages_in_the_order_of_the_file_and_elements_ascending() {
    let spec = rich();
    let names: Vec<&str> = spec.messages.iter().map(|message| message.name.as_str()).collect();
    assert_eq!(names, ["request", "response", "echo"]);
    let request = spec.message("request").unwrap();
    assert_eq!((request.mti.as_str(), request.doc.as_str()), ("0200", "Asks."));
    assert_eq!(request.mandatory, [2, 4, 11]);
    assert_eq!(request.optional, [42, 127, 130]);
    let reply = request.reply.as_ref().unwrap();
    assert_eq!((reply.message.as_str(), reply.echo.as_slice()), ("response", [2, 11].as_slice()));
    assert!(spec.message("echo").unwrap().reply.is_none());
}

#[test]
fn without_wire_facts_there_is_no_spec() {
    for key in ["mti", "bitmap", "digits", "text", "binary", "length"] {
        let (head, tail) = RICH.split_once("[wire]").unwrap();
        let (wire, fields) = tail.split_once("[field.2]").unwrap();
        let wire: String = wire.lines().filter(|line| !line.starts_with(key)).map(|line| format!("{line}\n")).collect();
        let errors = isogen::load_str("spec.toml", &format!("{head}[wire]{wire}[field.2]{fields}")).unwrap_err();
        // One mistake, one error: what depends on it is not found wrong as well.
        assert_eq!(errors.iter().map(isogen::Diagnostic::code).collect::<Vec<_>>(), ["missing-key"], "{errors}");
    }
}
