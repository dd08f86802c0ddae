//! Connections, each for the time of one answer.

use std::time::Duration;

use deadpool_postgres::{Object, Pool, PoolError};
use tokio_postgres::error::SqlState;

use super::tokio_postgres;
use crate::store::StoreError;

/// A connection of the pool.
pub(super) type On = Object;

#[derive(Clone)]
pub(super) struct Client {
    pub(super) pool: Pool,
    pub(super) timeout: Duration,
}

/// Why a piece of work failed.
#[derive(Debug)]
pub(super) enum Failed {
    Engine(tokio_postgres::Error),
    Damaged(&'static str),
}

impl From<tokio_postgres::Error> for Failed {
    fn from(error: tokio_postgres::Error) -> Self {
        Failed::Engine(error)
    }
}

impl From<Failed> for StoreError {
    fn from(failed: Failed) -> Self {
        match failed {
            Failed::Engine(error) => of(&error),
            Failed::Damaged(what) => StoreError::Damaged(what),
        }
    }
}

/// In the words of a code: what PostgreSQL says besides may quote values.
fn of(error: &tokio_postgres::Error) -> StoreError {
    match error.code() {
        Some(code) if *code == SqlState::DISK_FULL => StoreError::Full,
        Some(code) => StoreError::unavailable(format_args!("PostgreSQL says SQLSTATE {}", code.code())),
        None if error.is_closed() => StoreError::unavailable("the connection to PostgreSQL was lost"),
        None => {
            let cause = std::error::Error::source(error).map(ToString::to_string).unwrap_or_default();
            StoreError::unavailable(format_args!("{error}: {cause}"))
        }
    }
}

impl Client {
    /// Does a piece of work on a connection, in bounded time.
    pub(super) async fn ask<T, W>(&self, work: W) -> Result<T, StoreError>
    where
        W: AsyncFnOnce(&mut On) -> Result<T, Failed>,
    {
        let until = tokio::time::Instant::now() + self.timeout;
        let mut on = match tokio::time::timeout_at(until, self.pool.get()).await {
            Ok(Ok(on)) => on,
            Ok(Err(error)) => return Err(refused(error)),
            Err(_) => return Err(StoreError::TimedOut),
        };
        match tokio::time::timeout_at(until, work(&mut on)).await {
            Ok(Ok(done)) => Ok(done),
            Ok(Err(failed)) => Err(failed.into()),
            Err(_) => {
                // Nobody knows what it is in the midst of; and where one hangs, those that rest hang too.
                drop(Object::take(on));
                self.pool.retain(|_, _| false);
                Err(StoreError::TimedOut)
            }
        }
    }

    pub(super) async fn close(&self) {
        let size = self.pool.status().max_size;
        self.pool.close();
        // Those that are in use are closed when they come back.
        let idle = async {
            while self.pool.status().size > 0 && size > 0 {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        _ = tokio::time::timeout(self.timeout, idle).await;
    }
}

pub(super) fn refused(error: PoolError) -> StoreError {
    match error {
        PoolError::Closed => StoreError::Closed,
        PoolError::Timeout(_) => StoreError::TimedOut,
        PoolError::Backend(error) => of(&error),
        PoolError::PostCreateHook(deadpool_postgres::HookError::Backend(error)) => of(&error),
        PoolError::PostCreateHook(_) | PoolError::NoRuntimeSpecified => {
            StoreError::unavailable("no connection to PostgreSQL")
        }
    }
}
