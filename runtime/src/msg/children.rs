//! The walk over the children of a composite: positions, a bitmap's bits, tagged objects, pairs, groups, XML elements.

use super::child::{Child, NOT_BORROWED};
use super::elements::{Elements, contains};
use super::field::{Composite, CompositeKind, Field, Key};
use super::layout::Unknown;
use super::object::{self, Found};
use super::place::Place;
use super::xml::{self, Scanner};
use super::xml_form::{self, Translated};
use super::{Error, Path};
use crate::wire::{Class, Encoding, ErrorKind, Length, Rule, bitmap_width, decode_bitmap, read_prefix};

/// The children of a composite, one after the other. Ends at the first error.
#[derive(Clone)]
pub struct Children<'a> {
    composite: Composite,
    bytes: &'a [u8],
    path: Path,
    place: Place,
    at: usize,
    /// Objects so far, those passed over included.
    count: usize,
    next: Next,
    /// The values of an inside in its XML form; without them only those are read that stand as on the wire.
    translated: Option<&'a Translated>,
    /// Whether the last child may be written in part only.
    unfinished: bool,
}

#[derive(Clone)]
enum Next {
    Start,
    Position(u16),
    Bits(Elements),
    Object,
    Group(u16),
    // Boxed, since few composites are ever XML and this is moved about.
    Xml(Box<Scanner>),
    Done,
}

impl<'a> Children<'a> {
    pub(crate) const fn new(composite: Composite, bytes: &'a [u8], path: Path, place: Place) -> Self {
        Children {
            composite,
            bytes,
            path,
            place,
            at: 0,
            count: 0,
            next: Next::Start,
            translated: None,
            unfinished: false,
        }
    }

    /// With the values of an inside in its XML form.
    pub(crate) const fn translated(mut self, translated: Option<&'a Translated>) -> Self {
        self.translated = translated;
        self
    }

    /// Of an inside that is being written: the last child may be a composite of fixed length that is too short yet, or
    /// a group that lacks its last children.
    pub(crate) const fn unfinished(mut self) -> Self {
        self.unfinished = true;
        self
    }

