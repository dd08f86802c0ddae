//! Every value of a message, composites opened: what tools show and what validation proves.

use std::collections::HashMap;
use std::ops::Range;

use super::child::Child;
use super::composite::View;
use super::field::{Field, Key};
use super::key::Escaped;
use super::layout::Unknown;
use super::place::Place;
use super::{Error, Message, Path, mask, object, semantic};
use crate::wire::{Class, Fault, Policy, Raw};

/// A value that has no inside, or whose inside is shown as one value.
#[derive(Clone)]
pub struct Leaf<'a> {
    path: Path,
    text: String,
    field: Option<&'static Field>,
    span: Range<usize>,
    place: Place,
    raw: Raw<'a>,
}

impl Leaf<'_> {
    /// Dotted path: `2`, `55.9F26`, `54.2.5`; the second object of a tag or name is `55.DF01#2`. Of a name that the spec
    /// does not list, dots and other characters that a path has no room for are written as `%2E`.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.text
    }

    /// What the spec says of it; nothing for a tag that it does not list.
    #[must_use]
    pub const fn field(&self) -> Option<&'static Field> {
        self.field
    }

    /// Name for people, or a word that there is none.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.field.map_or("not in the spec", |field| field.name)
    }

    /// Byte offsets in the message, tag or length prefix included.
    #[must_use]
    pub fn span(&self) -> Range<usize> {
        self.span.clone()
    }

    /// The value as it may be shown.
    #[must_use]
    pub fn masked(&self) -> String {
        match self.field {
            Some(field) => mask::masked(field, self.raw).to_string(),
            None => mask::Opaque(self.raw.units()).to_string(),
        }
    }

    /// The value in clear: digits and text as they stand, bytes as upper-case hex.
    ///
    /// # Errors
    /// Content that is not what the spec says.
    pub fn expose(&self) -> Result<String, Error> {
        self.raw.leaf().map_err(|fault| self.wrong(fault))
    }

    /// Proves the content, and that of everything inside a composite that is shown as one value; tells all that is wrong.
    pub(crate) fn check(&self, wrong: &mut impl FnMut(Error)) {
        if let Err(error) = self.check_own() {
            return wrong(error);
        }
        let composite = self.field.and_then(|field| field.composite);
        // Where a lenient one cannot be opened, there is nothing inside to prove.
        if let (Some(composite), Ok(bytes)) = (composite, self.raw.binary())
            && let place = self.place.content(0, self.raw.rule())
            && let Ok(view) = View::new(composite, bytes, self.path, place)
        {
            check_inside(&view, wrong);
        }
    }

    fn check_own(&self) -> Result<(), Error> {
        match self.field {
            // What is read as it stands must still be readable.
            Some(field) if field.rule.policy == Policy::Lenient => match field.rule.class {
                Class::B => self.raw.binary().map(drop),
                _ => self.raw.chars().map(drop),
            }
            .map_err(|fault| self.wrong(fault)),
            Some(field) => semantic::prove(field, self.raw).map_err(|fault| self.wrong(fault)),
            None => Ok(()),
        }
    }

    fn wrong(&self, fault: Fault) -> Error {
        self.place.wrong(self.path, fault)
    }
}

