//! Futures over the table. Each leaves it when it is dropped.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use tokio::sync::Notify;
use tokio::time::Instant;

use super::error::{Closed, OutError};
use super::table::{Effects, Table, Ticket, Turn};

/// What the handles of a space share.
pub(super) struct Shared<T> {
    table: Mutex<Table<T>>,
    /// Something ends sooner than those who wait for room expect.
    pub(super) sooner: Notify,
}

impl<T> Shared<T> {
    pub(super) fn new(table: Table<T>) -> Self {
        Shared { table: Mutex::new(table), sooner: Notify::new() }
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Table<T>> {
        // Only the copy for a read can panic in here, and nothing is changed by it.
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Works on the table, and then effects.
    pub(super) fn with<R>(&self, work: impl FnOnce(&mut Table<T>, Instant, &mut Effects<T>) -> R) -> R {
        let mut effects = Effects::default();
        let now = Instant::now();
        let mut table = self.lock();
        let before = table.next_expiry();
        let result = work(&mut table, now, &mut effects);
        let after = table.next_expiry();
        drop(table);
        if after.is_some_and(|after| before.is_none_or(|before| after < before)) {
            self.sooner.notify_waiters();
        }
        for waker in effects.wakers {
            waker.wake();
        }
        drop(effects.dropped);
        result
    }
}

/// Waits for a value to take.
pub(super) struct Take<T> {
    shared: Arc<Shared<T>>,
    place: Option<(Arc<str>, Ticket)>,
}

impl<T> Take<T> {
    pub(super) fn new(shared: &Arc<Shared<T>>, key: &str) -> Self {
        let place = shared.with(|table, _, _| table.enter_taker(key));
        Take { shared: Arc::clone(shared), place: Some(place) }
    }
}

impl<T> Future for Take<T> {
    type Output = Result<T, Closed>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let Some((key, ticket)) = &self.place else { return Poll::Ready(Err(Closed)) };
        let turn = self.shared.with(|table, now, effects| table.take(key, *ticket, now, context.waker(), effects));
        let output = match turn {
            Turn::NotYet => return Poll::Pending,
            Turn::Now(value) => Ok(value),
            Turn::Closed => Err(Closed),
        };
        self.place = None;
        Poll::Ready(output)
    }
}

impl<T> Drop for Take<T> {
    fn drop(&mut self) {
        if let Some((key, ticket)) = self.place.take() {
            self.shared.with(|table, _, effects| table.leave_taker(&key, ticket, effects));
        }
    }
}

/// Waits for a value to read.
pub(super) struct Read<T> {
    shared: Arc<Shared<T>>,
    place: Option<(Arc<str>, Ticket)>,
}

impl<T: Clone> Read<T> {
    /// The value that is there, or a wait for the next one.
    pub(super) fn new(shared: &Arc<Shared<T>>, key: &str) -> Result<T, Self> {
        let place = shared.with(|table, now, effects| match table.try_read(key, now, effects, T::clone) {
            Some(value) => Ok(value),
            None => Err(table.enter_reader(key, T::clone)),
        });
        place.map_err(|place| Read { shared: Arc::clone(shared), place: Some(place) })
    }
}

impl<T> Future for Read<T> {
    type Output = Result<T, Closed>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let Some((key, ticket)) = &self.place else { return Poll::Ready(Err(Closed)) };
        let output = match self.shared.with(|table, _, _| table.read(key, *ticket, context.waker())) {
            Turn::NotYet => return Poll::Pending,
            Turn::Now(value) => Ok(value),
            Turn::Closed => Err(Closed),
        };
        self.place = None;
        Poll::Ready(output)
    }
}

impl<T> Drop for Read<T> {
    fn drop(&mut self) {
        if let Some((key, ticket)) = self.place.take() {
            drop(self.shared.with(|table, _, _| table.leave_reader(&key, ticket)));
        }
    }
}

/// Waits for room for a value.
pub(super) struct Out<T> {
    shared: Arc<Shared<T>>,
    place: Option<(Arc<str>, Ticket)>,
}

impl<T> Out<T> {
    pub(super) fn new(shared: &Arc<Shared<T>>, place: (Arc<str>, Ticket)) -> Self {
        Out { shared: Arc::clone(shared), place: Some(place) }
    }
}

impl<T> Future for Out<T> {
    type Output = Result<(), OutError<T>>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let Some((key, ticket)) = &self.place else { return Poll::Ready(Ok(())) };
        let turn = self.shared.with(|table, now, effects| table.out(key, *ticket, now, context.waker(), effects));
        let output = match turn {
            Turn::NotYet => return Poll::Pending,
            Turn::Now(Some(value)) => Err(OutError(value)),
            Turn::Now(None) | Turn::Closed => Ok(()),
        };
        self.place = None;
        Poll::Ready(output)
    }
}

impl<T> Drop for Out<T> {
    fn drop(&mut self) {
        if let Some((key, ticket)) = self.place.take() {
            drop(self.shared.with(|table, now, effects| table.leave_out(&key, ticket, now, effects)));
        }
    }
}
