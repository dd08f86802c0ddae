//! Why something cannot be sealed or opened.

use crate::msg;

/// Why something cannot be made fit to be stored.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum SealError {
    /// It cannot be written without what may not be stored.
    #[error("cannot be written without what may not be stored: {0}")]
    Message(#[from] msg::Error),
    /// What may not be stored is still in this data element.
    #[error("what is in data element {0} may not be stored and cannot be left out")]
    Sensitive(u8),
    /// The name of its dialect has more than 255 bytes.
    #[error("the name of its dialect is too long")]
    Dialect,
    /// The system gives no random numbers.
    #[error("the system gives no random numbers")]
    Random,
    /// It is too long to be encrypted.
    #[error("too long to be encrypted")]
    Cipher,
}

/// Why something that was stored cannot be opened.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// It was sealed by a key that is not configured.
    #[error("sealed by the key {id}, which is not configured")]
    NoKey {
        /// The id of that key.
        id: String,
    },
    /// It was changed, or belongs to another place, or the key of this id is another one.
    #[error("it was changed, belongs to another place, or was sealed by another key of the same id")]
    Forged,
    /// It was sealed in another dialect.
    #[error("not sealed in the dialect {expected}")]
    Dialect {
        /// The dialect that was asked for.
        expected: &'static str,
    },
    /// It was sealed by a later version of this software.
    #[error("sealed in version {0}, which is not known here")]
    Version(u8),
    /// It is not whole.
    #[error("it is not whole")]
    Damaged,
    /// It is no message of its dialect any more.
    #[error("no message of its dialect: {0}")]
    Message(msg::Error),
}
