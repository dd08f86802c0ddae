//! Changing what runs: deploying, undeploying, replacing.

use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, timeout};

use super::error::{Fault, HostError, Trouble};
use super::handle::LOOK;
use super::restart::Watch;
use super::state::{Inner, Phase, Stage};
use super::{Component, Host, Part, call, watching};

impl Host {
    /// Starts a component more, at the end of the list.
    ///
    /// # Errors
    /// [`HostError::Duplicate`]; [`HostError::Start`]: it is not in the list then; [`HostError::NotRunning`]: use
    /// [`Host::register`].
    pub async fn deploy(&self, part: impl Into<Part>) -> Result<(), HostError> {
        let runtime = Handle::try_current().map_err(|_| HostError::NoRuntime)?;
        if !matches!(self.inner.phase(), Phase::Running | Phase::Starting) {
            return Err(HostError::NotRunning);
        }
        let part = part.into();
        let component = Arc::clone(&part.component);
        let name = self.insert(part, Stage::Busy)?;
        let inner = Arc::clone(&self.inner);
        let deployed = runtime.spawn(async move {
            let result = call::start(&component, inner.settings.start).await;
            if let Err(fault) = result {
                tracing::error!(component = &*name, kind = component.kind(), %fault, "could not be started");
                remove(&inner, &name);
                return Err(HostError::Start(vec![Trouble { name, fault }]));
            }
            tracing::info!(component = &*name, kind = component.kind(), "deployed");
            release(&inner, &name, &component, None).await
        });
        deployed.await.unwrap_or(Err(HostError::NotRunning))
    }

    /// Stops a component and takes it from the list. Requests to its name are not taken from this moment on.
    ///
    /// # Errors
    /// [`HostError::NotFound`]; [`HostError::Busy`], so also from within its own start or stop; [`HostError::Stop`]: it did not stop
    /// as it should, and is gone from the list all the same.
    pub async fn undeploy(&self, name: &str) -> Result<(), HostError> {
        let runtime = Handle::try_current().map_err(|_| HostError::NoRuntime)?;
        let (part, stage) = self.inner.claim(name)?;
        let (inner, name) = (Arc::clone(&self.inner), Arc::<str>::from(name));
        let undeployed = runtime.spawn(async move {
            inner.put_behind(&name, None, false);
            let stopped = match stage {
                Stage::Running => call::stop(&part.component, inner.settings.shutdown).await,
                Stage::Registered | Stage::Busy => Ok(()),
            };
            remove(&inner, &name);
            watching::gone(&name, part.component.kind());
            match stopped {
                Ok(()) => {
                    tracing::info!(component = &*name, "undeployed");
                    Ok(())
                }
                Err(fault) => {
                    tracing::error!(component = &*name, %fault, "undeployed, but did not stop as it should");
                    Err(HostError::Stop(vec![Trouble { name, fault }]))
                }
            }
        });
        undeployed.await.unwrap_or(Err(HostError::NotRunning))
    }

    /// Puts a component in the place of the one of the same name: that one is stopped in order, what it has in flight ends, and then
    /// the new one is started. Only one of them runs at a time, since they may need the same port, and many a peer lets in one
    /// link only, unless the old one [hands over](Component::hands_over); requests to the name wait meanwhile ([`Upstream`](super::Upstream)).
    ///
    /// When the new one cannot be started, the old one is started again. So it is when the old one was ready and the new one does not
    /// get ready within `ready_within`; `None`: that is not waited for.
    ///
    /// # Errors
    /// [`HostError::Replace`], which says what became of the old one; [`HostError::NotFound`]; [`HostError::Busy`].
    pub async fn replace(&self, part: impl Into<Part>, ready_within: Option<Duration>) -> Result<(), HostError> {
        let runtime = Handle::try_current().map_err(|_| HostError::NoRuntime)?;
        let part = part.into();
        let name: Arc<str> = part.component.name().into();
        let (old, stage) = self.inner.claim(&name)?;
        let inner = Arc::clone(&self.inner);
        if stage == Stage::Registered {
            take_place(&inner, &name, part.clone());
            inner.put_behind(&name, Some(part.component), false);
            free(&inner, &name, Stage::Registered, None);
            return Ok(());
        }
        let replaced = runtime.spawn(async move { replace(&inner, name, old, part, ready_within).await });
        replaced.await.unwrap_or(Err(HostError::NotRunning))
    }
}

