//! Answers in memory, for as long as the process lives.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::Instant;

use super::{Begin, Hold, Idempotency, IdempotencyError, Reservation};
use crate::flow::budget::Budget;
use crate::flow::stage::BoxFuture;

/// Answers in memory: bounded in number, bytes and age. For one more than there may be, the oldest answer is given up
/// and [counted](MemoryAnswers::given_up): make it large enough for what comes in the time that answers are kept.
/// Requests under way are never given up. A clone is the same.
#[derive(Debug, Clone)]
pub struct MemoryAnswers {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    most: usize,
    most_bytes: usize,
    keep: Duration,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    keys: HashMap<Arc<str>, Known>,
    /// Those that have ended, the oldest first.
    ended: VecDeque<(Instant, Arc<str>)>,
    /// Bytes of keys and answers of those that have ended.
    bytes: usize,
    given_up: u64,
}

enum Known {
    /// Under way: ends when the other end of this is dropped.
    InFlight(watch::Receiver<()>),
    /// Ended, with its answer; withheld, without one.
    Ended(Option<Vec<u8>>),
}

impl std::fmt::Debug for Known {
    /// Never the answer.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Known::InFlight(_) => "InFlight",
            Known::Ended(Some(_)) => "Answered",
            Known::Ended(None) => "Withheld",
        })
    }
}

impl MemoryAnswers {
    /// For so many requests, kept for so long after they have ended; 64 MiB of keys and answers at most.
    #[must_use]
    pub fn new(most: usize, keep: Duration) -> Self {
        MemoryAnswers::with_bytes(most, 64 << 20, keep)
    }

    /// The same, with so many bytes of keys and answers at most.
    #[must_use]
    pub fn with_bytes(most: usize, most_bytes: usize, keep: Duration) -> Self {
        let inner = Inner { most: most.max(1), most_bytes, keep, state: Mutex::default() };
        MemoryAnswers { inner: Arc::new(inner) }
    }

    /// Requests that are kept, those under way included.
    #[must_use]
    pub fn len(&self) -> usize {
        let mut state = self.inner.lock();
        state.expire();
        state.keys.len()
    }

    /// Whether none is kept.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Answers that were given up before their time, for lack of room: each one a request that would be carried out
    /// again.
    #[must_use]
    pub fn given_up(&self) -> u64 {
        self.inner.lock().given_up
    }
}

impl Inner {
    fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing in here can panic half way.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is known now, or what to wait for.
    fn look(self: &Arc<Self>, key: &str) -> Result<Result<Begin, IdempotencyError>, watch::Receiver<()>> {
        let mut state = self.lock();
        state.expire();
        match state.keys.get(key) {
            Some(Known::InFlight(ended)) => return Err(ended.clone()),
            Some(Known::Ended(Some(answer))) => return Ok(Ok(Begin::Replay(answer.clone()))),
            Some(Known::Ended(None)) => return Ok(Err(IdempotencyError::Withheld)),
            None => {}
        }
        while state.keys.len() >= self.most {
            if !state.give_up_oldest() {
                return Ok(Err(IdempotencyError::Full));
            }
        }
        let key: Arc<str> = key.into();
        let (ends, ended) = watch::channel(());
        state.keys.insert(Arc::clone(&key), Known::InFlight(ended));
        drop(state);
        let held = Held { inner: Arc::clone(self), key: Some(key), ends: Some(ends) };
        Ok(Ok(Begin::Fresh(Reservation::new(held))))
    }

    fn end(&self, key: Arc<str>, answer: Option<Vec<u8>>) -> Result<(), IdempotencyError> {
        let mut state = self.lock();
        let length = key.len() + answer.as_ref().map_or(0, Vec::len);
        let fits = length <= self.most_bytes;
        let answer = if fits { answer } else { None };
        state.bytes += key.len() + answer.as_ref().map_or(0, Vec::len);
        while state.bytes > self.most_bytes && state.give_up_oldest() {}
        let now = Instant::now();
        let until = now.checked_add(self.keep).unwrap_or(now + Duration::from_secs(86_400 * 365));
        state.ended.push_back((until, Arc::clone(&key)));
        state.keys.insert(key, Known::Ended(answer));
        if fits { Ok(()) } else { Err(IdempotencyError::TooLarge { length, most: self.most_bytes }) }
    }
}

impl State {
    fn expire(&mut self) {
        let now = Instant::now();
        while self.ended.front().is_some_and(|(until, _)| *until <= now) {
            self.remove_oldest();
        }
    }

    fn give_up_oldest(&mut self) -> bool {
        let removed = self.remove_oldest();
        self.given_up += u64::from(removed);
        removed
    }

    fn remove_oldest(&mut self) -> bool {
        let Some((_, key)) = self.ended.pop_front() else { return false };
        if let Some(Known::Ended(answer)) = self.keys.remove(&key) {
            self.bytes -= key.len() + answer.map_or(0, |answer| answer.len());
        }
        true
    }
}

impl Idempotency for MemoryAnswers {
    fn begin<'a>(&'a self, key: &'a str, budget: &'a Budget) -> BoxFuture<'a, Result<Begin, IdempotencyError>> {
        Box::pin(async move {
            loop {
                let mut ended = match self.inner.look(key) {
                    Ok(known) => return known,
                    Err(ended) => ended,
                };
                tokio::select! {
                    biased;
                    // Ends with an error, which says that the other end was dropped.
                    _ = ended.changed() => {}
                    _ = budget.ended() => return Err(IdempotencyError::InFlight),
                }
            }
        })
    }
}

/// A key that is reserved. The state is changed first and the channel closed after, so that who waits sees what came of
/// it.
struct Held {
    inner: Arc<Inner>,
    key: Option<Arc<str>>,
    ends: Option<watch::Sender<()>>,
}

impl Held {
    fn end(mut self, answer: Option<Vec<u8>>) -> Result<(), IdempotencyError> {
        self.key.take().map_or(Ok(()), |key| self.inner.end(key, answer))
    }
}

impl Hold for Held {
    fn complete(self: Box<Self>, answer: Vec<u8>) -> BoxFuture<'static, Result<(), IdempotencyError>> {
        Box::pin(std::future::ready(self.end(Some(answer))))
    }

    fn withhold(self: Box<Self>) -> BoxFuture<'static, Result<(), IdempotencyError>> {
        Box::pin(std::future::ready(self.end(None)))
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        if let Some(key) = self.key.take() {
            self.inner.lock().keys.remove(&key);
        }
        drop(self.ends.take());
    }
}
