//! Store and forward: what was accepted is delivered, in order, at least once, whatever ends in between.
//!
//! A [`Saf`] is a durable queue to one destination. Accepting a message ends when it is on the disk. Messages are sent
//! one after the other over an [`Upstream`]; the next one follows when the first is delivered (answered with a code
//! that says so) or given up. From the second attempt on a message goes out as a repeat (0421, 0221). One that is given
//! up is kept, and tells so in the log and in `isopace_saf_dead_total`.
//!
//! A queue may stand in for its destination: [`Saf::advise`] takes an advice and answers it. Named as a route of a gateway, in
//! descriptors, it does so for clients.
//!
//! Several nodes may share a queue: at any time one of them delivers. It is no way to get an answer: who wants that
//! sends a request. A message authentication code is not stored with a message in mind that changes its type: have a
//! filter of the link put it on.
//!
//! ```
//! use std::sync::Arc;
//! use std::time::Duration;
//!
//! use isopace::connector::Connector;
//! use isopace::frame::{Framing, Header};
//! use isopace::iso87a::DIALECT;
//! use isopace::link::Connect;
//! use isopace::saf::{Policy, Saf};
//! use isopace::store::{Sqlite, StorageKey, Vault};
//! use isopace::{Edit, Message};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let directory = std::env::temp_dir().join(format!("isopace-saf-doc-{}", std::process::id()));
//! # std::fs::create_dir_all(&directory)?;
//! # let path = directory.join("store.db");
//! let store = Arc::new(Sqlite::open(path).await?);
//! let vault = Vault::new(&StorageKey::from_hex("2026-11", &"5a".repeat(32))?, &[])?;
//! let issuer = Connector::builder(&DIALECT).dial(Connect::to("127.0.0.1:9", Framing::new(Header::Binary2))).start()?;
//! let saf = Saf::builder("issuer", &DIALECT, store, vault)
//!     .upstream(issuer)
//!     .policy(Policy::new().timeout(Duration::from_secs(10)))
//!     .node("node-1")
//!     .build();
//! saf.start()?;
//!
//! let mut advice = Edit::build(&DIALECT);
//! advice.mti("0220").set(4, "000000002500").set(7, "1120072155").set(11, "000001");
//! let advice = Message::parse(&DIALECT, advice.finish()?)?;
//! saf.accept("20261120-000001", &advice).await?;
//! saf.stop().await;
//! assert_eq!(saf.status().await?.pending, 1);
//! # std::fs::remove_dir_all(directory)?;
//! # Ok(())
//! # }
//! ```

mod advice;
mod builder;
#[cfg(feature = "host")]
mod component;
mod error;
mod handle;
mod inner;
mod machine;
#[cfg(test)]
mod model;
mod policy;
mod run;
mod stored;
mod upstream;

pub use advice::AdviceError;
pub use builder::Builder;
pub use error::{AcceptError, StartError};
pub use handle::Saf;
pub use policy::{Other, Policy};
pub use stored::Stored;
pub use upstream::{Over, Upstream};
