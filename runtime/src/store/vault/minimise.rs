//! A message without what may not be stored.

use bytes::Bytes;

use super::error::SealError;
use crate::msg::{Child, Composite, CompositeKind, Encode, Field, Key, Message, Sensitivity, View};
use crate::wire::{BitmapRule, Body, bitmap_width, decode_bitmap, encode_bitmap};

/// What is left of a message.
pub(super) struct Minimised {
    pub(super) bytes: Bytes,
    /// Whether a PAN was left out.
    pub(super) without_pan: bool,
}

/// What is to be left out.
#[derive(Clone, Copy)]
struct Out {
    pans: bool,
}

impl Out {
    fn has(self, sensitivity: Sensitivity) -> bool {
        match sensitivity {
            Sensitivity::Sad | Sensitivity::Key => true,
            Sensitivity::Pan => self.pans,
            _ => false,
        }
    }

    /// Whether anything that a field may hold is to be left out.
    fn inside(self, composite: &Composite) -> bool {
        composite.fields.iter().any(|field| self.concerns(field))
    }

    fn concerns(self, field: &Field) -> bool {
        self.has(field.sensitivity) || field.composite.is_some_and(|composite| self.inside(&composite))
    }
}

/// What is left of a composite.
enum Left {
    /// All of it.
    Same,
    /// This.
    Cut(Vec<u8>),
    /// Nothing: it cannot do without what is left out.
    Nothing,
}

/// The message without authentication data and key material, and without PANs if that is asked for.
pub(super) fn minimise(message: &Message, pans: bool) -> Result<Minimised, SealError> {
    let out = Out { pans };
    let dialect = message.dialect();
    let mut edit = message.edit();
    for (number, field) in message.numbers().filter_map(|number| dialect.field(number).map(|field| (number, field))) {
        if out.has(field.sensitivity) {
            edit.remove(number);
        } else if field.composite.is_some_and(|composite| out.inside(&composite)) {
            // What cannot be looked into may hold anything.
            match message.view(field).ok().flatten().map_or(Left::Nothing, |view| cut(out, &view)) {
                Left::Same => {}
                Left::Cut(inside) => _ = edit.put(field, &View::from_bytes(field, inside)?),
                Left::Nothing => _ = edit.remove(number),
            }
        }
    }
    let bytes = edit.finish()?;
    let left = Message::parse(dialect, bytes.clone())?;
    if let Some(number) =
        left.numbers().find(|number| dialect.field(*number).is_some_and(|field| still(out, &left, field)))
    {
        return Err(SealError::Sensitive(number));
    }
    Ok(Minimised { without_pan: pans && count(message) > 0, bytes })
}

/// Whether anything that is to be left out is still there.
fn still(out: Out, message: &Message, field: &'static Field) -> bool {
    if out.has(field.sensitivity) {
        return true;
    }
    let concerned = field.composite.is_some_and(|composite| out.inside(&composite));
    concerned && !matches!(message.view(field), Ok(Some(view)) if matches!(cut(out, &view), Left::Same))
}

/// How many PANs a message has, one for each element that cannot be looked into and may have one.
fn count(message: &Message) -> usize {
    let elements = message.numbers().filter_map(|number| message.dialect().field(number));
    elements.map(|field| pans(field, message.view(field).ok().flatten().as_ref())).sum()
}

fn pans(field: &Field, view: Option<&View<'_>>) -> usize {
    match (field.sensitivity, field.composite, view) {
        (Sensitivity::Pan, _, _) => 1,
        (_, Some(composite), None) => usize::from(composite.fields.iter().any(|field| pans(field, None) > 0)),
        (_, Some(_), Some(view)) => {
            let children = view.children().filter_map(Result::ok);
            let listed = children.filter_map(|child| child.field().map(|field| (field, child)));
            listed.map(|(field, child)| pans(field, child.view().ok().flatten().as_ref())).sum()
        }
        _ => 0,
    }
}

fn cut(out: Out, view: &View<'_>) -> Left {
    let kind = view.kind();
    let mut kept = Vec::new();
    let mut changed = false;
    for child in view.children() {
        let Ok(child) = child else { return Left::Nothing };
        match rest_of(out, view, &child) {
            Some(bytes) => {
                changed |= bytes.is_some();
                kept.push((child, bytes));
            }
            None => changed = true,
        }
    }
    if !changed {
        return Left::Same;
    }
    let whole = view.as_bytes();
    let mut body = Vec::with_capacity(whole.len());
    for (child, bytes) in &kept {
        match bytes {
            Some(bytes) => body.extend_from_slice(bytes),
            None => body.extend_from_slice(&whole[child.span()]),
        }
    }
    match kind {
        _ if view.is_xml() || kept.is_empty() => Left::Nothing,
        CompositeKind::BerTlv | CompositeKind::Tlv(_) | CompositeKind::Ltv(_) | CompositeKind::Pairs => Left::Cut(body),
        CompositeKind::Bitmap(rule) => under_bitmap(rule, whole, &kept, &body).map_or(Left::Nothing, Left::Cut),
        // By its position a child is known only if all before it are there.
        _ => Left::Nothing,
    }
}

/// What is left of a child: nothing, all of it, or other bytes in its place.
fn rest_of(out: Out, view: &View<'_>, child: &Child<'_>) -> Option<Option<Vec<u8>>> {
    let Some(field) = child.field() else { return Some(None) };
    if out.has(field.sensitivity) {
        return None;
    }
    if !field.composite.is_some_and(|composite| out.inside(&composite)) {
        return Some(None);
    }
    match cut(out, &child.view().ok()??) {
        Left::Same => Some(None),
        // Behind a bitmap a child stands by its own rule; behind a tag it would need its tag and length anew.
        Left::Cut(inside) if matches!(view.kind(), CompositeKind::Bitmap(_)) && !view.is_xml() => {
            let mut bytes = Vec::with_capacity(inside.len() + 8);
            let inside = View::from_bytes(field, inside).ok()?;
            inside.encode(Body::new(&field.rule, &mut bytes)).ok()?;
            Some(Some(bytes))
        }
        Left::Cut(_) | Left::Nothing => None,
    }
}

/// The children behind as many bitmaps as there were.
fn under_bitmap(rule: BitmapRule, whole: &[u8], kept: &[(Child<'_>, Option<Vec<u8>>)], body: &[u8]) -> Option<Vec<u8>> {
    let width = bitmap_width(rule.encoding);
    let mut bits = Vec::new();
    loop {
        let at = bits.len() * width;
        let map = decode_bitmap(rule.encoding, whole.get(at..at + width)?)?;
        // The first bit says that another bitmap follows, where there may be one.
        let more = rule.maps as usize > bits.len() + 1 && map >> 63 == 1;
        bits.push(if more { 1 << 63 } else { 0u64 });
        if !more {
            break;
        }
    }
    for (child, _) in kept {
        let Key::Number(number) = child.key() else { return None };
        let bit = usize::from(number).checked_sub(1)?;
        *bits.get_mut(bit / 64)? |= 1 << (63 - bit % 64);
    }
    let mut out = Vec::with_capacity(bits.len() * width + body.len());
    for map in bits {
        encode_bitmap(rule.encoding, map, &mut out);
    }
    out.extend_from_slice(body);
    Some(out)
}
