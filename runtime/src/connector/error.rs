//! What can go wrong with a connector.

use std::error::Error as StdError;
use std::sync::Arc;
use std::time::Duration;

use super::network::Purpose;
use crate::link;
use crate::msg::{Error, Violations};
use crate::mux::{CorrelationError, Lost, NotSent};
use crate::types::Mti;

/// Why a network management message did not get a yes.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum NetworkError {
    /// The dialect has no network management message.
    #[error("the dialect has no network management message")]
    NoMessage,
    /// It cannot be written.
    #[error("cannot be written: {0}")]
    Build(#[from] Error),
    /// The peer has not got it.
    #[error("not sent: {0}")]
    NotSent(NotSent),
    /// No answer came in time.
    #[error("no answer in time")]
    TimedOut,
    /// The link was lost.
    #[error("{0}")]
    Lost(Lost),
    /// Somebody saw that the peer rejected it.
    #[error("rejected")]
    Rejected,
    /// What came in place of the answer cannot be read.
    #[error("the answer cannot be read: {0}")]
    Undecodable(Box<Error>),
    /// The answer is of another message type.
    #[error("answered with {found}, not {expected}")]
    OtherType {
        /// The type that an answer has.
        expected: Mti,
        /// The type of the one that came.
        found: Mti,
    },
    /// The answer differs in an element by which answers are paired with requests, or lacks it.
    #[error("the answer has another data element {element}, or lacks it")]
    OtherElement {
        /// The number of the element.
        element: u8,
    },
    /// The answer is to another code.
    #[error("the answer has another network management code")]
    OtherCode,
    /// The answer is a no.
    #[error("refused with response code {}", code.as_deref().unwrap_or("(none)"))]
    Refused {
        /// Its response code (DE 39).
        code: Option<String>,
    },
}

impl NetworkError {
    /// A stable name for programs and metrics.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            NetworkError::NoMessage => "no-message",
            NetworkError::Build(_) => "build",
            NetworkError::NotSent(_) => "not-sent",
            NetworkError::TimedOut => "timed-out",
            NetworkError::Lost(_) => "lost",
            NetworkError::Rejected => "rejected",
            NetworkError::Undecodable(_) => "undecodable",
            NetworkError::OtherType { .. } => "other-type",
            NetworkError::OtherElement { .. } => "other-element",
            NetworkError::OtherCode => "other-code",
            NetworkError::Refused { .. } => "refused",
        }
    }
}

/// Why there is no link, or none any more.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum Failure {
    /// The peer could not be reached.
    #[error("{0}")]
    Connect(#[from] link::Error),
    /// It did not let us sign on.
    #[error("sign-on: {0}")]
    SignOn(NetworkError),
    /// It did not sign on within that time.
    #[error("the peer did not sign on within {after:?}")]
    PeerSignOn {
        /// The time it had.
        after: Duration,
    },
    /// The key exchange failed.
    #[error("key exchange: {0}")]
    KeyExchange(#[source] Arc<dyn StdError + Send + Sync>),
    /// The key exchange took too long.
    #[error("the key exchange took more than {after:?}")]
    KeyExchangeTimeout {
        /// The time it had.
        after: Duration,
    },
    /// It did not answer the echo test as it should.
    #[error("echo test: {0}")]
    Echo(NetworkError),
    /// Nothing came in.
    #[error("nothing was received for {after:?}")]
    ReadTimeout {
        /// The time it had.
        after: Duration,
    },
    /// The peer has connected once more.
    #[error("another link has taken its place")]
    Replaced,
    /// The link was lost.
    #[error("{0}")]
    Lost(#[from] Lost),
}

impl Failure {
    pub(super) const NAMES: [&'static str; 9] = [
        "connect",
        "sign-on",
        "peer-sign-on",
        "key-exchange",
        "key-exchange-timeout",
        "echo",
        "read-timeout",
        "replaced",
        "lost",
    ];

    /// A stable name for programs and metrics.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Failure::Connect(_) => "connect",
            Failure::SignOn(_) => "sign-on",
            Failure::PeerSignOn { .. } => "peer-sign-on",
            Failure::KeyExchange(_) => "key-exchange",
            Failure::KeyExchangeTimeout { .. } => "key-exchange-timeout",
            Failure::Echo(_) => "echo",
            Failure::ReadTimeout { .. } => "read-timeout",
            Failure::Replaced => "replaced",
            Failure::Lost(_) => "lost",
        }
    }
}

/// Why a connector cannot be built.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// Neither an address to dial nor a listener.
    #[error("neither an address to connect to nor a listener")]
    NoSource,
    /// The correlation does not fit the dialect.
    #[error(transparent)]
    Correlation(#[from] CorrelationError),
    /// The dialect has no network management message that is answered, and one is to be sent.
    #[error("the dialect has no network management message that is answered")]
    NoMessage,
    /// A network management message cannot be written, or lacks something.
    #[error("{purpose:?} message: {source}")]
    Message {
        /// What it is for.
        purpose: Purpose,
        /// What is wrong with it.
        source: Violations,
    },
    /// It was built, and could not be started.
    #[error(transparent)]
    Start(#[from] StartError),
}

/// Why a connector was not started.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// It runs, or is still stopping.
    #[error("the connector runs already")]
    Running,
    /// There is no tokio runtime here.
    #[error("not within a tokio runtime")]
    NoRuntime,
}
