//! The connector as its users hold it.

use std::future::Future;
use std::sync::{Arc, PoisonError};

use tokio::runtime::Handle;
use tokio::sync::mpsc;
use tokio::time::Instant;

use super::backoff::Backoff;
use super::builder::Builder;
use super::error::{Failure, NetworkError, StartError};
use super::events::{Teller, tell_all};
use super::inner::{Inner, Parts, Run, Wish};
use super::machine::State;
use super::request::{Attempt, Request};
use super::session::Session;
use super::stats::Stats;
use super::status::{Changes, Status};
use crate::link::Link;
use crate::msg::Dialect;
use crate::mux::{NotSent, Outgoing, SendError, Unserved};

/// A link that heals itself: it is opened, signed on, watched by echo tests, and opened again when it is lost; or accepted again,
/// when the peer is the one who opens it.
///
/// A handle: cheap to clone, for use from any task. When the last one is dropped the connector stops in order, by itself.
#[derive(Clone)]
pub struct Connector {
    pub(super) inner: Arc<Inner>,
    /// Notices when the last handle is dropped.
    _last: Option<Arc<Last>>,
}

/// Stops the connector when nobody can use it any more.
struct Last(Arc<Inner>);

impl Drop for Last {
    fn drop(&mut self) {
        self.0.wish(Wish::Stop);
    }
}

impl Connector {
    /// A connector for messages of this dialect.
    pub fn builder(dialect: &'static Dialect) -> Builder<Unserved> {
        Builder::new(dialect)
    }

    pub(super) fn new(parts: Parts, backoff: Backoff, accepts: bool) -> Self {
        let inner = Inner::new(parts, backoff, accepts);
        Connector { _last: Some(Arc::new(Last(Arc::clone(&inner)))), inner }
    }

    /// For what the connector itself calls: it does not keep it going.
    pub(super) fn inside(inner: Arc<Inner>) -> Self {
        Connector { inner, _last: None }
    }

    /// Starts it; it may have been stopped before.
    ///
    /// # Errors
    /// It runs, or is stopping; or this is not within a tokio runtime.
    pub fn start(&self) -> Result<(), StartError> {
        let runtime = Handle::try_current().map_err(|_| StartError::NoRuntime)?;
        let inner = &self.inner;
        let mut control = inner.lock();
        if control.running {
            return Err(StartError::Running);
        }
        control.running = true;
        inner.wish.send_replace(Wish::Run);
        inner.status.send_modify(|status| {
            let Status { times_ready, run, .. } = *status;
            *status = Status { state: State::Connecting, times_ready, run: run + 1, ..Status::new() };
        });
        let (teller, events) = Teller::new(Arc::clone(inner));
        let before = control.telling.take();
        let telling = Arc::clone(inner);
        control.telling = Some(runtime.spawn(async move {
            if let Some(before) = before {
                // What the last run has to tell comes first.
                drop(before.await);
            }
            tell_all(telling, events).await;
        }));
        let run = Run(Arc::clone(inner));
        let supervisor = (inner.parts.launch)(Arc::clone(inner), teller);
        runtime.spawn(async move {
            let run = run;
            supervisor.await;
            drop(run);
        });
        Ok(())
    }

