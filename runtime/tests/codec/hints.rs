//! Hints: each cause, from real bytes, is told; where nothing bears a cause out, none is.
//!
//! A partner's message is written by the partner's spec and read by a spec that differs in one thing. That thing is what
//! the hint has to say.

use crate::common;

use common::told;
use isopace::msg::Hint;
use isopace::wire::PrefixEncoding;
use isopace::{Dialect, Edit, Message, load};

/// A purchase in which every kind of content stands.
const PURCHASE: [(&str, &str); 19] = [
    ("2", "4111111111111111"),
    ("3", "000000"),
    ("4", "000000002500"),
    ("7", "1120072155"),
    ("11", "123456"),
    ("12", "072155"),
    ("13", "1120"),
    ("14", "2812"),
    ("18", "5411"),
    ("22", "051"),
    ("25", "00"),
    ("32", "990010"),
    ("35", "4111111111111111=2812201123456"),
    ("37", "000000123456"),
    ("41", "TERM0001"),
    ("42", "MERCHANT0000001"),
    ("43", "ACME SUPERMARKET 0042  SPRINGFIELD  ILUS"),
    ("49", "840"),
    ("52", "0123456789ABCDEF"),
];

/// A shipped spec with other lines.
fn overlay(base: &str, lines: &str) -> &'static Dialect {
    if lines.is_empty() {
        return load::shipped(base).unwrap();
    }
    let head = format!("[spec]\nname = \"partner\"\ntitle = \"A partner\"\nextends = \"{base}\"\n");
    load::text("partner.toml", &format!("{head}{lines}")).unwrap_or_else(|error| panic!("{lines}\n{error}"))
}

/// The purchase by a spec.
fn purchase(dialect: &'static Dialect) -> Vec<u8> {
    let mut edit = Edit::build(dialect);
    edit.mti("0200");
    for (path, value) in PURCHASE {
        edit.set_leaf(path, value);
    }
    edit.finish().unwrap().to_vec()
}

/// What is told of a message that cannot be read.
fn hint(dialect: &'static Dialect, wire: &[u8]) -> Option<Hint> {
    let error = Message::parse(dialect, wire.to_vec()).expect_err("a message of another spec");
    let hint = error.hint();
    assert_eq!(hint.is_some(), error.to_string().contains("(hint: "), "{error}");
    hint
}

/// Base, what the reader has otherwise, what the partner has otherwise, the hint and what it has to name.
type Case = (&'static str, &'static str, &'static str, Hint, &'static str);

