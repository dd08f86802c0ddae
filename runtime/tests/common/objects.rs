//! Objects with tags or names, groups and XML, written from what the spec language says of them.

use isopace::msg::{Composite, CompositeKind, Covers, Field, Key, TagEncoding, TaggedRule, Unknown};
use isopace::wire::{Class, Counts, Encoding, Prefix, PrefixEncoding, Side};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::messages::{Part, below, element};
use super::reference::{self, hex};

/// BER-TLV tags that no spec lists, primitive and constructed, of one to three bytes.
const UNLISTED: [&str; 6] = ["C1", "E2", "DF01", "DF02", "BF0C", "DF8129"];

/// How an inside that is shown as one value is shown.
pub(crate) fn whole(is_text: bool, wire: &[u8]) -> Vec<(String, String)> {
    let text = if is_text { wire.iter().map(|byte| char::from(*byte)).collect() } else { hex(wire) };
    vec![(String::new(), text)]
}

/// An object before its tag and length: what it goes by on the wire and in a path, its value, its units.
#[derive(Debug, Clone)]
struct Object {
    label: Vec<u8>,
    path: String,
    part: Part,
    is_listed: bool,
}

/// Objects of a `ber-tlv`, `tlv`, `ltv` or `pairs`, some of them unlisted or repeated, some written as no more than may be.
pub(crate) fn objects(composite: Composite, most: usize, is_text: bool) -> BoxedStrategy<Part> {
    let children: Vec<&'static Field> = composite.fields.iter().collect();
    let listed = select(children).prop_flat_map(|child| element(child, false)).prop_map(|part| {
        let label = label(part.key);
        Object { path: part.key.to_string(), label, part, is_listed: true }
    });
    let unlisted = (labels(composite, is_text), value(is_text)).prop_map(move |(label, wire)| {
        let path = escaped(composite.kind, &label);
        let units = wire.len();
        let leaves = vec![(String::new(), hex(&wire))];
        Object {
            label,
            path,
            part: Part { key: Key::Number(0), wire, units, leaves, canonical: true },
            is_listed: false,
        }
    });
    let object = match composite.unknown {
        Unknown::Reject => listed.boxed(),
        _ => prop_oneof![4 => listed, 1 => unlisted].boxed(),
    };
    // What is passed over is out of sight, however it is written.
    let odd = if composite.unknown == Unknown::Skip { 0 } else { 1 };
    vec((object, prop_oneof![15 => Just(false), odd => Just(true)]), 0..10)
        .prop_map(move |objects| joined(composite, objects, most, is_text))
        .boxed()
}

fn joined(composite: Composite, objects: Vec<(Object, bool)>, most: usize, is_text: bool) -> Part {
    let (mut wire, mut leaves, mut canonical, mut plain) = (Vec::new(), Vec::new(), true, true);
    let mut seen: Vec<String> = Vec::new();
    for (object, odd) in objects {
        let bytes = written(composite.kind, &object, odd);
        if wire.len() + bytes.len() > most {
            break;
        }
        plain &= bytes == written(composite.kind, &object, false);
        wire.extend(bytes);
        if composite.unknown == Unknown::Skip && !object.is_listed {
            // Not there when it is written anew.
            canonical = false;
            continue;
        }
        canonical &= object.part.canonical;
        seen.push(object.path.clone());
        let path = match seen.iter().filter(|path| **path == object.path).count() {
            1 => object.path,
            occurrence => format!("{}#{occurrence}", object.path),
        };
        leaves.extend(below(&path, object.part.leaves));
    }
    if !plain || leaves.is_empty() {
        (leaves, canonical) = (whole(is_text, &wire), true);
    }
    Part { key: Key::Number(0), units: wire.len(), wire, leaves, canonical }
}

