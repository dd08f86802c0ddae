//! Sets of elements: a bit for each number, as in the bitmaps.

use super::dialect::MAX_ELEMENT;

/// The first bit of a map.
const FIRST: u64 = 1 << 63;

/// The numbers of a set of elements, ascending.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Elements {
    bits: [u64; 3],
    map: u8,
}

impl Elements {
    pub(crate) const fn new(bits: [u64; 3]) -> Self {
        Elements { bits, map: 0 }
    }

    /// Those of a third bitmap come behind.
    pub(crate) const fn announce(&mut self, third: u64) {
        self.bits[2] = third;
    }
}

impl Iterator for Elements {
    type Item = u8;

    #[inline]
    fn next(&mut self) -> Option<u8> {
        while let Some(bits) = self.bits.get_mut(self.map as usize) {
            if *bits != 0 {
                let bit = bits.leading_zeros();
                *bits &= !(FIRST >> bit);
                return Some(self.map * 64 + bit as u8 + 1);
            }
            self.map += 1;
        }
        None
    }
}

/// Whether an element is in a set.
#[inline]
pub(crate) const fn contains(bits: &[u64; 3], number: u8) -> bool {
    number > 0 && number as usize <= MAX_ELEMENT && bits[(number as usize - 1) / 64] & bit_of(number) != 0
}

/// The bit of an element within its map.
#[inline]
pub(crate) const fn bit_of(number: u8) -> u64 {
    FIRST >> ((number as u32 + 63) % 64)
}

/// Puts an element into a set.
#[inline(always)]
pub(crate) const fn insert(bits: &mut [u64; 3], number: u8) {
    if number > 0 && number as usize <= MAX_ELEMENT {
        bits[(number as usize - 1) / 64] |= bit_of(number);
    }
}
