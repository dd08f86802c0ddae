//! A name to send requests to, which outlives whatever stands behind it.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, timeout_at};

use super::{Component, Sender};
use crate::msg::Dialect;
use crate::mux::{NotSent, Outcome, Outgoing, SendError};

/// How long a message waits at most while what it is sent by is replaced, unless it has a deadline of its own.
const PATIENCE: Duration = Duration::from_secs(30);

/// What stands behind a name.
#[derive(Clone, Default)]
pub(super) struct Behind {
    pub(super) component: Option<Arc<dyn Component>>,
    /// It is being replaced: requests that it does not take wait for the next one.
    pub(super) changing: bool,
    /// Counts the changes of this.
    pub(super) changes: u64,
}

/// A name, whatever stands behind it.
pub(super) type Slot = watch::Sender<Behind>;

/// A component of a host that requests are sent by, found by its name: a connector or a pool.
///
/// It stays good when the component is replaced. While that is under way requests that have not been sent wait, up to their
/// deadline, for the one that comes; what has been sent is answered by the one before. It may be had before there is a component of that
/// name: requests end as [`NotSent::NotConnected`] until then.
#[derive(Clone)]
pub struct Upstream {
    name: Arc<str>,
    slot: Arc<Slot>,
}

impl Upstream {
    pub(super) const fn new(name: Arc<str>, slot: Arc<Slot>) -> Self {
        Upstream { name, slot }
    }

    /// The name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What requests are sent by now; nothing when there is no such component, or it does not run.
    #[must_use]
    pub fn sender(&self) -> Option<Sender> {
        self.slot.borrow().component.as_ref().and_then(|component| component.sender())
    }

    /// The dialect of the messages, when there is a component of that name that takes requests.
    #[must_use]
    pub fn dialect(&self) -> Option<&'static Dialect> {
        self.slot.borrow().component.as_ref().and_then(|component| component.dialect())
    }

    /// The durable queue that stands behind the name now, if it is one.
    #[cfg(feature = "store")]
    #[must_use]
    pub fn queue(&self) -> Option<crate::saf::Saf> {
        self.slot.borrow().component.as_ref().and_then(|component| component.queue())
    }

    /// Whether requests are taken now.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        self.sender().is_some_and(|sender| sender.is_ready())
    }

    /// Sends a request and waits for its answer, as long as the connector or pool is told to wait.
    pub async fn request(&self, message: impl Outgoing + Send + Sync) -> Outcome {
        self.by(&message, None).await
    }

    /// Sends a request and waits for its answer up to this moment.
    pub async fn request_until(&self, message: impl Outgoing + Send + Sync, deadline: Instant) -> Outcome {
        self.by(&message, Some(deadline)).await
    }

    /// Sends a message that is not answered.
    ///
    /// # Errors
    /// It cannot be written, nothing is ready that would take it, or it was not written in time.
    pub async fn send(&self, message: impl Outgoing + Send + Sync) -> Result<(), SendError> {
        let end = Instant::now() + PATIENCE;
        loop {
            let (sender, seen) = self.look();
            let refused = match sender {
                Some(sender) => match sender.send(&message).await {
                    Err(SendError::NotSent(refused)) => refused,
                    result => return result,
                },
                None => NotSent::NotConnected,
            };
            self.next(seen, refused, end).await?;
        }
    }

    async fn by(&self, message: &(impl Outgoing + Send + Sync), deadline: Option<Instant>) -> Outcome {
        let mut end = None;
        loop {
            let (sender, seen) = self.look();
            let refused = match sender {
                Some(sender) => match sender.request(message, deadline).await {
                    Outcome::NotSent(refused) => refused,
                    outcome => return outcome,
                },
                None => NotSent::NotConnected,
            };
            let end = *end.get_or_insert_with(|| deadline.unwrap_or_else(|| Instant::now() + PATIENCE));
            if let Err(refused) = self.next(seen, refused, end).await {
                return Outcome::NotSent(refused);
            }
        }
    }

    /// What to send by, and as which of its changes it was seen.
    fn look(&self) -> (Option<Sender>, u64) {
        let behind = self.slot.borrow();
        (behind.component.as_ref().and_then(|component| component.sender()), behind.changes)
    }

    /// Waits for the next one to send by, where there is one or one is on its way, and this message may go by it.
    async fn next(&self, seen: u64, refused: NotSent, end: Instant) -> Result<(), NotSent> {
        // Anything else is wrong with the message, or with its time, and would be with the next one too.
        if !matches!(refused, NotSent::NotConnected | NotSent::Closing | NotSent::Lost(_)) {
            return Err(refused);
        }
        let mut changes = self.slot.subscribe();
        let settled = changes.wait_for(|behind| !behind.changing);
        let now = match timeout_at(end, settled).await {
            Ok(Ok(behind)) => behind.changes,
            Ok(Err(_)) | Err(_) => return Err(refused),
        };
        // Where nothing has changed it would be refused again.
        if now == seen { Err(refused) } else { Ok(()) }
    }
}

impl std::fmt::Debug for Upstream {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Upstream").field("name", &self.name).field("ready", &self.is_ready()).finish()
    }
}
