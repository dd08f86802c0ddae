//! Law 4: an error says which element, which byte and what; it never says what stood there; and where the cause can be
//! guessed, there is a hint.

use crate::common;

use common::messages::message;
use common::reference::{bitmaps, ebcdic, hex, unhex};
use common::{AUTHORIZATION, cases, dialects, told};
use isopace::iso87a::{self, IccData};
use isopace::msg::{Composite, CompositeKind, Field, Hint, Key, Kind};
use isopace::wire::{BitmapEncoding, Class, DigitEncoding, Encoding, Prefix, PrefixEncoding, Rule};
use isopace::{Dialect, Edit, Error, Message};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

/// What stands in the content of broken messages, and must stand in no error.
const MARKER: &str = "MARKER";

/// All that is wrong with a message: what parsing says, else what proving the content says.
fn wrongs(dialect: &'static Dialect, wire: &[u8]) -> Vec<Error> {
    match Message::parse(dialect, wire.to_vec()) {
        Err(error) => vec![error],
        Ok(message) => match message.validate() {
            Err(violations) => violations.iter().copied().collect(),
            Ok(()) => Vec::new(),
        },
    }
}

/// A message of ISO 8583:1987 in ASCII with these elements.
fn with(elements: &[(u16, &[u8])]) -> Vec<u8> {
    let numbers: Vec<u16> = elements.iter().map(|(number, _)| *number).collect();
    let maps = if numbers.iter().any(|number| *number > 64) { 2 } else { 1 };
    let body: Vec<u8> = elements.iter().flat_map(|(_, bytes)| bytes.iter().copied()).collect();
    [b"0200", &bitmaps(BitmapEncoding::Hex, &numbers, maps)[..], &body].concat()
}

fn chip(objects: &str) -> Vec<u8> {
    let objects = unhex(objects);
    [format!("{:03}", objects.len()).as_bytes(), &objects].concat()
}

