//! From what runs to what a directory says.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::{Arc, PoisonError};
use std::time::{Duration, SystemTime};

use tokio::time::{Instant, sleep};

use super::deployer::{Scan, Shared};
use super::descriptor::{Descriptor, DescriptorError, Files};
use super::plan::{Plan, Planned, plan};
use super::scan::{self, File, Fingerprint, Text};
use super::settling::{At, Settling};
use crate::host::{HostError, Part};

/// What a deployer has deployed.
#[derive(Default)]
pub(super) struct Deployment {
    running: Vec<Planned>,
    /// The descriptors from scan to scan, and the files that they name.
    directory: Settling<Text>,
    beside: Settling<Fingerprint>,
    /// What the last scan has taken in.
    files: Vec<File>,
    /// What could not take the place of what runs, by name: not tried again until it changes, or somebody asks for it.
    refused: BTreeMap<String, (MadeOf, String)>,
    /// Nothing was wrong at the last scan.
    settled: bool,
}

/// What a component is made of.
type MadeOf = (Vec<Arc<str>>, Files);

/// What files say.
struct Read {
    descriptors: Vec<Descriptor>,
    problems: Vec<DescriptorError>,
    plan: Plan,
}

/// What a file that is being written may take, when somebody waits for the scan.
const PATIENCE: Duration = Duration::from_secs(2);
/// When that is told, where nobody does.
const LONG: Duration = Duration::from_secs(10);

/// Brings what runs to what the directory says; and whether there are files that do not stand still yet, so that it does not say
/// all that it is about to.
pub(super) async fn scan(shared: &Shared, deployment: &mut Deployment, on_demand: bool) -> (Scan, bool) {
    let mut done = Scan::default();
    let began = Instant::now();
    let moving = loop {
        let moving = match look(shared, deployment, on_demand).await {
            Ok(moving) => moving,
            Err(error) => {
                deployment.settled = false;
                done.problems.extend(error.lines());
                return (done, false);
            }
        };
        if moving.is_empty() || !on_demand || began.elapsed() >= PATIENCE {
            break moving;
        }
        sleep(shared.still(on_demand) / 4).await;
    };
    let long = moving.iter().filter(|(_, time)| on_demand || *time >= LONG);
    let still = |(path, _): &(PathBuf, _)| {
        format!("{}: it is being written yet; until it stands still what it said before holds", path.display())
    };
    let unwritten: Vec<String> = long.map(still).collect();
    bring(shared, deployment, on_demand, &mut done).await;
    done.problems.extend(unwritten);
    (done, !moving.is_empty())
}

async fn bring(shared: &Shared, deployment: &mut Deployment, on_demand: bool, done: &mut Scan) {
    let files: Vec<File> = deployment.directory.all().map(|(path, text)| (path.clone(), text.clone())).collect();
    let outdated = deployment.outdated();
    if deployment.settled && files == deployment.files && outdated.is_empty() {
        return;
    }
    if on_demand {
        deployment.refused.clear();
    }
    let Some(read) = build(shared, files.clone(), deployment.running.clone(), outdated).await else {
        done.problems.push("the descriptors could not be read; the panic stands in the log of the program".to_owned());
        return;
    };
    tell_disabled(&read.descriptors, &deployment.files);
    done.problems.extend(read.problems.iter().chain(&read.plan.problems).flat_map(DescriptorError::lines));

    let broken: Vec<PathBuf> = read.problems.iter().map(|error| error.file().to_owned()).collect();
    let plan = read.plan;
    // What a gateway leads to goes when that leads elsewhere, which it does without an interruption.
    let led_to = deployment.led_to(&plan.components);
    let stays = Stays { plan: &plan, broken: &broken };
    remove(shared, deployment, |running| stays.stays(running) || led_to.contains(&running.name), done).await;
    for planned in &plan.components {
        put(shared, deployment, planned.clone(), done).await;
    }
    remove(shared, deployment, |running| stays.stays(running) || !led_to.contains(&running.name), done).await;
    deployment.files = files;
    deployment.settled = done.problems.is_empty();
}

/// Looks at all files; gives those that do not stand still, and for how long.
async fn look(
    shared: &Shared,
    deployment: &mut Deployment,
    on_demand: bool,
) -> Result<Vec<(PathBuf, Duration)>, DescriptorError> {
    let directory = shared.directory.clone();
    let named = deployment.named();
    let paths = named.iter().cloned().collect();
    let look = move || scan::look(&directory).map(|directory| (directory, scan::beside(paths)));
    let (directory, beside) = tokio::task::spawn_blocking(look)
        .await
        .unwrap_or_else(|_| Err(DescriptorError::new(&shared.directory, None, "it cannot be read")))?;
    let at = At { now: Instant::now(), clock: SystemTime::now(), still: shared.still(on_demand) };
    let mut moving = deployment.directory.look(directory, at);
    deployment.beside.keep(|path| named.contains(path));
    moving.extend(deployment.beside.look(beside, at));
    Ok(moving)
}

impl Deployment {
    /// The files that descriptors of what runs name. What they held then counts until they hold something else.
    fn named(&mut self) -> BTreeSet<PathBuf> {
        let now = Instant::now();
        for (path, held) in self.running.iter().flat_map(|running| &running.files) {
            held.iter().for_each(|&held| self.beside.know(path, held, now));
        }
        self.running.iter().flat_map(|running| running.files.keys().cloned()).collect()
    }

