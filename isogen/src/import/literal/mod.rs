//! Values as Python and JSON write them: dictionaries, lists, strings, numbers, `None` or `null`.
//!
//! One reader for both, tolerant of trailing commas and comments, so that every value knows its line and no key is
//! lost where one is given twice. Anything that would have to be computed is kept as its text.

mod string;

use super::Unreadable;
use super::note::Note;
use super::text::quote;

/// How deep values may nest.
const DEEPEST: usize = 100;

/// A value and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Value {
    /// From 1.
    pub(super) line: usize,
    pub(super) datum: Datum,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Datum {
    Text(String),
    Number(i64),
    Bool(bool),
    Nothing,
    List(Vec<Value>),
    Table(Table),
    /// Not a literal, as it is written.
    Other(String),
}

/// Keys and values in the order they are written.
pub(super) type Table = Vec<(String, Value)>;

impl Value {
    pub(super) fn table(&self) -> Option<&Table> {
        if let Datum::Table(table) = &self.datum { Some(table) } else { None }
    }

    pub(super) fn text(&self) -> Option<&str> {
        if let Datum::Text(text) = &self.datum { Some(text) } else { None }
    }

    pub(super) fn number(&self) -> Option<u32> {
        if let Datum::Number(number) = self.datum { u32::try_from(number).ok() } else { None }
    }

    /// As a note quotes it.
    pub(super) fn quote(&self) -> String {
        let text = match &self.datum {
            Datum::Text(text) | Datum::Other(text) => text.clone(),
            Datum::Number(number) => number.to_string(),
            Datum::Bool(truth) => truth.to_string(),
            Datum::Nothing => "nothing".to_owned(),
            Datum::List(items) => format!("a list of {}", items.len()),
            Datum::Table(table) => format!("a table of {}", table.len()),
        };
        quote(&text)
    }
}

/// What a key is given, as a note quotes it.
pub(super) fn quoted(table: &Table, key: &str) -> String {
    get(table, key).map_or_else(|| "nothing".to_owned(), Value::quote)
}

/// Values that do not count, because their key is given again later.
pub(super) fn repeated(table: &Table) -> Vec<Note> {
    let mut lines: Vec<(&str, usize)> = table.iter().map(|(key, value)| (key.as_str(), value.line)).collect();
    lines.sort_unstable();
    let twice = lines.windows(2).filter(|pair| pair.first().map(|one| one.0) == pair.last().map(|other| other.0));
    let note = |(key, line): &(&str, usize)| Note::lost(*line, format!("{}, which is given again", quote(key)));
    twice.filter_map(|pair| pair.first()).map(note).collect()
}

/// The value of a key; of several the last counts.
pub(super) fn get<'a>(table: &'a Table, key: &str) -> Option<&'a Value> {
    table.iter().rev().find(|(known, _)| known == key).map(|(_, value)| value)
}

