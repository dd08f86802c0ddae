//! The rules of the attributes taken together. What needs the dialect is checked by what the struct expands to.

use syn::spanned::Spanned;
use syn::{GenericParam, Lifetime, LitStr};

use crate::ast::{Input, Member, Parsed, Target};
use crate::attr::{FieldAttr, Place};
use crate::ctxt::Ctxt;
use crate::tree::{self, Node};
use crate::types;

/// Judges what was read; a struct that can be expanded, unless a mistake stands in the way.
pub(crate) fn check<'i>(parsed: &'i Parsed<'i>, ctxt: &mut Ctxt) -> Option<Input<'i>> {
    let lifetime = parameters(parsed, ctxt);
    let attr = &parsed.attr;
    if attr.dialect.is_none() && !attr.is_told {
        ctxt.error(parsed.name, "the struct names no dialect: #[iso8583(dialect = iso87a, ...)]");
    }
    let target = target(parsed, ctxt);
    let (mti, unlisted) = (special(parsed, Special::Mti, ctxt), special(parsed, Special::Unlisted, ctxt));
    let members = members(parsed, target.as_ref(), ctxt);
    let (name, generics) = (parsed.name, parsed.generics);
    Some(Input { name, generics, lifetime, dialect: attr.dialect.as_ref()?, target: target?, members, mti, unlisted })
}

/// The one lifetime that a struct may have.
fn parameters<'i>(parsed: &Parsed<'i>, ctxt: &mut Ctxt) -> Option<&'i Lifetime> {
    let mut lifetime = None;
    for parameter in &parsed.generics.params {
        match parameter {
            GenericParam::Lifetime(found) if lifetime.is_none() => lifetime = Some(&found.lifetime),
            GenericParam::Lifetime(more) => {
                ctxt.error(more, "one lifetime is enough: that of the message borrowed from");
            }
            GenericParam::Type(_) | GenericParam::Const(_) => {
                ctxt.error(parameter, "a struct that is checked against a dialect has no type or const parameters");
            }
        }
    }
    lifetime
}

fn target<'i>(parsed: &'i Parsed<'i>, ctxt: &mut Ctxt) -> Option<Target<'i>> {
    match (&parsed.attr.mti, &parsed.attr.composite) {
        (Some(mti), None) => {
            message_type(mti, ctxt);
            Some(Target::Message(mti))
        }
        (None, Some(place)) => {
            let parts = tree::parts(place, true, ctxt)?;
            Some(Target::Composite(Place { text: parts.join("."), span: place.span }))
        }
        (Some(_), Some(place)) => {
            ctxt.error_at(
                place.span,
                "a struct is a message (`mti`) or the inside of an element (`composite`), not both",
            );
            None
        }
        (None, None) if !parsed.attr.is_told => {
            ctxt.error(parsed.name, "say which message (mti = \"0200\") or which inside (composite = \"55\") this is");
            None
        }
        (None, None) => None,
    }
}

/// Four digits, and not those of a repeat.
fn message_type(mti: &LitStr, ctxt: &mut Ctxt) {
    let digits = mti.value();
    match digits.as_bytes() {
        [version, class, function, origin] if digits.bytes().all(|digit| digit.is_ascii_digit()) => {
            // The fourth digit says who sent it first: 1, 3 and 5 are the repeats of 0, 2 and 4.
            if matches!(origin, b'1' | b'3' | b'5') {
                let original = [*version, *class, *function, origin - 1].map(char::from);
                let original = String::from_iter(original);
                ctxt.error(mti, format_args!("`{digits}` is a repeat: a struct for `{original}` takes it as well"));
            }
        }
        _ => ctxt.error(mti, format_args!("`{digits}` is no message type: four digits")),
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Special {
    Mti,
    Unlisted,
}

/// The field for the message type, or for the elements not named.
fn special<'i>(parsed: &Parsed<'i>, which: Special, ctxt: &mut Ctxt) -> Option<&'i syn::Ident> {
    let mut found = None;
    for (name, ty, attr) in &parsed.fields {
        let span = match (attr, which) {
            (FieldAttr::Mti(span), Special::Mti) | (FieldAttr::Unlisted(span), Special::Unlisted) => *span,
            _ => continue,
        };
        let word = if which == Special::Mti { "mti" } else { "unlisted" };
        if found.is_some() {
            ctxt.error_at(span, format_args!("`{word}` is a field already"));
        }
        if parsed.attr.composite.is_some() {
            ctxt.error_at(span, format_args!("`{word}` is of a message: the inside of an element has none"));
        }
        if types::inside_option(ty).is_some() {
            ctxt.error_at(ty.span(), format_args!("`{word}` is always there: no Option"));
        }
        found = Some(*name);
    }
    found
}

/// The members by place.
fn members<'i>(parsed: &Parsed<'i>, target: Option<&Target<'i>>, ctxt: &mut Ctxt) -> Vec<Node<'i>> {
    let above = match target {
        Some(Target::Composite(place)) => format!("{}.", place.text),
        _ => String::new(),
    };
    let mut nodes = Vec::new();
    if parsed.attr.is_unclear && target.is_none() {
        return nodes;
    }
    for (name, ty, attr) in &parsed.fields {
        let FieldAttr::Element(place) = attr else { continue };
        let Some(parts) = tree::parts(place, parsed.attr.composite.is_none(), ctxt) else { continue };
        let inside = types::inside_option(ty);
        let member = Member { name, ty: inside.unwrap_or(ty), is_optional: inside.is_some(), span: place.span };
        tree::insert(&mut nodes, &above, &parts, member, ctxt);
    }
    tree::sort(&mut nodes);
    nodes
}
