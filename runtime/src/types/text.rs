//! Text of an element, borrowed from the message.

use core::fmt;
use core::ops::Deref;

/// Text as it is borrowed from a message: printable characters, or digits with their leading zeros.
///
/// It dereferences to `str` and compares with one. The conversion is made when it is asked for, since a program that
/// routes or forwards a message never looks at most of its texts.
///
/// ```
/// # use isopace::types::Text;
/// let terminal = Text::from("TERM0001");
/// assert_eq!(terminal, "TERM0001");
/// assert!(terminal.starts_with("TERM"));
/// let name: &str = terminal.as_str();
/// # assert_eq!(name.len(), 8);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Text<'a>(&'a [u8]);

impl<'a> Text<'a> {
    /// Bytes that have been proven to be ASCII.
    #[inline(always)]
    pub(crate) const fn proven(ascii: &'a [u8]) -> Self {
        Text(ascii)
    }

    /// The text.
    #[must_use]
    #[inline]
    pub fn as_str(&self) -> &'a str {
        core::str::from_utf8(self.0).unwrap_or_default()
    }

    /// The text as UTF-8 bytes, at no cost.
    #[must_use]
    #[inline]
    pub const fn as_bytes(&self) -> &'a [u8] {
        self.0
    }
}

impl<'a> From<&'a str> for Text<'a> {
    /// Any text: whether an element may hold it shows when it is written.
    #[inline]
    fn from(text: &'a str) -> Self {
        Text(text.as_bytes())
    }
}

impl<'a> From<Text<'a>> for &'a str {
    #[inline]
    fn from(text: Text<'a>) -> Self {
        text.as_str()
    }
}

impl Deref for Text<'_> {
    type Target = str;

    #[inline]
    fn deref(&self) -> &str {
        self.as_str()
    }
}

impl AsRef<str> for Text<'_> {
    #[inline]
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl PartialEq<str> for Text<'_> {
    #[inline]
    fn eq(&self, other: &str) -> bool {
        self.0 == other.as_bytes()
    }
}

impl PartialEq<&str> for Text<'_> {
    #[inline]
    fn eq(&self, other: &&str) -> bool {
        self.0 == other.as_bytes()
    }
}

impl fmt::Debug for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

impl fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
