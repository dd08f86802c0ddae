//! Dates with the year of the century: data element 12 of the 1993 edition, EMV tag 9A, and their kind.

use core::fmt;

use super::{CalendarDate, CalendarDateTime, Time, ValueError, calendar, digits};

/// Year of the century, month and day, `YYMMDD`.
///
/// 29 February is let in where the year can be a leap year, that is divisible by four. Orders by its digits, that is within one
/// century only.
///
/// ```
/// use isopace::types::{CalendarDate, Date};
///
/// let date = Date::from_digits(b"261120")?;
/// assert_eq!(date.to_string(), "26-11-20");
/// let now = CalendarDate::new(2026, 12, 1)?;
/// assert_eq!(date.resolve(now), Some(CalendarDate::new(2026, 11, 20)?));
/// # Ok::<(), isopace::types::ValueError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Date {
    year: u8,
    month: u8,
    day: u8,
}

impl Date {
    /// A year of the century, 0 to 99, a month and a day.
    ///
    /// # Errors
    ///
    /// A year above 99, or a month or day that is not in the calendar.
    #[inline]
    pub const fn new(year: u8, month: u8, day: u8) -> Result<Self, ValueError> {
        if year > 99 {
            return Err(ValueError::Range { expected: "year 00 to 99" });
        }
        match calendar::check_day(month, day, year.is_multiple_of(4)) {
            Ok(()) => Ok(Self { year, month, day }),
            Err(error) => Err(error),
        }
    }

    /// Reads six ASCII digits.
    ///
    /// # Errors
    ///
    /// Another length, a character that is no digit, or no date.
    #[inline]
    pub fn from_digits(bytes: &[u8]) -> Result<Self, ValueError> {
        let [year, month, day] = digits::parse_pairs(bytes)?;
        Self::new(year, month, day)
    }

    /// The six ASCII digits.
    #[inline]
    #[must_use]
    pub const fn digits(self) -> [u8; 6] {
        let [[a, b], [c, d], [e, f]] = self.pairs();
        [a, b, c, d, e, f]
    }

    /// The year of the century, 0 to 99.
    #[inline]
    #[must_use]
    pub const fn year(self) -> u8 {
        self.year
    }

    /// The month, 1 to 12.
    #[inline]
    #[must_use]
    pub const fn month(self) -> u8 {
        self.month
    }

    /// The day of the month, from 1.
    #[inline]
    #[must_use]
    pub const fn day(self) -> u8 {
        self.day
    }

    /// The date with its full year: the one from 50 years before to 49 years after the year of `now`.
    ///
    /// `None` for 29 February of a year that turns out to be no leap year (1900), and outside the calendar (0 to 9999).
    #[must_use]
    pub fn resolve(self, now: CalendarDate) -> Option<CalendarDate> {
        let year = calendar::nearest_century(self.year, now.year());
        CalendarDate::new(year, self.month, self.day).ok()
    }

    #[inline]
    const fn pairs(self) -> [[u8; 2]; 3] {
        [digits::to_pair(self.year), digits::to_pair(self.month), digits::to_pair(self.day)]
    }
}

impl fmt::Display for Date {
    /// `26-11-20`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        calendar::write_pairs(f, &self.pairs(), b"--")
    }
}

debug_as_shown!(Date);

/// Year of the century, month, day and time, `YYMMDDhhmmss`: data element 12 of the 1993 edition, local to the acceptor.
///
/// ```
/// use isopace::types::DateTime;
///
/// assert_eq!(DateTime::from_digits(b"261120072155")?.to_string(), "26-11-20 07:21:55");
/// # Ok::<(), isopace::types::ValueError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DateTime {
    date: Date,
    time: Time,
}

impl DateTime {
    /// A time of a date. Both parts are valid, so the whole is.
    #[inline]
    #[must_use]
    pub const fn new(date: Date, time: Time) -> Self {
        Self { date, time }
    }

