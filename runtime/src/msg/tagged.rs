//! Tag, length, value and length, tag, value, each of a width that the dialect names.

use super::field::Key;
use super::layout::{Composite, Covers, TagEncoding, TaggedRule};
use super::object::{Found, Wrong};
use crate::wire::{Body, Class, Counts, Encoding, ErrorKind, Fault, Prefix, Raw, Rule, read_prefix};

/// Tags of EBCDIC characters.
static EBCDIC: Rule = Rule::rest(Class::Ans, super::key::LONGEST_TEXT as u32, Encoding::Cp037).lenient();

/// What stands first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum First {
    Tag,
    Length,
}

/// Bytes of a tag on the wire.
fn tag_bytes(rule: TaggedRule) -> usize {
    match rule.tag {
        TagEncoding::Bcd => usize::from(rule.tag_width).div_ceil(2).min(4),
        TagEncoding::Binary => usize::from(rule.tag_width).min(4),
        TagEncoding::Ascii | TagEncoding::Ebcdic => usize::from(rule.tag_width).min(super::key::LONGEST_TEXT),
    }
}

/// The length alone, as the prefix of an element that has nothing else.
const fn length_rule(rule: TaggedRule) -> Rule {
    Rule::variable(Class::B, u32::MAX, Encoding::Raw, Prefix::new(rule.length, rule.length_width))
}

/// Bytes of tag and length.
pub(crate) fn header_bytes(rule: TaggedRule) -> usize {
    tag_bytes(rule) + length_rule(rule).prefix_bytes()
}

/// Whether a length counts units of the child; what covers more than the value counts bytes.
fn counts_units(rule: TaggedRule) -> bool {
    rule.counts == Counts::Units && rule.covers == Covers::Value
}

/// Bytes that a length counts beside those of the value.
fn covered(rule: TaggedRule) -> usize {
    match rule.covers {
        Covers::Value => 0,
        Covers::TagValue => tag_bytes(rule),
        Covers::All => header_bytes(rule),
    }
}

/// The next object from `at` on.
pub(crate) fn next<'a>(
    composite: &Composite,
    rule: TaggedRule,
    first: First,
    bytes: &'a [u8],
    at: usize,
) -> Result<Option<Found<'a>>, Wrong> {
    if at >= bytes.len() {
        return Ok(None);
    }
    let (tag_width, length_width) = (tag_bytes(rule), length_rule(rule).prefix_bytes());
    let content = at + tag_width + length_width;
    let (tag, count) = match first {
        First::Tag => {
            let tag = read_tag(rule, bytes, at)?;
            (tag, read_length(rule, bytes, at + tag_width, Some(tag))?)
        }
        First::Length => {
            let count = read_length(rule, bytes, at, None)?;
            (read_tag(rule, bytes, at + length_width)?, count)
        }
    };
    let (units, size) = if counts_units(rule) {
        let field = composite.field(tag);
        (Some(count), field.map_or(count, |field| field.rule.wire_bytes(count)) as usize)
    } else {
        (None, count as usize - covered(rule))
    };
    if size > bytes.len().saturating_sub(content) {
        return Err(Wrong::truncated(content, Some(tag), size, bytes));
    }
    Ok(Some(Found { tag: Some(tag), name: &[], start: at, content: content..content + size, units }))
}

fn read_tag(rule: TaggedRule, bytes: &[u8], at: usize) -> Result<Key, Wrong> {
    let width = tag_bytes(rule);
    let Some(tag) = bytes.get(at..at + width) else { return Err(Wrong::truncated(at, None, width, bytes)) };
    let mut text = [0; super::key::LONGEST_TEXT];
    match rule.tag {
        TagEncoding::Binary => Ok(Key::bytes(tag)),
        TagEncoding::Ascii => Ok(Key::characters(tag)),
        TagEncoding::Ebcdic => {
            let characters = Raw::new(tag, width as u32, &EBCDIC).unproven();
            characters.map(|tag| Key::characters(&tag)).map_err(|fault| Wrong::new(at, None, fault.kind))
        }
        TagEncoding::Bcd => {
            for (place, (pair, byte)) in text.chunks_exact_mut(2).zip(tag).enumerate() {
                if byte >> 4 > 9 || byte & 0x0F > 9 {
                    return Err(Wrong::new(at + place, None, ErrorKind::Nibble));
                }
                pair.copy_from_slice(&[b'0' + (byte >> 4), b'0' + (byte & 0x0F)]);
            }
            Ok(Key::characters(&text[..2 * width]))
        }
    }
}

fn read_length(rule: TaggedRule, bytes: &[u8], at: usize, tag: Option<Key>) -> Result<u32, Wrong> {
    let rest = bytes.get(at..).unwrap_or_default();
    let count = read_prefix(&length_rule(rule), rest).map_err(|kind| Wrong::new(at, tag, kind))?.units;
    let least = covered(rule) as u32;
    if count < least {
        return Err(Wrong::new(at, tag, ErrorKind::TooShort { min: least, found: count }));
    }
    Ok(count)
}

/// Appends an object: a value of so many units behind its tag, given in ASCII or, if the tag is of bytes, as these.
pub(crate) fn write(
    rule: TaggedRule,
    first: First,
    tag: &[u8],
    units: u32,
    content: &[u8],
    out: &mut Vec<u8>,
) -> Result<(), ErrorKind> {
    let bytes = content.len().saturating_add(covered(rule));
    let count = if counts_units(rule) { units as usize } else { bytes };
    let length = written_length(rule, count).map_err(|fault| fault.kind)?;
    if first == First::Length {
        out.extend_from_slice(&length);
    }
    write_tag(rule, tag, out)?;
    if first == First::Tag {
        out.extend_from_slice(&length);
    }
    out.extend_from_slice(content);
    Ok(())
}

/// A length that says so many: what would stand before as many bytes.
fn written_length(rule: TaggedRule, count: usize) -> Result<Vec<u8>, Fault> {
    let rule = length_rule(rule);
    let mut length = Vec::new();
    Body::new(&rule, &mut length).wire(&vec![0; count])?;
    length.truncate(rule.prefix_bytes());
    Ok(length)
}

fn write_tag(rule: TaggedRule, tag: &[u8], out: &mut Vec<u8>) -> Result<(), ErrorKind> {
    let start = out.len();
    match rule.tag {
        TagEncoding::Ascii | TagEncoding::Binary => out.extend_from_slice(tag),
        TagEncoding::Ebcdic => Body::new(&EBCDIC, out).chars(tag).map_err(|fault| fault.kind)?,
        TagEncoding::Bcd => {
            let (pairs, rest) = tag.as_chunks::<2>();
            if !rest.is_empty() || !tag.iter().all(u8::is_ascii_digit) {
                return Err(ErrorKind::Path);
            }
            out.extend(pairs.iter().map(|[hi, lo]| (hi - b'0') << 4 | (lo - b'0')));
        }
    }
    if out.len() - start == tag_bytes(rule) { Ok(()) } else { Err(ErrorKind::Path) }
}
