//! What may become of an answer: decided from the list of all requests at the moment it comes in.

use super::asks::{Key, Model};
use super::{Ask, State, Truth};
use crate::wire::Text;

/// Who a frame was given to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    /// The caller of this request.
    Caller(usize),
    Service,
    Late,
    Duplicate,
    Ambiguous,
    Unmatched,
    Unserved,
    Undecodable,
}

impl Fate {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Fate::Caller(_) => "to a caller",
            Fate::Service => "to the service",
            Fate::Late => "late",
            Fate::Duplicate => "duplicate",
            Fate::Ambiguous => "ambiguous",
            Fate::Unmatched => "unmatched",
            Fate::Unserved => "unserved",
            Fate::Undecodable => "undecodable",
        }
    }
}

impl Truth {
    /// A service rejects a request that has come back.
    pub(crate) fn rejecting(&self, message: &Text, found: bool) {
        let mut state = self.lock();
        state.note(format_args!("reject: {found}"));
        // One that has ended already counts as answered from then on, whichever of them it is.
        if let Some(key) = Key::of(message) {
            state.anything(&key, 0);
        }
    }
}

impl State {
    /// Where more than one thing is possible, all of them.
    pub(super) fn fates(&mut self, link: usize, answer: &Text) -> Vec<Fate> {
        let Some(key) = Key::of(answer) else { return vec![Fate::Unmatched] };
        let now = self.now();
        for alternative in 0..2 {
            let paired = |ask: &usize| {
                let own = &self.asks[*ask];
                let pairs = own.key.as_ref().and_then(|own| own.pairs(&key)) == Some(alternative);
                pairs && (own.is_sent(link) || own.is_given_up())
            };
            let candidates: Vec<usize> = (0..self.asks.len()).filter(paired).collect();
            let undecided = candidates.iter().any(|&ask| self.is_undecided(link, ask, now));
            if undecided {
                return self.anything(&key, alternative);
            }
            let of = |model: Model| {
                let found = |ask: &&usize| self.asks[**ask].model == model && self.remembers(link, **ask, now);
                candidates.iter().filter(found).copied().collect::<Vec<usize>>()
            };
            let (pending, late, answered) = (of(Model::Pending), of(Model::Unanswered), of(Model::Answered));
            let fate = match (&pending[..], &late[..]) {
                (&[ask], []) => {
                    let own = &mut self.asks[ask];
                    (own.model, own.since, own.was_answered) = (Model::Answered, now, true);
                    Fate::Caller(ask)
                }
                ([], []) if !answered.is_empty() => Fate::Duplicate,
                ([], []) => continue,
                ([], &[ask]) => {
                    self.asks[ask].model = Model::Answered;
                    Fate::Late
                }
                ([], _) => Fate::Late,
                _ => Fate::Ambiguous,
            };
            return vec![fate];
        }
        vec![Fate::Unmatched]
    }

    /// Whether a message of the peer waits to be served, so that nobody knows when what is behind it is looked at.
    pub(super) fn is_held_up(&self, link: usize) -> bool {
        let link = &self.links[link];
        link.tight && link.came.iter().any(|frame| frame.is_request && frame.became.is_empty())
    }

    pub(super) fn any_fate(&mut self, answer: &Text) -> Vec<Fate> {
        Key::of(answer).map_or_else(|| vec![Fate::Unmatched], |key| self.anything(&key, 0))
    }

    /// From this alternative on.
    fn anything(&mut self, key: &Key, from: usize) -> Vec<Fate> {
        let mut may = vec![Fate::Late, Fate::Duplicate, Fate::Ambiguous, Fate::Unmatched];
        for (ask, own) in self.asks.iter_mut().enumerate() {
            if own.key.as_ref().and_then(|own| own.pairs(key)).is_none_or(|alternative| alternative < from) {
                continue;
            }
            own.open = true;
            if own.end.is_none() && own.model != Model::Replaced {
                may.push(Fate::Caller(ask));
            }
        }
        may
    }

    /// Whether the checker cannot know what the mux thinks of it.
    fn is_undecided(&self, link: usize, ask: usize, now: u64) -> bool {
        let own = &self.asks[ask];
        if own.open || !own.is_sent(link) {
            return true;
        }
        match own.model {
            // It may have timed out without its caller knowing yet.
            Model::Pending => own.deadline <= now,
            Model::Replaced => false,
            Model::Unanswered | Model::Answered => {
                // One more with its key may be in the buffer, and have taken its place.
                let waits = |other: &Ask| {
                    other.same_key(own) && !other.is_sent(link) && (other.end.is_none() || other.is_given_up())
                };
                let (least, most) = self.behind(link, ask);
                let bound = self.bound(own);
                let age = (now - own.since) / 1000;
                self.asks.iter().any(waits) || least < bound && most >= bound || age.abs_diff(self.memory.age) <= 1
            }
        }
    }

    const fn bound(&self, ask: &Ask) -> usize {
        if ask.was_answered { self.memory.answered } else { self.memory.unanswered }
    }

    /// Whether the mux remembers it yet.
    fn remembers(&self, link: usize, ask: usize, now: u64) -> bool {
        let own = &self.asks[ask];
        match own.model {
            Model::Pending => true,
            Model::Replaced => false,
            _ => self.behind(link, ask).0 < self.bound(own) && (now - own.since) / 1000 <= self.memory.age,
        }
    }

    /// How many have ended in the same way after it, at least and at most.
    fn behind(&self, link: usize, ask: usize) -> (usize, usize) {
        let own = &self.asks[ask];
        let like = |other: &Ask| other.model != Model::Pending && other.was_answered == own.was_answered;
        let later = |other: &Ask| like(other) && other.since > own.since && other.is_sent(link) && !other.open;
        let maybe = |(at, other): &(usize, &Ask)| *at != ask && (like(other) && other.since >= own.since || other.open);
        let least = self.asks.iter().filter(|other| later(other)).count();
        (least, self.asks.iter().enumerate().filter(maybe).count())
    }

    /// A faulty stand-in: an answer is taken to the request of another.
    pub(super) fn tamper(&self, link: usize, bytes: &mut [u8]) {
        let Some(at) = bytes.windows(4).position(|mti| mti == b"0210") else { return };
        let Some(message) = bytes.get_mut(at + 20..at + 26) else { return };
        let theirs = String::from_utf8_lossy(message).into_owned();
        let other = self.asks.iter().find(|ask| {
            let stan = ask.key.as_ref().map(|key| key.stan.as_str());
            ask.model == Model::Pending && ask.is_sent(link) && stan.is_some_and(|stan| stan != theirs)
        });
        if let Some(key) = other.and_then(|ask| ask.key.as_ref()) {
            message.copy_from_slice(key.stan.as_bytes());
        }
    }
}
