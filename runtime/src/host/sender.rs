//! What a request is sent by, whichever component it comes from.

use tokio::time::Instant;

use crate::connector::Connector;
use crate::msg::Dialect;
use crate::mux::{NotSent, Outcome, Outgoing, SendError};
use crate::pool::Pool;

/// What a request is sent by: a link that heals itself, or several as one. A handle, cheap to clone.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Sender {
    /// A connector.
    Connector(Connector),
    /// A pool, and the dialect of its members.
    Pool(Pool, &'static Dialect),
}

impl Sender {
    /// The dialect of the messages.
    #[must_use]
    pub fn dialect(&self) -> &'static Dialect {
        match self {
            Sender::Connector(connector) => connector.dialect(),
            Sender::Pool(_, dialect) => dialect,
        }
    }

    /// Whether requests are taken now.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        match self {
            Sender::Connector(connector) => connector.status_is_ready(),
            Sender::Pool(pool, _) => pool.is_up(),
        }
    }

    /// Sends a request and waits for its answer, up to the deadline, or to that of the connector or pool.
    pub async fn request(&self, message: impl Outgoing + Send + Sync, deadline: Option<Instant>) -> Outcome {
        match (self, deadline) {
            (Sender::Connector(connector), None) => connector.request(message).await,
            (Sender::Connector(connector), Some(deadline)) => connector.request(message).deadline(deadline).await,
            (Sender::Pool(pool, _), None) => pool.request(message).await,
            (Sender::Pool(pool, _), Some(deadline)) => pool.request(message).deadline(deadline).await,
        }
    }

    /// Sends a message that is not answered.
    ///
    /// # Errors
    /// It cannot be written, nothing is ready that would take it, or it was not written in time.
    pub async fn send(&self, message: impl Outgoing + Send + Sync) -> Result<(), SendError> {
        match self {
            Sender::Connector(connector) => connector.send(message).await,
            Sender::Pool(pool, _) => match pool.get() {
                Some(member) => member.send(message).await,
                None => Err(NotSent::NotConnected.into()),
            },
        }
    }
}
