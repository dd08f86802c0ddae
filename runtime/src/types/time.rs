//! Time of day, data element 12 of the 1987 edition.

use core::fmt;

use super::{ValueError, calendar, digits};

/// Time of day, `hhmmss`: hour 00 to 23, minute and second 00 to 59.
///
/// Which time zone is the element's business: element 12 is local to the acceptor, the time in element 7 is UTC.
///
/// ```
/// use isopace::types::Time;
///
/// assert_eq!(Time::from_digits(b"072155")?.to_string(), "07:21:55");
/// assert!(Time::from_digits(b"240000").is_err());
/// # Ok::<(), isopace::types::ValueError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Time {
    hour: u8,
    minute: u8,
    second: u8,
}

impl Time {
    /// 00:00:00.
    pub const MIDNIGHT: Self = Self { hour: 0, minute: 0, second: 0 };

    /// A time of day.
    ///
    /// # Errors
    ///
    /// An hour above 23, a minute or second above 59.
    #[inline]
    pub const fn new(hour: u8, minute: u8, second: u8) -> Result<Self, ValueError> {
        if hour > 23 {
            return Err(ValueError::Range { expected: "hour 00 to 23" });
        }
        if minute > 59 {
            return Err(ValueError::Range { expected: "minute 00 to 59" });
        }
        if second > 59 {
            return Err(ValueError::Range { expected: "second 00 to 59" });
        }
        Ok(Self { hour, minute, second })
    }

    /// Reads six ASCII digits.
    ///
    /// # Errors
    ///
    /// Another length, a character that is no digit, or no time of day.
    #[inline]
    pub fn from_digits(bytes: &[u8]) -> Result<Self, ValueError> {
        let [hour, minute, second] = digits::parse_pairs(bytes)?;
        Self::new(hour, minute, second)
    }

    /// The six ASCII digits.
    #[inline]
    #[must_use]
    pub const fn digits(self) -> [u8; 6] {
        let [[a, b], [c, d], [e, f]] = self.pairs();
        [a, b, c, d, e, f]
    }

    /// The hour, 0 to 23.
    #[inline]
    #[must_use]
    pub const fn hour(self) -> u8 {
        self.hour
    }

    /// The minute, 0 to 59.
    #[inline]
    #[must_use]
    pub const fn minute(self) -> u8 {
        self.minute
    }

    /// The second, 0 to 59.
    #[inline]
    #[must_use]
    pub const fn second(self) -> u8 {
        self.second
    }

    /// Seconds since midnight, below 86400.
    #[inline]
    #[must_use]
    pub const fn second_of_day(self) -> u32 {
        self.hour as u32 * 3600 + self.minute as u32 * 60 + self.second as u32
    }

    /// So many seconds since midnight; whole days are left out.
    pub(crate) const fn from_second_of_day(seconds: u32) -> Self {
        Self { hour: (seconds / 3600 % 24) as u8, minute: (seconds / 60 % 60) as u8, second: (seconds % 60) as u8 }
    }

    #[inline]
    pub(crate) const fn pairs(self) -> [[u8; 2]; 3] {
        [digits::to_pair(self.hour), digits::to_pair(self.minute), digits::to_pair(self.second)]
    }
}

impl fmt::Display for Time {
    /// `07:21:55`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        calendar::write_pairs(f, &self.pairs(), b"::")
    }
}

debug_as_shown!(Time);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_six_digits() {
        for number in 0..1_000_000_u32 {
            let text = digits::to_digits::<6>(number);
            let [hour, minute, second] = [number / 10_000, number / 100 % 100, number % 100];
            match Time::from_digits(&text) {
                Ok(time) => {
                    assert!(hour < 24 && minute < 60 && second < 60);
                    assert_eq!(time.digits(), text);
                    assert_eq!(time.second_of_day(), hour * 3600 + minute * 60 + second);
                    assert_eq!(Time::from_second_of_day(time.second_of_day()), time);
                    let parts = [time.hour(), time.minute(), time.second()];
                    assert_eq!(parts.map(u32::from), [hour, minute, second]);
                }
                Err(error) => {
                    assert!(hour > 23 || minute > 59 || second > 59);
                    assert!(matches!(error, ValueError::Range { .. }));
                }
            }
        }
    }

    #[test]
    fn refused() {
        assert_eq!(Time::from_digits(b"07215"), Err(ValueError::length(6, 6, 5)));
        assert_eq!(Time::from_digits(b"07:155"), Err(ValueError::character(2, "a digit")));
        assert_eq!(Time::MIDNIGHT.to_string(), "00:00:00");
    }
}
