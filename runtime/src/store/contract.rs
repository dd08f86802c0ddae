//! What every store does.

use std::future::Future;
use std::pin::Pin;

use super::error::StoreError;
use super::journal::{NewRecord, TransactionId, Unfinished};
use super::moment::Moment;
use super::outcome::{Completion, Reservation, Reserved};
use super::queue::{Appended, Claim, Entry, EntryState, NewEntry, QueueStatus, Settled, Taken};

/// What a [`Store`] answers.
pub type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>;

/// Durable queues, outcomes and a journal.
///
/// An answer that is no error means that the change is on the disk. Every answer comes in bounded time. A call whose
/// future is dropped may be carried out or not.
pub trait Store: Send + Sync + 'static {
    /// Puts a message into a queue. The order of a queue is that in which messages were put in; among those put in at
    /// the same time it is any.
    ///
    /// # Errors
    /// It is not there, or that is open: see [`StoreError::may_have_happened`]. Put it in again with the same id.
    fn append<'a>(&'a self, entry: NewEntry<'a>) -> Answer<'a, Appended>;

    /// Takes the first message of a queue that waits, and counts it as sent. While one owner has it, nobody else gets
    /// any of this queue: so they are delivered in order, by however many nodes.
    ///
    /// # Errors
    /// The store failed.
    fn take<'a>(&'a self, claim: Claim<'a>) -> Answer<'a, Taken>;

    /// Says how the attempt ended, and gives the queue back. `false` when the queue was no longer that owner's, or the
    /// message was discarded meanwhile: nothing is changed then.
    ///
    /// # Errors
    /// The store failed.
    fn settle<'a>(&'a self, settled: Settled<'a>) -> Answer<'a, bool>;

    /// The messages of a queue in this state whose numbers are beyond `after`, in order, at most so many.
    ///
    /// # Errors
    /// The store failed.
    fn entries<'a>(&'a self, queue: &'a str, state: EntryState, after: u64, most: u32) -> Answer<'a, Vec<Entry>>;

    /// Takes a message that waits or is dead out of a queue for good, and forgets its id. Gives whether it was there.
    ///
    /// # Errors
    /// The store failed.
    fn discard<'a>(&'a self, queue: &'a str, seq: u64) -> Answer<'a, bool>;

    /// Puts a dead message back to wait, at its old place, to be tried as often as a new one and without an expiry.
    /// That it may have been sent stays known. Gives whether it was there and dead.
    ///
    /// # Errors
    /// The store failed.
    fn replay<'a>(&'a self, queue: &'a str, seq: u64, due: Moment) -> Answer<'a, bool>;

    /// Whether messages of a queue are given out, from now on and after a restart.
    ///
    /// # Errors
    /// The store failed.
    fn pause<'a>(&'a self, queue: &'a str, paused: bool) -> Answer<'a, ()>;

    /// How a queue is.
    ///
    /// # Errors
    /// The store failed.
    fn queue_status<'a>(&'a self, queue: &'a str) -> Answer<'a, QueueStatus>;

    /// Asks to do a piece of work: of all who ask at the same time one gets it.
    ///
    /// # Errors
    /// The store failed.
    fn reserve<'a>(&'a self, reservation: Reservation<'a>) -> Answer<'a, Reserved>;

    /// Keeps the outcome of a piece of work. `false` when it was no longer that owner's: nothing is changed then.
    ///
    /// # Errors
    /// The store failed.
    fn complete<'a>(&'a self, completion: Completion<'a>) -> Answer<'a, bool>;

    /// Puts another outcome in the place of one that is there. `false` when somebody has asked for it since the owner
    /// did, or has completed it: nothing is changed then.
    ///
    /// # Errors
    /// The store failed.
    fn amend<'a>(&'a self, completion: Completion<'a>) -> Answer<'a, bool>;

    /// Gives a piece of work back undone, so that it is fresh again. Gives whether it was that owner's.
    ///
    /// # Errors
    /// The store failed.
    fn release<'a>(&'a self, scope: &'a str, key: &'a str, owner: &'a str) -> Answer<'a, bool>;

    /// Forgets outcomes of a scope, those first that are to be forgotten first anyway, until it has no more than so many
    /// keys. What is in flight, or was abandoned, stays and counts. Gives how many were forgotten before their time.
    ///
    /// # Errors
    /// The store failed.
    fn trim<'a>(&'a self, scope: &'a str, most: u64, now: Moment) -> Answer<'a, u64>;

    /// Writes a step of a transaction down, which begins with its first one.
    ///
    /// # Errors
    /// The store failed.
    fn record<'a>(&'a self, record: NewRecord<'a>) -> Answer<'a, Appended>;

    /// Finishes a transaction: its steps are forgotten at once, its id when it is purged. One that never began is
    /// finished too, so that it cannot begin any more. Gives whether it was not finished before.
    ///
    /// # Errors
    /// The store failed.
    fn finish<'a>(&'a self, transaction: TransactionId<'a>, now: Moment) -> Answer<'a, bool>;

    /// The transactions of a journal that are not finished and whose numbers are beyond `after`, oldest first, at most
    /// so many.
    ///
    /// # Errors
    /// The store failed.
    fn unfinished<'a>(&'a self, journal: &'a str, after: u64, most: u32) -> Answer<'a, Vec<Unfinished>>;

    /// Forgets what was done before this moment: ids of delivered messages, finished transactions; and outcomes that
    /// are not to be remembered any more at `now`. What waits, is dead or is not finished stays. Gives how many of
    /// each.
    ///
    /// # Errors
    /// The store failed.
    fn purge(&self, before: Moment, now: Moment) -> Answer<'_, Purged>;

    /// Takes nothing more, waits for what was taken, and closes. It ends in bounded time, and may be called again.
    fn close(&self) -> Pin<Box<dyn Future<Output = ()> + Send + '_>>;
}

/// How much was forgotten.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Purged {
    /// Delivered messages.
    pub entries: u64,
    /// Outcomes.
    pub outcomes: u64,
    /// Finished transactions.
    pub transactions: u64,
}
