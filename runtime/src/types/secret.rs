//! Where secret characters and bytes are kept: borrowed from the received message, or owned and wiped on drop.
//!
//! Wiping reaches the value itself. Copies that the compiler makes when a value moves, and those of allocator, kernel and
//! TLS, are out of its reach.

use core::fmt;
use core::hash::{Hash, Hasher};

use zeroize::{Zeroize, ZeroizeOnDrop};

/// At most `N` bytes (`N` up to 255), which never print.
///
/// Equality and hash go by content, borrowed or owned, and equality looks at every byte of two values of the same length.
#[derive(Clone)]
pub(crate) enum Secret<'a, const N: usize> {
    /// In somebody else's buffer, who has to wipe it.
    Borrowed(&'a [u8]),
    /// In the value itself.
    Owned(Owned<N>),
}

/// Bytes that are wiped on drop.
#[derive(Clone)]
pub(crate) struct Owned<const N: usize> {
    bytes: [u8; N],
    len: u8,
}

impl<'a, const N: usize> Secret<'a, N> {
    /// Borrows `bytes`. `None` when there are more than `N`.
    #[inline]
    pub(crate) fn borrowed(bytes: &'a [u8]) -> Option<Self> {
        (bytes.len() <= N).then_some(Self::Borrowed(bytes))
    }

    /// Owns a copy of the parts, one behind the other. `None` when they are more than `N` bytes.
    pub(crate) fn concat(parts: &[&[u8]]) -> Option<Secret<'static, N>> {
        const { assert!(N <= u8::MAX as usize) };
        let mut owned = Owned { bytes: [0; N], len: 0 };
        for part in parts {
            let start = usize::from(owned.len);
            let end = start.checked_add(part.len())?;
            owned.bytes.get_mut(start..end)?.copy_from_slice(part);
            owned.len = u8::try_from(end).ok()?;
        }
        Some(Secret::Owned(owned))
    }

    /// Owns what is written to the front of its room; nothing if that fails. What is given is the number of bytes written.
    #[inline(always)]
    pub(crate) fn written(write: impl FnOnce(&mut [u8]) -> Option<usize>) -> Option<Secret<'static, N>> {
        const { assert!(N <= u8::MAX as usize) };
        let mut owned = Owned { bytes: [0; N], len: 0 };
        owned.len = u8::try_from(write(&mut owned.bytes)?).ok()?;
        Some(Secret::Owned(owned))
    }

    /// The content.
    #[inline]
    pub(crate) fn expose(&self) -> &[u8] {
        match self {
            Self::Borrowed(bytes) => bytes,
            Self::Owned(owned) => owned.bytes.get(..usize::from(owned.len)).unwrap_or_default(),
        }
    }

    /// How many bytes.
    #[inline]
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Borrowed(bytes) => bytes.len(),
            Self::Owned(owned) => usize::from(owned.len),
        }
    }

    /// The same content in memory of its own, wiped on drop.
    pub(crate) fn into_owned(self) -> Secret<'static, N> {
        match self {
            Self::Owned(owned) => Secret::Owned(owned),
            Self::Borrowed(bytes) => {
                let mut owned = Owned { bytes: [0; N], len: 0 };
                // `borrowed` let no more than N bytes in.
                for (to, from) in owned.bytes.iter_mut().zip(bytes) {
                    *to = *from;
                    owned.len += 1;
                }
                Secret::Owned(owned)
            }
        }
    }
}

impl<const N: usize> Zeroize for Owned<N> {
    #[inline]
    fn zeroize(&mut self) {
        (self.bytes, self.len) = ([0; N], 0);
        // The zeros are written, a word at a time, since somebody may be looking.
        zeroize::optimization_barrier(self);
    }
}

impl<const N: usize> Drop for Owned<N> {
    #[inline]
    fn drop(&mut self) {
        self.zeroize();
    }
}

impl<const N: usize> ZeroizeOnDrop for Owned<N> {}

impl<const N: usize> PartialEq for Secret<'_, N> {
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        same(self.expose(), other.expose())
    }
}

impl<const N: usize> Eq for Secret<'_, N> {}

impl<const N: usize> Hash for Secret<'_, N> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.expose().hash(state);
    }
}

