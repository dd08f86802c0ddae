//! Laws 1 and 3 for derived structs over every layout whose children are named by numbers or tags.

use crate::common;

use common::{leaves, told};
use isopace::{Edit, Iso8583};

/// A dialect of objects and groups, as generated code would have it.
mod acme {
    use isopace::Dialect;
    use isopace::msg::{
        Composite, CompositeKind, CorrelationRule, Covers, Field, Key, Kind, TagEncoding, TaggedRule, Unknown,
    };
    use isopace::wire::{
        BitmapEncoding, BitmapRule, Class, Counts, DigitEncoding, Encoding, Prefix, PrefixEncoding, Rule, Side,
    };

    const TLV: TaggedRule =
        TaggedRule::new(TagEncoding::Ebcdic, 2, PrefixEncoding::Ascii, 3).counts(Counts::Units).covers(Covers::Value);
    const LTV: TaggedRule = TaggedRule::new(TagEncoding::Bcd, 4, PrefixEncoding::BinaryLe, 2).covers(Covers::All);
    const PACKED: Encoding = Encoding::Bcd { pad_side: Side::Left, pad_nibble: 0 };

    static OBJECTS: [Field; 3] = [
        Field::new(Key::text("01"), "text", "Text", Kind::Text, Rule::rest(Class::Ans, 99, Encoding::Ascii)),
        Field::new(Key::text("02"), "digits", "Digits", Kind::Digits, Rule::rest(Class::N, 19, PACKED)),
        Field::new(Key::text("0A"), "bytes", "Bytes", Kind::Bytes, Rule::fixed(Class::B, 2, Encoding::Hex)),
    ];
    static LENGTHS_FIRST: [Field; 2] = [
        Field::new(Key::text("0001"), "text", "Text", Kind::Text, Rule::rest(Class::Ans, 99, Encoding::Ascii)),
        Field::new(Key::text("0002"), "number", "Number", Kind::Number, Rule::rest(Class::N, 9, Encoding::Ascii)),
    ];
    static PARTS: [Field; 2] = [
        Field::new(Key::Number(1), "code", "Code", Kind::Text, Rule::fixed(Class::An, 2, Encoding::Ascii)),
        Field::new(
            Key::Number(2),
            "text",
            "Text",
            Kind::Text,
            Rule::variable(Class::Ans, 20, Encoding::Ascii, Prefix::ascii(2)),
        ),
    ];
    static GROUP: [Field; 1] =
        [Field::new(Key::Number(1), "group", "Group", Kind::Bytes, Rule::rest(Class::B, 999, Encoding::Raw))
            .composite(Composite::new(CompositeKind::Positional, &PARTS))];
    const LLL: Rule = Rule::variable(Class::B, 999, Encoding::Raw, Prefix::ascii(3));
    static FIELDS: [Field; 3] = [
        Field::new(Key::Number(60), "objects", "Objects", Kind::Bytes, LLL)
            .composite(Composite::new(CompositeKind::Tlv(TLV), &OBJECTS).unknown(Unknown::Reject)),
        Field::new(Key::Number(61), "lengths_first", "Lengths first", Kind::Bytes, LLL)
            .composite(Composite::new(CompositeKind::Ltv(LTV), &LENGTHS_FIRST)),
        Field::new(Key::Number(62), "groups", "Groups", Kind::Bytes, LLL)
            .composite(Composite::new(CompositeKind::Repeat { most: Some(3) }, &GROUP)),
    ];
    const BITMAP: BitmapRule = BitmapRule { encoding: BitmapEncoding::Binary, maps: 1 };
    pub(crate) static DIALECT: Dialect = Dialect::new("acme", "Acme", DigitEncoding::Ascii, BITMAP, &FIELDS, &[])
        .correlation(&[CorrelationRule::new(None, &[&[60]]), CorrelationRule::new(Some(8), &[&[61, 62], &[61]])]);

