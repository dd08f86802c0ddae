//! From text to model: defaults, overrides and inheritance.

use isogen::model::{
    Bitmap, BitmapEncoding, Class, Composite, CompositeKind, Correlation, Counts, Covers, DigitEncoding, Encoding,
    Field, Key, Kind, Length, ObjectLength, Pad, Policy, PrefixEncoding, Sensitivity, Side, Spec, TagEncoding, TagRule,
    Tagged, Unknown,
};

const RICH: &str = include_str!("specs/rich.toml");
const INSIDE: &str = include_str!("specs/inside.toml");
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

fn inside<'a>(spec: &'a Spec, path: &str) -> &'a Composite {
    at(spec, path).composite.as_ref().unwrap()
}

#[test]
fn tags_and_lengths_of_objects() {
    let spec = load(INSIDE);
    let rule = |encoding, tag, prefix, width, counts, covers| Tagged {
        tag: TagRule { encoding, width: tag },
        length: ObjectLength { prefix, width, counts, covers },
    };
    for (path, kind, unknown) in [
        (
            "48",
            CompositeKind::Tlv(rule(TagEncoding::Ascii, 2, PrefixEncoding::Ascii, 3, Counts::Bytes, Covers::Value)),
            Unknown::Keep,
        ),
        (
            "60",
            CompositeKind::Tlv(rule(TagEncoding::Bcd, 4, PrefixEncoding::Bcd, 2, Counts::Units, Covers::Value)),
            Unknown::Skip,
        ),
        (
            "61",
            CompositeKind::Ltv(rule(
                TagEncoding::Binary,
                1,
                PrefixEncoding::BinaryBe,
                2,
                Counts::Bytes,
                Covers::TagValue,
            )),
            Unknown::Reject,
        ),
        (
            "62",
            CompositeKind::Ltv(rule(TagEncoding::Ebcdic, 3, PrefixEncoding::Ebcdic, 3, Counts::Bytes, Covers::All)),
            Unknown::Keep,
        ),
        ("127.22", CompositeKind::Pairs, Unknown::Keep),
    ] {
        assert_eq!((inside(&spec, path).kind, inside(&spec, path).unknown), (kind, unknown), "{path}");
    }
    let keys = |path: &str| inside(&spec, path).fields.iter().map(|field| field.key.clone()).collect::<Vec<_>>();
    let text = |text: &str| Key::Text(text.to_owned());
    assert_eq!(keys("48"), [text("01"), text("03"), text("A "), text("P1")]);
    assert_eq!(keys("60"), [text("0012"), text("0200")]);
    assert_eq!(keys("61"), [Key::Tag(vec![0x0A]), Key::Tag(vec![0xDF])]);
    assert_eq!(keys("127.22"), ["ORIGINAL_RID", "Postilion:MetaData"].map(|name| Key::Name(name.to_owned())));
    // The length comes from the object; dots are "up to", a blank is a demand, a star has the maximum of the whole.
    for (path, length) in [
        ("48.01", Length::Fixed(4)),
        ("48.03", Length::Rest { max: 40 }),
        ("48.P1", Length::Rest { max: 999 }),
        ("127.22.ORIGINAL_RID", Length::Rest { max: 11 }),
    ] {
        assert_eq!(at(&spec, path).length, length, "{path}");
    }
    // Content is as around it, unlike in BER-TLV.
    assert_eq!(at(&spec, "48.01").encoding, Encoding::Ascii);
    assert_eq!(at(&spec, "62.ABC").encoding, Encoding::Cp037);
}

#[test]
fn children_of_a_repeat_stand_in_its_group() {
    let spec = load(INSIDE);
    for (path, most, class, encoding, kind) in
        [("54", Some(6), Class::Ans, Encoding::Ascii, Kind::Text), ("63", None, Class::B, Encoding::Raw, Kind::Bytes)]
    {
        let composite = inside(&spec, path);
        assert_eq!(composite.kind, CompositeKind::Repeat { most });
        let group = composite.group().unwrap();
        assert_eq!(composite.fields.len(), 1);
        assert_eq!((&group.key, group.name.as_str(), group.ident.as_str()), (&Key::Number(1), "Group", "group"));
        assert_eq!((group.class, group.encoding, group.kind), (class, encoding, kind));
        assert_eq!(group.sensitivity, Sensitivity::Clear);
        let Length::Variable { max, .. } = at(&spec, path).length else { panic!("{path}") };
        assert_eq!(group.length, Length::Rest { max });
        let children = group.composite.as_ref().unwrap();
        assert_eq!(children.kind, CompositeKind::Positional);
        assert_eq!(composite.declared(), children.fields);
    }
    assert_eq!(at(&spec, "54.1.3").kind, Kind::Currency);
    assert_eq!(at(&spec, "63.1.2.9F26").name, "Application cryptogram");
}

#[test]
fn names_of_xml_elements() {
    let spec = load(INSIDE);
    assert!(inside(&spec, "127.25").xml && !inside(&spec, "127").xml);
    assert_eq!(at(&spec, "127.25.2").xml.as_deref(), Some("AmountAuthorized"));
    assert_eq!(at(&spec, "127.25").xml, None);
}

#[test]
fn what_pairs_messages_is_written_out() {
    let usual = Correlation { class: None, alternatives: vec![vec![11, 41], vec![11]] };
    assert_eq!(rich().correlation, std::slice::from_ref(&usual));
    let own = |class, alternatives: &[&[u16]]| Correlation {
        class: Some(class),
        alternatives: alternatives.iter().map(|alternative| alternative.to_vec()).collect(),
    };
    assert_eq!(load(INSIDE).correlation, [usual.clone(), own(4, &[&[11, 37], &[11]]), own(8, &[&[70]])]);
    let (head, tail) = INSIDE.split_once("default = [[11, 41], [11]]\n").unwrap();
    assert_eq!(load(&format!("{head}{tail}")).correlation[0], usual);
}

#[test]
fn a_composite_may_be_none() {
    let spec = load(&RICH.replace("[field.11]\n", "[field.11]\ncomposite = \"none\"\n"));
    assert_eq!(spec, rich());
}
