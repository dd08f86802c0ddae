//! What a connector counts.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::mux;

macro_rules! counters {
    ($($(#[$doc:meta])+ $name:ident,)+) => {
        /// Counters of a connector since it was built. A snapshot.
        #[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
        #[non_exhaustive]
        pub struct Stats {
            $($(#[$doc])+ pub $name: u64,)+
            /// What has been counted on all links together, the one there is now included.
            pub links: mux::Stats,
        }

        #[derive(Debug, Default)]
        pub(super) struct Counters {
            $(pub(super) $name: Counter,)+
        }

        impl Counters {
            pub(super) fn snapshot(&self, links: mux::Stats) -> Stats {
                Stats { $($name: self.$name.0.load(Ordering::Relaxed),)+ links }
            }
        }
    };
}

counters! {
    /// Attempts to connect, or waits for the peer to.
    attempts,
    /// Links there have been.
    connected,
    /// Links that have been ready.
    ready,
    /// Attempts that did not give a link.
    connect_failures,
    /// Sign-ons that the peer has accepted.
    sign_ons,
    /// Links dropped before they were ready.
    sign_on_failures,
    /// Echo tests sent.
    echoes,
    /// Links dropped because of an echo test.
    echo_failures,
    /// Links that were ready and have ended otherwise than by stopping.
    losses,
    /// Links dropped for a new one of the peer.
    replaced,
    /// Second links of the peer that were closed.
    seconds_refused,
    /// Times that nothing was received for too long.
    read_timeouts,
    /// Network management messages of the peer that were answered.
    answered,
    /// Requests refused because there was no link that is ready.
    not_connected,
    /// Events not told because too many were waiting.
    events_dropped,
    /// Listeners to events that panicked.
    events_panicked,
}

#[derive(Debug, Default)]
pub(super) struct Counter(AtomicU64);

impl Counter {
    pub(super) fn add(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}