    /// A message of this dialect.
    pub(crate) struct Message(isopace::Message);

    impl Message {
        pub(crate) fn parse(wire: impl Into<isopace::Bytes>) -> Result<Self, isopace::Error> {
            isopace::Message::parse(&DIALECT, wire).map(Self)
        }
    }

    impl std::ops::Deref for Message {
        type Target = isopace::Message;

        fn deref(&self) -> &isopace::Message {
            &self.0
        }
    }
}

#[derive(Debug, PartialEq, Iso8583)]
#[iso8583(dialect = acme, mti = "0200")]
struct Data<'a> {
    #[iso8583("60.01")]
    text: &'a str,
    #[iso8583("60.02")]
    digits: Option<String>,
    #[iso8583("60.0A")]
    bytes: Option<[u8; 2]>,
    #[iso8583("61.0001")]
    other: Option<&'a str>,
    #[iso8583("61.0002")]
    number: Option<u64>,
    #[iso8583("62.1.1")]
    code: Option<&'a str>,
    #[iso8583("62.1.2")]
    more: Option<&'a str>,
}

#[test]
fn objects_and_groups_are_packed_as_edits_write_them() {
    for (digits, number) in [("1", 0), ("12", 7), ("123", 99), ("1234567890123456789", 999_999_999)] {
        let data = Data {
            text: "some text",
            digits: Some(digits.to_owned()),
            bytes: Some([0xAB, 0xCD]),
            other: Some(""),
            number: Some(number),
            code: Some("A1"),
            more: Some("group"),
        };
        let wire = data.pack().unwrap();
        let paths = [
            ("60.01", "some text".to_owned()),
            ("60.02", digits.to_owned()),
            ("60.0A", "ABCD".to_owned()),
            ("61.0001", String::new()),
            ("61.0002", number.to_string()),
            ("62.1.1", "A1".to_owned()),
            ("62.1.2", "group".to_owned()),
        ];
        let mut edit = Edit::build(&acme::DIALECT);
        paths.iter().for_each(|(path, value)| _ = edit.mti("0200").set_leaf(path, value));
        assert_eq!(edit.finish().unwrap(), wire);
        let message = acme::Message::parse(wire).unwrap();
        assert_eq!(leaves(&message).unwrap(), paths.map(|(path, value)| (path.to_owned(), value)));
        assert_eq!(Data::try_from(&message).unwrap(), data);
    }
}

#[test]
fn what_is_wrong_inside_is_told_with_its_path() {
    let message = acme::Message::parse([b"0200", &[0, 0, 0, 0, 0, 0, 0, 16][..], b"005\xF0\xF9001"].concat());
    let violations = Data::try_from(&message.unwrap()).unwrap_err();
    assert_eq!(violations.iter().map(told).collect::<Vec<_>>(), ["60.09 at 20: truncated"]);
    // Two digits of packed ones, odd by the length that counts units.
    let wire = [b"0200", &[0, 0, 0, 0, 0, 0, 0, 16][..], b"007\xF0\xF2003\x11\x23"].concat();
    let violations = Data::try_from(&acme::Message::parse(wire).unwrap()).unwrap_err();
    assert_eq!(violations.iter().map(told).collect::<Vec<_>>(), ["60.01 at 0: missing", "60.02 at 20: padding"]);
}

#[test]
fn a_dialect_says_what_pairs_a_response_with_its_request() {
    let rules = acme::DIALECT.correlation_rules();
    assert_eq!((rules[0].class, rules[0].alternatives), (None, &[&[60][..]][..]));
    assert_eq!((rules[1].class, rules[1].alternatives), (Some(8), &[&[61, 62][..], &[61]][..]));
    // Unless it says otherwise, the audit number with or without the terminal.
    let default = isopace::iso87a::DIALECT.correlation_rules();
    assert_eq!((default[0].class, default[0].alternatives), (None, &[&[11, 41][..], &[11]][..]));
}
