//! Primary account number, data element 2 and wherever else a card number stands.

use core::fmt;

use super::secret::Secret;
use super::{ValueError, digits};

const MOST: usize = 19;

/// Primary account number (PAN), 1 to 19 digits.
///
/// ISO/IEC 7812-1 numbers have 8 to 19 digits; shorter ones are let in because private cards and test hosts send them. The
/// check digit is not looked at on reading either: see [`luhn_valid`](Self::luhn_valid).
///
/// Borrows from the message it was read from; [`into_owned`](Self::into_owned) copies it out, and that copy is wiped on
/// drop. Prints masked, in `Display` and `Debug` alike: the first six and the last four digits (PCI DSS 3.4.1).
///
/// ```
/// use isopace::types::Pan;
///
/// let pan = Pan::new("4012345678909")?;
/// assert_eq!(pan.to_string(), "401234***8909");
/// assert_eq!(pan.expose(), "4012345678909");
/// # Ok::<(), isopace::types::ValueError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Pan<'a>(Secret<'a, MOST>);

impl<'a> Pan<'a> {
    /// A number given as text.
    ///
    /// # Errors
    ///
    /// None or more than 19 characters, or one that is no digit.
    #[inline]
    pub fn new(digits: &'a str) -> Result<Self, ValueError> {
        Self::from_digits(digits.as_bytes())
    }

    /// Reads 1 to 19 ASCII digits.
    ///
    /// # Errors
    ///
    /// None or more than 19 bytes, or one that is no digit.
    #[inline]
    pub fn from_digits(bytes: &'a [u8]) -> Result<Self, ValueError> {
        if bytes.is_empty() {
            return Err(ValueError::length(1, MOST, 0));
        }
        let secret = Secret::borrowed(bytes).ok_or_else(|| ValueError::length(1, MOST, bytes.len()))?;
        digits::require_digits(bytes)?;
        Ok(Self(secret))
    }

    /// The digits, in clear.
    #[inline]
    #[must_use]
    pub fn expose(&self) -> &str {
        digits::text(self.0.expose())
    }

    /// How many digits.
    #[inline]
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "never empty")]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether the last digit is the check digit of the others (ISO/IEC 7812-1 annex B, "Luhn").
    #[must_use]
    pub fn luhn_valid(&self) -> bool {
        let sum: u32 = (self.0.expose().iter().rev().enumerate())
            .map(|(place, digit)| {
                let digit = u32::from(digit.wrapping_sub(b'0'));
                // Every second digit from the right counts double, and its two digits are added up.
                if place % 2 == 0 { digit } else { digit * 2 / 10 + digit * 2 % 10 }
            })
            .sum();
        sum.is_multiple_of(10)
    }

    /// The first `count` digits, to route by: 6 or 8 for an issuer identification number (BIN).
    ///
    /// `None` for more than 8, and for a number of ten digits or fewer, of which the first digits are hidden.
    #[must_use]
    pub fn leading(&self, count: usize) -> Option<&str> {
        if count > 8 || self.len() <= 10 {
            return None;
        }
        self.0.expose().get(..count).map(digits::text)
    }

    /// The last four digits. `None` for a number of four digits or fewer, which are all hidden.
    #[must_use]
    pub fn last_four(&self) -> Option<&str> {
        if self.len() <= 4 {
            return None;
        }
        self.0.expose().last_chunk::<4>().map(|last| digits::text(last))
    }

    /// The number as it may be shown: the first six and the last four digits, one `*` for each digit between.
    ///
    /// Of ten digits or fewer only the last four are shown, of four or fewer none.
    #[must_use]
    pub fn masked(&self) -> impl fmt::Display + '_ {
        Masked(self.0.expose())
    }

    /// The characters as they are, for the codec.
    #[inline(always)]
    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.0.expose()
    }

    /// A number in memory of its own, as it is written there, if that proves its characters or they are
    /// proven here. Nothing comes of what fails, or is none.
    #[inline(always)]
    pub(crate) fn written(proven: bool, write: impl FnOnce(&mut [u8]) -> Option<usize>) -> Option<Pan<'static>> {
        let secret = Secret::written(write)?;
        let good = secret.len() > 0 && (proven || digits::all_digits(secret.expose()).is_ok());
        good.then_some(Pan(secret))
    }

    /// The same number in memory of its own, wiped on drop.
    #[must_use]
    pub fn into_owned(self) -> Pan<'static> {
        Pan(self.0.into_owned())
    }
}

impl fmt::Display for Pan<'_> {
    /// Masked: `401234***8909`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Masked(self.0.expose()).fmt(f)
    }
}

impl fmt::Debug for Pan<'_> {
    /// Masked: `Pan(401234***8909)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Pan({})", Masked(self.0.expose()))
    }
}

struct Masked<'a>(&'a [u8]);

impl fmt::Display for Masked<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let len = self.0.len();
        let (first, last) = match len {
            0..=4 => (0, 0),
            5..=10 => (0, 4),
            _ => (6, 4),
        };
        let mut shown = [b'*'; MOST];
        for (place, (to, from)) in shown.iter_mut().zip(self.0).enumerate() {
            if place < first || place + last >= len {
                *to = *from;
            }
        }
        f.pad(digits::text(shown.get(..len).unwrap_or_default()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masking() {
        let table = [
            ("1", "*"),
            ("1234", "****"),
            ("12345", "*2345"),
            ("0000000001", "******0001"),
            ("00000000001", "000000*0001"),
            ("4012345678909", "401234***8909"),
            ("4111111111111111", "411111******1111"),
            ("0000000000000000001", "000000*********0001"),
        ];
        for (clear, masked) in table {
            let pan = Pan::new(clear).unwrap();
            assert_eq!(pan.to_string(), masked);
            assert_eq!(pan.masked().to_string(), masked);
            assert_eq!(format!("{pan:?}"), format!("Pan({masked})"));
            assert_eq!(pan.expose(), clear);
            assert_eq!(pan.len(), clear.len());
            assert_eq!(pan.clone().into_owned(), pan);
        }
        assert_eq!(format!("{:>15}|", Pan::new("4012345678909").unwrap()), "  401234***8909|");
    }

    #[test]
    fn parts() {
        let pan = Pan::new("4012345678909").unwrap();
        assert_eq!(pan.leading(6), Some("401234"));
        assert_eq!(pan.leading(8), Some("40123456"));
        assert_eq!(pan.leading(9), None);
        assert_eq!(pan.last_four(), Some("8909"));
        let short = Pan::new("0000000001").unwrap();
        assert_eq!((short.leading(6), short.last_four()), (None, Some("0001")));
        assert_eq!(Pan::new("1234").unwrap().last_four(), None);
    }

    #[test]
    fn check_digit() {
        for pan in ["4012345678909", "4111111111111111"] {
            assert!(Pan::new(pan).unwrap().luhn_valid());
            // The right check digit is the only one.
            let (body, check) = pan.split_at(pan.len() - 1);
            for digit in (0..10).map(|digit| digit.to_string()).filter(|digit| digit != check) {
                assert!(!Pan::new(&format!("{body}{digit}")).unwrap().luhn_valid());
            }
        }
    }

    #[test]
    fn refused() {
        assert_eq!(Pan::new("").unwrap_err(), ValueError::length(1, 19, 0));
        assert_eq!(Pan::new("00000000000000000001").unwrap_err(), ValueError::length(1, 19, 20));
        assert_eq!(Pan::new("4012345678909 ").unwrap_err(), ValueError::character(13, "a digit"));
        assert_eq!(Pan::new("+12345678").unwrap_err(), ValueError::character(0, "a digit"));
    }
}
