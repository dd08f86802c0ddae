//! Text that nobody may see: track 3, account numbers of any form, private data that may carry them.

use core::fmt;

use super::digits;
use super::error::ValueError;
use super::secret;

/// Longest text kept without a length prefix of its own in mind: `LLL` of the standard.
const MOST: usize = 999;

/// Secret text of up to 999 characters of ISO 8859-1 printed only as its length.
///
/// ```
/// # use isopace::types::SecretText;
/// let account = SecretText::new("4012345678909")?;
/// assert_eq!(format!("{account:?}"), "[SAD len=13]");
/// assert_eq!(account.expose(), "4012345678909");
/// # Ok::<(), isopace::types::ValueError>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct SecretText<'a>(Repr<'a>);

#[derive(Clone, PartialEq, Eq)]
enum Repr<'a> {
    Borrowed(&'a str),
    Owned(zeroize::Zeroizing<String>),
}

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
        Ok(SecretText(Repr::Borrowed(digits::text(text))))
    }

    /// The text in clear.
    #[must_use]
    pub fn expose(&self) -> &str {
        match &self.0 {
            Repr::Borrowed(text) => text,
            Repr::Owned(text) => text,
        }
    }

    /// Characters of it.
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "the length is what may be shown; emptiness follows from it")]
    pub fn len(&self) -> usize {
        self.expose().len()
    }

    /// The characters as they are, for the codec.
    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.expose().as_bytes()
    }

    /// A copy of its own, wiped on drop.
    #[must_use]
    pub fn into_owned(self) -> SecretText<'static> {
        SecretText(Repr::Owned(match self.0 {
            Repr::Borrowed(text) => zeroize::Zeroizing::new(text.to_owned()),
            Repr::Owned(text) => text,
        }))
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
