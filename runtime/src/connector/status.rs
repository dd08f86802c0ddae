//! How a connector is, to look at and to wait for.

use std::net::SocketAddr;

use tokio::sync::watch;
use tokio::time::Instant;

use super::error::Failure;
use super::machine::State;

/// How a connector is.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Status {
    /// How far it is.
    pub state: State,
    /// Since when.
    pub since: Instant,
    /// The address of the peer while there is a link, if it is a TCP or TLS connection.
    pub peer: Option<SocketAddr>,
    /// Attempts that have failed since it was ready last.
    pub attempts: u32,
    /// Why there is no link, or why there was none before this one.
    pub failure: Option<Failure>,
    /// When the next attempt comes, while it waits for that.
    pub next_attempt: Option<Instant>,
    /// Links that have been ready so far.
    pub times_ready: u64,
    /// How often it has been started: who waits for the end of one run is not kept by the next.
    pub(super) run: u64,
}

impl Status {
    pub(super) fn new() -> Self {
        Status {
            state: State::Stopped,
            since: Instant::now(),
            peer: None,
            attempts: 0,
            failure: None,
            next_attempt: None,
            times_ready: 0,
            run: 0,
        }
    }

    /// Whether requests are taken.
    #[must_use]
    pub const fn is_ready(&self) -> bool {
        matches!(self.state, State::Ready)
    }
}

/// The changes of a connector, as they come. States that it went through between two looks are not shown;
/// [`Events`](super::Events) tell of each.
#[derive(Debug, Clone)]
pub struct Changes(watch::Receiver<Status>);

impl Changes {
    pub(super) const fn new(receiver: watch::Receiver<Status>) -> Self {
        Changes(receiver)
    }

    /// The status now.
    #[must_use]
    pub fn now(&mut self) -> Status {
        self.0.borrow_and_update().clone()
    }

    /// Waits for a change since the last call; nothing when the connector is gone.
    pub async fn next(&mut self) -> Option<Status> {
        self.0.changed().await.ok()?;
        Some(self.now())
    }

    /// Waits until the status is as wished, which it may be at once; nothing when the connector is gone.
    pub async fn until(&mut self, mut wished: impl FnMut(&Status) -> bool) -> Option<Status> {
        self.0.wait_for(|status| wished(status)).await.ok().map(|status| status.clone())
    }
}
