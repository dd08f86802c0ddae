//! What holds for a link from its first byte on.

use std::time::Duration;

use super::filter::Filters;
use super::time::bounded;
use super::{Encoder, Filter};
use crate::frame::Framing;

/// Framing, filters and deadlines of a link. A [`Framing`] alone is enough wherever these are asked for.
#[derive(Debug, Clone)]
pub struct Settings {
    pub(super) framing: Framing,
    pub(super) filters: Filters,
    pub(super) write_deadline: Duration,
    pub(super) idle_deadline: Option<Duration>,
}

impl Settings {
    /// How long the peer may take no bytes, unless [`Settings::write_deadline`] says otherwise.
    pub const WRITE_DEADLINE: Duration = Duration::from_secs(15);

    /// With this framing, no filters, 15 seconds to write and no idle deadline.
    #[must_use]
    pub const fn new(framing: Framing) -> Self {
        let filters = Filters::NONE;
        Settings { framing, filters, write_deadline: Self::WRITE_DEADLINE, idle_deadline: None }
    }

    /// With one more filter, behind those there are.
    #[must_use]
    pub fn filter(mut self, filter: impl Filter + 'static) -> Self {
        self.filters.add(filter);
        self
    }

    /// With another bound on the time that what is flushed may take from when the peer first takes no bytes.
    #[must_use]
    pub const fn write_deadline(mut self, deadline: Duration) -> Self {
        self.write_deadline = bounded(deadline);
        self
    }

    /// With a bound on the time in which nothing comes in. Choose it longer than the peer's interval of echo tests.
    #[must_use]
    pub const fn idle_deadline(mut self, deadline: Duration) -> Self {
        self.idle_deadline = Some(bounded(deadline));
        self
    }

    /// What puts messages into frames as the link does.
    #[must_use]
    pub fn encoder(&self) -> Encoder {
        Encoder::new(self.framing, self.filters.clone())
    }
}

impl From<Framing> for Settings {
    fn from(framing: Framing) -> Self {
        Settings::new(framing)
    }
}
