//! When messages are due: by a rate, whatever the answers do. Pure arithmetic.

use std::time::Duration;

/// A rate that stands, or one that grows or falls steadily, after a time of warming up at the first rate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Schedule {
    /// Messages a second at the beginning and in the end.
    from: f64,
    to: f64,
    /// Seconds.
    warm: f64,
    length: f64,
}

impl Schedule {
    pub(crate) fn new(from: f64, to: f64, warm: Duration, length: Duration) -> Self {
        Schedule { from, to, warm: warm.as_secs_f64(), length: length.as_secs_f64() }
    }

    /// Messages that are due up to this moment.
    pub(crate) fn count(&self, at: Duration) -> u64 {
        let at = at.as_secs_f64().min(self.warm + self.length);
        let ramp = (at - self.warm).max(0.0);
        let count = self.from * at + (self.to - self.from) * ramp * ramp / (2.0 * self.length);
        // The first message is due at once.
        (count + 1e-9).floor() as u64 + 1
    }

    /// When the message with this number, from 0, is due; nothing behind the end.
    pub(crate) fn at(&self, number: u64) -> Option<Duration> {
        let number = number as f64;
        let warm = self.from * self.warm;
        let slope = (self.to - self.from) / self.length;
        let at = if number <= warm || slope.abs() < 1e-12 {
            number / self.from
        } else {
            // slope/2 t^2 + from t = n, in the form that stands for small slopes.
            let over = number - warm;
            let root = (self.from * self.from + 2.0 * slope * over).max(0.0).sqrt();
            self.warm + 2.0 * over / (self.from + root)
        };
        (at.is_finite() && at < self.warm + self.length).then(|| Duration::from_secs_f64(at))
    }

    pub(crate) fn warm(&self) -> Duration {
        Duration::from_secs_f64(self.warm)
    }

    pub(crate) fn end(&self) -> Duration {
        Duration::from_secs_f64(self.warm + self.length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn a_steady_rate() {
        let schedule = Schedule::new(1000.0, 1000.0, Duration::ZERO, 2 * SECOND);
        assert_eq!(schedule.at(0), Some(Duration::ZERO));
        assert_eq!(schedule.at(500), Some(SECOND / 2));
        assert_eq!(schedule.at(2000), None);
        assert_eq!(schedule.count(Duration::ZERO), 1);
        assert_eq!(schedule.count(SECOND), 1001);
    }

    #[test]
    fn number_and_moment_belong_together_on_every_ramp() {
        for (from, to, warm) in
            [(100.0, 5000.0, 0), (5000.0, 100.0, 1), (1.0, 3.0, 5), (700.0, 700.0, 2), (10.0, 0.0, 0)]
        {
            let schedule = Schedule::new(from, to, warm * SECOND, 10 * SECOND);
            let mut last = Duration::ZERO;
            for number in 0.. {
                let Some(at) = schedule.at(number) else { break };
                assert!(at >= last, "{from} {to} {number}");
                last = at;
                let after = schedule.count(at + Duration::from_micros(1));
                assert!(after > number && schedule.count(at.saturating_sub(Duration::from_micros(1))) <= number + 1);
            }
            let expected = from * f64::from(warm) + 10.0 * (from + to) / 2.0;
            let all = (0..).take_while(|&number| schedule.at(number).is_some()).count() as f64;
            assert!((all - expected).abs() <= 2.0, "{from} {to}: {all} of {expected}");
        }
    }
}
