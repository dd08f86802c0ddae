//! Example values and messages as bytes on the wire.
//!
//! A small encoder of its own: it knows how to write what it made up, not how to read, and it is no part of the codec.
//! Card numbers are test numbers.

pub(in crate::print) mod charset;
mod content;
mod inside;
mod value;

use std::ops::Range;

use crate::model::{Class, CompositeKind, Field, Key, Message, Spec, ThirdBitmap};
use crate::print::words;
use value::Want;

pub(super) use content::hex;

/// A whole message made up from a spec.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Example {
    /// The message as it stands on the wire, without a frame around it.
    pub wire: Vec<u8>,
    /// What stands where: message type, bitmaps, elements, and after each composite what is inside it.
    pub parts: Vec<Part>,
}

/// One part of an example.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// `mti`, `bitmap`, or the path of an element, as in `55.9F26`.
    pub path: String,
    /// Name for people.
    pub name: String,
    /// Bytes of the whole part, length prefix or tag included.
    pub span: Range<usize>,
    /// Bytes of its content alone.
    pub content: Range<usize>,
    /// The value: text as it stands, padding included; upper-case hex for bytes. Empty for a composite.
    pub value: String,
}

/// One value as bytes. Spans of parts count from the start of the content.
pub(super) struct Encoded {
    /// Tag and length of a TLV, or the length prefix.
    pub(super) header: Vec<u8>,
    pub(super) content: Vec<u8>,
    /// Units of the content.
    units: usize,
    pub(super) value: String,
    pub(super) parts: Vec<Part>,
}

impl Encoded {
    fn len(&self) -> usize {
        self.header.len() + self.content.len()
    }

    /// Itself and what is inside it as parts that start at an offset.
    fn into_parts(self, field: &Field, path: &str, at: usize) -> Vec<Part> {
        let start = at + self.header.len();
        let whole = Part {
            path: path.to_owned(),
            name: field.name.clone(),
            span: at..start + self.content.len(),
            content: start..start + self.content.len(),
            value: self.value,
        };
        std::iter::once(whole).chain(self.parts.into_iter().map(|part| part.moved(start))).collect()
    }
}

impl Part {
    fn moved(mut self, by: usize) -> Self {
        self.span = self.span.start + by..self.span.end + by;
        self.content = self.content.start + by..self.content.end + by;
        self
    }

    /// Where bytes became two hex characters each.
    fn doubled(mut self) -> Self {
        self.span = self.span.start * 2..self.span.end * 2;
        self.content = self.content.start * 2..self.content.end * 2;
        self
    }
}

/// An element as it could stand in a message, or in the composite that it is `within`.
pub(super) fn element(field: &Field, path: &str, within: Option<CompositeKind>) -> Encoded {
    match within {
        Some(kind) => inside::child(kind, field, path, Want::Usual, usize::MAX),
        None => encoded(field, path, Want::Usual, usize::MAX),
    }
}

fn encoded(field: &Field, path: &str, want: Want, space: usize) -> Encoded {
    if let Some(composite) = &field.composite {
        return inside::encoded(field, composite, path, want, space);
    }
    let (content, value, units) = if field.class == Class::B {
        let bytes = value::bytes(field, want);
        (content::bytes(&bytes, field.encoding), hex(&bytes), bytes.len())
    } else {
        let text = value::text(field, want);
        let units = value::units(&text, field.encoding) as usize;
        (content::of_field(&text, field, field.encoding), text, units)
    };
    let header = content::prefix(field.length, units, content.len());
    Encoded { header, content, units, value, parts: Vec::new() }
}

/// A message with its mandatory elements; with all that are listed where none is mandatory.
///
/// ```
/// let text = isogen::shipped::text("iso87-a").unwrap_or_default();
/// let spec = isogen::load_str("iso87-a", text)?.spec;
/// let message = spec.message("network-management-request").ok_or_else(|| isogen::load_str("", "").unwrap_err())?;
/// let example = isogen::print::docs::example(&spec, message);
/// assert!(example.wire.starts_with(b"080082200000000000000400000000000000"));
/// assert_eq!(example.parts.last().map(|part| part.path.as_str()), Some("70"));
/// # Ok::<(), isogen::Diagnostics>(())
/// ```
#[must_use]
pub fn example(spec: &Spec, message: &Message) -> Example {
    let mut numbers = if message.mandatory.is_empty() {
        [message.conditional.as_slice(), &message.optional].concat()
    } else {
        message.mandatory.clone()
    };
    numbers.retain(|number| spec.field(*number).is_some());
    numbers.sort_unstable();
    let mut wire = content::digits(&message.mti, spec.mti);
    let mut parts = vec![plain("mti", "Message type indicator", 0..wire.len(), message.mti.clone())];
    let listed = |numbers: &[u16]| numbers.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
    let mut bitmaps = content::bitmaps(&numbers, spec.bitmap);
    // The last one may be an element among the others.
    let beyond = numbers.partition_point(|number| *number <= 128);
    let mut third = Vec::new();
    if spec.third_bitmap == ThirdBitmap::Element65 && beyond < numbers.len() {
        third = bitmaps.split_off(bitmaps.len() / 3 * 2);
    }
    let announced = if third.is_empty() { &numbers } else { &numbers[..beyond] };
    parts.push(plain("bitmap", "Bitmap", wire.len()..wire.len() + bitmaps.len(), listed(announced)));
    wire.extend(bitmaps);
    for field in numbers.iter().filter_map(|number| spec.field(*number)) {
        if !third.is_empty() && field.key > Key::Number(65) {
            let span = wire.len()..wire.len() + third.len();
            parts.push(plain("bitmap", "Third bitmap", span, listed(&numbers[beyond..])));
            wire.append(&mut third);
        }
        let path = words::path("", &field.key);
        let element = element(field, &path, None);
        let at = wire.len();
        wire.extend_from_slice(&element.header);
        wire.extend_from_slice(&element.content);
        parts.extend(element.into_parts(field, &path, at));
    }
    Example { wire, parts }
}

impl Example {
    /// The wire cut where one part ends and another begins: the places of the parts, innermost first, and their bytes.
    pub(super) fn runs(&self) -> Vec<(usize, Range<usize>)> {
        let mut owner = vec![0; self.wire.len()];
        for (place, part) in self.parts.iter().enumerate() {
            // What is inside a part comes after it.
            owner.get_mut(part.span.clone()).unwrap_or_default().fill(place);
        }
        let mut runs: Vec<(usize, Range<usize>)> = Vec::new();
        for (at, place) in owner.into_iter().enumerate() {
            match runs.last_mut() {
                Some((last, run)) if *last == place => run.end = at + 1,
                _ => runs.push((place, at..at + 1)),
            }
        }
        runs
    }
}

fn plain(path: &str, name: &str, span: Range<usize>, value: String) -> Part {
    Part { path: path.to_owned(), name: name.to_owned(), span: span.clone(), content: span, value }
}
