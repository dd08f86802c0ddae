//! Typed messages: structs whose mandatory elements are plain fields.
//!
//! A struct says once which field is which element ([`Fields::visit`]); sizing, writing and printing are visitors
//! over that one list. Generated structs and derived ones are alike here.

mod gather;

pub use gather::Gather;

use bytes::Bytes;

use super::codec::{Decode, Encode};
use super::dialect::Dialect;
use super::elements::{Elements, contains, insert};
use super::field::{Field, Key};
use super::message::Message;
use super::output::{maps_for, mti_width, write_bitmaps};
use super::{Error, mask, third};
use crate::types::Mti;
use crate::wire::{BitmapEncoding, Body, bitmap_width, encode_bitmap, encode_digits4};

/// A struct that stands for the elements of a message.
pub trait Fields {
    /// Calls the visitor for each element that is there, ascending by number.
    ///
    /// # Errors
    /// The first error of the visitor.
    fn visit<V: Visitor>(&self, visitor: &mut V) -> Result<(), V::Error>;
}

/// What is done with each element of a struct.
pub trait Visitor {
    /// What can go wrong.
    type Error;

    /// An element that is there.
    ///
    /// # Errors
    /// The visitor's.
    fn field<T: Encode + std::fmt::Debug>(&mut self, field: &'static Field, value: &T) -> Result<(), Self::Error>;

    /// An element that may be there.
    ///
    /// # Errors
    /// The visitor's.
    #[inline(always)]
    fn optional<T: Encode + std::fmt::Debug>(
        &mut self,
        field: &'static Field,
        value: &Option<T>,
    ) -> Result<(), Self::Error> {
        match value {
            Some(value) => self.field(field, value),
            None => Ok(()),
        }
    }
}

/// The elements that a struct names.
#[derive(Debug, Clone, Copy)]
pub struct Listed([u64; 3]);

impl Listed {
    /// Elements with these numbers. A third bitmap among the elements is never one that nobody named.
    #[must_use]
    pub const fn new(numbers: &[u8]) -> Self {
        let mut bits = [0; 3];
        insert(&mut bits, third::NUMBER);
        let mut at = 0;
        while at < numbers.len() {
            insert(&mut bits, numbers[at]);
            at += 1;
        }
        Listed(bits)
    }
}

/// Elements of a received message that a struct does not name: kept, and written out again as they stand.
#[derive(Clone, Copy, Default)]
pub struct Unlisted<'a> {
    source: Option<&'a Message>,
    bits: [u64; 3],
}

impl<'a> Unlisted<'a> {
    /// No elements.
    pub const NONE: Unlisted<'static> = Unlisted { source: None, bits: [0; 3] };

    /// The elements of a message but the listed ones.
    #[must_use]
    #[inline(always)]
    pub fn of(source: &'a Message, listed: &Listed) -> Self {
        let bits = source.index().bits();
        Unlisted { source: Some(source), bits: std::array::from_fn(|map| bits[map] & !listed.0[map]) }
    }

    /// The numbers of the elements, ascending.
    pub fn numbers(&self) -> impl Iterator<Item = u8> + use<> {
        Elements::new(self.bits)
    }

    /// The value of one of them.
    ///
    /// # Errors
    /// As [`Message::get`].
    pub fn get<T: Decode<'a>>(&self, number: u8) -> Result<Option<T>, Error> {
        match self.source {
            Some(source) if contains(&self.bits, number) => source.get(number),
            _ => Ok(None),
        }
    }

    fn wire(&self, number: u8) -> &[u8] {
        let span = self.source.and_then(|source| Some((source, source.span(number)?)));
        span.map_or(&[], |(source, span)| &source.as_bytes()[span])
    }
}

impl std::fmt::Debug for Unlisted<'_> {
    /// The numbers only.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.numbers()).finish()
    }
}

/// A message type that generated code spells out.
///
/// # Panics
/// In a constant, so at compile time: text that is not four digits.
#[must_use]
pub const fn message_type(digits: &str) -> Mti {
    match Mti::new(digits) {
        Ok(mti) => mti,
        Err(_) => panic!("a message type is four digits"),
    }
}

/// Writes a struct out: one allocation of the right size.
///
/// # Errors
/// A value that does not fit its element.
#[inline(always)]
pub fn pack<T: Fields>(
    dialect: &'static Dialect,
    mti: Mti,
    fields: &T,
    unlisted: Unlisted<'_>,
) -> Result<Bytes, Error> {
    let mut out = Vec::new();
    pack_into(dialect, mti, fields, unlisted, &mut out)?;
    Ok(Bytes::from(out))
}

