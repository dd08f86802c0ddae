//! How a request ends: in exactly one of these ways.

use std::sync::Arc;

use bytes::Bytes;

use crate::link;
use crate::msg::{Error, Message};
use crate::types::Mti;

/// How a request ended.
#[derive(Debug, Clone)]
#[non_exhaustive]
#[must_use]
pub enum Outcome {
    /// It was answered.
    Response(Response),
    /// The peer has not got a byte of it.
    NotSent(NotSent),
    /// No answer came up to its deadline. The peer may have acted on it; an answer that comes yet goes to
    /// [`Events::unmatched`](super::Events::unmatched) as late.
    TimedOut,
    /// The link was lost when it had been sent, in part at least: the peer may have acted on it.
    Unknown(Lost),
    /// Somebody who saw that the peer refused it said so ([`Mux::reject`](super::Mux::reject)).
    Rejected(Rejected),
}

impl Outcome {
    pub(crate) const NAMES: [&'static str; 5] = ["response", "not-sent", "timed-out", "unknown", "rejected"];

    /// Whether the same request may be sent again as it is, because the peer cannot have acted on it. In all other
    /// cases what to send is a repeat (0201) or a reversal.
    #[must_use]
    pub const fn retry_safe(&self) -> bool {
        matches!(self, Outcome::NotSent(_))
    }

    /// The answer, if there is one.
    #[must_use]
    pub fn response(self) -> Option<Response> {
        match self {
            Outcome::Response(response) => Some(response),
            _ => None,
        }
    }

    /// A stable name for programs and metrics.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Outcome::Response(_) => "response",
            Outcome::NotSent(_) => "not-sent",
            Outcome::TimedOut => "timed-out",
            Outcome::Unknown(_) => "unknown",
            Outcome::Rejected(_) => "rejected",
        }
    }
}

/// An answer.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Response {
    /// The message.
    pub message: Message,
    /// The transport header it came with, without the length; empty where the framing has none.
    pub header: Bytes,
}

impl std::ops::Deref for Response {
    type Target = Message;

    fn deref(&self) -> &Message {
        &self.message
    }
}

/// A request that the peer refused by other means than an answer.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Rejected {
    /// What the peer sent.
    pub message: Message,
    /// Why, in the words of who found out.
    pub reason: Arc<str>,
}

/// Why nothing was sent.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum NotSent {
    /// It cannot be written, or is no message of this dialect.
    #[error("not a message that can be sent: {0}")]
    Invalid(Arc<Error>),
    /// The link does not take it: it does not fit into the framing, or a filter refused it.
    #[error("not taken by the link: {0}")]
    Link(Arc<link::Error>),
    /// Messages of this type are not answered.
    #[error("{0} is not answered; send it without waiting")]
    NoAnswer(Mti),
    /// It is no advice, and what it was to go to is a queue that takes nothing else.
    #[error("{0} is no advice, and a queue takes nothing else")]
    NoAdvice(Mti),
    /// It has the elements of no alternative of the [`Correlation`](super::Correlation), so that no answer could be
    /// told to be its own.
    #[error("it lacks the data elements by which answers are paired")]
    NoKey,
    /// A request with the same key waits for its answer.
    #[error("a request with the same key waits for its answer")]
    DuplicateKey,
    /// Its deadline passed while it waited for a place among those in flight, or room in the buffer.
    #[error("its deadline passed before it could be sent")]
    Deadline,
    /// The mux is being closed.
    #[error("the mux is closing")]
    Closing,
    /// There is no link that is ready, now or up to the deadline: what a layer above tells that connects by itself.
    #[error("not connected")]
    NotConnected,
    /// The link was lost before it was sent.
    #[error("{0}")]
    Lost(#[from] Lost),
}

impl From<Error> for NotSent {
    fn from(error: Error) -> Self {
        NotSent::Invalid(Arc::new(error))
    }
}

impl From<link::Error> for NotSent {
    fn from(error: link::Error) -> Self {
        NotSent::Link(Arc::new(error))
    }
}

impl From<link::Error> for Lost {
    fn from(error: link::Error) -> Self {
        Lost::Failed(Arc::new(error))
    }
}

/// Why there is no link any more.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum Lost {
    /// The peer closed it.
    #[error("the peer closed the link")]
    PeerClosed,
    /// We closed it.
    #[error("the link was closed")]
    Closed,
    /// We closed it without waiting for anything.
    #[error("the link was aborted")]
    Aborted,
    /// The driver was dropped.
    #[error("the driver of the link was dropped")]
    Dropped,
    /// A frame came in that is no message of the dialect, and that is not put up with.
    #[error("a frame is no message of the dialect: {0}")]
    Undecodable(Arc<Error>),
    /// It failed.
    #[error("the link failed: {0}")]
    Failed(Arc<link::Error>),
}

impl Lost {
    /// A stable name for programs and metrics.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Lost::PeerClosed => "peer-closed",
            Lost::Closed => "closed",
            Lost::Aborted => "aborted",
            Lost::Dropped => "dropped",
            Lost::Undecodable(_) => "undecodable",
            Lost::Failed(_) => "failed",
        }
    }
}

/// Why a message that is not answered, or an answer, did not go out.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum SendError {
    /// The peer has not got a byte of it.
    #[error("not sent: {0}")]
    NotSent(#[from] NotSent),
    /// It stood in the buffer at its deadline and may go out yet.
    #[error("not written up to its deadline")]
    TimedOut,
    /// The link was lost when a part of it had been sent.
    #[error("sent in part: {0}")]
    Unknown(Lost),
}
