//! Where the requests of one client come in: those that there is a place for go to its worker, others are declined at
//! once.

use std::sync::atomic::AtomicUsize;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak};
use std::task::Waker;
use std::time::Duration;

use tokio::sync::mpsc;

use super::cause::{Cause, Limit};
use super::decline::{decline, salvage};
use super::events::{Client, Declined};
use super::inner::Inner;
use super::ledger::Ledger;
use super::metrics::Ended;
use super::repeats::{Repeats, UnderWay};
use super::routing::Leg;
use super::upstream::Place;
use crate::frame::Frame;
use crate::msg::{Error, Message};
use crate::mux::{self, Inbound, Mux, Replier, Service, Unmatched};

/// One client, as all who deal with it share it.
pub(super) struct Desk {
    pub(super) inner: Arc<Inner>,
    pub(super) client: Arc<Client>,
    in_flight: Arc<AtomicUsize>,
    mux: OnceLock<Mux>,
    pub(super) ledger: Ledger,
    pub(super) repeats: Arc<Repeats>,
    signal: Mutex<Signal>,
}

/// What the worker is to know.
#[derive(Debug, Default)]
pub(super) struct Signal {
    /// There will be no more requests.
    pub(super) ended: bool,
    /// Requests in flight are given up.
    pub(super) cut: bool,
    waker: Option<Waker>,
}

/// What a worker does.
pub(super) enum Job {
    Request {
        inbound: Inbound,
        places: Places,
    },
    /// A decline that has been made.
    Reply {
        replier: Replier,
        reply: bytes::Bytes,
        _place: Place,
    },
}

/// The places of a request among those in flight.
pub(super) struct Places {
    pub(super) all: InFlight,
    pub(super) client: Place,
    pub(super) under_way: UnderWay,
}

/// A place among all requests in flight, as the metrics show them.
pub(super) struct InFlight {
    inner: Arc<Inner>,
    _place: Place,
}

impl Drop for InFlight {
    fn drop(&mut self) {
        self.inner.metrics.in_flight.decrement(1.0);
    }
}

impl Desk {
    pub(super) fn new(inner: Arc<Inner>, client: Arc<Client>) -> Self {
        let (mux, ledger, signal) = (OnceLock::new(), Ledger::default(), Mutex::default());
        Desk { inner, client, in_flight: Arc::default(), mux, ledger, repeats: Arc::default(), signal }
    }

    pub(super) fn set_mux(&self, mux: Mux) {
        // Set once, before the driver is polled.
        _ = self.mux.set(mux);
    }

    /// Bytes written to the client so far.
    pub(super) fn written(&self) -> u64 {
        self.mux.get().map_or(0, |mux| mux.stats().written)
    }

    fn lock(&self) -> MutexGuard<'_, Signal> {
        self.signal.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What the worker is to know; it is woken when that changes.
    pub(super) fn look(&self, waker: &Waker) -> (bool, bool) {
        let mut signal = self.lock();
        match &mut signal.waker {
            Some(known) => known.clone_from(waker),
            none => *none = Some(waker.clone()),
        }
        (signal.ended, signal.cut)
    }

    /// There will be no more requests.
    pub(super) fn end(&self) {
        self.change(|signal| signal.ended = true);
    }

    /// Requests in flight are given up.
    pub(super) fn cut(&self) {
        self.change(|signal| signal.cut = true);
    }

    fn change(&self, change: impl FnOnce(&mut Signal)) {
        let mut signal = self.lock();
        change(&mut signal);
        let waker = signal.waker.take();
        drop(signal);
        waker.into_iter().for_each(Waker::wake);
    }

    /// Places for one more request.
    fn admit(&self, under_way: UnderWay) -> Result<Places, Cause> {
        let inner = &self.inner;
        if inner.is_stopping() {
            return Err(Cause::Stopping);
        }
        let client = self.place().ok_or(Cause::Overload(Limit::Client))?;
        let all = Place::take(&inner.in_flight, inner.limits.in_flight).ok_or(Cause::Overload(Limit::Gateway))?;
        inner.metrics.in_flight.increment(1.0);
        let all = InFlight { inner: Arc::clone(inner), _place: all };
        Ok(Places { all, client, under_way })
    }

    /// A place among those in flight of this client.
    fn place(&self) -> Option<Place> {
        Place::take(&self.in_flight, self.inner.limits.per_client)
    }

