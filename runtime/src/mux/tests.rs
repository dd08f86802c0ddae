//! The state machine against a model that knows nothing of tables, wheels and slots: every request is a line in a list.

use std::task::Waker;

use proptest::prelude::*;

use super::event::Reason;
use super::key::{Keyer, Keys};
use super::outcome::{Lost, NotSent, Outcome, Rejected, Response};
use super::rule::{Correlation, Rules};
use super::state::{Gate, Id, Match, Memory, State};
use crate::iso87a::DIALECT;
use crate::msg::{Edit, Message};
use crate::types::Mti;

const MEMORY: Memory = Memory { unanswered: 4, answered: 3, age: 60 };

/// What happens to a mux.
#[derive(Debug, Clone)]
enum Event {
    Request {
        mti: &'static str,
        stan: u32,
        terminal: Option<u8>,
        timeout: u64,
    },
    /// The writer takes what there is.
    Hand,
    Respond {
        mti: &'static str,
        stan: u32,
        terminal: Option<u8>,
    },
    Reject {
        mti: &'static str,
        stan: u32,
        terminal: Option<u8>,
    },
    /// The caller of the n-th request looks for its outcome.
    Take(usize),
    /// The caller of the n-th request goes away.
    Cancel(usize),
    Advance(u64),
    Lose,
}

fn event() -> impl Strategy<Value = Event> {
    let stan = 0..3u32;
    let terminal = prop::option::of(0..2u8);
    let request = prop::sample::select(vec!["0200", "0201", "0202", "0800"]);
    let response = prop::sample::select(vec!["0210", "0210", "0211", "0212", "0810"]);
    prop_oneof![
        10 => (request.clone(), stan.clone(), terminal.clone(), 1..80u64)
            .prop_map(|(mti, stan, terminal, timeout)| Event::Request { mti, stan, terminal, timeout }),
        6 => Just(Event::Hand),
        10 => (response, stan.clone(), terminal.clone())
            .prop_map(|(mti, stan, terminal)| Event::Respond { mti, stan, terminal }),
        1 => (request, stan, terminal).prop_map(|(mti, stan, terminal)| Event::Reject { mti, stan, terminal }),
        6 => (0..60usize).prop_map(Event::Take),
        2 => (0..60usize).prop_map(Event::Cancel),
        5 => (0..40u64).prop_map(Event::Advance),
        // Nothing much happens after it.
        1 => prop::bool::weighted(0.2).prop_map(|lose| if lose { Event::Lose } else { Event::Hand }),
    ]
}

