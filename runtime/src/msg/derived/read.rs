//! A derived struct from a message, or from the inside of a composite: each value, and all that is wrong.

use super::Members;
use super::gather::Gather;
use crate::msg::child::Child;
use crate::msg::children::Children;
use crate::msg::codec::Decode;
use crate::msg::composite::View;
use crate::msg::field::{Composite, Field, Key};
use crate::msg::message::Message;
use crate::msg::place::Place;
use crate::msg::{Error, Get, Path, Violations};
use crate::wire::{ErrorKind, Raw};

/// What came of reading a value.
#[derive(Debug)]
pub enum Read<T> {
    /// The value.
    Value(T),
    /// It is not there.
    Absent,
    /// Something is wrong with it, and has been told.
    Wrong,
}

/// Where values are read from, borrowed for `'a`.
pub trait Source<'a> {
    /// The value of a field.
    ///
    /// # Errors
    /// Content that is not what the spec says.
    fn read<T: Decode<'a>>(&self, field: &'static Field) -> Get<T>;

    /// The inside of a field.
    ///
    /// # Errors
    /// The layout of the inside does not hold.
    fn view(&self, field: &'static Field) -> Get<View<'a>>;

    /// The inside of a field, to read single values of.
    ///
    /// # Errors
    /// The layout of the inside does not hold.
    fn open(&self, field: &'static Field) -> Get<Opened<'a>>;

    /// Where a field is.
    fn path(&self, field: &'static Field) -> Path;

    /// Whether nothing can be read, and why has been told.
    #[inline(always)]
    fn is_wrong(&self) -> bool {
        false
    }
}

impl<'a> Source<'a> for &'a Message {
    #[inline(always)]
    fn read<T: Decode<'a>>(&self, field: &'static Field) -> Get<T> {
        Message::read(self, field)
    }

    fn view(&self, field: &'static Field) -> Get<View<'a>> {
        Message::view(self, field)
    }

    fn open(&self, field: &'static Field) -> Get<Opened<'a>> {
        let Key::Number(number) = field.key else { return Ok(None) };
        let number = number as u8;
        let (Some(raw), Some(span), Some(composite)) = (self.raw(number), self.span(number), field.composite) else {
            return Ok(None);
        };
        Opened::new(composite, raw, Path::element(number), Place::at_byte(span.start + field.rule.prefix_bytes()))
            .map(Some)
    }

    #[inline(always)]
    fn path(&self, field: &'static Field) -> Path {
        match field.key {
            Key::Number(number) => Path::element(number as u8),
            Key::Tag(..) | Key::Text(..) | Key::Name(_) | Key::Ordinal(_) => Path::MESSAGE,
        }
    }
}

/// The inside of a composite whose layout is proven, hex undone.
#[derive(Debug)]
pub struct Opened<'a> {
    path: Path,
    found: Read<View<'a>>,
}

impl<'a> Opened<'a> {
    fn new(composite: Composite, raw: Raw<'a>, path: Path, outer: Place) -> Result<Self, Error> {
        let bytes = raw.binary().map_err(|fault| outer.wrong(path, fault))?;
        let view = View::new(composite, bytes, path, outer.content(0, raw.rule()))?;
        Ok(Opened { path, found: Read::Value(view) })
    }

    /// What came of opening the composite at this path.
    pub(super) fn at(path: Path, opened: Read<Self>) -> Self {
        match opened {
            Read::Value(opened) => opened,
            Read::Absent => Opened { path, found: Read::Absent },
            Read::Wrong => Opened { path, found: Read::Wrong },
        }
    }

    /// For values that do not borrow.
    #[must_use]
    pub fn short(&self) -> Inside<'_> {
        self.inside(|view| State::There(view.children()))
    }

    /// For values that borrow from the message: not where the inside stands as hex.
    #[must_use]
    pub fn long(&self) -> Inside<'a> {
        self.inside(|view| view.borrowed().map_or(State::Hex, State::There))
    }

    fn inside<'s, 'i>(&'s self, there: impl FnOnce(&'s View<'a>) -> State<'i>) -> Inside<'i> {
        let state = match &self.found {
            Read::Value(view) => there(view),
            Read::Absent => State::Absent,
            Read::Wrong => State::Wrong,
        };
        Inside { path: self.path, state }
    }
}