    /// Counts a decline and tells of it.
    pub(super) fn declined(&self, cause: Cause, after: Duration, route: Option<Arc<Leg>>, about: About) {
        let inner = &self.inner;
        let kind = cause.kind();
        inner.counters.declined[kind as usize].add();
        inner.metrics.ended(route.as_ref().map(|leg| &leg.metrics), Ended::Declined(kind), after);
        // One that could not be read, and is declined all the same, is one that is answered.
        if about.request.as_ref().is_none_or(|request| request.mti().response().is_some()) {
            inner.metrics.answered_with(inner.code(&cause));
        }
        let route = route.map(|leg| leg.name().to_owned());
        let client = (*self.client).clone();
        let declined = Declined {
            client,
            cause,
            request: about.request,
            route,
            forwarded: about.forwarded,
            answer: about.answer,
            #[cfg(feature = "store")]
            note: about.note,
        };
        inner.tell(|events| events.declined(declined));
    }
}

/// The messages of a request that was declined.
#[derive(Default)]
pub(super) struct About {
    pub(super) request: Option<Message>,
    pub(super) forwarded: Option<Message>,
    pub(super) answer: Option<Message>,
    #[cfg(feature = "store")]
    pub(super) note: Option<super::ahead::Note>,
}

/// The service of the mux of a client. It only hands on, so that requests are read as they come.
pub(super) struct Intake {
    pub(super) desk: Arc<Desk>,
    pub(super) jobs: mpsc::UnboundedSender<Job>,
}

impl Service for Intake {
    async fn call(&self, inbound: Inbound) {
        let Intake { desk, jobs } = self;
        desk.inner.counters.requests.add();
        // First of all: a decline of it would be taken for the answer to the one that is under way.
        let Some(under_way) = desk.repeats.enter(&inbound.message) else {
            desk.inner.counters.repeated.add();
            return desk.inner.tell(|events| events.repeated(&desk.client, &inbound.message));
        };
        let cause = match desk.admit(under_way) {
            // Bounded by the places; the worker lives as long as the driver.
            Ok(places) => return drop(jobs.send(Job::Request { inbound, places })),
            Err(cause) => cause,
        };
        let Inbound { message, replier, .. } = inbound;
        let reply = decline(&message, desk.inner.code(&cause));
        desk.declined(cause, Duration::ZERO, None, About { request: Some(message), ..About::default() });
        // When it is not taken the client is not read any more, up to the deadline.
        if let Some(Ok(reply)) = reply
            && let Err(error) = replier.reply(mux::Wire(&reply)).await
        {
            tracing::debug!(client = desk.client.id, %error, "a decline has not reached its client");
        }
    }
}

/// What the mux of a client tells.
pub(super) struct Relay {
    /// The mux holds this, and the desk holds the mux.
    pub(super) desk: Weak<Desk>,
    pub(super) jobs: mpsc::WeakUnboundedSender<Job>,
}

impl mux::Events for Relay {
    fn unmatched(&self, unmatched: Unmatched) {
        let Some(desk) = self.desk.upgrade() else { return };
        desk.inner.counters.unmatched.add();
        desk.inner.tell(|events| events.unmatched(&desk.client, &unmatched));
    }

    fn undecodable(&self, frame: Frame, error: Error) {
        let Some(desk) = self.desk.upgrade() else { return };
        let inner = &desk.inner;
        inner.counters.undecodable.add();
        let bytes = frame.body.len();
        inner.tell(|events| events.undecodable(&desk.client, bytes, &error));
        let cause = Cause::Undecodable(error);
        let (Some(place), Some(jobs), Some(mux)) = (desk.place(), self.jobs.upgrade(), desk.mux.get()) else { return };
        if let Some((_, reply)) = salvage(inner.dialect, frame.body, inner.code(&cause)) {
            inner.counters.requests.add();
            desk.declined(cause, Duration::ZERO, None, About::default());
            let replier = mux.replier(frame.header);
            _ = jobs.send(Job::Reply { replier, reply, _place: place });
        }
    }

    fn refused(&self, error: crate::link::Error) {
        if let Some(desk) = self.desk.upgrade() {
            tracing::warn!(client = desk.client.id, %error, "a message that a filter did not take");
        }
    }
}
