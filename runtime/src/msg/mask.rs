//! What may be shown of a value: the one place where masking is decided.

use std::fmt;

use super::field::{Field, Sensitivity};
use crate::wire::Raw;

/// The value of a field as it may be shown.
pub(crate) fn masked<'a>(field: &Field, raw: Raw<'a>) -> Masked<'a> {
    let sensitivity = match field.sensitivity {
        // What is inside has secrecy of its own, and is not told apart here.
        Sensitivity::Clear | Sensitivity::Pan if field.composite.is_some() => Sensitivity::Opaque,
        sensitivity => sensitivity,
    };
    Masked { sensitivity, raw }
}

/// Shows a value as its class of secrecy allows.
pub(crate) struct Masked<'a> {
    sensitivity: Sensitivity,
    raw: Raw<'a>,
}

impl fmt::Display for Masked<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let units = self.raw.units();
        match self.sensitivity {
            // Content that is not what the spec says may be anything, so nothing of it is shown.
            Sensitivity::Clear => match self.raw.leaf() {
                Ok(text) => f.write_str(&text),
                Err(_) => write!(f, "[UNREADABLE len={units}]"),
            },
            Sensitivity::Pan => match self.raw.leaf() {
                Ok(text) => first_six_last_four(&text, f),
                Err(_) => write!(f, "[UNREADABLE len={units}]"),
            },
            Sensitivity::Sad => write!(f, "[SAD len={units}]"),
            Sensitivity::Key => write!(f, "[KEY len={units}]"),
            Sensitivity::Pii => write!(f, "[PII len={units}]"),
            Sensitivity::Opaque => Opaque(units).fmt(f),
        }
    }
}

/// A value of which only the length may be shown.
pub(crate) struct Opaque(pub(crate) u32);

impl fmt::Display for Opaque {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[OPAQUE len={}]", self.0)
    }
}

/// First six and last four, the rest hidden (PCI DSS 3.4.1); of ten or fewer the last four, of four or fewer none.
fn first_six_last_four(text: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let count = text.chars().count();
    let (head, tail) = match count {
        0..=4 => (0, 0),
        5..=10 => (0, 4),
        _ => (6, 4),
    };
    for (index, character) in text.chars().enumerate() {
        let shown = index < head || index >= count - tail;
        write!(f, "{}", if shown { character } else { '*' })?;
    }
    Ok(())
}

/// How a value of a typed struct is shown by this class of secrecy: itself when clear, masked when it masks itself,
/// its length otherwise.
pub(crate) fn shown(field: &Field, value: &dyn fmt::Debug, units: usize, f: &mut fmt::DebugStruct<'_, '_>) {
    let word = match field.sensitivity {
        // A type that may hold a PAN, authentication data or a key prints itself masked.
        Sensitivity::Clear | Sensitivity::Pan | Sensitivity::Sad | Sensitivity::Key => {
            f.field(field.ident, value);
            return;
        }
        Sensitivity::Pii => "PII",
        // The view of a composite masks each child by itself.
        Sensitivity::Opaque if field.composite.is_some() => {
            f.field(field.ident, value);
            return;
        }
        Sensitivity::Opaque => "OPAQUE",
    };
    f.field(field.ident, &format_args!("[{word} len={units}]"));
}
