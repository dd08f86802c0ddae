//! `[correlation]`: elements that exist, may be looked at, and can decide.

use super::visit::numbers;
use crate::diagnostic::Report;
use crate::model::{Sensitivity, Spec};
use crate::source::{Datum, Entry, Node, Span, Table};

pub(super) fn check(spec: &Spec, tree: &Table, report: &mut Report) {
    let Some(table) = tree.table("correlation") else {
        return;
    };
    for entry in &table.entries {
        let Datum::Array(items) = &entry.value.datum else {
            continue;
        };
        if items.is_empty() {
            empty(entry.value.span, &format!("no alternative for `{}`", entry.key), report);
            continue;
        }
        let nested = items.iter().any(|item| matches!(item.datum, Datum::Array(_)));
        let alternatives: Vec<(Vec<(u16, Span)>, Span)> = if nested {
            items.iter().filter_map(|item| Some((inner(item, &entry.key, report)?, item.span))).collect()
        } else {
            vec![(numbers(Some(entry)), entry.value.span)]
        };
        for (at, (alternative, place)) in alternatives.iter().enumerate() {
            elements(spec, tree, alternative, report);
            hidden(alternative, *place, alternatives.get(..at).unwrap_or_default(), report);
        }
    }
}

fn inner(item: &Node, key: &str, report: &mut Report) -> Option<Vec<(u16, Span)>> {
    let Datum::Array(listed) = &item.datum else {
        return None;
    };
    if listed.is_empty() {
        empty(item.span, &format!("an alternative of `{key}` has no elements"), report);
    }
    let entry = Entry { key: String::new(), key_span: item.span, value: item.clone() };
    Some(numbers(Some(&entry)))
}

fn empty(place: Span, message: &str, report: &mut Report) {
    report
        .error("correlation-empty", place, message)
        .label("nothing to compare")
        .help("name at least one element, as in `[[11, 41], [11]]`, or take the key out");
}

fn elements(spec: &Spec, tree: &Table, alternative: &[(u16, Span)], report: &mut Report) {
    for (at, (number, place)) in alternative.iter().enumerate() {
        let earlier = alternative.get(..at).unwrap_or_default();
        if let Some((_, first)) = earlier.iter().find(|(earlier, _)| earlier == number) {
            report
                .error("listed-twice", *place, format!("element {number} stands twice in an alternative"))
                .label("here again")
                .also(*first, "here first")
                .help("keep one of the two");
            continue;
        }
        if tree.at(&["field", &number.to_string()]).is_none() {
            report
                .error("unknown-element", *place, format!("`[correlation]` names element {number}"))
                .label("no such element")
                .help(format!("declare `[field.{number}]`, or take it out"));
            continue;
        }
        let word = match spec.field(*number).map(|field| field.sensitivity) {
            Some(Sensitivity::Pan) => "pan",
            Some(Sensitivity::Sad) => "sad",
            Some(Sensitivity::Key) => "key",
            Some(Sensitivity::Pii | Sensitivity::Opaque | Sensitivity::Clear) | None => continue,
        };
        report
            .error("correlation-secret", *place, format!("element {number} cannot pair messages: it is secret"))
            .label(format!("has sensitive = \"{word}\""))
            .help("what pairs messages is kept while an answer is awaited, and told in logs; name another element");
    }
}

/// An alternative that an earlier one always comes before.
fn hidden(alternative: &[(u16, Span)], place: Span, earlier: &[(Vec<(u16, Span)>, Span)], report: &mut Report) {
    let within = |other: &[(u16, Span)]| {
        !other.is_empty() && other.iter().all(|(number, _)| alternative.iter().any(|(own, _)| own == number))
    };
    if let Some((_, first)) = earlier.iter().find(|(other, _)| within(other)) {
        report
            .warning("correlation-never", place, "this alternative never decides")
            .label("messages that have these elements")
            .also(*first, "have these too, which come first")
            .help("put the alternative with more elements first");
    }
}
