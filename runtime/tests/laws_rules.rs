//! Law 3 for what bytes look like: every class in every encoding with every prefix, against an encoder of its own; and
//! everything that is not as the rule says is an error, never silently changed.

mod common;

use common::reference::{self, Value, hex};
use common::{contents, dialects, told};
use isopace::msg::{Field, Key, Kind};
use isopace::wire::{BitmapEncoding, Class, Counts, Encoding, Length, Prefix, PrefixEncoding, Rule, Side};
use isopace::{Bytes, Dialect, Edit, Message};

use Class::{A, An, Anp, Ans, As, B, N, Ns, Xn, Z};

/// DE 48 by this rule.
fn dialect(rule: Rule) -> &'static Dialect {
    let kind = if rule.class == B { Kind::Bytes } else { Kind::Text };
    dialects::ascii(vec![Field::new(Key::Number(48), "value", "Value", kind, rule)])
}

/// A message of DE 48 with these bytes, prefix and all.
fn message(element: &[u8]) -> Vec<u8> {
    [b"0200", &reference::bitmaps(BitmapEncoding::Binary, &[48], 1)[..], element].concat()
}

/// Where DE 48 starts.
const START: usize = 12;

fn encodings(class: Class) -> Vec<Encoding> {
    let sides = [Side::Left, Side::Right];
    let packed =
        sides.into_iter().flat_map(|pad_side| (0..16).map(move |pad_nibble| Encoding::Bcd { pad_side, pad_nibble }));
    match class {
        B => vec![Encoding::Raw, Encoding::Hex, Encoding::EbcdicHex],
        N | Z | Xn => text_encodings().into_iter().chain(packed).collect(),
        _ => text_encodings(),
    }
}

fn text_encodings() -> Vec<Encoding> {
    vec![Encoding::Ascii, Encoding::Cp037, Encoding::Cp1047, Encoding::Latin1, Encoding::Utf8]
}

/// Every prefix that can say the lengths of these tests.
fn prefixes(inclusive_units: bool) -> Vec<Prefix> {
    use PrefixEncoding::{Ascii, Bcd, BinaryBe, BinaryLe, Ebcdic, Hex};
    let mut all = Vec::new();
    for encoding in [Ascii, Ebcdic, Bcd, BinaryBe, BinaryLe, Hex] {
        let widths = match encoding {
            BinaryBe | BinaryLe => 1..=4,
            _ => 2..=6,
        };
        for width in widths {
            let prefix = Prefix::new(encoding, width);
            all.extend([prefix, prefix.counting_bytes(), prefix.counting_bytes().inclusive()]);
            if inclusive_units {
                all.push(prefix.inclusive());
            }
        }
    }
    all
}

/// A value of so many units that the class allows, all of its characters in turn.
fn value(rule: &Rule, units: usize) -> Value {
    if rule.class == B {
        return Value::Bytes((0..units).map(|place| (place * 37) as u8).collect());
    }
    let alphabet = contents::alphabet(rule);
    let text: String = (0..units).map(|place| char::from(alphabet[(place * 7 + units) % alphabet.len()])).collect();
    match (rule.class, text.split_at_checked(1)) {
        (Xn, Some((_, digits))) => Value::Text(format!("D{digits}")),
        _ => Value::Text(text),
    }
}

/// Whether the count of bytes alone does not tell this odd number of digits.
fn untold(rule: &Rule, units: usize) -> bool {
    let Length::Variable { prefix, .. } = rule.length else { return false };
    let digits = units - usize::from(rule.class == Xn);
    prefix.counts == Counts::Bytes
        && matches!(rule.encoding, Encoding::Bcd { pad_nibble: 0..=9, .. })
        && digits % 2 == 1
        && units as u32 != rule.max()
}

/// Whether a separator at the edge is like the filler.
fn ambiguous(rule: &Rule) -> bool {
    rule.class == Z && matches!(rule.encoding, Encoding::Bcd { pad_nibble: 0xD, .. })
}

/// Writes a value, compares the bytes with those of the other encoder, reads it back.
fn there_and_back(rule: Rule, units: usize) {
    let value = value(&rule, units);
    let wire = Edit::build(dialect(rule)).mti("0200").set_leaf("48", &value.leaf()).finish();
    let wire = wire.unwrap_or_else(|error| panic!("{units} units by {rule:?}: {error}"));
    let expected = message(&reference::element(&rule, &value));
    assert_eq!(hex(&wire), hex(&expected), "{units} units by {rule:?}");
    let message =
        Message::parse(dialect(rule), wire).unwrap_or_else(|error| panic!("{units} units by {rule:?}: {error}"));
    let leaves = common::leaves(&message).unwrap_or_else(|error| panic!("{units} units by {rule:?}: {error}"));
    assert_eq!(leaves, [("48".to_owned(), value.leaf())], "{rule:?}");
    message.validate().unwrap_or_else(|error| panic!("{units} units by {rule:?}: {error}"));
}

#[test]
fn every_variable_length_in_every_encoding() {
    for class in [N, A, An, As, Ns, Anp, Ans, Z, Xn, B] {
        for encoding in encodings(class) {
            let unit_is_byte = !matches!(encoding, Encoding::Bcd { .. } | Encoding::Hex | Encoding::EbcdicHex);
            for prefix in prefixes(unit_is_byte) {
                for max in [19, 20] {
                    let rule = Rule::variable(class, max, encoding, prefix);
                    let least = usize::from(class == Xn);
                    for units in [0, 1, 2, 7, 8, max as usize - 1, max as usize] {
                        if units >= least && !untold(&rule, units) && !ambiguous(&rule) {
                            there_and_back(rule, units);
                        }
                    }
                }
            }
        }
    }
}

