//! `values`: the known values of an open set.

use super::ident;
use crate::diagnostic::Report;
use crate::model::Value;
use crate::source::{Datum, Entry, Reader, string};

/// The values of a field, in the order of the file.
pub(super) fn values(reader: &mut Reader<'_>, report: &mut Report) -> Vec<Value> {
    let Some((table, _)) = reader.table("values", report) else {
        return Vec::new();
    };
    let mut values: Vec<(Value, &Entry)> = Vec::new();
    for entry in &table.entries {
        let Some(value) = value(entry, report) else {
            continue;
        };
        match values.iter().find(|(earlier, _)| earlier.ident == value.ident) {
            Some((_, earlier)) => {
                report
                    .error("duplicate-ident", entry.key_span, format!("two values are `{}` in code", value.ident))
                    .label("second one")
                    .also(earlier.key_span, "first one")
                    .help(format!(
                        "give one of them a name: \"{}\" = {{ meaning = \"...\", ident = \"...\" }}",
                        value.code
                    ));
            }
            None => values.push((value, entry)),
        }
    }
    values.into_iter().map(|(value, _)| value).collect()
}

fn value(entry: &Entry, report: &mut Report) -> Option<Value> {
    let code = entry.key.clone();
    let Datum::Table(table) = &entry.value.datum else {
        let meaning = string(&entry.value, "meaning", report)?;
        return Some(Value { ident: ident::shouty(meaning, &code), meaning: meaning.to_owned(), code });
    };
    let mut reader = Reader::new(table, entry.value.span);
    let meaning = reader.string("meaning", report);
    if table.get("meaning").is_none() {
        reader.missing("meaning", "a value", "meaning = \"approved\"", report);
    }
    let own = reader.string("ident", report);
    reader.finish("a value", report);
    let (meaning, _) = meaning?;
    let ident = match own {
        Some((own, span)) if !ident::is_shouty(own) => {
            report
                .error("bad-ident", span, format!("`{own}` cannot name a value in code"))
                .label("not upper snake case")
                .help("upper-case letters, digits and single underscores, a letter first");
            return None;
        }
        Some((own, _)) => own.to_owned(),
        None => ident::shouty(meaning, &code),
    };
    Some(Value { code, meaning: meaning.to_owned(), ident })
}
