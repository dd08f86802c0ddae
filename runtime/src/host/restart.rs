//! When a component that has failed is started again: decided without doing it, with the time passed in.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::time::Instant;

use super::Health;
use crate::connector::{Backoff, Waits};

/// What becomes of a component that has failed while it should run.
///
/// It has failed when its status is [`Health::Stopped`] although nobody has stopped it; and, unless it
/// [heals itself](super::Component::heals_itself), when it has been [`Health::Down`] without a break for [`Restart::down_for`]. So a
/// connector whose peer is away is left to its own attempts, and one whose task has ended is started again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Restart {
    attempts: u32,
    within: Duration,
    backoff: Backoff,
    down_for: Option<Duration>,
}

impl Default for Restart {
    /// As [`Restart::on_failure`].
    fn default() -> Self {
        Restart::on_failure()
    }
}

impl Restart {
    /// It is left as it is, and shows as not ready.
    #[must_use]
    pub const fn never() -> Self {
        Restart { attempts: 0, ..Restart::on_failure() }
    }

    /// It is stopped and started again, after a wait of 1 second that doubles up to 1 minute and is shortened by chance; no more than
    /// 10 times in 10 minutes. Being down for 1 minute is a failure too.
    #[must_use]
    pub const fn on_failure() -> Self {
        Restart {
            attempts: 10,
            within: Duration::from_secs(600),
            backoff: Backoff::new(Duration::from_secs(1), Duration::from_secs(60)),
            down_for: Some(Duration::from_secs(60)),
        }
    }

    /// No more often than so many times in this time; then it is left as it is until somebody deploys it anew.
    #[must_use]
    pub const fn at_most(mut self, attempts: u32, within: Duration) -> Self {
        (self.attempts, self.within) = (attempts, within);
        self
    }

    /// With other waits. They begin anew when it has been ready for [`Backoff::steady`].
    #[must_use]
    pub const fn backoff(mut self, backoff: Backoff) -> Self {
        self.backoff = backoff;
        self
    }

    /// How long it may be down before that counts as failed. `None`: as long as it likes.
    #[must_use]
    pub const fn down_for(mut self, time: Option<Duration>) -> Self {
        self.down_for = time;
        self
    }
}

/// What is to be done about a component.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Nothing.
    Leave,
    /// It has failed and is restarted after this wait.
    Wait(Duration),
    /// It is to be restarted now.
    Restart,
    /// It has failed too often.
    GiveUp,
}

/// The watch over one component.
#[derive(Debug)]
pub(super) struct Watch {
    policy: Restart,
    waits: Waits,
    recent: VecDeque<Instant>,
    down_since: Option<Instant>,
    ready_since: Option<Instant>,
    due: Option<Instant>,
    given_up: bool,
    /// Restarts so far.
    pub(super) restarts: u64,
}

impl Watch {
    pub(super) fn new(policy: Restart) -> Self {
        Watch {
            policy,
            waits: Waits::new(policy.backoff),
            recent: VecDeque::new(),
            down_since: None,
            ready_since: None,
            due: None,
            given_up: false,
            restarts: 0,
        }
    }

    /// It has been looked at.
    pub(super) fn look(&mut self, now: Instant, health: Health, heals_itself: bool) -> Verdict {
        if health.is_ready() {
            (self.down_since, self.due) = (None, None);
            let since = *self.ready_since.get_or_insert(now);
            self.waits.lost_after(now - since);
            return Verdict::Leave;
        }
        self.ready_since = None;
        if let Some(due) = self.due {
            return if now >= due { self.restart(now) } else { Verdict::Leave };
        }
        match health {
            Health::Stopped => self.failed(now),
            Health::Down if !heals_itself => {
                let since = *self.down_since.get_or_insert(now);
                let failed = self.policy.down_for.is_some_and(|longest| now - since >= longest);
                if failed { self.failed(now) } else { Verdict::Leave }
            }
            _ => {
                self.down_since = None;
                Verdict::Leave
            }
        }
    }

