//! Planted secrets, and the search for them in anything that is shown.

use super::reference::{ebcdic, hex, packed};
use isopace::wire::Side;

/// The card numbers of the tests.
pub(crate) const PANS: [&str; 3] = ["4012345678909", "4111111111111111", "5399410000000000"];

/// Every way in which a secret could show: as it stands, in hex, packed, in EBCDIC, in base64, as a list of numbers.
#[derive(Debug)]
pub(crate) struct Needles(Vec<(String, String)>);

impl Needles {
    /// A card number: whole, and every run of seven digits or more but for those of the first six and the last four.
    pub(crate) fn pan(pan: &str) -> Self {
        let mut needles = Needles(Vec::new());
        for length in 7..=pan.len() {
            for start in 0..=pan.len() - length {
                needles.text(&pan[start..start + length]);
            }
        }
        needles
    }

    /// Any other text: whole, and every run of seven characters of it.
    pub(crate) fn secret(text: &str) -> Self {
        let mut needles = Needles(Vec::new());
        needles.text(text);
        text.as_bytes().windows(7).for_each(|run| needles.text(std::str::from_utf8(run).unwrap()));
        needles
    }

    /// Bytes that are no text.
    pub(crate) fn bytes(bytes: &[u8]) -> Self {
        let mut needles = Needles(Vec::new());
        needles.raw("bytes", bytes);
        needles
    }

    pub(crate) fn and(mut self, other: Needles) -> Self {
        self.0.extend(other.0);
        self
    }

    fn text(&mut self, text: &str) {
        self.push("text", text.to_owned());
        self.raw("ASCII", text.as_bytes());
        self.raw("EBCDIC", &ebcdic(text));
        if text.bytes().all(|byte| byte.is_ascii_digit()) {
            // Of an odd count the packed form depends on where it starts; the whole bytes within are the same.
            for side in [Side::Left, Side::Right] {
                let whole = packed(text, side, 0);
                let even = match (text.len() % 2, side) {
                    (0, _) => &whole[..],
                    (_, Side::Left) => &whole[1..],
                    (_, Side::Right) => &whole[..whole.len() - 1],
                };
                self.raw("packed", even);
            }
        }
    }

    fn raw(&mut self, how: &str, bytes: &[u8]) {
        self.push(&format!("{how} in hex"), hex(bytes));
        self.push(&format!("{how} in lower-case hex"), hex(bytes).to_ascii_lowercase());
        for separator in [", ", ",", " "] {
            let numbers: Vec<String> = bytes.iter().map(u8::to_string).collect();
            self.push(&format!("{how} as numbers"), numbers.join(separator));
            let numbers: Vec<String> = bytes.iter().map(|byte| format!("{byte:#04x}")).collect();
            self.push(&format!("{how} as hex numbers"), numbers.join(separator));
        }
        let escaped: String = bytes.iter().map(|byte| format!("\\x{byte:02x}")).collect();
        self.push(&format!("{how} escaped"), escaped);
        self.push(&format!("{how} as ISO 8859-1"), bytes.iter().map(|&byte| char::from(byte)).collect());
        for skipped in 0..3 {
            self.push(&format!("{how} in base64"), base64(bytes.get(skipped..).unwrap_or_default()));
        }
    }

    fn push(&mut self, how: &str, needle: String) {
        // Shorter ones are found anywhere: lengths, offsets, the first six digits.
        if needle.chars().count() >= 7 {
            self.0.push((how.to_owned(), needle));
        }
    }

    /// Fails when anything of the secret is in the text.
    #[track_caller]
    pub(crate) fn absent_from(&self, what: &str, text: &str) {
        // A pretty-printed list has each number on a line of its own.
        let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
        for (how, needle) in &self.0 {
            assert!(!text.contains(needle.as_str()), "{what} shows a secret ({how}): {text}");
            assert!(!flat.contains(needle.as_str()), "{what} shows a secret ({how}): {text}");
        }
    }

    /// Whether anything of the secret is in the text: to prove that the search finds what is there.
    pub(crate) fn found_in(&self, text: &str) -> bool {
        self.0.iter().any(|(_, needle)| text.contains(needle.as_str()))
    }
}

/// The whole groups of base64: those that stand the same whatever comes after.
pub(crate) fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let (groups, _) = bytes.as_chunks::<3>();
    let sextets = groups.iter().flat_map(|&[a, b, c]| {
        let group = u32::from_be_bytes([0, a, b, c]);
        [18, 12, 6, 0].map(|shift| ALPHABET[(group >> shift & 0x3F) as usize])
    });
    sextets.map(char::from).collect()
}
