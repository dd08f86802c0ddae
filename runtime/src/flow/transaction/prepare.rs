//! The first phase: stages prepare one after the other, as their routes lead.

use std::collections::VecDeque;
use std::sync::Arc;

use tokio::time::Instant;

use super::{Joined, Transaction};
use crate::flow::budget::Spent;
use crate::flow::contain::{Panicked, Ran, contained, within};
use crate::flow::error::Cause;
use crate::flow::journal::{Entry, StepEntry};
use crate::flow::profile::{Phase, Timing};
use crate::flow::stage::{Next, Recovery};

impl<C: Send + 'static> Transaction<C> {
    /// Ends well when all that joined are to be committed.
    pub(super) async fn prepare(&mut self) -> Result<(), Cause> {
        let inner = Arc::clone(&self.inner);
        let mut groups = VecDeque::from([inner.entry]);
        let mut position = 0_u32;
        while let Some(group) = groups.pop_front() {
            for stage in 0..inner.groups[group].stages.len() {
                if position as usize >= inner.most_stages {
                    return Err(Cause::TooManyStages { most: inner.most_stages });
                }
                let place = Joined { position, group, stage };
                position += 1;
                self.wanted()?;
                match self.prepare_one(place).await? {
                    Next::Continue | Next::Skip => {}
                    Next::Done => return self.wanted(),
                    Next::Abort(failure) => return Err(Cause::Declined { stage: self.name(place), failure }),
                    Next::Route(names) => {
                        for name in names {
                            let unknown =
                                || Cause::NoGroup { stage: self.name(place), group: name.clone().into_owned() };
                            groups.push_back(inner.group(&name).ok_or_else(unknown)?);
                        }
                    }
                }
            }
        }
        self.wanted()
    }

    fn wanted(&self) -> Result<(), Cause> {
        self.budget.spent().map_or(Ok(()), |spent| Err(cut(spent, None)))
    }

    fn name(&self, place: Joined) -> Arc<str> {
        Arc::clone(&self.inner.groups[place.group].stages[place.stage].name)
    }

    async fn prepare_one(&mut self, place: Joined) -> Result<Next, Cause> {
        let inner = Arc::clone(&self.inner);
        let named = &inner.groups[place.group].stages[place.stage];
        let name = || Arc::clone(&named.name);
        let panicked = || Cause::Panicked { stage: name() };

        let intent = contained(|| named.stage.intent(&self.context)).map_err(|Panicked| panicked())?;
        if intent.is_some() {
            let entry = Entry::Preparing(self.entry(place, intent));
            self.write(entry).await.map_err(Cause::Journal)?;
        }
        let began = Instant::now();
        let work = named.stage.prepare(&mut self.context, &self.budget);
        let ran = within(work, &self.budget).await;
        self.profile.timings.push(Timing { stage: name(), phase: Phase::Prepare, took: began.elapsed() });

        // Whoever was cut off may hold something: it is aborted as those that joined.
        let cause = match ran {
            Ran::Done(Ok(next @ (Next::Skip | Next::Done))) => return Ok(next),
            Ran::Done(Ok(next @ Next::Abort(_))) => {
                // It is aborted whether this works or not.
                _ = self.join(place).await;
                return Ok(next);
            }
            Ran::Done(Ok(next)) => return self.join(place).await.map(|()| next),
            Ran::Done(Err(failure)) => return Err(Cause::Failed { stage: name(), failure }),
            Ran::Panicked => panicked(),
            Ran::Cut(spent) => cut(spent, Some(name())),
        };
        _ = self.join(place).await;
        Err(cause)
    }

    /// The stage is to be committed or aborted from here on.
    async fn join(&mut self, place: Joined) -> Result<(), Cause> {
        self.joined.push(place);
        let inner = Arc::clone(&self.inner);
        let named = &inner.groups[place.group].stages[place.stage];
        let recovery = contained(|| named.stage.recovery(&self.context));
        let data = match recovery.map_err(|Panicked| Cause::Panicked { stage: Arc::clone(&named.name) })? {
            Recovery::NotNeeded => return Ok(()),
            Recovery::Data(data) => Some(data),
            Recovery::Impossible => None,
        };
        let entry = Entry::Prepared(self.entry(place, data));
        self.write(entry).await.map_err(Cause::Journal)
    }

    fn entry(&self, place: Joined, data: Option<Vec<u8>>) -> StepEntry {
        let group = Arc::clone(&self.inner.groups[place.group].name);
        StepEntry { position: place.position, group, stage: self.name(place), data }
    }
}

fn cut(spent: Spent, stage: Option<Arc<str>>) -> Cause {
    match spent {
        Spent::Deadline => Cause::Deadline { stage },
        Spent::Cancelled => Cause::Cancelled { stage },
    }
}
