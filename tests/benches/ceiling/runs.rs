//! Many characters against one class.

const LOW: u64 = 0x0101_0101_0101_0101;
const HIGH: u64 = 0x80 * LOW;

/// The high bit of every byte that lies in `lo..=hi`, both below 0x80.
#[inline(always)]
const fn within(x: u64, lo: u8, hi: u8) -> u64 {
    let at_least = (x | HIGH).wrapping_sub(LOW * lo as u64);
    let above = (x & !HIGH).wrapping_add(LOW * (0x7F - hi as u64));
    at_least & !above & !x
}

/// Up to fifteen characters as two words that may overlap; nothing stands for the character `fill`.
#[inline(always)]
fn words(run: &[u8], fill: u8) -> [u64; 2] {
    if let (Some(first), Some(last)) = (run.first_chunk(), run.last_chunk()) {
        return [u64::from_le_bytes(*first), u64::from_le_bytes(*last)];
    }
    let filled = LOW * u64::from(fill);
    let word = match (run.first_chunk(), run.last_chunk(), run) {
        (Some(first), Some(last), _) => {
            u64::from(u32::from_le_bytes(*first)) | u64::from(u32::from_le_bytes(*last)) << 32
        }
        (_, _, &[a, b, c]) => u64::from(u32::from_le_bytes([a, b, c, fill])) | filled << 32,
        (_, _, &[a, b]) => u64::from(u16::from_le_bytes([a, b])) | filled << 16,
        (_, _, &[a]) => u64::from(a) | filled << 8,
        _ => filled,
    };
    [word, filled]
}

macro_rules! runs {
    ($($name:ident $long:ident: |$byte:ident| $allowed:expr, |$word:ident| $all:expr;)*) => {$(
        /// Whether all of them are allowed.
        #[inline(always)]
        pub(crate) fn $name(run: &[u8]) -> bool {
            if run.len() >= 16 {
                return $long(run);
            }
            // A zero is in every class.
            words(run, b'0').iter().fold(HIGH, |good, &$word| good & $all) & HIGH == HIGH
        }

        /// Sixteen and more at a time; the last sixteen may overlap those before.
        #[inline(never)]
        fn $long(run: &[u8]) -> bool {
            let mut found = [0u8; 16];
            let mut sweep = |chunk: &[u8; 16]| {
                for (found, &$byte) in found.iter_mut().zip(chunk) {
                    *found |= !$allowed as u8;
                }
            };
            run.as_chunks().0.iter().for_each(&mut sweep);
            run.last_chunk().into_iter().for_each(sweep);
            u128::from_le_bytes(found) == 0
        }
    )*};
}

const fn digit(byte: u8) -> bool {
    byte.wrapping_sub(b'0') < 10
}

const fn letter(byte: u8) -> bool {
    (byte | 0x20).wrapping_sub(b'a') < 26
}

const fn printable(byte: u8) -> bool {
    byte.wrapping_sub(b' ') < 0x5F
}

#[inline(always)]
const fn letters(x: u64) -> u64 {
    within(x | (LOW * 0x20), b'a', b'z')
}

runs! {
    n n_long: |byte| digit(byte), |x| within(x, b'0', b'9');
    an an_long: |byte| (digit(byte) | letter(byte)), |x| within(x, b'0', b'9') | letters(x);
    ans ans_long: |byte| printable(byte), |x| within(x, b' ', b'~');
    ns ns_long: |byte| (printable(byte) & !letter(byte)), |x| within(x, b' ', b'~') & !letters(x);
    z z_long: |byte| ((byte & 0xF0 == 0x30) | (byte == b'D')), |x| within(x, b'0', b'?') | within(x, b'D', b'D');
    hex hex_long: |byte| (digit(byte) | ((byte | 0x20).wrapping_sub(b'a') < 6)),
        |x| within(x, b'0', b'9') | within(x | (LOW * 0x20), b'a', b'f');
}

/// C or D, then digits.
pub(crate) fn xn(run: &[u8]) -> bool {
    matches!(run, [b'C' | b'D', digits @ ..] if n(digits))
}

/// Letters and digits, then blanks.
pub(crate) fn an_padded(run: &[u8]) -> bool {
    an(run.trim_ascii_end()) && printable(*run.last().unwrap_or(&b'0'))
}
