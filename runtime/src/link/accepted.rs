//! A connection that has been accepted and is no link yet.

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::net::TcpStream;
use tokio::sync::OwnedSemaphorePermit;

use super::{Error, Link, Listen};

/// A connection that has been accepted. [`Accepted::open`] makes a link of it; call that in the task of the link, since
/// a peer may take its time for the TLS handshake.
#[derive(Debug)]
pub struct Accepted {
    stream: TcpStream,
    peer: SocketAddr,
    place: OwnedSemaphorePermit,
    listen: Arc<Listen>,
}

impl Accepted {
    pub(super) const fn new(
        stream: TcpStream,
        peer: SocketAddr,
        place: OwnedSemaphorePermit,
        listen: Arc<Listen>,
    ) -> Self {
        Accepted { stream, peer, place, listen }
    }

    /// Who connects.
    #[must_use]
    pub const fn peer(&self) -> SocketAddr {
        self.peer
    }

    /// A second handle on the socket, for who has to end the connection by a reset.
    #[cfg(feature = "host")]
    pub(crate) fn socket(&self) -> Option<socket2::Socket> {
        socket2::SockRef::from(&self.stream).try_clone().ok()
    }

    /// Makes a link of it: under TLS, does the handshake within its deadline.
    ///
    /// # Errors
    /// [`Error::Tls`], [`Error::ConnectTimeout`], and what the network says.
    pub async fn open(self) -> Result<Link, Error> {
        let (stream, listen) = (self.stream, self.listen);
        listen.options.apply(&stream).map_err(Error::stream)?;
        let place = Some(Arc::new(self.place));
        #[cfg(feature = "tls")]
        if let Some(tls) = &listen.tls {
            let late = |_| Error::ConnectTimeout { address: self.peer.to_string(), after: listen.deadline };
            let stream = tokio::time::timeout(listen.deadline, tls.accept(stream)).await.map_err(late)??;
            return Ok(Link::tls(stream, &listen.settings, place));
        }
        Ok(Link::tcp(stream, &listen.settings, place))
    }
}
