//! Messages that the peer sends of its own accord, and the answers to them.

use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use tokio::time::Instant;

use super::outcome::{NotSent, SendError};
use super::scratch;
use super::shared::{Kind, Shared};
use crate::link::Error;
use crate::msg::{Message, Outgoing};

/// Serves messages of the peer: whatever is no answer, unmatched answers excepted.
///
/// Implemented for closures: `|inbound: Inbound| async move { .. }`. Calls are made in the order of the link, the next
/// one when the one before has ended, unless [`Builder::concurrency`](super::Builder::concurrency) allows more. With
/// one at a time it runs on the task of the driver: what computes long belongs elsewhere, and can take the
/// [`Replier`] with it.
pub trait Service: Send + Sync + 'static {
    /// Serves one message.
    fn call(&self, inbound: Inbound) -> impl Future<Output = ()> + Send;
}

impl<F, R> Service for F
where
    F: Fn(Inbound) -> R + Send + Sync + 'static,
    R: Future<Output = ()> + Send,
{
    fn call(&self, inbound: Inbound) -> impl Future<Output = ()> + Send {
        self(inbound)
    }
}

/// Nobody serves.
#[derive(Debug, Clone, Copy)]
pub struct Unserved;

impl Service for Unserved {
    async fn call(&self, _: Inbound) {}
}

/// A message of the peer.
#[derive(Debug)]
#[non_exhaustive]
pub struct Inbound {
    /// The message.
    pub message: Message,
    /// The transport header it came with.
    pub header: Bytes,
    /// The way back.
    pub replier: Replier,
}

/// The way back for one message of the peer. It may be moved to another task; dropped without a reply to a message that
/// expects one, it counts as unanswered.
#[derive(Debug)]
pub struct Replier {
    shared: Arc<Shared>,
    header: Bytes,
    owed: bool,
}

impl Replier {
    pub(super) fn new(shared: Arc<Shared>, header: Bytes, owed: bool) -> Self {
        shared.begin_serving();
        Replier { shared, header, owed }
    }

    /// Answers, with the transport header turned round. Ends when the answer is in the buffer of the link, at the
    /// latest after the timeout of the mux.
    ///
    /// # Errors
    /// The answer cannot be written, there is no link any more, or no room in the buffer up to the deadline: in all of
    /// these nothing has been sent.
    pub async fn reply(self, message: impl Outgoing) -> Result<(), NotSent> {
        self.queue(message).await.map(drop)
    }

    /// As [`Replier::reply`], but ends when the answer has been written to the link.
    ///
    /// # Errors
    /// As [`Replier::reply`]; it was not written up to the deadline, or not all of it.
    pub async fn reply_written(self, message: impl Outgoing) -> Result<(), SendError> {
        let shared = Arc::clone(&self.shared);
        let deadline = Instant::now() + shared.limits.timeout;
        let part = self.queue(message).await?;
        shared.written(part, deadline).await
    }

    /// As [`Replier::reply`]; gives where in what we write it stands, counted from the start.
    pub(crate) async fn queue(mut self, message: impl Outgoing) -> Result<Range<u64>, NotSent> {
        let mut body = scratch::take();
        message.write(&mut body)?;
        drop(message);
        let header = self.shared.encoder.framing().reply_header(&self.header).map_err(Error::Encode)?;
        let part = self.shared.append_by(Kind::Reply, Some(&header), &body, None).await?;
        scratch::keep(body);
        self.owed = false;
        Ok(part)
    }
}

impl Drop for Replier {
    fn drop(&mut self) {
        if self.owed {
            self.shared.lock().state.stats.unanswered += 1;
        }
        self.shared.end_serving();
    }
}
