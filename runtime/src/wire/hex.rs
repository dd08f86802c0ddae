//! Hex text, eight characters at a time for bitmaps.

const LOW: u64 = 0x0101_0101_0101_0101;

/// Sixteen hex characters of either case as a number.
#[inline]
pub(crate) fn decode16(text: [u8; 16]) -> Option<u64> {
    let [hi, lo] = [0, 8].map(|at| decode8(text[at..at + 8].try_into().unwrap_or_default()));
    Some((u64::from(hi?) << 32) | u64::from(lo?))
}

#[inline]
fn decode8(text: [u8; 8]) -> Option<u32> {
    let x = u64::from_be_bytes(text);
    let letter = (x >> 6) & LOW;
    let nibbles = (x & (LOW * 0x0F)).wrapping_add(letter * 9);
    // Written back and compared: anything but 0-9, A-F, a-f comes out different or too large for a nibble.
    let over_nine = (nibbles.wrapping_add(LOW * 6) >> 4) & LOW;
    let upper = x & !(letter << 5);
    if nibbles & (LOW * 0xF0) != 0 || upper != nibbles.wrapping_add(LOW * 0x30).wrapping_add(over_nine * 7) {
        return None;
    }
    let pairs = (nibbles | (nibbles >> 4)) & 0x00FF_00FF_00FF_00FF;
    let quads = (pairs | (pairs >> 8)) & 0x0000_FFFF_0000_FFFF;
    Some((quads | (quads >> 16)) as u32)
}

/// Sixteen upper-case hex characters of a number.
#[inline(always)]
pub(crate) fn encode16(value: u64) -> [u8; 16] {
    let mut text = [0; 16];
    text[..8].copy_from_slice(&encode8((value >> 32) as u32));
    text[8..].copy_from_slice(&encode8(value as u32));
    text
}

#[inline(always)]
fn encode8(value: u32) -> [u8; 8] {
    let x = u64::from(value);
    let quads = (x | (x << 16)) & 0x0000_FFFF_0000_FFFF;
    let pairs = (quads | (quads << 8)) & 0x00FF_00FF_00FF_00FF;
    let nibbles = (pairs | (pairs << 4)) & (LOW * 0x0F);
    let over_nine = (nibbles.wrapping_add(LOW * 6) >> 4) & LOW;
    (nibbles + LOW * 0x30 + over_nine * 7).to_be_bytes()
}

/// The nibble of one hex character of either case.
#[inline]
pub(crate) const fn nibble(character: u8) -> Option<u8> {
    match character {
        b'0'..=b'9' => Some(character - b'0'),
        b'A'..=b'F' => Some(character - b'A' + 10),
        b'a'..=b'f' => Some(character - b'a' + 10),
        _ => None,
    }
}

/// The upper-case hex character of a nibble.
#[inline]
pub(crate) const fn digit(nibble: u8) -> u8 {
    match nibble & 0x0F {
        n @ 0..=9 => b'0' + n,
        n => b'A' + n - 10,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_character_at_every_place() {
        for place in 0..16 {
            for byte in 0..=255u8 {
                let mut text = *b"0123456789ABCDEF";
                text[place] = byte;
                let expected =
                    text.iter().try_fold(0u64, |sum, &character| Some(sum << 4 | u64::from(nibble(character)?)));
                assert_eq!(decode16(text), expected, "{byte:#x} at {place}");
            }
        }
    }

    #[test]
    fn writes_what_it_reads() {
        for value in [0, 1, u64::MAX, 0x0123_4567_89AB_CDEF, 0xFEDC_BA98_7654_3210] {
            assert_eq!(decode16(encode16(value)), Some(value));
            assert_eq!(encode16(value).as_slice(), format!("{value:016X}").as_bytes());
        }
    }
}
