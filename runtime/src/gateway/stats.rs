//! What a gateway counts.

use std::sync::atomic::{AtomicU64, Ordering};

use super::cause::CauseKind;

/// Counters of a gateway since it was built, and what it holds now.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stats {
    /// Clients that were let in.
    pub connections: u64,
    /// Clients that were not.
    pub refused: u64,
    /// Requests taken, those declined at once and those sent again included.
    pub requests: u64,
    /// Requests answered by a route or a hook.
    pub responses: u64,
    /// Messages that are not answered, carried on.
    pub sent: u64,
    /// Requests declined, by cause, in the order of [`CauseKind::ALL`].
    pub declined: [u64; CauseKind::ALL.len()],
    /// Requests that were sent again while the first was under way: its answer is theirs too.
    pub repeated: u64,
    /// Repeats that got the answer that was kept.
    pub replayed: u64,
    /// Repeats that waited for the first one, on another link or at another node, to end.
    pub waited: u64,
    /// Frames that are no message of the dialect. Some of them were declined.
    pub undecodable: u64,
    /// Messages of clients that are no requests and answer nothing.
    pub unmatched: u64,
    /// Answers that have not reached their client.
    pub undelivered: u64,
    /// Answers of routes that came too late.
    pub late: u64,
    /// Hooks, handlers and forwarders that panicked.
    pub panicked: u64,
    /// Links of clients now.
    pub clients: usize,
    /// Requests in flight now.
    pub in_flight: usize,
}

impl Stats {
    /// Requests declined for a cause.
    #[must_use]
    pub const fn declined_for(&self, kind: CauseKind) -> u64 {
        self.declined[kind as usize]
    }

    /// Requests declined in all.
    #[must_use]
    pub fn all_declined(&self) -> u64 {
        self.declined.iter().sum()
    }
}

#[derive(Debug, Default)]
pub(super) struct Counter(AtomicU64);

impl Counter {
    /// One more; gives how many there are then.
    pub(super) fn add(&self) -> u64 {
        self.0.fetch_add(1, Ordering::Relaxed) + 1
    }

    fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

#[derive(Debug, Default)]
pub(super) struct Counters {
    pub(super) connections: Counter,
    pub(super) refused: Counter,
    pub(super) requests: Counter,
    pub(super) responses: Counter,
    pub(super) sent: Counter,
    pub(super) declined: [Counter; CauseKind::ALL.len()],
    pub(super) repeated: Counter,
    pub(super) replayed: Counter,
    pub(super) waited: Counter,
    pub(super) undecodable: Counter,
    pub(super) unmatched: Counter,
    pub(super) undelivered: Counter,
    pub(super) late: Counter,
    pub(super) panicked: Counter,
}

impl Counters {
    pub(super) fn snapshot(&self, clients: usize, in_flight: usize) -> Stats {
        Stats {
            connections: self.connections.get(),
            refused: self.refused.get(),
            requests: self.requests.get(),
            responses: self.responses.get(),
            sent: self.sent.get(),
            declined: std::array::from_fn(|at| self.declined[at].get()),
            repeated: self.repeated.get(),
            replayed: self.replayed.get(),
            waited: self.waited.get(),
            undecodable: self.undecodable.get(),
            unmatched: self.unmatched.get(),
            undelivered: self.undelivered.get(),
            late: self.late.get(),
            panicked: self.panicked.get(),
            clients,
            in_flight,
        }
    }
}
