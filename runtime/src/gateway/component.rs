//! A gateway as a part of a host.

use super::handle::Gateway;
use crate::host::{BoxFuture, Component, Health, StartError, Status};

impl Component for Gateway {
    fn name(&self) -> &str {
        Gateway::name(self)
    }

    fn kind(&self) -> &'static str {
        "gateway"
    }

    fn start(&self) -> BoxFuture<'_, Result<(), StartError>> {
        Box::pin(async move { Gateway::start(self).await.map_err(StartError::new) })
    }

    fn stop(&self) -> BoxFuture<'_, ()> {
        Box::pin(Gateway::stop(self))
    }

    /// It is down while its routes are, which is for them to change: its clients gain nothing by another start.
    fn heals_itself(&self) -> bool {
        true
    }

    /// It stops to listen first.
    fn hands_over(&self) -> bool {
        true
    }

    fn status(&self) -> Status {
        let (stats, routes) = (self.stats(), self.routes());
        let ready = routes.iter().filter(|(_, ready)| *ready).count();
        let health = match ready {
            _ if !self.is_running() => Health::Stopped,
            0 => Health::Down,
            ready if ready < routes.len() => Health::Degraded,
            _ => Health::Up,
        };
        let detail = match self.local_address() {
            Some(address) if health != Health::Stopped => {
                format!("listening on {address}, {ready} of {} routes ready", routes.len())
            }
            _ => "stopped".to_owned(),
        };
        Status::new(health, detail)
            .figure("clients", stats.clients as u64)
            .figure("in_flight", stats.in_flight as u64)
            .figure("connections_total", stats.connections)
            .figure("refused_total", stats.refused)
            .figure("requests_total", stats.requests)
            .figure("responses_total", stats.responses)
            .figure("declined_total", stats.all_declined())
            .figure("replayed_total", stats.replayed)
            .figure("undelivered_total", stats.undelivered)
            .figure("late_total", stats.late)
            .figure("panicked_total", stats.panicked)
    }
}
