//! A journal that lasts as long as the process: for tests, and for flows whose stages hold nothing outside of it.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::{Entry, Journal, JournalError, Open, Record, TransactionId};
use crate::flow::stage::BoxFuture;

/// A journal in memory. It keeps so many transactions: for one more, the one that ended first is given up. Open ones
/// are never given up; when all are open, a transaction more is refused.
#[derive(Debug)]
pub struct MemoryJournal {
    most: usize,
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    transactions: HashMap<TransactionId, Written>,
    finished: VecDeque<(TransactionId, u64)>,
    /// In the order in which transactions began.
    begun: u64,
}

#[derive(Debug)]
struct Written {
    number: u64,
    entries: Vec<Entry>,
}

impl Written {
    fn is_finished(&self) -> bool {
        matches!(self.entries.last(), Some(Entry::Finished(_)))
    }
}

impl MemoryJournal {
    /// One that keeps so many transactions.
    #[must_use]
    pub fn new(most: usize) -> Self {
        MemoryJournal { most: most.max(1), kept: Mutex::default() }
    }

    /// What is kept of a transaction, in sequence.
    #[must_use]
    pub fn entries(&self, transaction: &TransactionId) -> Vec<Entry> {
        let kept = self.lock();
        kept.transactions.get(transaction).map(|written| written.entries.clone()).unwrap_or_default()
    }

    /// All transactions that are kept, in the order in which they began, finished ones too.
    #[must_use]
    pub fn transactions(&self) -> Vec<Open> {
        self.list(|_| true)
    }

    fn list(&self, which: impl Fn(&Written) -> bool) -> Vec<Open> {
        let kept = self.lock();
        let mut list: Vec<_> = kept.transactions.iter().filter(|(_, written)| which(written)).collect();
        list.sort_by_key(|(_, written)| written.number);
        let open = |(id, written): (&TransactionId, &Written)| Open {
            transaction: id.clone(),
            entries: written.entries.clone(),
        };
        list.into_iter().map(open).collect()
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        // Nothing in here can panic half way.
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self, record: Record) -> Result<(), JournalError> {
        let refused = |why: &str| Err(JournalError::NotWritten(why.to_owned()));
        let Record { transaction, sequence, entry } = record;
        let mut kept = self.lock();
        let sequence = sequence as usize;
        if let Some(written) = kept.transactions.get_mut(&transaction) {
            let again = written.is_finished() && sequence == 0 && matches!(entry, Entry::Begun { .. });
            match written.entries.get(sequence) {
                // The id is used again for another transaction.
                Some(_) if again => {}
                Some(there) if *there == entry => return Ok(()),
                Some(_) => return refused("another record has this sequence"),
                None if sequence > written.entries.len() => return refused("a record before it is missing"),
                None if written.is_finished() => return refused("the transaction has ended"),
                None => {
                    let number = written.number;
                    let ends = matches!(entry, Entry::Finished(_));
                    written.entries.push(entry);
                    if ends {
                        kept.finished.push_back((transaction, number));
                    }
                    return Ok(());
                }
            }
            kept.transactions.remove(&transaction);
        } else if sequence > 0 || !matches!(entry, Entry::Begun { .. }) {
            return refused("the transaction has not begun");
        }
        while kept.transactions.len() >= self.most {
            let Some((oldest, number)) = kept.finished.pop_front() else {
                return refused("as many transactions are open as the journal keeps");
            };
            if kept.transactions.get(&oldest).is_some_and(|written| written.number == number) {
                kept.transactions.remove(&oldest);
            }
        }
        kept.begun += 1;
        let written = Written { number: kept.begun, entries: vec![entry] };
        kept.transactions.insert(transaction, written);
        Ok(())
    }
}

impl Journal for MemoryJournal {
    fn append(&self, record: Record) -> BoxFuture<'_, Result<(), JournalError>> {
        Box::pin(async move { self.write(record) })
    }

    fn unfinished(&self) -> BoxFuture<'_, Result<Vec<Open>, JournalError>> {
        Box::pin(async move { Ok(self.list(|written| !written.is_finished())) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::Decision;

    fn record(id: &str, sequence: u32, entry: Entry) -> Record {
        Record { transaction: id.into(), sequence, entry }
    }

    fn begun() -> Entry {
        Entry::Begun { flow: "purchase".into() }
    }

    #[test]
    fn keeps_the_open_ones_and_gives_up_the_oldest_that_ended() {
        let journal = MemoryJournal::new(3);
        for id in ["a", "b", "c"] {
            journal.write(record(id, 0, begun())).unwrap();
        }
        assert!(matches!(journal.write(record("d", 0, begun())), Err(JournalError::NotWritten(_))));
        for id in ["b", "a"] {
            journal.write(record(id, 1, Entry::Finished(Decision::Abort))).unwrap();
        }
        journal.write(record("d", 0, begun())).unwrap();
        let ids = |list: Vec<Open>| list.iter().map(|open| open.transaction.to_string()).collect::<Vec<_>>();
        assert_eq!(ids(journal.transactions()), ["a", "c", "d"]);
        assert_eq!(ids(journal.list(|written| !written.is_finished())), ["c", "d"]);
        // An id that is used again stands at its new place, and is not given up for its old one.
        journal.write(record("a", 0, begun())).unwrap();
        assert!(matches!(journal.write(record("e", 0, begun())), Err(JournalError::NotWritten(_))));
        assert_eq!(ids(journal.transactions()), ["c", "d", "a"]);
    }

    #[test]
    fn the_first_record_at_a_sequence_stands() {
        let journal = MemoryJournal::new(1);
        let (commit, abort) = (Entry::Decided(Decision::Commit), Entry::Decided(Decision::Abort));
        assert!(journal.write(record("a", 1, commit.clone())).is_err());
        assert!(journal.write(record("a", 0, commit.clone())).is_err());
        journal.write(record("a", 0, begun())).unwrap();
        assert!(journal.write(record("a", 2, commit.clone())).is_err());
        journal.write(record("a", 1, commit.clone())).unwrap();
        journal.write(record("a", 1, commit.clone())).unwrap();
        assert!(matches!(journal.write(record("a", 1, abort)), Err(JournalError::NotWritten(_))));
        assert_eq!(journal.entries(&"a".into()), [begun(), commit]);
    }
}
