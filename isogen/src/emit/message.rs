//! The messages of a dialect: a struct each, and one of its mandatory elements.

use std::fmt::Write as _;

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::{block::block, doc, name, rust_type};
use crate::model::{Field, Message, Spec};

/// One element of a message struct.
struct Part<'a> {
    number: u16,
    field: &'a Field,
    mandatory: bool,
    word: &'static str,
}

impl Part<'_> {
    fn docs(&self) -> TokenStream {
        doc::lines(&format!("{} {}.", doc::line(self.field, ""), self.word))
    }
}

/// The elements of a message, ascending.
fn parts<'a>(spec: &'a Spec, message: &Message) -> Vec<Part<'a>> {
    let lists =
        [(&message.mandatory, "Mandatory"), (&message.conditional, "Conditional"), (&message.optional, "Optional")];
    let mut parts: Vec<Part<'_>> = lists
        .into_iter()
        .flat_map(|(numbers, word)| numbers.iter().map(move |&number| (number, word)))
        .filter_map(|(number, word)| {
            spec.field(number).map(|field| Part { number, field, mandatory: word == "Mandatory", word })
        })
        .collect();
    parts.sort_by_key(|part| part.number);
    parts
}

/// The struct of a message, and that of its mandatory elements.
pub(super) fn structs(spec: &Spec, message: &Message) -> TokenStream {
    let parts = parts(spec, message);
    let name = name::type_name(&message.name);
    let mandatory_name = format_ident!("{name}Mandatory");
    let lifetime = quote!('a);
    let borrows = parts.iter().any(|part| part.mandatory && rust_type::of(part.field, &lifetime).borrows);
    let generics = if borrows { quote!(<'a>) } else { quote!() };

    let title = message.name.replace('-', " ");
    let heading = format!("{}{} (`{}`).", title[..1].to_uppercase(), &title[1..], message.mti);
    let docs = doc::lines(format!("{heading}\n\n{}", message.doc.trim()).trim());
    let mandatory_docs = doc::lines(&format!("The mandatory elements of [`{name}`]."));
    let mti_docs = doc::lines(&format!("Message type: `{}`, or that of its repeat.", message.mti));

    let fields = parts.iter().map(|part| {
        let (docs, ident, read) = (part.docs(), name::accessor(part.field), rust_type::of(part.field, &lifetime).read);
        if part.mandatory {
            quote!(#docs pub #ident: #read,)
        } else {
            quote!(#docs pub #ident: ::core::option::Option<#read>,)
        }
    });
    let mandatory_fields = parts.iter().filter(|part| part.mandatory).map(|part| {
        let (ident, read) = (name::accessor(part.field), rust_type::of(part.field, &lifetime).read);
        let docs = doc::lines(&doc::line(part.field, ""));
        quote!(#docs pub #ident: #read,)
    });
    let implementation = implementation(message, &parts, &name.to_string(), borrows);
    quote! {
        #docs
        #[derive(Clone)]
        pub struct #name<'a> {
            #mti_docs
            pub mti: ::isopace::types::Mti,
            #(#fields)*
            /// Elements of the received message that are not listed above: kept, and written again as they stand.
            pub unlisted: ::isopace::Unlisted<'a>,
        }

        #mandatory_docs
        #[derive(Clone)]
        pub struct #mandatory_name #generics {
            #(#mandatory_fields)*
        }

        ::isopace::typed_message! { #implementation }
    }
}

/// Which field of the struct is which element: all that its implementation needs to be told.
fn implementation(message: &Message, parts: &[Part<'_>], name: &str, borrows: bool) -> TokenStream {
    let lifetime = if borrows { "<'a>" } else { "" };
    let mut body = format!("{name}<'a>, {name}Mandatory{lifetime}, {:?} of Message {{\n", message.mti);
    for part in parts {
        let word = if part.mandatory { "mandatory" } else { "optional" };
        let (ident, constant) = (name::accessor(part.field), name::constant(part.field));
        _ = writeln!(body, "    {word} {ident}: {} element::{constant},", part.number);
    }
    body.push('}');
    block(&body)
}
