//! Values of elements: one that stands, or one made anew for each message.

use super::moment::Moment;
use super::random::Random;
use super::reader;
use crate::msg::{Dialect, Edit, Field, Message};
use crate::wire::{Class, ErrorKind, Length};

/// Most values to choose from.
const MOST: usize = 100_000;

/// The value of an element.
#[derive(Clone)]
pub(crate) enum Value {
    Text(String),
    /// One of these, by chance.
    OneOf(Vec<String>),
    /// A number by chance, both bounds included.
    Range(u64, u64),
    /// One number after the other, from this one on; beyond the last that fits it begins anew.
    Sequence(u64),
    /// The date or time.
    Now,
}

/// An element and its value.
#[derive(Debug, Clone)]
pub(crate) struct Set {
    path: String,
    /// The element, when the path has nothing but that and it holds no bytes.
    number: Option<u8>,
    value: Value,
    /// Digits that a number is padded to; 0 where it is not.
    width: usize,
    kind: Option<&'static Field>,
    /// Numbers of the sequence that have been used.
    used: u64,
}

impl std::fmt::Debug for Value {
    /// The kind only: it may be card data.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Value::Text(_) => f.write_str("Text"),
            Value::OneOf(texts) => write!(f, "OneOf({})", texts.len()),
            Value::Range(..) => f.write_str("Range"),
            Value::Sequence(_) => f.write_str("Sequence"),
            Value::Now => f.write_str("Now"),
        }
    }
}

/// What values are made from.
#[derive(Debug)]
pub(crate) struct Source {
    pub(crate) random: Random,
    pub(crate) moment: Moment,
}

impl Source {
    pub(crate) fn new(seed: u64) -> Self {
        Source { random: Random::new(seed), moment: Moment::now() }
    }
}

impl Set {
    /// That an element is set to this text.
    pub(crate) fn text(path: &str, text: &str) -> Self {
        let value = Value::Text(text.to_owned());
        Set { path: path.to_owned(), number: path.parse().ok(), value, width: 0, kind: None, used: 0 }
    }

    /// That an element is set to the date or time.
    pub(crate) fn now(number: u8, field: &'static Field) -> Self {
        Set { value: Value::Now, kind: Some(field), ..Set::text(&number.to_string(), "") }
    }

    /// From one entry of a table `set`, whose path the dialect has.
    pub(crate) fn read(path: &str, value: reader::Value<'_, '_>, field: &'static Field) -> Option<Self> {
        let texts = |list: reader::Value<'_, '_>| {
            let items = list.items().or_else(|| list.problem("expected a list"))?;
            if items.is_empty() || items.len() > MOST {
                return list.problem(format!("expected 1 to {MOST} values"));
            }
            items.iter().map(reader::Value::content).collect::<Option<Vec<_>>>().map(Value::OneOf)
        };
        let made = if value.items().is_some() {
            texts(value)?
        } else if value.is_table() {
            let table = value.table()?;
            let keys =
                (table.get("one-of"), table.get("from"), table.get("to"), table.get("sequence"), table.get("now"));
            let made = match keys {
                (Some(list), None, None, None, None) => texts(list)?,
                (None, Some(from), Some(to), None, None) => {
                    let (from, to) = (from.number(0, u64::MAX)?, to.number(0, u64::MAX)?);
                    if from > to {
                        return value.problem("`from` is more than `to`");
                    }
                    Value::Range(from, to)
                }
                (None, None, None, Some(first), None) => Value::Sequence(first.number(0, u64::MAX)?),
                (None, None, None, None, Some(now)) => match now.flag()? {
                    true if Moment::fits(field) => Value::Now,
                    true => return value.problem("this element holds no date or time"),
                    false => return now.problem("leave it out instead"),
                },
                _ => return value.problem("expected one of: one-of, from and to, sequence, now"),
            };
            table.finish();
            made
        } else {
            let content = value.content()?;
            match field.rule.length {
                // A number has its leading zeros by itself; a text that lacks them is a mistake.
                Length::Fixed(units) if value.is_number() && field.rule.class == Class::N => {
                    Value::Text(format!("{content:0>width$}", width = units as usize))
                }
                _ => Value::Text(content),
            }
        };
        if matches!(made, Value::Range(..) | Value::Sequence(_)) && field.rule.class == Class::B {
            return value.problem("this element holds bytes, no numbers");
        }
        let width = match field.rule.length {
            Length::Fixed(units) => units as usize,
            _ => 0,
        };
        // Bytes are given as hex, which is the business of the general way.
        let number = path.parse().ok().filter(|_| field.rule.class != Class::B);
        Some(Set { path: path.to_owned(), number, value: made, width: width.min(20), kind: Some(field), used: 0 })
    }

