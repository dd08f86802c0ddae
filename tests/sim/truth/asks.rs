//! What each caller asked, and how that ended.

use tokio::time::Instant;

use super::{Fate, State, Truth};
use crate::wire::{Text, original};

/// How a request ended, in the words of its caller.
#[derive(Debug, Clone)]
pub(crate) enum End {
    Answered(Vec<u8>),
    NotSent(&'static str),
    TimedOut,
    Unknown(&'static str),
    Rejected,
    /// The caller went away.
    Cancelled,
}

impl End {
    const fn name(&self) -> &'static str {
        match self {
            End::Answered(_) => "answered",
            End::NotSent(reason) => reason,
            End::TimedOut => "timed-out",
            End::Unknown(_) => "unknown",
            End::Rejected => "rejected",
            End::Cancelled => "cancelled",
        }
    }
}

/// What answers are paired by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Key {
    pub(crate) answer: String,
    pub(crate) stan: String,
    pub(crate) terminal: Option<String>,
}

impl Key {
    /// Of a request, or of an answer.
    pub(crate) fn of(message: &Text) -> Option<Key> {
        let answer = if message.is_answer() { original(&message.mti) } else { message.answer_type()? };
        let stan = message.get(11)?.to_owned();
        Some(Key { answer, stan, terminal: message.get(41).map(str::to_owned) })
    }

    /// Whether they belong together, and by the STAN alone or not.
    pub(crate) fn pairs(&self, other: &Key) -> Option<usize> {
        if self.answer != other.answer || self.stan != other.stan {
            return None;
        }
        match (&self.terminal, &other.terminal) {
            (Some(ours), Some(theirs)) => (ours == theirs).then_some(0),
            _ => Some(1),
        }
    }
}

/// What the checker takes the mux to think of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Model {
    Pending,
    Unanswered,
    Answered,
    /// Another request with its key has taken its place.
    Replaced,
}

/// A request.
#[derive(Debug)]
pub(crate) struct Ask {
    pub(crate) key: Option<Key>,
    pub(crate) deadline: u64,
    /// Where it was given to a link: number of the link, and of its first byte.
    pub(crate) offered: Vec<(usize, u64)>,
    /// A host has got all of it.
    pub(crate) reached: bool,
    /// A host has sent it back.
    pub(crate) returned: bool,
    pub(super) model: Model,
    /// When it ended as the model has it.
    pub(super) since: u64,
    /// It is remembered as answered, not as one without an answer.
    pub(super) was_answered: bool,
    /// More than one thing may have become of it.
    pub(super) open: bool,
    pub(crate) end: Option<End>,
    pub(super) ended_at: u64,
}

impl Ask {
    pub(super) fn is_sent(&self, link: usize) -> bool {
        self.offered.iter().any(|(on, _)| *on == link)
    }

    /// Whether it ended without an answer, and the mux may remember it.
    pub(super) const fn is_given_up(&self) -> bool {
        matches!(self.end, Some(End::TimedOut | End::Cancelled))
    }

    /// Whether both go by the same alternative and have the same values.
    pub(super) fn same_key(&self, other: &Ask) -> bool {
        self.key.is_some() && self.key == other.key
    }
}

/// The number that a request carries in DE 37.
pub(crate) fn number(ask: usize) -> String {
    format!("A{ask:011}")
}

pub(super) fn number_of(message: &Text) -> Option<usize> {
    message.get(37)?.strip_prefix('A')?.parse().ok()
}

impl Truth {
    /// A number for one more request.
    pub(crate) fn ask(&self) -> (usize, String) {
        let mut state = self.lock();
        let ask = state.asks.len();
        let (model, since) = (Model::Pending, 0);
        let (offered, reached, returned, was_answered, open) = (Vec::new(), false, false, false, false);
        let (key, deadline, end, ended_at) = (None, 0, None, 0);
        state.asks.push(Ask {
            key,
            deadline,
            offered,
            reached,
            returned,
            model,
            since,
            was_answered,
            open,
            end,
            ended_at,
        });
        (ask, number(ask))
    }

    /// It is asked now.
    pub(crate) fn asked(&self, ask: usize, message: &Text, deadline: Instant) {
        let mut state = self.lock();
        let deadline = state.at(deadline);
        state.asks[ask].deadline = deadline;
        state.asks[ask].key = Key::of(message);
        let (mti, stan, terminal) = (&message.mti, message.get(11).unwrap_or("-"), message.get(41).unwrap_or("-"));
        state.note(format_args!("ask {ask}: {mti} {stan} {terminal}, until {deadline}"));
    }

    pub(crate) fn ended(&self, ask: usize, end: End) {
        self.lock().ended(ask, end);
    }
}

