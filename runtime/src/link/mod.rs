//! One connection that carries framed messages: TCP, TLS, or any stream of bytes.
//!
//! A [`Link`] comes from [`Connect`] (client), from a [`Listener`] (server), or from any `AsyncRead + AsyncWrite` by
//! [`Link::new`]. It knows frames and their bytes, not what the messages mean: which answer belongs to which request is
//! the business of a layer above, and so is connecting again.
//!
//! ```
//! use isopace::frame::{Framing, Header};
//! use isopace::link::{Connect, Listen};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let framing = Framing::new(Header::Binary2);
//! let listener = Listen::new(framing).bind("127.0.0.1:0").await?;
//! let address = listener.local_address();
//! let host = tokio::spawn(async move {
//!     let mut link = listener.accept().await.open().await?;
//!     while let Some(frame) = link.receive().await? {
//!         link.send(&frame.body).await?;
//!     }
//!     link.close().await
//! });
//!
//! let mut link = Connect::to(address.to_string(), framing).open().await?;
//! link.send(b"0800").await?;
//! assert_eq!(link.receive().await?.unwrap().body, "0800");
//! link.close().await?;
//! host.await??;
//! # Ok(())
//! # }
//! ```
//!
//! Every wait has an end: connecting and the TLS handshake by the connect deadline, writing by the write deadline,
//! closing too; reading by the idle deadline if there is one.

mod accepted;
mod connect;
mod connection;
mod encoder;
mod error;
mod filter;
mod listener;
mod reader;
mod settings;
mod socket;
mod time;
#[cfg(feature = "tls")]
mod tls;
mod writer;

pub use accepted::Accepted;
pub use connect::Connect;
pub use connection::Link;
pub use encoder::Encoder;
pub use error::{Direction, Error, Fault};
pub use filter::{Filter, Refused};
pub use listener::{Listen, Listener};
pub use reader::LinkReader;
pub use settings::Settings;
pub(crate) use time::bounded;
#[cfg(feature = "tls")]
pub use tls::{ClientTls, ServerTls, Tls};
pub use writer::LinkWriter;
