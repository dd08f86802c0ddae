//! What the driver does with the buffer, and how a link ends.

use std::sync::MutexGuard;
use std::sync::atomic::Ordering;
use std::task::Waker;

use super::{Inner, Shared};
use crate::link::LinkWriter;
use crate::mux::outcome::Lost;
use crate::mux::state::Gate;

/// Who ends it.
#[derive(Debug, Clone, Copy)]
pub(in crate::mux) enum By {
    Driver,
    Other,
}

impl Shared {
    /// No new requests.
    pub(in crate::mux) fn drain(&self) {
        let mut inner = self.lock();
        if matches!(inner.state.gate, Gate::Open) {
            inner.state.gate = Gate::Draining;
        }
        drop(inner);
        self.places.close();
    }

    /// The writer closes the link when it has written what there is.
    pub(in crate::mux) fn finish(&self) {
        self.drain();
        self.lock().finishing = true;
        self.wake.notify_one();
    }

    /// Gives the writer all that is to be written. False when there is nothing more and the link is to be closed;
    /// nothing when there will be more.
    pub(in crate::mux) fn hand_to(&self, writer: &mut LinkWriter) -> Option<bool> {
        let mut inner = self.lock();
        if inner.buffer.is_empty() {
            return inner.finishing.then_some(false);
        }
        let Inner { state, buffer, .. } = &mut *inner;
        let messages = buffer.hand_over(|bytes| writer.load(bytes));
        state.handed(buffer.handed());
        self.tell_in_flight(&inner);
        drop(inner);
        self.meters.frames_out.increment(messages);
        self.tell();
        Some(true)
    }

    /// So many bytes have been written since the start.
    pub(in crate::mux) fn wrote(&self, bytes: u64) {
        self.spoke.store(self.now(), Ordering::Relaxed);
        let mut inner = self.lock();
        let before = std::mem::replace(&mut inner.state.stats.written, bytes);
        inner.buffer.wrote(bytes);
        drop(inner);
        self.meters.bytes_out.increment(bytes - before);
        self.tell();
    }

    /// The peer sends nothing any more, but may read yet.
    pub(in crate::mux) fn half_close(&self) {
        let now = self.now();
        let mut inner = self.lock();
        // What the peer is owed stays in the buffer and goes out. Requests that the writer has not taken would not be
        // answered: they do not go out.
        let Inner { state, buffer, .. } = &mut *inner;
        buffer.cut(state.unsent());
        state.lose(now, &Lost::PeerClosed, buffer.handed());
        if !matches!(inner.state.gate, Gate::Lost(_)) {
            inner.state.gate = Gate::HalfClosed;
        }
        self.lost(inner);
    }

    /// There is no link any more. All requests end; the first reason counts. The driver knows which bytes went out; for
    /// all others, what it has taken may have.
    pub(in crate::mux) fn lose(&self, lost: &Lost, by: By) -> Lost {
        let now = self.now();
        let mut inner = self.lock();
        let sent = match by {
            By::Driver => inner.buffer.written(),
            By::Other => inner.buffer.handed(),
        };
        inner.state.lose(now, lost, sent);
        inner.buffer.end(sent);
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
        self.tell_in_flight(&inner);
        drop(inner);
        self.places.close();
        wakers.into_iter().for_each(Waker::wake);
        self.tell();
    }
}
