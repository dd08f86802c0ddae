//! What a connector tells the metrics of the process. Handles are made once; counting is an atomic or two then.

use std::sync::atomic::{AtomicU64, Ordering};

use metrics::{Counter, Gauge, Histogram, counter, gauge, histogram};
use tokio::time::Instant;

use super::error::Failure;
use super::machine::State;
use crate::metrics_names as names;
use crate::mux::{self, Outcome};

/// When the caller of a request went away.
const CANCELLED: &str = "cancelled";

/// Handles of the metrics of a connector.
pub(super) struct Meters {
    states: [Gauge; State::ALL.len()],
    outcomes: [(&'static str, Counter); Outcome::NAMES.len()],
    cancelled: Counter,
    seconds: Histogram,
    links: Counter,
    reconnects: Counter,
    failures: [(&'static str, Counter); Failure::NAMES.len()],
    pub(super) mux: mux::Meters,
    epoch: Instant,
    /// The last millisecond of which a request was recorded.
    recorded: AtomicU64,
}

fn find<'a>(counters: &'a [(&'static str, Counter)], name: &str) -> Option<&'a Counter> {
    counters.iter().find(|(one, _)| *one == name).map(|(_, counter)| counter)
}

impl Meters {
    pub(super) fn new(connector: &str) -> Self {
        let name = || connector.to_owned();
        let state = |state: State| gauge!(names::CONNECTOR_STATE, "connector" => name(), "state" => state.name());
        let outcome = |outcome| counter!(names::REQUESTS, "connector" => name(), "outcome" => outcome);
        let failure = |failure| counter!(names::LINK_FAILURES, "connector" => name(), "failure" => failure);
        let meters = Meters {
            states: State::ALL.map(state),
            outcomes: Outcome::NAMES.map(|name| (name, outcome(name))),
            cancelled: outcome(CANCELLED),
            seconds: histogram!(names::REQUEST_SECONDS, "connector" => name()),
            links: counter!(names::LINKS, "connector" => name()),
            reconnects: counter!(names::RECONNECTS, "connector" => name()),
            failures: Failure::NAMES.map(|name| (name, failure(name))),
            mux: mux::Meters::of(connector),
            epoch: Instant::now(),
            recorded: AtomicU64::new(u64::MAX),
        };
        meters.state(State::Stopped);
        meters
    }

    /// The connector is in this state now.
    pub(super) fn state(&self, state: State) {
        for (one, gauge) in State::ALL.iter().zip(&self.states) {
            gauge.set(f64::from(u8::from(*one == state)));
        }
    }

    pub(super) fn failed(&self, failure: &Failure) {
        find(&self.failures, failure.name()).inspect(|counter| counter.increment(1));
    }

    /// There is a link; so many there were before.
    pub(super) fn connected(&self, before: u64) {
        self.links.increment(1);
        self.reconnects.increment(u64::from(before > 0));
    }

    /// A request begins now.
    pub(super) fn request(&self, now: Instant) -> Counted<'_> {
        let tick = now.duration_since(self.epoch).as_millis() as u64;
        let records = self.recorded.load(Ordering::Relaxed) != tick;
        if records {
            self.recorded.store(tick, Ordering::Relaxed);
        }
        Counted { meters: self, since: records.then_some(now), ended: false }
    }
}

/// A request that is counted when it ends. Dropped before, its caller has gone away.
pub(super) struct Counted<'a> {
    meters: &'a Meters,
    /// When it began, if that is recorded.
    since: Option<Instant>,
    ended: bool,
}

impl Counted<'_> {
    pub(super) fn ended(mut self, outcome: &Outcome) {
        self.ended = true;
        find(&self.meters.outcomes, outcome.name()).inspect(|counter| counter.increment(1));
        if let (Some(since), Outcome::Response(_)) = (self.since, outcome) {
            self.meters.seconds.record(since.elapsed());
        }
    }
}

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        if !self.ended {
            self.meters.cancelled.increment(1);
        }
    }
}
