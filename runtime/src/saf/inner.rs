//! What the handles of a queue and its task share.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, watch};

use super::policy::Policy;
use super::upstream::Upstream;
use crate::msg::Dialect;
use crate::store::{Moment, Place, QueueStatus, Store, Vault};

/// What a queue is made of.
pub(super) struct Parts {
    pub(super) name: String,
    pub(super) dialect: &'static Dialect,
    pub(super) store: Arc<dyn Store>,
    pub(super) vault: Vault,
    pub(super) policy: Policy,
    pub(super) owner: String,
    /// Whether that is the name of the node, the same after a restart.
    pub(super) named: bool,
    pub(super) upstream: Option<Box<dyn Upstream>>,
}

pub(super) struct Inner {
    pub(super) parts: Parts,
    /// A message was accepted here.
    pub(super) accepted: Notify,
    /// An operator has changed something.
    pub(super) changed: Notify,
    /// The run that goes on, if one does.
    pub(super) run: Mutex<Option<Run>>,
    /// How the queue was when it was looked at last.
    pub(super) seen: Mutex<QueueStatus>,
    /// Messages that wait, as far as is known here.
    pub(super) depth: AtomicU64,
    /// Whether the store failed when it was asked last.
    pub(super) store_failed: AtomicBool,
    /// Why the last attempt did not deliver.
    trouble: Mutex<Option<String>>,
}

/// A run of the task.
#[derive(Clone)]
pub(super) struct Run {
    /// Asks it to stop.
    pub(super) stop: Arc<watch::Sender<bool>>,
    /// Closed when it has ended.
    pub(super) ended: watch::Receiver<()>,
}

impl Inner {
    pub(super) fn new(parts: Parts) -> Arc<Self> {
        Arc::new(Inner {
            parts,
            accepted: Notify::new(),
            changed: Notify::new(),
            run: Mutex::new(None),
            seen: Mutex::new(QueueStatus::default()),
            depth: AtomicU64::new(0),
            store_failed: AtomicBool::new(false),
            trouble: Mutex::new(None),
        })
    }

    /// Where a message of this queue is stored.
    pub(super) fn place<'a>(&'a self, id: &'a str) -> Place<'a> {
        Place { kind: "queue", name: &self.parts.name, id }
    }

    /// How long a message is ours that was taken: longer than it can take to send it and to say so.
    pub(super) fn lease(&self) -> Duration {
        self.parts.policy.timeout.saturating_mul(2).saturating_add(self.parts.policy.margin)
    }

    /// Looks at the queue, and tells the metrics.
    pub(super) async fn look(&self) {
        let looked = self.parts.store.queue_status(&self.parts.name).await;
        self.store_failed.store(looked.is_err(), Ordering::Relaxed);
        let Ok(status) = looked else { return };
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = status;
        self.depth.store(status.pending, Ordering::Relaxed);
        let age = status.oldest.map_or(Duration::ZERO, |oldest| Moment::now().since(oldest));
        let queue = || self.parts.name.clone();
        metrics::gauge!("isopace_saf_depth", "queue" => queue()).set(status.pending as f64);
        metrics::gauge!("isopace_saf_dead", "queue" => queue()).set(status.dead as f64);
        metrics::gauge!("isopace_saf_oldest_age_seconds", "queue" => queue()).set(age.as_secs_f64());
    }

    /// Notes why an attempt did not deliver, or that one did. It holds nothing of a message.
    pub(super) fn tell(&self, trouble: Option<String>) {
        *self.trouble.lock().unwrap_or_else(PoisonError::into_inner) = trouble;
    }

    pub(super) fn trouble(&self) -> Option<String> {
        self.trouble.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn count(&self, name: &'static str) {
        metrics::counter!(name, "queue" => self.parts.name.clone()).increment(1);
    }
}
