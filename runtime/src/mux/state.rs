//! The requests of one connection, from the place they are given to the outcome they end with.
//!
//! No input or output, no clock, no waiting: time comes in as milliseconds, and who is to be woken comes out as wakers.
//! A request that has ended is remembered for a while, so that an answer that comes late or twice is told from one to
//! nothing.

mod find;
mod memory;

use std::collections::VecDeque;
use std::ops::Range;
use std::task::Waker;

use super::key::Keys;
use super::outcome::{Lost, NotSent, Outcome, Response};
use super::stats::Stats;
use super::table::Table;
use super::wheel::Wheel;
pub(super) use find::Match;
pub(super) use memory::Memory;
use memory::Remembered;

/// A request that its caller still holds.
pub(super) type Id = usize;

/// Whether requests are taken.
#[derive(Debug)]
pub(super) enum Gate {
    Open,
    /// Only with a permit.
    Draining,
    /// The peer sends nothing any more.
    HalfClosed,
    Lost(Lost),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Free,
    Pending,
    /// Timed out or cancelled: an answer is late.
    Unanswered,
    /// Answered or rejected: an answer is a second one.
    Answered,
    /// Ended otherwise; not remembered.
    Over,
}

#[derive(Debug)]
struct Slot {
    phase: Phase,
    /// Whether a caller holds it.
    held: bool,
    /// Tells uses of the slot apart in the queues of what is remembered.
    epoch: u32,
    /// Alternatives under which it stands in the table.
    mask: u8,
    /// Where its bytes stand in the stream that we write.
    part: Range<u64>,
    /// What the request before it with the same key was at; nothing where there was none. Until the bytes of this one go
    /// out, an answer is to that one.
    before: Phase,
    waker: Option<Waker>,
    outcome: Option<Outcome>,
}

/// All requests of a connection.
#[derive(Debug)]
pub(super) struct State {
    pub(super) gate: Gate,
    pub(super) stats: Stats,
    slots: Vec<Slot>,
    free: Vec<Id>,
    table: Table,
    /// Entries of the table for each slot.
    width: usize,
    wheel: Wheel,
    /// Bytes of the stream that may have gone out.
    pub(super) handed: u64,
    memory: Memory,
    unanswered: VecDeque<Remembered>,
    answered: VecDeque<Remembered>,
    wakers: Vec<Waker>,
}

impl State {
    pub(super) fn new(width: usize, memory: Memory) -> Self {
        State {
            gate: Gate::Open,
            stats: Stats::default(),
            slots: Vec::new(),
            free: Vec::new(),
            table: Table::new(),
            width,
            wheel: Wheel::new(),
            handed: 0,
            memory,
            unanswered: VecDeque::new(),
            answered: VecDeque::new(),
            wakers: Vec::new(),
        }
    }

    /// Whether a request would be taken.
    pub(super) fn admits(&self, permit: bool) -> Result<(), NotSent> {
        match &self.gate {
            Gate::Open => Ok(()),
            Gate::Draining if permit => Ok(()),
            Gate::Draining => Err(NotSent::Closing),
            Gate::HalfClosed => Err(NotSent::Lost(Lost::PeerClosed)),
            Gate::Lost(lost) => Err(NotSent::Lost(lost.clone())),
        }
    }

    /// Gives a request a place. Its bytes are this part of the stream.
    pub(super) fn register(
        &mut self,
        keys: &Keys,
        part: Range<u64>,
        deadline: u64,
        waker: &Waker,
    ) -> Result<Id, NotSent> {
        let first = keys.parts.first().ok_or(NotSent::NoKey)?;
        // Two requests of which the preferred alternative is the same one and equal could never be told apart.
        let same = |slot: &Slot| slot.mask.trailing_zeros() == u32::from(first.alternative);
        let twin = self.table.find(first).map(|entry| entry / self.width).find(|&slot| same(&self.slots[slot]));
        let mut before = Phase::Free;
        if let Some(twin) = twin {
            before = self.slots[twin].phase;
            if before == Phase::Pending {
                return Err(NotSent::DuplicateKey);
            }
            // The same transaction once more: whatever answer comes is an answer to this one, once it has gone out.
            self.forget(twin);
        }
        let id = self.free.pop().unwrap_or_else(|| {
            let (phase, mask, epoch, part) = (Phase::Free, 0, 0, 0..0);
            self.slots.push(Slot { phase, held: false, epoch, mask, part, before, waker: None, outcome: None });
            self.slots.len() - 1
        });
        let slot = &mut self.slots[id];
        (slot.phase, slot.held, slot.mask) = (Phase::Pending, true, keys.mask());
        (slot.part, slot.before) = (part, before);
        slot.outcome = None;
        slot.waker = Some(waker.clone());
        for part in &keys.parts {
            self.table.insert(id * self.width + usize::from(part.alternative), part);
        }
        self.wheel.insert(id, deadline);
        self.stats.requests += 1;
        self.stats.in_flight += 1;
        Ok(id)
    }

