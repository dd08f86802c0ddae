//! The tables, and how those of earlier versions become those of this one.

use rusqlite::{Connection, TransactionBehavior};

/// Of the last migration.
pub(super) const VERSION: u32 = MIGRATIONS.len() as u32;

/// From each version to the next. What has been released is never changed.
const MIGRATIONS: &[&str] = &[
    "
    CREATE TABLE queue (
        name TEXT PRIMARY KEY,
        paused INTEGER NOT NULL DEFAULT 0,
        lease_owner TEXT,
        lease_until INTEGER NOT NULL DEFAULT 0,
        lease_seq INTEGER
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE entry (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        queue TEXT NOT NULL,
        id TEXT NOT NULL,
        state INTEGER NOT NULL DEFAULT 0,
        body BLOB NOT NULL,
        accepted INTEGER NOT NULL,
        due INTEGER NOT NULL,
        expires INTEGER,
        sent INTEGER NOT NULL DEFAULT 0,
        tries INTEGER NOT NULL DEFAULT 0,
        reason TEXT,
        changed INTEGER NOT NULL,
        UNIQUE (queue, id)
    ) STRICT;
    CREATE INDEX entry_order ON entry (queue, state, seq);
    CREATE INDEX entry_done ON entry (changed) WHERE state = 1;
    CREATE TABLE outcome (
        scope TEXT NOT NULL,
        key TEXT NOT NULL,
        owner TEXT NOT NULL,
        until INTEGER NOT NULL,
        body BLOB,
        PRIMARY KEY (scope, key)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX outcome_until ON outcome (until);
    CREATE TABLE txn (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        journal TEXT NOT NULL,
        id TEXT NOT NULL,
        began INTEGER NOT NULL,
        finished INTEGER,
        UNIQUE (journal, id)
    ) STRICT;
    CREATE INDEX txn_unfinished ON txn (journal, number) WHERE finished IS NULL;
    CREATE INDEX txn_finished ON txn (finished) WHERE finished IS NOT NULL;
    CREATE TABLE record (
        txn INTEGER NOT NULL,
        sequence INTEGER NOT NULL,
        kind TEXT NOT NULL,
        body BLOB NOT NULL,
        at INTEGER NOT NULL,
        PRIMARY KEY (txn, sequence)
    ) STRICT, WITHOUT ROWID;
",
    "
    ALTER TABLE outcome ADD COLUMN lease INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE outcome ADD COLUMN abandoned INTEGER NOT NULL DEFAULT 0;
    UPDATE outcome SET lease = until WHERE body IS NULL;
",
];

/// Why the tables cannot be used.
pub(super) enum Wrong {
    /// They are of this version, which is later than ours.
    Newer(u32),
    Engine(rusqlite::Error),
}

impl From<rusqlite::Error> for Wrong {
    fn from(error: rusqlite::Error) -> Self {
        Wrong::Engine(error)
    }
}

pub(super) fn migrate(connection: &mut Connection) -> Result<(), Wrong> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let version: u32 = transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let Some(missing) = MIGRATIONS.get(version as usize..) else { return Err(Wrong::Newer(version)) };
    if missing.is_empty() {
        return Ok(());
    }
    for migration in missing {
        transaction.execute_batch(migration)?;
    }
    transaction.pragma_update(None, "user_version", VERSION)?;
    Ok(transaction.commit()?)
}
