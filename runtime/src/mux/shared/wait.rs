//! Waiting for others: for room, for bytes to be written, for the end.

use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::SemaphorePermit;
use tokio::time::Instant;

use super::{Inner, Shared};
use crate::mux::event::{Reason, Unmatched};
use crate::mux::key::Key;
use crate::mux::outcome::{NotSent, Response, SendError};
use crate::mux::state::Gate;

impl Shared {
    /// Waits until this part of the stream has been written.
    pub(in crate::mux) async fn written(&self, part: Range<u64>, deadline: Instant) -> Result<(), SendError> {
        let written = self.until(|inner| match &inner.state.gate {
            _ if inner.buffer.written() >= part.end => Some(Ok(())),
            Gate::Lost(lost) if inner.buffer.handed() > part.start => Some(Err(SendError::Unknown(lost.clone()))),
            Gate::Lost(lost) => Some(Err(NotSent::Lost(lost.clone()).into())),
            _ => None,
        });
        tokio::time::timeout_at(deadline, written).await.unwrap_or(Err(SendError::TimedOut))
    }

    /// Waits for a place among those in flight.
    pub(in crate::mux) async fn vacancy(&self, deadline: Instant) -> Result<SemaphorePermit<'_>, NotSent> {
        match tokio::time::timeout_at(deadline, self.places.acquire()).await {
            Ok(Ok(place)) => Ok(place),
            Ok(Err(_)) => Err(self.lock().state.admits(false).err().unwrap_or(NotSent::Closing)),
            Err(_) => Err(NotSent::Deadline),
        }
    }

    /// Waits for room in the buffer, or for the end.
    pub(in crate::mux) async fn room(&self, deadline: Instant) -> Result<(), NotSent> {
        let limit = self.limits.buffered;
        let room =
            self.until(|inner| (inner.buffer.len() < limit || matches!(inner.state.gate, Gate::Lost(_))).then_some(()));
        tokio::time::timeout_at(deadline, room).await.map_err(|_| NotSent::Deadline)
    }

    /// Waits until the look at the state gives something.
    pub(in crate::mux) async fn until<T>(&self, mut look: impl FnMut(&Inner) -> Option<T>) -> T {
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
    pub(in crate::mux) fn tell_unmatched(&self, reason: Reason, Response { message, header }: Response) {
        self.meters.unmatched(reason);
        let key = Key::of(message.mti(), &message, &self.keyer.rules);
        tracing::debug!(reason = reason.name(), %key, "unmatched");
        self.listener.0.unmatched(Unmatched { reason, key, message, header });
    }

    /// Wakes those who wait for a change.
    pub(in crate::mux) fn tell(&self) {
        if self.watchers.load(Ordering::SeqCst) > 0 {
            self.changed.notify_waiters();
        }
    }
}
