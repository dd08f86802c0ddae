//! What a request is sent by, whichever component it comes from.

#[cfg(feature = "store")]
use std::time::Duration;

use tokio::time::Instant;

use crate::connector::Connector;
use crate::msg::Dialect;
#[cfg(feature = "store")]
use crate::msg::Message;
#[cfg(feature = "store")]
use crate::mux::Response;
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
    /// A durable queue, which takes advices for somebody else.
    #[cfg(feature = "store")]
    Queue(crate::saf::Saf),
}

/// How long a store may take to accept an advice that has no deadline.
#[cfg(feature = "store")]
const PATIENCE: Duration = Duration::from_secs(30);

impl Sender {
    /// The dialect of the messages.
    #[must_use]
    pub fn dialect(&self) -> &'static Dialect {
        match self {
            Sender::Connector(connector) => connector.dialect(),
            Sender::Pool(_, dialect) => dialect,
            #[cfg(feature = "store")]
            Sender::Queue(queue) => queue.dialect(),
        }
    }

    /// Whether requests are taken now.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        match self {
            Sender::Connector(connector) => connector.status_is_ready(),
            Sender::Pool(pool, _) => pool.is_up(),
            #[cfg(feature = "store")]
            Sender::Queue(queue) => queue.is_running(),
        }
    }

    /// Sends a request and waits for its answer, up to the deadline, or to that of the connector or pool.
    pub async fn request(&self, message: impl Outgoing + Send + Sync, deadline: Option<Instant>) -> Outcome {
        match (self, deadline) {
            (Sender::Connector(connector), None) => connector.request(message).await,
            (Sender::Connector(connector), Some(deadline)) => connector.request(message).deadline(deadline).await,
            (Sender::Pool(pool, _), None) => pool.request(message).await,
            (Sender::Pool(pool, _), Some(deadline)) => pool.request(message).deadline(deadline).await,
            #[cfg(feature = "store")]
            (Sender::Queue(queue), deadline) => {
                advise(queue, &message, deadline.unwrap_or_else(|| Instant::now() + PATIENCE)).await
            }
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
            // It has no answer that could say that it was delivered.
            #[cfg(feature = "store")]
            Sender::Queue(queue) => Err(NotSent::NoAdvice(parsed(queue, &message)?.mti()).into()),
        }
    }
}

#[cfg(feature = "store")]
fn parsed(queue: &crate::saf::Saf, message: &impl Outgoing) -> Result<Message, NotSent> {
    let mut bytes = Vec::new();
    message.write(&mut bytes)?;
    Ok(Message::parse(queue.dialect(), bytes)?)
}

/// Gives the answer of a queue.
#[cfg(feature = "store")]
async fn advise(queue: &crate::saf::Saf, message: &impl Outgoing, deadline: Instant) -> Outcome {
    let message = match parsed(queue, message) {
        Ok(message) => message,
        Err(error) => return Outcome::NotSent(error),
    };
    match tokio::time::timeout_at(deadline, queue.advise(&message)).await {
        Ok(Ok(message)) => Outcome::Response(Response { message, header: crate::Bytes::new() }),
        Ok(Err(error)) => {
            tracing::warn!(queue = queue.name(), %error, "an advice was not taken");
            Outcome::NotSent(error.into())
        }
        Err(_) => Outcome::NotSent(NotSent::Deadline),
    }
}
