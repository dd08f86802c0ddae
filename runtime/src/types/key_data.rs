//! Key material, as it stands in key change messages.

use core::fmt;

use super::ValueError;
use super::secret::{self, LongSecret};

/// Key material: a key under a key, a key block, or what else an element of a key change (0800) holds.
///
/// Any length from 1 byte. Prints as `[KEY len=16]`; an owned one is wiped on drop.
///
/// ```
/// use isopace::types::KeyData;
///
/// let key = KeyData::from_bytes(&[0x11; 16])?;
/// assert_eq!(format!("{key:?}"), "[KEY len=16]");
/// # Ok::<(), isopace::types::ValueError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct KeyData<'a>(LongSecret<'a>);

impl<'a> KeyData<'a> {
    /// Takes one byte or more.
    ///
    /// # Errors
    ///
    /// No bytes.
    #[inline]
    pub fn from_bytes(bytes: &'a [u8]) -> Result<Self, ValueError> {
        if bytes.is_empty() {
            return Err(ValueError::length(1, usize::MAX, 0));
        }
        Ok(Self(LongSecret::Borrowed(bytes)))
    }

    /// The bytes, in clear.
    #[inline]
    #[must_use]
    pub fn expose(&self) -> &[u8] {
        self.0.expose()
    }

    /// How many bytes.
    #[inline]
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "never empty")]
    pub fn len(&self) -> usize {
        self.expose().len()
    }

    /// The same bytes in memory of their own, wiped on drop. Allocates.
    #[must_use]
    pub fn into_owned(self) -> KeyData<'static> {
        KeyData(self.0.into_owned())
    }
}

impl fmt::Debug for KeyData<'_> {
    /// `[KEY len=16]`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        secret::key(f, self.len())
    }
}

impl fmt::Display for KeyData<'_> {
    /// `[KEY len=16]`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        secret::key(f, self.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_length_but_none() {
        assert_eq!(KeyData::from_bytes(&[]).unwrap_err().to_string(), "length 0, expected 1 or more");
        for len in [1, 16, 24, 999] {
            let bytes = vec![0xA5; len];
            let key = KeyData::from_bytes(&bytes).unwrap();
            let owned = key.clone().into_owned();
            assert_eq!(owned, key);
            assert_eq!(owned.expose(), bytes);
            for shown in [format!("{key}"), format!("{owned:?}")] {
                assert_eq!(shown, format!("[KEY len={len}]"));
            }
        }
    }
}