/// The children of a composite, borrowed for `'a`.
pub struct Inside<'a> {
    path: Path,
    state: State<'a>,
}

#[allow(clippy::large_enum_variant, reason = "on the stack, for as long as a struct is read")]
enum State<'a> {
    There(Children<'a>),
    /// There, but nothing can be borrowed from it.
    Hex,
    Absent,
    Wrong,
}

impl std::fmt::Debug for Inside<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Inside({})", self.path)
    }
}

impl<'a> Inside<'a> {
    /// The child, the first one where a tag is repeated.
    fn find(&self, field: &'static Field) -> Get<Child<'a>> {
        match &self.state {
            State::There(children) => children.clone().find_key(field.key),
            State::Hex => Err(Error::new(self.path(field), 0, ErrorKind::Type)),
            State::Absent | State::Wrong => Ok(None),
        }
    }
}

impl<'a> Source<'a> for Inside<'a> {
    fn read<T: Decode<'a>>(&self, field: &'static Field) -> Get<T> {
        let Some(child) = self.find(field)? else { return Ok(None) };
        // A view that a struct is made from may be that of another composite.
        if !child.field().is_some_and(|field| T::HOLDS.allows(field)) {
            return Err(Error::new(child.path(), child.offset(), ErrorKind::Type));
        }
        let value = T::decode(child.raw()?);
        value.map(Some).map_err(|fault| Error::within(child.path(), child.offset(), fault))
    }

    fn view(&self, field: &'static Field) -> Get<View<'a>> {
        self.find(field)?.map_or(Ok(None), |child| child.view())
    }

    fn open(&self, field: &'static Field) -> Get<Opened<'a>> {
        let (Some(child), Some(composite)) = (self.find(field)?, field.composite) else { return Ok(None) };
        Opened::new(composite, child.raw()?, child.path(), child.place()).map(Some)
    }

    fn path(&self, field: &'static Field) -> Path {
        self.path.child(field.key)
    }

    fn is_wrong(&self) -> bool {
        matches!(self.state, State::Wrong)
    }
}

/// A struct for the inside of a composite.
pub trait Inner<'a>: Members + Sized {
    /// Reads its members; nothing when one that must be there is not.
    fn gather(inside: &Inside<'a>, gather: &mut Gather) -> Option<Self>;
}

/// A struct for an inside that borrows from the message.
pub fn read_borrowed<'a, T: Inner<'a>>(
    source: &impl Source<'a>,
    field: &'static Field,
    gather: &mut Gather,
) -> Read<T> {
    let opened = gather.open(source, field);
    read_inside(&opened.long(), gather)
}

/// A struct for an inside that borrows nothing, so that the inside may stand as hex.
pub fn read_owned<'a, T: for<'s> Inner<'s>>(
    source: &impl Source<'a>,
    field: &'static Field,
    gather: &mut Gather,
) -> Read<T> {
    let opened = gather.open(source, field);
    read_inside(&opened.short(), gather)
}

fn read_inside<'a, T: Inner<'a>>(inside: &Inside<'a>, gather: &mut Gather) -> Read<T> {
    match inside.state {
        State::Absent => Read::Absent,
        State::Wrong => Read::Wrong,
        State::Hex | State::There(_) => T::gather(inside, gather).map_or(Read::Wrong, Read::Value),
    }
}

/// A struct for an inside from a view of it.
///
/// # Errors
/// All that is wrong.
pub fn from_view<'a, T: Inner<'a>>(view: &'a View<'_>, path: Path) -> Result<T, Violations> {
    let mut gather = Gather::new();
    let value = T::gather(&Inside { path, state: State::There(view.children()) }, &mut gather);
    gather.finish()?;
    value.ok_or_else(Gather::unfinished)
}
