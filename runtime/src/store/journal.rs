//! A journal of transactions: what each has come to, until it is finished.

use super::moment::Moment;
use super::sealed::Sealed;

/// What names a transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TransactionId<'a> {
    /// Whose journal it is: journals know nothing of each other.
    pub journal: &'a str,
    /// Its name in there. It holds no card data.
    pub id: &'a str,
}

/// A step of a transaction, to be written down.
#[derive(Debug, Clone)]
pub struct NewRecord<'a> {
    /// Of this transaction, which begins with its first record.
    pub transaction: TransactionId<'a>,
    /// Which step: the same one again is not written again.
    pub sequence: u32,
    /// What kind of step, in a word of the writer's.
    pub kind: &'a str,
    /// What belongs to it, sealed for this place.
    pub body: Sealed,
    /// The time now.
    pub at: Moment,
}

/// A step of a transaction.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Record {
    /// Which step.
    pub sequence: u32,
    /// What kind of step.
    pub kind: String,
    /// What belongs to it.
    pub body: Sealed,
    /// When it was written.
    pub at: Moment,
}

/// A transaction that is not finished.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Unfinished {
    /// The order in which transactions began.
    pub number: u64,
    /// Its name in the journal.
    pub id: String,
    /// When it began.
    pub began: Moment,
    /// Its steps, by their sequence.
    pub records: Vec<Record>,
}
