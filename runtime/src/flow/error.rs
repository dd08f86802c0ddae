//! What can go wrong in a transaction.

use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;

use super::idempotency::IdempotencyError;
use super::journal::JournalError;

/// Why a stage could not do its work, or does not want the transaction. Made of any error by `?`, or of a sentence.
///
/// The flow hands it to the caller and writes it nowhere: not to the journal, not to the log.
#[derive(Debug, Clone)]
pub struct Failure(Arc<dyn StdError + Send + Sync>);

impl Failure {
    /// For this reason, told as a sentence for a person, without content of messages.
    #[must_use]
    pub fn new(reason: impl fmt::Display) -> Self {
        Failure(Arc::new(Sentence(reason.to_string())))
    }

    /// The error, such as to see which one it is by `downcast_ref`.
    #[must_use]
    pub fn error(&self) -> &(dyn StdError + Send + Sync + 'static) {
        &*self.0
    }
}

impl<E: StdError + Send + Sync + 'static> From<E> for Failure {
    fn from(error: E) -> Self {
        Failure(Arc::new(error))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[derive(Debug)]
struct Sentence(String);

impl fmt::Display for Sentence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl StdError for Sentence {}

/// Why a transaction was aborted.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum Cause {
    /// A stage decided so: it joined, and was aborted with the others.
    #[error("{stage}: {failure}")]
    Declined {
        /// The stage.
        stage: Arc<str>,
        /// Its reason.
        failure: Failure,
    },
    /// A stage could not prepare, and did not join.
    #[error("{stage}: {failure}")]
    Failed {
        /// The stage.
        stage: Arc<str>,
        /// Its error.
        failure: Failure,
    },
    /// A stage panicked while it prepared.
    #[error("{stage}: panicked")]
    Panicked {
        /// The stage.
        stage: Arc<str>,
    },
    /// The time was over.
    #[error("the time is over{}", within(stage.as_deref()))]
    Deadline {
        /// The stage that was preparing; none when it was between two of them, or waited to begin.
        stage: Option<Arc<str>>,
    },
    /// It was cancelled, its caller went away, or the flow is stopping.
    #[error("cancelled{}", within(stage.as_deref()))]
    Cancelled {
        /// The stage that was preparing; none when it was between two of them, or waited to begin.
        stage: Option<Arc<str>>,
    },
    /// A stage routed to a group that the flow does not have.
    #[error("{stage}: routed to the group {group:?}, which the flow does not have")]
    NoGroup {
        /// The stage.
        stage: Arc<str>,
        /// The group.
        group: String,
    },
    /// Routes lead to more stages than a transaction may have.
    #[error("more than {most} stages")]
    TooManyStages {
        /// The most it may have.
        most: usize,
    },
    /// What has to be in the journal could not be written.
    #[error("journal: {0}")]
    Journal(JournalError),
    /// Whether the same request was seen before could not be found out, or not in time.
    #[error("idempotency: {0}")]
    Idempotency(IdempotencyError),
    /// A transaction of the same id is under way.
    #[error("a transaction of the same id is under way")]
    SameId,
    /// The flow has been stopped. Nothing was done.
    #[error("the flow is stopped")]
    Stopped,
}

fn within(stage: Option<&str>) -> String {
    stage.map(|stage| format!(" in {stage}")).unwrap_or_default()
}

impl Cause {
    /// A stable name for programs and metrics.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Cause::Declined { .. } => "declined",
            Cause::Failed { .. } => "failed",
            Cause::Panicked { .. } => "panicked",
            Cause::Deadline { .. } => "deadline",
            Cause::Cancelled { .. } => "cancelled",
            Cause::NoGroup { .. } => "no-group",
            Cause::TooManyStages { .. } => "too-many-stages",
            Cause::Journal(_) => "journal",
            Cause::Idempotency(_) => "idempotency",
            Cause::SameId => "same-id",
            Cause::Stopped => "stopped",
        }
    }

    /// The reason of the stage, where it was a stage's.
    #[must_use]
    pub const fn failure(&self) -> Option<&Failure> {
        match self {
            Cause::Declined { failure, .. } | Cause::Failed { failure, .. } => Some(failure),
            _ => None,
        }
    }
}

/// A stage whose commit or abort did not work.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{stage}: {reason}")]
pub struct StageFailure {
    /// The stage.
    pub stage: Arc<str>,
    /// What went wrong.
    pub reason: FinishError,
}

/// Why a commit or abort of a stage did not work.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum FinishError {
    /// It gave an error.
    #[error("{0}")]
    Failed(Failure),
    /// It panicked.
    #[error("panicked")]
    Panicked,
    /// It did not end in its time: whether it worked is not known.
    #[error("did not end in its time")]
    Deadline,
    /// In recovery: the flow has no such stage any more.
    #[error("the flow has no such stage")]
    NoStage,
    /// In recovery: the stage left nothing to bring it back by.
    #[error("left nothing to recover it by")]
    NotRecoverable,
    /// In recovery: the stage could not bring its context back.
    #[error("cannot be recovered: {0}")]
    Recover(Failure),
}

/// The runtime ended beneath a transaction, or there was none: what became of it is for recovery to find out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("interrupted: the runtime has ended")]
pub struct Interrupted;
