//! A few bytes kept in place, so that a framing stays a plain value.

use std::fmt;
use std::ops::Deref;

/// Up to `N` bytes. What is not used is zero, so that equal bytes are equal values.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Inline<const N: usize> {
    length: u8,
    bytes: [u8; N],
}

impl<const N: usize> Inline<N> {
    pub(super) const EMPTY: Self = Inline { length: 0, bytes: [0; N] };

    /// `None` when there are more bytes than it holds.
    pub(super) const fn new(from: &[u8]) -> Option<Self> {
        if from.len() > N || from.len() > u8::MAX as usize {
            return None;
        }
        let mut bytes = [0; N];
        let mut index = 0;
        while index < from.len() {
            bytes[index] = from[index];
            index += 1;
        }
        Some(Inline { length: from.len() as u8, bytes })
    }

    /// The bytes, to change them in place.
    pub(super) fn as_mut(&mut self) -> &mut [u8] {
        &mut self.bytes[..self.length as usize]
    }

    pub(super) const fn len(&self) -> usize {
        self.length as usize
    }
}

impl<const N: usize> Deref for Inline<N> {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.bytes[..self.length as usize]
    }
}

impl<const N: usize> fmt::Debug for Inline<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&Hex(self), f)
    }
}

/// Bytes as hex digits.
pub(super) struct Hex<'a>(pub(super) &'a [u8]);

impl fmt::Display for Hex<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02X}"))
    }
}
