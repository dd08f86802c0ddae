//! What of a component can be changed while it runs: the routes of a gateway.

use std::sync::Arc;

use serde_json::Value;

use super::plan::Planned;
use crate::gateway::Gateway;

/// The keys of a descriptor that say what the routes of a gateway are.
const KEYS: [&str; 3] = ["routes", "route_to", UPSTREAM];
/// How requests are made fit for each of them.
const UPSTREAM: &str = "upstream";

/// A gateway, and what its descriptor says of its routes and otherwise.
#[derive(Debug, Clone)]
pub(super) struct Rerouting {
    gateway: Gateway,
    routes: Value,
    rest: Value,
}

impl Rerouting {
    /// Of a gateway that this descriptor describes.
    pub(super) fn new(descriptor: &super::Descriptor, gateway: &Gateway) -> Option<Self> {
        let (routes, rest) = descriptor.parts(&KEYS)?;
        Some(Rerouting { gateway: gateway.clone(), routes, rest })
    }

    fn leg(&self, name: &str) -> Option<&Value> {
        self.routes.get(UPSTREAM).and_then(|legs| legs.get(name))
    }
}

impl Planned {
    /// Whether this one, which runs, differs from that one in its routes only. A route that stays has to lead where it did, by the same
    /// dialect and in the same manner.
    pub(super) fn can_reroute(&self, new: &Planned) -> bool {
        let (Some(now), Some(next)) = (&self.rerouting, &new.rerouting) else { return false };
        let routes_only = now.rest == next.rest && now.routes != next.routes;
        let routes_only = routes_only && self.files == new.files && self.queues == new.queues;
        let same = |(name, dialect): &(String, _)| {
            let other = new.after.iter().find(|(other, _)| other == name);
            other.is_none_or(|(_, other)| other == dialect && now.leg(name) == next.leg(name))
        };
        self.name == new.name && routes_only && self.after.iter().all(same) && now.gateway.is_running()
    }

    /// Has what runs take the routes of this one, where these are all that has changed; gives what runs then.
    pub(super) fn reroute(&self, new: &Planned) -> Option<Planned> {
        let (now, next) = (self.rerouting.as_ref()?, new.rerouting.as_ref()?);
        if !self.can_reroute(new) {
            return None;
        }
        now.gateway.take_routes_of(&next.gateway).ok()?;
        let rerouting = Some(Rerouting { gateway: now.gateway.clone(), ..next.clone() });
        Some(Planned { component: Arc::clone(&self.component), rerouting, ..new.clone() })
    }
}
