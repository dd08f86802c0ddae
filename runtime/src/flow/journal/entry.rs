//! What happened in a transaction, and its form as bytes.

use std::fmt;
use std::sync::Arc;

use super::JournalError;

/// What happened in a transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry {
    /// It began, in a flow of this name.
    Begun {
        /// The flow.
        flow: Arc<str>,
    },
    /// A stage is about to prepare; with its [`intent`](crate::flow::Stage::intent).
    Preparing(StepEntry),
    /// A stage has joined; with its [`recovery`](crate::flow::Stage::recovery).
    Prepared(StepEntry),
    /// What becomes of it. Everything that follows a crash goes by this.
    Decided(Decision),
    /// The stages at these positions could not commit or abort; all others have.
    Incomplete(Vec<u32>),
    /// It has ended: all that joined have committed, or aborted.
    Finished(Decision),
}

/// A stage in a transaction.
#[derive(Clone, PartialEq, Eq)]
pub struct StepEntry {
    /// Which one of those that prepared, from 0 on.
    pub position: u32,
    /// Its group.
    pub group: Arc<str>,
    /// Its name.
    pub stage: Arc<str>,
    /// What brings its context back; nothing when it cannot be brought back.
    pub data: Option<Vec<u8>>,
}

impl fmt::Debug for StepEntry {
    /// The length of the data alone: it is the stage's own.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let StepEntry { position, group, stage, data } = self;
        write!(f, "{position} {group}/{stage}")?;
        match data {
            Some(data) => write!(f, " ({} bytes)", data.len()),
            None => f.write_str(" (not recoverable)"),
        }
    }
}

/// What becomes of a transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Decision {
    /// All stages that joined commit.
    Commit,
    /// All stages that joined abort.
    Abort,
}

impl Entry {
    /// A stable name for programs and logs.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Entry::Begun { .. } => "begin",
            Entry::Preparing(_) => "preparing",
            Entry::Prepared(_) => "prepared",
            Entry::Decided(Decision::Commit) => "decided-commit",
            Entry::Decided(Decision::Abort) => "decided-abort",
            Entry::Incomplete(_) => "incomplete",
            Entry::Finished(Decision::Commit) => "committed",
            Entry::Finished(Decision::Abort) => "aborted",
        }
    }

    /// The number of its kind, for storing.
    #[must_use]
    pub const fn code(&self) -> u8 {
        match self {
            Entry::Begun { .. } => 1,
            Entry::Preparing(_) => 2,
            Entry::Prepared(_) => 3,
            Entry::Decided(_) => 4,
            Entry::Incomplete(_) => 5,
            Entry::Finished(_) => 6,
        }
    }

    /// What it holds, for storing: numbers are big-endian, names stand behind one byte of length.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        match self {
            Entry::Begun { flow } => flow.as_bytes().to_vec(),
            Entry::Preparing(step) | Entry::Prepared(step) => step.encode(),
            Entry::Decided(decision) | Entry::Finished(decision) => vec![u8::from(*decision == Decision::Commit)],
            Entry::Incomplete(positions) => positions.iter().flat_map(|position| position.to_be_bytes()).collect(),
        }
    }

    /// What was stored.
    ///
    /// # Errors
    /// [`JournalError::Corrupt`]: it was not written by [`Entry::encode`].
    pub fn decode(code: u8, bytes: &[u8]) -> Result<Self, JournalError> {
        let decision = || match bytes {
            [1] => Some(Decision::Commit),
            [0] => Some(Decision::Abort),
            _ => None,
        };
        let entry = match code {
            1 => std::str::from_utf8(bytes).ok().map(|flow| Entry::Begun { flow: flow.into() }),
            2 => StepEntry::decode(bytes).map(Entry::Preparing),
            3 => StepEntry::decode(bytes).map(Entry::Prepared),
            4 => decision().map(Entry::Decided),
            5 => {
                let (positions, rest) = bytes.as_chunks::<4>();
                let positions = positions.iter().map(|position| u32::from_be_bytes(*position)).collect();
                rest.is_empty().then_some(Entry::Incomplete(positions))
            }
            6 => decision().map(Entry::Finished),
            _ => None,
        };
        entry.ok_or(JournalError::Corrupt { code })
    }

    /// The stage that it is about.
    #[must_use]
    pub const fn step(&self) -> Option<&StepEntry> {
        match self {
            Entry::Preparing(step) | Entry::Prepared(step) => Some(step),
            _ => None,
        }
    }
}

impl StepEntry {
    fn encode(&self) -> Vec<u8> {
        let mut bytes = self.position.to_be_bytes().to_vec();
        for name in [&self.group, &self.stage] {
            // No name of a flow that was built is longer than what one byte can say.
            let name = &name.as_bytes()[..name.len().min(MOST_NAME)];
            bytes.push(name.len() as u8);
            bytes.extend_from_slice(name);
        }
        bytes.push(u8::from(self.data.is_some()));
        bytes.extend_from_slice(self.data.as_deref().unwrap_or_default());
        bytes
    }

    fn decode(bytes: &[u8]) -> Option<Self> {
        let (position, bytes) = bytes.split_first_chunk::<4>()?;
        let (group, bytes) = name(bytes)?;
        let (stage, bytes) = name(bytes)?;
        let data = match bytes.split_first()? {
            (0, []) => None,
            (1, data) => Some(data.to_vec()),
            _ => return None,
        };
        Some(StepEntry { position: u32::from_be_bytes(*position), group, stage, data })
    }
}

/// Longest name of a group or stage, in bytes.
pub(in crate::flow) const MOST_NAME: usize = 255;

fn name(bytes: &[u8]) -> Option<(Arc<str>, &[u8])> {
    let (length, bytes) = bytes.split_first()?;
    let (name, rest) = bytes.split_at_checked(usize::from(*length))?;
    Some((std::str::from_utf8(name).ok()?.into(), rest))
}
