//! What a connector tells of as it happens.

use std::future::Future;
use std::net::SocketAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use tokio::sync::mpsc;

use super::Connector;
use super::error::Failure;
use super::inner::Inner;
use super::network::Awaited;
use crate::frame::Frame;
use crate::mux::{self, Inbound, Lost, Unmatched};
use crate::{link, msg};

/// Events that may wait to be told.
const WAITING: usize = 1024;

/// Something that went wrong without ending the link.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum Trouble {
    /// A frame is no message of the dialect. It has so many bytes.
    #[error("a frame of {bytes} bytes is no message of the dialect: {error}")]
    Undecodable {
        /// The bytes of the frame.
        bytes: usize,
        /// What is wrong with it.
        error: msg::Error,
    },
    /// A message was refused by a filter.
    #[error("{0}")]
    Refused(link::Error),
    /// A peer that connected did not get as far as a link.
    #[error("not accepted: {0}")]
    Accept(link::Error),
    /// The peer has connected once more, and the second link was closed.
    #[error("a second link was refused")]
    Second,
}

impl Trouble {
    /// A stable name for programs and metrics.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Trouble::Undecodable { .. } => "undecodable",
            Trouble::Refused(_) => "refused",
            Trouble::Accept(_) => "accept",
            Trouble::Second => "second",
        }
    }
}

/// Listens to a connector.
///
/// Except [`inbound`](Events::inbound), the methods are called one after the other, in the order of what has happened, on a task of
/// their own: they may take their time, and may use the connector, also to wait for an answer or for it to stop. When 1024
/// events wait, further ones are left out and counted. All methods do nothing unless written otherwise.
#[expect(unused_variables, reason = "the names of the arguments are part of the documentation")]
pub trait Events: Send + Sync + 'static {
    /// There is a link; sign-on comes next.
    fn established(&self, connector: &Connector, peer: Option<SocketAddr>) -> impl Future<Output = ()> + Send {
        async {}
    }

    /// The peer has accepted our sign-on.
    fn signed_on(&self, connector: &Connector) -> impl Future<Output = ()> + Send {
        async {}
    }

    /// The peer has signed on.
    fn peer_signed_on(&self, connector: &Connector) -> impl Future<Output = ()> + Send {
        async {}
    }

    /// The peer has signed off.
    fn peer_signed_off(&self, connector: &Connector) -> impl Future<Output = ()> + Send {
        async {}
    }

    /// Requests are taken now.
    fn ready(&self, connector: &Connector) -> impl Future<Output = ()> + Send {
        async {}
    }

    /// There is no link, or none any more, and not because we stopped.
    fn failed(&self, connector: &Connector, failure: &Failure) -> impl Future<Output = ()> + Send {
        async {}
    }

    /// A link has ended, in order or not; after [`failed`](Events::failed) if both are told.
    fn closed(&self, connector: &Connector, lost: &Lost) -> impl Future<Output = ()> + Send {
        async {}
    }

    /// The connector has stopped.
    fn stopped(&self, connector: &Connector) -> impl Future<Output = ()> + Send {
        async {}
    }

    /// Something went wrong that leaves the link as it is. Writes it to the log unless this is written.
    fn error(&self, connector: &Connector, trouble: &Trouble) -> impl Future<Output = ()> + Send {
        tracing::warn!(name = connector.name(), trouble = trouble.name(), "trouble on the link");
        async {}
    }

    /// Nothing was received or sent for so long as [`Builder::idle`](super::Builder::idle) says; again and again while that is so.
    fn idle(&self, connector: &Connector) -> impl Future<Output = ()> + Send {
        async {}
    }

    /// Nothing was received for so long as [`Builder::read_timeout`](super::Builder::read_timeout) says; again and again while
    /// that is so.
    fn read_timeout(&self, connector: &Connector) -> impl Future<Output = ()> + Send {
        async {}
    }

    /// A message of the peer that there is no service for. It is called where a service would be, one at a time: until it has ended
    /// the next message waits. When the link ends it goes no further. Writes it to the log unless this is written.
    fn inbound(&self, connector: &Connector, inbound: Inbound) -> impl Future<Output = ()> + Send {
        tracing::warn!(name = connector.name(), mti = %inbound.message.mti(), "a message that nobody serves");
        async {}
    }

    /// An answer that nobody waits for: late, a second one, or to nothing. Writes it to the log unless this is written.
    fn unmatched(&self, connector: &Connector, unmatched: &Unmatched) -> impl Future<Output = ()> + Send {
        let Unmatched { reason, key, .. } = unmatched;
        tracing::warn!(name = connector.name(), reason = reason.name(), %key, "an answer that nobody waits for");
        async {}
    }
}

