//! Packed decimal: two digits a byte.

use super::{Buffer, ErrorKind, Fault, Policy, Side};

/// Unpacks `digits` digits, appending them as ASCII.
///
/// `separator` lets the track separator through: nibble D is written as `=` (the packed form of track 2).
pub(crate) fn unpack(
    packed: &[u8],
    digits: usize,
    (pad_side, pad_nibble): (Side, u8),
    (policy, separator): (Policy, bool),
    mut push: impl FnMut(u8),
) -> Result<(), Fault> {
    let odd = digits % 2 == 1;
    let skip = usize::from(odd && pad_side == Side::Left);
    let nibble_at = |index: usize| {
        let byte = packed.get(index / 2).copied().unwrap_or(0);
        if index.is_multiple_of(2) { byte >> 4 } else { byte & 0x0F }
    };
    if odd && policy == Policy::Strict {
        let filler = if skip == 1 { 0 } else { digits };
        if nibble_at(filler) != pad_nibble {
            return Err(Fault::at(ErrorKind::Padding, filler / 2));
        }
    }
    for index in skip..skip + digits {
        match nibble_at(index) {
            digit @ 0..=9 => push(b'0' + digit),
            0xD if separator => push(b'='),
            _ => return Err(Fault::at(ErrorKind::Nibble, index / 2)),
        }
    }
    Ok(())
}

/// Unpacks into all of `room`, a character for each nibble; `from_low` begins at the second nibble. Says whether all were
/// digits or, where it is let through, the track separator.
#[inline(always)]
pub(crate) fn unpack_run(packed: &[u8], from_low: bool, separator: bool, room: &mut [u8]) -> bool {
    let (packed, room, mut bad) = match (packed, room) {
        ([first, packed @ ..], [place, room @ ..]) if from_low => {
            *place = b'0' | (first & 0x0F);
            (packed, room, others(first & 0x0F, separator))
        }
        (packed, room) => (packed, room, 0),
    };
    // Four bytes at a time become eight characters; a nibble is the low half of its character, the separator's too.
    let (fours, singles) = packed.as_chunks::<4>();
    let (eights, room) = room.as_chunks_mut::<8>();
    for (four, eight) in fours.iter().zip(&mut *eights) {
        *eight = spread(u32::from_be_bytes(*four)).to_be_bytes();
        bad |= u8::from(others_of(u32::from_be_bytes(*four), separator) != 0);
    }
    // The last of four bytes may be half filler, and is then one of those that are left.
    let rest = if fours.len() > eights.len() { fours.last().map_or(singles, |four| four) } else { singles };
    let (pairs, last) = room.as_chunks_mut::<2>();
    for (pair, byte) in pairs.iter_mut().zip(rest) {
        *pair = [b'0' | (byte >> 4), b'0' | (byte & 0x0F)];
        bad |= others(*byte, separator);
    }
    if let ([place], [.., byte]) = (last, rest) {
        *place = b'0' | (byte >> 4);
        bad |= others(byte >> 4, separator);
    }
    bad == 0
}

/// The characters of eight nibbles.
#[inline(always)]
const fn spread(nibbles: u32) -> u64 {
    let x = nibbles as u64;
    let x = (x | (x << 16)) & 0x0000_FFFF_0000_FFFF;
    let x = (x | (x << 8)) & 0x00FF_00FF_00FF_00FF;
    (x | (x << 4)) & 0x0F0F_0F0F_0F0F_0F0F | 0x3030_3030_3030_3030
}

/// [`others`] of four bytes.
#[inline(always)]
const fn others_of(four: u32, separator: bool) -> u32 {
    let above = (four >> 3) & ((four >> 2) | (four >> 1)) & 0x1111_1111;
    let is_separator = (four >> 3) & (four >> 2) & !(four >> 1) & four & 0x1111_1111;
    if separator { above & !is_separator } else { above }
}

