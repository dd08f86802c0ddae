//! A third bitmap that stands among the elements, as DE 65: read, written, changed, and what can be wrong with it.

use crate::common::reference::{bitmaps, hex};
use crate::common::{dialects, leaves, told};
use isopace::inspect::Inspection;
use isopace::iso87a::DIALECT;
use isopace::types::Stan;
use isopace::wire::BitmapEncoding;
use isopace::{Dialect, Edit, Iso8583, Message};

const ENCODINGS: [BitmapEncoding; 2] = [BitmapEncoding::Hex, BitmapEncoding::Binary];

/// STAN 123456, the third bitmap, code 301, and what is behind it: of 138 and 139, which have six digits.
fn message(encoding: BitmapEncoding, beyond: &[u16]) -> Vec<u8> {
    let numbers = [&[11, 70], beyond].concat();
    let mut maps = bitmaps(encoding, &numbers, 3);
    let third = maps.split_off(maps.len() / 3 * 2);
    let contents: Vec<&[u8]> = beyond.iter().map(|_| &b"000007"[..]).collect();
    [b"0800", &maps[..], b"123456", &third, b"301", &contents.concat()].concat()
}

/// Four elements, in the shape of a generated dialect.
mod third {
    use isopace::Dialect;
    use isopace::msg::{Field, Key, Kind};
    use isopace::wire::{BitmapEncoding, BitmapRule, Class, DigitEncoding, Encoding, Rule};

    const fn digits(number: u16, ident: &'static str, units: u32) -> Field {
        Field::new(Key::Number(number), ident, ident, Kind::Digits, Rule::fixed(Class::N, units, Encoding::Ascii))
    }

    static FIELDS: [Field; 5] = [
        Field::new(Key::Number(11), "stan", "STAN", Kind::Stan, Rule::fixed(Class::N, 6, Encoding::Ascii)),
        digits(70, "code", 3),
        digits(138, "early", 6),
        digits(139, "late", 6),
        digits(140, "latest", 6),
    ];
    const BITMAP: BitmapRule = BitmapRule { encoding: BitmapEncoding::Hex, maps: 3 };
    pub(crate) static DIALECT: Dialect =
        Dialect::new("third", "Third", DigitEncoding::Ascii, BITMAP, &FIELDS, &[]).third_bitmap_as_element();

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

#[derive(Debug, Iso8583)]
#[iso8583(dialect = third, mti = "0800")]
struct Typed<'a> {
    #[iso8583(11)]
    stan: Option<Stan>,
    #[iso8583(70)]
    code: Option<&'a str>,
    #[iso8583(138)]
    early: Option<&'a str>,
    #[iso8583(140)]
    latest: Option<&'a str>,
    #[iso8583(unlisted)]
    unlisted: isopace::Unlisted<'a>,
}

#[test]
fn typed_messages_have_it_in_its_place() {
    let values = [("11", "123456"), ("70", "301"), ("138", "000007"), ("139", "000008"), ("140", "000009")];
    for chosen in 0..32 {
        let values = values.iter().enumerate().filter(|(place, _)| chosen >> place & 1 == 1);
        let mut edit = Edit::build(&third::DIALECT);
        values.for_each(|(_, (path, value))| _ = edit.set_leaf(path, value));
        let wire = edit.mti("0800").finish().unwrap();
        let message = third::Message::parse(wire.clone()).unwrap();
        let typed = Typed::try_from(&message).unwrap();
        // DE 139 is not named; the bitmap is never one of those that are not.
        assert!(typed.unlisted.numbers().all(|number| number == 139));
        assert_eq!(typed.pack().unwrap(), wire);
        if chosen & 8 == 0 {
            let anew = Typed { unlisted: isopace::Unlisted::NONE, ..typed };
            assert_eq!(anew.pack().unwrap(), wire);
            assert_eq!(anew.pack().unwrap().len(), wire.len());
        }
    }
}

#[test]
fn it_stands_in_its_place_and_is_no_data() {
    for encoding in ENCODINGS {
        let dialect = dialects::third_as_element(encoding);
        let wire = message(encoding, &[138]);
        let message = Message::parse(dialect, wire.clone()).unwrap();
        assert_eq!(message.numbers().collect::<Vec<_>>(), [11, 70, 138]);
        let width = if encoding == BitmapEncoding::Binary { 8 } else { 16 };
        let at = 4 + 2 * width + 6;
        assert_eq!((message.span(65), message.has(65)), (Some(at..at + width), false));
        assert_eq!((message.span(11), message.span(70)), (Some(at - 6..at), Some(at + width..at + width + 3)));
        assert_eq!(message.get::<&str>(65).unwrap_err().kind().name(), "undefined");
        let of = |path: &str, value: &str| (path.to_owned(), value.to_owned());
        assert_eq!(leaves(&message).unwrap(), [of("11", "123456"), of("70", "301"), of("138", "000007")]);
        let seen = Inspection::new(dialect, wire).bitmaps().unwrap();
        assert_eq!((seen.numbers, seen.words.len()), (vec![11, 70, 138], 3));
        assert_eq!((seen.span, seen.third), (4..4 + 2 * width, Some(at..at + width)));
    }
}

