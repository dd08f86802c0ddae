//! Random messages of any dialect, accepted and meaningful by construction, with the leaves they must be read as.

use isopace::Dialect;
use isopace::msg::{Composite, CompositeKind, Field, Key};
use isopace::wire::{BitmapEncoding, BitmapRule, Class, Encoding, Length, Rule};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use super::reference::{self, hex};
use super::{contents, objects};

/// A message and what must be read from it.
#[derive(Clone)]
pub(crate) struct Sample {
    pub(crate) wire: Vec<u8>,
    pub(crate) mti: String,
    /// Path and value, in the order of the wire.
    pub(crate) leaves: Vec<(String, String)>,
    /// Whether the leaves say all there is to say: upper-case hex, no padding between tags, no empty bitmap.
    pub(crate) canonical: bool,
}

impl std::fmt::Debug for Sample {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {:?} canonical: {}", hex(&self.wire), self.leaves, self.canonical)
    }
}

/// One element: its bytes, its leaves below its own path.
#[derive(Debug, Clone)]
pub(crate) struct Part {
    pub(crate) key: Key,
    pub(crate) wire: Vec<u8>,
    /// Of its content.
    pub(crate) units: usize,
    pub(crate) leaves: Vec<(String, String)>,
    pub(crate) canonical: bool,
}

/// Random accepted messages of a dialect.
pub(crate) fn message(dialect: &'static Dialect) -> BoxedStrategy<Sample> {
    let fields: Vec<&'static Field> = dialect.fields().iter().collect();
    let all = fields.len();
    let types: Vec<String> = dialect.messages().iter().map(|message| message.mti.to_owned()).collect();
    let mti = if types.is_empty() { "[0-9]{4}".boxed() } else { prop_oneof![select(types), "[0-9]{4}"].boxed() };
    let present = prop_oneof![4 => subsequence(fields.clone(), 0..=all.min(12)), 1 => subsequence(fields, 0..=all)];
    let elements =
        present.prop_flat_map(|fields| fields.into_iter().map(|field| element(field, true)).collect::<Vec<_>>());
    let maps = 1..=usize::from(dialect.bitmap().maps);
    (mti, elements, maps, any::<bool>(), 0..4u8)
        .prop_map(move |(mti, elements, extra, more_maps, case)| {
            let numbers: Vec<u16> = elements.iter().map(|element| number(element.key)).collect();
            let needed = numbers.last().map_or(1, |last| usize::from(last.div_ceil(64)));
            let maps = if more_maps { needed.max(extra) } else { needed };
            let mut bitmaps = reference::bitmaps(dialect.bitmap().encoding, &numbers, maps);
            let upper = bitmaps.clone();
            if case == 0 {
                lower_case(dialect.bitmap().encoding, &mut bitmaps);
            }
            let canonical = maps == needed && bitmaps == upper && elements.iter().all(|element| element.canonical);
            let among = maps == 3 && dialect.has_third_bitmap_as_element();
            let mut third = if among { bitmaps.split_off(bitmaps.len() / 3 * 2) } else { Vec::new() };
            let mut wire = [reference::mti(dialect.mti_encoding(), &mti), bitmaps].concat();
            let mut leaves = Vec::new();
            let before = numbers.iter().filter(|number| **number < 65).count();
            for (place, element) in elements.into_iter().enumerate() {
                if place == before {
                    wire.append(&mut third);
                }
                wire.extend_from_slice(&element.wire);
                leaves.extend(below(&element.key.to_string(), element.leaves));
            }
            wire.append(&mut third);
            Sample { wire, mti, leaves, canonical }
        })
        .boxed()
}

fn number(key: Key) -> u16 {
    match key {
        Key::Number(number) => number,
        _ => unreachable!("a tag where a number must be"),
    }
}

pub(crate) fn below(path: &str, leaves: Vec<(String, String)>) -> impl Iterator<Item = (String, String)> {
    leaves
        .into_iter()
        .map(move |(rest, value)| (if rest.is_empty() { path.to_owned() } else { format!("{path}.{rest}") }, value))
}

fn lower_case(encoding: BitmapEncoding, text: &mut [u8]) {
    match encoding {
        BitmapEncoding::Binary => {}
        BitmapEncoding::Hex => text.make_ascii_lowercase(),
        BitmapEncoding::EbcdicHex => lower_ebcdic(text),
    }
}

/// A to F only.
fn lower_ebcdic(text: &mut [u8]) {
    text.iter_mut().filter(|byte| (0xC1..=0xC6).contains(*byte)).for_each(|byte| *byte -= 0x40);
}

