//! What a gateway tells of as it happens.

use std::net::SocketAddr;

use super::cause::{Cause, Stage};
use crate::msg::{Error, Message};
use crate::mux::{Lost, NotSent, Unmatched};

/// Who sends requests: one link of a client.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Client {
    /// Counted from 1 since the gateway was built.
    pub id: u64,
    /// Its address.
    pub peer: SocketAddr,
}

/// Why a client was not let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Refusal {
    /// Its address is not on the list.
    NotAllowed,
    /// There are as many clients as there may be.
    Full,
}

impl Refusal {
    /// A stable name for programs and metrics.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Refusal::NotAllowed => "not-allowed",
            Refusal::Full => "full",
        }
    }
}

/// A request that the gateway declined by itself.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Declined {
    /// Who sent it.
    pub client: Client,
    /// Why.
    pub cause: Cause,
    /// The request as it came; nothing where it could not be read.
    pub request: Option<Message>,
    /// Its route, if it got as far.
    pub route: Option<String>,
    /// What was given to the route, in its dialect and with its STAN; nothing where it did not get as far.
    pub forwarded: Option<Message>,
    /// The answer of the route, in its dialect, where there was one that the client has not got.
    pub answer: Option<Message>,
    /// That it was written down before it was sent, and is not settled.
    #[cfg(feature = "store")]
    #[cfg_attr(not(feature = "host"), expect(dead_code, reason = "for gateways of descriptors"))]
    pub(crate) note: Option<super::ahead::Note>,
}

impl Declined {
    /// Whether whoever got the request may have acted on it, as far as is known: an approval among these is to be
    /// reversed.
    #[must_use]
    pub const fn may_have_been_acted_on(&self) -> bool {
        self.forwarded.is_some() && self.cause.may_have_been_acted_on()
    }
}

/// An answer that the client has not got.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Undelivered {
    /// Who sent the request.
    pub client: Client,
    /// The request as it came.
    pub request: Message,
    /// Its route; nothing where a hook answered.
    pub route: Option<String>,
    /// What was given to the route, in its dialect and with its STAN. Nothing where a repeat of the request has got the
    /// answer meanwhile, or will get it: it stands then, and is not to be reversed.
    pub forwarded: Option<Message>,
    /// The answer, as the client should have got it.
    pub response: Message,
    /// Why it has not.
    pub error: NotSent,
}

/// An answer of a route that came when the request had been given up.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Late {
    /// The route.
    pub route: String,
    /// The answer, in the dialect of the route and with its STAN, and why nobody waits for it.
    pub unmatched: Unmatched,
}

/// Listens to a gateway: logs, alarms, and whoever reverses what was approved and never seen.
///
/// Methods are called where things happen and are to be quick; what takes longer belongs on a task of its own. One that
/// panics is told of in the log and changes nothing. Without a listener the gateway logs what is a warning.
#[expect(unused_variables, reason = "the names of the arguments are part of the documentation")]
pub trait Events: Send + Sync + 'static {
    /// A client has connected.
    fn established(&self, client: &Client) {}

    /// Its link has ended.
    fn closed(&self, client: &Client, lost: &Lost) {}

    /// Somebody was not let in.
    fn refused(&self, peer: SocketAddr, refusal: Refusal) {}

    /// A frame is no message of the clients' dialect. It has so many bytes. It may have been declined.
    fn undecodable(&self, client: &Client, bytes: usize, error: &Error) {}

    /// A message of a client that is no request and answers nothing.
    fn unmatched(&self, client: &Client, unmatched: &Unmatched) {}

    /// A request was declined by the gateway itself.
    fn declined(&self, declined: Declined) {}

    /// A client has sent a request again while the first was under way. It is not carried on: the answer to the first
    /// is its answer.
    fn repeated(&self, client: &Client, request: &Message) {}

    /// An answer has not reached its client: the client went away, or took nothing for too long.
    fn reply_undelivered(&self, undelivered: Undelivered) {}

    /// An answer came too late; told of routes that [listen for them](super::LateAnswers).
    fn late(&self, late: Late) {}

    /// Code that handled a request panicked. It was declined.
    fn panicked(&self, client: &Client, stage: Stage) {}
}

/// Writes warnings to the log.
pub(crate) struct Logged;

impl Events for Logged {
    fn repeated(&self, client: &Client, request: &Message) {
        tracing::info!(client = client.id, mti = %request.mti(), "sent again while the first is under way");
    }

    fn refused(&self, peer: SocketAddr, refusal: Refusal) {
        tracing::warn!(%peer, reason = refusal.name(), "a client was not let in");
    }

    fn undecodable(&self, client: &Client, bytes: usize, error: &Error) {
        tracing::warn!(client = client.id, bytes, %error, "a frame that is no message of the dialect");
    }

    fn unmatched(&self, client: &Client, unmatched: &Unmatched) {
        let Unmatched { reason, key, .. } = unmatched;
        tracing::warn!(client = client.id, reason = reason.name(), %key, "a message that nobody waits for");
    }

    fn declined(&self, declined: Declined) {
        let reverse = declined.may_have_been_acted_on();
        let Declined { client, cause, route, .. } = declined;
        tracing::warn!(client = client.id, %cause, route, reverse, "declined");
    }

    fn reply_undelivered(&self, undelivered: Undelivered) {
        let Undelivered { client, route, response, error, .. } = undelivered;
        tracing::warn!(client = client.id, mti = %response.mti(), route, %error, "an answer has not reached its client");
    }

    fn late(&self, late: Late) {
        let Late { route, unmatched } = late;
        tracing::warn!(route, reason = unmatched.reason.name(), key = %unmatched.key, "a late answer");
    }

    fn panicked(&self, client: &Client, stage: Stage) {
        tracing::error!(client = client.id, %stage, "code that handled a request panicked");
    }
}
