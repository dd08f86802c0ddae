//! Setting a container up.

use std::path::PathBuf;
use std::sync::{Arc, RwLock};
use std::time::Duration;

use super::container::Teq;
use super::deployer::{Deployer, Settings};
use super::registry::Registry;
use crate::host::{self, Host, Restart};

/// Settings of a [`Teq`].
#[derive(Debug)]
#[must_use = "nothing runs before the container is built and started"]
pub struct Builder {
    host: host::Builder,
    directory: Option<PathBuf>,
    settings: Settings,
    registry: Registry,
}

impl Builder {
    pub(super) fn new() -> Self {
        Builder {
            host: Host::builder(),
            directory: None,
            settings: Settings::default(),
            registry: Registry::standard(),
        }
    }

    /// How long stopping may take, all components together. 30 seconds without this.
    pub fn shutdown_timeout(mut self, timeout: Duration) -> Self {
        self.host = self.host.shutdown_timeout(timeout);
        self
    }

    /// What becomes of components that fail. [`Restart::on_failure`] without this.
    pub fn restart(mut self, restart: Restart) -> Self {
        self.host = self.host.restart(restart);
        self
    }

    /// The directory of descriptors. None without this.
    pub fn deploy_dir(mut self, directory: impl Into<PathBuf>) -> Self {
        self.directory = Some(directory.into());
        self
    }

    /// How often the directory is looked at. Every 5 seconds without this.
    pub const fn scan_interval(mut self, interval: Duration) -> Self {
        self.settings.interval = interval;
        self
    }

    /// How long a component has to get ready that takes the place of one that was ready; then that one comes back. 10 seconds without
    /// this.
    pub const fn ready_within(mut self, time: Duration) -> Self {
        self.settings.ready_within = time;
        self
    }

    /// Other types of components than [`Registry::standard`].
    pub fn registry(mut self, registry: Registry) -> Self {
        self.registry = registry;
        self
    }

    /// A container without components.
    #[must_use]
    pub fn build(self) -> Teq {
        let host = self.host.build();
        let registry = Arc::new(RwLock::new(self.registry));
        let deployer = self
            .directory
            .map(|directory| Arc::new(Deployer::shared(&host, Arc::clone(&registry), directory, self.settings)));
        Teq::assemble(host, registry, deployer)
    }
}
