//! What is in a space and who waits for it: a state machine without I/O. Time comes in, wakers come out.

mod slot;
mod waiting;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use std::task::Waker;
use std::time::Duration;

use tokio::time::Instant;

use slot::{Entry, Slot};
pub(super) use waiting::{Ticket, Turn};

/// What is left to do when the lock is no longer held: code of the user is called by both of these.
pub(super) struct Effects<T> {
    pub(super) wakers: Vec<Waker>,
    /// Values that are past their time.
    pub(super) dropped: Vec<T>,
}

impl<T> Default for Effects<T> {
    fn default() -> Self {
        Effects { wakers: Vec::new(), dropped: Vec::new() }
    }
}

pub(super) struct Table<T> {
    most_per_key: usize,
    most: usize,
    slots: HashMap<Arc<str>, Slot<T>>,
    /// Values in all slots.
    count: usize,
    /// What ends when: time, number of the entry, key.
    expiries: BTreeMap<(Instant, u64), Arc<str>>,
    /// The first of those that wait to put under a key that has room: by ticket, so that the one who came first is the
    /// first.
    eligible: BTreeSet<(Ticket, Arc<str>)>,
    /// Numbers entries and those who wait.
    next: u64,
    closed: bool,
}

/// Whether a value found its place.
pub(super) enum Put<T> {
    Done,
    Full(T),
    Closed(T),
}

impl<T> Table<T> {
    pub(super) fn new(most_per_key: usize, most: usize) -> Self {
        Table {
            most_per_key: most_per_key.max(1),
            most: most.max(1),
            slots: HashMap::new(),
            count: 0,
            expiries: BTreeMap::new(),
            eligible: BTreeSet::new(),
            next: 0,
            closed: false,
        }
    }

    fn number(&mut self) -> u64 {
        self.next += 1;
        self.next
    }

    fn slot(&mut self, key: &str) -> (Arc<str>, &mut Slot<T>) {
        // A look-up with the borrowed key, then one for the owned one: the key is there nearly always.
        let key = self.slots.get_key_value(key).map_or_else(|| key.into(), |(key, _)| Arc::clone(key));
        let slot = self.slots.entry(Arc::clone(&key)).or_default();
        (key, slot)
    }

    /// Puts a value, if there is room. Whoever waits for room got it when it arose, so that nobody is overtaken.
    pub(super) fn put(
        &mut self,
        key: &str,
        value: T,
        keep: Option<Duration>,
        now: Instant,
        effects: &mut Effects<T>,
    ) -> Put<T> {
        if self.closed {
            return Put::Closed(value);
        }
        self.expire(now, effects);
        if self.count >= self.most || self.len(key) >= self.most_per_key {
            return Put::Full(value);
        }
        let (key, _) = self.slot(key);
        self.insert(&key, value, keep, now, effects);
        Put::Done
    }

    fn insert(&mut self, key: &Arc<str>, value: T, keep: Option<Duration>, now: Instant, effects: &mut Effects<T>) {
        let number = self.number();
        // Past what the clock can tell is for ever.
        let until = keep.and_then(|keep| now.checked_add(keep));
        let (_, slot) = self.slot(key);
        slot.tell_readers(&value, effects);
        slot.entries.push_back(Entry { number, value, until });
        // All takers before this one have been told of the entries before this one.
        slot.wake_taker(slot.entries.len() - 1, effects);
        self.count += 1;
        if let Some(until) = until {
            self.expiries.insert((until, number), Arc::clone(key));
        }
    }

    /// Takes the first value, leaving those that others wait for already.
    pub(super) fn try_take(&mut self, key: &str, now: Instant, effects: &mut Effects<T>) -> Option<T> {
        self.expire(now, effects);
        let (key, slot) = self.slots.get_key_value(key)?;
        if slot.entries.len() <= slot.takers.len() {
            return None;
        }
        let key = Arc::clone(key);
        self.remove_front(&key, now, effects)
    }

    fn remove_front(&mut self, key: &Arc<str>, now: Instant, effects: &mut Effects<T>) -> Option<T> {
        let entry = self.slots.get_mut(key)?.entries.pop_front()?;
        self.count -= 1;
        if let Some(until) = entry.until {
            self.expiries.remove(&(until, entry.number));
        }
        self.settle(key, now, effects);
        Some(entry.value)
    }

