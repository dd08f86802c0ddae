//! What the handles of a connector and its supervisor share.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;
use tokio::time::Instant;

use super::backoff::Backoff;
use super::error::Failure;
use super::events::{Listener, Teller};
use super::machine::State;
use super::meters::Meters;
use super::session::Session;
use super::stats::Counters;
use super::status::Status;
use crate::link::Link;
use crate::msg::Dialect;
use crate::mux::{self, Mux};

/// What the user wishes, the stronger the greater.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Wish {
    Run,
    Drain,
    Stop,
    Abort,
}

pub(super) type Launch = dyn Fn(Arc<Inner>, Teller) -> Pin<Box<dyn Future<Output = ()> + Send>> + Send + Sync;

pub(super) type Exchanged = Pin<Box<dyn Future<Output = Result<(), Failure>> + Send>>;

pub(super) type ExchangeKeys = dyn Fn(Session) -> Exchanged + Send + Sync;

/// What handles and supervisor share.
pub(super) struct Inner {
    pub(super) parts: Parts,
    pub(super) backoff: Mutex<Backoff>,
    pub(super) status: watch::Sender<Status>,
    pub(super) wish: watch::Sender<Wish>,
    /// The link that takes requests.
    published: RwLock<Option<Session>>,
    pub(super) counters: Counters,
    pub(super) meters: Meters,
    pub(super) links: Mutex<Links>,
    /// Links offered by whoever accepts them; nothing where we dial.
    pub(super) offers: Option<mpsc::Sender<Link>>,
    pub(super) offered: tokio::sync::Mutex<mpsc::Receiver<Link>>,
    control: Mutex<Control>,
}

/// What is counted on links.
#[derive(Default)]
pub(super) struct Links {
    /// On those that have ended.
    pub(super) ended: mux::Stats,
    pub(super) now: Option<Mux>,
}

#[derive(Default)]
pub(super) struct Control {
    pub(super) running: bool,
    /// Tells the events of the run before.
    pub(super) telling: Option<JoinHandle<()>>,
}

/// What a connector is made of.
pub(super) struct Parts {
    pub(super) name: String,
    pub(super) dialect: &'static Dialect,
    /// Deadline of whatever has none of its own.
    pub(super) timeout: Duration,
    /// Whether requests wait for the link to be ready.
    pub(super) waits: bool,
    /// How long what is in flight is waited for at the end.
    pub(super) drain: Duration,
    pub(super) listener: Box<dyn Listener>,
    pub(super) keys: Option<(Box<ExchangeKeys>, Duration)>,
    pub(super) launch: Box<Launch>,
}

/// Links that may wait to be taken.
const OFFERS: usize = 4;

impl Inner {
    pub(super) fn new(parts: Parts, backoff: Backoff, accepts: bool) -> Arc<Self> {
        let (offers, offered) = mpsc::channel(OFFERS);
        Arc::new(Inner {
            meters: Meters::new(&parts.name),
            parts,
            backoff: Mutex::new(backoff),
            status: watch::Sender::new(Status::new()),
            wish: watch::Sender::new(Wish::Run),
            published: RwLock::new(None),
            counters: Counters::default(),
            links: Mutex::new(Links::default()),
            offers: accepts.then_some(offers),
            offered: tokio::sync::Mutex::new(offered),
            control: Mutex::new(Control::default()),
        })
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Control> {
        self.control.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn published(&self) -> Option<Session> {
        self.published.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn publish(&self, session: Option<Session>) {
        *self.published.write().unwrap_or_else(PoisonError::into_inner) = session;
    }

    /// There is a link, or none any more.
    pub(super) fn counts(&self, now: Option<Mux>) {
        let mut links = self.links.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(ended) = std::mem::replace(&mut links.now, now) {
            let ended = mux::Stats { in_flight: 0, buffered: 0, ..ended.stats() };
            links.ended = links.ended.plus(ended);
        }
    }

    pub(super) fn state(&self) -> State {
        self.status.borrow().state
    }

    pub(super) fn wish(&self, wish: Wish) {
        if self.lock().running {
            self.wish.send_if_modified(|now| {
                let more = wish > *now;
                *now = wish.max(*now);
                more
            });
        }
    }
}

/// The run of a supervisor: when it ends, in whatever way, everybody knows.
pub(super) struct Run(pub(super) Arc<Inner>);

impl Drop for Run {
    fn drop(&mut self) {
        let inner = &self.0;
        inner.publish(None);
        inner.lock().running = false;
        inner.meters.state(State::Stopped);
        inner.status.send_modify(|status| {
            status.state = State::Stopped;
            status.since = Instant::now();
            (status.peer, status.next_attempt) = (None, None);
        });
    }
}
