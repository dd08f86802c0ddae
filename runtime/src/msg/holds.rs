//! Which fields a Rust type can hold: the check behind every typed read, made at compile time where the field is
//! known then.

use super::field::{Field, Kind, Sensitivity};
use crate::wire::{Class, Encoding, Length};

/// What a type can hold.
#[derive(Debug, Clone, Copy)]
pub struct Holds {
    what: What,
    /// Whether it keeps secrets: prints masked and is wiped.
    secret: bool,
    /// For an error message: `a PAN`.
    name: &'static str,
}

#[derive(Debug, Clone, Copy)]
enum What {
    /// Text of any class but `b`; borrowed means it must stand as ASCII or UTF-8.
    Text { borrowed: bool },
    /// Text of up to so many printable ASCII characters.
    ShortText { characters: u32 },
    /// Class `n` up to so many digits.
    Number { digits: u32 },
    /// Class `b`; borrowed means it must stand raw.
    Bytes { borrowed: bool },
    /// Class `b` of just this many bytes.
    Array { bytes: u32 },
    /// Fields of this kind.
    Kind(Kind),
    /// Text of just this many characters.
    Code { characters: u32 },
}

impl Holds {
    /// Text that borrows from the message.
    pub const BORROWED_TEXT: Holds = Holds::plain(What::Text { borrowed: true }, "text");
    /// Text that is copied out of it.
    pub const TEXT: Holds = Holds::plain(What::Text { borrowed: false }, "text");
    /// Bytes that borrow from the message.
    pub const BORROWED_BYTES: Holds = Holds::plain(What::Bytes { borrowed: true }, "raw bytes");
    /// Bytes that are copied out of it.
    pub const BYTES: Holds = Holds::plain(What::Bytes { borrowed: false }, "bytes");
    /// Text that prints masked.
    pub const SECRET_TEXT: Holds = Holds { secret: true, ..Holds::TEXT };
    /// Bytes that print masked.
    pub const SECRET_BYTES: Holds = Holds { secret: true, ..Holds::BYTES };

    const fn plain(what: What, name: &'static str) -> Self {
        Holds { what, secret: false, name }
    }

    /// Text of up to so many printable ASCII characters that is copied out of the message.
    #[must_use]
    pub const fn short_text(characters: u32) -> Self {
        Holds::plain(What::ShortText { characters }, "a short text")
    }

    /// An unsigned number of up to so many digits.
    #[must_use]
    pub const fn number(digits: u32) -> Self {
        Holds::plain(What::Number { digits }, "a number")
    }

    /// Just so many bytes.
    #[must_use]
    pub const fn array(bytes: u32) -> Self {
        Holds::plain(What::Array { bytes }, "a fixed number of bytes")
    }

    /// Text of just so many characters.
    #[must_use]
    pub const fn code(characters: u32) -> Self {
        Holds::plain(What::Code { characters }, "a code")
    }

    /// Fields of this kind.
    #[must_use]
    pub const fn kind(kind: Kind, name: &'static str) -> Self {
        Holds::plain(What::Kind(kind), name)
    }

    /// And keeps secrets.
    #[must_use]
    pub const fn secret(mut self) -> Self {
        self.secret = true;
        self
    }

    /// What it holds, for an error message.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// Whether a value of this field fits in. A field that is a PAN, authentication data or a key fits only into a
    /// type that prints masked.
    #[must_use]
    #[inline]
    pub const fn allows(&self, field: &Field) -> bool {
        if matches!(field.sensitivity, Sensitivity::Pan | Sensitivity::Sad | Sensitivity::Key) && !self.secret {
            return false;
        }
        let (class, encoding) = (field.rule.class, field.rule.encoding);
        let borrowable = matches!(encoding, Encoding::Ascii | Encoding::Utf8 | Encoding::Raw);
        match self.what {
            What::Text { borrowed } => !matches!(class, Class::B) && (borrowable || !borrowed),
            What::ShortText { characters } => !matches!(class, Class::B) && field.rule.max() <= characters,
            What::Bytes { borrowed } => matches!(class, Class::B) && (borrowable || !borrowed),
            What::Number { digits } => matches!(class, Class::N) && field.rule.max() <= digits,
            What::Array { bytes } => {
                matches!(class, Class::B) && matches!(field.rule.length, Length::Fixed(units) if units == bytes)
            }
            What::Kind(kind) => field.kind as u8 == kind as u8,
            What::Code { characters } => !matches!(class, Class::B | Class::Xn) && field.rule.max() == characters,
        }
    }
}
