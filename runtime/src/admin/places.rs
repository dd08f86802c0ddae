//! Places for connections. When all are taken, whoever has waited longest without asking for anything makes room for
//! the next, so that clients that only hold their connections keep nobody out.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};

/// Places for connections.
pub(super) struct Places {
    free: Arc<Semaphore>,
    taken: Mutex<Taken>,
}

#[derive(Default)]
struct Taken {
    /// In the order in which they came.
    held: BTreeMap<u64, Arc<Held>>,
    next: u64,
}

/// What is known of a connection that has a place.
#[derive(Default)]
struct Held {
    /// Requests that are being answered.
    busy: AtomicUsize,
    leave: Notify,
}

/// A place, while it is kept.
pub(super) struct Place {
    number: u64,
    held: Arc<Held>,
    places: Arc<Places>,
    _permit: OwnedSemaphorePermit,
}

/// A request is being answered.
pub(super) struct Busy(Arc<Held>);

impl Places {
    pub(super) fn new(count: usize) -> Arc<Self> {
        let free = Arc::new(Semaphore::new(count.clamp(1, Semaphore::MAX_PERMITS)));
        Arc::new(Places { free, taken: Mutex::default() })
    }

    /// A place: at once, as soon as an idle connection has left, or, where all are at work, when one of them ends.
    pub(super) async fn take(self: &Arc<Self>) -> Option<Place> {
        let permit = match Arc::clone(&self.free).try_acquire_owned() {
            Ok(permit) => permit,
            Err(_) => {
                self.ask_one_to_leave();
                Arc::clone(&self.free).acquire_owned().await.ok()?
            }
        };
        let held = Arc::new(Held::default());
        let mut taken = self.taken();
        let number = taken.next;
        taken.next += 1;
        taken.held.insert(number, Arc::clone(&held));
        Some(Place { number, held, places: Arc::clone(self), _permit: permit })
    }

    fn ask_one_to_leave(&self) {
        let taken = self.taken();
        if let Some(idle) = taken.held.values().find(|held| held.busy.load(Ordering::Relaxed) == 0) {
            idle.leave.notify_one();
        }
    }

    fn taken(&self) -> MutexGuard<'_, Taken> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Place {
    /// While this is kept, the connection is not asked to leave.
    pub(super) fn busy(&self) -> Busy {
        self.held.busy.fetch_add(1, Ordering::Relaxed);
        Busy(Arc::clone(&self.held))
    }

    /// Waits until the place is wanted for another.
    pub(super) async fn wanted(&self) {
        self.held.leave.notified().await;
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.busy.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.places.taken().held.remove(&self.number);
    }
}
