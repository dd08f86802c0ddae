//! Messages: their types and the elements they list.

use super::visit::numbers;
use crate::diagnostic::Report;
use crate::source::{Datum, Entry, Span, Table};

/// The three lists of a message.
pub(super) const LISTS: [&str; 3] = ["mandatory", "conditional", "optional"];

pub(super) fn check(tree: &Table, report: &mut Report) {
    let Some(messages) = tree.table("message") else {
        return;
    };
    let mut types: Vec<(&str, Span, &str)> = Vec::new();
    for entry in &messages.entries {
        let Datum::Table(message) = &entry.value.datum else {
            continue;
        };
        if let (Some(mti), Some(at)) = (message.string("mti"), message.get("mti")) {
            let place = at.value.span;
            match types.iter().find(|(earlier, ..)| *earlier == mti) {
                Some((_, earlier, name)) => {
                    report
                        .error("duplicate-mti", place, format!("two messages are of type {mti}"))
                        .label("second one")
                        .also(*earlier, format!("first one: `{name}`"))
                        .help("put both into one message: what is not always there is conditional or optional");
                }
                None => types.push((mti, place, &entry.key)),
            }
            repeat(mti, place, report);
        }
        lists(tree, entry, message, report);
    }
}

/// An odd last digit marks the repeat of a message, which is the same message.
fn repeat(mti: &str, place: Span, report: &mut Report) {
    let bytes = mti.as_bytes();
    let [version, class, function, origin @ (b'1' | b'3' | b'5' | b'7' | b'9')] = bytes else {
        return;
    };
    if !bytes.iter().all(u8::is_ascii_digit) {
        return;
    }
    let original: String = [*version, *class, *function, origin - 1].map(char::from).iter().collect();
    report
        .error("repeat-mti", place, format!("{mti} is the repeat of {original}"))
        .label("not a message of its own")
        .help(format!("declare {original}; its repeat is understood"));
}

fn lists(tree: &Table, entry: &Entry, message: &Table, report: &mut Report) {
    let mut listed: Vec<(u16, Span, &str)> = Vec::new();
    for list in LISTS {
        for (number, place) in numbers(message.get(list)) {
            if !(2..=192).contains(&number) {
                continue;
            }
            if tree.at(&["field", &number.to_string()]).is_none() {
                let (label, help) = if number == 65 {
                    ("the tertiary bitmap, never data", "take it out of the list".to_owned())
                } else {
                    ("no such element", format!("declare `[field.{number}]`, or take it out of the list"))
                };
                report
                    .error("unknown-element", place, format!("message `{}` lists element {number}", entry.key))
                    .label(label)
                    .help(help);
            }
            match listed.iter().find(|(earlier, ..)| *earlier == number) {
                Some((_, earlier, other)) => {
                    report
                        .error("listed-twice", place, format!("message `{}` lists element {number} twice", entry.key))
                        .label(if list == *other { "here again".to_owned() } else { format!("here as {list}") })
                        .also(*earlier, format!("here as {other}"))
                        .help("keep one of the two");
                }
                None => listed.push((number, place, list)),
            }
        }
    }
}
