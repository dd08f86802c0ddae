//! `[correlation]`: what pairs a response with its request.

use crate::diagnostic::Report;
use crate::model::Correlation;
use crate::source::{Datum, Entry, Node, Reader, Span, Table, integer, wrong_type};

/// The classes of messages by name, and the digit of the message type (ISO 8583:1987, 4.1; 1993, 4.1.2).
pub(crate) const CLASSES: &[(&str, u8)] = &[
    ("authorization", 1),
    ("financial", 2),
    ("file-action", 3),
    ("reversal", 4),
    ("reconciliation", 5),
    ("administrative", 6),
    ("fee-collection", 7),
    ("network-management", 8),
];

/// What holds where a spec says nothing: trace number and terminal, or the trace number alone.
fn usual() -> Correlation {
    Correlation { class: None, alternatives: vec![vec![11, 41], vec![11]] }
}

/// The rules of a spec, that for all classes first.
pub(super) fn correlation(found: Option<(&Table, Span)>, report: &mut Report) -> Vec<Correlation> {
    let Some((table, place)) = found else {
        return vec![usual()];
    };
    let mut reader = Reader::new(table, place);
    let default = reader.entry("default").map(|entry| alternatives(entry, report));
    let mut rules = vec![default.map_or_else(usual, |alternatives| Correlation { class: None, alternatives })];
    for (name, class) in CLASSES {
        if let Some(entry) = reader.entry(name) {
            rules.push(Correlation { class: Some(*class), alternatives: alternatives(entry, report) });
        }
    }
    reader.finish("`[correlation]`", report);
    rules
}

/// `[[11, 41], [11]]`, or `[11, 41]` for a single alternative. Whether they make sense is checked later.
fn alternatives(entry: &Entry, report: &mut Report) -> Vec<Vec<u16>> {
    let Datum::Array(items) = &entry.value.datum else {
        wrong_type(&entry.value, &entry.key, "an array of arrays of element numbers", report);
        return Vec::new();
    };
    if !items.is_empty() && items.iter().all(|item| !matches!(item.datum, Datum::Array(_))) {
        return vec![elements(items, report)];
    }
    let mut found = Vec::new();
    for item in items {
        match &item.datum {
            Datum::Array(items) => found.push(elements(items, report)),
            _ => wrong_type(item, &entry.key, "an array of arrays here", report),
        }
    }
    found
}

fn elements(items: &[Node], report: &mut Report) -> Vec<u16> {
    let mut found = Vec::with_capacity(items.len());
    for item in items {
        let Some(number) = integer(item, "element", report) else {
            continue;
        };
        match u16::try_from(number) {
            Ok(number) => found.push(number),
            Err(_) => {
                report
                    .error("unknown-element", item.span, format!("there is no element {number}"))
                    .label("elements are numbered 2 to 192");
            }
        }
    }
    found
}
