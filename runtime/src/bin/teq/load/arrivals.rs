//! Messages that are due and have not been sent: counted, bounded, and measured from when they were due.

use std::collections::VecDeque;
use std::time::Duration;

use super::schedule::Schedule;

/// The messages of a schedule that have become due.
#[derive(Debug)]
pub(crate) struct Arrivals {
    schedule: Schedule,
    /// How many have become due.
    pub(crate) due: u64,
    waiting: VecDeque<Duration>,
    /// Of those that wait, the first so many have been counted as late.
    counted: usize,
    most: usize,
    /// Those that had to wait for one in flight to end.
    pub(crate) late: u64,
    /// Those that were given up, since too many waited.
    pub(crate) dropped: u64,
}

impl Arrivals {
    /// Of a schedule; of those that cannot be sent at once so many wait, more are dropped.
    pub(crate) fn new(schedule: Schedule, most: usize) -> Self {
        Arrivals { schedule, due: 0, waiting: VecDeque::new(), counted: 0, most, late: 0, dropped: 0 }
    }

    /// Takes in what is due by now.
    pub(crate) fn arrive(&mut self, now: Duration) {
        while let Some(at) = self.schedule.at(self.due).filter(|at| *at <= now) {
            self.due += 1;
            if self.waiting.len() < self.most {
                self.waiting.push_back(at);
            } else if at >= self.schedule.warm() {
                self.dropped += 1;
            }
        }
    }

    /// The next one to send: when it was due.
    pub(crate) fn start(&mut self) -> Option<Duration> {
        self.counted = self.counted.saturating_sub(1);
        self.waiting.pop_front()
    }

    /// There is no room in flight for those that wait.
    pub(crate) fn blocked(&mut self) {
        let warm = self.schedule.warm();
        let newly = self.waiting.range(self.counted.min(self.waiting.len())..).filter(|at| **at >= warm).count();
        self.late += newly as u64;
        self.counted = self.waiting.len();
    }

    pub(crate) fn is_waiting(&self) -> bool {
        !self.waiting.is_empty()
    }

    /// Those that will not be sent any more, since the run has been ended: they count as dropped.
    pub(crate) fn give_up(&mut self) {
        let warm = self.schedule.warm();
        self.dropped += self.waiting.drain(..).filter(|at| *at >= warm).count() as u64;
        self.counted = 0;
    }

    /// Whether all of the schedule has become due.
    pub(crate) fn is_over(&self) -> bool {
        self.schedule.at(self.due).is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);

    fn arrivals(most: usize) -> Arrivals {
        Arrivals::new(Schedule::new(1000.0, 1000.0, Duration::ZERO, 100 * MS), most)
    }

    #[test]
    fn what_waits_is_counted_once_and_keeps_its_moment() {
        let mut arrivals = arrivals(50);
        arrivals.arrive(9 * MS);
        assert_eq!((arrivals.due, arrivals.start()), (10, Some(Duration::ZERO)));
        arrivals.blocked();
        arrivals.blocked();
        assert_eq!(arrivals.late, 9);
        arrivals.arrive(11 * MS);
        arrivals.blocked();
        assert_eq!((arrivals.late, arrivals.start()), (11, Some(MS)));
        // All that become due add up: sent, waiting, dropped.
        arrivals.arrive(1000 * MS);
        assert!(arrivals.is_over());
        assert_eq!((arrivals.due, arrivals.dropped), (100, 100 - 2 - 50));
        arrivals.give_up();
        assert_eq!((arrivals.dropped, arrivals.is_waiting()), (98, false));
    }

    #[test]
    fn a_host_that_stalls_shows_in_the_waiting_of_all_that_were_due_meanwhile() {
        // Nothing can be sent for 50 ms; measured from when each was due, half of all have waited, up to those 50 ms.
        let mut arrivals = arrivals(1000);
        arrivals.arrive(50 * MS);
        arrivals.blocked();
        let mut waits = Vec::new();
        while let Some(at) = arrivals.start() {
            waits.push(50 * MS - at);
        }
        for now in 51..100 {
            arrivals.arrive(now * MS);
            waits.extend(arrivals.start().map(|at| now * MS - at));
        }
        waits.sort();
        assert_eq!(waits.len(), 100);
        assert_eq!((waits[48], waits[75], waits[99]), (Duration::ZERO, 26 * MS, 50 * MS));
    }
}
