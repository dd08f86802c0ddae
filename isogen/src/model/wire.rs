//! The wire facts of an element: class, encoding, length, padding, policy.
//!
//! Each is its own axis. Nothing here knows which combinations make sense; the lints in `check` do.

/// Which characters an element may hold, in the standard's notation (ISO 8583:1987, 4.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Class {
    /// `n`: decimal digits.
    N,
    /// `a`: letters, and blanks where padded.
    A,
    /// `an`: letters and digits, and blanks where padded.
    An,
    /// `as`: letters and special characters.
    As,
    /// `ns`: digits and special characters.
    Ns,
    /// `anp`: letters, digits and blanks.
    Anp,
    /// `ans`: letters, digits and special characters.
    Ans,
    /// `z`: code set of tracks 2 and 3 (ISO 7813): digits and the separator `=` or `D`.
    Z,
    /// `x+n`: `C` or `D`, then decimal digits.
    Xn,
    /// `b`: bytes.
    B,
}

/// How decimal digits stand on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DigitEncoding {
    /// One ASCII character a digit.
    Ascii,
    /// One EBCDIC character a digit (`F0` to `F9`, alike in every code page).
    Ebcdic,
    /// Two digits a byte. An odd count leaves one nibble over: `pad_side` says where it is, `pad_nibble` (0 to 15) what it holds.
    Bcd {
        /// Side of the filler nibble when the count is odd.
        pad_side: Side,
        /// Value of the filler nibble, 0 to 15.
        pad_nibble: u8,
    },
}

/// How the content of one element stands on the wire: resolved from the dialect's `digits`, `text` or `binary`, or
/// from the field's own `encoding`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Encoding {
    /// ASCII characters.
    Ascii,
    /// EBCDIC code page 037.
    Cp037,
    /// EBCDIC code page 1047.
    Cp1047,
    /// ISO 8859-1.
    Latin1,
    /// UTF-8; units are bytes.
    Utf8,
    /// Packed decimal, two digits a byte.
    Bcd {
        /// Side of the filler nibble when the count is odd.
        pad_side: Side,
        /// Value of the filler nibble, 0 to 15.
        pad_nibble: u8,
    },
    /// Bytes as they are.
    Raw,
    /// Two ASCII hex characters a byte.
    Hex,
    /// Two EBCDIC hex characters a byte.
    EbcdicHex,
}

/// How many units an element has and how that is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Length {
    /// Always this many units (digits, characters or bytes; `x+n` counts its sign).
    Fixed(u32),
    /// A length prefix, then up to `max` units.
    Variable {
        /// How the prefix is written.
        prefix: PrefixEncoding,
        /// Width of the prefix: decimal digits (`ascii`, `ebcdic`, `bcd`), hex digits (`hex`) or bytes (`binary`).
        width: u8,
        /// What the prefix counts.
        counts: Counts,
        /// Whether the prefix counts its own bytes too.
        inclusive: bool,
        /// Fewest units allowed.
        min: u32,
        /// Most units allowed.
        max: u32,
    },
    /// No prefix: the element takes what is left of its composite, at most `max` units.
    Rest {
        /// Most units allowed.
        max: u32,
    },
}

/// How a length prefix is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PrefixEncoding {
    /// ASCII decimal digits.
    Ascii,
    /// EBCDIC decimal digits.
    Ebcdic,
    /// Packed decimal, right-aligned: `LLL` takes two bytes.
    Bcd,
    /// Unsigned binary, most significant byte first.
    BinaryBe,
    /// Unsigned binary, least significant byte first.
    BinaryLe,
    /// ASCII hex digits.
    Hex,
}

/// What a length prefix counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Counts {
    /// Digits, characters or bytes of the value.
    Units,
    /// Bytes on the wire.
    Bytes,
}

/// A side of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Side {
    /// Before the value.
    Left,
    /// After the value.
    Right,
}

/// What fills a fixed-length value that is too short.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Pad {
    /// Where the filler stands.
    pub side: Side,
    /// The filler: an ASCII character, before encoding; a byte for class `b`.
    pub fill: u8,
}

/// How strictly content is held to its class, padding and case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Policy {
    /// Every departure is an error.
    Strict,
    /// Content outside the class and odd filler nibbles are read as they stand. Lengths are never lenient.
    Lenient,
}

/// The bitmaps of a message or of a bitmap composite.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Bitmap {
    /// How each is written.
    pub encoding: BitmapEncoding,
    /// How many there may be, 1 to 3, of 64 bits each.
    pub maps: u8,
}

/// Where the third bitmap of a message stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ThirdBitmap {
    /// Behind the second one, before the elements.
    AfterSecond,
    /// In its place among the elements, as element 65.
    Element65,
}

/// How a bitmap is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BitmapEncoding {
    /// Eight bytes.
    Binary,
    /// Sixteen ASCII hex characters, upper case when written, either case when read.
    Hex,
    /// Sixteen EBCDIC hex characters.
    EbcdicHex,
}
