//! How requests ended, each of them once.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// A line for each request.
pub(super) struct Tally {
    ended: Vec<AtomicBool>,
    next: AtomicU32,
    /// How many ended in which way: by response code, or without an answer.
    ways: Mutex<BTreeMap<String, u64>>,
    /// What has gone wrong first.
    wrong: Mutex<Option<String>>,
}

impl Tally {
    pub(super) fn new(most: usize) -> Self {
        let ended = (0..most).map(|_| AtomicBool::new(false)).collect();
        Tally { ended, next: AtomicU32::new(0), ways: Mutex::default(), wrong: Mutex::default() }
    }

    /// The number of the next request; nothing when there have been enough.
    pub(super) fn begin(&self) -> Option<u32> {
        let number = self.next.fetch_add(1, Ordering::SeqCst);
        ((number as usize) < self.ended.len()).then_some(number)
    }

    pub(super) fn end(&self, number: u32, way: &str) {
        if self.ended[number as usize].swap(true, Ordering::SeqCst) {
            self.wrong(format!("{number} ended twice"));
        }
        *lock(&self.ways).entry(way.to_owned()).or_default() += 1;
    }

    pub(super) fn wrong(&self, what: String) {
        lock(&self.wrong).get_or_insert(what);
    }

    pub(super) fn ways(&self) -> BTreeMap<String, u64> {
        lock(&self.ways).clone()
    }

    /// Proves what can be proven when all is over.
    pub(super) fn prove(&self) -> Result<(), String> {
        if let Some(wrong) = lock(&self.wrong).clone() {
            return Err(wrong);
        }
        let asked = (self.next.load(Ordering::SeqCst) as usize).min(self.ended.len());
        match self.ended[..asked].iter().position(|ended| !ended.load(Ordering::SeqCst)) {
            Some(number) => Err(format!("{number} has not ended")),
            None => Ok(()),
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proven(story: impl FnOnce(&Tally)) -> Result<(), String> {
        let tally = Tally::new(2);
        assert_eq!(tally.begin(), Some(0));
        story(&tally);
        tally.prove()
    }

    /// It can fail.
    #[test]
    fn what_is_wrong_is_found() {
        assert_eq!(proven(|tally| tally.end(0, "00")), Ok(()));
        assert!(proven(|_| {}).unwrap_err().contains("has not ended"));
        assert!(proven(|tally| (0..2).for_each(|_| tally.end(0, "00"))).unwrap_err().contains("twice"));
        let wrong = proven(|tally| {
            tally.end(0, "91");
            tally.wrong("first".to_owned());
            tally.wrong("second".to_owned());
        });
        assert_eq!(wrong, Err("first".to_owned()));
    }
}
