//! Amount with a sign, class `x+n`: data elements 28 to 31, 97 and their kind.

use core::fmt;

use super::amount::Major;
use super::{Amount, Currency, ValueError, digits};

/// Amount in minor units with a leading `C` (credit, positive) or `D` (debit, negative).
///
/// Equal when sign and amount are: `D00000000` is not `C00000000`, so that both survive being read and written. Compare
/// [`minor_units`](Self::minor_units) where the value is meant.
///
/// ```
/// use isopace::types::{Currency, SignedAmount};
///
/// let fee = SignedAmount::from_chars(b"D00000150")?;
/// assert_eq!(fee.minor_units(), -150);
/// assert_eq!(fee.in_currency(Currency::USD).to_string(), "-1.50");
/// # Ok::<(), isopace::types::ValueError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct SignedAmount {
    debit: bool,
    /// At most `i64::MAX`, of a debit one more.
    units: u64,
}

/// Largest credit.
const MOST: u64 = i64::MAX as u64;

impl SignedAmount {
    /// So many minor units: positive is a credit, negative a debit, zero a credit.
    #[inline]
    #[must_use]
    pub const fn minor(units: i64) -> Self {
        Self { debit: units < 0, units: units.unsigned_abs() }
    }

    /// A credit.
    ///
    /// # Errors
    ///
    /// More than an `i64` holds.
    #[inline]
    pub const fn credit(amount: Amount) -> Result<Self, ValueError> {
        Self::checked(false, amount.minor_units())
    }

    /// A debit.
    ///
    /// # Errors
    ///
    /// More than an `i64` holds.
    #[inline]
    pub const fn debit(amount: Amount) -> Result<Self, ValueError> {
        Self::checked(true, amount.minor_units())
    }

    /// Reads `C` or `D` and 1 to 19 ASCII digits: minor units.
    ///
    /// # Errors
    ///
    /// Another length, another sign, a character that is no digit, or more than an `i64` holds.
    #[inline]
    pub fn from_chars(bytes: &[u8]) -> Result<Self, ValueError> {
        let Some((sign, number)) = bytes.split_first().filter(|_| matches!(bytes.len(), 2..=20)) else {
            return Err(ValueError::length(2, 20, bytes.len()));
        };
        let debit = match sign {
            b'C' => false,
            b'D' => true,
            _ => return Err(ValueError::character(0, "C or D")),
        };
        match digits::parse_u64(number) {
            Ok(units) => Self::checked(debit, units),
            Err(ValueError::Character { index, expected }) => Err(ValueError::Character { index: index + 1, expected }),
            Err(other) => Err(other),
        }
    }

    /// Writes sign and amount over the whole of `out`, zeros between.
    ///
    /// # Errors
    ///
    /// When `out` has not room for the sign and every digit.
    #[inline]
    pub fn write(self, out: &mut [u8]) -> Result<(), ValueError> {
        let Some((sign, number)) = out.split_first_mut().filter(|(_, number)| !number.is_empty()) else {
            return Err(ValueError::length(2, 20, 0));
        };
        digits::write_fixed(self.units, number)?;
        *sign = if self.debit { b'D' } else { b'C' };
        Ok(())
    }

    /// So many minor units, a debit below zero.
    #[inline]
    #[must_use]
    pub const fn minor_units(self) -> i64 {
        // Two's complement does the right thing for 2^63, the one debit whose amount is no i64.
        let units = self.units as i64;
        if self.debit { units.wrapping_neg() } else { units }
    }

    /// The amount without its sign.
    #[inline]
    #[must_use]
    pub const fn amount(self) -> Amount {
        Amount::minor(self.units)
    }

    /// Whether the sign is `C`.
    #[inline]
    #[must_use]
    pub const fn is_credit(self) -> bool {
        !self.debit
    }

    /// Whether the sign is `D`.
    #[inline]
    #[must_use]
    pub const fn is_debit(self) -> bool {
        self.debit
    }

    /// The amount as people write it: `-1.50` for a debit of 150 in USD.
    #[must_use]
    pub fn in_currency(self, currency: Currency) -> impl fmt::Display {
        Major { negative: self.debit, units: self.units, exponent: currency.exponent().unwrap_or(0) }
    }

    #[inline]
    const fn checked(debit: bool, units: u64) -> Result<Self, ValueError> {
        if units > MOST + debit as u64 {
            return Err(ValueError::Range { expected: "at most 9223372036854775807" });
        }
        Ok(Self { debit, units })
    }
}

impl fmt::Display for SignedAmount {
    /// Sign and minor units: `C100`, `D150`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", if self.debit { 'D' } else { 'C' }, self.units)
    }
}

debug_as_shown!(SignedAmount);

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn table() {
        // Characters, minor units, shown, in USD.
        let table = [
            ("C00000100", 100, "C100", "1.00"),
            ("D00000150", -150, "D150", "-1.50"),
            ("C00000000", 0, "C0", "0.00"),
            ("D00000000", 0, "D0", "-0.00"),
            ("C9223372036854775807", i64::MAX, "C9223372036854775807", "92233720368547758.07"),
            ("D9223372036854775808", i64::MIN, "D9223372036854775808", "-92233720368547758.08"),
        ];
        for (text, units, shown, major) in table {
            let amount = SignedAmount::from_chars(text.as_bytes()).unwrap();
            assert_eq!(amount.minor_units(), units);
            assert_eq!(amount.to_string(), shown);
            assert_eq!(amount.in_currency(Currency::USD).to_string(), major);
            assert_eq!(amount.is_debit(), text.starts_with('D'));
            assert_eq!(amount.is_credit(), text.starts_with('C'));
            let mut out = vec![0; text.len()];
            amount.write(&mut out).unwrap();
            assert_eq!(out, text.as_bytes());
        }
        let of = Amount::minor(100);
        assert_eq!(SignedAmount::credit(of), Ok(SignedAmount::minor(100)));
        assert_eq!(SignedAmount::debit(of), Ok(SignedAmount::minor(-100)));
        assert!(SignedAmount::credit(Amount::minor(u64::MAX)).is_err());
    }

    #[test]
    fn refused() {
        let read = |text: &str| SignedAmount::from_chars(text.as_bytes()).unwrap_err();
        assert_eq!(read(""), ValueError::length(2, 20, 0));
        assert_eq!(read("C"), ValueError::length(2, 20, 1));
        assert_eq!(read("C12345678901234567890"), ValueError::length(2, 20, 21));
        assert_eq!(read("+00000100"), ValueError::character(0, "C or D"));
        assert_eq!(read("c00000100"), ValueError::character(0, "C or D"));
        assert_eq!(read("C0000010x"), ValueError::character(8, "a digit"));
        assert!(matches!(read("C9223372036854775808"), ValueError::Range { .. }));
        assert!(matches!(read("D9223372036854775809"), ValueError::Range { .. }));
        let mut out = *b"xxx";
        assert_eq!(SignedAmount::minor(-150).write(&mut out), Err(ValueError::TooLarge { digits: 2 }));
        assert_eq!(out, *b"xxx");
        assert!(SignedAmount::minor(0).write(&mut [0]).is_err());
        assert!(SignedAmount::minor(0).write(&mut []).is_err());
    }

    proptest! {
        #[test]
        fn both_ways(units: i64) {
            let amount = SignedAmount::minor(units);
            prop_assert_eq!(amount.minor_units(), units);
            prop_assert_eq!(amount.amount().minor_units(), units.unsigned_abs());
            let mut out = [0; 20];
            amount.write(&mut out).unwrap();
            prop_assert_eq!(SignedAmount::from_chars(&out), Ok(amount));
        }
    }
}
