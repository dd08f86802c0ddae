//! The types of components that there are.

mod address;
mod connector;
mod correlation;
mod dialect;
mod ear;
mod gateway;
#[cfg(feature = "store")]
mod idempotency;
#[cfg(feature = "store")]
mod kept;
mod link;
mod listening_pool;
mod network;
mod pool;
#[cfg(feature = "store")]
mod reversals;
#[cfg(feature = "store")]
mod saf;
mod simulator;
mod stans;
#[cfg(feature = "store")]
mod store;
mod time;
mod tls;
mod trace;
mod unsolicited;

pub(super) use address::collide;
pub(super) use connector::build as connector;
pub(super) use gateway::build as gateway;
pub(super) use pool::{build as pool, members as members_of_pool};
#[cfg(feature = "store")]
pub(super) use saf::build as store_and_forward;
pub(super) use simulator::build as simulator;
