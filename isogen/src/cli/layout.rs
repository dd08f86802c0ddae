//! The canonical layout of a spec.
//!
//! `[spec]`, `[wire]`, `[correlation]`, fields in ascending order each followed by what is inside it, then messages in their own order.
//! Keys in one order, one blank line between tables, none inside. Comments stay with what they stand above.

use toml_edit::{Decor, DocumentMut, Item, Table};

use super::values;

const ROOT: &[&str] = &["spec", "wire", "correlation", "field", "message"];
const SPEC: &[&str] = &["name", "title", "extends", "doc"];
const FIELD: &[&str] = &[
    "remove",
    "name",
    "format",
    "type",
    "sensitive",
    "ident",
    "doc",
    "encoding",
    "length",
    "min",
    "pad",
    "policy",
    "values",
    "xml",
    "composite",
    "field",
];
const MESSAGE: &[&str] = &["remove", "mti", "doc", "mandatory", "conditional", "optional", "reply"];

/// What a table is, which decides the order of its keys.
#[derive(Clone, Copy, PartialEq)]
enum Role {
    Root,
    Spec,
    Fields,
    Field,
    Messages,
    Message,
    /// Known values of a field: in the order they were written.
    AsWritten,
    /// `[wire]` and the small tables of a field.
    Small,
}

impl Role {
    fn of(self, key: &str) -> Role {
        match (self, key) {
            (Role::Root, "spec") => Role::Spec,
            (Role::Root | Role::Field, "field") => Role::Fields,
            (Role::Root, "message") => Role::Messages,
            (Role::Fields, _) => Role::Field,
            (Role::Messages, _) => Role::Message,
            (Role::Field, "values") => Role::AsWritten,
            _ => Role::Small,
        }
    }

    /// Where a key comes among the keys of the table.
    fn rank(self, key: &str) -> (usize, String) {
        let order = match self {
            Role::Root => ROOT,
            Role::Spec => SPEC,
            Role::Field => FIELD,
            Role::Message => MESSAGE,
            Role::Small => values::ORDER,
            // Shorter numbers are smaller; 192 is the highest. Tags and names sort by their characters, beside tags
            // of two digits.
            Role::Fields => {
                let digits = !key.starts_with('0') && key.bytes().all(|byte| byte.is_ascii_digit());
                let number = digits && key.len() <= 3;
                return (if number { key.len() } else { 2 }, key.to_ascii_uppercase());
            }
            Role::Messages | Role::AsWritten => return (0, String::new()),
        };
        (order.iter().position(|known| *known == key).unwrap_or(order.len()), String::new())
    }
}

/// Lays a spec out. Nothing comes of a text that is not TOML.
pub(super) fn layout(text: &str) -> Result<String, toml_edit::TomlError> {
    let mut document: DocumentMut = text.parse()?;
    let head = take_head(&mut document);
    // The last line of the text may have no end.
    let trailing = comments(&format!("{}\n", document.trailing().as_str().unwrap_or_default()));
    let trailing = trailing.trim_end();
    document.set_trailing(if trailing.is_empty() { String::new() } else { format!("\n{trailing}\n") });
    let root = document.as_table_mut();
    let mut next = Next { position: 0, head, first: !root.iter().any(|(_, item)| is_value(item)) };
    lay(root, Role::Root, &mut next);
    Ok(document.to_string())
}

struct Next {
    position: isize,
    /// The comment over the whole file.
    head: String,
    /// Nothing has been laid out above.
    first: bool,
}

/// The comment at the top of the file that a blank line parts from the first table: it stays on top whatever table
/// comes first afterwards.
fn take_head(document: &mut DocumentMut) -> String {
    let root = document.as_table_mut();
    if root.iter().any(|(_, item)| is_value(item)) {
        return String::new();
    }
    let mut found = None;
    first_header(root, &mut Vec::new(), &mut found);
    let mut first = root;
    for key in found.map(|(_, path)| path).unwrap_or_default() {
        match first.get_mut(&key) {
            Some(Item::Table(table)) => first = table,
            _ => return String::new(),
        }
    }
    let above = above(first.decor());
    let Some(split) = above.rfind("\n\n") else { return String::new() };
    let (head, rest) = above.split_at(split + 2);
    first.decor_mut().set_prefix(rest);
    head.to_owned()
}

