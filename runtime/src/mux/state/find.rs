//! Which request an answer is to.

use super::{Id, Outcome, Phase, State};
use crate::mux::event::Reason;
use crate::mux::key::Keys;
use crate::mux::outcome::{Rejected, Response};

/// What became of an answer.
#[derive(Debug)]
#[must_use]
pub(in crate::mux) enum Match {
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

/// Whose an answer is.
enum Owner {
    /// This request waits for it.
    Waits(Id),
    /// Nobody waits for it, for this reason.
    Nobody(Reason),
    /// This request does not wait any more; or waits, and has not gone out, and the one before it with the same key did
    /// not wait any more.
    Late(Id),
}

impl State {
    /// An answer came.
    pub(in crate::mux) fn respond(&mut self, now: u64, keys: &Keys, response: Response) -> Match {
        let reason = match self.find(now, keys) {
            Owner::Waits(id) => {
                self.stats.responses += 1;
                self.end(now, id, Phase::Answered, Some(Outcome::Response(response)));
                return Match::Delivered;
            }
            Owner::Late(id) => {
                // Another one is a second one.
                let slot = &mut self.slots[id];
                let phase = if slot.phase == Phase::Pending { &mut slot.before } else { &mut slot.phase };
                *phase = Phase::Answered;
                Reason::Late
            }
            Owner::Nobody(reason) => reason,
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
    pub(in crate::mux) fn reject(&mut self, now: u64, keys: &Keys, rejected: Rejected) -> bool {
        let Owner::Waits(id) = self.find(now, keys) else { return false };
        self.stats.rejected += 1;
        self.end(now, id, Phase::Answered, Some(Outcome::Rejected(rejected)));
        true
    }

    /// The one request that these keys answer.
    fn find(&mut self, now: u64, keys: &Keys) -> Owner {
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
                // What was not sent cannot be answered; the one before it can.
                let unsent = slot.phase == Phase::Pending && slot.part.start >= self.handed;
                match if unsent { slot.before } else { slot.phase } {
                    Phase::Pending => pending.add(id),
                    Phase::Unanswered => late.add(id),
                    Phase::Answered => answered = true,
                    Phase::Free | Phase::Over => {}
                }
            }
            match (pending, late) {
                (Found::One(id), Found::None) => return Owner::Waits(id),
                (Found::None, Found::None) if answered => return Owner::Nobody(Reason::Duplicate),
                (Found::None, Found::None) => {}
                (Found::None, Found::One(id)) => return Owner::Late(id),
                (Found::None, Found::Several) => return Owner::Nobody(Reason::Late),
                // An answer to one that is late may not end another.
                _ => return Owner::Nobody(Reason::Ambiguous),
            }
        }
        Owner::Nobody(Reason::Unmatched)
    }
}
