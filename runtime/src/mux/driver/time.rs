//! Deadlines: one timer of the runtime for all of a connection.

use std::convert::Infallible;
use std::future::poll_fn;
use std::pin::pin;
use std::task::{Poll, Waker};

use tokio::time::{Instant, sleep_until};

use super::Shared;

/// Ends what is due, whenever it is polled and when the next deadline comes.
pub(super) async fn time(shared: &Shared) -> Infallible {
    let mut sleep = pin!(sleep_until(Instant::now()));
    let mut rearm = pin!(shared.rearm.notified());
    let mut wakers = Vec::new();
    poll_fn(|context| {
        while rearm.as_mut().poll(context).is_ready() {
            rearm.set(shared.rearm.notified());
        }
        loop {
            let now = shared.now();
            let mut inner = shared.lock();
            let next = inner.state.expire(now);
            inner.armed = next.unwrap_or(u64::MAX);
            inner.state.wakers_into(&mut wakers);
            if !wakers.is_empty() {
                shared.tell_in_flight(&inner);
            }
            drop(inner);
            if !wakers.is_empty() {
                wakers.drain(..).for_each(Waker::wake);
                shared.tell();
            }
            let Some(next) = next else { return Poll::Pending };
            let next = shared.instant(next);
            if sleep.deadline() != next {
                sleep.as_mut().reset(next);
            }
            if sleep.as_mut().poll(context).is_pending() {
                return Poll::Pending;
            }
        }
    })
    .await
}
