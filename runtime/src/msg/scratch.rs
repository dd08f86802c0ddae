//! Bytes of the elements that an edit changes: on the stack while they are few, as they nearly always are.

use zeroize::Zeroize;

use crate::wire::Buffer;

/// Bytes kept on the stack: an amount, a code, an approval and a few more.
const INLINE: usize = 96;

/// A growing run of bytes, wiped on drop, since it may hold a PAN or a key.
#[derive(Clone)]
pub(crate) struct Scratch {
    inline: [u8; INLINE],
    length: usize,
    /// All bytes, once they are too many for the stack.
    spilled: Vec<u8>,
}

impl Scratch {
    /// Nothing yet.
    #[inline(always)]
    pub(crate) const fn new() -> Self {
        Scratch { inline: [0; INLINE], length: 0, spilled: Vec::new() }
    }

    #[cold]
    #[inline(never)]
    fn spill(&mut self, bytes: &[u8]) {
        if self.spilled.is_empty() {
            self.spilled.extend_from_slice(&self.inline[..self.length]);
        }
        self.spilled.extend_from_slice(bytes);
        self.length = self.spilled.len();
    }
}

impl std::ops::Deref for Scratch {
    type Target = [u8];

    #[inline(always)]
    fn deref(&self) -> &[u8] {
        match self.inline.get(..self.length) {
            Some(bytes) if self.spilled.is_empty() => bytes,
            _ => &self.spilled,
        }
    }
}

impl Buffer for Scratch {
    #[inline(always)]
    fn push(&mut self, byte: u8) {
        self.extend_from_slice(&[byte]);
    }

    #[inline(always)]
    fn extend_from_slice(&mut self, bytes: &[u8]) {
        match self.inline.get_mut(self.length..self.length + bytes.len()) {
            Some(free) if self.spilled.is_empty() => {
                free.copy_from_slice(bytes);
                self.length += bytes.len();
            }
            _ => self.spill(bytes),
        }
    }

    #[inline]
    fn written(&mut self) -> &mut [u8] {
        match self.inline.get_mut(..self.length) {
            Some(bytes) if self.spilled.is_empty() => bytes,
            _ => &mut self.spilled,
        }
    }
}

impl Drop for Scratch {
    #[inline]
    fn drop(&mut self) {
        self.inline = [0; INLINE];
        // The zeros are written, a run at a time, since somebody may be looking.
        zeroize::optimization_barrier(&self.inline);
        if !self.spilled.is_empty() {
            self.spilled.zeroize();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn on_the_stack_and_off_it_bytes_are_the_same() {
        let mut scratch = Scratch::new();
        let mut expected = Vec::new();
        for count in 0..40u8 {
            let bytes = vec![count; usize::from(count) % 7];
            scratch.extend_from_slice(&bytes);
            scratch.push(count);
            expected.extend_from_slice(&bytes);
            expected.push(count);
            assert_eq!(*scratch, *expected);
            assert_eq!(scratch.written(), expected);
            assert_eq!(*scratch.clone(), *expected);
        }
        assert!(expected.len() > INLINE);
    }
}
