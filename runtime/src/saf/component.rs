//! A queue as a part of a switch.

use super::Saf;
use crate::host::{BoxFuture, Component, Health, Sender, StartError, Status};
use crate::store::Moment;

impl Component for Saf {
    fn name(&self) -> &str {
        Saf::name(self)
    }

    fn kind(&self) -> &'static str {
        "saf"
    }

    fn start(&self) -> BoxFuture<'_, Result<(), StartError>> {
        Box::pin(async { Saf::start(self).map_err(StartError::new) })
    }

    fn stop(&self) -> BoxFuture<'_, ()> {
        Box::pin(Saf::stop(self))
    }

    fn status(&self) -> Status {
        let (queue, failed) = self.seen();
        let (health, detail) = match () {
            () if !self.is_running() => (Health::Stopped, format!("{} messages wait", queue.pending)),
            () if failed => (Health::Down, "the store fails".to_owned()),
            () if queue.paused => (Health::Degraded, format!("paused, {} messages wait", queue.pending)),
            () if queue.dead > 0 => {
                (Health::Degraded, format!("{} messages wait, {} were given up", queue.pending, queue.dead))
            }
            () => (Health::Up, format!("{} messages wait", queue.pending)),
        };
        let age = queue.oldest.map_or(0, |oldest| Moment::now().since(oldest).as_millis());
        Status::new(health, detail)
            .figure("pending", queue.pending)
            .figure("dead", queue.dead)
            .figure("oldest_age_ms", u64::try_from(age).unwrap_or(u64::MAX))
    }

    /// Advices are sent by it.
    fn sender(&self) -> Option<Sender> {
        Some(Sender::Queue(self.clone()))
    }

    fn queue(&self) -> Option<Saf> {
        Some(self.clone())
    }
}
