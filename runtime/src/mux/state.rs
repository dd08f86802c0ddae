//! The requests of one connection, from the place they are given to the outcome they end with.
//!
//! No input or output, no clock, no waiting: time comes in as milliseconds, and who is to be woken comes out as wakers.
//! A request that has ended is remembered for a while, so that an answer that comes late or twice is told from one to
//! nothing.

use std::collections::VecDeque;
use std::task::Waker;

use super::event::Reason;
use super::key::Keys;
use super::outcome::{Lost, NotSent, Outcome, Rejected, Response};
use super::stats::Stats;
use super::table::Table;
use super::wheel::Wheel;

/// A request that its caller still holds.
pub(super) type Id = usize;

/// How many requests that have ended are remembered, and how long.
#[derive(Debug, Clone, Copy)]
pub(super) struct Memory {
    /// Timed out or cancelled.
    pub(super) unanswered: usize,
    /// Answered.
    pub(super) answered: usize,
    /// In milliseconds.
    pub(super) age: u64,
}

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
    /// Where its bytes start in the stream that we write.
    start: u64,
    waker: Option<Waker>,
    outcome: Option<Outcome>,
}

/// What became of an answer.
#[derive(Debug)]
#[must_use]
pub(super) enum Match {
    Delivered,
    Unmatched(Reason, Response),
}

/// How many requests an answer could be to.
enum Found {
    None,
    One(Id),
    Several,
}

impl Found {
    fn add(&mut self, id: Id) {
        *self = if matches!(self, Found::None) { Found::One(id) } else { Found::Several };
    }
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

#[derive(Debug)]
struct Remembered {
    slot: Id,
    epoch: u32,
    since: u64,
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

