//! A link that heals itself.
//!
//! A [`Connector`] opens a link, or accepts it where the peer is the one who connects, signs on, and only then takes
//! requests. It finds out by echo tests when the peer is gone, connects again with growing waits, answers the sign-on and echo tests
//! of the peer, and signs off before it closes. Everything about network management is said in one place,
//! [`NetworkManagement`], and written by the rules of the dialect.
//!
//! ```
//! use std::time::Duration;
//!
//! use isopace::Edit;
//! use isopace::connector::{Connector, NetworkManagement};
//! use isopace::frame::{Framing, Header};
//! use isopace::iso87a::DIALECT;
//! use isopace::link::{Connect, Listen};
//! use isopace::mux::{Inbound, Outcome};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let framing = Framing::new(Header::Binary2);
//! let listener = Listen::new(framing).bind("127.0.0.1:0").await?;
//! let address = listener.local_address().to_string();
//!
//! // A host: it answers sign-on, echo and sign-off by itself, and approves what comes else.
//! let approve = |inbound: Inbound| async move {
//!     let Ok(mut reply) = inbound.message.reply() else { return };
//!     reply.set(39, "00");
//!     drop(inbound.replier.reply(&reply).await);
//! };
//! let host = Connector::builder(&DIALECT).accept(listener).serve(approve).start()?;
//!
//! let network = NetworkManagement::iso87().echo_when_idle(Duration::from_secs(60));
//! let client = Connector::builder(&DIALECT).dial(Connect::to(address, framing)).network(network).start()?;
//! assert!(client.ready().await);
//!
//! let mut request = Edit::build(&DIALECT);
//! request.mti("0200").set(3, "000000").set(4, "000000002500").set(11, "000001").set(41, "TERM0001");
//! match client.request(&request).await {
//!     Outcome::Response(answer) => println!("{}", answer.mti()),
//!     other if other.retry_safe() => println!("not sent"),
//!     other => println!("it may have been acted on: {}", other.name()),
//! }
//! client.stop().await;
//! host.stop().await;
//! # Ok(())
//! # }
//! ```
//!
//! Every wait has an end of its own: connecting, sign-on, key exchange, echo test, draining, sign-off, closing. So a
//! connector always stops, whatever the peer does.

mod backoff;
mod builder;
mod clock;
mod error;
mod events;
mod handle;
mod inner;
mod machine;
mod meters;
mod network;
mod request;
mod service;
mod session;
mod source;
mod stats;
mod status;
mod supervisor;

pub use backoff::Backoff;
#[cfg(any(feature = "host", feature = "store"))]
pub(crate) use backoff::Waits;
pub use builder::{Builder, SecondLink};
pub use clock::{Clock, Stans};
pub use error::{BuildError, Failure, NetworkError, StartError};
pub use events::{Events, Trouble};
pub use handle::Connector;
pub use machine::State;
pub use network::{NetworkManagement, Purpose, Reply};
pub use request::Request;
pub use session::Session;
pub use stats::Stats;
pub use status::{Changes, Status};
