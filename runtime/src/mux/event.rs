//! What a mux tells that no caller waits for.

use bytes::Bytes;

use super::key::Key;
use super::outcome::Lost;
use crate::frame::Frame;
use crate::link;
use crate::msg::{Error, Message};

/// Why a message was given to nobody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Reason {
    /// The answer to a request that had timed out or been cancelled. An approval among these has to be reversed.
    Late,
    /// A second answer.
    Duplicate,
    /// It lacks elements and could be the answer to more than one request.
    Ambiguous,
    /// The answer to nothing that is remembered, or without the elements that answers are paired by.
    Unmatched,
    /// No answer, and there is no service that takes messages of the peer.
    Unserved,
}

impl Reason {
    pub(super) const ALL: [Reason; 5] =
        [Reason::Late, Reason::Duplicate, Reason::Ambiguous, Reason::Unmatched, Reason::Unserved];

    /// A stable name for programs and metrics.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Reason::Late => "late",
            Reason::Duplicate => "duplicate",
            Reason::Ambiguous => "ambiguous",
            Reason::Unmatched => "unmatched",
            Reason::Unserved => "unserved",
        }
    }
}

/// A message that was given to nobody.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Unmatched {
    /// Why.
    pub reason: Reason,
    /// The key that was looked for.
    pub key: Key,
    /// The message.
    pub message: Message,
    /// The transport header it came with.
    pub header: Bytes,
}

/// Listens to a mux.
///
/// It is called on the task of the driver, with nothing locked: it may use the mux, and holds up the link while it
/// runs. (An answer that came just before its caller went away is told on the task of that caller.) What takes longer
/// belongs on a task of its own. All methods do nothing unless written otherwise; without a
/// listener the mux logs these as warnings.
#[expect(unused_variables, reason = "the names of the arguments are part of the documentation")]
pub trait Events: Send + Sync + 'static {
    /// The driver has started.
    fn established(&self) {}

    /// The driver has ended, in order ([`Lost::Closed`], [`Lost::PeerClosed`]) or not.
    fn closed(&self, lost: &Lost) {}

    /// A message that nobody waits for: an answer that is late, a second one, or to nothing; or no answer at all where
    /// there is no service.
    fn unmatched(&self, unmatched: Unmatched) {}

    /// A frame that is no message of the dialect.
    fn undecodable(&self, frame: Frame, error: Error) {}

    /// A message that a filter of the link did not take.
    fn refused(&self, error: link::Error) {}
}

/// Writes everything to the log.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Logged;

impl Events for Logged {
    fn unmatched(&self, unmatched: Unmatched) {
        let Unmatched { reason, key, .. } = unmatched;
        tracing::warn!(reason = reason.name(), %key, "a message that nobody waits for");
    }

    fn undecodable(&self, frame: Frame, error: Error) {
        tracing::warn!(bytes = frame.body.len(), %error, "a frame that is no message of the dialect");
    }

    fn refused(&self, error: link::Error) {
        tracing::warn!(%error, "a message that a filter did not take");
    }
}
