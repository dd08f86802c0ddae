//! Processing code, data element 3.

use core::fmt;
use core::str::FromStr;

use super::{ValueError, digits};

crate::codes! {
    /// Transaction type: the first two digits of the processing code (ISO 8583:1987, table of processing codes).
    pub struct TransactionType: 2 {
        GOODS_AND_SERVICES = "00" => "goods and services",
        WITHDRAWAL = "01" => "withdrawal or cash advance",
        DEBIT_ADJUSTMENT = "02" => "adjustment, debit",
        CHEQUE_GUARANTEE = "03" => "cheque guarantee",
        CHEQUE_VERIFICATION = "04" => "cheque verification",
        EUROCHEQUE = "05" => "eurocheque",
        TRAVELLERS_CHEQUE = "06" => "traveller's cheque",
        LETTER_OF_CREDIT = "07" => "letter of credit",
        GIRO = "08" => "giro",
        GOODS_AND_SERVICES_WITH_CASH = "09" => "goods and services with cash back",
        RETURN = "20" => "return or refund",
        DEPOSIT = "21" => "deposit",
        CREDIT_ADJUSTMENT = "22" => "adjustment, credit",
        CHEQUE_DEPOSIT_GUARANTEE = "23" => "cheque deposit guarantee",
        CHEQUE_DEPOSIT = "24" => "cheque deposit",
        AVAILABLE_FUNDS_INQUIRY = "30" => "available funds inquiry",
        BALANCE_INQUIRY = "31" => "balance inquiry",
        TRANSFER = "40" => "transfer between accounts",
        PAYMENT = "50" => "payment",
    }
}

crate::codes! {
    /// Account type: the middle two digits (from) and the last two digits (to) of the processing code.
    pub struct AccountType: 2 {
        DEFAULT = "00" => "default or unspecified",
        SAVINGS = "10" => "savings",
        CHECKING = "20" => "checking",
        CREDIT = "30" => "credit",
        UNIVERSAL = "40" => "universal",
        INVESTMENT = "50" => "investment",
    }
}

/// Processing code, `n 6`: transaction type, account the amount comes from, account it goes to.
///
/// Any six digits are kept; see [`TransactionType`] and [`AccountType`] for those that have names.
///
/// ```
/// use isopace::types::{AccountType, ProcessingCode, TransactionType};
///
/// let code = ProcessingCode::new("012000")?;
/// assert_eq!(code.transaction_type(), TransactionType::WITHDRAWAL);
/// assert_eq!(code.from_account(), AccountType::CHECKING);
/// assert_eq!(code.to_account(), AccountType::DEFAULT);
/// # Ok::<(), isopace::types::ValueError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ProcessingCode([u8; 6]);

impl ProcessingCode {
    /// A code given as text.
    ///
    /// # Errors
    ///
    /// Anything but six digits.
    #[inline]
    pub fn new(digits: &str) -> Result<Self, ValueError> {
        Self::from_digits(digits.as_bytes())
    }

    /// A code of these parts.
    ///
    /// # Errors
    ///
    /// A part that has a character other than digits.
    pub fn from_parts(
        transaction_type: TransactionType,
        from_account: AccountType,
        to_account: AccountType,
    ) -> Result<Self, ValueError> {
        let parts = [transaction_type.as_str(), from_account.as_str(), to_account.as_str()];
        let mut code = [0; 6];
        for (place, part) in code.as_chunks_mut::<2>().0.iter_mut().zip(parts) {
            *place = *digits::exactly(part.as_bytes())?;
        }
        Self::from_digits(&code)
    }

    /// Reads six ASCII digits.
    ///
    /// # Errors
    ///
    /// Another length, or a character that is no digit.
    #[inline]
    pub fn from_digits(bytes: &[u8]) -> Result<Self, ValueError> {
        let code = digits::exactly::<6>(bytes)?;
        digits::require_digits(code)?;
        Ok(Self(*code))
    }

    /// The six ASCII digits.
    #[inline]
    #[must_use]
    pub const fn digits(self) -> [u8; 6] {
        self.0
    }

    /// The six digits as text.
    #[inline]
    #[must_use]
    pub fn as_str(&self) -> &str {
        digits::text(&self.0)
    }

    /// The first two digits: what kind of transaction this is.
    #[must_use]
    pub const fn transaction_type(self) -> TransactionType {
        let [a, b, ..] = self.0;
        TransactionType::of([a, b])
    }

    /// The middle two digits: the account that is debited or asked about.
    #[must_use]
    pub const fn from_account(self) -> AccountType {
        let [_, _, a, b, ..] = self.0;
        AccountType::of([a, b])
    }

    /// The last two digits: the account that is credited.
    #[must_use]
    pub const fn to_account(self) -> AccountType {
        let [.., a, b] = self.0;
        AccountType::of([a, b])
    }
}

impl TransactionType {
    const fn of(digits: [u8; 2]) -> Self {
        Self(super::Code::checked(digits))
    }
}

impl AccountType {
    const fn of(digits: [u8; 2]) -> Self {
        Self(super::Code::checked(digits))
    }
}

impl fmt::Display for ProcessingCode {
    /// `012000`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

debug_as_shown!(ProcessingCode);

impl FromStr for ProcessingCode {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        Self::new(text)
    }
}

impl PartialEq<str> for ProcessingCode {
    fn eq(&self, other: &str) -> bool {
        self.as_str() == other
    }
}

impl PartialEq<&str> for ProcessingCode {
    fn eq(&self, other: &&str) -> bool {
        self.as_str() == *other
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_and_whole() {
        for number in (0..1_000_000).step_by(7) {
            let text = format!("{number:06}");
            let code = ProcessingCode::new(&text).unwrap();
            let (transaction_type, from, to) = (code.transaction_type(), code.from_account(), code.to_account());
            assert_eq!(format!("{transaction_type}{from}{to}"), text);
            assert_eq!(ProcessingCode::from_parts(transaction_type, from, to), Ok(code));
            assert_eq!(ProcessingCode::from_digits(&code.digits()), Ok(code));
            assert_eq!((code.to_string(), text.parse()), (text.clone(), Ok(code)));
            assert_eq!(code, text.as_str());
        }
    }

    #[test]
    fn names() {
        let code = ProcessingCode::new("092010").unwrap();
        assert_eq!(code.transaction_type(), TransactionType::GOODS_AND_SERVICES_WITH_CASH);
        assert_eq!(code.from_account().meaning(), Some("checking"));
        assert_eq!(code.to_account().meaning(), Some("savings"));
        assert_eq!(ProcessingCode::new("990000").unwrap().transaction_type().meaning(), None);
        assert_eq!(format!("{code:?}"), "ProcessingCode(092010)");
    }

    #[test]
    fn refused() {
        let purchase = TransactionType::GOODS_AND_SERVICES;
        let odd = AccountType::new("1x").unwrap();
        let error = ProcessingCode::from_parts(purchase, AccountType::DEFAULT, odd);
        assert_eq!(error, Err(ValueError::character(5, "a digit")));
        assert_eq!(ProcessingCode::new("00000"), Err(ValueError::length(6, 6, 5)));
        assert_eq!(ProcessingCode::new("00 000"), Err(ValueError::character(2, "a digit")));
    }
}