#[test]
fn each_thing_that_can_be_wrong_is_said_with_its_place() {
    // One bitmap: elements start at byte 20. Two: at byte 36.
    let table: Vec<(&str, Vec<u8>, &[&str])> = vec![
        ("nothing at all", b"".to_vec(), &["mti at 0: truncated"]),
        ("half a message type", b"020".to_vec(), &["mti at 0: truncated"]),
        ("letters as message type", b"02MARKER".to_vec(), &["mti at 0: mti"]),
        ("no bitmap", b"0200".to_vec(), &["bitmap at 4: truncated"]),
        ("half a bitmap", b"0200MARKER".to_vec(), &["bitmap at 4: truncated"]),
        ("no hex in the bitmap", b"0200MARKERMARKERMARKER".to_vec(), &["bitmap at 4: hex"]),
        ("no second bitmap", b"0200C000000000000000".to_vec(), &["bitmap at 20: truncated"]),
        (
            "a third bitmap",
            [b"0200", &b"8000000000000000"[..], &[b'8'; 16], &[b'0'; 16]].concat(),
            &["bitmap at 36: continuation"],
        ),
        ("an element cut short", with(&[(11, b"1234")]), &["11 at 20: truncated"]),
        ("half a length prefix", with(&[(3, b"000000"), (35, b"1")]), &["35 at 26: truncated"]),
        ("a length prefix of letters", with(&[(2, b"MARKER")]), &["2 at 20: length-prefix"]),
        ("a length beyond the most", with(&[(2, b"20MARKERMARKERMARKERMA")]), &["2 at 20: too-long"]),
        ("a length beyond the end", with(&[(48, b"020MARKERMARKER")]), &["48 at 20: truncated"]),
        ("bytes behind the last element", with(&[(3, b"000000MARKER")]), &["message at 26: trailing"]),
        ("letters in digits", with(&[(11, b"12MARK")]), &["11 at 22: value"]),
        ("letters in a text of digits", with(&[(32, b"0699MARK")]), &["32 at 24: character"]),
        ("letters in a PAN", with(&[(2, b"134012MARKER909")]), &["2 at 26: value"]),
        ("an empty PAN", with(&[(2, b"00")]), &["2 at 22: value"]),
        ("a month of thirteen", with(&[(13, b"1301")]), &["13 at 20: value"]),
        ("an amount without a sign", with(&[(28, b"012345678")]), &["28 at 20: value"]),
        ("a blank within a code", with(&[(39, b" 0")]), &["39 at 20: character"]),
        ("a control character", with(&[(43, &[b"MARKER".as_slice(), &[0x07; 34]].concat())]), &["43 at 26: character"]),
        ("no hex in bytes", with(&[(52, b"01234567MARKER89")]), &["52 at 28: hex"]),
        ("no hex in the second bitmap's bytes", with(&[(96, b"MARKERMARKERMARK")]), &["96 at 36: hex"]),
        ("a tag cut short", with(&[(55, &chip("9F"))]), &["55 at 23: truncated"]),
        ("a tag without a length", with(&[(55, &chip("9F26"))]), &["55.9F26 at 25: truncated"]),
        ("a length of a tag cut short", with(&[(55, &chip("9F2682"))]), &["55.9F26 at 26: truncated"]),
        ("a length without an end", with(&[(55, &chip("9F268000"))]), &["55.9F26 at 25: tlv"]),
        ("a length of too many bytes", with(&[(55, &chip("9F26850000000001"))]), &["55.9F26 at 25: tlv"]),
        ("a tag of too many bytes", with(&[(55, &chip("5F2A0208409F8181818101"))]), &["55 at 28: tlv"]),
        ("a tag beyond the end", with(&[(55, &chip("91102263BCC1C2D9C4420013"))]), &["55.91 at 25: truncated"]),
        ("a tag after a good one", with(&[(55, &chip("9F3602000195054D41524B"))]), &["55.95 at 30: truncated"]),
        ("a tag too short", with(&[(55, &chip("95044D41524B"))]), &["55.95 at 25: too-short"]),
        ("a tag too long", with(&[(55, &chip("95064D41524B4552"))]), &["55.95 at 25: too-long"]),
        ("no digits in a tag", with(&[(55, &chip("9A0326A120"))]), &["55.9A at 26: nibble"]),
        ("a month of thirteen in a tag", with(&[(55, &chip("9A03261301"))]), &["55.9A at 25: value"]),
        ("a filler in a tag", with(&[(55, &chip("5F2A021840"))]), &["55.5F2A at 26: padding"]),
        ("letters in a position", with(&[(90, b"0200MARKER11200721550000000000000000000000")]), &["90.2 at 40: value"]),
        (
            "several at once",
            with(&[
                (2, b"13MARKER5678909"),
                (3, b"000000"),
                (4, b"0000MARKER00"),
                (39, b"!!"),
                (55, &chip("95044D41524B9A03261301")),
            ]),
            &[
                "2 at 22: value",
                "4 at 45: value",
                "39 at 53: character",
                "55.95 at 60: too-short",
                "55.9A at 66: value",
            ],
        ),
    ];
    for (name, wire, expected) in table {
        let found = wrongs(&iso87a::DIALECT, &wire);
        assert_eq!(found.iter().map(told).collect::<Vec<_>>(), expected, "{name}");
    }
}

#[test]
fn a_value_error_says_where_in_the_value() {
    let error = wrongs(&iso87a::DIALECT, &with(&[(2, b"134012MARKER909")])).remove(0);
    assert!(error.to_string().contains("index 4"), "{error}");
}

#[test]
fn the_sentence_says_what_was_needed_and_what_there_was() {
    let said = |wire: &[u8]| Message::parse(&iso87a::DIALECT, wire.to_vec()).unwrap_err().to_string();
    assert_eq!(said(&with(&[(11, b"1234")])), "11 at byte 20: needs 6 bytes, 4 left");
    assert_eq!(said(&with(&[(2, b"20")])), "2 at byte 20: length 20, at most 19 allowed");
    assert_eq!(said(&with(&[(3, b"0000001")])), "message at byte 26: 1 bytes left after the last element");
    let tag = wrongs(&iso87a::DIALECT, &with(&[(55, &chip("91102263BCC1C2D9C4420013"))])).remove(0);
    assert_eq!(tag.to_string(), "55.91 at byte 25: needs 16 bytes, 10 left");
}

