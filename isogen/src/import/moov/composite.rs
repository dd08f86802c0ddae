//! Elements with parts: one after the other, under a bitmap, or tag, length, value.

use super::super::draft::{Code, Field, Inside, Layout, order};
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
    let layout = match layout(field, table) {
        Ok(layout) => layout,
        Err(why) => {
            let inside = Inside { layout: Layout::Positional, fields: children };
            inside::leave_out(field, &inside, &format!("its parts, {why}"));
            return;
        }
    };
    if layout == Layout::BerTlv {
        for child in &mut children {
            child.key.make_ascii_uppercase();
        }
    }
    order(&mut children);
    if layout == Layout::Positional {
        inside::number(field, &mut children);
    }
    (field.class, field.code) = inside::class_of(layout, &children);
    inside::put(field, Inside { layout, fields: children });
}

/// How the parts of a composite are laid out.
fn layout(field: &mut Field, table: &Table) -> Result<Layout, String> {
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
    for (key, value) in inner {
        match (key.as_str(), &value.datum) {
            ("length" | "enc" | "padding" | "sort", _) => {}
            // Tags that are not declared are always kept here.
            ("storeUnknownTLVTags" | "skipUnknownTLVTags", Datum::Bool(_)) => {}
            _ => field.notes.push(Note::lost(value.line, format!("`tag.{}` = {}", clean(key), value.quote()))),
        }
    }
    match text(inner, "enc") {
        "BerTLVTag" => Ok(Layout::BerTlv),
        "" if get(inner, "length").and_then(Value::number).unwrap_or(0) == 0 => Ok(Layout::Positional),
        other => Err(format!("which have a tag of fixed length in {}", quote(other))),
    }
}
