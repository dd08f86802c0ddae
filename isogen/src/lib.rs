//! The spec compiler: one TOML file per ISO 8583 dialect in, typed Rust out.
//!
//! `source` reads TOML and keeps spans, `resolve` turns it into the [`model`], `check` holds the lints, `emit` prints
//! Rust. Nothing here knows how to pack or unpack a message: that is the `isopace` package.
//!
//! Three ways in: the `isogen` program (feature `cli`) for code that is checked in, `Config` (feature `emit`) for a
//! build script, and [`load_file`] or [`load_str`] for a program that reads specs while it runs. All of them say what
//! is wrong in the same words: every mistake of a spec in one run, each with its place and what to do about it.

mod check;
#[cfg(feature = "emit")]
mod config;
mod diagnostic;
#[cfg(feature = "emit")]
pub mod emit;
mod load;
pub mod model;
#[cfg(feature = "emit")]
mod output;
#[cfg(feature = "print")]
pub mod print;
mod resolve;
pub mod shipped;
mod source;

#[cfg(feature = "emit")]
pub use config::{Config, Error};
pub use diagnostic::{Diagnostic, Diagnostics, Level};
pub use load::{Loaded, load_file, load_str};
#[cfg(feature = "emit")]
pub use output::Output;
