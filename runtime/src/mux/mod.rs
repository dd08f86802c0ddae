//! Many requests at a time over one link.
//!
//! A [`Mux`] gives each request the answer that belongs to it, and to no other: answers are told by the expected
//! message type and by the data elements of a [`Correlation`], compared in full. Each request ends exactly once, by its
//! deadline at the latest, with an [`Outcome`] that says whether the peer may have acted on it. What comes in that
//! nobody waits for is never dropped silently: messages of the peer go to a [`Service`], late, second and unmatched
//! answers to [`Events`].
//!
//! Everything that waits is bounded: requests in flight, bytes to be written, messages of the peer. Where a bound is
//! reached the caller waits, up to its deadline.
//!
//! ```
//! use std::time::Duration;
//!
//! use isopace::frame::{Framing, Header};
//! use isopace::iso87a::DIALECT;
//! use isopace::link::Link;
//! use isopace::mux::{Inbound, Mux, Outcome};
//! use isopace::Edit;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let framing = Framing::new(Header::Binary2);
//! let (ours, theirs) = tokio::io::duplex(4096);
//!
//! // A host that approves everything.
//! let approve = |inbound: Inbound| async move {
//!     let Ok(mut reply) = inbound.message.reply() else { return };
//!     reply.set(39, "00");
//!     if let Err(error) = inbound.replier.reply(&reply).await {
//!         eprintln!("no answer: {error}");
//!     }
//! };
//! let (_host, driver) = Mux::builder(&DIALECT).serve(approve).start(Link::new(theirs, framing))?;
//! tokio::spawn(driver);
//!
//! let (mux, driver) = Mux::builder(&DIALECT).timeout(Duration::from_secs(5)).start(Link::new(ours, framing))?;
//! tokio::spawn(driver);
//! let mut echo = Edit::build(&DIALECT);
//! echo.mti("0800").set(7, "1120072155").set(11, "000001").set(70, "301");
//! match mux.request(&echo).await {
//!     Outcome::Response(answer) => assert_eq!(answer.get::<isopace::types::Text>(39)?.as_deref(), Some("00")),
//!     other if other.retry_safe() => eprintln!("not sent: {}", other.name()),
//!     other => eprintln!("it may have been acted on: {}", other.name()),
//! }
//! mux.close(Duration::from_secs(5)).await;
//! # Ok(())
//! # }
//! ```

mod builder;
mod driver;
mod event;
mod handle;
mod key;
mod meters;
mod outcome;
mod request;
mod rule;
mod scratch;
mod service;
mod shared;
mod state;
mod stats;
mod table;
pub(crate) mod terms;
#[cfg(test)]
mod tests;
mod wheel;

pub use builder::Builder;
pub use event::{Events, Reason, Unmatched};
pub use handle::{Drain, Mux};
pub use key::Key;
pub(crate) use meters::Meters;
pub use outcome::{Lost, NotSent, Outcome, Rejected, Response, SendError};
pub use request::{Answer, Request};
pub use rule::{Correlation, CorrelationError};
pub use service::{Inbound, Replier, Service, Unserved};
pub use stats::Stats;

pub use crate::msg::{Outgoing, Wire};
