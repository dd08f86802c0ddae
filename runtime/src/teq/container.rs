//! The container as its users hold it.

use std::future::Future;
use std::sync::{Arc, PoisonError, RwLock};

use super::builder::Builder;
use super::context::Context;
use super::deployer::{Deployer, Scan};
use super::descriptor::{Descriptor, DescriptorError};
use super::registry::Registry;
use super::signals::Signals;
use crate::connector::Connector;
use crate::host::{Component, Host, HostError, Listed, Part, Readiness, Upstream};
use crate::msg::Message;
use crate::space::Space;

/// A whole switch: components of the program and of a directory of descriptors, started and stopped as one.
///
/// ```
/// use isopace::connector::Connector;
/// use isopace::frame::{Framing, Header};
/// use isopace::iso87a::DIALECT;
/// use isopace::link::Connect;
/// use isopace::teq::Teq;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let connect = Connect::to("127.0.0.1:8583", Framing::new(Header::Binary2));
/// let teq = Teq::new();
/// teq.switch(Connector::builder(&DIALECT).name("isw").dial(connect).build()?)?;
/// teq.start().await?;
/// let isw = teq.to("isw").ok_or("no such switch")?;
/// println!("{} is ready: {}", isw.name(), isw.is_ready());
/// teq.stop().await?;
/// # Ok(())
/// # }
/// ```
///
/// A handle: cheap to clone. [`Teq::listen_and_serve`] runs it until the program is told to end.
#[derive(Debug, Clone)]
pub struct Teq {
    host: Host,
    registry: Arc<RwLock<Registry>>,
    deployer: Option<Arc<Deployer>>,
}

/// Why a container did not run to its end as it should.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum TeqError {
    /// A component could not be started, or did not stop as it should.
    #[error(transparent)]
    Host(#[from] HostError),
    /// It was told to end once more while it was stopping. What was in flight may not have ended.
    #[error("told to end once more while it was stopping: it ends at once")]
    Aborted,
    /// Signals of the system cannot be listened to.
    #[error("signals cannot be listened to: {0}")]
    Signals(Arc<std::io::Error>),
}

impl Default for Teq {
    fn default() -> Self {
        Teq::new()
    }
}

impl Teq {
    /// A container without a directory of descriptors.
    #[must_use]
    pub fn new() -> Self {
        Teq::builder().build()
    }

    /// A container with other settings.
    pub fn builder() -> Builder {
        Builder::new()
    }

    pub(super) const fn assemble(host: Host, registry: Arc<RwLock<Registry>>, deployer: Option<Arc<Deployer>>) -> Self {
        Teq { host, registry, deployer }
    }

    /// Takes a connector in, which is built and not started, under its own name. It is started with the container.
    ///
    /// # Errors
    /// [`HostError::Duplicate`]; [`HostError::Running`].
    pub fn switch(&self, connector: Connector) -> Result<&Self, HostError> {
        self.component(connector)
    }

    /// Takes a component in. It is started with the container.
    ///
    /// # Errors
    /// [`HostError::Duplicate`]; [`HostError::Running`]: use [`Host::deploy`].
    pub fn component(&self, part: impl Into<Part>) -> Result<&Self, HostError> {
        self.host.register(part)?;
        Ok(self)
    }

    /// One more type for descriptors. It holds from the next scan on.
    pub fn register(
        &self,
        kind: impl Into<String>,
        factory: impl Fn(&Descriptor, &Context<'_>) -> Result<Arc<dyn Component>, DescriptorError> + Send + Sync + 'static,
    ) -> &Self {
        self.registry.write().unwrap_or_else(PoisonError::into_inner).register(kind, factory);
        self
    }

    /// The component of this name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<Arc<dyn Component>> {
        self.host.get(name)
    }

    /// What requests are sent by under this name: a connector or a pool. It stays good when what stands behind the name is
    /// replaced. Nothing when there is no such component, or it takes no requests; [`Host::upstream`] is for a name that is
    /// not there yet.
    #[must_use]
    pub fn to(&self, name: &str) -> Option<Upstream> {
        self.host.get(name)?.dialect()?;
        Some(self.host.upstream(name))
    }

