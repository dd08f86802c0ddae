//! The store in one file, for one node: SQLite with a write-ahead log, on the disk before it answers.
//!
//! One thread owns the connection. What many callers ask for while it waits for the disk goes into its next
//! transaction, so that they share one wait: group commit.

mod journal;
mod outcome;
mod queue;
mod schema;
mod settings;
mod worker;

use std::future::Future;
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;

use rusqlite::Connection;

pub use settings::Settings;

use super::contract::{Answer, Purged, Store};
use super::error::StoreError;
use super::journal::{NewRecord, TransactionId, Unfinished};
use super::moment::Moment;
use super::outcome::{Completion, Reservation, Reserved};
use super::queue::{Appended, Claim, Entry, EntryState, NewEntry, QueueStatus, Settled, Taken};
use worker::Worker;

/// A store in a file of SQLite. A handle: cheap to clone. When the last one is dropped, what was asked for is done, and
/// the file is closed.
///
/// The file and those that SQLite puts beside it are for the user who runs the program alone (mode 0600). One process
/// at a time.
#[derive(Clone)]
pub struct Sqlite {
    worker: Arc<Worker>,
}

impl Sqlite {
    /// Opens a store, and makes it where there is none.
    ///
    /// # Errors
    /// The file cannot be made or opened, is none of SQLite, or was written by a later version.
    pub async fn open(path: impl AsRef<Path>) -> Result<Self, StoreError> {
        Settings::new().open(path).await
    }

    async fn ask<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnMut(&Connection) -> Result<T, Failed> + Send + 'static,
    {
        self.worker.ask(work).await
    }
}

/// Why a piece of work failed.
#[derive(Debug)]
enum Failed {
    Engine(rusqlite::Error),
    Damaged(&'static str),
}

impl From<rusqlite::Error> for Failed {
    fn from(error: rusqlite::Error) -> Self {
        Failed::Engine(error)
    }
}

impl From<Failed> for StoreError {
    fn from(failed: Failed) -> Self {
        match failed {
            Failed::Damaged(what) => StoreError::Damaged(what),
            Failed::Engine(rusqlite::Error::SqliteFailure(error, words)) => match error.code {
                rusqlite::ErrorCode::DiskFull => StoreError::Full,
                _ => StoreError::unavailable(words.unwrap_or_else(|| error.to_string())),
            },
            // Others are of types and columns, and may quote a value.
            Failed::Engine(_) => StoreError::Damaged("a value of another type than its column"),
        }
    }
}

impl Store for Sqlite {
    fn append<'a>(&'a self, entry: NewEntry<'a>) -> Answer<'a, Appended> {
        let NewEntry { queue, id, body, accepted, due, expires } = entry;
        let (queue, id) = (queue.to_owned(), id.to_owned());
        Box::pin(self.ask(move |on| queue::append(on, &queue, &id, &body, (accepted, due, expires))))
    }

    fn take<'a>(&'a self, claim: Claim<'a>) -> Answer<'a, Taken> {
        let Claim { queue, owner, now, until } = claim;
        let (queue, owner) = (queue.to_owned(), owner.to_owned());
        Box::pin(self.ask(move |on| queue::take(on, Claim { queue: &queue, owner: &owner, now, until })))
    }

    fn settle<'a>(&'a self, settled: Settled<'a>) -> Answer<'a, bool> {
        let Settled { queue, seq, owner, how, now } = settled;
        let (queue, owner, how) = (queue.to_owned(), owner.to_owned(), queue::Ended::of(how));
        Box::pin(self.ask(move |on| queue::settle(on, &queue, seq, &owner, &how, now)))
    }

    fn entries<'a>(&'a self, queue: &'a str, state: EntryState, after: u64, most: u32) -> Answer<'a, Vec<Entry>> {
        let queue = queue.to_owned();
        Box::pin(self.ask(move |on| queue::entries(on, &queue, state, after, most)))
    }

    fn discard<'a>(&'a self, queue: &'a str, seq: u64) -> Answer<'a, bool> {
        let queue = queue.to_owned();
        Box::pin(self.ask(move |on| queue::discard(on, &queue, seq)))
    }

    fn replay<'a>(&'a self, queue: &'a str, seq: u64, due: Moment) -> Answer<'a, bool> {
        let queue = queue.to_owned();
        Box::pin(self.ask(move |on| queue::replay(on, &queue, seq, due)))
    }

