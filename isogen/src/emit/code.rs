//! Types of open value sets.

use std::fmt::Write as _;

use proc_macro2::TokenStream;
use quote::quote;

use super::{block::block, doc, name};
use crate::model::{Field, Kind, Length};

/// The code types of these fields.
pub(super) fn all(fields: &[Field]) -> TokenStream {
    let types = fields.iter().filter(|field| field.kind == Kind::Code && field.composite.is_none()).map(one);
    quote!(#(#types)*)
}

fn one(field: &Field) -> TokenStream {
    let name = name::type_name(&field.ident);
    let length = match field.length {
        Length::Fixed(units) => units.to_string(),
        Length::Variable { min, max, .. } => format!("{min}..={max}"),
        Length::Rest { max } => format!("0..={max}"),
    };
    let mut body =
        format!("/// {}: known values, and any other.\npub struct {name}: {length} {{\n", doc::sentence(&field.name));
    for value in &field.values {
        _ = writeln!(body, "    {} = {:?} => {:?},", value.ident, value.code, value.meaning);
    }
    body.push('}');
    let body = block(&body);
    quote!(::isopace::codes! { #body })
}
