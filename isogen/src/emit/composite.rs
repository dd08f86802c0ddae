//! Views of composite elements: a struct over the inside, with a getter for each child that the spec lists.

use heck::ToShoutySnakeCase;
use proc_macro2::TokenStream;
use quote::quote;

use super::{accessor, code, doc, name};
use crate::model::Field;

/// Name of the table of a composite's children, given that of its own table.
pub(super) fn table(parent: &str, field: &Field) -> String {
    let own = field.ident.to_shouty_snake_case();
    if parent == "FIELDS" { own } else { format!("{parent}_{own}") }
}

/// The views of the composites among these fields.
pub(super) fn all(fields: &[Field]) -> TokenStream {
    nested("FIELDS", ("", false), fields, &quote!(super))
}

/// `up` leads from the module of a view to the one that holds the tables. Within a `repeat` the only field is the
/// `group`.
fn nested(parent_table: &str, (parent_path, group): (&str, bool), fields: &[Field], up: &TokenStream) -> TokenStream {
    let views = fields.iter().filter(|field| field.composite.is_some()).map(|field| {
        let path = match (parent_path, group) {
            ("", _) => field.key.to_string(),
            // Any of them: `54.n`.
            (_, true) => format!("{parent_path}.n"),
            (_, false) => format!("{parent_path}.{}", field.key),
        };
        view(&table(parent_table, field), &path, field, up)
    });
    quote!(#(#views)*)
}

fn view(own_table: &str, path: &str, field: &Field, up: &TokenStream) -> TokenStream {
    let Some(composite) = &field.composite else { return quote!() };
    let (view, inside) = (name::type_name(&field.ident), name::inside(field));
    let docs = doc::lines(&format!(
        "The inside of {}: its layout is proven, each getter proves the content it returns.\n\nWhat is common to all \
         composites is at [`isopace::msg::View`], to which this one dereferences.",
        doc::sentence(&field.name).to_lowercase(),
    ));
    let constants =
        composite.fields.iter().enumerate().map(|(place, child)| accessor::constant(own_table, place, child, path));
    let group = composite.group();
    let getters = match group {
        Some(group) => groups(group),
        None => {
            let getters = composite.fields.iter().map(|child| accessor::getter(child, path, &quote!(element)));
            quote!(#(#getters)*)
        }
    };
    let codes = code::all(&composite.fields);
    let deeper = nested(own_table, (path, group.is_some()), &composite.fields, &quote!(#up::super));
    let own = name::constant(field);
    let inside_docs = doc::lines(&format!("What is inside {}.", doc::sentence(&field.name).to_lowercase()));
    quote! {
        pub use #inside::#view;

        #inside_docs
        pub mod #inside {
            #docs
            #[derive(Clone)]
            pub struct #view<'a>(pub(super) ::isopace::msg::View<'a>);

            impl<'a> #view<'a> {
                /// An inside given as bytes, to be put into a message.
                ///
                /// # Errors
                ///
                /// The layout does not hold.
                pub fn from_bytes(
                    bytes: impl ::core::convert::Into<::std::borrow::Cow<'a, [u8]>>,
                ) -> ::core::result::Result<Self, ::isopace::Error> {
                    let own = super::element::#own;
                    let view = ::isopace::msg::View::from_bytes(own, bytes)?;
                    ::core::result::Result::Ok(Self(view))
                }

                /// An inside built from its children.
                ///
                /// # Errors
                ///
                /// A child that does not fit.
                pub fn build(
                    fill: impl ::core::ops::FnOnce(&mut ::isopace::msg::Inside),
                ) -> ::core::result::Result<Self, ::isopace::Error> {
                    let mut inside = ::isopace::msg::Inside::of(super::element::#own);
                    fill(&mut inside);
                    ::core::result::Result::Ok(Self(inside.finish()?))
                }

                #getters
            }

            impl<'a> ::core::ops::Deref for #view<'a> {
                type Target = ::isopace::msg::View<'a>;

                fn deref(&self) -> &::isopace::msg::View<'a> {
                    &self.0
                }
            }

            impl ::core::fmt::Debug for #view<'_> {
                fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                    ::core::fmt::Debug::fmt(&self.0, f)
                }
            }

            impl ::isopace::msg::Encode for #view<'_> {
                fn units(&self, rule: &::isopace::wire::Rule) -> usize {
                    self.0.units(rule)
                }

                fn encode<O: ::isopace::wire::Buffer>(
                    &self,
                    body: ::isopace::wire::Body<'_, O>,
                ) -> ::core::result::Result<(), ::isopace::wire::Fault> {
                    self.0.encode(body)
                }
            }

            #codes
            #deeper

            /// The children by name.
            pub mod element {
                use super::#up::table;
                use ::isopace::msg::Field;
                #(#constants)*
            }
        }
    }
}

/// The groups of a `repeat`, each as a view of its own.
fn groups(group: &Field) -> TokenStream {
    let view = name::type_name(&group.ident);
    quote! {
        /// The groups in their order.
        ///
        /// # Errors
        ///
        /// The layout of a group does not hold; no group follows it.
        pub fn groups(
            &self,
        ) -> impl ::core::iter::Iterator<Item = ::core::result::Result<#view<'_>, ::isopace::Error>> {
            self.0.groups().map(|group| group.map(#view))
        }
    }
}
