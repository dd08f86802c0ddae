//! What stands in front of the elements: bytes of a frame, message type, bitmaps.

use super::Hint;
use crate::msg::index::Index;
use crate::msg::output::mti_width;
use crate::msg::{Dialect, Error, Path};
use crate::wire::{BitmapEncoding, DigitEncoding, ErrorKind, decode_digits4, looks_like_ebcdic_digits};

/// Most bytes of a frame that are looked for in front: two or four bytes of length and a Visa header, which is 22.
const FRONT: usize = 28;
/// Bytes of a literal header, `ISO` and nine digits.
const LITERAL: usize = 12;

/// What of the front is not as the dialect has it.
pub(super) fn guess(dialect: &Dialect, wire: &[u8], error: &Error) -> Option<Hint> {
    if let Some(at) = message_behind_frame(dialect, wire) {
        return Some(Hint::FramingInFront(at as u8));
    }
    let ascii = is_message_type(DigitEncoding::Ascii, wire);
    if dialect.mti_encoding() == DigitEncoding::Bcd && ascii {
        // The codes of ASCII digits are packed digits too, so the message type itself was no error.
        return Some(Hint::AsciiMti);
    }
    match error.kind() {
        ErrorKind::Mti => mti(dialect, wire),
        ErrorKind::Hex if error.path() == Path::BITMAP => bitmap(dialect, wire.get(error.offset()..)?),
        _ => bitmap(dialect, wire.get(mti_width(dialect.mti_encoding())..)?),
    }
}

/// A framing that leaves a message behind so many bytes.
pub(super) const fn framing(at: u8) -> &'static str {
    match at {
        2 => "`length2`",
        4 => "`length4` or `ascii4`",
        5 => "`none,tpdu=HEX`",
        7 => "`length2,tpdu=HEX`",
        12 => "`none,header-text=ISO...`",
        14 => "`length2,header-text=ISO...`",
        16 => "`ascii4,header-text=ISO...`",
        22 => "`none,visa=HEX`",
        24 => "`length2,visa=HEX`",
        26 => "`length2,after=0000,visa=HEX`",
        _ => "`length2,header=HEX`",
    }
}

/// Where the message starts, when bytes of a frame are in front of it.
fn message_behind_frame(dialect: &Dialect, wire: &[u8]) -> Option<usize> {
    let encoding = dialect.mti_encoding();
    let plain = is_message_type(encoding, wire);
    (1..=FRONT.min(wire.len())).find(|&at| {
        let (front, rest) = wire.split_at(at);
        if !is_message_type(encoding, rest) {
            return false;
        }
        match lengths(front, rest.len()) {
            // A number that says just what follows is seldom one by chance, unless it is as short as packed types are.
            Some(Said::Exactly) => !plain || reads(dialect, rest),
            Some(Said::Roughly) if encoding == DigitEncoding::Bcd => reads(dialect, rest),
            Some(Said::Roughly) => !plain,
            None => false,
        }
    })
}

/// What the bytes in front say of those behind.
enum Said {
    /// Their number.
    Exactly,
    /// Nothing that could be held against them.
    Roughly,
}

/// Whether these may be bytes of a frame in front of so many others.
fn lengths(front: &[u8], rest: usize) -> Option<Said> {
    let said = |bytes: &[u8]| -> Option<Said> {
        if bytes.len() > 4 {
            return None;
        }
        let binary = bytes.iter().fold(0usize, |sum, &byte| sum << 8 | usize::from(byte));
        let next = |sum: usize, digit: u8| (digit < 10).then(|| sum * 10 + usize::from(digit));
        let ascii = bytes.iter().map(|byte| byte.wrapping_sub(b'0')).try_fold(0, next);
        let packed = bytes.iter().flat_map(|byte| [byte >> 4, byte & 0x0F]).try_fold(0, next);
        let counted = front.len() - bytes.len() + rest;
        let exact = |number: usize| number == counted || number == counted + bytes.len();
        match bytes.len() {
            2 if exact(binary) || packed.is_some_and(exact) => Some(Said::Exactly),
            4 if exact(binary) || ascii.is_some_and(exact) => Some(Said::Exactly),
            2 | 4 if bytes[0] < b' ' || ascii.is_some() => Some(Said::Roughly),
            _ => None,
        }
    };
    match front {
        [length @ .., 0x60, _, _, _, _] => {
            if length.is_empty() {
                Some(Said::Roughly)
            } else {
                said(length)
            }
        }
        [length @ .., b'I', b'S', b'O', _, _, _, _, _, _, _, _, _] if is_literal(front) => {
            if length.is_empty() {
                Some(Said::Exactly)
            } else {
                said(length)
            }
        }
        [_, _] | [_, _, _, _] => said(front),
        _ => visa(front).and_then(|length| if length.is_empty() { Some(Said::Roughly) } else { said(length) }),
    }
}

