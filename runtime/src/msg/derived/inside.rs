//! The inside of a composite, given by its members, to bytes: tags, positions, or a bitmap of its own.

use std::convert::Infallible;
use std::fmt;

use super::{Members, Walker};
use crate::msg::codec::Encode;
use crate::msg::composite::fillers;
use crate::msg::elements::insert;
use crate::msg::field::{Composite, CompositeKind, Field, Key};
use crate::msg::output::maps_for;
use crate::msg::xml_form::units_of_inside;
use crate::msg::{Error, Path, object};
use crate::wire::{BitmapRule, Body, Buffer, ErrorKind, Fault, Length, Rule, bitmap_width, encode_bitmap};

/// Whether no member is there.
pub(super) fn is_empty<T: Members>(members: &T) -> bool {
    struct Any;
    impl Walker for Any {
        type Error = ();

        fn leaf<T: Encode + fmt::Debug>(&mut self, _: &'static Field, _: &T) -> Result<(), ()> {
            Err(())
        }

        fn inside<T: Members>(&mut self, _: &'static Field, _: &T) -> Result<(), ()> {
            Err(())
        }
    }
    members.walk(&mut Any).is_ok()
}

/// Bytes of the inside of a composite.
pub fn units<T: Members>(field: &'static Field, members: &T) -> usize {
    let Some(composite) = field.composite else { return 0 };
    let mut size = Size { kind: composite.kind, bits: [0; 3], bytes: 0 };
    match members.walk(&mut size) {
        Ok(()) => {}
        Err(never) => match never {},
    }
    let bitmaps = match composite.kind {
        CompositeKind::Bitmap(rule) => bitmap_width(rule.encoding) * usize::from(maps_of(rule, &size.bits)),
        CompositeKind::Positional
        | CompositeKind::BerTlv
        | CompositeKind::Tlv(_)
        | CompositeKind::Ltv(_)
        | CompositeKind::Pairs
        | CompositeKind::Repeat { .. } => 0,
    };
    bitmaps + size.bytes
}

/// Adds up the bytes of children.
struct Size {
    kind: CompositeKind,
    bits: [u64; 3],
    bytes: usize,
}

impl Size {
    fn add(&mut self, field: &'static Field, units: usize) {
        let rule = &field.rule;
        let content = rule.prefix_bytes() + rule.wire_bytes(counted(rule, units)) as usize;
        if let Key::Number(number) = field.key {
            mark(self.kind, number, &mut self.bits);
        }
        self.bytes += object::header_bytes(self.kind, field.key.label(), content) + content;
    }
}

impl Walker for Size {
    type Error = Infallible;

    fn leaf<T: Encode + fmt::Debug>(&mut self, field: &'static Field, value: &T) -> Result<(), Infallible> {
        self.add(field, value.units(&field.rule));
        Ok(())
    }

    fn inside<T: Members>(&mut self, field: &'static Field, members: &T) -> Result<(), Infallible> {
        self.add(field, units(field, members));
        Ok(())
    }
}

/// Units of a value: of a fixed length they are always the same.
fn counted(rule: &Rule, units: usize) -> u32 {
    match rule.length {
        Length::Fixed(units) => units,
        Length::Variable { .. } | Length::Rest { .. } => (units as u32).min(rule.max()),
    }
}

/// Writes the inside of a composite as the content of an element.
///
/// # Errors
/// A value that does not fit.
pub fn encode<T: Members, O: Buffer>(field: &'static Field, members: &T, body: Body<'_, O>) -> Result<(), Fault> {
    let bytes = inside(field, members, Path::MESSAGE).map_err(|error| Fault { kind: error.kind(), at: 0 })?;
    let fillers = field.composite.map_or(0, |composite| fillers(composite, body.rule(), &bytes));
    body.with_fillers(fillers).inside(&bytes)
}

/// The bytes of the inside of a composite that is at this path.
pub(super) fn inside<T: Members>(field: &'static Field, members: &T, path: Path) -> Result<Vec<u8>, Error> {
    let Some(composite) = field.composite else { return Err(Error::new(path, 0, ErrorKind::Path)) };
    let mut write = Write { composite, path, bits: [0; 3], last: 0, out: Vec::with_capacity(units(field, members)) };
    let CompositeKind::Bitmap(rule) = composite.kind else {
        members.walk(&mut write)?;
        return Ok(write.out);
    };
    members.walk(&mut write)?;
    let maps = maps_of(rule, &write.bits);
    if maps > rule.maps {
        return Err(Error::new(path, 0, ErrorKind::Continuation { map: maps, maps: rule.maps }));
    }
    let mut out = Vec::with_capacity(bitmap_width(rule.encoding) * usize::from(maps) + write.out.len());
    for map in 0..maps {
        let more = if map + 1 < maps { 1 << 63 } else { 0 };
        encode_bitmap(rule.encoding, write.bits[usize::from(map)] | more, &mut out);
    }
    out.extend_from_slice(&write.out);
    Ok(out)
}

/// How many bitmaps these children need. With a single map there is no continuation bit, so its first bit is a child.
fn maps_of(rule: BitmapRule, bits: &[u64; 3]) -> u8 {
    if rule.maps == 1 && bits[1] == 0 && bits[2] == 0 { 1 } else { maps_for(bits) }
}

/// Marks a child in the bitmap, if it has one. Three bitmaps are the most there are.
fn mark(kind: CompositeKind, number: u16, bits: &mut [u64; 3]) {
    if let (CompositeKind::Bitmap(_), 1..=192) = (kind, number) {
        insert(bits, number as u8);
    }
}

/// Writes children one after the other.
struct Write {
    composite: Composite,
    path: Path,
    bits: [u64; 3],
    /// Number of the child before.
    last: u16,
    out: Vec<u8>,
}

impl Write {
    fn child(
        &mut self,
        field: &'static Field,
        write: impl FnOnce(&mut Vec<u8>, Path) -> Result<u32, Error>,
    ) -> Result<(), Error> {
        let path = self.path.child(field.key);
        if let Key::Number(number) = field.key {
            let follows = matches!(self.composite.kind, CompositeKind::Positional | CompositeKind::Repeat { .. });
            if follows && number != self.last + 1 {
                return Err(Error::new(path, 0, ErrorKind::Gap));
            }
            self.last = number;
            mark(self.composite.kind, number, &mut self.bits);
            return write(&mut self.out, path).map(drop);
        }
        let mut content = Vec::new();
        let units = write(&mut content, path)?;
        object::write(self.composite.kind, field.key.label(), units, &content, &mut self.out)
            .map_err(|kind| Error::new(path, 0, kind))
    }
}

impl Walker for Write {
    type Error = Error;

    fn leaf<T: Encode + fmt::Debug>(&mut self, field: &'static Field, value: &T) -> Result<(), Error> {
        self.child(field, |out, path| {
            value.encode(Body::new(&field.rule, out)).map_err(|fault| Error::within(path, 0, fault))?;
            Ok(counted(&field.rule, value.units(&field.rule)))
        })
    }

    fn inside<T: Members>(&mut self, field: &'static Field, members: &T) -> Result<(), Error> {
        self.child(field, |out, path| {
            let bytes = inside(field, members, path)?;
            let fillers = field.composite.map_or(0, |composite| fillers(composite, &field.rule, &bytes));
            let written = Body::new(&field.rule, out).with_fillers(fillers).inside(&bytes);
            written.map_err(|fault| Error::within(path, 0, fault))?;
            Ok(units_of_inside(&field.rule, bytes.len(), fillers))
        })
    }
}
