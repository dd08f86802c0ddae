//! Answers that are on their way to a client and may not have been written yet.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::routing::Leg;
use crate::msg::Message;

/// From so many on they are looked through.
const MANY: usize = 64;

/// An answer that has been put in the buffer of a link.
#[derive(Debug)]
pub(super) struct Sent {
    /// Where in what we write it ends.
    pub(super) end: u64,
    pub(super) request: Message,
    pub(super) route: Option<Arc<Leg>>,
    pub(super) forwarded: Option<Message>,
    pub(super) response: Message,
    #[cfg(feature = "store")]
    pub(super) once: Option<super::idempotency::Once>,
}

/// Answers in the order in which they are written. As many as fit in the buffer of a link, and some.
#[derive(Debug, Default)]
pub(super) struct Ledger(Mutex<VecDeque<Sent>>);

impl Ledger {
    fn lock(&self) -> MutexGuard<'_, VecDeque<Sent>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One more; `written` gives how much of what we write has been written.
    pub(super) fn add(&self, sent: Sent, written: impl FnOnce() -> u64) {
        let mut waiting = self.lock();
        waiting.push_back(sent);
        if waiting.len().is_multiple_of(MANY) {
            drop_written(&mut waiting, written());
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.lock().is_empty()
    }

    /// Forgets those that have been written.
    pub(super) fn written(&self, written: u64) {
        drop_written(&mut self.lock(), written);
    }

    /// Those that have not been written, when nothing more will be.
    pub(super) fn rest(&self, written: u64) -> VecDeque<Sent> {
        let mut waiting = std::mem::take(&mut *self.lock());
        drop_written(&mut waiting, written);
        waiting
    }
}

fn drop_written(waiting: &mut VecDeque<Sent>, written: u64) {
    while waiting.pop_front_if(|sent| sent.end <= written).is_some() {}
}
