//! The routes that there are now, and which request takes which. Replaced as a whole while requests are under way: these go on by
//! the route that they have taken.

use std::sync::Arc;

use super::metrics::RouteMetrics;
use super::routes::{RouteError, RouteErrors, Routes};
use super::upstream::Upstream;
use crate::msg::{Dialect, Message};

/// A route of a gateway.
#[derive(Debug)]
pub(super) struct Leg {
    pub(super) upstream: Upstream,
    pub(super) metrics: RouteMetrics,
}

impl Leg {
    pub(super) fn new(gateway: &str, upstream: Upstream) -> Arc<Self> {
        let metrics = RouteMetrics::new(gateway, &upstream.name);
        Arc::new(Leg { upstream, metrics })
    }

    pub(super) fn name(&self) -> &str {
        &self.upstream.name
    }
}

/// Routes, and rows whose names have been found among them.
#[derive(Debug)]
pub(super) struct Routing {
    pub(super) legs: Vec<Arc<Leg>>,
    routes: Routes,
    /// For each name of the rows.
    taken: Vec<Arc<Leg>>,
}

impl Routing {
    pub(super) fn new(routes: Routes, dialect: &'static Dialect, legs: Vec<Arc<Leg>>) -> Result<Self, RouteErrors> {
        let mut errors = Vec::new();
        if !std::ptr::eq(routes.dialect(), dialect) && routes.dialect() != dialect {
            errors.push(RouteError::Dialect { expected: dialect.name(), found: routes.dialect().name() });
        }
        let mut taken = Vec::new();
        for name in routes.names() {
            match find(&legs, name) {
                Some(leg) => taken.push(Arc::clone(leg)),
                None => errors.push(RouteError::Unknown { name: name.to_owned() }),
            }
        }
        if errors.is_empty() { Ok(Routing { legs, routes, taken }) } else { Err(RouteErrors::new(errors)) }
    }

    /// The route of this name.
    pub(super) fn leg(&self, name: &str) -> Option<&Arc<Leg>> {
        find(&self.legs, name)
    }

    /// The route that a request takes.
    pub(super) fn find(&self, request: &Message) -> Option<&Arc<Leg>> {
        self.routes.place(request).and_then(|place| self.taken.get(place))
    }

    /// The rows of the next one, over its routes; those that both have stay as they are here.
    #[cfg(feature = "host")]
    pub(super) fn followed_by(&self, next: &Routing, dialect: &'static Dialect) -> Result<Self, RouteErrors> {
        let leg = |leg: &Arc<Leg>| Arc::clone(self.leg(leg.name()).unwrap_or(leg));
        Routing::new(next.routes.clone(), dialect, next.legs.iter().map(leg).collect())
    }
}

fn find<'a>(legs: &'a [Arc<Leg>], name: &str) -> Option<&'a Arc<Leg>> {
    legs.iter().find(|leg| leg.name() == name)
}
