//! Where messages go.

use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::time::Duration;

use tokio::time::Instant;

use crate::connector::Connector;
use crate::gateway::Forwarder;
use crate::msg::Message;
use crate::mux::Outcome;
use crate::pool::Pool;

/// What sends a message and gives its outcome: a [`Connector`], a [`Pool`], what a gateway sends to ([`Over`]), or code
/// of the user's.
pub trait Upstream: Send + Sync + 'static {
    /// Sends a message, and waits for its answer: together no longer than that. Only what was certainly not sent may be
    /// told as [`Outcome::NotSent`].
    fn send<'a>(
        &'a self,
        message: &'a Message,
        timeout: Duration,
    ) -> Pin<Box<dyn Future<Output = Outcome> + Send + 'a>>;
}

impl Upstream for Connector {
    fn send<'a>(
        &'a self,
        message: &'a Message,
        timeout: Duration,
    ) -> Pin<Box<dyn Future<Output = Outcome> + Send + 'a>> {
        self.request(message).timeout(timeout).wait_until_ready(true).into_future()
    }
}

impl Upstream for Pool {
    fn send<'a>(
        &'a self,
        message: &'a Message,
        timeout: Duration,
    ) -> Pin<Box<dyn Future<Output = Outcome> + Send + 'a>> {
        self.request(message).timeout(timeout).wait_until_ready(true).into_future()
    }
}

/// What a gateway sends to, as an [`Upstream`].
#[derive(Debug, Clone)]
pub struct Over<F>(pub F);

impl<F: Forwarder> Upstream for Over<F> {
    fn send<'a>(
        &'a self,
        message: &'a Message,
        timeout: Duration,
    ) -> Pin<Box<dyn Future<Output = Outcome> + Send + 'a>> {
        self.0.request(message.clone(), Instant::now() + timeout)
    }
}
