//! How many messages, from which seed, and what a failure says.

use std::env;
use std::fmt::Debug;

use isopace_tests::seeded::Seeded;

/// The seed that CI runs with, so that a change fails for what it changed.
const SEED: u64 = 8583;

/// What one test is given.
pub(crate) struct Batch {
    seed: u64,
    pub(crate) count: usize,
    name: &'static str,
}

impl Batch {
    /// This many messages, or `DIFFERENTIAL_MESSAGES`; from the fixed seed, or `DIFFERENTIAL_SEED`.
    pub(crate) fn new(name: &'static str, count: usize) -> Self {
        Batch { seed: number("DIFFERENTIAL_SEED").unwrap_or(SEED), count: messages().unwrap_or(count), name }
    }

    /// Random numbers of this test. `part` keeps the parts of a test apart.
    pub(crate) fn seeded(&self, part: u64) -> Seeded {
        Seeded::new(self.seed ^ part.rotate_left(32))
    }

    /// Fails with all that is needed to see the disagreement again.
    #[track_caller]
    pub(crate) fn disagree(&self, what: impl Debug, wire: &[u8]) -> ! {
        let (name, seed, count) = (self.name, self.seed, self.count);
        panic!(
            "{name}: {what:#?}\nmessage: {}\nagain: DIFFERENTIAL_SEED={seed} DIFFERENTIAL_MESSAGES={count} \
             cargo test -p isopace-tests --test differential -- {name}",
            hex(wire)
        )
    }

    /// What was compared, for whoever runs the tests with `--nocapture`.
    pub(crate) fn told(&self, what: &str) {
        println!("{} (seed {}): {what}", self.name, self.seed);
    }
}

fn messages() -> Option<usize> {
    number("DIFFERENTIAL_MESSAGES").and_then(|count| usize::try_from(count).ok())
}

fn number(variable: &str) -> Option<u64> {
    let text = env::var(variable).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{variable} is no number: {text}")))
}

/// Two upper-case characters a byte.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02X}")).collect()
}

/// The bytes of such text.
pub(crate) fn unhex(text: &str) -> Option<Vec<u8>> {
    let (pairs, []) = text.as_bytes().as_chunks::<2>() else { return None };
    let digit = |character: u8| char::from(character).to_digit(16).map(|digit| digit as u8);
    pairs.iter().map(|[high, low]| Some(digit(*high)? << 4 | digit(*low)?)).collect()
}

/// The message with one byte replaced by another: mostly one that could stand there, so that not all fail at once.
pub(crate) fn mutated(seeded: &mut Seeded, wire: &[u8], likely: &[u8], from: usize) -> Vec<u8> {
    let mut wire = wire.to_vec();
    let at = from + seeded.below(wire.len() - from);
    let before = wire[at];
    while wire[at] == before {
        wire[at] = match seeded.below(4) {
            0 => seeded.bits() as u8,
            1 => before ^ (1 << seeded.below(8)),
            _ => *seeded.pick(likely),
        };
    }
    wire
}
