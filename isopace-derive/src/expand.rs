//! What a struct expands to: constants that check it, and the implementations.
//!
//! Everything is in one `const _` block, so that nothing but the implementations is seen outside. Names of our own
//! start with two underscores, or are local variables that the user's names cannot meet.

use proc_macro2::{Group, Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::{GenericParam, Generics, Lifetime, LifetimeParam, LitStr, parse_quote};

use crate::ast::{Input, Member, Target};
use crate::expand_composite;
use crate::tree::{Node, What, in_identifier};
use crate::types;

/// The whole expansion.
pub(crate) fn expand(input: &Input<'_>) -> TokenStream {
    let base = match &input.target {
        Target::Message(_) => "",
        Target::Composite(place) => place.text.as_str(),
    };
    let mut checks = TokenStream::new();
    constants(input, base, &input.members, &mut checks);
    let mut groups = TokenStream::new();
    expand_composite::groups(input, &input.members, &mut groups);
    let implementations = match &input.target {
        Target::Message(mti) => message(input, mti),
        Target::Composite(place) => expand_composite::composite(input, place),
    };
    quote! {
        const _: () = {
            #checks
            #groups
            #implementations
        };
    }
}

/// The constant for the field at a path.
pub(crate) fn constant(path: &str) -> Ident {
    format_ident!("__ELEMENT_{}", in_identifier(path))
}

/// A local variable that no name of the user can meet, not even that of a constant.
pub(crate) fn local(name: &str) -> Ident {
    format_ident!("__{name}", span = Span::mixed_site())
}

/// The variable that holds a member while the others are read. Never one of our own: a field may be called `message`.
fn variable(name: &Ident) -> Ident {
    format_ident!("__field_{}", name.unraw(), span = Span::mixed_site())
}

/// The field of each place, and the checks of each member.
fn constants(input: &Input<'_>, base: &str, nodes: &[Node<'_>], out: &mut TokenStream) {
    let dialect = input.dialect;
    for node in nodes {
        let (name, path) = (constant(&node.path), &node.path);
        out.extend(quote! {
            const #name: &::isopace::msg::Field = ::isopace::msg::derived::field(&#dialect::DIALECT, #path);
        });
        match &node.what {
            What::Member(member) => {
                let defined = quote_spanned! {member.span=>
                    ::isopace::msg::derived::defined(&#dialect::DIALECT, #base, #path)
                };
                let fits = fits(input, path, member);
                out.extend(quote! {
                    const _: () = #defined;
                    const _: () = #fits;
                });
            }
            What::Group(inner) => constants(input, base, inner, out),
        }
    }
}

/// The check of a type, placed so that the compiler points at the type.
fn fits(input: &Input<'_>, path: &str, member: &Member<'_>) -> TokenStream {
    let dialect = input.dialect;
    let (ty, name, borrows) = (types::in_constant(member.ty), types::name(member.ty), types::borrows(member.ty));
    let (first, last) = types::ends(member.ty);
    let function = quote_spanned!(first=> ::isopace::msg::derived::fits);
    let shape = quote!(<#ty as ::isopace::msg::derived::Value<'static>>::SHAPE);
    let mut arguments =
        Group::new(proc_macro2::Delimiter::Parenthesis, quote!(&#dialect::DIALECT, #path, #shape, #name, #borrows));
    arguments.set_span(last);
    quote!(#function #arguments)
}

/// The implementations of a message.
fn message(input: &Input<'_>, mti: &LitStr) -> TokenStream {
    let (name, dialect) = (input.name, input.dialect);
    let (impl_generics, ty_generics, where_clause) = input.generics.split_for_impl();
    let numbers: Vec<u8> = input.members.iter().map(Node::number).collect();
    let own_mti = input.mti.map_or_else(|| quote!(Self::MTI), |field| quote!(self.#field));
    let unlisted = input.unlisted.map_or_else(|| quote!(::isopace::Unlisted::NONE), |field| quote!(self.#field));
    let complete = quote_spanned!(mti.span()=> ::isopace::msg::derived::complete(&#dialect::DIALECT, #mti, __NUMBERS));
    let listed = input.unlisted.map(|_| {
        quote!(
            const __LISTED: ::isopace::msg::typed::Listed = ::isopace::msg::typed::Listed::new(__NUMBERS);
        )
    });
    let walk = walk(&input.members, &quote!(self));
    let try_from = try_from(input);
    quote! {
        /// The elements that the struct names.
        const __NUMBERS: &[u8] = &[#(#numbers),*];
        #listed
        const _: () = #complete;

        impl #impl_generics #name #ty_generics #where_clause {
            /// The message type; its repeat is read as well.
            pub const MTI: ::isopace::types::Mti = ::isopace::msg::typed::message_type(#mti);

            /// Writes the message out: one allocation, of the right size.
            ///
            /// # Errors
            ///
            /// A value that does not fit its element.
            pub fn pack(&self) -> ::core::result::Result<::isopace::Bytes, ::isopace::Error> {
                ::isopace::msg::derived::pack(&#dialect::DIALECT, #own_mti, self, #unlisted)
            }

            /// Appends the message to a buffer.
            ///
            /// # Errors
            ///
            /// As `pack`; the buffer then holds a part of the message.
            pub fn pack_into(
                &self,
                out: &mut ::std::vec::Vec<u8>,
            ) -> ::core::result::Result<(), ::isopace::Error> {
                ::isopace::msg::derived::pack_into(&#dialect::DIALECT, #own_mti, self, #unlisted, out)
            }
        }

        #[automatically_derived]
        impl #impl_generics ::isopace::msg::Outgoing for #name #ty_generics #where_clause {
            fn write(&self, out: &mut ::std::vec::Vec<u8>) -> ::core::result::Result<(), ::isopace::Error> {
                self.pack_into(out)
            }
        }

        #[automatically_derived]
        impl #impl_generics ::isopace::msg::derived::Members for #name #ty_generics #where_clause {
            #walk
        }

        #[automatically_derived]
        impl #impl_generics ::isopace::msg::typed::Fields for #name #ty_generics #where_clause {
            #[inline(always)]
            fn visit<V: ::isopace::msg::typed::Visitor>(
                &self,
                visitor: &mut V,
            ) -> ::core::result::Result<(), V::Error> {
                ::isopace::msg::derived::visit(self, visitor)
            }
        }

        #try_from
    }
}

/// The struct from a received message.
fn try_from(input: &Input<'_>) -> TokenStream {
    let (name, dialect) = (input.name, input.dialect);
    let (message, gather) = (local("message"), local("gather"));
    let (lifetime, generics) = with_lifetime(input.generics);
    let (_, ty_generics, where_clause) = input.generics.split_for_impl();
    let (impl_generics, ..) = generics.split_for_impl();
    let reads = reads(&input.members, &quote!(&#message), &gather);
    let (unwrapped, fields) = (unwrapped(&input.members), fields(&input.members, false));
    let mti = input.mti.map(|field| quote!(#field: #message.mti(),));
    let unlisted = input.unlisted.map(|field| quote!(#field: ::isopace::Unlisted::of(#message, &__LISTED),));
    quote! {
        #[automatically_derived]
        impl #impl_generics ::core::convert::TryFrom<&#lifetime #dialect::Message>
            for #name #ty_generics #where_clause
        {
            type Error = ::isopace::Violations;

            /// All that is wrong with the message as one of this type, at once.
            fn try_from(
                #message: &#lifetime #dialect::Message,
            ) -> ::core::result::Result<Self, ::isopace::Violations> {
                let #message: &#lifetime ::isopace::Message = #message;
                let mut #gather = ::isopace::msg::derived::Gather::of(#message, Self::MTI);
                #reads
                #gather.finish()?;
                #unwrapped
                ::core::result::Result::Ok(Self { #mti #fields #unlisted })
            }
        }
    }
}

/// The lifetime that values borrow for, and the parameters of an implementation that has it: the struct's own, or one
/// of ours.
pub(crate) fn with_lifetime(generics: &Generics) -> (Lifetime, Generics) {
    if let Some(own) = generics.lifetimes().next() {
        return (own.lifetime.clone(), generics.clone());
    }
    let lifetime: Lifetime = parse_quote!('__message);
    (lifetime.clone(), with_parameter(generics, &lifetime))
}

/// With one lifetime more.
pub(crate) fn with_parameter(generics: &Generics, lifetime: &Lifetime) -> Generics {
    let mut generics = generics.clone();
    generics.params.insert(0, GenericParam::Lifetime(LifetimeParam::new(lifetime.clone())));
    generics
}

/// The body of `Members`: each member that is there, in the order of the wire.
pub(crate) fn walk(nodes: &[Node<'_>], owner: &TokenStream) -> TokenStream {
    let walker = local("walker");
    let steps = nodes.iter().map(|node| {
        let element = constant(&node.path);
        match &node.what {
            What::Member(Member { name, ty, is_optional, .. }) => {
                let how = if *is_optional { quote!(optional) } else { quote!(mandatory) };
                quote_spanned!(types::ends(ty).0=> ::isopace::msg::derived::#how(&#owner.#name, #element, #walker)?;)
            }
            What::Group(_) => {
                let group = expand_composite::group_name(&node.path);
                quote!(::isopace::msg::derived::group(&#group(#owner), #element, #walker)?;)
            }
        }
    });
    quote! {
        #[inline(always)]
        fn walk<W: ::isopace::msg::derived::Walker>(
            &self,
            #walker: &mut W,
        ) -> ::core::result::Result<(), W::Error> {
            #(#steps)*
            ::core::result::Result::Ok(())
        }
    }
}

/// Reads each member into a variable, in the order of the wire.
pub(crate) fn reads(nodes: &[Node<'_>], source: &TokenStream, gather: &Ident) -> TokenStream {
    let steps = nodes.iter().map(|node| {
        let element = constant(&node.path);
        match &node.what {
            What::Member(Member { name, ty, is_optional, .. }) => {
                let (variable, how) = (variable(name), if *is_optional { "optional" } else { "mandatory" });
                let how = format_ident!("{how}");
                quote!(let #variable = #gather.#how::<#ty>(#source, #element);)
            }
            What::Group(inner) => {
                let opened = local(&format!("opened_{}", in_identifier(&node.path)));
                let steps = inner.iter().map(|node| {
                    // Only what does not borrow can be read where the composite stands as hex.
                    let lent = if node.borrows() { quote!(&#opened.long()) } else { quote!(&#opened.short()) };
                    reads(std::slice::from_ref(node), &lent, gather)
                });
                quote! {
                    let #opened = #gather.open(#source, #element);
                    #(#steps)*
                }
            }
        }
    });
    quote!(#(#steps)*)
}

/// Takes the mandatory members out of their options. That one is not there has been told before this.
fn unwrapped(nodes: &[Node<'_>]) -> TokenStream {
    let steps = nodes.iter().map(|node| match &node.what {
        What::Member(Member { is_optional: true, .. }) => TokenStream::new(),
        What::Member(member) => {
            let variable = variable(member.name);
            quote! {
                let ::core::option::Option::Some(#variable) = #variable else {
                    return ::core::result::Result::Err(::isopace::msg::derived::Gather::unfinished());
                };
            }
        }
        What::Group(inner) => unwrapped(inner),
    });
    quote!(#(#steps)*)
}

/// The members in a struct expression, each from its variable. The mandatory ones may still be options.
pub(crate) fn fields(nodes: &[Node<'_>], as_options: bool) -> TokenStream {
    let fields = nodes.iter().map(|node| match &node.what {
        What::Member(Member { name, is_optional, .. }) => {
            let variable = variable(name);
            let question = (as_options && !is_optional).then(|| quote!(?));
            quote!(#name: #variable #question,)
        }
        What::Group(inner) => fields(inner, as_options),
    });
    quote!(#(#fields)*)
}