impl State {
    fn ended(&mut self, ask: usize, end: End) {
        self.note(format_args!("ask {ask}: {}", end.name()));
        self.tally(end.name());
        let now = self.now();
        if self.asks[ask].end.is_some() {
            return self.violate("ended twice", format_args!("ask {ask}"));
        }
        let Ask { deadline, model, open, .. } = self.asks[ask];
        // A timer goes by whole milliseconds.
        if now > deadline.next_multiple_of(1000) && !matches!(end, End::Cancelled) {
            self.violate("ended late", format_args!("ask {ask}, {} us behind its deadline", now - deadline));
        }
        match &end {
            End::Answered(body) => self.answered(ask, body),
            End::TimedOut => {
                if now < deadline {
                    self.violate("timed out early", format_args!("ask {ask}, by {} us", deadline - now));
                }
                if model == Model::Answered && !open && self.follows {
                    self.violate("answer lost", format_args!("ask {ask} timed out, and its answer had come"));
                }
            }
            End::Unknown(reason) => self.unknown(ask, reason),
            End::NotSent(reason) => self.not_sent(ask, reason),
            End::Rejected => self.rejected(ask),
            End::Cancelled => {}
        }
        let ask = &mut self.asks[ask];
        if ask.model == Model::Pending {
            ask.since = now;
            ask.was_answered = matches!(end, End::Answered(_) | End::Rejected);
            ask.model = if ask.was_answered { Model::Answered } else { Model::Unanswered };
        }
        (ask.end, ask.ended_at) = (Some(end), now);
    }

    fn answered(&mut self, ask: usize, body: &[u8]) {
        let Some(answer) = Text::read(body) else {
            return self.violate("answer that nobody sent", format_args!("ask {ask}"));
        };
        let links: Vec<usize> = self.asks[ask].offered.iter().map(|(link, _)| *link).collect();
        let frame = answer.get(48).unwrap_or_default().to_owned();
        let came = links.iter().find_map(|&link| self.came(link, &frame).map(|at| (link, at)));
        let Some((link, at)) = came else {
            return self.violate("answer that nobody sent", format_args!("ask {ask} got {frame}"));
        };
        let sent = Text::read(&self.links[link].came[at].body).and_then(|sent| Key::of(&sent));
        let pairs = sent.zip(self.asks[ask].key.as_ref()).is_some_and(|(sent, key)| key.pairs(&sent).is_some());
        if !pairs {
            self.violate("answer to another", format_args!("ask {ask} got {frame}"));
        } else if self.links[link].came[at].body != body {
            self.violate("answer changed", format_args!("ask {ask} got {frame}"));
        }
        self.became(link, at, Fate::Caller(ask));
    }

    /// One that pairs with it has to have been sent back.
    fn rejected(&mut self, ask: usize) {
        let own = self.asks[ask].key.clone();
        let pairs =
            |other: &Ask| own.as_ref().zip(other.key.as_ref()).is_some_and(|(own, key)| own.pairs(key).is_some());
        if !self.asks.iter().any(|other| other.returned && pairs(other)) {
            self.violate("rejected by nobody", format_args!("ask {ask}"));
        }
    }

    /// The link has to be gone, and the request to have been given to it.
    fn unknown(&mut self, ask: usize, reason: &'static str) {
        let Some(&(link, start)) = self.asks[ask].offered.last() else {
            // What stands in the buffer goes out with the answers that the peer is owed yet.
            if reason != "peer-closed" {
                self.violate("unknown, but not sent", format_args!("ask {ask}: {reason}"));
            }
            return;
        };
        if reason == "failed" && self.links[link].accepted <= start {
            self.violate("unknown, but not sent", format_args!("ask {ask}: {reason}"));
        }
    }

    fn not_sent(&mut self, ask: usize, reason: &'static str) {
        self.prove_not_sent(ask);
        let now = self.now();
        let own = &self.asks[ask];
        let over = self.links.iter().any(|link| link.over.is_some());
        let right = match reason {
            "deadline" => now >= own.deadline,
            "no-key" => own.key.is_none(),
            "duplicate-key" => self.asks.iter().enumerate().any(|(other, twin)| {
                // One that ended a moment ago may not have told yet, or have told first.
                other != ask && twin.same_key(own) && (twin.end.is_none() || twin.open || twin.since == now)
            }),
            "lost" | "closing" => over || !self.follows,
            _ => !self.follows,
        };
        if !right {
            self.violate("not sent for no reason", format_args!("ask {ask}: {reason}"));
        }
    }

    /// The link has to have been gone, and one link alone may have taken anything of it.
    pub(super) fn prove_links(&mut self, ask: usize) {
        let own = &self.asks[ask];
        let took = |(link, start): &&(usize, u64)| self.links[*link].accepted > *start;
        let times = own.offered.iter().filter(took).count();
        let (ended_at, last) = (own.ended_at, own.offered.last().map(|(link, _)| *link));
        if times > 1 {
            self.violate("sent twice", format_args!("ask {ask} on {times} links"));
        }
        let up = |link: usize| self.links[link].over_at.is_none_or(|at| at > ended_at + 1000);
        if let (Some(End::Unknown(reason)), Some(link)) = (&self.asks[ask].end, last)
            && up(link)
        {
            let reason = *reason;
            self.violate("unknown on a link that is up", format_args!("ask {ask}: {reason}"));
        }
    }

    /// No byte of it may have gone out.
    pub(super) fn prove_not_sent(&mut self, ask: usize) {
        let own = &self.asks[ask];
        let out = own.offered.iter().find(|(link, start)| self.links[*link].accepted > *start).copied();
        if own.reached || out.is_some() {
            self.violate("not sent, but sent", format_args!("ask {ask}, on link {out:?}"));
        }
    }
}
