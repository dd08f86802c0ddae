//! A request over a connector.

use std::future::IntoFuture;
use std::pin::Pin;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, timeout_at};

use super::inner::Inner;
use super::machine::State;
use super::session::Session;
use super::status::Status;
use crate::mux::{NotSent, Outcome, Outgoing};

/// A request that has not been sent yet. Await it: nothing happens before.
#[must_use = "a request does nothing unless it is awaited"]
pub struct Request<'a, M> {
    inner: &'a Inner,
    message: M,
    header: Option<&'a [u8]>,
    deadline: Option<Instant>,
    wait: bool,
}

impl<M> std::fmt::Debug for Request<'_, M> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Request").field("connector", &self.inner.name).field("wait", &self.wait).finish_non_exhaustive()
    }
}

impl<'a, M: Outgoing> Request<'a, M> {
    pub(super) const fn new(inner: &'a Inner, message: M) -> Self {
        Request { inner, message, header: None, deadline: None, wait: inner.waits }
    }

    /// Ends at the latest at this moment.
    pub const fn deadline(mut self, deadline: Instant) -> Self {
        self.deadline = Some(deadline);
        self
    }

    /// Ends at the latest so long from now.
    pub fn timeout(self, timeout: Duration) -> Self {
        self.deadline(Instant::now() + timeout)
    }

    /// With this transport header instead of the one that the framing is configured with.
    pub const fn header(mut self, header: &'a [u8]) -> Self {
        self.header = Some(header);
        self
    }

    /// Whether it waits, up to its deadline, for a link that is ready; also when one is lost before the request was sent.
    /// Never is anything sent twice that may have been sent.
    pub const fn wait_until_ready(mut self, wait: bool) -> Self {
        self.wait = wait;
        self
    }

    /// What awaiting it does.
    pub(crate) async fn run(self) -> Outcome {
        let Request { inner, message, header, deadline, wait } = self;
        let deadline = deadline.unwrap_or_else(|| Instant::now() + inner.timeout);
        let mut attempt = Attempt::new(inner, deadline, wait);
        loop {
            let session = match attempt.session().await {
                Ok(session) => session,
                Err(error) => return Outcome::NotSent(error),
            };
            let mut request = session.mux().request(&message).deadline(deadline);
            if let Some(header) = header {
                request = request.header(header);
            }
            match request.await {
                Outcome::NotSent(error) if attempt.again(&error) => {
                    if let Err(error) = attempt.wait().await {
                        return Outcome::NotSent(error);
                    }
                }
                outcome => return outcome,
            }
        }
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
