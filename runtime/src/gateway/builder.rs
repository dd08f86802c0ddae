//! Setting a gateway up.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use arc_swap::ArcSwap;
use ipnet::IpNet;

use super::cause::{Codes, HookError};
use super::error::{BuildError, StartError};
use super::events::{Events, Logged};
use super::exchange::Exchange;
use super::forwarder::{BoxFuture, Forwarder};
use super::handle::{Gateway, Source};
use super::hook::Hook;
use super::inner::{Inner, Limits};
use super::late::bind_late;
use super::metrics::Metrics;
use super::routes::Routes;
use super::routing::{Leg, Routing};
use super::stats::{Counter, Counters};
use super::upstream::Upstream;
use crate::link::{Listen, Listener};
use crate::msg::{Dialect, Kind};
use crate::mux::Correlation;
use crate::trace::Tracer;

/// The longest timeout: thirty years. Beyond it the clock might overflow.
const LONGEST: Duration = Duration::from_secs(30 * 365 * 24 * 60 * 60);

/// Settings of a [`Gateway`].
#[must_use = "nothing runs before `start`"]
pub struct Builder {
    name: String,
    dialect: &'static Dialect,
    source: Option<Source>,
    upstreams: Vec<Upstream>,
    routes: Option<Routes>,
    before_request: Vec<Hook>,
    before_response: Vec<Hook>,
    events: Box<dyn Events>,
    codes: Codes,
    limits: Limits,
    tracer: Tracer,
    #[cfg(feature = "store")]
    idempotency: Option<super::idempotency::Idempotency>,
    #[cfg(feature = "store")]
    ahead: Option<Arc<dyn super::ahead::Ahead>>,
}

