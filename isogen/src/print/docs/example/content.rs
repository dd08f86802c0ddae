//! A value as bytes on the wire: characters, packed digits, bytes, and the length prefix before them.

use super::charset::{CP037, CP1047, byte_of};
use crate::model::{
    Bitmap, BitmapEncoding, Class, Counts, Covers, DigitEncoding, Encoding, Field, Key, Length, PrefixEncoding, Side,
    TagEncoding, Tagged,
};

/// Characters of any class but `b`. A character that the encoding has not becomes `?`.
pub(super) fn text(value: &str, class: Class, encoding: Encoding) -> Vec<u8> {
    match encoding {
        Encoding::Utf8 => value.as_bytes().to_vec(),
        Encoding::Ascii => value.chars().map(|one| if one.is_ascii() { latin1(one) } else { b'?' }).collect(),
        Encoding::Latin1 => value.chars().map(latin1).collect(),
        Encoding::Cp037 => value.chars().map(|one| byte_of(&CP037, latin1(one))).collect(),
        Encoding::Cp1047 => value.chars().map(|one| byte_of(&CP1047, latin1(one))).collect(),
        Encoding::Bcd { pad_side, pad_nibble } => {
            // The sign of `x+n` stays a byte of its own.
            let (sign, digits) = match class {
                Class::Xn => value.split_at(value.chars().next().map_or(0, char::len_utf8)),
                _ => ("", value),
            };
            let mut bytes = sign.as_bytes().to_vec();
            bytes.extend(packed(digits, pad_side, pad_nibble));
            bytes
        }
        // Class `b` only; the lints let no text stand so.
        Encoding::Raw | Encoding::Hex | Encoding::EbcdicHex => value.as_bytes().to_vec(),
    }
}

/// Characters of a field, with its sign as it writes it.
pub(super) fn of_field(value: &str, field: &Field, encoding: Encoding) -> Vec<u8> {
    let mut bytes = text(value, field.class, encoding);
    if let Some(sign) = bytes.first_mut().filter(|_| field.ebcdic_sign) {
        *sign = byte_of(&CP037, *sign);
    }
    bytes
}

/// Bytes of class `b`.
pub(super) fn bytes(value: &[u8], encoding: Encoding) -> Vec<u8> {
    match encoding {
        Encoding::Hex => hex(value).into_bytes(),
        Encoding::EbcdicHex => hex(value).bytes().map(|digit| byte_of(&CP037, digit)).collect(),
        Encoding::Raw
        | Encoding::Ascii
        | Encoding::Cp037
        | Encoding::Cp1047
        | Encoding::Latin1
        | Encoding::Utf8
        | Encoding::Bcd { .. } => value.to_vec(),
    }
}

/// The length prefix before content of so many units and bytes; empty where the length has none.
pub(super) fn prefix(length: Length, units: usize, content: usize) -> Vec<u8> {
    let Length::Variable { prefix, width, counts, inclusive, .. } = length else {
        return Vec::new();
    };
    let width = usize::from(width);
    let own = if prefix == PrefixEncoding::Bcd { width.div_ceil(2) } else { width };
    let counted = match counts {
        Counts::Units => units,
        Counts::Bytes => content,
    };
    number(counted + if inclusive { own } else { 0 }, prefix, width)
}

/// A length as a number of this width.
fn number(number: usize, prefix: PrefixEncoding, width: usize) -> Vec<u8> {
    let own = if prefix == PrefixEncoding::Bcd { width.div_ceil(2) } else { width };
    match prefix {
        PrefixEncoding::Ascii => format!("{number:0width$}").into_bytes(),
        PrefixEncoding::Ebcdic => format!("{number:0width$}").bytes().map(|digit| byte_of(&CP037, digit)).collect(),
        PrefixEncoding::Bcd => packed(&format!("{number:0digits$}", digits = own * 2), Side::Left, 0),
        PrefixEncoding::Hex => format!("{number:0width$X}").into_bytes(),
        PrefixEncoding::BinaryBe => tail(&(number as u64).to_be_bytes(), width),
        PrefixEncoding::BinaryLe => tail(&(number as u64).to_be_bytes(), width).into_iter().rev().collect(),
    }
}

