//! The thread that owns the connection, and its group commit.

use std::sync::Mutex;
use std::sync::PoisonError;
use std::time::Duration;

use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot, watch};

use super::{Failed, Settings};
use crate::store::StoreError;

/// A piece of work that waits for the thread.
trait Job: Send {
    /// Does it within a transaction; once more when that failed for another piece in it.
    fn work(&mut self, on: &Connection) -> Result<(), Failed>;
    /// Tells who asked.
    fn tell(self: Box<Self>, failed: Option<StoreError>);
}

struct Asked<T, F> {
    work: F,
    done: Option<T>,
    reply: oneshot::Sender<Result<T, StoreError>>,
}

impl<T, F> Job for Asked<T, F>
where
    T: Send,
    F: FnMut(&Connection) -> Result<T, Failed> + Send,
{
    fn work(&mut self, on: &Connection) -> Result<(), Failed> {
        self.done = Some((self.work)(on)?);
        Ok(())
    }

    fn tell(self: Box<Self>, failed: Option<StoreError>) {
        let result = match (failed, self.done) {
            (None, Some(done)) => Ok(done),
            (failed, _) => Err(failed.unwrap_or(StoreError::Closed)),
        };
        // Who does not wait any more is not told.
        _ = self.reply.send(result);
    }
}

/// The way to the thread.
pub(super) struct Worker {
    jobs: Mutex<Option<mpsc::Sender<Box<dyn Job>>>>,
    ended: watch::Receiver<()>,
    timeout: Duration,
}

impl Worker {
    /// Starts the thread, which tells whether the file could be opened.
    pub(super) fn start(
        settings: Settings,
        open: impl FnOnce() -> Result<Connection, StoreError> + Send + 'static,
        tell: oneshot::Sender<Result<(), StoreError>>,
    ) -> Result<Self, StoreError> {
        let (jobs, receiver) = mpsc::channel(settings.waiting);
        // Closed when the thread drops its end, in whatever way it ends.
        let (alive, ended) = watch::channel(());
        let thread = std::thread::Builder::new().name("isopace-store".to_owned());
        let run = move || {
            let _alive = alive;
            match open() {
                Ok(connection) => {
                    if tell.send(Ok(())).is_ok() {
                        serve(&connection, receiver, settings.batch);
                    }
                }
                Err(error) => _ = tell.send(Err(error)),
            }
        };
        thread.spawn(run).map_err(StoreError::open)?;
        Ok(Worker { jobs: Mutex::new(Some(jobs)), ended, timeout: settings.timeout })
    }

    pub(super) async fn ask<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnMut(&Connection) -> Result<T, Failed> + Send + 'static,
    {
        let jobs = self.jobs.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let Some(jobs) = jobs else { return Err(StoreError::Closed) };
        let (reply, answer) = oneshot::channel();
        let job = Box::new(Asked { work, done: None, reply });
        let asked = async move {
            jobs.send(job).await.map_err(|_| StoreError::Closed)?;
            drop(jobs);
            answer.await.unwrap_or(Err(StoreError::Closed))
        };
        tokio::time::timeout(self.timeout, asked).await.unwrap_or(Err(StoreError::TimedOut))
    }

    pub(super) async fn close(&self) {
        drop(self.jobs.lock().unwrap_or_else(PoisonError::into_inner).take());
        let mut ended = self.ended.clone();
        // Nothing is ever sent: this ends when the thread has.
        _ = tokio::time::timeout(self.timeout, ended.changed()).await;
    }
}

/// Takes what waits, up to so much at a time, until nobody can ask any more.
fn serve(connection: &Connection, mut jobs: mpsc::Receiver<Box<dyn Job>>, most: usize) {
    let mut batch = Vec::with_capacity(most);
    while jobs.blocking_recv_many(&mut batch, most) > 0 {
        if let Err(failed) = together(connection, &mut batch) {
            match <[_; 1]>::try_from(std::mem::take(&mut batch)) {
                Ok([job]) => job.tell(Some(failed.into())),
                // One of them failed, or all of them for want of room: each by itself.
                Err(jobs) => jobs.into_iter().for_each(|mut job| {
                    let failed = together(connection, std::slice::from_mut(&mut job)).err();
                    job.tell(failed.map(StoreError::from));
                }),
            }
        }
        batch.drain(..).for_each(|job| job.tell(None));
    }
}

/// All of these in one transaction, or none.
fn together(connection: &Connection, jobs: &mut [Box<dyn Job>]) -> Result<(), Failed> {
    connection.execute_batch("BEGIN IMMEDIATE")?;
    let worked = jobs.iter_mut().try_for_each(|job| job.work(connection));
    let ended = worked.and_then(|()| Ok(connection.execute_batch("COMMIT")?));
    if ended.is_err() && !connection.is_autocommit() {
        connection.execute_batch("ROLLBACK")?;
    }
    ended
}
