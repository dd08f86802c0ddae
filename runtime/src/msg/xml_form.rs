//! The values of a composite in its XML form, as they would stand on the wire: text becomes digits, characters or bytes
//! as each child's rule has it.

use zeroize::Zeroizing;

use super::field::Field;
use super::layout::Composite;
use super::xml::{self, Scanner, Value};
use crate::wire::{Body, Class, Encoding, ErrorKind, Fault, Length, Rule};

/// Whether this inside is in its XML form.
pub(crate) fn is_xml(composite: &Composite, inside: &[u8]) -> bool {
    composite.xml && xml::is_xml(inside)
}

/// The declared child that an element of this name is.
pub(crate) fn named(composite: &Composite, name: &[u8]) -> Option<&'static Field> {
    composite.fields.iter().find(|field| field.xml.is_some_and(|xml| xml.as_bytes() == name))
}

/// The values of all elements, one after the other, wiped on drop.
#[derive(Clone)]
pub(crate) struct Translated {
    bytes: Zeroizing<Vec<u8>>,
    values: Vec<Content>,
}

#[derive(Clone, Copy)]
struct Content {
    start: usize,
    end: usize,
    units: u32,
    fault: Option<Fault>,
}

impl Translated {
    /// All values of a document; what is wrong with one is told where it is read.
    pub(crate) fn of(composite: &Composite, inside: &[u8]) -> Result<Self, xml::Wrong> {
        let mut translated = Translated { bytes: Zeroizing::new(Vec::new()), values: Vec::new() };
        let mut scanner = Scanner::default();
        while let Some(value) = scanner.next(inside)? {
            let text = xml::unescaped(inside, &value)?;
            translated.push(named(composite, &inside[value.name.clone()]), &text);
        }
        Ok(translated)
    }

    fn push(&mut self, field: Option<&'static Field>, text: &[u8]) {
        let start = self.bytes.len();
        let read = match field {
            Some(field) => read(field, text, &mut self.bytes),
            None => {
                self.bytes.extend_from_slice(text);
                Ok((text.len() as u32, None))
            }
        };
        let (units, fault) = read.unwrap_or_else(|fault| {
            self.bytes.truncate(start);
            (0, Some(fault))
        });
        self.values.push(Content { start, end: self.bytes.len(), units, fault });
    }

    /// Bytes and units of the n-th value from 0, and what is wrong with it.
    pub(crate) fn value(&self, place: usize) -> Option<(&[u8], u32, Option<Fault>)> {
        let content = self.values.get(place)?;
        Some((&self.bytes[content.start..content.end], content.units, content.fault))
    }
}

/// Appends the content that a text stands for; gives its units. A composite that is too short is there all the same,
/// since it may be written child by child.
fn read(field: &Field, text: &[u8], out: &mut Vec<u8>) -> Result<(u32, Option<Fault>), Fault> {
    let rule = &field.rule;
    let text =
        str::from_utf8(text).map_err(|error| Fault { kind: ErrorKind::Unmappable, at: error.valid_up_to() as u32 })?;
    let (mut bare, mut min) = without_prefix(rule);
    let units = units_in(rule, text);
    if let Length::Fixed(fixed) = rule.length {
        // Padding is a part of the value here as on the wire.
        min = fixed;
    }
    if units >= min {
        Body::new(&bare, out).leaf(text)?;
        return Ok((units, None));
    }
    let fault = ErrorKind::TooShort { min, found: units }.into();
    if field.composite.is_none() {
        return Err(fault);
    }
    bare.length = Length::Rest { max: rule.max() };
    Body::new(&bare, out).leaf(text)?;
    Ok((units, Some(fault)))
}

/// The rule of content that nothing but its surroundings measures, and the fewest units of it.
pub(crate) fn without_prefix(rule: &Rule) -> (Rule, u32) {
    let mut bare = *rule;
    match rule.length {
        Length::Variable { min, max, .. } => {
            bare.length = Length::Rest { max };
            (bare, min)
        }
        Length::Fixed(_) | Length::Rest { .. } => (bare, 0),
    }
}

/// Units of a value given as text or hex, written by this rule.
pub(crate) fn units_of_leaf(rule: &Rule, text: &str) -> u32 {
    match rule.length {
        Length::Fixed(units) => units,
        Length::Variable { .. } | Length::Rest { .. } => units_in(rule, text),
    }
}

fn units_in(rule: &Rule, text: &str) -> u32 {
    let units = match (rule.class, rule.encoding) {
        (Class::B, _) => text.len() / 2,
        (_, Encoding::Utf8) => text.len(),
        _ => text.chars().count(),
    };
    u32::try_from(units).unwrap_or(u32::MAX)
}

/// Units of an inside of so many bytes, written by this rule.
pub(crate) fn units_of_inside(rule: &Rule, bytes: usize, fillers: u32) -> u32 {
    let units = match (rule.class, rule.encoding) {
        (Class::B, _) => bytes,
        (_, Encoding::Bcd { .. }) => (2 * bytes).saturating_sub(fillers as usize),
        _ => bytes,
    };
    u32::try_from(units).unwrap_or(u32::MAX)
}

/// The text of a value where it stands as it would on the wire, so that it can be borrowed from the message.
pub(crate) fn as_it_stands<'a>(
    field: Option<&'static Field>,
    inside: &'a [u8],
    value: &Value,
) -> Option<(&'a [u8], u32)> {
    let text = &inside[value.text.clone()];
    if !value.plain {
        return None;
    }
    let Some(rule) = field.map(|field| &field.rule) else { return Some((text, text.len() as u32)) };
    match (rule.class, rule.encoding) {
        (Class::B, Encoding::Hex) => Some((text, text.len() as u32 / 2)),
        (Class::B, _) => None,
        (_, Encoding::Ascii | Encoding::Utf8) => Some((text, text.len() as u32)),
        (_, Encoding::Latin1) if text.is_ascii() => Some((text, text.len() as u32)),
        _ => None,
    }
}
