//! What is written down of transactions, so that a crash leaves none half done.

mod entry;
mod log;
mod memory;
#[cfg(feature = "store")]
mod stored;

use std::fmt;
use std::sync::Arc;

pub(super) use entry::MOST_NAME;
pub use entry::{Decision, Entry, StepEntry};
pub use log::LogJournal;
pub use memory::MemoryJournal;
#[cfg(feature = "store")]
pub use stored::StoredJournal;

use super::stage::BoxFuture;

/// Where transactions are written down.
///
/// A record is stored as four things: transaction, sequence, [`Entry::code`] and the bytes of [`Entry::encode`]. Laws:
///
/// - When `append` has ended well the record survives a crash.
/// - The first record of a transaction at a sequence stands. The same record again is taken without effect; another one
///   is refused as [`JournalError::NotWritten`]. So commit and abort cannot both be decided.
/// - An append that is dropped may be written or not; that is what [`JournalError::Unknown`] says too.
pub trait Journal: Send + Sync + 'static {
    /// Writes a record; ends when it will survive a crash.
    fn append(&self, record: Record) -> BoxFuture<'_, Result<(), JournalError>>;

    /// All transactions without [`Entry::Finished`], each with its entries in sequence.
    fn unfinished(&self) -> BoxFuture<'_, Result<Vec<Open>, JournalError>>;
}

/// What is written at a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Of which transaction.
    pub transaction: TransactionId,
    /// From 0 on, without gaps.
    pub sequence: u32,
    /// What happened.
    pub entry: Entry,
}

/// A transaction that has not ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Open {
    /// Its id.
    pub transaction: TransactionId,
    /// What was written of it, in sequence.
    pub entries: Vec<Entry>,
}

/// The name of a transaction in journal and log: unique for as long as the journal keeps it, and without content of
/// messages that must not be shown. A clone shares it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TransactionId(Arc<str>);

impl TransactionId {
    /// This name.
    pub fn new(id: impl Into<Arc<str>>) -> Self {
        TransactionId(id.into())
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<T: Into<Arc<str>>> From<T> for TransactionId {
    fn from(id: T) -> Self {
        TransactionId::new(id)
    }
}

impl fmt::Display for TransactionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for TransactionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", &*self.0)
    }
}

/// Why a journal did not do what it should. The reasons are sentences for a person.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum JournalError {
    /// The record is certainly not in it, and will not be.
    #[error("not written: {0}")]
    NotWritten(String),
    /// Whether the record is in it is not known.
    #[error("not known whether it was written: {0}")]
    Unknown(String),
    /// It cannot be read.
    #[error("cannot be read: {0}")]
    NotRead(String),
    /// What is in it was not written by this version, or was changed.
    #[error("entry of the kind {code} that cannot be read")]
    Corrupt {
        /// The code of its kind.
        code: u8,
    },
}

impl JournalError {
    /// A stable name for programs and metrics.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            JournalError::NotWritten(_) => "not-written",
            JournalError::Unknown(_) => "unknown",
            JournalError::NotRead(_) => "not-read",
            JournalError::Corrupt { .. } => "corrupt",
        }
    }
}
