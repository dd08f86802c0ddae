//! What of a component can be changed while it runs: the routes of a gateway.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::plan::Planned;
use crate::gateway::{Gateway, Routes};
use crate::msg::Dialect;

/// The routes of a gateway, which can be changed while it runs.
#[derive(Debug, Clone)]
pub(super) struct Rerouting {
    pub(super) gateway: Gateway,
    pub(super) routes: Routes,
    /// What the descriptor says of them, and all the rest of it.
    pub(super) said: serde_json::Value,
    pub(super) rest: serde_json::Value,
}

impl Planned {
    /// Has what runs take the routes of this one, where they are all that has changed. Gives what runs then.
    pub(super) fn reroute(&self, new: &Planned) -> Option<Planned> {
        let (now, then) = (self.rerouting.as_ref()?, new.rerouting.as_ref()?);
        let routes_only = now.rest == then.rest && now.said != then.said && self.files == new.files;
        let to = |planned: &Planned| -> BTreeMap<String, &'static Dialect> { planned.after.iter().cloned().collect() };
        if !routes_only || to(self) != to(new) || !now.gateway.is_running() {
            return None;
        }
        now.gateway.set_routes(then.routes.clone()).ok()?;
        let rerouting = Some(Rerouting { gateway: now.gateway.clone(), ..then.clone() });
        Some(Planned { component: Arc::clone(&self.component), rerouting, ..new.clone() })
    }
}
