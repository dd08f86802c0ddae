//! The mux as its users hold it.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::time::Instant;

use super::builder::Builder;
use super::outcome::{Lost, NotSent, Rejected, SendError};
use super::request::Request;
use super::scratch;
use super::service::{Replier, Unserved};
use super::shared::{By, Kind, Shared};
use super::state::Gate;
use super::stats::Stats;
use crate::link::bounded;
use crate::msg::{Dialect, Message, Outgoing};
use crate::types::MessageClass;

/// How long the end of a link is waited for beyond the time given: to write what is in the buffer, and for the peer to
/// close its side.
pub(super) const LINGER: Duration = Duration::from_secs(1);

/// Many requests at a time over one link: each gets the answer that belongs to it.
///
/// A handle: cheap to clone, for use from any task. When the last one is dropped, and there is no
/// [service](Builder::serve), the link is closed in order.
#[derive(Debug, Clone)]
pub struct Mux {
    shared: Arc<Shared>,
    /// Notices when the last handle is dropped.
    _last: Option<Arc<Last>>,
}

/// Closes the link when nobody can use it any more.
#[derive(Debug)]
struct Last(Arc<Shared>);

impl Drop for Last {
    fn drop(&mut self) {
        self.0.finish();
    }
}

impl Mux {
    /// A mux for messages of this dialect.
    pub fn builder(dialect: &'static Dialect) -> Builder<Unserved> {
        Builder::new(dialect)
    }

    pub(super) fn new(shared: Arc<Shared>, serves: bool) -> Self {
        let last = (!serves).then(|| Arc::new(Last(Arc::clone(&shared))));
        Mux { shared, _last: last }
    }

    /// A request, to be awaited for its [`Outcome`](super::Outcome).
    ///
    /// It is written and given a place when it is first polled, at once if there is a place among those in flight, and
    /// ends by its deadline whatever the peer does.
    pub fn request<M: Outgoing>(&self, message: M) -> Request<'_, M> {
        Request::new(&self.shared, message, false)
    }

    /// Sends a message that no answer is expected to; ends when it has been written to the link, at the latest after
    /// the timeout of the mux.
    ///
    /// # Errors
    /// It cannot be written, there is no link any more, or it was not written up to the deadline.
    pub async fn send(&self, message: impl Outgoing) -> Result<(), SendError> {
        send(&self.shared, Kind::Send, message).await
    }

    /// The way back for a frame that was no message, by the transport header it came with.
    pub(crate) fn replier(&self, header: Bytes) -> Replier {
        Replier::new(Arc::clone(&self.shared), header, true)
    }

    /// Ends the request that this message rejects as [`Outcome::Rejected`](super::Outcome::Rejected). The message is
    /// what the peer sent: the request itself come back, or an answer to it. Gives whether one waited for it.
    #[must_use]
    pub fn reject(&self, message: &Message, reason: &str) -> bool {
        let answer = message.mti().response().unwrap_or_else(|| message.mti());
        let keys = self.shared.keyer.keys(answer, message);
        let rejected = Rejected { message: message.clone(), reason: reason.into() };
        let now = self.shared.now();
        let mut inner = self.shared.lock();
        let found = inner.state.reject(now, &keys, rejected);
        let wakers = inner.state.wakers();
        self.shared.tell_in_flight(&inner);
        drop(inner);
        wakers.into_iter().for_each(std::task::Waker::wake);
        self.shared.tell();
        found
    }

    /// No new requests from now on but by the [`Drain`]: to sign off before closing.
    #[must_use]
    pub fn drain(&self) -> Drain {
        self.shared.drain();
        Drain { mux: self.clone() }
    }

    /// Closes the link in order: takes no new requests, waits for those in flight and for messages of the peer that are
    /// being served, at most for so long, writes what is in the buffer, and closes. Ends a second after that time at
    /// the latest; what is in flight then ends as [`Outcome::Unknown`](super::Outcome::Unknown).
    pub async fn close(&self, grace: Duration) -> Lost {
        self.drain().close(grace).await
    }

    /// Ends everything at once.
    pub fn abort(&self) {
        self.shared.lose(&Lost::Aborted, By::Other);
    }

    /// Waits until there is no link any more; gives why.
    pub async fn closed(&self) -> Lost {
        closed(&self.shared).await
    }

    /// Why there is no link any more; nothing while there is one.
    #[must_use]
    pub fn lost(&self) -> Option<Lost> {
        match &self.shared.lock().state.gate {
            Gate::Lost(lost) => Some(lost.clone()),
            _ => None,
        }
    }

    /// What has been counted so far.
    #[must_use]
    pub fn stats(&self) -> Stats {
        let inner = self.shared.lock();
        Stats { buffered: inner.buffer.len(), ..inner.state.stats }
    }

    /// When something came in last, to the millisecond; the start of the mux where nothing has.
    #[must_use]
    pub fn heard(&self) -> Instant {
        self.shared.moved().0
    }

    /// When something was written last, to the millisecond; the start of the mux where nothing was.
    #[must_use]
    pub fn spoke(&self) -> Instant {
        self.shared.moved().1
    }

    /// The lists of elements by which answers of a class are paired, the preferred one first.
    pub(crate) fn paired_by(&self, class: MessageClass) -> &[Vec<u8>] {
        self.shared.keyer.rules.of(class)
    }

    /// The dialect of the messages.
    #[must_use]
    pub fn dialect(&self) -> &'static Dialect {
        self.shared.dialect
    }
}

