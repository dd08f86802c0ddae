//! What is kept: stores, store and forward, reversals; and flow and space over them.
#![cfg(feature = "net")]

#[cfg(all(feature = "store", feature = "load"))]
#[path = "../common/mod.rs"]
mod common;
#[cfg(all(feature = "postgres", unix))]
#[path = "../cut_common/mod.rs"]
mod cut_common;
#[path = "../flow_common/mod.rs"]
mod flow_common;
#[cfg(all(feature = "postgres", unix))]
#[path = "../postgres_common/mod.rs"]
mod postgres_common;
#[cfg(feature = "store")]
#[path = "../saf_common/mod.rs"]
mod saf_common;
#[path = "../space_common/mod.rs"]
mod space_common;
#[cfg(feature = "store")]
#[path = "../store_common/mod.rs"]
mod store_common;

mod flow_cancel;
mod flow_crash;
mod flow_idempotency;
mod flow_journal;
mod flow_load;
mod flow_order;
mod flow_retry;
#[cfg(feature = "store")]
mod flow_store;
#[cfg(feature = "store")]
mod reversal_chains;
#[cfg(feature = "store")]
mod saf_advice;
#[cfg(feature = "store")]
mod saf_delivery;
mod space_model;
mod space_tasks;
#[cfg(all(feature = "postgres", unix))]
mod store_postgres;
#[cfg(all(feature = "postgres", unix))]
mod store_postgres_cut;
#[cfg(feature = "store")]
mod store_sqlite;
#[cfg(feature = "store")]
mod store_sqlite_torn;
#[cfg(all(feature = "store", feature = "load"))]
mod store_vault;
