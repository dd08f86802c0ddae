//! A request over a pool.

use std::future::IntoFuture;
use std::pin::{Pin, pin};

use smallvec::SmallVec;
use tokio::time::{Instant, timeout_at};

use super::{Inner, Pick, any};
use crate::connector;
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
        f.debug_struct("Request").field("wait", &self.wait).finish_non_exhaustive()
    }
}

impl<'a, M: Outgoing> Request<'a, M> {
    pub(super) const fn new(inner: &'a Inner, message: M) -> Self {
        Request { inner, message, terms: Terms::NONE, wait: inner.policy.waits }
    }

    terms::setters!();

    /// Whether it waits, up to its deadline, for a member that is ready.
    pub const fn wait_until_ready(mut self, wait: bool) -> Self {
        self.wait = wait;
        self
    }

    async fn run(self) -> Outcome {
        let Request { inner, message, terms, wait } = self;
        let deadline = terms.end(Instant::now(), inner.policy.timeout);
        let terms = Terms { deadline: Some(deadline), ..terms };
        // Members that could not send it since the last wait.
        let mut tried = SmallVec::<[usize; 8]>::new();
        let mut last = NotSent::NotConnected;
        // There only when something is waited for.
        let mut changes: Option<Vec<connector::Changes>> = None;
        loop {
            if inner.is_closed() {
                return Outcome::NotSent(NotSent::Closing);
            }
            let mut freed = pin!(changes.is_some().then(|| inner.freed.notified()));
            if let Some(freed) = freed.as_mut().as_pin_mut() {
                freed.enable();
            }
            let full = match inner.pick(&tried) {
                Pick::Place(place) => {
                    let member = &inner.members[place.at];
                    let request = member.connector.request(&message).terms(terms).wait_until_ready(false);
                    match request.run().await {
                        Outcome::NotSent(error @ (NotSent::Lost(_) | NotSent::Closing | NotSent::NotConnected)) => {
                            tried.push(place.at);
                            last = error;
                            continue;
                        }
                        outcome => return outcome,
                    }
                }
                Pick::Full => true,
                Pick::None => false,
            };
            if !full && !wait {
                return Outcome::NotSent(last);
            }
            tried.clear();
            let Some(changes) = &mut changes else {
                // Once more, so that no change falls between the look and the wait.
                changes = Some(inner.members.iter().map(|member| member.connector.changes()).collect());
                continue;
            };
            let change = any(changes.iter_mut().map(connector::Changes::next));
            let waited = timeout_at(deadline, async {
                match freed.as_pin_mut() {
                    Some(freed) => tokio::select! { () = change => {} () = freed => {} },
                    None => change.await,
                }
            });
            if waited.await.is_err() {
                return Outcome::NotSent(if full { NotSent::Deadline } else { last });
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
