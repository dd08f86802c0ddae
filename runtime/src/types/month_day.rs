//! Dates without a year: data elements 7, 13 and 15 to 17 of the 1987 edition.

use core::fmt;

use super::{CalendarDate, CalendarDateTime, Time, ValueError, calendar, digits};

/// Month and day, `MMDD`. 29 February is let in, as the year is not known.
///
/// ```
/// use isopace::types::{CalendarDate, MonthDay};
///
/// let date = MonthDay::from_digits(b"1231")?;
/// let now = CalendarDate::new(2026, 1, 2)?;
/// assert_eq!(date.resolve(now), Some(CalendarDate::new(2025, 12, 31)?));
/// # Ok::<(), isopace::types::ValueError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MonthDay {
    month: u8,
    day: u8,
}

impl MonthDay {
    /// A day that some year has.
    ///
    /// # Errors
    ///
    /// A month or day that is not in the calendar.
    #[inline]
    pub const fn new(month: u8, day: u8) -> Result<Self, ValueError> {
        match calendar::check_day(month, day, true) {
            Ok(()) => Ok(Self { month, day }),
            Err(error) => Err(error),
        }
    }

    /// Reads four ASCII digits.
    ///
    /// # Errors
    ///
    /// Another length, a character that is no digit, or no date.
    #[inline]
    pub fn from_digits(bytes: &[u8]) -> Result<Self, ValueError> {
        let [month, day] = digits::parse_pairs(bytes)?;
        Self::new(month, day)
    }

    /// The four ASCII digits.
    #[inline]
    #[must_use]
    pub const fn digits(self) -> [u8; 4] {
        let [[a, b], [c, d]] = self.pairs();
        [a, b, c, d]
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

    /// The date nearest to `now`, in the year of `now`, the one before or the one after; of two equally near, the earlier.
    ///
    /// `now` is the date in the time zone of the element. `None` for 29 February when none of the three years has one: a date is
    /// never rolled over to another.
    #[must_use]
    pub fn resolve(self, now: CalendarDate) -> Option<CalendarDate> {
        let in_year = |year| CalendarDate::new(year, self.month, self.day).ok();
        // The first of equals is taken, and years ascend.
        (now.year() - 1..=now.year() + 1).filter_map(in_year).min_by_key(|date| (date.days() - now.days()).abs())
    }

    #[inline]
    const fn pairs(self) -> [[u8; 2]; 2] {
        [digits::to_pair(self.month), digits::to_pair(self.day)]
    }
}

impl fmt::Display for MonthDay {
    /// `11-20`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        calendar::write_pairs(f, &self.pairs(), b"-")
    }
}

debug_as_shown!(MonthDay);

/// Month, day and time, `MMDDhhmmss`: data element 7, in UTC.
///
/// ```
/// use isopace::types::{CalendarDateTime, MonthDayTime};
///
/// let sent = MonthDayTime::from_digits(b"1120072155")?;
/// assert_eq!(sent.to_string(), "11-20 07:21:55");
///
/// let now = CalendarDateTime::from_unix_seconds(1_795_159_316).ok_or("a clock")?;
/// let sent = sent.resolve(now).ok_or("a leap day")?;
/// assert_eq!(now.unix_seconds() - sent.unix_seconds(), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MonthDayTime {
    date: MonthDay,
    time: Time,
}

impl MonthDayTime {
    /// A time of a day. Both parts are valid, so the whole is.
    #[inline]
    #[must_use]
    pub const fn new(date: MonthDay, time: Time) -> Self {
        Self { date, time }
    }

    /// Reads ten ASCII digits.
    ///
    /// # Errors
    ///
    /// Another length, a character that is no digit, or no date and time.
    #[inline]
    pub fn from_digits(bytes: &[u8]) -> Result<Self, ValueError> {
        let [month, day, hour, minute, second] = digits::parse_pairs(bytes)?;
        Ok(Self { date: MonthDay::new(month, day)?, time: Time::new(hour, minute, second)? })
    }

    /// The ten ASCII digits.
    #[inline]
    #[must_use]
    pub fn digits(self) -> [u8; 10] {
        let MonthDay { month, day } = self.date;
        let mut all = [0; 10];
        all[..8].copy_from_slice(&digits::to_pairs([month, day, self.time.hour(), self.time.minute()]));
        all[8..].copy_from_slice(&digits::to_pair(self.time.second()));
        all
    }

    /// Month and day.
    #[inline]
    #[must_use]
    pub const fn date(self) -> MonthDay {
        self.date
    }

    /// The time of day.
    #[inline]
    #[must_use]
    pub const fn time(self) -> Time {
        self.time
    }

