//! What the connections of a test host share.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use tokio::sync::mpsc;

use super::event::Event;
use super::judge::Judge;
use super::recording::Recorder;
use super::stats::Counters;
use crate::link::{Connect, Listen};
use crate::msg::Dialect;

/// Who is told of events.
pub(super) type Watch = Box<dyn Fn(&Event<'_>) + Send + Sync>;

/// Where connections come from.
#[derive(Debug, Clone)]
pub(super) enum Role {
    Listens(Box<Listen>, String),
    Dials(Box<Connect>),
}

/// What the connections of a test host share.
pub(super) struct Inner {
    pub(super) name: String,
    pub(super) dialect: &'static Dialect,
    pub(super) role: Role,
    judge: Mutex<Judge>,
    pub(super) counters: Counters,
    /// Ways to each connection, for messages sent unasked.
    pub(super) clients: Mutex<HashMap<u64, mpsc::Sender<Bytes>>>,
    watch: Option<Watch>,
    pub(super) recorder: Option<Arc<Recorder>>,
}

impl Inner {
    pub(super) fn new(
        name: String,
        dialect: &'static Dialect,
        role: Role,
        judge: Judge,
        watch: Option<Watch>,
        recorder: Option<Arc<Recorder>>,
    ) -> Self {
        let (judge, clients) = (Mutex::new(judge), Mutex::default());
        Inner { name, dialect, role, judge, counters: Counters::default(), clients, watch, recorder }
    }

    /// Never held across a wait.
    pub(super) fn judge(&self) -> MutexGuard<'_, Judge> {
        self.judge.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) const fn is_watched(&self) -> bool {
        self.watch.is_some()
    }

    pub(super) fn tell(&self, event: &Event<'_>) {
        if let Some(watch) = &self.watch {
            watch(event);
        }
    }

    pub(super) fn note(&self, inward: bool, body: &[u8]) {
        if let Some(recorder) = &self.recorder {
            recorder.note(inward, body);
        }
    }
}

impl std::fmt::Debug for Inner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Inner").field("name", &self.name).field("dialect", &self.dialect.name()).finish_non_exhaustive()
    }
}
