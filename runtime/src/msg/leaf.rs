//! Every value of a message, composites opened: what tools show and what validation proves.

use std::collections::HashMap;
use std::ops::Range;

use super::child::Child;
use super::composite::View;
use super::field::{CompositeKind, Field, Key};
use super::place::Place;
use super::{Error, Message, Path, mask, semantic, tlv};
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
    /// Dotted path: `2`, `55.9F26`; the second object of a tag is `55.DF01#2`.
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

    /// Proves the content.
    pub(crate) fn check(&self) -> Result<(), Error> {
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
    let mut seen: HashMap<Key, u32> = HashMap::new();
    // Spans are of the message, a view's are of itself.
    for child in view.children().filter_map(Result::ok) {
        let occurrence = seen.entry(child.key()).or_default();
        *occurrence += 1;
        let text = match occurrence {
            1 => format!("{parent}.{}", child.key()),
            n => format!("{parent}.{}#{n}", child.key()),
        };
        match child.view() {
            Ok(Some(inner)) if is_canonical(&inner) => children(&inner, &text, each),
            Err(error) => each(Err(error)),
            Ok(_) => each(leaf_of(&child, text)),
        }
    }
}

fn leaf_of<'a>(child: &Child<'a>, text: String) -> Result<Leaf<'a>, Error> {
    let content_in_view = child.span().end - child.bytes().len();
    let header = content_in_view - child.span().start;
    let place = child.place();
    let span = child.offset() - place.bytes(header)..place.at(child.bytes().len());
    Ok(Leaf { path: child.path(), text, field: child.field(), span, place, raw: child.raw()? })
}

/// Whether writing the children anew gives the same bytes. If not (no children at all, padding between tags, a length
/// longer than it need be), the composite is shown as one value, so that what is shown can be written back.
fn is_canonical(view: &View<'_>) -> bool {
    if view.children().next().is_none() {
        return false;
    }
    if view.kind() != CompositeKind::BerTlv {
        return true;
    }
    let mut anew = Vec::with_capacity(view.as_bytes().len());
    for child in view.children().filter_map(Result::ok) {
        let Key::Tag(tag, width) = child.key() else { return false };
        tlv::write(&tag[..width as usize], child.bytes(), &mut anew);
    }
    anew == view.as_bytes()
}
