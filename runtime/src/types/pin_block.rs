//! PIN block, data element 52.

use core::fmt;

use super::ValueError;
use super::secret::{self, Secret};

/// PIN block under a PIN key (ISO 9564-1): 8 bytes (DES) or 16 (AES, format 4).
///
/// Nothing can be read from it here but its bytes. Prints as `[SAD len=8]`; an owned one is wiped on drop.
///
/// ```
/// use isopace::types::PinBlock;
///
/// let block = PinBlock::from_bytes(&[0x5A; 8])?;
/// assert_eq!(format!("{block:?}"), "[SAD len=8]");
/// # Ok::<(), isopace::types::ValueError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct PinBlock<'a>(Secret<'a, 16>);

impl<'a> PinBlock<'a> {
    /// Takes 8 or 16 bytes.
    ///
    /// # Errors
    ///
    /// Any other length.
    #[inline]
    pub fn from_bytes(bytes: &'a [u8]) -> Result<Self, ValueError> {
        match (bytes.len(), Secret::borrowed(bytes)) {
            (8 | 16, Some(secret)) => Ok(Self(secret)),
            (9..=15, _) => Err(ValueError::Range { expected: "8 or 16 bytes" }),
            (found, _) => Err(ValueError::length(8, 16, found)),
        }
    }

    /// The bytes, in clear.
    #[inline]
    #[must_use]
    pub fn expose(&self) -> &[u8] {
        self.0.expose()
    }

    /// How many bytes: 8 or 16.
    #[inline]
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "never empty")]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// The same block in memory of its own, wiped on drop.
    #[must_use]
    pub fn into_owned(self) -> PinBlock<'static> {
        PinBlock(self.0.into_owned())
    }
}

impl fmt::Debug for PinBlock<'_> {
    /// `[SAD len=8]`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        secret::sad(f, self.len())
    }
}

impl fmt::Display for PinBlock<'_> {
    /// `[SAD len=8]`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        secret::sad(f, self.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn eight_or_sixteen() {
        for len in 0..=20 {
            let bytes = vec![0xA5; len];
            match PinBlock::from_bytes(&bytes) {
                Ok(block) => {
                    assert!(len == 8 || len == 16);
                    assert_eq!(block.expose(), bytes);
                    assert_eq!(block.clone().into_owned(), block);
                    assert_eq!(format!("{block} {block:?}"), format!("[SAD len={len}] [SAD len={len}]"));
                }
                Err(error) => {
                    assert!(len != 8 && len != 16);
                    let within = (9..16).contains(&len);
                    assert_eq!(matches!(error, ValueError::Range { .. }), within);
                    assert_eq!(error == ValueError::length(8, 16, len), !within);
                }
            }
        }
    }
}
