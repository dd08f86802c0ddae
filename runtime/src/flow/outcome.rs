//! How a transaction ended.

use super::error::{Cause, StageFailure};
use super::profile::Profile;

/// A transaction that has ended, with its context.
#[derive(Debug)]
#[non_exhaustive]
pub struct Ended<C> {
    /// As the stages left it.
    pub context: C,
    /// How it ended.
    pub outcome: Outcome,
    /// Where the time went.
    pub profile: Profile,
}

/// How a transaction ended.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Outcome {
    /// All stages that joined have committed.
    Committed,
    /// It was decided to commit, and these stages could not; all others have. It is open in the journal:
    /// [`Flow::recover`](super::Flow::recover) drives these stages again.
    CommitFailed {
        /// One for each stage that could not, in order.
        failures: Vec<StageFailure>,
    },
    /// Nothing is held any more: all stages that joined have aborted.
    Aborted {
        /// Why.
        cause: Cause,
    },
    /// It was decided to abort, and these stages could not; all others have. It is open in the journal.
    AbortFailed {
        /// Why it was aborted.
        cause: Cause,
        /// One for each stage that could not, in reverse order.
        failures: Vec<StageFailure>,
    },
    /// Whether the decision to commit is in the journal is not known, so that no stage was committed or aborted.
    /// Recovery does what the journal says, when it can be read again.
    InDoubt,
    /// The same request was answered before: the context has that answer, and no stage has run.
    Replayed,
}

impl Outcome {
    /// A stable name for programs and metrics.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Outcome::Committed => "committed",
            Outcome::CommitFailed { .. } => "commit-failed",
            Outcome::Aborted { .. } => "aborted",
            Outcome::AbortFailed { .. } => "abort-failed",
            Outcome::InDoubt => "in-doubt",
            Outcome::Replayed => "replayed",
        }
    }

    /// Whether all stages that joined have committed.
    #[must_use]
    pub const fn is_committed(&self) -> bool {
        matches!(self, Outcome::Committed)
    }

    /// Whether it is certain that nothing was or will be committed.
    #[must_use]
    pub const fn is_aborted(&self) -> bool {
        matches!(self, Outcome::Aborted { .. } | Outcome::AbortFailed { .. })
    }

    /// Why it was aborted.
    #[must_use]
    pub const fn cause(&self) -> Option<&Cause> {
        match self {
            Outcome::Aborted { cause } | Outcome::AbortFailed { cause, .. } => Some(cause),
            _ => None,
        }
    }

    /// The stages whose commit or abort did not work.
    #[must_use]
    pub fn failures(&self) -> &[StageFailure] {
        match self {
            Outcome::CommitFailed { failures } | Outcome::AbortFailed { failures, .. } => failures,
            _ => &[],
        }
    }
}