    /// Reads twelve ASCII digits.
    ///
    /// # Errors
    ///
    /// Another length, a character that is no digit, or no date and time.
    #[inline]
    pub fn from_digits(bytes: &[u8]) -> Result<Self, ValueError> {
        let [year, month, day, hour, minute, second] = digits::parse_pairs(bytes)?;
        Ok(Self { date: Date::new(year, month, day)?, time: Time::new(hour, minute, second)? })
    }

    /// The twelve ASCII digits.
    #[inline]
    #[must_use]
    pub fn digits(self) -> [u8; 12] {
        let Date { year, month, day } = self.date;
        let mut all = [0; 12];
        all[..8].copy_from_slice(&digits::to_pairs([year, month, day, self.time.hour()]));
        all[8..].copy_from_slice(&digits::to_pairs([self.time.minute(), self.time.second(), 0, 0])[..4]);
        all
    }

    /// The date.
    #[inline]
    #[must_use]
    pub const fn date(self) -> Date {
        self.date
    }

    /// The time of day.
    #[inline]
    #[must_use]
    pub const fn time(self) -> Time {
        self.time
    }

    /// Date and time with the full year, found as [`Date::resolve`] does.
    #[must_use]
    pub fn resolve(self, now: CalendarDateTime) -> Option<CalendarDateTime> {
        self.date.resolve(now.date()).map(|date| CalendarDateTime::new(date, self.time))
    }
}

impl fmt::Display for DateTime {
    /// `26-11-20 07:21:55`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [year, month, day] = self.date.pairs();
        let [hour, minute, second] = self.time.pairs();
        calendar::write_pairs(f, &[year, month, day, hour, minute, second], b"-- ::")
    }
}

debug_as_shown!(DateTime);

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_six_digits() {
        let mut dates = 0;
        for number in 0..1_000_000 {
            let text = digits::to_digits::<6>(number);
            if let Ok(date) = Date::from_digits(&text) {
                dates += 1;
                assert_eq!(date.digits(), text);
                let parts = [date.year(), date.month(), date.day()].map(u32::from);
                assert_eq!(parts, [number / 10_000, number / 100 % 100, number % 100]);
            }
        }
        assert_eq!(dates, 75 * 365 + 25 * 366);
        assert_eq!(Date::from_digits(b"26112"), Err(ValueError::length(6, 6, 5)));
        assert_eq!(Date::from_digits(b"2611-2"), Err(ValueError::character(4, "a digit")));
        assert!(Date::new(100, 1, 1).is_err());
    }

    #[test]
    fn leap_days() {
        let resolve = |year, now| Date::new(year, 2, 29).unwrap().resolve(CalendarDate::new(now, 1, 1).unwrap());
        assert_eq!(resolve(0, 2026), CalendarDate::new(2000, 2, 29).ok());
        assert_eq!(resolve(0, 1926), None);
        assert_eq!(resolve(0, 2075), None);
        assert!(Date::new(26, 2, 29).is_err());
    }

    #[test]
    fn refused() {
        assert_eq!(DateTime::from_digits(b"26112007215"), Err(ValueError::length(12, 12, 11)));
        assert_eq!(DateTime::from_digits(b"26112007215x"), Err(ValueError::character(11, "a digit")));
        for wrong in [b"260020072155", b"260229072155", b"261120242155", b"261120072160"] {
            assert!(matches!(DateTime::from_digits(wrong), Err(ValueError::Range { .. })));
        }
    }

    proptest! {
        /// Whatever lies less than 49 years apart is found again.
        #[test]
        fn near_times_resolve_to_themselves(now in 0_i64..4_000_000_000, apart in -1_546_000_000_i64..1_546_000_000) {
            let sent = CalendarDateTime::from_unix_seconds(now + apart).unwrap();
            let now = CalendarDateTime::from_unix_seconds(now).unwrap();
            let year = u8::try_from(sent.date().year() % 100).unwrap();
            if let Ok(date) = Date::new(year, sent.date().month(), sent.date().day()) {
                let short = DateTime::new(date, sent.time());
                prop_assert_eq!(DateTime::from_digits(&short.digits()), Ok(short));
                prop_assert_eq!(short.resolve(now), Some(sent));
            }
        }
    }
}
