//! The members of a derived struct, one by one, and all that is wrong with them.

use super::Value;
use super::read::{Opened, Read, Source};
use crate::msg::field::Field;
use crate::msg::message::Message;
use crate::msg::{Error, Get, Path, Violations};
use crate::types::Mti;
use crate::wire::ErrorKind;

/// Gathers the members of a struct, and all that stands in the way.
#[derive(Debug)]
pub struct Gather {
    violations: Violations,
}

impl Gather {
    /// From anything else than a message.
    pub(super) fn new() -> Self {
        Gather { violations: Violations::none() }
    }

    /// From a message that must be of this type, or its repeat.
    #[must_use]
    #[inline(always)]
    pub fn of(message: &Message, mti: Mti) -> Self {
        let mut violations = Violations::none();
        if message.mti().original() != mti {
            violations.push(Error::new(Path::MTI, 0, ErrorKind::MessageType));
        }
        Gather { violations }
    }

    /// A value that must be there.
    #[inline(always)]
    pub fn mandatory<'a, T: Value<'a>>(&mut self, source: &impl Source<'a>, field: &'static Field) -> Option<T> {
        if source.is_wrong() {
            return None;
        }
        match T::read(source, field, self) {
            Read::Value(value) => Some(value),
            Read::Wrong => None,
            Read::Absent => {
                self.violations.push(Error::new(source.path(field), 0, ErrorKind::Missing));
                None
            }
        }
    }

    /// A value that may be there.
    #[inline(always)]
    pub fn optional<'a, T: Value<'a>>(&mut self, source: &impl Source<'a>, field: &'static Field) -> Option<T> {
        if source.is_wrong() {
            return None;
        }
        match T::read(source, field, self) {
            Read::Value(value) => Some(value),
            Read::Wrong | Read::Absent => None,
        }
    }

    /// The inside of a composite, to read single values of.
    pub fn open<'a>(&mut self, source: &impl Source<'a>, field: &'static Field) -> Opened<'a> {
        let opened = if source.is_wrong() { Read::Wrong } else { self.told(source.open(field)) };
        Opened::at(source.path(field), opened)
    }

    /// Keeps what is wrong.
    #[inline(always)]
    pub(super) fn told<T>(&mut self, value: Get<T>) -> Read<T> {
        match value {
            Ok(Some(value)) => Read::Value(value),
            Ok(None) => Read::Absent,
            Err(error) => {
                self.violations.push(error);
                Read::Wrong
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

    /// What a struct fails with that lacks a member nobody told of: nothing that can happen.
    #[cold]
    #[must_use]
    pub fn unfinished() -> Violations {
        Violations::from(Error::new(Path::MESSAGE, 0, ErrorKind::Missing))
    }
}
