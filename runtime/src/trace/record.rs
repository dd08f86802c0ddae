//! A trace when it is finished: text alone.

use std::time::{Duration, SystemTime};

use super::described::Described;
use super::style::Style;
use super::{json, text};

/// What is left of a transaction. It holds text that may be shown, and nothing of the messages beyond it.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Record {
    /// Which transaction it is: `pos-17`.
    pub id: String,
    /// When it began.
    pub started: SystemTime,
    /// How long it took.
    pub total: Duration,
    /// Whether it failed.
    pub failed: bool,
    /// Entries that there was no room for.
    pub left_out: usize,
    /// What happened, in order.
    pub entries: Vec<Entry>,
}

/// One thing that happened.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Entry {
    /// How long after the beginning; nothing for a message of a trace that was kept because it failed.
    pub at: Option<Duration>,
    /// In a word or two.
    pub label: String,
    /// What it was.
    pub what: What,
}

/// What an entry of a trace is.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum What {
    /// Something was done; names and values.
    Step(Vec<(String, String)>),
    /// A message.
    Message(Described),
    /// It failed, for this reason.
    Failure(String),
}

impl Record {
    /// The block for people; begins with an empty line, ends its last one.
    #[must_use]
    pub fn text(&self, style: &Style) -> String {
        text::text(self, style)
    }

    /// One line of JSON, without its end.
    #[must_use]
    pub fn json(&self) -> String {
        json::json(self).to_string()
    }

    /// The labels of its entries, in order.
    pub fn labels(&self) -> impl Iterator<Item = &str> {
        self.entries.iter().map(|entry| entry.label.as_str())
    }
}
