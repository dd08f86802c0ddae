//! What is being written child by child, and has not got all of its children yet.

use std::borrow::Cow;

use super::child::Child;
use super::composite::View;
use super::field::{Composite, CompositeKind, Field, Key};
use super::place::Place;
use super::splice::{children, undone};
use super::xml_form::is_xml;
use super::{Error, Path};
use crate::wire::ErrorKind;

/// A composite that is too short yet, if this child is one.
pub(super) fn too_short(child: &Child<'_>) -> Option<ErrorKind> {
    let field = child.field.filter(|field| field.composite.is_some())?;
    let (min, found) = (field.rule.wire_bytes(field.rule.min()), child.bytes.len() as u32);
    (found < min).then_some(ErrorKind::TooShort { min, found })
}

/// The first child that a group has not got yet.
fn lacking(group: &Child<'_>) -> Option<Key> {
    let composite = group.field?.composite?;
    let there = children(composite, group.bytes, group.path).filter_map(Result::ok).count();
    (there < composite.fields.len()).then_some(Key::Number(there as u16 + 1))
}

/// What a child lacks, so that nothing can come after it: told by whoever measures it, it would reach into that.
pub(super) fn unfinished(composite: &Composite, child: &Child<'_>) -> Option<Error> {
    if composite.kind.is_labelled() {
        return None;
    }
    if let CompositeKind::Repeat { .. } = composite.kind {
        let group = child.field?.composite?;
        return match lacking(child) {
            Some(key) => Some(Error::new(child.path.child(key), 0, ErrorKind::Missing)),
            None => unfinished(&group, &children(group, child.bytes, child.path).map_while(Result::ok).last()?),
        };
    }
    too_short(child).map(|kind| Error::new(child.path, 0, kind))
}

/// Proves that nothing inside is left unfinished: every group has all of its children, every composite of fixed length
/// its whole length. What cannot be opened was not written child by child.
pub(crate) fn complete(field: &'static Field, inside: &[u8], at: Path) -> Result<(), Error> {
    let Some(composite) = field.composite else { return Ok(()) };
    if is_xml(&composite, inside) {
        return complete_xml(composite, inside, at);
    }
    for child in children(composite, inside, at).map_while(Result::ok) {
        if let CompositeKind::Repeat { .. } = composite.kind
            && let Some(key) = lacking(&child)
        {
            return Err(Error::new(child.path.child(key), 0, ErrorKind::Missing));
        }
        if let Some(kind) = too_short(&child) {
            return Err(Error::new(child.path, 0, kind));
        }
        if let Some(field) = child.field.filter(|field| field.composite.is_some())
            && let Ok(inner) = undone(child.bytes, &field.rule)
        {
            complete(field, &inner, child.path)?;
        }
    }
    Ok(())
}

fn complete_xml(composite: Composite, inside: &[u8], at: Path) -> Result<(), Error> {
    let view = View::new(composite, Cow::Borrowed(inside), at, Place::START)?;
    for child in view.children() {
        let child = child?;
        if let Some(field) = child.field.filter(|field| field.composite.is_some()) {
            let inner = child.raw()?.binary().map_err(|fault| Error::within(child.path, 0, fault))?;
            complete(field, &inner, child.path)?;
        }
    }
    Ok(())
}
