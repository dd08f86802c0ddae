//! What every open set of codes is made of. [`codes!`](crate::codes) declares a set.

use core::fmt;

use super::{ValueError, digits};

/// Up to `N` printable ASCII characters (`N` up to 255). The inside of every type that [`codes!`](crate::codes) declares; not for
/// use by itself.
#[doc(hidden)]
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Code<const N: usize> {
    /// Zeros behind the end, so that comparing is that of the text.
    chars: [u8; N],
    len: u8,
}

impl<const N: usize> Code<N> {
    /// Reads `MIN` to `N` characters.
    ///
    /// # Errors
    ///
    /// Another length, or a character that is not printable ASCII.
    #[inline]
    pub fn from_chars<const MIN: usize>(bytes: &[u8]) -> Result<Self, ValueError> {
        const { assert!(MIN <= N && N <= u8::MAX as usize) };
        let mut code = Self { chars: [0; N], len: bytes.len() as u8 };
        if MIN == N {
            // Constant length: a plain move.
            code.chars = *digits::exactly::<N>(bytes)?;
        } else {
            let room = code.chars.get_mut(..bytes.len()).filter(|_| bytes.len() >= MIN);
            room.ok_or_else(|| ValueError::length(MIN, N, bytes.len()))?.copy_from_slice(bytes);
        }
        digits::require_printable(bytes)?;
        Ok(code)
    }

    /// A value that the program spells out.
    ///
    /// # Panics
    ///
    /// When the text is no such value. For constants only, where that stops the build.
    #[must_use]
    pub const fn constant<const MIN: usize>(text: &str) -> Self {
        const { assert!(MIN <= N && N <= u8::MAX as usize) };
        let bytes = text.as_bytes();
        assert!(bytes.len() >= MIN && bytes.len() <= N, "a value of the set has another length");
        let mut chars = [0; N];
        let mut index = 0;
        while index < bytes.len() {
            assert!(digits::is_printable(bytes[index]), "a value of the set is not printable ASCII");
            chars[index] = bytes[index];
            index += 1;
        }
        Self { chars, len: bytes.len() as u8 }
    }

    /// All `N` characters, which the caller has checked.
    #[inline]
    pub(crate) const fn checked(chars: [u8; N]) -> Self {
        Self { chars, len: N as u8 }
    }

    /// The characters as bytes.
    #[inline(always)]
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.chars.get(..usize::from(self.len)).unwrap_or_default()
    }

    /// The characters.
    #[inline]
    #[must_use]
    pub fn as_str(&self) -> &str {
        digits::text(self.as_bytes())
    }

    /// What the table says it means.
    #[must_use]
    pub fn meaning(&self, known: &[(&str, &'static str)]) -> Option<&'static str> {
        let text = self.as_str();
        known.iter().find(|(code, _)| *code == text).map(|(_, meaning)| *meaning)
    }

    /// `Name("51", not sufficient funds)`, or `Name("ZZ")`.
    ///
    /// # Errors
    ///
    /// Those of the formatter.
    pub fn debug(&self, name: &str, known: &[(&str, &'static str)], f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{name}({:?}", self.as_str())?;
        match self.meaning(known) {
            Some(meaning) => write!(f, ", {meaning})"),
            None => f.write_str(")"),
        }
    }
}
