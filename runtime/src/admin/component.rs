//! The life of an [`Admin`].

use std::net::SocketAddr;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::net::TcpListener;
use tokio::sync::watch;

use super::server::{Server, Stop};
use super::shared::Shared;
use super::{Builder, Source};
use crate::host::{BoxFuture, Component, Health, StartError, Status};
use crate::link::ServerTls;

/// Shows over HTTP how a switch is: see the [module](super).
pub struct Admin {
    name: String,
    listen: String,
    tls: Option<ServerTls>,
    shared: Arc<Shared>,
    running: Mutex<Option<Running>>,
}

/// A server that has been started and not yet forgotten.
#[derive(Clone)]
struct Running {
    local: SocketAddr,
    /// Its receivers live as long as the server.
    stop: Arc<watch::Sender<Stop>>,
}

impl Running {
    fn is_over(&self) -> bool {
        self.stop.is_closed()
    }
}

impl Admin {
    /// Where it listens unless told otherwise.
    pub const ADDRESS: &str = "127.0.0.1:8584";

    /// One that shows what this source knows.
    pub fn builder(source: impl Source) -> Builder {
        Builder::new(Arc::new(source))
    }

    pub(super) const fn new(name: String, listen: String, tls: Option<ServerTls>, shared: Arc<Shared>) -> Self {
        Admin { name, listen, tls, shared, running: Mutex::new(None) }
    }

    /// The address that it listens at, while it does.
    #[must_use]
    pub fn local_address(&self) -> Option<SocketAddr> {
        self.running().map(|running| running.local)
    }

    fn running(&self) -> Option<Running> {
        let running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        running.as_ref().filter(|running| !running.is_over()).cloned()
    }

    async fn begin(&self) -> Result<(), StartError> {
        let again = || StartError::new(format!("{} runs already", self.name));
        if self.running().is_some() {
            return Err(again());
        }
        let failed = |error: std::io::Error| StartError::new(format!("cannot listen at {}: {error}", self.listen));
        let listener = TcpListener::bind(&self.listen).await.map_err(failed)?;
        let local = listener.local_addr().map_err(failed)?;
        // A name may stand for any address.
        if self.shared.token.is_none() && !local.ip().to_canonical().is_loopback() {
            let what = "is no loopback address, and there is no token";
            return Err(StartError::new(format!("{} stands for {local}, which {what}", self.listen)));
        }
        let (stop, stopped) = watch::channel(Stop::No);
        let server = Server { listener, tls: self.tls.clone(), shared: Arc::clone(&self.shared), stopped };
        let running = Running { local, stop: Arc::new(stop) };
        let mut place = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        if place.as_ref().is_some_and(|other| !other.is_over()) {
            return Err(again());
        }
        tokio::spawn(server.run());
        *place = Some(running);
        tracing::info!(name = self.name, %local, "admin listens");
        Ok(())
    }

    async fn end(&self) {
        let Some(running) = self.running() else { return };
        running.stop.send_replace(Stop::Yes);
        running.stop.closed().await;
        tracing::info!(name = self.name, "admin has stopped");
    }
}

impl Component for Admin {
    fn name(&self) -> &str {
        &self.name
    }

    fn kind(&self) -> &'static str {
        "admin"
    }

    fn start(&self) -> BoxFuture<'_, Result<(), StartError>> {
        Box::pin(self.begin())
    }

    fn stop(&self) -> BoxFuture<'_, ()> {
        Box::pin(self.end())
    }

    fn status(&self) -> Status {
        let status = match self.running() {
            Some(running) => Status::new(Health::Up, format!("listens at {}", running.local)),
            None => Status::new(Health::Stopped, "does not listen"),
        };
        let count = |figure: &std::sync::atomic::AtomicU64| figure.load(Ordering::Relaxed);
        status
            .figure("connections", count(&self.shared.connections))
            .figure("requests_total", count(&self.shared.requests))
            .figure("refused_total", count(&self.shared.refused))
    }
}

impl std::fmt::Debug for Admin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Admin").field("name", &self.name).field("listen", &self.listen).finish_non_exhaustive()
    }
}

impl Drop for Admin {
    /// Nobody can stop it any more.
    fn drop(&mut self) {
        if let Some(running) = self.running() {
            running.stop.send_replace(Stop::Yes);
        }
    }
}
