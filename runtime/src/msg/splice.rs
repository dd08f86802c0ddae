//! One child of a composite changed; all others stay as they stand, in their order.

use std::borrow::Cow;
use std::ops::Range;

use super::child::{Child, UNLISTED};
use super::children::Children;
use super::composite::fillers;
use super::field::{Composite, CompositeKind, Field, Key};
use super::key::parse_name;
use super::layout::Unknown;
use super::place::Place;
pub(crate) use super::unfinished::complete;
use super::unfinished::{too_short, unfinished};
use super::xml_form::{is_xml, units_of_inside, units_of_leaf};
use super::{Error, Path, object, tlv, xml_splice};
use crate::wire::{BitmapRule, Body, ErrorKind, Fault, Raw, Rule, bitmap_width, encode_bitmap};

/// What a path names within a composite.
pub(super) struct Target {
    pub(super) key: Key,
    /// What the spec says of it.
    pub(super) field: Option<&'static Field>,
    /// Its tag or name.
    label: Vec<u8>,
    /// Which one of them, from 1.
    pub(super) occurrence: usize,
}

impl Target {
    /// What this part of a path names.
    fn of(composite: &Composite, part: &str, at: Path, in_xml: bool) -> Result<Self, Error> {
        let no_path = || Error::new(at, 0, ErrorKind::Path);
        let (name, occurrence) = match part.split_once('#') {
            None => (part, 1),
            // Only what is named by a tag can be repeated; it is counted from 1.
            Some((name, occurrence)) if composite.kind.is_labelled() || in_xml => {
                let is_number = occurrence.bytes().all(|byte| byte.is_ascii_digit());
                let occurrence = occurrence.parse().ok().filter(|occurrence| is_number && *occurrence > 0);
                (name, occurrence.ok_or_else(no_path)?)
            }
            Some(_) => return Err(no_path()),
        };
        if let Some((key, field)) = composite.named(name.as_bytes()) {
            return Ok(Target { key, field: Some(field), label: key.label().to_vec(), occurrence });
        }
        let (key, label) = match composite.kind {
            // Elements are named by the children that the spec lists, pairs by themselves.
            CompositeKind::Pairs if !name.is_empty() => {
                (Key::Ordinal(0), parse_name(name.as_bytes()).ok_or_else(no_path)?)
            }
            _ => {
                let key = composite.key(name.as_bytes()).ok_or_else(no_path)?;
                (key, key.label().to_vec())
            }
        };
        if in_xml || !composite.kind.is_labelled() || composite.unknown != Unknown::Keep {
            let key = if let Key::Ordinal(_) = key { Key::Ordinal(1) } else { key };
            return Err(Error::new(at.child(key), 0, ErrorKind::Undefined));
        }
        Ok(Target { key, field: None, label, occurrence })
    }

    fn is(&self, child: &Child<'_>) -> bool {
        match self.key {
            Key::Ordinal(_) => child.field.is_none() && child.name == self.label,
            key => child.key == key,
        }
    }

    fn rule(&self) -> &'static Rule {
        self.field.map_or(&UNLISTED, |field| &field.rule)
    }
}

