//! The wire language: what an element's bytes look like, and how to read and write one element.
//!
//! A [`Rule`] is data; [`Raw`] reads the content of one element by its rule and [`Body`] writes it. Nothing here
//! knows about messages: which element comes when is the index's business.

mod bcd;
mod bitmap;
mod body;
mod buffer;
mod class;
mod copied;
mod ebcdic;
mod fault;
mod hex;
mod prefix;
mod raw;
mod rule;

pub(crate) use bitmap::{decode as decode_bitmap, encode as encode_bitmap, width as bitmap_width};
pub use body::Body;
pub(crate) use body::{decode_digits4, encode_digits4};
pub use buffer::Buffer;
pub(crate) use ebcdic::{looks_like_ebcdic_digits, to_ascii as ebcdic_to_ascii};
pub use fault::{ErrorKind, Fault};
pub(crate) use prefix::{read as read_prefix, units_of};
pub(crate) use raw::Chars;
pub use raw::Raw;
pub use rule::{
    BitmapEncoding, BitmapRule, Class, Counts, DigitEncoding, Encoding, Length, Pad, Policy, Prefix, PrefixEncoding,
    Rule, Side,
};
