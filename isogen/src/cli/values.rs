//! The canonical layout of a single value.

use toml_edit::{Array, Decor, InlineTable, Value};

/// Lines are kept within this where it can be done.
pub(super) const WIDTH: usize = 120;

/// Order of the keys in `[wire]`, in `[correlation]` and in the small tables of a field.
pub(super) const ORDER: &[&str] = &[
    "kind",
    "mti",
    "bitmap",
    "tag",
    "most",
    "encoding",
    "maps",
    "third",
    "digits",
    "text",
    "binary",
    "length",
    "unknown",
    "xml",
    "policy",
    "counts",
    "covers",
    "inclusive",
    "width",
    "pad",
    "nibble",
    "side",
    "fill",
    "meaning",
    "message",
    "ident",
    "echo",
    "default",
    "authorization",
    "financial",
    "file-action",
    "reversal",
    "reconciliation",
    "administrative",
    "fee-collection",
    "network-management",
];

/// Lays a value out in so many columns. The entries of a table that is `as_written` keep their order.
pub(super) fn tidy(value: &mut Value, room: usize, as_written: bool) {
    match value {
        Value::Array(array) => tidy_array(array, room),
        Value::InlineTable(table) => tidy_table(table, as_written),
        _ => {}
    }
    let decor = value.decor_mut();
    decor.set_prefix(" ");
    tidy_suffix(decor);
}

/// A comment behind something stands one blank off.
pub(super) fn tidy_suffix(decor: &mut Decor) {
    let comment = decor.suffix().and_then(|suffix| suffix.as_str()).unwrap_or_default().trim();
    let suffix = if comment.is_empty() { String::new() } else { format!(" {comment}") };
    decor.set_suffix(suffix);
}

/// Numbers on one line if they fit, else on lines as full as they can be. With comments inside it stays as it is.
fn tidy_array(array: &mut Array, room: usize) {
    let commented = |text: Option<&str>| text.is_some_and(|text| text.contains('#'));
    let raw = |raw: Option<&toml_edit::RawString>| commented(raw.and_then(|raw| raw.as_str()));
    if raw(Some(array.trailing())) || array.iter().any(|item| raw(item.decor().prefix()) || raw(item.decor().suffix()))
    {
        return;
    }
    for item in array.iter_mut() {
        match item {
            Value::Array(inner) => tidy_array(inner, usize::MAX),
            Value::InlineTable(inner) => tidy_table(inner, false),
            _ => {}
        }
        item.decor_mut().clear();
    }
    let widths: Vec<usize> = array.iter().map(|item| item.to_string().chars().count()).collect();
    let whole = widths.iter().map(|width| width + 2).sum::<usize>();
    let wrapped = whole > room;
    let mut column = 0;
    for (item, width) in array.iter_mut().zip(&widths) {
        let first = column == 0;
        let prefix = if !wrapped {
            if first { "" } else { " " }
        } else if first || column + width + 2 > WIDTH {
            column = 3;
            "\n    "
        } else {
            " "
        };
        column += width + 2;
        item.decor_mut().set_prefix(prefix);
    }
    array.set_trailing(if wrapped { "\n" } else { "" });
    array.set_trailing_comma(wrapped);
}

/// One blank where one belongs. A table over several lines stays as it is.
fn tidy_table(table: &mut InlineTable, as_written: bool) {
    if table.to_string().contains('\n') {
        return;
    }
    if !as_written {
        let rank = |key: &str| ORDER.iter().position(|known| *known == key).unwrap_or(ORDER.len());
        table.sort_values_by(|one, _, other, _| rank(one.get()).cmp(&rank(other.get())));
    }
    tidy_entries(table);
    let last = table.iter().count();
    table.set_trailing(if last == 0 { "" } else { " " });
    table.set_trailing_comma(false);
}

fn tidy_entries(table: &mut InlineTable) {
    for (mut key, value) in table.iter_mut() {
        key.dotted_decor_mut().clear();
        let decor = key.leaf_decor_mut();
        decor.set_prefix(" ");
        decor.set_suffix(" ");
        match value {
            Value::InlineTable(inner) if inner.is_dotted() => {
                tidy_entries(inner);
                continue;
            }
            Value::InlineTable(inner) => tidy_table(inner, false),
            Value::Array(inner) => tidy_array(inner, usize::MAX),
            _ => {}
        }
        let decor = value.decor_mut();
        decor.set_prefix(" ");
        decor.set_suffix("");
    }
}
