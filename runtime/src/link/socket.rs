//! What the system is asked for a connection, at either end of it.

use std::io;
use std::time::Duration;

use socket2::{SockRef, TcpKeepalive};
use tokio::net::{TcpSocket, TcpStream};

/// Options of a connection.
#[derive(Debug, Clone, Copy)]
pub(super) struct Options {
    pub(super) nodelay: bool,
    pub(super) keepalive: Option<Duration>,
}

impl Options {
    pub(super) const NEW: Options = Options { nodelay: true, keepalive: Some(super::Connect::KEEPALIVE) };

    /// Has the system probe a connection on which nothing moves.
    pub(super) fn probe(&self, socket: &TcpSocket) -> io::Result<()> {
        let Some(interval) = self.keepalive else { return Ok(()) };
        let times = TcpKeepalive::new().with_time(interval).with_interval(interval);
        SockRef::from(socket).set_tcp_keepalive(&times)
    }

    /// Sets what holds for a connection that there is.
    pub(super) fn apply(&self, stream: &TcpStream) -> io::Result<()> {
        stream.set_nodelay(self.nodelay)
    }
}

/// The setters of a type that has `options`.
macro_rules! setters {
    () => {
        /// Whether small packets go out at once. They do unless this says otherwise.
        #[must_use]
        pub const fn nodelay(mut self, nodelay: bool) -> Self {
            self.options.nodelay = nodelay;
            self
        }

        /// After how long without anything moving the system probes the connection, and how often from then on. `None`:
        /// never.
        #[must_use]
        pub fn keepalive(mut self, interval: impl Into<Option<Duration>>) -> Self {
            self.options.keepalive = interval.into();
            self
        }
    };
}
pub(super) use setters;