    /// The first child with this key.
    pub(crate) fn find_key(mut self, key: Key) -> Result<Option<Child<'a>>, Error> {
        self.find(|child| child.as_ref().map_or(true, |child| child.key == key)).transpose()
    }

    fn fail(&mut self, path: Path, kind: ErrorKind) -> Option<Result<Child<'a>, Error>> {
        self.next = Next::Done;
        Some(Err(Error::new(path, self.place.at(self.at), kind)))
    }

    fn trailing(&mut self) -> Option<Result<Child<'a>, Error>> {
        self.fail(self.path, ErrorKind::Trailing { bytes: (self.bytes.len() - self.at) as u32 })
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
            Length::Fixed(_) if self.unfinished && field.composite.is_some() => {
                let size = field.rule.wire_bytes(field.rule.max()) as usize;
                Ok((None, size.min(rest.len())))
            }
            Length::Variable { min: 1.., .. } if self.unfinished && field.composite.is_some() => {
                let rule = field.rule.unfinished().unwrap_or(field.rule);
                read_prefix(&rule, rest).map(|measured| (Some(measured.units), measured.bytes as usize))
            }
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
        let field = Some(field);
        Some(Ok(Child { key, field, path, start, end: self.at, place, bytes, units, name: &[], fault: None }))
    }

    /// The next object that is a child.
    fn object(&mut self) -> Option<Result<Child<'a>, Error>> {
        loop {
            let found = match object::next(&self.composite, self.bytes, self.at) {
                Ok(None) => return None,
                Ok(Some(found)) => found,
                Err(wrong) => {
                    self.at = wrong.at;
                    let path = match (wrong.tag, self.composite.kind) {
                        (Some(tag), _) => self.path_of(tag, &[], self.composite.field(tag)),
                        (None, CompositeKind::Pairs) => {
                            let listed = self.composite.pair(&self.bytes[wrong.name]);
                            self.path.child(listed.map_or(Key::ordinal(self.count + 1), |field| field.key))
                        }
                        (None, _) => self.path,
                    };
                    return self.fail(path, wrong.kind);
                }
            };
            let Found { tag, name, start, content, units } = found;
            if content.end <= self.at {
                // Tag and length of no width at all: the lints refuse it.
                return self.trailing();
            }
            self.at = content.end;
            self.count += 1;
            let listed = match tag {
                Some(tag) => self.composite.field(tag),
                None => self.composite.pair(name),
            };
            let key = listed.map(|field| field.key).or(tag).unwrap_or(Key::ordinal(self.count));
            let child = Child {
                key,
                field: listed,
                path: self.path_of(key, name, listed),
                start,
                end: content.end,
                place: self.place.from(content.start),
                bytes: &self.bytes[content],
                units,
                name,
                fault: None,
            };
            if let Some(child) = self.admitted(child) {
                return Some(child);
            }
        }
    }

    /// A child that is listed, or what becomes of one that is not.
    fn admitted(&mut self, child: Child<'a>) -> Option<Result<Child<'a>, Error>> {
        match self.composite.unknown {
            Unknown::Skip if child.field.is_none() => None,
            Unknown::Reject if child.field.is_none() => {
                self.at = child.start;
                self.fail(child.path, ErrorKind::Undefined)
            }
            Unknown::Keep | Unknown::Skip | Unknown::Reject => Some(Ok(child)),
        }
    }

    /// The path of an object. One that is not listed has its tag only where that may be shown.
    fn path_of(&self, key: Key, name: &[u8], field: Option<&Field>) -> Path {
        let shown = field.is_some() || object::may_be_shown(key, name);
        self.path.child(if shown { key } else { Key::ordinal(self.count.max(1)) })
    }

    /// A group: all of its children, one after the other.
    fn group(&mut self, number: u16) -> Option<Result<Child<'a>, Error>> {
        let key = Key::Number(number);
        let group = self.composite.field(key).and_then(|field| Some((field, field.composite?)));
        let Some((field, composite)) = group else { return self.trailing() };
        let path = self.path.child(key);
        let mut inside = Children { composite, path, at: self.at, next: Next::Done, ..self.clone() };
        for number in 1..=composite.fields.len() {
            if self.unfinished && number > 1 && inside.at == self.bytes.len() {
                break;
            }
            if let Some(Err(error)) = inside.measured(Key::Number(number as u16)) {
                self.next = Next::Done;
                return Some(Err(error));
            }
        }
        if inside.at == self.at {
            // A group of nothing would never end: the lints refuse it.
            return self.trailing();
        }
        let (start, end) = (self.at, inside.at);
        self.at = end;
        let (bytes, place) = (&self.bytes[start..end], self.place.from(start));
        Some(Ok(Child { key, field: Some(field), path, start, end, place, bytes, units: None, name: &[], fault: None }))
    }

    /// The next element without elements inside.
    fn element(&mut self, scanner: &mut Scanner) -> Option<Result<Child<'a>, Error>> {
        loop {
            let value = match scanner.next(self.bytes) {
                Ok(value) => value?,
                Err(xml::Wrong { at, kind }) => {
                    self.at = at;
                    return self.fail(self.path, kind);
                }
            };
            let name = &self.bytes[value.name.clone()];
            let field = xml_form::named(&self.composite, name);
            let content = match self.translated {
                Some(translated) => translated.value(self.count),
                None => xml_form::as_it_stands(field, self.bytes, &value).map(|(bytes, units)| (bytes, units, None)),
            };
            let (bytes, units, fault) = content.unwrap_or((&[], 0, Some(NOT_BORROWED)));
            self.count += 1;
            let key = field.map_or(Key::ordinal(self.count), |field| field.key);
            let child = Child {
                key,
                field,
                path: self.path.child(key),
                start: value.start,
                end: value.end,
                place: self.text_place(value.text.start, field),
                bytes,
                units: Some(units),
                name,
                fault,
            };
            if let Some(child) = self.admitted(child) {
                return Some(child);
            }
        }
    }

    /// Where the text of an element is; of bytes it has two characters for each.
    fn text_place(&self, at: usize, field: Option<&Field>) -> Place {
        static HEX: Rule = Rule::rest(Class::B, u32::MAX, Encoding::Hex);
        match field {
            Some(Field { rule: Rule { class: Class::B, encoding: Encoding::Raw, .. }, .. }) => {
                self.place.content(at, &HEX)
            }
            _ => self.place.from(at),
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
            // With one map its first bit is a subfield like any other; with more it announces the next, and none comes
            // after the third.
            if rule.maps == 1 || map == 2 || !contains(&bits, map * 64 + 1) {
                break;
            }
            bits[map as usize] &= !(1 << 63);
            if map + 1 == rule.maps {
                return Err(ErrorKind::Continuation { map: map + 2, maps: rule.maps });
            }
        }
        Ok(Elements::new(bits))
    }

    /// What the walk starts with.
    fn start(&mut self) -> Result<Next, ErrorKind> {
        if xml_form::is_xml(&self.composite, self.bytes) {
            return Ok(Next::Xml(Box::default()));
        }
        Ok(match self.composite.kind {
            CompositeKind::Positional => Next::Position(1),
            CompositeKind::Bitmap(rule) => Next::Bits(self.bits(rule)?),
            CompositeKind::Repeat { .. } => Next::Group(1),
            CompositeKind::BerTlv | CompositeKind::Tlv(_) | CompositeKind::Ltv(_) | CompositeKind::Pairs => {
                Next::Object
            }
        })
    }
}

impl<'a> Iterator for Children<'a> {
    type Item = Result<Child<'a>, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if matches!(self.next, Next::Start) {
            self.next = match self.start() {
                Ok(next) => next,
                Err(kind) => return self.fail(self.path, kind),
            };
        }
        let at_end = self.at == self.bytes.len();
        match &mut self.next {
            Next::Start | Next::Done => None,
            Next::Object => self.object(),
            Next::Position(_) | Next::Group(_) if at_end => None,
            Next::Group(number) => {
                let group = *number;
                *number = group.saturating_add(1);
                self.group(group)
            }
            Next::Position(number) => {
                let key = Key::Number(*number);
                *number += 1;
                if self.composite.field(key).is_none() {
                    return self.trailing();
                }
                self.measured(key)
            }
            Next::Bits(bits) => match bits.next() {
                Some(bit) => self.measured(Key::Number(u16::from(bit))),
                None if at_end => None,
                None => self.trailing(),
            },
            Next::Xml(scanner) => {
                let mut scanner = std::mem::take(scanner);
                let child = self.element(&mut scanner);
                if let Next::Xml(kept) = &mut self.next {
                    *kept = scanner;
                }
                child
            }
        }
    }
}
