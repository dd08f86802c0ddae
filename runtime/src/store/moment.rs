//! Times as they are stored.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// A point in time: milliseconds since 1970-01-01T00:00:00Z.
///
/// Several nodes that share a store compare times that each has read from its own clock: keep them together (NTP). By
/// as much as they differ a lease may end early.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Moment(i64);

impl Moment {
    /// So many milliseconds since 1970; what lies before is 1970, what no store can hold is the last that it can.
    #[must_use]
    pub const fn from_millis(millis: u64) -> Self {
        Moment(if millis > i64::MAX as u64 { i64::MAX } else { millis as i64 })
    }

    /// The clock of this machine.
    #[must_use]
    pub fn now() -> Self {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Moment::from_millis(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
    }

    /// Milliseconds since 1970.
    #[must_use]
    pub const fn millis(self) -> u64 {
        self.0.unsigned_abs()
    }

    /// So much later.
    #[must_use]
    pub fn after(self, wait: Duration) -> Self {
        let wait = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX);
        Moment::from_millis(self.millis().saturating_add(wait))
    }

    /// So much earlier.
    #[must_use]
    pub fn before(self, time: Duration) -> Self {
        let time = u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        Moment::from_millis(self.millis().saturating_sub(time))
    }

    /// How long it is since that; nothing when it is not over yet.
    #[must_use]
    pub const fn since(self, earlier: Moment) -> Duration {
        Duration::from_millis(self.millis().saturating_sub(earlier.millis()))
    }

    pub(crate) const fn stored(self) -> i64 {
        self.0
    }

    pub(crate) const fn of_stored(millis: i64) -> Self {
        Moment(if millis < 0 { 0 } else { millis })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stays_within_what_can_be_stored() {
        let last = Moment::from_millis(u64::MAX);
        assert_eq!(last.stored(), i64::MAX);
        assert_eq!(last.after(Duration::MAX), last);
        assert_eq!(Moment::from_millis(5).before(Duration::MAX), Moment::from_millis(0));
        assert_eq!(Moment::of_stored(-1), Moment::from_millis(0));
        let now = Moment::from_millis(1_000);
        assert_eq!(now.after(Duration::from_secs(1)).since(now), Duration::from_secs(1));
        assert_eq!(now.since(now.after(Duration::from_secs(1))), Duration::ZERO);
    }
}
