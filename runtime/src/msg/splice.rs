//! One child of a composite changed; all others stay as they stand, in their order.

use std::borrow::Cow;

use super::children::Children;
use super::composite::fillers;
use super::dialect::parse_key;
use super::field::{Composite, CompositeKind, Field, Key};
use super::place::Place;
use super::{Error, Path, tlv};
use crate::wire::{BitmapRule, Body, Class, Encoding, ErrorKind, Rule, bitmap_width, encode_bitmap};

/// How a tag that the spec does not list is written: as bytes.
static UNLISTED: Rule = Rule::rest(Class::B, u32::MAX, Encoding::Raw);

/// The inside of `field` with the value at `path` set from its form in JSON.
pub(crate) fn set(field: &'static Field, inside: &[u8], at: Path, path: &str, value: &str) -> Result<Vec<u8>, Error> {
    let no_path = || Error::new(at, 0, ErrorKind::Path);
    let composite = field.composite.ok_or_else(no_path)?;
    let (head, rest) = path.split_once('.').map_or((path, None), |(head, rest)| (head, Some(rest)));
    let in_tlv = composite.kind == CompositeKind::BerTlv;
    let (head, occurrence) = match head.split_once('#') {
        None => (head, 1),
        // Only tags can be repeated, and they are counted from 1.
        Some((head, occurrence)) if in_tlv => match occurrence.parse() {
            Ok(0) | Err(_) => return Err(no_path()),
            Ok(occurrence) => (head, occurrence),
        },
        Some(_) => return Err(no_path()),
    };
    let key = parse_key(head.as_bytes(), in_tlv).ok_or_else(no_path)?;
    let here = at.child(key);
    let mut existing = None;
    let mut seen = 0usize;
    // Nothing yet is not even a bitmap.
    let children = (!inside.is_empty()).then(|| Children::new(composite, inside, at, Place::START));
    for child in children.into_iter().flatten() {
        let child = child?;
        if child.key() == key {
            seen += 1;
            if seen == occurrence {
                existing = Some(child);
            }
        }
    }
    if occurrence > seen + 1 {
        return Err(Error::new(here, 0, ErrorKind::Gap));
    }
    let rule = composite.field(key).map_or(&UNLISTED, |child| &child.rule);
    let mut anew = Vec::new();
    let body = Body::new(rule, &mut anew);
    let written = match (rest, composite.field(key)) {
        (None, _) => body.leaf(value),
        (Some(rest), Some(child)) => {
            let inner = match existing {
                Some(existing) => existing.raw()?.binary().map_err(|fault| Error::within(here, 0, fault))?,
                None => Cow::default(),
            };
            let inner = set(child, &inner, here, rest, value)?;
            let fillers = child.composite.map_or(0, |composite| fillers(composite, rule, &inner));
            body.with_fillers(fillers).inside(&inner)
        }
        (Some(_), None) => Err(ErrorKind::Path.into()),
    };
    written.map_err(|fault| Error::within(here, 0, fault))?;
    if let Key::Tag(tag, width) = key {
        let content = std::mem::take(&mut anew);
        tlv::write(&tag[..width as usize], &content, &mut anew);
        // Zero is padding, and a tag ends where its own bits say.
        if !matches!(tlv::next(&anew, 0), Ok(Some(found)) if found.tag == key && found.start == 0 && found.content.end == anew.len())
        {
            return Err(Error::new(here, 0, ErrorKind::Tlv("not a tag")));
        }
    } else if composite.field(key).is_none() {
        return Err(Error::new(here, 0, ErrorKind::Undefined));
    }
    match existing {
        Some(existing) => Ok(replaced(inside, existing.span(), &anew)),
        None => inserted(composite, inside, at, key, &anew),
    }
}

fn replaced(inside: &[u8], span: std::ops::Range<usize>, anew: &[u8]) -> Vec<u8> {
    [&inside[..span.start], anew, &inside[span.end..]].concat()
}

/// A child that was not there: at its place by number, or after all other tags.
fn inserted(composite: Composite, inside: &[u8], at: Path, key: Key, anew: &[u8]) -> Result<Vec<u8>, Error> {
    match (composite.kind, key) {
        (CompositeKind::BerTlv, _) => Ok([inside, anew].concat()),
        (CompositeKind::Positional, Key::Number(number)) => {
            let count = Children::new(composite, inside, at, Place::START).filter_map(Result::ok).count();
            if usize::from(number) == count + 1 {
                Ok([inside, anew].concat())
            } else {
                Err(Error::new(at.child(key), 0, ErrorKind::Gap))
            }
        }
        (CompositeKind::Bitmap(rule), Key::Number(number)) => bit_inserted(composite, rule, inside, at, number, anew),
        _ => Err(Error::new(at.child(key), 0, ErrorKind::Path)),
    }
}

fn bit_inserted(
    composite: Composite,
    rule: BitmapRule,
    inside: &[u8],
    at: Path,
    number: u16,
    anew: &[u8],
) -> Result<Vec<u8>, Error> {
    let mut bits = [0u64; 3];
    let mut set = |number: u16| super::index::insert(&mut bits, number as u8);
    let mut body = Vec::new();
    let mut placed = false;
    set(number);
    if !inside.is_empty() {
        for child in Children::new(composite, inside, at, Place::START) {
            let child = child?;
            let Key::Number(other) = child.key() else { continue };
            if other > number && !placed {
                body.extend_from_slice(anew);
                placed = true;
            }
            set(other);
            body.extend_from_slice(&inside[child.span()]);
        }
    }
    if !placed {
        body.extend_from_slice(anew);
    }
    let maps = if rule.maps == 1 { 1 } else { super::output::maps_for(&bits) };
    if maps > rule.maps {
        let kind = ErrorKind::Continuation { map: maps, maps: rule.maps };
        return Err(Error::new(at.child(Key::Number(number)), 0, kind));
    }
    let mut out = Vec::with_capacity(bitmap_width(rule.encoding) * maps as usize + body.len());
    for map in 0..maps {
        let more = if map + 1 < maps { 1 << 63 } else { 0 };
        encode_bitmap(rule.encoding, bits[map as usize] | more, &mut out);
    }
    out.extend_from_slice(&body);
    Ok(out)
}