/// One element of a field; in TLV the length stands elsewhere, so it is not `framed`.
pub(crate) fn element(field: &'static Field, framed: bool) -> BoxedStrategy<Part> {
    let (key, rule) = (field.key, &field.rule);
    let frame = move |units: usize, content: Vec<u8>| {
        if framed { reference::framed(rule, units, &content) } else { content }
    };
    let Some(composite) = field.composite else {
        return (contents::value(field), 0..4u8)
            .prop_map(move |(value, case)| {
                let upper = reference::content(rule, &value);
                let content = if case == 0 { lowered(rule, upper.clone()) } else { upper.clone() };
                let canonical = content == upper;
                let wire = frame(value.units(), content);
                Part { key, wire, units: value.units(), leaves: vec![(String::new(), value.leaf())], canonical }
            })
            .boxed();
    };
    let most = match (rule.length, rule.class, rule.encoding) {
        (Length::Fixed(_), ..) => usize::MAX,
        (Length::Variable { max, .. } | Length::Rest { max }, ..) => max as usize,
    };
    let composite = filled(field, composite);
    let all = matches!(rule.length, Length::Fixed(_) | Length::Variable { min: 1.., .. });
    inside(composite, most, all, objects::is_text(field))
        .prop_map(move |inside| {
            let content = match (rule.class, rule.encoding) {
                (Class::B, Encoding::Hex) => hex(&inside.wire).into_bytes(),
                (Class::B, Encoding::EbcdicHex) => reference::ebcdic(&hex(&inside.wire)),
                _ => inside.wire.clone(),
            };
            let units =
                if matches!(rule.encoding, Encoding::Bcd { .. }) { content.len() * 2 } else { inside.wire.len() };
            Part { key, wire: frame(units, content), units, leaves: inside.leaves, canonical: inside.canonical }
        })
        .boxed()
}

fn lowered(rule: &Rule, mut content: Vec<u8>) -> Vec<u8> {
    match (rule.class, rule.encoding) {
        (Class::B, Encoding::Hex) => content.make_ascii_lowercase(),
        (Class::B, Encoding::EbcdicHex) => lower_ebcdic(&mut content),
        _ => {}
    }
    content
}

/// The composite of a field of fixed length whose last child takes what is left: just that.
fn filled(field: &Field, composite: Composite) -> Composite {
    let (Length::Fixed(units), CompositeKind::Positional, Some((last, earlier))) =
        (field.rule.length, composite.kind, composite.fields.split_last())
    else {
        return composite;
    };
    let Length::Rest { .. } = last.rule.length else { return composite };
    let whole = if field.rule.class == Class::B { units } else { field.rule.wire_bytes(units) };
    let left = whole - earlier.iter().map(|child| child.rule.wire_bytes(child.rule.max())).sum::<u32>();
    let mut fields = composite.fields.to_vec();
    if let Some(last) = fields.last_mut() {
        last.rule.length = Length::Fixed(left * 2 / last.rule.wire_bytes(2));
    }
    Composite::new(composite.kind, fields.leak())
}

/// The children of a composite, at most so many bytes.
fn inside(composite: Composite, most: usize, all: bool, is_text: bool) -> BoxedStrategy<Part> {
    if composite.xml {
        let plain = Composite::new(composite.kind, composite.fields).unknown(composite.unknown);
        return prop_oneof![inside(plain, most, all, is_text), objects::xml(composite, is_text)].boxed();
    }
    let children: Vec<&'static Field> = composite.fields.iter().collect();
    let count = children.len();
    match composite.kind {
        CompositeKind::Positional => {
            let least = if all { count } else { 0 };
            let taken = (least..=count).prop_flat_map(move |taken| {
                children[..taken].iter().map(|child| element(child, true)).collect::<Vec<_>>()
            });
            taken.prop_map(move |parts| joined(Vec::new(), there(fitting(parts, most)), is_text)).boxed()
        }
        CompositeKind::Bitmap(rule) => {
            let taken = subsequence(children, 0..=count)
                .prop_flat_map(|taken| taken.into_iter().map(|child| element(child, true)).collect::<Vec<_>>());
            taken.prop_map(move |parts| with_bitmaps(rule, fitting(parts, most - 48), is_text)).boxed()
        }
        CompositeKind::BerTlv | CompositeKind::Tlv(_) | CompositeKind::Ltv(_) | CompositeKind::Pairs => {
            objects::objects(composite, most, is_text)
        }
        CompositeKind::Repeat { .. } => objects::groups(composite, most, all, is_text),
    }
}

/// Positions at the end that are not even a length prefix cannot be told from none.
fn there(mut parts: Vec<Part>) -> Vec<Part> {
    while parts.last().is_some_and(|part| part.wire.is_empty()) {
        parts.pop();
    }
    parts
}

/// The first parts that are no more than so many bytes together.
fn fitting(parts: Vec<Part>, most: usize) -> Vec<Part> {
    let mut left = most;
    parts
        .into_iter()
        .map_while(|part| {
            left = left.checked_sub(part.wire.len())?;
            Some(part)
        })
        .collect()
}

/// Parts behind their bitmaps, if any. Without parts it is shown as one value.
fn joined(mut wire: Vec<u8>, parts: Vec<Part>, is_text: bool) -> Part {
    let canonical = parts.iter().all(|part| part.canonical);
    let mut leaves = if parts.is_empty() { objects::whole(is_text, &wire) } else { Vec::new() };
    for part in parts {
        wire.extend_from_slice(&part.wire);
        leaves.extend(below(&part.key.to_string(), part.leaves));
    }
    Part { key: Key::Number(0), units: wire.len(), wire, leaves, canonical }
}

fn with_bitmaps(rule: BitmapRule, parts: Vec<Part>, is_text: bool) -> Part {
    let numbers: Vec<u16> = parts.iter().map(|part| number(part.key)).collect();
    let needed = if rule.maps == 1 { 1 } else { numbers.last().map_or(1, |last| usize::from(last.div_ceil(64))) };
    joined(reference::bitmaps(rule.encoding, &numbers, needed), parts, is_text)
}
