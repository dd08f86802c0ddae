//! Names that are taken: of fields beside each other, and of messages.

use heck::ToPascalCase;

use super::visit::{Visit, duplicate_ident, fields, header};
use crate::diagnostic::Report;
use crate::model::{Composite, Field, Key, Kind, Spec};
use crate::source::{Entry, Span, Table};

pub(super) fn check(spec: &Spec, tree: &Table, report: &mut Report) {
    let visits = fields(spec, tree);
    for (at, visit) in visits.iter().enumerate() {
        let siblings = || visits.iter().take(at).filter(|earlier| same_parent(earlier, visit));
        // The later of the two in the text is the one to rename, whatever their numbers say.
        if let Some(earlier) = siblings().find(|earlier| earlier.field.ident == visit.field.ident) {
            let (first, second) = in_order(ident_place(earlier), ident_place(visit));
            duplicate_ident(&visit.field.ident, second, first, report);
        } else if let Some(earlier) = siblings().find(|earlier| earlier.field.name == visit.field.name) {
            let (first, second) = in_order(earlier.place("name"), visit.place("name"));
            report
                .warning("duplicate-name", second, format!("two fields are called `{}`", visit.field.name))
                .label("second one")
                .also(first, "first one")
                .help("people tell them apart by name in traces and documents; say what differs");
        }
        within(visit, report);
    }
    messages(tree, report);
}

/// A composite and a part of it that has a type of its own stand in one module of code, so they cannot be of one name.
fn within(visit: &Visit<'_>, report: &mut Report) {
    let own_type = |field: &Field| field.composite.is_some() || field.kind == Kind::Code;
    let name = visit.field.ident.to_pascal_case();
    let group = visit.field.composite.as_ref().and_then(Composite::group).map(|group| group.ident.to_pascal_case());
    if group.as_ref() == Some(&name) {
        report
            .error("duplicate-ident", ident_place(visit), format!("two types are `{name}` in code"))
            .label("the element, and the group in it")
            .help("give the element another `ident`");
    }
    let Some(parent) = visit.parent.filter(|_| own_type(visit.field)) else {
        return;
    };
    let in_group = parent.composite.as_ref().and_then(Composite::group).map(|group| group.ident.to_pascal_case());
    if in_group.unwrap_or_else(|| parent.ident.to_pascal_case()) == name {
        report
            .error("duplicate-ident", ident_place(visit), format!("two types are `{name}` in code"))
            .label("this one, and what it stands in")
            .help("give it another `ident`");
    }
}

fn same_parent(one: &Visit<'_>, other: &Visit<'_>) -> bool {
    let folder = |path: &str, key: &Key| path.len() - key.to_string().len();
    let end = folder(&one.path, &one.field.key);
    end == folder(&other.path, &other.field.key) && one.path.get(..end) == other.path.get(..end)
}

fn ident_place(visit: &Visit<'_>) -> Span {
    visit.place(if visit.stated("ident") { "ident" } else { "name" })
}

fn in_order(one: Span, other: Span) -> (Span, Span) {
    if (other.file, other.start) < (one.file, one.start) { (other, one) } else { (one, other) }
}

fn messages(tree: &Table, report: &mut Report) {
    let Some(messages) = tree.table("message") else {
        return;
    };
    let mut seen: Vec<(String, &Entry)> = Vec::new();
    for entry in &messages.entries {
        let name = entry.key.to_pascal_case();
        match seen.iter().find(|(earlier, _)| *earlier == name) {
            Some((_, earlier)) => {
                report
                    .error("duplicate-ident", header(entry), format!("two messages are `{name}` in code"))
                    .label("second one")
                    .also(header(earlier), "first one")
                    .help("give one of them another name");
            }
            None => seen.push((name, entry)),
        }
    }
}
