//! Stand-ins for a struct with mistakes, so that the compiler tells those and not what follows from them. They never
//! run: the build has failed.

use proc_macro2::TokenStream;
use quote::quote;

use crate::ast::Parsed;
use crate::expand::with_lifetime;

/// The mistakes, and what users of the struct count on.
pub(crate) fn expand(parsed: &Parsed<'_>, errors: Option<&TokenStream>) -> TokenStream {
    let (name, generics) = (parsed.name, parsed.generics);
    let (impl_generics, ty_generics, where_clause) = generics.split_for_impl();
    let rest = if parsed.attr.composite.is_some() { composite(parsed) } else { message(parsed) };
    quote! {
        #errors

        const _: () = {
            impl #impl_generics ::isopace::msg::derived::Members for #name #ty_generics #where_clause {
                fn walk<W: ::isopace::msg::derived::Walker>(
                    &self,
                    _: &mut W,
                ) -> ::core::result::Result<(), W::Error> {
                    ::core::unreachable!()
                }
            }

            #rest
        };
    }
}

fn message(parsed: &Parsed<'_>) -> TokenStream {
    let name = parsed.name;
    let (impl_generics, ty_generics, where_clause) = parsed.generics.split_for_impl();
    let try_from = parsed.attr.dialect.as_ref().map(|dialect| {
        let (lifetime, generics) = with_lifetime(parsed.generics);
        let (impl_generics, ..) = generics.split_for_impl();
        quote! {
            impl #impl_generics ::core::convert::TryFrom<&#lifetime #dialect::Message>
                for #name #ty_generics #where_clause
            {
                type Error = ::isopace::Violations;

                fn try_from(_: &#lifetime #dialect::Message) -> ::core::result::Result<Self, ::isopace::Violations> {
                    ::core::unreachable!()
                }
            }
        }
    });
    quote! {
        impl #impl_generics #name #ty_generics #where_clause {
            #[allow(missing_docs)]
            pub const MTI: ::isopace::types::Mti = ::isopace::msg::typed::message_type("0000");

            #[allow(missing_docs)]
            pub fn pack(&self) -> ::core::result::Result<::isopace::Bytes, ::isopace::Error> {
                ::core::unreachable!()
            }

            #[allow(missing_docs)]
            pub fn pack_into(&self, _: &mut ::std::vec::Vec<u8>) -> ::core::result::Result<(), ::isopace::Error> {
                ::core::unreachable!()
            }
        }

        impl #impl_generics ::isopace::msg::Outgoing for #name #ty_generics #where_clause {
            fn write(&self, _: &mut ::std::vec::Vec<u8>) -> ::core::result::Result<(), ::isopace::Error> {
                ::core::unreachable!()
            }
        }

        impl #impl_generics ::isopace::msg::typed::Fields for #name #ty_generics #where_clause {
            fn visit<V: ::isopace::msg::typed::Visitor>(&self, _: &mut V) -> ::core::result::Result<(), V::Error> {
                ::core::unreachable!()
            }
        }

        #try_from
    }
}

fn composite(parsed: &Parsed<'_>) -> TokenStream {
    let name = parsed.name;
    let (lifetime, generics) = with_lifetime(parsed.generics);
    let (own_impl_generics, ty_generics, where_clause) = parsed.generics.split_for_impl();
    let (impl_generics, ..) = generics.split_for_impl();
    quote! {
        impl #impl_generics ::isopace::msg::derived::Value<#lifetime> for #name #ty_generics #where_clause {
            const SHAPE: ::isopace::msg::derived::Shape = ::isopace::msg::derived::Shape::Told;

            fn read<S: ::isopace::msg::derived::Source<#lifetime>>(
                _: &S,
                _: &'static ::isopace::msg::Field,
                _: &mut ::isopace::msg::derived::Gather,
            ) -> ::isopace::msg::derived::Read<Self> {
                ::core::unreachable!()
            }

            fn walk<W: ::isopace::msg::derived::Walker>(
                &self,
                _: &'static ::isopace::msg::Field,
                _: &mut W,
            ) -> ::core::result::Result<(), W::Error> {
                ::core::unreachable!()
            }
        }

        impl #impl_generics ::core::convert::TryFrom<&#lifetime ::isopace::msg::View<'_>>
            for #name #ty_generics #where_clause
        {
            type Error = ::isopace::Violations;

            fn try_from(_: &#lifetime ::isopace::msg::View<'_>) -> ::core::result::Result<Self, ::isopace::Violations> {
                ::core::unreachable!()
            }
        }

        impl #own_impl_generics ::isopace::msg::Encode for #name #ty_generics #where_clause {
            fn units(&self, _: &::isopace::wire::Rule) -> usize {
                ::core::unreachable!()
            }

            fn encode<O: ::isopace::wire::Buffer>(
                &self,
                _: ::isopace::wire::Body<'_, O>,
            ) -> ::core::result::Result<(), ::isopace::wire::Fault> {
                ::core::unreachable!()
            }
        }
    }
}
