//! One client: its link, its mux, its requests, in one task.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use tokio::sync::{mpsc, watch};
use tokio::time::Instant;
use tracing::Instrument;

use super::desk::{Desk, Intake, Relay};
use super::events::Client;
use super::inner::Inner;
use super::serve::{PATIENCE, undelivered};
use super::upstream::Place;
use super::worker::Worker;
use crate::link::Accepted;
use crate::mux::{Lost, Mux, NotSent};

/// How long what has been declined at the end of the grace may take to be written.
pub(super) const LAST_WORDS: Duration = Duration::from_millis(500);

/// How long an answer may wait for room in the buffer. A client that takes nothing loses its link before, by the write
/// deadline of the link.
const MORE: Duration = Duration::from_secs(15);

/// How far the gateway has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    Running,
    Stopping,
}

/// Serves a client until its link ends and all of its requests have.
pub(super) async fn serve_client(
    inner: Arc<Inner>,
    id: u64,
    accepted: Accepted,
    place: Place,
    stop: watch::Receiver<Phase>,
) {
    let client = Arc::new(Client { id, peer: accepted.peer() });
    let span = tracing::info_span!("client", gateway = inner.name, client = id, peer = %client.peer);
    inner.metrics.connections.increment(1.0);
    let counted = Counted { inner, _place: place };
    attend(Arc::clone(&counted.inner), client, accepted, stop).instrument(span).await;
}

/// A client among those there are, as the metrics show them.
struct Counted {
    inner: Arc<Inner>,
    _place: Place,
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.inner.metrics.connections.decrement(1.0);
    }
}

async fn attend(inner: Arc<Inner>, client: Arc<Client>, accepted: Accepted, mut stop: watch::Receiver<Phase>) {
    let opened = tokio::select! {
        opened = accepted.open() => opened,
        () = stopping(&mut stop) => return,
    };
    let link = match opened {
        Ok(link) => link,
        Err(error) => return tracing::warn!(%error, "a client has not got as far as a link"),
    };
    let (sender, jobs) = mpsc::unbounded_channel();
    let desk = Arc::new(Desk::new(Arc::clone(&inner), Arc::clone(&client)));
    let relay = Relay { desk: Arc::downgrade(&desk), jobs: sender.downgrade() };
    let intake = Intake { desk: Arc::clone(&desk), jobs: sender };
    let built = Mux::builder(inner.dialect)
        // A client that has closed its side is waited for as long as it may have requests under way.
        .timeout(inner.limits.timeout + MORE)
        // Nothing is asked of a client.
        .max_in_flight(1)
        .remember(0, Duration::ZERO)
        .remember_answered(0)
        .max_inbound(inner.limits.per_client.clamp(1, 256))
        .events(relay)
        .serve(intake)
        .start(link);
    let (mux, driver) = match built {
        Ok(built) => built,
        // Checked when the gateway was built.
        Err(error) => return tracing::error!(%error, "the dialect of the gateway cannot be served"),
    };
    desk.set_mux(mux.clone());
    tracing::info!("established");
    inner.tell(|events| events.established(&client));
    let (mut driver, mut worker) = (pin!(driver), pin!(Worker::new(Arc::clone(&desk), jobs)));
    let mut closing = pin!(close(&mux, &desk, &mut stop, inner.limits.grace));
    let (mut closed, mut worked) = (false, false);
    let lost = loop {
        tokio::select! {
            biased;
            lost = &mut driver => break lost,
            () = &mut worker, if !worked => worked = true,
            () = &mut closing, if !closed => closed = true,
        }
    };
    tracing::info!(reason = lost.name(), "closed");
    inner.tell(|events| events.closed(&client, &lost));
    desk.end();
    let (mut telling, mut told) = (pin!(unseen(&desk, &lost)), false);
    // Requests that are under way may be acted on: they end in order, by their deadlines or at the end of the grace.
    while !(worked && told) {
        tokio::select! {
            () = &mut telling, if !told => told = true,
            () = &mut worker, if !worked => worked = true,
            () = &mut closing, if !closed => closed = true,
        }
    }
    unseen(&desk, &lost).await;
}

/// Tells of answers that stood in the buffer when the link was lost.
async fn unseen(desk: &Desk, lost: &Lost) {
    let until = Instant::now() + PATIENCE;
    let rest = desk.ledger.rest(desk.written());
    let told = rest.into_iter().map(|sent| undelivered(desk, sent, NotSent::Lost(lost.clone()), until));
    // As many at a time as a store takes in one go.
    futures_util::stream::iter(told).buffer_unordered(64).for_each(|()| async {}).await;
}

/// Ends when the gateway is to stop, or there is nobody any more to say so.
pub(super) async fn stopping(stop: &mut watch::Receiver<Phase>) {
    // An error is the end as well.
    _ = stop.wait_for(|phase| *phase == Phase::Stopping).await;
}

/// Closes the link when the gateway stops: when all that is in flight has ended, or at the end of the grace.
async fn close(mux: &Mux, desk: &Desk, stop: &mut watch::Receiver<Phase>, grace: Duration) {
    stopping(stop).await;
    let drain = mux.drain();
    if !drain.idle(grace).await {
        desk.cut();
        drain.idle(LAST_WORDS).await;
    }
    drain.close(Duration::ZERO).await;
    // Of a link that was lost before.
    desk.cut();
}
