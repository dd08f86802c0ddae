//! Listening, as a server.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpSocket, lookup_host};
use tokio::sync::Semaphore;

use super::socket::{self, Options};
use super::time::bounded;
use super::{Accepted, Connect, Error, Settings};

/// How to listen, as a server.
#[derive(Debug, Clone)]
pub struct Listen {
    pub(super) settings: Settings,
    pub(super) deadline: Duration,
    pub(super) options: Options,
    /// Nothing where nobody has said.
    limit: Option<usize>,
    #[cfg(feature = "tls")]
    pub(super) tls: Option<super::ServerTls>,
}

/// Connections that the system holds until they are accepted.
const BACKLOG: u32 = 1024;

/// How long to wait after an error that comes again at once, like too many open files.
const PAUSE: Duration = Duration::from_millis(100);

impl Listen {
    /// Most links at a time unless [`Listen::limit`] says otherwise.
    pub const LIMIT: usize = 1024;

    /// With these settings for each link.
    #[must_use]
    pub fn new(settings: impl Into<Settings>) -> Self {
        Listen {
            settings: settings.into(),
            deadline: Connect::DEADLINE,
            options: Options::NEW,
            limit: None,
            #[cfg(feature = "tls")]
            tls: None,
        }
    }

    /// With another bound on the links at a time. At the bound nobody is accepted until a link has ended. A gateway that was told of
    /// none refuses those who are too many itself, by [its own bound](crate::gateway::Builder::max_clients).
    #[must_use]
    pub const fn limit(mut self, links: usize) -> Self {
        self.limit = Some(links);
        self
    }

    /// With another bound on the time of a TLS handshake.
    #[must_use]
    pub const fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = bounded(deadline);
        self
    }

    socket::setters!();

    /// Under TLS.
    #[cfg(feature = "tls")]
    #[must_use]
    pub fn tls(mut self, tls: super::ServerTls) -> Self {
        self.tls = Some(tls);
        self
    }

    /// Listens at this address, `host:port`; port 0 is one that is free.
    ///
    /// # Errors
    /// [`Error::Bind`].
    pub async fn bind(self, address: &str) -> Result<Listener, Error> {
        let failed = |source: io::Error| Error::Bind { address: address.to_owned(), source: Arc::new(source) };
        let mut last = io::Error::new(io::ErrorKind::NotFound, "the name stands for no host");
        for host in lookup_host(address).await.map_err(failed)? {
            match self.socket(host).and_then(|listener| Ok((listener.local_addr()?, listener))) {
                Ok((local, listener)) => {
                    tracing::debug!(%local, "listening");
                    let limit = self.limit.unwrap_or(Self::LIMIT).min(Semaphore::MAX_PERMITS);
                    let places = Arc::new(Semaphore::new(limit));
                    return Ok(Listener { listener, local, places, listen: Arc::new(self) });
                }
                Err(error) => last = error,
            }
        }
        Err(failed(last))
    }

    fn socket(&self, host: SocketAddr) -> io::Result<TcpListener> {
        let socket = if host.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
        // Elsewhere it would let two programs have one port.
        if cfg!(unix) {
            socket.set_reuseaddr(true)?;
        }
        // Connections that are accepted inherit it.
        self.options.probe(&socket)?;
        socket.bind(host)?;
        socket.listen(BACKLOG)
    }
}

/// A server's ear. Dropped, it listens no more; links that were accepted stay.
#[derive(Debug)]
pub struct Listener {
    listener: TcpListener,
    local: SocketAddr,
    places: Arc<Semaphore>,
    listen: Arc<Listen>,
}

impl Listener {
    /// The address it listens at.
    #[must_use]
    pub const fn local_address(&self) -> SocketAddr {
        self.local
    }

    /// Has room for so many links more, unless somebody has said how many there may be: for who counts them himself.
    pub(crate) fn make_room(&self, links: usize) {
        if self.listen.limit.is_none() {
            self.places.add_permits(links.min(Semaphore::MAX_PERMITS - Listen::LIMIT));
        }
    }

    /// Waits for a connection, and for a place when there are as many links as there may be. Errors of single
    /// connections and of the system are told to `tracing` and do not end it. Can be given up and called again.
    pub async fn accept(&self) -> Accepted {
        loop {
            let Ok(place) = Arc::clone(&self.places).acquire_owned().await else {
                // Never closed.
                std::future::pending::<()>().await;
                continue;
            };
            match self.listener.accept().await {
                Ok((stream, peer)) => return Accepted::new(stream, peer, place, Arc::clone(&self.listen)),
                Err(error) => {
                    tracing::warn!(kind = ?error.kind(), "a connection could not be accepted");
                    tokio::time::sleep(PAUSE).await;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::{Framing, Header};

    #[tokio::test]
    async fn room_is_made_where_nobody_has_said_how_much_there_is() {
        for (limit, links, expected) in [
            (None, 4096, Listen::LIMIT + 4096),
            (None, usize::MAX, Semaphore::MAX_PERMITS),
            (Some(2), 4096, 2),
            (Some(Listen::LIMIT), 4096, Listen::LIMIT),
        ] {
            let mut listen = Listen::new(Framing::new(Header::Binary2));
            if let Some(limit) = limit {
                listen = listen.limit(limit);
            }
            let listener = listen.bind("127.0.0.1:0").await.unwrap();
            listener.make_room(links);
            assert_eq!(listener.places.available_permits(), expected, "{limit:?}");
        }
    }
}
