//! What a flow is made of.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;

use super::budget::Budget;
use super::contain::{Ran, within};
use super::error::{Failure, FinishError};
use super::idempotency::Idempotency;
use super::journal::{Entry, Journal, JournalError, Record, TransactionId};
use super::live::Live;
use super::outcome::Outcome;
use super::profile::Phase;
use super::stage::AnyStage;

/// Attempts to write what may or may not have been written.
const ATTEMPTS: u32 = 3;

pub(super) struct Inner<C> {
    pub(super) name: Arc<str>,
    pub(super) groups: Vec<Group<C>>,
    pub(super) entry: usize,
    pub(super) most_stages: usize,
    /// For the commit or abort of a stage.
    pub(super) finish: Duration,
    /// For an attempt to write.
    pub(super) write: Duration,
    pub(super) journal: Option<Arc<dyn Journal>>,
    pub(super) answers: Option<Answers<C>>,
    pub(super) places: Arc<Semaphore>,
    pub(super) live: Live,
}

pub(super) struct Group<C> {
    pub(super) name: Arc<str>,
    pub(super) stages: Vec<Named<C>>,
}

pub(super) struct Named<C> {
    pub(super) name: Arc<str>,
    pub(super) stage: Box<dyn AnyStage<C>>,
}

/// Where answers are kept, and what [`Idempotent`](super::Idempotent) says for this context.
pub(super) struct Answers<C> {
    pub(super) store: Arc<dyn Idempotency>,
    pub(super) key: fn(&C) -> Option<String>,
    pub(super) answer: fn(&mut C, &Outcome) -> Option<Vec<u8>>,
    pub(super) replay: fn(&mut C, &[u8]) -> Result<(), Failure>,
}

impl<C: Send + 'static> Inner<C> {
    pub(super) fn group(&self, name: &str) -> Option<usize> {
        self.groups.iter().position(|group| *group.name == *name)
    }

    pub(super) fn stage(&self, group: &str, stage: &str) -> Option<&Named<C>> {
        let group = self.groups.get(self.group(group)?)?;
        group.stages.iter().find(|named| *named.name == *stage)
    }

    /// Commits or aborts one stage, in its own time.
    pub(super) async fn finish(&self, named: &Named<C>, phase: Phase, context: &mut C) -> Result<(), FinishError> {
        let budget = Budget::within(self.finish);
        let work = match phase {
            Phase::Commit => named.stage.commit(context, &budget),
            Phase::Prepare | Phase::Abort => named.stage.abort(context, &budget),
        };
        match within(work, &budget).await {
            Ran::Done(done) => done.map_err(FinishError::Failed),
            Ran::Panicked => Err(FinishError::Panicked),
            Ran::Cut(_) => Err(FinishError::Deadline),
        }
    }

    /// Writes to the journal, if there is one. What may or may not have been written is written again.
    pub(super) async fn append(&self, id: &TransactionId, sequence: u32, entry: Entry) -> Result<(), JournalError> {
        let Some(journal) = &self.journal else { return Ok(()) };
        let mut attempt = 1;
        loop {
            let record = Record { transaction: id.clone(), sequence, entry: entry.clone() };
            let append = Box::pin(async { journal.append(record).await });
            let error = match within(append, &Budget::within(self.write)).await {
                Ran::Done(Ok(())) => return Ok(()),
                // Written by an attempt before this one, perhaps: only the first can be certain that it was not.
                Ran::Done(Err(JournalError::NotWritten(why))) if attempt > 1 => JournalError::Unknown(why),
                Ran::Done(Err(error @ JournalError::NotWritten(_))) => return Err(error),
                Ran::Done(Err(error)) => error,
                Ran::Panicked => JournalError::Unknown("the journal panicked".to_owned()),
                Ran::Cut(_) => JournalError::Unknown(format!("no end within {:?}", self.write)),
            };
            if attempt == ATTEMPTS {
                return Err(error);
            }
            attempt += 1;
        }
    }
}