/// Whether this ends in a literal header.
fn is_literal(front: &[u8]) -> bool {
    let digits = front.len().checked_sub(LITERAL - 3).and_then(|from| front.get(from..));
    digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_digit))
}

/// What stands in front of a header as Visa has it: its own length first, 22, then two formats.
fn visa(front: &[u8]) -> Option<&[u8]> {
    let (length, header) = front.split_at_checked(front.len().checked_sub(22)?)?;
    let length = length.strip_suffix(&[0, 0]).filter(|length| length.len() == 2).unwrap_or(length);
    matches!(header, [22, 1, 1..=3, ..]).then_some(length)
}

/// Whether all of it reads as a message: lengths only.
fn reads(dialect: &Dialect, wire: &[u8]) -> bool {
    let mut error = None;
    Index::of(dialect, wire, &mut error);
    error.is_none()
}

/// Whether four digits stand here that are the type of a message in some version of the standard.
pub(super) fn is_message_type(encoding: DigitEncoding, wire: &[u8]) -> bool {
    let digits = decode_digits4(encoding, wire);
    matches!(digits, Ok(([b'0'..=b'2' | b'9', b'1'..=b'8', b'0'..=b'7', b'0'..=b'5'], _)))
}

fn mti(dialect: &Dialect, wire: &[u8]) -> Option<Hint> {
    let encoding = dialect.mti_encoding();
    if encoding != DigitEncoding::Ascii && is_message_type(DigitEncoding::Ascii, wire) {
        return Some(Hint::AsciiMti);
    }
    if encoding != DigitEncoding::Ebcdic && looks_like_ebcdic_digits(wire.get(..4)?) {
        return Some(Hint::EbcdicMti);
    }
    // One wrong character among ASCII digits may look packed too.
    let characters = wire.iter().take(4).filter(|byte| byte.is_ascii_digit()).count();
    let packed = encoding != DigitEncoding::Bcd && characters < 3 && is_message_type(DigitEncoding::Bcd, wire);
    packed.then_some(Hint::BcdMti)
}

/// Whether the bitmap, with which these bytes begin, is in another encoding.
fn bitmap(dialect: &Dialect, wire: &[u8]) -> Option<Hint> {
    let own = dialect.bitmap().encoding;
    // Of binary bitmaps one in 200 million is all hex characters.
    let ascii = wire.get(..8)?.iter().all(u8::is_ascii_hexdigit);
    if own != BitmapEncoding::Hex && ascii {
        return Some(Hint::BitmapLooksHex);
    }
    let is_ebcdic_hex = |byte: &u8| matches!(byte, 0xF0..=0xF9 | 0xC1..=0xC6 | 0x81..=0x86);
    let ebcdic = wire.get(..16).is_some_and(|text| text.iter().all(is_ebcdic_hex));
    if own != BitmapEncoding::EbcdicHex && ebcdic {
        return Some(Hint::BitmapLooksEbcdicHex);
    }
    // Several bytes that are no text at all.
    let strange = |byte: &&u8| match own {
        BitmapEncoding::Hex => !byte.is_ascii_graphic(),
        BitmapEncoding::EbcdicHex => !is_ebcdic_hex(byte),
        BitmapEncoding::Binary => false,
    };
    (wire.iter().take(8).filter(strange).count() >= 2).then_some(Hint::BitmapLooksBinary)
}
