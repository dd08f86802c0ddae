//! ASCII digits to numbers and back.
//!
//! Not a wire encoding: BCD and EBCDIC are decoded to ASCII digits before they come here. `str::parse` has no place in
//! this project, as it takes `+9` for a number.

use super::ValueError;
use super::eight::{EIGHT_DIGITS, are_digits, eight_digits, pairs_to_ones, right_aligned, shifted_in, to_eight};

/// What [`ValueError::Character`] says where a digit must stand.
pub(crate) const A_DIGIT: &str = "a digit";

/// What [`ValueError::Character`] says where `0x20` to `0x7E` must stand.
pub(crate) const PRINTABLE: &str = "a printable ASCII character";

/// 10^n for every n that fits.
const POWERS: [u64; 20] = {
    let mut powers = [1; 20];
    let mut n = 1;
    while n < powers.len() {
        powers[n] = powers[n - 1] * 10;
        n += 1;
    }
    powers
};

/// Exactly `N` units, or a length error.
#[inline]
pub(crate) fn exactly<const N: usize>(bytes: &[u8]) -> Result<&[u8; N], ValueError> {
    bytes.try_into().map_err(|_| ValueError::length(N, N, bytes.len()))
}

/// `Err` holds the index of the first byte that is not an ASCII digit.
#[inline]
pub(crate) fn all_digits(bytes: &[u8]) -> Result<(), usize> {
    let good = match (bytes.first_chunk::<8>(), bytes.last_chunk::<8>()) {
        // The first and the last eight bytes, which may overlap, and whole chunks between.
        (Some(first), Some(last)) => {
            let ends = are_digits(u64::from_le_bytes(*first)) & are_digits(u64::from_le_bytes(*last));
            let between = bytes.get(8..bytes.len() - 8).unwrap_or_default();
            ends && (between.is_empty() || all_digits_between(bytes))
        }
        _ => are_digits(right_aligned(bytes)),
    };
    if good { Ok(()) } else { Err(first_other(bytes)) }
}

/// The whole chunks of eight. What is left over is in the last eight bytes.
fn all_digits_between(bytes: &[u8]) -> bool {
    bytes.as_chunks::<8>().0.iter().all(|chunk| are_digits(u64::from_le_bytes(*chunk)))
}

/// [`all_digits`] with the error of a value.
#[inline]
pub(crate) fn require_digits(bytes: &[u8]) -> Result<(), ValueError> {
    all_digits(bytes).map_err(|index| ValueError::character(index, A_DIGIT))
}

/// Only printable ASCII, `0x20` to `0x7E`, or the error of a value.
#[inline]
pub(crate) fn require_printable(bytes: &[u8]) -> Result<(), ValueError> {
    // No way out of the loop: that is one comparison for many characters.
    if bytes.iter().fold(true, |good, byte| good & is_printable(*byte)) {
        return Ok(());
    }
    let index = bytes.iter().position(|byte| !is_printable(*byte));
    Err(ValueError::character(index.unwrap_or_default(), PRINTABLE))
}

/// Whether a byte is `0x20` to `0x7E`.
#[inline]
pub(crate) const fn is_printable(byte: u8) -> bool {
    byte.wrapping_sub(b' ') < 0x5F
}

/// The number that `N` digits (1 to 8) spell.
#[inline]
pub(crate) fn parse_u32<const N: usize>(bytes: &[u8; N]) -> Result<u32, ValueError> {
    const { assert!(N >= 1 && N <= 8) };
    let mut eight = [b'0'; 8];
    eight[8 - N..].copy_from_slice(bytes);
    match eight_digits(u64::from_le_bytes(eight)) {
        Some(value) => Ok(value),
        None => Err(ValueError::character(first_other(bytes), A_DIGIT)),
    }
}

