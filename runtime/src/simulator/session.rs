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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::iso87a::DIALECT;
    use crate::simulator::Scenario;

    const MS: Duration = Duration::from_millis(1);

    fn purchase(stan: u32) -> Message {
        Message::parse(&DIALECT, format!("02000020000000800000{stan:06}TERM0001").into_bytes()).unwrap()
    }

    /// What a scenario does with purchases 1 to `count`, a millisecond apart: when, and with which, or that the connection ends.
    fn run(scenario: &str, count: u32) -> Vec<(u64, String)> {
        let scenario = Scenario::parse(&DIALECT, "t", scenario).unwrap();
        let mut judge = Judge::new(scenario, None, None);
        let mut session = Session::new(Duration::ZERO, &judge);
        let mut done = Vec::new();
        for ms in 0..3000 {
            let now = ms * MS;
            if ms < count {
                _ = session.take(now, &purchase(ms + 1), &Bytes::new(), &mut judge);
            }
            while let Some(due) = session.due(now, &mut judge) {
                let what = match due {
                    Now::Step(Step::Send(body), _) | Now::Unsolicited(body) => {
                        let message = Message::parse(&DIALECT, body).unwrap();
                        message.get::<u32>(11).unwrap().unwrap().to_string()
                    }
                    Now::Step(step, _) => format!("{step:?}").split('(').next().unwrap_or_default().to_owned(),
                };
                done.push((u64::from(ms), what));
            }
        }
        assert!(session.is_idle() && session.holding == 0);
        done
    }

    fn told(done: &[(u64, String)]) -> Vec<(u64, &str)> {
        done.iter().map(|(ms, what)| (*ms, what.as_str())).collect()
    }

    #[test]
    fn each_thing_is_done_in_its_time() {
        let at_once = run("", 3);
        assert_eq!(told(&at_once), [(0, "1"), (1, "2"), (2, "3")]);
        let delayed = run("[[rule]]\nmatch = { 11 = 1 }\ndelay = 100\nduplicate = 50\n", 2);
        assert_eq!(told(&delayed), [(1, "2"), (100, "1"), (150, "1")]);
        let held = run("[[rule]]\nhold = 3\nhold-most = 500\n", 5);
        assert_eq!(told(&held), [(2, "3"), (2, "2"), (2, "1"), (503, "5"), (503, "4")]);
        let ended = run("[[rule]]\ndelay = 5\nclose = \"after\"\n", 1);
        assert_eq!(told(&ended), [(5, "1"), (5, "Close")]);
        let before = run("[[rule]]\ndelay = 5\nreset = \"before\"\n", 1);
        assert_eq!(told(&before), [(5, "Reset")]);
        let cut = run("[[rule]]\ncorrupt = \"truncate\"\n", 1);
        assert_eq!(told(&cut), [(0, "Half")]);
    }

    #[test]
    fn what_is_sent_unasked_comes_in_its_time_and_so_often() {
        let sent = run("[[send]]\nmti = \"0800\"\nafter = 10\nevery = 30\ntimes = 3\n[[send]]\nmti = \"0800\"\n", 0);
        assert_eq!(told(&sent), [(0, "1"), (10, "2"), (40, "3"), (70, "4")]);
    }

    #[test]
    fn chance_is_the_same_each_time() {
        let scenario =
            "[[rule]]\nprobability = 0.5\ndelay = { from = 1, to = 900 }\n[[rule]]\nprobability = 0.2\ndrop = true\n";
        let first = run(scenario, 200);
        assert_eq!(first, run(scenario, 200));
        assert!(first.len() < 200 && first.iter().any(|(ms, _)| *ms > 300));
        assert_ne!(first, run(&format!("seed = 1\n{scenario}"), 200));
    }
}
