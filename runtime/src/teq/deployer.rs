//! The deployer: a component that keeps what runs as a directory says.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio::time::{MissedTickBehavior, interval, sleep, timeout};

use super::apply::{self, Deployment};
use super::registry::Registry;
use crate::host::{BoxFuture, Component, Health, Host, StartError, Status};

/// How long a scan that is under way is waited for when it stops.
const PATIENCE: Duration = Duration::from_secs(5);

/// How long a file has to stand still, at most; half the interval where that is less.
const STILL: Duration = Duration::from_secs(1);
/// The same when somebody waits for the scan.
const STILL_ON_DEMAND: Duration = Duration::from_millis(100);

/// What a scan has done.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Scan {
    /// Names of components that are new.
    pub deployed: Vec<String>,
    /// Names of components that have taken the place of others.
    pub replaced: Vec<String>,
    /// Names of gateways that have taken other routes, and go on with the clients that they have.
    pub rerouted: Vec<String>,
    /// Names of components that are no more.
    pub undeployed: Vec<String>,
    /// All that is wrong, a line each. What runs under the names concerned was not touched, or runs again.
    pub problems: Vec<String>,
}

/// Keeps what runs as a directory of descriptors says.
///
/// The directory is looked at when it starts, then at an interval, and [on demand](Deployer::scan). A file that is new is deployed, one that
/// is gone or not enabled any more is undeployed, one that is unchanged to the byte is left alone. So it is with the specs, PEM files
/// and scenarios that descriptors name. A file counts when it has stood still between two looks: one that is being written changes
/// nothing yet. One that has changed is
/// redeployed: the new component is built whole first, and what is wrong with it is told while the old one goes on; then the
/// old one ends what it has in flight and stops, the new one starts, and the old one comes back when the new one cannot be started,
/// or does not get ready where the old one was. A gateway of which only the routes have changed (`routes`, `route_to`, and `upstream` of
/// those that are new) takes them while it runs, and its clients stay. A file that is wrong changes nothing.
///
/// It is itself a component, called `deployer`.
pub struct Deployer {
    shared: Arc<Shared>,
    running: Mutex<Option<Running>>,
}

pub(super) struct Shared {
    pub(super) host: Host,
    pub(super) registry: Arc<RwLock<Registry>>,
    pub(super) directory: PathBuf,
    pub(super) ready_within: Duration,
    interval: Duration,
    /// Taken out while a scan is under way.
    deployment: Mutex<Option<Deployment>>,
    last: Mutex<Option<Scan>>,
}

struct Running {
    asks: mpsc::Sender<Option<oneshot::Sender<Scan>>>,
    task: JoinHandle<()>,
}

impl Deployer {
    /// Of this host, types and directory, with a scan every 5 seconds.
    #[must_use]
    pub fn new(host: &Host, registry: Registry, directory: impl Into<PathBuf>) -> Self {
        Deployer::shared(host, Arc::new(RwLock::new(registry)), directory.into(), Settings::default())
    }

    pub(super) fn shared(
        host: &Host,
        registry: Arc<RwLock<Registry>>,
        directory: PathBuf,
        Settings { interval, ready_within }: Settings,
    ) -> Self {
        let shared = Shared {
            host: host.clone(),
            registry,
            directory,
            ready_within,
            interval,
            deployment: Mutex::new(Some(Deployment::default())),
            last: Mutex::default(),
        };
        Deployer { shared: Arc::new(shared), running: Mutex::default() }
    }

    /// With another interval.
    #[must_use]
    pub fn interval(self, interval: Duration) -> Self {
        let Shared { host, registry, directory, ready_within, .. } = &*self.shared;
        let settings = Settings { interval, ready_within: *ready_within };
        Deployer::shared(host, Arc::clone(registry), directory.clone(), settings)
    }

    /// Looks at the directory now; also at files that are unchanged since they could not be deployed. Nothing when it does not run.
    pub async fn scan(&self) -> Option<Scan> {
        let asks = self.running().as_ref().map(|running| running.asks.clone())?;
        let (answer, told) = oneshot::channel();
        asks.send(Some(answer)).await.ok()?;
        told.await.ok()
    }

    /// What the last scan came to.
    #[must_use]
    pub fn last_scan(&self) -> Option<Scan> {
        self.shared.last.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn running(&self) -> std::sync::MutexGuard<'_, Option<Running>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// When the deployer looks, and how long a component has to get ready that takes the place of one that was.
#[derive(Debug, Clone, Copy)]
pub(super) struct Settings {
    pub(super) interval: Duration,
    pub(super) ready_within: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Settings { interval: Duration::from_secs(5), ready_within: Duration::from_secs(10) }
    }
}

impl Shared {
    /// How long a file has to stand still.
    pub(super) fn still(&self, on_demand: bool) -> Duration {
        (self.interval / 2).min(if on_demand { STILL_ON_DEMAND } else { STILL })
    }