/// Tag and length of an object, in the order of its kind. `None` where the length cannot say so much.
pub(super) fn object_header(rule: Tagged, key: &Key, units: usize, content: usize, ltv: bool) -> Option<Vec<u8>> {
    let tag = match (key, rule.tag.encoding) {
        (Key::Text(text), TagEncoding::Ascii) => text.clone().into_bytes(),
        (Key::Text(text), TagEncoding::Ebcdic) => text.bytes().map(|one| byte_of(&CP037, one)).collect(),
        (Key::Text(text), TagEncoding::Bcd | TagEncoding::Binary) => packed(text, Side::Left, 0),
        (Key::Tag(bytes), _) => bytes.clone(),
        (Key::Number(_) | Key::Name(_), _) => Vec::new(),
    };
    let width = usize::from(rule.length.width);
    let counted = match (rule.length.counts, rule.length.covers) {
        (Counts::Units, _) => units,
        (Counts::Bytes, Covers::Value) => content,
        (Counts::Bytes, Covers::TagValue) => content + tag.len(),
        (Counts::Bytes, Covers::All) => content + tag.len() + usize::from(rule.length.bytes()),
    };
    let base: usize = match rule.length.prefix {
        PrefixEncoding::Ascii | PrefixEncoding::Ebcdic | PrefixEncoding::Bcd => 10,
        PrefixEncoding::Hex => 16,
        PrefixEncoding::BinaryBe | PrefixEncoding::BinaryLe => 256,
    };
    if counted >= base.saturating_pow(rule.length.width.into()) {
        return None;
    }
    let length = number(counted, rule.length.prefix, width);
    Some(if ltv { [length, tag].concat() } else { [tag, length].concat() })
}

/// Name and length of a pair: each length behind one digit that says how many digits it has.
pub(super) fn pair_header(name: &str, content: usize) -> Vec<u8> {
    let counted = |number: usize| {
        let digits = number.to_string();
        format!("{}{digits}", digits.len())
    };
    format!("{}{name}{}", counted(name.len()), counted(content)).into_bytes()
}

/// The four digits of a message type indicator.
pub(super) fn digits(value: &str, encoding: DigitEncoding) -> Vec<u8> {
    match encoding {
        DigitEncoding::Ascii => value.as_bytes().to_vec(),
        DigitEncoding::Ebcdic => value.bytes().map(|digit| byte_of(&CP037, digit)).collect(),
        DigitEncoding::Bcd { pad_side, pad_nibble } => packed(value, pad_side, pad_nibble),
    }
}

/// As many bitmaps as the highest number asks for. Where there may be several, the first bit of each announces the
/// next.
pub(super) fn bitmaps(numbers: &[u16], rule: Bitmap) -> Vec<u8> {
    let highest = numbers.iter().copied().max().unwrap_or(1).max(1);
    let needed = usize::from((highest - 1) / 64 + 1).min(rule.maps.into());
    let mut maps = vec![0_u64; needed];
    for number in numbers.iter().filter(|number| **number > 0) {
        let bit = usize::from(number - 1);
        if let Some(map) = maps.get_mut(bit / 64) {
            *map |= 1 << (63 - bit % 64);
        }
    }
    for map in maps.iter_mut().take(needed.saturating_sub(1)) {
        *map |= 1 << 63;
    }
    let encoding = match rule.encoding {
        BitmapEncoding::Binary => Encoding::Raw,
        BitmapEncoding::Hex => Encoding::Hex,
        BitmapEncoding::EbcdicHex => Encoding::EbcdicHex,
    };
    maps.iter().flat_map(|map| bytes(&map.to_be_bytes(), encoding)).collect()
}

/// Tag and length of a BER-TLV object (ISO/IEC 8825-1, 8.1.3), in the shortest form.
pub(super) fn ber_header(tag: &[u8], length: usize) -> Vec<u8> {
    let mut header = tag.to_vec();
    let octets: Vec<u8> = (length as u64).to_be_bytes().into_iter().skip_while(|octet| *octet == 0).collect();
    if length < 0x80 {
        header.push(octets.first().copied().unwrap_or(0));
    } else {
        header.push(0x80 | u8::try_from(octets.len()).unwrap_or(8));
        header.extend(octets);
    }
    header
}

/// Upper-case hex.
pub(in crate::print::docs) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02X}")).collect()
}

/// Two digits a byte; `=` of a track becomes D.
fn packed(digits: &str, pad_side: Side, pad_nibble: u8) -> Vec<u8> {
    let mut nibbles: Vec<u8> = digits
        .chars()
        .map(|digit| match digit {
            '=' | 'D' => 0xD,
            _ => digit.to_digit(10).and_then(|digit| u8::try_from(digit).ok()).unwrap_or(0),
        })
        .collect();
    if nibbles.len() % 2 == 1 {
        let place = if pad_side == Side::Left { 0 } else { nibbles.len() };
        nibbles.insert(place, pad_nibble & 0xF);
    }
    let (pairs, _) = nibbles.as_chunks::<2>();
    pairs.iter().map(|[high, low]| high << 4 | low).collect()
}

fn latin1(character: char) -> u8 {
    u8::try_from(character).unwrap_or(b'?')
}

