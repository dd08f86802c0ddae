//! Serving messages of the peer: one after the other on this task, or several on tasks of their own.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use tokio::sync::mpsc;
use tokio::task::JoinSet;

use super::{Service, Shared};
use crate::mux::service::Inbound;

/// Serves until there is no more to come and all of it has been answered.
pub(super) async fn serve<S: Service>(
    shared: &Shared,
    service: Option<S>,
    mut inbound: mpsc::Receiver<Inbound>,
    concurrency: usize,
) {
    match service {
        Some(service) if concurrency > 1 => at_once(shared, &Arc::new(service), inbound, concurrency).await,
        Some(service) => {
            while let Some(inbound) = inbound.recv().await {
                if Caught(std::pin::pin!(service.call(inbound))).await.is_err() {
                    panicked(shared);
                }
            }
        }
        None => {}
    }
    // Repliers may have been taken elsewhere.
    shared.until(|_| (!shared.is_serving()).then_some(())).await;
}

async fn at_once<S: Service>(
    shared: &Shared,
    service: &Arc<S>,
    mut inbound: mpsc::Receiver<Inbound>,
    concurrency: usize,
) {
    // They end with it when it is dropped.
    let mut tasks = JoinSet::new();
    loop {
        tokio::select! {
            Some(ended) = tasks.join_next() => {
                if ended.is_err() {
                    panicked(shared);
                }
            }
            next = inbound.recv(), if tasks.len() < concurrency => {
                let Some(inbound) = next else { break };
                let service = Arc::clone(service);
                tasks.spawn(async move { service.call(inbound).await });
            }
        }
    }
    while let Some(ended) = tasks.join_next().await {
        if ended.is_err() {
            panicked(shared);
        }
    }
}

#[cold]
fn panicked(shared: &Shared) {
    shared.lock().state.stats.panicked += 1;
    tracing::error!("a service panicked");
}

/// A future whose panic is its result: one bad message does not end the link.
struct Caught<'a, F>(Pin<&'a mut F>);

impl<F: Future> Future for Caught<'_, F> {
    type Output = std::thread::Result<F::Output>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        // What has panicked is not polled again.
        match catch_unwind(AssertUnwindSafe(|| self.0.as_mut().poll(context))) {
            Ok(polled) => polled.map(Ok),
            Err(panic) => Poll::Ready(Err(panic)),
        }
    }
}