/// Why a gateway that was set up does not run.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// It cannot be built.
    #[error("{0}")]
    Build(#[from] BuildError),
    /// It cannot be started.
    #[error("{0}")]
    Start(#[from] StartError),
}

impl Builder {
    pub(super) fn new(name: String, dialect: &'static Dialect) -> Self {
        Builder {
            name,
            dialect,
            source: None,
            upstreams: Vec::new(),
            routes: None,
            before_request: Vec::new(),
            before_response: Vec::new(),
            events: Box::new(Logged),
            codes: Codes::of(dialect),
            limits: Limits {
                clients: 1024,
                per_client: 1024,
                in_flight: 16 * 1024,
                timeout: Duration::from_secs(30),
                grace: Duration::from_secs(30),
                allowed: Vec::new(),
            },
            tracer: Tracer::default(),
            #[cfg(feature = "store")]
            idempotency: None,
            #[cfg(feature = "store")]
            ahead: None,
        }
    }

    /// Where clients connect, TCP or TLS. How long one may be silent, or take nothing, is said by the [settings of its
    /// links](crate::link::Settings). The listener serves one run; to be started again the gateway needs an
    /// [address](Builder::listen_at).
    pub fn listen(mut self, listener: Listener) -> Self {
        self.source = Some(Source::Bound(Some(listener)));
        self
    }

    /// Where clients connect, bound at each start: `host:port`.
    pub fn listen_at(mut self, listen: Listen, address: impl Into<String>) -> Self {
        self.source = Some(Source::At(Box::new(listen), address.into()));
        self
    }

    /// A route of this name that speaks the dialect of the clients; for more say [`Builder::upstream`].
    pub fn route(self, name: impl Into<String>, forwarder: impl Forwarder) -> Self {
        self.upstream(Upstream::new(name, forwarder))
    }

    /// A route.
    pub fn upstream(mut self, upstream: Upstream) -> Self {
        self.upstreams.push(upstream);
        self
    }

    /// Which request takes which route. Without this all take the first.
    pub fn routes(mut self, routes: Routes) -> Self {
        self.routes = Some(routes);
        self
    }

    /// Called before a request is carried on, behind those that were given before. It may change the request, choose
    /// its route, answer it, note what it does in the trace, or refuse it by an error.
    pub fn before_request<F>(mut self, hook: F) -> Self
    where
        F: Fn(&mut Exchange) -> Result<(), HookError> + Send + Sync + 'static,
    {
        self.before_request.push(Hook::Plain(Box::new(hook)));
        self
    }

    /// As [`Builder::before_request`], for a hook that waits for something:
    /// `|exchange| Box::pin(async move { .. })`.
    pub fn before_request_async<F>(mut self, hook: F) -> Self
    where
        F: for<'a> Fn(&'a mut Exchange) -> BoxFuture<'a, Result<(), HookError>> + Send + Sync + 'static,
    {
        self.before_request.push(Hook::Waiting(Box::new(hook)));
        self
    }

    /// Called before the answer of a route is given back, behind those that were given before. It may change the
    /// answer. When it fails the client gets a decline, and [`Events::declined`] the answer: whoever approved must hear
    /// of it.
    pub fn before_response<F>(mut self, hook: F) -> Self
    where
        F: Fn(&mut Exchange) -> Result<(), HookError> + Send + Sync + 'static,
    {
        self.before_response.push(Hook::Plain(Box::new(hook)));
        self
    }

    /// As [`Builder::before_response`], for a hook that waits for something.
    pub fn before_response_async<F>(mut self, hook: F) -> Self
    where
        F: for<'a> Fn(&'a mut Exchange) -> BoxFuture<'a, Result<(), HookError>> + Send + Sync + 'static,
    {
        self.before_response.push(Hook::Waiting(Box::new(hook)));
        self
    }

    /// Who listens. Without this warnings go to the log.
    pub fn events(mut self, events: impl Events) -> Self {
        self.events = Box::new(events);
        self
    }

    /// The response codes that it declines with. Without this those of [`Codes::of`] the dialect of the clients.
    pub fn codes(mut self, codes: Codes) -> Self {
        self.codes = codes;
        self
    }

    /// Which requests are traced, and who gets the records. Without this none are.
    pub fn tracer(mut self, tracer: Tracer) -> Self {
        self.tracer = tracer;
        self
    }

    /// Carries the same request on once: what is sent again gets the answer that was given, also by other nodes and
    /// after a restart. Without this only one that is under way on the same link is known again.
    #[cfg(feature = "store")]
    pub fn idempotency(mut self, idempotency: super::idempotency::Idempotency) -> Self {
        self.idempotency = Some(idempotency);
        self
    }

    /// Who writes down what is sent before it is sent: in the store that answers are kept in, if they are.
    #[cfg(all(feature = "host", feature = "store"))]
    pub(crate) fn ahead(mut self, ahead: Arc<dyn super::ahead::Ahead>) -> Self {
        self.ahead = Some(ahead);
        self
    }

    /// When a client is to have its answer: routing, hooks and the route together. 30 seconds without this.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.limits.timeout = timeout.min(LONGEST);
        self
    }

    /// How long requests in flight may take yet when it stops. 30 seconds without this.
    pub fn grace(mut self, grace: Duration) -> Self {
        self.limits.grace = grace.min(LONGEST);
        self
    }

    /// Most requests of one client in flight; further ones are declined. 1024 without this.
    pub fn max_in_flight_per_client(mut self, requests: usize) -> Self {
        self.limits.per_client = requests.max(1);
        self
    }

    /// Most requests in flight in all; further ones are declined. 16 384 without this.
    pub fn max_in_flight(mut self, requests: usize) -> Self {
        self.limits.in_flight = requests.max(1);
        self
    }

    /// Most clients at a time; further ones are let in and hung up on. 1024 without this. ([`Listen::limit`], where it is given,
    /// has them wait instead.)
    pub const fn max_clients(mut self, clients: usize) -> Self {
        self.limits.clients = clients;
        self
    }

    /// Lets clients of these networks in, and no others: `10.1.0.0/16`. Those that were given before remain; without
    /// this everybody is let in.
    pub fn allow(mut self, networks: impl IntoIterator<Item = IpNet>) -> Self {
        self.limits.allowed.extend(networks);
        self
    }

    /// Builds it, to be started later. Metrics are registered with the recorder that is installed by then.
    ///
    /// # Errors
    /// Something is missing or does not fit together.
    pub fn build(self) -> Result<Gateway, BuildError> {
        let Builder { name, dialect, source, upstreams, routes, codes, limits, events, tracer, .. } = self;
        let source = source.ok_or(BuildError::NoListener)?;
        let first = upstreams.first().ok_or(BuildError::NoRoutes)?;
        let routes = match routes {
            Some(routes) => routes,
            None => Routes::all_to(dialect, &first.name)?,
        };
        for (at, upstream) in upstreams.iter().enumerate() {
            if upstreams[..at].iter().any(|other| other.name == upstream.name) {
                return Err(BuildError::SameName(upstream.name.clone()));
            }
            check(dialect, upstream)?;
        }
        if let Some(kind) = codes.misfit(dialect) {
            return Err(BuildError::Code(kind));
        }
        Correlation::from(dialect).check(dialect)?;
        let legs = upstreams.into_iter().map(|upstream| Leg::new(&name, upstream)).collect();
        let routing = ArcSwap::from_pointee(Routing::new(routes, dialect, legs)?);
        #[cfg(feature = "store")]
        let idempotency = match self.idempotency {
            Some(idempotency) => Some(idempotency.build(&name, dialect, limits.timeout)?),
            None => None,
        };
        let metrics = Metrics::new(&name, dialect);
        let inner = Arc::new(Inner {
            name,
            dialect,
            routing,
            before_request: self.before_request,
            before_response: self.before_response,
            events,
            codes,
            limits,
            tracer,
            counters: Counters::default(),
            sequence: Counter::default(),
            metrics,
            clients: Arc::default(),
            in_flight: Arc::default(),
            stopping: AtomicBool::new(false),
            #[cfg(feature = "store")]
            idempotency,
            #[cfg(feature = "store")]
            ahead: self.ahead,
        });
        bind_late(&inner);
        Ok(Gateway::new(inner, source))
    }

    /// Builds and starts it.
    ///
    /// # Errors
    /// As [`Builder::build`] and [`Gateway::start`].
    pub async fn start(self) -> Result<Gateway, Error> {
        let gateway = self.build()?;
        gateway.start().await?;
        Ok(gateway)
    }
}