/// A place in a text.
#[derive(Debug, Clone)]
pub(super) struct Cursor<'a> {
    rest: &'a str,
    line: usize,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(text: &'a str) -> Cursor<'a> {
        Cursor { rest: text, line: 1 }
    }

    pub(super) fn line(&self) -> usize {
        self.line
    }

    pub(super) fn rest(&self) -> &'a str {
        self.rest
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.rest.chars().next()
    }

    pub(super) fn next(&mut self) -> Option<char> {
        let mut letters = self.rest.chars();
        let letter = letters.next()?;
        self.rest = letters.as_str();
        self.line += usize::from(letter == '\n');
        Some(letter)
    }

    pub(super) fn eat(&mut self, start: &str) -> bool {
        let Some(rest) = self.rest.strip_prefix(start) else { return false };
        self.line += start.matches('\n').count();
        self.rest = rest;
        true
    }

    /// What comes while the letters are of a kind.
    pub(super) fn take_while(&mut self, is: impl Fn(char) -> bool) -> &'a str {
        let end = self.rest.find(|letter| !is(letter)).unwrap_or(self.rest.len());
        let (taken, rest) = self.rest.split_at(end);
        self.line += taken.matches('\n').count();
        self.rest = rest;
        taken
    }

    /// Passes blanks, line ends and comments.
    pub(super) fn skip_space(&mut self) {
        loop {
            self.take_while(|letter| letter.is_whitespace() || letter == '\\');
            if self.peek() != Some('#') {
                return;
            }
            self.take_while(|letter| letter != '\n');
        }
    }

    fn unreadable(&self, message: impl Into<String>) -> Unreadable {
        Unreadable::new(self.line, message)
    }

    /// Reads one value.
    pub(super) fn value(&mut self, depth: usize) -> Result<Value, Unreadable> {
        self.skip_space();
        if depth > DEEPEST {
            return Err(self.unreadable(format!("values nest more than {DEEPEST} deep")));
        }
        let line = self.line;
        let before = self.rest;
        let mut datum = match self.peek() {
            None => return Err(self.unreadable("the text ends where a value should be")),
            Some('{') => self.table(depth)?,
            Some('[') => self.list('[', ']', depth)?,
            Some('(') => self.list('(', ')', depth)?,
            _ => match self.string()? {
                Some(text) => Datum::Text(text),
                None => self.word(),
            },
        };
        // An operator or a call behind it makes it something to compute.
        if depth > 0 {
            self.skip_space();
            if !matches!(self.peek(), None | Some(',' | '}' | ']' | ')' | ':')) {
                self.expression()?;
                let read = before.len() - self.rest.len();
                datum = Datum::Other(before.get(..read).unwrap_or(before).trim().to_owned());
            }
        }
        Ok(Value { line, datum })
    }

    fn table(&mut self, depth: usize) -> Result<Datum, Unreadable> {
        self.next();
        let mut table = Table::new();
        loop {
            self.skip_space();
            if self.eat("}") {
                return Ok(Datum::Table(table));
            }
            let key = self.value(depth + 1)?;
            self.skip_space();
            if !self.eat(":") {
                return Err(self.unreadable("a colon should come after the key"));
            }
            let value = self.value(depth + 1)?;
            let key = match key.datum {
                Datum::Text(text) | Datum::Other(text) => text,
                Datum::Number(number) => number.to_string(),
                _ => return Err(Unreadable::new(key.line, "a key should be a string or a number")),
            };
            table.push((key, value));
            self.skip_space();
            if !self.eat(",") && self.peek() != Some('}') {
                return Err(self.unreadable("a comma or a closing brace should come after the value"));
            }
        }
    }

    fn list(&mut self, open: char, close: char, depth: usize) -> Result<Datum, Unreadable> {
        self.next();
        let mut items = Vec::new();
        let mut commas = 0;
        loop {
            self.skip_space();
            if self.peek() == Some(close) {
                self.next();
                break;
            }
            items.push(self.value(depth + 1)?);
            self.skip_space();
            if self.eat(",") {
                commas += 1;
            } else if self.peek() != Some(close) {
                return Err(self.unreadable(format!("a comma or `{close}` should come after the value")));
            }
        }
        // Round brackets around one value are no list.
        match (open, commas, items.pop()) {
            ('(', 0, Some(only)) => Ok(only.datum),
            (_, _, last) => {
                items.extend(last);
                Ok(Datum::List(items))
            }
        }
    }

    /// A number, a constant, or a name.
    fn word(&mut self) -> Datum {
        let word = self.take_while(|letter| letter.is_alphanumeric() || matches!(letter, '_' | '.' | '+' | '-'));
        match word {
            "None" | "null" => Datum::Nothing,
            "True" | "true" => Datum::Bool(true),
            "False" | "false" => Datum::Bool(false),
            _ => {
                let plain = word.replace('_', "");
                let hex = plain.strip_prefix("0x").or_else(|| plain.strip_prefix("0X"));
                let number = hex.map_or_else(|| plain.parse(), |hex| i64::from_str_radix(hex, 16));
                number.map_or_else(|_| Datum::Other(word.to_owned()), Datum::Number)
            }
        }
    }

    /// Passes what is no literal, up to what ends a value.
    fn expression(&mut self) -> Result<(), Unreadable> {
        let mut open = Vec::new();
        loop {
            if self.string()?.is_some() {
                continue;
            }
            match self.peek() {
                None => return Ok(()),
                Some('#') => self.skip_space(),
                Some(',' | ':' | '}' | ']' | ')') if open.is_empty() => return Ok(()),
                Some(letter) => {
                    self.next();
                    match letter {
                        '(' | '[' | '{' => open.push(letter),
                        ')' | ']' | '}' => drop(open.pop()),
                        _ => {}
                    }
                }
            }
        }
    }
}
