//! Planted secrets, and the search for them in anything that is shown.

use std::collections::HashSet;

use isopace::wire::Side;

use super::reference::{ebcdic, hex, packed};

/// The card numbers of the tests.
pub(crate) const PANS: [&str; 3] = ["4012345678909", "4111111111111111", "5399410000000000"];

/// Length of what is looked for: a run that long is no longer the first six or the last four of a card number.
const RUN: usize = 7;

/// Every way in which a secret could show: as it stands, in hex, packed, in EBCDIC, in base64, as a list of numbers.
#[derive(Debug, Default)]
pub(crate) struct Needles {
    /// What to find, and what it is.
    needles: Vec<(String, &'static str)>,
    /// The first bytes of each, to pass quickly over a text that has none.
    starts: HashSet<[u8; RUN]>,
}

impl Needles {
    /// A card number: every run of seven digits of it, so that only the first six and the last four may show.
    pub(crate) fn pan(pan: &str) -> Self {
        Needles::secret(pan)
    }

    /// Any other text: every run of seven characters of it.
    pub(crate) fn secret(text: &str) -> Self {
        let mut needles = Needles::default();
        for run in text.as_bytes().windows(RUN) {
            let run = std::str::from_utf8(run).unwrap();
            needles.push("text", run.to_owned());
            needles.raw("ASCII", run.as_bytes());
            needles.raw("EBCDIC", &ebcdic(run));
        }
        for run in text.as_bytes().windows(RUN + 1).filter(|run| run.iter().all(u8::is_ascii_digit)) {
            needles.raw("packed", &packed(std::str::from_utf8(run).unwrap(), Side::Left, 0));
        }
        needles
    }

    /// Bytes that are no text.
    pub(crate) fn bytes(bytes: &[u8]) -> Self {
        let mut needles = Needles::default();
        needles.raw("bytes", bytes);
        needles
    }

    pub(crate) fn and(mut self, other: Needles) -> Self {
        self.needles.extend(other.needles);
        self.starts.extend(other.starts);
        self
    }

    fn raw(&mut self, how: &'static str, bytes: &[u8]) {
        self.push(how, hex(bytes));
        self.push(how, hex(bytes).to_ascii_lowercase());
        for separator in [", ", ",", " "] {
            let numbers: Vec<String> = bytes.iter().map(u8::to_string).collect();
            self.push(how, numbers.join(separator));
            let numbers: Vec<String> = bytes.iter().map(|byte| format!("{byte:#04x}")).collect();
            self.push(how, numbers.join(separator));
        }
        self.push(how, bytes.iter().map(|byte| format!("\\x{byte:02x}")).collect());
        self.push(how, bytes.iter().map(|&byte| char::from(byte)).collect());
        for skipped in 0..3 {
            self.push(how, base64(bytes.get(skipped..).unwrap_or_default()));
        }
    }

    fn push(&mut self, how: &'static str, needle: String) {
        // Shorter ones are found anywhere: lengths, offsets, the first six digits.
        if let Some(start) = needle.as_bytes().first_chunk::<RUN>() {
            self.starts.insert(*start);
            self.needles.push((needle, how));
        }
    }

    fn found(&self, text: &str) -> Option<&'static str> {
        let may = text
            .as_bytes()
            .windows(RUN)
            .any(|window| window.try_into().is_ok_and(|start: [u8; RUN]| self.starts.contains(&start)));
        let found = |(needle, how): &(String, &'static str)| text.contains(needle.as_str()).then_some(*how);
        if may { self.needles.iter().find_map(found) } else { None }
    }

    /// Fails when anything of the secret is in the text.
    #[track_caller]
    pub(crate) fn absent_from(&self, what: &str, text: &str) {
        assert!(!self.found_in(text), "{what} shows a secret ({}): {text}", self.found(text).unwrap_or("in a list"));
    }

    /// Whether anything of the secret is in the text.
    pub(crate) fn found_in(&self, text: &str) -> bool {
        // A pretty-printed list has each number on a line of its own.
        let flat = || text.split_whitespace().collect::<Vec<_>>().join(" ");
        self.found(text).is_some() || text.contains('\n') && self.found(&flat()).is_some()
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
