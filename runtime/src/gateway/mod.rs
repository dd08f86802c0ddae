//! A switch: clients on one side, routes on the other.
//!
//! A [`Gateway`] takes requests in over TCP or TLS, finds the [route](Routes) of each, lets
//! [hooks](Builder::before_request) look at it and change it, carries it on by a [`Forwarder`] (a connector, a pool,
//! code), and gives the answer back. Where there is no answer to be had it declines: a client is never left without
//! one.
//!
//! Where the dialects of both sides are the same, what is not changed is carried on bit for bit, private elements and
//! unknown tags included. Where they differ a [`Mapping`] says what becomes of each element, and is proven to be whole
//! when it is built.
//!
//! ```
//! use isopace::connector::Connector;
//! use isopace::frame::{Framing, Header};
//! use isopace::gateway::{Gateway, Upstream, handler};
//! use isopace::iso87a::DIALECT;
//! use isopace::link::{Connect, Listen};
//! use isopace::trace::{Recent, Sampling, Tracer};
//! use isopace::{Edit, Message};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let framing = Framing::new(Header::Binary2);
//! let approve = handler(&DIALECT, |request: Message| async move {
//!     let mut reply = request.reply()?;
//!     reply.set(39, "00");
//!     reply.finish()
//! });
//! let recent = Recent::new(100);
//! let gateway = Gateway::builder("pos", &DIALECT)
//!     .listen(Listen::new(framing).bind("127.0.0.1:0").await?)
//!     .upstream(Upstream::new("own", approve).own_stan())
//!     .before_request(|exchange| {
//!         exchange.trace().step("acquirer", &[("id", &99001)]);
//!         Ok(exchange.edit_request(|edit| { edit.set(32, "99001"); })?)
//!     })
//!     .tracer(Tracer::new(Sampling::ALL).sink(recent.clone()))
//!     .start()
//!     .await?;
//!
//! let address = gateway.local_address().expect("it runs").to_string();
//! let client = Connector::builder(&DIALECT).dial(Connect::to(address, framing)).start()?;
//! assert!(client.ready().await);
//! let mut request = Edit::build(&DIALECT);
//! request.mti("0200").set(3, "000000").set(4, "000000002500").set(11, "000001").set(41, "TERM0001");
//! let answer = client.request(&request).await.response().expect("an answer");
//! assert_eq!(answer.mti(), "0210");
//! client.stop().await;
//! gateway.stop().await;
//! assert_eq!(recent.list()[0].id, "pos-1");
//! # Ok(())
//! # }
//! ```
//!
//! What queues is bounded: clients, requests of one client, of one route and in all; beyond the bound requests are
//! declined at once. What may have been approved and was not seen by its client is told to [`Events`], so that it can
//! be reversed.

#[cfg(feature = "store")]
mod ahead;
mod builder;
mod cause;
mod client;
#[cfg(feature = "host")]
mod component;
mod decline;
mod desk;
mod error;
mod events;
mod exchange;
mod forward;
mod forwarder;
mod handle;
mod hook;
#[cfg(feature = "store")]
mod idempotency;
mod inner;
mod late;
mod ledger;
mod mapping;
mod metrics;
mod repeats;
mod routes;
mod routing;
mod run;
mod serve;
mod stan;
mod stats;
mod upstream;
mod worker;

#[cfg(all(feature = "host", feature = "store"))]
pub(crate) use ahead::{Ahead, Note};
pub use builder::{Builder, Error};
pub use cause::{Cause, CauseKind, Codes, HookError, Limit, Stage};
pub use error::{BuildError, StartError};
#[cfg(all(feature = "host", feature = "store"))]
pub(crate) use events::Logged;
pub use events::{Client, Declined, Events, Late, Refusal, Undelivered};
pub use exchange::{Exchange, NoSuchRoute};
pub use forwarder::{BoxFuture, Forwarder, Handler, handler};
pub use handle::Gateway;
#[cfg(feature = "store")]
pub use idempotency::Idempotency;
pub use ipnet::IpNet;
pub use late::LateAnswers;
pub use mapping::{Gap, MapError, Mapping, MappingBuilder, MappingError};
pub use routes::{RouteError, RouteErrors, Routes, Row};
pub use stats::Stats;
pub use upstream::Upstream;
