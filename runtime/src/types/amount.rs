//! Amount without a sign, data element 4 and its kind.

use core::fmt;

use super::{Currency, ValueError, digits};

/// Amount in minor units of a currency (cents, fils), never a fraction and never rounded.
///
/// The currency stands in another element (49 for element 4), so it is given when the amount is shown.
///
/// ```
/// use isopace::types::{Amount, Currency};
///
/// let amount = Amount::minor(2500);
/// assert_eq!(amount.in_currency(Currency::USD).to_string(), "25.00");
/// assert_eq!(amount.in_currency(Currency::JPY).to_string(), "2500");
/// assert_eq!(amount.in_currency(Currency::KWD).to_string(), "2.500");
/// assert_eq!(Amount::parse_major("25.00", Currency::USD)?, amount);
/// # Ok::<(), isopace::types::ValueError>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Amount(u64);

impl Amount {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// An amount of so many minor units.
    #[inline]
    #[must_use]
    pub const fn minor(units: u64) -> Self {
        Self(units)
    }

    /// Reads 1 to 20 ASCII digits: minor units.
    ///
    /// # Errors
    ///
    /// Another length, a character that is no digit, or more than a `u64` holds.
    #[inline]
    pub fn from_digits(bytes: &[u8]) -> Result<Self, ValueError> {
        digits::parse_u64(bytes).map(Self)
    }

    /// Writes the amount over the whole of `out`, padded with zeros on the left.
    ///
    /// # Errors
    ///
    /// [`ValueError::TooLarge`] when `out` has not room for every digit; it is then left alone.
    #[inline]
    pub fn write(self, out: &mut [u8]) -> Result<(), ValueError> {
        digits::write_fixed(self.0, out)
    }

    /// So many minor units.
    #[inline]
    #[must_use]
    pub const fn minor_units(self) -> u64 {
        self.0
    }

    /// The sum. `None` when it is beyond a `u64`.
    #[inline]
    #[must_use]
    pub const fn checked_add(self, other: Self) -> Option<Self> {
        match self.0.checked_add(other.0) {
            Some(sum) => Some(Self(sum)),
            None => None,
        }
    }

    /// The difference. `None` when it is below zero.
    #[inline]
    #[must_use]
    pub const fn checked_sub(self, other: Self) -> Option<Self> {
        match self.0.checked_sub(other.0) {
            Some(difference) => Some(Self(difference)),
            None => None,
        }
    }

    /// The amount as people write it: `25.00` for 2500 in USD. Without the currency's name, and in minor units where the
    /// currency has no exponent.
    #[must_use]
    pub fn in_currency(self, currency: Currency) -> impl fmt::Display {
        Major { negative: false, units: self.0, exponent: currency.exponent().unwrap_or(0) }
    }

    /// Reads an amount as people write it: `25`, `25.5` and `25.00` in USD. No sign, no grouping, at least one digit on each
    /// side of the point, and no more decimal places than the currency has: nothing is ever rounded.
    ///
    /// # Errors
    ///
    /// Anything else, and a currency without an exponent.
    pub fn parse_major(text: &str, currency: Currency) -> Result<Self, ValueError> {
        let exponent = currency.exponent().ok_or(ValueError::Range { expected: "a currency with an exponent" })?;
        let (whole, fraction) = match text.split_once('.') {
            None => (text, "0"),
            Some((whole, fraction)) => {
                let places = usize::from(exponent);
                if fraction.is_empty() || fraction.len() > places {
                    return Err(ValueError::Range { expected: "the decimal places of the currency" });
                }
                (whole, fraction)
            }
        };
        let after_point = |error| match error {
            ValueError::Character { index, expected } => {
                let before = u32::try_from(whole.len()).unwrap_or(u32::MAX);
                ValueError::Character { index: index.saturating_add(before).saturating_add(1), expected }
            }
            other => other,
        };
        let minor = digits::parse_u64(fraction.as_bytes()).map_err(after_point)?;
        let whole = digits::parse_u64(whole.as_bytes())?;
        let places = u32::try_from(fraction.len()).unwrap_or(u32::MAX);
        // "0" above stands for no fraction at all, which is zero at any scale.
        let scale = u32::from(exponent).saturating_sub(places);
        let total = 10_u64
            .checked_pow(u32::from(exponent))
            .and_then(|unit| whole.checked_mul(unit))
            .zip(10_u64.checked_pow(scale).and_then(|scale| minor.checked_mul(scale)))
            .and_then(|(whole, minor)| whole.checked_add(minor));
        total.map(Self).ok_or(ValueError::TooLarge { digits: 20 })
    }
}

