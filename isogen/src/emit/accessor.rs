//! The message and edit types of a dialect: a getter and a setter for each data element.

use proc_macro2::TokenStream;
use quote::quote;

use super::{doc, name, rust_type};
use crate::model::{Field, Spec};

/// Module of constants, one for each data element.
pub(super) fn numbers(spec: &Spec) -> TokenStream {
    let constants = spec.fields.iter().enumerate().map(|(place, field)| constant("FIELDS", place, field, ""));
    quote! {
        /// The data elements by name.
        pub mod element {
            use super::table;
            use ::isopace::msg::Field;
            #(#constants)*
        }
    }
}

/// The constant of the field at a place of its table: a copy, whose content a compiler sees in other crates too. What a
/// static holds it sees there only where it optimizes over all crates, and reading by an unknown rule is many times slower.
pub(super) fn constant(table: &str, place: usize, field: &Field, parent: &str) -> TokenStream {
    let (docs, name) = (doc::lines(&doc::line(field, parent)), name::constant(field));
    let table = super::ident(table);
    let place = proc_macro2::Literal::usize_unsuffixed(place);
    quote! {
        #docs
        pub const #name: &Field = &{ table::#table[#place] };
    }
}

/// The message type.
pub(super) fn message(spec: &Spec) -> TokenStream {
    let getters = spec.fields.iter().map(|field| getter(field, "", &quote!(element)));
    quote! {
        /// A message of this dialect whose bitmaps and lengths are proven; each getter proves the content it returns.
        ///
        /// What is common to all dialects is at [`isopace::Message`], to which this one dereferences.
        #[derive(Clone)]
        pub struct Message(::isopace::Message);

        impl Message {
            /// Indexes a received message. No copy is made.
            ///
            /// # Errors
            ///
            /// The first thing wrong with message type, bitmaps or lengths; bytes left over at the end.
            #[inline]
            pub fn parse(
                wire: impl ::core::convert::Into<::isopace::Bytes>,
            ) -> ::core::result::Result<Self, ::isopace::Error> {
                ::isopace::Message::parse(&DIALECT, wire).map(Self)
            }

            /// A message from nothing.
            #[inline]
            pub fn build() -> Edit<'static> {
                Edit(::isopace::Edit::build(&DIALECT))
            }

            /// Changes over this message; what is not changed is copied as it stands.
            #[inline]
            pub fn edit(&self) -> Edit<'_> {
                Edit(self.0.edit())
            }

            /// The reply by the rules of the spec: its message type, and the echoed elements as they stand.
            ///
            /// # Errors
            ///
            /// The spec has no message of this type, or no reply to it.
            pub fn reply(&self) -> ::core::result::Result<Edit<'_>, ::isopace::Error> {
                self.0.reply().map(Edit)
            }

            #(#getters)*
        }

        impl ::core::ops::Deref for Message {
            type Target = ::isopace::Message;

            #[inline]
            fn deref(&self) -> &::isopace::Message {
                &self.0
            }
        }

        impl ::core::fmt::Debug for Message {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                ::core::fmt::Debug::fmt(&self.0, f)
            }
        }

        impl ::core::convert::From<Message> for ::isopace::Message {
            fn from(message: Message) -> Self {
                message.0
            }
        }
    }
}

/// A getter over `self.0`.
pub(super) fn getter(field: &Field, parent: &str, constants: &TokenStream) -> TokenStream {
    let docs = doc::lines(&doc::field_text(field, parent));
    let (accessor, constant) = (name::accessor(field), name::constant(field));
    let read = rust_type::of(field, &quote!('_)).read;
    let body = if field.composite.is_some() {
        let view = name::type_name(&field.ident);
        quote! {
            let view = self.0.view(#constants::#constant)?;
            ::core::result::Result::Ok(view.map(#view))
        }
    } else {
        quote!(self.0.read(#constants::#constant))
    };
    quote! {
        #docs
        #[inline]
        pub fn #accessor(&self) -> ::isopace::Get<#read> {
            #body
        }
    }
}

/// The edit type.
pub(super) fn edit(spec: &Spec) -> TokenStream {
    let setters = spec.fields.iter().map(|field| {
        let docs = doc::lines(&format!("Sets {}", lower(&doc::line(field, ""))));
        let (accessor, constant) = (name::accessor(field), name::constant(field));
        let rust_type::RustType { write, written, .. } = rust_type::of(field, &quote!('_));
        quote! {
            #docs
            #[inline]
            pub fn #accessor(&mut self, value: #write) -> &mut Self {
                self.0.put(element::#constant, #written);
                self
            }
        }
    });
    quote! {
        /// Changes over a message of this dialect, or a message from nothing. The first thing that goes wrong is told by
        /// [`Edit::finish`].
        #[derive(Clone, Debug)]
        pub struct Edit<'a>(::isopace::Edit<'a>);

        impl<'a> Edit<'a> {
            /// Sets the message type: four digits.
            #[inline]
            pub fn mti(&mut self, digits: &str) -> &mut Self {
                self.0.mti(digits);
                self
            }

            /// Takes a data element out.
            #[inline]
            pub fn remove(&mut self, number: u8) -> &mut Self {
                self.0.remove(number);
                self
            }

            /// Takes out every data element that is not listed.
            #[inline]
            pub fn keep(&mut self, numbers: &[u8]) -> &mut Self {
                self.0.keep(numbers);
                self
            }

            /// The changes without the types of this dialect.
            #[inline]
            pub fn untyped(&mut self) -> &mut ::isopace::Edit<'a> {
                &mut self.0
            }

            /// Writes the message out: one copy, one allocation.
            ///
            /// # Errors
            ///
            /// The first thing that went wrong while setting; no message type.
            #[inline]
            pub fn finish(&self) -> ::core::result::Result<::isopace::Bytes, ::isopace::Error> {
                self.0.finish()
            }

            /// Appends the message to a buffer.
            ///
            /// # Errors
            ///
            /// As [`Edit::finish`].
            #[inline]
            pub fn finish_into(
                &self,
                out: &mut ::std::vec::Vec<u8>,
            ) -> ::core::result::Result<(), ::isopace::Error> {
                self.0.finish_into(out)
            }

            #(#setters)*
        }
    }
}

/// `DE 2, ...` stays, `Tag 9F26` and `Subfield 1` become small.
fn lower(text: &str) -> String {
    if text.starts_with("DE ") { text.to_owned() } else { text[..1].to_lowercase() + &text[1..] }
}
