//! The store in a database of PostgreSQL, for several nodes.
//!
//! Each change is a statement or a short transaction of its own on a connection of a pool, and is told when PostgreSQL
//! has it on the disk (`synchronous_commit`, and what replicas it waits for, as the database is configured, but never
//! `off`). PostgreSQL itself groups the commits of many connections.

mod client;
mod journal;
mod outcome;
mod queue;
mod schema;
mod settings;
mod tls;

use std::future::Future;
use std::pin::Pin;

pub use deadpool_postgres::tokio_postgres;

use client::Client;
pub use settings::Settings;

use super::contract::{Answer, Purged, Store};
use super::error::StoreError;
use super::journal::{NewRecord, TransactionId, Unfinished};
use super::moment::Moment;
use super::outcome::{Completion, Reservation, Reserved};
use super::queue::{Appended, Claim, Entry, EntryState, NewEntry, QueueStatus, Settled, Taken};

/// A store in a database of PostgreSQL (12 or later). A handle: cheap to clone.
///
/// Its tables stand in a schema of their own, `isopace` unless told otherwise. The user needs the right to create it,
/// or the schema with the right to create tables in it.
#[derive(Clone)]
pub struct Postgres {
    client: Client,
}

impl Postgres {
    /// Connects without TLS: to a server on this machine, or in a network that nobody else reads. For TLS see
    /// [`Settings`]. `host=127.0.0.1 user=isopace dbname=isopace`, or `postgresql://...`.
    ///
    /// # Errors
    /// The server cannot be reached or refuses, or the tables are of a later version.
    pub async fn connect(config: &str) -> Result<Self, StoreError> {
        Settings::new(config)?.open().await
    }
}

impl Store for Postgres {
    fn append<'a>(&'a self, entry: NewEntry<'a>) -> Answer<'a, Appended> {
        Box::pin(self.client.ask(async move |on| queue::append(on, &entry).await))
    }

    fn take<'a>(&'a self, claim: Claim<'a>) -> Answer<'a, Taken> {
        Box::pin(self.client.ask(async move |on| queue::take(on, claim).await))
    }

    fn settle<'a>(&'a self, settled: Settled<'a>) -> Answer<'a, bool> {
        Box::pin(self.client.ask(async move |on| queue::settle(on, settled).await))
    }

    fn entries<'a>(&'a self, queue: &'a str, state: EntryState, after: u64, most: u32) -> Answer<'a, Vec<Entry>> {
        Box::pin(self.client.ask(async move |on| queue::entries(on, queue, state, after, most).await))
    }

    fn discard<'a>(&'a self, queue: &'a str, seq: u64) -> Answer<'a, bool> {
        Box::pin(self.client.ask(async move |on| queue::discard(on, queue, seq).await))
    }

    fn replay<'a>(&'a self, queue: &'a str, seq: u64, due: Moment) -> Answer<'a, bool> {
        Box::pin(self.client.ask(async move |on| queue::replay(on, queue, seq, due).await))
    }

    fn pause<'a>(&'a self, queue: &'a str, paused: bool) -> Answer<'a, ()> {
        Box::pin(self.client.ask(async move |on| queue::pause(on, queue, paused).await))
    }

    fn queue_status<'a>(&'a self, queue: &'a str) -> Answer<'a, QueueStatus> {
        Box::pin(self.client.ask(async move |on| queue::status(on, queue).await))
    }

    fn reserve<'a>(&'a self, reservation: Reservation<'a>) -> Answer<'a, Reserved> {
        Box::pin(self.client.ask(async move |on| outcome::reserve(on, reservation).await))
    }

    fn complete<'a>(&'a self, completion: Completion<'a>) -> Answer<'a, bool> {
        Box::pin(self.client.ask(async move |on| outcome::complete(on, &completion).await))
    }

    fn amend<'a>(&'a self, completion: Completion<'a>) -> Answer<'a, bool> {
        Box::pin(self.client.ask(async move |on| outcome::amend(on, &completion).await))
    }

    fn trim<'a>(&'a self, scope: &'a str, most: u64, now: Moment) -> Answer<'a, u64> {
        Box::pin(self.client.ask(async move |on| outcome::trim(on, scope, most, now).await))
    }

    fn release<'a>(&'a self, scope: &'a str, key: &'a str, owner: &'a str) -> Answer<'a, bool> {
        Box::pin(self.client.ask(async move |on| outcome::release(on, scope, key, owner).await))
    }

    fn record<'a>(&'a self, record: NewRecord<'a>) -> Answer<'a, Appended> {
        Box::pin(self.client.ask(async move |on| journal::record(on, &record).await))
    }

    fn finish<'a>(&'a self, transaction: TransactionId<'a>, now: Moment) -> Answer<'a, bool> {
        Box::pin(self.client.ask(async move |on| journal::finish(on, transaction, now).await))
    }

    fn unfinished<'a>(&'a self, journal: &'a str, after: u64, most: u32) -> Answer<'a, Vec<Unfinished>> {
        Box::pin(self.client.ask(async move |on| journal::unfinished(on, journal, after, most).await))
    }

    fn purge(&self, before: Moment, now: Moment) -> Answer<'_, Purged> {
        Box::pin(self.client.ask(async move |on| {
            Ok(Purged {
                entries: queue::purge(on, before).await?,
                outcomes: outcome::purge(on, now).await?,
                transactions: journal::purge(on, before).await?,
            })
        }))
    }

    fn close(&self) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(self.client.close())
    }
}

impl std::fmt::Debug for Postgres {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Postgres").finish_non_exhaustive()
    }
}
