//! The inside of an element as a view: whatever its layout, children one after the other.

use std::borrow::Cow;

use super::child::Child;
use super::children::Children;
use super::codec::{Decode, Encode};
use super::field::{Composite, CompositeKind, Field, Key};
use super::marks::Marks;
use super::place::Place;
use super::xml_form::{self, Translated};
use super::{Error, Path};
use crate::wire::{Body, Buffer, Encoding, ErrorKind, Fault, Raw, Rule, Side};

/// The inside of a composite element, its layout proven.
#[derive(Clone)]
pub struct View<'a> {
    composite: Composite,
    bytes: Cow<'a, [u8]>,
    path: Path,
    place: Place,
    /// The values, where the inside is XML.
    translated: Option<Box<Translated>>,
    /// Where the children are; nothing where they are many or out of the ordinary.
    marks: Option<Marks>,
}

impl<'a> View<'a> {
    /// The inside that these bytes are.
    #[inline]
    pub(crate) fn new(composite: Composite, bytes: Cow<'a, [u8]>, path: Path, place: Place) -> Result<Self, Error> {
        if !xml_form::is_xml(&composite, &bytes)
            && let Some(marks) = Marks::of(&composite, &bytes)
        {
            return Ok(View { composite, bytes, path, place, translated: None, marks: Some(marks) });
        }
        View::searched(composite, bytes, path, place)
    }

    /// An inside that is gone through child by child, to say what is wrong or because there is much of it.
    #[inline(never)]
    fn searched(composite: Composite, bytes: Cow<'a, [u8]>, path: Path, place: Place) -> Result<Self, Error> {
        let translated = if xml_form::is_xml(&composite, &bytes) {
            let translated = Translated::of(&composite, &bytes);
            Some(Box::new(translated.map_err(|wrong| Error::new(path, place.at(wrong.at), wrong.kind))?))
        } else {
            None
        };
        let view = View { composite, bytes, path, place, translated, marks: None };
        view.children().try_for_each(|child| child.map(drop))?;
        Ok(view)
    }

    /// An inside given as bytes, to be put into a message.
    ///
    /// # Errors
    /// The layout does not hold.
    pub fn from_bytes(field: &'static Field, bytes: impl Into<Cow<'a, [u8]>>) -> Result<Self, Error> {
        let path = View::path_of(field);
        let composite = field.composite.ok_or_else(|| Error::new(path, 0, ErrorKind::Path))?;
        View::new(composite, bytes.into(), path, Place::START)
    }

    /// The path of an element that stands alone.
    pub(super) const fn path_of(field: &'static Field) -> Path {
        match field.key {
            Key::Number(number) => Path::element(number as u8),
            other => Path::MESSAGE.child(other),
        }
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
        Children::new(self.composite, &self.bytes, self.path, self.place).translated(self.translated.as_deref())
    }

    /// The children with values that borrow from the message; nothing where the inside stands as hex there.
    pub(crate) fn borrowed(&self) -> Option<Children<'a>> {
        match self.bytes {
            Cow::Borrowed(bytes) => Some(Children::new(self.composite, bytes, self.path, self.place)),
            Cow::Owned(_) => None,
        }
    }

    /// The groups of a repeat, one after the other; nothing in any other layout.
    pub fn groups(&self) -> impl Iterator<Item = Result<View<'_>, Error>> {
        let repeats = matches!(self.composite.kind, CompositeKind::Repeat { .. });
        let groups = self.children().take_while(move |_| repeats);
        groups.filter_map(|group| group.and_then(|group| group.view()).transpose())
    }

    /// What the spec says of it.
    pub(crate) const fn composite(&self) -> &Composite {
        &self.composite
    }

    /// Whether it is XML.
    pub(crate) const fn is_xml(&self) -> bool {
        self.translated.is_some()
    }

    /// The value of a child, the first one where a tag is repeated.
    ///
    /// # Errors
    /// Content that is not what the spec says.
    #[inline]
    pub fn read<'v, T: Decode<'v>>(&'v self, field: &'static Field) -> Result<Option<T>, Error> {
        if let Some(marks) = &self.marks {
            let Some((known, place)) = marks.find(&self.composite, field.key) else { return Ok(None) };
            // By a constant rule, which the compiler sees through.
            if known.rule == field.rule
                && T::HOLDS.allows(known)
                && let Some((_, raw)) = marks.content(&self.composite, place, &field.rule, &self.bytes)
                && let Ok(value) = T::decode(raw)
            {
                return Ok(Some(value));
            }
        }
        self.search(field.key)
    }

    /// As [`View::read`], from the first child on; and what is wrong.
    #[inline(never)]
    fn search<'v, T: Decode<'v>>(&'v self, key: Key) -> Result<Option<T>, Error> {
        self.children().find_key(key)?.map(Child::decode).transpose()
    }

    /// The inside of a child that is itself a composite.
    ///
    /// # Errors
    /// The layout of the inside does not hold.
    pub fn view(&self, field: &'static Field) -> Result<Option<View<'_>>, Error> {
        if let Some(marks) = &self.marks {
            let Some((known, place)) = marks.find(&self.composite, field.key) else { return Ok(None) };
            let composite = known.composite;
            if let Some((at, raw)) = marks.content(&self.composite, place, &known.rule, &self.bytes)
                && let (Some(composite), Ok(bytes)) = (composite, raw.binary())
            {
                let place = self.place.from(at).content(0, &known.rule);
                return View::new(composite, bytes, self.path.child(known.key), place).map(Some);
            }
        }
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
                    Ok(Some(inner)) => map.entry(&child.label(), &inner),
                    _ => map.entry(&child.label(), &format_args!("{}", child.masked())),
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
    let (key, _) = composite.named(head.as_bytes()).ok_or_else(no_path)?;
    let Some(child) = Children::new(composite, bytes, path, place).find_key(key)? else { return Ok(None) };
    match (rest, child.field) {
        (None, _) => child.decode().map(Some),
        (Some(rest), Some(field)) => find(field, child.raw()?, child.path, child.place, rest),
        (Some(_), None) => Err(no_path()),
    }
}
