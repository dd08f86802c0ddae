//! Keys of fields and layouts of composites, as they stand in the tables.

use std::fmt::Write as _;

use super::table;
use crate::model::{Bitmap, Composite, CompositeKind, Counts, Covers, Field, Key, Tagged, Unknown};

/// The key of a field.
pub(super) fn key(field: &Field) -> String {
    match &field.key {
        Key::Number(number) => format!("Key::Number({number})"),
        // A number has no zeros in front.
        Key::Tag(bytes) if bytes.first() == Some(&0) => format!("Key::bytes(&{bytes:?})"),
        Key::Tag(_) => format!("Key::tag(0x{})", field.key),
        Key::Text(text) => format!("Key::text({text:?})"),
        Key::Name(name) => format!("Key::name(&{name:?})"),
    }
}

/// What is inside a field, whose children stand in a table of this name.
pub(super) fn composite(composite: &Composite, fields: &str) -> String {
    let mut inside = format!("Composite::new(CompositeKind::{}, &{fields})", composite_kind(composite.kind));
    if composite.unknown != Unknown::Keep {
        _ = write!(inside, ".unknown(Unknown::{:?})", composite.unknown);
    }
    if composite.xml {
        inside += ".xml()";
    }
    format!(".composite({inside})")
}

fn composite_kind(kind: CompositeKind) -> String {
    match kind {
        CompositeKind::Positional => "Positional".to_owned(),
        CompositeKind::BerTlv => "BerTlv".to_owned(),
        CompositeKind::Bitmap(Bitmap { encoding, maps }) => {
            let encoding = table::bitmap(encoding);
            format!("Bitmap(BitmapRule {{ encoding: BitmapEncoding::{encoding}, maps: {maps} }})")
        }
        CompositeKind::Tlv(rule) => format!("Tlv({})", tagged(rule)),
        CompositeKind::Ltv(rule) => format!("Ltv({})", tagged(rule)),
        CompositeKind::Pairs => "Pairs".to_owned(),
        CompositeKind::Repeat { most } => format!("Repeat {{ most: {most:?} }}"),
    }
}

/// Tags and lengths of objects; what `TaggedRule::new` gives by itself is left out.
fn tagged(rule: Tagged) -> String {
    let (tag, length) = (rule.tag, rule.length);
    let mut text = format!(
        "TaggedRule::new(TagEncoding::{:?}, {}, PrefixEncoding::{:?}, {})",
        tag.encoding, tag.width, length.prefix, length.width
    );
    if length.counts != Counts::Bytes {
        _ = write!(text, ".counts(Counts::{:?})", length.counts);
    }
    if length.covers != Covers::Value {
        _ = write!(text, ".covers(Covers::{:?})", length.covers);
    }
    text
}
