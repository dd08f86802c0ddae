//! A whole switch from descriptors, and hosts to test against.
#![cfg(feature = "host")]

#[path = "../host_common/mod.rs"]
mod host_common;
#[cfg(all(feature = "postgres", unix))]
#[path = "../postgres_common/mod.rs"]
mod postgres_common;
#[path = "../simulator_common/mod.rs"]
mod simulator_common;

#[cfg(feature = "store")]
mod host_advices;
mod host_changes;
mod host_deployer;
mod host_descriptors;
mod host_gateway;
#[cfg(feature = "store")]
mod host_idempotency;
#[cfg(feature = "store")]
mod host_keys;
mod host_life;
mod host_pools;
#[cfg(all(feature = "postgres", unix))]
mod host_postgres_tls;
mod host_restart;
#[cfg(all(feature = "host", feature = "store"))]
mod host_reversals;
mod host_simulator;
mod host_space;
mod host_tls;
mod host_traffic;
mod simulator_actions;
mod simulator_mix;
mod simulator_scenario;
