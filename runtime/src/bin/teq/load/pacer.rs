//! Wakes the generator when a message is due. A thread of its own, since timers of the runtime go by milliseconds.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use tokio::sync::Notify;

use super::schedule::Schedule;

/// It is not woken more often than this: messages that are due between are sent together.
const LEAST: Duration = Duration::from_micros(50);

/// It looks this often whether it is over.
const MOST: Duration = Duration::from_millis(20);

/// The thread. Dropping it ends and joins it.
#[derive(Debug)]
pub(crate) struct Pacer {
    over: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Pacer {
    pub(crate) fn start(schedule: Schedule, begun: Instant, wake: Arc<Notify>) -> std::io::Result<Self> {
        let over = Arc::new(AtomicBool::new(false));
        let ended = Arc::clone(&over);
        let thread = thread::Builder::new().name("pacer".to_owned()).spawn(move || {
            while !ended.load(Ordering::Relaxed) {
                let now = begun.elapsed();
                let Some(next) = schedule.at(schedule.count(now)) else { break };
                let wait = next.saturating_sub(now);
                thread::sleep(wait.clamp(LEAST, MOST));
                if wait <= MOST {
                    wake.notify_one();
                }
            }
            // Whoever waits for the last message sees that there is none.
            wake.notify_one();
        })?;
        Ok(Pacer { over, thread: Some(thread) })
    }
}

impl Drop for Pacer {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            _ = thread.join();
        }
    }
}
