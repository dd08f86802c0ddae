//! Elements with parts: one after the other, under a bitmap, or tag, length, value.

use super::super::draft::{Code, Extent, Field, Inside, Layout, Prefix, Tags, order};
use super::super::inside;
use super::super::literal::{Datum, Table, Value, get};
use super::super::note::Note;
use super::super::text::{clean, quote};
use super::{DEEPEST, text};

/// Reads the parts of a field.
pub(super) fn composite(field: &mut Field, table: &Table, subfields: &Table, depth: usize) {
    let parts: Vec<(String, &Value)> = subfields.iter().map(|(key, value)| (clean(key), value)).collect();
    let mut children: Vec<Field> = if depth < DEEPEST {
        parts.iter().map(|(key, value)| super::field(key.clone(), value, depth + 1)).collect()
    } else {
        Vec::new()
    };
    // Lengths of composites are in bytes.
    field.class = "b";
    field.code = Code::Raw;
    let layout = match layout(field, table, &children) {
        Ok(layout) => layout,
        Err(why) => {
            let inside = Inside { layout: Layout::Positional, fields: children };
            inside::leave_out(field, &inside, &format!("its parts, {why}"));
            return;
        }
    };
    match layout {
        Layout::BerTlv { .. } => children.iter_mut().for_each(|child| child.key.make_ascii_uppercase()),
        Layout::Tlv(tags) => children.iter_mut().for_each(|child| tagged(child, tags, table)),
        Layout::Positional | Layout::Bitmap { .. } => {}
    }
    order(&mut children);
    if layout == Layout::Positional {
        inside::number(field, &mut children);
    }
    (field.class, field.code) = inside::class_of(layout, &children);
    inside::put(field, Inside { layout, fields: children });
}

/// How the parts of a composite are laid out.
fn layout(field: &mut Field, table: &Table, children: &[Field]) -> Result<Layout, String> {
    if let Some(bitmap) = get(table, "bitmap") {
        let inner = bitmap.table().ok_or_else(|| "whose bitmap is no object".to_owned())?;
        let encoding = match text(inner, "enc") {
            "Binary" => "binary",
            "HexToASCII" => "hex",
            other => return Err(format!("whose bitmap is in the encoding {}", quote(other))),
        };
        let length = get(inner, "length").and_then(Value::number).unwrap_or(8);
        return match length {
            0 | 8 => Ok(Layout::Bitmap { encoding, maps: 1 }),
            16 | 24 => Err(format!("whose bitmap is always {length} bytes long")),
            _ => Err(format!("whose bitmap has {length} bytes: it has eight here")),
        };
    }
    let Some(tag) = get(table, "tag") else {
        field.guessed("its parts stand one after the other: there is neither `tag` nor `bitmap`");
        return Ok(Layout::Positional);
    };
    let inner = tag.table().ok_or_else(|| "whose tag is no object".to_owned())?;
    let flag = |key: &str| get(inner, key).is_some_and(|value| value.datum == Datum::Bool(true));
    // What is not declared and not skipped either is an error there; here it is kept.
    let skip = flag("skipUnknownTLVTags") && !flag("storeUnknownTLVTags");
    for (key, value) in inner {
        match (key.as_str(), &value.datum) {
            ("length" | "enc" | "padding" | "sort", _) => {}
            ("storeUnknownTLVTags" | "skipUnknownTLVTags", Datum::Bool(_)) => {}
            _ => field.notes.push(Note::lost(value.line, format!("`tag.{}` = {}", clean(key), value.quote()))),
        }
    }
    let length = get(inner, "length").and_then(Value::number).unwrap_or(0);
    let encoding = match text(inner, "enc") {
        "BerTLVTag" => return Ok(Layout::BerTlv { skip }),
        "" if length == 0 => return Ok(Layout::Positional),
        "ASCII" => "ascii",
        "EBCDIC" | "EBCDIC1047" => "ebcdic",
        "BCD" | "LBCD" if length.is_multiple_of(2) => "bcd",
        "ASCIIToHex" => "binary",
        other => return Err(format!("which have a tag of fixed length in {}", quote(other))),
    };
    let most = if encoding == "binary" { 4 } else { 8 };
    let width = u8::try_from(length).ok().filter(|width| (1..=most).contains(width));
    let width = width.ok_or_else(|| format!("which have tags of {length}"))?;
    Ok(Layout::Tlv(Tags { encoding, width, length: lengths(children)?, skip }))
}

/// The length before the value, which here is alike for all parts.
fn lengths(children: &[Field]) -> Result<Prefix, String> {
    let mut found: Option<Prefix> = None;
    for child in children.iter().filter(|child| !child.dropped) {
        let Extent::UpTo { prefix: Some(prefix), .. } = child.extent else {
            return Err(format!("of which {} has no length behind its tag", child.key));
        };
        if found.replace(prefix).is_some_and(|earlier| earlier != prefix) {
            return Err(format!("of which {} has a length unlike those before it", child.key));
        }
    }
    found.ok_or_else(|| "none of which has a length".to_owned())
}

/// A part behind a tag: the tag as wide as it is on the wire, and no length of its own.
fn tagged(child: &mut Field, tags: Tags, table: &Table) {
    let digits = usize::from(tags.width) * if tags.encoding == "binary" { 2 } else { 1 };
    if tags.encoding == "binary" {
        child.key.make_ascii_uppercase();
    }
    let padding = get(table, "tag").and_then(Value::table).and_then(|tag| get(tag, "padding")).and_then(Value::table);
    if let Some(padding) = padding {
        let missing = digits.saturating_sub(child.key.chars().count());
        let filler = text(padding, "pad").repeat(missing);
        match text(padding, "type") {
            "Left" => child.key.insert_str(0, &filler),
            "Right" => child.key.push_str(&filler),
            _ => {}
        }
    }
    if let Extent::UpTo { prefix, .. } = &mut child.extent {
        *prefix = None;
    }
}
