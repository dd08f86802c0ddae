//! Why a mapping cannot be, or a message not be mapped.

use std::fmt;

use crate::msg::Error;

/// One thing that a mapping does not say, or that cannot be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Gap {
    /// The new dialect has nothing there: it is to be mapped or dropped.
    #[error("{path}: {to} has no such element; map it elsewhere or drop it")]
    Unmapped {
        /// The path.
        path: String,
        /// The new dialect.
        to: &'static str,
    },
    /// It is something else in the new dialect: it is to be mapped or dropped by name.
    #[error("{path}: {from} there is {to} here; say that it is the same, map it elsewhere, or drop it")]
    Meaning {
        /// The path.
        path: String,
        /// What it is.
        from: &'static str,
        /// What it would be.
        to: &'static str,
    },
    /// There are values that do not fit.
    #[error("{path}: not every value fits into {target}: {why}; convert or drop it")]
    Fit {
        /// The path.
        path: String,
        /// The path in the new dialect.
        target: String,
        /// Why.
        why: &'static str,
    },
    /// One of the dialects does not have what is mapped.
    #[error("{path}: the dialect {dialect} has no such element")]
    Unknown {
        /// The path.
        path: String,
        /// The dialect.
        dialect: &'static str,
    },
    /// A message type that is none.
    #[error("a message type is four digits")]
    MessageType,
}

/// All that a mapping lacks; at least one thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MappingError(pub(super) Vec<Gap>);

impl MappingError {
    /// Each of them.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Gap> {
        self.0.iter()
    }
}

impl fmt::Display for MappingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, gap) in self.0.iter().enumerate() {
            let separator = if at == 0 { "" } else { "; " };
            write!(f, "{separator}{gap}")?;
        }
        Ok(())
    }
}

impl std::error::Error for MappingError {}

/// Why a message cannot be mapped. Never holds what the message holds.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MapError {
    /// Something in it is not what the spec says, or cannot be written in the new dialect.
    #[error("{0}")]
    Message(#[from] Error),
    /// It holds a value that there is no place for.
    #[error("{0}: no place for it in the other dialect")]
    NoPlace(String),
    /// It holds a value that is not converted.
    #[error("{0}: a value that is not converted")]
    NoValue(String),
}
