//! TOML as a tree that remembers where everything stands, across files.

use super::Span;

/// A value and its place.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    pub(crate) span: Span,
    pub(crate) datum: Datum,
}

/// What TOML can say, as far as specs use it.
#[derive(Debug, Clone)]
pub(crate) enum Datum {
    String(String),
    /// `None` where the number does not fit.
    Integer(Option<i64>),
    Boolean(bool),
    Array(Vec<Node>),
    Table(Table),
    /// A float or a date: no key of a spec takes one.
    Other(&'static str),
}

impl Datum {
    /// What people call it.
    pub(crate) fn describe(&self) -> &'static str {
        match self {
            Datum::String(_) => "a string",
            Datum::Integer(_) => "a number",
            Datum::Boolean(_) => "true or false",
            Datum::Array(_) => "an array",
            Datum::Table(_) => "a table",
            Datum::Other(what) => what,
        }
    }
}

/// A table: entries in the order of the file.
#[derive(Debug, Clone, Default)]
pub(crate) struct Table {
    pub(crate) entries: Vec<Entry>,
}

/// One `key = value` of a table.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) key: String,
    pub(crate) key_span: Span,
    pub(crate) value: Node,
}

impl Table {
    /// The entry with this key.
    pub(crate) fn get(&self, key: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.key == key)
    }

    /// The entry with this key, to change.
    pub(crate) fn get_mut(&mut self, key: &str) -> Option<&mut Entry> {
        self.entries.iter_mut().find(|entry| entry.key == key)
    }

    /// The table under this key, if it is one.
    pub(crate) fn table(&self, key: &str) -> Option<&Table> {
        match &self.get(key)?.value.datum {
            Datum::Table(table) => Some(table),
            _ => None,
        }
    }

    /// The table under this key, to change.
    pub(crate) fn table_mut(&mut self, key: &str) -> Option<&mut Table> {
        match &mut self.get_mut(key)?.value.datum {
            Datum::Table(table) => Some(table),
            _ => None,
        }
    }

    /// The string under this key, if it is one.
    pub(crate) fn string(&self, key: &str) -> Option<&str> {
        match &self.get(key)?.value.datum {
            Datum::String(text) => Some(text),
            _ => None,
        }
    }

    /// The entry at the end of a path of keys.
    pub(crate) fn at(&self, path: &[&str]) -> Option<&Entry> {
        let (last, parents) = path.split_last()?;
        let mut table = self;
        for key in parents {
            table = table.table(key)?;
        }
        table.get(last)
    }
}
