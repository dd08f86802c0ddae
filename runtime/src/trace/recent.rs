//! The last records, for whoever looks.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::record::Record;
use super::tracer::Sink;

/// Keeps the last so many records. A handle: clones look at the same ones.
#[derive(Debug, Clone)]
pub struct Recent {
    records: Arc<Mutex<VecDeque<Arc<Record>>>>,
    capacity: usize,
}

impl Recent {
    /// Keeps at most so many, at least one.
    #[must_use]
    pub fn new(capacity: usize) -> Self {
        Recent { records: Arc::default(), capacity: capacity.max(1) }
    }

    /// All that it keeps, the latest first.
    #[must_use]
    pub fn list(&self) -> Vec<Arc<Record>> {
        self.lock().iter().rev().cloned().collect()
    }

    /// The latest with this identifier.
    #[must_use]
    pub fn find(&self, id: &str) -> Option<Arc<Record>> {
        self.lock().iter().rev().find(|record| record.id == id).cloned()
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<Arc<Record>>> {
        // Nothing that runs under the lock leaves it half done.
        self.records.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Sink for Recent {
    fn take(&self, record: &Arc<Record>) {
        let mut records = self.lock();
        let oldest = if records.len() >= self.capacity { records.pop_front() } else { None };
        records.push_back(Arc::clone(record));
        drop(records);
        // Not under the lock.
        drop(oldest);
    }
}
