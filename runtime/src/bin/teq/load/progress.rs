//! One line on standard error that tells how a run goes, where a terminal is at the other end.

use std::io::IsTerminal;
use std::time::Duration;

use super::tally::Tally;
use crate::console;

/// The line.
#[derive(Debug)]
pub(crate) struct Progress {
    shown: bool,
    ended: u64,
    at: Duration,
}

impl Progress {
    pub(crate) fn new() -> Self {
        Progress { shown: std::io::stderr().is_terminal(), ended: 0, at: Duration::ZERO }
    }

    /// Writes the line anew.
    pub(crate) fn show(&mut self, now: Duration, in_flight: usize, tally: &Tally) {
        let (ended, passed) = (tally.ended(), (now - self.at).as_secs_f64());
        let rate = (ended - self.ended) as f64 / passed.max(1e-3);
        (self.ended, self.at) = (ended, now);
        if self.shown {
            let p99 = tally.latency.value_at_quantile(0.99) as f64 / 1e6;
            let lost = ended - tally.answered();
            console::note(&format!(
                "\r{:>5.0} s  {rate:>8.0}/s  {in_flight:>5} in flight  {lost} not answered  p99 {p99:.2} ms   ",
                now.as_secs_f64()
            ));
        }
    }

    /// Leaves the line.
    pub(crate) fn end(&self) {
        if self.shown {
            console::note("\n");
        }
    }
}
