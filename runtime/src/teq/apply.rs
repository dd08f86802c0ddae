//! From what runs to what a directory says.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, PoisonError};

use super::deployer::{Scan, Shared};
use super::descriptor::{Descriptor, DescriptorError};
use super::plan::{Plan, Planned, plan};
use super::scan::{self, File};
use crate::host::{HostError, Part};

/// What a deployer has deployed.
#[derive(Default)]
pub(super) struct Deployment {
    running: Vec<Planned>,
    /// What the last scan has read.
    files: Vec<File>,
    /// What could not take the place of what runs, by name: not tried again until it changes, or somebody asks for it.
    refused: BTreeMap<String, (Vec<Arc<str>>, String)>,
    /// Nothing was wrong at the last scan.
    settled: bool,
}

/// What files say.
struct Read {
    descriptors: Vec<Descriptor>,
    problems: Vec<DescriptorError>,
    plan: Plan,
}

/// Brings what runs to what the directory says.
pub(super) async fn scan(shared: &Shared, deployment: &mut Deployment, on_demand: bool) -> Scan {
    let mut done = Scan::default();
    let files = match read(shared.directory.clone()).await {
        Ok(files) => files,
        Err(error) => {
            deployment.settled = false;
            done.problems.extend(error.lines());
            return done;
        }
    };
    if deployment.settled && files == deployment.files {
        return done;
    }
    if on_demand {
        deployment.refused.clear();
    }
    let Some(read) = build(shared, files.clone(), deployment.running.clone()).await else {
        done.problems.push("the descriptors could not be read; the panic stands in the log of the program".to_owned());
        return done;
    };
    tell_disabled(&read.descriptors, &deployment.files);
    done.problems.extend(read.problems.iter().chain(&read.plan.problems).flat_map(DescriptorError::lines));

    let broken: Vec<PathBuf> = read.problems.iter().map(|error| error.file().to_owned()).collect();
    remove(shared, deployment, &read.plan, &broken, &mut done).await;
    for planned in read.plan.components {
        put(shared, deployment, planned, &mut done).await;
    }
    deployment.files = files;
    deployment.settled = done.problems.is_empty();
    done
}

async fn read(directory: PathBuf) -> Result<Vec<File>, DescriptorError> {
    let place = directory.clone();
    let files = tokio::task::spawn_blocking(move || scan::files(&directory)).await;
    files.unwrap_or_else(|_| Err(DescriptorError::new(place, None, "it cannot be read")))
}

/// Where it does not hold up what is under way: specs and certificates are read.
async fn build(shared: &Shared, files: Vec<File>, running: Vec<Planned>) -> Option<Read> {
    let host = shared.host.clone();
    let registry = shared.registry.read().unwrap_or_else(PoisonError::into_inner).clone();
    let build = move || {
        let (descriptors, problems) = scan::descriptors(&files);
        let plan = plan(&descriptors, &registry, &host, &running);
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

/// Undeploys what has no descriptor any more, the last one first.
async fn remove(shared: &Shared, deployment: &mut Deployment, plan: &Plan, broken: &[PathBuf], done: &mut Scan) {
    let stays = |running: &Planned| {
        plan.components.iter().any(|planned| planned.name == running.name)
            || plan.wrong.contains(&running.name)
            || broken.contains(&running.path)
    };
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

/// Deploys one, or puts it in the place of what runs under its name.
async fn put(shared: &Shared, deployment: &mut Deployment, planned: Planned, done: &mut Scan) {
    let Planned { name, path, .. } = &planned;
    let at = deployment.running.iter().position(|running| running.name == *name);
    if planned.kept {
        deployment.refused.remove(name);
        return;
    }
    if let Some((_, told)) = deployment.refused.get(name).filter(|(texts, _)| *texts == planned.made_of) {
        done.problems.push(told.clone());
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
                deployment.refused.insert(name.clone(), (planned.made_of.clone(), told.clone()));
            }
            done.problems.push(told);
        }
    }
}
