//! STANs of the gateway's own for one route: two clients may send the same ones.

mod memory;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

pub(super) use memory::{Original, STAN_DIGITS, references};

use crate::connector::Stans;
use crate::msg::Message;
use crate::types::Stan;
use memory::Memory;

/// Numbers that there are: 1 to 999999, and 0, which is not given.
const NUMBERS: usize = 1_000_000;

/// The STANs of one route.
#[derive(Debug)]
pub(super) struct OwnStans {
    next: Stans,
    /// A bit for each that is in flight.
    used: Box<[AtomicU64]>,
    memory: Memory,
}

/// A STAN that nobody else has in flight on the route; free again when dropped.
#[derive(Debug)]
pub(super) struct OwnStan {
    stans: Arc<OwnStans>,
    pub(super) stan: Stan,
}

/// Why there is no STAN for a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Taken {
    /// What it repeats is in flight.
    InFlight,
    /// All are.
    All,
}

impl OwnStans {
    pub(super) fn new(next: Stans) -> Self {
        let used = std::iter::repeat_with(AtomicU64::default).take(NUMBERS.div_ceil(64)).collect();
        OwnStans { next, used, memory: Memory::default() }
    }

    /// The STAN for a request: a new one, or, for a repeat, that of the request that it repeats.
    pub(super) fn take(self: &Arc<Self>, request: &Message, stan: Stan) -> Result<OwnStan, Taken> {
        let original = Original::of(request, stan);
        if request.mti().is_repeat()
            && let Some(known) = self.memory.find(&original)
        {
            return self.claim(known).ok_or(Taken::InFlight);
        }
        // As many as are in flight may have to be passed over.
        let own = (0..self.next.count()).find_map(|_| self.claim(self.next.next())).ok_or(Taken::All)?;
        self.memory.remember(original, own.stan);
        Ok(own)
    }

    /// The STAN that a request went out with that was sent before.
    pub(super) fn of(&self, original: &Original) -> Option<Stan> {
        self.memory.find(original)
    }

    fn claim(self: &Arc<Self>, stan: Stan) -> Option<OwnStan> {
        let (word, bit) = place(stan);
        let before = self.used.get(word)?.fetch_or(bit, Ordering::AcqRel);
        (before & bit == 0).then(|| OwnStan { stans: Arc::clone(self), stan })
    }
}

impl Drop for OwnStan {
    fn drop(&mut self) {
        let (word, bit) = place(self.stan);
        if let Some(word) = self.stans.used.get(word) {
            word.fetch_and(!bit, Ordering::AcqRel);
        }
    }
}

const fn place(stan: Stan) -> (usize, u64) {
    let number = stan.get() as usize;
    (number / 64, 1 << (number % 64))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Edit;
    use crate::iso87a::DIALECT;

    fn message(mti: &str, terminal: &str) -> Message {
        let mut edit = Edit::build(&DIALECT);
        edit.mti(mti).set(11, "000007").set(41, terminal);
        Message::parse(&DIALECT, edit.finish().unwrap()).unwrap()
    }

    #[test]
    fn none_is_given_twice_while_it_is_in_flight() {
        let stans = Arc::new(OwnStans::new(Stans::after(Stan::new(999_998).unwrap())));
        let (request, stan) = (message("0200", "TERM0001"), Stan::new(7).unwrap());
        let first = stans.take(&request, stan).unwrap();
        let second = stans.take(&request, stan).unwrap();
        assert_eq!((first.stan.get(), second.stan.get()), (999_999, 1));
        let stans = Arc::new(OwnStans::new(Stans::default()));
        let held: Vec<_> = (0..3).map(|_| stans.take(&request, stan).unwrap()).collect();
        // Round once: those in flight are passed over.
        let others: Vec<u32> = (0..NUMBERS).map(|_| stans.take(&request, stan).unwrap().stan.get()).collect();
        assert!(held.iter().all(|held| !others.contains(&held.stan.get())));
    }

    #[test]
    fn a_range_that_is_all_in_flight_has_none_left() {
        let range = Stans::between(Stan::new(5).unwrap(), Stan::new(7).unwrap()).unwrap();
        let stans = Arc::new(OwnStans::new(range));
        let (request, stan) = (message("0200", "TERM0001"), Stan::new(7).unwrap());
        let mut held: Vec<_> = (0..3).map(|_| stans.take(&request, stan).unwrap()).collect();
        assert_eq!(stans.take(&request, stan).unwrap_err(), Taken::All);
        let free = held.pop().map(|own| own.stan);
        assert_eq!(stans.take(&request, stan).ok().map(|own| own.stan), free);
    }

    #[test]
    fn a_repeat_has_the_stan_of_what_it_repeats() {
        let stans = Arc::new(OwnStans::new(Stans::default()));
        let stan = Stan::new(7).unwrap();
        let take = |mti: &str, terminal: &str| stans.take(&message(mti, terminal), stan).unwrap().stan.get();
        assert_eq!([take("0200", "TERM0001"), take("0200", "TERM0002"), take("0420", "TERM0001")], [1, 2, 3]);
        assert_eq!([take("0421", "TERM0001"), take("0201", "TERM0002"), take("0201", "TERM0001")], [3, 2, 1]);
        assert_eq!(take("0201", "TERM0003"), 4);
    }
}
