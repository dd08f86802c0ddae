//! Where the children of a composite are: found once when it is opened, for all that is read from it afterwards.
//!
//! A light walk that goes by the same rules as [`Children`](super::Children), and knows no paths and no errors. It gives up
//! without a word on anything that is wrong and on what is rare; `Children` then does the work again and says what it is.

use super::field::{Composite, CompositeKind, Field, Key};
use super::layout::{Covers, Unknown};
use super::object;
use crate::wire::{Counts, Length, Raw, Rule, bitmap_width, decode_bitmap, read_prefix};

/// Most children that are kept.
const MOST: usize = 16;

/// The children of a composite, in the order of the wire.
#[derive(Clone)]
pub(super) struct Marks {
    count: u8,
    /// Place of each in the fields of the composite; beyond them where it is not declared.
    fields: [u8; MOST],
    /// Start of each: of its prefix where the rule measures it, of its content where tag and length stand before.
    starts: [u16; MOST],
    ends: [u16; MOST],
}

impl Marks {
    /// Those of a composite that has few, all of whose lengths are right.
    pub(super) fn of(composite: &Composite, bytes: &[u8]) -> Option<Self> {
        if bytes.len() > usize::from(u16::MAX) || composite.fields.len() >= usize::from(u8::MAX) {
            return None;
        }
        let mut marks = Marks { count: 0, fields: [0; MOST], starts: [0; MOST], ends: [0; MOST] };
        match composite.kind {
            CompositeKind::Positional => marks.positions(composite, bytes)?,
            CompositeKind::Bitmap(rule) if rule.maps == 1 => {
                let width = bitmap_width(rule.encoding);
                marks.bits(composite, decode_bitmap(rule.encoding, bytes.get(..width)?)?, width, bytes)?;
            }
            CompositeKind::Bitmap(_) | CompositeKind::Repeat { .. } => return None,
            // Units of the child do not follow from the bytes.
            CompositeKind::Tlv(rule) | CompositeKind::Ltv(rule)
                if rule.counts == Counts::Units && rule.covers == Covers::Value =>
            {
                return None;
            }
            CompositeKind::BerTlv | CompositeKind::Tlv(_) | CompositeKind::Ltv(_) | CompositeKind::Pairs => {
                marks.objects(composite, bytes)?;
            }
        }
        Some(marks)
    }

    fn push(&mut self, field: usize, start: usize, end: usize) -> Option<()> {
        let place = usize::from(self.count);
        *self.fields.get_mut(place)? = field as u8;
        *self.starts.get_mut(place)? = start as u16;
        *self.ends.get_mut(place)? = end as u16;
        self.count += 1;
        Some(())
    }

    fn positions(&mut self, composite: &Composite, bytes: &[u8]) -> Option<()> {
        let mut at = 0;
        for (place, field) in composite.fields.iter().enumerate() {
            if at == bytes.len() {
                break;
            }
            let end = at + size(&field.rule, bytes.get(at..)?)?;
            self.push(place, at, end)?;
            at = end;
        }
        (at == bytes.len()).then_some(())
    }

    fn bits(&mut self, composite: &Composite, mut bits: u64, mut at: usize, bytes: &[u8]) -> Option<()> {
        let mut fields = composite.fields.iter().enumerate();
        while bits != 0 {
            let bit = bits.leading_zeros();
            bits &= !(1 << 63 >> bit);
            let wanted = bit as u16 + 1;
            // Fields ascend by number, as bits do.
            let (place, field) = fields.find(|(_, field)| matches!(field.key, Key::Number(n) if n == wanted))?;
            let end = at + size(&field.rule, bytes.get(at..)?)?;
            self.push(place, at, end)?;
            at = end;
        }
        (at == bytes.len()).then_some(())
    }

    fn objects(&mut self, composite: &Composite, bytes: &[u8]) -> Option<()> {
        if composite.unknown != Unknown::Keep {
            return None;
        }
        let mut at = 0;
        while let Some(found) = object::next(composite, bytes, at).ok()? {
            if found.content.end <= at || found.units.is_some() {
                return None;
            }
            at = found.content.end;
            let place = match found.tag {
                Some(tag) => place_of(composite.fields, tag),
                None => composite
                    .fields
                    .iter()
                    .position(|field| matches!(field.key, Key::Name(name) if name.as_bytes() == found.name)),
            };
            self.push(place.unwrap_or(composite.fields.len()), found.content.start, found.content.end)?;
        }
        Some(())
    }

    /// The first child with this key: what the composite says of it, and its place among the marks.
    #[inline]
    pub(super) fn find(&self, composite: &Composite, key: Key) -> Option<(&'static Field, usize)> {
        let marked = self.fields.get(..usize::from(self.count))?;
        marked.iter().enumerate().find_map(|(place, &field)| {
            let field = composite.fields.get(usize::from(field))?;
            field.key.equals(key).then_some((field, place))
        })
    }

    /// The content of the child at a place among the marks, and where it starts; nothing where its length is not what the
    /// rule has.
    #[inline]
    pub(super) fn content<'a>(
        &self,
        composite: &Composite,
        place: usize,
        rule: &'static Rule,
        bytes: &'a [u8],
    ) -> Option<(usize, Raw<'a>)> {
        let (start, end) = (usize::from(*self.starts.get(place)?), usize::from(*self.ends.get(place)?));
        let child = bytes.get(start..end)?;
        let fixed = match rule.length {
            Length::Fixed(units) if rule.wire_bytes(units) as usize != child.len() => return None,
            Length::Fixed(units) => Some(units),
            Length::Variable { .. } | Length::Rest { .. } => None,
        };
        if let Some(units) = fixed {
            return Some((start, Raw::new(child, units, rule)));
        }
        if composite.kind.is_labelled() {
            let units = crate::wire::units_of(rule, child.len() as u32, child).ok()?;
            let least = if let Length::Variable { min, .. } = rule.length { min } else { 0 };
            return (least..=rule.max()).contains(&units).then(|| (start, Raw::new(child, units, rule)));
        }
        if let Length::Rest { .. } = rule.length {
            let units = crate::wire::units_of(rule, child.len() as u32, child).ok()?;
            return Some((start, Raw::new(child, units, rule)));
        }
        let measured = read_prefix(rule, child).ok()?;
        let prefix = rule.prefix_bytes();
        Some((start + prefix, Raw::new(child.get(prefix..)?, measured.units, rule)))
    }
}

/// Place of the field with this tag. They ascend by tag; if a dialect made by hand has them otherwise, they are all looked at.
fn place_of(fields: &[Field], tag: Key) -> Option<usize> {
    let place = fields.partition_point(|field| field.key < tag);
    if fields.get(place).is_some_and(|field| field.key.equals(tag)) {
        return Some(place);
    }
    fields.iter().position(|field| field.key.equals(tag))
}

/// Bytes of a child, prefix included.
#[inline(always)]
fn size(rule: &Rule, rest: &[u8]) -> Option<usize> {
    let size = match rule.length {
        Length::Fixed(units) => rule.wire_bytes(units) as usize,
        _ => variable_size(rule, rest)?,
    };
    (size <= rest.len()).then_some(size)
}

#[inline(never)]
fn variable_size(rule: &Rule, rest: &[u8]) -> Option<usize> {
    match rule.length {
        Length::Rest { max } => (rest.len() <= rule.wire_bytes(max) as usize).then_some(rest.len()),
        _ => Some(rule.prefix_bytes() + read_prefix(rule, rest).ok()?.bytes as usize),
    }
}
