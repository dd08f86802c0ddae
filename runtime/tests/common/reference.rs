//! How one element stands on the wire, written from the standard's words rather than from the codec: slow and plain.

use isopace::wire::{
    BitmapEncoding, Class, Counts, DigitEncoding, Encoding, Length, Prefix, PrefixEncoding, Rule, Side,
};

/// EBCDIC code page 037 of `0x20..=0x7E`.
const CP037: [u8; 95] = *b"\x40\x5a\x7f\x7b\x5b\x6c\x50\x7d\x4d\x5d\x5c\x4e\x6b\x60\x4b\x61\xf0\xf1\xf2\xf3\xf4\xf5\xf6\xf7\xf8\xf9\
\x7a\x5e\x4c\x7e\x6e\x6f\x7c\xc1\xc2\xc3\xc4\xc5\xc6\xc7\xc8\xc9\xd1\xd2\xd3\xd4\xd5\xd6\xd7\xd8\xd9\xe2\xe3\xe4\xe5\xe6\xe7\xe8\xe9\
\xba\xe0\xbb\xb0\x6d\x79\x81\x82\x83\x84\x85\x86\x87\x88\x89\x91\x92\x93\x94\x95\x96\x97\x98\x99\xa2\xa3\xa4\xa5\xa6\xa7\xa8\xa9\
\xc0\x4f\xd0\xa1";

/// A value before it is encoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Value {
    Text(String),
    Bytes(Vec<u8>),
}

impl Value {
    /// Digits, characters or bytes.
    pub(crate) fn units(&self) -> usize {
        match self {
            Value::Text(text) => text.len(),
            Value::Bytes(bytes) => bytes.len(),
        }
    }

    /// As a leaf shows it.
    pub(crate) fn leaf(&self) -> String {
        match self {
            Value::Text(text) => text.clone(),
            Value::Bytes(bytes) => hex(bytes),
        }
    }
}

/// Upper-case hex.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02X}")).collect()
}

/// Bytes of hex text, blanks ignored.
pub(crate) fn unhex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text.chars().filter_map(|digit| digit.to_digit(16)).map(|digit| digit as u8).collect();
    digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect()
}

/// Printable ASCII in EBCDIC.
pub(crate) fn ebcdic(text: &str) -> Vec<u8> {
    text.bytes().map(|byte| CP037[usize::from(byte) - 0x20]).collect()
}

fn cp1047(text: &str) -> Vec<u8> {
    let byte = |character| match character {
        b'[' => 0xAD,
        b']' => 0xBD,
        b'^' => 0x5F,
        other => CP037[usize::from(other) - 0x20],
    };
    text.bytes().map(byte).collect()
}

/// Two digits a byte; an odd count leaves a filler.
pub(crate) fn packed(digits: &str, side: Side, nibble: u8) -> Vec<u8> {
    let mut nibbles: Vec<u8> =
        digits.bytes().map(|digit| if digit.is_ascii_digit() { digit - b'0' } else { 0xD }).collect();
    if nibbles.len() % 2 == 1 {
        nibbles.insert(if side == Side::Left { 0 } else { nibbles.len() }, nibble);
    }
    nibbles.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect()
}

/// The content of an element, without its prefix.
pub(crate) fn content(rule: &Rule, value: &Value) -> Vec<u8> {
    match (value, rule.encoding) {
        (Value::Text(text), Encoding::Cp037) => ebcdic(text),
        (Value::Text(text), Encoding::Cp1047) => cp1047(text),
        (Value::Text(text), Encoding::Bcd { pad_side, pad_nibble }) => match (rule.class, text.split_at_checked(1)) {
            // The sign stays a byte of its own.
            (Class::Xn, Some((sign, digits))) => [sign.as_bytes(), &packed(digits, pad_side, pad_nibble)].concat(),
            _ => packed(text, pad_side, pad_nibble),
        },
        (Value::Text(text), _) => text.as_bytes().to_vec(),
        (Value::Bytes(bytes), Encoding::Hex) => hex(bytes).into_bytes(),
        (Value::Bytes(bytes), Encoding::EbcdicHex) => ebcdic(&hex(bytes)),
        (Value::Bytes(bytes), _) => bytes.clone(),
    }
}

/// A length prefix that says `count`.
pub(crate) fn number(prefix: Prefix, count: usize) -> Vec<u8> {
    let width = usize::from(prefix.width);
    match prefix.encoding {
        PrefixEncoding::Ascii => format!("{count:0width$}").into_bytes(),
        PrefixEncoding::Ebcdic => ebcdic(&format!("{count:0width$}")),
        PrefixEncoding::Bcd => packed(&format!("{count:0width$}"), Side::Left, 0),
        PrefixEncoding::Hex => format!("{count:0width$X}").into_bytes(),
        PrefixEncoding::BinaryBe => (count as u64).to_be_bytes()[8 - width..].to_vec(),
        PrefixEncoding::BinaryLe => (count as u64).to_le_bytes()[..width].to_vec(),
    }
}

/// Content that is `units` long, behind its prefix if it has one.
pub(crate) fn framed(rule: &Rule, units: usize, content: &[u8]) -> Vec<u8> {
    let Length::Variable { prefix, .. } = rule.length else { return content.to_vec() };
    let count = match prefix.counts {
        Counts::Units => units,
        Counts::Bytes => content.len(),
    };
    let own = if prefix.inclusive { prefix.bytes() } else { 0 };
    [number(prefix, count + own), content.to_vec()].concat()
}

/// An element: prefix and content.
pub(crate) fn element(rule: &Rule, value: &Value) -> Vec<u8> {
    framed(rule, value.units(), &content(rule, value))
}

/// A message type indicator.
pub(crate) fn mti(encoding: DigitEncoding, digits: &str) -> Vec<u8> {
    match encoding {
        DigitEncoding::Ascii => digits.as_bytes().to_vec(),
        DigitEncoding::Ebcdic => ebcdic(digits),
        DigitEncoding::Bcd => packed(digits, Side::Left, 0),
    }
}

/// As many bitmaps as said, each but the last announcing the next.
pub(crate) fn bitmaps(encoding: BitmapEncoding, numbers: &[u16], maps: usize) -> Vec<u8> {
    let mut bytes = vec![0u8; maps * 8];
    let more = (1..maps).map(|map| (map as u16 - 1) * 64 + 1);
    for number in numbers.iter().copied().chain(more) {
        let bit = usize::from(number - 1);
        bytes[bit / 8] |= 0x80 >> (bit % 8);
    }
    match encoding {
        BitmapEncoding::Binary => bytes,
        BitmapEncoding::Hex => hex(&bytes).into_bytes(),
        BitmapEncoding::EbcdicHex => ebcdic(&hex(&bytes)),
    }
}
