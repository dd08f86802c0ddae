//! The task of a queue: does what the machine says.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::inner::Inner;
use super::machine::{Ending, Event, Machine, Step};
use super::policy::{Policy, Verdict};
use crate::msg::Message;
use crate::mux::Outcome;
use crate::store::{Claim, Entry, Moment, OpenError, Settled, Settlement};

/// How often the queue is looked at for the metrics.
const LOOK: Duration = Duration::from_secs(5);

/// Ends a task when it is dropped.
struct Ends(JoinHandle<()>);

impl Drop for Ends {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Delivers until it is stopped. What the user has written may panic: the queue goes on after a while.
pub(super) async fn supervise(inner: Arc<Inner>, stopped: watch::Receiver<bool>) {
    let looking = Arc::clone(&inner);
    let _looking = Ends(tokio::spawn(async move {
        loop {
            looking.look().await;
            tokio::time::sleep(LOOK).await;
        }
    }));
    loop {
        let mut running = Ends(tokio::spawn(run(Arc::clone(&inner), stopped.clone())));
        match (&mut running.0).await {
            Err(error) if error.is_panic() && !*stopped.borrow() => {
                tracing::error!(queue = inner.parts.name, "what sends messages panicked; it is tried again");
                let mut stopped = stopped.clone();
                _ = tokio::time::timeout(Duration::from_secs(1), stopped.wait_for(|stop| *stop)).await;
            }
            _ => break,
        }
    }
    inner.look().await;
}

async fn run(inner: Arc<Inner>, mut stopped: watch::Receiver<bool>) {
    let mut machine = Machine::new(&inner.parts.policy);
    let mut step = machine.step(Moment::now(), Event::Woken);
    loop {
        let event = match step {
            Step::Take => Event::Taken(take(&inner).await),
            Step::Send(entry) => Event::Sent(send(&inner, &entry, &mut stopped).await),
            Step::Settle(seq, ending) => Event::Settled(settle(&inner, seq, &ending).await),
            Step::Wait { until, for_new } => {
                wait(&inner, until, for_new, &mut stopped).await;
                Event::Woken
            }
            Step::Stop => return,
        };
        // Its sender lives as long as the run.
        if *stopped.borrow() {
            machine.stop();
        }
        step = machine.step(Moment::now(), event);
    }
}

async fn wait(inner: &Inner, until: Moment, for_new: bool, stopped: &mut watch::Receiver<bool>) {
    tokio::select! {
        () = tokio::time::sleep(until.since(Moment::now())) => {}
        () = inner.accepted.notified(), if for_new => {}
        () = inner.changed.notified() => {}
        _ = stopped.wait_for(|stop| *stop) => {}
    }
}

async fn take(inner: &Inner) -> Option<crate::store::Taken> {
    if inner.parts.upstream.is_none() {
        return Some(crate::store::Taken::Paused);
    }
    let now = Moment::now();
    let claim = Claim { queue: &inner.parts.name, owner: &inner.parts.owner, now, until: now.after(inner.lease()) };
    let taken = inner.parts.store.take(claim).await;
    inner.store_failed.store(taken.is_err(), Ordering::Relaxed);
    taken
        .inspect_err(|error| {
            inner.tell(Some(error.to_string()));
            tracing::error!(queue = inner.parts.name, %error, "nothing can be taken from the store");
        })
        .ok()
}

async fn settle(inner: &Inner, seq: u64, ending: &Ending) -> Option<bool> {
    let how = match ending {
        Ending::Done => Settlement::Done,
        Ending::Retry { due, sent } => Settlement::Retry { due: *due, sent: *sent },
        Ending::Dead { reason, sent } => Settlement::Dead { reason, sent: *sent },
    };
    let (queue, owner) = (inner.parts.name.as_str(), inner.parts.owner.as_str());
    let settled = inner.parts.store.settle(Settled { queue, seq, owner, how, now: Moment::now() }).await;
    inner.store_failed.store(settled.is_err(), Ordering::Relaxed);
    match (&settled, ending) {
        (Err(error), _) => tracing::error!(queue, seq, %error, "what came of a message cannot be stored yet"),
        (Ok(false), _) => tracing::warn!(queue, seq, "a message was settled, taken over or discarded meanwhile"),
        (Ok(true), Ending::Done) => {
            less(inner);
            inner.count("isopace_saf_delivered_total");
        }
        (Ok(true), Ending::Dead { reason, .. }) => {
            less(inner);
            inner.count("isopace_saf_dead_total");
            tracing::error!(queue, seq, reason, "a message was given up, and is kept to be looked at");
        }
        (Ok(true), Ending::Retry { .. }) => {}
    }
    settled.ok()
}

/// One message less waits.
fn less(inner: &Inner) {
    let one_less = |depth: u64| Some(depth.saturating_sub(1));
    _ = inner.depth.fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_less);
}

