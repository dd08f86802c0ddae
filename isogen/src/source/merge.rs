//! A spec laid over the one it extends.
//!
//! Tables merge key by key, everything else is replaced whole. `[field.N]` and `[message.X]` with `remove = true`
//! take the parent's entry out, together with what the parent says of it in its messages. A composite of another kind
//! and `composite = "none"` take out what the parent has inside.

use super::{Datum, Entry, Node, Table};
use crate::diagnostic::Report;

/// Lays `child` over `parent`.
pub(super) fn merge(mut parent: Table, mut child: Table, report: &mut Report) -> Table {
    // Name, title and description are the child's own.
    parent.entries.retain(|entry| entry.key != "spec");
    for number in removals(&mut parent, &mut child, "field", report) {
        forget_element(&mut parent, &number);
    }
    for name in removals(&mut parent, &mut child, "message", report) {
        forget_reply(&mut parent, &name);
    }
    lay(&mut parent, child, report);
    parent
}

fn lay(parent: &mut Table, child: Table, report: &mut Report) {
    if other_inside(parent, &child) {
        parent.entries.retain(|entry| entry.key != "field");
    }
    for mut entry in child.entries {
        let Some(old) = parent.get_mut(&entry.key) else {
            parent.entries.push(entry);
            continue;
        };
        match (&mut old.value.datum, &mut entry.value.datum) {
            (Datum::Table(old_table), Datum::Table(new_table)) if !replaces(&entry.key, old_table, new_table) => {
                // Children of a composite are taken out at any depth.
                removals(old_table, new_table, "field", report);
                lay(old_table, std::mem::take(new_table), report);
                old.key_span = entry.key_span;
                old.value.span = entry.value.span;
            }
            _ => *old = entry,
        }
    }
}

/// Whether the child lays a field out in a way that has no place for the children it had.
fn other_inside(parent: &Table, child: &Table) -> bool {
    let (Some(old), Some(new)) = (parent.table("composite"), child.get("composite")) else {
        return false;
    };
    match &new.value.datum {
        Datum::Table(new) => replaces("composite", old, new),
        Datum::String(word) => word == "none",
        _ => false,
    }
}

/// A composite of another kind shares nothing with the old one, nor does an encoding of another name.
fn replaces(key: &str, old: &Table, new: &Table) -> bool {
    let differs = |word| matches!((old.string(word), new.string(word)), (Some(old), Some(new)) if old != new);
    match key {
        "composite" => differs("kind"),
        "digits" | "encoding" => differs("encoding"),
        _ => false,
    }
}

/// Takes what the child removes out of both tables and names it.
fn removals(parent: &mut Table, child: &mut Table, key: &str, report: &mut Report) -> Vec<String> {
    let (Some(old), Some(new)) = (parent.table_mut(key), child.table_mut(key)) else {
        return Vec::new();
    };
    let mut gone = Vec::new();
    new.entries.retain(|entry| {
        let removed = is_removal(entry) && old.get(&entry.key).is_some();
        if removed {
            check_alone(entry, report);
            old.entries.retain(|old| old.key != entry.key);
            gone.push(entry.key.clone());
        }
        !removed
    });
    gone
}

fn is_removal(entry: &Entry) -> bool {
    let Datum::Table(table) = &entry.value.datum else {
        return false;
    };
    table.get("remove").is_some_and(|flag| matches!(flag.value.datum, Datum::Boolean(true)))
}

fn check_alone(entry: &Entry, report: &mut Report) {
    let Datum::Table(table) = &entry.value.datum else {
        return;
    };
    if let Some(other) = table.entries.iter().find(|other| other.key != "remove") {
        report
            .error("remove-with-keys", other.key_span, format!("`{}` is removed and described at once", entry.key))
            .label("says something about what is removed")
            .help("keep either `remove = true` or the description");
    }
}

/// The parent's messages no longer list an element that is gone.
fn forget_element(parent: &mut Table, number: &str) {
    let Ok(number) = number.parse::<i64>() else {
        return;
    };
    each_message(parent, |message| {
        for list in ["mandatory", "conditional", "optional"] {
            drop_number(message, list, number);
        }
        if let Some(reply) = message.table_mut("reply") {
            drop_number(reply, "echo", number);
        }
    });
    // An alternative without one of its elements would pair what it was to tell apart.
    let has = |item: &Node| matches!(item.datum, Datum::Integer(Some(listed)) if listed == number);
    for entry in parent.table_mut("correlation").map(|table| table.entries.as_mut_slice()).unwrap_or_default() {
        if let Datum::Array(items) = &mut entry.value.datum {
            if items.iter().any(has) {
                items.clear();
            }
            items.retain(|item| !matches!(&item.datum, Datum::Array(inner) if inner.iter().any(has)));
        }
    }
}

fn drop_number(table: &mut Table, list: &str, number: i64) {
    if let Some(Entry { value: Node { datum: Datum::Array(items), .. }, .. }) = table.get_mut(list) {
        items.retain(|item| !matches!(item.datum, Datum::Integer(Some(listed)) if listed == number));
    }
}

/// The parent's messages are no longer answered by a message that is gone.
fn forget_reply(parent: &mut Table, name: &str) {
    each_message(parent, |message| {
        if message.table("reply").and_then(|reply| reply.string("message")) == Some(name) {
            message.entries.retain(|entry| entry.key != "reply");
        }
    });
}

fn each_message(parent: &mut Table, mut change: impl FnMut(&mut Table)) {
    let Some(messages) = parent.table_mut("message") else {
        return;
    };
    for entry in &mut messages.entries {
        if let Datum::Table(message) = &mut entry.value.datum {
            change(message);
        }
    }
}
