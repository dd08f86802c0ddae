//! How a pool is.

use std::sync::Arc;

use super::{Inner, any};
use crate::connector;

/// How much of a pool is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Level {
    /// All members are ready.
    Up,
    /// Some are.
    Degraded,
    /// None is.
    Down,
    /// It has been closed.
    Closed,
}

impl Level {
    /// A stable name for programs and metrics.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Level::Up => "up",
            Level::Degraded => "degraded",
            Level::Down => "down",
            Level::Closed => "closed",
        }
    }
}

/// How a pool is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Status {
    /// How much of it is there.
    pub level: Level,
    /// Members that are ready and that the filter lets through.
    pub ready: usize,
    /// All members.
    pub members: usize,
}

impl Status {
    pub(super) fn of(inner: &Inner) -> Self {
        let members = inner.members.len();
        let ready = inner.members.iter().filter(|member| inner.takes(&member.connector)).count();
        let level = match ready {
            _ if inner.is_closed() => Level::Closed,
            0 => Level::Down,
            _ if ready < members => Level::Degraded,
            _ => Level::Up,
        };
        Status { level, ready, members }
    }
}

/// The changes of a pool, as they come; those between two looks are not shown.
pub struct Changes {
    inner: Arc<Inner>,
    members: Vec<connector::Changes>,
    last: Status,
}

impl Changes {
    pub(super) fn new(inner: Arc<Inner>) -> Self {
        // Before the look, so that no change falls between the two.
        let members = inner.members.iter().map(|member| member.connector.changes()).collect();
        let last = Status::of(&inner);
        Changes { inner, members, last }
    }

    /// Waits for a change since the last call; nothing when the pool has been closed. What a filter decides on is looked at only when
    /// a member changes.
    pub async fn next(&mut self) -> Option<Status> {
        loop {
            let now = Status::of(&self.inner);
            if now != self.last {
                self.last = now;
                return Some(now);
            }
            if now.level == Level::Closed && now.ready == 0 {
                return None;
            }
            any(self.members.iter_mut().map(connector::Changes::next)).await;
        }
    }
}

impl std::fmt::Debug for Changes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Changes").field("last", &self.last).finish_non_exhaustive()
    }
}
