//! What a mux tells the metrics of the process: once for what was read or written together, not once a message.

use metrics::{Counter, Gauge, counter, gauge};

use super::event::Reason;
use crate::metrics_names as names;

/// Handles of the metrics of one connector's links. Those of a mux without a connector do nothing.
#[derive(Debug, Clone)]
pub(crate) struct Meters {
    pub(super) in_flight: Gauge,
    pub(super) bytes_in: Counter,
    pub(super) bytes_out: Counter,
    pub(super) frames_in: Counter,
    pub(super) frames_out: Counter,
    pub(super) undecodable: Counter,
    pub(super) refused: Counter,
    unmatched: [Counter; Reason::ALL.len()],
}

impl Meters {
    pub(super) fn none() -> Self {
        Meters {
            in_flight: Gauge::noop(),
            bytes_in: Counter::noop(),
            bytes_out: Counter::noop(),
            frames_in: Counter::noop(),
            frames_out: Counter::noop(),
            undecodable: Counter::noop(),
            refused: Counter::noop(),
            unmatched: std::array::from_fn(|_| Counter::noop()),
        }
    }

    /// Those of the connector with this name.
    pub(crate) fn of(name: &str) -> Self {
        let name = || name.to_owned();
        let unmatched = |reason: Reason| counter!(names::UNMATCHED, "connector" => name(), "reason" => reason.name());
        Meters {
            in_flight: gauge!(names::IN_FLIGHT, "connector" => name()),
            bytes_in: counter!(names::LINK_BYTES, "connector" => name(), "direction" => "in"),
            bytes_out: counter!(names::LINK_BYTES, "connector" => name(), "direction" => "out"),
            frames_in: counter!(names::LINK_FRAMES, "connector" => name(), "direction" => "in"),
            frames_out: counter!(names::LINK_FRAMES, "connector" => name(), "direction" => "out"),
            undecodable: counter!(names::UNDECODABLE, "connector" => name()),
            refused: counter!(names::REFUSED, "connector" => name()),
            unmatched: Reason::ALL.map(unmatched),
        }
    }

    pub(super) fn unmatched(&self, reason: Reason) {
        if let Some(counter) = Reason::ALL.iter().position(|one| *one == reason).and_then(|at| self.unmatched.get(at)) {
            counter.increment(1);
        }
    }
}
