//! Why a value was refused. Says what was expected and where, never what was found: the content may be a secret.

use core::fmt;

/// Why characters are not a value of a type, or a value does not fit its field.
///
/// Small, `Copy` and free of content, so it can be logged as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum ValueError {
    /// Too few or too many units: digits or characters of text, bytes of binary data.
    #[error("length {found}, expected {}", Bounds { min: *min, max: *max })]
    Length {
        /// Fewest units allowed.
        min: u32,
        /// Most units allowed, `u32::MAX` for no limit.
        max: u32,
        /// Units there are.
        found: u32,
    },
    /// A character that may not stand where it stands.
    #[error("character at index {index} is not {expected}")]
    Character {
        /// Its place, counted from 0.
        index: u32,
        /// What may stand there: `a digit`.
        expected: &'static str,
    },
    /// The right characters, but no such value.
    #[error("out of range, expected {expected}")]
    Range {
        /// What is in range: `month 01 to 12`.
        expected: &'static str,
    },
    /// A number with more digits than its field.
    #[error("does not fit in {digits} digits")]
    TooLarge {
        /// Digits of the field.
        digits: u8,
    },
}

impl ValueError {
    /// A length that is out of bounds.
    #[cold]
    pub(crate) fn length(min: usize, max: usize, found: usize) -> Self {
        let narrow = |units: usize| u32::try_from(units).unwrap_or(u32::MAX);
        Self::Length { min: narrow(min), max: narrow(max), found: narrow(found) }
    }

    /// A character that may not stand at `index`.
    #[cold]
    pub(crate) fn character(index: usize, expected: &'static str) -> Self {
        Self::Character { index: u32::try_from(index).unwrap_or(u32::MAX), expected }
    }
}

/// `6`, `1 to 19` or `1 or more`.
struct Bounds {
    min: u32,
    max: u32,
}

impl fmt::Display for Bounds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.max {
            u32::MAX => write!(f, "{} or more", self.min),
            max if max == self.min => write!(f, "{max}"),
            max => write!(f, "{} to {max}", self.min),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_what_was_expected() {
        let table = [
            (ValueError::length(6, 6, 5), "length 5, expected 6"),
            (ValueError::length(1, 19, 20), "length 20, expected 1 to 19"),
            (ValueError::length(1, usize::MAX, 0), "length 0, expected 1 or more"),
            (ValueError::character(3, "a digit"), "character at index 3 is not a digit"),
            (ValueError::Range { expected: "month 01 to 12" }, "out of range, expected month 01 to 12"),
            (ValueError::TooLarge { digits: 12 }, "does not fit in 12 digits"),
        ];
        for (error, text) in table {
            assert_eq!(error.to_string(), text);
        }
    }

    #[test]
    fn is_small() {
        assert!(size_of::<ValueError>() <= 24);
    }
}
