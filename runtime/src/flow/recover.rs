//! What a crash, or a commit or abort that failed, left open, driven to its end.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::budget::Budget;
use super::contain::{Ran, within};
use super::error::{FinishError, StageFailure};
use super::handle::Flow;
use super::journal::{Decision, Entry, JournalError, Open, StepEntry, TransactionId};
use super::profile::Phase;
use super::transaction::Claim;

/// What recovery did with a transaction.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Recovered {
    /// The transaction.
    pub transaction: TransactionId,
    /// What its stages were told to do: to commit, when that was decided before, and else to abort.
    pub decision: Decision,
    /// The stages that could not, or that cannot be brought back. With any, the transaction stays open.
    pub failures: Vec<StageFailure>,
    /// What could not be written. With it the transaction stays open.
    pub journal: Option<JournalError>,
}

impl Recovered {
    /// Whether it is at its end.
    #[must_use]
    pub const fn is_finished(&self) -> bool {
        self.failures.is_empty() && self.journal.is_none()
    }
}

impl<C: Send + 'static> Flow<C> {
    /// Drives all transactions of this flow that are open in its journal to their end: to commit, where that was
    /// decided, and else to abort. Those under way here are left alone. To be called at start, and again later when
    /// some could not be ended.
    ///
    /// Each stage gets a context of its own, by [`Stage::recover`](super::Stage::recover). Stages that did their part
    /// before are not called again where the journal says so; where a crash came between, they are.
    ///
    /// Nobody else may be running transactions of a flow of this name over the same journal.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub async fn recover(&self) -> Result<Vec<Recovered>, JournalError> {
        let mut claims = HashMap::new();
        for Open { transaction, .. } in self.open().await? {
            if let Some(claim) = Claim::of(&self.inner, &transaction) {
                claims.insert(transaction, claim);
            }
        }
        if claims.is_empty() {
            return Ok(Vec::new());
        }
        let mut recovered = Vec::new();
        // Read once more: some may have come to their end by themselves between the reading and the claim.
        for open in self.open().await? {
            let Some(_claim) = claims.remove(&open.transaction) else { continue };
            let one = self.recover_one(open).await;
            if !one.is_finished() {
                let Recovered { transaction, failures, journal, .. } = &one;
                let journal = journal.as_ref().map(JournalError::name);
                tracing::error!(id = %transaction, failures = failures.len(), journal, "a transaction stays open");
            }
            recovered.push(one);
        }
        Ok(recovered)
    }

    /// Says that a transaction which recovery cannot end was ended by hand, in this way. No stage is called.
    ///
    /// # Errors
    /// The journal cannot be read or written, the transaction is not open in it or under way here, or the other was
    /// decided.
    pub async fn settle(&self, id: impl Into<TransactionId>, decision: Decision) -> Result<(), JournalError> {
        let id = id.into();
        let refused = |why: &str| JournalError::NotWritten(why.to_owned());
        let _claim = Claim::of(&self.inner, &id).ok_or_else(|| refused("the transaction is under way"))?;
        let open = self.open().await?.into_iter().find(|open| open.transaction == id);
        let open = open.ok_or_else(|| refused("the transaction is not open"))?;
        let mut log = Log { flow: self, sequence: open.entries.len() as u32, open: &open };
        log.decide(decision).await?;
        log.write(Entry::Finished(decision)).await
    }

    async fn open(&self) -> Result<Vec<Open>, JournalError> {
        let Some(journal) = &self.inner.journal else { return Ok(Vec::new()) };
        let read = Box::pin(async { journal.unfinished().await });
        let open = match within(read, &Budget::within(self.inner.write)).await {
            Ran::Done(open) => open?,
            Ran::Panicked => return Err(JournalError::NotRead("the journal panicked".to_owned())),
            Ran::Cut(_) => return Err(JournalError::NotRead(format!("no end within {:?}", self.inner.write))),
        };
        let mine =
            |open: &Open| matches!(open.entries.first(), Some(Entry::Begun { flow }) if *flow == self.inner.name);
        Ok(open.into_iter().filter(mine).collect())
    }

    async fn recover_one(&self, open: Open) -> Recovered {
        let plan = Plan::of(&open.entries);
        let decision = plan.decision.unwrap_or(Decision::Abort);
        let transaction = open.transaction.clone();
        let mut log = Log { flow: self, sequence: open.entries.len() as u32, open: &open };
        if let Err(error) = log.decide(decision).await {
            // Nothing is done that might contradict what the journal says.
            return Recovered { transaction, decision, failures: Vec::new(), journal: Some(error) };
        }
        let (mut failures, mut positions) = (Vec::new(), Vec::new());
        for (position, step) in plan.steps {
            let stage = step.map_or_else(|| format!("#{position}").into(), |step| Arc::clone(&step.stage));
            let done = match step {
                Some(step) => self.finish_step(step, decision).await,
                None => Err(FinishError::NotRecoverable),
            };
            if let Err(reason) = done {
                failures.push(StageFailure { stage, reason });
                positions.push(position);
            }
        }
        let journal = if failures.is_empty() {
            log.write(Entry::Finished(decision)).await.err()
        } else if plan.incomplete.as_ref() == Some(&positions) {
            None
        } else {
            log.write(Entry::Incomplete(positions)).await.err()
        };
        Recovered { transaction, decision, failures, journal }
    }

    async fn finish_step(&self, step: &StepEntry, decision: Decision) -> Result<(), FinishError> {
        let named = self.inner.stage(&step.group, &step.stage).ok_or(FinishError::NoStage)?;
        let data = step.data.as_deref().ok_or(FinishError::NotRecoverable)?;
        let recover = named.stage.recover(data);
        let mut context = match within(recover, &Budget::within(self.inner.finish)).await {
            Ran::Done(context) => context.map_err(FinishError::Recover)?,
            Ran::Panicked => return Err(FinishError::Panicked),
            Ran::Cut(_) => return Err(FinishError::Deadline),
        };
        let phase = match decision {
            Decision::Commit => Phase::Commit,
            Decision::Abort => Phase::Abort,
        };
        self.inner.finish(named, phase, &mut context).await
    }
}

