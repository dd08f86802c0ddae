//! A trace while it is being written.

use std::fmt::Display;
use std::time::{Instant, SystemTime};

use super::described::Described;
use super::guard;
use super::record::{Entry, Record, What};
use crate::msg::Message;

/// Most entries of one trace; further ones are counted.
const MOST_ENTRIES: usize = 64;
/// Most fields of one step.
const MOST_FIELDS: usize = 16;
/// Most characters of a label or the name of a field.
const LONGEST_LABEL: usize = 40;
/// Most characters of an identifier or a value.
const LONGEST_VALUE: usize = 200;

/// One transaction while it is under way.
///
/// Messages are masked as the spec says when they are given to it. A trace that is kept only [on
/// failure](Trace::on_failure) holds them as they are until it is known whether it failed, which is as long as whoever
/// handles the transaction holds them; they are then masked, or dropped with it. Text of a step is shown as it is
/// given, but for runs of digits that could be a PAN or a track.
#[derive(Debug)]
pub struct Trace(Option<Box<Open>>);

#[derive(Debug)]
struct Open {
    id: String,
    started: SystemTime,
    clock: Instant,
    entries: Vec<Held>,
    left_out: usize,
    failed: bool,
    only_failed: bool,
    raw: bool,
}

#[derive(Debug)]
enum Held {
    Entry(Entry),
    /// A message of a trace that may yet be dropped.
    Message {
        title: String,
        message: Message,
    },
}

impl Trace {
    /// One that is kept whatever happens.
    #[must_use]
    pub fn new(id: impl Into<String>) -> Self {
        Trace::open(&id.into(), false)
    }

    /// One that is kept only if it [fails](Trace::fail).
    #[must_use]
    pub fn on_failure(id: impl Into<String>) -> Self {
        Trace::open(&id.into(), true)
    }

    /// One that takes nothing.
    #[must_use]
    pub const fn off() -> Self {
        Trace(None)
    }

    fn open(id: &str, only_failed: bool) -> Self {
        Trace(Some(Box::new(Open {
            id: guard::shown(id, LONGEST_VALUE),
            started: SystemTime::now(),
            clock: Instant::now(),
            entries: Vec::new(),
            left_out: 0,
            failed: false,
            only_failed,
            raw: false,
        })))
    }

    /// Whether messages show the bytes of each value beside it, as hex; those that are masked stay so.
    #[must_use]
    pub fn raw(mut self, raw: bool) -> Self {
        if let Some(open) = &mut self.0 {
            open.raw = raw;
        }
        self
    }

    /// Whether it takes anything. Nothing that is given to one that is off is formatted.
    #[must_use]
    pub const fn is_on(&self) -> bool {
        self.0.is_some()
    }

    /// Something that was done, with what is worth knowing of it: `trace.step("apply fee", &[("fee", &1000)])`.
    ///
    /// Give it no secrets. Labels and values are cut to 40 and 200 characters; at most 16 fields are taken.
    pub fn step(&mut self, label: &str, fields: &[(&str, &dyn Display)]) {
        let Some(open) = self.with_room() else { return };
        let field = |(name, value): &(&str, &dyn Display)| {
            (guard::shown(name, LONGEST_LABEL), guard::shown(&value.to_string(), LONGEST_VALUE))
        };
        let fields = fields.iter().take(MOST_FIELDS).map(field).collect();
        open.add(label, What::Step(fields));
    }

    /// A message as it is now.
    pub fn message(&mut self, title: &str, message: &Message) {
        let Some(open) = self.with_room() else { return };
        if !open.only_failed {
            let described = Described::of(message, open.raw);
            open.add(title, What::Message(described));
        } else {
            open.entries.push(Held::Message { title: guard::shown(title, LONGEST_LABEL), message: message.clone() });
        }
    }

    /// The same if one more entry may be kept; counts it if not.
    fn with_room(&mut self) -> Option<&mut Open> {
        let open = self.0.as_mut()?;
        let room = open.entries.len() < MOST_ENTRIES;
        open.left_out += usize::from(!room);
        room.then_some(open)
    }

    /// It failed, for this reason.
    pub fn fail(&mut self, error: &dyn Display) {
        let Some(open) = &mut self.0 else { return };
        let text = guard::shown(&error.to_string(), LONGEST_VALUE);
        // A failure is what the trace is for: it has a place of its own.
        if open.entries.len() == MOST_ENTRIES {
            open.entries.pop();
            open.left_out += 1;
        }
        open.failed = true;
        open.add("error", What::Failure(text));
    }

    /// What is left of it: nothing of one that is off, or that was to be kept on failure and did not fail.
    #[must_use]
    pub fn finish(self) -> Option<Record> {
        let open = self.0?;
        if open.only_failed && !open.failed {
            return None;
        }
        let total = open.clock.elapsed();
        let raw = open.raw;
        let entry = |held| match held {
            Held::Entry(entry) => entry,
            Held::Message { title, message } => {
                Entry { at: None, label: title, what: What::Message(Described::of(&message, raw)) }
            }
        };
        let entries = open.entries.into_iter().map(entry).collect();
        let (id, started, failed, left_out) = (open.id, open.started, open.failed, open.left_out);
        Some(Record { id, started, total, failed, left_out, entries })
    }
}

impl Open {
    fn add(&mut self, label: &str, what: What) {
        let at = Some(self.clock.elapsed());
        self.entries.push(Held::Entry(Entry { at, label: guard::shown(label, LONGEST_LABEL), what }));
    }
}