/// Nobody listens.
#[derive(Debug, Clone, Copy)]
pub(super) struct Nobody;

impl Events for Nobody {}

#[derive(Debug)]
pub(super) enum Event {
    Established(Option<SocketAddr>),
    SignedOn,
    PeerSignedOn,
    PeerSignedOff,
    Ready,
    Failed(Failure),
    Closed(Lost),
    Stopped,
    Trouble(Trouble),
    Idle,
    ReadTimeout,
    Unmatched(Box<Unmatched>),
}

type Told<'a> = Pin<Box<dyn Future<Output = ()> + Send + 'a>>;

/// [`Events`] behind a pointer.
pub(super) trait Listener: Send + Sync {
    fn hear<'a>(&'a self, connector: &'a Connector, event: &'a Event) -> Told<'a>;
    fn inbound<'a>(&'a self, connector: &'a Connector, inbound: Inbound) -> Told<'a>;
}

impl<E: Events> Listener for E {
    fn hear<'a>(&'a self, connector: &'a Connector, event: &'a Event) -> Told<'a> {
        match event {
            Event::Established(peer) => Box::pin(self.established(connector, *peer)),
            Event::SignedOn => Box::pin(self.signed_on(connector)),
            Event::PeerSignedOn => Box::pin(self.peer_signed_on(connector)),
            Event::PeerSignedOff => Box::pin(self.peer_signed_off(connector)),
            Event::Ready => Box::pin(self.ready(connector)),
            Event::Failed(failure) => Box::pin(self.failed(connector, failure)),
            Event::Closed(lost) => Box::pin(self.closed(connector, lost)),
            Event::Stopped => Box::pin(self.stopped(connector)),
            Event::Trouble(trouble) => Box::pin(self.error(connector, trouble)),
            Event::Idle => Box::pin(self.idle(connector)),
            Event::ReadTimeout => Box::pin(self.read_timeout(connector)),
            Event::Unmatched(unmatched) => Box::pin(self.unmatched(connector, unmatched)),
        }
    }

    fn inbound<'a>(&'a self, connector: &'a Connector, inbound: Inbound) -> Told<'a> {
        Box::pin(Events::inbound(self, connector, inbound))
    }
}

/// Where events are put. Never waits.
#[derive(Clone)]
pub(super) struct Teller {
    sender: mpsc::Sender<Event>,
    inner: Arc<Inner>,
}

impl Teller {
    pub(super) fn new(inner: Arc<Inner>) -> (Self, mpsc::Receiver<Event>) {
        let (sender, receiver) = mpsc::channel(WAITING);
        (Teller { sender, inner }, receiver)
    }

    pub(super) fn tell(&self, event: Event) {
        if self.sender.try_send(event).is_err() {
            self.inner.counters.events_dropped.add();
        }
    }
}

/// Tells one event after the other until there will be no more.
pub(super) async fn tell_all(inner: Arc<Inner>, mut events: mpsc::Receiver<Event>) {
    let connector = Connector::inside(Arc::clone(&inner));
    while let Some(event) = events.recv().await {
        let told = catch_unwind(AssertUnwindSafe(|| inner.parts.listener.hear(&connector, &event)));
        let told = match told {
            Ok(told) => Caught(told).await,
            Err(_) => Err(()),
        };
        if told.is_err() {
            inner.counters.events_panicked.add();
            tracing::error!(name = connector.name(), "a listener to events panicked");
        }
    }
}

/// A future whose panic is its result.
struct Caught<'a>(Told<'a>);

impl Future for Caught<'_> {
    type Output = Result<(), ()>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match catch_unwind(AssertUnwindSafe(|| self.0.as_mut().poll(context))) {
            Ok(polled) => polled.map(Ok),
            Err(_) => Poll::Ready(Err(())),
        }
    }
}

/// Passes on what the mux of a link tells.
pub(super) struct Relay {
    pub(super) teller: Teller,
    pub(super) awaited: Arc<Awaited>,
    pub(super) dialect: &'static msg::Dialect,
}

impl mux::Events for Relay {
    fn unmatched(&self, unmatched: Unmatched) {
        self.awaited.unmatched(&unmatched);
        self.teller.tell(Event::Unmatched(Box::new(unmatched)));
    }

    fn undecodable(&self, frame: Frame, error: msg::Error) {
        self.awaited.undecodable(self.dialect, &frame.body, error);
        self.teller.tell(Event::Trouble(Trouble::Undecodable { bytes: frame.body.len(), error }));
    }

    fn refused(&self, error: link::Error) {
        self.teller.tell(Event::Trouble(Trouble::Refused(error)));
    }
}
