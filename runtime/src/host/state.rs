//! What a host knows of its components: a list, changed under a short lock that is never held while anything is waited for.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;
use tokio::task::AbortHandle;

use super::builder::Settings;
use super::error::{Fault, HostError};
use super::order::{self, Place};
use super::restart::Watch;
use super::upstream::{Behind, Slot};
use super::{Component, Health, Part};
use crate::msg::Message;
use crate::space::Space;
use crate::trace::Recent;

/// How far a host is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    Stopped,
    Starting,
    Running,
    Stopping,
}

/// How far a component is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    /// It is in the list and has not been started.
    Registered,
    /// It should run.
    Running,
    /// It is being started, stopped or replaced: whoever does that has set this, and nobody else touches it.
    Busy,
}

pub(super) struct Entry {
    pub(super) name: Arc<str>,
    pub(super) part: Part,
    pub(super) stage: Stage,
    /// The host is stopping it, with all others.
    pub(super) stopping: bool,
    /// Its place among all starts.
    pub(super) started: u64,
    pub(super) watch: Watch,
    /// What it did wrong last.
    pub(super) fault: Option<Fault>,
    /// As it was seen last by the watch.
    pub(super) health: Option<Health>,
}

impl Entry {
    pub(super) fn component(&self) -> Arc<dyn Component> {
        Arc::clone(&self.part.component)
    }
}

#[derive(Default)]
pub(super) struct Book {
    pub(super) entries: Vec<Entry>,
    starts: u64,
    pub(super) watching: Option<AbortHandle>,
    /// It is to stop as soon as it has started.
    pub(super) interrupted: bool,
}

impl Book {
    pub(super) fn at(&self, name: &str) -> Option<usize> {
        self.entries.iter().position(|entry| &*entry.name == name)
    }

    pub(super) fn get(&mut self, name: &str) -> Option<&mut Entry> {
        self.entries.iter_mut().find(|entry| &*entry.name == name)
    }

    /// Its number among all starts.
    pub(super) fn count_start(&mut self) -> u64 {
        self.starts += 1;
        self.starts
    }

    /// Positions of the entries in the order of starting.
    pub(super) fn order(&self) -> Vec<usize> {
        let place =
            |entry: &'_ Entry| -> (Arc<str>, Vec<Arc<str>>) { (Arc::clone(&entry.name), entry.part.after.clone()) };
        let places: Vec<_> = self.entries.iter().map(place).collect();
        let places: Vec<Place<'_>> = places.iter().map(|(name, after)| Place { name, after }).collect();
        order::starting(&places)
    }
}

/// How many traces of transactions are kept for whoever looks.
const TRACES: usize = 200;

/// Most messages in the space, and under one key.
const SPACE: usize = 65_536;
const SPACE_OF_KEY: usize = 4096;

pub(super) struct Inner {
    pub(super) settings: Settings,
    pub(super) book: Mutex<Book>,
    pub(super) phase: watch::Sender<Phase>,
    /// Counts whatever happens to components, for those who wait for it.
    pub(super) changes: watch::Sender<u64>,
    slots: Mutex<HashMap<Arc<str>, Arc<Slot>>>,
    pub(super) traces: Recent,
    pub(super) space: Space<Message>,
}

impl Inner {
    pub(super) fn new(settings: Settings) -> Self {
        Inner {
            settings,
            book: Mutex::default(),
            phase: watch::Sender::new(Phase::Stopped),
            changes: watch::Sender::new(0),
            slots: Mutex::default(),
            traces: Recent::new(TRACES),
            space: Space::with_most_per_key(SPACE, SPACE_OF_KEY),
        }
    }

    /// The list is changed in single steps, so that a panic elsewhere has left it in order.
    pub(super) fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn phase(&self) -> Phase {
        *self.phase.borrow()
    }

    pub(super) fn changed(&self) {
        self.changes.send_modify(|changes| *changes = changes.wrapping_add(1));
    }

    /// The slot of a name. Names that nobody asks for any more and nothing stands behind are forgotten.
    pub(super) fn slot(&self, name: &str) -> (Arc<str>, Arc<Slot>) {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((name, slot)) = slots.get_key_value(name) {
            return (Arc::clone(name), Arc::clone(slot));
        }
        slots.retain(|_, slot| Arc::strong_count(slot) > 1 || slot.borrow().component.is_some());
        let (name, slot) = (Arc::<str>::from(name), Arc::new(Slot::new(Behind::default())));
        slots.insert(Arc::clone(&name), Arc::clone(&slot));
        (name, slot)
    }

    /// What stands behind a name from now on.
    pub(super) fn put_behind(&self, name: &str, component: Option<Arc<dyn Component>>, changing: bool) {
        self.slot(name).1.send_modify(|behind| {
            *behind = Behind { component, changing, changes: behind.changes + 1 };
        });
    }

    /// Takes a component in hand: nobody else touches it until its stage is set again.
    pub(super) fn claim(&self, name: &str) -> Result<(Part, Stage), HostError> {
        let mut book = self.book();
        let Some(entry) = book.get(name) else { return Err(HostError::NotFound(name.into())) };
        if entry.stage == Stage::Busy {
            return Err(HostError::Busy(name.into()));
        }
        let before = std::mem::replace(&mut entry.stage, Stage::Busy);
        Ok((entry.part.clone(), before))
    }
}
