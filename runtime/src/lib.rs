//! ISO 8583 messages: typed, zero-copy, masked by construction; and the runtime that carries them.
//!
//! Without default features this is the codec alone: `wire` (what bytes look like), `msg` (messages) and
//! [`types`] (what values mean), with no runtime and no tokio.
#![forbid(unsafe_code)]

// Generated code names this package by its own name, here too.
extern crate self as isopace;

#[cfg(feature = "admin")]
pub mod admin;
#[cfg(feature = "net")]
pub mod connector;
/// The shipped dialects, generated from the specs of this project.
#[path = "gen/mod.rs"]
pub mod dialects;
#[cfg(feature = "load")]
pub mod doctor;
#[cfg(feature = "net")]
pub mod flow;
pub mod frame;
#[cfg(feature = "net")]
pub mod gateway;
#[cfg(feature = "host")]
pub mod host;
#[cfg(feature = "load")]
pub mod inspect;
#[cfg(feature = "net")]
pub mod link;
#[cfg(feature = "load")]
pub mod load;
#[cfg(feature = "net")]
pub mod metrics_names;
#[cfg(feature = "host")]
mod mistyped;
pub mod msg;
#[cfg(feature = "net")]
pub mod mux;
#[cfg(feature = "net")]
pub mod pool;
#[cfg(feature = "store")]
pub mod reversal;
#[cfg(feature = "store")]
pub mod saf;
#[cfg(feature = "host")]
pub mod simulator;
#[cfg(feature = "net")]
pub mod space;
#[cfg(feature = "store")]
pub mod store;
#[cfg(feature = "host")]
pub mod teq;
#[cfg(feature = "net")]
pub mod trace;
pub mod types;
pub mod wire;

pub use bytes::Bytes;
pub use dialects::iso87a;
#[cfg(feature = "derive")]
pub use isopace_derive::Iso8583;
pub use msg::{Dialect, Edit, Error, Get, Message, Path, Unlisted, Violations};

/// The examples of the README compile.
#[cfg(all(doctest, feature = "derive", feature = "admin"))]
#[doc = include_str!("../../README.md")]
struct Readme;
