//! Where the time of a transaction went.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// Where the time of a transaction went: an entry for each call of a stage, in order. Printed as
/// `reserve/prepare=1.2ms reserve/commit=210µs total=1.5ms`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Profile {
    /// The calls of stages.
    pub timings: Vec<Timing>,
    /// From its begin, after the wait for a place, to its end, journal included.
    pub total: Duration,
}

/// A call of a stage.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Timing {
    /// The stage.
    pub stage: Arc<str>,
    /// What it did.
    pub phase: Phase,
    /// How long it took.
    pub took: Duration,
}

/// What a stage does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Phase {
    /// All that may fail.
    Prepare,
    /// Making it final.
    Commit,
    /// Undoing it.
    Abort,
}

impl Phase {
    /// A stable name for programs and metrics.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Phase::Prepare => "prepare",
            Phase::Commit => "commit",
            Phase::Abort => "abort",
        }
    }
}

impl fmt::Display for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for Timing { stage, phase, took } in &self.timings {
            write!(f, "{stage}/{}={took:?} ", phase.name())?;
        }
        write!(f, "total={:?}", self.total)
    }
}
