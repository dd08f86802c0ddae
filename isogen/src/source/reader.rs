//! Reading one table of the tree by name: types checked, unknown keys found.

use super::{Datum, Entry, Node, Span, Table};
use crate::diagnostic::{Report, nearest};

/// Words of an enumeration and what each stands for.
pub(crate) type Words<T> = [(&'static str, T)];

/// One table, read key by key. [`Reader::finish`] reports the keys that nobody asked for.
pub(crate) struct Reader<'a> {
    table: &'a Table,
    /// Place to point at where a key is missing.
    pub(crate) place: Span,
    asked: Vec<&'static str>,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(table: &'a Table, place: Span) -> Self {
        Reader { table, place, asked: Vec::new() }
    }

    /// The entry under a key, whatever it is.
    pub(crate) fn entry(&mut self, key: &'static str) -> Option<&'a Entry> {
        self.asked.push(key);
        self.table.get(key)
    }

    /// The value under a key, whatever it is.
    pub(crate) fn node(&mut self, key: &'static str) -> Option<&'a Node> {
        self.entry(key).map(|entry| &entry.value)
    }

    /// A string with its place.
    pub(crate) fn string(&mut self, key: &'static str, report: &mut Report) -> Option<(&'a str, Span)> {
        let node = self.node(key)?;
        string(node, key, report).map(|text| (text, node.span))
    }

    /// A number with its place.
    pub(crate) fn integer(&mut self, key: &'static str, report: &mut Report) -> Option<(i64, Span)> {
        let node = self.node(key)?;
        integer(node, key, report).map(|number| (number, node.span))
    }

    /// `true` or `false`.
    pub(crate) fn boolean(&mut self, key: &'static str, report: &mut Report) -> Option<bool> {
        let node = self.node(key)?;
        if let Datum::Boolean(flag) = node.datum {
            return Some(flag);
        }
        wrong_type(node, key, "true or false", report);
        None
    }

    /// A table with its entry.
    pub(crate) fn table(&mut self, key: &'static str, report: &mut Report) -> Option<(&'a Table, &'a Entry)> {
        let entry = self.entry(key)?;
        table(&entry.value, key, report).map(|table| (table, entry))
    }

    /// One word of an enumeration.
    pub(crate) fn word<T: Copy>(&mut self, key: &'static str, words: &Words<T>, report: &mut Report) -> Option<T> {
        let node = self.node(key)?;
        one_of(node, key, words, report)
    }

    /// Reports a required key as missing.
    pub(crate) fn missing(&self, key: &str, of: &str, example: &str, report: &mut Report) {
        report
            .error("missing-key", self.place, format!("{of} has no `{key}`"))
            .label(format!("`{key}` is required here"))
            .help(format!("add `{example}`"));
    }

    /// Reports the keys that nobody asked for.
    pub(crate) fn finish(self, of: &str, report: &mut Report) {
        for entry in &self.table.entries {
            if self.asked.contains(&entry.key.as_str()) {
                continue;
            }
            let help = match nearest(&entry.key, self.asked.iter().copied()) {
                Some(close) => format!("did you mean `{close}`?"),
                None => format!("{of} takes: {}", self.asked.join(", ")),
            };
            report
                .error("unknown-key", entry.key_span, format!("{of} has no key `{}`", entry.key))
                .label("unknown key")
                .help(help);
        }
    }
}

/// The node as a string.
pub(crate) fn string<'a>(node: &'a Node, what: &str, report: &mut Report) -> Option<&'a str> {
    if let Datum::String(text) = &node.datum {
        return Some(text);
    }
    wrong_type(node, what, "a string", report);
    None
}

/// The node as a number.
pub(crate) fn integer(node: &Node, what: &str, report: &mut Report) -> Option<i64> {
    match node.datum {
        Datum::Integer(Some(number)) => return Some(number),
        Datum::Integer(None) => {
            report.error("wrong-type", node.span, format!("`{what}` is too large")).label("does not fit in 64 bits");
        }
        _ => wrong_type(node, what, "a number", report),
    }
    None
}

/// The node as a table.
pub(crate) fn table<'a>(node: &'a Node, what: &str, report: &mut Report) -> Option<&'a Table> {
    if let Datum::Table(table) = &node.datum {
        return Some(table);
    }
    wrong_type(node, what, "a table", report);
    None
}

/// The node as one word of an enumeration.
pub(crate) fn one_of<T: Copy>(node: &Node, what: &str, words: &Words<T>, report: &mut Report) -> Option<T> {
    let text = string(node, what, report)?;
    if let Some((_, value)) = words.iter().find(|(word, _)| *word == text) {
        return Some(*value);
    }
    let help = match nearest(text, words.iter().map(|(word, _)| *word)) {
        Some(close) => format!("did you mean `{close}`?"),
        None => format!("`{what}` is one of: {}", words.iter().map(|(word, _)| *word).collect::<Vec<_>>().join(", ")),
    };
    report.error("unknown-word", node.span, format!("`{what}` cannot be `{text}`")).label("unknown word").help(help);
    None
}

pub(crate) fn wrong_type(node: &Node, what: &str, wanted: &str, report: &mut Report) {
    let found = node.datum.describe();
    report
        .error("wrong-type", node.span, format!("`{what}` is {wanted}, not {found}"))
        .label(format!("expected {wanted}"));
}