#[test]
fn an_element_the_dialect_does_not_have() {
    let dialect = dialects::ascii(vec![Field::new(
        Key::Number(3),
        "three",
        "Three",
        Kind::Digits,
        Rule::fixed(Class::N, 6, Encoding::Ascii),
    )]);
    let wire = [b"0200", &bitmaps(BitmapEncoding::Binary, &[3, 41], 1)[..], b"000000MARKER"].concat();
    assert_eq!(told(&Message::parse(dialect, wire).unwrap_err()), "41 at 18: undefined");
    assert_eq!(told(&Edit::build(dialect).mti("0200").set(41, "MARKER").finish().unwrap_err()), "41 at 0: undefined");
    let message = Message::parse(&iso87a::DIALECT, AUTHORIZATION).unwrap();
    assert_eq!(told(&message.get::<&str>(65).unwrap_err()), "65 at 0: undefined");
    assert_eq!(told(&message.get::<&str>(0).unwrap_err()), "0 at 0: undefined");
}

#[test]
fn what_is_written_wrongly_is_said_with_its_path() {
    let table = [
        ("2", "4012MARKER", "2 at 4: character"),
        ("2", "40123456789094012345", "2 at 0: too-long"),
        ("39", "0", "ok"),
        ("39", "000", "39 at 0: too-long"),
        ("11", "12345", "11 at 0: too-short"),
        ("52", "MARKER", "52 at 0: hex"),
        ("52", "01234567", "52 at 0: too-short"),
        ("55.9F26", "01234567", "55.9F26 at 0: too-short"),
        ("55.9F26", "MARKER", "55.9F26 at 0: hex"),
        ("55.9A", "26M120", "55.9A at 2: character"),
        ("55.5F2A.1", "840", "55.5F2A at 0: path"),
        ("55.DF01#3", "00", "55.DF01 at 0: gap"),
        ("90.2", "123456", "90.2 at 0: gap"),
        ("MARKER", "1", "message at 0: path"),
        ("255", "1", "255 at 0: undefined"),
        ("41.1", "1", "41 at 0: path"),
    ];
    for (path, value, expected) in table {
        let written = Edit::build(&iso87a::DIALECT).mti("0200").set_leaf(path, value).finish();
        assert_eq!(written.map_or_else(|error| told(&error), |_| "ok".to_owned()), expected, "{path}");
    }
    let written = Edit::build(&iso87a::DIALECT).set_leaf("39", "00").finish();
    assert_eq!(told(&written.unwrap_err()), "mti at 0: missing");
    let written = Edit::build(&iso87a::DIALECT).mti("MARKER").set_leaf("39", "00").finish();
    assert_eq!(told(&written.unwrap_err()), "mti at 0: value");
}

#[test]
fn an_edit_that_fails_leaves_the_buffer_alone() {
    let dialect = dialects::ascii(vec![
        Field::new(Key::Number(3), "three", "Three", Kind::Digits, Rule::fixed(Class::N, 6, Encoding::Ascii)),
        // Beyond the one bitmap that there is; the lints refuse it.
        Field::new(Key::Number(70), "seventy", "Seventy", Kind::Digits, Rule::fixed(Class::N, 3, Encoding::Ascii)),
    ]);
    for mut edit in [Edit::build(dialect), Edit::build(dialect)] {
        let mut out = b"before".to_vec();
        edit.mti("0200").set(3, "000000").set(70, "301");
        assert_eq!(told(&edit.finish_into(&mut out).unwrap_err()), "bitmap at 0: continuation");
        assert_eq!(out, b"before");
    }
}

#[test]
fn an_inside_given_as_bytes_is_named_by_its_element() {
    let error = IccData::from_bytes(unhex("91102263BCC1C2D9C4420013")).map(drop).unwrap_err();
    assert_eq!(told(&error), "55.91 at 2: truncated");
}

#[test]
fn a_type_that_cannot_hold_a_tag_is_told_of_the_tag() {
    let wire = with(&[(55, &chip("9F3602000195050000000000"))]);
    let message = Message::parse(&iso87a::DIALECT, wire).unwrap();
    assert_eq!(told(&message.at::<&str>("55.9F36").unwrap_err()), "55.9F36 at 0: type");
    assert_eq!(told(&message.at::<&str>("55.9F3").unwrap_err()), "message at 0: path");
}

/// A composite that stands as hex has two bytes of the message for each of its own.
#[test]

