//! What to do next with a queue, without doing it: time and what came of things go in.

use crate::connector::{Backoff, Waits};
use crate::store::{Entry, Moment, Taken};

use super::policy::{Policy, Verdict};

/// What came of the last step.
#[derive(Debug)]
pub(super) enum Event {
    /// There was none, or it was waited for long enough.
    Woken,
    /// What the store gave out; nothing when it failed.
    Taken(Option<Taken>),
    /// What sending came to.
    Sent(Verdict),
    /// Whether it was still ours to settle; nothing when the store failed.
    Settled(Option<bool>),
}

/// What to do next. There is always one thing.
#[derive(Debug, Clone)]
pub(super) enum Step {
    /// Ask the store for the first message.
    Take,
    /// Send this.
    Send(Box<Entry>),
    /// Tell the store how it ended.
    Settle(u64, Ending),
    /// Wait up to then.
    Wait {
        until: Moment,
        /// Whether a new message ends it; what an operator does always ends it.
        for_new: bool,
    },
    /// Nothing any more.
    Stop,
}

/// How an attempt ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Ending {
    Done,
    Retry { due: Moment, sent: bool },
    Dead { reason: String, sent: bool },
}

/// The state of one queue at one node.
#[derive(Debug)]
pub(super) struct Machine {
    tries: u32,
    poll: std::time::Duration,
    waits: Waits,
    /// While nothing can be sent: the peer has not seen anything yet that it could be spared.
    unsent: Waits,
    /// For a store that fails: it has nothing to do with the peer.
    store: Waits,
    /// The message that was taken.
    held: Option<Held>,
    stopping: bool,
}

#[derive(Debug)]
struct Held {
    seq: u64,
    tries: u32,
    /// How it ended, when it has.
    ending: Option<Ending>,
}

impl Machine {
    pub(super) fn new(policy: &Policy) -> Self {
        let seconds = std::time::Duration::from_secs;
        let store = Backoff::new(std::time::Duration::from_millis(100), seconds(10));
        Machine {
            tries: policy.tries,
            poll: policy.poll,
            waits: Waits::new(policy.backoff),
            unsent: Waits::new(policy.backoff.at_most(seconds(10))),
            store: Waits::new(store),
            held: None,
            stopping: false,
        }
    }

    /// From now on only what was begun is ended.
    pub(super) const fn stop(&mut self) {
        self.stopping = true;
    }

    pub(super) fn step(&mut self, now: Moment, event: Event) -> Step {
        match event {
            Event::Woken => self.begin(),
            Event::Taken(taken) => self.taken(now, taken),
            Event::Sent(verdict) => self.sent(now, verdict),
            Event::Settled(settled) => self.settled(now, settled),
        }
    }

    /// Goes on with what is held, or takes the next one.
    fn begin(&self) -> Step {
        match &self.held {
            Some(Held { seq, ending: Some(ending), .. }) => Step::Settle(*seq, ending.clone()),
            _ if self.stopping => Step::Stop,
            _ => Step::Take,
        }
    }

    fn taken(&mut self, now: Moment, taken: Option<Taken>) -> Step {
        let Some(taken) = taken else { return self.store_failed(now) };
        self.store.reset();
        let poll = now.after(self.poll);
        let (until, for_new) = match taken {
            Taken::Entry(entry) => return self.hold(now, entry),
            // What comes in waits behind the first one.
            Taken::Later(due) => (due.min(poll), false),
            Taken::Busy(until) => (until.min(poll), false),
            Taken::Paused => (poll, false),
            Taken::Empty => (poll, true),
        };
        if self.stopping { Step::Stop } else { Step::Wait { until, for_new } }
    }

    fn hold(&mut self, now: Moment, entry: Entry) -> Step {
        let held = self.held.insert(Held { seq: entry.seq, tries: entry.tries, ending: None });
        let unsent = |reason: &str| Some(Ending::Dead { reason: reason.to_owned(), sent: false });
        held.ending = if self.stopping {
            Some(Ending::Retry { due: entry.due, sent: false })
        } else if entry.expires.is_some_and(|expires| expires <= now) {
            unsent("expired")
        } else if entry.tries > self.tries {
            unsent("tried too often")
        } else {
            return Step::Send(Box::new(entry));
        };
        self.begin()
    }

    fn sent(&mut self, now: Moment, verdict: Verdict) -> Step {
        let Some(held) = &mut self.held else { return self.begin() };
        if !matches!(verdict, Verdict::Unsent) {
            self.unsent.reset();
        }
        held.ending = Some(match verdict {
            Verdict::Delivered => {
                self.waits.reset();
                Ending::Done
            }
            Verdict::Unsent => Ending::Retry { due: now.after(self.unsent.next()), sent: false },
            Verdict::Retry if held.tries >= self.tries => {
                Ending::Dead { reason: "tried too often".to_owned(), sent: true }
            }
            Verdict::Retry => Ending::Retry { due: now.after(self.waits.next()), sent: true },
            Verdict::Dead { reason, sent } => Ending::Dead { reason, sent },
        });
        self.begin()
    }

    fn settled(&mut self, now: Moment, settled: Option<bool>) -> Step {
        if settled.is_none() {
            return self.store_failed(now);
        }
        self.store.reset();
        self.held = None;
        self.begin()
    }

    fn store_failed(&mut self, now: Moment) -> Step {
        // What is held stays counted as sent: when it is taken again, that is a repeat.
        if self.stopping { Step::Stop } else { Step::Wait { until: now.after(self.store.next()), for_new: false } }
    }
}