    async fn scan(&self, on_demand: bool) -> (Scan, bool) {
        let taken = self.deployment.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(taken) = taken else { return Default::default() };
        let mut lent = Lent { shared: self, deployment: Some(taken) };
        let Some(deployment) = &mut lent.deployment else { return Default::default() };
        let (scan, moving) = apply::scan(self, deployment, on_demand).await;
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Some(scan.clone());
        (scan, moving)
    }
}

/// What is deployed, while a scan changes it; put back when the scan ends, also when it is given up.
struct Lent<'a> {
    shared: &'a Shared,
    deployment: Option<Deployment>,
}

impl Drop for Lent<'_> {
    fn drop(&mut self) {
        *self.shared.deployment.lock().unwrap_or_else(PoisonError::into_inner) = self.deployment.take();
    }
}

/// Scans at the interval and when it is asked to, until nobody can ask any more.
async fn run(shared: Arc<Shared>, mut asks: mpsc::Receiver<Option<oneshot::Sender<Scan>>>) {
    let mut ticks = interval(shared.interval.max(Duration::from_millis(1)));
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    // The first one is at once, and that scan is asked for.
    ticks.tick().await;
    let (mut told, mut moving) = (BTreeSet::new(), false);
    loop {
        let (answer, on_demand) = tokio::select! {
            ask = asks.recv() => match ask {
                Some(Some(answer)) => (Some(answer), true),
                Some(None) | None => return,
            },
            _ = ticks.tick() => (None, false),
            // It is looked at again as soon as it can have stood still.
            () = sleep(shared.still(false)), if moving => (None, false),
        };
        let scan;
        (scan, moving) = shared.scan(on_demand).await;
        tell(&scan, &mut told);
        if let Some(answer) = answer {
            // Whoever has asked may have gone.
            _ = answer.send(scan);
        }
    }
}

/// What is wrong is told once, not at each scan.
fn tell(scan: &Scan, told: &mut BTreeSet<String>) {
    for problem in &scan.problems {
        if !told.contains(problem) {
            tracing::error!("{problem}");
        }
    }
    if scan.problems.is_empty() && !told.is_empty() {
        tracing::info!("nothing is wrong with the descriptors any more");
    }
    *told = scan.problems.iter().cloned().collect();
}

impl Component for Deployer {
    fn name(&self) -> &str {
        "deployer"
    }

    fn kind(&self) -> &'static str {
        "deployer"
    }

    /// Ends when the directory has been looked at once. What is wrong with it is told, and does not keep it from starting.
    fn start(&self) -> BoxFuture<'_, Result<(), StartError>> {
        Box::pin(async {
            if self.running().is_some() {
                return Ok(());
            }
            if self.shared.interval.is_zero() {
                return Err(StartError::new("the interval of scans is zero"));
            }
            let (asks, asked) = mpsc::channel(16);
            let task = tokio::spawn(run(Arc::clone(&self.shared), asked));
            *self.running() = Some(Running { asks, task });
            self.scan().await;
            Ok(())
        })
    }

    /// What has been deployed stays; its host stops it.
    fn stop(&self) -> BoxFuture<'_, ()> {
        Box::pin(async {
            let Some(Running { asks, mut task }) = self.running().take() else { return };
            // Behind the scans that are asked for already.
            _ = asks.try_send(None);
            drop(asks);
            if timeout(PATIENCE, &mut task).await.is_err() {
                task.abort();
                _ = task.await;
            }
        })
    }

    fn status(&self) -> Status {
        match (&*self.running(), self.last_scan()) {
            (None, _) => Status::new(Health::Stopped, "stopped"),
            (Some(running), _) if running.task.is_finished() => Status::new(Health::Stopped, "its task has ended"),
            (Some(_), None) => Status::new(Health::Starting, "looks at its directory for the first time"),
            (Some(_), Some(scan)) if scan.problems.is_empty() => {
                Status::new(Health::Up, "all is as the directory says")
            }
            (Some(_), Some(scan)) => {
                let problems = scan.problems.len();
                Status::new(Health::Degraded, format!("{problems} problems with descriptors"))
                    .figure("problems", problems as u64)
            }
        }
    }
}

impl std::fmt::Debug for Deployer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Deployer").field("directory", &self.shared.directory).finish_non_exhaustive()
    }
}
