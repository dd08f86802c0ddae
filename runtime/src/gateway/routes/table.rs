//! The compiled rows: by prefix of the PAN, the longest first.

use std::ops::Range;

use super::condition::{Conditions, Digits};
use super::facts::Facts;
use crate::msg::Message;

/// A row for one prefix.
#[derive(Debug, Clone)]
pub(super) struct Line {
    /// From 1.
    pub(super) row: usize,
    pub(super) prefix: Digits,
    pub(super) conditions: Conditions,
    pub(super) target: usize,
}

impl Line {
    /// Whether it takes whatever the other, which comes later, would. One with a longer prefix wins, and one with a
    /// shorter or another one does not take all that this one does.
    pub(super) fn covers(&self, later: &Line) -> bool {
        self.prefix == later.prefix && self.conditions.covers(&later.conditions)
    }
}

/// All lines, found by the PAN.
#[derive(Debug, Clone)]
pub(super) struct Table {
    lines: Vec<Line>,
    /// The longest prefixes first.
    lengths: Vec<Length>,
}

/// All prefixes of one length.
#[derive(Debug, Clone)]
struct Length {
    digits: usize,
    /// Each prefix as a number, ascending, and its lines in the order of the rows.
    prefixes: Vec<(u64, Range<usize>)>,
}

impl Table {
    pub(super) fn new(mut lines: Vec<Line>) -> Self {
        // Stable: lines of one prefix stay in the order of their rows.
        lines.sort_by(|a, b| b.prefix.len().cmp(&a.prefix.len()).then_with(|| a.prefix.cmp(&b.prefix)));
        let mut lengths: Vec<Length> = Vec::new();
        for (at, line) in lines.iter().enumerate() {
            let (digits, value) = (line.prefix.len(), number(&line.prefix));
            if lengths.last().is_none_or(|last| last.digits != digits) {
                lengths.push(Length { digits, prefixes: Vec::new() });
            }
            if let Some(last) = lengths.last_mut() {
                match last.prefixes.last_mut() {
                    Some((prefix, range)) if *prefix == value => range.end = at + 1,
                    _ => last.prefixes.push((value, at..at + 1)),
                }
            }
        }
        Table { lines, lengths }
    }

    /// The target of the line that a request takes.
    pub(super) fn find(&self, request: &Message) -> Option<usize> {
        // All to one route: nothing is looked at.
        if let [line] = self.lines.as_slice()
            && line.prefix.is_empty()
            && line.conditions.are_none()
        {
            return Some(line.target);
        }
        let facts = Facts::of(request);
        let found = self.lengths.iter().find_map(|length| {
            let value = number(facts.pan.get(..length.digits)?);
            let at = length.prefixes.binary_search_by_key(&value, |(prefix, _)| *prefix).ok()?;
            let lines = self.lines.get(length.prefixes.get(at)?.1.clone())?;
            lines.iter().find(|line| line.conditions.meets(&facts))
        });
        found.map(|line| line.target)
    }
}

fn number(digits: &[u8]) -> u64 {
    digits.iter().fold(0, |sum, digit| sum * 10 + u64::from(digit - b'0'))
}
