//! One file of TOML to a tree, with every syntax error in it.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{Datum, Entry, Node, Span, Table};
use crate::diagnostic::Report;

/// As many syntax errors are told of one file: what follows so many is noise.
const MOST_ERRORS: usize = 50;

/// Reads the file with this index. Says whether the tree is whole enough to look at: after a syntax error what
/// follows is guesswork, after a duplicate key it is not.
pub(crate) fn parse(file: usize, report: &mut Report) -> (Table, bool) {
    let Some(source) = report.sources.get(file).cloned() else {
        return (Table::default(), false);
    };
    let (tree, errors) = DeTable::parse_recoverable(&source.text);
    let mut sound = true;
    // A table given twice repeats its keys; to say so of each of them adds nothing.
    let mut repeated = 0..0;
    let mut last = None;
    for error in errors.iter().take(MOST_ERRORS) {
        // Brackets left open at one place are one mistake.
        if last.replace((error.span(), error.message())) == Some((error.span(), error.message())) {
            continue;
        }
        let range = error.span().unwrap_or(0..0);
        let span = Span { file, start: range.start, end: range.end };
        if error.message() == "duplicate key" {
            if repeated.contains(&range.start) {
                continue;
            }
            if let Some(body) = under_header(&source.text, range.start) {
                repeated = body;
            }
            let key = report.sources.slice(span).to_owned();
            report
                .error("duplicate-key", span, format!("`{key}` is given twice"))
                .label("given again here")
                .help("keep one of the two");
        } else {
            sound = false;
            report.error("toml-syntax", span, error.message()).label("not TOML from here on");
        }
    }
    (convert(file, tree.get_ref()), sound)
}

/// What stands under a header, given a place in it; `None` if the place is in no header.
fn under_header(text: &str, at: usize) -> Option<std::ops::Range<usize>> {
    let line = text.get(..at)?.rfind('\n').map_or(0, |end| end + 1);
    if !text.get(line..)?.trim_start().starts_with('[') {
        return None;
    }
    let next = text.get(at..)?.find("\n[").map_or(text.len(), |next| at + next);
    Some(at + 1..next)
}

fn convert(file: usize, tree: &DeTable<'_>) -> Table {
    let mut entries: Vec<Entry> = tree
        .iter()
        .map(|(key, value)| Entry {
            key: key.get_ref().to_string(),
            key_span: Span { file, start: key.span().start, end: key.span().end },
            value: convert_value(file, value),
        })
        .collect();
    entries.sort_by_key(|entry| entry.key_span.start);
    Table { entries }
}

fn convert_value(file: usize, value: &Spanned<DeValue<'_>>) -> Node {
    let datum = match value.get_ref() {
        DeValue::String(text) => Datum::String(text.to_string()),
        DeValue::Integer(number) => Datum::Integer(i64::from_str_radix(number.as_str(), number.radix()).ok()),
        DeValue::Boolean(flag) => Datum::Boolean(*flag),
        DeValue::Array(items) => Datum::Array(items.iter().map(|item| convert_value(file, item)).collect()),
        DeValue::Table(table) => Datum::Table(convert(file, table)),
        DeValue::Float(_) => Datum::Other("a decimal fraction"),
        DeValue::Datetime(_) => Datum::Other("a date"),
    };
    Node { span: Span { file, start: value.span().start, end: value.span().end }, datum }
}
