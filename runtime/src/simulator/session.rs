//! What is to be done on one connection, and when. No input or output: time is passed in.

use std::collections::BTreeMap;
use std::time::Duration;

use bytes::Bytes;

use super::judge::{Decision, Judge, Step};
use crate::msg::Message;

/// Most steps that wait on a connection. When there are so many, nothing is read until one is done.
pub(super) const MOST_WAITING: usize = 65_536;

/// One connection.
#[derive(Debug, Default)]
pub(super) struct Session {
    /// By time, and in the order in which they were decided.
    due: BTreeMap<(Duration, u64), Due>,
    next: u64,
    held: Vec<Held>,
    /// How many held steps there are.
    holding: usize,
}

/// What is due.
#[derive(Debug)]
enum Due {
    Step(Step, Bytes),
    /// What is held by a rule goes out.
    Release(usize),
    /// A message that is sent unasked, by its place, and how often yet.
    Unsolicited(usize, u64),
}

/// What the answers of a rule wait in.
#[derive(Debug)]
struct Held {
    rule: usize,
    answers: Vec<(Vec<(u64, Step)>, Bytes)>,
    /// Tells one round of holding from the next.
    release: (Duration, u64),
}

/// What is to be done now.
#[derive(Debug)]
pub(super) enum Now {
    /// A step, and the transport header of the message that it answers.
    Step(Step, Bytes),
    /// A message unasked.
    Unsolicited(Bytes),
}

impl Session {
    /// At the start of a connection.
    pub(super) fn new(now: Duration, judge: &Judge) -> Self {
        let mut session = Session::default();
        for (at, message) in judge.scenario().0.unsolicited.iter().enumerate() {
            session.push(now + Duration::from_millis(message.after), Due::Unsolicited(at, message.times));
        }
        session
    }

    /// A message has come in with this transport header. Gives what was decided.
    pub(super) fn take(&mut self, now: Duration, message: &Message, header: &Bytes, judge: &mut Judge) -> Decision {
        let mut decision = judge.decide(message);
        let steps = std::mem::take(&mut decision.steps);
        match (decision.hold, decision.rule) {
            (Some(hold), Some(rule)) => {
                let at = self.held.iter().position(|held| held.rule == rule).unwrap_or_else(|| {
                    let release = self.push(now + Duration::from_millis(hold.most), Due::Release(rule));
                    self.held.push(Held { rule, answers: Vec::new(), release });
                    self.held.len() - 1
                });
                self.holding += steps.len();
                self.held[at].answers.push((steps, header.clone()));
                if self.held[at].answers.len() >= hold.answers {
                    let release = self.held[at].release;
                    self.due.remove(&release);
                    self.release(now, rule);
                }
            }
            _ => self.schedule(now, steps, header),
        }
        decision
    }

    fn schedule(&mut self, now: Duration, steps: Vec<(u64, Step)>, header: &Bytes) {
        for (after, step) in steps {
            self.push(now + Duration::from_millis(after), Due::Step(step, header.clone()));
        }
    }

    /// Sends what a rule has held, the last first.
    fn release(&mut self, now: Duration, rule: usize) {
        let Some(at) = self.held.iter().position(|held| held.rule == rule) else { return };
        for (steps, header) in self.held.swap_remove(at).answers.into_iter().rev() {
            self.holding -= steps.len();
            self.schedule(now, steps, &header);
        }
    }

    fn push(&mut self, at: Duration, due: Due) -> (Duration, u64) {
        let key = (at, self.next);
        self.next += 1;
        self.due.insert(key, due);
        key
    }

    /// When something is to be done next.
    pub(super) fn next(&self) -> Option<Duration> {
        self.due.first_key_value().map(|((at, _), _)| *at)
    }

    /// What is to be done by now, one after the other.
    pub(super) fn due(&mut self, now: Duration, judge: &mut Judge) -> Option<Now> {
        loop {
            if self.next()? > now {
                return None;
            }
            match self.due.pop_first()?.1 {
                Due::Step(step, header) => return Some(Now::Step(step, header)),
                Due::Release(rule) => self.release(now, rule),
                Due::Unsolicited(at, times) => {
                    let every = judge.scenario().0.unsolicited.get(at).and_then(|message| message.every);
                    if let (Some(every), 2..) = (every, times) {
                        self.push(now + Duration::from_millis(every), Due::Unsolicited(at, times - 1));
                    }
                    if let Some(body) = judge.unsolicited(at) {
                        return Some(Now::Unsolicited(body));
                    }
                }
            }
        }
    }

    /// Whether nothing more is to be read for now.
    pub(super) fn is_full(&self) -> bool {
        self.due.len() + self.holding >= MOST_WAITING
    }

    /// Whether no answer waits any more.
    pub(super) fn is_idle(&self) -> bool {
        self.holding == 0 && self.due.values().all(|due| matches!(due, Due::Unsolicited(..)))
    }
}
