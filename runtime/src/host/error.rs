//! What can go wrong with a host.

use std::sync::Arc;
use std::time::Duration;

use super::StartError;

/// Why a component does not do what it is told.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// It cannot be started, and says why.
    #[error("{0}")]
    Start(StartError),
    /// It panicked.
    #[error("it panicked; the panic stands in the log of the program")]
    Panicked,
    /// It took too long, and was given up.
    #[error("it did not end within {0:?} and was given up")]
    TimedOut(Duration),
    /// It runs, and did not get ready.
    #[error("it was not ready within {after:?}: {detail}")]
    NotReady {
        /// The time it had.
        after: Duration,
        /// How it was then, as its status says.
        detail: String,
    },
}

/// What a component of a host did wrong.
#[derive(Debug, Clone, thiserror::Error)]
#[error("`{name}`: {fault}")]
#[non_exhaustive]
pub struct Trouble {
    /// Its name.
    pub name: Arc<str>,
    /// What it did.
    pub fault: Fault,
}

/// Why a host does not do what it is asked.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum HostError {
    /// There is a component of that name.
    #[error("there is a component called `{0}` already")]
    Duplicate(Arc<str>),
    /// There is no component of that name.
    #[error("there is no component called `{0}`")]
    NotFound(Arc<str>),
    /// The component is being started, stopped or replaced; ask again when that is done.
    #[error("`{0}` is being started, stopped or replaced")]
    Busy(Arc<str>),
    /// The host runs, or is being started or stopped.
    #[error("the host runs already, or is being started or stopped")]
    Running,
    /// The host does not run, or is being stopped.
    #[error("the host does not run, or is being stopped")]
    NotRunning,
    /// It was asked to stop while it started.
    #[error("it was stopped while it started")]
    Interrupted,
    /// Asked from within the start or stop of `0`, which it would have to wait for: the host stops, but that is not waited for.
    #[error("`{0}` cannot wait for this from within its own start or stop")]
    Within(Arc<str>),
    /// Components could not be started, and others did not stop as they should when they were stopped for it.
    #[error("{}", list(.0))]
    Start(Vec<Trouble>),
    /// Components did not stop as they should. The host has stopped.
    #[error("{}", list(.0))]
    Stop(Vec<Trouble>),
    /// A component could not be replaced.
    #[error("{new}; {}", old(.back))]
    Replace {
        /// What is wrong with the new one.
        new: Trouble,
        /// What became of the old one: it runs again, or why it does not.
        back: Result<(), Trouble>,
    },
    /// This is not within a tokio runtime.
    #[error("not within a tokio runtime")]
    NoRuntime,
}

fn list(troubles: &[Trouble]) -> String {
    troubles.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

fn old(back: &Result<(), Trouble>) -> String {
    match back {
        Ok(()) => "the one before runs again".to_owned(),
        Err(trouble) => format!("the one before could not be started again: {}", trouble.fault),
    }
}
