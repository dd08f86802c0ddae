//! Where bytes are written to.

use smallvec::{Array, SmallVec};

/// A growing run of bytes: a `Vec<u8>`, or a `SmallVec` that stays on the stack while it is short.
pub trait Buffer {
    /// Appends one byte.
    fn push(&mut self, byte: u8);
    /// Appends bytes.
    fn extend_from_slice(&mut self, bytes: &[u8]);
    /// All bytes so far.
    fn written(&mut self) -> &mut [u8];
}

impl Buffer for Vec<u8> {
    #[inline(always)]
    fn push(&mut self, byte: u8) {
        Vec::push(self, byte);
    }

    #[inline(always)]
    fn extend_from_slice(&mut self, bytes: &[u8]) {
        Vec::extend_from_slice(self, bytes);
    }

    #[inline]
    fn written(&mut self) -> &mut [u8] {
        self
    }
}

impl<A: Array<Item = u8>> Buffer for SmallVec<A> {
    #[inline(always)]
    fn push(&mut self, byte: u8) {
        SmallVec::push(self, byte);
    }

    #[inline(always)]
    fn extend_from_slice(&mut self, bytes: &[u8]) {
        SmallVec::extend_from_slice(self, bytes);
    }

    #[inline]
    fn written(&mut self) -> &mut [u8] {
        self
    }
}
