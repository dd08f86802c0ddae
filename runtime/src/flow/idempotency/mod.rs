//! The same request twice is carried out once.

mod memory;
#[cfg(feature = "store")]
mod stored;

use std::fmt;

pub use memory::MemoryAnswers;
#[cfg(feature = "store")]
pub use stored::StoredAnswers;

use super::budget::Budget;
use super::error::Failure;
use super::outcome::Outcome;
use super::stage::BoxFuture;

/// Keeps the answers to requests by their key, so that a request that is sent again gets the same answer and is not
/// carried out again: a decline as well as an approval.
///
/// Laws: of all who begin with a key at most one has its [`Reservation`]; the others wait for it to end, up to the end
/// of their budget. A `begin` that is dropped leaves nothing reserved. Where answers outlive the process, a reservation
/// that a crash left behind is withheld ([`IdempotencyError::Withheld`]): the request may have been carried out.
pub trait Idempotency: Send + Sync + 'static {
    /// Reserves a key, or gives the answer that is kept for it.
    fn begin<'a>(&'a self, key: &'a str, budget: &'a Budget) -> BoxFuture<'a, Result<Begin, IdempotencyError>>;
}

/// What is known of a request.
#[derive(Debug)]
pub enum Begin {
    /// Nothing. Whoever has this carries it out.
    Fresh(Reservation),
    /// It was answered like this.
    Replay(Vec<u8>),
}

/// The right to carry out a request: nobody else has it for the same key. Dropped, it frees the key.
pub struct Reservation {
    hold: Box<dyn Hold>,
}

/// What stands behind a [`Reservation`]. Dropped, it frees the key.
pub trait Hold: Send {
    /// Keeps the answer. When that fails the key is withheld: the request was carried out, and must not be again.
    fn complete(self: Box<Self>, answer: Vec<u8>) -> BoxFuture<'static, Result<(), IdempotencyError>>;

    /// Neither keeps an answer nor frees the key.
    fn withhold(self: Box<Self>) -> BoxFuture<'static, Result<(), IdempotencyError>>;
}

impl Reservation {
    /// With this behind it.
    pub fn new(hold: impl Hold + 'static) -> Self {
        Reservation { hold: Box::new(hold) }
    }

    /// Keeps the answer for all who come with the same key.
    ///
    /// # Errors
    /// It cannot be kept: the key is withheld.
    pub async fn complete(self, answer: Vec<u8>) -> Result<(), IdempotencyError> {
        self.hold.complete(answer).await
    }

    /// Leaves the key reserved without an answer, for as long as answers are kept: the request may have been carried
    /// out.
    ///
    /// # Errors
    /// It could not be written down.
    pub async fn withhold(self) -> Result<(), IdempotencyError> {
        self.hold.withhold().await
    }
}

impl fmt::Debug for Reservation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reservation").finish_non_exhaustive()
    }
}

/// Why it is not known whether a request may be carried out: it must not be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum IdempotencyError {
    /// The same request is under way, and did not end in time.
    #[error("the same request is under way")]
    InFlight,
    /// The same request may have been carried out, and there is no answer of it.
    #[error("the same request may have been carried out, and has no answer")]
    Withheld,
    /// There is no room for one more that is under way.
    #[error("as many requests are under way as can be kept")]
    Full,
    /// The answer is larger than what may be kept.
    #[error("an answer of {length} bytes is larger than the {most} that may be kept")]
    TooLarge {
        /// Bytes of the answer and its key.
        length: usize,
        /// Most bytes of all answers.
        most: usize,
    },
    /// The answer that is kept cannot be given again.
    #[error("the answer that is kept cannot be given again: {0}")]
    NotReplayed(String),
    /// The store does not work, told as a sentence.
    #[error("{0}")]
    Store(String),
}

/// A context whose transactions are carried out once: what the flow asks it, when
/// [`Builder::idempotency`](super::Builder::idempotency) is set.
pub trait Idempotent {
    /// What a request and its repetitions have in common and no other request has, such as acquirer, terminal, STAN and
    /// transmission time. Without a key it is carried out always.
    fn key(&self) -> Option<String>;

    /// The answer to be kept for repetitions, when the transaction has ended. Without one a repetition is carried out
    /// anew, which is right when nothing was decided about the request, such as after a deadline. It is not carried out
    /// anew when this one was or may have been committed.
    ///
    /// It is stored: no PIN block, track or verification value belongs in it.
    fn answer(&mut self, outcome: &Outcome) -> Option<Vec<u8>>;

    /// Takes the answer that was kept, in place of running the stages.
    ///
    /// # Errors
    /// It cannot be read: the transaction is aborted, no stage runs.
    fn replay(&mut self, answer: &[u8]) -> Result<(), Failure>;
}