    /// It has failed, or could not be restarted.
    pub(super) fn failed(&mut self, now: Instant) -> Verdict {
        self.down_since = None;
        while self.recent.front().is_some_and(|&at| now - at >= self.policy.within) {
            self.recent.pop_front();
        }
        if self.recent.len() >= self.policy.attempts as usize {
            self.due = None;
            let told = std::mem::replace(&mut self.given_up, true);
            return if told { Verdict::Leave } else { Verdict::GiveUp };
        }
        if self.given_up {
            return Verdict::Leave;
        }
        let wait = self.waits.next();
        self.due = Some(now + wait);
        Verdict::Wait(wait)
    }

    fn restart(&mut self, now: Instant) -> Verdict {
        self.due = None;
        self.recent.push_back(now);
        self.restarts += 1;
        Verdict::Restart
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn policy() -> Restart {
        let backoff = Backoff::new(SECOND, 4 * SECOND).jitter(false).steady(10 * SECOND);
        Restart::on_failure().backoff(backoff).at_most(3, 100 * SECOND).down_for(Some(5 * SECOND))
    }

    /// What is decided, second by second.
    fn decide(policy: Restart, heals: bool, healths: &[(Health, u64)]) -> Vec<(u64, Verdict)> {
        let (mut watch, begin, mut at) = (Watch::new(policy), Instant::now(), 0);
        let mut decided = Vec::new();
        for &(health, seconds) in healths {
            for _ in 0..seconds {
                match watch.look(begin + at as u32 * SECOND, health, heals) {
                    Verdict::Leave => {}
                    verdict => decided.push((at, verdict)),
                }
                at += 1;
            }
        }
        decided
    }

    #[test]
    fn stopped_by_itself_is_restarted_with_growing_waits_up_to_the_bound() {
        use Verdict::{GiveUp, Restart, Wait};
        let expected = [
            (0, Wait(SECOND)),
            (1, Restart),
            (2, Wait(2 * SECOND)),
            (4, Restart),
            (5, Wait(4 * SECOND)),
            (9, Restart),
            (10, GiveUp),
        ];
        for heals in [true, false] {
            assert_eq!(decide(policy(), heals, &[(Health::Stopped, 300)]), expected);
        }
    }

    #[test]
    fn down_is_a_failure_only_of_what_does_not_heal_itself() {
        let down = [(Health::Up, 1), (Health::Down, 7), (Health::Up, 1)];
        assert_eq!(decide(policy(), false, &down), [(6, Verdict::Wait(SECOND)), (7, Verdict::Restart)]);
        assert_eq!(decide(policy(), true, &[(Health::Down, 1000)]), []);
        assert_eq!(decide(policy().down_for(None), false, &[(Health::Down, 1000)]), []);
        // With breaks it is not down for long enough.
        let breaks = [(Health::Down, 4), (Health::Degraded, 1), (Health::Down, 4), (Health::Starting, 1)];
        assert_eq!(decide(policy(), false, &breaks.repeat(10)), []);
    }

    #[test]
    fn never_is_told_once() {
        assert_eq!(decide(Restart::never(), false, &[(Health::Stopped, 100)]), [(0, Verdict::GiveUp)]);
    }

    #[test]
    fn waits_begin_anew_after_it_was_ready_long_enough() {
        let flaps = |up| decide(policy(), false, &[(Health::Stopped, 2), (Health::Up, up), (Health::Stopped, 1)]);
        assert_eq!(flaps(5).last(), Some(&(7, Verdict::Wait(2 * SECOND))));
        assert_eq!(flaps(11).last(), Some(&(13, Verdict::Wait(SECOND))));
        // What came back by itself before it was due is left alone.
        let back = [(Health::Stopped, 1), (Health::Up, 9)];
        assert_eq!(decide(policy(), false, &back), [(0, Verdict::Wait(SECOND))]);
    }
}
