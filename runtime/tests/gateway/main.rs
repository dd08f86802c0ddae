//! Gateways and traces.
#![cfg(feature = "net")]

#[path = "../gateway_common/mod.rs"]
mod gateway_common;
#[cfg(all(feature = "postgres", unix))]
#[path = "../postgres_common/mod.rs"]
mod postgres_common;

#[cfg(feature = "host")]
mod gateway_component;
#[cfg(unix)]
mod gateway_crowd;
mod gateway_declines;
mod gateway_flow;
mod gateway_hostile;
#[cfg(feature = "store")]
mod gateway_idempotency;
#[cfg(feature = "store")]
mod gateway_idempotency_ends;
mod gateway_life;
mod gateway_mapping;
mod gateway_metrics;
mod gateway_routes;
mod gateway_stan;
#[cfg(feature = "tls")]
mod gateway_tls;
mod trace;
