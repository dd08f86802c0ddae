//! Health, metrics and a page for the operator, over HTTP.
//!
//! An [`Admin`] is a [`Component`](crate::host::Component) that shows how a switch is. What it
//! shows comes from a [`Source`]: a host ([`HostSource`]), or anything else that knows its components.
//!
//! | | |
//! |---|---|
//! | `GET /` | the page: links, rates, latencies, outcomes, traces, a message inspector; nothing in it comes from elsewhere |
//! | `GET /healthz` | `ok`: the process answers |
//! | `GET /readyz` | 200 when every check is passed, else 503: `{"status":"healthy","checks":{"host-a":{"ok":true}}}` |
//! | `GET /metrics` | all metrics of the process, in the text format of Prometheus |
//! | `GET /info` | service, version, start, and what else the source says of itself |
//! | `GET /components` | each component: health, detail, figures |
//! | `GET /traces?limit=50` | the latest transactions, newest first, masked |
//! | `GET /specs` | the dialects that messages can be inspected by |
//! | `POST /inspect` | `{"spec":"iso87-a","framing":"length2","hex":"..."}`: elements, masked, and errors, each with its byte |
//! | `GET /saf` | (feature `store`) the queues of store-and-forward: how many wait, for how long, how many were given up, what failed last |
//! | `GET /saf/messages?queue=reversals&state=dead` | messages that were given up, or wait (`pending`), masked |
//! | `POST /saf` | `{"queue":"reversals","action":"pause"}`, or `resume`; `{"queue":"reversals","action":"replay","number":7}`, or `drop`: the only thing that changes anything |
//! | `POST /doctor` | `{"hex":"..."}`: what bytes are that nobody has named |
//!
//! **Who may ask.** It listens on the loopback device. With any other address a token is needed, and [`Builder::build`]
//! refuses to do without: `Authorization: Bearer ...` then goes with every request, `/healthz`, `/readyz` and the page
//! itself excepted (the page holds no data; it asks for the token). Without a token only requests to a loopback name
//! are answered, so that no page of another origin can reach it by a name that it has pointed here.
//!
//! **Bounds.** Connections, headers, bodies, the time for a request and for a connection are bounded ([`Limits`]); a
//! client that sends or reads slowly is cut off and holds nobody else. Stopping always ends.
//!
//! ```
//! use isopace::admin::{Admin, Source};
//! use isopace::host::{Component, Health, Status};
//!
//! struct Switch;
//!
//! impl Source for Switch {
//!     fn components(&self) -> Vec<(String, &'static str, Status)> {
//!         vec![("host-a".into(), "connector", Status::new(Health::Up, "signed on").figure("in_flight", 3))]
//!     }
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let admin = Admin::builder(Switch).service("acme switch").listen("127.0.0.1:0").build()?;
//! admin.start().await?;
//! println!("http://{}/", admin.local_address().ok_or("not started")?);
//! admin.stop().await;
//! # Ok(())
//! # }
//! ```

mod access;
mod builder;
mod component;
mod health;
mod host_source;
mod inspector;
mod limits;
mod metrics;
mod page;
mod places;
#[cfg(feature = "store")]
mod queues;
mod reply;
mod routes;
mod server;
mod shared;
mod source;

pub use builder::{BuildError, Builder};
pub use component::Admin;
pub use host_source::HostSource;
pub use limits::Limits;
pub use metrics::install as install_metrics;
pub use source::{Check, Source};