/// What is left to do of a transaction, read out of its entries.
struct Plan<'a> {
    decision: Option<Decision>,
    /// In the order in which they are to be called. Without an entry: the journal says that it failed, and not what it
    /// is.
    steps: Vec<(u32, Option<&'a StepEntry>)>,
    /// The stages that failed the last time.
    incomplete: Option<Vec<u32>>,
}

impl<'a> Plan<'a> {
    fn of(entries: &'a [Entry]) -> Self {
        let (mut begun, mut joined) = (BTreeMap::new(), BTreeMap::new());
        let (mut decision, mut incomplete) = (None, None);
        for entry in entries {
            match entry {
                Entry::Preparing(step) => _ = begun.insert(step.position, step),
                Entry::Prepared(step) => _ = joined.insert(step.position, step),
                Entry::Decided(decided) => decision = decision.or(Some(*decided)),
                Entry::Incomplete(positions) => incomplete = Some(positions.clone()),
                Entry::Begun { .. } | Entry::Finished(_) => {}
            }
        }
        let commits = decision == Some(Decision::Commit);
        let mut steps = joined.clone();
        if !commits {
            // Whoever was about to prepare may hold something.
            for (position, step) in begun {
                let there = steps.entry(position).or_insert(step);
                if there.data.is_none() {
                    *there = step;
                }
            }
        }
        let mut steps: Vec<_> = match &incomplete {
            None => steps.into_iter().map(|(position, step)| (position, Some(step))).collect(),
            Some(positions) => positions.iter().map(|at| (*at, steps.get(at).copied())).collect(),
        };
        steps.sort_by_key(|(position, _)| *position);
        if !commits {
            steps.reverse();
        }
        Plan { decision, steps, incomplete }
    }
}

/// The journal of a transaction that is open.
struct Log<'a, C> {
    flow: &'a Flow<C>,
    open: &'a Open,
    sequence: u32,
}

impl<C: Send + 'static> Log<'_, C> {
    /// The decision, unless it is there.
    async fn decide(&mut self, decision: Decision) -> Result<(), JournalError> {
        let decided = self.open.entries.iter().find_map(|entry| match entry {
            Entry::Decided(decided) => Some(*decided),
            _ => None,
        });
        match decided {
            Some(decided) if decided == decision => Ok(()),
            Some(_) => Err(JournalError::NotWritten("the other was decided".to_owned())),
            None => self.write(Entry::Decided(decision)).await,
        }
    }

    async fn write(&mut self, entry: Entry) -> Result<(), JournalError> {
        self.flow.inner.append(&self.open.transaction, self.sequence, entry).await?;
        self.sequence += 1;
        Ok(())
    }
}
