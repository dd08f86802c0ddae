//! What is made from a spec beside Rust code: a field reference, a JSON Schema of the language, the differences of
//! two specs, and a dissector for Wireshark.
//!
//! Each printer is a function of the [`model`](crate::model) alone (the schema of nothing at all): no time, no version,
//! no path of a machine, so that what is checked in stays the same until a spec changes. None of them reads a message.
//! Every `match` over a word of the model names all of them: a word that is added does not compile until each printer
//! says what it makes of it.

pub mod diff;
pub mod dissector;
pub mod docs;
pub mod schema;
mod words;
