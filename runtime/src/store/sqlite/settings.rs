//! How a file is opened.

use std::fs::OpenOptions;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};
use tokio::sync::oneshot;

use super::worker::Worker;
use super::{Failed, Sqlite, schema};
use crate::store::StoreError;

/// How a store in a file is opened and worked with.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    pub(super) timeout: Duration,
    pub(super) waiting: usize,
    pub(super) batch: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Settings { timeout: Duration::from_secs(30), waiting: 1024, batch: 256 }
    }
}

impl Settings {
    /// 30 seconds for an answer, 1024 callers that may wait to be heard, 256 of them in one transaction.
    #[must_use]
    pub fn new() -> Self {
        Settings::default()
    }

    /// How long an answer may take.
    #[must_use]
    pub const fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Most changes in one transaction, at least one: they share a wait for the disk.
    #[must_use]
    pub const fn batch(mut self, most: usize) -> Self {
        self.batch = if most == 0 { 1 } else { most };
        self
    }

    /// Opens a store, and makes it where there is none.
    ///
    /// # Errors
    /// The file cannot be made or opened, is none of SQLite, or was written by a later version.
    pub async fn open(self, path: impl AsRef<Path>) -> Result<Sqlite, StoreError> {
        let path = path.as_ref().to_owned();
        let (tell, opened) = oneshot::channel();
        let worker = Worker::start(self, move || open(&path), tell)?;
        match tokio::time::timeout(self.timeout, opened).await {
            Ok(Ok(Ok(()))) => Ok(Sqlite { worker: Arc::new(worker) }),
            Ok(Ok(Err(error))) => Err(error),
            Ok(Err(_)) => Err(StoreError::Closed),
            Err(_) => Err(StoreError::TimedOut),
        }
    }
}

fn open(path: &Path) -> Result<Connection, StoreError> {
    private(path).map_err(|error| StoreError::open(format_args!("{}: {error}", path.display())))?;
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let named = |failed: Failed| match failed {
        Failed::Engine(error) => StoreError::open(format_args!("{}: {error}", path.display())),
        Failed::Damaged(what) => StoreError::Damaged(what),
    };
    let mut connection = Connection::open_with_flags(path, flags).map_err(|error| named(error.into()))?;
    set_up(&connection).map_err(|error| named(error.into()))?;
    schema::migrate(&mut connection).map_err(|wrong| match wrong {
        schema::Wrong::Newer(found) => StoreError::Newer { found, known: schema::VERSION },
        schema::Wrong::Engine(error) => named(error.into()),
    })?;
    Ok(connection)
}

/// The file, for its owner alone. SQLite gives its other files the same mode.
fn private(path: &Path) -> std::io::Result<()> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    {
        use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
        let file = options.mode(0o600).open(path)?;
        let mut mode = file.metadata()?.permissions();
        if mode.mode() & 0o077 != 0 {
            tracing::warn!("the file of the store was open to other users; it is closed to them now");
            mode.set_mode(0o600);
            file.set_permissions(mode)?;
        }
        file.sync_all()
    }
    #[cfg(not(unix))]
    options.open(path)?.sync_all()
}

fn set_up(connection: &Connection) -> rusqlite::Result<()> {
    // Another process that has the file open, such as a backup, is waited for.
    connection.busy_timeout(Duration::from_secs(5))?;
    connection.pragma_update(None, "journal_mode", "wal")?;
    // A commit is on the disk before it is told: in a write-ahead log that takes FULL.
    connection.pragma_update(None, "synchronous", "full")?;
    connection.pragma_update(None, "fullfsync", true)?;
    // What is deleted is overwritten.
    connection.pragma_update(None, "secure_delete", true)?;
    connection.pragma_update(None, "journal_size_limit", 64 * 1024 * 1024)?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(())
}
