//! Text that nobody may see: track 3, account numbers of any form, private data that may carry them.

use core::fmt;

use super::digits;
use super::error::ValueError;
use super::secret::{self, LongSecret};

/// Longest text that a length prefix of three digits can announce.
const MOST: usize = 999;

/// Secret text of up to 999 printable ASCII characters, printed only as its length.
///
/// ```
/// # use isopace::types::SecretText;
/// let account = SecretText::new("4012345678909")?;
/// assert_eq!(format!("{account:?}"), "[SAD len=13]");
/// assert_eq!(account.expose(), "4012345678909");
/// # Ok::<(), isopace::types::ValueError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct SecretText<'a>(LongSecret<'a>);

impl<'a> SecretText<'a> {
    /// Text to keep.
    ///
    /// # Errors
    /// More than 999 characters, or one that is not printable ASCII.
    pub fn new(text: &'a str) -> Result<Self, ValueError> {
        Self::from_chars(text.as_bytes())
    }

    /// Text given as ASCII characters.
    ///
    /// # Errors
    /// As [`SecretText::new`].
    pub fn from_chars(text: &'a [u8]) -> Result<Self, ValueError> {
        if text.len() > MOST {
            return Err(ValueError::length(0, MOST, text.len()));
        }
        digits::require_printable(text)?;
        Ok(SecretText(LongSecret::Borrowed(text)))
    }

    /// The text in clear.
    #[must_use]
    pub fn expose(&self) -> &str {
        digits::text(self.0.expose())
    }

    /// Characters of it.
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "the length is what may be shown; emptiness follows from it")]
    pub fn len(&self) -> usize {
        self.0.expose().len()
    }

    /// The characters as they are, for the codec.
    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.0.expose()
    }

    /// A copy of its own, wiped on drop.
    #[must_use]
    pub fn into_owned(self) -> SecretText<'static> {
        SecretText(self.0.into_owned())
    }
}

impl fmt::Debug for SecretText<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        secret::sad(f, self.len())
    }
}

impl fmt::Display for SecretText<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        secret::sad(f, self.len())
    }
}
