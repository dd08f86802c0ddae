//! One child of a composite: its content, by the rule of the spec.

use super::codec::Decode;
use super::composite::View;
use super::field::{Field, Key};
use super::key::Escaped;
use super::object;
use super::place::Place;
use super::{Error, Path};
use crate::wire::{Class, Encoding, ErrorKind, Fault, Length, Raw, Rule, units_of};

/// How a tag that the spec does not list is read: as bytes.
pub(super) static UNLISTED: Rule = Rule::rest(Class::B, u32::MAX, Encoding::Raw);

/// A value of the XML form that does not stand as it would on the wire, so that only a [`View`] can have it.
pub(super) const NOT_BORROWED: Fault = Fault { kind: ErrorKind::Type, at: 0 };

/// One child of a composite.
#[derive(Clone, Copy)]
pub struct Child<'a> {
    pub(super) key: Key,
    pub(super) field: Option<&'static Field>,
    pub(super) path: Path,
    /// From the start of the composite: the whole child, with tag or prefix.
    pub(super) start: usize,
    pub(super) end: usize,
    /// Where the content is in the message.
    pub(super) place: Place,
    pub(super) bytes: &'a [u8],
    pub(super) units: Option<u32>,
    /// Name of a pair or element on the wire.
    pub(super) name: &'a [u8],
    /// Why there is no content.
    pub(super) fault: Option<Fault>,
}

impl<'a> Child<'a> {
    /// Its number, tag or name; its place among its siblings where the spec does not list its name.
    #[must_use]
    pub const fn key(&self) -> Key {
        self.key
    }

    /// The name that it has on the wire, whether the spec lists it or not: of a pair or an XML element.
    #[must_use]
    pub const fn name(&self) -> Option<&'a [u8]> {
        if self.name.is_empty() { None } else { Some(self.name) }
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
        self.place.at(0)
    }

    /// Where its content is in the message.
    pub(crate) const fn place(&self) -> Place {
        self.place
    }

    /// Its content as it stands on the wire, hex of the inside undone; of an XML element as it would stand there.
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
        if let Some(fault) = self.fault {
            return Err(self.place.wrong(self.path, fault));
        }
        let rule = self.field.map_or(&UNLISTED, |field| &field.rule);
        let fail = |kind| Err(Error::new(self.path, self.place.at(0), kind));
        let found = self.units.unwrap_or_else(|| units_without_prefix(rule, self.bytes));
        match rule.length {
            Length::Fixed(units)
                if rule.wire_bytes(units) as usize != self.bytes.len()
                    || self.units.is_some_and(|found| found != units) =>
            {
                let least = rule.wire_bytes(units) as usize > self.bytes.len() || found < units;
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
            Length::Variable { min, .. } if found < min => fail(ErrorKind::TooShort { min, found }),
            _ => Ok(Raw::new(self.bytes, found, rule)),
        }
    }

    pub(super) fn decode<T: Decode<'a>>(self) -> Result<T, Error> {
        if !self.field.is_some_and(|field| T::HOLDS.allows(field)) {
            return Err(Error::new(self.path, self.place.at(0), ErrorKind::Type));
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

    /// How it goes by among its siblings, as far as that may be shown.
    pub(super) fn label(&self) -> impl std::fmt::Debug + use<'a> {
        struct Label<'a>(Key, &'a [u8]);
        impl std::fmt::Debug for Label<'_> {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                match self {
                    Label(Key::Ordinal(_), name) if !name.is_empty() => std::fmt::Display::fmt(&Escaped(name), f),
                    Label(key, _) => std::fmt::Display::fmt(key, f),
                }
            }
        }
        let shown = self.field.is_some() || object::may_be_shown(self.key, self.name);
        // What may not be shown has been given a place in the path.
        let key = if shown { Some(self.key) } else { self.path.last() };
        Label(key.unwrap_or(Key::Ordinal(0)), if shown { self.name } else { &[] })
    }

    pub(super) fn masked(&self) -> String {
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
