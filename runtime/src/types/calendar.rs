//! Full dates, and days counted: what a date without a year or century is resolved against.
//!
//! The proleptic Gregorian calendar, years 0 to 9999; no time zones. Elements of the 1987 edition leave the year out (7, 12, 13)
//! or the century (14), so the reader needs a clock. It is always given, never looked up, so that a test can give its own.

use core::fmt;

use super::{Time, ValueError, digits};

const DAY: i64 = 86_400;

/// A date with its full year.
///
/// ```
/// use isopace::types::CalendarDate;
///
/// let date = CalendarDate::new(2026, 11, 20)?;
/// assert_eq!(date.to_string(), "2026-11-20");
/// # Ok::<(), isopace::types::ValueError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CalendarDate {
    year: i32,
    month: u8,
    day: u8,
}

impl CalendarDate {
    /// A date of the years 0 to 9999.
    ///
    /// # Errors
    ///
    /// A year, month or day that is not in the calendar.
    pub const fn new(year: i32, month: u8, day: u8) -> Result<Self, ValueError> {
        if year < 0 || year > 9999 {
            return Err(ValueError::Range { expected: "year 0000 to 9999" });
        }
        if let Err(error) = check_day(month, day, is_leap(year)) {
            return Err(error);
        }
        Ok(Self { year, month, day })
    }

    /// The date that is so many days after 1970-01-01. `None` outside the years 0 to 9999.
    #[must_use]
    pub const fn from_days(days: i64) -> Option<Self> {
        if days < -719_528 || days > 2_932_896 {
            return None;
        }
        // Counted from 0000-03-01, in eras of 400 years that start in March: the leap day is then the last of its year, and the
        // lengths of the months follow a line.
        let days = days + 719_468;
        let era = days.div_euclid(146_097);
        let day_of_era = days.rem_euclid(146_097);
        let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let shifted = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * shifted + 2) / 5 + 1;
        let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
        let year = era * 400 + year_of_era + (month <= 2) as i64;
        Some(Self { year: year as i32, month: month as u8, day: day as u8 })
    }

    /// Days since 1970-01-01, negative before.
    #[must_use]
    pub const fn days(self) -> i64 {
        let month = self.month as i64;
        let year = self.year as i64 - (month <= 2) as i64;
        let era = year.div_euclid(400);
        let year_of_era = year.rem_euclid(400);
        let shifted = if month > 2 { month - 3 } else { month + 9 };
        let day_of_year = (153 * shifted + 2) / 5 + self.day as i64 - 1;
        let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
        era * 146_097 + day_of_era - 719_468
    }

    /// The year, 0 to 9999.
    #[must_use]
    pub const fn year(self) -> i32 {
        self.year
    }

    /// The month, 1 to 12.
    #[must_use]
    pub const fn month(self) -> u8 {
        self.month
    }

    /// The day of the month, from 1.
    #[must_use]
    pub const fn day(self) -> u8 {
        self.day
    }
}

impl fmt::Display for CalendarDate {
    /// `2026-11-20`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

debug_as_shown!(CalendarDate);

/// A date with its full year, and a time of day, both in the same time zone as whatever they are compared with.
///
/// ```
/// use isopace::types::CalendarDateTime;
///
/// let start = CalendarDateTime::from_unix_seconds(1_795_159_315);
/// assert_eq!(start.map(|time| time.to_string()).as_deref(), Some("2026-11-20 07:21:55"));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CalendarDateTime {
    date: CalendarDate,
    time: Time,
}

impl CalendarDateTime {
    /// A time of a date.
    #[must_use]
    pub const fn new(date: CalendarDate, time: Time) -> Self {
        Self { date, time }
    }

    /// The UTC time so many seconds after 1970-01-01 00:00:00. `None` outside the years 0 to 9999.
    #[must_use]
    pub const fn from_unix_seconds(seconds: i64) -> Option<Self> {
        match CalendarDate::from_days(seconds.div_euclid(DAY)) {
            Some(date) => Some(Self { date, time: Time::from_second_of_day(seconds.rem_euclid(DAY) as u32) }),
            None => None,
        }
    }

    /// Seconds since 1970-01-01 00:00:00, negative before. Leap seconds do not count.
    #[must_use]
    pub const fn unix_seconds(self) -> i64 {
        self.date.days() * DAY + self.time.second_of_day() as i64
    }

    /// The date.
    #[must_use]
    pub const fn date(self) -> CalendarDate {
        self.date
    }

    /// The time of day.
    #[must_use]
    pub const fn time(self) -> Time {
        self.time
    }
}

