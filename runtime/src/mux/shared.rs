//! What callers and driver share: the state behind a lock that is never held across a wait, the buffer of what is to be
//! written, and the signals between them.

mod buffer;
mod end;
mod put;
mod wait;

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, Semaphore};
use tokio::time::Instant;

use super::event::Events;
use super::key::Keyer;
use super::meters::Meters;
use super::state::State;
use crate::link::Encoder;
use crate::msg::Dialect;
use buffer::Buffer;
pub(super) use end::By;
pub(super) use put::{Kind, Refusal};

/// Bounds and times of a mux.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    /// Most requests in flight.
    pub(super) in_flight: usize,
    /// Bytes in the buffer from which on callers wait.
    pub(super) buffered: usize,
    /// Deadline of whatever has none of its own.
    pub(super) timeout: Duration,
}

/// Who listens.
pub(super) struct Listener(pub(super) Arc<dyn Events>);

impl std::fmt::Debug for Listener {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Listener")
    }
}

/// What callers and driver share.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) dialect: &'static Dialect,
    pub(super) keyer: Keyer,
    pub(super) encoder: Encoder,
    pub(super) limits: Limits,
    pub(super) listener: Listener,
    pub(super) meters: Meters,
    epoch: Instant,
    inner: Mutex<Inner>,
    /// Places among those in flight.
    pub(super) places: Semaphore,
    /// Wakes the writer: there is something to write.
    pub(super) wake: Notify,
    /// Wakes the timer: there is a deadline sooner than it knows.
    pub(super) rearm: Notify,
    /// Ends the driver at once.
    pub(super) stop: Notify,
    /// Wakes all who wait for room, for their bytes to be written, or for the end.
    changed: Notify,
    watchers: AtomicUsize,
    /// Messages of the peer that are being served.
    serving: AtomicUsize,
    /// When something came in last, in milliseconds since the start.
    heard: AtomicU64,
    /// When something was written last.
    spoke: AtomicU64,
}

/// What is behind the lock.
#[derive(Debug)]
pub(super) struct Inner {
    pub(super) state: State,
    /// What is to be written.
    pub(super) buffer: Buffer,
    /// When the driver will look at the deadlines next.
    pub(super) armed: u64,
    /// The writer closes the link when the buffer is empty.
    pub(super) finishing: bool,
}

impl Shared {
    pub(super) fn new(
        dialect: &'static Dialect,
        keyer: Keyer,
        encoder: Encoder,
        limits: Limits,
        state: State,
        listener: Listener,
        meters: Meters,
    ) -> Self {
        let (buffer, armed) = (Buffer::default(), u64::MAX);
        Shared {
            dialect,
            keyer,
            encoder,
            limits,
            listener,
            meters,
            epoch: Instant::now(),
            inner: Mutex::new(Inner { state, buffer, armed, finishing: false }),
            places: Semaphore::new(limits.in_flight),
            wake: Notify::new(),
            rearm: Notify::new(),
            stop: Notify::new(),
            changed: Notify::new(),
            watchers: AtomicUsize::new(0),
            serving: AtomicUsize::new(0),
            heard: AtomicU64::new(0),
            spoke: AtomicU64::new(0),
        }
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Inner> {
        // Nothing that runs under the lock leaves it half done.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Milliseconds since the start, rounded down: a deadline is never taken for passed too early.
    pub(super) fn now(&self) -> u64 {
        self.tick(Instant::now())
    }

    fn tick(&self, now: Instant) -> u64 {
        let since = now.duration_since(self.epoch);
        since.as_secs() * 1000 + u64::from(since.subsec_millis())
    }

    /// Milliseconds since the start, rounded up.
    fn deadline(&self, deadline: Instant) -> u64 {
        let since = deadline.duration_since(self.epoch);
        since.as_secs() * 1000 + u64::from(since.subsec_nanos().div_ceil(1_000_000))
    }

    /// The moment of a tick.
    pub(super) fn instant(&self, tick: u64) -> Instant {
        self.epoch + Duration::from_millis(tick)
    }

    /// So many bytes have come in.
    pub(super) fn hears(&self, bytes: u64) {
        self.heard.store(self.now(), Ordering::Relaxed);
        self.meters.bytes_in.increment(bytes);
    }

    /// Tells how many requests are in flight. Under the lock, so that the last one to tell is right.
    pub(super) fn tell_in_flight(&self, inner: &Inner) {
        self.meters.in_flight.set(inner.state.stats.in_flight as f64);
    }

    /// When something came in last, and when something was written last; the start where nothing was.
    pub(super) fn moved(&self) -> (Instant, Instant) {
        let at = |tick: &AtomicU64| self.instant(tick.load(Ordering::Relaxed));
        (at(&self.heard), at(&self.spoke))
    }

    /// A message of the peer is being served.
    pub(super) fn begin_serving(&self) {
        self.serving.fetch_add(1, Ordering::Relaxed);
    }

    /// A message of the peer has been served.
    pub(super) fn end_serving(&self) {
        self.serving.fetch_sub(1, Ordering::SeqCst);
        self.tell();
    }

    /// Whether no message of the peer is being served.
    pub(super) fn is_serving(&self) -> bool {
        self.serving.load(Ordering::SeqCst) > 0
    }
}
