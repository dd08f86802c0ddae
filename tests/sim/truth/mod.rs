//! The checker. It knows what each caller asked, every byte that went over each link, and what became of all of it, and
//! holds that against the laws. It decides by lists and looks, not by tables and wheels.

mod asks;
mod counters;
mod fates;
mod links;
mod log;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use tokio::time::Instant;

pub(crate) use asks::{Ask, End};
pub(crate) use fates::Fate;
pub(crate) use links::LinkTruth;
use log::Log;

/// A law that was broken.
#[derive(Debug, Clone)]
pub(crate) struct Violation {
    pub(crate) law: &'static str,
    text: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.law, self.text)
    }
}

/// What is remembered of requests that have ended, as the mux was told.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Memory {
    pub(crate) unanswered: usize,
    pub(crate) answered: usize,
    /// In milliseconds.
    pub(crate) age: u64,
}

#[derive(Debug)]
pub(crate) struct State {
    start: Instant,
    log: Log,
    pub(crate) violations: Vec<Violation>,
    pub(crate) asks: Vec<Ask>,
    pub(crate) links: Vec<LinkTruth>,
    memory: Memory,
    /// Whether frames are followed one by one; above a connector only requests are.
    follows: bool,
    frames: u32,
    /// How often this and that has happened.
    pub(crate) tallies: BTreeMap<&'static str, u64>,
    /// From the order to stop on a link that is dead has until then.
    stopping: Option<u64>,
    /// A faulty stand-in pairs answers wrongly.
    pub(crate) tampers: bool,
}

/// The checker, as all who see something hold it.
#[derive(Debug, Clone)]
pub(crate) struct Truth(Arc<Mutex<State>>);

impl Truth {
    pub(crate) fn new(memory: Memory, follows: bool) -> Self {
        Truth(Arc::new(Mutex::new(State {
            start: Instant::now(),
            log: Log::default(),
            violations: Vec::new(),
            asks: Vec::new(),
            links: Vec::new(),
            memory,
            follows,
            frames: 0,
            tallies: BTreeMap::new(),
            stopping: None,
            tampers: false,
        })))
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }

    pub(crate) fn note(&self, what: fmt::Arguments<'_>) {
        self.lock().note(what);
    }

    pub(crate) fn violate(&self, law: &'static str, what: fmt::Arguments<'_>) {
        self.lock().violate(law, what);
    }

    /// Virtual time since the start.
    pub(crate) fn elapsed(&self) -> Duration {
        self.lock().start.elapsed()
    }

    /// A number for one more frame of a host.
    pub(crate) fn frame_number(&self) -> String {
        let mut state = self.lock();
        state.frames += 1;
        format!("F{:08}", state.frames)
    }
}

impl State {
    /// Microseconds of virtual time.
    pub(crate) fn now(&self) -> u64 {
        self.at(Instant::now())
    }

    pub(crate) fn at(&self, moment: Instant) -> u64 {
        moment.duration_since(self.start).as_micros() as u64
    }

    pub(crate) fn note(&mut self, what: fmt::Arguments<'_>) {
        let now = self.now();
        self.log.add(now, what);
    }

    pub(crate) fn tally(&mut self, what: &'static str) {
        *self.tallies.entry(what).or_default() += 1;
    }

    pub(crate) fn violate(&mut self, law: &'static str, what: fmt::Arguments<'_>) {
        self.note(format_args!("BROKEN {law}: {what}"));
        self.violations.push(Violation { law, text: what.to_string() });
    }

    /// The last events, and a digest of all.
    pub(crate) fn last_events(&self) -> Vec<String> {
        self.log.last()
    }

    pub(crate) fn digest(&self) -> (u64, u64) {
        self.log.digest()
    }
}
