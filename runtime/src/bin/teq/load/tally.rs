//! What has come of the messages: outcomes, response codes, and how long they took.

use std::collections::BTreeMap;
use std::time::Duration;

use hdrhistogram::Histogram;

/// Longest time that is told apart, in nanoseconds.
const LONGEST: u64 = 3_600_000_000_000;

/// How messages ended.
pub(crate) const OUTCOMES: [&str; 5] = ["response", "not-sent", "timed-out", "unknown", "rejected"];

/// The results of a run.
#[derive(Debug)]
pub(crate) struct Tally {
    pub(crate) outcomes: [u64; 5],
    /// By response code (DE 39); of answers without one, by `-`.
    pub(crate) codes: BTreeMap<Box<str>, u64>,
    /// By kind of message, in the order of the mix.
    pub(crate) messages: Vec<u64>,
    /// From the moment a message was due to its end, in nanoseconds.
    pub(crate) latency: Histogram<u64>,
    /// From the moment it was sent.
    pub(crate) service: Histogram<u64>,
}

impl Tally {
    pub(crate) fn new(kinds: usize) -> Option<Self> {
        let histogram = || Histogram::new_with_bounds(1_000, LONGEST, 3).ok();
        Some(Tally {
            outcomes: [0; 5],
            codes: BTreeMap::new(),
            messages: vec![0; kinds],
            latency: histogram()?,
            service: histogram()?,
        })
    }

    /// A message has ended. One that was not sent has taken no time that says anything.
    pub(crate) fn note(&mut self, outcome: &str, kind: usize, latency: Duration, service: Duration) {
        if let Some(at) = OUTCOMES.iter().position(|known| *known == outcome) {
            self.outcomes[at] += 1;
        }
        if let Some(count) = self.messages.get_mut(kind) {
            *count += 1;
        }
        if outcome != "not-sent" {
            let nanoseconds = |time: Duration| u64::try_from(time.as_nanos()).unwrap_or(LONGEST);
            self.latency.saturating_record(nanoseconds(latency));
            self.service.saturating_record(nanoseconds(service));
        }
    }

    /// An answer has this code.
    pub(crate) fn code(&mut self, code: &str) {
        // A host that makes codes up fills neither the memory nor the table.
        let known = self.codes.contains_key(code) || self.codes.len() < 1000 && code.len() <= 8;
        let code = if known { code } else { "other" };
        match self.codes.get_mut(code) {
            Some(count) => *count += 1,
            None => _ = self.codes.insert(code.into(), 1),
        }
    }

    /// Messages that have ended.
    pub(crate) fn ended(&self) -> u64 {
        self.outcomes.iter().sum()
    }

    pub(crate) const fn answered(&self) -> u64 {
        self.outcomes[0]
    }
}
