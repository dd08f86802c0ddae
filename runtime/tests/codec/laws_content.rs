//! Law 3 for what is not as the rule says: an error where it stands, never silently changed.

use crate::common;

use common::one::{LEFT_ZERO, RIGHT_F, START, bad, dialect, good, message, read, text_encodings, value};
use common::reference::{self, Value, hex};
use common::{contents, told};
use isopace::wire::{Class, Encoding, Prefix, PrefixEncoding, Rule, Side};
use isopace::{Bytes, Edit, Message};

use Class::{A, An, Anp, Ans, As, B, N, Ns, Xn, Z};

#[test]
fn every_character_outside_the_class_is_refused_where_it_stands() {
    for class in [N, A, An, As, Ns, Anp, Ans, Z, Xn] {
        for encoding in text_encodings() {
            let rule = Rule::variable(class, 20, encoding, Prefix::ascii(2));
            let Value::Text(right) = value(&rule, 12) else { unreachable!() };
            let alphabet = contents::alphabet(&rule);
            for place in [0, 1, 7, 8, 11] {
                for byte in b' '..=b'~' {
                    let mut text = right.clone().into_bytes();
                    text[place] = byte;
                    let text = String::from_utf8(text).unwrap();
                    let allowed =
                        if class == Xn && place == 0 { matches!(byte, b'C' | b'D') } else { alphabet.contains(&byte) };
                    let element = reference::element(&rule, &Value::Text(text.clone()));
                    let expected = if allowed { good(&text) } else { bad(2 + place, "character") };
                    assert_eq!(read(rule, &element), expected, "{rule:?} {byte:#x} at {place}");
                    assert_eq!(read(rule.lenient(), &element), good(&text), "{rule:?} {byte:#x} at {place}");
                    let written = Edit::build(dialect(rule)).mti("0200").set_leaf("48", &text).finish();
                    let written = written.map(|_| ()).map_err(|error| told(&error));
                    let expected = if allowed { Ok(()) } else { Err(format!("48 at {place}: character")) };
                    assert_eq!(written, expected, "{rule:?} {byte:#x} at {place}");
                    let lenient = Edit::build(dialect(rule.lenient())).mti("0200").set_leaf("48", &text).finish();
                    assert_eq!(lenient, Ok(Bytes::from(message(&element))), "{rule:?} {byte:#x} at {place}");
                }
            }
        }
    }
}

#[test]
fn bytes_that_no_class_has() {
    for class in [N, A, An, As, Ns, Anp, Ans, Z, Xn] {
        for byte in (0..=0x1F).chain(0x7F..=0xFF) {
            let rule = Rule::variable(class, 20, Encoding::Ascii, Prefix::ascii(2));
            let Value::Text(right) = value(&rule, 9) else { unreachable!() };
            let mut element = format!("09{right}").into_bytes();
            element[2 + 4] = byte;
            assert_eq!(read(rule, &element), bad(6, "character"), "{class:?} {byte:#x}");
            // As it stands: every byte is a character of ISO 8859-1.
            let text: String = element[2..].iter().map(|&byte| char::from(byte)).collect();
            assert_eq!(read(rule.lenient(), &element), good(&text), "{class:?} {byte:#x}");
            let written = Edit::build(dialect(rule.lenient())).mti("0200").set_leaf("48", &text).finish();
            assert_eq!(written, Ok(Bytes::from(message(&element))), "{class:?} {byte:#x}");
        }
    }
}

#[test]
fn nibbles_that_are_no_digits() {
    for policy in [|rule: Rule| rule, |rule: Rule| rule.lenient()] {
        for nibble in 0xA..=0xF_u8 {
            let n = policy(Rule::fixed(N, 6, LEFT_ZERO));
            assert_eq!(read(n, &[0x12, nibble << 4 | 4, 0x56]), bad(1, "nibble"));
            assert_eq!(read(n, &[0x12, 0x30 | nibble, 0x56]), bad(1, "nibble"));
            let z = policy(Rule::variable(Z, 37, LEFT_ZERO, Prefix::ascii(2)));
            let expected = if nibble == 0xD { good("12=456") } else { bad(3, "nibble") };
            assert_eq!(read(z, &[b'0', b'6', 0x12, nibble << 4 | 4, 0x56]), expected);
        }
    }
}

