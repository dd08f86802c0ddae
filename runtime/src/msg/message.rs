//! A received message: its bytes, and where each element is in them.

use bytes::Bytes;

use super::composite::View;
use super::dialect::Dialect;
use super::edit::Edit;
use super::elements::Elements;
use super::field::{Field, Key};
use super::index::Index;
use super::message_rule::MessageRule;
use super::place::Place;
use super::{Decode, Error, Path, Violations, hint, third};
use crate::types::Mti;
use crate::wire::{ErrorKind, Fault, Length, Raw, Rule, read_prefix};

/// A message whose bitmaps and lengths are proven. Content is proven by whoever reads it: a getter for one element,
/// [`Message::validate`] for all of them.
///
/// It owns its bytes (a reference-counted slice: no copy, no allocation) and can be shared between threads.
#[derive(Clone)]
pub struct Message {
    wire: Bytes,
    dialect: &'static Dialect,
    index: Index,
}

impl Message {
    /// Indexes a message.
    ///
    /// # Errors
    /// The first thing wrong with message type, bitmaps or lengths; bytes left over at the end.
    #[inline(always)]
    pub fn parse(dialect: &'static Dialect, wire: impl Into<Bytes>) -> Result<Self, Error> {
        let (message, error) = Message::parse_partial(dialect, wire);
        match error {
            None => Ok(message),
            Some(error) => Err(error),
        }
    }

    /// Indexes as much of a message as can be, and says why not the rest: for tools that show what there is. A message
    /// that could be read in part only cannot be edited: what was not read would be lost or left behind.
    #[must_use]
    #[inline(always)]
    pub fn parse_partial(dialect: &'static Dialect, wire: impl Into<Bytes>) -> (Self, Option<Error>) {
        let (wire, mut error) = (wire.into(), None);
        let index = Index::of(dialect, &wire, &mut error);
        let message = Message { wire, dialect, index };
        if let Some(error) = &mut error {
            *error = message.hinted(*error);
        }
        (message, error)
    }

    #[cold]
    fn hinted(&self, error: Error) -> Error {
        error.with_hint(hint::guess(self.dialect, &self.wire, &error))
    }

