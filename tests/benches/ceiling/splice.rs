//! A response from a request: another message type, DE 4 written anew, DE 39 put in, all else copied.

use super::index::{Index, bit};
use super::{numbers, runs};

/// Appends the bitmaps of these elements, the second one only where it is needed.
#[inline(always)]
pub(crate) fn bitmaps(bits: u128, out: &mut Vec<u8>) {
    let secondary = bits as u64;
    let primary = (bits >> 64) as u64 | if secondary == 0 { 0 } else { 1 << 63 };
    numbers::to_hex(primary).iter().for_each(|half| out.extend_from_slice(half));
    if secondary != 0 {
        numbers::to_hex(secondary).iter().for_each(|half| out.extend_from_slice(half));
    }
}

/// Appends the message `wire` with another message type, amount and response code.
#[inline]
#[must_use]
pub fn splice(wire: &[u8], index: &Index, mti: &[u8; 4], amount: u64, code: &[u8; 2], out: &mut Vec<u8>) -> Option<()> {
    if !numbers::digits(mti) || !runs::an_padded(code) {
        return None;
    }
    let amount = numbers::to_digits::<12>(amount)?;
    out.reserve_exact(wire.len() + 2 + 12);
    out.extend_from_slice(mti);
    let body = if matches!(wire.get(4)?, b'0'..=b'7') { 20 } else { 36 };
    let bits = index.bits | bit(4) | bit(39);
    if bits == index.bits || body == 36 && bits as u64 == 0 {
        // Unchanged, or a second bitmap without elements: as it stands, but for the bits set above.
        let primary = (bits >> 64) as u64 | if body == 36 { 1 << 63 } else { 0 };
        if bits == index.bits {
            out.extend_from_slice(wire.get(4..body)?);
        } else {
            numbers::to_hex(primary).iter().for_each(|half| out.extend_from_slice(half));
            out.extend_from_slice(b"0000000000000000");
        }
    } else {
        bitmaps(bits, out);
    }
    let mut copied = body;
    let (start, end) = place(index, 4, body);
    out.extend_from_slice(wire.get(copied..start)?);
    out.extend_from_slice(&amount);
    copied = end;
    let (start, end) = place(index, 39, body);
    out.extend_from_slice(wire.get(copied..start)?);
    out.extend_from_slice(code);
    copied = end;
    out.extend_from_slice(wire.get(copied..)?);
    Some(())
}

/// Where an element of fixed length is, or where it would be: after the last element before it.
#[inline(always)]
fn place(index: &Index, number: usize, body: usize) -> (usize, usize) {
    if index.has(number) {
        let (start, end) = index.spans[number];
        return (usize::from(start), usize::from(end));
    }
    let before = index.bits & !(u128::MAX >> (number - 1));
    let at = match before {
        0 => body,
        _ => usize::from(index.spans[(128 - before.trailing_zeros() as usize) % 129].1),
    };
    (at, at)
}
