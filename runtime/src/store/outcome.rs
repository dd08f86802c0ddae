//! Outcomes by key: who does a piece of work, and what came of it, so that it is done once.

use super::journal::TransactionId;
use super::moment::Moment;
use super::sealed::Sealed;

/// A wish to do a piece of work.
#[derive(Debug, Clone, Copy)]
pub struct Reservation<'a> {
    /// What kind of work it is: keys of one scope know nothing of another.
    pub scope: &'a str,
    /// What names it, such as acquirer, terminal, STAN and date. It holds no card data.
    pub key: &'a str,
    /// Who: unique for each attempt.
    pub owner: &'a str,
    /// The time now.
    pub now: Moment,
    /// Until when nobody else gets it. Its outcome has to be there by then.
    pub until: Moment,
    /// How long it is remembered that it was begun when its outcome is not there by then: until this moment whoever
    /// asks next is told that it was [abandoned](Reserved::Abandoned). When this is no later than `until`, it is fresh
    /// again instead.
    pub keep_until: Moment,
}

/// What is known of a piece of work.
#[derive(Debug, Clone)]
pub enum Reserved {
    /// Nothing: it is for who asked to do.
    Fresh,
    /// Another does it, up to this moment.
    InFlight(Moment),
    /// Another had it, and has let its time pass without an outcome: it may have been done. It is for who asked to say
    /// what came of it, as if it were fresh.
    Abandoned,
    /// It was done, with this outcome. Who asked is its owner from now on: see [`Store::amend`](super::Store::amend).
    Done(Sealed),
}

/// The outcome of a piece of work.
#[derive(Debug, Clone)]
pub struct Completion<'a> {
    /// What kind of work it is.
    pub scope: &'a str,
    /// What names it.
    pub key: &'a str,
    /// Who has reserved it.
    pub owner: &'a str,
    /// What came of it, sealed for this place.
    pub outcome: Sealed,
    /// How long it is remembered.
    pub keep_until: Moment,
    /// A transaction of a journal that is finished with it: both are on the disk, or neither is.
    pub finishes: Option<TransactionId<'a>>,
}
