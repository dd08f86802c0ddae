//! Many characters against one class.

macro_rules! runs {
    ($($name:ident: |$byte:ident| $allowed:expr;)*) => {$(
        /// Whether all of them are allowed. Sixteen at a time; the last sixteen may overlap those before.
        #[inline(never)]
        pub(crate) fn $name(run: &[u8]) -> bool {
            const fn bad($byte: u8) -> u8 {
                !$allowed as u8
            }
            let mut found = [0u8; 16];
            let mut sweep = |chunk: &[u8; 16]| {
                for (found, &byte) in found.iter_mut().zip(chunk) {
                    *found |= bad(byte);
                }
            };
            let (chunks, rest) = run.as_chunks::<16>();
            chunks.iter().for_each(&mut sweep);
            match run.last_chunk::<16>() {
                Some(last) => sweep(last),
                None => return rest.iter().fold(0, |found, &byte| found | bad(byte)) == 0,
            }
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

runs! {
    n: |byte| digit(byte);
    an: |byte| (digit(byte) | letter(byte));
    ans: |byte| printable(byte);
    ns: |byte| (printable(byte) & !letter(byte));
    z: |byte| ((byte & 0xF0 == 0x30) | (byte == b'D'));
    hex: |byte| (digit(byte) | ((byte | 0x20).wrapping_sub(b'a') < 6));
}

/// C or D, then digits.
pub(crate) fn xn(run: &[u8]) -> bool {
    matches!(run, [b'C' | b'D', digits @ ..] if n(digits))
}

/// Letters and digits, then blanks.
pub(crate) fn an_padded(run: &[u8]) -> bool {
    an(run.trim_ascii_end()) && printable(*run.last().unwrap_or(&b'0'))
}
