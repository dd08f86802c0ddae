//! Several connectors as one.
//!
//! A [`Pool`] gives each request to the member that is ready and has the least in flight (or by another [`Strategy`]). A
//! request that a member did not send, because its link was lost first, goes to the next one within its deadline; one that may
//! have been sent never does. Members connect again by themselves.
//!
//! ```
//! use std::time::Duration;
//!
//! use isopace::Edit;
//! use isopace::connector::{Connector, NetworkManagement};
//! use isopace::frame::{Framing, Header};
//! use isopace::iso87a::DIALECT;
//! use isopace::link::{Connect, Listen};
//! use isopace::pool::Pool;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let framing = Framing::new(Header::Binary2);
//! let mut pool = Pool::builder().min_connections(1).reconnect_wait(Duration::from_secs(1));
//! # let mut hosts = Vec::new();
//! for _ in 0..3 {
//!     # let listener = Listen::new(framing).bind("127.0.0.1:0").await?;
//!     # let address = listener.local_address().to_string();
//!     # hosts.push(Connector::builder(&DIALECT).accept(listener).start()?);
//!     let connector = Connector::builder(&DIALECT).dial(Connect::to(address, framing));
//!     pool = pool.member(connector.network(NetworkManagement::iso87()).build()?);
//! }
//! let pool = pool.start().await?;
//!
//! let mut echo = Edit::build(&DIALECT);
//! echo.mti("0800").set(7, "1120072155").set(11, "000001").set(70, "301");
//! assert!(pool.request(&echo).await.response().is_some());
//! pool.close().await;
//! # Ok(())
//! # }
//! ```

mod builder;
mod choose;
mod meters;
mod request;
mod status;

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Poll;
use std::time::Duration;

use tokio::sync::{Notify, oneshot};

pub use builder::{Builder, StartError};
pub use choose::Strategy;
pub use request::Request;
pub use status::{Changes, Level, Status};

use crate::connector::Connector;
use crate::mux::Outgoing;
use choose::{Candidate, choose};

type Filter = dyn Fn(&Connector) -> bool + Send + Sync;

/// Several connectors as one. A handle: cheap to clone, for use from any task. When the last one is dropped the members stop in
/// order, by themselves.
#[derive(Clone)]
pub struct Pool {
    inner: Arc<Inner>,
}

struct Inner {
    name: String,
    members: Vec<Member>,
    policy: Policy,
    turn: AtomicUsize,
    /// A place among those in flight has become free, or the pool is closed.
    freed: Notify,
    closed: AtomicBool,
    /// Dropped when the pool is closed.
    open: Mutex<Option<oneshot::Sender<()>>>,
}

/// How requests are given to members.
struct Policy {
    strategy: Strategy,
    filter: Option<Box<Filter>>,
    /// Most requests of the pool in flight on one member.
    most: usize,
    timeout: Duration,
    waits: bool,
}

struct Member {
    connector: Connector,
    in_flight: AtomicUsize,
}

/// A place among those in flight on a member.
struct Place<'a> {
    inner: &'a Inner,
    at: usize,
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.inner.members[self.at].in_flight.fetch_sub(1, Ordering::SeqCst);
        self.inner.freed.notify_one();
    }
}

enum Pick<'a> {
    Place(Place<'a>),
    /// There are members that are ready, and all of them have as much in flight as they may.
    Full,
    None,
}

impl Inner {
    fn takes(&self, connector: &Connector) -> bool {
        connector.status_is_ready() && self.policy.filter.as_ref().is_none_or(|filter| filter(connector))
    }

    fn is_closed(&self) -> bool {
        self.closed.load(Ordering::SeqCst)
    }

    /// A place on a member that is none of these.
    fn pick(&self, tried: &[usize]) -> Pick<'_> {
        loop {
            let turn = self.turn.fetch_add(1, Ordering::Relaxed);
            let candidates = || {
                self.members
                    .iter()
                    .enumerate()
                    .filter(|(at, member)| !tried.contains(at) && self.takes(&member.connector))
            };
            let candidate = |(at, member): (usize, &Member)| {
                let in_flight = member.in_flight.load(Ordering::SeqCst);
                Candidate { at, in_flight, room: in_flight < self.policy.most }
            };
            let candidates: smallvec::SmallVec<[Candidate; 8]> = candidates().map(candidate).collect();
            let Some(at) = choose(self.policy.strategy, &candidates, turn) else {
                return if candidates.is_empty() { Pick::None } else { Pick::Full };
            };
            let one_more = |now| (now < self.policy.most).then_some(now + 1);
            let taken = self.members[at].in_flight.fetch_update(Ordering::SeqCst, Ordering::SeqCst, one_more);
            if taken.is_ok() {
                return Pick::Place(Place { inner: self, at });
            }
        }
    }
}