    /// Gives a request a place. Its bytes follow in the stream from `start` on.
    pub(super) fn register(&mut self, keys: &Keys, start: u64, deadline: u64, waker: &Waker) -> Result<Id, NotSent> {
        let first = keys.parts.first().ok_or(NotSent::NoKey)?;
        // Two requests of which the preferred alternative is the same one and equal could never be told apart.
        let same = |slot: &Slot| slot.mask.trailing_zeros() == u32::from(first.alternative);
        let twin = self.table.find(first).map(|entry| entry / self.width).find(|&slot| same(&self.slots[slot]));
        if let Some(twin) = twin {
            if self.slots[twin].phase == Phase::Pending {
                return Err(NotSent::DuplicateKey);
            }
            // The same transaction once more: whatever answer comes is an answer to this one.
            self.forget(twin);
        }
        let id = self.free.pop().unwrap_or_else(|| {
            let (phase, mask, epoch) = (Phase::Free, 0, 0);
            self.slots.push(Slot { phase, held: false, epoch, mask, start: 0, waker: None, outcome: None });
            self.slots.len() - 1
        });
        let slot = &mut self.slots[id];
        (slot.phase, slot.held, slot.mask, slot.start) = (Phase::Pending, true, keys.mask(), start);
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

    /// An answer came.
    pub(super) fn respond(&mut self, now: u64, keys: &Keys, response: Response) -> Match {
        let reason = match self.find(now, keys) {
            Ok(id) => {
                self.stats.responses += 1;
                self.end(now, id, Phase::Answered, Some(Outcome::Response(response)));
                return Match::Delivered;
            }
            Err(reason) => reason,
        };
        let counter = match reason {
            Reason::Late => &mut self.stats.late,
            Reason::Duplicate => &mut self.stats.duplicate,
            Reason::Ambiguous => &mut self.stats.ambiguous,
            _ => &mut self.stats.unmatched,
        };
        *counter += 1;
        Match::Unmatched(reason, response)
    }

    /// The peer refused a request, says somebody. False when it waits for nothing.
    pub(super) fn reject(&mut self, now: u64, keys: &Keys, rejected: Rejected) -> bool {
        let Ok(id) = self.find(now, keys) else { return false };
        self.stats.rejected += 1;
        self.end(now, id, Phase::Answered, Some(Outcome::Rejected(rejected)));
        true
    }

    /// The one request that these keys answer.
    fn find(&mut self, now: u64, keys: &Keys) -> Result<Id, Reason> {
        self.age(now);
        let mask = keys.mask();
        for part in &keys.parts {
            let (mut pending, mut late, mut answered) = (Found::None, Found::None, false);
            let preferred = (1u8 << part.alternative) - 1;
            for id in self.table.find(part).map(|entry| entry / self.width) {
                let slot = &self.slots[id];
                // Both have a preferred alternative: that one counts, and by it they differ.
                if slot.mask & mask & preferred != 0 {
                    continue;
                }
                match slot.phase {
                    // What was not sent cannot be answered.
                    Phase::Pending if slot.start >= self.handed => {}
                    Phase::Pending => pending.add(id),
                    Phase::Unanswered => late.add(id),
                    Phase::Answered => answered = true,
                    Phase::Free | Phase::Over => {}
                }
            }
            match (pending, late) {
                (Found::One(id), Found::None) => return Ok(id),
                (Found::None, Found::None) if answered => return Err(Reason::Duplicate),
                (Found::None, Found::None) => {}
                (Found::None, Found::One(id)) => {
                    self.slots[id].phase = Phase::Answered;
                    return Err(Reason::Late);
                }
                (Found::None, Found::Several) => return Err(Reason::Late),
                // An answer to one that is late may not end another.
                _ => return Err(Reason::Ambiguous),
            }
        }
        Err(Reason::Unmatched)
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

    /// There is no answer to be had any more: all requests end. Those that start before `sent` may have gone out.
    pub(super) fn lose(&mut self, now: u64, lost: &Lost, sent: u64) {
        for id in 0..self.slots.len() {
            if self.slots[id].phase != Phase::Pending {
                continue;
            }
            let outcome = if self.slots[id].start < sent {
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

    fn end(&mut self, now: u64, id: Id, phase: Phase, outcome: Option<Outcome>) {
        self.wheel.remove(id);
        self.stats.in_flight -= 1;
        let slot = &mut self.slots[id];
        slot.phase = phase;
        slot.outcome = outcome;
        self.wakers.extend(slot.waker.take());
        let (queue, most) = match phase {
            Phase::Unanswered => (&mut self.unanswered, self.memory.unanswered),
            Phase::Answered => (&mut self.answered, self.memory.answered),
            _ => return self.forget(id),
        };
        queue.push_back(Remembered { slot: id, epoch: slot.epoch, since: now });
        if queue.len() > most {
            queue.pop_front().into_iter().for_each(|oldest| self.let_go(oldest));
        }
    }

    /// Forgets what has been remembered long enough.
    fn age(&mut self, now: u64) {
        let limit = self.memory.age;
        let old = |oldest: &mut Remembered| now - oldest.since > limit;
        while let Some(oldest) = self.unanswered.pop_front_if(old).or_else(|| self.answered.pop_front_if(old)) {
            self.let_go(oldest);
        }
    }

    fn let_go(&mut self, Remembered { slot, epoch, .. }: Remembered) {
        if self.slots[slot].epoch == epoch {
            self.forget(slot);
        }
    }

    /// Takes a request that has ended out of the table.
    fn forget(&mut self, id: Id) {
        let mask = std::mem::take(&mut self.slots[id].mask);
        for alternative in (0..self.width).filter(|alternative| mask & 1 << alternative != 0) {
            self.table.remove(id * self.width + alternative);
        }
        self.slots[id].phase = Phase::Over;
        // From here on it is not the request that is remembered.
        self.slots[id].epoch = self.slots[id].epoch.wrapping_add(1);
        self.recycle(id);
    }

    fn release(&mut self, id: Id) {
        self.slots[id].held = false;
        self.recycle(id);
    }

    fn recycle(&mut self, id: Id) {
        let slot = &mut self.slots[id];
        if slot.phase == Phase::Over && !slot.held {
            slot.phase = Phase::Free;
            slot.waker = None;
            self.free.push(id);
        }
    }

    /// Slots that there are and those that are free.
    #[cfg(test)]
    pub(super) fn sizes(&self) -> (usize, usize) {
        (self.slots.len(), self.free.len())
    }
}
