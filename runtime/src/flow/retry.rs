//! A stage that prepares again when it could not.

use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

use tokio::time::sleep;

use super::budget::Budget;
use super::error::Failure;
use super::stage::{Next, Recovery, Stage};

/// A stage that prepares again when it could not, within its budget: three attempts 50 milliseconds apart, each wait
/// shortened by chance to between half and all of that. Only errors are tried again: what gives [`Next::Abort`] has
/// decided. Commit and abort are those of the stage, once.
#[derive(Debug, Clone)]
pub struct Retry<S> {
    stage: S,
    attempts: u32,
    wait: Duration,
    retryable: fn(&Failure) -> bool,
}

impl<S> Retry<S> {
    /// Around this stage.
    pub const fn new(stage: S) -> Self {
        Retry { stage, attempts: 3, wait: Duration::from_millis(50), retryable: |_| true }
    }

    /// So many attempts, the first one included; at least one.
    #[must_use]
    pub const fn attempts(mut self, attempts: u32) -> Self {
        self.attempts = attempts;
        self
    }

    /// The longest wait between two attempts.
    #[must_use]
    pub const fn wait(mut self, wait: Duration) -> Self {
        self.wait = wait;
        self
    }

    /// Only after these errors.
    #[must_use]
    pub const fn only(mut self, retryable: fn(&Failure) -> bool) -> Self {
        self.retryable = retryable;
        self
    }

    /// Between half and all of the wait, by chance.
    fn next_wait(&self) -> Duration {
        let half = self.wait / 2;
        let chance = (RandomState::new().hash_one(()) >> 32) as u32;
        half + half.mul_f64(f64::from(chance) / f64::from(u32::MAX))
    }
}

impl<C: Send + 'static, S: Stage<C>> Stage<C> for Retry<S> {
    fn name(&self) -> &str {
        self.stage.name()
    }

    async fn prepare(&self, context: &mut C, budget: &Budget) -> Result<Next, Failure> {
        let mut attempt = 1;
        loop {
            let failure = match self.stage.prepare(context, budget).await {
                Ok(next) => return Ok(next),
                Err(failure) => failure,
            };
            let wait = self.next_wait();
            // An attempt that could only begin at the deadline would hide the error that there is.
            if attempt >= self.attempts || !(self.retryable)(&failure) || wait >= budget.remaining() {
                return Err(failure);
            }
            attempt += 1;
            sleep(wait).await;
        }
    }

    async fn commit(&self, context: &mut C, budget: &Budget) -> Result<(), Failure> {
        self.stage.commit(context, budget).await
    }

    async fn abort(&self, context: &mut C, budget: &Budget) -> Result<(), Failure> {
        self.stage.abort(context, budget).await
    }

    fn intent(&self, context: &C) -> Option<Vec<u8>> {
        self.stage.intent(context)
    }

    fn recovery(&self, context: &C) -> Recovery {
        self.stage.recovery(context)
    }

    async fn recover(&self, data: &[u8]) -> Result<C, Failure> {
        self.stage.recover(data).await
    }
}
