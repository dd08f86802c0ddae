//! Keys: what a request waits for, as bytes that are compared in full.

use std::fmt;
use std::hash::BuildHasher;

use foldhash::fast::RandomState;
use smallvec::SmallVec;

use super::rule::Rules;
use crate::msg::index::Index;
use crate::msg::{Dialect, Message, mask};
use crate::types::Mti;

/// One alternative of a key: expected message type, number of the alternative, and each element with its length. Two
/// are equal when all of these are; up to this many bytes need no allocation.
pub(super) type Bytes = SmallVec<[u8; 40]>;

/// Where the elements of a message are found.
pub(super) trait Source {
    /// An element as it stands on the wire, its prefix included.
    fn element(&self, number: u8) -> Option<&[u8]>;
}

impl Source for Message {
    fn element(&self, number: u8) -> Option<&[u8]> {
        self.as_bytes().get(self.span(number)?)
    }
}

/// A message that has just been written and not been parsed yet.
impl Source for (&Index, &[u8]) {
    fn element(&self, number: u8) -> Option<&[u8]> {
        let (start, end) = self.0.span(number)?;
        self.1.get(start..end)
    }
}

/// The key under one alternative.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Part {
    /// Which alternative of its class, from 0.
    pub(super) alternative: u8,
    pub(super) hash: u64,
    pub(super) bytes: Bytes,
}

/// The key of a request or of an answer, under each alternative whose elements it has, in order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Keys {
    pub(super) parts: SmallVec<[Part; 2]>,
}

impl Keys {
    /// Bit n is set when there is a key under alternative n.
    pub(super) fn mask(&self) -> u8 {
        self.parts.iter().fold(0, |mask, part| mask | 1 << part.alternative)
    }
}

/// Makes keys. The hash is seeded anew for each, so that nobody can choose values that collide.
#[derive(Debug)]
pub(super) struct Keyer {
    pub(super) rules: Rules,
    hasher: RandomState,
}

impl Keyer {
    pub(super) fn new(rules: Rules) -> Self {
        Keyer { rules, hasher: RandomState::default() }
    }

    /// The keys of a message that is, or expects, an answer of this type.
    pub(super) fn keys(&self, answer: Mti, message: &impl Source) -> Keys {
        // A host that leaves the mark of the repeat in its answer is understood.
        let answer = answer.original();
        let mut keys = Keys::default();
        for (alternative, elements) in self.rules.of(answer.class()).iter().enumerate() {
            let mut bytes = Bytes::new();
            bytes.extend_from_slice(&answer.digits());
            bytes.push(alternative as u8);
            let whole = elements.iter().all(|&number| {
                let Some(content) = message.element(number) else { return false };
                bytes.extend_from_slice(&(content.len() as u32).to_be_bytes()[1..]);
                bytes.extend_from_slice(content);
                true
            });
            if whole {
                let hash = self.hasher.hash_one(bytes.as_slice());
                keys.parts.push(Part { alternative: alternative as u8, hash, bytes });
            }
        }
        keys
    }
}

/// The key that was computed for a message, for logs and people: expected answer and elements, `0210 11=123456
/// 41=TERM0001`. Elements are masked as the spec says.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Key(String);

impl Key {
    /// Of the first alternative whose elements the message has; of none, the message type alone.
    pub(super) fn of(answer: Mti, message: &Message, rules: &Rules) -> Self {
        let dialect: &Dialect = message.dialect();
        let mut text = answer.original().to_string();
        let whole = |elements: &&Vec<u8>| elements.iter().all(|&number| message.has(number));
        for &number in rules.of(answer.class()).iter().find(whole).into_iter().flatten() {
            if let (Some(field), Some(raw)) = (dialect.field(number), message.raw(number)) {
                text.push_str(&format!(" {number}={}", mask::masked(field, raw)));
            }
        }
        Key(text)
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Key({})", self.0)
    }
}
