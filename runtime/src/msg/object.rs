//! One object of a composite whose children say by a tag or name which one they are: where it is, and how it is written.

use std::ops::Range;

use super::field::Key;
use super::layout::{Composite, CompositeKind};
use super::{pairs, tagged, tlv};
use crate::wire::ErrorKind;

/// One tag or name and its value.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Found<'a> {
    /// The tag; nothing of a pair, whose name may be of any length.
    pub(crate) tag: Option<Key>,
    /// The name of a pair.
    pub(crate) name: &'a [u8],
    /// Where the object starts.
    pub(crate) start: usize,
    pub(crate) content: Range<usize>,
    /// Units of the value, where the length says them.
    pub(crate) units: Option<u32>,
}

/// What is wrong, where, and at which tag if it was read.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Wrong {
    pub(crate) at: usize,
    pub(crate) tag: Option<Key>,
    /// Where the name of a pair is, if it was read.
    pub(crate) name: Range<usize>,
    pub(crate) kind: ErrorKind,
}

impl Wrong {
    pub(crate) const fn new(at: usize, tag: Option<Key>, kind: ErrorKind) -> Self {
        Wrong { at, tag, name: 0..0, kind }
    }

    /// More bytes needed here than are left. Where a length should be there may be digits of a card number, so no more
    /// than six of them are told.
    pub(crate) fn truncated(at: usize, tag: Option<Key>, needed: usize, bytes: &[u8]) -> Self {
        let left = bytes.len().saturating_sub(at) as u32;
        Wrong::new(at, tag, ErrorKind::Truncated { needed: needed.min(999_999) as u32, left })
    }
}

/// The next object from `at` on.
pub(crate) fn next<'a>(composite: &Composite, bytes: &'a [u8], at: usize) -> Result<Option<Found<'a>>, Wrong> {
    match composite.kind {
        CompositeKind::Tlv(rule) => tagged::next(composite, rule, tagged::First::Tag, bytes, at),
        CompositeKind::Ltv(rule) => tagged::next(composite, rule, tagged::First::Length, bytes, at),
        CompositeKind::Pairs => pairs::next(bytes, at),
        CompositeKind::BerTlv | CompositeKind::Positional | CompositeKind::Bitmap(_) | CompositeKind::Repeat { .. } => {
            tlv::next(bytes, at)
        }
    }
}

/// Appends an object: a value of so many units behind its tag or name.
pub(crate) fn write(
    kind: CompositeKind,
    label: &[u8],
    units: u32,
    content: &[u8],
    out: &mut Vec<u8>,
) -> Result<(), ErrorKind> {
    match kind {
        CompositeKind::Tlv(rule) => tagged::write(rule, tagged::First::Tag, label, units, content, out),
        CompositeKind::Ltv(rule) => tagged::write(rule, tagged::First::Length, label, units, content, out),
        CompositeKind::Pairs => pairs::write(label, content, out),
        CompositeKind::BerTlv | CompositeKind::Positional | CompositeKind::Bitmap(_) | CompositeKind::Repeat { .. } => {
            tlv::write(label, content, out);
            Ok(())
        }
    }
}

/// Bytes that stand in front of a value of so many bytes.
pub(crate) fn header_bytes(kind: CompositeKind, label: &[u8], content: usize) -> usize {
    match kind {
        CompositeKind::Tlv(rule) | CompositeKind::Ltv(rule) => tagged::header_bytes(rule),
        CompositeKind::Pairs => pairs::header_bytes(label, content),
        CompositeKind::BerTlv => label.len() + tlv::length_bytes(content),
        CompositeKind::Positional | CompositeKind::Bitmap(_) | CompositeKind::Repeat { .. } => 0,
    }
}

/// Whether a tag or name that the dialect does not list may be shown. In a message whose lengths are spoilt a value can
/// stand where a name should: seven digits in a row may be a card number's, and so may four bytes that are no text.
pub(crate) fn may_be_shown(key: Key, name: &[u8]) -> bool {
    if let Key::Tag(..) = key {
        let nibbles = key.label().iter().flat_map(|byte| [byte >> 4, byte & 0x0F]);
        return longest_run(nibbles, |nibble| nibble <= 9) < 7;
    }
    let label = if let Key::Ordinal(_) = key { name } else { key.label() };
    let strange = label.iter().filter(|byte| !(b' '..=b'~').contains(*byte)).count();
    longest_run(label.iter().copied(), |byte| byte.is_ascii_digit()) < 7 && strange < 4
}

fn longest_run(bytes: impl Iterator<Item = u8>, of: impl Fn(u8) -> bool) -> usize {
    let (longest, _) = bytes.fold((0, 0), |(longest, run), byte| {
        let run = if of(byte) { run + 1 } else { 0 };
        (run.max(longest), run)
    });
    longest
}