/// Whether a route fits the clients.
fn check(dialect: &'static Dialect, upstream: &Upstream) -> Result<(), BuildError> {
    let there = upstream.forwarder.dialect();
    let route = || upstream.name.clone();
    match &upstream.mapping {
        Some((requests, answers)) => {
            for (mapping, from, to) in [(requests, dialect, there), (answers, there, dialect)] {
                if !same(mapping.from(), from) || !same(mapping.to(), to) {
                    let (from, to) = (mapping.from().name(), mapping.to().name());
                    return Err(BuildError::Mapping { route: route(), from, to });
                }
            }
        }
        None if !same(dialect, there) => {
            let (expected, found) = (dialect.name(), there.name());
            return Err(BuildError::Unmapped { route: route(), expected, found });
        }
        None => {}
    }
    let is_stan = |dialect: &Dialect| dialect.field(11).is_some_and(|field| field.kind == Kind::Stan);
    if upstream.stans.is_some() && !(is_stan(dialect) && is_stan(there)) {
        return Err(BuildError::NoStan(route()));
    }
    Ok(())
}

fn same(one: &'static Dialect, other: &'static Dialect) -> bool {
    std::ptr::eq(one, other) || one == other
}

impl std::fmt::Debug for Builder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Builder")
            .field("name", &self.name)
            .field("dialect", &self.dialect.name())
            .field("upstreams", &self.upstreams)
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}
