//! A request over a connector.

use std::future::IntoFuture;
use std::pin::Pin;

use tokio::sync::watch;
use tokio::time::{Instant, timeout_at};

use super::inner::Inner;
use super::machine::State;
use super::session::Session;
use super::status::Status;
use crate::mux::terms::{self, Terms};
use crate::mux::{NotSent, Outcome, Outgoing};

/// A request that has not been sent yet. Await it: nothing happens before.
#[must_use = "a request does nothing unless it is awaited"]
pub struct Request<'a, M> {
    inner: &'a Inner,
    message: M,
    terms: Terms<'a>,
    wait: bool,
}

impl<M> std::fmt::Debug for Request<'_, M> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Request")
            .field("connector", &self.inner.parts.name)
            .field("wait", &self.wait)
            .finish_non_exhaustive()
    }
}

impl<'a, M: Outgoing> Request<'a, M> {
    pub(super) const fn new(inner: &'a Inner, message: M) -> Self {
        Request { inner, message, terms: Terms::NONE, wait: inner.parts.waits }
    }

    terms::setters!();

    /// Whether it waits, up to its deadline, for a link that is ready; also when one is lost before the request was sent.
    /// Never is anything sent twice that may have been sent.
    pub const fn wait_until_ready(mut self, wait: bool) -> Self {
        self.wait = wait;
        self
    }

    pub(crate) const fn terms(mut self, terms: Terms<'a>) -> Self {
        self.terms = terms;
        self
    }

    /// What awaiting it does.
    pub(crate) async fn run(self) -> Outcome {
        let Request { inner, message, terms, wait } = self;
        let now = Instant::now();
        let counted = inner.meters.request(now);
        let deadline = terms.end(now, inner.parts.timeout);
        let terms = Terms { deadline: Some(deadline), ..terms };
        let mut attempt = Attempt::new(inner, deadline, wait);
        let outcome = loop {
            let session = match attempt.session().await {
                Ok(session) => session,
                Err(error) => break Outcome::NotSent(error),
            };
            match session.mux().request(&message).terms(terms).await {
                Outcome::NotSent(error) if attempt.again(&error) => {
                    if let Err(error) = attempt.wait().await {
                        break Outcome::NotSent(error);
                    }
                }
                outcome => break outcome,
            }
        };
        tracing::trace!(connector = inner.parts.name, outcome = outcome.name(), "request");
        counted.ended(&outcome);
        outcome
    }
}

impl<'a, M: Outgoing + Send + Sync + 'a> IntoFuture for Request<'a, M> {
    type Output = Outcome;
    type IntoFuture = Pin<Box<dyn Future<Output = Outcome> + Send + 'a>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.run())
    }
}

/// The attempts to send one message.
pub(super) struct Attempt<'a> {
    inner: &'a Inner,
    deadline: Instant,
    wait: bool,
    /// Of the connector's status; there only when something is waited for.
    changes: Option<watch::Receiver<Status>>,
}

impl<'a> Attempt<'a> {
    pub(super) const fn new(inner: &'a Inner, deadline: Instant, wait: bool) -> Self {
        Attempt { inner, deadline, wait, changes: None }
    }

    /// The link that is ready.
    pub(super) async fn session(&mut self) -> Result<Session, NotSent> {
        loop {
            // Before the look, so that no change falls between the two.
            if self.wait {
                self.changes.get_or_insert_with(|| self.inner.status.subscribe()).mark_unchanged();
            }
            if let Some(session) = self.inner.published() {
                return Ok(session);
            }
            self.wait().await?;
        }
    }

    /// Whether what was not sent, for this reason, may be sent over another link.
    pub(super) const fn again(&self, error: &NotSent) -> bool {
        self.wait && matches!(error, NotSent::Lost(_) | NotSent::Closing)
    }

    /// Waits for a change.
    pub(super) async fn wait(&mut self) -> Result<(), NotSent> {
        let refused = || {
            self.inner.counters.not_connected.add();
            if self.inner.state() == State::Draining { NotSent::Closing } else { NotSent::NotConnected }
        };
        match &mut self.changes {
            Some(changes) if !matches!(self.inner.state(), State::Draining | State::Stopped) => {
                match timeout_at(self.deadline, changes.changed()).await {
                    Ok(Ok(())) => Ok(()),
                    _ => Err(refused()),
                }
            }
            _ => Err(refused()),
        }
    }
}
