//! The `#[iso8583(...)]` attributes of a struct and of its fields. What they mean together is not looked at here.

use proc_macro2::Span;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Attribute, Ident, Lit, LitStr, Path, Token};

use crate::ctxt::Ctxt;

/// What a struct says.
#[derive(Default)]
pub(crate) struct StructAttr {
    /// Path of the generated module.
    pub(crate) dialect: Option<Path>,
    /// Message type indicator.
    pub(crate) mti: Option<LitStr>,
    /// Path of the composite that the struct is the inside of.
    pub(crate) composite: Option<Place>,
    /// Whether a mistake has been told, so that what is not there may be what is mistaken.
    pub(crate) is_told: bool,
    /// Whether the composite may be what is mistaken, so that without a message type nothing is known of the fields.
    pub(crate) is_unclear: bool,
}

/// A dotted path and where it is written.
#[derive(Clone)]
pub(crate) struct Place {
    pub(crate) text: String,
    pub(crate) span: Span,
}

/// What a field says.
pub(crate) enum FieldAttr {
    /// `2`, `"55.9F26"`.
    Element(Place),
    /// `mti`.
    Mti(Span),
    /// `unlisted`.
    Unlisted(Span),
}

struct Pair {
    key: Ident,
    value: Option<PairValue>,
}

enum PairValue {
    Lit(Lit),
    Path(Path),
}

impl Parse for Pair {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let key: Ident = input.parse()?;
        if input.is_empty() || input.peek(Token![,]) {
            return Ok(Pair { key, value: None });
        }
        input.parse::<Token![=]>()?;
        let value = if input.peek(Lit) { PairValue::Lit(input.parse()?) } else { PairValue::Path(input.parse()?) };
        Ok(Pair { key, value: Some(value) })
    }
}

/// Reads the attributes of the struct.
pub(crate) fn of_struct(attrs: &[Attribute], name: &Ident, ctxt: &mut Ctxt) -> StructAttr {
    let mut found = StructAttr::default();
    let mut any = false;
    for attr in attrs.iter().filter(|attr| attr.path().is_ident("iso8583")) {
        any = true;
        let pairs = ctxt.keep(attr.parse_args_with(Punctuated::<Pair, Token![,]>::parse_terminated));
        if pairs.is_none() {
            (found.is_told, found.is_unclear) = (true, true);
        }
        for pair in pairs.into_iter().flatten() {
            keep(pair, &mut found, ctxt);
        }
    }
    if !any {
        ctxt.error(name, "say what the struct stands for: #[iso8583(dialect = iso87a, mti = \"0200\")]");
        found.is_told = true;
    }
    found
}

fn keep(pair: Pair, found: &mut StructAttr, ctxt: &mut Ctxt) {
    let Pair { key, value } = pair;
    let taken = match key.to_string().as_str() {
        "dialect" => found.dialect.is_some(),
        "mti" => found.mti.is_some(),
        "composite" => found.composite.is_some(),
        other => {
            let hint = did_you_mean(other, &["dialect", "mti", "composite"]);
            (found.is_told, found.is_unclear) = (true, true);
            return ctxt.error(&key, format_args!("unknown key `{other}`{hint}"));
        }
    };
    if taken {
        return ctxt.error(&key, format_args!("`{key}` is given twice"));
    }
    let wrong = match (key.to_string().as_str(), value) {
        ("dialect", Some(PairValue::Path(path))) => return found.dialect = Some(path),
        ("dialect", _) => "the dialect is the path of a generated module: dialect = iso87a",
        ("mti", Some(PairValue::Lit(Lit::Str(digits)))) => return found.mti = Some(digits),
        ("mti", _) => "the message type is text of four digits: mti = \"0200\"",
        (_, Some(PairValue::Lit(lit))) if let Some(place) = place(&lit) => return found.composite = Some(place),
        _ => {
            found.is_unclear = true;
            "the composite is the path of an element: composite = \"55\""
        }
    };
    found.is_told = true;
    ctxt.error(&key, wrong);
}

/// Reads the attribute of a field; a mistake is kept and gives nothing.
pub(crate) fn of_field(field: &syn::Field, ctxt: &mut Ctxt) -> Option<FieldAttr> {
    let mut attrs = field.attrs.iter().filter(|attr| attr.path().is_ident("iso8583"));
    let Some(attr) = attrs.next() else {
        let message = "say which data element this is: #[iso8583(2)], #[iso8583(\"55.9F26\")], or `mti` or `unlisted`";
        ctxt.error(&field.ident, message);
        return None;
    };
    for more in attrs {
        ctxt.error(more, "a field is one data element: this is its second attribute");
    }
    ctxt.keep(attr.parse_args_with(field_attr))
}

fn field_attr(input: ParseStream<'_>) -> syn::Result<FieldAttr> {
    let expected = "expected a data element (2), a path (\"55.9F26\"), `mti` or `unlisted`";
    let found = if input.peek(Lit) {
        let lit: Lit = input.parse()?;
        FieldAttr::Element(place(&lit).ok_or_else(|| syn::Error::new(lit.span(), expected))?)
    } else if input.peek(Ident) {
        let key: Ident = input.parse()?;
        match key.to_string().as_str() {
            "mti" => FieldAttr::Mti(key.span()),
            "unlisted" => FieldAttr::Unlisted(key.span()),
            other => {
                let message = match did_you_mean(other, &["mti", "unlisted"]) {
                    hint if hint.is_empty() => format!("unknown key `{other}`: {expected}"),
                    hint => format!("unknown key `{other}`{hint}"),
                };
                return Err(syn::Error::new(key.span(), message));
            }
        }
    } else {
        return Err(input.error(expected));
    };
    if !input.is_empty() {
        return Err(input.error("a field is one data element: nothing may follow"));
    }
    Ok(found)
}

fn place(lit: &Lit) -> Option<Place> {
    let text = match lit {
        Lit::Str(text) => text.value(),
        Lit::Int(number) if number.suffix().is_empty() => number.base10_digits().to_owned(),
        _ => return None,
    };
    Some(Place { text, span: lit.span() })
}

/// `: did you mean ...?`, when one of the known keys is near.
fn did_you_mean(found: &str, known: &[&str]) -> String {
    let near = known.iter().map(|known| (distance(found, known), known)).min();
    match near {
        Some((distance, known)) if distance <= known.len().div_ceil(3) => format!(": did you mean `{known}`?"),
        _ => String::new(),
    }
}

/// Letters to insert, remove or change to get from one word to the other.
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (above, letter) in one.chars().enumerate() {
        let mut diagonal = above;
        row[0] = above + 1;
        for (at, known) in other.iter().enumerate() {
            let changed = diagonal + usize::from(letter != *known);
            diagonal = row[at + 1];
            row[at + 1] = changed.min(row[at] + 1).min(diagonal + 1);
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_keys_are_found() {
        let known = ["dialect", "mti", "composite"];
        for (found, hint) in [
            ("dialct", ": did you mean `dialect`?"),
            ("dailect", ": did you mean `dialect`?"),
            ("mt1", ": did you mean `mti`?"),
            ("composit", ": did you mean `composite`?"),
            ("length", ""),
            ("x", ""),
        ] {
            assert_eq!(did_you_mean(found, &known), hint, "{found}");
        }
    }
}
