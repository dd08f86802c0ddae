//! What can be wrong with one element, without saying where in the message.

use crate::types::ValueError;
use crate::wire::Class;

/// What is wrong. Small and without content: nothing a log must not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ErrorKind {
    /// Fewer bytes are left than the element needs.
    #[error("needs {needed} bytes, {left} left")]
    Truncated {
        /// Bytes needed.
        needed: u32,
        /// Bytes left.
        left: u32,
    },
    /// Bytes are left after the last element.
    #[error("{bytes} bytes left after the last element")]
    Trailing {
        /// Bytes left.
        bytes: u32,
    },
    /// The length prefix is not a number in its encoding.
    #[error("the length prefix is not a number in its encoding")]
    LengthPrefix,
    /// More units than the spec allows.
    #[error("length {found}, at most {max} allowed")]
    TooLong {
        /// Most units allowed.
        max: u32,
        /// Units found.
        found: u32,
    },
    /// Fewer units than the spec demands.
    #[error("length {found}, at least {min} needed")]
    TooShort {
        /// Fewest units allowed.
        min: u32,
        /// Units found.
        found: u32,
    },
    /// A character that the class does not allow.
    #[error("expected {}", .class.expected())]
    Character {
        /// The class of the element.
        class: Class,
    },
    /// A nibble of packed decimal that is no digit.
    #[error("expected packed digits 0-9")]
    Nibble,
    /// The filler nibble or character is not the one the spec names.
    #[error("the padding is not the one the spec names")]
    Padding,
    /// A character that is not hex.
    #[error("expected hex characters 0-9, A-F")]
    Hex,
    /// A character that the encoding cannot say.
    #[error("a character that the encoding cannot say")]
    Unmappable,
    /// A bitmap announces more bitmaps than the dialect has.
    #[error("the bitmap announces bitmap {map}, the dialect has {maps}")]
    Continuation {
        /// The bitmap announced.
        map: u8,
        /// How many the dialect has.
        maps: u8,
    },
    /// An element that the dialect does not define.
    #[error("not defined by the dialect")]
    Undefined,
    /// A path that names nothing, or goes into an element that has no inside.
    #[error("the path names nothing in this dialect")]
    Path,
    /// A message that could be read in part only, and so cannot be written.
    #[error("only a part of the message could be read, so it cannot be changed")]
    Partial,
    /// A message type indicator that is not four digits.
    #[error("the message type indicator is not four digits in its encoding")]
    Mti,
    /// A message type that is not the one asked for.
    #[error("the message type is not the one this struct stands for")]
    MessageType,
    /// A message type that the dialect lists no message (or no reply) for.
    #[error("the dialect lists no {0} for this message type")]
    NoMessage(&'static str),
    /// A mandatory element that is not there.
    #[error("mandatory, but absent")]
    Missing,
    /// The element cannot be read into or written from the type asked for.
    #[error("cannot be held by the type asked for")]
    Type,
    /// A tag, length or value that the basic encoding rules do not allow.
    #[error("{0}")]
    Tlv(&'static str),
    /// XML that is none, or not of the form that is read.
    #[error("{0}")]
    Xml(&'static str),
    /// A position that has nothing before it to stand after.
    #[error("an earlier position is missing")]
    Gap,
    /// The content means nothing.
    #[error("{0}")]
    Value(#[from] ValueError),
}

impl ErrorKind {
    /// A stable name for programs: `truncated`, `length-prefix`.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            ErrorKind::Truncated { .. } => "truncated",
            ErrorKind::Trailing { .. } => "trailing",
            ErrorKind::LengthPrefix => "length-prefix",
            ErrorKind::TooLong { .. } => "too-long",
            ErrorKind::TooShort { .. } => "too-short",
            ErrorKind::Character { .. } => "character",
            ErrorKind::Nibble => "nibble",
            ErrorKind::Padding => "padding",
            ErrorKind::Hex => "hex",
            ErrorKind::Unmappable => "unmappable",
            ErrorKind::Continuation { .. } => "continuation",
            ErrorKind::Undefined => "undefined",
            ErrorKind::Path => "path",
            ErrorKind::Partial => "partial",
            ErrorKind::Mti => "mti",
            ErrorKind::MessageType => "message-type",
            ErrorKind::NoMessage(_) => "no-message",
            ErrorKind::Missing => "missing",
            ErrorKind::Type => "type",
            ErrorKind::Tlv(_) => "tlv",
            ErrorKind::Xml(_) => "xml",
            ErrorKind::Gap => "gap",
            ErrorKind::Value(_) => "value",
        }
    }
}

/// What is wrong with one element, and where in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fault {
    /// What is wrong.
    pub kind: ErrorKind,
    /// Bytes from the start of the element's content (not of its prefix).
    pub at: u32,
}

impl Fault {
    /// Something wrong at this byte of the content.
    #[cold]
    pub(crate) const fn at(kind: ErrorKind, at: usize) -> Self {
        Fault { kind, at: at as u32 }
    }
}

impl From<ErrorKind> for Fault {
    #[cold]
    fn from(kind: ErrorKind) -> Self {
        Fault { kind, at: 0 }
    }
}

impl From<ValueError> for Fault {
    #[cold]
    fn from(error: ValueError) -> Self {
        // Values are read from digits and characters of one byte each; packed ones that are no digits never get there.
        let at = if let ValueError::Character { index, .. } = error { index } else { 0 };
        Fault { kind: ErrorKind::Value(error), at }
    }
}
