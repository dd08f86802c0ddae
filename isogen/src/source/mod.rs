//! Spec files as text and as trees: reading TOML, keeping spans, merging a spec over the one it extends.
//!
//! Nothing here knows what a key means beyond what merging needs (`extends`, `remove`, composites). Meaning starts
//! in [`crate::resolve`].

mod extends;
mod merge;
mod parse;
mod reader;
mod tags;
mod text;
mod tree;

pub(crate) use extends::{Base, Chain};
pub(crate) use reader::{Reader, Words, integer, one_of, string, table, wrong_type};
pub(crate) use text::{Source, Sources, Span};
pub(crate) use tree::{Datum, Entry, Node, Table};
