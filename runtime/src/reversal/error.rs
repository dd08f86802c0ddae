//! Why a reversal could not be begun.

use crate::msg;
use crate::saf::AcceptError;
use crate::store::{OpenError, SealError, StoreError};

/// Why a reversal could not be begun, or written down for later. The transaction may then need a reversal that nobody
/// sends: tell it again, it is told apart by its elements.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum ReversalError {
    /// The request lacks an element that tells its transaction from others.
    #[error("it lacks a data element that tells its transaction from others")]
    NoIdentity,
    /// The reversal cannot be written by the rules.
    #[error("the reversal cannot be written: {0}")]
    Build(#[from] msg::Error),
    /// It could not be put into the queue.
    #[error("the reversal was not accepted: {0}")]
    Accept(#[from] AcceptError),
    /// It could not be made fit to be stored.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// What was written down cannot be opened.
    #[error("what was written down cannot be opened: {0}")]
    Open(#[from] OpenError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}
