//! Names in generated code.

use heck::{ToPascalCase, ToShoutySnakeCase};
use proc_macro2::Ident;

use crate::model::Field;

/// Methods of `isopace::Message` and of the generated wrapper, which an accessor must not hide.
const TAKEN: &[&str] = &[
    "as_bytes",
    "at",
    "child",
    "children",
    "clone",
    "deref",
    "dialect",
    "edit",
    "finish",
    "finish_into",
    "from",
    "from_bytes",
    "get",
    "groups",
    "has",
    "into_bytes",
    "keep",
    "kind",
    "leaves",
    "message_type",
    "mti",
    "numbers",
    "over",
    "parse",
    "parse_partial",
    "put",
    "raw",
    "read",
    "remove",
    "reply",
    "rule",
    "set",
    "set_leaf",
    "span",
    "validate",
    "view",
    "build",
    "new",
    "unlisted",
    "pack",
    "pack_into",
];

/// Module of a spec: its name without dashes.
pub(super) fn module(spec: &str) -> String {
    spec.chars().filter(|character| *character != '-').collect::<String>().to_lowercase()
}

/// Accessor of a field.
pub(super) fn accessor(field: &Field) -> Ident {
    let name =
        if TAKEN.contains(&field.ident.as_str()) { format!("{}_element", field.ident) } else { field.ident.clone() };
    super::ident(&name)
}

/// Constant of a field.
pub(super) fn constant(field: &Field) -> Ident {
    super::ident(&field.ident.to_shouty_snake_case())
}

/// Type named after a field or message.
pub(super) fn type_name(name: &str) -> Ident {
    super::ident(&name.to_pascal_case())
}

/// Module of the fields inside a composite.
pub(super) fn inside(field: &Field) -> Ident {
    super::ident(&field.ident)
}
