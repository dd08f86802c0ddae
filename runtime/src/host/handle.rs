//! The host as its users hold it.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, timeout_at};

use super::builder::Builder;
use super::call;
use super::error::{Fault, HostError};
use super::restart::Watch;
use super::state::{Entry, Inner, Phase, Stage};
use super::{Component, Part, Status, Upstream};
use crate::msg::Message;
use crate::space::Space;
use crate::trace::Recent;

/// Runs components: starts them in order, watches them, restarts those that fail, stops them in reverse.
///
/// A handle: cheap to clone, for use from any task, and from within components. Nothing is locked while a component is waited for; what
/// would have to wait for the caller itself is refused as [`HostError::Within`].
///
/// What is asked of it goes on to its end when the caller does not wait for it any more. It is to be stopped: dropped, it leaves its
/// components running.
#[derive(Clone)]
pub struct Host {
    pub(super) inner: Arc<Inner>,
}

/// A component in the list of a host.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Listed {
    /// Its name.
    pub name: Arc<str>,
    /// What it is.
    pub kind: &'static str,
    /// How it is.
    pub status: Status,
    /// Whether the host is ready only with it.
    pub required: bool,
    /// How often it was restarted because it had failed.
    pub restarts: u64,
    /// What it did wrong last, if anything.
    pub fault: Option<Fault>,
}

/// Whether all that is required is ready.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Readiness {
    /// The host runs, and every required component is ready.
    pub ready: bool,
    /// The required components that are not.
    pub waiting_for: Vec<Arc<str>>,
}

impl Default for Host {
    fn default() -> Self {
        Host::new()
    }
}

impl Host {
    /// A host with the usual settings.
    #[must_use]
    pub fn new() -> Self {
        Host::builder().build()
    }

    /// A host with other settings.
    pub const fn builder() -> Builder {
        Builder::new()
    }

    /// Puts a component in the list. It is started with the host, in the order of the list.
    ///
    /// # Errors
    /// [`HostError::Duplicate`]; [`HostError::Running`]: use [`Host::deploy`].
    pub fn register(&self, part: impl Into<Part>) -> Result<(), HostError> {
        if self.inner.phase() != Phase::Stopped {
            return Err(HostError::Running);
        }
        self.insert(part.into(), Stage::Registered)?;
        Ok(())
    }

    /// Puts a component at the end of the list, as it is at this stage.
    pub(super) fn insert(&self, part: Part, stage: Stage) -> Result<Arc<str>, HostError> {
        let name: Arc<str> = part.component.name().into();
        let component = Arc::clone(&part.component);
        let mut book = self.inner.book();
        if book.at(&name).is_some() {
            return Err(HostError::Duplicate(name));
        }
        let started = book.count_start();
        let watch = Watch::new(part.restart.unwrap_or(self.inner.settings.restart));
        let name_of = Arc::clone(&name);
        book.entries.push(Entry {
            name: name_of,
            part,
            stage,
            stopping: false,
            started,
            watch,
            fault: None,
            health: None,
        });
        drop(book);
        self.inner.put_behind(&name, Some(component), false);
        self.inner.changed();
        Ok(name)
    }

    /// All components, in the order in which they were started.
    #[must_use]
    pub fn components(&self) -> Vec<Listed> {
        // How each of them is, is asked without the lock: that is their code.
        let mut listed: Vec<(u64, Listed, Arc<dyn Component>)> = Vec::new();
        for entry in &self.inner.book().entries {
            let status = Status::new(super::Health::Stopped, "");
            let (name, kind) = (Arc::clone(&entry.name), entry.part.component.kind());
            let (required, restarts) = (entry.part.required, entry.watch.restarts);
            let component = Listed { name, kind, status, required, restarts, fault: entry.fault.clone() };
            listed.push((entry.started, component, entry.component()));
        }
        listed.sort_by_key(|(started, ..)| *started);
        let with_status = |(_, mut listed, component): (u64, Listed, Arc<dyn Component>)| {
            listed.status = call::status(&*component);
            listed
        };
        listed.into_iter().map(with_status).collect()
    }

    /// The component of this name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<Arc<dyn Component>> {
        self.inner.book().get(name).map(|entry| entry.component())
    }

    /// A name to send requests to, which stays good when what stands behind it is replaced; whether there is anything yet or not.
    #[must_use]
    pub fn upstream(&self, name: &str) -> Upstream {
        let (name, slot) = self.inner.slot(name);
        Upstream::new(name, slot)
    }

    /// Whether all that is required is ready.
    #[must_use]
    pub fn readiness(&self) -> Readiness {
        let unready = |listed: &Listed| listed.required && !listed.status.health.is_ready();
        let waiting_for: Vec<_> = self.components().into_iter().filter(unready).map(|listed| listed.name).collect();
        Readiness { ready: self.inner.phase() == Phase::Running && waiting_for.is_empty(), waiting_for }
    }

    /// Waits until all that is required is ready, no longer than this; gives what it is then.
    pub async fn ready_within(&self, time: Duration) -> Readiness {
        let end = Instant::now() + time;
        let ready = async {
            loop {
                let now = self.readiness();
                if now.ready {
                    return now;
                }
                tokio::time::sleep(self.inner.settings.watch.min(LOOK)).await;
            }
        };
        timeout_at(end, ready).await.unwrap_or_else(|_| self.readiness())
    }

    /// The latest traces of transactions, 200 at most: a sink for the tracers of its gateways, as those of descriptors are.
    #[must_use]
    pub fn traces(&self) -> &Recent {
        &self.inner.traces
    }

    /// A space where components and the program leave messages for each other: 65536 at most, 4096 of them under one key. What a
    /// descriptor calls `unsolicited_queue` is a key of it. It stays open when the host stops.
    #[must_use]
    pub fn space(&self) -> &Space<Message> {
        &self.inner.space
    }

    /// A component sends to these from now on.
    pub(crate) fn set_after<'a>(&self, name: &str, names: impl Iterator<Item = &'a str>) {
        if let Some(entry) = self.inner.book().get(name) {
            entry.part.after = names.map(Arc::from).collect();
        }
    }

    /// Whether it runs.
    #[must_use]
    pub fn is_running(&self) -> bool {
        self.inner.phase() == Phase::Running
    }

    /// Waits until it has stopped; at once when it does not run.
    pub async fn stopped(&self) {
        let mut phase = self.inner.phase.subscribe();
        // It ends with the host only, of which there is a handle here.
        _ = phase.wait_for(|phase| *phase == Phase::Stopped).await;
    }
}

/// How often something is looked at that tells nobody of its changes.
pub(super) const LOOK: Duration = Duration::from_millis(10);

impl std::fmt::Debug for Host {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names: Vec<_> = self.components().into_iter().map(|listed| listed.name).collect();
        f.debug_struct("Host").field("phase", &self.inner.phase()).field("components", &names).finish()
    }
}
