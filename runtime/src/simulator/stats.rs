//! What a test host counts.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

macro_rules! counters {
    ($($(#[$doc:meta])+ $name:ident,)+) => {
        /// Counters of a [`Simulator`](super::Simulator) since it was built. A snapshot.
        #[derive(Debug, Clone, Default, PartialEq, Eq)]
        #[non_exhaustive]
        pub struct Stats {
            $($(#[$doc])+ pub $name: u64,)+
            /// How often each rule of the scenario was used, in order.
            pub rules: Vec<(Arc<str>, u64)>,
        }

        #[derive(Debug, Default)]
        pub(super) struct Counters {
            $(pub(super) $name: Counter,)+
        }

        impl Counters {
            pub(super) fn snapshot(&self, rules: Vec<(Arc<str>, u64)>) -> Stats {
                Stats { $($name: self.$name.get(),)+ rules }
            }
        }

        impl Stats {
            /// The counters by name, in a fixed order.
            pub fn figures(&self) -> impl Iterator<Item = (&'static str, u64)> {
                [$((stringify!($name), self.$name),)+].into_iter()
            }
        }
    };
}

counters! {
    /// Connections there have been.
    connections,
    /// Messages that came in.
    received,
    /// Frames that came in and are no message of the dialect. They are not answered.
    undecodable,
    /// Messages that were given an answer, whatever became of it.
    answered,
    /// Of these, those whose code is no approval.
    declined,
    /// Messages that were not answered on purpose.
    dropped,
    /// Messages of a kind that is not answered, or that cannot be.
    unanswerable,
    /// Answers that were put off.
    delayed,
    /// Answers that were put off to be late.
    late,
    /// Answers given twice.
    duplicated,
    /// Answers that were held, to be sent in reverse.
    held,
    /// Answers that were corrupted.
    corrupted,
    /// Answers from a recording.
    replayed,
    /// Frames sent, of whatever kind.
    sent,
    /// Messages sent unasked.
    unsolicited,
    /// Connections closed by the scenario.
    closed,
    /// Connections reset by the scenario.
    reset,
}

/// One counter.
#[derive(Debug, Default)]
pub(super) struct Counter(AtomicU64);

impl Counter {
    pub(super) fn add(&self, happened: bool) {
        self.0.fetch_add(u64::from(happened), Ordering::Relaxed);
    }

    pub(super) fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}
