//! What a rule does with a message: how it is answered, when, how often, how badly, and what becomes of the connection.

use super::reader::Table;
use super::value::{Set, read_all};
use crate::msg::Dialect;
use crate::types::Mti;

/// Nothing waits longer than an hour.
pub(crate) const LONGEST: u64 = 3_600_000;

/// Most answers held back to be sent in reverse.
const MOST_HELD: u64 = 1000;

/// What is done with a message.
#[derive(Debug, Clone, Default)]
pub(crate) struct Action {
    /// Whether there is no answer.
    pub(crate) drop: bool,
    /// Response code (DE 39) instead of the one that the amount gives.
    pub(crate) code: Option<String>,
    /// Message type instead of that of the reply rule.
    pub(crate) mti: Option<Mti>,
    /// Elements copied from the request beside those of the reply rule.
    pub(crate) echo: Vec<u8>,
    pub(crate) remove: Vec<u8>,
    pub(crate) set: Vec<Set>,
    /// Milliseconds until the answer goes out, both bounds included.
    pub(crate) delay: (u64, u64),
    /// Whether the delay is meant to be too long for the peer.
    pub(crate) late: bool,
    /// Milliseconds after which the answer goes out a second time.
    pub(crate) duplicate: Option<u64>,
    pub(crate) hold: Option<Hold>,
    pub(crate) corrupt: Option<Corruption>,
    pub(crate) end: Option<End>,
}

/// That answers are kept until there are so many, and sent in reverse.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Hold {
    pub(crate) answers: usize,
    /// Milliseconds after which they are sent however many there are.
    pub(crate) most: u64,
}

/// What is done to an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Corruption {
    /// A byte of the content is changed.
    Flip,
    /// The audit number is another.
    Stan,
    /// The frame ends too early, and the connection with it.
    Truncate,
    /// A frame with bytes that are no message.
    Garbage,
}

/// That the connection ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct End {
    /// Whether by a reset rather than in order.
    pub(crate) reset: bool,
    /// Whether before the answer.
    pub(crate) before: bool,
}

impl Action {
    /// From the keys of a rule.
    pub(crate) fn read(table: &Table<'_, '_>, dialect: &'static Dialect) -> Option<Self> {
        let mut action = Action::default();
        let mut answers = Vec::new();
        let mut got = |key: &'static str| {
            let value = table.get(key);
            if value.is_some() {
                answers.push(key);
            }
            value
        };
        if let Some(code) = got("code") {
            let text = code.content()?;
            match Set::text("39", &text).fault(dialect) {
                Some(fault) => return code.problem(fault),
                None => action.code = Some(text),
            }
        }
        if let Some(mti) = got("mti") {
            match Mti::new(mti.text()?) {
                Ok(digits) => action.mti = Some(digits),
                Err(_) => return mti.problem("expected a message type of four digits"),
            }
        }
        for (key, list) in [("echo", &mut action.echo), ("remove", &mut action.remove)] {
            let Some(value) = got(key) else { continue };
            let Some(items) = value.items() else { return value.problem("expected a list of elements") };
            for item in items {
                let number = item.number(2, 192)? as u8;
                if dialect.field(number).is_none() {
                    return item.problem(format!("{number} is no element of {}", dialect.name()));
                }
                list.push(number);
            }
        }
        if let Some(set) = got("set") {
            action.set = read_all(set, dialect)?;
        }
        if let Some(delay) = got("delay") {
            action.delay = if delay.is_table() {
                let range = delay.table()?;
                let bound = |key| match range.get(key) {
                    Some(value) => value.number(0, LONGEST),
                    None => delay.problem("expected { from, to } in milliseconds"),
                };
                let bounds = (bound("from")?, bound("to")?);
                range.finish();
                if bounds.0 > bounds.1 {
                    return delay.problem("`from` is more than `to`");
                }
                bounds
            } else {
                let ms = delay.number(0, LONGEST)?;
                (ms, ms)
            };
        }
        if let Some(late) = got("late") {
            if action.delay != (0, 0) {
                return late.problem("`late` is a delay; give one of the two");
            }
            let ms = late.number(1, LONGEST)?;
            (action.delay, action.late) = ((ms, ms), true);
        }
        if let Some(duplicate) = got("duplicate") {
            action.duplicate = Some(duplicate.number(0, LONGEST)?);
        }
        let most = got("hold-most");
        if let Some(hold) = got("hold") {
            let most = most.map_or(Some(1000), |most| most.number(1, LONGEST))?;
            action.hold = Some(Hold { answers: hold.number(2, MOST_HELD)? as usize, most });
        } else if let Some(most) = most {
            return most.problem("there is nothing to hold: `hold` is missing");
        }
        if let Some(corrupt) = got("corrupt") {
            action.corrupt = match corrupt.text()? {
                "flip" => Some(Corruption::Flip),
                "stan" => Some(Corruption::Stan),
                "truncate" => Some(Corruption::Truncate),
                "garbage" => Some(Corruption::Garbage),
                _ => return corrupt.problem("expected flip, stan, truncate or garbage"),
            };
        }
        for (key, reset) in [("close", false), ("reset", true)] {
            let Some(value) = table.get(key) else { continue };
            if action.end.is_some() {
                return value.problem("`close` and `reset` are two ways to end; give one of them");
            }
            let before = match value.text()? {
                "before" => true,
                "after" => false,
                _ => return value.problem("expected before or after (the answer)"),
            };
            action.end = Some(End { reset, before });
        }
        if let Some(drop) = table.get("drop") {
            action.drop = drop.flag()?;
            if let (true, Some(key)) = (action.drop, answers.first()) {
                return drop.problem(format!("there is no answer, so that `{key}` does nothing"));
            }
            if action.drop && action.end.is_some() {
                return drop.problem("with close or reset = \"before\" there is no answer already");
            }
        }
        if let (Some(End { before: true, .. }), Some(key)) =
            (action.end, answers.iter().find(|key| !matches!(**key, "delay" | "late")))
        {
            table.problem(format!("the connection ends before the answer, so that `{key}` does nothing"));
            return None;
        }
        if action.hold.is_some() && (action.end.is_some() || action.corrupt == Some(Corruption::Truncate)) {
            table.problem("answers that are held cannot end the connection");
            return None;
        }
        Some(action)
    }
}
