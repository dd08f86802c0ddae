//! What all parts of a gateway share.

use std::net::IpAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use arc_swap::ArcSwap;
use ipnet::IpNet;

use super::cause::{Cause, Codes};
use super::events::Events;
use super::hook::Hook;
use super::metrics::Metrics;
use super::routing::{Leg, Routing};
use super::stats::{Counter, Counters};
use crate::msg::Dialect;
use crate::trace::Tracer;

/// Bounds and times of a gateway.
#[derive(Debug, Clone)]
pub(super) struct Limits {
    /// Most clients.
    pub(super) clients: usize,
    /// Most requests in flight of one client.
    pub(super) per_client: usize,
    /// Most requests in flight in all.
    pub(super) in_flight: usize,
    /// When a client is to have its answer.
    pub(super) timeout: Duration,
    /// How long requests in flight may take yet when the gateway stops.
    pub(super) grace: Duration,
    /// Who may connect; everybody where there is none.
    pub(super) allowed: Vec<IpNet>,
}

impl Limits {
    pub(super) fn allows(&self, peer: IpAddr) -> bool {
        // One that comes over IPv6 and is of IPv4 is known by the latter.
        let peer = peer.to_canonical();
        self.allowed.is_empty() || self.allowed.iter().any(|net| net.contains(&peer))
    }
}

/// What all parts of a gateway share.
pub(super) struct Inner {
    pub(super) name: String,
    pub(super) dialect: &'static Dialect,
    pub(super) routing: ArcSwap<Routing>,
    pub(super) before_request: Vec<Hook>,
    pub(super) before_response: Vec<Hook>,
    pub(super) events: Box<dyn Events>,
    pub(super) codes: Codes,
    pub(super) limits: Limits,
    pub(super) tracer: Tracer,
    pub(super) counters: Counters,
    /// Requests that were handled: numbers of their traces.
    pub(super) sequence: Counter,
    pub(super) metrics: Metrics,
    pub(super) clients: Arc<AtomicUsize>,
    pub(super) in_flight: Arc<AtomicUsize>,
    /// New requests are declined.
    pub(super) stopping: AtomicBool,
    /// What answers are kept by for repeats.
    #[cfg(feature = "store")]
    pub(super) idempotency: Option<super::idempotency::Keeper>,
    /// Who writes down what is sent before it is sent.
    #[cfg(feature = "store")]
    pub(super) ahead: Option<Arc<dyn super::ahead::Ahead>>,
}

impl Inner {
    /// The route of this name.
    pub(super) fn leg(&self, name: &str) -> Option<Arc<Leg>> {
        self.routing.load().leg(name).cloned()
    }

    /// Tells the listener; contains its panics.
    pub(super) fn tell(&self, tell: impl FnOnce(&dyn Events)) {
        if catch_unwind(AssertUnwindSafe(|| tell(&*self.events))).is_err() {
            tracing::error!(gateway = self.name, "a listener to events panicked");
        }
    }

    /// The response code for a cause.
    pub(super) fn code<'a>(&'a self, cause: &'a Cause) -> &'a str {
        match cause {
            Cause::Hook(error) => error.code(),
            _ => None,
        }
        .unwrap_or_else(|| self.codes.code(cause.kind()))
    }

    pub(super) fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::Acquire)
    }
}