    /// The time nearest to `now`, in the year of `now`, the one before or the one after; of two equally near, the earlier.
    ///
    /// `now` is in the time zone of the element. `None` for 29 February when none of the three years has one.
    #[must_use]
    pub fn resolve(self, now: CalendarDateTime) -> Option<CalendarDateTime> {
        let MonthDay { month, day } = self.date;
        let in_year = |year| CalendarDate::new(year, month, day).ok();
        (now.date().year() - 1..=now.date().year() + 1)
            .filter_map(in_year)
            .map(|date| CalendarDateTime::new(date, self.time))
            .min_by_key(|time| (time.unix_seconds() - now.unix_seconds()).abs())
    }
}

impl fmt::Display for MonthDayTime {
    /// `11-20 07:21:55`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [month, day] = self.date.pairs();
        let [hour, minute, second] = self.time.pairs();
        calendar::write_pairs(f, &[month, day, hour, minute, second], b"- ::")
    }
}

debug_as_shown!(MonthDayTime);

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn date(year: i32, month: u8, day: u8) -> CalendarDate {
        CalendarDate::new(year, month, day).unwrap()
    }

    #[test]
    fn every_four_digits() {
        let mut days = 0;
        for number in 0..10_000 {
            let text = digits::to_digits::<4>(number);
            if let Ok(date) = MonthDay::from_digits(&text) {
                days += 1;
                assert_eq!(date.digits(), text);
                assert_eq!([date.month(), date.day()].map(u32::from), [number / 100, number % 100]);
            }
        }
        assert_eq!(days, 366);
        assert_eq!(MonthDay::from_digits(b"112"), Err(ValueError::length(4, 4, 3)));
        assert_eq!(MonthDay::from_digits(b"11-2"), Err(ValueError::character(2, "a digit")));
        assert!(matches!(MonthDay::from_digits(b"1301"), Err(ValueError::Range { .. })));
        assert!(matches!(MonthDay::from_digits(b"0230"), Err(ValueError::Range { .. })));
    }

    #[test]
    fn nearest_year() {
        let table = [
            ((12, 31), date(2026, 1, 1), Some(date(2025, 12, 31))),
            ((1, 1), date(2026, 12, 31), Some(date(2027, 1, 1))),
            ((11, 20), date(2026, 11, 20), Some(date(2026, 11, 20))),
            ((6, 1), date(2026, 11, 20), Some(date(2026, 6, 1))),
            // 183 days before and after, with a leap day between: the earlier.
            ((7, 2), date(2024, 1, 1), Some(date(2023, 7, 2))),
            ((2, 29), date(2024, 3, 1), Some(date(2024, 2, 29))),
            ((2, 29), date(2025, 3, 1), Some(date(2024, 2, 29))),
            ((2, 29), date(2023, 3, 1), Some(date(2024, 2, 29))),
            ((2, 29), date(2026, 3, 1), None),
            ((2, 29), date(2100, 3, 1), None),
            // The ends of the calendar.
            ((1, 1), date(9999, 12, 31), Some(date(9999, 1, 1))),
            ((12, 31), date(0, 1, 1), Some(date(0, 12, 31))),
        ];
        for ((month, day), now, wanted) in table {
            assert_eq!(MonthDay::new(month, day).unwrap().resolve(now), wanted, "{month}-{day}, {now}");
            let time = MonthDayTime::new(MonthDay::new(month, day).unwrap(), Time::MIDNIGHT);
            let resolved = time.resolve(CalendarDateTime::new(now, Time::MIDNIGHT));
            assert_eq!(resolved.map(CalendarDateTime::date), wanted);
        }
    }

    #[test]
    fn ten_digits() {
        let time = MonthDayTime::from_digits(b"1120072155").unwrap();
        assert_eq!(time.digits(), *b"1120072155");
        assert_eq!((time.date().to_string(), time.time().to_string()), ("11-20".into(), "07:21:55".into()));
        assert_eq!(MonthDayTime::from_digits(b"112007215"), Err(ValueError::length(10, 10, 9)));
        assert_eq!(MonthDayTime::from_digits(b"112007215x"), Err(ValueError::character(9, "a digit")));
        for wrong in [b"0020072155", b"1131072155", b"1120242155", b"1120076055", b"1120072160"] {
            assert!(matches!(MonthDayTime::from_digits(wrong), Err(ValueError::Range { .. })));
        }
    }

    proptest! {
        /// Whatever was sent up to half a year ago or ahead is found again.
        #[test]
        fn near_times_resolve_to_themselves(now in 0_i64..4_000_000_000, apart in -15_700_000_i64..15_700_000) {
            let sent = CalendarDateTime::from_unix_seconds(now + apart).unwrap();
            let now = CalendarDateTime::from_unix_seconds(now).unwrap();
            let day = MonthDay::new(sent.date().month(), sent.date().day()).unwrap();
            prop_assert_eq!(day.resolve(now.date()), Some(sent.date()));
            prop_assert_eq!(MonthDayTime::new(day, sent.time()).resolve(now), Some(sent));
        }
    }
}
