//! The messages that are to be sent: from the command line, or from lines of JSON or hex. Errors do not repeat them.

use isopace::msg::Kind;
use isopace::wire::{Class, ErrorKind, Length};
use isopace::{Dialect, Edit, Message};

use crate::{Failure, input, json, masked, usage};

/// From words: message type, then `path=value` each.
pub(super) fn words(dialect: &'static Dialect, words: &[String]) -> Result<Message, Failure> {
    let Some((mti, elements)) = words.split_first() else { return Err(Failure::new("there is no message")) };
    let mut fields = Vec::new();
    for element in elements {
        let Some((path, value)) = element.split_once('=') else {
            return Err(Failure::new("behind the message type stand elements, each as PATH=VALUE"));
        };
        fields.push((path.to_owned(), padded(dialect, path, value)));
    }
    build(dialect, mti, &fields)
}

/// From a file or standard input, one a line.
pub(super) fn lines(dialect: &'static Dialect, file: Option<&str>) -> Result<Vec<Message>, Failure> {
    let text = input::text(file)?;
    let mut messages = Vec::new();
    for (at, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let on_line = |what: String| Failure::new(format!("line {}: {what}", at + 1));
        let message = if line.trim_start().starts_with('{') {
            let document = json::parse(line).map_err(&on_line)?;
            build(dialect, &document.mti, &document.fields.0)
                .map_err(|Failure(text)| Failure(format!("line {}: {text}", at + 1)))?
        } else {
            let bytes = isopace::inspect::hex(line).map_err(|report| on_line(report.message))?;
            Message::parse(dialect, bytes).map_err(|error| on_line(format!("{}: {}", error.path(), error.kind())))?
        };
        messages.push(message);
    }
    if messages.is_empty() { Err(Failure::new("there is no message")) } else { Ok(messages) }
}

fn build(dialect: &'static Dialect, mti: &str, fields: &[(String, String)]) -> Result<Message, Failure> {
    let mut edit = Edit::build(dialect);
    edit.mti(mti);
    for (path, value) in fields {
        if masked::is_masked(dialect, path, value) {
            return Err(Failure::new(format!("{}: masked value", usage::path(path))));
        }
        if dialect.resolve(path.split('#').next().unwrap_or(path)).is_none() && !path.contains('.') {
            return Err(Failure::new(format!("{}: {} has no such element", usage::path(path), dialect.name())));
        }
        edit.set_leaf(path, value);
    }
    edit.finish().and_then(|wire| Message::parse(dialect, wire)).map_err(|error| {
        let name = dialect.resolve(&error.path().to_string()).map(|field| format!(" ({})", field.name));
        match error.kind() {
            ErrorKind::Path => Failure::new("a path names nothing"),
            kind => Failure::new(format!("{}{}: {kind}", error.path(), name.unwrap_or_default())),
        }
    })
}

/// An amount or another number with its leading zeros: `4=2500`.
fn padded(dialect: &'static Dialect, path: &str, value: &str) -> String {
    let digits = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
    match dialect.resolve(path) {
        Some(field)
            if digits
                && field.rule.class == Class::N
                && matches!(field.kind, Kind::Amount | Kind::Number | Kind::Stan) =>
        {
            match field.rule.length {
                Length::Fixed(units) => format!("{value:0>width$}", width = units as usize),
                _ => value.to_owned(),
            }
        }
        _ => value.to_owned(),
    }
}
