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

/// Packs ASCII digits; the caller has checked their class. `=` and `D` become nibble D.
pub(crate) fn pack(digits: &[u8], (pad_side, pad_nibble): (Side, u8), out: &mut impl Buffer) {
    let nibble = |character: u8| match character {
        b'0'..=b'9' => character - b'0',
        _ => 0xD,
    };
    let mut rest = digits;
    if digits.len() % 2 == 1
        && pad_side == Side::Left
        && let [first, tail @ ..] = digits
    {
        out.push(pad_nibble << 4 | nibble(*first));
        rest = tail;
    }
    let (pairs, last) = rest.as_chunks::<2>();
    pairs.iter().for_each(|[hi, lo]| out.push(nibble(*hi) << 4 | nibble(*lo)));
    if let [digit] = last {
        out.push(nibble(*digit) << 4 | pad_nibble & 0x0F);
    }
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
    fn a_wrong_filler_or_letter_is_refused() {
        assert_eq!(unpacked(&[0x11, 0x23], 3, (Side::Left, 0)), Err(Fault::at(ErrorKind::Padding, 0)));
        assert_eq!(unpacked(&[0x12, 0x31], 3, (Side::Right, 0xF)), Err(Fault::at(ErrorKind::Padding, 1)));
        assert_eq!(unpacked(&[0x12, 0xA4], 4, (Side::Left, 0)), Err(Fault::at(ErrorKind::Nibble, 1)));
    }
}
