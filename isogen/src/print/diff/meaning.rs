//! Changes of what the bytes mean.

use super::{Change, compare, paired};
use crate::model::{Correlation, Field, Message, Spec, Value};
use crate::print::words;

pub(super) fn changes(old: &Spec, new: &Spec) -> Vec<Change> {
    let mut changes = Vec::new();
    fields("", &old.fields, &new.fields, &mut changes);
    for (before, after) in paired(&old.correlation, &new.correlation, |rule| rule.class) {
        if let Some(rule) = before.or(after) {
            // A class without a rule of its own goes by the default.
            let told = |rule: Option<&Correlation>| rule.map_or_else(|| "as default".to_owned(), words::correlation);
            compare("correlation", words::correlated(rule.class), told(before), told(after), &mut changes);
        }
    }
    for (before, after) in paired(&old.messages, &new.messages, |message| &message.name) {
        match (before, after) {
            (Some(before), Some(after)) => message(before, after, &mut changes),
            (before, after) => {
                let path = before.or(after).map(path).unwrap_or_default();
                let mti = |message: &Message| message.mti.clone();
                changes.push(Change { path, aspect: "message", old: before.map(mti), new: after.map(mti) });
            }
        }
    }
    changes
}

/// Elements that both have. What comes or goes is told where the wire is.
fn fields(parent: &str, old: &[Field], new: &[Field], changes: &mut Vec<Change>) {
    for pair in paired(old, new, |field| &field.key) {
        let (Some(old), Some(new)) = pair else {
            continue;
        };
        let path = words::path(parent, &old.key);
        compare(&path, "name", old.name.as_str(), new.name.as_str(), changes);
        compare(&path, "type", words::kind(old.kind), words::kind(new.kind), changes);
        let secrecy = |field: &Field| words::sensitivity(field.sensitivity);
        compare(&path, "who may see it", secrecy(old), secrecy(new), changes);
        values(&path, &old.values, &new.values, changes);
        if let (Some(old), Some(new)) = (&old.composite, &new.composite) {
            fields(&words::path_inside(&path, new), old.declared(), new.declared(), changes);
        }
    }
}

fn values(path: &str, old: &[Value], new: &[Value], changes: &mut Vec<Change>) {
    let told = |value: &Value| format!("{} {}", value.code, value.meaning);
    for (old, new) in paired(old, new, |value| &value.code) {
        let (old, new) = (old.map(told), new.map(told));
        if old != new {
            changes.push(Change { path: path.to_owned(), aspect: "value", old, new });
        }
    }
}

fn path(message: &Message) -> String {
    format!("message {}", message.name)
}

fn message(old: &Message, new: &Message, changes: &mut Vec<Change>) {
    let path = path(old);
    compare(&path, "message type", old.mti.as_str(), new.mti.as_str(), changes);
    list(&path, "mandatory", &old.mandatory, &new.mandatory, changes);
    list(&path, "conditional", &old.conditional, &new.conditional, changes);
    list(&path, "optional", &old.optional, &new.optional, changes);
    let reply = |message: &Message| message.reply.as_ref().map_or("none", |reply| reply.message.as_str()).to_owned();
    compare(&path, "reply", reply(old), reply(new), changes);
    if let (Some(old), Some(new)) = (&old.reply, &new.reply) {
        list(&path, "echo", &old.echo, &new.echo, changes);
    }
}

/// What is gone from a list and what has come to it.
fn list(path: &str, aspect: &'static str, old: &[u16], new: &[u16], changes: &mut Vec<Change>) {
    let without = |list: &[u16], other: &[u16]| {
        let left: Vec<String> = list.iter().filter(|one| !other.contains(one)).map(ToString::to_string).collect();
        (!left.is_empty()).then(|| left.join(" "))
    };
    let (gone, come) = (without(old, new), without(new, old));
    if gone.is_some() || come.is_some() {
        changes.push(Change { path: path.to_owned(), aspect, old: gone, new: come });
    }
}
