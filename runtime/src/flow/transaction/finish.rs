//! The second phase: all that joined commit, or all of them abort. Nothing cuts it short but the time of each stage.

use std::sync::Arc;

use tokio::time::Instant;

use super::Transaction;
use crate::flow::error::{Cause, StageFailure};
use crate::flow::journal::{Decision, Entry, JournalError};
use crate::flow::outcome::Outcome;
use crate::flow::profile::{Phase, Timing};

impl<C: Send + 'static> Transaction<C> {
    /// Decides to commit, and does so.
    pub(super) async fn commit(&mut self) -> Outcome {
        match self.write(Entry::Decided(Decision::Commit)).await {
            Ok(()) => {}
            // Nothing but the decision makes a commit: without it, certainly not there, all is undone.
            Err(error @ JournalError::NotWritten(_)) => return self.abort(Cause::Journal(error)).await,
            Err(error) => {
                tracing::error!(id = %self.id, reason = error.name(), "a transaction is in doubt");
                return Outcome::InDoubt;
            }
        }
        let failures = self.finish(Decision::Commit).await;
        if failures.is_empty() { Outcome::Committed } else { Outcome::CommitFailed { failures } }
    }

    /// Decides to abort, and does so. What is not decided is aborted after a crash, so that this need not be in the
    /// journal.
    pub(super) async fn abort(&mut self, cause: Cause) -> Outcome {
        if let Err(error) = self.write(Entry::Decided(Decision::Abort)).await {
            tracing::warn!(id = %self.id, reason = error.name(), "the decision to abort was not written");
        }
        let failures = self.finish(Decision::Abort).await;
        if failures.is_empty() { Outcome::Aborted { cause } } else { Outcome::AbortFailed { cause, failures } }
    }

    /// All that joined, in order or in reverse, each one whatever became of the others; then the truth of it is
    /// written.
    async fn finish(&mut self, decision: Decision) -> Vec<StageFailure> {
        let phase = match decision {
            Decision::Commit => Phase::Commit,
            Decision::Abort => Phase::Abort,
        };
        let mut order = std::mem::take(&mut self.joined);
        if decision == Decision::Abort {
            order.reverse();
        }
        let inner = Arc::clone(&self.inner);
        let (mut failures, mut positions) = (Vec::new(), Vec::new());
        for place in order {
            let named = &inner.groups[place.group].stages[place.stage];
            let began = Instant::now();
            let finished = inner.finish(named, phase, &mut self.context).await;
            self.profile.timings.push(Timing { stage: Arc::clone(&named.name), phase, took: began.elapsed() });
            if let Err(reason) = finished {
                failures.push(StageFailure { stage: Arc::clone(&named.name), reason });
                positions.push(place.position);
            }
        }
        let entry = if failures.is_empty() { Entry::Finished(decision) } else { Entry::Incomplete(positions) };
        if let Err(error) = self.write(entry).await {
            tracing::warn!(id = %self.id, reason = error.name(), "the end of a transaction was not written");
        }
        failures
    }
}
