//! Setting a host up.

use std::sync::Arc;
use std::time::Duration;

use super::state::Inner;
use super::{Host, Restart};

#[derive(Debug, Clone, Copy)]
pub(super) struct Settings {
    pub(super) shutdown: Duration,
    pub(super) start: Duration,
    pub(super) watch: Duration,
    pub(super) restart: Restart,
}

/// Settings of a [`Host`].
#[derive(Debug, Clone, Copy)]
#[must_use = "nothing runs before the host is built and started"]
pub struct Builder(Settings);

impl Builder {
    pub(super) const fn new() -> Self {
        Builder(Settings {
            shutdown: Duration::from_secs(30),
            start: Duration::from_secs(60),
            watch: Duration::from_millis(500),
            restart: Restart::on_failure(),
        })
    }

    /// How long stopping may take, all components together. 30 seconds without this.
    pub const fn shutdown_timeout(mut self, timeout: Duration) -> Self {
        self.0.shutdown = timeout;
        self
    }

    /// How long the start of one component may take. 1 minute without this.
    pub const fn start_timeout(mut self, timeout: Duration) -> Self {
        self.0.start = timeout;
        self
    }

    /// How often components are looked at, for restarts, events and metrics. Twice a second without this.
    pub fn watch_interval(mut self, interval: Duration) -> Self {
        self.0.watch = interval.max(Duration::from_millis(1));
        self
    }

    /// What becomes of a component that fails, unless it is registered with a policy of its own. [`Restart::on_failure`] without this.
    pub const fn restart(mut self, restart: Restart) -> Self {
        self.0.restart = restart;
        self
    }

    /// A host without components.
    #[must_use]
    pub fn build(self) -> Host {
        Host { inner: Arc::new(Inner::new(self.0)) }
    }
}
