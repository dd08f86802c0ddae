//! What all connections of an [`Admin`](super::Admin) share.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use tokio::sync::Semaphore;

use super::access::Token;
use super::{Limits, Source, metrics};
use crate::load;
use crate::msg::Dialect;

/// What all connections share.
pub(super) struct Shared {
    pub(super) source: Arc<dyn Source>,
    pub(super) service: String,
    pub(super) token: Option<Token>,
    pub(super) limits: Limits,
    pub(super) metrics: Option<metrics::Text>,
    /// Places for inspections: they take a while, and the threads of the runtime are for others.
    pub(super) inspections: Arc<Semaphore>,
    pub(super) started: SystemTime,
    pub(super) since: Instant,
    pub(super) connections: AtomicU64,
    pub(super) requests: AtomicU64,
    pub(super) refused: AtomicU64,
    shipped: OnceLock<Vec<(String, &'static Dialect)>>,
}

impl Shared {
    pub(super) fn new(
        source: Arc<dyn Source>,
        service: String,
        token: Option<Token>,
        limits: Limits,
        metrics: Option<metrics::Text>,
    ) -> Arc<Self> {
        Arc::new(Shared {
            source,
            service,
            token,
            limits,
            metrics,
            inspections: Arc::new(Semaphore::new(limits.inspections.clamp(1, Semaphore::MAX_PERMITS))),
            started: SystemTime::now(),
            since: Instant::now(),
            connections: AtomicU64::new(0),
            requests: AtomicU64::new(0),
            refused: AtomicU64::new(0),
            shipped: OnceLock::new(),
        })
    }

    /// The dialects there are: those of the switch first, then the shipped ones. Reads the specs the first time.
    pub(super) fn dialects(&self) -> Vec<(String, &'static Dialect)> {
        let shipped = self.shipped.get_or_init(|| {
            let load = |name: &&str| Some(((*name).to_owned(), load::shipped(name).ok()?));
            load::shipped_names().iter().filter_map(load).collect()
        });
        let mut all = self.source.dialects();
        for (name, dialect) in shipped {
            if !all.iter().any(|(known, _)| known == name) {
                all.push((name.clone(), dialect));
            }
        }
        all
    }

    /// When it was made, as `2026-11-20T07:21:55Z`.
    pub(super) fn started(&self) -> String {
        let seconds = self.started.duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs());
        let seconds = i64::try_from(seconds).unwrap_or(i64::MAX);
        let time = crate::types::CalendarDateTime::from_unix_seconds(seconds);
        time.map_or_else(String::new, |time| format!("{}T{}Z", time.date(), time.time()))
    }
}

/// Counts one while it is there.
pub(super) struct Counted(Arc<Shared>);

impl Counted {
    pub(super) fn new(shared: &Arc<Shared>) -> Self {
        shared.connections.fetch_add(1, Ordering::Relaxed);
        Counted(Arc::clone(shared))
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.connections.fetch_sub(1, Ordering::Relaxed);
    }
}