/// Calls `each` with every leaf in the order of the wire; with an error in place of a value whose layout is wrong.
pub(crate) fn walk(message: &Message, mut each: impl FnMut(Result<Leaf<'_>, Error>)) {
    for number in message.numbers() {
        let (Some(field), Some(span), Some(raw)) =
            (message.dialect().field(number), message.span(number), message.raw(number))
        else {
            continue;
        };
        let path = Path::element(number);
        let at = span.start + field.rule.prefix_bytes();
        let view = field.composite.map(|composite| {
            let bytes = raw.binary().map_err(|fault| Error::within(path, at, fault))?;
            View::new(composite, bytes, path, Place::inside(at, &field.rule))
        });
        let text = number.to_string();
        let leaf = |text| Leaf { path, text, field: Some(field), span, place: Place::at_byte(at), raw };
        match view {
            Some(Ok(view)) if is_canonical(&view) => children(&view, &text, &mut each),
            Some(Err(error)) if field.rule.policy == Policy::Strict => each(Err(error)),
            _ => each(Ok(leaf(text))),
        }
    }
}

fn children(view: &View<'_>, parent: &str, each: &mut impl FnMut(Result<Leaf<'_>, Error>)) {
    let mut seen: HashMap<(Option<Key>, &[u8]), u32> = HashMap::new();
    // Spans are of the message, a view's are of itself.
    for child in view.children().filter_map(Result::ok) {
        let listed = child.field().is_some() || child.name().is_none();
        let occurrence = seen.entry((listed.then(|| child.key()), child.name().unwrap_or_default())).or_default();
        *occurrence += 1;
        let label = match child.name() {
            // One that the spec does not list has no key that others would know it by.
            Some(name) if child.field().is_none() => Escaped(name).to_string(),
            _ => child.key().to_string(),
        };
        let text = match occurrence {
            1 => format!("{parent}.{label}"),
            n => format!("{parent}.{label}#{n}"),
        };
        match child.view() {
            Ok(Some(inner)) if is_canonical(&inner) => children(&inner, &text, each),
            Err(error) => each(Err(error)),
            Ok(_) => each(leaf_of(&child, text)),
        }
    }
}

fn leaf_of<'a>(child: &Child<'a>, text: String) -> Result<Leaf<'a>, Error> {
    let header = child.span().len() - child.bytes().len();
    let place = child.place();
    let span = child.offset() - place.bytes(header)..place.at(child.bytes().len());
    leaf_at(child, text, span)
}

fn leaf_at<'a>(child: &Child<'a>, text: String, span: Range<usize>) -> Result<Leaf<'a>, Error> {
    Ok(Leaf { path: child.path(), text, field: child.field(), span, place: child.place(), raw: child.raw()? })
}

/// Proves the content of all children; tells all that is wrong.
fn check_inside(view: &View<'_>, wrong: &mut impl FnMut(Error)) {
    for child in view.children() {
        let inner = child.and_then(|child| Ok((child, child.view()?)));
        match inner {
            Ok((_, Some(inner))) => check_inside(&inner, wrong),
            // Nobody is shown where it is.
            Ok((child, None)) => {
                if let Err(error) = leaf_at(&child, String::new(), 0..0).and_then(|leaf| leaf.check_own()) {
                    wrong(error);
                }
            }
            Err(error) => wrong(error),
        }
    }
}

/// Whether writing the children anew gives the same bytes. If not (no children at all, XML, padding between tags, a
/// length longer than it need be), the composite is shown as one value, so that what is shown can be written back. So
/// it is where the name of a child may not be shown.
fn is_canonical(view: &View<'_>) -> bool {
    if view.is_xml() || view.children().next().is_none() {
        return false;
    }
    let kind = view.kind();
    if !kind.is_labelled() {
        return true;
    }
    let mut anew = Vec::new();
    let mut covered = 0;
    for child in view.children().filter_map(Result::ok) {
        let (key, span, name) = (child.key(), child.span(), child.name().unwrap_or_default());
        let label = if let Key::Ordinal(_) = key { name } else { key.label() };
        let may_be_shown = child.field().is_some() || !label.is_empty() && object::may_be_shown(key, name);
        anew.clear();
        let units = child.raw().map_or(0, |raw| raw.units());
        let written = object::write(kind, label, units, child.bytes(), &mut anew);
        if written.is_err() || anew != view.as_bytes()[span.clone()] || !may_be_shown {
            return false;
        }
        covered += span.len();
    }
    // What is passed over is no part of what is shown.
    covered == view.as_bytes().len() || view.composite().unknown == Unknown::Skip
}