impl fmt::Display for Amount {
    /// Minor units: `2500`. See [`in_currency`](Amount::in_currency) for the way people write it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Minor units with the point put in.
pub(crate) struct Major {
    pub(crate) negative: bool,
    pub(crate) units: u64,
    pub(crate) exponent: u8,
}

impl fmt::Display for Major {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // From the right: decimal places, point, whole part of at least one digit, sign. Twenty digits, point, sign.
        let mut text = [0; 22];
        let mut start = text.len();
        let mut put = |byte| {
            start -= 1;
            text[start] = byte;
        };
        let mut left = self.units;
        let mut written = 0;
        while left > 0 || written <= self.exponent {
            if written == self.exponent && written > 0 {
                put(b'.');
            }
            put(b'0' + (left % 10) as u8);
            left /= 10;
            written += 1;
        }
        if self.negative {
            put(b'-');
        }
        f.pad(digits::text(&text[start..]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn as_people_write_it() {
        let uyw = Currency::from_alpha("UYW").unwrap();
        let none = Currency::from_alpha("XXX").unwrap();
        let table = [
            (0, Currency::USD, "0.00"),
            (5, Currency::USD, "0.05"),
            (2500, Currency::USD, "25.00"),
            (2500, Currency::JPY, "2500"),
            (0, Currency::JPY, "0"),
            (2500, Currency::KWD, "2.500"),
            (25, uyw, "0.0025"),
            (u64::MAX, uyw, "1844674407370955.1615"),
            (u64::MAX, Currency::JPY, "18446744073709551615"),
            (2500, none, "2500"),
        ];
        for (units, currency, text) in table {
            assert_eq!(Amount::minor(units).in_currency(currency).to_string(), text);
        }
        assert_eq!(format!("{:>8}", Amount::minor(2500).in_currency(Currency::USD)), "   25.00");
        assert_eq!(Amount::minor(2500).to_string(), "2500");
        let most = Major { negative: true, units: u64::MAX, exponent: 2 };
        assert_eq!(most.to_string(), "-184467440737095516.15");
    }

    #[test]
    fn read_as_people_write_it() {
        let table = [
            ("25", Currency::USD, Some(2500)),
            ("25.5", Currency::USD, Some(2550)),
            ("25.00", Currency::USD, Some(2500)),
            ("0.05", Currency::USD, Some(5)),
            ("2500", Currency::JPY, Some(2500)),
            ("2.5", Currency::KWD, Some(2500)),
            ("184467440737095516.15", Currency::USD, Some(u64::MAX)),
            ("184467440737095516.16", Currency::USD, None),
            ("25.000", Currency::USD, None),
            ("25.001", Currency::USD, None),
            ("25.0", Currency::JPY, None),
            ("25.", Currency::USD, None),
            (".25", Currency::USD, None),
            ("", Currency::USD, None),
            ("+25", Currency::USD, None),
            ("-25", Currency::USD, None),
            ("1,000.00", Currency::USD, None),
            ("1.0.0", Currency::USD, None),
            (" 25", Currency::USD, None),
            ("25", Currency::from_alpha("XXX").unwrap(), None),
        ];
        for (text, currency, units) in table {
            assert_eq!(Amount::parse_major(text, currency).ok(), units.map(Amount::minor), "{text}");
        }
        let place = Amount::parse_major("25.0x", Currency::USD).unwrap_err();
        assert_eq!(place, ValueError::character(4, "a digit"));
    }

    #[test]
    fn arithmetic() {
        let (one, two, most) = (Amount::minor(1), Amount::minor(2), Amount::minor(u64::MAX));
        assert_eq!(one.checked_add(one), Some(two));
        assert_eq!(most.checked_add(one), None);
        assert_eq!(two.checked_sub(one), Some(one));
        assert_eq!(one.checked_sub(two), None);
    }

    proptest! {
        #[test]
        fn both_ways(units: u64, exponent in 0_usize..4) {
            let amount = Amount::minor(units);
            let mut out = [0; 20];
            amount.write(&mut out).unwrap();
            prop_assert_eq!(Amount::from_digits(&out), Ok(amount));

            let names = ["JPY", "USD", "KWD", "CLF"];
            let currency = Currency::from_alpha(names[exponent]).unwrap();
            let text = amount.in_currency(currency).to_string();
            prop_assert_eq!(Amount::parse_major(&text, currency), Ok(amount));
        }
    }
}
