//! What is wrong with rows.

use std::fmt;

/// One thing wrong with a row. Rows are counted from 1.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RouteError {
    /// There are no rows.
    #[error("there are no rows: nothing would be routed")]
    Empty,
    /// A value that cannot be.
    #[error("row {row}: {what} is to be {expected}")]
    Value {
        /// The row.
        row: usize,
        /// Name of the value.
        what: &'static str,
        /// What it is to be.
        expected: &'static str,
    },
    /// The dialect does not have the element that a condition looks at.
    #[error("row {row}: {what} looks at DE {element}, which the dialect does not have")]
    NoElement {
        /// The row.
        row: usize,
        /// Name of the condition.
        what: &'static str,
        /// The element.
        element: u8,
    },
    /// Whatever would take it takes a row before it.
    #[error("row {row} is never reached: row {by} takes all that it would")]
    Unreachable {
        /// The row.
        row: usize,
        /// The row that takes its requests.
        by: usize,
    },
    /// It leads nowhere.
    #[error("rows lead to {name:?}, and there is no such route")]
    Unknown {
        /// The name.
        name: String,
    },
    /// The rows are for another dialect than the clients'.
    #[error("rows for the dialect {found}, and the clients speak {expected}")]
    Dialect {
        /// That of the clients.
        expected: &'static str,
        /// That of the rows.
        found: &'static str,
    },
}

/// All that is wrong with rows; at least one thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RouteErrors(Vec<RouteError>);

impl RouteErrors {
    pub(in crate::gateway) const fn new(errors: Vec<RouteError>) -> Self {
        RouteErrors(errors)
    }

    /// Each of them.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &RouteError> {
        self.0.iter()
    }
}

impl fmt::Display for RouteErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, error) in self.0.iter().enumerate() {
            let separator = if at == 0 { "" } else { "; " };
            write!(f, "{separator}{error}")?;
        }
        Ok(())
    }
}

impl std::error::Error for RouteErrors {}
