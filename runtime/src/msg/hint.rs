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
    match error.kind() {
        ErrorKind::Mti => mti(dialect, wire),
        ErrorKind::Hex if error.path() == super::Path::BITMAP => Some(Hint::BitmapLooksBinary),
        _ => bitmap(dialect, wire),
    }
}

fn mti(dialect: &Dialect, wire: &[u8]) -> Option<Hint> {
    let digits = |at: usize| wire.get(at..at + 4).is_some_and(|bytes| bytes.iter().all(u8::is_ascii_digit));
    match dialect.mti_encoding() {
        DigitEncoding::Ascii => {
            // Two or four bytes of length header are by far the commonest thing in front; a TPDU makes it seven.
            if let Some(at) = [2, 4, 7, 5].into_iter().find(|&at| digits(at)) {
                return Some(Hint::FramingInFront(at as u8));
            }
        }
        _ if digits(0) => return Some(Hint::AsciiMti),
        _ => {}
    }
    if dialect.mti_encoding() != DigitEncoding::Ebcdic && looks_like_ebcdic_digits(wire.get(..4)?) {
        return Some(Hint::EbcdicMti);
    }
    let packed = matches!(wire.get(..2)?, [hi, lo] if *hi >> 4 <= 2 && (1..=8).contains(&(hi & 0x0F)) && lo >> 4 <= 5 && lo & 0x0F <= 5);
    (dialect.mti_encoding() != DigitEncoding::Bcd && packed).then_some(Hint::BcdMti)
}

/// Whether a binary bitmap is all hex characters: one chance in 200 million for a real one.
fn bitmap(dialect: &Dialect, wire: &[u8]) -> Option<Hint> {
    let start = if dialect.mti_encoding() == DigitEncoding::Bcd { 2 } else { 4 };
    let hex = wire.get(start..start + 8)?.iter().all(u8::is_ascii_hexdigit);
    (dialect.bitmap().encoding == BitmapEncoding::Binary && hex).then_some(Hint::BitmapLooksHex)
}
