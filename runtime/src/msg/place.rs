//! Where the bytes of an inside are in the message: what turns an offset within a composite into one of the message.

use super::{Error, Path};
use crate::wire::{Encoding, Fault, Rule};

/// Where bytes stand in the message. A byte of an inside that stands as hex takes two bytes there.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    start: usize,
    width: usize,
}

impl Place {
    /// Bytes that stand as they are, from the start.
    pub(crate) const START: Place = Place::at_byte(0);

    /// Bytes that stand as they are from here on.
    pub(crate) const fn at_byte(start: usize) -> Self {
        Place { start, width: 1 }
    }

    /// The inside of an element whose content starts here.
    pub(crate) const fn inside(start: usize, rule: &Rule) -> Self {
        Place::at_byte(start).content(0, rule)
    }

    /// The inside of what starts at a byte of this.
    pub(crate) const fn content(self, byte: usize, rule: &Rule) -> Self {
        let hex = matches!(rule.encoding, Encoding::Hex | Encoding::EbcdicHex);
        Place { start: self.at(byte), width: if hex { 2 * self.width } else { self.width } }
    }

    /// Where a byte of it is in the message.
    pub(crate) const fn at(self, byte: usize) -> usize {
        self.start + byte * self.width
    }

    /// From a byte of it on.
    pub(crate) const fn from(self, byte: usize) -> Self {
        Place { start: self.at(byte), width: self.width }
    }

    /// Bytes that so many take in the message.
    pub(crate) const fn bytes(self, count: usize) -> usize {
        count * self.width
    }

    /// What is wrong at a byte of it.
    #[cold]
    pub(crate) const fn wrong(self, path: Path, fault: Fault) -> Error {
        Error::new(path, self.at(fault.at as usize), fault.kind)
    }
}
