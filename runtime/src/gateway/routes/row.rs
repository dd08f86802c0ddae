//! A row as it is written down.

/// A row of [`Routes`](super::Routes): a route and what a request must be to take it. What is not given is not looked
/// at; a request that lacks an element does not meet a condition on it.
///
/// From a file it is a table with these names, all but `to` optional.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[cfg_attr(feature = "host", derive(serde::Deserialize), serde(deny_unknown_fields))]
#[non_exhaustive]
pub struct Row {
    /// Name of the route.
    pub to: String,
    /// First digits of the PAN, 1 to 12 each: of DE 2, or of track 2 or 1 (DE 35, 45) without it. Any of them will do.
    #[cfg_attr(feature = "host", serde(default))]
    pub pan_prefixes: Vec<String>,
    /// Message type, four digits, `x` for any: `02xx`.
    #[cfg_attr(feature = "host", serde(default))]
    pub mti: Option<String>,
    /// First digits of the processing code (DE 3), 1 to 6.
    #[cfg_attr(feature = "host", serde(default))]
    pub processing_code: Option<String>,
    /// Least amount (DE 4), in minor units.
    #[cfg_attr(feature = "host", serde(default))]
    pub amount_from: Option<u64>,
    /// Greatest amount (DE 4), in minor units, itself included.
    #[cfg_attr(feature = "host", serde(default))]
    pub amount_to: Option<u64>,
    /// Currency (DE 49): three digits or three letters (ISO 4217).
    #[cfg_attr(feature = "host", serde(default))]
    pub currency: Option<String>,
    /// First digits of the kind of business (ISO 18245), 1 to 4: DE 18, from the 1993 edition on DE 26.
    #[cfg_attr(feature = "host", serde(default))]
    pub merchant_type: Option<String>,
}

impl Row {
    /// A row that everything takes.
    #[must_use]
    pub fn to(route: impl Into<String>) -> Self {
        Row { to: route.into(), ..Row::default() }
    }

    /// PANs that begin with these digits; those that were given before remain.
    #[must_use]
    pub fn pan_prefix(mut self, digits: impl Into<String>) -> Self {
        self.pan_prefixes.push(digits.into());
        self
    }

    /// Message types such as `0200` or `02xx`.
    #[must_use]
    pub fn mti(mut self, pattern: impl Into<String>) -> Self {
        self.mti = Some(pattern.into());
        self
    }

    /// Processing codes that begin with these digits.
    #[must_use]
    pub fn processing_code(mut self, digits: impl Into<String>) -> Self {
        self.processing_code = Some(digits.into());
        self
    }

    /// Amounts from this one on, in minor units.
    #[must_use]
    pub const fn amount_from(mut self, minor_units: u64) -> Self {
        self.amount_from = Some(minor_units);
        self
    }

    /// Amounts up to this one, in minor units.
    #[must_use]
    pub const fn amount_to(mut self, minor_units: u64) -> Self {
        self.amount_to = Some(minor_units);
        self
    }

    /// This currency.
    #[must_use]
    pub fn currency(mut self, code: impl Into<String>) -> Self {
        self.currency = Some(code.into());
        self
    }

    /// Kinds of business that begin with these digits.
    #[must_use]
    pub fn merchant_type(mut self, digits: impl Into<String>) -> Self {
        self.merchant_type = Some(digits.into());
        self
    }
}