/// Equality that does not stop at the first difference.
#[inline]
pub(crate) fn same(left: &[u8], right: &[u8]) -> bool {
    left.len() == right.len() && left.iter().zip(right).fold(0, |difference, (l, r)| difference | (l ^ r)) == 0
}

/// `[SAD len=37]`: all that sensitive authentication data ever prints.
pub(crate) fn sad(f: &mut fmt::Formatter<'_>, len: usize) -> fmt::Result {
    write!(f, "[SAD len={len}]")
}

/// `[KEY len=16]`: all that key material ever prints.
pub(crate) fn key(f: &mut fmt::Formatter<'_>, len: usize) -> fmt::Result {
    write!(f, "[KEY len={len}]")
}

/// Secret bytes of any length, which never print. A copy of its own is on the heap, because there is no length to speak of in
/// advance, and is wiped on drop.
#[derive(Clone)]
pub(crate) enum LongSecret<'a> {
    /// In somebody else's buffer, who has to wipe it.
    Borrowed(&'a [u8]),
    /// In memory of its own.
    Owned(Wiped),
}

/// Bytes on the heap that are wiped on drop.
#[derive(Clone)]
pub(crate) struct Wiped(Box<[u8]>);

impl LongSecret<'_> {
    /// The content.
    #[inline]
    pub(crate) fn expose(&self) -> &[u8] {
        match self {
            Self::Borrowed(bytes) => bytes,
            Self::Owned(Wiped(bytes)) => bytes,
        }
    }

    /// The same content in memory of its own, wiped on drop.
    pub(crate) fn into_owned(self) -> LongSecret<'static> {
        LongSecret::Owned(match self {
            Self::Owned(wiped) => wiped,
            Self::Borrowed(bytes) => Wiped(bytes.into()),
        })
    }
}

impl Drop for Wiped {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl ZeroizeOnDrop for Wiped {}

impl PartialEq for LongSecret<'_> {
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        same(self.expose(), other.expose())
    }
}

impl Eq for LongSecret<'_> {}

impl Hash for LongSecret<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.expose().hash(state);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    fn wiped_on_drop<T: ZeroizeOnDrop>(_: &T) {}

    #[test]
    fn owned_is_wiped_on_drop() {
        let Some(Secret::Owned(mut owned)) = Secret::<19>::concat(&[b"4012345", b"678909"]) else { panic!("fits") };
        wiped_on_drop(&owned);
        assert!(std::mem::needs_drop::<Secret<'static, 19>>());
        assert_eq!(&owned.bytes[..13], b"4012345678909");
        // The very call that drop makes.
        owned.zeroize();
        assert_eq!((owned.bytes, owned.len), ([0; 19], 0));
    }

    #[test]
    fn borrowed_equals_owned() {
        let borrowed = Secret::<19>::borrowed(b"4012345678909").unwrap();
        let owned = borrowed.clone().into_owned();
        assert!(matches!(owned, Secret::Owned(_)));
        assert!(borrowed == owned);
        assert_eq!(owned.len(), 13);
        assert!(HashSet::from([borrowed]).contains(&owned));
    }

    #[test]
    fn too_much_is_refused() {
        assert!(Secret::<4>::borrowed(b"12345").is_none());
        assert!(Secret::<4>::concat(&[b"123", b"45"]).is_none());
        assert!(Secret::<4>::concat(&[b"123", b"4"]).is_some());
    }

    #[test]
    fn long_ones_are_wiped_on_drop() {
        let borrowed = LongSecret::Borrowed(&[0xA5; 16]);
        let owned = borrowed.clone().into_owned();
        assert!(borrowed == owned && HashSet::from([borrowed]).contains(&owned));
        assert!(std::mem::needs_drop::<LongSecret<'static>>());
        let LongSecret::Owned(mut wiped) = owned else { panic!("owned") };
        wiped_on_drop(&wiped);
        // The very call that drop makes.
        wiped.0.zeroize();
        assert_eq!(*wiped.0, [0; 16]);
    }

    #[test]
    fn every_byte_counts() {
        assert!(same(b"", b""));
        assert!(!same(b"1", b""));
        for place in 0..8 {
            let mut other = *b"12345678";
            other[place] ^= 0x40;
            assert!(!same(b"12345678", &other));
        }
    }
}