#[test]
fn fillers_other_than_the_one_that_is_named() {
    for nibble in 0..16_u8 {
        for filler in 0..16_u8 {
            let left = Rule::fixed(N, 3, Encoding::Bcd { pad_side: Side::Left, pad_nibble: nibble });
            let right = Rule::fixed(N, 3, Encoding::Bcd { pad_side: Side::Right, pad_nibble: nibble });
            let same = filler == nibble;
            assert_eq!(read(left, &[filler << 4 | 1, 0x23]), if same { good("123") } else { bad(0, "padding") });
            assert_eq!(read(right, &[0x12, 0x30 | filler]), if same { good("123") } else { bad(1, "padding") });
            assert_eq!(read(left.lenient(), &[filler << 4 | 1, 0x23]), good("123"));
            assert_eq!(read(right.lenient(), &[0x12, 0x30 | filler]), good("123"));
        }
    }
}

#[test]
fn hex_that_is_none() {
    for byte in 0..=u8::MAX {
        for policy in [|rule: Rule| rule, |rule: Rule| rule.lenient()] {
            let rule = policy(Rule::fixed(B, 2, Encoding::Hex));
            let digit = char::from(byte).to_digit(16).filter(|_| byte.is_ascii());
            let expected = match digit {
                Some(digit) => good(&format!("0{digit:X}FF")),
                None => bad(1, "hex"),
            };
            assert_eq!(read(rule, &[b'0', byte, b'F', b'f']), expected, "{byte:#x}");
        }
    }
    // Half a byte, by a prefix that counts bytes.
    let rule = Rule::variable(B, 99, Encoding::Hex, Prefix::ascii(2).counting_bytes());
    assert_eq!(read(rule, b"03FFF"), bad(0, "length-prefix"));
    for text in ["F", "FFF", "0G", "0x", " 00", "é0"] {
        for rule in [
            Rule::variable(B, 99, Encoding::Hex, Prefix::ascii(2)),
            Rule::variable(B, 99, Encoding::Raw, Prefix::ascii(2)),
        ] {
            let written = Edit::build(dialect(rule)).mti("0200").set_leaf("48", text).finish();
            assert_eq!(told(&written.unwrap_err()), "48 at 0: hex", "{text}");
        }
    }
}

#[test]
fn prefixes_that_are_no_numbers() {
    use PrefixEncoding::{Ascii, Bcd, Ebcdic, Hex};
    let rule = |encoding, width| Rule::variable(Ans, 99, Encoding::Ascii, Prefix::new(encoding, width));
    for (encoding, width, prefix) in [
        (Ascii, 2, &b"+1"[..]),
        (Ascii, 2, b" 1"),
        (Ascii, 2, b"1 "),
        (Ascii, 2, b"-1"),
        (Ascii, 2, b"0A"),
        (Ascii, 2, &[0xF0, 0xF1]),
        (Ascii, 3, b"0x1"),
        (Ascii, 4, b"00 1"),
        (Ebcdic, 2, b"01"),
        (Ebcdic, 2, &[0xF0, 0xFA]),
        (Bcd, 2, &[0x0A]),
        (Bcd, 2, &[0xA0]),
        (Bcd, 3, &[0x00, 0x0F]),
        (Hex, 2, b"0G"),
        (Hex, 2, b"+1"),
        (Hex, 2, b"0x"),
    ] {
        let element = [prefix, &[b'A'; 30]].concat();
        assert_eq!(read(rule(encoding, width), &element), bad(0, "length-prefix"), "{encoding:?} {prefix:02X?}");
        assert_eq!(
            read(rule(encoding, width).lenient(), &element),
            bad(0, "length-prefix"),
            "{encoding:?} {prefix:02X?}"
        );
    }
    assert_eq!(read(rule(Hex, 2), b"0aABCDEFGHIJ"), good("ABCDEFGHIJ"));
    // A prefix that counts itself cannot count less than itself.
    let inclusive = Rule::variable(Ans, 99, Encoding::Ascii, Prefix::ascii(2).inclusive());
    assert_eq!(read(inclusive, b"01"), bad(0, "too-short"));
    assert_eq!(read(inclusive, b"02"), good(""));
}

#[test]
fn bytes_before_and_behind() {
    for policy in [|rule: Rule| rule, |rule: Rule| rule.lenient()] {
        let rule = policy(Rule::variable(Ans, 20, Encoding::Ascii, Prefix::ascii(2)));
        assert_eq!(read(rule, b"03ABC"), good("ABC"));
        assert_eq!(read(rule, b"03ABCD"), Err(format!("message at {}: trailing", START + 5)));
        assert_eq!(read(rule, b"03AB"), bad(0, "truncated"));
        assert_eq!(read(rule, b"03"), bad(0, "truncated"));
        assert_eq!(read(rule, b"0"), bad(0, "truncated"));
        assert_eq!(read(rule, b""), bad(0, "truncated"));
        let fixed = policy(Rule::fixed(N, 6, Encoding::Ascii));
        assert_eq!(read(fixed, b"123456"), good("123456"));
        assert_eq!(read(fixed, b"1234567"), Err(format!("message at {}: trailing", START + 6)));
        assert_eq!(read(fixed, b"12345"), bad(0, "truncated"));
    }
}

