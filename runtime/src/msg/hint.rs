//! Guesses at the cause of an error, from the shape of the bytes. Never with their content.
//!
//! A guess is made only where something bears it out: bytes that can hardly be anything else, or a message that reads
//! to its last byte, every element as it should be, once the cause is taken to be that.

mod content;
mod fit;
mod front;

use super::{Dialect, Error, Message, Path};
use crate::wire::{ErrorKind, PrefixEncoding};

/// What to look at. Where it is about elements, the number is that of the one element it is about; without a number it
/// is about all of its kind, so that the defaults of the spec are meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Hint {
    /// The message type is EBCDIC.
    #[error("the message type looks like EBCDIC digits, as of a dialect with `[wire] mti = \"ebcdic\"`")]
    EbcdicMti,
    /// The message type is ASCII.
    #[error("the message type looks like ASCII digits, as of a dialect with `[wire] mti = \"ascii\"`")]
    AsciiMti,
    /// The message type is packed.
    #[error("the message type looks like packed digits, as of a dialect with `[wire] mti = \"bcd\"`")]
    BcdMti,
    /// A length header, a TPDU or the like stands in front.
    #[error(
        "the message seems to start at byte {0}: bytes of its frame are left in front, cut it with a framing such as {name}",
        name = front::framing(*.0)
    )]
    FramingInFront(u8),
    /// The byte that ends a frame stands behind the message.
    #[error("the last byte looks like the ETX that ends a frame: the framing needs `trailer=03`")]
    TrailerBehind,
    /// The bitmap is hex text.
    #[error("the bitmap looks like ASCII hex: `[wire] bitmap = {{ encoding = \"hex\" }}`")]
    BitmapLooksHex,
    /// The bitmap is binary.
    #[error("the bitmap looks binary: `[wire] bitmap = {{ encoding = \"binary\" }}`")]
    BitmapLooksBinary,
    /// The bitmap is hex text in EBCDIC.
    #[error("the bitmap looks like EBCDIC hex: `[wire] bitmap = {{ encoding = \"ebcdic-hex\" }}`")]
    BitmapLooksEbcdicHex,
    /// There are this many bitmaps, more than the dialect has.
    #[error("there seem to be {0} bitmaps: `[wire] bitmap = {{ maps = {0} }}`")]
    MoreBitmaps(u8),
    /// The length prefix counts bytes on the wire.
    #[error("the length prefix seems to count bytes: `{table} length = {{ counts = \"bytes\" }}`", table = Table(*.0))]
    PrefixCountsBytes(Option<u8>),
    /// The length prefix counts digits, or the bytes that hex stands for.
    #[error(
        "the length prefix seems to count digits or bytes of the value, not bytes on the wire: \
         `{table} length = {{ counts = \"units\" }}`",
        table = Table(*.0)
    )]
    PrefixCountsUnits(Option<u8>),
    /// The length prefix counts itself too.
    #[error("the length prefix seems to count itself too: `{table} length = {{ inclusive = true }}`", table = Table(*.0))]
    PrefixInclusive(Option<u8>),
    /// The length prefix does not count itself.
    #[error("the length prefix seems not to count itself: `{table} length = {{ inclusive = false }}`", table = Table(*.0))]
    PrefixExclusive(Option<u8>),
    /// The length prefix is written in another way.
    #[error(
        "the length prefix seems to be {word}: `{table} length = {{ encoding = \"{name}\" }}`{also}",
        word = prefix(*.1).1, table = Table(*.0), name = prefix(*.1).0, also = prefix(*.1).2
    )]
    PrefixEncoding(Option<u8>, PrefixEncoding),
    /// Digits are packed, two a byte.
    #[error(
        "digits seem to be packed, two a byte: `{key} = {{ encoding = \"bcd\", pad = \"left\", nibble = \"0\" }}`, with \
         the side and nibble of the partner's odd counts",
        key = Key(*.0, "digits")
    )]
    DigitsLookPacked(Option<u8>),
    /// Digits are ASCII characters.
    #[error("digits seem to be ASCII characters: `{key} = \"ascii\"`", key = Key(*.0, "digits"))]
    DigitsLookAscii(Option<u8>),
    /// Content is EBCDIC text.
    #[error("the content looks like EBCDIC: {key}", key = Characters(*.0, "ebcdic", "cp037"))]
    ContentLooksEbcdic(Option<u8>),
    /// Content is ASCII text.
    #[error("the content looks like ASCII: {key}", key = Characters(*.0, "ascii", "ascii"))]
    ContentLooksAscii(Option<u8>),
}

/// The table of a spec to look into.
struct Table(Option<u8>);

impl std::fmt::Display for Table {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0 {
            Some(number) => write!(f, "[field.{number}]"),
            None => f.write_str("[wire]"),
        }
    }
}

/// The key for content: one of several defaults, or the one of a field.
struct Key(Option<u8>, &'static str);

impl std::fmt::Display for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", Table(self.0), if self.0.is_some() { "encoding" } else { self.1 })
    }
}

/// A character set for the digits and text of a spec, or for one field.
struct Characters(Option<u8>, &'static str, &'static str);

impl std::fmt::Display for Characters {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Characters(number, digits, text) = self;
        match number {
            Some(number) => write!(f, "`[field.{number}] encoding = \"{text}\"`"),
            None => write!(
                f,
                "`[wire] digits = \"{digits}\"`, `text = \"{text}\"`, `length = {{ encoding = \"{digits}\" }}`"
            ),
        }
    }
}

/// What a prefix encoding is called in a spec and by people, and what else then has to be changed.
const fn prefix(encoding: PrefixEncoding) -> (&'static str, &'static str, &'static str) {
    const BYTES: &str = ", its `width` in bytes";
    const DIGITS: &str = ", its `width` in digits";
    match encoding {
        PrefixEncoding::Ascii => ("ascii", "ASCII digits", DIGITS),
        PrefixEncoding::Ebcdic => ("ebcdic", "EBCDIC digits", DIGITS),
        PrefixEncoding::Bcd => ("bcd", "packed digits", DIGITS),
        PrefixEncoding::BinaryBe => ("binary-be", "binary", BYTES),
        PrefixEncoding::BinaryLe => ("binary-le", "binary, least significant byte first", BYTES),
        PrefixEncoding::Hex => ("hex", "hex digits", DIGITS),
    }
}

/// The likely cause of an error of the walk over a message.
#[cold]
pub(crate) fn guess(dialect: &Dialect, wire: &[u8], error: &Error) -> Option<Hint> {
    if let Some(hint) = front::guess(dialect, wire, error) {
        return Some(hint);
    }
    match (error.kind(), wire) {
        (ErrorKind::Continuation { map, .. }, _) => fit::another_map(dialect, wire).then_some(Hint::MoreBitmaps(map)),
        (ErrorKind::Undefined, _) => None,
        (ErrorKind::Trailing { bytes: 1 }, [.., 0x03]) => Some(Hint::TrailerBehind),
        _ if error.path() == Path::MESSAGE || error.path().number().is_some() => fit::guess(dialect, wire, error),
        _ => None,
    }
}

impl Message {
    /// The likely cause of an error in this message, of one found by [`Message::validate`] or a getter too: those
    /// carry no hint of their own.
    #[must_use]
    pub fn hint(&self, error: &Error) -> Option<Hint> {
        error.hint().or_else(|| content::guess(self, error))
    }
}
