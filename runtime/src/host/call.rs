//! Calls to components, contained: on a task of their own, with an end, and a panic ends that task only.

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinHandle;
use tokio::time::timeout;
use tracing::Instrument;

use super::error::{Fault, HostError};
use super::{Component, Health, Status};

tokio::task_local! {
    /// The component whose start or stop this is called from.
    static WITHIN: Arc<str>;
}

/// Refuses what would wait for the caller itself.
pub(super) fn outside() -> Result<(), HostError> {
    WITHIN.try_with(Arc::clone).map_or(Ok(()), |name| Err(HostError::Within(name)))
}

pub(super) async fn start(component: &Arc<dyn Component>, limit: Duration) -> Result<(), Fault> {
    let called = Arc::clone(component);
    let started = call(component.name(), limit, async move { called.start().await }).await;
    match started {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) => Err(Fault::Start(error)),
        Err(fault) => {
            // What it has begun is to be undone as far as it can be.
            _ = stop(component, limit).await;
            Err(fault)
        }
    }
}

pub(super) async fn stop(component: &Arc<dyn Component>, limit: Duration) -> Result<(), Fault> {
    let called = Arc::clone(component);
    call(component.name(), limit, async move { called.stop().await }).await
}

async fn call<T: Send + 'static>(
    name: &str,
    limit: Duration,
    future: impl Future<Output = T> + Send + 'static,
) -> Result<T, Fault> {
    let span = tracing::info_span!("component", name);
    let mut task = Called(tokio::spawn(WITHIN.scope(Arc::from(name), future).instrument(span)));
    match timeout(limit, &mut task.0).await {
        Ok(Ok(value)) => Ok(value),
        // It is cancelled only when nobody waits for it, so that it has panicked. What it said may hold anything and is not shown.
        Ok(Err(_)) => Err(Fault::Panicked),
        Err(_) => Err(Fault::TimedOut(limit)),
    }
}

/// The task of a call, which ends when the call is given up.
struct Called<T>(JoinHandle<T>);

impl<T> Drop for Called<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// How it is; a status that panics is that of a component that is down.
pub(super) fn status(component: &dyn Component) -> Status {
    catch_unwind(AssertUnwindSafe(|| component.status()))
        .unwrap_or_else(|_| Status::new(Health::Down, "it panicked when it was asked how it is"))
}
