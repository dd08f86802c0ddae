//! What can go wrong with a store.

use std::sync::Arc;

/// Why a store did not do what it was asked to.
///
/// Whether the change was made is open after [`Unavailable`](StoreError::Unavailable) and
/// [`TimedOut`](StoreError::TimedOut); in all other cases it was not. What a store is asked is told apart by ids, so
/// that asking once more is safe.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The engine failed, in its own words; they never hold what is stored.
    #[error("the store failed: {0}")]
    Unavailable(Arc<str>),
    /// There is no room left on the disk. Nothing was stored.
    #[error("no room left for the store: free some, or purge what is done")]
    Full,
    /// It did not answer in time.
    #[error("the store did not answer in time")]
    TimedOut,
    /// It has been closed.
    #[error("the store is closed")]
    Closed,
    /// It was written by a later version of this software.
    #[error("the store has schema version {found}, this software knows up to {known}: run the later version")]
    Newer {
        /// The version of what is there.
        found: u32,
        /// The latest version that is known here.
        known: u32,
    },
    /// Something in it is not what this software stores.
    #[error("the store holds what cannot be read: {0}")]
    Damaged(&'static str),
    /// It cannot be opened: what its configuration says is not there, or may not be used.
    #[error("the store cannot be opened: {0}")]
    Open(Arc<str>),
}

impl StoreError {
    /// A stable name for programs and metrics.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            StoreError::Unavailable(_) => "unavailable",
            StoreError::Full => "full",
            StoreError::TimedOut => "timed-out",
            StoreError::Closed => "closed",
            StoreError::Newer { .. } => "newer",
            StoreError::Damaged(_) => "damaged",
            StoreError::Open(_) => "open",
        }
    }

    /// Whether the change may have been made in spite of the error.
    #[must_use]
    pub const fn may_have_happened(&self) -> bool {
        matches!(self, StoreError::Unavailable(_) | StoreError::TimedOut)
    }

    pub(super) fn unavailable(why: impl std::fmt::Display) -> Self {
        StoreError::Unavailable(why.to_string().into())
    }

    pub(super) fn open(why: impl std::fmt::Display) -> Self {
        StoreError::Open(why.to_string().into())
    }
}
