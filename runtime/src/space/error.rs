//! Why something cannot be put or taken.

use std::fmt;

/// The space is closed, and there is nothing more under this key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the space is closed")]
pub struct Closed;

/// The space is closed: the value that was not put comes back.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct OutError<T>(
    /// The value.
    pub T,
);

/// A value was not put, and comes back.
#[derive(Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum TryOutError<T> {
    /// There is no room for it, or others wait for room before it.
    Full(T),
    /// The space is closed.
    Closed(T),
}

impl<T> TryOutError<T> {
    /// The value.
    pub fn into_inner(self) -> T {
        match self {
            TryOutError::Full(value) | TryOutError::Closed(value) => value,
        }
    }

    /// Whether it is for lack of room.
    pub const fn is_full(&self) -> bool {
        matches!(self, TryOutError::Full(_))
    }
}

// Neither of the two shows the value.
impl<T> fmt::Debug for OutError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OutError(..)")
    }
}

impl<T> fmt::Display for OutError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the space is closed")
    }
}

impl<T> fmt::Debug for TryOutError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.is_full() { "Full(..)" } else { "Closed(..)" })
    }
}

impl<T> fmt::Display for TryOutError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.is_full() { "the space is full" } else { "the space is closed" })
    }
}

impl<T> std::error::Error for OutError<T> {}
impl<T> std::error::Error for TryOutError<T> {}
