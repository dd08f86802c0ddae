//! What is particular to composites: a struct for an inside, and groups of single values inside one.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::{Lifetime, parse_quote};

use crate::ast::Input;
use crate::attr::Place;
use crate::expand::{constant, fields, local, reads, walk, with_lifetime, with_parameter};
use crate::tree::{Node, What, in_identifier};

/// The type that stands for the members inside a composite of which single values are fields.
pub(crate) fn group_name(path: &str) -> Ident {
    format_ident!("__Inside{}", in_identifier(path))
}

/// A type for each group, which lists the members in it.
pub(crate) fn groups(input: &Input<'_>, nodes: &[Node<'_>], out: &mut TokenStream) {
    for node in nodes {
        let What::Group(inner) = &node.what else { continue };
        let (group, name) = (group_name(&node.path), input.name);
        let members: Lifetime = parse_quote!('__members);
        let generics = with_parameter(input.generics, &members);
        let (_, owner_generics, _) = input.generics.split_for_impl();
        let (impl_generics, ty_generics, where_clause) = generics.split_for_impl();
        let walk = walk(inner, &quote!(self.0));
        out.extend(quote! {
            struct #group #impl_generics (&#members #name #owner_generics) #where_clause;

            impl #impl_generics ::isopace::msg::derived::Members for #group #ty_generics #where_clause {
                #walk
            }
        });
        groups(input, inner, out);
    }
}

/// The implementations of a struct for an inside.
pub(crate) fn composite(input: &Input<'_>, place: &Place) -> TokenStream {
    let (name, dialect, path) = (input.name, input.dialect, &place.text);
    let (impl_generics, ty_generics, where_clause) = input.generics.split_for_impl();
    let own = constant(path);
    let check = quote_spanned!(place.span=> ::isopace::msg::derived::composite(&#dialect::DIALECT, #path));
    let place = path_expression(input, path);
    let walk = walk(&input.members, &quote!(self));
    let reading = reading(input);
    let value = value(input, path);
    quote! {
        const #own: &::isopace::msg::Field = ::isopace::msg::derived::field(&#dialect::DIALECT, #path);
        const _: () = #check;

        #[automatically_derived]
        impl #impl_generics ::isopace::msg::derived::Members for #name #ty_generics #where_clause {
            #walk
        }

        #reading

        #value

        #[automatically_derived]
        impl #impl_generics ::isopace::msg::Encode for #name #ty_generics #where_clause {
            fn units(&self, _: &::isopace::wire::Rule) -> usize {
                ::isopace::msg::derived::units(#own, self)
            }

            fn encode<O: ::isopace::wire::Buffer>(
                &self,
                body: ::isopace::wire::Body<'_, O>,
            ) -> ::core::result::Result<(), ::isopace::wire::Fault> {
                ::isopace::msg::derived::encode(#own, self, body)
            }
        }

        const __PATH: ::isopace::Path = #place;
    }
}

/// Reads the members from the children of a composite, and from a view of one.
fn reading(input: &Input<'_>) -> TokenStream {
    let name = input.name;
    let (inside, gather) = (local("inside"), local("gather"));
    let (lifetime, generics) = with_lifetime(input.generics);
    let (_, ty_generics, where_clause) = input.generics.split_for_impl();
    let (impl_generics, ..) = generics.split_for_impl();
    let reads = reads(&input.members, &quote!(#inside), &gather);
    let fields = fields(&input.members, true);
    quote! {
        #[automatically_derived]
        impl #impl_generics ::isopace::msg::derived::Inner<#lifetime> for #name #ty_generics #where_clause {
            fn gather(
                #inside: &::isopace::msg::derived::Inside<#lifetime>,
                #gather: &mut ::isopace::msg::derived::Gather,
            ) -> ::core::option::Option<Self> {
                #reads
                ::core::option::Option::Some(Self { #fields })
            }
        }

        #[automatically_derived]
        impl #impl_generics ::core::convert::TryFrom<&#lifetime ::isopace::msg::View<'_>>
            for #name #ty_generics #where_clause
        {
            type Error = ::isopace::Violations;

            /// All that is wrong with the inside, at once.
            fn try_from(
                view: &#lifetime ::isopace::msg::View<'_>,
            ) -> ::core::result::Result<Self, ::isopace::Violations> {
                ::isopace::msg::derived::from_view(view, __PATH)
            }
        }
    }
}

/// Makes the struct a value of its element.
fn value(input: &Input<'_>, path: &str) -> TokenStream {
    let (name, dialect) = (input.name, input.dialect);
    let (lifetime, generics) = with_lifetime(input.generics);
    let (_, ty_generics, where_clause) = input.generics.split_for_impl();
    let (impl_generics, ..) = generics.split_for_impl();
    let read = if input.lifetime.is_some() { quote!(read_borrowed) } else { quote!(read_owned) };
    quote! {
        #[automatically_derived]
        impl #impl_generics ::isopace::msg::derived::Value<#lifetime> for #name #ty_generics #where_clause {
            const SHAPE: ::isopace::msg::derived::Shape =
                ::isopace::msg::derived::Shape::Inside { dialect: #dialect::DIALECT.name(), path: #path };

            fn read<S: ::isopace::msg::derived::Source<#lifetime>>(
                source: &S,
                field: &'static ::isopace::msg::Field,
                gather: &mut ::isopace::msg::derived::Gather,
            ) -> ::isopace::msg::derived::Read<Self> {
                ::isopace::msg::derived::#read(source, field, gather)
            }

            fn walk<W: ::isopace::msg::derived::Walker>(
                &self,
                field: &'static ::isopace::msg::Field,
                walker: &mut W,
            ) -> ::core::result::Result<(), W::Error> {
                walker.inside(field, self)
            }
        }
    }
}

/// Where the composite is in a message.
fn path_expression(input: &Input<'_>, path: &str) -> TokenStream {
    let dialect = input.dialect;
    let mut ends = path.match_indices('.').map(|(at, _)| at).chain([path.len()]);
    let number: u8 = ends.next().and_then(|end| path.get(..end)?.parse().ok()).unwrap_or_default();
    let keys = ends.map(|end| {
        let up_to = path.get(..end).unwrap_or(path);
        quote!(.child(::isopace::msg::derived::field(&#dialect::DIALECT, #up_to).key))
    });
    quote!(::isopace::Path::element(#number) #(#keys)*)
}
