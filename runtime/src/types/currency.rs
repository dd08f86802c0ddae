//! Currency, data elements 49 to 51 and wherever else one stands.

use core::fmt;

use super::currency_list::{LIST, Row};
use super::{ValueError, digits};

/// Currency: the numeric code of ISO 4217, three digits.
///
/// An open set: a code that the list does not know is kept, and has no name and no exponent.
///
/// ```
/// use isopace::types::Currency;
///
/// let currency = Currency::from_digits(b"840")?;
/// assert_eq!(currency, Currency::USD);
/// assert_eq!(currency.alpha(), Some("USD"));
/// assert_eq!(currency.exponent(), Some(2));
/// assert_eq!(Currency::from_digits(b"000")?.alpha(), None);
/// # Ok::<(), isopace::types::ValueError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Currency(u16);

impl Currency {
    /// Euro.
    pub const EUR: Self = Self(978);
    /// Pound sterling.
    pub const GBP: Self = Self(826);
    /// Yen; has no minor unit.
    pub const JPY: Self = Self(392);
    /// Kuwaiti dinar; has 1000 fils.
    pub const KWD: Self = Self(414);
    /// Naira.
    pub const NGN: Self = Self(566);
    /// US dollar.
    pub const USD: Self = Self(840);
    /// Rand.
    pub const ZAR: Self = Self(710);

    /// A currency by its numeric code.
    ///
    /// # Errors
    ///
    /// [`ValueError::TooLarge`] above 999.
    #[inline]
    pub const fn new(numeric: u16) -> Result<Self, ValueError> {
        if numeric > 999 { Err(ValueError::TooLarge { digits: 3 }) } else { Ok(Self(numeric)) }
    }

    /// Reads three ASCII digits.
    ///
    /// # Errors
    ///
    /// Another length, or a character that is no digit.
    #[inline]
    pub fn from_digits(bytes: &[u8]) -> Result<Self, ValueError> {
        let numeric = digits::parse_u32(digits::exactly::<3>(bytes)?)?;
        // Three digits are below 1000.
        Ok(Self(numeric as u16))
    }

    /// A currency by its alphabetic code, three capitals. `None` when the list does not have it.
    #[must_use]
    pub fn from_alpha(alpha: &str) -> Option<Self> {
        LIST.iter().find(|row| row.alpha == alpha).map(|row| Self(row.numeric))
    }

    /// The three ASCII digits.
    #[inline]
    #[must_use]
    pub fn digits(self) -> [u8; 3] {
        digits::to_digits(u32::from(self.0))
    }

    /// The numeric code.
    #[inline]
    #[must_use]
    pub const fn numeric(self) -> u16 {
        self.0
    }

    /// The alphabetic code. `None` when the list does not know the currency.
    #[must_use]
    pub fn alpha(self) -> Option<&'static str> {
        self.row().map(|row| row.alpha)
    }

    /// Decimal places of the minor unit: 2 for USD, 0 for JPY. `None` when the currency is unknown or has no such unit (gold,
    /// XXX).
    #[must_use]
    pub fn exponent(self) -> Option<u8> {
        self.row()?.exponent
    }

    /// Whether the list knows the code.
    #[must_use]
    pub fn is_known(self) -> bool {
        self.row().is_some()
    }

    fn row(self) -> Option<&'static Row> {
        let index = LIST.binary_search_by_key(&self.0, |row| row.numeric).ok()?;
        LIST.get(index)
    }
}

impl fmt::Display for Currency {
    /// The alphabetic code where there is one, else the three digits: `USD`, `000`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.alpha() {
            Some(alpha) => f.pad(alpha),
            None => f.pad(digits::text(&self.digits())),
        }
    }
}

impl fmt::Debug for Currency {
    /// `Currency(840, USD)`, `Currency(000)`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.digits();
        let digits = digits::text(&digits);
        match self.alpha() {
            Some(alpha) => write!(f, "Currency({digits}, {alpha})"),
            None => write!(f, "Currency({digits})"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code() {
        let mut known = 0;
        for numeric in 0..1000 {
            let currency = Currency::new(numeric).unwrap();
            assert_eq!(currency.numeric(), numeric);
            assert_eq!(currency.digits(), *format!("{numeric:03}").as_bytes());
            assert_eq!(Currency::from_digits(&currency.digits()), Ok(currency));
            if let Some(alpha) = currency.alpha() {
                known += 1;
                assert_eq!(Currency::from_alpha(alpha), Some(currency));
                assert_eq!(currency.to_string(), alpha);
            } else {
                assert_eq!((currency.exponent(), currency.is_known()), (None, false));
                assert_eq!(currency.to_string(), format!("{numeric:03}"));
                assert_eq!(format!("{currency:?}"), format!("Currency({numeric:03})"));
            }
        }
        assert_eq!(known, LIST.len());
        assert_eq!(Currency::new(1000), Err(ValueError::TooLarge { digits: 3 }));
    }

    #[test]
    fn constants() {
        let table = [
            (Currency::EUR, "EUR", 2),
            (Currency::GBP, "GBP", 2),
            (Currency::JPY, "JPY", 0),
            (Currency::KWD, "KWD", 3),
            (Currency::NGN, "NGN", 2),
            (Currency::USD, "USD", 2),
            (Currency::ZAR, "ZAR", 2),
        ];
        for (currency, alpha, exponent) in table {
            assert_eq!((currency.alpha(), currency.exponent()), (Some(alpha), Some(exponent)));
        }
        assert_eq!(format!("{:?}", Currency::USD), "Currency(840, USD)");
        let test = Currency::from_alpha("XTS").unwrap();
        assert_eq!((test.numeric(), test.exponent(), test.is_known()), (963, None, true));
        assert_eq!(Currency::from_alpha("XXX").unwrap().numeric(), 999);
        assert_eq!(Currency::from_alpha("ANG"), None);
        assert_eq!(Currency::from_alpha("usd"), None);
    }

    #[test]
    fn refused() {
        assert_eq!(Currency::from_digits(b"84"), Err(ValueError::length(3, 3, 2)));
        assert_eq!(Currency::from_digits(b"USD"), Err(ValueError::character(0, "a digit")));
        assert_eq!(Currency::from_digits(b"84 "), Err(ValueError::character(2, "a digit")));
    }
}
