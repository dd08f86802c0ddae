//! Reading tables of TOML with their places, so that each mistake is told where it stands, and all of them at once.

use std::cell::RefCell;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::problem::{Problem, ScenarioError, shown};
use crate::mistyped::did_you_mean;

/// A file being read, and what was found wrong with it so far.
#[derive(Debug)]
pub(crate) struct Reader<'a> {
    file: &'a str,
    text: &'a str,
    problems: RefCell<Vec<Problem>>,
}

/// A table whose keys are taken one by one; what is left over in the end nobody knows.
#[derive(Debug)]
pub(crate) struct Table<'r, 't> {
    reader: &'r Reader<'r>,
    entries: &'r DeTable<'t>,
    known: RefCell<Vec<&'static str>>,
    at: usize,
}

/// A value and where it stands.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Value<'r, 't> {
    pub(crate) reader: &'r Reader<'r>,
    pub(crate) value: &'r DeValue<'t>,
    pub(crate) at: usize,
}

impl<'a> Reader<'a> {
    pub(crate) const fn new(file: &'a str, text: &'a str) -> Self {
        Reader { file, text, problems: RefCell::new(Vec::new()) }
    }

    /// Reads the text as TOML and gives its tables to `read`; then everything that was wrong, or the result.
    pub(crate) fn read<T>(&self, read: impl FnOnce(&Table<'_, '_>) -> Option<T>) -> Result<T, ScenarioError> {
        let tree = match DeTable::parse(self.text) {
            Ok(tree) => tree,
            Err(error) => {
                // The parser's own words may quote a value; those for a key are ours.
                self.problem(error.span().map_or(0, |span| span.start), "this is not TOML from here on");
                return Err(self.end());
            }
        };
        let table = Table { reader: self, entries: tree.get_ref(), known: RefCell::default(), at: 0 };
        let result = read(&table);
        table.finish();
        match result {
            Some(result) if self.problems.borrow().is_empty() => Ok(result),
            _ => Err(self.end()),
        }
    }

    fn end(&self) -> ScenarioError {
        ScenarioError::new(self.file, self.problems.take())
    }

    /// Notes a mistake at a byte of the text.
    pub(crate) fn problem(&self, at: usize, what: impl Into<String>) {
        let before = self.text.get(..at).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        self.problems.borrow_mut().push(Problem { place: Some((line, column)), what: what.into() });
    }
}

impl<'r, 't> Table<'r, 't> {
    /// The value of a key that this table may have.
    pub(crate) fn get(&self, key: &'static str) -> Option<Value<'r, 't>> {
        self.known.borrow_mut().push(key);
        self.entries.get(key).map(|value| self.value(value))
    }

    pub(crate) fn problem(&self, what: impl Into<String>) {
        self.reader.problem(self.at, what);
    }

    /// All keys that have not been asked for, with their values: for tables whose keys are paths of elements.
    pub(crate) fn others(&self) -> Vec<(&'r str, usize, Value<'r, 't>)> {
        let known = self.known.borrow();
        let others = self.entries.iter().filter(|(key, _)| !known.iter().any(|known| *known == key.get_ref().as_ref()));
        let mut others: Vec<_> =
            others.map(|(key, value)| (key.get_ref().as_ref(), key.span().start, self.value(value))).collect();
        others.sort_by_key(|(_, at, _)| *at);
        others
    }

    /// Tells of keys that nobody has asked for.
    pub(crate) fn finish(&self) {
        for (key, at, _) in self.others() {
            let near = did_you_mean(key, self.known.borrow().iter().copied());
            let key = shown(key);
            let near = if near.is_empty() { format!("; known are {}", self.known.borrow().join(", ")) } else { near };
            self.reader.problem(at, format!("unknown key `{key}`{near}"));
        }
    }

    fn value(&self, value: &'r Spanned<DeValue<'t>>) -> Value<'r, 't> {
        Value { reader: self.reader, value: value.get_ref(), at: value.span().start }
    }
}

impl<'r, 't> Value<'r, 't> {
    /// Notes a mistake here.
    pub(crate) fn problem<T>(&self, what: impl Into<String>) -> Option<T> {
        self.reader.problem(self.at, what);
        None
    }

    pub(crate) fn text(&self) -> Option<&'r str> {
        match self.value {
            DeValue::String(text) => Some(text),
            _ => self.problem("expected a text in quotes"),
        }
    }

    pub(crate) fn flag(&self) -> Option<bool> {
        match self.value {
            DeValue::Boolean(flag) => Some(*flag),
            _ => self.problem("expected true or false"),
        }
    }

    /// A whole number of these.
    pub(crate) fn number(&self, from: u64, to: u64) -> Option<u64> {
        let number = match self.value {
            DeValue::Integer(number) => u64::from_str_radix(number.as_str(), number.radix()).ok(),
            _ => None,
        };
        match number.filter(|number| (from..=to).contains(number)) {
            Some(number) => Some(number),
            None => self.problem(format!("expected a whole number from {from} to {to}")),
        }
    }

    /// A share of one, in millionths.
    pub(crate) fn share(&self) -> Option<u32> {
        let share = match self.value {
            DeValue::Float(number) => number.as_str().replace('_', "").parse::<f64>().ok(),
            DeValue::Integer(number) => number.as_str().parse().ok(),
            _ => None,
        };
        match share.filter(|share| (0.0..=1.0).contains(share)) {
            Some(share) => Some((share * 1e6).round() as u32),
            None => self.problem("expected a probability from 0.0 to 1.0"),
        }
    }

    pub(crate) fn table(&self) -> Option<Table<'r, 't>> {
        match self.value {
            DeValue::Table(entries) => {
                Some(Table { reader: self.reader, entries, known: RefCell::default(), at: self.at })
            }
            _ => self.problem("expected a table"),
        }
    }

    pub(crate) fn is_number(&self) -> bool {
        matches!(self.value, DeValue::Integer(_))
    }

    pub(crate) fn is_table(&self) -> bool {
        matches!(self.value, DeValue::Table(_))
    }

    /// The items of an array, or nothing where it is none; that is no mistake yet.
    pub(crate) fn items(&self) -> Option<Vec<Value<'r, 't>>> {
        let DeValue::Array(items) = self.value else { return None };
        let value = |item: &'r Spanned<DeValue<'t>>| Value {
            reader: self.reader,
            value: item.get_ref(),
            at: item.span().start,
        };
        Some(items.iter().map(value).collect())
    }

    /// The tables of a `[[list]]`.
    pub(crate) fn tables(&self) -> Vec<Table<'r, 't>> {
        match self.items() {
            Some(items) => items.iter().filter_map(Value::table).collect(),
            None => self.problem("expected a list of tables, each under [[...]]").unwrap_or_default(),
        }
    }

    /// What an element is set to or compared with: a text, or the digits of a number.
    pub(crate) fn content(&self) -> Option<String> {
        match self.value {
            DeValue::String(text) => Some(text.to_string()),
            DeValue::Integer(number) => Some(number.as_str().replace('_', "")),
            _ => self.problem("expected a text in quotes or a whole number"),
        }
    }
}
