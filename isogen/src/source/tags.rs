//! Tags in hex, written in one way, so that the tag `9f26` of a spec meets `9F26` of the one it extends.
//!
//! Only where tags are bytes: of characters, `ab` and `AB` are two.

use super::{Datum, Entry, Table};
use crate::diagnostic::Report;

/// Writes the tags of a spec in upper case. What the spec does not say of a composite is as `under`, the specs that
/// it extends, have it.
pub(super) fn canonical(table: &mut Table, under: Option<&Table>, report: &mut Report) {
    fields(table, under, false, report);
}

fn fields(table: &mut Table, under: Option<&Table>, in_hex: bool, report: &mut Report) {
    let under = under.and_then(|under| under.table("field"));
    let Some(fields) = table.table_mut("field") else {
        return;
    };
    let mut kept: Vec<Entry> = Vec::with_capacity(fields.entries.len());
    for mut entry in std::mem::take(&mut fields.entries) {
        if in_hex && entry.key.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            entry.key.make_ascii_uppercase();
        }
        if let Datum::Table(field) = &mut entry.value.datum {
            let under = under.and_then(|under| under.table(&entry.key));
            let in_hex = tags_are_bytes(field, under);
            self::fields(field, under, in_hex, report);
        }
        match kept.iter().find(|earlier| earlier.key == entry.key) {
            Some(earlier) => {
                report
                    .error("duplicate-key", entry.key_span, format!("`{}` is given twice", entry.key))
                    .label("given again here, in other case")
                    .also(earlier.key_span, "first given here")
                    .help("keep one of the two");
            }
            None => kept.push(entry),
        }
    }
    fields.entries = kept;
}

/// Whether what stands inside a field is told apart by bytes.
fn tags_are_bytes(field: &Table, under: Option<&Table>) -> bool {
    let own = field.get("composite");
    let inherited = under.and_then(|under| under.table("composite"));
    let own = match own.map(|entry| &entry.value.datum) {
        Some(Datum::Table(own)) => Some(own),
        // `composite = "none"`
        Some(_) => return false,
        None => None,
    };
    let kind =
        own.and_then(|own| own.string("kind")).or_else(|| inherited.and_then(|inherited| inherited.string("kind")));
    let encoding =
        |composite: Option<&'_ Table>| composite?.table("tag")?.string("encoding").map(|encoding| encoding == "binary");
    match kind {
        Some("ber-tlv") => true,
        Some("tlv" | "ltv") => encoding(own).or_else(|| encoding(inherited)).unwrap_or(false),
        _ => false,
    }
}
