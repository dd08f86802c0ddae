//! Eight ASCII digits in one `u64`, the first digit in the lowest byte: checked, read and written with a few operations for
//! all of them.

/// Eight digits are below this.
pub(crate) const EIGHT_DIGITS: u64 = 100_000_000;

/// Up to 8 bytes behind zeros, the last byte on top.
#[inline]
pub(crate) fn right_aligned(bytes: &[u8]) -> u64 {
    // Two moves that may overlap, as they then agree on the bytes they share.
    let front = match (bytes.first_chunk::<4>(), bytes.last_chunk::<4>(), bytes) {
        (Some(first), Some(last), _) => {
            let (first, last) = (u64::from(u32::from_le_bytes(*first)), u64::from(u32::from_le_bytes(*last)));
            first | (last << (8 * (bytes.len() - 4)))
        }
        (_, _, []) => 0,
        (_, _, [a]) => u64::from(*a),
        (_, _, [a, b]) => u64::from(u16::from_le_bytes([*a, *b])),
        (_, _, [a, b, c, ..]) => u64::from(u32::from_le_bytes([*a, *b, *c, 0])),
    };
    shifted_in(front, bytes.len())
}

/// The first `len` (at most 8) bytes of `front` behind zeros, the last byte on top.
#[inline]
pub(crate) const fn shifted_in(front: u64, len: usize) -> u64 {
    const ZEROS: u64 = 0x3030_3030_3030_3030;
    match len {
        0 => ZEROS,
        1..8 => (front << (8 * (8 - len))) | (ZEROS >> (8 * len)),
        _ => front,
    }
}

/// Whether each of the eight bytes is `0x30` to `0x39`.
#[inline]
pub(crate) const fn are_digits(eight: u64) -> bool {
    // The high half of every byte is 3, and still is after adding 6: nothing carries into a neighbour when the first holds.
    let high = eight & 0xF0F0_F0F0_F0F0_F0F0;
    let bumped = eight.wrapping_add(0x0606_0606_0606_0606) & 0xF0F0_F0F0_F0F0_F0F0;
    high | (bumped >> 4) == 0x3333_3333_3333_3333
}

/// The number that eight digits spell, the first digit in the lowest byte.
#[inline]
pub(crate) const fn eight_digits(eight: u64) -> Option<u32> {
    if !are_digits(eight) {
        return None;
    }
    let ones = eight & 0x0F0F_0F0F_0F0F_0F0F;
    // Neighbours to pairs in every other byte, then two multiplications put the four pairs in their places.
    let pairs = ones.wrapping_mul(10).wrapping_add(ones >> 8);
    let outer = (pairs & 0x0000_00FF_0000_00FF).wrapping_mul(100 + (1_000_000 << 32));
    let inner = ((pairs >> 16) & 0x0000_00FF_0000_00FF).wrapping_mul(1 + (10_000 << 32));
    Some((outer.wrapping_add(inner) >> 32) as u32)
}

/// Eight digits, first digit first, of a number below 10^8.
#[inline]
pub(crate) const fn to_eight(value: u64) -> [u8; 8] {
    // Halves in 32 bits each, then pairs in 16 bits each: x / 100 = x * 10486 >> 20 below 10^4, x / 10 = x * 103 >> 10 below 100.
    let halves = (value / 10_000) | ((value % 10_000) << 32);
    let hundreds = ((halves * 10_486) >> 20) & 0x0000_007F_0000_007F;
    let pairs = hundreds | ((halves - hundreds * 100) << 16);
    pairs_to_ones(pairs).to_le_bytes()
}

/// Four numbers below 100, 16 bits each, to eight ASCII digits.
#[inline]
pub(crate) const fn pairs_to_ones(pairs: u64) -> u64 {
    let tens = ((pairs * 103) >> 10) & 0x000F_000F_000F_000F;
    tens | ((pairs - tens * 10) << 8) | 0x3030_3030_3030_3030
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_half_is_written_right() {
        for half in 0..10_000 {
            for value in [half, half * 10_000, half * 10_000 + 9_999 - half] {
                assert_eq!(std::str::from_utf8(&to_eight(value)), Ok(format!("{value:08}").as_str()));
                assert_eq!(eight_digits(u64::from_le_bytes(to_eight(value))).map(u64::from), Some(value));
            }
        }
    }

    #[test]
    fn short_ones_stand_behind_zeros() {
        let bytes = b"12345678";
        for len in 0..=8 {
            let wanted = format!("{:0>8}", &"12345678"[..len]);
            assert_eq!(right_aligned(&bytes[..len]).to_le_bytes(), *wanted.as_bytes());
            assert_eq!(shifted_in(u64::from_le_bytes(*bytes), len).to_le_bytes(), *wanted.as_bytes());
        }
    }
}
