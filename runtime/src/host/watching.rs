//! The watch of a host: looks at its components again and again, tells how they are, restarts those that have failed.

use std::sync::{Arc, Weak};

use tokio::time::{Instant, sleep};

use super::change;
use super::restart::Verdict;
use super::state::{Inner, Phase, Stage};
use super::{Component, Health, call};

/// Whether requests can be given to a component: 1 or 0.
const UP: &str = "isopace_component_up";
/// Restarts of a component that had failed.
const RESTARTS: &str = "isopace_component_restarts_total";

/// Watches until the host is gone, or [`end`].
pub(super) async fn watch(inner: Weak<Inner>) {
    loop {
        let Some(interval) = inner.upgrade().map(|inner| inner.settings.watch) else { return };
        sleep(interval).await;
        let Some(inner) = inner.upgrade() else { return };
        look(&inner);
    }
}

/// Ends the watch.
pub(super) fn end(inner: &Inner) {
    let mut book = inner.book();
    if let Some(watching) = book.watching.take() {
        watching.abort();
    }
    for entry in &book.entries {
        gone(&entry.name, entry.part.component.kind());
    }
}

/// A component is no more, or does not run any more.
pub(super) fn gone(name: &Arc<str>, kind: &'static str) {
    metrics::gauge!(UP, "name" => name.to_string(), "kind" => kind).set(0.0);
}

fn look(inner: &Arc<Inner>) {
    let running: Vec<(Arc<str>, Arc<dyn Component>)> = inner
        .book()
        .entries
        .iter()
        .filter(|entry| entry.stage == Stage::Running)
        .map(|entry| (Arc::clone(&entry.name), entry.component()))
        .collect();
    for (name, component) in running {
        // Without the lock: it is their code.
        let status = call::status(&*component);
        let (health, heals) = (status.health, component.heals_itself());
        let up = if health.is_ready() { 1.0 } else { 0.0 };
        let mut book = inner.book();
        let Some(entry) = book.get(&name) else { continue };
        if entry.stage != Stage::Running || !Arc::ptr_eq(&entry.part.component, &component) {
            continue;
        }
        metrics::gauge!(UP, "name" => name.to_string(), "kind" => component.kind()).set(up);
        let before = entry.health.replace(health);
        let verdict = entry.watch.look(Instant::now(), health, heals);
        if verdict == Verdict::Restart {
            entry.stage = Stage::Busy;
        }
        drop(book);
        if before != Some(health) {
            tell(&name, component.kind(), health, &status.detail);
        }
        match verdict {
            Verdict::Leave => {}
            Verdict::Restart => _ = tokio::spawn(restart(Arc::clone(inner), name, component)),
            decided => told(&name, decided),
        }
    }
}

fn tell(name: &str, kind: &str, health: Health, detail: &str) {
    if matches!(health, Health::Up | Health::Starting) {
        tracing::info!(component = name, kind, health = health.name(), detail, "health");
    } else {
        tracing::warn!(component = name, kind, health = health.name(), detail, "health");
    }
}

fn told(name: &str, verdict: Verdict) {
    match verdict {
        Verdict::Wait(wait) => tracing::warn!(component = name, ?wait, "has failed; restarted after a wait"),
        Verdict::GiveUp => tracing::error!(component = name, "has failed; not restarted any more"),
        Verdict::Leave | Verdict::Restart => {}
    }
}

/// Starts a component again that has been claimed.
async fn restart(inner: Arc<Inner>, name: Arc<str>, component: Arc<dyn Component>) {
    metrics::counter!(RESTARTS, "name" => name.to_string(), "kind" => component.kind()).increment(1);
    if let Err(fault) = call::stop(&component, inner.settings.shutdown).await {
        tracing::error!(component = &*name, %fault, "did not stop as it should");
    }
    let started = match inner.phase() {
        Phase::Running => call::start(&component, inner.settings.start).await,
        // It is not wanted any more.
        _ => Ok(()),
    };
    match &started {
        Ok(()) => tracing::info!(component = &*name, "restarted"),
        Err(fault) => {
            tracing::error!(component = &*name, %fault, "could not be restarted");
            let failed = inner.book().get(&name).map(|entry| entry.watch.failed(Instant::now()));
            failed.into_iter().for_each(|verdict| told(&name, verdict));
        }
    }
    // That the host has stopped meanwhile is all that can be wrong, and it has been told.
    _ = change::release(&inner, &name, &component, started.err()).await;
}