    /// The first value, seen by this.
    pub(super) fn try_read<R>(
        &mut self,
        key: &str,
        now: Instant,
        effects: &mut Effects<T>,
        see: impl FnOnce(&T) -> R,
    ) -> Option<R> {
        self.expire(now, effects);
        self.slots.get(key)?.entries.front().map(|entry| see(&entry.value))
    }

    /// After something left a slot: whoever waits for room gets it, and a slot that nobody needs goes.
    fn settle(&mut self, key: &Arc<str>, now: Instant, effects: &mut Effects<T>) {
        self.list(key);
        while self.count < self.most && !self.closed {
            let Some((ticket, key)) = self.eligible.pop_first() else { break };
            let Some(slot) = self.slots.get_mut(&key) else { continue };
            slot.listed = None;
            if let Some((value, keep)) = slot.admit(ticket, effects) {
                self.insert(&key, value, keep, now, effects);
            }
            self.list(&key);
        }
        self.tidy(key);
    }

    /// Keeps what is eligible in step with a slot.
    fn list(&mut self, key: &Arc<str>) {
        let most = self.most_per_key;
        let Some(slot) = self.slots.get_mut(key) else { return };
        let first = slot.outs.front().map(|out| out.ticket).filter(|_| slot.entries.len() < most);
        if slot.listed == first {
            return;
        }
        if let Some(ticket) = slot.listed.take() {
            self.eligible.remove(&(ticket, Arc::clone(key)));
        }
        slot.listed = first;
        if let Some(ticket) = first {
            self.eligible.insert((ticket, Arc::clone(key)));
        }
    }

    fn tidy(&mut self, key: &str) {
        if self.slots.get(key).is_some_and(Slot::is_unused) {
            self.slots.remove(key);
        }
    }

    /// Drops what is past its time.
    pub(super) fn expire(&mut self, now: Instant, effects: &mut Effects<T>) {
        while let Some(first) = self.expiries.first_entry() {
            let (until, number) = *first.key();
            if until > now {
                break;
            }
            let key = first.remove();
            if let Some(slot) = self.slots.get_mut(&key) {
                let removed = slot.remove(number);
                self.count -= usize::from(removed.is_some());
                effects.dropped.extend(removed);
            }
            self.settle(&key, now, effects);
        }
    }

    /// When the next value is past its time.
    pub(super) fn next_expiry(&self) -> Option<Instant> {
        self.expiries.first_key_value().map(|((until, _), _)| *until)
    }

    /// From here on nothing is put, and nobody waits: what is there can be taken.
    pub(super) fn close(&mut self, effects: &mut Effects<T>) {
        self.closed = true;
        self.eligible.clear();
        for slot in self.slots.values_mut() {
            slot.listed = None;
            slot.wake_all(effects);
        }
    }

    pub(super) const fn is_closed(&self) -> bool {
        self.closed
    }

    pub(super) fn len(&self, key: &str) -> usize {
        self.slots.get(key).map_or(0, |slot| slot.entries.len())
    }

    pub(super) const fn count(&self) -> usize {
        self.count
    }

    pub(super) fn keys(&self) -> Vec<Arc<str>> {
        let filled = self.slots.iter().filter(|(_, slot)| !slot.entries.is_empty());
        filled.map(|(key, _)| Arc::clone(key)).collect()
    }

    /// Keys that something is kept for: values, or those who wait.
    pub(super) fn used(&self) -> usize {
        self.slots.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_left_of_values_that_were_taken_before_their_time() {
        let (mut table, mut effects, now) = (Table::new(1, 1), Effects::default(), Instant::now());
        for number in 0..100 {
            assert!(matches!(table.put("k", number, Some(Duration::from_secs(3600)), now, &mut effects), Put::Done));
            assert_eq!(table.try_take("k", now, &mut effects), Some(number));
        }
        assert_eq!((table.expiries.len(), table.slots.len(), table.eligible.len(), table.count), (0, 0, 0, 0));
    }
}
