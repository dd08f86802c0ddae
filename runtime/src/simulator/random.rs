//! Chance that can be repeated: the same seed gives the same numbers, with every release of this package.

/// A source of numbers by splitmix64. Not for anything secret.
#[derive(Debug, Clone)]
pub(crate) struct Random(u64);

impl Random {
    pub(crate) const fn new(seed: u64) -> Self {
        Random(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number from 0 to this one, both included.
    pub(crate) fn up_to(&mut self, most: u64) -> u64 {
        ((u128::from(self.next()) * (u128::from(most) + 1)) >> 64) as u64
    }

    /// A number within these bounds, both included; the lower one where they are the wrong way round.
    pub(crate) fn within(&mut self, from: u64, to: u64) -> u64 {
        from + self.up_to(to.saturating_sub(from))
    }

    /// Yes, so many times out of a million.
    pub(crate) fn happens(&mut self, millionths: u32) -> bool {
        self.up_to(999_999) < u64::from(millionths)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_repeats_and_bounds_hold() {
        let draw = |seed| {
            let mut random = Random::new(seed);
            (0..100).map(|_| random.within(3, 9)).collect::<Vec<_>>()
        };
        assert_eq!(draw(7), draw(7));
        assert_ne!(draw(7), draw(8));
        assert!(
            (3..=9).all(|number| draw(7).contains(&number)) && draw(7).iter().all(|number| (3..=9).contains(number))
        );
        let mut random = Random::new(1);
        assert!((0..1000).all(|_| random.happens(1_000_000) && !random.happens(0)));
        let half = (0..10_000).filter(|_| random.happens(500_000)).count();
        assert!((4_500..5_500).contains(&half), "{half}");
        assert_eq!((random.within(5, 5), random.within(5, 1)), (5, 5));
        _ = random.up_to(u64::MAX);
    }
}