/// The inside of `field` with the value at `path` set from its form in JSON. Whether anything in it may be unfinished is
/// left in `partial`.
pub(crate) fn set(
    field: &'static Field,
    inside: &[u8],
    at: Path,
    path: &str,
    value: &str,
    partial: &mut bool,
) -> Result<Vec<u8>, Error> {
    let composite = field.composite.ok_or_else(|| Error::new(at, 0, ErrorKind::Path))?;
    let (head, rest) = path.split_once('.').map_or((path, None), |(head, rest)| (head, Some(rest)));
    if is_xml(&composite, inside) {
        let target = Target::of(&composite, head, at, true)?;
        return xml_splice::set(&composite, inside, at, &target, Anew { rest, value, partial });
    }
    let mut target = Target::of(&composite, head, at, false)?;
    let mut existing = None;
    let (mut seen, mut count) = (0usize, 0usize);
    // Nothing yet is not even a bitmap.
    for child in children(composite, inside, at) {
        let child = child?;
        count += 1;
        // Built by now, or received so: it must be whole in the end.
        *partial |= too_short(&child).is_some();
        if target.is(&child) {
            seen += 1;
            if seen == target.occurrence {
                existing = Some(child);
            }
        }
    }
    if let Key::Ordinal(_) = target.key {
        target.key = existing.map_or(Key::ordinal(count + 1), |existing| existing.key);
    }
    let here = at.child(target.key);
    let repeats = matches!(composite.kind, CompositeKind::Repeat { .. });
    // A group begins with its first child.
    *partial |= repeats;
    if target.occurrence > seen + 1 {
        return Err(Error::new(here, 0, ErrorKind::Gap));
    }
    let mut content = Vec::new();
    let inner = existing.map(|existing| (existing.bytes, existing.path));
    let units = Anew { rest, value, partial }.write(target.field, target.rule(), inner, here, &mut content)?;
    if repeats
        && rest.is_none()
        && children(composite, &content, at).map_while(Result::ok).map(|group| group.end).next() != Some(content.len())
    {
        return Err(Error::new(here, 0, ErrorKind::Trailing { bytes: content.len() as u32 }));
    }
    let anew =
        if composite.kind.is_labelled() { labelled(&composite, &target, units, &content, here)? } else { content };
    match existing {
        Some(existing) => replaced(composite, inside, &existing, &anew, at),
        None => inserted(composite, inside, at, target.key, anew),
    }
}

/// The children of an inside that is being written.
pub(super) fn children(
    composite: Composite,
    inside: &[u8],
    at: Path,
) -> impl Iterator<Item = Result<Child<'_>, Error>> {
    let children = (!inside.is_empty()).then(|| Children::new(composite, inside, at, Place::START).unfinished());
    children.into_iter().flatten()
}

/// A new value of a child: its own, or that of something inside it.
pub(super) struct Anew<'v> {
    /// The way further in.
    pub(super) rest: Option<&'v str>,
    pub(super) value: &'v str,
    pub(super) partial: &'v mut bool,
}

impl Anew<'_> {
    /// Appends the child's prefix, if it has one, and content; gives its units. `inner` is what it has been.
    pub(super) fn write(
        self,
        field: Option<&'static Field>,
        rule: &Rule,
        inner: Option<(&[u8], Path)>,
        here: Path,
        out: &mut Vec<u8>,
    ) -> Result<u32, Error> {
        let fail = |fault: Fault| Error::within(here, 0, fault);
        let Some(rest) = self.rest else {
            Body::new(rule, out).leaf(self.value).map_err(fail)?;
            return Ok(units_of_leaf(rule, self.value));
        };
        let Some((field, composite)) = field.and_then(|field| Some((field, field.composite?))) else {
            return Err(Error::new(here, 0, ErrorKind::Path));
        };
        let inner = match inner {
            Some((bytes, _)) => undone(bytes, &field.rule).map_err(fail)?,
            None => Cow::default(),
        };
        let inner = set(field, &inner, here, rest, self.value, self.partial)?;
        // The children after this one may be yet to come.
        let unfinished = rule.unfinished();
        *self.partial |= unfinished.is_some();
        let rule = unfinished.unwrap_or(*rule);
        let fillers = fillers(composite, &rule, &inner);
        Body::new(&rule, out).with_fillers(fillers).inside(&inner).map_err(fail)?;
        Ok(units_of_inside(&rule, inner.len(), fillers))
    }
}

/// The inside that the content of a composite is, hex undone.
pub(super) fn undone<'a>(content: &'a [u8], rule: &'static Rule) -> Result<Cow<'a, [u8]>, Fault> {
    Raw::new(content, 0, rule).binary()
}

