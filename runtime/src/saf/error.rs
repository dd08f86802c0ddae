//! Why a message was not accepted, or cannot be shown.

use crate::msg;
use crate::store::{SealError, StoreError};
use crate::types::Mti;

/// Why a message was not accepted.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum AcceptError {
    /// It is of another dialect than the destination.
    #[error("the destination takes {expected}, this is {found}")]
    Dialect {
        /// The dialect of the destination.
        expected: &'static str,
        /// That of the message.
        found: &'static str,
    },
    /// Messages of this type are not answered, so that nobody could tell whether it was delivered.
    #[error("{0} is not answered, so that it cannot be seen to be delivered")]
    NoAnswer(Mti),
    /// It has a PAN, and there is no key to keep it with.
    #[error("it has a PAN, and the store has no key to keep it with: configure one")]
    NoKey,
    /// As many messages wait as may.
    #[error("{most} messages wait already")]
    Full {
        /// How many may wait.
        most: u64,
    },
    /// It cannot be made fit to be stored.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// It is no message of its dialect.
    #[error("not a message: {0}")]
    Message(#[from] msg::Error),
    /// It could not be stored. Accept it again under the same id: it is then kept once, whether it has been stored or
    /// not.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl AcceptError {
    /// A stable name for programs and metrics.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            AcceptError::Dialect { .. } => "dialect",
            AcceptError::NoAnswer(_) => "no-answer",
            AcceptError::NoKey => "no-key",
            AcceptError::Full { .. } => "full",
            AcceptError::Seal(_) => "seal",
            AcceptError::Message(_) => "message",
            AcceptError::Store(_) => "store",
        }
    }
}

/// Why it cannot be started.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// It runs.
    #[error("it runs")]
    Running,
    /// This is not within a tokio runtime.
    #[error("not within a tokio runtime")]
    NoRuntime,
}
