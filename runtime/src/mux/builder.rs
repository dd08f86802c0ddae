//! Setting a mux up.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;

use super::driver;
use super::event::{Events, Logged};
use super::handle::Mux;
use super::key::Keyer;
use super::meters::Meters;
use super::outcome::Lost;
use super::rule::{Correlation, CorrelationError, Rules};
use super::service::{Service, Unserved};
use super::shared::{Limits, Listener, Shared};
use super::state::{Memory, State};
use crate::link::{Link, bounded};
use crate::msg::Dialect;

/// Settings of a [`Mux`].
#[must_use = "nothing runs before `start`"]
pub struct Builder<S> {
    dialect: &'static Dialect,
    correlation: Correlation,
    limits: Limits,
    memory: Memory,
    options: Options,
    events: Arc<dyn Events>,
    meters: Meters,
    service: Option<S>,
}

/// How the driver goes about it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Options {
    /// Messages of the peer served at a time.
    pub(super) concurrency: usize,
    /// Messages of the peer that wait to be served.
    pub(super) inbound: usize,
    /// Messages read before others run.
    pub(super) batch: usize,
    /// Whether the writer lets others run once before it writes.
    pub(super) coalesce: bool,
    pub(super) close_on_undecodable: bool,
}

impl Builder<Unserved> {
    pub(super) fn new(dialect: &'static Dialect) -> Self {
        let limits = Limits { in_flight: 4096, buffered: 256 * 1024, timeout: Duration::from_secs(30) };
        let memory = Memory { unanswered: 4096, answered: 256, age: 5 * 60 * 1000 };
        let options = Options { concurrency: 1, inbound: 256, batch: 32, coalesce: true, close_on_undecodable: false };
        let correlation = Correlation::from(dialect);
        Builder {
            dialect,
            correlation,
            limits,
            memory,
            options,
            events: Arc::new(Logged),
            meters: Meters::none(),
            service: None,
        }
    }
}

impl<S: Service> Builder<S> {
    /// What pairs answers with requests. Without this what the dialect says.
    pub fn correlation(mut self, correlation: Correlation) -> Self {
        self.correlation = correlation;
        self
    }

    /// Most requests in flight; further ones wait for a place. 4096 without this.
    pub fn max_in_flight(mut self, requests: usize) -> Self {
        self.limits.in_flight = requests.clamp(1, Semaphore::MAX_PERMITS);
        self
    }

    /// Bytes in the buffer of what is to be written from which on callers wait. 256 KiB without this.
    pub const fn max_buffered(mut self, bytes: usize) -> Self {
        self.limits.buffered = if bytes == 0 { 1 } else { bytes };
        self
    }

    /// The deadline of whatever is not given one of its own. 30 seconds without this.
    pub const fn timeout(mut self, timeout: Duration) -> Self {
        self.limits.timeout = bounded(timeout);
        self
    }

    /// How many requests that had no answer are remembered, to tell a late answer; and how long. 4096 and five minutes
    /// without this.
    pub fn remember(mut self, requests: usize, age: Duration) -> Self {
        self.memory.unanswered = requests;
        self.memory.age = u64::try_from(age.as_millis()).unwrap_or(u64::MAX);
        self
    }

    /// How many requests that were answered are remembered, to tell a second answer. 256 without this.
    pub const fn remember_answered(mut self, requests: usize) -> Self {
        self.memory.answered = requests;
        self
    }

    /// Who listens. Without this it goes to the log.
    pub fn events(mut self, events: impl Events) -> Self {
        self.events = Arc::new(events);
        self
    }

    /// Who serves messages of the peer. Without this they go to [`Events::unmatched`].
    pub fn serve<T: Service>(self, service: T) -> Builder<T> {
        let Builder { dialect, correlation, limits, memory, options, events, meters, .. } = self;
        Builder { dialect, correlation, limits, memory, options, events, meters, service: Some(service) }
    }

    /// Tells these what it counts.
    pub(crate) fn meters(mut self, meters: Meters) -> Self {
        self.meters = meters;
        self
    }

    /// Messages of the peer served at a time, each on a task of its own then. One without this, on the task of the
    /// driver: only so are they answered in order.
    pub const fn concurrency(mut self, messages: usize) -> Self {
        self.options.concurrency = if messages == 0 { 1 } else { messages };
        self
    }

    /// Messages of the peer that may wait to be served. When there are so many the link is not read any more, answers
    /// included, until one is taken. 256 without this.
    pub fn max_inbound(mut self, messages: usize) -> Self {
        self.options.inbound = messages.clamp(1, Semaphore::MAX_PERMITS);
        self
    }

    /// Messages taken from the link at a time before other tasks run. With more there are fewer writes, with fewer the
    /// two ends of the link work at the same time rather than in turns. 32 without this: with 128 in flight that is twice
    /// the throughput of 128 at a time, measured over loopback.
    pub fn batch(mut self, messages: usize) -> Self {
        self.options.batch = messages.max(1);
        self
    }

    /// Whether the writer lets other tasks run once before it writes, so that what they send goes out with it. It does
    /// without this: the throughput under load is two to three times that without, at the price of some microseconds.
    pub const fn coalesce(mut self, coalesce: bool) -> Self {
        self.options.coalesce = coalesce;
        self
    }

    /// Whether a frame that is no message of the dialect ends the link. It does not without this.
    pub const fn close_on_undecodable(mut self, close: bool) -> Self {
        self.options.close_on_undecodable = close;
        self
    }

    /// Proves that the mux can be started.
    ///
    /// # Errors
    /// The correlation does not fit the dialect.
    pub fn check(&self) -> Result<(), CorrelationError> {
        self.correlation.check(self.dialect)
    }

    /// Puts the mux over a link. The driver is to be spawned or awaited: without it nothing moves. It ends when the
    /// link does and gives why; dropping it ends everything.
    ///
    /// Reader and writer of the link are one task. A `current_thread` runtime for each core is fastest where there are
    /// more than a few hundred thousand messages a second.
    ///
    /// # Errors
    /// The correlation does not fit the dialect.
    pub fn start(self, link: Link) -> Result<(Mux, impl Future<Output = Lost> + Send), CorrelationError> {
        self.correlation.check(self.dialect)?;
        let rules = Rules::new(&self.correlation);
        let state = State::new(rules.width, self.memory);
        let (reader, writer) = link.split();
        let encoder = writer.encoder().clone();
        let listener = Listener(Arc::clone(&self.events));
        let keyer = Keyer::new(rules);
        let Builder { dialect, limits, meters, .. } = self;
        let shared = Arc::new(Shared::new(dialect, keyer, encoder, limits, state, listener, meters));
        let mux = Mux::new(Arc::clone(&shared), self.service.is_some());
        let driver = driver::run(shared, reader, writer, self.service, self.events, self.options);
        Ok((mux, driver))
    }
}

impl<S> std::fmt::Debug for Builder<S> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Builder")
            .field("dialect", &self.dialect.name())
            .field("correlation", &self.correlation)
            .field("limits", &self.limits)
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}
