//! Digits and hex, eight characters in a `u64` at a time.

const LOW: u64 = 0x0101_0101_0101_0101;

/// Whether all eight are digits.
#[inline(always)]
const fn are_digits(x: u64) -> bool {
    (x & (0xF0 * LOW)) | ((x.wrapping_add(6 * LOW) & (0xF0 * LOW)) >> 4) == 0x33 * LOW
}

/// Eight digits, the first in the lowest byte, as a number.
#[inline(always)]
const fn eight(x: u64) -> u64 {
    let x = x & (0x0F * LOW);
    let x = x.wrapping_mul(10).wrapping_add(x >> 8);
    let outer = (x & 0x0000_00FF_0000_00FF).wrapping_mul(0x000F_4240_0000_0064);
    let inner = ((x >> 16) & 0x0000_00FF_0000_00FF).wrapping_mul(0x0000_2710_0000_0001);
    outer.wrapping_add(inner) >> 32
}

/// Up to sixteen digits as a number; with `PROVEN` it is known that they are digits.
#[inline(always)]
pub(crate) fn number<const N: usize, const PROVEN: bool>(digits: &[u8; N]) -> Option<u64> {
    let mut all = [b'0'; 16];
    all[16 - N..].copy_from_slice(digits);
    let (high, low) = all.split_at(8);
    let high = u64::from_le_bytes(high.try_into().ok()?);
    let low = u64::from_le_bytes(low.try_into().ok()?);
    if !PROVEN && !(are_digits(low) && (N <= 8 || are_digits(high))) {
        return None;
    }
    Some(if N <= 8 { eight(low) } else { eight(high) * 100_000_000 + eight(low) })
}

/// Whether these are digits, sixteen at most.
#[inline(always)]
pub(crate) fn digits<const N: usize>(digits: &[u8; N]) -> bool {
    number::<N, false>(digits).is_some()
}

/// Eight digits of a number below 10^8.
#[inline(always)]
const fn eight_digits(value: u64) -> u64 {
    let halves = (value / 10_000) | ((value % 10_000) << 32);
    let hundreds = ((halves * 10_486) >> 20) & 0x0000_007F_0000_007F;
    let pairs = hundreds | ((halves - hundreds * 100) << 16);
    let tens = ((pairs * 103) >> 10) & 0x000F_000F_000F_000F;
    tens | ((pairs - tens * 10) << 8) | (0x30 * LOW)
}

/// A number as so many digits, sixteen at most.
#[inline(always)]
pub(crate) fn to_digits<const N: usize>(value: u64) -> Option<[u8; N]> {
    if value >= 10u64.pow(N as u32) {
        return None;
    }
    let mut all = [b'0'; 16];
    all[8..].copy_from_slice(&eight_digits(value % 100_000_000).to_le_bytes());
    if N > 8 {
        all[..8].copy_from_slice(&eight_digits(value / 100_000_000).to_le_bytes());
    }
    all.last_chunk().copied()
}

/// Sixteen hex characters of either case as a number.
#[inline(always)]
pub(crate) fn from_hex(text: &[u8; 16]) -> Option<u64> {
    let (high, low) = text.split_at(8);
    let high = hex_word(u64::from_be_bytes(high.try_into().ok()?))?;
    let low = hex_word(u64::from_be_bytes(low.try_into().ok()?))?;
    Some(high << 32 | low)
}

#[inline(always)]
const fn hex_word(x: u64) -> Option<u64> {
    let letter = (x >> 6) & LOW;
    let nibbles = (x & (LOW * 0x0F)).wrapping_add(letter * 9);
    let over_nine = (nibbles.wrapping_add(LOW * 6) >> 4) & LOW;
    let written = nibbles.wrapping_add(LOW * 0x30).wrapping_add(over_nine * 7);
    if nibbles & (LOW * 0xF0) != 0 || x & !(letter << 5) != written {
        return None;
    }
    let pairs = (nibbles | (nibbles >> 4)) & 0x00FF_00FF_00FF_00FF;
    let quads = (pairs | (pairs >> 8)) & 0x0000_FFFF_0000_FFFF;
    Some((quads | (quads >> 16)) & 0xFFFF_FFFF)
}

/// A number as sixteen hex characters, upper case.
#[inline(always)]
pub(crate) const fn to_hex(value: u64) -> [[u8; 8]; 2] {
    [hex_characters(value >> 32), hex_characters(value & 0xFFFF_FFFF)]
}

#[inline(always)]
const fn hex_characters(x: u64) -> [u8; 8] {
    let quads = (x | (x << 16)) & 0x0000_FFFF_0000_FFFF;
    let pairs = (quads | (quads << 8)) & 0x00FF_00FF_00FF_00FF;
    let nibbles = (pairs | (pairs << 4)) & (LOW * 0x0F);
    let over_nine = (nibbles.wrapping_add(LOW * 6) >> 4) & LOW;
    (nibbles + LOW * 0x30 + over_nine * 7).to_be_bytes()
}
