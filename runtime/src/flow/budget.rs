//! How long something may take, and whether it is still wanted.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};

/// What is left for a piece of work: the time up to a deadline, unless it is cancelled before. A clone is the same
/// budget.
///
/// A stage hands it on to what it waits for: a request to a host takes [`Budget::remaining`] for its timeout.
#[derive(Debug, Clone)]
pub struct Budget {
    deadline: Instant,
    cancel: Option<Cancel>,
}

impl Budget {
    /// So much from now on.
    #[must_use]
    pub fn within(time: Duration) -> Self {
        let now = Instant::now();
        Budget::until(now.checked_add(time).unwrap_or(now + FAR))
    }

    /// Up to this moment.
    #[must_use]
    pub const fn until(deadline: Instant) -> Self {
        Budget { deadline, cancel: None }
    }

    /// The same, until it is cancelled by this.
    #[must_use]
    pub fn cancelled_by(mut self, cancel: &Cancel) -> Self {
        self.cancel = Some(cancel.clone());
        self
    }

    /// The same, but no more than so much from now on.
    #[must_use]
    pub fn at_most(&self, time: Duration) -> Self {
        let shorter = Budget::within(time);
        Budget { deadline: self.deadline.min(shorter.deadline), cancel: self.cancel.clone() }
    }

    /// When it ends.
    #[must_use]
    pub const fn deadline(&self) -> Instant {
        self.deadline
    }

    /// The time that is left; zero when there is none.
    #[must_use]
    pub fn remaining(&self) -> Duration {
        self.deadline.saturating_duration_since(Instant::now())
    }

    /// Whether it is no longer wanted.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.cancel.as_ref().is_some_and(Cancel::is_cancelled)
    }

    /// Waits until it is cancelled: for ever, when nobody does.
    pub async fn cancelled(&self) {
        match &self.cancel {
            Some(cancel) => cancel.cancelled().await,
            None => std::future::pending().await,
        }
    }

    /// Why nothing more may be begun, if so.
    #[must_use]
    pub fn spent(&self) -> Option<Spent> {
        if self.is_cancelled() { Some(Spent::Cancelled) } else { self.remaining().is_zero().then_some(Spent::Deadline) }
    }

    /// Waits until nothing more may be begun, and tells why.
    pub async fn ended(&self) -> Spent {
        tokio::select! {
            biased;
            () = self.cancelled() => Spent::Cancelled,
            () = sleep_until(self.deadline) => Spent::Deadline,
        }
    }
}

/// Thirty years: where a deadline would be past what the clock can tell.
const FAR: Duration = Duration::from_secs(86_400 * 365 * 30);

/// Why a budget is used up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Spent {
    /// The time is over.
    Deadline,
    /// It is no longer wanted.
    Cancelled,
}

/// Says that work is no longer wanted, to all budgets made with it. A clone is the same one. Dropping it cancels
/// nothing.
#[derive(Debug, Clone, Default)]
pub struct Cancel {
    inner: Arc<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    cancelled: AtomicBool,
    told: Notify,
}

impl Cancel {
    /// One that nothing depends on yet.
    #[must_use]
    pub fn new() -> Self {
        Cancel::default()
    }

    /// Cancels, once and for all.
    pub fn cancel(&self) {
        self.inner.cancelled.store(true, Ordering::SeqCst);
        self.inner.told.notify_waiters();
    }

    /// Whether it was cancelled.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.inner.cancelled.load(Ordering::SeqCst)
    }

    /// Waits until it is cancelled.
    pub async fn cancelled(&self) {
        let told = self.inner.told.notified();
        tokio::pin!(told);
        // Listening before looking: what is cancelled between the two is heard.
        told.as_mut().enable();
        if !self.is_cancelled() {
            told.await;
        }
    }
}
