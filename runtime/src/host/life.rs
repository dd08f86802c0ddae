//! Starting and stopping all components.

use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout_at};

use super::error::{Fault, HostError, Trouble};
use super::state::{Inner, Phase, Stage};
use super::{Component, Host, call, watching};

impl Host {
    /// Starts all components in their order. When one cannot be started, those that have been are stopped in reverse.
    ///
    /// # Errors
    /// [`HostError::Start`], with all that went wrong; it has stopped then. It runs already; it was stopped meanwhile.
    pub async fn start(&self) -> Result<(), HostError> {
        call::outside()?;
        let runtime = Handle::try_current().map_err(|_| HostError::NoRuntime)?;
        let mut free = false;
        self.inner.phase.send_if_modified(|phase| {
            free = *phase == Phase::Stopped;
            if free {
                *phase = Phase::Starting;
            }
            free
        });
        if !free {
            return Err(HostError::Running);
        }
        self.inner.book().interrupted = false;
        let inner = Arc::clone(&self.inner);
        // On a task of its own, so that it ends as it should when nobody waits for it any more.
        let started = runtime.spawn(async move { start_all(&inner).await });
        started.await.unwrap_or(Err(HostError::Interrupted))
    }

    /// Stops all components, those that were started last first, and each after those that send to it.
    ///
    /// All of it takes no longer than the shutdown timeout. A component that takes more than half of what is left of it is not waited
    /// for any longer before the next one is stopped; at the end whatever has not stopped is given up.
    ///
    /// # Errors
    /// [`HostError::Stop`], with what did not stop as it should: the host has stopped all the same. [`HostError::Within`]: it
    /// stops, but the caller is what it has to wait for.
    pub async fn stop(&self) -> Result<(), HostError> {
        let stopping = self.begin_to_stop();
        call::outside()?;
        match stopping {
            Some(stopping) => stopping.await.unwrap_or(Ok(())),
            None => {
                self.stopped().await;
                Ok(())
            }
        }
    }

    /// Begins to stop and does not wait for it: [`Host::stopped`] does. For use from within components.
    pub fn shut_down(&self) {
        drop(self.begin_to_stop());
    }

    fn begin_to_stop(&self) -> Option<tokio::task::JoinHandle<Result<(), HostError>>> {
        let mut ours = false;
        self.inner.phase.send_if_modified(|phase| {
            ours = *phase == Phase::Running;
            if ours {
                *phase = Phase::Stopping;
            } else if *phase == Phase::Starting {
                self.inner.book().interrupted = true;
            }
            ours
        });
        self.inner.changed();
        let runtime = Handle::try_current().ok()?;
        let inner = Arc::clone(&self.inner);
        ours.then(|| runtime.spawn(async move { finish(&inner, Vec::new()).await }))
    }
}

async fn start_all(inner: &Arc<Inner>) -> Result<(), HostError> {
    while let Some((name, component)) = next_to_start(inner) {
        let started = Instant::now();
        let result = tokio::select! {
            result = call::start(&component, inner.settings.start) => result,
            // It is stopped with the others, as far as it has come.
            () = interruption(inner) => Ok(()),
        };
        note_start(inner, &name, result.as_ref().err());
        match result {
            Ok(()) => tracing::info!(component = &*name, kind = component.kind(), took = ?started.elapsed(), "started"),
            Err(fault) => {
                tracing::error!(component = &*name, kind = component.kind(), %fault, "could not be started");
                inner.phase.send_replace(Phase::Stopping);
                return unwind(inner, Trouble { name, fault }).await;
            }
        }
    }
    // Under the lock that an interruption is noted under.
    inner.phase.send_if_modified(|phase| {
        let interrupted = inner.book().interrupted;
        *phase = if interrupted { Phase::Stopping } else { Phase::Running };
        true
    });
    if inner.book().interrupted {
        _ = finish(inner, Vec::new()).await;
        return Err(HostError::Interrupted);
    }
    let watching = tokio::spawn(watching::watch(Arc::downgrade(inner))).abort_handle();
    inner.book().watching = Some(watching);
    if inner.phase() != Phase::Running {
        // It was stopped in this very moment, and has not seen the watch.
        watching::end(inner);
    }
    Ok(())
}

fn note_start(inner: &Inner, name: &str, fault: Option<&Fault>) {
    if let Some(entry) = inner.book().get(name) {
        entry.stage = if fault.is_none() { Stage::Running } else { Stage::Registered };
        entry.fault = fault.cloned();
    }
    inner.changed();
}

/// Waits until it is to stop.
async fn interruption(inner: &Inner) {
    let mut changes = inner.changes.subscribe();
    while !inner.book().interrupted {
        // It ends with the host only.
        _ = changes.changed().await;
    }
}

