//! The text form of a message, for people: one line a value, in columns.

use std::fmt::Write as _;

use isopace::inspect::{self, Bitmaps, Element, Inspection};

use crate::console::{FAINT, HEADING};
use crate::decode::elements;

/// One line of values.
struct Row {
    path: String,
    name: &'static str,
    span: String,
    value: String,
    meaning: &'static str,
}

/// Dialect, message type, bitmap, and every value with its place, as far as they could be read.
pub(crate) fn message(decoded: &Inspection, reveal: bool) -> String {
    let message = decoded.message();
    let dialect = message.dialect();
    let mut text = format!("{HEADING}{}", dialect.name());
    if let Some(mti) = decoded.mti() {
        _ = write!(text, ", {mti} {}", inspect::of_message_type(mti, dialect));
    }
    _ = writeln!(text, ", {} bytes{HEADING:#}", message.as_bytes().len());
    if let Some(bitmaps) = decoded.bitmaps() {
        // Digits of a card number make a bitmap, too.
        text.push_str(&bitmap(&bitmaps, reveal || decoded.is_whole()));
    }
    let rows: Vec<Row> = elements(decoded, reveal).into_iter().map(row).collect();
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
    if !reveal && !decoded.is_whole() && !rows.is_empty() {
        _ = writeln!(
            text,
            "{FAINT}it cannot be read to its end, so values may be anything; --reveal shows them{FAINT:#}"
        );
    }
    text
}

fn row(element: Element) -> Row {
    Row {
        path: element.path,
        name: element.name,
        span: format!("[{}..{})", element.span.start, element.span.end),
        value: shown(&element.value),
        meaning: element.meaning.unwrap_or_default(),
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
fn bitmap(bitmaps: &Bitmaps, shown: bool) -> String {
    let digits: String = match shown {
        true => bitmaps.words.iter().map(|bits| format!(" {bits:016X}")).collect(),
        false => " [NOT SHOWN]".to_owned(),
    };
    let numbers: String = bitmaps.numbers.iter().filter(|_| shown).map(|number| format!(" {number}")).collect();
    let third = bitmaps.third.as_ref().map(|third| format!("[{}..{}) ", third.start, third.end)).unwrap_or_default();
    format!("{FAINT}bitmap [{}..{}) {third}{digits} {numbers}{FAINT:#}\n", bitmaps.span.start, bitmaps.span.end)
}
