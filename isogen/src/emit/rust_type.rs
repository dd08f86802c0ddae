//! Which Rust type a field is read into and written from.

use proc_macro2::TokenStream;
use quote::quote;

use super::name;
use crate::model::{Encoding, Field, Kind, Length, Policy, Sensitivity};

/// Most characters of a text that is kept in the value and not on the heap.
const LONGEST_SHORT: u32 = 64;

/// A Rust type for a field, where the items of the field's own module are at `home`.
pub(super) struct RustType {
    /// Read from a message, borrowing for `'a` where it can.
    pub(super) read: TokenStream,
    /// Whether it borrows at all.
    pub(super) borrows: bool,
    /// Parameter of a setter.
    pub(super) write: TokenStream,
    /// Reference to the parameter, for the encoder.
    pub(super) written: TokenStream,
}

/// The type of a field; `lifetime` is what a borrowing one borrows for.
pub(super) fn of(field: &Field, lifetime: &TokenStream) -> RustType {
    let types = quote!(::isopace::types);
    let copy = |name: TokenStream| RustType {
        read: quote!(#types::#name),
        borrows: false,
        write: quote!(#types::#name),
        written: quote!(&value),
    };
    let secret = |name: TokenStream| RustType {
        read: quote!(#types::#name<#lifetime>),
        borrows: true,
        write: quote!(&#types::#name<'_>),
        written: quote!(value),
    };
    if field.composite.is_some() {
        let name = name::type_name(&field.ident);
        return RustType {
            read: quote!(#name<#lifetime>),
            borrows: true,
            write: quote!(&#name<'_>),
            written: quote!(value),
        };
    }
    let keeps_secrets = matches!(field.sensitivity, Sensitivity::Pan | Sensitivity::Sad | Sensitivity::Key);
    match field.kind {
        Kind::Text | Kind::Digits | Kind::Number if keeps_secrets => secret(quote!(SecretText)),
        Kind::Bytes if keeps_secrets => secret(quote!(KeyData)),
        Kind::Text | Kind::Digits => text(field, lifetime),
        Kind::Bytes => bytes(field, lifetime),
        Kind::Number => RustType { read: quote!(u64), borrows: false, write: quote!(u64), written: quote!(&value) },
        Kind::Code => {
            let name = name::type_name(&field.ident);
            RustType {
                read: quote!(#name),
                borrows: false,
                write: quote!(impl ::isopace::msg::Code),
                written: quote!(&value),
            }
        }
        Kind::Amount => copy(quote!(Amount)),
        Kind::SignedAmount => copy(quote!(SignedAmount)),
        Kind::Stan => copy(quote!(Stan)),
        Kind::ProcessingCode => copy(quote!(ProcessingCode)),
        Kind::Currency => copy(quote!(Currency)),
        Kind::MonthDayTime => copy(quote!(MonthDayTime)),
        Kind::MonthDay => copy(quote!(MonthDay)),
        Kind::Time => copy(quote!(Time)),
        Kind::YearMonth => copy(quote!(YearMonth)),
        Kind::Date => copy(quote!(Date)),
        Kind::DateTime => copy(quote!(DateTime)),
        Kind::Pan => secret(quote!(Pan)),
        Kind::Track1 => secret(quote!(Track1)),
        Kind::Track2 => secret(quote!(Track2)),
        Kind::PinBlock => secret(quote!(PinBlock)),
    }
}

fn text(field: &Field, lifetime: &TokenStream) -> RustType {
    let (read, borrows) = match field.encoding {
        Encoding::Ascii => (quote!(::isopace::types::Text<#lifetime>), true),
        Encoding::Utf8 => (quote!(&#lifetime str), true),
        // What must be converted is kept in the value where it is short; other than strict content may not be ASCII.
        Encoding::Cp037 | Encoding::Cp1047 | Encoding::Bcd { .. }
            if field.policy == Policy::Strict && (1..=LONGEST_SHORT).contains(&most_units(field.length)) =>
        {
            let most = proc_macro2::Literal::usize_unsuffixed(most_units(field.length) as usize);
            (quote!(::isopace::types::ShortText<#most>), false)
        }
        _ => (quote!(::std::borrow::Cow<#lifetime, str>), true),
    };
    RustType { read, borrows, write: quote!(&str), written: quote!(value) }
}

fn bytes(field: &Field, lifetime: &TokenStream) -> RustType {
    match (field.length, field.encoding) {
        (Length::Fixed(count), _) => {
            let count = count as usize;
            let count = proc_macro2::Literal::usize_unsuffixed(count);
            RustType {
                read: quote!([u8; #count]),
                borrows: false,
                write: quote!(&[u8; #count]),
                written: quote!(value),
            }
        }
        (_, Encoding::Raw) => {
            RustType { read: quote!(&#lifetime [u8]), borrows: true, write: quote!(&[u8]), written: quote!(value) }
        }
        _ => RustType {
            read: quote!(::std::borrow::Cow<#lifetime, [u8]>),
            borrows: true,
            write: quote!(&[u8]),
            written: quote!(value),
        },
    }
}

const fn most_units(length: Length) -> u32 {
    match length {
        Length::Fixed(units) => units,
        Length::Variable { max, .. } | Length::Rest { max } => max,
    }
}
