//! How long to wait before the next attempt to connect.

use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

use crate::link::bounded;

/// How long to wait before the next attempt: twice as long each time, up to a most, each wait shortened by chance to between
/// half and all of that, so that many clients of one host do not come back at the same moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backoff {
    first: Duration,
    most: Duration,
    jitter: bool,
    steady: Duration,
    seed: Option<u64>,
}

impl Default for Backoff {
    /// From 250 milliseconds to 30 seconds, beginning anew after a link that was up for 30 seconds.
    fn default() -> Self {
        Backoff::new(Duration::from_millis(250), Duration::from_secs(30))
    }
}

impl Backoff {
    /// From the first wait to the longest one.
    #[must_use]
    pub const fn new(first: Duration, most: Duration) -> Self {
        Backoff { first, most, jitter: true, steady: Duration::from_secs(30), seed: None }
    }

    /// Always the same wait, to the millisecond.
    #[must_use]
    pub const fn constant(wait: Duration) -> Self {
        Backoff::new(wait, wait).jitter(false)
    }

    /// Whether waits are shortened by chance.
    #[must_use]
    pub const fn jitter(mut self, jitter: bool) -> Self {
        self.jitter = jitter;
        self
    }

    /// How long a link has to be ready for the waits to begin anew when it is lost. 30 seconds without this.
    #[must_use]
    pub const fn steady(mut self, steady: Duration) -> Self {
        self.steady = steady;
        self
    }

    /// With no wait longer than that.
    #[cfg(feature = "store")]
    pub(crate) fn at_most(self, most: Duration) -> Self {
        Backoff { first: self.first.min(most), most: self.most.min(most), ..self }
    }

    /// Fixes the chance: the same seed gives the same waits.
    #[must_use]
    pub const fn seed(mut self, seed: u64) -> Self {
        self.seed = Some(seed);
        self
    }
}

/// The waits of one connector, or of whatever else is begun again.
#[derive(Debug)]
pub(crate) struct Waits {
    backoff: Backoff,
    /// The next wait before chance.
    next: Duration,
    random: u64,
}

impl Waits {
    pub(crate) fn new(backoff: Backoff) -> Self {
        let random = backoff.seed.unwrap_or_else(|| RandomState::new().hash_one(()));
        Waits { backoff, next: backoff.first, random }
    }

    pub(crate) fn next(&mut self) -> Duration {
        let whole = bounded(self.next.min(self.backoff.most));
        self.next = whole.saturating_mul(2).min(self.backoff.most);
        if !self.backoff.jitter {
            return whole;
        }
        let half = whole / 2;
        half + Duration::from_nanos(self.below(u64::try_from(half.as_nanos()).unwrap_or(u64::MAX)))
    }

    /// The link that is lost was ready for so long.
    pub(crate) fn lost_after(&mut self, ready: Duration) {
        if ready >= self.backoff.steady {
            self.reset();
        }
    }

    pub(crate) fn reset(&mut self) {
        self.next = self.backoff.first;
    }

    /// A number from 0 to this one, by splitmix64.
    fn below(&mut self, most: u64) -> u64 {
        self.random = self.random.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.random;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^= mixed >> 31;
        ((u128::from(mixed) * (u128::from(most) + 1)) >> 64) as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);

    #[test]
    fn doubles_up_to_the_most_within_the_bounds_of_chance() {
        for seed in 0..200 {
            let mut waits = Waits::new(Backoff::default().seed(seed));
            let mut whole = 250 * MS;
            for _ in 0..12 {
                let wait = waits.next();
                assert!(wait >= whole / 2 && wait <= whole, "{seed}: {wait:?} of {whole:?}");
                whole = (whole * 2).min(30_000 * MS);
            }
            waits.lost_after(29_999 * MS);
            assert!(waits.next() >= 15_000 * MS);
            waits.lost_after(30_000 * MS);
            assert!(waits.next() <= 250 * MS);
        }
    }

    #[test]
    fn a_seed_repeats_and_no_seed_does_not() {
        let waits = |backoff: Backoff| {
            let mut waits = Waits::new(backoff);
            (0..8).map(|_| waits.next()).collect::<Vec<_>>()
        };
        assert_eq!(waits(Backoff::default().seed(7)), waits(Backoff::default().seed(7)));
        assert_ne!(waits(Backoff::default().seed(7)), waits(Backoff::default().seed(8)));
        assert_ne!(waits(Backoff::default()), waits(Backoff::default()));
    }

    #[test]
    fn constant_and_zero() {
        let mut waits = Waits::new(Backoff::constant(5_000 * MS));
        assert_eq!([waits.next(), waits.next(), waits.next()], [5_000 * MS; 3]);
        let mut waits = Waits::new(Backoff::new(Duration::ZERO, Duration::ZERO));
        assert_eq!(waits.next(), Duration::ZERO);
        let mut waits = Waits::new(Backoff::new(5_000 * MS, 12_000 * MS).jitter(false));
        assert_eq!([waits.next(), waits.next(), waits.next()], [5_000 * MS, 10_000 * MS, 12_000 * MS]);
    }
}
