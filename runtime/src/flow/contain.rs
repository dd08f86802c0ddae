//! Code of the user, kept within its time, and its panics within it.

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Poll};

use super::budget::{Budget, Spent};
use super::stage::BoxFuture;

/// It panicked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Panicked;

/// How a piece of work ended.
#[derive(Debug)]
pub(super) enum Ran<T> {
    Done(T),
    Panicked,
    /// It was cut off.
    Cut(Spent),
}

/// Calls a function of the user.
pub(super) fn contained<T>(call: impl FnOnce() -> T) -> Result<T, Panicked> {
    catch_unwind(AssertUnwindSafe(call)).map_err(|_| Panicked)
}

/// Runs work of the user within a budget. What has ended counts, even when the budget has ended with it.
pub(super) async fn within<T>(work: BoxFuture<'_, T>, budget: &Budget) -> Ran<T> {
    let mut work = Contained { work: Some(work) };
    tokio::select! {
        biased;
        ran = &mut work => ran.map_or(Ran::Panicked, Ran::Done),
        spent = budget.ended() => Ran::Cut(spent),
    }
}

/// A future whose panics end it, also those of its destructors when it is cut off.
struct Contained<'a, T> {
    work: Option<BoxFuture<'a, T>>,
}

impl<T> Future for Contained<'_, T> {
    type Output = Result<T, Panicked>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let Some(work) = self.work.as_mut() else { return Poll::Ready(Err(Panicked)) };
        let polled = contained(|| work.as_mut().poll(context));
        match polled {
            Ok(Poll::Pending) => Poll::Pending,
            Ok(Poll::Ready(output)) => Poll::Ready(Ok(output)),
            Err(Panicked) => Poll::Ready(Err(Panicked)),
        }
    }
}

impl<T> Drop for Contained<'_, T> {
    fn drop(&mut self) {
        // A panic of a destructor is told by the panic hook, as all are; there is nobody else to tell.
        _ = contained(|| drop(self.work.take()));
    }
}
