//! Audit numbers, each given to one message in flight at a time.

use std::collections::VecDeque;
use std::time::Duration;

use isopace::types::Stan;

/// Numbers there are: 1 to 999999.
const NUMBERS: u32 = 999_999;

/// How long the number of a message without an answer is left alone, since the answer may come yet.
const REST: Duration = Duration::from_secs(60);

/// Which audit numbers are in use.
#[derive(Debug)]
pub(crate) struct Stans {
    used: Vec<u64>,
    last: u32,
    /// Numbers at rest, and since when.
    resting: VecDeque<(Duration, u32)>,
}

impl Stans {
    pub(crate) fn new() -> Self {
        Stans { used: vec![0; NUMBERS as usize / 64 + 1], last: 0, resting: VecDeque::new() }
    }

    /// The next number that is not in use; nothing when all are.
    pub(crate) fn take(&mut self, now: Duration) -> Option<Stan> {
        while let Some(&(since, number)) = self.resting.front()
            && now.saturating_sub(since) >= REST
        {
            self.resting.pop_front();
            self.set(number, false);
        }
        let free =
            (1..=NUMBERS).map(|step| (self.last + step - 1) % NUMBERS + 1).find(|number| !self.is_used(*number))?;
        self.last = free;
        self.set(free, true);
        Stan::new(free).ok()
    }

    /// The message with this number has ended; whether it was answered.
    pub(crate) fn give_back(&mut self, now: Duration, stan: Stan, answered: bool) {
        if answered {
            self.set(stan.get(), false);
        } else {
            self.resting.push_back((now, stan.get()));
        }
    }

    fn is_used(&self, number: u32) -> bool {
        self.used.get(number as usize / 64).is_some_and(|bits| bits >> (number % 64) & 1 == 1)
    }

    fn set(&mut self, number: u32, used: bool) {
        if let Some(bits) = self.used.get_mut(number as usize / 64) {
            *bits = *bits & !(1 << (number % 64)) | u64::from(used) << (number % 64);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Duration = Duration::ZERO;

    #[test]
    fn no_number_is_in_flight_twice() {
        let mut stans = Stans::new();
        let first = stans.take(NOW).unwrap();
        let second = stans.take(NOW).unwrap();
        stans.give_back(NOW, second, false);
        for expected in 3..=NUMBERS {
            let stan = stans.take(NOW).unwrap();
            assert_eq!(stan.get(), expected);
            stans.give_back(NOW, stan, true);
        }
        // Round once: 1 is in flight, 2 at rest.
        let third = stans.take(NOW).unwrap();
        assert_eq!((first.get(), second.get(), third.get()), (1, 2, 3));
        let mut seen = 0;
        while stans.take(NOW).is_some() {
            seen += 1;
        }
        assert_eq!(seen, NUMBERS - 3);
        assert_eq!(stans.take(REST).unwrap().get(), 2);
    }
}