    /// The names of all components, in the order in which they were started.
    #[must_use]
    pub fn names(&self) -> Vec<Arc<str>> {
        self.host.components().into_iter().map(|listed| listed.name).collect()
    }

    /// The names of those that requests are sent by, in the order in which they were started.
    #[must_use]
    pub fn switches(&self) -> Vec<Arc<str>> {
        self.names().into_iter().filter(|name| self.to(name).is_some()).collect()
    }

    /// All components, and how they are.
    #[must_use]
    pub fn components(&self) -> Vec<Listed> {
        self.host.components()
    }

    /// Whether all that is required is ready.
    #[must_use]
    pub fn readiness(&self) -> Readiness {
        self.host.readiness()
    }

    /// The host that runs the components.
    #[must_use]
    pub const fn host(&self) -> &Host {
        &self.host
    }

    /// Messages that components and the program leave for each other, as [`Host::space`].
    #[must_use]
    pub fn space(&self) -> &Space<Message> {
        self.host.space()
    }

    /// The deployer, if there is a directory of descriptors.
    #[must_use]
    pub const fn deployer(&self) -> Option<&Arc<Deployer>> {
        self.deployer.as_ref()
    }

    /// Looks at the directory of descriptors now. Nothing when there is none, or it does not run.
    pub async fn scan(&self) -> Option<Scan> {
        self.deployer.as_ref()?.scan().await
    }

    /// The same, without waiting for it.
    fn rescan(&self) {
        if let Some(deployer) = self.deployer.clone() {
            tokio::spawn(async move { deployer.scan().await });
        }
    }

    /// Starts all components in order, then those of the directory. What is wrong with descriptors is told, and does not keep it from
    /// starting.
    ///
    /// # Errors
    /// As [`Host::start`].
    pub async fn start(&self) -> Result<(), HostError> {
        if let Some(deployer) = &self.deployer
            && self.host.get("deployer").is_none()
        {
            // The last one of the list, so that descriptors may name what the program has taken in.
            self.host.register(Part::new(Arc::clone(deployer) as Arc<dyn Component>))?;
        }
        self.host.start().await
    }

    /// Stops all components in reverse, within the shutdown timeout.
    ///
    /// # Errors
    /// As [`Host::stop`].
    pub async fn stop(&self) -> Result<(), HostError> {
        self.host.stop().await
    }

    /// Starts it, waits for this or until it is stopped by other means, and stops it.
    ///
    /// # Errors
    /// As [`Teq::start`] and [`Teq::stop`].
    pub async fn run(&self, until: impl Future<Output = ()>) -> Result<(), TeqError> {
        self.start().await?;
        tokio::select! {
            () = until => {}
            () = self.host.stopped() => return Ok(()),
        }
        Ok(self.stop().await?)
    }

    /// Starts it, runs until the program is told to end (SIGINT, SIGTERM, Ctrl+C), and stops it in order. SIGHUP has the directory of
    /// descriptors looked at. Told once more to end, it does so at once.
    ///
    /// # Errors
    /// As [`Teq::start`] and [`Teq::stop`]; [`TeqError::Aborted`].
    pub async fn listen_and_serve(&self) -> Result<(), TeqError> {
        let mut signals = Signals::new().map_err(|error| TeqError::Signals(Arc::new(error)))?;
        let starting = self.start();
        tokio::pin!(starting);
        tokio::select! {
            started = &mut starting => started?,
            () = signals.end() => {
                // It is interrupted, and says so when it has been unwound.
                self.host.shut_down();
                return tokio::select! {
                    _ = &mut starting => Ok(()),
                    () = signals.end() => Err(TeqError::Aborted),
                };
            }
        }
        loop {
            tokio::select! {
                end = signals.next() => match end {
                    true => break,
                    false => self.rescan(),
                },
                () = self.host.stopped() => return Ok(()),
            }
        }
        tracing::info!("stopping");
        tokio::select! {
            stopped = self.stop() => Ok(stopped?),
            () = signals.end() => Err(TeqError::Aborted),
        }
    }
}