    /// Names of what gateways send to now that can take other routes.
    fn led_to(&self, components: &[Planned]) -> Vec<String> {
        let next = |running: &&Planned| components.iter().any(|planned| running.can_reroute(planned));
        let led_to = |name: &str| self.running.iter().filter(next).any(|gateway| gateway.sends_to(name));
        // A port that the next one needs is given up first.
        let needed = |running: &Planned| components.iter().any(|planned| planned.collides_with(running));
        let led_to = self.running.iter().filter(|running| led_to(&running.name) && !needed(running));
        led_to.map(|running| running.name.clone()).collect()
    }

    /// Names of what runs and is made of files that hold something else by now.
    fn outdated(&self) -> Vec<String> {
        let changed = |(path, held): (&PathBuf, &Option<Fingerprint>)| self.beside.get(path) != held.as_ref();
        let outdated = self.running.iter().filter(|running| running.files.iter().any(changed));
        outdated.map(|running| running.name.clone()).collect()
    }
}

/// Where it does not hold up what is under way: specs and certificates are read.
async fn build(shared: &Shared, files: Vec<File>, running: Vec<Planned>, outdated: Vec<String>) -> Option<Read> {
    let host = shared.host.clone();
    let registry = shared.registry.read().unwrap_or_else(PoisonError::into_inner).clone();
    let build = move || {
        let (descriptors, problems) = scan::descriptors(&files);
        let plan = plan(&descriptors, &registry, &host, &running, &outdated);
        Read { descriptors, problems, plan }
    };
    tokio::task::spawn_blocking(build).await.ok()
}

/// A descriptor that does not say whether it is enabled is not deployed: that is told, when it is new.
fn tell_disabled(descriptors: &[Descriptor], before: &[File]) {
    for descriptor in descriptors.iter().filter(|descriptor| !descriptor.says_enabled()) {
        let known = |(path, text): &File| {
            path == descriptor.path() && text.as_ref().is_ok_and(|text| **text == **descriptor.text())
        };
        if !before.iter().any(known) {
            let (name, file) = (descriptor.name(), descriptor.path().display());
            tracing::warn!(component = name, %file, "not deployed, since it does not say that it is enabled");
        }
    }
}

/// What of that which runs is not to go.
struct Stays<'a> {
    plan: &'a Plan,
    broken: &'a [PathBuf],
}

impl Stays<'_> {
    fn stays(&self, running: &Planned) -> bool {
        self.plan.components.iter().any(|planned| planned.name == running.name)
            || self.plan.wrong.contains(&running.name)
            || self.broken.contains(&running.path)
    }
}

/// Undeploys what has no descriptor any more, the last one first.
async fn remove(shared: &Shared, deployment: &mut Deployment, stays: impl Fn(&Planned) -> bool, done: &mut Scan) {
    let gone: Vec<String> =
        deployment.running.iter().rev().filter(|running| !stays(running)).map(|gone| gone.name.clone()).collect();
    for name in gone {
        match shared.host.undeploy(&name).await {
            Ok(()) | Err(HostError::NotFound(_)) => {}
            Err(error @ HostError::Stop(_)) => done.problems.push(error.to_string()),
            Err(error) => {
                done.problems.push(format!("`{name}` could not be undeployed: {error}"));
                continue;
            }
        }
        deployment.running.retain(|running| running.name != name);
        deployment.refused.remove(&name);
        done.undeployed.push(name);
    }
}

/// Has a gateway that runs take other routes, if that is all there is to it.
fn reroute(shared: &Shared, deployment: &mut Deployment, planned: &Planned, done: &mut Scan) -> bool {
    let running = deployment.running.iter_mut().find(|running| running.name == planned.name);
    let Some(running) = running.filter(|_| !planned.kept) else { return false };
    let Some(rerouted) = running.reroute(planned) else { return false };
    shared.host.set_after(&planned.name, planned.after.iter().map(|(name, _)| name.as_str()));
    *running = rerouted;
    deployment.refused.remove(&planned.name);
    done.rerouted.push(planned.name.clone());
    true
}

/// Deploys one, or puts it in the place of what runs under its name.
async fn put(shared: &Shared, deployment: &mut Deployment, planned: Planned, done: &mut Scan) {
    let Planned { name, path, .. } = &planned;
    let at = deployment.running.iter().position(|running| running.name == *name);
    if planned.kept {
        deployment.refused.remove(name);
        return;
    }
    if let Some((_, told)) = deployment.refused.get(name).filter(|(made_of, _)| planned.is_made_of(made_of)) {
        done.problems.push(told.clone());
        return;
    }
    if reroute(shared, deployment, &planned, done) {
        return;
    }
    let after = planned.after.iter().map(|(name, _)| name);
    let part = Part::new(Arc::clone(&planned.component)).after(after);
    let part = if planned.required { part } else { part.optional() };
    let result = match at {
        Some(_) => shared.host.replace(part, Some(shared.ready_within)).await,
        None => shared.host.deploy(part).await,
    };
    match (result, at) {
        (Ok(()), Some(at)) => {
            done.replaced.push(name.clone());
            deployment.refused.remove(name);
            deployment.running[at] = planned;
        }
        (Ok(()), None) => {
            done.deployed.push(name.clone());
            deployment.running.push(planned);
        }
        (Err(error), at) => {
            let told = format!("{}: {error}", path.display());
            if at.is_some() {
                deployment.refused.insert(name.clone(), ((planned.made_of, planned.files), told.clone()));
            }
            done.problems.push(told);
        }
    }
}