/// The low bit of each nibble that is no digit nor, where it is let through, the separator.
#[inline(always)]
const fn others(byte: u8, separator: bool) -> u8 {
    // Above nine: the highest bit and one of the next two.
    let above = (byte >> 3) & ((byte >> 2) | (byte >> 1)) & 0x11;
    let is_separator = (byte >> 3) & (byte >> 2) & !(byte >> 1) & byte & 0x11;
    if separator { above & !is_separator } else { above }
}

/// The number that the nibbles of up to eight bytes spell, but the first or the last one where that is filler.
#[inline(always)]
pub(crate) fn number(packed: &[u8], from_low: bool, to_high: bool) -> Option<u64> {
    const LOW: u64 = 0x0F0F_0F0F_0F0F_0F0F;
    let mut nibbles = packed.iter().fold(0u64, |sum, byte| (sum << 8) | u64::from(*byte));
    if from_low {
        nibbles &= !(0xF0u64 << (8 * (packed.len() - 1)));
    }
    if to_high {
        nibbles >>= 4;
    }
    if (nibbles >> 3) & ((nibbles >> 2) | (nibbles >> 1)) & 0x1111_1111_1111_1111 != 0 {
        return None;
    }
    // Neighbours to pairs, pairs to fours, fours to eights, and the two of those.
    let pairs = (nibbles & LOW) + ((nibbles >> 4) & LOW) * 10;
    let fours = (pairs & 0x00FF_00FF_00FF_00FF) + ((pairs >> 8) & 0x00FF_00FF_00FF_00FF) * 100;
    let eights = (fours & 0x0000_FFFF_0000_FFFF) + ((fours >> 16) & 0x0000_FFFF_0000_FFFF) * 10_000;
    Some((eights & 0xFFFF_FFFF) + (eights >> 32) * 100_000_000)
}

/// Packs ASCII digits; the caller has checked their class. `=` and `D` become nibble D.
#[inline(always)]
pub(crate) fn pack(digits: &[u8], (pad_side, pad_nibble): (Side, u8), out: &mut impl Buffer) {
    let mut rest = digits;
    if digits.len() % 2 == 1
        && pad_side == Side::Left
        && let [first, tail @ ..] = digits
    {
        out.push(pad_nibble << 4 | low(*first));
        rest = tail;
    }
    let (runs, rest) = rest.as_chunks::<16>();
    runs.iter().for_each(|run| out.extend_from_slice(&packed(*run)));
    if let (Some(first), Some(last), 0) = (rest.first_chunk::<8>(), rest.last_chunk::<8>(), rest.len() % 2) {
        // Two that may overlap, as they then agree on the digits they share.
        let mut room = [0; 8];
        let count = rest.len() / 2;
        room[..4].copy_from_slice(&compressed(u64::from_be_bytes(*first)).to_be_bytes());
        room[count - 4..count].copy_from_slice(&compressed(u64::from_be_bytes(*last)).to_be_bytes());
        out.extend_from_slice(&room[..count]);
        return;
    }
    if rest.len() < 8 {
        let mut run = [0; 8];
        run.iter_mut().zip(rest).for_each(|(place, digit)| *place = *digit);
        if rest.len() % 2 == 1 {
            run[rest.len()] = pad_nibble & 0x0F;
        }
        let bytes = compressed(u64::from_be_bytes(run)).to_be_bytes();
        out.extend_from_slice(&bytes[..rest.len().div_ceil(2)]);
        return;
    }
    let mut run = [0; 16];
    if let Some(room) = run.get_mut(..rest.len()) {
        room.copy_from_slice(rest);
    }
    if rest.len() % 2 == 1
        && let Some(place) = run.get_mut(rest.len())
    {
        *place = pad_nibble & 0x0F;
    }
    out.extend_from_slice(packed(run).get(..rest.len().div_ceil(2)).unwrap_or_default());
}