impl fmt::Display for CalendarDateTime {
    /// `2026-11-20 07:21:55`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.date, self.time)
    }
}

debug_as_shown!(CalendarDateTime);

/// Whether a month and a day of it exist, in a leap year or another.
#[inline]
pub(crate) const fn check_day(month: u8, day: u8, leap: bool) -> Result<(), ValueError> {
    if month < 1 || month > 12 {
        return Err(ValueError::Range { expected: "month 01 to 12" });
    }
    if day < 1 || day > days_in(month, leap) {
        return Err(ValueError::Range { expected: "a day of the month" });
    }
    Ok(())
}

/// Days of a month, 1 to 12.
#[inline]
pub(crate) const fn days_in(month: u8, leap: bool) -> u8 {
    match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Whether the year has a 29 February.
#[inline]
pub(crate) const fn is_leap(year: i32) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

/// The year that ends in `two_digits` and lies 50 years before to 49 years after `now`.
#[inline]
pub(crate) const fn nearest_century(two_digits: u8, now: i32) -> i32 {
    let first = now - 50;
    first + (two_digits as i32 - first).rem_euclid(100)
}

/// Joins two-digit numbers with what stands between people's numbers: `11-20 07:21:55`.
pub(crate) fn write_pairs(f: &mut fmt::Formatter<'_>, pairs: &[[u8; 2]], between: &[u8]) -> fmt::Result {
    let mut text = [0; 17];
    let mut len = 0;
    let between = between.iter().map(Some).chain(core::iter::repeat(None));
    for (pair, after) in pairs.iter().zip(between) {
        for byte in pair.iter().chain(after) {
            if let Some(place) = text.get_mut(len) {
                *place = *byte;
                len += 1;
            }
        }
    }
    f.pad(digits::text(text.get(..len).unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_day_of_ten_thousand_years() {
        let mut days = CalendarDate::new(0, 1, 1).unwrap().days();
        for year in 0..=9999 {
            // Counted the slow way.
            let leap = (year % 4 == 0) != (year % 100 == 0) || year % 400 == 0;
            let months = [31, if leap { 29 } else { 28 }, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
            for (month, length) in (1..).zip(months) {
                for day in 1..=length {
                    let date = CalendarDate::new(year, month, day).unwrap();
                    assert_eq!(date.days(), days);
                    assert_eq!(CalendarDate::from_days(days), Some(date));
                    days += 1;
                }
                assert!(CalendarDate::new(year, month, length + 1).is_err());
                assert!(CalendarDate::new(year, month, 0).is_err());
            }
        }
        assert_eq!(CalendarDate::from_days(days), None);
        assert_eq!(CalendarDate::from_days(-719_529), None);
        for days in [i64::MIN, i64::MAX] {
            assert_eq!(CalendarDate::from_days(days), None);
            assert_eq!(CalendarDateTime::from_unix_seconds(days), None);
        }
    }

    #[test]
    fn known_days() {
        let table = [(1970, 1, 1, 0), (2000, 3, 1, 11_017), (1969, 12, 31, -1), (2026, 11, 20, 20_777)];
        for (year, month, day, days) in table {
            assert_eq!(CalendarDate::new(year, month, day).unwrap().days(), days);
        }
    }

    #[test]
    fn outside_the_calendar() {
        assert!(CalendarDate::new(-1, 1, 1).is_err());
        assert!(CalendarDate::new(10_000, 1, 1).is_err());
        assert!(CalendarDate::new(2026, 0, 1).is_err());
        assert!(CalendarDate::new(2026, 13, 1).is_err());
        assert!(CalendarDate::new(1900, 2, 29).is_err());
        assert!(CalendarDate::new(2000, 2, 29).is_ok());
    }

    #[test]
    fn seconds_and_back() {
        for seconds in (-4_000_000_000..4_000_000_000_i64).step_by(86_399 * 7) {
            let time = CalendarDateTime::from_unix_seconds(seconds).unwrap();
            assert_eq!(time.unix_seconds(), seconds);
            assert_eq!(CalendarDateTime::new(time.date(), time.time()), time);
        }
        let before = CalendarDateTime::from_unix_seconds(-1).unwrap();
        assert_eq!(before.to_string(), "1969-12-31 23:59:59");
    }

    #[test]
    fn window_of_a_century() {
        for now in [0, 49, 1987, 2000, 2026, 2050, 9999] {
            for two_digits in 0..100 {
                let year = nearest_century(two_digits, now);
                assert_eq!(year.rem_euclid(100), i32::from(two_digits));
                assert!((-50..=49).contains(&(year - now)));
            }
        }
    }
}