impl Pool {
    /// A pool without members.
    pub fn builder() -> Builder {
        Builder::new()
    }

    /// The name it was given, for logs and metrics.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.inner.name
    }

    /// A request, to be awaited for its [`Outcome`](crate::mux::Outcome).
    ///
    /// When no member is ready it ends at once as [`NotSent::NotConnected`](crate::mux::NotSent::NotConnected), unless it
    /// [waits](Request::wait_until_ready). When all that are ready have as much in flight as they may it waits for a place.
    pub fn request<M: Outgoing>(&self, message: M) -> Request<'_, M> {
        Request::new(&self.inner, message)
    }

    /// The member that would be chosen now; nothing when none is ready. It belongs to the pool: it is not given back, and not to be
    /// stopped.
    #[must_use]
    pub fn get(&self) -> Option<Connector> {
        match self.inner.pick(&[]) {
            Pick::Place(place) => Some(self.inner.members[place.at].connector.clone()),
            Pick::Full => self.ready().into_iter().next(),
            Pick::None => None,
        }
    }

    /// All members, ready or not.
    #[must_use]
    pub fn members(&self) -> Vec<Connector> {
        self.inner.members.iter().map(|member| member.connector.clone()).collect()
    }

    /// The members that are ready and that the filter lets through.
    #[must_use]
    pub fn ready(&self) -> Vec<Connector> {
        self.members().into_iter().filter(|connector| self.inner.takes(connector)).collect()
    }

    /// Requests of the pool in flight on each member.
    #[must_use]
    pub fn in_flight(&self) -> Vec<usize> {
        self.inner.members.iter().map(|member| member.in_flight.load(Ordering::SeqCst)).collect()
    }

    /// How it is.
    #[must_use]
    pub fn status(&self) -> Status {
        Status::of(&self.inner)
    }

    /// Its changes from now on.
    #[must_use]
    pub fn changes(&self) -> Changes {
        Changes::new(Arc::clone(&self.inner))
    }

    /// Whether at least one member is ready.
    #[must_use]
    pub fn is_up(&self) -> bool {
        self.status().ready > 0
    }

    /// Whether not all members are ready.
    #[must_use]
    pub fn is_degraded(&self) -> bool {
        let Status { ready, members, .. } = self.status();
        ready < members
    }

    /// Stops all members in order, at the same time: as [`Connector::stop`], so that it ends whatever their peers do. Requests
    /// that wait for a member end as not sent.
    pub async fn close(&self) {
        self.inner.closed.store(true, Ordering::SeqCst);
        drop(self.inner.open.lock().unwrap_or_else(PoisonError::into_inner).take());
        self.inner.freed.notify_waiters();
        all(self.inner.members.iter().map(|member| member.connector.stop())).await;
    }
}

impl std::fmt::Debug for Pool {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pool")
            .field("name", &self.inner.name)
            .field("strategy", &self.inner.policy.strategy)
            .field("status", &self.status())
            .finish_non_exhaustive()
    }
}

/// Waits for all of them at the same time.
async fn all<F: Future<Output = ()>>(futures: impl Iterator<Item = F>) {
    let mut waiting: Vec<Pin<Box<F>>> = futures.map(Box::pin).collect();
    poll_fn(|context| {
        waiting.retain_mut(|future| future.as_mut().poll(context).is_pending());
        if waiting.is_empty() { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
}

/// Waits for the first of them.
async fn any<F: Future>(futures: impl Iterator<Item = F>) {
    let mut waiting: Vec<Pin<Box<F>>> = futures.map(Box::pin).collect();
    poll_fn(|context| {
        let first = waiting.iter_mut().any(|future| future.as_mut().poll(context).is_ready());
        if first { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
}
