//! The inside of an element: positional subfields, a nested bitmap, or BER-TLV.

use std::borrow::Cow;

use super::codec::{Decode, Encode};
use super::field::{Composite, CompositeKind, Field, Key};
use super::index::{Elements, contains};
use super::{Error, Path, tlv};
use crate::wire::{
    Body, Buffer, Class, Encoding, ErrorKind, Fault, Length, Raw, Rule, Side, bitmap_width, decode_bitmap, read_prefix,
    units_of,
};

/// How a tag that the spec does not list is read: as bytes.
static UNLISTED: Rule = Rule::rest(Class::B, u32::MAX, Encoding::Raw);

/// Where bytes stand in the message. A byte of an inside that stands as hex takes two bytes there.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    start: usize,
    width: usize,
}

impl Place {
    /// Bytes that stand as they are, from the start.
    pub(crate) const START: Place = Place::at_byte(0);

    /// Bytes that stand as they are from here on.
    pub(crate) const fn at_byte(start: usize) -> Self {
        Place { start, width: 1 }
    }

    /// The inside of an element whose content starts here.
    pub(crate) const fn inside(start: usize, rule: &Rule) -> Self {
        Place::at_byte(start).content(0, rule)
    }

    /// The inside of what starts at a byte of this.
    pub(crate) const fn content(self, byte: usize, rule: &Rule) -> Self {
        let hex = matches!(rule.encoding, Encoding::Hex | Encoding::EbcdicHex);
        Place { start: self.at(byte), width: if hex { 2 * self.width } else { self.width } }
    }

    /// Where a byte of it is in the message.
    pub(crate) const fn at(self, byte: usize) -> usize {
        self.start + byte * self.width
    }

    /// From a byte of it on.
    const fn from(self, byte: usize) -> Self {
        Place { start: self.at(byte), width: self.width }
    }

    /// Bytes that so many take in the message.
    pub(crate) const fn bytes(self, count: usize) -> usize {
        count * self.width
    }

    /// What is wrong at a byte of it.
    #[cold]
    pub(crate) const fn wrong(self, path: Path, fault: Fault) -> Error {
        Error::new(path, self.at(fault.at as usize), fault.kind)
    }
}

/// The inside of a composite element, its layout proven.
#[derive(Clone)]
pub struct View<'a> {
    composite: Composite,
    bytes: Cow<'a, [u8]>,
    path: Path,
    place: Place,
}

impl<'a> View<'a> {
    /// The inside that these bytes are.
    pub(crate) fn new(composite: Composite, bytes: Cow<'a, [u8]>, path: Path, place: Place) -> Result<Self, Error> {
        let view = View { composite, bytes, path, place };
        view.children().try_for_each(|child| child.map(drop))?;
        Ok(view)
    }

    /// An inside given as bytes, to be put into a message.
    ///
    /// # Errors
    /// The layout does not hold.
    pub fn from_bytes(field: &'static Field, bytes: impl Into<Cow<'a, [u8]>>) -> Result<Self, Error> {
        let path = match field.key {
            Key::Number(number) => Path::element(number as u8),
            tag => Path::MESSAGE.child(tag),
        };
        let composite = field.composite.ok_or_else(|| Error::new(path, 0, ErrorKind::Path))?;
        View::new(composite, bytes.into(), path, Place::START)
    }

    /// How the children are laid out.
    #[must_use]
    pub const fn kind(&self) -> CompositeKind {
        self.composite.kind
    }

    /// The bytes of all children, as they stand.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The children in the order of the wire, unlisted and repeated ones included.
    pub fn children(&self) -> Children<'_> {
        Children::new(self.composite, &self.bytes, self.path, self.place)
    }

    /// The value of a child, the first one where a tag is repeated.
    ///
    /// # Errors
    /// Content that is not what the spec says.
    pub fn read<'v, T: Decode<'v>>(&'v self, field: &'static Field) -> Result<Option<T>, Error> {
        self.children().find_key(field.key)?.map(Child::decode).transpose()
    }

    /// The inside of a child that is itself a composite.
    ///
    /// # Errors
    /// The layout of the inside does not hold.
    pub fn view(&self, field: &'static Field) -> Result<Option<View<'_>>, Error> {
        match self.children().find_key(field.key)? {
            Some(child) => child.view(),
            None => Ok(None),
        }
    }
}

impl Encode for View<'_> {
    fn units(&self, _: &Rule) -> usize {
        self.bytes.len()
    }

    fn encode<O: Buffer>(&self, body: Body<'_, O>) -> Result<(), Fault> {
        let fillers = fillers(self.composite, body.rule(), &self.bytes);
        body.with_fillers(fillers).inside(&self.bytes)
    }
}

impl std::fmt::Debug for View<'_> {
    /// Masked as the spec says.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut map = f.debug_map();
        for child in self.children() {
            match child {
                Ok(child) => match child.view() {
                    Ok(Some(inner)) => map.entry(&format_args!("{}", child.key), &inner),
                    _ => map.entry(&format_args!("{}", child.key), &format_args!("{}", child.masked())),
                },
                Err(error) => map.entry(&format_args!("{}", error.path()), &format_args!("{}", error.kind())),
            };
        }
        map.finish()
    }
}

/// One child of a composite.
#[derive(Clone, Copy)]
pub struct Child<'a> {
    key: Key,
    field: Option<&'static Field>,
    path: Path,
    /// From the start of the composite: the whole child, with tag or prefix.
    start: usize,
    end: usize,
    /// Where the content is in the message.
    place: Place,
    bytes: &'a [u8],
    units: Option<u32>,
}

impl<'a> Child<'a> {
    /// Its number or tag.
    #[must_use]
    pub const fn key(&self) -> Key {
        self.key
    }