/// The number that 1 to 20 digits spell.
///
/// # Errors
///
/// Other lengths, other characters, and 20 digits beyond 18446744073709551615.
#[inline]
pub(crate) fn parse_u64(bytes: &[u8]) -> Result<u64, ValueError> {
    if bytes.is_empty() || bytes.len() > 20 {
        return Err(ValueError::length(1, 20, bytes.len()));
    }
    let value = match (bytes.first_chunk::<8>(), bytes.last_chunk::<8>()) {
        (Some(first), Some(last)) if bytes.len() <= 16 => {
            // What the first eight bytes have beyond the head is shifted out.
            let head = eight_digits(shifted_in(u64::from_le_bytes(*first), bytes.len() - 8));
            let last = eight_digits(u64::from_le_bytes(*last));
            head.zip(last).map(|(head, last)| u64::from(head) * EIGHT_DIGITS + u64::from(last))
        }
        (Some(_), Some(_)) => return parse_long(bytes),
        _ => eight_digits(right_aligned(bytes)).map(u64::from),
    };
    value.ok_or_else(|| ValueError::character(first_other(bytes), A_DIGIT))
}

/// [`parse_u64`] of 17 to 20 digits, which may be too many.
fn parse_long(bytes: &[u8]) -> Result<u64, ValueError> {
    require_digits(bytes)?;
    let push = |value: u64, digit: &u8| value.checked_mul(10)?.checked_add(u64::from(digit - b'0'));
    bytes.iter().try_fold(0, push).ok_or(ValueError::Range { expected: "at most 18446744073709551615" })
}

/// The `P` two-digit numbers that 2 * `P` digits spell.
#[inline]
pub(crate) fn parse_pairs<const P: usize>(bytes: &[u8]) -> Result<[u8; P], ValueError> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    let wrong_length = || ValueError::length(2 * P, 2 * P, bytes.len());
    let pairs: &[[u8; 2]; P] = pairs.try_into().map_err(|_| wrong_length())?;
    if !rest.is_empty() {
        return Err(wrong_length());
    }
    let mut good = true;
    let values = pairs.map(|[tens, ones]| {
        let (tens, ones) = (tens.wrapping_sub(b'0'), ones.wrapping_sub(b'0'));
        good &= (tens <= 9) & (ones <= 9);
        tens.wrapping_mul(10).wrapping_add(ones)
    });
    if good { Ok(values) } else { Err(ValueError::character(first_other(bytes), A_DIGIT)) }
}

/// Writes `value` over the whole of `out`, padded with zeros on the left.
///
/// # Errors
///
/// A value with more digits than `out` has room for; `out` is then left alone.
#[inline]
pub(crate) fn write_fixed(mut value: u64, out: &mut [u8]) -> Result<(), ValueError> {
    if POWERS.get(out.len()).is_some_and(|limit| value >= *limit) {
        return Err(ValueError::TooLarge { digits: u8::try_from(out.len()).unwrap_or(u8::MAX) });
    }
    let len = out.len();
    let eight = u64::from_le_bytes(to_eight(value % EIGHT_DIGITS));
    // Two moves that may overlap, as they then agree on the bytes they share.
    match len {
        9..16 => {
            let high = u64::from_le_bytes(to_eight(value / EIGHT_DIGITS));
            let first = (high >> (8 * (16 - len))) | (eight << (8 * (len - 8)));
            out[..8].copy_from_slice(&first.to_le_bytes());
            out[len - 8..].copy_from_slice(&eight.to_le_bytes());
        }
        16 => {
            out[..8].copy_from_slice(&to_eight(value / EIGHT_DIGITS));
            out[8..].copy_from_slice(&eight.to_le_bytes());
        }
        4..9 => {
            let front = (eight >> (8 * (8 - len))).to_le_bytes();
            out[..4].copy_from_slice(&front[..4]);
            out[len - 4..].copy_from_slice(&eight.to_le_bytes()[4..]);
        }
        _ => {
            for place in out.iter_mut().rev() {
                *place = b'0' + (value % 10) as u8;
                value /= 10;
            }
        }
    }
    Ok(())
}

/// The last `N` (at most 8) digits of `value`, which is below 10^8.
#[inline]
pub(crate) fn to_digits<const N: usize>(value: u32) -> [u8; N] {
    const { assert!(N >= 1 && N <= 8) };
    let eight = to_eight(u64::from(value) % EIGHT_DIGITS);
    let mut digits = [b'0'; N];
    digits.copy_from_slice(&eight[8 - N..]);
    digits
}

