//! The gateway as its users hold it.

use std::net::SocketAddr;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use super::builder::Builder;
use super::client::Phase;
use super::error::StartError;
use super::inner::Inner;
#[cfg(feature = "host")]
use super::late::bind_late;
use super::routes::{RouteErrors, Routes};
use super::routing::Routing;
use super::run::run;
use super::stats::Stats;
use crate::link::{Listen, Listener};
use crate::msg::Dialect;

/// A switch between clients and routes: takes requests in, carries them on, and gives the answers back.
///
/// A handle: cheap to clone, for use from any task. When the last one is dropped the gateway stops in order, by itself.
#[derive(Clone)]
pub struct Gateway(Arc<Shell>);

struct Shell {
    inner: Arc<Inner>,
    control: Mutex<Control>,
}

struct Control {
    source: Source,
    run: Option<Run>,
}

/// Where it listens.
pub(super) enum Source {
    Bound(Option<Listener>),
    At(Box<Listen>, String),
}

struct Run {
    address: SocketAddr,
    stop: watch::Sender<Phase>,
    /// Closed when it has stopped.
    ended: watch::Receiver<()>,
}

impl Gateway {
    /// A gateway of this name for clients that speak this dialect.
    pub fn builder(name: impl Into<String>, dialect: &'static Dialect) -> Builder {
        Builder::new(name.into(), dialect)
    }

    pub(super) fn new(inner: Arc<Inner>, source: Source) -> Self {
        Gateway(Arc::new(Shell { inner, control: Mutex::new(Control { source, run: None }) }))
    }

    fn lock(&self) -> MutexGuard<'_, Control> {
        self.0.control.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Starts it; ends when it listens. It may have been stopped before, if it was given an address to listen at.
    ///
    /// # Errors
    /// It runs; it cannot listen.
    pub async fn start(&self) -> Result<(), StartError> {
        let (listen, address) = {
            let mut control = self.lock();
            if control.run.as_ref().is_some_and(|run| run.ended.has_changed().is_ok()) {
                return Err(StartError::Running);
            }
            match &mut control.source {
                Source::Bound(listener) => {
                    let listener = listener.take().ok_or(StartError::NoListener)?;
                    self.launch(&mut control, listener);
                    return Ok(());
                }
                Source::At(listen, address) => ((**listen).clone(), address.clone()),
            }
        };
        let listener = listen.bind(&address).await?;
        let mut control = self.lock();
        // Somebody else may have been quicker.
        if control.run.as_ref().is_some_and(|run| run.ended.has_changed().is_ok()) {
            return Err(StartError::Running);
        }
        self.launch(&mut control, listener);
        Ok(())
    }

    fn launch(&self, control: &mut Control, listener: Listener) {
        let address = listener.local_address();
        let (stop, stops) = watch::channel(Phase::Running);
        let (alive, ended) = watch::channel(());
        let inner = Arc::clone(&self.0.inner);
        // Who is too many is let in to be refused: left waiting they would keep out those who come when there is a place again.
        listener.make_room(inner.limits.clients);
        inner.stopping.store(false, Ordering::Release);
        tracing::info!(gateway = inner.name, %address, "listening");
        tokio::spawn(async move {
            run(inner, listener, stops).await;
            drop(alive);
        });
        control.run = Some(Run { address, stop, ended });
    }

    /// Stops in order: takes no more clients and requests, waits for those in flight, at most for the grace that it was
    /// built with, closes the links. What is in flight at the end of the grace is declined. Ends at most three seconds
    /// after the grace, whatever clients and routes do.
    pub async fn stop(&self) {
        let ended = self.lock().run.as_ref().map(|run| {
            // First, so that what is read from now on is declined.
            self.0.inner.stopping.store(true, Ordering::Release);
            run.stop.send_replace(Phase::Stopping);
            run.ended.clone()
        });
        if let Some(mut ended) = ended {
            // Fails when it has ended.
            while ended.changed().await.is_ok() {}
        }
    }

    /// Whether it runs, and is not being stopped.
    #[must_use]
    pub fn is_running(&self) -> bool {
        let control = self.lock();
        let running = |run: &Run| run.ended.has_changed().is_ok() && *run.stop.borrow() == Phase::Running;
        control.run.as_ref().is_some_and(running)
    }

    /// Other rows for its routes, from the next request on. All of them, or none where something is wrong with one.
    ///
    /// # Errors
    /// All that is wrong: rows for another dialect, or that lead to a route that there is not.
    pub fn set_routes(&self, routes: Routes) -> Result<(), RouteErrors> {
        let _one_at_a_time = self.lock();
        let inner = &self.0.inner;
        let legs = inner.routing.load().legs.clone();
        inner.routing.store(Arc::new(Routing::new(routes, inner.dialect, legs)?));
        tracing::info!(gateway = inner.name, "other routes");
        Ok(())
    }

    /// The routes and rows of another gateway for clients of the same dialect, from the next request on, where that one has never run and
    /// will not. Routes of the same name stay those that there are.
    #[cfg(feature = "host")]
    pub(crate) fn take_routes_of(&self, next: &Gateway) -> Result<(), RouteErrors> {
        let _one_at_a_time = self.lock();
        let inner = &self.0.inner;
        let routing = inner.routing.load().followed_by(&next.0.inner.routing.load(), inner.dialect)?;
        inner.routing.store(Arc::new(routing));
        bind_late(inner);
        tracing::info!(gateway = inner.name, "other routes");
        Ok(())
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.0.inner.name
    }

    /// The dialect of its clients.
    #[must_use]
    pub fn dialect(&self) -> &'static Dialect {
        self.0.inner.dialect
    }

    /// The address it listens at, of this run or the last; nothing before the first.
    #[must_use]
    pub fn local_address(&self) -> Option<SocketAddr> {
        self.lock().run.as_ref().map(|run| run.address)
    }

    /// The names of its routes, and whether requests can be given to each.
    #[must_use]
    pub fn routes(&self) -> Vec<(String, bool)> {
        let routing = self.0.inner.routing.load();
        routing.legs.iter().map(|leg| (leg.name().to_owned(), leg.upstream.forwarder.is_ready())).collect()
    }

    /// Requests in flight on a route.
    #[must_use]
    pub fn in_flight_on(&self, route: &str) -> Option<usize> {
        self.0.inner.leg(route).map(|leg| leg.upstream.in_flight())
    }

    /// What has been counted so far.
    #[must_use]
    pub fn stats(&self) -> Stats {
        let inner = &self.0.inner;
        let (clients, in_flight) = (inner.clients.load(Ordering::Relaxed), inner.in_flight.load(Ordering::Relaxed));
        inner.counters.snapshot(clients, in_flight)
    }
}

impl std::fmt::Debug for Gateway {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Gateway")
            .field("name", &self.name())
            .field("dialect", &self.dialect().name())
            .field("running", &self.is_running())
            .finish_non_exhaustive()
    }
}
