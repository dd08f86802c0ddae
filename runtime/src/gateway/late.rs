//! Answers of a route that came too late: heard by its connector, told by the gateway.

use std::sync::{Arc, Mutex, PoisonError, Weak};

use super::events::Late;
use super::inner::Inner;
use crate::connector::{self, Connector};
use crate::mux::{Reason, Unmatched};

/// Listens to a connector for answers that nobody waits for any more, and has the gateway tell of those that are late.
///
/// ```
/// use isopace::gateway::{LateAnswers, Upstream};
/// # use isopace::connector::{BuildError, Connector};
/// # fn demo(builder: isopace::connector::Builder<isopace::mux::Unserved>) -> Result<(), BuildError> {
/// let late = LateAnswers::new();
/// let connector = builder.events(late.clone()).build()?;
/// let upstream = Upstream::new("issuer", connector).late_answers(&late);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Default)]
pub struct LateAnswers {
    gateway: Arc<Mutex<Option<Bound>>>,
}

/// The gateway, and the name of the route.
#[derive(Clone)]
struct Bound(Weak<Inner>, String);

/// Has late answers of all its routes told by this gateway.
pub(super) fn bind_late(gateway: &Arc<Inner>) {
    for leg in &gateway.routing.load().legs {
        leg.upstream.late.iter().for_each(|late| late.bind(Arc::downgrade(gateway), leg.name()));
    }
}

impl LateAnswers {
    /// Not yet part of a gateway.
    #[must_use]
    pub fn new() -> Self {
        LateAnswers::default()
    }

    /// From now on they are of this route.
    fn bind(&self, gateway: Weak<Inner>, route: &str) {
        *self.gateway.lock().unwrap_or_else(PoisonError::into_inner) = Some(Bound(gateway, route.to_owned()));
    }

    /// Has the gateway tell of an answer, if it is late. For connectors that have a listener of their own.
    pub fn tell(&self, unmatched: &Unmatched) {
        if unmatched.reason != Reason::Late {
            return;
        }
        let bound = self.gateway.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(Bound(gateway, route)) = bound
            && let Some(inner) = gateway.upgrade()
        {
            inner.counters.late.add();
            inner.tell(|events| events.late(Late { route, unmatched: unmatched.clone() }));
        }
    }
}

impl connector::Events for LateAnswers {
    async fn unmatched(&self, connector: &Connector, unmatched: &Unmatched) {
        if unmatched.reason != Reason::Late {
            let Unmatched { reason, key, .. } = unmatched;
            tracing::warn!(name = connector.name(), reason = reason.name(), %key, "an answer that nobody waits for");
        }
        self.tell(unmatched);
    }
}

impl std::fmt::Debug for LateAnswers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("LateAnswers")
    }
}
