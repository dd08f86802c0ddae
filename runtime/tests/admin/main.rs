//! Administration over HTTP, and the page for the operator.
#![cfg(feature = "admin")]

#[path = "../admin_common/mod.rs"]
mod admin_common;

mod admin_access;
mod admin_bounds;
mod admin_host;
mod admin_http;
mod admin_inspect;
mod admin_page;
#[cfg(feature = "store")]
mod admin_queues;
