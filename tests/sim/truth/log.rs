//! What has happened, in order: a digest of all of it, and the text of the last events.

use std::collections::VecDeque;
use std::fmt::{self, Write};

const KEPT: usize = 60;

#[derive(Debug, Default)]
pub(super) struct Log {
    count: u64,
    digest: u64,
    last: VecDeque<String>,
}

impl Log {
    pub(super) fn add(&mut self, at: u64, what: fmt::Arguments<'_>) {
        let mut line = if self.last.len() < KEPT { None } else { self.last.pop_front() }.unwrap_or_default();
        line.clear();
        _ = write!(line, "{:>6}.{:06} {what}", at / 1_000_000, at % 1_000_000);
        for byte in line.bytes() {
            self.digest = (self.digest ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3);
        }
        self.count += 1;
        self.last.push_back(line);
    }

    pub(super) fn last(&self) -> Vec<String> {
        self.last.iter().cloned().collect()
    }

    pub(super) const fn digest(&self) -> (u64, u64) {
        (self.count, self.digest)
    }
}