async fn replace(
    inner: &Arc<Inner>,
    name: Arc<str>,
    old: Part,
    new: Part,
    ready_within: Option<Duration>,
) -> Result<(), HostError> {
    let (before, after) = (Arc::clone(&old.component), Arc::clone(&new.component));
    let ready_within = ready_within.filter(|_| call::status(&*before).health.is_ready());
    inner.put_behind(&name, Some(Arc::clone(&before)), true);
    let mut leaving = Leaving::begin(inner, &before);
    if !before.hands_over() {
        leaving.end().await;
    }
    let fault = match prove(inner, &name, &after, ready_within, &mut leaving).await {
        Ok(()) => {
            take_place(inner, &name, new);
            inner.put_behind(&name, Some(Arc::clone(&after)), false);
            tracing::info!(component = &*name, kind = after.kind(), "replaced");
            leaving.end().await;
            return release(inner, &name, &after, None).await;
        }
        Err(fault) => fault,
    };
    tracing::error!(component = &*name, %fault, "could not be replaced; the one before is started again");
    leaving.end().await;
    let back = call::start(&before, inner.settings.start).await;
    inner.put_behind(&name, Some(Arc::clone(&before)), false);
    let trouble = |fault| Trouble { name: Arc::clone(&name), fault };
    let failed = HostError::Replace { new: trouble(fault.clone()), back: back.map_err(trouble) };
    // Where it does not run, the watch sees that and goes on trying.
    release(inner, &name, &before, Some(fault)).await?;
    Err(failed)
}

/// A component on its way out.
struct Leaving(Option<JoinHandle<()>>);

/// How often, and how long, something is started in the place of one that is leaving: until that has given up its port.
const AGAIN: Duration = Duration::from_millis(20);
const PATIENCE: Duration = Duration::from_secs(3);

impl Leaving {
    fn begin(inner: &Arc<Inner>, component: &Arc<dyn Component>) -> Self {
        let (limit, component) = (inner.settings.shutdown, Arc::clone(component));
        Leaving(Some(tokio::spawn(async move {
            if let Err(fault) = call::stop(&component, limit).await {
                tracing::error!(component = component.name(), %fault, "did not stop as it should");
            }
        })))
    }

    fn has_left(&self) -> bool {
        self.0.as_ref().is_none_or(JoinHandle::is_finished)
    }

    /// Waits until it has stopped, within its time.
    async fn end(&mut self) {
        if let Some(leaving) = self.0.take() {
            // It does not panic: calls are contained.
            _ = leaving.await;
        }
    }
}

/// Starts the new one and waits until it is ready, if that is asked for; stops it again when it is not.
async fn prove(
    inner: &Inner,
    name: &str,
    component: &Arc<dyn Component>,
    ready_within: Option<Duration>,
    leaving: &mut Leaving,
) -> Result<(), Fault> {
    let end = Instant::now() + PATIENCE;
    loop {
        let left = leaving.has_left();
        match call::start(component, inner.settings.start).await {
            Ok(()) => break,
            Err(Fault::Start(_)) if !left && Instant::now() < end => sleep(AGAIN).await,
            Err(fault) => return Err(fault),
        }
    }
    inner.put_behind(name, Some(Arc::clone(component)), true);
    let Some(after) = ready_within else { return Ok(()) };
    let began = Instant::now();
    while !call::status(&**component).health.is_ready() {
        if began.elapsed() >= after || inner.phase() != Phase::Running {
            let detail = call::status(&**component).detail;
            if let Err(fault) = call::stop(component, inner.settings.shutdown).await {
                tracing::error!(component = name, %fault, "did not stop as it should");
            }
            return Err(Fault::NotReady { after, detail });
        }
        sleep(LOOK).await;
    }
    Ok(())
}

/// Puts it at the end of the list in place of the old one. What it sends to and what sends to it decides about the order of stopping.
fn take_place(inner: &Inner, name: &str, part: Part) {
    let mut book = inner.book();
    let Some(at) = book.at(name) else { return };
    let mut entry = book.entries.remove(at);
    entry.started = book.count_start();
    entry.watch = Watch::new(part.restart.unwrap_or(inner.settings.restart));
    (entry.part, entry.fault, entry.health) = (part, None, None);
    book.entries.push(entry);
}

/// Lets a component go that has been claimed.
pub(super) fn free(inner: &Inner, name: &str, stage: Stage, fault: Option<Fault>) {
    if let Some(entry) = inner.book().get(name) {
        (entry.stage, entry.fault) = (stage, fault);
    }
    inner.changed();
}

/// Lets a component go that runs. When the host has stopped in the meantime it is stopped too.
pub(super) async fn release(
    inner: &Arc<Inner>,
    name: &Arc<str>,
    component: &Arc<dyn Component>,
    fault: Option<Fault>,
) -> Result<(), HostError> {
    if inner.phase() == Phase::Stopped {
        _ = timeout(inner.settings.shutdown, call::stop(component, inner.settings.shutdown)).await;
        free(inner, name, Stage::Registered, fault);
        return Err(HostError::NotRunning);
    }
    // A host that is stopping waits for this, and stops it then.
    free(inner, name, Stage::Running, fault);
    Ok(())
}

fn remove(inner: &Inner, name: &str) {
    let mut book = inner.book();
    if let Some(at) = book.at(name) {
        book.entries.remove(at);
    }
    drop(book);
    inner.put_behind(name, None, false);
    inner.changed();
}
