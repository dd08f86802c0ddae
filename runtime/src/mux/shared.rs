//! What callers and driver share: the state behind a lock that is never held across a wait, the buffer of what is to be
//! written, and the signals between them.

use std::ops::Range;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Waker;
use std::time::Duration;

use tokio::sync::{Notify, Semaphore, SemaphorePermit};
use tokio::time::Instant;

use super::event::{Events, Reason, Unmatched};
use super::key::{Key, Keyer, Keys};
use super::outcome::{Lost, NotSent, Response, SendError};
use super::outgoing::Outgoing;
use super::state::{Gate, Id, State};
use crate::link::{Encoder, LinkWriter};
use crate::msg::index::Index;
use crate::msg::{Dialect, Message};
use crate::types::Mti;

/// The longest timeout: thirty years. Beyond it the clock might overflow.
pub(super) const LONGEST: Duration = Duration::from_secs(30 * 365 * 24 * 60 * 60);

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
    pub(super) out: Vec<u8>,
    /// Bytes put into the buffer since the start: where in the stream the next message starts.
    queued: u64,
    /// Of these, the bytes that the writer has taken. It may write them at any moment.
    handed: u64,
    /// When the driver will look at the deadlines next.
    pub(super) armed: u64,
    /// The writer closes the link when the buffer is empty.
    pub(super) finishing: bool,
}

/// Why a message did not go into the buffer.
pub(super) enum Refusal {
    /// No room now.
    Full,
    NotSent(NotSent),
}

impl<E: Into<NotSent>> From<E> for Refusal {
    fn from(error: E) -> Self {
        Refusal::NotSent(error.into())
    }
}

