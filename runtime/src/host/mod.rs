//! What a switch is made of, started in order and stopped in reverse.
//!
//! A [`Component`] is anything with a life of its own: a connector, a pool, a gateway, a simulator, or code of the user's.

mod component;

pub use component::{BoxFuture, Component, Health, StartError, Status};