/// Appends a struct to a buffer.
///
/// # Errors
/// A value that does not fit its element; the buffer then holds a part of the message.
#[inline(always)]
pub fn pack_into<T: Fields>(
    dialect: &'static Dialect,
    mti: Mti,
    fields: &T,
    unlisted: Unlisted<'_>,
    out: &mut Vec<u8>,
) -> Result<(), Error> {
    let mut measure = Measure { bits: unlisted.bits, size: 0 };
    match fields.visit(&mut measure) {
        Ok(()) => {}
        Err(never) => match never {},
    }
    let kept: usize = unlisted.numbers().map(|number| unlisted.wire(number).len()).sum();
    let maps = maps_for(&measure.bits);
    let header = mti_width(dialect.mti_encoding()) + bitmap_width(dialect.bitmap().encoding) * maps as usize;
    out.reserve_exact(header + measure.size + kept);
    encode_digits4(dialect.mti_encoding(), mti.digits(), out);
    let third = write_bitmaps(dialect, measure.bits, maps, out)?;
    if unlisted.bits == [0; 3] && third.is_none() {
        return fields.visit(&mut Write { out });
    }
    among(fields, unlisted, third.map(|bits| (dialect.bitmap().encoding, bits)), out)
}

/// Writes the fields of a struct among elements that it does not name, one of which may be a third bitmap.
#[inline(never)]
fn among<T: Fields>(
    fields: &T,
    unlisted: Unlisted<'_>,
    third: Option<(BitmapEncoding, u64)>,
    out: &mut Vec<u8>,
) -> Result<(), Error> {
    let mut bits = unlisted.bits;
    if third.is_some() {
        insert(&mut bits, third::NUMBER);
    }
    let mut later = Elements::new(bits);
    let next = later.next();
    let mut among = Among { write: Write { out }, unlisted, third, later, next };
    fields.visit(&mut among)?;
    among.flush(u8::MAX);
    Ok(())
}

/// Presence and size, before anything is written.
struct Measure {
    bits: [u64; 3],
    size: usize,
}

impl Visitor for Measure {
    type Error = std::convert::Infallible;

    #[inline(always)]
    fn field<T: Encode + std::fmt::Debug>(&mut self, field: &'static Field, value: &T) -> Result<(), Self::Error> {
        if let Key::Number(number) = field.key {
            insert(&mut self.bits, number as u8);
        }
        let rule = &field.rule;
        self.size += rule.prefix_bytes()
            + match rule.length {
                crate::wire::Length::Fixed(units) => rule.wire_bytes(units) as usize,
                _ => rule.wire_bytes(value.units(rule) as u32) as usize,
            };
        Ok(())
    }
}

struct Write<'a> {
    out: &'a mut Vec<u8>,
}

impl Visitor for Write<'_> {
    type Error = Error;

    #[inline(always)]
    fn field<T: Encode + std::fmt::Debug>(&mut self, field: &'static Field, value: &T) -> Result<(), Error> {
        let Key::Number(number) = field.key else { return Ok(()) };
        match value.encode(Body::new(&field.rule, self.out)) {
            Ok(()) => Ok(()),
            Err(fault) => Err(super::message::wrong(number as u8, 0, fault)),
        }
    }
}

/// Writes, and copies the unlisted elements in between.
struct Among<'a, 'u> {
    write: Write<'a>,
    unlisted: Unlisted<'u>,
    /// A third bitmap, where it is one of the elements.
    third: Option<(BitmapEncoding, u64)>,
    later: Elements,
    /// The next unlisted element to copy.
    next: Option<u8>,
}

impl Among<'_, '_> {
    /// Copies the unlisted elements that come before this one.
    fn flush(&mut self, number: u8) {
        while let Some(next) = self.next
            && next < number
        {
            match self.third {
                Some((encoding, bits)) if next == third::NUMBER => encode_bitmap(encoding, bits, self.write.out),
                _ => self.write.out.extend_from_slice(self.unlisted.wire(next)),
            }
            self.next = self.later.next();
        }
    }
}

impl Visitor for Among<'_, '_> {
    type Error = Error;

    fn field<T: Encode + std::fmt::Debug>(&mut self, field: &'static Field, value: &T) -> Result<(), Error> {
        if let Key::Number(number) = field.key {
            self.flush(number as u8);
        }
        self.write.field(field, value)
    }
}

/// Prints one field of a struct, masked as the spec says.
pub fn print<T: Encode + std::fmt::Debug>(field: &'static Field, value: &T, shown: &mut std::fmt::DebugStruct<'_, '_>) {
    mask::shown(field, value, value.units(&field.rule), shown);
}

/// Prints a struct, masked as the spec says.
///
/// # Errors
/// Those of the formatter.
pub fn debug<T: Fields>(
    name: &str,
    mti: Mti,
    fields: &T,
    unlisted: &Unlisted<'_>,
    f: &mut std::fmt::Formatter<'_>,
) -> std::fmt::Result {
    struct Print<'a, 'f, 'b>(&'a mut std::fmt::DebugStruct<'f, 'b>);
    impl Visitor for Print<'_, '_, '_> {
        type Error = std::convert::Infallible;

        fn field<T: Encode + std::fmt::Debug>(&mut self, field: &'static Field, value: &T) -> Result<(), Self::Error> {
            print(field, value, self.0);
            Ok(())
        }
    }
    let mut shown = f.debug_struct(name);
    shown.field("mti", &format_args!("{mti}"));
    match fields.visit(&mut Print(&mut shown)) {
        Ok(()) => {}
        Err(never) => match never {},
    }
    if unlisted.source.is_some() {
        shown.field("unlisted", unlisted);
    }
    shown.finish()
}