    /// The name it was given, for logs.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.inner.parts.name
    }

    /// The dialect of the messages.
    #[must_use]
    pub fn dialect(&self) -> &'static Dialect {
        self.inner.parts.dialect
    }

    /// A request, to be awaited for its [`Outcome`](crate::mux::Outcome).
    ///
    /// When there is no link that is ready it ends at once as [`NotSent::NotConnected`], unless it
    /// [waits](Request::wait_until_ready).
    pub fn request<M: Outgoing>(&self, message: M) -> Request<'_, M> {
        Request::new(&self.inner, message)
    }

    /// Sends a message that no answer is expected to; ends when it has been written to the link, at the latest after the timeout of the
    /// connector.
    ///
    /// # Errors
    /// It cannot be written, there is no link that is ready (any more), or it was not written up to the deadline.
    pub async fn send(&self, message: impl Outgoing + Send + Sync) -> Result<(), SendError> {
        let deadline = Instant::now() + self.inner.parts.timeout;
        let mut attempt = Attempt::new(&self.inner, deadline, self.inner.parts.waits);
        loop {
            let session = attempt.session().await?;
            match session.mux().send(&message).await {
                Err(SendError::NotSent(error)) if attempt.again(&error) => attempt.wait().await?,
                result => return result,
            }
        }
    }

    /// How it is.
    #[must_use]
    pub fn status(&self) -> Status {
        self.inner.status.borrow().clone()
    }

    /// Its changes from now on.
    #[must_use]
    pub fn changes(&self) -> Changes {
        Changes::new(self.inner.status.subscribe())
    }

    /// Waits until requests are taken; `false` when it has been stopped, or not been started.
    pub async fn ready(&self) -> bool {
        let settled = |status: &Status| matches!(status.state, State::Ready | State::Draining | State::Stopped);
        self.changes().until(settled).await.is_some_and(|status| status.is_ready())
    }

    /// The link that takes requests now. For what has to stay on one link; it is not replaced when the link is lost.
    #[must_use]
    pub fn session(&self) -> Option<Session> {
        self.inner.published()
    }

    /// Does the key exchange once more, on the link that is ready.
    ///
    /// # Errors
    /// There is no such link, or the exchange failed. The link is not dropped.
    pub async fn exchange_keys(&self) -> Result<(), Failure> {
        let Some(session) = self.inner.published() else {
            return Err(Failure::KeyExchange(Arc::new(NetworkError::NotSent(NotSent::NotConnected))));
        };
        let Some((exchange, after)) = &self.inner.parts.keys else { return Ok(()) };
        let session = Session { until: Some(Instant::now() + *after), ..session };
        let late = |_| Err(Failure::KeyExchangeTimeout { after: *after });
        tokio::time::timeout(*after, exchange(session)).await.unwrap_or_else(late)
    }

    /// Hands it a link that was accepted elsewhere, as the link of the peer: where one listener serves several connectors.
    ///
    /// # Errors
    /// It dials itself, does not run, or has been offered too many already: the link comes back.
    pub fn offer(&self, link: Link) -> Result<(), Box<Link>> {
        match &self.inner.offers {
            Some(offers) if !matches!(self.inner.state(), State::Stopped | State::Draining) => {
                offers.try_send(link).map_err(|refused| match refused {
                    mpsc::error::TrySendError::Full(link) | mpsc::error::TrySendError::Closed(link) => Box::new(link),
                })
            }
            _ => Err(Box::new(link)),
        }
    }

    /// The first half of stopping: takes no more requests, and waits for those in flight and for messages of the peer that are being
    /// served, at most as long as it was built with. The link stays until [`Connector::stop`]. Gives whether nothing is in
    /// flight.
    pub async fn drain(&self) -> bool {
        let session = self.inner.published();
        self.inner.wish(Wish::Drain);
        let run = self.inner.status.borrow().run;
        let through = |status: &Status| matches!(status.state, State::Draining | State::Stopped) || status.run != run;
        self.changes().until(through).await;
        match session {
            Some(session) => session.mux().drain().idle(self.inner.parts.drain).await,
            None => true,
        }
    }

    /// Stops in order: takes no more requests, waits for those in flight, signs off, closes the link; each with its own bound, so that
    /// it ends whatever the peer does. Where there is no link that is ready it stops at once. It can be started again.
    pub async fn stop(&self) {
        // From here on, since it may be started again as soon as it has stopped.
        let stopped = self.stopped();
        self.inner.wish(Wish::Stop);
        stopped.await;
    }

    /// Begins to stop at once, without waiting for anything. What is in flight ends as
    /// [`Outcome::Unknown`](crate::mux::Outcome::Unknown).
    pub fn abort(&self) {
        self.inner.wish(Wish::Abort);
    }

    /// Waits until it has stopped; no longer when it has been started again in the meantime.
    pub fn stopped(&self) -> impl Future<Output = ()> + Send + use<> {
        let run = self.inner.status.borrow().run;
        let mut changes = self.changes();
        async move {
            changes.until(|status| status.state == State::Stopped || status.run != run).await;
        }
    }

    /// What has been counted so far.
    #[must_use]
    pub fn stats(&self) -> Stats {
        let links = self.inner.links.lock().unwrap_or_else(PoisonError::into_inner);
        let all = links.now.as_ref().map_or(links.ended, |now| links.ended.plus(now.stats()));
        drop(links);
        self.inner.counters.snapshot(all)
    }

    /// As [`Status::is_ready`], without a copy of all of it.
    pub(crate) fn status_is_ready(&self) -> bool {
        self.inner.state() == State::Ready
    }

    /// Other waits between attempts, from the next start on.
    pub(crate) fn set_backoff(&self, backoff: Backoff) {
        *self.inner.backoff.lock().unwrap_or_else(PoisonError::into_inner) = backoff;
    }
}

impl std::fmt::Debug for Connector {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Connector")
            .field("name", &self.inner.parts.name)
            .field("dialect", &self.inner.parts.dialect.name())
            .field("state", &self.inner.state())
            .finish_non_exhaustive()
    }
}
