//! The conditions of a row, checked and ready to be compared.

use smallvec::SmallVec;

use super::error::RouteError;
use super::facts::Facts;
use super::row::Row;
use crate::msg::Dialect;
use crate::types::Currency;

/// Most digits of a prefix of the PAN: beyond these it would single out cards.
pub(super) const LONGEST_PREFIX: usize = 12;

/// Digits that a value is to begin with.
pub(super) type Digits = SmallVec<[u8; 16]>;

/// What a request must be, the PAN aside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Conditions {
    prefixes: Vec<Digits>,
    mti: Option<[u8; 4]>,
    processing_code: Option<Digits>,
    amount: Option<(u64, u64)>,
    currency: Option<u16>,
    merchant_type: Option<Digits>,
}

/// Where the kind of business stands: DE 18 in the edition of 1987, DE 26 from 1993 on.
pub(super) fn merchant_type_element(dialect: &Dialect) -> u8 {
    let first_edition = dialect.messages().first().is_none_or(|message| message.mti.starts_with('0'));
    if first_edition { 18 } else { 26 }
}

impl Conditions {
    pub(super) fn of(row: &Row, dialect: &'static Dialect, at: usize) -> Result<Self, Vec<RouteError>> {
        let mut check = Check { row: at, dialect, errors: Vec::new() };
        if row.to.is_empty() {
            check.wrong("to", "the name of a route");
        }
        let mut prefixes = Vec::new();
        for prefix in &row.pan_prefixes {
            prefixes.extend(check.digits("pan_prefixes", prefix, LONGEST_PREFIX, "1 to 12 digits each"));
        }
        if !prefixes.is_empty() && dialect.field(2).is_none() && dialect.field(35).is_none() {
            check.element("pan_prefixes", 2);
        }
        let mti = row.mti.as_ref().and_then(|pattern| check.mti(pattern));
        let processing_code = row.processing_code.as_ref().and_then(|digits| {
            check.element("processing_code", 3);
            check.digits("processing_code", digits, 6, "1 to 6 digits")
        });
        let currency = row.currency.as_ref().and_then(|code| {
            check.element("currency", 49);
            let found = currency(code.as_bytes());
            if found.is_none() {
                check.wrong("currency", "three digits or letters of ISO 4217");
            }
            found
        });
        let merchant_type = row.merchant_type.as_ref().and_then(|digits| {
            check.element("merchant_type", merchant_type_element(dialect));
            check.digits("merchant_type", digits, 4, "1 to 4 digits")
        });
        let amount = (row.amount_from.is_some() || row.amount_to.is_some())
            .then(|| (row.amount_from.unwrap_or(0), row.amount_to.unwrap_or(u64::MAX)));
        if let Some((from, to)) = amount {
            check.element("amount_from, amount_to", 4);
            if from > to {
                check.wrong("amount_to", "no less than amount_from");
            }
        }
        if !check.errors.is_empty() {
            return Err(check.errors);
        }
        Ok(Conditions { prefixes, mti, processing_code, amount, currency, merchant_type })
    }

    /// The prefixes of the PAN, each once; the empty one where there is no condition on it.
    pub(super) fn prefixes(&self) -> Vec<Digits> {
        let mut all = Vec::new();
        for prefix in &self.prefixes {
            if !all.contains(prefix) {
                all.push(prefix.clone());
            }
        }
        if all.is_empty() {
            all.push(Digits::new());
        }
        all
    }

    /// Whether everything meets them, the PAN aside.
    pub(super) const fn are_none(&self) -> bool {
        let Conditions { mti, processing_code, amount, currency, merchant_type, prefixes: _ } = self;
        mti.is_none() && processing_code.is_none() && amount.is_none() && currency.is_none() && merchant_type.is_none()
    }

    /// Whether a request of which this is known meets them, the PAN aside.
    pub(super) fn meets(&self, facts: &Facts) -> bool {
        self.mti.is_none_or(|pattern| covers(pattern, facts.mti))
            && self.processing_code.as_ref().is_none_or(|digits| facts.processing_code.starts_with(digits))
            && self.amount.is_none_or(|(from, to)| facts.amount.is_some_and(|amount| from <= amount && amount <= to))
            && self.currency.is_none_or(|currency| facts.currency == Some(currency))
            && self.merchant_type.as_ref().is_none_or(|digits| facts.merchant_type.starts_with(digits))
    }

    /// Whether all that meets `other` meets these, the PAN aside.
    pub(super) fn covers(&self, other: &Conditions) -> bool {
        let begins = |own: &Option<Digits>, other: &Option<Digits>| match (own, other) {
            (None, _) => true,
            (Some(own), Some(other)) => other.starts_with(own),
            (Some(_), None) => false,
        };
        let within = |(from, to): (u64, u64), other: Option<(u64, u64)>| {
            other.is_some_and(|(least, most)| from <= least && most <= to)
        };
        self.mti.is_none_or(|own| other.mti.is_some_and(|other| covers(own, other)))
            && begins(&self.processing_code, &other.processing_code)
            && self.amount.is_none_or(|own| within(own, other.amount))
            && self.currency.is_none_or(|own| other.currency == Some(own))
            && begins(&self.merchant_type, &other.merchant_type)
    }
}

/// Whether a pattern of a message type takes all that another one, or a message type, does.
fn covers(pattern: [u8; 4], other: [u8; 4]) -> bool {
    pattern.iter().zip(other).all(|(own, other)| *own == b'x' || *own == other)
}

/// A currency by its digits or letters.
pub(super) fn currency(code: &[u8]) -> Option<u16> {
    let found = match code {
        [b'0'..=b'9', ..] => Currency::from_digits(code).ok(),
        _ => std::str::from_utf8(code).ok().and_then(Currency::from_alpha),
    };
    found.map(Currency::numeric)
}

/// Gathers what is wrong with a row.
struct Check {
    row: usize,
    dialect: &'static Dialect,
    errors: Vec<RouteError>,
}

impl Check {
    fn wrong(&mut self, what: &'static str, expected: &'static str) {
        self.errors.push(RouteError::Value { row: self.row, what, expected });
    }

    fn element(&mut self, what: &'static str, element: u8) {
        if self.dialect.field(element).is_none() {
            self.errors.push(RouteError::NoElement { row: self.row, what, element });
        }
    }

    fn digits(&mut self, what: &'static str, text: &str, most: usize, expected: &'static str) -> Option<Digits> {
        if (1..=most).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Some(Digits::from_slice(text.as_bytes()));
        }
        self.wrong(what, expected);
        None
    }

    fn mti(&mut self, pattern: &str) -> Option<[u8; 4]> {
        let lower = pattern.to_ascii_lowercase();
        match <[u8; 4]>::try_from(lower.as_bytes()) {
            Ok(mti) if mti.iter().all(|byte| byte.is_ascii_digit() || *byte == b'x') => Some(mti),
            _ => {
                self.wrong("mti", "four digits, x for any");
                None
            }
        }
    }
}