fn tail(bytes: &[u8], count: usize) -> Vec<u8> {
    bytes.iter().skip(bytes.len().saturating_sub(count)).copied().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEFT: Encoding = Encoding::Bcd { pad_side: Side::Left, pad_nibble: 0 };
    const RIGHT: Encoding = Encoding::Bcd { pad_side: Side::Right, pad_nibble: 15 };

    #[test]
    fn characters_in_every_encoding() {
        for (value, class, encoding, wire) in [
            ("840", Class::N, Encoding::Ascii, "383430"),
            ("840", Class::N, Encoding::Cp037, "F8F4F0"),
            ("840", Class::N, LEFT, "0840"),
            ("840", Class::N, RIGHT, "840F"),
            ("1234", Class::N, RIGHT, "1234"),
            ("12=3", Class::Z, LEFT, "12D3"),
            ("C00002500", Class::Xn, LEFT, "4300002500"),
            ("D123", Class::Xn, RIGHT, "44123F"),
            ("C12", Class::Xn, Encoding::Cp1047, "C3F1F2"),
            ("[é]", Class::Ans, Encoding::Cp037, "BA51BB"),
            ("[é]", Class::Ans, Encoding::Cp1047, "AD51BD"),
            ("é€", Class::Ans, Encoding::Latin1, "E93F"),
            ("é", Class::Ans, Encoding::Utf8, "C3A9"),
            ("é", Class::Ans, Encoding::Ascii, "3F"),
        ] {
            assert_eq!(hex(&text(value, class, encoding)), wire, "{value} {encoding:?}");
        }
    }

    #[test]
    fn bytes_in_every_encoding() {
        let value = [0x00, 0x9A, 0xFF];
        for (encoding, wire) in
            [(Encoding::Raw, "009AFF"), (Encoding::Hex, "303039414646"), (Encoding::EbcdicHex, "F0F0F9C1C6C6")]
        {
            assert_eq!(hex(&bytes(&value, encoding)), wire);
        }
    }

    #[test]
    fn prefixes_of_every_kind() {
        let length =
            |prefix, width, counts, inclusive| Length::Variable { prefix, width, counts, inclusive, min: 0, max: 999 };
        let (units, bytes) = (Counts::Units, Counts::Bytes);
        for (length, wire) in [
            (length(PrefixEncoding::Ascii, 2, units, false), "3139"),
            (length(PrefixEncoding::Ascii, 3, bytes, true), "303133"),
            (length(PrefixEncoding::Ebcdic, 3, units, false), "F0F1F9"),
            (length(PrefixEncoding::Bcd, 2, units, false), "19"),
            (length(PrefixEncoding::Bcd, 3, units, false), "0019"),
            (length(PrefixEncoding::Bcd, 3, bytes, true), "0012"),
            (length(PrefixEncoding::BinaryBe, 2, units, false), "0013"),
            (length(PrefixEncoding::BinaryLe, 2, bytes, false), "0A00"),
            (length(PrefixEncoding::BinaryBe, 1, bytes, true), "0B"),
            (length(PrefixEncoding::Hex, 4, units, false), "30303133"),
            (Length::Fixed(19), ""),
            (Length::Rest { max: 19 }, ""),
        ] {
            assert_eq!(hex(&prefix(length, 19, 10)), wire, "{length:?}");
        }
    }

    #[test]
    fn bitmaps_announce_the_next_one() {
        let rule = |encoding, maps| Bitmap { encoding, maps };
        for (numbers, rule, wire) in [
            (&[2, 3, 64][..], rule(BitmapEncoding::Binary, 2), "6000000000000001"),
            (&[2, 65 + 5], rule(BitmapEncoding::Binary, 2), "C0000000000000000400000000000000"),
            (&[130], rule(BitmapEncoding::Binary, 3), "800000000000000080000000000000004000000000000000"),
            (&[1, 2], rule(BitmapEncoding::Binary, 1), "C000000000000000"),
            (&[], rule(BitmapEncoding::Hex, 2), "30303030303030303030303030303030"),
            (&[3], rule(BitmapEncoding::EbcdicHex, 1), "F2F0F0F0F0F0F0F0F0F0F0F0F0F0F0F0"),
        ] {
            assert_eq!(hex(&bitmaps(numbers, rule)), wire, "{numbers:?}");
        }
    }

    #[test]
    fn headers_are_as_short_as_can_be() {
        for (length, wire) in
            [(0, "9F2600"), (8, "9F2608"), (0x80, "9F268180"), (0x100, "9F26820100"), (0x1_0000, "9F2683010000")]
        {
            assert_eq!(hex(&ber_header(&[0x9F, 0x26], length)), wire);
        }
    }
}
