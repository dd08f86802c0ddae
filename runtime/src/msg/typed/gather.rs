//! The elements of a struct gathered from a message.

use crate::msg::message::Message;
use crate::msg::{Error, Path, Violations};
use crate::wire::ErrorKind;

/// Gathers the fields of a struct from a message, and all that stands in the way.
#[derive(Debug)]
pub struct Gather {
    violations: Violations,
}

impl Gather {
    /// From a message that must be of this type, or its repeat.
    #[must_use]
    #[inline(always)]
    pub fn from(message: &Message, mti: &str) -> Self {
        let mut violations = Violations::none();
        if message.mti().original() != *mti {
            violations.push(Error::new(Path::MTI, 0, ErrorKind::MessageType));
        }
        Gather { violations }
    }

    /// An element that must be there.
    #[inline(always)]
    pub fn mandatory<T>(&mut self, number: u8, value: Result<Option<T>, Error>) -> Option<T> {
        match value {
            Ok(Some(value)) => return Some(value),
            Ok(None) => self.violations.push(Error::new(Path::element(number), 0, ErrorKind::Missing)),
            Err(error) => self.violations.push(error),
        }
        None
    }

    /// An element that may be there.
    #[inline(always)]
    pub fn optional<T>(&mut self, value: Result<Option<T>, Error>) -> Option<T> {
        match value {
            Ok(value) => value,
            Err(error) => {
                self.violations.push(error);
                None
            }
        }
    }

    /// Whether nothing stood in the way.
    ///
    /// # Errors
    /// All that did.
    #[inline(always)]
    pub fn finish(self) -> Result<(), Violations> {
        self.violations.into_result()
    }

    /// What a struct fails with that lacks an element nobody told of: nothing that can happen.
    #[cold]
    #[must_use]
    pub fn unfinished() -> Violations {
        Violations::from(Error::new(Path::MESSAGE, 0, ErrorKind::Missing))
    }
}
