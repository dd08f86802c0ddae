//! Random messages of any dialect, accepted and meaningful by construction, with the leaves they must be read as.

use isopace::Dialect;
use isopace::msg::{Composite, CompositeKind, Field, Key};
use isopace::wire::{BitmapEncoding, BitmapRule, Class, Encoding, Length, Rule};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use super::contents;
use super::reference::{self, hex};

/// Tags that no shipped spec lists, primitive and constructed, of one to three bytes.
const UNLISTED: [u32; 6] = [0xC1, 0xE2, 0xDF01, 0xDF02, 0xBF0C, 0xDF_8129];

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
struct Part {
    key: Key,
    wire: Vec<u8>,
    leaves: Vec<(String, String)>,
    canonical: bool,
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
            let mut wire = [reference::mti(dialect.mti_encoding(), &mti), bitmaps].concat();
            let mut leaves = Vec::new();
            for element in elements {
                wire.extend_from_slice(&element.wire);
                leaves.extend(below(&element.key.to_string(), element.leaves));
            }
            Sample { wire, mti, leaves, canonical }
        })
        .boxed()
}

fn number(key: Key) -> u16 {
    match key {
        Key::Number(number) => number,
        Key::Tag(..) => unreachable!("a tag where a number must be"),
    }
}

fn below(path: &str, leaves: Vec<(String, String)>) -> impl Iterator<Item = (String, String)> {
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
fn element(field: &'static Field, framed: bool) -> BoxedStrategy<Part> {
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
                Part { key, wire, leaves: vec![(String::new(), value.leaf())], canonical }
            })
            .boxed();
    };
    let most = match (rule.length, rule.class, rule.encoding) {
        (Length::Fixed(_), ..) => usize::MAX,
        (Length::Variable { max, .. } | Length::Rest { max }, ..) => max as usize,
    };
    inside(composite, most, matches!(rule.length, Length::Fixed(_)))
        .prop_map(move |inside| {
            let content = match (rule.class, rule.encoding) {
                (Class::B, Encoding::Hex) => hex(&inside.wire).into_bytes(),
                (Class::B, Encoding::EbcdicHex) => reference::ebcdic(&hex(&inside.wire)),
                _ => inside.wire.clone(),
            };
            let units =
                if matches!(rule.encoding, Encoding::Bcd { .. }) { content.len() * 2 } else { inside.wire.len() };
            Part { key, wire: frame(units, content), leaves: inside.leaves, canonical: inside.canonical }
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

/// The children of a composite, at most so many bytes.
fn inside(composite: Composite, most: usize, all: bool) -> BoxedStrategy<Part> {
    let children: Vec<&'static Field> = composite.fields.iter().collect();
    let count = children.len();
    match composite.kind {
        CompositeKind::Positional => {
            let least = if all { count } else { 0 };
            let taken = (least..=count).prop_flat_map(move |taken| {
                children[..taken].iter().map(|child| element(child, true)).collect::<Vec<_>>()
            });
            taken.prop_map(move |parts| joined(Vec::new(), there(fitting(parts, most)))).boxed()
        }
        CompositeKind::Bitmap(rule) => {
            let taken = subsequence(children, 0..=count)
                .prop_flat_map(|taken| taken.into_iter().map(|child| element(child, true)).collect::<Vec<_>>());
            taken.prop_map(move |parts| with_bitmaps(rule, fitting(parts, most - 48))).boxed()
        }
        CompositeKind::BerTlv => {
            let listed = select(children).prop_flat_map(|child| element(child, false));
            let unlisted = (select(&UNLISTED), vec(any::<u8>(), 0..20)).prop_map(|(tag, wire)| Part {
                key: Key::tag(tag),
                leaves: vec![(String::new(), hex(&wire))],
                wire,
                canonical: true,
            });
            let object =
                (prop_oneof![4 => listed, 1 => unlisted], prop_oneof![15 => Just(false), 1 => Just(true)], 0..2usize);
            vec(object, 0..10).prop_map(move |objects| tlv(objects, most)).boxed()
        }
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
fn joined(mut wire: Vec<u8>, parts: Vec<Part>) -> Part {
    let canonical = parts.iter().all(|part| part.canonical);
    let mut leaves = if parts.is_empty() { vec![(String::new(), hex(&wire))] } else { Vec::new() };
    for part in parts {
        wire.extend_from_slice(&part.wire);
        leaves.extend(below(&part.key.to_string(), part.leaves));
    }
    Part { key: Key::Number(0), wire, leaves, canonical }
}

fn with_bitmaps(rule: BitmapRule, parts: Vec<Part>) -> Part {
    let numbers: Vec<u16> = parts.iter().map(|part| number(part.key)).collect();
    let needed = if rule.maps == 1 { 1 } else { numbers.last().map_or(1, |last| usize::from(last.div_ceil(64))) };
    joined(reference::bitmaps(rule.encoding, &numbers, needed), parts)
}

/// Tag, length, value; now and then with padding in front and a length longer than it need be.
fn tlv(objects: Vec<(Part, bool, usize)>, most: usize) -> Part {
    let (mut wire, mut leaves, mut canonical, mut plain) = (Vec::new(), Vec::new(), true, true);
    let mut seen: Vec<Key> = Vec::new();
    for (part, odd, padding) in objects {
        let mut object = vec![0; if odd { padding } else { 0 }];
        object.extend(reference::unhex(&part.key.to_string()));
        let length = part.wire.len();
        match length {
            0..=0x7F if !odd => object.push(length as u8),
            0..=0xFF => object.extend([0x81, length as u8]),
            _ => object.extend([0x82, (length >> 8) as u8, length as u8]),
        }
        object.extend_from_slice(&part.wire);
        if wire.len() + object.len() > most {
            break;
        }
        plain &= !odd || (padding == 0 && length > 0x7F);
        wire.extend(object);
        canonical &= part.canonical;
        seen.push(part.key);
        let path = match seen.iter().filter(|key| **key == part.key).count() {
            1 => part.key.to_string(),
            occurrence => format!("{}#{occurrence}", part.key),
        };
        leaves.extend(below(&path, part.leaves));
    }
    if !plain || wire.is_empty() {
        // Shown as one value, so that what is shown can be written back.
        leaves = vec![(String::new(), hex(&wire))];
    }
    Part { key: Key::Number(0), wire, leaves, canonical }
}