    /// What the spec says of it, if anything.
    #[must_use]
    pub const fn field(&self) -> Option<&'static Field> {
        self.field
    }

    /// Where it is in the message.
    #[must_use]
    pub const fn path(&self) -> Path {
        self.path
    }

    /// Offset of its content in the message, in bytes.
    #[must_use]
    pub const fn offset(&self) -> usize {
        self.place.start
    }

    /// Where its content is in the message.
    pub(crate) const fn place(&self) -> Place {
        self.place
    }

    /// Its content as it stands on the wire, hex of the inside undone.
    #[must_use]
    pub const fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// From the start of the composite: the whole child, with tag or prefix.
    pub(crate) const fn span(&self) -> std::ops::Range<usize> {
        self.start..self.end
    }

    /// Its content by the rule of the spec.
    ///
    /// # Errors
    /// A length that the spec does not allow.
    pub fn raw(&self) -> Result<Raw<'a>, Error> {
        let rule = self.field.map_or(&UNLISTED, |field| &field.rule);
        let fail = |kind| Err(Error::new(self.path, self.place.start, kind));
        let found = self.units.unwrap_or_else(|| units_without_prefix(rule, self.bytes));
        match rule.length {
            Length::Fixed(units) if rule.wire_bytes(units) as usize != self.bytes.len() => {
                let least = rule.wire_bytes(units) as usize > self.bytes.len();
                fail(if least {
                    ErrorKind::TooShort { min: units, found }
                } else {
                    ErrorKind::TooLong { max: units, found }
                })
            }
            Length::Fixed(units) => Ok(Raw::new(self.bytes, units, rule)),
            Length::Variable { max, .. } | Length::Rest { max } if found > max => {
                fail(ErrorKind::TooLong { max, found })
            }
            _ => Ok(Raw::new(self.bytes, found, rule)),
        }
    }

    fn decode<T: Decode<'a>>(self) -> Result<T, Error> {
        if !self.field.is_some_and(|field| T::HOLDS.allows(field)) {
            return Err(Error::new(self.path, self.place.start, ErrorKind::Type));
        }
        T::decode(self.raw()?).map_err(|fault| self.place.wrong(self.path, fault))
    }

    /// Its inside, when it has one.
    ///
    /// # Errors
    /// The layout of the inside does not hold.
    pub fn view(&self) -> Result<Option<View<'a>>, Error> {
        let Some(composite) = self.field.and_then(|field| field.composite) else { return Ok(None) };
        let raw = self.raw()?;
        let bytes = raw.binary().map_err(|fault| self.place.wrong(self.path, fault))?;
        View::new(composite, bytes, self.path, self.place.content(0, raw.rule())).map(Some)
    }

    fn masked(&self) -> String {
        match (self.field, self.raw()) {
            (Some(field), Ok(raw)) => super::mask::masked(field, raw).to_string(),
            (None, Ok(raw)) => super::mask::Opaque(raw.units()).to_string(),
            (_, Err(error)) => error.kind().to_string(),
        }
    }
}

/// Units of content that no prefix counted.
fn units_without_prefix(rule: &Rule, bytes: &[u8]) -> u32 {
    let count = bytes.len() as u32;
    // Half a byte of hex is told when the content is read.
    units_of(rule, count, bytes).unwrap_or(count / 2)
}

/// Nibbles at the edges of an inside that stands packed which are filler of its first or last child, and so no digits.
pub(crate) fn fillers(composite: Composite, rule: &Rule, inside: &[u8]) -> u32 {
    if !matches!(rule.encoding, Encoding::Bcd { .. }) || inside.is_empty() {
        return 0;
    }
    let has = |child: Option<&Child<'_>>, side: Side| {
        let Some((child, field)) = child.and_then(|child| Some((child, child.field?))) else { return false };
        let at_edge = side == Side::Right || field.rule.prefix_bytes() == 0;
        let odd = child.units.is_some_and(|units| units % 2 == 1);
        at_edge && odd && matches!(field.rule.encoding, Encoding::Bcd { pad_side, .. } if pad_side == side)
    };
    let mut children = Children::new(composite, inside, Path::MESSAGE, Place::START).filter_map(Result::ok);
    let first = children.next();
    let last = children.last().or(first);
    u32::from(has(first.as_ref(), Side::Left)) + u32::from(has(last.as_ref(), Side::Right))
}

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

/// The value at a path inside an element.
pub(crate) fn find<'a, T: Decode<'a>>(
    field: &'static Field,
    raw: Raw<'a>,
    path: Path,
    place: Place,
    rest: &str,
) -> Result<Option<T>, Error> {
    let no_path = || Error::new(path, place.start, ErrorKind::Path);
    let composite = field.composite.ok_or_else(no_path)?;
    let Cow::Borrowed(bytes) = raw.binary().map_err(|fault| place.wrong(path, fault))? else {
        // Nothing of an inside that stands as hex can be borrowed from the message; a `View` owns it.
        return Err(Error::new(path, place.start, ErrorKind::Type));
    };
    let (head, rest) = rest.split_once('.').map_or((rest, None), |(head, rest)| (head, Some(rest)));
    let in_tlv = composite.kind == CompositeKind::BerTlv;
    let key = super::dialect::parse_key(head.as_bytes(), in_tlv).ok_or_else(no_path)?;
    let Some(child) = Children::new(composite, bytes, path, place).find_key(key)? else { return Ok(None) };
    match (rest, child.field) {
        (None, _) => child.decode().map(Some),
        (Some(rest), Some(field)) => find(field, child.raw()?, child.path, child.place, rest),
        (Some(_), None) => Err(no_path()),
    }
}
