//! What a dialect says of one data element, subfield or tag: constants of generated code.

pub use super::key::Key;
pub use super::layout::{Composite, CompositeKind};
use crate::wire::Rule;

/// One data element, or one child of a composite.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Field {
    /// Its number or tag within its parent.
    pub key: Key,
    /// Name in code: `pan`.
    pub ident: &'static str,
    /// Name for people: `Primary account number`.
    pub name: &'static str,
    /// What its bytes look like.
    pub rule: Rule,
    /// What the value means.
    pub kind: Kind,
    /// Who may see it.
    pub sensitivity: Sensitivity,
    /// Known values of an open set: code and meaning.
    pub values: &'static [(&'static str, &'static str)],
    /// What is inside, if anything.
    pub composite: Option<Composite>,
    /// Name of its element where its composite is written as XML.
    pub xml: Option<&'static str>,
}

impl Field {
    /// A field that anyone may see and that has no inside.
    #[must_use]
    pub const fn new(key: Key, ident: &'static str, name: &'static str, kind: Kind, rule: Rule) -> Self {
        Field { key, ident, name, rule, kind, sensitivity: Sensitivity::Clear, values: &[], composite: None, xml: None }
    }

    /// With this class of secrecy.
    #[must_use]
    pub const fn sensitive(mut self, sensitivity: Sensitivity) -> Self {
        self.sensitivity = sensitivity;
        self
    }

    /// With these known values.
    #[must_use]
    pub const fn values(mut self, values: &'static [(&'static str, &'static str)]) -> Self {
        self.values = values;
        self
    }

    /// With fields inside.
    #[must_use]
    pub const fn composite(mut self, composite: Composite) -> Self {
        self.composite = Some(composite);
        self
    }

    /// With this name where its composite is written as XML.
    #[must_use]
    pub const fn xml_name(mut self, name: &'static str) -> Self {
        self.xml = Some(name);
        self
    }
}

/// What a value means; the Rust type of an accessor follows from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Characters.
    Text,
    /// Digits kept as such, leading zeros and all.
    Digits,
    /// An unsigned integer.
    Number,
    /// Bytes.
    Bytes,
    /// Minor units of a currency.
    Amount,
    /// Minor units with a credit or debit sign.
    SignedAmount,
    /// Primary account number.
    Pan,
    /// Track 1 data.
    Track1,
    /// Track 2 data.
    Track2,
    /// System trace audit number.
    Stan,
    /// Processing code.
    ProcessingCode,
    /// ISO 4217 currency, numeric.
    Currency,
    /// PIN block.
    PinBlock,
    /// MMDDhhmmss.
    MonthDayTime,
    /// MMDD.
    MonthDay,
    /// hhmmss.
    Time,
    /// YYMM.
    YearMonth,
    /// YYMMDD.
    Date,
    /// YYMMDDhhmmss.
    DateTime,
    /// A value of an open set.
    Code,
}

/// Who may see a value. Decides masking in every output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Sensitivity {
    /// Shown.
    Clear,
    /// First six and last four shown (PCI DSS 3.4.1).
    Pan,
    /// Sensitive authentication data (PCI DSS 3.3.1): the length only.
    Sad,
    /// Key material: the length only.
    Key,
    /// Personal data: the length only.
    Pii,
    /// Not known to be harmless: the length only.
    Opaque,
}

/// The field with this key.
pub(crate) const fn find(fields: &'static [Field], key: Key) -> Option<&'static Field> {
    // Positions stand at their place.
    if let Key::Number(number) = key
        && number > 0
        && number as usize <= fields.len()
        && fields[number as usize - 1].key.equals(key)
    {
        return Some(&fields[number as usize - 1]);
    }
    let mut at = 0;
    while at < fields.len() {
        if fields[at].key.equals(key) {
            return Some(&fields[at]);
        }
        at += 1;
    }
    None
}
