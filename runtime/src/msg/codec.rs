//! The two traits between an element's bytes and a Rust type.

use super::holds::Holds;
use crate::wire::{Body, Buffer, Fault, Raw, Rule};

/// A type that an element can be read into.
pub trait Decode<'a>: Sized {
    /// Which fields it can hold.
    const HOLDS: Holds;

    /// Reads the content of an element and proves it.
    ///
    /// # Errors
    /// Content that is not what the rule or the type says.
    fn decode(raw: Raw<'a>) -> Result<Self, Fault>;
}

/// A type that an element can be written from.
pub trait Encode {
    /// Units (digits, characters or bytes) that it will write where the length is not fixed. Used to size a buffer.
    fn units(&self, rule: &Rule) -> usize;

    /// Writes length prefix and content.
    ///
    /// # Errors
    /// A value that the rule does not allow.
    fn encode<O: Buffer>(&self, body: Body<'_, O>) -> Result<(), Fault>;
}

impl<T: Encode + ?Sized> Encode for &T {
    #[inline(always)]
    fn units(&self, rule: &Rule) -> usize {
        (**self).units(rule)
    }

    #[inline(always)]
    fn encode<O: Buffer>(&self, body: Body<'_, O>) -> Result<(), Fault> {
        (**self).encode(body)
    }
}

/// What an element of codes can be set to: one of its codes, or text.
pub trait Code: Encode {}

impl Code for str {}
impl Code for String {}
impl Code for crate::types::Text<'_> {}
impl<T: Code + ?Sized> Code for &T {}