    /// The outcome of a request, which its caller holds no longer then; nothing when it has not ended.
    pub(super) fn take(&mut self, id: Id, waker: &Waker) -> Option<Outcome> {
        let slot = &mut self.slots[id];
        match slot.outcome.take() {
            Some(outcome) => {
                self.release(id);
                Some(outcome)
            }
            None => {
                match &mut slot.waker {
                    Some(old) => old.clone_from(waker),
                    none => *none = Some(waker.clone()),
                }
                None
            }
        }
    }

    /// The caller went away. Whatever answer comes is late; so is one that has come and that the caller did not look at any
    /// more: it is given back.
    pub(super) fn cancel(&mut self, now: u64, id: Id) -> Option<Response> {
        if self.slots[id].phase == Phase::Pending {
            self.stats.cancelled += 1;
            self.slots[id].waker = None;
            self.end(now, id, Phase::Unanswered, None);
        }
        let outcome = self.slots[id].outcome.take();
        self.release(id);
        let Some(Outcome::Response(unseen)) = outcome else { return None };
        self.stats.responses -= 1;
        self.stats.cancelled += 1;
        self.stats.late += 1;
        Some(unseen)
    }

    /// So many bytes are being written, or have been.
    pub(super) fn handed(&mut self, bytes: u64) {
        self.handed = bytes;
    }

    /// Ends what is due; gives when the next is.
    pub(super) fn expire(&mut self, now: u64) -> Option<u64> {
        if self.wheel.next().is_some_and(|next| next <= now) {
            let mut due = Vec::new();
            self.wheel.advance(now, |id| due.push(id));
            for id in due {
                self.stats.timed_out += 1;
                self.end(now, id, Phase::Unanswered, Some(Outcome::TimedOut));
            }
        }
        self.wheel.next()
    }

    /// The parts of the stream that are requests which still wait, and that have not gone out.
    pub(super) fn unsent(&self) -> Vec<Range<u64>> {
        let waits = |slot: &&Slot| slot.phase == Phase::Pending && slot.part.start >= self.handed;
        self.slots.iter().filter(waits).map(|slot| slot.part.clone()).collect()
    }

    /// There is no answer to be had any more: all requests end. Those that start before `sent` may have gone out.
    pub(super) fn lose(&mut self, now: u64, lost: &Lost, sent: u64) {
        for id in 0..self.slots.len() {
            if self.slots[id].phase != Phase::Pending {
                continue;
            }
            let outcome = if self.slots[id].part.start < sent {
                self.stats.unknown += 1;
                Outcome::Unknown(lost.clone())
            } else {
                self.stats.not_sent += 1;
                Outcome::NotSent(NotSent::Lost(lost.clone()))
            };
            self.end(now, id, Phase::Over, Some(outcome));
        }
    }

    /// Who is to be woken. To be called when the state is no longer locked.
    pub(super) fn wakers(&mut self) -> Vec<Waker> {
        std::mem::take(&mut self.wakers)
    }

    /// As [`State::wakers`], into a list that is reused.
    pub(super) fn wakers_into(&mut self, list: &mut Vec<Waker>) {
        list.append(&mut self.wakers);
    }

    /// Slots that there are and those that are free.
    #[cfg(test)]
    pub(super) fn sizes(&self) -> (usize, usize) {
        (self.slots.len(), self.free.len())
    }
}
