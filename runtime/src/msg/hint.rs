//! Guesses at the cause of an error, from the shape of the bytes. Never from, and never with, their content.

use super::{Dialect, Error};
use crate::wire::{BitmapEncoding, DigitEncoding, ErrorKind, looks_like_ebcdic_digits};

/// What to look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Hint {
    /// The message type is EBCDIC.
    #[error("the message type looks like EBCDIC digits: is this an EBCDIC dialect?")]
    EbcdicMti,
    /// The message type is ASCII.
    #[error("the message type looks like ASCII digits: is this an ASCII dialect?")]
    AsciiMti,
    /// The message type is packed.
    #[error("the message type looks like packed digits (BCD): is this a BCD dialect?")]
    BcdMti,
    /// A length header stands in front.
    #[error("the message seems to start at byte {0}: are framing bytes (a length header) left in front?")]
    FramingInFront(u8),
    /// The bitmap is hex text.
    #[error("the bitmap looks like ASCII hex, the dialect has it binary")]
    BitmapLooksHex,
    /// The bitmap is binary.
    #[error("the bitmap looks binary, the dialect has it as hex text")]
    BitmapLooksBinary,
}

/// The likely cause of an error at this place.
#[cold]
pub(crate) fn guess(dialect: &Dialect, wire: &[u8], error: &Error) -> Option<Hint> {
    let ascii = dialect.mti_encoding() == DigitEncoding::Ascii;
    if ascii
        && !is_message_type(wire, 0)
        && let Some(at) = [2, 4, 5, 7].into_iter().find(|&at| is_message_type(wire, at) && is_framing(&wire[..at]))
    {
        return Some(Hint::FramingInFront(at as u8));
    }
    if dialect.mti_encoding() == DigitEncoding::Bcd && is_message_type(wire, 0) {
        // The codes of ASCII digits are packed digits too, so the message type itself was no error.
        return Some(Hint::AsciiMti);
    }
    match error.kind() {
        ErrorKind::Mti => mti(dialect, wire),
        ErrorKind::Hex if error.path() == super::Path::BITMAP => looks_binary(wire.get(error.offset()..)?),
        _ => looks_hex(dialect, wire),
    }
}

/// Whether these bytes may be a length header of two or four bytes, or a TPDU with or without one.
fn is_framing(front: &[u8]) -> bool {
    match front {
        [.., 0x60, _, _, _, _] => true,
        [first, _] | [first, _, _, _] => *first < b' ' || front.iter().all(u8::is_ascii_digit),
        _ => false,
    }
}

/// Whether four ASCII digits stand here that are the type of a message in some version of the standard.
fn is_message_type(wire: &[u8], at: usize) -> bool {
    matches!(wire.get(at..at + 4), Some([b'0'..=b'2' | b'9', b'1'..=b'8', b'0'..=b'7', b'0'..=b'5']))
}

fn mti(dialect: &Dialect, wire: &[u8]) -> Option<Hint> {
    let encoding = dialect.mti_encoding();
    if encoding != DigitEncoding::Ascii && is_message_type(wire, 0) {
        return Some(Hint::AsciiMti);
    }
    if encoding != DigitEncoding::Ebcdic && looks_like_ebcdic_digits(wire.get(..4)?) {
        return Some(Hint::EbcdicMti);
    }
    let [hi, lo] = *wire.get(..2)? else { return None };
    let digits = [hi >> 4, hi & 0x0F, lo >> 4, lo & 0x0F].map(|nibble| nibble + b'0');
    (encoding != DigitEncoding::Bcd && is_message_type(&digits, 0)).then_some(Hint::BcdMti)
}

/// Whether what should be sixteen hex characters has several bytes that are no text at all.
fn looks_binary(wire: &[u8]) -> Option<Hint> {
    let strange = wire.iter().take(8).filter(|byte| !byte.is_ascii_graphic()).count();
    (strange >= 2).then_some(Hint::BitmapLooksBinary)
}

/// Whether a binary bitmap is all hex characters: one chance in 200 million for a real one.
fn looks_hex(dialect: &Dialect, wire: &[u8]) -> Option<Hint> {
    let start = super::output::mti_width(dialect.mti_encoding());
    let hex = wire.get(start..start + 8)?.iter().all(u8::is_ascii_hexdigit);
    (dialect.bitmap().encoding == BitmapEncoding::Binary && hex).then_some(Hint::BitmapLooksHex)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Message, iso87a};

    fn hint(wire: &[u8]) -> Option<Hint> {
        Message::parse(&iso87a::DIALECT, wire.to_vec()).unwrap_err().hint()
    }

    #[test]
    fn hints_where_the_cause_shows_and_none_where_it_does_not() {
        assert_eq!(hint(b"\x00\x2D0800822000000000000004000000000000000"), Some(Hint::FramingInFront(2)));
        assert_eq!(hint(b"00450800822000000000000004000000000000000"), Some(Hint::FramingInFront(4)));
        assert_eq!(hint(b"\x60\x00\x01\x00\x0208008220000000000000"), Some(Hint::FramingInFront(5)));
        assert_eq!(hint(b"\xF0\xF8\xF0\xF0\xF8\xF2"), Some(Hint::EbcdicMti));
        assert_eq!(hint(b"\x08\x00\x82\x20\x00\x00\x00\x00"), Some(Hint::BcdMti));
        assert_eq!(
            hint(b"0800\x82\x20\x00\x00\x00\x00\x00\x00\x04\x00\x00\x00\x00\x00\x00\x00"),
            Some(Hint::BitmapLooksBinary)
        );
        // A letter in the message type, one in the bitmap: nothing says why.
        assert_eq!(hint(b"08A08020000000000000804058"), None);
        assert_eq!(hint(b"0800802000000000000G804058"), None);
    }
}
