//! Links, mux, connectors, pools.
#![cfg(feature = "net")]

#[path = "../connector_common/mod.rs"]
mod connector_common;
#[path = "../mux_common/mod.rs"]
mod mux_common;
#[path = "../pool_common/mod.rs"]
mod pool_common;

mod connector_events;
mod connector_life;
mod connector_network;
mod connector_peer;
mod connector_sockets;
mod connector_stop;
mod connector_watch;
mod link_stream;
mod link_tcp;
#[cfg(feature = "tls")]
mod link_tls;
mod metrics;
mod mux_inbound;
mod mux_link;
mod mux_load;
mod mux_outcomes;
#[cfg(all(feature = "net", feature = "derive"))]
mod mux_typed;
mod mux_unsent;
mod pool_life;
mod pool_members;
