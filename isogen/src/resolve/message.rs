//! Messages: which elements they have and how they are answered.

use super::ident;
use crate::diagnostic::Report;
use crate::model::{Message, Reply};
use crate::source::{Datum, Entry, Reader, Table, integer, table};

/// The messages, in the order of the file.
pub(super) fn messages(messages: &Table, report: &mut Report) -> Vec<Message> {
    let mut found = Vec::new();
    for entry in &messages.entries {
        let Some(body) = table(&entry.value, "message", report) else {
            continue;
        };
        found.extend(message(entry, body, report));
    }
    found
}

fn message(entry: &Entry, body: &Table, report: &mut Report) -> Option<Message> {
    let what = format!("message `{}`", entry.key);
    let mut reader = Reader::new(body, entry.value.span);
    if reader.boolean("remove", report) == Some(true) {
        report
            .error("nothing-to-remove", entry.value.span, format!("there is no {what} to remove"))
            .label("not in a spec that this one extends")
            .help("take the table out");
        return None;
    }
    let named = ident::is_kebab(&entry.key);
    if !named {
        report
            .error("bad-name", entry.key_span, format!("`{}` is no name for a message", entry.key))
            .label("not kebab case")
            .help("lower-case letters, digits and single hyphens, a letter first: `financial-request`");
    }
    if body.get("mti").is_none() {
        reader.missing("mti", &what, "mti = \"0200\"", report);
    }
    let mti = reader.string("mti", report).and_then(|(mti, span)| {
        let digits = mti.len() == 4 && mti.bytes().all(|byte| byte.is_ascii_digit());
        if !digits {
            report
                .error("bad-mti", span, format!("`{mti}` is no message type indicator"))
                .label("expected four digits")
                .help("version, class, function, origin: `0200`");
        }
        digits.then(|| mti.to_owned())
    });
    let doc = super::doc(&mut reader, report);
    let mandatory = elements(reader.entry("mandatory"), report);
    let conditional = elements(reader.entry("conditional"), report);
    let optional = elements(reader.entry("optional"), report);
    let reply = match reader.table("reply", report) {
        Some((table, entry)) => Some(reply(table, entry, report)),
        None if body.get("reply").is_some() => return None,
        None => None,
    };
    reader.finish("a message", report);
    let reply = match reply {
        Some(reply) => Some(reply?),
        None => None,
    };
    named.then_some(())?;
    Some(Message { name: entry.key.clone(), doc, mti: mti?, mandatory, conditional, optional, reply })
}

fn reply(table: &Table, entry: &Entry, report: &mut Report) -> Option<Reply> {
    let mut reader = Reader::new(table, entry.value.span);
    let message = reader.string("message", report);
    if table.get("message").is_none() {
        reader.missing("message", "`reply`", "message = \"financial-response\"", report);
    }
    let echo = elements(reader.entry("echo"), report);
    reader.finish("`reply`", report);
    Some(Reply { message: message?.0.to_owned(), echo })
}

/// A list of element numbers, ascending.
fn elements(entry: Option<&Entry>, report: &mut Report) -> Vec<u16> {
    let Some(entry) = entry else {
        return Vec::new();
    };
    let Datum::Array(items) = &entry.value.datum else {
        crate::source::wrong_type(&entry.value, &entry.key, "an array of element numbers", report);
        return Vec::new();
    };
    let mut numbers: Vec<u16> = Vec::with_capacity(items.len());
    for item in items {
        let Some(number) = integer(item, "element", report) else {
            continue;
        };
        match u16::try_from(number) {
            Ok(number) if (2..=192).contains(&number) => numbers.push(number),
            _ => {
                report
                    .error("unknown-element", item.span, format!("there is no element {number}"))
                    .label("elements are numbered 2 to 192");
            }
        }
    }
    numbers.sort_unstable();
    numbers.dedup();
    numbers
}
