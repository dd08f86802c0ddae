//! What was asked, what the host has seen of it, and how it ended.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU8, AtomicU32, AtomicU64, Ordering};

use isopace::mux::Outcome;

/// Ways in which a request ends, as its caller sees it.
const WAYS: [&str; 6] = ["response", "not-sent", "timed-out", "unknown", "rejected", "cancelled"];

/// A line for each request.
pub(super) struct Ledger {
    /// How often the host has seen it.
    seen: Vec<AtomicU8>,
    /// 0 while it is under way, then how it ended, from 1.
    ended: Vec<AtomicU8>,
    next: AtomicU32,
    counts: [AtomicU64; WAYS.len()],
    /// What has gone wrong first.
    wrong: Mutex<Option<String>>,
}

impl Ledger {
    pub(super) fn new(most: usize) -> Self {
        let lines = || (0..most).map(|_| AtomicU8::new(0)).collect();
        let counts = std::array::from_fn(|_| AtomicU64::new(0));
        Ledger { seen: lines(), ended: lines(), next: AtomicU32::new(0), counts, wrong: Mutex::new(None) }
    }

    /// The number of the next request; nothing when there have been enough.
    pub(super) fn begin(&self) -> Option<u32> {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        ((number as usize) < self.seen.len()).then_some(number)
    }

    /// The host has seen it.
    pub(super) fn seen(&self, number: u32) {
        match self.seen.get(number as usize) {
            Some(line) if line.fetch_add(1, Ordering::SeqCst) > 0 => self.wrong(format!("{number} was sent twice")),
            Some(_) => {}
            None => self.wrong(format!("the host has seen {number}, which nobody has asked")),
        }
    }

    pub(super) fn end(&self, number: u32, outcome: &Outcome) {
        self.end_as(number, outcome.name());
    }

    pub(super) fn cancelled(&self, number: u32) {
        self.end_as(number, "cancelled");
    }

    fn end_as(&self, number: u32, way: &str) {
        let Some(at) = WAYS.iter().position(|one| *one == way) else {
            return self.wrong(format!("{number} ended as {way}"));
        };
        if self.ended[number as usize].swap(at as u8 + 1, Ordering::SeqCst) != 0 {
            self.wrong(format!("{number} ended twice"));
        }
        self.counts[at].fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn wrong(&self, what: String) {
        self.wrong.lock().expect("nobody panics with it").get_or_insert(what);
    }

    /// How many ended in which way.
    pub(super) fn ended(&self) -> Vec<(&'static str, u64)> {
        WAYS.iter().zip(&self.counts).map(|(way, count)| (*way, count.load(Ordering::Relaxed))).collect()
    }

    /// Proves what can be proven when all is over.
    pub(super) fn prove(&self) -> Result<(), String> {
        if let Some(wrong) = self.wrong.lock().expect("nobody panics with it").clone() {
            return Err(wrong);
        }
        let asked = (self.next.load(Ordering::SeqCst) as usize).min(self.seen.len());
        for number in 0..asked {
            let (seen, ended) = (self.seen[number].load(Ordering::SeqCst), self.ended[number].load(Ordering::SeqCst));
            match usize::from(ended).checked_sub(1).map(|at| WAYS[at]) {
                None => return Err(format!("{number} has not ended")),
                Some("not-sent") if seen > 0 => return Err(format!("{number} was sent, and told as not sent")),
                Some("response") if seen == 0 => return Err(format!("{number} was answered, and nobody has seen it")),
                Some(_) => {}
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use isopace::mux::{Lost, NotSent};

    use super::*;

    fn proven(story: impl FnOnce(&Ledger)) -> Result<(), String> {
        let ledger = Ledger::new(2);
        assert_eq!(ledger.begin(), Some(0));
        story(&ledger);
        ledger.prove()
    }

    /// It can fail.
    #[test]
    fn what_is_wrong_is_found() {
        let not_sent = || Outcome::NotSent(NotSent::NotConnected);
        assert_eq!(proven(|ledger| ledger.end(0, &not_sent())), Ok(()));
        assert!(proven(|_| {}).unwrap_err().contains("has not ended"));
        assert!(proven(|ledger| ledger.end_as(0, "response")).unwrap_err().contains("nobody has seen it"));
        let wrong = [
            proven(|ledger| {
                ledger.seen(0);
                ledger.end(0, &not_sent());
            }),
            proven(|ledger| {
                ledger.end(0, &Outcome::TimedOut);
                ledger.end(0, &Outcome::Unknown(Lost::Closed));
            }),
            proven(|ledger| {
                ledger.seen(0);
                ledger.seen(0);
                ledger.cancelled(0);
            }),
            proven(|ledger| {
                ledger.seen(7);
                ledger.cancelled(0);
            }),
        ];
        let told = ["told as not sent", "ended twice", "sent twice", "nobody has asked"];
        for (wrong, told) in wrong.into_iter().zip(told) {
            assert!(wrong.unwrap_err().contains(told), "{told}");
        }
        let full = Ledger::new(2);
        assert_eq!([full.begin(), full.begin(), full.begin()], [Some(0), Some(1), None]);
    }
}