    /// Whether it is the same in each message.
    pub(crate) const fn stands(&self) -> bool {
        matches!(self.value, Value::Text(_))
    }

    /// The data element it is in.
    pub(crate) fn element(&self) -> Option<u8> {
        self.path.split('.').next()?.parse().ok()
    }

    /// Sets it.
    pub(crate) fn apply(&mut self, edit: &mut Edit<'_>, source: &mut Source) {
        let mut digits = [b'0'; 20];
        let text = match &self.value {
            Value::Text(text) => text.as_str(),
            Value::OneOf(texts) => {
                let at = source.random.up_to(texts.len() as u64 - 1) as usize;
                texts.get(at).map_or("", String::as_str)
            }
            Value::Range(from, to) => write(&mut digits, source.random.within(*from, *to), self.width),
            Value::Sequence(first) => {
                let end = self.end();
                let number = if *first < end { first + self.used % (end - first) } else { *first };
                self.used += 1;
                write(&mut digits, number, self.width)
            }
            Value::Now => self.kind.and_then(|field| source.moment.digits(field.kind)).unwrap_or(""),
        };
        match self.number {
            Some(number) => _ = edit.set(number, text),
            None => _ = edit.set_leaf(&self.path, text),
        }
    }

    /// The first number that is too long for the element.
    fn end(&self) -> u64 {
        let most = self.kind.map_or(19, |field| field.rule.max().min(19));
        10_u64.checked_pow(most).unwrap_or(u64::MAX)
    }

    /// Each value that it may have, as far as they are different to write: for a trial.
    fn trials(&self) -> Vec<Set> {
        let with = |text: &str| Set { value: Value::Text(text.to_owned()), ..self.clone() };
        match &self.value {
            Value::OneOf(texts) => texts.iter().map(|text| with(text)).collect(),
            Value::Range(from, to) => {
                [from, to].map(|&end| Set { value: Value::Range(end, end), ..self.clone() }).into()
            }
            _ => vec![self.clone()],
        }
    }

    /// What is wrong with it: that a value does not fit the element.
    pub(crate) fn fault(&self, dialect: &'static Dialect) -> Option<String> {
        let mut source = Source::new(0);
        self.trials().into_iter().find_map(|mut trial| {
            let mut edit = Edit::build(dialect);
            edit.mti("0200");
            trial.apply(&mut edit, &mut source);
            let error = match edit.finish().and_then(|wire| Message::parse(dialect, wire)) {
                Ok(message) => *message.validate().err()?.iter().next()?,
                Err(error) => error,
            };
            // What is set child by child may get the others yet.
            let partial = matches!(error.kind(), ErrorKind::Missing | ErrorKind::TooShort { .. });
            (self.number.is_some() || !partial).then(|| format!("{}: {}", error.path(), error.kind()))
        })
    }
}

/// Reads a table `set`: paths and values, each proven against the dialect.
pub(crate) fn read_all(value: reader::Value<'_, '_>, dialect: &'static Dialect) -> Option<Vec<Set>> {
    let table = value.table()?;
    let mut all = Vec::new();
    for (path, at, value) in table.others() {
        let Some(field) = dialect.resolve(path) else {
            value.reader.problem(at, super::condition::unknown_path(path, dialect));
            continue;
        };
        let Some(set) = Set::read(path, value, field) else { continue };
        match set.fault(dialect) {
            Some(fault) => value.problem::<()>(fault).unwrap_or_default(),
            None => all.push(set),
        }
    }
    Some(all)
}

/// The digits of a number, with leading zeros up to a width.
fn write(digits: &mut [u8; 20], mut number: u64, width: usize) -> &str {
    let mut at = digits.len();
    while number > 0 || at == digits.len() {
        at -= 1;
        digits[at] = b'0' + (number % 10) as u8;
        number /= 10;
    }
    let at = at.min(digits.len() - width.min(digits.len()));
    std::str::from_utf8(&digits[at..]).unwrap_or("")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_leading_zeros_up_to_the_width() {
        let mut digits = [b'0'; 20];
        assert_eq!(write(&mut digits, 42, 6), "000042");
        assert_eq!(write(&mut [b'0'; 20], 0, 0), "0");
        assert_eq!(write(&mut [b'0'; 20], 1_234_567, 6), "1234567");
        assert_eq!(write(&mut [b'0'; 20], u64::MAX, 20), "18446744073709551615");
    }
}
