//! Replies: that there is such a message, and that what is echoed is on both sides.

use super::messages::LISTS;
use super::visit::numbers;
use crate::diagnostic::{Report, nearest};
use crate::source::{Datum, Span, Table};

pub(super) fn check(tree: &Table, report: &mut Report) {
    let Some(messages) = tree.table("message") else {
        return;
    };
    for entry in &messages.entries {
        let Datum::Table(message) = &entry.value.datum else {
            continue;
        };
        let Some(reply) = message.table("reply") else {
            continue;
        };
        let answer = answer(messages, &entry.key, message, reply, report);
        let mut seen: Vec<(u16, Span)> = Vec::new();
        for (number, place) in numbers(reply.get("echo")) {
            if let Some((_, earlier)) = seen.iter().find(|(earlier, _)| *earlier == number) {
                report
                    .error("listed-twice", place, format!("the reply to `{}` echoes element {number} twice", entry.key))
                    .label("here again")
                    .also(*earlier, "here first")
                    .help("keep one of the two");
                continue;
            }
            seen.push((number, place));
            if !has(message, number) {
                echo(&entry.key, number, place, "in the request", &entry.key, report);
            } else if let Some((name, _)) = answer.filter(|(_, answer)| !has(answer, number)) {
                echo(&entry.key, number, place, "in the reply", name, report);
            }
        }
    }
}

/// The answering message.
fn answer<'a>(
    messages: &'a Table,
    name: &str,
    message: &Table,
    reply: &'a Table,
    report: &mut Report,
) -> Option<(&'a str, &'a Table)> {
    let wanted = reply.string("message")?;
    let place = reply.get("message")?.value.span;
    if wanted == name {
        report
            .error("unknown-reply", place, format!("message `{name}` answers itself"))
            .label("the same message")
            .help("name the message that is sent back");
        return None;
    }
    let Some(entry) = messages.get(wanted) else {
        let help = match nearest(wanted, messages.entries.iter().map(|entry| entry.key.as_str())) {
            Some(close) => format!("did you mean `{close}`?"),
            None => format!("declare `[message.{wanted}]`"),
        };
        report
            .error("unknown-reply", place, format!("there is no message `{wanted}` to answer `{name}`"))
            .label("no such message")
            .help(help);
        return None;
    };
    let Datum::Table(answer) = &entry.value.datum else {
        return None;
    };
    if let (Some(request), Some(found)) = (message.string("mti"), answer.string("mti"))
        && let Some(expected) = response(request).filter(|expected| expected != found)
    {
        report
            .warning("reply-mti", place, format!("a {request} is answered by a {found}"))
            .label(format!("a {expected} by the standard"))
            .help("name the message whose third digit is one higher");
    }
    Some((&entry.key, answer))
}

/// The type that answers a type: function one higher (ISO 8583:1987, 4.1). `None` where nothing does.
fn response(mti: &str) -> Option<String> {
    let [version, class, function @ (b'0' | b'2' | b'4' | b'6' | b'8'), origin] = mti.as_bytes() else {
        return None;
    };
    Some([*version, *class, function + 1, *origin].map(char::from).iter().collect())
}

/// Whether a message lists an element at all.
fn has(message: &Table, number: u16) -> bool {
    LISTS.iter().any(|list| numbers(message.get(list)).iter().any(|(listed, _)| *listed == number))
}

fn echo(request: &str, number: u16, place: Span, side: &str, lacking: &str, report: &mut Report) {
    report
        .error("echo-unlisted", place, format!("the reply to `{request}` echoes element {number}"))
        .label(format!("not {side}: message `{lacking}` does not list it"))
        .help(format!("list {number} in `{lacking}`, or take it out of `echo`"));
}
