//! The tables, and how those of earlier versions become those of this one.

use super::client::On;
use super::tokio_postgres;
use crate::store::StoreError;

/// Of the last migration.
pub(super) const VERSION: u32 = MIGRATIONS.len() as u32;

/// From each version to the next. What has been released is never changed.
const MIGRATIONS: &[&str] = &[
    "
    CREATE TABLE queue (
        name text PRIMARY KEY,
        paused boolean NOT NULL DEFAULT false,
        lease_owner text,
        lease_until bigint NOT NULL DEFAULT 0,
        lease_seq bigint
    );
    CREATE TABLE entry (
        seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        queue text NOT NULL,
        id text NOT NULL,
        state smallint NOT NULL DEFAULT 0,
        body bytea NOT NULL,
        accepted bigint NOT NULL,
        due bigint NOT NULL,
        expires bigint,
        sent integer NOT NULL DEFAULT 0,
        tries integer NOT NULL DEFAULT 0,
        reason text,
        changed bigint NOT NULL,
        UNIQUE (queue, id)
    );
    CREATE INDEX entry_order ON entry (queue, state, seq);
    CREATE INDEX entry_done ON entry (changed) WHERE state = 1;
    CREATE TABLE outcome (
        scope text NOT NULL,
        key text NOT NULL,
        owner text NOT NULL,
        until bigint NOT NULL,
        body bytea,
        PRIMARY KEY (scope, key)
    );
    CREATE INDEX outcome_until ON outcome (until);
    CREATE TABLE txn (
        number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        journal text NOT NULL,
        id text NOT NULL,
        began bigint NOT NULL,
        finished bigint,
        UNIQUE (journal, id)
    );
    CREATE INDEX txn_unfinished ON txn (journal, number) WHERE finished IS NULL;
    CREATE INDEX txn_finished ON txn (finished) WHERE finished IS NOT NULL;
    CREATE TABLE record (
        txn bigint NOT NULL REFERENCES txn (number) ON DELETE CASCADE,
        sequence bigint NOT NULL,
        kind text NOT NULL,
        body bytea NOT NULL,
        at bigint NOT NULL,
        PRIMARY KEY (txn, sequence)
    );
",
    "
    ALTER TABLE outcome ADD COLUMN lease bigint NOT NULL DEFAULT 0;
    ALTER TABLE outcome ADD COLUMN abandoned boolean NOT NULL DEFAULT false;
    UPDATE outcome SET lease = until WHERE body IS NULL;
    DROP INDEX outcome_until;
    CREATE INDEX outcome_until ON outcome (until, scope);
",
];

/// Why the tables cannot be used.
pub(super) enum Wrong {
    /// They are of this version, which is later than ours.
    Newer(u32),
    Engine(tokio_postgres::Error),
    Store(StoreError),
}

impl From<tokio_postgres::Error> for Wrong {
    fn from(error: tokio_postgres::Error) -> Self {
        Wrong::Engine(error)
    }
}

impl From<StoreError> for Wrong {
    fn from(error: StoreError) -> Self {
        Wrong::Store(error)
    }
}

/// Nodes that start at the same moment do it one after the other.
pub(super) async fn migrate(on: &mut On, schema: &str) -> Result<(), Wrong> {
    let transaction = on.transaction().await?;
    // A number of our own, for the time of the transaction.
    transaction.batch_execute("SELECT pg_advisory_xact_lock(8583198720)").await?;
    let there = transaction.query_one("SELECT to_regnamespace($1) IS NOT NULL", &[&schema]).await?;
    if !there.get::<_, bool>(0) {
        transaction.batch_execute(&format!("CREATE SCHEMA {schema}")).await?;
    }
    transaction.batch_execute("CREATE TABLE IF NOT EXISTS version (number integer NOT NULL)").await?;
    let row = transaction.query_opt("SELECT number FROM version", &[]).await?;
    let version = row.map_or(0, |row| row.get::<_, i32>(0)).unsigned_abs();
    let Some(missing) = MIGRATIONS.get(version as usize..) else { return Err(Wrong::Newer(version)) };
    if missing.is_empty() {
        transaction.commit().await?;
        return Ok(());
    }
    for migration in missing {
        transaction.batch_execute(migration).await?;
    }
    transaction.batch_execute("DELETE FROM version").await?;
    transaction.execute("INSERT INTO version VALUES ($1)", &[&(VERSION as i32)]).await?;
    Ok(transaction.commit().await?)
}
