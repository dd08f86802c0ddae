//! Those who wait, each by a ticket: they look whether it is their turn, and leave.

use std::sync::Arc;
use std::task::Waker;
use std::time::Duration;

use tokio::time::Instant;

use super::slot::{Out, Reader, Taker};
use super::{Effects, Table};

/// The place of somebody who waits: the lower, the earlier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::space) struct Ticket(u64);

/// Whether it is somebody's turn.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::space) enum Turn<T> {
    Now(T),
    NotYet,
    Closed,
}

impl<T> Table<T> {
    /// Stands in line to take.
    pub(in crate::space) fn enter_taker(&mut self, key: &str) -> (Arc<str>, Ticket) {
        let ticket = Ticket(self.number());
        let (key, slot) = self.slot(key);
        slot.takers.push_back(Taker { ticket, waker: None });
        (key, ticket)
    }

    /// Takes, when it is its turn, and so leaves.
    pub(in crate::space) fn take(
        &mut self,
        key: &Arc<str>,
        ticket: Ticket,
        now: Instant,
        waker: &Waker,
        effects: &mut Effects<T>,
    ) -> Turn<T> {
        self.expire(now, effects);
        let closed = self.closed;
        let Some(slot) = self.slots.get_mut(key) else { return Turn::Closed };
        let Ok(rank) = slot.takers.binary_search_by_key(&ticket, |taker| taker.ticket) else { return Turn::Closed };
        if rank < slot.entries.len() {
            // Those behind it move up by one as the entries do, so that nobody else's turn has come.
            slot.takers.remove(rank);
            return self.remove_front(key, now, effects).map_or(Turn::Closed, Turn::Now);
        }
        if closed {
            slot.takers.remove(rank);
            self.tidy(key);
            return Turn::Closed;
        }
        slot.takers[rank].waker = Some(waker.clone());
        Turn::NotYet
    }

    /// Leaves without having taken: whose turn it was is somebody else's.
    pub(in crate::space) fn leave_taker(&mut self, key: &Arc<str>, ticket: Ticket, effects: &mut Effects<T>) {
        let Some(slot) = self.slots.get_mut(key) else { return };
        if let Ok(rank) = slot.takers.binary_search_by_key(&ticket, |taker| taker.ticket) {
            slot.takers.remove(rank);
            if let Some(last) = slot.entries.len().checked_sub(1)
                && rank <= last
            {
                slot.wake_taker(last, effects);
            }
        }
        self.tidy(key);
    }

    /// Waits for the next value, to get a copy of it.
    pub(in crate::space) fn enter_reader(&mut self, key: &str, copy: fn(&T) -> T) -> (Arc<str>, Ticket) {
        let ticket = Ticket(self.number());
        let (key, slot) = self.slot(key);
        slot.readers.push(Reader { ticket, waker: None, copy, got: None });
        (key, ticket)
    }

    /// The copy, when there is one.
    pub(in crate::space) fn read(&mut self, key: &Arc<str>, ticket: Ticket, waker: &Waker) -> Turn<T> {
        let closed = self.closed;
        let Some(slot) = self.slots.get_mut(key) else { return Turn::Closed };
        let Ok(at) = slot.readers.binary_search_by_key(&ticket, |reader| reader.ticket) else { return Turn::Closed };
        let reader = &mut slot.readers[at];
        let turn = match reader.got.take() {
            Some(value) => Turn::Now(value),
            None if closed => Turn::Closed,
            None => {
                reader.waker = Some(waker.clone());
                return Turn::NotYet;
            }
        };
        slot.readers.remove(at);
        self.tidy(key);
        turn
    }

    /// Leaves, with the copy if there is one.
    pub(in crate::space) fn leave_reader(&mut self, key: &Arc<str>, ticket: Ticket) -> Option<T> {
        let slot = self.slots.get_mut(key)?;
        let at = slot.readers.binary_search_by_key(&ticket, |reader| reader.ticket).ok()?;
        let reader = slot.readers.remove(at);
        self.tidy(key);
        reader.got
    }

    /// Stands in line to put.
    pub(in crate::space) fn enter_out(&mut self, key: &str, value: T, keep: Option<Duration>) -> (Arc<str>, Ticket) {
        let ticket = Ticket(self.number());
        let (key, slot) = self.slot(key);
        slot.outs.push_back(Out { ticket, waker: None, value, keep });
        self.list(&key);
        (key, ticket)
    }

    /// Whether the value has been put. When the space is closed, it comes back.
    pub(in crate::space) fn out(
        &mut self,
        key: &Arc<str>,
        ticket: Ticket,
        now: Instant,
        waker: &Waker,
        effects: &mut Effects<T>,
    ) -> Turn<Option<T>> {
        self.expire(now, effects);
        let closed = self.closed;
        let Some(slot) = self.slots.get_mut(key) else { return Turn::Now(None) };
        let Ok(at) = slot.outs.binary_search_by_key(&ticket, |out| out.ticket) else { return Turn::Now(None) };
        if closed {
            let out = slot.outs.remove(at);
            self.tidy(key);
            return Turn::Now(out.map(|out| out.value));
        }
        slot.outs[at].waker = Some(waker.clone());
        Turn::NotYet
    }

    /// Leaves, with the value if it has not been put.
    pub(in crate::space) fn leave_out(
        &mut self,
        key: &Arc<str>,
        ticket: Ticket,
        now: Instant,
        effects: &mut Effects<T>,
    ) -> Option<T> {
        let slot = self.slots.get_mut(key)?;
        let at = slot.outs.binary_search_by_key(&ticket, |out| out.ticket).ok()?;
        let out = slot.outs.remove(at);
        // Whoever stood behind it may go ahead.
        self.settle(key, now, effects);
        out.map(|out| out.value)
    }
}
