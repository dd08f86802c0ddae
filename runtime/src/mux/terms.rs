//! What a request may be given besides its message: the same over a mux, a connector and a pool.

use std::time::Duration;

use tokio::time::Instant;

use crate::link::bounded;

/// Deadline and transport header of a request.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Terms<'a> {
    pub(crate) header: Option<&'a [u8]>,
    pub(crate) deadline: Option<Instant>,
}

impl Terms<'_> {
    pub(crate) const NONE: Terms<'static> = Terms { header: None, deadline: None };

    /// Its deadline: so long from now if it has none of its own.
    pub(crate) fn end(&self, now: Instant, timeout: Duration) -> Instant {
        self.deadline.unwrap_or_else(|| now + bounded(timeout))
    }
}

/// The setters of a type that has `terms` with the lifetime `'a`.
macro_rules! setters {
    () => {
        /// Ends at the latest at this moment.
        pub const fn deadline(mut self, deadline: ::tokio::time::Instant) -> Self {
            self.terms.deadline = Some(deadline);
            self
        }

        /// Ends at the latest so long from now.
        pub fn timeout(self, timeout: ::std::time::Duration) -> Self {
            self.deadline(::tokio::time::Instant::now() + $crate::link::bounded(timeout))
        }

        /// With this transport header instead of the one that the framing is configured with.
        pub const fn header(mut self, header: &'a [u8]) -> Self {
            self.terms.header = Some(header);
            self
        }
    };
}
pub(crate) use setters;
