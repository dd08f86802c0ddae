//! Framings by name, as tools and configuration files give them.

use std::fmt;
use std::str::FromStr;

use super::{Framing, Header};

const INCLUSIVE: &str = "-inclusive";

impl Header {
    /// Name: `length2`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Header::None => "none",
            Header::Binary2 => "length2",
            Header::Binary2Le => "length2-le",
            Header::Binary4 => "length4",
            Header::Binary4Le => "length4-le",
            Header::Ascii4 => "ascii4",
            Header::Bcd2 => "bcd2",
            Header::Hex4 => "hex4",
        }
    }
}

impl fmt::Display for Framing {
    /// `length2`, `ascii4-inclusive`. The limit is not part of the name.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.header.name(), if self.inclusive { INCLUSIVE } else { "" })
    }
}

impl FromStr for Framing {
    type Err = UnknownFraming;

    /// `none`, `length2`, `length2-le`, `length4`, `length4-le`, `ascii4`, `bcd2` or `hex4`; all but `none` may end in
    /// `-inclusive`.
    fn from_str(name: &str) -> Result<Self, UnknownFraming> {
        let (base, inclusive) = match name.strip_suffix(INCLUSIVE) {
            Some(base) => (base, true),
            None => (name, false),
        };
        let header = Header::ALL.into_iter().find(|header| header.name() == base).ok_or(UnknownFraming)?;
        match (header, inclusive) {
            (Header::None, true) => Err(UnknownFraming),
            (_, true) => Ok(Framing::new(header).inclusive()),
            (_, false) => Ok(Framing::new(header)),
        }
    }
}

/// A name that no framing has. It says which there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnknownFraming;

impl fmt::Display for UnknownFraming {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a framing is one of")?;
        for (index, header) in Header::ALL.into_iter().enumerate() {
            write!(f, "{} {}", if index > 0 { "," } else { "" }, header.name())?;
        }
        write!(f, "; all but none may end in {INCLUSIVE}")
    }
}

impl std::error::Error for UnknownFraming {}
