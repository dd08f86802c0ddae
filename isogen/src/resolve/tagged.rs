//! Tags and lengths of the objects of a `tlv` or `ltv`, and their tags as keys.

use super::words::{COUNTS, COVERS, PREFIX, TAG};
use crate::diagnostic::Report;
use crate::model::{Counts, Covers, Key, ObjectLength, PrefixEncoding, TagEncoding, TagRule};
use crate::source::{Reader, Span, Table};

/// `tag = { encoding, width }`.
pub(super) fn tag(table: &Table, place: Span, report: &mut Report) -> Option<TagRule> {
    let mut reader = Reader::new(table, place);
    let encoding = reader.word("encoding", TAG, report);
    let width = reader.integer("width", report);
    for (key, example) in [("encoding", "encoding = \"ascii\""), ("width", "width = 2")] {
        if table.get(key).is_none() {
            reader.missing(key, "`tag`", example, report);
        }
    }
    reader.finish("`tag`", report);
    let (encoding, (width, span)) = (encoding?, width?);
    let (most, unit) = match encoding {
        TagEncoding::Ascii | TagEncoding::Ebcdic => (8, "characters"),
        TagEncoding::Bcd => (8, "digits"),
        TagEncoding::Binary => (4, "bytes"),
    };
    let odd = encoding == TagEncoding::Bcd && width % 2 != 0;
    match u8::try_from(width).ok().filter(|width| (1..=most).contains(width) && !odd) {
        Some(width) => Some(TagRule { encoding, width }),
        None => {
            let label = if odd { "expected 2, 4, 6 or 8".to_owned() } else { format!("expected 1 to {most}") };
            let help = match encoding {
                TagEncoding::Bcd => "packed digits fill whole bytes, so a tag has an even number of them".to_owned(),
                _ => format!("`width` counts {unit}"),
            };
            report.error("bad-tag-width", span, format!("a tag of {width} {unit}")).label(label).help(help);
            None
        }
    }
}

/// `length = { encoding, width, counts, covers }` of the objects.
pub(super) fn length(table: &Table, place: Span, ltv: bool, report: &mut Report) -> Option<ObjectLength> {
    let mut reader = Reader::new(table, place);
    let prefix = reader.word("encoding", PREFIX, report);
    let width = reader.integer("width", report);
    let counts = match table.get("counts") {
        Some(_) => reader.word("counts", COUNTS, report),
        None => {
            reader.entry("counts");
            Some(Counts::Bytes)
        }
    };
    let covers = match table.get("covers") {
        Some(_) => reader.word("covers", COVERS, report),
        None => {
            reader.entry("covers");
            Some(if ltv { Covers::TagValue } else { Covers::Value })
        }
    };
    for (key, example) in [("encoding", "encoding = \"ascii\""), ("width", "width = 3")] {
        if table.get(key).is_none() {
            reader.missing(key, "`length`", example, report);
        }
    }
    reader.finish("the `length` of objects", report);
    let (prefix, (width, span), counts, covers) = (prefix?, width?, counts?, covers?);
    if counts == Counts::Units && covers != Covers::Value {
        let at = table.get("covers").or(table.get("counts")).map_or(place, |entry| entry.value.span);
        report
            .error("counts-covers", at, "a length in units covers the value alone")
            .label("tags and lengths have no units")
            .help("`counts = \"bytes\"`, or `covers = \"value\"`");
        return None;
    }
    let (most, unit) = match prefix {
        PrefixEncoding::BinaryBe | PrefixEncoding::BinaryLe => (4, "bytes"),
        PrefixEncoding::Hex => (8, "hex digits"),
        PrefixEncoding::Ascii | PrefixEncoding::Ebcdic | PrefixEncoding::Bcd => (9, "digits"),
    };
    match u8::try_from(width).ok().filter(|width| (1..=most).contains(width)) {
        Some(width) => Some(ObjectLength { prefix, width, counts, covers }),
        None => {
            report
                .error("bad-width", span, format!("a length of {width} {unit}"))
                .label(format!("expected 1 to {most}"))
                .help(
                    "decimal digits for ascii, ebcdic and bcd, hex digits for hex, bytes for binary-be and binary-le",
                );
            None
        }
    }
}

/// The tag of an object, from a key; or what is wrong with it and what would be right.
pub(super) fn key(key: &str, rule: TagRule) -> Result<Key, (String, String)> {
    let width = usize::from(rule.width);
    match rule.encoding {
        TagEncoding::Ascii | TagEncoding::Ebcdic => {
            text(key).map_err(|reason| (reason.to_owned(), example(width, "AB3D5F7H")))?;
            if key.chars().count() != width {
                return Err((wide(rule.width, "character"), example(width, "AB3D5F7H")));
            }
            Ok(Key::Text(key.to_owned()))
        }
        TagEncoding::Bcd => {
            if key.len() != width || !key.bytes().all(|byte| byte.is_ascii_digit()) {
                return Err((wide(rule.width, "digit"), example(width, "03570461")));
            }
            Ok(Key::Text(key.to_owned()))
        }
        TagEncoding::Binary => {
            if key.len() != 2 * width || !key.bytes().all(|byte| byte.is_ascii_hexdigit()) {
                return Err((wide(rule.width, "byte"), format!("in hex, {}", example(2 * width, "DF018A03"))));
            }
            let byte = |at: usize| key.get(at..at + 2).and_then(|pair| u8::from_str_radix(pair, 16).ok());
            Ok(Key::Tag((0..key.len()).step_by(2).filter_map(byte).collect()))
        }
    }
}

fn wide(width: u8, unit: &str) -> String {
    if width == 1 { format!("a tag is one {unit} here") } else { format!("a tag is {width} {unit}s here") }
}

fn example(width: usize, pattern: &str) -> String {
    format!("as in `{}`", pattern.get(..width).unwrap_or(pattern))
}

/// Whether a path can name it: printable ASCII, and nothing that a path is made of.
fn text(key: &str) -> Result<(), &'static str> {
    if !key.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic()) {
        return Err("a tag is of printable ASCII characters");
    }
    if key.contains(['.', '#', '%']) {
        return Err("`.`, `#` and `%` have a meaning in paths");
    }
    Ok(())
}

/// The name of a pair, from a key; or what is wrong with it.
pub(super) fn name(key: &str) -> Result<Key, &'static str> {
    if key.is_empty() {
        return Err("a name has at least one character");
    }
    if key.chars().any(char::is_control) {
        return Err("a name has no control characters");
    }
    if key.contains(['.', '#', '%']) {
        return Err("`.`, `#` and `%` have a meaning in paths");
    }
    if key.chars().count() > 99 {
        return Err("a name has at most 99 characters");
    }
    Ok(Key::Name(key.to_owned()))
}