fn offsets_inside_hex_are_those_of_the_message() {
    let tags =
        vec![Field::new(Key::tag(0x95), "tvr", "Results", Kind::Bytes, Rule::fixed(Class::B, 5, Encoding::Raw))].leak();
    let rule = Rule::variable(Class::B, 99, Encoding::Hex, Prefix::ascii(2));
    let field = Field::new(Key::Number(48), "data", "Data", Kind::Bytes, rule)
        .composite(Composite::new(CompositeKind::BerTlv, tags));
    let dialect = dialects::ascii(vec![field]);
    let wire = |objects: &str| {
        [
            b"0200",
            &bitmaps(BitmapEncoding::Binary, &[48], 1)[..],
            format!("{:02}{objects}", objects.len() / 2).as_bytes(),
        ]
        .concat()
    };
    // Content starts at byte 14; the value of the second tag is at byte 5 of the inside.
    assert_eq!(told(&wrongs(dialect, &wire("C101FF95044D41524B"))[0]), "48.95 at 24: too-short");
    let mut spans = Vec::new();
    let good = wire("C101FF95050001020304");
    Message::parse(dialect, good.clone()).unwrap().leaves(|leaf| spans.push(leaf.unwrap().span()));
    assert_eq!(spans, [14..20, 20..34]);
    assert_eq!(&good[spans[1].clone()], b"95050001020304");
}

#[test]
fn leaves_are_where_their_spans_say() {
    for dialect in [&iso87a::DIALECT, dialects::packed()] {
        let outcome = TestRunner::new(cases(100)).run(&message(dialect), |sample| {
            let message = Message::parse(dialect, sample.wire.clone())?;
            message.leaves(|leaf| {
                let leaf = leaf.unwrap();
                let span = leaf.span();
                assert!(span.end <= sample.wire.len(), "{}", leaf.path());
                if let Some((_, tag)) = leaf.path().split_once("55.") {
                    let tag = unhex(tag.split('#').next().unwrap());
                    assert_eq!(&sample.wire[span.start..span.start + tag.len()], tag, "{}", leaf.path());
                    assert!(hex(&sample.wire[span]).len() >= tag.len());
                }
            });
            Ok(())
        });
        outcome.unwrap_or_else(|failure| panic!("{}: {failure}", dialect.name()));
    }
}

/// Spoils one byte of the message and says whether any error shows the content around it.
#[test]
fn no_error_says_what_stood_there() {
    // A message made of markers wherever its layout allows.
    let body: Vec<(u16, Vec<u8>)> = vec![
        (2, b"12MARKERMARKER".to_vec()),
        (11, b"MARKER".to_vec()),
        (35, b"12MARKERMARKER".to_vec()),
        (37, b"MARKER\x07ARKER".to_vec()),
        (45, b"13MARKERMARKER\x07".to_vec()),
        (48, b"013MARKERMARKER\x07".to_vec()),
        (52, b"MARKERMARKERMARK".to_vec()),
        (55, chip("5A084D41524B45524D41 57074D41524B45524D41 9505 4D41524B45 99064D41524B4552 C1024D41")),
        (90, b"MARKERMARKERMARKERMARKERMARKERMARKERMARKER".to_vec()),
        (102, b"13MARKERMARKER\x07".to_vec()),
    ];
    let elements: Vec<(u16, &[u8])> = body.iter().map(|(number, bytes)| (*number, bytes.as_slice())).collect();
    let wire = with(&elements);
    let mut seen = 0;
    for end in 0..=wire.len() {
        for wire in
            [wire[..end].to_vec(), [&wire[..end], b"\xFF", &wire[end..]].concat(), [&wire[..end], b"MARKER"].concat()]
        {
            let (partial, error) = Message::parse_partial(&iso87a::DIALECT, wire);
            let mut shown = vec![format!("{error:?} {}", error.map_or_else(String::new, |error| error.to_string()))];
            if let Err(violations) = partial.validate() {
                shown.push(format!("{violations} {violations:?} {violations:#?}"));
            }
            for text in shown {
                seen += 1;
                for run in MARKER.as_bytes().windows(4) {
                    let run = std::str::from_utf8(run).unwrap();
                    assert!(!text.contains(run) && !text.contains(&hex(run.as_bytes())), "{text}");
                }
            }
        }
    }
    assert!(seen > 500);
}