/// A mux that takes no requests any more but through this: for a sign-off. Dropping it changes nothing; the mux stays
/// so.
#[derive(Debug)]
pub struct Drain {
    mux: Mux,
}

impl Drain {
    /// Waits until nothing is in flight and no message of the peer is being served, at most for so long. Gives whether
    /// that is so.
    pub async fn idle(&self, most: Duration) -> bool {
        let shared = &self.mux.shared;
        let idle = shared.until(|inner| {
            let idle = inner.state.stats.in_flight == 0 && !shared.is_serving();
            (idle || matches!(inner.state.gate, Gate::Lost(_))).then_some(())
        });
        tokio::time::timeout(bounded(most), idle).await.is_ok()
    }

    /// A request, as [`Mux::request`].
    pub fn request<M: Outgoing>(&self, message: M) -> Request<'_, M> {
        Request::new(&self.mux.shared, message, true)
    }

    /// Sends a message, as [`Mux::send`].
    ///
    /// # Errors
    /// As [`Mux::send`].
    pub async fn send(&self, message: impl Outgoing) -> Result<(), SendError> {
        send(&self.mux.shared, Kind::Permitted, message).await
    }

    /// Closes the link in order, as [`Mux::close`].
    pub async fn close(self, grace: Duration) -> Lost {
        let shared = &self.mux.shared;
        self.idle(grace).await;
        shared.finish();
        match tokio::time::timeout(LINGER, closed(shared)).await {
            Ok(lost) => lost,
            // A peer that reads nothing any more, or a driver that nobody polls.
            Err(_) => shared.lose(&Lost::Closed, By::Other),
        }
    }
}

async fn closed(shared: &Shared) -> Lost {
    let lost = |gate: &Gate| match gate {
        Gate::Lost(lost) => Some(lost.clone()),
        _ => None,
    };
    shared.until(|inner| lost(&inner.state.gate)).await
}

async fn send(shared: &Shared, kind: Kind, message: impl Outgoing) -> Result<(), SendError> {
    let deadline = Instant::now() + shared.limits.timeout;
    let mut body = scratch::take();
    message.write(&mut body).map_err(NotSent::from)?;
    drop(message);
    let part = shared.append_by(kind, None, &body, Some(deadline)).await?;
    scratch::keep(body);
    shared.written(part, deadline).await
}
