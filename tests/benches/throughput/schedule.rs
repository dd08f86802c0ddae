//! When requests are due.

use std::collections::VecDeque;
use std::io;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use tokio::sync::Semaphore;

/// It is not woken more often than this: requests that are due between are sent together.
const LEAST: Duration = Duration::from_micros(30);

/// Requests at even distances, for all callers together.
#[derive(Clone)]
pub(crate) struct Schedule(Arc<Shared>);

struct Shared {
    due: Mutex<VecDeque<Instant>>,
    /// One for each that is due; closed when no more will be.
    ready: Semaphore,
}

impl Schedule {
    /// So many a second up to the end; nothing for none. A thread of its own tells of them, since timers of the runtime go by
    /// milliseconds.
    pub(crate) fn start(rate: usize, end: Instant) -> io::Result<Option<Self>> {
        if rate == 0 {
            return Ok(None);
        }
        let shared = Arc::new(Shared { due: Mutex::default(), ready: Semaphore::new(0) });
        let told = Arc::clone(&shared);
        thread::Builder::new().name("schedule".to_owned()).spawn(move || {
            let begun = Instant::now();
            let at = |number: u64| begun + Duration::from_nanos(number * 1_000_000_000 / rate as u64);
            let mut number = 0;
            while at(number) <= end {
                let mut due = told.due.lock().expect("no caller panicked");
                let now = Instant::now();
                let mut more = 0;
                while at(number) <= now {
                    due.push_back(at(number));
                    (number, more) = (number + 1, more + 1);
                }
                drop(due);
                told.ready.add_permits(more);
                thread::sleep(at(number).saturating_duration_since(Instant::now()).max(LEAST));
            }
            told.ready.close();
        })?;
        Ok(Some(Schedule(shared)))
    }

    /// Waits for the next request; when it was due.
    pub(crate) async fn next(&self) -> Option<Instant> {
        self.0.ready.acquire().await.ok()?.forget();
        self.0.due.lock().expect("no caller panicked").pop_front()
    }
}