#[test]
fn an_offset_is_never_beyond_the_message() {
    for dialect in dialects::all() {
        let strategy = (message(dialect), any::<prop::sample::Index>(), any::<u8>());
        let outcome = TestRunner::new(cases(200)).run(&strategy, |(sample, at, byte)| {
            let mut wire = sample.wire;
            let at = at.index(wire.len());
            wire[at] = byte;
            for error in wrongs(dialect, &wire) {
                prop_assert!(error.offset() <= wire.len(), "{error}");
            }
            Ok(())
        });
        outcome.unwrap_or_else(|failure| panic!("{}: {failure}", dialect.name()));
    }
}

fn hint(dialect: &'static Dialect, wire: &[u8]) -> Option<Hint> {
    Message::parse(dialect, wire.to_vec()).expect_err("a message of another dialect").hint()
}

#[test]
fn hints_of_a_message_in_another_form() {
    let ascii = AUTHORIZATION.as_bytes();
    let in_ebcdic = ebcdic(AUTHORIZATION);
    let binary_map = [b"0200", &unhex(&AUTHORIZATION[4..20])[..], &ascii[20..]].concat();
    let in_bcd = [&[0x02, 0x00], &binary_map[4..]].concat();
    let stan = Field::new(Key::Number(11), "stan", "STAN", Kind::Stan, Rule::fixed(Class::N, 6, Encoding::Ascii));
    let binary = dialects::ascii(vec![stan]);
    let bcd = dialects::packed();

    assert_eq!(hint(&iso87a::DIALECT, &in_ebcdic), Some(Hint::EbcdicMti));
    assert_eq!(hint(&iso87a::DIALECT, &in_bcd), Some(Hint::BcdMti));
    assert_eq!(hint(&iso87a::DIALECT, &binary_map), Some(Hint::BitmapLooksBinary));
    assert_eq!(hint(dialects::ebcdic(), ascii), Some(Hint::AsciiMti));
    assert_eq!(hint(binary, ascii), Some(Hint::BitmapLooksHex));
    assert_eq!(hint(binary, &in_ebcdic), Some(Hint::EbcdicMti));
    assert_eq!(hint(bcd, &in_ebcdic), Some(Hint::EbcdicMti));
    for (header, at) in [
        (&[0x00, 0xD7][..], 2),
        (&[0x00, 0x00, 0x00, 0xD7], 4),
        (&[0x60, 0, 0, 0, 0], 5),
        (&[0, 0xDC, 0x60, 0, 0, 0, 0], 7),
    ] {
        assert_eq!(hint(&iso87a::DIALECT, &[header, ascii].concat()), Some(Hint::FramingInFront(at)));
    }
    // No hint where nothing points anywhere, and none for an error far behind the header.
    assert_eq!(hint(&iso87a::DIALECT, b"MARKERMARKERMARKER"), None);
    assert_eq!(hint(&iso87a::DIALECT, &ascii[..100]), None);
}

#[test]

fn hint_of_an_ascii_message_to_a_packed_dialect() {
    assert_eq!(hint(dialects::packed(), AUTHORIZATION.as_bytes()), Some(Hint::AsciiMti));
}

#[test]
fn a_hint_is_a_sentence_of_the_error() {
    let error = Message::parse(&iso87a::DIALECT, ebcdic(AUTHORIZATION)).unwrap_err();
    let said = error.to_string();
    assert!(said.starts_with("mti at byte 0: ") && said.contains("EBCDIC"), "{said}");
    assert_eq!(format!("{error:?}"), format!("Error({said})"));
}

#[test]
fn an_ebcdic_digit_dialect_reads_its_own() {
    // The hints above are of use only if the right dialect reads the message.
    for dialect in [dialects::ebcdic(), dialects::packed()] {
        assert_ne!(dialect.mti_encoding(), DigitEncoding::Ascii);
        let wire = Edit::build(dialect).mti("0800").set(11, "000001").set(70, "301").finish().unwrap();
        assert_eq!(Message::parse(dialect, wire).unwrap().get::<&str>(70).ok(), None);
    }
    let rule = Rule::variable(Class::Ans, 99, Encoding::Ascii, Prefix::new(PrefixEncoding::Bcd, 2));
    assert_eq!(rule.prefix_bytes(), 1);
}
