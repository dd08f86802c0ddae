//! A data element, subfield or tag.

use super::{Class, Composite, Encoding, Length, Pad, Policy};

/// One data element, or one child of a composite.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// Its number or tag within its parent.
    pub key: Key,
    /// Name for people: `Primary account number`.
    pub name: String,
    /// Name in code, snake case, unique within its parent and no Rust keyword: `primary_account_number`, or what `ident` says.
    pub ident: String,
    /// Longer description, Markdown, possibly empty.
    pub doc: String,
    /// Which characters it may hold.
    pub class: Class,
    /// How they stand on the wire.
    pub encoding: Encoding,
    /// How many there are.
    pub length: Length,
    /// Filler of a fixed-length value.
    pub pad: Option<Pad>,
    /// How strictly content is held to the above.
    pub policy: Policy,
    /// What the value means.
    pub kind: Kind,
    /// Who may see it.
    pub sensitivity: Sensitivity,
    /// Whether the sign before packed digits (class `x+n`) is written in EBCDIC, as the text around it is.
    pub ebcdic_sign: bool,
    /// Known values of an open set, in the order of the file; empty when there is no set.
    pub values: Vec<Value>,
    /// Name of its element where what it stands in is written as XML.
    pub xml: Option<String>,
    /// What is inside, if anything.
    pub composite: Option<Composite>,
}

/// Where a field stands within its parent. Orders as the parent orders: numbers by value, tags by bytes, names by
/// characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Key {
    /// Data element number (2 to 192), position (from 1) or bit of a nested bitmap.
    Number(u16),
    /// Tag of bytes, one to four: of BER-TLV, or of `tlv` and `ltv` with binary tags.
    Tag(Vec<u8>),
    /// Tag of characters or digits, one to eight: of `tlv` and `ltv`.
    Text(String),
    /// Name of a pair.
    Name(String),
}

impl std::fmt::Display for Key {
    /// As in a path: `55`, `9F26`, `03`, `ORIGINAL_RID`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Key::Number(number) => write!(f, "{number}"),
            Key::Tag(bytes) => bytes.iter().try_for_each(|byte| write!(f, "{byte:02X}")),
            Key::Text(text) | Key::Name(text) => f.write_str(text),
        }
    }
}

/// What a value means: decides the Rust type of its accessor. In TOML, `type = "..."`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// `text`: characters. The default of `a`, `an`, `as`, `ns`, `anp` and `ans`.
    Text,
    /// `digits`: digits kept as such, leading zeros and all. The default of `n`.
    Digits,
    /// `number`: an unsigned integer, at most 19 digits.
    Number,
    /// `bytes`: the default of `b`.
    Bytes,
    /// `amount`: minor units of a currency.
    Amount,
    /// `signed-amount`: `x+n`, minor units, `C` positive and `D` negative. The default of `x+n`.
    SignedAmount,
    /// `pan`: primary account number (ISO/IEC 7812).
    Pan,
    /// `track-1`: track 1 data (ISO/IEC 7813).
    Track1,
    /// `track-2`: track 2 data (ISO/IEC 7813). The default of `z`.
    Track2,
    /// `stan`: system trace audit number, six digits.
    Stan,
    /// `processing-code`: transaction type and two account types, two digits each.
    ProcessingCode,
    /// `currency`: ISO 4217, numeric.
    Currency,
    /// `pin-block`: eight or sixteen bytes under a PIN key (ISO 9564).
    PinBlock,
    /// `MMDDhhmmss`: date and time without a year.
    MonthDayTime,
    /// `MMDD`: date without a year.
    MonthDay,
    /// `hhmmss`: time of day.
    Time,
    /// `YYMM`: year of the century and month.
    YearMonth,
    /// `YYMMDD`: date.
    Date,
    /// `YYMMDDhhmmss`: date and time.
    DateTime,
    /// `code`: a value of an open set. The default where `values` are listed.
    Code,
}

/// Who may see a value. Decides masking in every output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Sensitivity {
    /// `clear`: shown. The default of everything but class `b`.
    Clear,
    /// `pan`: first six and last four shown.
    Pan,
    /// `sad`: sensitive authentication data (PCI DSS 3.3.1): nothing shown but the length.
    Sad,
    /// `key`: key material: nothing shown but the length.
    Key,
    /// `pii`: personal data: nothing shown but the length.
    Pii,
    /// `opaque`: not known to be harmless: nothing shown but the length. The default of class `b`.
    Opaque,
}

/// A known value of an open set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Value {
    /// As it stands on the wire, decoded: `51`.
    pub code: String,
    /// What it means: `not sufficient funds`.
    pub meaning: String,
    /// Name in code, upper snake case, unique within the set: `NOT_SUFFICIENT_FUNDS`.
    pub ident: String,
}
