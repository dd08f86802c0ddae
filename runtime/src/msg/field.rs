//! What a dialect says of one data element, subfield or tag: constants of generated code.

use crate::wire::{BitmapRule, Rule};

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
}

impl Field {
    /// A field that anyone may see and that has no inside.
    #[must_use]
    pub const fn new(key: Key, ident: &'static str, name: &'static str, kind: Kind, rule: Rule) -> Self {
        Field { key, ident, name, rule, kind, sensitivity: Sensitivity::Clear, values: &[], composite: None }
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
    pub const fn composite(mut self, kind: CompositeKind, fields: &'static [Field]) -> Self {
        self.composite = Some(Composite { kind, fields });
        self
    }
}

/// Where a field stands within its parent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Key {
    /// Data element number (2 to 192), position (from 1) or bit of a nested bitmap.
    Number(u16),
    /// BER-TLV tag: its bytes, left-aligned, and how many there are (1 to 4).
    Tag([u8; 4], u8),
}

impl Key {
    /// A tag given as a number: `0x9F26` has two bytes.
    #[must_use]
    pub const fn tag(tag: u32) -> Self {
        let [a, b, c, d] = tag.to_be_bytes();
        match tag {
            0..=0xFF => Key::Tag([d, 0, 0, 0], 1),
            0x100..=0xFFFF => Key::Tag([c, d, 0, 0], 2),
            0x1_0000..=0xFF_FFFF => Key::Tag([b, c, d, 0], 3),
            _ => Key::Tag([a, b, c, d], 4),
        }
    }

    pub(crate) const fn equals(self, other: Key) -> bool {
        match (self, other) {
            (Key::Number(a), Key::Number(b)) => a == b,
            (Key::Tag(a, m), Key::Tag(b, n)) => m == n && u32::from_be_bytes(a) == u32::from_be_bytes(b),
            _ => false,
        }
    }
}

impl std::fmt::Display for Key {
    /// As in a path: `55`, `9F26`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Key::Number(number) => write!(f, "{number}"),
            Key::Tag(bytes, length) => bytes.iter().take(*length as usize).try_for_each(|byte| write!(f, "{byte:02X}")),
        }
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

/// A value made of values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Composite {
    /// How the children are laid out.
    pub kind: CompositeKind,
    /// The declared children, ascending by key.
    pub fields: &'static [Field],
}

impl Composite {
    /// The declared child with this key.
    #[must_use]
    pub const fn field(&self, key: Key) -> Option<&'static Field> {
        find(self.fields, key)
    }
}

/// The field with this key.
pub(crate) const fn find(fields: &'static [Field], key: Key) -> Option<&'static Field> {
    let mut at = 0;
    while at < fields.len() {
        if fields[at].key.equals(key) {
            return Some(&fields[at]);
        }
        at += 1;
    }
    None
}

/// How the children of a composite are laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CompositeKind {
    /// Children 1, 2, 3 ... one after the other; trailing ones may be missing.
    Positional,
    /// A bitmap of its own, then the children whose bit is set.
    Bitmap(BitmapRule),
    /// Tag, length, value by the basic encoding rules (ISO/IEC 8825-1; EMV Book 3, annex B).
    BerTlv,
}
