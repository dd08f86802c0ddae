//! When a rule applies: what the message type and the elements of a message have to be.

use super::problem::shown;
use super::reader::{Table, Value};
use crate::msg::{Dialect, Message};
use crate::wire::Class;

/// Message types with any digit in the place of an `x`: `0x00`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pattern([u8; 4]);

impl Pattern {
    fn parse(text: &str) -> Option<Self> {
        let digits: [u8; 4] = text.as_bytes().try_into().ok()?;
        digits.iter().all(|byte| byte.is_ascii_digit() || *byte == b'x').then_some(Pattern(digits))
    }

    fn matches(&self, digits: [u8; 4]) -> bool {
        self.0.iter().zip(digits).all(|(&wanted, digit)| wanted == b'x' || wanted == digit)
    }
}

/// All that has to hold of a message.
#[derive(Debug, Clone, Default)]
pub(crate) struct Conditions {
    /// One of these; any where there are none.
    types: Vec<Pattern>,
    elements: Vec<(String, Test)>,
}

/// What has to hold of one element.
#[derive(Clone, PartialEq, Eq)]
enum Test {
    Present(bool),
    OneOf(Vec<String>),
    Prefix(String),
    /// A number, both bounds included.
    Range(u128, u128),
}

impl std::fmt::Debug for Test {
    /// The kind only: it may be card data.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Test::Present(_) => "Present",
            Test::OneOf(_) => "OneOf",
            Test::Prefix(_) => "Prefix",
            Test::Range(..) => "Range",
        })
    }
}

impl Conditions {
    /// From the table `match` of a rule.
    pub(crate) fn read(value: Value<'_, '_>, dialect: &'static Dialect) -> Option<Self> {
        let table = value.table()?;
        let mut conditions = Conditions::default();
        if let Some(types) = table.get("mti") {
            for item in types.items().unwrap_or_else(|| vec![types]) {
                match Pattern::parse(item.text()?) {
                    Some(pattern) => conditions.types.push(pattern),
                    None => return item.problem("expected a message type of four digits, x for any digit"),
                }
            }
        }
        for (path, at, value) in table.others() {
            let Some(field) = dialect.resolve(path) else {
                value.reader.problem(at, unknown_path(path, dialect));
                continue;
            };
            let numeric = field.rule.class == Class::N;
            if let Some(test) = Test::read(value, numeric) {
                if let Test::OneOf(values) = &test
                    && let Some(one) = values.iter().find(|one| one.chars().count() > field.rule.max() as usize * 2)
                {
                    _ = value.problem::<()>(format!(
                        "no value of {path} has {} characters; it has {} at most",
                        one.chars().count(),
                        field.rule.max()
                    ));
                }
                conditions.elements.push((path.to_owned(), test));
            }
        }
        Some(conditions)
    }

    /// Whether all of it holds.
    pub(crate) fn hold(&self, message: &Message) -> bool {
        let digits = message.mti().digits();
        (self.types.is_empty() || self.types.iter().any(|pattern| pattern.matches(digits)))
            && self.elements.iter().all(|(path, test)| test.holds(content(message, path).as_deref()))
    }
}

impl Test {
    fn read(value: Value<'_, '_>, numeric: bool) -> Option<Self> {
        if let Some(items) = value.items() {
            return items.iter().map(Value::content).collect::<Option<_>>().map(Test::OneOf);
        }
        if !value.is_table() {
            return value.content().map(|text| Test::OneOf(vec![text]));
        }
        let table = value.table()?;
        let test = match (table.get("present"), table.get("prefix"), table.get("one-of"), range(&table)) {
            (Some(present), None, None, None) => present.flag().map(Test::Present),
            (None, Some(prefix), None, None) => prefix.content().map(Test::Prefix),
            (None, None, Some(list), None) => match list.items() {
                Some(items) => items.iter().map(Value::content).collect::<Option<_>>().map(Test::OneOf),
                None => list.problem("expected a list"),
            },
            (None, None, None, Some((from, to))) if numeric && from <= to => Some(Test::Range(from, to)),
            (None, None, None, Some(_)) if numeric => value.problem("`from` is more than `to`"),
            (None, None, None, Some(_)) => value.problem("only digits (format n) can be compared as a number"),
            _ => value.problem("expected one of: present, prefix, one-of, or from and to; a path with dots in quotes"),
        };
        table.finish();
        test
    }

    fn holds(&self, content: Option<&str>) -> bool {
        match (self, content) {
            (Test::Present(wanted), content) => *wanted == content.is_some(),
            (_, None) => false,
            (Test::OneOf(values), Some(content)) => values.iter().any(|value| same(value, content)),
            (Test::Prefix(prefix), Some(content)) => content.starts_with(prefix.as_str()),
            (Test::Range(from, to), Some(content)) => {
                content.parse().is_ok_and(|number: u128| (*from..=*to).contains(&number))
            }
        }
    }
}

/// Blanks at the end are padding. Numbers may be given without their leading zeros.
fn same(wanted: &str, content: &str) -> bool {
    let (wanted, content) = (wanted.trim_end(), content.trim_end());
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    wanted == content
        || wanted.len() < content.len()
            && digits(wanted)
            && digits(content)
            && content.trim_start_matches('0') == wanted.trim_start_matches('0')
}

fn range(table: &Table<'_, '_>) -> Option<(u128, u128)> {
    let bound = |value: Option<Value<'_, '_>>, other| match value {
        None => Some(other),
        Some(value) => match value.content()?.parse() {
            Ok(number) => Some(number),
            Err(_) => value.problem("expected a number"),
        },
    };
    let (from, to) = (table.get("from"), table.get("to"));
    if from.is_none() && to.is_none() {
        return None;
    }
    Some((bound(from, 0)?, bound(to, u128::MAX)?))
}

/// The value at a path: digits and text as they stand, bytes as upper-case hex. Nothing when it is not there or cannot be read.
pub(crate) fn content(message: &Message, path: &str) -> Option<String> {
    if let Ok(number) = path.parse() {
        return message.raw(number)?.leaf().ok();
    }
    let mut found = None;
    message.leaves(|leaf| {
        if let Ok(leaf) = leaf
            && found.is_none()
            && leaf.path() == path
        {
            found = leaf.expose().ok();
        }
    });
    found
}

/// Why a path is none.
pub(crate) fn unknown_path(path: &str, dialect: &'static Dialect) -> String {
    let hint = if path.contains('.') { "" } else { "; a path has numbers and tags, such as 4 or \"55.9F26\"" };
    format!("`{}` is no element of {}{hint}", shown(path), dialect.name())
}