/// Sixteen characters as nibbles.
#[inline(always)]
const fn packed(run: [u8; 16]) -> [u8; 8] {
    let x = u128::from_be_bytes(run);
    let (first, second) = (compressed((x >> 64) as u64) as u64, compressed(x as u64) as u64);
    (first << 32 | second).to_be_bytes()
}

/// Eight characters as nibbles.
#[inline(always)]
const fn compressed(eight: u64) -> u32 {
    // Of what comes here only the letter D has bit 6, and its nibble is no part of its character.
    let x = (eight & 0x0F0F_0F0F_0F0F_0F0F) | (((eight & 0x4040_4040_4040_4040) >> 6) * 0x0D);
    let x = (x | (x >> 4)) & 0x00FF_00FF_00FF_00FF;
    let x = (x | (x >> 8)) & 0x0000_FFFF_0000_FFFF;
    (x | (x >> 16)) as u32
}

/// The nibble of a digit, which is its low half, as that of `=` is; and of `D`, the separator as a letter.
#[inline(always)]
const fn low(character: u8) -> u8 {
    (character & 0x0F) | (((character & 0x40) >> 6) * 0x0D)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unpacked(packed: &[u8], digits: usize, pad: (Side, u8)) -> Result<Vec<u8>, Fault> {
        let mut out = Vec::new();
        unpack(packed, digits, pad, (Policy::Strict, false), |digit| out.push(digit)).map(|()| out)
    }

    #[test]
    fn both_sides_and_every_nibble_come_back() {
        for side in [Side::Left, Side::Right] {
            for nibble in 0..16 {
                for length in 0..9 {
                    let digits: Vec<u8> = (0..length).map(|n| b'1' + n).collect();
                    let mut packed = Vec::new();
                    pack(&digits, (side, nibble), &mut packed);
                    assert_eq!(packed.len(), digits.len().div_ceil(2));
                    assert_eq!(unpacked(&packed, digits.len(), (side, nibble)), Ok(digits));
                }
            }
        }
    }

    #[test]
    fn a_run_is_unpacked_as_one_by_one() {
        for separator in [false, true] {
            for (side, length) in
                [Side::Left, Side::Right].into_iter().flat_map(|side| (1..=17).map(move |n| (side, n)))
            {
                let whole: Vec<u8> = (0..length).map(|n: u8| b'0' + n % 10).collect();
                let mut packed = Vec::new();
                pack(&whole, (side, 0), &mut packed);
                let from_low = length % 2 == 1 && side == Side::Left;
                for (place, byte) in (0..packed.len()).flat_map(|place| (0..=255).map(move |byte| (place, byte))) {
                    let mut packed = packed.clone();
                    packed[place] = byte;
                    let mut expected = Vec::new();
                    let manners = (Policy::Lenient, separator);
                    let slow = unpack(&packed, length.into(), (side, 0), manners, |digit| expected.push(digit));
                    let mut room = vec![0; length.into()];
                    let good = unpack_run(&packed, from_low, separator, &mut room);
                    assert_eq!(good, slow.is_ok(), "{packed:02X?} {length} {side:?}");
                    if good {
                        assert_eq!(room, expected);
                    }
                    if packed.len() <= 8 && !separator {
                        let to_high = length % 2 == 1 && side == Side::Right;
                        let spelled = slow.ok().and_then(|()| String::from_utf8(expected).ok()?.parse().ok());
                        assert_eq!(number(&packed, from_low, to_high), spelled);
                    }
                }
            }
        }
    }

    #[test]
    fn a_wrong_filler_or_letter_is_refused() {
        assert_eq!(unpacked(&[0x11, 0x23], 3, (Side::Left, 0)), Err(Fault::at(ErrorKind::Padding, 0)));
        assert_eq!(unpacked(&[0x12, 0x31], 3, (Side::Right, 0xF)), Err(Fault::at(ErrorKind::Padding, 1)));
        assert_eq!(unpacked(&[0x12, 0xA4], 4, (Side::Left, 0)), Err(Fault::at(ErrorKind::Nibble, 1)));
    }
}
