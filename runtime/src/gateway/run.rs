//! A gateway that runs: takes clients in, and sees them out when it stops.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::{JoinError, JoinSet};
use tokio::time::{Instant, timeout, timeout_at};

use super::client::{LAST_WORDS, Phase, serve_client, stopping};
use super::events::Refusal;
use super::inner::Inner;
use super::upstream::Place;
use crate::link::{Accepted, Listener};

/// Beyond the grace: to write what is in the buffers, and for clients to close their sides.
const LINGER: Duration = Duration::from_secs(2);

/// Runs until it is to stop and all clients are gone, within the grace and a little more.
pub(super) async fn run(inner: Arc<Inner>, listener: Listener, mut stop: watch::Receiver<Phase>) {
    let mut clients = JoinSet::new();
    let stops = stop.clone();
    loop {
        tokio::select! {
            biased;
            () = stopping(&mut stop) => break,
            Some(ended) = clients.join_next() => tell(&inner, ended),
            accepted = listener.accept() => admit(&inner, accepted, &stops, &mut clients),
        }
    }
    inner.stopping.store(true, Ordering::Release);
    drop(listener);
    tracing::info!(gateway = inner.name, clients = clients.len(), "stopping");
    let deadline = Instant::now() + inner.limits.grace + LAST_WORDS + LINGER;
    while let Ok(Some(ended)) = timeout_at(deadline, clients.join_next()).await {
        tell(&inner, ended);
    }
    if !clients.is_empty() {
        tracing::error!(gateway = inner.name, clients = clients.len(), "clients that did not end in time are dropped");
        // Code that holds its thread does not end for being told to: it is not waited for longer than this.
        _ = timeout(LAST_WORDS, clients.shutdown()).await;
    }
    tracing::info!(gateway = inner.name, "stopped");
}

fn admit(inner: &Arc<Inner>, accepted: Accepted, stop: &watch::Receiver<Phase>, clients: &mut JoinSet<()>) {
    let peer = accepted.peer();
    let place = Place::take(&inner.clients, inner.limits.clients);
    let refusal = match place {
        _ if !inner.limits.allows(peer.ip()) => Refusal::NotAllowed,
        None => Refusal::Full,
        Some(place) => {
            let id = inner.counters.connections.add();
            clients.spawn(serve_client(Arc::clone(inner), id, accepted, place, stop.clone()));
            return;
        }
    };
    inner.counters.refused.add();
    inner.tell(|events| events.refused(peer, refusal));
}

fn tell(inner: &Inner, ended: Result<(), JoinError>) {
    if ended.is_err_and(|error| error.is_panic()) {
        tracing::error!(gateway = inner.name, "the task of a client panicked");
    }
}