#[test]
fn padding_of_a_fixed_length_goes_both_ways() {
    for class in [A, An, As, Ns, Anp, Ans] {
        for encoding in text_encodings() {
            for side in [Side::Left, Side::Right] {
                let rule = Rule::fixed(class, 8, encoding).padded(side, b' ');
                let word = if class == Ns { "!#" } else { "AB" };
                let wire = Edit::build(dialect(rule)).mti("0200").set(48, word).finish().unwrap();
                let padded = if side == Side::Left { format!("      {word}") } else { format!("{word}      ") };
                assert_eq!(wire, message(&reference::content(&rule, &Value::Text(padded.clone()))), "{rule:?}");
                let message = Message::parse(dialect(rule), wire).unwrap();
                assert_eq!(message.get::<String>(48).unwrap().unwrap(), word, "{rule:?}");
                assert_eq!(common::leaves(&message).unwrap(), [("48".to_owned(), padded)], "{rule:?}");
                // The other side is no padding: where the class has no blank it is an error.
                let other = if side == Side::Left { format!("{word}      ") } else { format!("      {word}") };
                let allowed = matches!(class, As | Ns | Anp | Ans);
                let element = reference::content(&rule, &Value::Text(other.clone()));
                assert_eq!(read(rule, &element).is_ok(), allowed, "{rule:?}");
            }
        }
    }
}

#[test]
fn digits_are_never_padded_as_text() {
    for encoding in [Encoding::Ascii, Encoding::Cp037, LEFT_ZERO, RIGHT_F] {
        let rule = Rule::fixed(N, 6, encoding);
        let written = Edit::build(dialect(rule)).mti("0200").set(48, "123").finish();
        assert_eq!(told(&written.unwrap_err()), "48 at 0: too-short");
        let written = Edit::build(dialect(rule)).mti("0200").set(48, &123_u64).finish().unwrap();
        assert_eq!(common::leaves(&Message::parse(dialect(rule), written).unwrap()).unwrap()[0].1, "000123");
    }
}

#[test]
fn without_padding_a_short_value_is_refused() {
    for class in [A, An, Ans, Z, B] {
        let rule = Rule::fixed(class, 8, if class == B { Encoding::Raw } else { Encoding::Ascii }).unpadded();
        let written = Edit::build(dialect(rule)).mti("0200").set_leaf("48", &value(&rule, 6).leaf()).finish();
        assert_eq!(told(&written.unwrap_err()), "48 at 0: too-short", "{rule:?}");
    }
}

#[test]
fn packed_tracks_are_padded_in_whole_nibbles() {
    let rule = Rule::fixed(Z, 7, RIGHT_F).padded(Side::Left, b'0');
    let wire = Edit::build(dialect(rule)).mti("0200").set_leaf("48", "12=34").finish().unwrap();
    assert_eq!(hex(&wire[START..]), "0012D34F");
    assert_eq!(read(rule, &wire[START..]), good("0012=34"));
}

/// The sign is a character like any other: in EBCDIC it is `C3` or `C4`, and nothing else is taken for it.
#[test]
fn a_sign_stands_in_the_encoding_of_its_digits() {
    for (encoding, credit, debit) in [
        (Encoding::Ascii, "4330303132", "4430303132"),
        (Encoding::Latin1, "4330303132", "4430303132"),
        (Encoding::Cp037, "C3F0F0F1F2", "C4F0F0F1F2"),
        (Encoding::Cp1047, "C3F0F0F1F2", "C4F0F0F1F2"),
    ] {
        let rule = Rule::fixed(Xn, 5, encoding);
        for (text, expected) in [("C0012", credit), ("D0012", debit)] {
            let wire = Edit::build(dialect(rule)).mti("0200").set_leaf("48", text).finish().unwrap();
            assert_eq!(hex(&wire[START..]), expected, "{encoding:?}");
            assert_eq!(read(rule, &wire[START..]), good(text), "{encoding:?}");
        }
        let other = if credit.starts_with('4') { 0xC3 } else { b'C' };
        let mut element = reference::unhex(credit);
        element[0] = other;
        assert_eq!(read(rule, &element), bad(0, "character"), "{encoding:?}");
    }
}
