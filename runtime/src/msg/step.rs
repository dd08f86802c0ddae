//! What the walk over a message needs of one element, worked out when a dialect is made.

use crate::wire::{Class, Counts, Encoding, Length, PrefixEncoding, Rule};

/// What the walk over a message needs of one element, ready to hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Step {
    pub(crate) prefix: StepPrefix,
    /// Most units; bytes on the wire when there is no prefix.
    pub(crate) size: u32,
    /// Place in the list of fields.
    pub(crate) field: u8,
}

/// The prefixes that the walk reads itself; all others go the general way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StepPrefix {
    Undefined,
    /// No data: the third bitmap where it is one of the elements.
    Bitmap,
    Fixed,
    Ll,
    Lll,
    General,
}

impl Step {
    pub(crate) const UNDEFINED: Step = Step { prefix: StepPrefix::Undefined, size: 0, field: 0 };

    pub(crate) const fn of(rule: &Rule, field: u8) -> Self {
        let plain = !matches!(rule.encoding, Encoding::Bcd { .. } | Encoding::Hex | Encoding::EbcdicHex)
            || matches!(rule.class, Class::B) && matches!(rule.encoding, Encoding::Raw);
        let (prefix, size) = match rule.length {
            Length::Fixed(units) => (StepPrefix::Fixed, rule.wire_bytes(units)),
            Length::Variable { prefix, min, max } => {
                let usual = matches!(prefix.encoding, PrefixEncoding::Ascii)
                    && matches!(prefix.counts, Counts::Units)
                    && !prefix.inclusive
                    && min == 0
                    && plain;
                match prefix.width {
                    2 if usual => (StepPrefix::Ll, max),
                    3 if usual => (StepPrefix::Lll, max),
                    _ => (StepPrefix::General, max),
                }
            }
            // A data element without a length of its own could only be the last one; the lints refuse it.
            Length::Rest { max } => (StepPrefix::General, max),
        };
        Step { prefix, size, field }
    }
}
