//! `#[derive(Iso8583)]`: a struct of your own, checked against a dialect when it is compiled.
//!
//! The derive maps fields to data elements and says nothing of the wire: lengths, encodings and secrecy stay in the
//! dialect. The macro itself sees only names and numbers; whether the dialect has an element, and whether a type can
//! hold it, is checked by constants in what it expands to. It is re-exported as `isopace::Iso8583`.
//!
//! ```
//! use isopace::types::{Amount, Mti, Pan, Stan};
//! use isopace::{Iso8583, Unlisted, iso87a};
//!
//! #[derive(Iso8583)]
//! #[iso8583(dialect = iso87a, mti = "0600")]
//! struct Inquiry<'a> {
//!     #[iso8583(2)]
//!     pan: Pan<'a>,
//!     #[iso8583(4)]
//!     amount: Option<Amount>,
//!     #[iso8583(11)]
//!     stan: Stan,
//!     #[iso8583(41)]
//!     terminal: &'a str,
//!     #[iso8583("55.9F26")]
//!     cryptogram: Option<[u8; 8]>,
//!     #[iso8583(mti)]
//!     mti: Mti,
//!     #[iso8583(unlisted)]
//!     rest: Unlisted<'a>,
//! }
//!
//! let inquiry = Inquiry {
//!     pan: Pan::new("4111111111111111")?,
//!     amount: None,
//!     stan: Stan::new(123_456)?,
//!     terminal: "TERM0001",
//!     cryptogram: Some([1, 2, 3, 4, 5, 6, 7, 8]),
//!     mti: Inquiry::MTI,
//!     rest: Unlisted::NONE,
//! };
//! let message = iso87a::Message::parse(inquiry.pack()?)?;
//! let read = Inquiry::try_from(&message)?;
//! assert_eq!(read.terminal, "TERM0001");
//! assert_eq!(read.cryptogram, inquiry.cryptogram);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
#![forbid(unsafe_code)]

mod ast;
mod attr;
mod check;
mod ctxt;
mod expand;
mod expand_composite;
mod fallback;
#[cfg(test)]
mod golden;
mod tree;
mod types;

use proc_macro2::TokenStream;
use syn::DeriveInput;

/// A struct that stands for a message, or for the inside of a composite element.
///
/// # On the struct
///
/// `#[iso8583(dialect = iso87a, mti = "0200")]`: a message of this type. `dialect` is the path of a generated module.
/// The struct gets `MTI`, `pack`, `pack_into`, `Outgoing`, so that it can be sent, and `TryFrom<&iso87a::Message>`, which accepts the
/// repeat (`0201`) too and tells all that is wrong at once.
///
/// `#[iso8583(dialect = iso87a, composite = "55")]`: what is inside an element. It can be a field of a message struct,
/// a value for `Edit::set`, and be made from a `View` by `TryFrom`.
///
/// The struct has named fields, at most one lifetime, and no other parameters.
///
/// # On each field
///
/// | attribute | the field is |
/// |---|---|
/// | `#[iso8583(2)]` | a data element, or a child by its number |
/// | `#[iso8583("55.9F26")]` | a value inside a composite; in a struct for element 55 it is `"9F26"` |
/// | `#[iso8583("127.22.CheckData")]` | a pair by its name; what a path has no room for is written as `%2E` |
/// | `#[iso8583(mti)]` | the message type received, and to be sent: a `Mti` |
/// | `#[iso8583(unlisted)]` | an `Unlisted`: the elements that the struct does not name, written again as they stand |
///
/// A plain type must be there, an `Option` may be. Types are those that implement `Decode` and `Encode`, structs that
/// derive `Iso8583` with `composite`, and `View`.
///
/// A composite is written from the named children alone, ascending by number or tag; of a repeated tag the first is
/// read. To change a received composite and keep the rest of it, use `Message::edit` and `set_leaf`.
///
/// # What does not compile
///
/// An element that the dialect does not have, a type that cannot hold its element (a PAN does not fit in a `&str`: it
/// would print), a mandatory element of the message left out, an element named twice.
#[proc_macro_derive(Iso8583, attributes(iso8583))]
pub fn derive_iso8583(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    let input = syn::parse_macro_input!(input as DeriveInput);
    derive(&input).into()
}

/// The expansion, or all mistakes and stand-ins for what could not be expanded.
fn derive(input: &DeriveInput) -> TokenStream {
    let mut ctxt = ctxt::Ctxt::default();
    let parsed = ast::parse(input, &mut ctxt);
    let checked = check::check(&parsed, &mut ctxt);
    match (ctxt.into_errors(), checked) {
        (None, Some(checked)) => expand::expand(&checked),
        (errors, _) => fallback::expand(&parsed, errors.as_ref()),
    }
}