/// The two digits of a number below 100.
#[inline]
pub(crate) const fn to_pair(value: u8) -> [u8; 2] {
    [b'0' + value / 10, b'0' + value % 10]
}

/// The digits of four numbers below 100.
#[inline]
pub(crate) fn to_pairs([a, b, c, d]: [u8; 4]) -> [u8; 8] {
    let pairs = u64::from(a) | (u64::from(b) << 16) | (u64::from(c) << 32) | (u64::from(d) << 48);
    pairs_to_ones(pairs).to_le_bytes()
}

/// Characters that were checked to be ASCII (or UTF-8) when the value that holds them was made.
#[inline]
pub(crate) fn text(ascii: &[u8]) -> &str {
    core::str::from_utf8(ascii).unwrap_or_default()
}

/// Where the first byte is that is no digit.
#[cold]
fn first_other(bytes: &[u8]) -> usize {
    bytes.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(bytes.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_byte_at_every_place() {
        for length in 1..=40_usize {
            for place in 0..length {
                for byte in 0..=u8::MAX {
                    let mut bytes = vec![b'7'; length];
                    bytes[place] = byte;
                    let wanted = if byte.is_ascii_digit() { Ok(()) } else { Err(place) };
                    assert_eq!(all_digits(&bytes), wanted);
                    if length > 20 {
                        continue;
                    }
                    let number = parse_u64(&bytes);
                    match std::str::from_utf8(&bytes).ok().filter(|_| byte.is_ascii_digit()).map(str::parse::<u64>) {
                        Some(Ok(value)) => assert_eq!(number, Ok(value)),
                        Some(Err(_)) => assert!(matches!(number, Err(ValueError::Range { .. }))),
                        None => assert_eq!(number, Err(ValueError::character(place, A_DIGIT))),
                    }
                }
            }
        }
        assert_eq!(all_digits(b""), Ok(()));
        assert_eq!(parse_u64(b""), Err(ValueError::length(1, 20, 0)));
        assert_eq!(parse_u64(&[b'0'; 21]), Err(ValueError::length(1, 20, 21)));
        assert_eq!(parse_u64(b"18446744073709551615"), Ok(u64::MAX));
        assert!(parse_u64(b"18446744073709551616").is_err());
        assert!(parse_u64(b"+9").is_err());
    }

    #[test]
    fn every_pair() {
        for value in 0..100 {
            assert_eq!(parse_pairs::<1>(&to_pair(value)), Ok([value]));
            let four = [value, 99 - value, 0, value];
            assert_eq!(parse_pairs::<4>(&to_pairs(four)), Ok(four));
        }
        assert_eq!(parse_pairs::<2>(b"123"), Err(ValueError::length(4, 4, 3)));
        assert_eq!(parse_pairs::<1>(b"123"), Err(ValueError::length(2, 2, 3)));
        assert_eq!(parse_pairs::<2>(b"12+9"), Err(ValueError::character(2, A_DIGIT)));
    }

    proptest! {
        #[test]
        fn written_numbers_read_back(value: u64, length in 0_usize..24) {
            let mut out = vec![b'x'; length];
            let fits = length >= value.to_string().len();
            match write_fixed(value, &mut out) {
                Ok(()) => {
                    prop_assert!(fits);
                    prop_assert_eq!(std::str::from_utf8(&out).unwrap(), format!("{value:0length$}"));
                }
                Err(error) => {
                    prop_assert!(!fits);
                    prop_assert_eq!(error, ValueError::TooLarge { digits: u8::try_from(length).unwrap() });
                    prop_assert_eq!(out, vec![b'x'; length]);
                }
            }
        }

        #[test]
        fn short_numbers_read_back(value in 0_u32..1_000_000) {
            prop_assert_eq!(parse_u32(&to_digits::<6>(value)), Ok(value));
            prop_assert_eq!(parse_u32(&to_digits::<8>(value)), Ok(value));
        }
    }
}
