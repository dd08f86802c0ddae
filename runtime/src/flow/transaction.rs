//! One transaction, from its begin to its end.

mod finish;
mod prepare;

use std::sync::Arc;

use tokio::time::Instant;

use super::budget::{Budget, Spent};
use super::contain::{Panicked, Ran, contained, within};
use super::error::Cause;
use super::idempotency::{Begin, IdempotencyError, Reservation};
use super::inner::Inner;
use super::journal::{Entry, JournalError, TransactionId};
use super::outcome::{Ended, Outcome};
use super::profile::Profile;

pub(super) struct Transaction<C> {
    inner: Arc<Inner<C>>,
    id: TransactionId,
    context: C,
    budget: Budget,
    /// Of the next record.
    sequence: u32,
    /// Nothing more can be written: whether the last record is in the journal is not known, or it has no begin.
    silent: bool,
    joined: Vec<Joined>,
    profile: Profile,
}

/// A stage that joined: to be committed or aborted.
#[derive(Clone, Copy)]
struct Joined {
    position: u32,
    group: usize,
    stage: usize,
}

impl<C: Send + 'static> Transaction<C> {
    pub(super) fn new(inner: Arc<Inner<C>>, id: TransactionId, context: C, budget: Budget) -> Self {
        let (joined, profile) = (Vec::new(), Profile::default());
        Transaction { inner, id, context, budget, sequence: 0, silent: false, joined, profile }
    }

    pub(super) async fn run(mut self) -> Ended<C> {
        let began = Instant::now();
        let outcome = self.once().await;
        self.profile.total = began.elapsed();
        let flow = self.inner.name.to_string();
        metrics::counter!("isopace_flow_transactions_total", "flow" => flow.clone(), "outcome" => outcome.name())
            .increment(1);
        metrics::histogram!("isopace_flow_transaction_seconds", "flow" => flow)
            .record(self.profile.total.as_secs_f64());
        Ended { context: self.context, outcome, profile: self.profile }
    }

    /// Carries it out, unless the same request was answered before.
    async fn once(&mut self) -> Outcome {
        let (outcome, reservation) = match self.reserve().await {
            Ok(Begin::Replay(answer)) => match self.replay(&answer) {
                Ok(()) => return Outcome::Replayed,
                Err(cause) => return Outcome::Aborted { cause },
            },
            Ok(Begin::Fresh(reservation)) => (self.claimed().await, Some(reservation)),
            Err(None) => (self.claimed().await, None),
            Err(Some(cause)) => (Outcome::Aborted { cause }, None),
        };
        self.answer(&outcome, reservation).await;
        outcome
    }

    /// Nothing but an error when there is no key, or nobody who keeps answers.
    async fn reserve(&mut self) -> Result<Begin, Option<Cause>> {
        let inner = Arc::clone(&self.inner);
        let answers = inner.answers.as_ref().ok_or(None)?;
        let store = |why: &str| Some(Cause::Idempotency(IdempotencyError::Store(why.to_owned())));
        let key = contained(|| (answers.key)(&self.context)).map_err(|Panicked| store("the key panicked"))?;
        let key = key.ok_or(None)?;
        let begin = Box::pin(async { answers.store.begin(&key, &self.budget).await });
        match within(begin, &self.budget).await {
            Ran::Done(begin) => begin.map_err(|error| Some(Cause::Idempotency(error))),
            Ran::Panicked => Err(store("the store of answers panicked")),
            Ran::Cut(Spent::Deadline) => Err(Some(Cause::Deadline { stage: None })),
            Ran::Cut(Spent::Cancelled) => Err(Some(Cause::Cancelled { stage: None })),
        }
    }

    fn replay(&mut self, answer: &[u8]) -> Result<(), Cause> {
        let Some(answers) = &self.inner.answers else { return Ok(()) };
        let why = match contained(|| (answers.replay)(&mut self.context, answer)) {
            Ok(Ok(())) => return Ok(()),
            Ok(Err(failure)) => failure.to_string(),
            Err(Panicked) => "panicked".to_owned(),
        };
        Err(Cause::Idempotency(IdempotencyError::NotReplayed(why)))
    }

    /// Keeps the answer, or says that there is none.
    async fn answer(&mut self, outcome: &Outcome, reservation: Option<Reservation>) {
        let Some(answers) = &self.inner.answers else { return };
        let answer = contained(|| (answers.answer)(&mut self.context, outcome)).unwrap_or_default();
        let Some(reservation) = reservation else { return };
        let work = Box::pin(async move {
            match answer {
                Some(answer) => reservation.complete(answer).await,
                // Dropped: nothing came of it, so that it may be tried again.
                None if outcome.is_aborted() => Ok(()),
                None => reservation.withhold().await,
            }
        });
        let error = match within(work, &Budget::within(self.inner.write)).await {
            Ran::Done(Ok(())) => return,
            Ran::Done(Err(error)) => error.to_string(),
            Ran::Panicked => "the store of answers panicked".to_owned(),
            Ran::Cut(_) => format!("no end within {:?}", self.inner.write),
        };
        tracing::error!(id = %self.id, %error, "an answer could not be kept");
    }

    /// Carries it out, unless one of the same id is under way.
    async fn claimed(&mut self) -> Outcome {
        let Some(_claim) = Claim::of(&self.inner, &self.id) else {
            return Outcome::Aborted { cause: Cause::SameId };
        };
        let begun = Entry::Begun { flow: Arc::clone(&self.inner.name) };
        let prepared = match self.write(begun).await {
            Ok(()) => self.prepare().await,
            Err(error) => {
                // What has not begun has no end either.
                self.silent = true;
                Err(Cause::Journal(error))
            }
        };
        match prepared {
            Ok(()) => self.commit().await,
            Err(cause) => self.abort(cause).await,
        }
    }

    /// Writes the next record.
    async fn write(&mut self, entry: Entry) -> Result<(), JournalError> {
        if self.silent {
            return Err(JournalError::Unknown("a record before it may be missing".to_owned()));
        }
        let written = self.inner.append(&self.id, self.sequence, entry).await;
        match &written {
            Ok(()) => self.sequence += 1,
            Err(JournalError::NotWritten(_)) => {}
            Err(_) => self.silent = true,
        }
        written
    }
}

/// An id that no other transaction has meanwhile.
pub(super) struct Claim<C> {
    inner: Arc<Inner<C>>,
    id: TransactionId,
}

impl<C> Claim<C> {
    pub(super) fn of(inner: &Arc<Inner<C>>, id: &TransactionId) -> Option<Self> {
        inner.live.claim(id).then(|| Claim { inner: Arc::clone(inner), id: id.clone() })
    }
}

impl<C> Drop for Claim<C> {
    fn drop(&mut self) {
        self.inner.live.release(&self.id);
    }
}
