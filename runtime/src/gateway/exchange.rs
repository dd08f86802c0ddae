//! A request on its way through the gateway, as hooks see it.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use tokio::time::Instant;

use super::cause::Stage;
use super::events::Client;
use super::inner::Inner;
use super::routing::Leg;
use crate::msg::{Edit, Error, Message};
use crate::trace::Trace;

/// A request on its way through the gateway, and its answer. All messages are in the dialect of the clients; a route
/// that speaks another gets what its mapping makes of them.
pub struct Exchange {
    pub(super) inner: Arc<Inner>,
    pub(super) client: Arc<Client>,
    pub(super) id: u64,
    pub(super) request: Message,
    /// The request as hooks have changed it.
    pub(super) edited: Option<Message>,
    /// What was given to the route.
    pub(super) forwarded: Option<Message>,
    /// What the route answered.
    pub(super) answer: Option<Message>,
    /// What the client gets.
    pub(super) response: Option<Message>,
    pub(super) route: Option<Arc<Leg>>,
    pub(super) trace: Trace,
    pub(super) deadline: Instant,
    pub(super) stage: Stage,
    #[cfg(feature = "store")]
    pub(super) once: Option<super::idempotency::Once>,
    /// That it was written down before it was sent, and is not settled.
    #[cfg(feature = "store")]
    pub(super) note: Option<super::ahead::Note>,
}

/// There is no route of this name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("there is no route of this name")]
pub struct NoSuchRoute;

impl From<NoSuchRoute> for super::HookError {
    fn from(error: NoSuchRoute) -> Self {
        super::HookError::new(error)
    }
}

impl Exchange {
    /// Counted from 1 since the gateway was built: the number in the identifier of its trace.
    #[must_use]
    pub const fn id(&self) -> u64 {
        self.id
    }

    /// Who sent the request.
    #[must_use]
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// The request as it came.
    #[must_use]
    pub const fn request(&self) -> &Message {
        &self.request
    }

    /// The request as it will be, or was, carried on: with the changes of hooks.
    #[must_use]
    pub fn outgoing(&self) -> &Message {
        self.edited.as_ref().unwrap_or(&self.request)
    }

    /// The answer as the client will get it; nothing before there is one.
    #[must_use]
    pub const fn response(&self) -> Option<&Message> {
        self.response.as_ref()
    }

    /// Changes the request that is carried on. What is not changed stays as it is, bit for bit.
    ///
    /// # Errors
    /// A value that the dialect does not allow; the request stays as it was.
    pub fn edit_request(&mut self, change: impl FnOnce(&mut Edit<'_>)) -> Result<(), Error> {
        let edited = edited(self.outgoing(), change)?;
        self.edited = Some(edited);
        Ok(())
    }

    /// Changes the answer, if there is one.
    ///
    /// # Errors
    /// A value that the dialect does not allow; the answer stays as it was.
    pub fn edit_response(&mut self, change: impl FnOnce(&mut Edit<'_>)) -> Result<(), Error> {
        if let Some(response) = &self.response {
            self.response = Some(edited(response, change)?);
        }
        Ok(())
    }

    /// Answers, or answers otherwise: with these bytes. Given before the request is carried on, it is not carried on,
    /// and hooks before the response are not called.
    ///
    /// # Errors
    /// They are no message of the dialect.
    pub fn respond(&mut self, wire: impl Into<Bytes>) -> Result<(), Error> {
        self.response = Some(Message::parse(self.inner.dialect, wire)?);
        Ok(())
    }

    /// The route that the request takes; nothing where no row of the routes takes it.
    #[must_use]
    pub fn route(&self) -> Option<&str> {
        self.route.as_deref().map(Leg::name)
    }

    /// Gives it another route. Changes nothing once it has been carried on.
    ///
    /// # Errors
    /// There is no route of this name.
    pub fn set_route(&mut self, name: &str) -> Result<(), NoSuchRoute> {
        let route = self.inner.leg(name).ok_or(NoSuchRoute)?;
        if self.stage == Stage::BeforeRequest {
            self.route = Some(route);
        }
        Ok(())
    }

    /// Its trace, to note what is done. It is off for most requests, and takes nothing then.
    #[must_use]
    pub const fn trace(&mut self) -> &mut Trace {
        &mut self.trace
    }

    /// When the client is to have its answer.
    #[must_use]
    pub const fn deadline(&self) -> Instant {
        self.deadline
    }
}

fn edited(message: &Message, change: impl FnOnce(&mut Edit<'_>)) -> Result<Message, Error> {
    let mut edit = message.edit();
    change(&mut edit);
    Message::parse(message.dialect(), edit.finish()?)
}

impl fmt::Debug for Exchange {
    /// Messages masked as the spec says.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Exchange")
            .field("id", &self.id)
            .field("client", &self.client)
            .field("route", &self.route())
            .field("request", &self.request)
            .field("response", &self.response)
            .finish_non_exhaustive()
    }
}
