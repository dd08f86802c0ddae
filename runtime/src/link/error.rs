//! What can go wrong with a link, whose fault it was, and what is left of the link.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use super::Refused;
use crate::frame;

/// Why a link could not be had, or is of no more use, or could not carry a message. Never shows content.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Nobody could be reached.
    #[error("cannot connect to {address}: {source}")]
    Connect {
        /// As it was configured.
        address: String,
        /// What the system says.
        source: Arc<io::Error>,
    },
    /// The connection or its TLS handshake took too long.
    #[error("no connection with {address} within {after:?}")]
    ConnectTimeout {
        /// As it was configured, or the address of the peer that was accepted.
        address: String,
        /// The connect deadline.
        after: Duration,
    },
    /// The address cannot be listened at.
    #[error("cannot listen at {address}: {source}")]
    Bind {
        /// As it was configured.
        address: String,
        /// What the system says.
        source: Arc<io::Error>,
    },
    /// The configuration cannot work: no address, a certificate file that is none.
    #[error("{what}")]
    Configuration {
        /// What is wrong with it.
        what: String,
    },
    /// The peer does not do TLS as it should, or its certificate is not trusted or has another name.
    #[error("TLS: {source}")]
    Tls {
        /// What the TLS library says.
        source: Arc<io::Error>,
    },
    /// What came in is no frame. Nobody knows where the next one starts.
    #[error("received: {0}")]
    Frame(#[source] frame::Error),
    /// A message cannot be framed. It was not sent.
    #[error("not sent: {0}")]
    Encode(#[source] frame::Error),
    /// A filter refused a message.
    #[error("{direction} message refused: {refused}")]
    Filter {
        /// Which way the message went.
        direction: Direction,
        /// The reason.
        #[source]
        refused: Refused,
    },
    /// The peer did not take what was written.
    #[error("the peer took no more bytes within {after:?}")]
    WriteTimeout {
        /// The write deadline.
        after: Duration,
    },
    /// Nothing came in.
    #[error("nothing was received for {after:?}")]
    Idle {
        /// The idle deadline.
        after: Duration,
    },
    /// The peer has closed the connection, or this end has.
    #[error("the connection is closed")]
    Closed,
    /// The connection was cut off.
    #[error("the connection was reset: {source}")]
    Reset {
        /// What the system says.
        source: Arc<io::Error>,
    },
    /// The network failed in another way.
    #[error("{source}")]
    Io {
        /// What the system says.
        source: Arc<io::Error>,
    },
}

/// Which way a message goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Direction {
    /// From this end to the peer.
    Outgoing,
    /// From the peer to this end.
    Incoming,
}

impl std::fmt::Display for Direction {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Direction::Outgoing => "outgoing",
            Direction::Incoming => "incoming",
        })
    }
}

/// Who has to look into it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Fault {
    /// This end: its configuration, or the message it wanted to send.
    Ours,
    /// The peer sends what it should not, or does not read.
    Peer,
    /// Neither: the way between, or the peer is not up.
    Network,
}

impl Error {
    /// Who has to look into it.
    #[must_use]
    pub const fn fault(&self) -> Fault {
        match self {
            Error::Bind { .. } | Error::Configuration { .. } | Error::Encode(_) => Fault::Ours,
            Error::Filter { direction: Direction::Outgoing, .. } => Fault::Ours,
            Error::Filter { direction: Direction::Incoming, .. } => Fault::Peer,
            Error::Tls { .. } | Error::Frame(_) | Error::WriteTimeout { .. } => Fault::Peer,
            Error::Connect { .. } | Error::ConnectTimeout { .. } | Error::Idle { .. } => Fault::Network,
            Error::Closed | Error::Reset { .. } | Error::Io { .. } => Fault::Network,
        }
    }

    /// Whether it is certain that nothing of the message went out, so that it can be sent again, here or elsewhere. When
    /// it is not, [`LinkWriter::written`](super::LinkWriter::written) says how far the link came.
    #[must_use]
    pub const fn nothing_sent(&self) -> bool {
        match self {
            Error::Connect { .. } | Error::ConnectTimeout { .. } | Error::Bind { .. } => true,
            Error::Configuration { .. } | Error::Encode(_) => true,
            Error::Filter { direction, .. } => matches!(direction, Direction::Outgoing),
            _ => false,
        }
    }

    /// Whether the link is of no more use. A message that could not be framed, or that a filter refused, leaves it as it
    /// was.
    #[must_use]
    pub const fn ends_link(&self) -> bool {
        !matches!(self, Error::Encode(_) | Error::Filter { .. })
    }

    /// A stable name for programs and metrics: `write-timeout`, `frame-header`.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Error::Connect { .. } => "connect",
            Error::ConnectTimeout { .. } => "connect-timeout",
            Error::Bind { .. } => "bind",
            Error::Configuration { .. } => "configuration",
            Error::Tls { .. } => "tls",
            Error::Frame(error) | Error::Encode(error) => error.name(),
            Error::Filter { .. } => "filter",
            Error::WriteTimeout { .. } => "write-timeout",
            Error::Idle { .. } => "idle",
            Error::Closed => "closed",
            Error::Reset { .. } => "reset",
            Error::Io { .. } => "io",
        }
    }

    /// What an error of a stream that is up means.
    pub(super) fn stream(error: io::Error) -> Self {
        use io::ErrorKind as Kind;
        let kind = error.kind();
        let source = Arc::new(error);
        match kind {
            Kind::BrokenPipe | Kind::WriteZero | Kind::UnexpectedEof | Kind::NotConnected => Error::Closed,
            Kind::ConnectionReset | Kind::ConnectionAborted => Error::Reset { source },
            // As TLS tells of records that are none, and of alerts.
            Kind::InvalidData => Error::Tls { source },
            _ => Error::Io { source },
        }
    }
}