#[test]
fn the_one_thing_that_differs_is_told() {
    // Not for all: some prefixes could not say their longest value and themselves.
    let inclusive = [2, 32, 35].map(|number| format!("[field.{number}]\nlength = {{ inclusive = true }}\n")).concat();
    let inclusive: &'static str = inclusive.leak();
    let cases: Vec<Case> = vec![
        // Bitmaps.
        ("iso87-a", "", "[wire]\nbitmap = { encoding = \"binary\" }", Hint::BitmapLooksBinary, "\"binary\""),
        ("iso87-a", "", "[wire]\nbitmap = { encoding = \"ebcdic-hex\" }", Hint::BitmapLooksEbcdicHex, "\"ebcdic-hex\""),
        ("postilion", "", "[wire]\nbitmap = { encoding = \"hex\" }", Hint::BitmapLooksHex, "\"hex\""),
        ("postilion", "", "[wire]\nbitmap = { encoding = \"ebcdic-hex\" }", Hint::BitmapLooksEbcdicHex, "ebcdic-hex"),
        ("iso87-b", "", "[wire]\nbitmap = { encoding = \"hex\" }", Hint::BitmapLooksHex, "\"hex\""),
        ("iso87-c", "", "[wire]\nbitmap = { encoding = \"binary\" }", Hint::BitmapLooksBinary, "\"binary\""),
        ("iso87-c", "", "[wire]\nbitmap = { encoding = \"hex\" }", Hint::BitmapLooksHex, "\"hex\""),
        // Message types.
        ("iso87-a", "", "[wire]\nmti = \"ebcdic\"", Hint::EbcdicMti, "mti = \"ebcdic\""),
        ("iso87-a", "", "[wire]\nmti = \"bcd\"", Hint::BcdMti, "mti = \"bcd\""),
        ("iso87-b", "", "[wire]\nmti = \"ascii\"", Hint::AsciiMti, "mti = \"ascii\""),
        ("iso87-b", "", "[wire]\nmti = \"ebcdic\"", Hint::EbcdicMti, "mti = \"ebcdic\""),
        ("iso87-c", "", "[wire]\nmti = \"ascii\"", Hint::AsciiMti, "mti = \"ascii\""),
        ("iso87-c", "", "[wire]\nmti = \"bcd\"", Hint::BcdMti, "mti = \"bcd\""),
        // What a prefix counts.
        (
            "iso87-b",
            "",
            "[wire]\nlength = { counts = \"bytes\" }",
            Hint::PrefixCountsBytes(None),
            "[wire] length = { counts = \"bytes\" }",
        ),
        (
            "iso87-b",
            "[wire]\nlength = { counts = \"bytes\" }",
            "",
            Hint::PrefixCountsUnits(None),
            "[wire] length = { counts = \"units\" }",
        ),
        (
            "iso87-b",
            "",
            "[field.35]\nlength = { counts = \"bytes\" }",
            Hint::PrefixCountsBytes(Some(35)),
            "[field.35] length = { counts = \"bytes\" }",
        ),
        (
            "iso87-b",
            "",
            "[field.2]\nlength = { counts = \"bytes\" }",
            Hint::PrefixCountsBytes(Some(2)),
            "[field.2] length = { counts = \"bytes\" }",
        ),
        // Whether it counts itself.
        ("iso87-a", "", inclusive, Hint::PrefixInclusive(None), "[wire] length = { inclusive = true }"),
        ("iso87-a", inclusive, "", Hint::PrefixExclusive(None), "[wire] length = { inclusive = false }"),
        // How it is written.
        (
            "iso87-a",
            "",
            "[wire]\nlength = { encoding = \"bcd\" }",
            Hint::PrefixEncoding(None, PrefixEncoding::Bcd),
            "[wire] length = { encoding = \"bcd\" }",
        ),
        (
            "iso87-a",
            "",
            "[field.35]\nlength = { encoding = \"binary-be\", width = 1 }",
            Hint::PrefixEncoding(Some(35), PrefixEncoding::BinaryBe),
            "[field.35] length = { encoding = \"binary-be\" }",
        ),
        (
            "iso87-b",
            "",
            "[wire]\nlength = { encoding = \"ascii\" }",
            Hint::PrefixEncoding(None, PrefixEncoding::Ascii),
            "[wire] length = { encoding = \"ascii\" }",
        ),
        (
            "iso87-b",
            "",
            "[field.2]\nlength = { encoding = \"binary-be\", width = 1 }",
            Hint::PrefixEncoding(Some(2), PrefixEncoding::BinaryBe),
            "its `width` in bytes",
        ),
        (
            "iso87-a",
            "",
            "[wire]\nlength = { encoding = \"ebcdic\" }",
            Hint::PrefixEncoding(None, PrefixEncoding::Ebcdic),
            "[wire] length = { encoding = \"ebcdic\" }",
        ),
        // How content is written.
        (
            "iso87-a",
            "",
            "[field.4]\nencoding = { encoding = \"bcd\", pad = \"left\", nibble = \"0\" }",
            Hint::DigitsLookPacked(Some(4)),
            "[field.4] encoding = { encoding = \"bcd\"",
        ),
        (
            "iso87-b",
            "",
            "[field.7]\nencoding = \"ascii\"",
            Hint::DigitsLookAscii(Some(7)),
            "[field.7] encoding = \"ascii\"",
        ),
        (
            "iso87-a",
            "",
            "[wire]\ndigits = \"ebcdic\"\ntext = \"cp037\"\nlength = { encoding = \"ebcdic\" }",
            Hint::ContentLooksEbcdic(None),
            "text = \"cp037\"",
        ),
        (
            "iso87-c",
            "",
            "[wire]\ndigits = \"ascii\"\ntext = \"ascii\"\nlength = { encoding = \"ascii\" }",
            Hint::ContentLooksAscii(None),
            "text = \"ascii\"",
        ),
    ];
    let mut failed = Vec::new();
    for (base, reader, partner, expected, named) in cases {
        let wire = purchase(overlay(base, partner));
        let found = hint(overlay(base, reader), &wire);
        if found != Some(expected) {
            failed.push(format!("{base} {reader:?} reads {partner:?}: {found:?}, not {expected:?}"));
        }
        assert!(expected.to_string().contains(named), "{expected}");
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

#[test]
fn digits_that_are_packed_and_digits_that_are_not() {
    let text = "[wire]\nmti = \"ascii\"\nbitmap = { encoding = \"hex\" }\nbinary = \"hex\"\n";
    let packed = overlay("iso87-b", &format!("{text}length = {{ encoding = \"ascii\" }}\n"));
    let packed_and_prefixed = overlay("iso87-b", text);
    let plain = overlay("iso87-a", "");
    for partner in [packed, packed_and_prefixed] {
        assert_eq!(hint(plain, &purchase(partner)), Some(Hint::DigitsLookPacked(None)));
        assert_eq!(hint(partner, &purchase(plain)), Some(Hint::DigitsLookAscii(None)));
    }
    assert!(Hint::DigitsLookPacked(None).to_string().contains("`[wire] digits = { encoding = \"bcd\", pad = "));
    assert!(Hint::DigitsLookAscii(None).to_string().contains("`[wire] digits = \"ascii\"`"));
}

#[test]
fn what_a_hint_says_is_what_makes_the_message_readable() {
    let wire = purchase(overlay("iso87-b", "[wire]\nlength = { counts = \"bytes\" }"));
    let said = hint(overlay("iso87-b", ""), &wire).unwrap().to_string();
    let change = said.split('`').nth(1).unwrap();
    let (table, line) = change.split_once("] ").unwrap();
    let told = overlay("iso87-b", &format!("{table}]\n{line}\n"));
    Message::parse(told, wire).unwrap().validate().unwrap();
}

#[test]
fn bytes_of_a_frame() {
    let tpdu = [0x60, 0x00, 0x01, 0x00, 0x02];
    let visa = [&[22, 1, 2, 0, 0], &[0x12; 17][..]].concat();
    for base in ["iso87-a", "iso87-b", "iso87-c", "postilion"] {
        let dialect = overlay(base, "");
        let wire = purchase(dialect);
        let length = |more: usize| (wire.len() + more) as u16;
        let (two, four) = (length(0).to_be_bytes(), u32::from(length(0)).to_be_bytes());
        let packed = u16::from_str_radix(&length(0).to_string(), 16).unwrap().to_be_bytes();
        let ascii = format!("{:04}", length(0));
        let cases: Vec<(Vec<u8>, u8)> = vec![
            (two.to_vec(), 2),
            (length(2).to_be_bytes().to_vec(), 2),
            (packed.to_vec(), 2),
            (four.to_vec(), 4),
            (ascii.clone().into_bytes(), 4),
            (tpdu.to_vec(), 5),
            ([&length(5).to_be_bytes()[..], &tpdu].concat(), 7),
            (b"ISO026000050".to_vec(), 12),
            ([&length(12).to_be_bytes()[..], b"ISO026000050"].concat(), 14),
            ([format!("{:04}", length(12)).as_bytes(), b"ISO026000050"].concat(), 16),
            (visa.clone(), 22),
            ([&length(22).to_be_bytes()[..], &[0, 0], &visa].concat(), 26),
        ];
        for (front, at) in cases {
            let found = hint(dialect, &[&front[..], &wire].concat());
            assert_eq!(found, Some(Hint::FramingInFront(at)), "{base} behind {front:02X?}");
        }
        assert_eq!(hint(dialect, &[&wire[..], &[3]].concat()), Some(Hint::TrailerBehind), "{base}");
    }
    assert!(Hint::FramingInFront(7).to_string().contains("`length2,tpdu=HEX`"));
}

#[test]
fn a_bitmap_more_than_the_dialect_has() {
    for (base, one) in [("iso87-a", "hex"), ("postilion", "binary"), ("iso87-c", "ebcdic-hex")] {
        let two = overlay(base, "");
        let mut edit = Edit::build(two);
        edit.mti("0800").set_leaf("7", "1120072155").set_leaf("11", "000001").set_leaf("70", "301");
        let wire = edit.finish().unwrap();
        let fields: String = two
            .fields()
            .iter()
            .filter_map(|field| field.key.to_string().parse::<u16>().ok().filter(|number| *number > 64))
            .map(|number| format!("[field.{number}]\nremove = true\n"))
            .collect();
        let messages: String =
            two.messages().iter().map(|message| format!("[message.{}]\nremove = true\n", message.name)).collect();
        let lines = format!("[wire]\nbitmap = {{ encoding = \"{one}\", maps = 1 }}\n{fields}{messages}");
        let correlation = "[correlation]\ndefault = [[11]]\nnetwork-management = [[11]]\nreversal = [[11]]\n";
        let single = overlay(base, &format!("{lines}{correlation}"));
        assert_eq!(hint(single, &wire), Some(Hint::MoreBitmaps(2)), "{base}");
        // What would be the second map is cut, or the elements behind it make no sense.
        assert_eq!(hint(single, &wire[..wire.len() - 10]), None, "{base}");
        let mut spoilt = wire.to_vec();
        let at = spoilt.len() - 15;
        spoilt[at] = b'!';
        assert_eq!(hint(single, &spoilt), None, "{base}");
    }
    assert!(Hint::MoreBitmaps(2).to_string().contains("maps = 2"));
}

#[test]
fn content_in_another_character_set() {
    // As long either way, so that lengths prove nothing: the error is one of content.
    let table = [
        ("iso87-a", "[field.3]\nencoding = \"ebcdic\"", "3", Hint::ContentLooksEbcdic(Some(3))),
        ("iso87-b", "[wire]\ntext = \"cp037\"", "37", Hint::ContentLooksEbcdic(Some(37))),
        ("iso87-b", "[field.43]\nencoding = \"cp037\"", "43", Hint::ContentLooksEbcdic(Some(43))),
        ("iso87-c", "[field.4]\nencoding = \"ascii\"", "4", Hint::ContentLooksAscii(Some(4))),
        ("iso87-c", "[field.43]\nencoding = \"ascii\"", "43", Hint::ContentLooksAscii(Some(43))),
    ];
    for (base, partner, path, expected) in table {
        let message = Message::parse(overlay(base, ""), purchase(overlay(base, partner))).unwrap();
        let violations = message.validate().unwrap_err();
        let error = violations.iter().find(|error| error.path().to_string() == path).unwrap();
        assert_eq!(message.hint(error), Some(expected), "{base} {partner}: {}", told(error));
    }
}

#[test]
fn content_that_is_only_wrong() {
    // A letter among digits, a thirteenth month, a control character: nothing says why.
    for (base, path, wrong) in
        [("iso87-a", "4", b'A'), ("iso87-a", "7", b'9'), ("iso87-c", "4", 0xC1), ("iso87-a", "43", 7)]
    {
        let dialect = overlay(base, "");
        let mut wire = purchase(dialect);
        let message = Message::parse(dialect, wire.clone()).unwrap();
        let span = message.span(path.parse().unwrap()).unwrap();
        wire[span.start] = wrong;
        let message = Message::parse(dialect, wire).unwrap();
        let violations = message.validate().unwrap_err();
        assert_eq!(violations.first().map(|error| message.hint(error)), Some(None), "{base} {path}");
    }
}

/// Every shipped dialect whose elements are those of the purchase, with the purchase in it.
fn purchases() -> impl Iterator<Item = (&'static str, &'static Dialect, Vec<u8>)> {
    let names = ["iso87-a", "iso87-b", "iso87-c", "postilion", "postilion-hex"];
    names.into_iter().map(|name| (name, overlay(name, ""), purchase(overlay(name, ""))))
}

#[test]
fn a_cut_message_has_no_cause_but_the_cut() {
    for (name, dialect, wire) in purchases() {
        for end in 0..wire.len() {
            let error = Message::parse(dialect, wire[..end].to_vec()).unwrap_err();
            assert_eq!(error.hint(), None, "{name} cut at {end}: {error}");
        }
    }
}

#[test]
fn bytes_left_over_have_no_cause_unless_they_end_a_frame() {
    for (name, dialect, wire) in purchases() {
        for byte in (0..=u8::MAX).filter(|&byte| byte != 3) {
            for count in 1..20 {
                let wire = [&wire[..], &vec![byte; count]].concat();
                assert_eq!(hint(dialect, &wire), None, "{name} and {count} bytes {byte:02X}");
            }
        }
        assert_eq!(hint(dialect, &[&wire[..], &wire].concat()), None, "{name} twice");
    }
}

#[test]
fn one_wrong_byte_hints_at_nothing() {
    const BYTES: [u8; 16] =
        [0x00, 0x07, 0x1F, b'0', b'1', b'9', b'A', b'z', b' ', 0x40, 0x7F, 0x80, 0xC1, 0xF0, 0xF9, 0xFF];
    for (name, dialect, wire) in purchases() {
        let message = Message::parse(dialect, wire.clone()).unwrap();
        // A byte that by chance is the length of all that follows it in its element, in binary or packed, is a prefix.
        let is_length = |at: usize, byte: u8| {
            let span = message.numbers().filter_map(|number| message.span(number)).find(|span| span.start == at);
            let said = [usize::from(byte), usize::from(byte >> 4) * 10 + usize::from(byte & 15)];
            span.is_some_and(|span| said.contains(&(span.len() - 1)))
        };
        for at in 0..wire.len() {
            for byte in BYTES.into_iter().filter(|&byte| !is_length(at, byte)) {
                let mut wrong = wire.clone();
                wrong[at] = byte;
                if let Err(error) = Message::parse(dialect, wrong) {
                    assert_eq!(error.hint(), None, "{name} with {byte:02X} at {at}: {error}");
                }
            }
        }
    }
}

#[test]
fn no_hint_shows_content() {
    // What is wrong with it aside, nothing in the text depends on what stands in the message.
    for (name, dialect, wire) in purchases() {
        let framed = [&(wire.len() as u16).to_be_bytes()[..], &wire].concat();
        let said = Message::parse(dialect, framed).unwrap_err().to_string();
        for secret in ["4111111111111111", "0123456789ABCDEF", "2812201123456"] {
            assert!(!said.contains(secret), "{name}: {said}");
        }
    }
}

#[test]
fn short_pieces_of_messages() {
    let iso87a = &isopace::iso87a::DIALECT;
    assert_eq!(hint(iso87a, b"\x00\x2D0800822000000000000004000000000000000"), Some(Hint::FramingInFront(2)));
    assert_eq!(hint(iso87a, b"00450800822000000000000004000000000000000"), Some(Hint::FramingInFront(4)));
    assert_eq!(hint(iso87a, b"\x60\x00\x01\x00\x0208008220000000000000"), Some(Hint::FramingInFront(5)));
    assert_eq!(hint(iso87a, b"\xF0\xF8\xF0\xF0\xF8\xF2"), Some(Hint::EbcdicMti));
    assert_eq!(hint(iso87a, b"\x08\x00\x82\x20\x00\x00\x00\x00"), Some(Hint::BcdMti));
    let binary = b"0800\x82\x20\x00\x00\x00\x00\x00\x00\x04\x00\x00\x00\x00\x00\x00\x00";
    assert_eq!(hint(iso87a, binary), Some(Hint::BitmapLooksBinary));
    // A letter in the message type, one in the bitmap: nothing says why.
    assert_eq!(hint(iso87a, b"08A08020000000000000804058"), None);
    assert_eq!(hint(iso87a, b"0800802000000000000G804058"), None);
    assert_eq!(hint(iso87a, b""), None);
}