    /// The dialect it was read by.
    #[must_use]
    pub const fn dialect(&self) -> &'static Dialect {
        self.dialect
    }

    /// The bytes as received.
    #[must_use]
    pub const fn as_bytes(&self) -> &Bytes {
        &self.wire
    }

    /// The bytes as received.
    #[must_use]
    pub fn into_bytes(self) -> Bytes {
        self.wire
    }

    /// The message type.
    #[must_use]
    #[inline]
    pub const fn mti(&self) -> Mti {
        self.index.mti()
    }

    /// What the dialect says of this message type, or of the one it repeats.
    #[must_use]
    pub fn rule(&self) -> Option<&'static MessageRule> {
        self.dialect.message(self.mti())
    }

    /// Whether the element is there.
    #[must_use]
    #[inline]
    pub fn has(&self, number: u8) -> bool {
        number != third::NUMBER && self.index.start(number).is_some()
    }

    /// The numbers of the elements that are there, ascending. Bitmaps are not among them.
    pub fn numbers(&self) -> impl Iterator<Item = u8> + use<> {
        let [first, second, third] = self.index.bits();
        // The first bit of the second bitmap is that of the third one.
        Elements::new([first, second & (u64::MAX >> 1), third])
    }

    /// Where the element is: byte offsets from its length prefix to its end. DE 65 is the third bitmap, where that stands
    /// among the elements.
    #[must_use]
    #[inline]
    pub fn span(&self, number: u8) -> Option<std::ops::Range<usize>> {
        self.index.span(number).map(|(start, end)| start..end)
    }

    pub(crate) const fn index(&self) -> &Index {
        &self.index
    }

    /// The content of an element, not yet proven.
    #[must_use]
    #[inline]
    pub fn raw(&self, number: u8) -> Option<Raw<'_>> {
        let rule = &self.dialect.field(number)?.rule;
        self.content(number, rule).map(|(_, raw)| raw)
    }

    /// The content of an element and where it starts. With a constant rule the compiler sees through all of it.
    #[inline(always)]
    fn content(&self, number: u8, rule: &'static Rule) -> Option<(usize, Raw<'_>)> {
        let start = self.index.start(number)?;
        // The walk has measured this element by the same rule, so what fails here cannot.
        if let Length::Fixed(units) = rule.length {
            let bytes = self.wire.get(start..start + rule.wire_bytes(units) as usize)?;
            return Some((start, Raw::new(bytes, units, rule)));
        }
        let element = self.wire.get(start..)?;
        let measured = read_prefix(rule, element).ok()?;
        let from = rule.prefix_bytes();
        let bytes = element.get(from..from + measured.bytes as usize)?;
        Some((start + from, Raw::new(bytes, measured.units, rule)))
    }

    /// The value of an element, proven: `message.get::<&str>(41)?`.
    ///
    /// # Errors
    /// Content that is not what the spec says; [`ErrorKind::Undefined`] for a number the dialect does not have;
    /// [`ErrorKind::Type`] when `T` cannot hold the element (a PAN does not fit in a `&str`: it would print).
    pub fn get<'a, T: Decode<'a>>(&'a self, number: u8) -> Result<Option<T>, Error> {
        let path = Path::element(number);
        let Some(field) = self.dialect.field(number) else { return Err(Error::new(path, 0, ErrorKind::Undefined)) };
        if !T::HOLDS.allows(field) {
            return Err(Error::new(path, 0, ErrorKind::Type));
        }
        self.read(field)
    }

    /// As [`Message::get`] for a field known to be of this dialect and to fit the type: what generated code calls.
    ///
    /// # Errors
    /// Content that is not what the spec says.
    #[inline(always)]
    pub fn read<'a, T: Decode<'a>>(&'a self, field: &'static Field) -> Result<Option<T>, Error> {
        let Key::Number(number) = field.key else { return Ok(None) };
        let Some((at, raw)) = self.content(number as u8, &field.rule) else { return Ok(None) };
        match T::decode(raw) {
            Ok(value) => Ok(Some(value)),
            Err(fault) => Err(wrong(number as u8, at, fault)),
        }
    }

    /// The inside of a composite element.
    ///
    /// # Errors
    /// The layout of the inside does not hold.
    pub fn view(&self, field: &'static Field) -> Result<Option<View<'_>>, Error> {
        let (Key::Number(number), Some(composite)) = (field.key, field.composite) else { return Ok(None) };
        let number = number as u8;
        let Some((at, raw)) = self.content(number, &field.rule) else { return Ok(None) };
        let bytes = raw.binary().map_err(|fault| wrong(number, at, fault))?;
        View::new(composite, bytes, Path::element(number), Place::inside(at, &field.rule)).map(Some)
    }

    /// The value at a dotted path: `message.at::<&[u8]>("55.9F26")?`. The first one, where a tag is repeated.
    ///
    /// # Errors
    /// As [`Message::get`]; and [`ErrorKind::Path`] for a path that the dialect does not have.
    pub fn at<'a, T: Decode<'a>>(&'a self, path: &str) -> Result<Option<T>, Error> {
        let no_path = || Error::new(Path::MESSAGE, 0, ErrorKind::Path);
        let field = self.dialect.resolve(path).ok_or_else(no_path)?;
        let (head, rest) = path.split_once('.').map_or((path, None), |(head, rest)| (head, Some(rest)));
        let number = head.parse::<u8>().map_err(|_| no_path())?;
        let Some(rest) = rest else { return self.get(number) };
        if !T::HOLDS.allows(field) {
            let ends = path.match_indices('.').map(|(end, _)| end).chain([path.len()]).skip(1);
            let keys = ends.filter_map(|end| self.dialect.resolve(&path[..end])).map(|field| field.key);
            return Err(Error::new(keys.fold(Path::element(number), Path::child), 0, ErrorKind::Type));
        }
        let element = self.dialect.field(number).ok_or_else(no_path)?;
        match self.content(number, &element.rule) {
            Some((at, raw)) => super::composite::find(
                element,
                raw,
                Path::element(number),
                Place::at_byte(at).content(0, &element.rule),
                rest,
            ),
            None => Ok(None),
        }
    }

    /// Proves the content of every element, inside composites too.
    ///
    /// # Errors
    /// All that is wrong.
    pub fn validate(&self) -> Result<(), Violations> {
        let mut violations = Violations::none();
        super::leaf::walk(self, |leaf| {
            let mut wrong = |error: Error| violations.push(error.with_hint(self.hint(&error)));
            match leaf {
                Ok(leaf) => leaf.check(&mut wrong),
                Err(error) => wrong(error),
            }
        });
        violations.into_result()
    }

    /// Changes over this message; what is not changed is copied as it stands.
    #[must_use]
    #[inline]
    pub fn edit(&self) -> Edit<'_> {
        Edit::over(self)
    }

    /// The reply by the rules of the spec: its message type, and the echoed elements as they stand.
    ///
    /// # Errors
    /// The spec has no message of this type, or no reply to it.
    pub fn reply(&self) -> Result<Edit<'_>, Error> {
        let missing = |what| Error::new(Path::MTI, 0, ErrorKind::NoMessage(what));
        let reply = self.rule().ok_or_else(|| missing("message"))?.reply.ok_or_else(|| missing("reply"))?;
        let mut edit = self.edit();
        edit.mti(reply.mti).keep_set(&reply.set);
        Ok(edit)
    }
}

#[cold]
#[inline(never)]
pub(crate) fn wrong(number: u8, at: usize, fault: Fault) -> Error {
    Error::within(Path::element(number), at, fault)
}

impl Rule {
    /// Units of the content that starts, prefix first, at `start` of the message and has `bytes` bytes.
    #[inline(always)]
    pub(crate) fn units(&self, wire: &[u8], start: usize, bytes: usize) -> u32 {
        use crate::wire::Encoding;
        match (self.encoding, self.length) {
            (_, Length::Fixed(units)) => units,
            (Encoding::Hex | Encoding::EbcdicHex, _) => bytes as u32 / 2,
            // Only the prefix knows whether the last nibble counts.
            (Encoding::Bcd { .. }, Length::Variable { .. }) => {
                read_prefix(self, &wire[start..]).map_or(0, |measured| measured.units)
            }
            _ => bytes as u32,
        }
    }
}

impl std::fmt::Debug for Message {
    /// Masked as the spec says.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        struct Shown<'a>(&'a Message);
        impl std::fmt::Debug for Shown<'_> {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                let mut map = f.debug_map();
                super::leaf::walk(self.0, |leaf| {
                    match leaf {
                        Ok(leaf) => map.entry(&format_args!("{}", leaf.path()), &format_args!("{}", leaf.masked())),
                        Err(error) => map.entry(&format_args!("{}", error.path()), &format_args!("{}", error.kind())),
                    };
                });
                map.finish()
            }
        }
        f.debug_struct("Message")
            .field("dialect", &self.dialect.name())
            .field("mti", &format_args!("{}", self.mti()))
            .field("elements", &Shown(self))
            .finish()
    }
}
