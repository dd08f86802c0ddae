//! How a flow is put together.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;

use super::contain::contained;
use super::handle::Flow;
use super::idempotency::{Idempotency, Idempotent};
use super::inner::{Answers, Group, Inner, Named};
use super::journal::{Journal, MOST_NAME};
use super::live::Live;
use super::stage::Stage;

/// Puts a flow together: groups of stages, and the limits they run within.
pub struct Builder<C> {
    name: Arc<str>,
    groups: Vec<Group<C>>,
    entry: Option<String>,
    most_stages: usize,
    most_at_a_time: usize,
    finish: Duration,
    write: Duration,
    journal: Option<Arc<dyn Journal>>,
    answers: Option<Answers<C>>,
}

impl<C: Send + 'static> Builder<C> {
    pub(super) fn new(name: Arc<str>) -> Self {
        Builder {
            name,
            groups: Vec::new(),
            entry: None,
            most_stages: 1024,
            most_at_a_time: 1024,
            finish: Duration::from_secs(10),
            write: Duration::from_secs(5),
            journal: None,
            answers: None,
        }
    }

    /// Begins a group of this name: stages that follow belong to it. The first one is where transactions begin.
    #[must_use]
    pub fn group(mut self, name: impl Into<String>) -> Self {
        self.groups.push(Group { name: name.into().into(), stages: Vec::new() });
        self
    }

    /// A stage at the end of the last group; of the group `main`, when there is none yet.
    #[must_use]
    pub fn stage(mut self, stage: impl Stage<C>) -> Self {
        if self.groups.is_empty() {
            self = self.group("main");
        }
        // The name of a stage that panics over it is as none.
        let name = contained(|| stage.name().to_owned()).unwrap_or_default();
        if let Some(group) = self.groups.last_mut() {
            group.stages.push(Named { name: name.into(), stage: Box::new(stage) });
        }
        self
    }

    /// The group where transactions begin.
    #[must_use]
    pub fn entry(mut self, group: impl Into<String>) -> Self {
        self.entry = Some(group.into());
        self
    }

    /// Most stages that a transaction may have, whatever its routes: 1024 without this.
    #[must_use]
    pub const fn max_stages(mut self, most: usize) -> Self {
        self.most_stages = most;
        self
    }

    /// Most transactions under way; more wait for a place, up to their deadline. 1024 without this.
    #[must_use]
    pub const fn max_in_flight(mut self, most: usize) -> Self {
        self.most_at_a_time = most;
        self
    }

    /// How long the commit or the abort of one stage may take: 10 seconds without this.
    #[must_use]
    pub const fn finish_within(mut self, time: Duration) -> Self {
        self.finish = time;
        self
    }

    /// How long one attempt may take to write to the journal or to keep an answer: 5 seconds without this. There are up
    /// to three.
    #[must_use]
    pub const fn write_within(mut self, time: Duration) -> Self {
        self.write = time;
        self
    }

    /// Where transactions are written down. Without one, nothing is known of them after a crash.
    #[must_use]
    pub fn journal(mut self, journal: Arc<dyn Journal>) -> Self {
        self.journal = Some(journal);
        self
    }

    /// Carries out the same request once: repetitions get the answer that is kept here.
    #[must_use]
    pub fn idempotency(mut self, answers: Arc<dyn Idempotency>) -> Self
    where
        C: Idempotent,
    {
        self.answers = Some(Answers { store: answers, key: C::key, answer: C::answer, replay: C::replay });
        self
    }

    /// The flow.
    ///
    /// # Errors
    /// Names that are empty, too long or there twice, an entry that is no group, or no stage at all.
    pub fn build(self) -> Result<Flow<C>, BuildError> {
        let groups = self.groups;
        if groups.iter().all(|group| group.stages.is_empty()) {
            return Err(BuildError::NoStages);
        }
        for (at, group) in groups.iter().enumerate() {
            let name = check(&group.name)?;
            if groups[..at].iter().any(|other| other.name == name) {
                return Err(BuildError::SameGroup { name });
            }
            for (at, stage) in group.stages.iter().enumerate() {
                let stage_name = check(&stage.name)?;
                if group.stages[..at].iter().any(|other| other.name == stage_name) {
                    return Err(BuildError::SameStage { group: name, name: stage_name });
                }
            }
        }
        let entry = match self.entry {
            None => 0,
            Some(entry) => {
                let at = groups.iter().position(|group| *group.name == entry);
                at.ok_or(BuildError::NoEntry { name: entry.into() })?
            }
        };
        let inner = Inner {
            name: check(&self.name)?,
            groups,
            entry,
            most_stages: self.most_stages,
            finish: self.finish,
            write: self.write,
            journal: self.journal,
            answers: self.answers,
            places: Arc::new(Semaphore::new(self.most_at_a_time.clamp(1, Semaphore::MAX_PERMITS))),
            live: Live::default(),
        };
        Ok(Flow { inner: Arc::new(inner) })
    }
}

fn check(name: &Arc<str>) -> Result<Arc<str>, BuildError> {
    let name = Arc::clone(name);
    if name.is_empty() || name.len() > MOST_NAME { Err(BuildError::Name { name }) } else { Ok(name) }
}

/// Why a flow cannot be built.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// It has no stage.
    #[error("the flow has no stage")]
    NoStages,
    /// A name that is empty, or longer than 255 bytes.
    #[error("{name:?} is no name: it has to have 1 to 255 bytes")]
    Name {
        /// The name.
        name: Arc<str>,
    },
    /// Two groups have the same name.
    #[error("two groups have the name {name:?}")]
    SameGroup {
        /// The name.
        name: Arc<str>,
    },
    /// Two stages of a group have the same name.
    #[error("two stages of the group {group:?} have the name {name:?}")]
    SameStage {
        /// The group.
        group: Arc<str>,
        /// The name.
        name: Arc<str>,
    },
    /// The entry is no group.
    #[error("the flow has no group {name:?} to begin with")]
    NoEntry {
        /// The name.
        name: Arc<str>,
    },
}