    fn pause<'a>(&'a self, queue: &'a str, paused: bool) -> Answer<'a, ()> {
        let queue = queue.to_owned();
        Box::pin(self.ask(move |on| queue::pause(on, &queue, paused)))
    }

    fn queue_status<'a>(&'a self, queue: &'a str) -> Answer<'a, QueueStatus> {
        let queue = queue.to_owned();
        Box::pin(self.ask(move |on| queue::status(on, &queue)))
    }

    fn reserve<'a>(&'a self, reservation: Reservation<'a>) -> Answer<'a, Reserved> {
        let Reservation { scope, key, owner, now, until, keep_until } = reservation;
        let (scope, key, owner) = (scope.to_owned(), key.to_owned(), owner.to_owned());
        Box::pin(self.ask(move |on| {
            let (scope, key, owner) = (&*scope, &*key, &*owner);
            outcome::reserve(on, Reservation { scope, key, owner, now, until, keep_until })
        }))
    }

    fn complete<'a>(&'a self, completion: Completion<'a>) -> Answer<'a, bool> {
        let Completion { scope, key, owner, outcome, keep_until, finishes } = completion;
        let (scope, key, owner) = (scope.to_owned(), key.to_owned(), owner.to_owned());
        let finishes = finishes.map(|TransactionId { journal, id }| [journal.to_owned(), id.to_owned()]);
        // What is done in one go is in one transaction.
        Box::pin(self.ask(move |on| {
            let done = outcome::complete(on, [&scope, &key, &owner], &outcome, keep_until)?;
            if let (true, Some([journal, id])) = (done, &finishes) {
                journal::finish(on, [journal, id], Moment::now())?;
            }
            Ok(done)
        }))
    }

    fn amend<'a>(&'a self, completion: Completion<'a>) -> Answer<'a, bool> {
        let Completion { scope, key, owner, outcome, keep_until, .. } = completion;
        let (scope, key, owner) = (scope.to_owned(), key.to_owned(), owner.to_owned());
        Box::pin(self.ask(move |on| outcome::amend(on, [&scope, &key, &owner], &outcome, keep_until)))
    }

    fn trim<'a>(&'a self, scope: &'a str, most: u64, now: Moment) -> Answer<'a, u64> {
        let scope = scope.to_owned();
        Box::pin(self.ask(move |on| outcome::trim(on, &scope, most, now)))
    }

    fn release<'a>(&'a self, scope: &'a str, key: &'a str, owner: &'a str) -> Answer<'a, bool> {
        let (scope, key, owner) = (scope.to_owned(), key.to_owned(), owner.to_owned());
        Box::pin(self.ask(move |on| outcome::release(on, [&scope, &key, &owner])))
    }

    fn record<'a>(&'a self, record: NewRecord<'a>) -> Answer<'a, Appended> {
        let NewRecord { transaction: TransactionId { journal, id }, sequence, kind, body, at } = record;
        let (journal, id, kind) = (journal.to_owned(), id.to_owned(), kind.to_owned());
        Box::pin(self.ask(move |on| journal::record(on, [&journal, &id], (sequence, &kind), &body, at)))
    }

    fn finish<'a>(&'a self, transaction: TransactionId<'a>, now: Moment) -> Answer<'a, bool> {
        let (journal, id) = (transaction.journal.to_owned(), transaction.id.to_owned());
        Box::pin(self.ask(move |on| journal::finish(on, [&journal, &id], now)))
    }

    fn unfinished<'a>(&'a self, journal: &'a str, after: u64, most: u32) -> Answer<'a, Vec<Unfinished>> {
        let journal = journal.to_owned();
        Box::pin(self.ask(move |on| journal::unfinished(on, &journal, after, most)))
    }

    fn purge(&self, before: Moment, now: Moment) -> Answer<'_, Purged> {
        Box::pin(self.ask(move |on| {
            Ok(Purged {
                entries: queue::purge(on, before)?,
                outcomes: outcome::purge(on, now)?,
                transactions: journal::purge(on, before)?,
            })
        }))
    }

    fn close(&self) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(self.worker.close())
    }
}

impl std::fmt::Debug for Sqlite {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sqlite").finish_non_exhaustive()
    }
}

/// A number as SQLite holds it.
const fn signed(number: u64) -> i64 {
    if number > i64::MAX as u64 { i64::MAX } else { number as i64 }
}
