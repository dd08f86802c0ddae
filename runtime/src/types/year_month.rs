//! Year and month, data element 14.

use core::fmt;

use super::{CalendarDate, ValueError, calendar, digits};

/// Year of the century and month, `YYMM`: the expiry date of a card, which is good through the last day of that month.
///
/// Orders by its digits, that is within one century only.
///
/// ```
/// use isopace::types::{CalendarDate, YearMonth};
///
/// let expiry = YearMonth::from_digits(b"3002")?;
/// let now = CalendarDate::new(2026, 11, 20)?;
/// assert_eq!(expiry.resolve_century(now), Some(2030));
/// assert_eq!(expiry.last_day(now), Some(CalendarDate::new(2030, 2, 28)?));
/// # Ok::<(), isopace::types::ValueError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct YearMonth {
    year: u8,
    month: u8,
}

impl YearMonth {
    /// A year of the century, 0 to 99, and a month.
    ///
    /// # Errors
    ///
    /// A year above 99, or a month that is not 1 to 12.
    #[inline]
    pub const fn new(year: u8, month: u8) -> Result<Self, ValueError> {
        if year > 99 {
            return Err(ValueError::Range { expected: "year 00 to 99" });
        }
        match calendar::check_day(month, 1, false) {
            Ok(()) => Ok(Self { year, month }),
            Err(error) => Err(error),
        }
    }

    /// Reads four ASCII digits.
    ///
    /// # Errors
    ///
    /// Another length, a character that is no digit, or no month.
    #[inline]
    pub fn from_digits(bytes: &[u8]) -> Result<Self, ValueError> {
        let [year, month] = digits::parse_pairs(bytes)?;
        Self::new(year, month)
    }

    /// The four ASCII digits.
    #[inline]
    #[must_use]
    pub const fn digits(self) -> [u8; 4] {
        let [[a, b], [c, d]] = self.pairs();
        [a, b, c, d]
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

    /// The full year: the one from 50 years before to 49 years after `now`. `None` when it is not in the calendar (0 to 9999).
    #[must_use]
    pub fn resolve_century(self, now: CalendarDate) -> Option<i32> {
        self.last_day(now).map(CalendarDate::year)
    }

    /// The last day of the month, in the year that [`resolve_century`](Self::resolve_century) finds.
    #[must_use]
    pub fn last_day(self, now: CalendarDate) -> Option<CalendarDate> {
        let year = calendar::nearest_century(self.year, now.year());
        let day = calendar::days_in(self.month, calendar::is_leap(year));
        CalendarDate::new(year, self.month, day).ok()
    }

    #[inline]
    const fn pairs(self) -> [[u8; 2]; 2] {
        [digits::to_pair(self.year), digits::to_pair(self.month)]
    }
}

impl fmt::Display for YearMonth {
    /// `30-12`, year first.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        calendar::write_pairs(f, &self.pairs(), b"-")
    }
}

debug_as_shown!(YearMonth);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_four_digits() {
        let mut months = 0;
        for number in 0..10_000 {
            let text = digits::to_digits::<4>(number);
            if let Ok(date) = YearMonth::from_digits(&text) {
                months += 1;
                assert_eq!(date.digits(), text);
                assert_eq!([date.year(), date.month()].map(u32::from), [number / 100, number % 100]);
            }
        }
        assert_eq!(months, 1200);
        assert_eq!(YearMonth::from_digits(b"30123"), Err(ValueError::length(4, 4, 5)));
        assert_eq!(YearMonth::from_digits(b" 012"), Err(ValueError::character(0, "a digit")));
        assert!(YearMonth::new(100, 1).is_err());
        assert_eq!(YearMonth::new(30, 12).unwrap().to_string(), "30-12");
    }

    #[test]
    fn centuries() {
        let table = [
            (0, 2026, Some(2000)),
            (26, 2026, Some(2026)),
            (75, 2026, Some(2075)),
            (76, 2026, Some(1976)),
            (99, 2026, Some(1999)),
            (1, 1999, Some(2001)),
            (48, 1999, Some(2048)),
            (49, 1999, Some(1949)),
            (99, 0, None),
            (0, 9999, None),
        ];
        for (year, now, wanted) in table {
            let now = CalendarDate::new(now, 6, 1).unwrap();
            assert_eq!(YearMonth::new(year, 2).unwrap().resolve_century(now), wanted, "{year}, {now}");
        }
        let now = CalendarDate::new(2026, 11, 20).unwrap();
        let last = |year, month| YearMonth::new(year, month).unwrap().last_day(now).unwrap().to_string();
        assert_eq!(last(28, 2), "2028-02-29");
        assert_eq!(last(27, 2), "2027-02-28");
        assert_eq!(last(26, 12), "2026-12-31");
        assert_eq!(last(26, 11), "2026-11-30");
    }
}
