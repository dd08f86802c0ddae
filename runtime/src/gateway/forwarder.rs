//! Where requests go: a connector, a pool, or code.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use bytes::Bytes;
use tokio::time::Instant;

use crate::connector::Connector;
use crate::msg::{Dialect, Error, Message};
use crate::mux::{Lost, NotSent, Outcome, Response, SendError};
use crate::pool::Pool;

/// A future in a box.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Carries requests on, and their answers back.
///
/// Implemented for [`Connector`], [`Pool`], and code of one's own by [`handler`].
pub trait Forwarder: Send + Sync + 'static {
    /// The dialect of the messages that it takes and gives.
    fn dialect(&self) -> &'static Dialect;

    /// Carries a request on. It should end by the deadline; shortly after it the gateway gives it up.
    fn request(&self, request: Message, deadline: Instant) -> BoxFuture<'_, Outcome>;

    /// Carries a message on that is not answered, such as a notification.
    fn send(&self, message: Message, deadline: Instant) -> BoxFuture<'_, Result<(), SendError>>;

    /// Whether requests can be given to it now, for the status of the gateway.
    fn is_ready(&self) -> bool {
        true
    }
}

impl Forwarder for Connector {
    fn dialect(&self) -> &'static Dialect {
        Connector::dialect(self)
    }

    fn request(&self, request: Message, deadline: Instant) -> BoxFuture<'_, Outcome> {
        Box::pin(Connector::request(self, request).deadline(deadline).run())
    }

    fn send(&self, message: Message, _: Instant) -> BoxFuture<'_, Result<(), SendError>> {
        Box::pin(Connector::send(self, message))
    }

    fn is_ready(&self) -> bool {
        self.status_is_ready()
    }
}

impl Forwarder for Pool {
    /// That of its first member.
    fn dialect(&self) -> &'static Dialect {
        // One without members carries nothing on, in whatever dialect.
        self.members().first().map_or(&crate::iso87a::DIALECT, Connector::dialect)
    }

    fn request(&self, request: Message, deadline: Instant) -> BoxFuture<'_, Outcome> {
        Box::pin(async move { Pool::request(self, request).deadline(deadline).await })
    }

    fn send(&self, message: Message, _: Instant) -> BoxFuture<'_, Result<(), SendError>> {
        Box::pin(async move {
            let connector = self.get().ok_or(NotSent::NotConnected)?;
            connector.send(message).await
        })
    }

    fn is_ready(&self) -> bool {
        self.is_up()
    }
}

impl<F: Forwarder + ?Sized> Forwarder for Arc<F> {
    fn dialect(&self) -> &'static Dialect {
        (**self).dialect()
    }

    fn request(&self, request: Message, deadline: Instant) -> BoxFuture<'_, Outcome> {
        (**self).request(request, deadline)
    }

    fn send(&self, message: Message, deadline: Instant) -> BoxFuture<'_, Result<(), SendError>> {
        (**self).send(message, deadline)
    }

    fn is_ready(&self) -> bool {
        (**self).is_ready()
    }
}

/// Code that answers requests: gives the bytes of the answer, or why there is none.
///
/// A message that is not answered goes to it as well; what it gives is passed over then, an error too.
///
/// ```
/// use isopace::Message;
/// use isopace::gateway::handler;
/// use isopace::iso87a::DIALECT;
///
/// let approve = handler(&DIALECT, |request: Message| async move {
///     let mut reply = request.reply()?;
///     reply.set(39, "00");
///     reply.finish()
/// });
/// ```
pub fn handler<F, R>(dialect: &'static Dialect, answer: F) -> Handler<F>
where
    F: Fn(Message) -> R + Send + Sync + 'static,
    R: Future<Output = Result<Bytes, Error>> + Send,
{
    Handler { dialect, answer }
}

/// Code as a [`Forwarder`]; see [`handler`].
#[derive(Clone)]
pub struct Handler<F> {
    dialect: &'static Dialect,
    answer: F,
}

impl<F> std::fmt::Debug for Handler<F> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Handler").field("dialect", &self.dialect.name()).finish_non_exhaustive()
    }
}

impl<F, R> Forwarder for Handler<F>
where
    F: Fn(Message) -> R + Send + Sync + 'static,
    R: Future<Output = Result<Bytes, Error>> + Send,
{
    fn dialect(&self) -> &'static Dialect {
        self.dialect
    }

    fn request(&self, request: Message, _: Instant) -> BoxFuture<'_, Outcome> {
        Box::pin(async move {
            let answer = (self.answer)(request).await;
            match answer.and_then(|wire| Message::parse(self.dialect, wire)) {
                Ok(message) => Outcome::Response(Response { message, header: Bytes::new() }),
                // It may have acted on the request before it failed to answer.
                Err(error) => Outcome::Unknown(Lost::Undecodable(Arc::new(error))),
            }
        })
    }

    fn send(&self, message: Message, _: Instant) -> BoxFuture<'_, Result<(), SendError>> {
        Box::pin(async move {
            // There is no reply to it that could be made.
            _ = (self.answer)(message).await;
            Ok(())
        })
    }
}
