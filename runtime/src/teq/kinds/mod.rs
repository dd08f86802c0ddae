//! The types of components that there are.

mod address;
mod connector;
mod correlation;
mod dialect;
mod ear;
mod gateway;
mod link;
mod network;
mod pool;
mod simulator;
mod time;
mod tls;
mod trace;

pub(super) use address::collide;
pub(super) use connector::build as connector;
pub(super) use gateway::build as gateway;
pub(super) use pool::{build as pool, members as members_of_pool};
pub(super) use simulator::build as simulator;
