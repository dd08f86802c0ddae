//! Doc comments of generated code.

use proc_macro2::TokenStream;
use quote::quote;

use crate::model::{Class, Field, Key, Length, Sensitivity, Spec};

/// Doc comment of these lines.
pub(super) fn lines(text: &str) -> TokenStream {
    let lines = text.lines().map(|line| if line.is_empty() { String::new() } else { format!(" {line}") });
    quote!(#(#[doc = #lines])*)
}

/// Module docs of a dialect.
pub(super) fn module(spec: &Spec) -> TokenStream {
    let mut text = format!("{}.\n", sentence(&spec.title));
    if !spec.doc.trim().is_empty() {
        text += &format!("\n{}\n", spec.doc.trim());
    }
    let lines = text.lines().map(|line| if line.is_empty() { String::new() } else { format!(" {line}") });
    quote!(#(#![doc = #lines])*)
}

/// A text without its last full stop.
pub(super) fn sentence(text: &str) -> &str {
    text.trim().trim_end_matches('.')
}

/// What a field is, in a line: `DE 2, primary account number (n..19).`
pub(super) fn line(field: &Field, parent: &str) -> String {
    field_text(field, parent).lines().next().unwrap_or_default().to_owned()
}

/// What a field is, and its description.
pub(super) fn field_text(field: &Field, parent: &str) -> String {
    let place = match (&field.key, parent) {
        (Key::Number(number), "") => format!("DE {number}"),
        (Key::Number(number), _) => format!("Subfield {parent}.{number}"),
        (Key::Tag(_) | Key::Text(_), _) => format!("Tag {}", field.key),
        (Key::Name(name), _) => format!("Pair {name}"),
    };
    let mut text = format!("{place}, {} (`{}`).", lower_first(sentence(&field.name)), format(field));
    match field.sensitivity {
        Sensitivity::Clear => {}
        Sensitivity::Pan => text += " Shown as first six and last four.",
        Sensitivity::Sad => text += " Sensitive authentication data: never shown.",
        Sensitivity::Key => text += " Key material: never shown.",
        Sensitivity::Pii => text += " Personal data: never shown.",
        Sensitivity::Opaque => text += " Shown by its length only.",
    }
    if !field.doc.trim().is_empty() {
        text += "\n\n";
        text += field.doc.trim();
    }
    text
}

/// `Primary account number` within a sentence; `STAN` and `PAN extended` stay.
fn lower_first(name: &str) -> String {
    let mut characters = name.chars();
    match (characters.next(), characters.next()) {
        (Some(first), Some(second)) if !second.is_uppercase() && !second.is_ascii_digit() => {
            first.to_lowercase().chain(std::iter::once(second)).chain(characters).collect()
        }
        _ => name.to_owned(),
    }
}

/// The standard's notation: `n..19`, `an 2`, `x+n 8`.
pub(super) fn format(field: &Field) -> String {
    let class = match field.class {
        Class::N => "n",
        Class::A => "a",
        Class::An => "an",
        Class::As => "as",
        Class::Ns => "ns",
        Class::Anp => "anp",
        Class::Ans => "ans",
        Class::Z => "z",
        Class::Xn => "x+n",
        Class::B => "b",
    };
    match field.length {
        Length::Fixed(units) if field.class == Class::Xn => format!("{class} {}", units.saturating_sub(1)),
        Length::Fixed(units) => format!("{class} {units}"),
        Length::Variable { width, max, .. } => format!("{class}{}{max}", ".".repeat(width.into())),
        Length::Rest { max } => format!("{class} up to {max}"),
    }
}
