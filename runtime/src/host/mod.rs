//! What a switch is made of, started in order and stopped in reverse.
//!
//! A [`Component`] is anything with a life of its own: a connector, a pool, a gateway, a simulator, or code of the user's. A
//! [`Host`] runs components: it starts them in order, watches them, [restarts](Restart) those that fail, replaces them while requests go on,
//! and stops them in reverse within a bound. Requests go to components by name, through an [`Upstream`].
//!
//! ```
//! use isopace::connector::Connector;
//! use isopace::frame::{Framing, Header};
//! use isopace::host::Host;
//! use isopace::iso87a::DIALECT;
//! use isopace::link::Connect;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let host = Host::new();
//! let connect = Connect::to("127.0.0.1:8583", Framing::new(Header::Binary2));
//! host.register(Connector::builder(&DIALECT).name("isw").dial(connect).build()?)?;
//! host.start().await?;
//! let isw = host.upstream("isw");
//! println!("{} is ready: {}", isw.name(), isw.is_ready());
//! host.stop().await?;
//! # Ok(())
//! # }
//! ```
//!
//! Events go to `tracing`, and to the `metrics` facade: `isopace_component_up{name, kind}`, 1 or 0, and
//! `isopace_component_restarts_total{name, kind}`. This is not the place where descriptors are read: that is the container, `teq`.

mod builder;
mod call;
mod change;
mod component;
mod connector;
mod error;
mod handle;
mod life;
mod order;
mod part;
mod pool;
mod restart;
mod sender;
mod state;
mod upstream;
mod watching;

pub use builder::Builder;
pub use component::{BoxFuture, Component, Health, StartError, Status};
pub(crate) use connector::status as connector_status;
pub use error::{Fault, HostError, Trouble};
pub use handle::{Host, Listed, Readiness};
pub use part::Part;
pub use pool::PoolComponent;
pub use restart::Restart;
pub use sender::Sender;
pub use upstream::Upstream;