impl Shared {
    pub(super) fn new(
        dialect: &'static Dialect,
        keyer: Keyer,
        encoder: Encoder,
        limits: Limits,
        state: State,
        listener: Listener,
    ) -> Self {
        let (out, armed) = (Vec::new(), u64::MAX);
        Shared {
            dialect,
            keyer,
            encoder,
            limits,
            listener,
            epoch: Instant::now(),
            inner: Mutex::new(Inner { state, out, queued: 0, handed: 0, armed, finishing: false }),
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

    /// Writes a request out and computes what its answer will be told by.
    pub(super) fn prepare(&self, message: &impl Outgoing, body: &mut Vec<u8>) -> Result<Keys, NotSent> {
        message.write(body)?;
        let mut error = None;
        let index = Index::of(self.dialect, body, &mut error);
        if error.is_some() {
            // Once more, for the hint.
            Message::parse(self.dialect, body.clone())?;
        }
        let mti: Mti = index.mti();
        let answer = mti.response().ok_or(NotSent::NoAnswer(mti))?;
        let keys = self.keyer.keys(answer, &(&index, body.as_slice()));
        if keys.parts.is_empty() { Err(NotSent::NoKey) } else { Ok(keys) }
    }

    /// Puts a request into the buffer and gives it a place.
    pub(super) fn place(
        &self,
        keys: &Keys,
        header: Option<&[u8]>,
        body: &[u8],
        deadline: Instant,
        permit: bool,
        waker: &Waker,
    ) -> Result<Id, Refusal> {
        let tick = self.deadline(deadline);
        let mut inner = self.lock();
        inner.state.admits(permit)?;
        let before = inner.out.len();
        if before >= self.limits.buffered {
            return Err(Refusal::Full);
        }
        self.encoder.encode(header, body, &mut inner.out)?;
        let start = inner.queued;
        let id = match inner.state.register(keys, start, tick, waker) {
            Ok(id) => id,
            Err(error) => {
                inner.out.truncate(before);
                return Err(error.into());
            }
        };
        inner.queued += (inner.out.len() - before) as u64;
        let sooner = tick < inner.armed;
        if sooner {
            inner.armed = tick;
        }
        drop(inner);
        if before == 0 {
            self.wake.notify_one();
        }
        if sooner {
            self.rearm.notify_one();
        }
        Ok(id)
    }

    /// Puts a message into the buffer that waits for nothing; gives where in the stream it stands.
    pub(super) fn append(&self, kind: Kind, header: Option<&[u8]>, body: &[u8]) -> Result<Range<u64>, Refusal> {
        let mut inner = self.lock();
        match (&inner.state.gate, kind) {
            // What is owed to the peer, and what a sign-off needs.
            (Gate::Open | Gate::Draining | Gate::HalfClosed, Kind::Reply | Kind::KeepAlive | Kind::Permitted) => {}
            _ => inner.state.admits(false)?,
        }
        let before = inner.out.len();
        if before >= self.limits.buffered {
            return Err(Refusal::Full);
        }
        match kind {
            Kind::KeepAlive => self.encoder.encode_keep_alive(&mut inner.out)?,
            _ => self.encoder.encode(header, body, &mut inner.out)?,
        }
        let start = inner.queued;
        inner.queued += (inner.out.len() - before) as u64;
        match kind {
            Kind::Reply => inner.state.stats.replies += 1,
            Kind::KeepAlive => {}
            Kind::Send | Kind::Permitted => inner.state.stats.sends += 1,
        }
        let end = inner.queued;
        drop(inner);
        if before == 0 {
            self.wake.notify_one();
        }
        Ok(start..end)
    }

    /// As [`Shared::append`], waiting for room.
    pub(super) async fn append_by(
        &self,
        kind: Kind,
        header: Option<&[u8]>,
        body: &[u8],
        mut deadline: Option<Instant>,
    ) -> Result<Range<u64>, NotSent> {
        loop {
            match self.append(kind, header, body) {
                Ok(range) => return Ok(range),
                Err(Refusal::NotSent(error)) => return Err(error),
                Err(Refusal::Full) => {
                    self.room(*deadline.get_or_insert_with(|| Instant::now() + self.limits.timeout)).await?;
                }
            }
        }
    }

    /// Waits until this part of the stream has been written.
    pub(super) async fn written(&self, part: Range<u64>, deadline: Instant) -> Result<(), SendError> {
        let written = self.until(|inner| match &inner.state.gate {
            _ if inner.state.stats.written >= part.end => Some(Ok(())),
            Gate::Lost(lost) if inner.handed > part.start => Some(Err(SendError::Unknown(lost.clone()))),
            Gate::Lost(lost) => Some(Err(NotSent::Lost(lost.clone()).into())),
            _ => None,
        });
        tokio::time::timeout_at(deadline, written).await.unwrap_or(Err(SendError::TimedOut))
    }

    /// Waits for a place among those in flight.
    pub(super) async fn vacancy(&self, deadline: Instant) -> Result<SemaphorePermit<'_>, NotSent> {
        match tokio::time::timeout_at(deadline, self.places.acquire()).await {
            Ok(Ok(place)) => Ok(place),
            Ok(Err(_)) => Err(self.lock().state.admits(false).err().unwrap_or(NotSent::Closing)),
            Err(_) => Err(NotSent::Deadline),
        }
    }

    /// Waits for room in the buffer, or for the end.
    pub(super) async fn room(&self, deadline: Instant) -> Result<(), NotSent> {
        let limit = self.limits.buffered;
        let room =
            self.until(|inner| (inner.out.len() < limit || matches!(inner.state.gate, Gate::Lost(_))).then_some(()));
        tokio::time::timeout_at(deadline, room).await.map_err(|_| NotSent::Deadline)
    }

    /// Waits until the look at the state gives something.
    pub(super) async fn until<T>(&self, mut look: impl FnMut(&Inner) -> Option<T>) -> T {
        struct Watching<'a>(&'a AtomicUsize);
        impl Drop for Watching<'_> {
            fn drop(&mut self) {
                self.0.fetch_sub(1, Ordering::SeqCst);
            }
        }
        self.watchers.fetch_add(1, Ordering::SeqCst);
        let _watching = Watching(&self.watchers);
        loop {
            let changed = self.changed.notified();
            tokio::pin!(changed);
            // Before the look, so that no change falls between the two.
            changed.as_mut().enable();
            if let Some(found) = look(&self.lock()) {
                return found;
            }
            changed.await;
        }
    }

    /// Tells of a message that was given to nobody.
    pub(super) fn tell_unmatched(&self, reason: Reason, Response { message, header }: Response) {
        let key = Key::of(message.mti(), &message, &self.keyer.rules);
        tracing::debug!(reason = reason.name(), %key, "unmatched");
        self.listener.0.unmatched(Unmatched { reason, key, message, header });
    }

    /// Wakes those who wait for a change.
    pub(super) fn tell(&self) {
        if self.watchers.load(Ordering::SeqCst) > 0 {
            self.changed.notify_waiters();
        }
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

    /// No new requests.
    pub(super) fn drain(&self) {
        let mut inner = self.lock();
        if matches!(inner.state.gate, Gate::Open) {
            inner.state.gate = Gate::Draining;
        }
        drop(inner);
        self.places.close();
    }

    /// The writer closes the link when it has written what there is.
    pub(super) fn finish(&self) {
        self.drain();
        self.lock().finishing = true;
        self.wake.notify_one();
    }

    /// Gives the writer all that is to be written. False when there is nothing more and the link is to be closed;
    /// nothing when there will be more.
    pub(super) fn hand_to(&self, writer: &mut LinkWriter) -> Option<bool> {
        let mut inner = self.lock();
        if inner.out.is_empty() {
            return inner.finishing.then_some(false);
        }
        writer.load(&mut inner.out);
        inner.handed = inner.queued;
        let handed = inner.handed;
        inner.state.handed(handed);
        drop(inner);
        self.tell();
        Some(true)
    }

    /// Something has come in.
    pub(super) fn hears(&self) {
        self.heard.store(self.now(), Ordering::Relaxed);
    }

    /// When something came in last, and when something was written last; the start where nothing was.
    pub(super) fn moved(&self) -> (Instant, Instant) {
        let at = |tick: &AtomicU64| self.instant(tick.load(Ordering::Relaxed));
        (at(&self.heard), at(&self.spoke))
    }

    /// So many bytes have been written since the start.
    pub(super) fn wrote(&self, bytes: u64) {
        self.spoke.store(self.now(), Ordering::Relaxed);
        self.lock().state.stats.written = bytes;
        self.tell();
    }

    /// The peer sends nothing any more, but may read yet.
    pub(super) fn half_close(&self) {
        let now = self.now();
        let mut inner = self.lock();
        // What stands in the buffer goes out with the answers that the peer is owed.
        let sent = inner.queued;
        inner.state.lose(now, &Lost::PeerClosed, sent);
        if !matches!(inner.state.gate, Gate::Lost(_)) {
            inner.state.gate = Gate::HalfClosed;
        }
        self.lost(inner);
    }

    /// There is no link any more. All requests end; the first reason counts. The driver knows which bytes went out; for
    /// all others, what it has taken may have.
    pub(super) fn lose(&self, lost: &Lost, by: By) -> Lost {
        let now = self.now();
        let mut inner = self.lock();
        let sent = match by {
            By::Driver => inner.state.stats.written,
            By::Other => inner.handed,
        };
        inner.handed = sent;
        inner.state.lose(now, lost, sent);
        inner.out = Vec::new();
        let lost = match &inner.state.gate {
            Gate::Lost(first) => first.clone(),
            _ => {
                inner.state.gate = Gate::Lost(lost.clone());
                lost.clone()
            }
        };
        self.lost(inner);
        self.stop.notify_one();
        lost
    }

    fn lost(&self, mut inner: MutexGuard<'_, Inner>) {
        let wakers = inner.state.wakers();
        drop(inner);
        self.places.close();
        wakers.into_iter().for_each(Waker::wake);
        self.tell();
    }
}

/// Who ends it.
#[derive(Debug, Clone, Copy)]
pub(super) enum By {
    Driver,
    Other,
}

/// What a message in the buffer is that waits for no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Send,
    /// Sent while draining, by the one who may.
    Permitted,
    Reply,
    KeepAlive,
}