/// An object; an odd one as it may be written too.
fn written(kind: CompositeKind, object: &Object, odd: bool) -> Vec<u8> {
    let (value, units) = (&object.part.wire, object.part.units);
    match kind {
        CompositeKind::Tlv(rule) => {
            [tag(rule, &object.label), length(rule, object, units, odd), value.clone()].concat()
        }
        CompositeKind::Ltv(rule) => {
            [length(rule, object, units, odd), tag(rule, &object.label), value.clone()].concat()
        }
        CompositeKind::Pairs => {
            let part = |bytes: &[u8]| {
                let digits = bytes.len().to_string();
                let digits = if odd { format!("00{digits}") } else { digits };
                [format!("{}{digits}", digits.len()).as_bytes(), bytes].concat()
            };
            [part(&object.label), part(value)].concat()
        }
        CompositeKind::BerTlv => {
            let length = match value.len() {
                length @ 0..=0x7F if !odd => vec![length as u8],
                length @ 0..=0xFF => vec![0x81, length as u8],
                length => vec![0x82, (length >> 8) as u8, length as u8],
            };
            // Padding in front, as often as not.
            let padding = vec![0; if odd { value.len() % 2 } else { 0 }];
            [padding, object.label.clone(), length, value.clone()].concat()
        }
        other => unreachable!("{other:?} has no objects"),
    }
}

fn tag(rule: TaggedRule, label: &[u8]) -> Vec<u8> {
    match rule.tag {
        TagEncoding::Ascii | TagEncoding::Binary => label.to_vec(),
        TagEncoding::Ebcdic => reference::ebcdic(std::str::from_utf8(label).unwrap()),
        TagEncoding::Bcd => reference::packed(std::str::from_utf8(label).unwrap(), Side::Left, 0),
    }
}

fn length(rule: TaggedRule, object: &Object, units: usize, odd: bool) -> Vec<u8> {
    let prefix = Prefix::new(rule.length, rule.length_width);
    let tag = tag(rule, &object.label).len();
    let value = if rule.counts == Counts::Units { units } else { object.part.wire.len() };
    let mut text = reference::number(
        prefix,
        match rule.covers {
            Covers::Value => value,
            Covers::TagValue => tag + value,
            Covers::All => tag + prefix.bytes() + value,
        },
    );
    if odd && rule.length == PrefixEncoding::Hex {
        text.make_ascii_lowercase();
    }
    text
}

fn label(key: Key) -> Vec<u8> {
    match key {
        Key::Tag(tag, width) => tag[..usize::from(width)].to_vec(),
        Key::Text(tag, width) => tag[..usize::from(width)].to_vec(),
        Key::Name(name) => name.as_bytes().to_vec(),
        other => unreachable!("{other} is no tag"),
    }
}

/// Tags and names that the spec does not list.
fn labels(composite: Composite, is_text: bool) -> BoxedStrategy<Vec<u8>> {
    let listed: Vec<Vec<u8>> = composite.fields.iter().map(|field| label(field.key)).collect();
    let any = match composite.kind {
        CompositeKind::Tlv(rule) | CompositeKind::Ltv(rule) => {
            let width = usize::from(rule.tag_width);
            match rule.tag {
                TagEncoding::Ascii | TagEncoding::Ebcdic => vec(select(&b"XYZ.#% _a"[..]), width).boxed(),
                // Six digits at most: more may be a card number, and hide the whole.
                TagEncoding::Bcd => vec(select(&b"0123456789"[..]), width).boxed(),
                TagEncoding::Binary => vec(select(&[0xA0, 0xB1, 0x0C, 0xFF][..]), width).boxed(),
            }
        }
        CompositeKind::BerTlv => select(&UNLISTED).prop_map(reference::unhex).boxed(),
        _ if is_text => vec(select(&b"Nn_:-.#% "[..]), 1..6).boxed(),
        _ => vec(select(&b"Nn_:-.#% \x07\xE9"[..]), 1..6).boxed(),
    };
    // Bytes that are no text hide the whole when they are many.
    let is_shown = move |label: &[u8]| {
        in_hex(composite.kind) || label.iter().filter(|byte| !(b' '..=b'~').contains(*byte)).count() < 4
    };
    any.prop_filter("to be shown", move |label| !listed.contains(label) && is_shown(label)).boxed()
}

/// Whether tags are bytes.
fn in_hex(kind: CompositeKind) -> bool {
    match kind {
        CompositeKind::Tlv(rule) | CompositeKind::Ltv(rule) => rule.tag == TagEncoding::Binary,
        kind => kind == CompositeKind::BerTlv,
    }
}

