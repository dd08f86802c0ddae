//! The walk over the children of a composite: positional subfields, a nested bitmap, or BER-TLV.

use super::child::Child;
use super::field::{Composite, CompositeKind, Key};
use super::index::{Elements, contains};
use super::place::Place;
use super::{Error, Path, tlv};
use crate::wire::{ErrorKind, Length, bitmap_width, decode_bitmap, read_prefix};

/// The children of a composite, one after the other. Ends at the first error.
#[derive(Clone)]
pub struct Children<'a> {
    composite: Composite,
    bytes: &'a [u8],
    path: Path,
    place: Place,
    at: usize,
    next: Next,
}

#[derive(Clone)]
enum Next {
    Start,
    Position(u16),
    Bits(Elements),
    Tag,
    Done,
}

impl<'a> Children<'a> {
    pub(crate) const fn new(composite: Composite, bytes: &'a [u8], path: Path, place: Place) -> Self {
        Children { composite, bytes, path, place, at: 0, next: Next::Start }
    }

    /// The first child with this key.
    pub(crate) fn find_key(mut self, key: Key) -> Result<Option<Child<'a>>, Error> {
        self.find(|child| child.as_ref().map_or(true, |child| child.key == key)).transpose()
    }

    fn fail(&mut self, path: Path, kind: ErrorKind) -> Option<Result<Child<'a>, Error>> {
        self.next = Next::Done;
        Some(Err(Error::new(path, self.place.at(self.at), kind)))
    }

    /// A child that a rule measures.
    fn measured(&mut self, key: Key) -> Option<Result<Child<'a>, Error>> {
        let path = self.path.child(key);
        let Some(field) = self.composite.field(key) else { return self.fail(path, ErrorKind::Undefined) };
        let rest = &self.bytes[self.at..];
        let measured = match field.rule.length {
            Length::Rest { max } if rest.len() > field.rule.wire_bytes(max) as usize => {
                return self.fail(path, ErrorKind::TooLong { max, found: rest.len() as u32 });
            }
            Length::Rest { .. } => Ok((None, rest.len())),
            Length::Fixed(_) | Length::Variable { .. } => {
                read_prefix(&field.rule, rest).map(|measured| (Some(measured.units), measured.bytes as usize))
            }
        };
        let (units, size) = match measured {
            Ok(measured) => measured,
            Err(kind) => return self.fail(path, kind),
        };
        let prefix = field.rule.prefix_bytes();
        let Some(bytes) = rest.get(prefix..prefix + size) else {
            let kind = ErrorKind::Truncated { needed: (prefix + size) as u32, left: rest.len() as u32 };
            return self.fail(path, kind);
        };
        let start = self.at;
        self.at += prefix + size;
        let place = self.place.from(start + prefix);
        Some(Ok(Child { key, field: Some(field), path, start, end: self.at, place, bytes, units }))
    }

    fn tagged(&mut self) -> Option<Result<Child<'a>, Error>> {
        match tlv::next(self.bytes, self.at) {
            Ok(None) => None,
            Ok(Some(found)) => {
                let path = self.path.child(found.tag);
                self.at = found.content.end;
                Some(Ok(Child {
                    key: found.tag,
                    field: self.composite.field(found.tag),
                    path,
                    start: found.start,
                    end: found.content.end,
                    place: self.place.from(found.content.start),
                    bytes: &self.bytes[found.content],
                    units: None,
                }))
            }
            Err(wrong) => {
                self.at = wrong.at;
                let path = wrong.tag.map_or(self.path, |tag| self.path.child(tag));
                self.fail(path, wrong.kind)
            }
        }
    }

    fn bits(&mut self, rule: crate::wire::BitmapRule) -> Result<Elements, ErrorKind> {
        let width = bitmap_width(rule.encoding);
        let mut bits = [0; 3];
        for map in 0..rule.maps.min(3) {
            let left = (self.bytes.len() - self.at) as u32;
            let text = self.bytes.get(self.at..self.at + width);
            let text = text.ok_or(ErrorKind::Truncated { needed: width as u32, left })?;
            bits[map as usize] = decode_bitmap(rule.encoding, text).ok_or(ErrorKind::Hex)?;
            self.at += width;
            // With one map its first bit is a subfield like any other; with more it announces the next.
            if rule.maps == 1 || !contains(&bits, map * 64 + 1) {
                break;
            }
            bits[map as usize] &= !(1 << 63);
            if map + 1 == rule.maps {
                return Err(ErrorKind::Continuation { map: map + 2, maps: rule.maps });
            }
        }
        Ok(Elements::new(bits))
    }
}

impl<'a> Iterator for Children<'a> {
    type Item = Result<Child<'a>, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if matches!(self.next, Next::Start) {
            self.next = match self.composite.kind {
                CompositeKind::Positional => Next::Position(1),
                CompositeKind::BerTlv => Next::Tag,
                CompositeKind::Bitmap(rule) => match self.bits(rule) {
                    Ok(bits) => Next::Bits(bits),
                    Err(kind) => return self.fail(self.path, kind),
                },
            };
        }
        let trailing = ErrorKind::Trailing { bytes: (self.bytes.len() - self.at) as u32 };
        match &mut self.next {
            Next::Start | Next::Done => None,
            Next::Tag => self.tagged(),
            Next::Position(_) if self.at == self.bytes.len() => None,
            Next::Position(number) => {
                let key = Key::Number(*number);
                *number += 1;
                if self.composite.field(key).is_none() {
                    return self.fail(self.path, trailing);
                }
                self.measured(key)
            }
            Next::Bits(bits) => match bits.next() {
                Some(bit) => self.measured(Key::Number(u16::from(bit))),
                None if self.at < self.bytes.len() => self.fail(self.path, trailing),
                None => None,
            },
        }
    }
}
