//! Character classes, eight characters at a time.
//!
//! The checks run over every text element that is read, so they work on a `u64` rather than byte by byte; with a
//! constant class the compiler keeps only the ranges of that class.

use super::Class;

const LOW: u64 = 0x0101_0101_0101_0101;
const HIGH: u64 = 0x8080_8080_8080_8080;

/// The high bit of every byte of `x` that lies in `lo..=hi` (both below 0x80).
#[inline(always)]
const fn within(x: u64, lo: u8, hi: u8) -> u64 {
    let at_least = (x | HIGH).wrapping_sub(LOW.wrapping_mul(lo as u64));
    let above = (x & !HIGH).wrapping_add(LOW.wrapping_mul(0x7F - hi as u64));
    at_least & !above & !x & HIGH
}

#[inline(always)]
const fn letters(x: u64) -> u64 {
    // Folding case maps no other ASCII character onto a letter.
    within(x | (LOW * 0x20), b'a', b'z')
}

/// The high bit of every byte of `x` that the class allows.
#[inline(always)]
const fn allowed(class: Class, x: u64) -> u64 {
    match class {
        Class::N => within(x, b'0', b'9'),
        Class::A => letters(x),
        Class::An => within(x, b'0', b'9') | letters(x),
        Class::Anp => within(x, b'0', b'9') | letters(x) | within(x, b' ', b' '),
        Class::As => within(x, b' ', b'~') & !within(x, b'0', b'9'),
        Class::Ns => within(x, b' ', b'~') & !letters(x),
        Class::Ans => within(x, b' ', b'~'),
        Class::Z => within(x, b'0', b'?') | within(x, b'D', b'D'),
        Class::Xn => within(x, b'0', b'9') | within(x, b'C', b'D'),
        Class::B => HIGH,
    }
}

/// A character that every check of the class lets pass, to fill up a short chunk.
#[inline(always)]
const fn neutral(class: Class) -> u8 {
    match class {
        Class::A | Class::As => b'A',
        _ => b'0',
    }
}

/// The first character that the class does not allow.
///
/// # Errors
/// Its index.
#[inline(always)]
pub(crate) fn check(class: Class, text: &[u8]) -> Result<(), usize> {
    let mut bad = 0;
    let mut outside = false;
    // Long texts of a class that is one range: a form that compilers turn into vector instructions.
    let rest = match class {
        Class::N | Class::Ans => {
            let (lo, hi) = if matches!(class, Class::N) { (b'0', b'9') } else { (b' ', b'~') };
            let (chunks, rest) = text.as_chunks::<16>();
            for chunk in chunks {
                outside |= chunk.iter().fold(false, |outside, byte| outside | (byte.wrapping_sub(lo) > hi - lo));
            }
            rest
        }
        _ => text,
    };
    let (chunks, rest) = rest.as_chunks::<8>();
    for chunk in chunks {
        bad |= !allowed(class, u64::from_le_bytes(*chunk)) & HIGH;
    }
    if !rest.is_empty() {
        bad |= !allowed(class, short(rest, neutral(class))) & HIGH;
    }
    if bad == 0 && !outside { Ok(()) } else { Err(first_bad(class, text)) }
}

/// Up to seven characters as a `u64`, filled up with a neutral one.
#[inline(always)]
fn short(rest: &[u8], fill: u8) -> u64 {
    let filled = LOW * fill as u64;
    let word = match *rest {
        [a] => u64::from(a),
        [a, b] => u64::from(u16::from_le_bytes([a, b])),
        [a, b, c] => u64::from(u32::from_le_bytes([a, b, c, 0])),
        [a, b, c, d] => u64::from(u32::from_le_bytes([a, b, c, d])),
        [a, b, c, d, e] => u64::from_le_bytes([a, b, c, d, e, 0, 0, 0]),
        [a, b, c, d, e, f] => u64::from_le_bytes([a, b, c, d, e, f, 0, 0]),
        [a, b, c, d, e, f, g] => u64::from_le_bytes([a, b, c, d, e, f, g, 0]),
        _ => return filled,
    };
    word | (filled << (8 * rest.len()))
}

#[cold]
fn first_bad(class: Class, text: &[u8]) -> usize {
    text.iter().position(|&byte| allowed(class, LOW * u64::from(byte)) & 0x80 == 0).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The classes by their definition, one character at a time.
    fn by_definition(class: Class, byte: u8) -> bool {
        let (digit, letter) = (byte.is_ascii_digit(), byte.is_ascii_alphabetic());
        let printable = (b' '..=b'~').contains(&byte);
        match class {
            Class::N => digit,
            Class::A => letter,
            Class::An => digit || letter,
            Class::Anp => digit || letter || byte == b' ',
            Class::As => printable && !digit,
            Class::Ns => printable && !letter,
            Class::Ans => printable,
            Class::Z => (b'0'..=b'?').contains(&byte) || byte == b'D',
            Class::Xn => digit || byte == b'C' || byte == b'D',
            Class::B => true,
        }
    }

    #[test]
    fn every_byte_at_every_place_of_every_length() {
        use Class::*;
        for class in [N, A, An, As, Ns, Anp, Ans, Z, Xn, B] {
            for length in 0..36 {
                let mut text = vec![neutral(class); length];
                assert_eq!(check(class, &text), Ok(()));
                for place in 0..length {
                    for byte in 0..=255 {
                        text[place] = byte;
                        let expected = if by_definition(class, byte) { Ok(()) } else { Err(place) };
                        assert_eq!(check(class, &text), expected, "{class:?} {byte:#x} at {place} of {length}");
                    }
                    text[place] = neutral(class);
                }
            }
        }
    }
}