/// What an unlisted tag or name looks like in a path.
fn escaped(kind: CompositeKind, label: &[u8]) -> String {
    if in_hex(kind) {
        return hex(label);
    }
    let plain = |byte: u8| (b' '..=b'~').contains(&byte) && !b".#%".contains(&byte);
    label.iter().map(|&byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

fn value(is_text: bool) -> BoxedStrategy<Vec<u8>> {
    if is_text { vec(b' '..=b'~', 0..20).boxed() } else { vec(any::<u8>(), 0..20).boxed() }
}

/// Groups of all their children, as many as there may be; all of them where the whole has a fixed length.
pub(crate) fn groups(composite: Composite, most: usize, all: bool, is_text: bool) -> BoxedStrategy<Part> {
    let CompositeKind::Repeat { most: limit } = composite.kind else { unreachable!("no groups") };
    let children = composite.fields[0].composite.unwrap().fields;
    let group = children.iter().map(|child| element(child, true)).collect::<Vec<_>>();
    let limit = usize::from(limit.unwrap_or(4));
    vec(group, if all { limit } else { 0 }..=limit)
        .prop_map(move |groups| {
            let (mut wire, mut leaves, mut canonical) = (Vec::new(), Vec::new(), true);
            for (place, group) in groups.into_iter().enumerate() {
                let size: usize = group.iter().map(|child| child.wire.len()).sum();
                if wire.len() + size > most {
                    break;
                }
                for child in group {
                    wire.extend(child.wire);
                    canonical &= child.canonical;
                    leaves.extend(below(&format!("{}.{}", place + 1, child.key), child.leaves));
                }
            }
            if leaves.is_empty() {
                leaves = whole(is_text, &wire);
            }
            Part { key: Key::Number(0), units: wire.len(), wire, leaves, canonical }
        })
        .boxed()
}

/// The XML form: elements of listed names and others, in whatever ways XML may be written.
pub(crate) fn xml(composite: Composite, is_text: bool) -> BoxedStrategy<Part> {
    let named: Vec<&'static Field> = composite.fields.iter().filter(|field| field.xml.is_some()).collect();
    let listed = select(named).prop_flat_map(|field| {
        let text = match field.composite {
            // Bytes, by this dialect.
            Some(_) => element(field, false).prop_map(|part| hex(&part.wire)).boxed(),
            None => super::contents::value(field).prop_map(|value| value.leaf()).boxed(),
        };
        text.prop_map(move |text| (field.xml.unwrap().to_owned(), text))
    });
    let unlisted = ("[A-Z][a-z]{1,8}", "[ -~]{0,12}").prop_map(|(name, text)| (format!("X{name}"), text));
    let value = (prop_oneof![4 => listed, 1 => unlisted], 0..5u8).prop_map(|((name, text), how)| {
        let escaped: String = match how {
            0 => text.chars().map(|character| format!("&#{};", u32::from(character))).collect(),
            1 if !text.contains("]]>") => format!("<![CDATA[{text}]]>"),
            2 => format!("<!-- <{name}> -->{}", predefined(&text)),
            _ => predefined(&text),
        };
        match (how, text.is_empty()) {
            (3, true) => format!("<{name} />"),
            (3, _) => format!("<{name} a=\"<>\" b = '>'>{escaped}</{name} >"),
            _ => format!("<{name}>{escaped}</{name}>"),
        }
    });
    // A line end is no character of any class.
    let blank = select(vec!["", if is_text { "  " } else { "\r\n\t" }, "<!-- & -->", "<?x?>"]);
    (vec((value, blank.clone()), 1..6), blank, any::<bool>())
        .prop_map(move |(values, blank, declared)| {
            let values: String = values.into_iter().map(|(value, blank)| format!("{value}{blank}")).collect();
            let declaration = if declared { " <?xml version='1.0'?> " } else { "" };
            let wire = format!("{declaration}<IccData>{blank}<IccRequest>{values}</IccRequest></IccData>").into_bytes();
            let leaves = whole(is_text, &wire);
            Part { key: Key::Number(0), units: wire.len(), wire, leaves, canonical: true }
        })
        .boxed()
}

fn predefined(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&apos;")
}

/// Whether content of this field is shown as text.
pub(crate) fn is_text(field: &Field) -> bool {
    field.rule.class != Class::B || field.rule.encoding == Encoding::Utf8
}
