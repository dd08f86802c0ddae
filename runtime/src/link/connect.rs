//! Connecting, as a client.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpSocket, TcpStream, lookup_host};
use tokio::time::{Instant, timeout, timeout_at};

use super::socket::{self, Options};
use super::time::bounded;
use super::{Error, Link, Settings};

/// How to connect, as a client.
///
/// Several addresses are tried one after the other, each within the connect deadline; a name that stands for several
/// hosts has its deadline shared out among them. Connecting again after a loss is the business of a layer above.
#[derive(Debug, Clone)]
pub struct Connect {
    addresses: Vec<String>,
    settings: Settings,
    deadline: Duration,
    options: Options,
    #[cfg(feature = "tls")]
    tls: Option<super::ClientTls>,
}

impl Connect {
    /// How long connecting may take, unless [`Connect::deadline`] says otherwise.
    pub const DEADLINE: Duration = Duration::from_secs(10);

    /// After how long without anything moving the system probes the connection, unless [`Connect::keepalive`] says
    /// otherwise.
    pub const KEEPALIVE: Duration = Duration::from_secs(30);

    /// To this address, `host:port`.
    #[must_use]
    pub fn to(address: impl Into<String>, settings: impl Into<Settings>) -> Self {
        Connect {
            addresses: vec![address.into()],
            settings: settings.into(),
            deadline: Self::DEADLINE,
            options: Options::NEW,
            #[cfg(feature = "tls")]
            tls: None,
        }
    }

    /// With one more address, tried when those before it cannot be reached.
    #[must_use]
    pub fn or(mut self, address: impl Into<String>) -> Self {
        self.addresses.push(address.into());
        self
    }

    /// With another bound on the time of each address: looking up its name, connecting, TLS handshake.
    #[must_use]
    pub const fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = bounded(deadline);
        self
    }

    socket::setters!();

    /// Under TLS.
    #[cfg(feature = "tls")]
    #[must_use]
    pub fn tls(mut self, tls: super::ClientTls) -> Self {
        self.tls = Some(tls);
        self
    }

    /// Connects.
    ///
    /// # Errors
    /// That of the last address: [`Error::Connect`], [`Error::ConnectTimeout`], [`Error::Tls`].
    pub async fn open(&self) -> Result<Link, Error> {
        self.open_seen(&mut |_| {}).await
    }

    /// Connects, and shows each connection that there is before it becomes a link.
    pub(crate) async fn open_seen(&self, see: &mut (dyn FnMut(&TcpStream) + Send)) -> Result<Link, Error> {
        let mut last = Error::Configuration { what: "no address to connect to".to_owned() };
        for address in &self.addresses {
            match self.one(address, see).await {
                Ok(link) => {
                    tracing::debug!(address, "link connected");
                    return Ok(link);
                }
                Err(error) => {
                    tracing::debug!(address, error = error.name(), "link not connected");
                    last = error;
                }
            }
        }
        Err(last)
    }

    async fn one(&self, address: &str, see: &mut (dyn FnMut(&TcpStream) + Send)) -> Result<Link, Error> {
        let late = || Error::ConnectTimeout { address: address.to_owned(), after: self.deadline };
        let end = Instant::now() + self.deadline;
        let stream = self.stream(address, end).await.map_err(|error| match error.kind() {
            io::ErrorKind::TimedOut if Instant::now() >= end => late(),
            _ => Error::Connect { address: address.to_owned(), source: Arc::new(error) },
        })?;
        see(&stream);
        #[cfg(feature = "tls")]
        if let Some(tls) = &self.tls {
            let stream = timeout_at(end, tls.connect(address, stream)).await.map_err(|_| late())??;
            return Ok(Link::tls(stream, &self.settings, None));
        }
        Ok(Link::tcp(stream, &self.settings, None))
    }

    /// A connection to one of the hosts that an address stands for.
    async fn stream(&self, address: &str, end: Instant) -> io::Result<TcpStream> {
        let hosts: Vec<SocketAddr> = timeout_at(end, lookup_host(address)).await??.collect();
        let mut last = io::Error::new(io::ErrorKind::NotFound, "the name stands for no host");
        for (tried, &host) in hosts.iter().enumerate() {
            let share = end.saturating_duration_since(Instant::now()) / u32::try_from(hosts.len() - tried).unwrap_or(1);
            match timeout(share, self.socket(host)).await.map_err(io::Error::from).flatten() {
                Ok(stream) => return Ok(stream),
                Err(error) => last = error,
            }
        }
        Err(last)
    }

    async fn socket(&self, host: SocketAddr) -> io::Result<TcpStream> {
        let socket = if host.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
        self.options.probe(&socket)?;
        let stream = socket.connect(host).await?;
        self.options.apply(&stream)?;
        Ok(stream)
    }
}