#[test]
fn every_fixed_length_in_every_encoding() {
    for class in [N, A, An, As, Ns, Anp, Ans, Z, Xn, B] {
        for encoding in encodings(class) {
            for units in [1, 2, 3, 8, 11, 12, 42] {
                there_and_back(Rule::fixed(class, units, encoding), units as usize);
                there_and_back(Rule::fixed(class, units, encoding).unpadded(), units as usize);
            }
        }
    }
}

#[test]
fn long_values() {
    for encoding in [Encoding::Ascii, Encoding::Cp037, Encoding::Utf8] {
        for units in [999, 9_999, 99_999, 999_999] {
            there_and_back(Rule::variable(Ans, 999_999, encoding, Prefix::ascii(6)), units);
        }
    }
    for encoding in encodings(B) {
        there_and_back(Rule::variable(B, 70_000, encoding, Prefix::new(PrefixEncoding::BinaryBe, 3)), 70_000);
    }
}

#[test]
fn one_unit_more_than_the_most_is_refused_both_ways() {
    for class in [N, A, An, As, Ns, Anp, Ans, Z, Xn, B] {
        for encoding in encodings(class) {
            for prefix in prefixes(false) {
                let rule = Rule::variable(class, 20, encoding, prefix);
                let long = value(&rule, 21);
                let written = Edit::build(dialect(rule)).mti("0200").set_leaf("48", &long.leaf()).finish();
                assert_eq!(told(&written.unwrap_err()), "48 at 0: too-long", "{rule:?}");
                let wide = Rule::variable(class, 30, encoding, prefix);
                let wire = message(&reference::element(&wide, &value(&wide, 23)));
                let read = Message::parse(dialect(rule), wire);
                assert_eq!(told(&read.unwrap_err()), format!("48 at {START}: too-long"), "{rule:?}");
            }
            let rule = Rule::fixed(class, 8, encoding);
            let written = Edit::build(dialect(rule)).mti("0200").set_leaf("48", &value(&rule, 9).leaf()).finish();
            assert_eq!(told(&written.unwrap_err()), "48 at 0: too-long", "{rule:?}");
        }
    }
}

#[test]
fn one_unit_less_than_the_least_is_refused_both_ways() {
    for class in [N, A, An, As, Ns, Anp, Ans, Z, Xn, B] {
        for encoding in encodings(class) {
            for prefix in prefixes(false) {
                let rule = Rule::variable(class, 20, encoding, prefix).at_least(6);
                let short = value(&rule, 3);
                let written = Edit::build(dialect(rule)).mti("0200").set_leaf("48", &short.leaf()).finish();
                assert_eq!(told(&written.unwrap_err()), "48 at 0: too-short", "{rule:?}");
                let wide = Rule::variable(class, 20, encoding, prefix);
                let wire = message(&reference::element(&wide, &value(&wide, 3)));
                let read = Message::parse(dialect(rule), wire);
                assert_eq!(told(&read.unwrap_err()), format!("48 at {START}: too-short"), "{rule:?}");
            }
        }
    }
}

#[test]
fn a_number_too_large_for_its_prefix_is_refused() {
    for (prefix, most) in [
        (Prefix::ascii(2), 99),
        (Prefix::new(PrefixEncoding::Ebcdic, 2), 99),
        (Prefix::new(PrefixEncoding::Bcd, 2), 99),
        (Prefix::new(PrefixEncoding::Bcd, 3), 999),
        (Prefix::new(PrefixEncoding::BinaryBe, 1), 255),
        (Prefix::new(PrefixEncoding::BinaryLe, 1), 255),
        (Prefix::new(PrefixEncoding::Hex, 2), 255),
    ] {
        there_and_back(Rule::variable(Ans, 5000, Encoding::Ascii, prefix), most);
        for prefix in [prefix, prefix.inclusive(), prefix.counting_bytes()] {
            let rule = Rule::variable(Ans, 5000, Encoding::Ascii, prefix);
            let text = "A".repeat(most + 1);
            let written = Edit::build(dialect(rule)).mti("0200").set_leaf("48", &text).finish();
            assert_eq!(told(&written.unwrap_err()), "48 at 0: too-long", "{prefix:?}");
        }
    }
}

/// An element whose bytes are these: what reading and proving it says.
fn read(rule: Rule, element: &[u8]) -> Result<String, String> {
    let message = Message::parse(dialect(rule), message(element)).map_err(|error| told(&error))?;
    let leaves = common::leaves(&message).map_err(|error| told(&error));
    let valid = message.validate().map_err(|violations| told(violations.first().unwrap()));
    assert_eq!(leaves.is_ok(), valid.is_ok(), "{leaves:?} {valid:?} by {rule:?}");
    Ok(leaves?.remove(0).1)
}

fn bad(at: usize, kind: &str) -> Result<String, String> {
    Err(format!("48 at {}: {kind}", START + at))
}

fn good(value: &str) -> Result<String, String> {
    Ok(value.to_owned())
}

const LEFT_ZERO: Encoding = Encoding::Bcd { pad_side: Side::Left, pad_nibble: 0 };
const RIGHT_F: Encoding = Encoding::Bcd { pad_side: Side::Right, pad_nibble: 0xF };

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

#[test]
fn packed_digits_counted_in_bytes_tell_an_odd_count_by_a_filler_that_is_no_digit() {
    for side in [Side::Left, Side::Right] {
        let rule =
            Rule::variable(N, 20, Encoding::Bcd { pad_side: side, pad_nibble: 0xF }, Prefix::ascii(2).counting_bytes());
        for units in 0..=20 {
            there_and_back(rule, units);
        }
    }
    // An odd maximum is odd, whatever fills it.
    there_and_back(Rule::variable(N, 19, LEFT_ZERO, Prefix::ascii(2).counting_bytes()), 19);
}