async fn unwind(inner: &Arc<Inner>, first: Trouble) -> Result<(), HostError> {
    match finish(inner, vec![first]).await {
        Err(HostError::Stop(troubles)) => Err(HostError::Start(troubles)),
        other => other,
    }
}

/// A component and its name.
type Named = (Arc<str>, Arc<dyn Component>);

/// The next one in order that has not been started, unless it is to stop.
fn next_to_start(inner: &Inner) -> Option<Named> {
    let mut book = inner.book();
    if book.interrupted {
        return None;
    }
    let next = book.order().into_iter().find(|&at| book.entries[at].stage == Stage::Registered)?;
    let started = book.count_start();
    let entry = &mut book.entries[next];
    (entry.stage, entry.started) = (Stage::Busy, started);
    Some((Arc::clone(&entry.name), entry.component()))
}

/// Stops all that run, within the time there is, and tells all that went wrong after what has gone wrong before.
async fn finish(inner: &Arc<Inner>, mut troubles: Vec<Trouble>) -> Result<(), HostError> {
    watching::end(inner);
    let end = Instant::now() + inner.settings.shutdown;
    let mut changes = inner.changes.subscribe();
    // Those that took more than their share, and are still stopping.
    let mut late: JoinSet<(Arc<str>, Result<(), Fault>)> = JoinSet::new();
    let mut given_up: Vec<Arc<str>> = Vec::new();
    loop {
        changes.mark_unchanged();
        let (next, busy) = next_to_stop(inner);
        if let Some((name, component)) = next {
            let left = end.saturating_duration_since(Instant::now());
            let (task, own) = (Arc::clone(&component), Arc::clone(&name));
            late.spawn(async move { (own, call::stop(&task, left.max(LEAST)).await) });
            given_up.push(Arc::clone(&name));
            let share = Instant::now() + left / 2;
            while given_up.contains(&name) {
                match timeout_at(share, late.join_next()).await {
                    Ok(Some(Ok((name, result)))) => settle(inner, &mut given_up, &mut troubles, name, result),
                    _ => break,
                }
            }
            continue;
        }
        if busy && timeout_at(end, changes.changed()).await.is_ok_and(|changed| changed.is_ok()) {
            continue;
        }
        break;
    }
    // Their own bounds end at the same time; a little more, so that they can say so themselves.
    while let Ok(Some(Ok((name, result)))) = timeout_at(end + 2 * LEAST, late.join_next()).await {
        settle(inner, &mut given_up, &mut troubles, name, result);
    }
    late.abort_all();
    let limit = inner.settings.shutdown;
    for name in std::mem::take(&mut given_up) {
        settle(inner, &mut given_up, &mut troubles, name, Err(Fault::TimedOut(limit)));
    }
    reset(inner, &mut troubles, limit);
    tracing::info!(troubles = troubles.len(), "host stopped");
    inner.phase.send_replace(Phase::Stopped);
    inner.changed();
    if troubles.is_empty() { Ok(()) } else { Err(HostError::Stop(troubles)) }
}

/// The shortest time that a component is given to stop.
const LEAST: Duration = Duration::from_millis(10);

/// The last one in order that runs; and whether anything is in other hands.
fn next_to_stop(inner: &Inner) -> (Option<Named>, bool) {
    let mut book = inner.book();
    let mut order = book.order().into_iter().rev();
    let next = order.find(|&at| book.entries[at].stage == Stage::Running);
    let Some(next) = next else {
        return (None, book.entries.iter().any(|entry| entry.stage == Stage::Busy && !entry.stopping));
    };
    let entry = &mut book.entries[next];
    (entry.stage, entry.stopping) = (Stage::Busy, true);
    (Some((Arc::clone(&entry.name), entry.component())), false)
}

/// One has stopped, or not.
fn settle(
    inner: &Inner,
    open: &mut Vec<Arc<str>>,
    troubles: &mut Vec<Trouble>,
    name: Arc<str>,
    result: Result<(), Fault>,
) {
    open.retain(|other| *other != name);
    match &result {
        Ok(()) => tracing::info!(component = &*name, "stopped"),
        Err(fault) => tracing::error!(component = &*name, %fault, "did not stop as it should"),
    }
    if let Some(entry) = inner.book().get(&name) {
        (entry.stage, entry.stopping) = (Stage::Registered, false);
        entry.fault = result.clone().err().or(entry.fault.take());
    }
    if let Err(fault) = result {
        troubles.push(Trouble { name, fault });
    }
}

/// What is still in other hands at the end of the time is told, and let go.
fn reset(inner: &Inner, troubles: &mut Vec<Trouble>, limit: Duration) {
    for entry in &mut inner.book().entries {
        if entry.stage == Stage::Busy {
            troubles.push(Trouble { name: Arc::clone(&entry.name), fault: Fault::TimedOut(limit) });
        }
        (entry.stage, entry.stopping, entry.health) = (Stage::Registered, false, None);
    }
}
