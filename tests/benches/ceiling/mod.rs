//! The ceiling: one dialect (ISO 8583:1987, ASCII) decoded, packed and spliced by hand, as fast as safe Rust was found to go.
//!
//! What a general codec is measured against. It says nothing of what is wrong, cannot be extended, and knows its elements by
//! heart: the walk is unrolled element by element, the characters of a whole group of elements of one class are checked in
//! one sweep, and only when that fails is each element looked at by itself. It accepts and rejects what the library accepts
//! and rejects, and gives equal values; a test holds it to that.

mod index;
mod kind;
mod numbers;
mod request;
mod runs;
mod splice;

pub use index::{Index, Owned, index};
pub use kind::Kind;
pub use request::{Narrow, Wide};
pub use splice::splice;
