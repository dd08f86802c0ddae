//! The time that is written into network management messages, and the numbers they are given.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use crate::types::{CalendarDateTime, Stan};

/// What time it is, for DE 7 (UTC) and DE 12 and 13 (local).
#[derive(Clone)]
pub struct Clock {
    utc: Arc<dyn Fn() -> CalendarDateTime + Send + Sync>,
    offset: i32,
}

impl Default for Clock {
    fn default() -> Self {
        Clock::system()
    }
}

impl Clock {
    /// The time of the system, with UTC for local time.
    #[must_use]
    pub fn system() -> Self {
        Clock::new(|| {
            let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
            let now = i64::try_from(seconds).ok().and_then(CalendarDateTime::from_unix_seconds);
            now.unwrap_or(EPOCH)
        })
    }

    /// The UTC time that this gives.
    pub fn new(utc: impl Fn() -> CalendarDateTime + Send + Sync + 'static) -> Self {
        Clock { utc: Arc::new(utc), offset: 0 }
    }

    /// With a local time that is so many seconds ahead of UTC.
    #[must_use]
    pub const fn local_offset(mut self, seconds: i32) -> Self {
        self.offset = seconds;
        self
    }

    pub(super) fn utc(&self) -> CalendarDateTime {
        (self.utc)()
    }

    pub(super) fn local(&self) -> CalendarDateTime {
        let utc = self.utc();
        CalendarDateTime::from_unix_seconds(utc.unix_seconds() + i64::from(self.offset)).unwrap_or(utc)
    }
}

const EPOCH: CalendarDateTime = match CalendarDateTime::from_unix_seconds(0) {
    Some(epoch) => epoch,
    None => panic!("1970 is within the calendar"),
};

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Clock").field("now", &self.utc()).field("offset", &self.offset).finish()
    }
}

/// Numbers for DE 11, one after the other: 1 follows on 999999, or the first of a range on its last. A clone counts on with the
/// original, so that one source can serve all that is sent over a link.
#[derive(Debug, Clone)]
pub struct Stans(Arc<Range>);

#[derive(Debug)]
struct Range {
    /// The one that was given last.
    given: AtomicU32,
    first: Stan,
    last: Stan,
}

impl Default for Stans {
    /// From 1 on.
    fn default() -> Self {
        Stans::of(0, FIRST, LAST)
    }
}

impl Stans {
    fn of(given: u32, first: Stan, last: Stan) -> Self {
        Stans(Arc::new(Range { given: AtomicU32::new(given), first, last }))
    }

    /// The next one after this.
    #[must_use]
    pub fn after(last: Stan) -> Self {
        Stans::of(last.get(), FIRST, LAST)
    }

    /// Those of a range, both ends included: nodes that send to one peer have one each, so that no two of them give the same
    /// number. Nothing when the range is empty.
    ///
    /// It begins at a place of the range by the time of day, so that a restart does not give again at once what was given
    /// just before.
    #[must_use]
    pub fn between(first: Stan, last: Stan) -> Option<Self> {
        let first = if first.get() == 0 { FIRST } else { first };
        let count = last.get().checked_sub(first.get())? + 1;
        let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs()) % 86_400;
        // The whole range once a day.
        let place = u64::from(count) * seconds / 86_400;
        let given = first.get() + u32::try_from(place).unwrap_or_default();
        Some(Stans::of(given, first, last))
    }

    /// How many there are.
    pub(crate) fn count(&self) -> u32 {
        self.0.last.get() - self.0.first.get() + 1
    }

    /// The next one.
    #[must_use]
    pub fn next(&self) -> Stan {
        let Range { given, first, last } = &*self.0;
        let next = |given: u32| match given {
            given if (first.get()..last.get()).contains(&given) => given + 1,
            _ => first.get(),
        };
        let before = given.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |given| Some(next(given)));
        Stan::new(next(before.unwrap_or_else(|given| given))).unwrap_or(*first)
    }
}

/// The last number of six digits.
const LAST: Stan = match Stan::new(999_999) {
    Ok(last) => last,
    Err(_) => panic!("it has six digits"),
};

pub(super) const FIRST: Stan = match Stan::new(1) {
    Ok(first) => first,
    Err(_) => panic!("one has no more than six digits"),
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_go_round_and_are_shared() {
        let stans = Stans::after(Stan::new(999_998).unwrap());
        let other = stans.clone();
        assert_eq!([stans.next(), other.next(), stans.next()].map(Stan::get), [999_999, 1, 2]);
        assert_eq!(Stans::default().next().get(), 1);
    }

    #[test]
    fn a_range_is_gone_round_and_never_left() {
        let stan = |number| Stan::new(number).unwrap();
        for (first, last) in [(1, 499_999), (500_000, 999_999), (7, 7), (0, 3), (999_999, 999_999)] {
            let stans = Stans::between(stan(first), stan(last)).unwrap();
            let range = first.max(1)..=last;
            let seen: std::collections::BTreeSet<u32> = range.clone().map(|_| stans.next().get()).collect();
            assert!(seen.iter().copied().eq(range), "{first} to {last}");
            assert_eq!(seen.len(), stans.count() as usize);
        }
        assert!(Stans::between(stan(8), stan(7)).is_none() && Stans::between(stan(0), stan(0)).is_none());
    }

    #[test]
    fn local_time() {
        let clock = Clock::new(|| CalendarDateTime::from_unix_seconds(1_795_159_315).unwrap()).local_offset(-8 * 3600);
        assert_eq!(clock.utc().to_string(), "2026-11-20 07:21:55");
        assert_eq!(clock.local().to_string(), "2026-11-19 23:21:55");
        assert!(Clock::system().utc().date().year() > 2000);
    }
}