/// Sends a message, and says what that has come to.
async fn send(inner: &Inner, entry: &Entry, stopped: &mut watch::Receiver<bool>) -> Verdict {
    let message = match open(inner, entry) {
        Ok(message) => message,
        Err(verdict) => return verdict,
    };
    let Some(upstream) = &inner.parts.upstream else { return Verdict::Unsent };
    inner.count("isopace_saf_attempts_total");
    let policy = &inner.parts.policy;
    // It ends by itself in this time; if it does not, it may have been sent.
    let bound = policy.timeout.saturating_add(Duration::from_secs(1));
    let sending = tokio::time::timeout(bound, upstream.send(&message, policy.timeout));
    let given_up = async {
        _ = stopped.wait_for(|stop| *stop).await;
        tokio::time::sleep(policy.grace).await;
    };
    tokio::select! {
        sent = sending => sent.map_or(Verdict::Retry, |outcome| {
            tracing::debug!(queue = inner.parts.name, seq = entry.seq, outcome = outcome.name(), "a message was sent");
            let verdict = policy.verdict(&outcome);
            inner.tell(trouble(&outcome, &verdict));
            verdict
        }),
        () = given_up => Verdict::Retry,
    }
}

/// Why this is not delivered, for an operator.
fn trouble(outcome: &Outcome, verdict: &Verdict) -> Option<String> {
    match (verdict, outcome) {
        (Verdict::Delivered, _) => None,
        (Verdict::Dead { reason, .. }, _) => Some(reason.clone()),
        (_, Outcome::Response(response)) => Some(Policy::answered(response)),
        (_, Outcome::NotSent(why)) => Some(format!("not sent: {why}")),
        _ => Some(outcome.name().to_owned()),
    }
}

/// The message as it is sent: marked as a repeat if it may have been sent before.
fn open(inner: &Inner, entry: &Entry) -> Result<Message, Verdict> {
    let dead = |reason: String| Verdict::Dead { reason, sent: false };
    let opened = inner.parts.vault.open(inner.place(&entry.id), &entry.body, inner.parts.dialect);
    let opened = opened.map_err(|error| {
        tracing::error!(queue = inner.parts.name, seq = entry.seq, %error, "a message cannot be opened");
        inner.tell(Some(error.to_string()));
        match error {
            // All others were sealed by it as well: they wait until it is configured.
            OpenError::NoKey { .. } => Verdict::Unsent,
            error => dead(error.to_string()),
        }
    })?;
    if opened.without_pan {
        return Err(dead("it was stored without its PAN".to_owned()));
    }
    if entry.sent <= 1 {
        return Ok(opened.message);
    }
    let mti = opened.message.mti();
    let mut repeat = opened.message.edit();
    repeat.message_type(mti.repeat().unwrap_or(mti));
    let repeat = repeat.finish().and_then(|wire| Message::parse(inner.parts.dialect, wire));
    repeat.map_err(|error| dead(error.to_string()))
}
