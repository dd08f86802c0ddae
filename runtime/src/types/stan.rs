//! System trace audit number, data element 11.

use core::fmt;

use super::{ValueError, digits};

/// System trace audit number (STAN), `n 6`: the number that its sender gave a transaction, unique within the sender's day.
///
/// ```
/// use isopace::types::Stan;
///
/// let stan = Stan::new(999_999)?;
/// assert_eq!(stan.next().to_string(), "000001");
/// # Ok::<(), isopace::types::ValueError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Stan(u32);

impl Stan {
    /// A number of at most six digits.
    ///
    /// # Errors
    ///
    /// [`ValueError::TooLarge`] above 999999.
    #[inline]
    pub const fn new(number: u32) -> Result<Self, ValueError> {
        if number > 999_999 { Err(ValueError::TooLarge { digits: 6 }) } else { Ok(Self(number)) }
    }

    /// Reads six ASCII digits. `000000`, which no sender should use, is kept as it is.
    ///
    /// # Errors
    ///
    /// Another length, or a character that is no digit.
    #[inline]
    pub fn from_digits(digits: &[u8]) -> Result<Self, ValueError> {
        digits::parse_u32(digits::exactly::<6>(digits)?).map(Self)
    }

    /// The six ASCII digits.
    #[inline]
    #[must_use]
    pub fn digits(self) -> [u8; 6] {
        digits::to_digits(self.0)
    }

    /// The number.
    #[inline]
    #[must_use]
    pub const fn get(self) -> u32 {
        self.0
    }

    /// The number after this one. 999999 is followed by 1: zero is skipped.
    #[inline]
    #[must_use]
    pub const fn next(self) -> Self {
        Self(if self.0 >= 999_999 { 1 } else { self.0 + 1 })
    }
}

impl fmt::Display for Stan {
    /// Six digits: `000123`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(digits::text(&self.digits()))
    }
}

debug_as_shown!(Stan);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number() {
        for number in 0..1_000_000 {
            let stan = Stan::new(number).unwrap();
            assert_eq!(stan.get(), number);
            assert_eq!(Stan::from_digits(&stan.digits()), Ok(stan));
            assert_eq!(stan.next().get(), number % 999_999 + 1);
        }
        assert_eq!(Stan::new(1_000_000), Err(ValueError::TooLarge { digits: 6 }));
        assert_eq!(Stan::new(123).unwrap().to_string(), "000123");
    }

    #[test]
    fn refused() {
        assert_eq!(Stan::from_digits(b"12345"), Err(ValueError::length(6, 6, 5)));
        assert_eq!(Stan::from_digits(b"+12345"), Err(ValueError::character(0, "a digit")));
        assert_eq!(Stan::from_digits(b"12345 "), Err(ValueError::character(5, "a digit")));
    }
}
