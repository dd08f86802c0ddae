//! The inside of an element as a view: positional subfields, a nested bitmap, or BER-TLV.

use std::borrow::Cow;

use super::child::Child;
use super::children::Children;
use super::codec::{Decode, Encode};
use super::field::{Composite, CompositeKind, Field, Key};
use super::place::Place;
use super::{Error, Path};
use crate::wire::{Body, Buffer, Encoding, ErrorKind, Fault, Raw, Rule, Side};

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

/// The value at a path inside an element.
pub(crate) fn find<'a, T: Decode<'a>>(
    field: &'static Field,
    raw: Raw<'a>,
    path: Path,
    place: Place,
    rest: &str,
) -> Result<Option<T>, Error> {
    let no_path = || Error::new(path, place.at(0), ErrorKind::Path);
    let composite = field.composite.ok_or_else(no_path)?;
    let Cow::Borrowed(bytes) = raw.binary().map_err(|fault| place.wrong(path, fault))? else {
        // Nothing of an inside that stands as hex can be borrowed from the message; a `View` owns it.
        return Err(Error::new(path, place.at(0), ErrorKind::Type));
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