#[test]
fn edits_bring_it_and_take_it_away() {
    for encoding in ENCODINGS {
        let dialect = dialects::third_as_element(encoding);
        let two = [b"0800", &bitmaps(encoding, &[11, 70], 2)[..], b"123456301"].concat();
        let one = [b"0800", &bitmaps(encoding, &[11], 1)[..], b"123456"].concat();
        let (with, more) = (message(encoding, &[138]), message(encoding, &[138, 139]));
        let parsed = |wire: &[u8]| Message::parse(dialect, wire.to_vec()).unwrap();
        let (two, one, with, more) = (parsed(&two), parsed(&one), parsed(&with), parsed(&more));
        assert_eq!(two.edit().set(138, "000007").finish().unwrap(), with.as_bytes());
        assert_eq!(one.edit().set(138, "000007").set(70, "301").finish().unwrap(), with.as_bytes());
        assert_eq!(with.edit().remove(138).finish().unwrap(), two.as_bytes());
        assert_eq!(with.edit().keep(&[11]).finish().unwrap(), one.as_bytes());
        assert_eq!(with.edit().keep(&[11, 65]).finish().unwrap(), one.as_bytes());
        // Nobody takes it away by itself.
        assert_eq!(with.edit().remove(65).finish().unwrap(), with.as_bytes());
        assert_eq!(with.edit().set(139, "000007").finish().unwrap(), more.as_bytes());
        assert_eq!(more.edit().remove(139).finish().unwrap(), with.as_bytes());
        assert_eq!(more.edit().keep(&[138, 11, 70]).finish().unwrap(), with.as_bytes());
        let error = with.edit().set(65, "0").finish().unwrap_err();
        assert_eq!(told(&error), "65 at 0: undefined");
        // Only what is behind it, and nothing at all.
        let built = Edit::build(dialect).mti("0800").set(138, "000007").finish().unwrap();
        let read = parsed(&built);
        assert_eq!(read.numbers().collect::<Vec<_>>(), [138]);
        let none = read.edit().remove(138).finish().unwrap();
        assert_eq!(none, [b"0800", &bitmaps(encoding, &[], 1)[..]].concat());
        assert_eq!(Edit::build(dialect).mti("0800").set(11, "123456").finish().unwrap(), one.as_bytes());
    }
}

#[test]
fn one_that_announces_nothing_is_kept() {
    for encoding in ENCODINGS {
        let dialect = dialects::third_as_element(encoding);
        let wire = message(encoding, &[]);
        let message = Message::parse(dialect, wire.clone()).unwrap();
        assert_eq!(message.edit().mti("0800").finish().unwrap(), wire);
        let changed = message.edit().set(11, "654321").finish().unwrap();
        assert_eq!(hex(&changed), hex(&wire).replace(&hex(b"123456"), &hex(b"654321")));
    }
}

#[test]
fn what_is_wrong_with_it_is_told() {
    let hex = dialects::third_as_element(BitmapEncoding::Hex);
    let wire = message(BitmapEncoding::Hex, &[138]);
    let at = 4 + 32 + 6;
    let with = |byte: u8| [&wire[..at + 3], &[byte], &wire[at + 4..]].concat();
    let undefined = [&wire[..at], b"0000000000000001", &wire[at + 16..]].concat();
    let table: [(&[u8], String); 6] = [
        (&wire[..at + 5], format!("65 at {at}: truncated")),
        (&with(b'G'), format!("65 at {at}: hex")),
        (&wire[..at + 16], format!("70 at {}: truncated", at + 16)),
        (&wire[..at + 19], format!("138 at {}: truncated", at + 19)),
        (&undefined, format!("192 at {}: undefined", at + 19)),
        (&[&wire[..], b"0"].concat(), format!("message at {}: trailing", wire.len())),
    ];
    for (wire, expected) in table {
        let (message, error) = Message::parse_partial(hex, wire.to_vec());
        assert_eq!(told(&error.unwrap()), expected);
        assert!(message.edit().mti("0810").finish().is_err());
        assert!(message.numbers().all(|number| leaves(&message).is_ok() && number != 65));
    }
}

#[test]
fn other_dialects_have_no_such_place() {
    let wire = message(BitmapEncoding::Hex, &[138]);
    assert_eq!(told(&Message::parse(&DIALECT, wire.clone()).unwrap_err()), "bitmap at 36: continuation");
    assert!(!DIALECT.has_third_bitmap_as_element() && !dialects::counted_in_bytes().has_third_bitmap_as_element());
    // Two that differ in nothing else are two.
    let third = dialects::third_as_element(BitmapEncoding::Hex);
    let (fields, messages) = (third.fields(), third.messages());
    let other = Dialect::new(third.name(), third.title(), third.mti_encoding(), third.bitmap(), fields, messages);
    assert!(other != *third && other.third_bitmap_as_element() == *third);
}