/// A value behind its tag or name.
fn labelled(composite: &Composite, target: &Target, units: u32, content: &[u8], here: Path) -> Result<Vec<u8>, Error> {
    let mut anew = Vec::with_capacity(content.len() + target.label.len() + 8);
    object::write(composite.kind, &target.label, units, content, &mut anew)
        .map_err(|kind| Error::new(here, 0, kind))?;
    // Zero is padding, and a tag ends where its own bits say.
    let is_read_back = composite.kind != CompositeKind::BerTlv
        || matches!(tlv::next(&anew, 0), Ok(Some(found))
            if found.tag == Some(target.key) && found.start == 0 && found.content.end == anew.len());
    if is_read_back { Ok(anew) } else { Err(Error::new(here, 0, ErrorKind::Tlv("not a tag"))) }
}

fn replaced(
    composite: Composite,
    inside: &[u8],
    existing: &Child<'_>,
    anew: &[u8],
    at: Path,
) -> Result<Vec<u8>, Error> {
    let span = existing.span();
    if composite.unknown == Unknown::Skip {
        let (before, after) = kept(composite, inside, at, Some(span))?;
        return Ok([&before, anew, &after].concat());
    }
    let replaced = [&inside[..span.start], anew, &inside[span.end..]].concat();
    if span.end < inside.len() && !composite.kind.is_labelled() {
        // What follows must still be found where it is.
        let wanted = span.start + anew.len();
        let again = children(composite, &replaced, at).filter_map(Result::ok).find(|child| child.end >= wanted);
        if again.is_none_or(|again| again.end != wanted || unfinished(&composite, &again).is_some()) {
            let min = span.len() as u32;
            return Err(Error::new(existing.path, 0, ErrorKind::TooShort { min, found: anew.len() as u32 }));
        }
    }
    Ok(replaced)
}

/// The children before and behind a span, what is not listed left out.
fn kept(
    composite: Composite,
    inside: &[u8],
    at: Path,
    span: Option<Range<usize>>,
) -> Result<(Vec<u8>, Vec<u8>), Error> {
    let span = span.unwrap_or(inside.len()..inside.len());
    let (mut before, mut after) = (Vec::new(), Vec::new());
    for child in children(composite, inside, at) {
        let child = child?.span();
        if child.end <= span.start {
            before.extend_from_slice(&inside[child]);
        } else if child.start >= span.end {
            after.extend_from_slice(&inside[child]);
        }
    }
    Ok((before, after))
}

/// A child that was not there: at its place by number, or after all others.
fn inserted(composite: Composite, inside: &[u8], at: Path, key: Key, anew: Vec<u8>) -> Result<Vec<u8>, Error> {
    let here = at.child(key);
    match (composite.kind, key) {
        (kind, _) if kind.is_labelled() => match composite.unknown {
            Unknown::Skip => Ok([kept(composite, inside, at, None)?.0, anew].concat()),
            Unknown::Keep | Unknown::Reject => Ok([inside, &anew].concat()),
        },
        (CompositeKind::Positional | CompositeKind::Repeat { .. }, Key::Number(number)) => {
            let mut last = None;
            let mut count = 0;
            for child in children(composite, inside, at) {
                last = Some(child?);
                count += 1;
            }
            if usize::from(number) != count + 1 {
                return Err(Error::new(here, 0, ErrorKind::Gap));
            }
            if let Some(error) = last.and_then(|last| unfinished(&composite, &last)) {
                return Err(error);
            }
            Ok([inside, &anew].concat())
        }
        (CompositeKind::Bitmap(rule), Key::Number(number)) => bit_inserted(composite, rule, inside, at, number, &anew),
        _ => Err(Error::new(here, 0, ErrorKind::Path)),
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
    let mut set = |number: u16| super::elements::insert(&mut bits, number as u8);
    let mut body = Vec::new();
    let mut placed = false;
    set(number);
    let mut before = None;
    for child in children(composite, inside, at) {
        let child = child?;
        let Key::Number(other) = child.key else { continue };
        if other > number && !placed {
            body.extend_from_slice(anew);
            placed = true;
        }
        set(other);
        body.extend_from_slice(&inside[child.span()]);
        before = Some(child);
    }
    if !placed {
        if let Some(error) = before.and_then(|before| unfinished(&composite, &before)) {
            return Err(error);
        }
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
