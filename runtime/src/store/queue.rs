//! Queues of messages: what is put in, taken out and looked at.

use super::moment::Moment;
use super::sealed::Sealed;

/// A message to be put into a queue.
#[derive(Debug, Clone)]
pub struct NewEntry<'a> {
    /// The queue: usually the name of the destination.
    pub queue: &'a str,
    /// What names the message within its queue, for good: the same one again is not put in again. It holds no card
    /// data.
    pub id: &'a str,
    /// The message, sealed for this place.
    pub body: Sealed,
    /// When it was accepted.
    pub accepted: Moment,
    /// When it may be taken first.
    pub due: Moment,
    /// From when on it is not worth sending any more.
    pub expires: Option<Moment>,
}

/// What became of a message, or of a record, that was to be added.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Appended {
    /// It is there now, with this number.
    New(u64),
    /// It has been there, with this number; nothing was changed.
    Known(u64),
}

impl Appended {
    /// Its number in the order of its queue.
    #[must_use]
    pub const fn seq(self) -> u64 {
        match self {
            Appended::New(seq) | Appended::Known(seq) => seq,
        }
    }

    /// Whether it was not there before.
    #[must_use]
    pub const fn is_new(self) -> bool {
        matches!(self, Appended::New(_))
    }
}

/// Who wants the next message of a queue, and for how long.
#[derive(Debug, Clone, Copy)]
pub struct Claim<'a> {
    /// The queue.
    pub queue: &'a str,
    /// Who: unique among all that share the store. One who comes back under the same name gets what it had.
    pub owner: &'a str,
    /// The time now.
    pub now: Moment,
    /// Until when nobody else gets any message of this queue.
    pub until: Moment,
}

/// The next message of a queue, or why there is none.
#[derive(Debug, Clone)]
pub enum Taken {
    /// This one, counted as sent: by the time it can be sent, that is stored.
    Entry(Entry),
    /// Its first message is not due before this moment; those behind it wait for it.
    Later(Moment),
    /// Another owner has the queue, up to this moment at most.
    Busy(Moment),
    /// The queue is paused.
    Paused,
    /// Nothing waits.
    Empty,
}

/// A message in a queue.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Entry {
    /// Its number: the order of a queue.
    pub seq: u64,
    /// What names it.
    pub id: String,
    /// The message; empty when it is done.
    pub body: Sealed,
    /// How far it is.
    pub state: EntryState,
    /// When it was accepted.
    pub accepted: Moment,
    /// When it may be taken next.
    pub due: Moment,
    /// From when on it is not worth sending any more.
    pub expires: Option<Moment>,
    /// How often it may have been sent, the present attempt included.
    pub sent: u32,
    /// The same since it was accepted or put back by hand.
    pub tries: u32,
    /// Why it is dead.
    pub reason: Option<String>,
}

/// How far a message in a queue is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EntryState {
    /// It waits to be delivered.
    Pending,
    /// It was delivered. Its body is gone; its id is remembered until it is purged.
    Done,
    /// It was given up, and is kept for somebody to look at.
    Dead,
}

impl EntryState {
    /// A stable name for programs.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            EntryState::Pending => "pending",
            EntryState::Done => "done",
            EntryState::Dead => "dead",
        }
    }

    pub(super) const fn stored(self) -> i16 {
        match self {
            EntryState::Pending => 0,
            EntryState::Done => 1,
            EntryState::Dead => 2,
        }
    }

    pub(super) const fn of_stored(state: i64) -> Option<Self> {
        match state {
            0 => Some(EntryState::Pending),
            1 => Some(EntryState::Done),
            2 => Some(EntryState::Dead),
            _ => None,
        }
    }
}

/// How an attempt to deliver ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Settlement<'a> {
    /// It was delivered.
    Done,
    /// Not yet.
    Retry {
        /// When to try again.
        due: Moment,
        /// Whether it may have been sent. One that was not is not counted.
        sent: bool,
    },
    /// Given up.
    Dead {
        /// Why. It holds no card data.
        reason: &'a str,
        /// Whether it may have been sent by this attempt. One that was not is not counted.
        sent: bool,
    },
}

/// An attempt that has ended.
#[derive(Debug, Clone, Copy)]
pub struct Settled<'a> {
    /// The queue.
    pub queue: &'a str,
    /// The number of the message.
    pub seq: u64,
    /// Who had it.
    pub owner: &'a str,
    /// How it ended.
    pub how: Settlement<'a>,
    /// The time now.
    pub now: Moment,
}

/// How a queue is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct QueueStatus {
    /// Messages that wait.
    pub pending: u64,
    /// Messages that were given up.
    pub dead: u64,
    /// When the oldest of those that wait was accepted.
    pub oldest: Option<Moment>,
    /// Whether nothing is given out.
    pub paused: bool,
}
