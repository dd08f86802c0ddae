//! What is under one key, and who waits for it.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::task::Waker;
use std::time::Duration;

use tokio::time::Instant;

use super::Effects;
use super::waiting::Ticket;

pub(super) struct Slot<T> {
    pub(super) entries: VecDeque<Entry<T>>,
    /// In the order in which they came, so that tickets rise: as many of them as there are entries may take.
    pub(super) takers: VecDeque<Taker>,
    /// Of these, all get a copy of the next value that is put.
    pub(super) readers: Vec<Reader<T>>,
    pub(super) outs: VecDeque<Out<T>>,
    /// The one that stands in the list of those eligible.
    pub(super) listed: Option<Ticket>,
}

pub(super) struct Entry<T> {
    /// Rises within a slot.
    pub(super) number: u64,
    pub(super) value: T,
    pub(super) until: Option<Instant>,
}

pub(super) struct Taker {
    pub(super) ticket: Ticket,
    pub(super) waker: Option<Waker>,
}

pub(super) struct Reader<T> {
    pub(super) ticket: Ticket,
    pub(super) waker: Option<Waker>,
    pub(super) copy: fn(&T) -> T,
    pub(super) got: Option<T>,
}

/// Somebody who waits to put a value, which waits here with them.
pub(super) struct Out<T> {
    pub(super) ticket: Ticket,
    pub(super) waker: Option<Waker>,
    pub(super) value: T,
    /// From when it is put.
    pub(super) keep: Option<Duration>,
}

impl<T> Default for Slot<T> {
    fn default() -> Self {
        Slot {
            entries: VecDeque::new(),
            takers: VecDeque::new(),
            readers: Vec::new(),
            outs: VecDeque::new(),
            listed: None,
        }
    }
}

impl<T> Slot<T> {
    pub(super) fn is_unused(&self) -> bool {
        self.entries.is_empty() && self.takers.is_empty() && self.readers.is_empty() && self.outs.is_empty()
    }

    /// Copies for all who wait to read. Who reads does not come too late because somebody else took the value before.
    pub(super) fn tell_readers(&mut self, value: &T, effects: &mut Effects<T>) {
        for reader in self.readers.iter_mut().filter(|reader| reader.got.is_none()) {
            // A copy that panics is nobody else's trouble: its reader waits for another value.
            reader.got = catch_unwind(AssertUnwindSafe(|| (reader.copy)(value))).ok();
            if reader.got.is_some() {
                effects.wakers.extend(reader.waker.take());
            }
        }
    }

    /// Effects the taker of this rank, who may take now.
    pub(super) fn wake_taker(&mut self, rank: usize, effects: &mut Effects<T>) {
        effects.wakers.extend(self.takers.get_mut(rank).and_then(|taker| taker.waker.take()));
    }

    /// The value of the first who waits to put, who is told.
    pub(super) fn admit(&mut self, ticket: Ticket, effects: &mut Effects<T>) -> Option<(T, Option<Duration>)> {
        let out = self.outs.pop_front_if(|out| out.ticket == ticket)?;
        effects.wakers.extend(out.waker);
        Some((out.value, out.keep))
    }

    /// Removes an entry by its number.
    pub(super) fn remove(&mut self, number: u64) -> Option<T> {
        let at = self.entries.binary_search_by_key(&number, |entry| entry.number).ok()?;
        self.entries.remove(at).map(|entry| entry.value)
    }

    pub(super) fn wake_all(&mut self, effects: &mut Effects<T>) {
        effects.wakers.extend(self.takers.iter_mut().filter_map(|taker| taker.waker.take()));
        effects.wakers.extend(self.readers.iter_mut().filter_map(|reader| reader.waker.take()));
        effects.wakers.extend(self.outs.iter_mut().filter_map(|out| out.waker.take()));
    }
}
