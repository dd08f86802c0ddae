//! A store in memory that does what every store does with one queue.

use crate::store::{Entry, EntryState, Moment, Sealed, Taken};

use super::super::machine::Ending;

#[derive(Default)]
pub(super) struct Memory {
    pub(super) entries: Vec<Entry>,
    lease: Option<(String, Moment, u64)>,
}

impl Memory {
    pub(super) fn append(&mut self, now: Moment) -> u64 {
        let seq = self.entries.len() as u64;
        let (body, state) = (Sealed::empty(), EntryState::Pending);
        let id = seq.to_string();
        let (expires, reason) = (None, None);
        self.entries.push(Entry { seq, id, body, state, accepted: now, due: now, expires, sent: 0, tries: 0, reason });
        seq
    }

    pub(super) fn waits(&self) -> bool {
        self.entries.iter().any(|entry| entry.state == EntryState::Pending)
    }

    pub(super) fn take(&mut self, owner: &str, now: Moment, until: Moment) -> Taken {
        if let Some((held, end, _)) = &self.lease
            && held != owner
            && *end > now
        {
            return Taken::Busy(*end);
        }
        let Some(first) = self.entries.iter_mut().find(|entry| entry.state == EntryState::Pending) else {
            return Taken::Empty;
        };
        if first.due > now {
            return Taken::Later(first.due);
        }
        first.sent += 1;
        first.tries += 1;
        self.lease = Some((owner.to_owned(), until, first.seq));
        Taken::Entry(first.clone())
    }

    pub(super) fn settle(&mut self, owner: &str, seq: u64, ending: &Ending) -> bool {
        if !matches!(&self.lease, Some((held, _, of)) if held == owner && *of == seq) {
            return false;
        }
        self.lease = None;
        let entry = &mut self.entries[seq as usize];
        match ending {
            Ending::Done => entry.state = EntryState::Done,
            Ending::Retry { due, sent } => {
                entry.due = *due;
                if !sent {
                    entry.sent -= 1;
                    entry.tries = entry.tries.saturating_sub(1);
                }
            }
            Ending::Dead { reason, sent } => {
                entry.state = EntryState::Dead;
                entry.sent -= u32::from(!sent);
                entry.reason = Some(reason.clone());
            }
        }
        true
    }
}