/// Finds the header that comes first in the text.
fn first_header(table: &Table, path: &mut Vec<String>, found: &mut Option<(isize, Vec<String>)>) {
    for (key, item) in table {
        let Item::Table(table) = item else { continue };
        path.push(key.to_owned());
        if let Some(position) = table.position().filter(|_| !table.is_implicit())
            && found.as_ref().is_none_or(|(earlier, _)| position < *earlier)
        {
            *found = Some((position, path.clone()));
        }
        first_header(table, path, found);
        path.pop();
    }
}

/// Puts the keys of a table in order, then the tables in it, each behind its header.
fn lay(table: &mut Table, role: Role, next: &mut Next) {
    table.sort_values_by(|one, _, other, _| role.rank(one).cmp(&role.rank(other)));
    lay_values(table, role);
    let mut keys: Vec<(isize, String)> = table
        .iter()
        .filter_map(|(key, item)| match item {
            Item::Table(table) if !table.is_dotted() => Some((earliest(table), key.to_owned())),
            _ => None,
        })
        .collect();
    // Where the rank says nothing, as among messages, the text does.
    keys.sort_by(|(one_at, one), (other_at, other)| (role.rank(one), one_at).cmp(&(role.rank(other), other_at)));
    for (_, key) in keys {
        if let Some(mut key) = table.key_mut(&key) {
            key.leaf_decor_mut().clear();
            key.dotted_decor_mut().clear();
        }
        let Some(Item::Table(inner)) = table.get_mut(&key) else { continue };
        inner.set_position(Some(next.position));
        next.position += 1;
        if !inner.is_implicit() {
            let own = above(inner.decor());
            let blank = if next.first { "" } else { "\n" };
            inner.decor_mut().set_prefix(format!("{blank}{}{own}", std::mem::take(&mut next.head)));
            values::tidy_suffix(inner.decor_mut());
            next.first = false;
        }
        lay(inner, role.of(&key), next);
    }
}

/// Where a table, or the first one in it, stands in the text.
fn earliest(table: &Table) -> isize {
    let inner = table.iter().filter_map(|(_, item)| item.as_table()).map(earliest).min();
    let own = if table.is_implicit() { None } else { table.position() };
    own.into_iter().chain(inner).min().unwrap_or(isize::MAX)
}

fn lay_values(table: &mut Table, role: Role) {
    for (mut key, item) in table.iter_mut() {
        match item {
            Item::Value(value) => {
                let above = above(key.leaf_decor()).replace("\n\n", "\n");
                let room = values::WIDTH.saturating_sub(key.display_repr().chars().count() + 3);
                let decor = key.leaf_decor_mut();
                decor.set_prefix(above);
                decor.set_suffix(" ");
                key.dotted_decor_mut().clear();
                let as_written = role == Role::Field && &*key == "values";
                values::tidy(value, room, as_written);
            }
            Item::Table(dotted) if dotted.is_dotted() => {
                key.dotted_decor_mut().clear();
                lay_values(dotted, role.of(&key));
            }
            _ => {}
        }
    }
}

/// The comments above something.
fn above(decor: &Decor) -> String {
    comments(decor.prefix().and_then(|prefix| prefix.as_str()).unwrap_or_default())
}

/// The comment lines of a text, at most one blank line between two of them; one stays after them where there was one.
fn comments(text: &str) -> String {
    let mut out = String::new();
    // What follows the last line end is the indent of what the comments stand above.
    let lines = text.rsplit_once('\n').map_or("", |(lines, _)| lines);
    for line in lines.split('\n').map(str::trim) {
        if !line.is_empty() || !(out.is_empty() || out.ends_with("\n\n")) {
            out.push_str(line);
            out.push('\n');
        }
    }
    out
}

/// Whether an item stands in its table rather than under a header of its own.
fn is_value(item: &Item) -> bool {
    match item {
        Item::Value(_) => true,
        Item::Table(table) => table.is_dotted(),
        _ => false,
    }
}

#[cfg(test)]
mod tests;
