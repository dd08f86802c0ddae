//! Text of an element that does not stand as ASCII: converted, without memory of the heap.

use core::cmp::Ordering;
use core::fmt;
use core::hash::{Hash, Hasher};
use core::ops::Deref;

use super::digits;
use super::error::ValueError;

/// Up to `N` printable ASCII characters (`N` up to 255), kept in the value itself: what a text of packed digits or EBCDIC is
/// read into, since there is nothing in the message to borrow. Texts that stand as ASCII are [`Text`](super::Text).
///
/// It dereferences to `str` and compares with one.
///
/// ```
/// # use isopace::types::ShortText;
/// let mode = ShortText::<3>::new("051")?;
/// assert_eq!(mode, "051");
/// assert!(mode.starts_with("05"));
/// assert!(ShortText::<3>::new("0510").is_err());
/// # Ok::<(), isopace::types::ValueError>(())
/// ```
#[derive(Clone, Copy)]
pub struct ShortText<const N: usize> {
    /// Behind the end there may be blanks that padded the element.
    chars: [u8; N],
    len: u8,
}

impl<const N: usize> ShortText<N> {
    /// Text to keep.
    ///
    /// # Errors
    /// More than `N` characters, or one that is not printable ASCII.
    pub fn new(text: &str) -> Result<Self, ValueError> {
        const { assert!(N <= u8::MAX as usize) };
        let mut chars = [0; N];
        let room = chars.get_mut(..text.len()).ok_or_else(|| ValueError::length(0, N, text.len()))?;
        digits::require_printable(text.as_bytes())?;
        room.copy_from_slice(text.as_bytes());
        Ok(Self { chars, len: text.len() as u8 })
    }

    /// The first `len` characters, which are known to be printable ASCII.
    #[inline(always)]
    pub(crate) fn proven(chars: [u8; N], len: usize) -> Self {
        const { assert!(N <= u8::MAX as usize) };
        Self { chars, len: len.min(N) as u8 }
    }

    /// The text.
    #[must_use]
    #[inline]
    pub fn as_str(&self) -> &str {
        digits::text(self.as_bytes())
    }

    /// The text as ASCII bytes, at no cost.
    #[must_use]
    #[inline(always)]
    pub fn as_bytes(&self) -> &[u8] {
        self.chars.get(..usize::from(self.len)).unwrap_or_default()
    }
}

impl<const N: usize> TryFrom<&str> for ShortText<N> {
    type Error = ValueError;

    fn try_from(text: &str) -> Result<Self, ValueError> {
        Self::new(text)
    }
}

impl<const N: usize> core::str::FromStr for ShortText<N> {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        Self::new(text)
    }
}

impl<const N: usize> Deref for ShortText<N> {
    type Target = str;

    #[inline]
    fn deref(&self) -> &str {
        self.as_str()
    }
}

impl<const N: usize> AsRef<str> for ShortText<N> {
    #[inline]
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl<const N: usize, const M: usize> PartialEq<ShortText<M>> for ShortText<N> {
    #[inline]
    fn eq(&self, other: &ShortText<M>) -> bool {
        self.as_bytes() == other.as_bytes()
    }
}

impl<const N: usize> Eq for ShortText<N> {}

impl<const N: usize> PartialOrd for ShortText<N> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<const N: usize> Ord for ShortText<N> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.as_bytes().cmp(other.as_bytes())
    }
}

impl<const N: usize> Hash for ShortText<N> {
    /// As the text.
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_str().hash(state);
    }
}

impl<const N: usize> PartialEq<str> for ShortText<N> {
    #[inline]
    fn eq(&self, other: &str) -> bool {
        self.as_bytes() == other.as_bytes()
    }
}

impl<const N: usize> PartialEq<&str> for ShortText<N> {
    #[inline]
    fn eq(&self, other: &&str) -> bool {
        self.as_bytes() == other.as_bytes()
    }
}

impl<const N: usize> fmt::Debug for ShortText<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

impl<const N: usize> fmt::Display for ShortText<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fits_is_kept_and_the_rest_refused() {
        for text in ["", " ", "051", "ABC~"] {
            let short = ShortText::<4>::new(text).unwrap();
            assert_eq!(short, text);
            assert_eq!((short.as_bytes(), format!("{short:?}")), (text.as_bytes(), format!("{text:?}")));
            assert_eq!(format!("{short:>5}"), format!("{text:>5}"));
            let mut chars = [b'x'; 4];
            chars[..text.len()].copy_from_slice(text.as_bytes());
            assert_eq!(ShortText::proven(chars, text.len()), short);
        }
        assert_eq!(ShortText::<4>::new("12345").unwrap_err(), ValueError::length(0, 4, 5));
        assert_eq!(ShortText::<4>::new("1\u{7f}").unwrap_err(), ValueError::character(1, digits::PRINTABLE));
        assert!("\u{e9}".parse::<ShortText<4>>().is_err());
    }
}
