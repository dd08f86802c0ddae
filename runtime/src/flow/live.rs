//! The transactions that are under way.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use super::budget::Cancel;
use super::journal::TransactionId;

#[derive(Default)]
pub(super) struct Live {
    state: Mutex<State>,
    /// The last one has ended.
    emptied: Notify,
}

#[derive(Default)]
struct State {
    runs: HashMap<u64, Cancel>,
    ids: HashSet<TransactionId>,
    next: u64,
}

impl Live {
    fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing in here can panic half way.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One more is under way, to be told to [`Live::leave`] by this number.
    pub(super) fn enter(&self, cancel: &Cancel) -> u64 {
        let mut state = self.lock();
        let number = state.next;
        state.next += 1;
        state.runs.insert(number, cancel.clone());
        number
    }

    pub(super) fn leave(&self, number: u64) {
        let mut state = self.lock();
        state.runs.remove(&number);
        let empty = state.runs.is_empty();
        drop(state);
        if empty {
            self.emptied.notify_waiters();
        }
    }

    /// Takes an id, unless somebody has it.
    pub(super) fn claim(&self, id: &TransactionId) -> bool {
        self.lock().ids.insert(id.clone())
    }

    pub(super) fn release(&self, id: &TransactionId) {
        self.lock().ids.remove(id);
    }

    pub(super) fn len(&self) -> usize {
        self.lock().runs.len()
    }

    pub(super) fn cancel_all(&self) {
        let all: Vec<Cancel> = self.lock().runs.values().cloned().collect();
        for cancel in all {
            cancel.cancel();
        }
    }

    /// Waits until none is under way.
    pub(super) async fn empty(&self) {
        loop {
            let emptied = self.emptied.notified();
            tokio::pin!(emptied);
            emptied.as_mut().enable();
            if self.len() == 0 {
                return;
            }
            emptied.await;
        }
    }
}
