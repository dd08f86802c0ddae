//! The life of a part of a switch, and how it tells how it is.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use super::Sender;
use crate::msg::Dialect;

/// A future in a box: what methods of a [`Component`] give, so that components of all kinds stand in one list.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A part of a switch that is started, watched and stopped.
///
/// `start` may be called again after `stop`: a component that cannot say so with an error.
pub trait Component: Send + Sync + 'static {
    /// Its name, unique among the components of a host.
    fn name(&self) -> &str;

    /// What it is: the `type` of its descriptor, such as `connector` or `gateway`.
    fn kind(&self) -> &'static str;

    /// Starts it. It ends when the component runs: a listener is bound, a connector has begun to dial. It does not wait for a peer.
    ///
    /// # Errors
    /// Why it cannot run. It has then left nothing behind, and holds no port.
    fn start(&self) -> BoxFuture<'_, Result<(), StartError>>;

    /// Stops it in order: what is in flight ends, within a time that the component has bounded itself. It always ends; calling it
    /// again, or before `start`, does nothing.
    fn stop(&self) -> BoxFuture<'_, ()>;

    /// How it is now. Quick, and without waiting.
    fn status(&self) -> Status;

    /// Whether it looks itself for a way back to [`Health::Up`], as a connector does that connects again. A host restarts such a
    /// component only when it has stopped by itself, and leaves it alone while it is [`Health::Down`].
    fn heals_itself(&self) -> bool {
        false
    }

    /// Whether another one may be started in its place while it is still stopping: it gives up its port first, and what it has in
    /// flight ends beside the other one. So a gateway that is replaced lets clients in all the time. One whose peer lets in a single
    /// link cannot.
    fn hands_over(&self) -> bool {
        false
    }

    /// What requests are sent by, if that is what it is there for. It may be asked for at any time.
    fn sender(&self) -> Option<Sender> {
        None
    }

    /// The dialect of the requests that its [sender](Component::sender) takes; known before it is started.
    fn dialect(&self) -> Option<&'static Dialect> {
        self.sender().map(|sender| sender.dialect())
    }

    /// The durable queue that messages are put into, if it is one. It may be asked for at any time.
    #[cfg(feature = "store")]
    fn queue(&self) -> Option<crate::saf::Saf> {
        None
    }
}

/// How a component is.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Status {
    /// In one word.
    pub health: Health,
    /// For a person: `signed on to 127.0.0.1:8583`, `2 of 3 members ready`. Never holds what a message holds.
    pub detail: String,
    /// Figures by name, in a fixed order: `("in_flight", 12)`. Counters of events end in `_total`.
    pub figures: Vec<(&'static str, u64)>,
}

impl Status {
    /// One without figures.
    #[must_use]
    pub fn new(health: Health, detail: impl Into<String>) -> Self {
        Status { health, detail: detail.into(), figures: Vec::new() }
    }

    /// The same with a figure more.
    #[must_use]
    pub fn figure(mut self, name: &'static str, value: u64) -> Self {
        self.figures.push((name, value));
        self
    }
}

/// How a component is, in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Health {
    /// It does all it is there for.
    Up,
    /// It works, but not with all it has: a member of a pool is down.
    Degraded,
    /// It is on its way: a connector that connects or signs on.
    Starting,
    /// It runs and cannot do its work: a connector without a link.
    Down,
    /// It does not run.
    Stopped,
}

impl Health {
    /// A stable name for programs and metrics.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Health::Up => "up",
            Health::Degraded => "degraded",
            Health::Starting => "starting",
            Health::Down => "down",
            Health::Stopped => "stopped",
        }
    }

    /// Whether requests can be given to it.
    #[must_use]
    pub const fn is_ready(self) -> bool {
        matches!(self, Health::Up | Health::Degraded)
    }
}

/// Why a component cannot run.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{0}")]
pub struct StartError(Arc<str>);

impl StartError {
    /// For this reason, told as a sentence for a person. It never holds what a message holds.
    #[must_use]
    pub fn new(reason: impl std::fmt::Display) -> Self {
        StartError(reason.to_string().into())
    }
}
