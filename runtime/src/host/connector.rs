//! A connector as a component.

use super::{BoxFuture, Component, Health, Sender, StartError, Status};
use crate::connector::{self, Connector, State};
use crate::msg::Dialect;

/// It is up while it is ready; until its first link has failed it is starting, and after that down until it is ready again.
impl Component for Connector {
    fn name(&self) -> &str {
        Connector::name(self)
    }

    fn kind(&self) -> &'static str {
        "connector"
    }

    fn start(&self) -> BoxFuture<'_, Result<(), StartError>> {
        let started = match Connector::start(self) {
            Ok(()) | Err(connector::StartError::Running) => Ok(()),
            Err(error @ connector::StartError::NoRuntime) => Err(StartError::new(error)),
        };
        Box::pin(std::future::ready(started))
    }

    fn stop(&self) -> BoxFuture<'_, ()> {
        Box::pin(Connector::stop(self))
    }

    fn status(&self) -> Status {
        status(self)
    }

    fn heals_itself(&self) -> bool {
        true
    }

    fn sender(&self) -> Option<Sender> {
        Some(Sender::Connector(self.clone()))
    }

    fn dialect(&self) -> Option<&'static Dialect> {
        Some(Connector::dialect(self))
    }
}

/// How a connector is, in the words of a host.
pub(crate) fn status(connector: &Connector) -> Status {
    let now = connector.status();
    let stats = connector.stats();
    let health = match now.state {
        State::Ready => Health::Up,
        State::Stopped => Health::Stopped,
        State::Connecting | State::SigningOn if now.attempts == 0 && now.failure.is_none() => Health::Starting,
        _ => Health::Down,
    };
    let mut detail = now.state.name().to_owned();
    if let Some(peer) = now.peer {
        detail.push_str(&format!(", peer {peer}"));
    }
    if let (false, Some(failure)) = (now.is_ready(), &now.failure) {
        detail.push_str(&format!(": {failure}"));
    }
    Status::new(health, detail)
        .figure("attempts_total", stats.attempts)
        .figure("ready_total", stats.ready)
        .figure("losses_total", stats.losses)
        .figure("echo_failures_total", stats.echo_failures)
}
