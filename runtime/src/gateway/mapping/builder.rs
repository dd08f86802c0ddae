//! Writing a mapping down, and proving that it is whole.

use std::collections::HashMap;
use std::sync::Arc;

use super::error::{Gap, MappingError};
use super::fit::{alike, misfit};
use super::{Convert, Mapping, Rule};
use crate::msg::{Composite, Dialect, Field, Key};
use crate::types::Mti;

/// A mapping that is being written down. Paths are numbers of elements (`48`) or lead inside (`127.2`, `55.9F26`).
#[must_use = "nothing is mapped before `build`"]
pub struct MappingBuilder {
    from: &'static Dialect,
    to: &'static Dialect,
    types: Vec<(Mti, Mti)>,
    rules: HashMap<String, Said>,
    drop_rest: bool,
    gaps: Vec<Gap>,
}

/// What was said of a path.
enum Said {
    Drop,
    To(String, Option<Convert>),
}

impl MappingBuilder {
    pub(super) fn new(from: &'static Dialect, to: &'static Dialect) -> Self {
        MappingBuilder { from, to, types: Vec::new(), rules: HashMap::new(), drop_rest: false, gaps: Vec::new() }
    }

    /// These elements are the same in both dialects, though they are called otherwise.
    pub fn same(mut self, numbers: impl IntoIterator<Item = u8>) -> Self {
        for number in numbers {
            self.rules.insert(number.to_string(), Said::To(number.to_string(), None));
        }
        self
    }

    /// The value at this path goes to that one.
    pub fn path(mut self, from: impl Into<String>, to: impl Into<String>) -> Self {
        self.rules.insert(from.into(), Said::To(to.into(), None));
        self
    }

    /// The value at this path goes to that one, made into something else: from text to text, hex for bytes. Where it
    /// gives nothing the message cannot be mapped.
    pub fn convert<F>(mut self, from: impl Into<String>, to: impl Into<String>, convert: F) -> Self
    where
        F: Fn(&str) -> Option<String> + Send + Sync + 'static,
    {
        self.rules.insert(from.into(), Said::To(to.into(), Some(Arc::new(convert))));
        self
    }

    /// The codes of an element become other ones: `("00", "000")`. A message with one that is not listed becomes one
    /// with `otherwise`, or cannot be mapped without it.
    pub fn codes<'a>(
        self,
        number: u8,
        codes: impl IntoIterator<Item = (&'a str, &'a str)>,
        otherwise: Option<&str>,
    ) -> Self {
        let own = |(from, to): (&str, &str)| (from.to_owned(), to.to_owned());
        let codes: HashMap<String, String> = codes.into_iter().map(own).collect();
        let otherwise = otherwise.map(str::to_owned);
        let path = number.to_string();
        self.convert(path.clone(), path, move |code| codes.get(code).cloned().or_else(|| otherwise.clone()))
    }

    /// The values at these paths are left out.
    pub fn drop<P: Into<String>>(mut self, paths: impl IntoIterator<Item = P>) -> Self {
        for path in paths {
            self.rules.insert(path.into(), Said::Drop);
        }
        self
    }

    /// Whatever has no place in the new dialect is left out.
    pub const fn drop_rest(mut self) -> Self {
        self.drop_rest = true;
        self
    }

    /// This message type becomes that one: 0800 to 1804. Others keep their last three digits.
    pub fn message_type(mut self, from: &str, to: &str) -> Self {
        match (Mti::new(from), Mti::new(to)) {
            (Ok(from), Ok(to)) => self.types.push((from, to)),
            _ => self.gaps.push(Gap::MessageType),
        }
        self
    }

    /// Proves that every element of the one dialect has its place in the other, or is dropped.
    ///
    /// # Errors
    /// All that has not, that does not fit, or that one of the dialects does not have.
    pub fn build(mut self) -> Result<Mapping, MappingError> {
        let (from, to) = (self.from, self.to);
        for (path, said) in &self.rules {
            let target = match said {
                Said::To(target, convert) => Some((target, convert.is_some())),
                Said::Drop => None,
            };
            let unknown =
                |path: &String, dialect: &Dialect| Gap::Unknown { path: path.clone(), dialect: dialect.name() };
            match (from.resolve(path), target.map(|(target, converted)| (target, converted, to.resolve(target)))) {
                (None, _) => self.gaps.push(unknown(path, from)),
                (Some(_), Some((target, _, None))) => self.gaps.push(unknown(target, to)),
                (Some(field), Some((target, false, Some(other)))) => {
                    let inside =
                        field.composite.is_some() && field.composite != other.composite && !alike(field, other);
                    let why = if inside {
                        Some("it is made otherwise inside; map what is inside")
                    } else {
                        misfit(field, other)
                    };
                    self.gaps.extend(why.map(|why| Gap::Fit { path: path.clone(), target: target.clone(), why }));
                }
                _ => {}
            }
        }
        let mut elements = vec![Rule::None; 193];
        let mut inside = HashMap::new();
        for field in from.fields() {
            let Key::Number(number) = field.key else { continue };
            let rule = self.rule(&number.to_string(), field, &mut inside);
            if let Some(place) = elements.get_mut(usize::from(number)) {
                *place = rule;
            }
        }
        if !self.gaps.is_empty() {
            self.gaps.sort_by_key(ToString::to_string);
            return Err(MappingError(self.gaps));
        }
        let version = to.messages().first().and_then(|message| message.mti.bytes().next());
        Ok(Mapping { from, to, version, types: self.types, elements, inside })
    }

    /// What becomes of the value at a path, and of what is inside.
    fn rule(&mut self, path: &str, field: &'static Field, inside: &mut HashMap<String, Rule>) -> Rule {
        match self.rules.get(path) {
            Some(Said::Drop) => return Rule::Drop,
            Some(Said::To(to, None)) => return Rule::Copy(to.clone()),
            Some(Said::To(to, Some(convert))) => return Rule::Convert(to.clone(), Arc::clone(convert)),
            None => {}
        }
        let within = format!("{path}.");
        let said_inside = self.rules.keys().any(|other| other.starts_with(&within));
        let other = self.to.resolve(path);
        let same_inside = other.is_some_and(|other| other.composite == field.composite || alike(field, other));
        if let Some(composite) = &field.composite
            && (said_inside || !same_inside && other.is_some_and(|other| other.composite.is_some()))
        {
            self.children(path, composite, inside);
            return Rule::Inside;
        }
        let gap = match other {
            None => Gap::Unmapped { path: path.to_owned(), to: self.to.name() },
            Some(other) if other.kind != field.kind || other.ident != field.ident => {
                Gap::Meaning { path: path.to_owned(), from: field.ident, to: other.ident }
            }
            Some(other) => match misfit(field, other) {
                None if same_inside => return Rule::Copy(path.to_owned()),
                why => {
                    let why = why.unwrap_or("it is made otherwise inside");
                    Gap::Fit { path: path.to_owned(), target: path.to_owned(), why }
                }
            },
        };
        if self.drop_rest {
            return Rule::Drop;
        }
        self.gaps.push(gap);
        Rule::None
    }

    fn children(&mut self, parent: &str, composite: &Composite, inside: &mut HashMap<String, Rule>) {
        for child in composite.fields {
            let path = format!("{parent}.{}", child.key);
            let rule = self.rule(&path, child, inside);
            inside.insert(path, rule);
        }
    }
}

impl std::fmt::Debug for MappingBuilder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MappingBuilder")
            .field("from", &self.from.name())
            .field("to", &self.to.name())
            .field("rules", &self.rules.len())
            .finish_non_exhaustive()
    }
}
