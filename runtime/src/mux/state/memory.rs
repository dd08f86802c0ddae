//! What becomes of a request that has ended: it is remembered for a while, and its slot is used again.

use super::{Id, Outcome, Phase, State};

/// How many requests that have ended are remembered, and how long.
#[derive(Debug, Clone, Copy)]
pub(in crate::mux) struct Memory {
    /// Timed out or cancelled.
    pub(in crate::mux) unanswered: usize,
    /// Answered.
    pub(in crate::mux) answered: usize,
    /// In milliseconds.
    pub(in crate::mux) age: u64,
}

#[derive(Debug)]
pub(super) struct Remembered {
    slot: Id,
    epoch: u32,
    since: u64,
}

impl State {
    pub(super) fn end(&mut self, now: u64, id: Id, phase: Phase, outcome: Option<Outcome>) {
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
    pub(super) fn age(&mut self, now: u64) {
        let limit = self.memory.age;
        let old = |oldest: &mut Remembered| now - oldest.since > limit;
        while let Some(oldest) = self.unanswered.pop_front_if(old).or_else(|| self.answered.pop_front_if(old)) {
            self.let_go(oldest);
        }
    }

    pub(super) fn let_go(&mut self, Remembered { slot, epoch, .. }: Remembered) {
        if self.slots[slot].epoch == epoch {
            self.forget(slot);
        }
    }

    /// Takes a request that has ended out of the table.
    pub(super) fn forget(&mut self, id: Id) {
        let mask = std::mem::take(&mut self.slots[id].mask);
        for alternative in (0..self.width).filter(|alternative| mask & 1 << alternative != 0) {
            self.table.remove(id * self.width + alternative);
        }
        self.slots[id].phase = Phase::Over;
        // From here on it is not the request that is remembered.
        self.slots[id].epoch = self.slots[id].epoch.wrapping_add(1);
        self.recycle(id);
    }

    pub(super) fn release(&mut self, id: Id) {
        self.slots[id].held = false;
        self.recycle(id);
    }

    pub(super) fn recycle(&mut self, id: Id) {
        let slot = &mut self.slots[id];
        if slot.phase == Phase::Over && !slot.held {
            slot.phase = Phase::Free;
            slot.waker = None;
            self.free.push(id);
        }
    }
}