fn message(mti: &str, stan: u32, terminal: Option<u8>) -> Message {
    let mut edit = Edit::build(&DIALECT);
    edit.mti(mti).set(11, format!("{stan:06}").as_str());
    if let Some(terminal) = terminal {
        edit.set(41, format!("TERM000{terminal}").as_str());
    }
    Message::parse(&DIALECT, edit.finish().unwrap()).unwrap()
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Phase {
    Pending,
    Unanswered,
    Answered,
    Forgotten,
}

/// A request as the model knows it.
#[derive(Debug)]
struct Line {
    answer: Mti,
    stan: u32,
    terminal: Option<u8>,
    handed: bool,
    deadline: u64,
    phase: Phase,
    /// What the one before it with the same key was at. It counts until the bytes of this one go out.
    before: Phase,
    /// How it is to end, once it has ended.
    expected: Option<&'static str>,
    id: Id,
    held: bool,
}

#[derive(Default)]
struct Model {
    now: u64,
    lines: Vec<Line>,
    unanswered: Vec<(usize, u64)>,
    answered: Vec<(usize, u64)>,
    lost: bool,
}

impl Model {
    fn end(&mut self, line: usize, phase: Phase, expected: &'static str) {
        let now = self.now;
        self.lines[line].phase = phase;
        self.lines[line].expected = Some(expected);
        let (queue, most) = match phase {
            Phase::Unanswered => (&mut self.unanswered, MEMORY.unanswered),
            Phase::Answered => (&mut self.answered, MEMORY.answered),
            _ => return,
        };
        queue.push((line, now));
        if queue.len() > most {
            let (oldest, _) = queue.remove(0);
            self.lines[oldest].phase = Phase::Forgotten;
        }
    }

    fn age(&mut self) {
        for queue in [&mut self.unanswered, &mut self.answered] {
            while queue.first().is_some_and(|(_, since)| self.now - since > MEMORY.age) {
                let (oldest, _) = queue.remove(0);
                self.lines[oldest].phase = Phase::Forgotten;
            }
        }
    }

    /// The request that this answers, or why none. A late answer is remembered as an answer.
    fn answered(&mut self, answer: Mti, stan: u32, terminal: Option<u8>) -> Result<usize, Reason> {
        self.find(answer, stan, terminal).map_err(|(reason, late)| {
            if let Some(late) = late {
                let line = &mut self.lines[late];
                *(if line.phase == Phase::Pending { &mut line.before } else { &mut line.phase }) = Phase::Answered;
            }
            reason
        })
    }

    /// The request that this answers, or why none; the one request to which it is late.
    fn find(&mut self, answer: Mti, stan: u32, terminal: Option<u8>) -> Result<usize, (Reason, Option<usize>)> {
        self.age();
        let same = |line: &Line| line.answer == answer.original() && line.stan == stan;
        // By the terminal where both have one, else by the STAN alone.
        let by_terminal =
            |line: &Line| same(line) && line.terminal.is_some() && terminal.is_some() && line.terminal == terminal;
        let by_stan = |line: &Line| same(line) && (line.terminal.is_none() || terminal.is_none());
        let matches: [&dyn Fn(&Line) -> bool; 2] = [&by_terminal, &by_stan];
        for matches in matches {
            let of = |phase: Phase| {
                let found = |(_, line): &(usize, &Line)| {
                    let unsent = line.phase == Phase::Pending && !line.handed;
                    matches(line) && phase == if unsent { line.before } else { line.phase }
                };
                self.lines.iter().enumerate().filter(found).map(|(at, _)| at).collect::<Vec<_>>()
            };
            match (&of(Phase::Pending)[..], &of(Phase::Unanswered)[..], &of(Phase::Answered)[..]) {
                (&[one], [], _) => return Ok(one),
                ([], [], []) => {}
                ([], [], _) => return Err((Reason::Duplicate, None)),
                ([], &[late], _) => return Err((Reason::Late, Some(late))),
                ([], _, _) => return Err((Reason::Late, None)),
                _ => return Err((Reason::Ambiguous, None)),
            }
        }
        Err((Reason::Unmatched, None))
    }
}

struct Both {
    model: Model,
    state: State,
    keyer: Keyer,
    queued: u64,
}

impl Both {
    fn new() -> Self {
        let keyer = Keyer::new(Rules::new(&Correlation::default()));
        Both { model: Model::default(), state: State::new(keyer.rules.width, MEMORY), keyer, queued: 0 }
    }

    fn keys(&self, message: &Message) -> Keys {
        self.keyer.keys(message.mti().response().unwrap_or(message.mti()), message)
    }

    fn step(&mut self, event: &Event) -> Result<(), TestCaseError> {
        let Both { model, state, .. } = self;
        match *event {
            Event::Request { mti, stan, terminal, timeout } => {
                let request = message(mti, stan, terminal);
                let answer = request.mti().response().unwrap();
                let twin = model.lines.iter().position(|line| {
                    let same = (line.answer, line.stan, line.terminal) == (answer, stan, terminal);
                    same && line.phase != Phase::Forgotten
                });
                // Which of two that are due at once is forgotten first is not for the model to say.
                let taken = |deadline: u64| {
                    model.lines.iter().any(|line| line.phase == Phase::Pending && line.deadline == deadline)
                };
                let deadline = (model.now + timeout..).find(|&deadline| !taken(deadline)).unwrap();
                let keys = self.keyer.keys(answer, &request);
                let admitted = state.admits(false);
                prop_assert_eq!(admitted.is_ok(), !model.lost);
                if model.lost {
                    return Ok(());
                }
                let part = self.queued..self.queued + 100;
                let registered = state.register(&keys, part, deadline, Waker::noop());
                match (registered, twin.map(|twin| (twin, model.lines[twin].phase))) {
                    (Err(NotSent::DuplicateKey), Some((_, Phase::Pending))) => {}
                    (Ok(id), other) => {
                        let before = other.map_or(Phase::Forgotten, |(_, phase)| phase);
                        if let Some((twin, phase)) = other {
                            prop_assert_ne!(phase, Phase::Pending);
                            model.lines[twin].phase = Phase::Forgotten;
                        }
                        self.queued += 100;
                        let (handed, phase, expected, held) = (false, Phase::Pending, None, true);
                        let line = Line { answer, stan, terminal, handed, deadline, phase, before, expected, id, held };
                        model.lines.push(line);
                    }
                    (other, twin) => prop_assert!(false, "{other:?} with {twin:?}"),
                }
            }
            Event::Hand => {
                if !model.lost {
                    model.lines.iter_mut().for_each(|line| line.handed = true);
                    state.handed(self.queued);
                }
            }
            Event::Respond { mti, stan, terminal } => {
                let response = message(mti, stan, terminal);
                let expected = model.answered(response.mti(), stan, terminal);
                let keys = self.keys(&response);
                let (message, header) = (response, crate::Bytes::new());
                let found = self.state.respond(self.model.now, &keys, Response { message, header });
                match (found, expected) {
                    (Match::Delivered, Ok(line)) => self.model.end(line, Phase::Answered, "response"),
                    (Match::Unmatched(reason, _), Err(expected)) => prop_assert_eq!(reason, expected),
                    (found, expected) => prop_assert!(false, "{found:?}, not {expected:?}"),
                }
            }
            Event::Reject { mti, stan, terminal } => {
                let rejected = message(mti, stan, terminal);
                let expected = model.find(rejected.mti().response().unwrap(), stan, terminal);
                let keys = self.keys(&rejected);
                let rejected = Rejected { message: rejected, reason: "no".into() };
                prop_assert_eq!(self.state.reject(self.model.now, &keys, rejected), expected.is_ok());
                if let Ok(line) = expected {
                    self.model.end(line, Phase::Answered, "rejected");
                }
            }
            Event::Take(line) => {
                let Some(line) = model.lines.get_mut(line).filter(|line| line.held) else { return Ok(()) };
                let outcome = state.take(line.id, Waker::noop());
                prop_assert_eq!(outcome.as_ref().map(Outcome::name), line.expected);
                if let Some(outcome) = outcome {
                    line.held = false;
                    if let Outcome::Response(response) = &outcome {
                        // Only to the one whose key it matches.
                        prop_assert_eq!(response.mti().original(), line.answer);
                        prop_assert_eq!(response.get::<u32>(11).unwrap(), Some(line.stan));
                        if let (Some(got), Some(sent)) = (response.get::<String>(41).unwrap(), line.terminal) {
                            prop_assert_eq!(got, format!("TERM000{sent}"));
                        }
                    }
                }
            }
            Event::Cancel(line) => {
                let Some(found) = model.lines.get_mut(line).filter(|line| line.held) else { return Ok(()) };
                found.held = false;
                state.cancel(model.now, found.id);
                if found.phase == Phase::Pending {
                    model.end(line, Phase::Unanswered, "cancelled");
                }
            }
            Event::Advance(time) => {
                let now = model.now + time;
                let mut due: Vec<usize> = (0..model.lines.len())
                    .filter(|&at| model.lines[at].phase == Phase::Pending && model.lines[at].deadline <= now)
                    .collect();
                due.sort_by_key(|&at| model.lines[at].deadline);
                for line in due {
                    model.now = model.lines[line].deadline;
                    state.expire(model.now);
                    model.end(line, Phase::Unanswered, "timed-out");
                }
                model.now = now;
                let next = state.expire(now);
                let first =
                    model.lines.iter().filter(|line| line.phase == Phase::Pending).map(|line| line.deadline).min();
                prop_assert_eq!(first.is_some(), next.is_some());
                prop_assert!(next.zip(first).is_none_or(|(next, first)| now < next && next <= first));
            }
            Event::Lose => {
                if std::mem::replace(&mut model.lost, true) {
                    return Ok(());
                }
                let sent = if model.lines.iter().any(|line| !line.handed) { state.handed } else { self.queued };
                state.lose(model.now, &Lost::PeerClosed, sent);
                state.gate = Gate::Lost(Lost::PeerClosed);
                for line in model.lines.iter_mut().filter(|line| line.phase == Phase::Pending) {
                    line.phase = Phase::Forgotten;
                    line.expected = Some(if line.handed { "unknown" } else { "not-sent" });
                }
            }
        }
        Ok(())
    }

    /// What holds at any time.
    fn check(&self) -> Result<(), TestCaseError> {
        let stats = self.state.stats;
        let pending = self.model.lines.iter().filter(|line| line.phase == Phase::Pending).count();
        let held = self.model.lines.iter().filter(|line| line.held).count();
        prop_assert_eq!(stats.in_flight, pending);
        // Each ends exactly once.
        let ended =
            stats.responses + stats.timed_out + stats.unknown + stats.rejected + stats.cancelled + stats.not_sent;
        prop_assert_eq!(stats.requests, ended + pending as u64);
        // Bounded by who waits and what is remembered.
        let (slots, free) = self.state.sizes();
        prop_assert!(slots - free <= held + MEMORY.unanswered + MEMORY.answered);
        Ok(())
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    /// Every request ends exactly once and as the model says; an answer goes to one whose key it matches, or is told
    /// apart as late, second, ambiguous or unmatched.
    #[test]
    fn like_a_list_of_requests(events in prop::collection::vec(event(), 0..120)) {
        let mut both = Both::new();
        for event in events {
            both.step(&event)?;
            both.check()?;
        }
        // Whoever waits is told in the end.
        both.step(&Event::Lose)?;
        for line in 0..both.model.lines.len() {
            both.step(&Event::Take(line))?;
        }
        prop_assert!(both.model.lines.iter().all(|line| !line.held));
        prop_assert_eq!(both.state.stats.in_flight, 0);
    }
}

#[test]
fn slots_are_used_again() {
    let mut both = Both::new();
    for round in 0..10_000u32 {
        let request = message("0200", round % 1_000_000, None);
        let keys = both.keyer.keys(request.mti().response().unwrap(), &request);
        let part = u64::from(round)..u64::from(round) + 1;
        let id = both.state.register(&keys, part, 1_000_000, Waker::noop()).unwrap();
        both.state.handed(u64::from(round) + 1);
        let (message, header) = (message("0210", round % 1_000_000, None), crate::Bytes::new());
        let found = both.state.respond(0, &keys, Response { message, header });
        assert!(matches!(found, Match::Delivered));
        assert!(both.state.take(id, Waker::noop()).is_some());
    }
    let (slots, _) = both.state.sizes();
    assert!(slots <= MEMORY.answered + 1, "{slots}");
}
