//! The text form of a message, for people: one line a value, in columns.

use std::fmt::Write as _;

use isopace::Message;
use isopace::msg::{Leaf, Sensitivity};
use isopace::wire::{BitmapEncoding, DigitEncoding};

use crate::console::{FAINT, HEADING};
use crate::decode::{Decoded, value};
use crate::meaning;

/// One line of values.
struct Row {
    path: String,
    name: &'static str,
    span: String,
    value: String,
    meaning: String,
}

/// Dialect, message type, bitmap, and every value with its place, as far as they could be read.
pub(crate) fn message(decoded: &Decoded, reveal: bool) -> String {
    let message = &decoded.message;
    let dialect = message.dialect();
    let mut text = format!("{HEADING}{}", dialect.name());
    if decoded.has_mti {
        _ = write!(text, ", {} {}", message.mti(), meaning::of(message.mti(), dialect));
    }
    _ = writeln!(text, ", {} bytes{HEADING:#}", message.as_bytes().len());
    if decoded.has_bitmap {
        text.push_str(&bitmap(message));
    }
    let mut rows = Vec::new();
    message.leaves(|leaf| {
        if let Ok(leaf) = leaf {
            rows.push(row(&leaf, reveal));
        }
    });
    let width = |column: fn(&Row) -> &str| rows.iter().map(|row| column(row).chars().count()).max().unwrap_or(0);
    let (path, name, span) = (width(|row| &row.path), width(|row| row.name), width(|row| &row.span));
    for row in &rows {
        let Row { value, meaning, .. } = row;
        _ = write!(text, "{:<path$}  {:<name$}  {FAINT}{:<span$}{FAINT:#}  {value}", row.path, row.name, row.span);
        if !meaning.is_empty() {
            _ = write!(text, "  {FAINT}{meaning}{FAINT:#}");
        }
        text.push('\n');
    }
    text
}

fn row(leaf: &Leaf<'_>, reveal: bool) -> Row {
    let value = value(leaf, reveal);
    let clear = leaf.field().filter(|field| field.sensitivity == Sensitivity::Clear);
    let known = clear.and_then(|field| field.values.iter().find(|(code, _)| *code == value.trim_end()));
    Row {
        path: leaf.path().to_owned(),
        name: leaf.name(),
        span: format!("[{}..{})", leaf.span().start, leaf.span().end),
        meaning: known.map(|(_, meaning)| (*meaning).to_owned()).unwrap_or_default(),
        value: shown(&value),
    }
}

/// As it stands; in quotes, with escapes, where a blank at an end or a control character would not be seen for what
/// it is.
pub(crate) fn shown(value: &str) -> String {
    let visible = |character: char| matches!(character, '"' | '\'' | '\\') || character.escape_debug().len() == 1;
    let plain = !value.is_empty() && value.trim() == value && value.chars().all(visible);
    if plain { value.to_owned() } else { format!("{value:?}") }
}

/// The bitmaps: where they stand, their digits, and the elements that they announce.
fn bitmap(message: &Message) -> String {
    let (rule, wire) = (message.dialect().bitmap(), message.as_bytes());
    let width = match rule.encoding {
        BitmapEncoding::Binary => 8,
        BitmapEncoding::Hex | BitmapEncoding::EbcdicHex => 16,
    };
    let start = if message.dialect().mti_encoding() == DigitEncoding::Bcd { 2 } else { 4 };
    let (mut end, mut digits, mut numbers) = (start, String::new(), String::new());
    for map in 0..u32::from(rule.maps) {
        let Some(bits) = wire.get(end..end + width).and_then(|text| bits(rule.encoding, text)) else { break };
        end += width;
        _ = write!(digits, " {bits:016X}");
        for bit in (1..64).filter(|bit| bits << bit >> 63 == 1) {
            _ = write!(numbers, " {}", 64 * map + bit + 1);
        }
        if bits >> 63 == 0 {
            break;
        }
    }
    format!("{FAINT}bitmap [{start}..{end}) {digits} {numbers}{FAINT:#}\n")
}

/// The bits of one bitmap.
fn bits(encoding: BitmapEncoding, text: &[u8]) -> Option<u64> {
    match encoding {
        BitmapEncoding::Binary => text.try_into().ok().map(u64::from_be_bytes),
        BitmapEncoding::Hex => u64::from_str_radix(std::str::from_utf8(text).ok()?, 16).ok(),
        BitmapEncoding::EbcdicHex => text.iter().try_fold(0, |bits, byte| match byte {
            0xF0..=0xF9 => Some((bits << 4) | u64::from(byte & 0x0F)),
            0x81..=0x86 | 0xC1..=0xC6 => Some((bits << 4) | (u64::from(byte & 0x0F) + 9)),
            _ => None,
        }),
    }
}
