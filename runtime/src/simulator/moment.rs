//! What time it is, as digits for the elements that hold dates and times. UTC.

use std::time::{SystemTime, UNIX_EPOCH};

use crate::msg::{Field, Kind};
use crate::types::CalendarDateTime;

/// A moment as `YYYYMMDDhhmmss`, worked out once a second.
#[derive(Debug, Clone)]
pub(crate) struct Moment {
    second: u64,
    digits: [u8; 14],
}

impl Moment {
    pub(crate) fn now() -> Self {
        let mut moment = Moment { second: u64::MAX, digits: *b"19700101000000" };
        moment.renew();
        moment
    }

    /// Goes on to now.
    pub(crate) fn renew(&mut self) {
        let second = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        if second != self.second {
            self.set(second);
        }
    }

    fn set(&mut self, second: u64) {
        self.second = second;
        let Some(now) = i64::try_from(second).ok().and_then(CalendarDateTime::from_unix_seconds) else { return };
        let date = now.date();
        let text = format!("{:04}{:02}{:02}", date.year(), date.month(), date.day());
        if let Ok(digits) = <[u8; 8]>::try_from(text.as_bytes()) {
            self.digits[..8].copy_from_slice(&digits);
            self.digits[8..].copy_from_slice(&now.time().digits());
        }
    }

    /// The digits that an element of this kind holds; nothing where it holds no date or time.
    pub(crate) fn digits(&self, kind: Kind) -> Option<&str> {
        let part = match kind {
            Kind::MonthDayTime => 4..14,
            Kind::MonthDay => 4..8,
            Kind::Time => 8..14,
            Kind::Date => 2..8,
            Kind::DateTime => 2..14,
            Kind::YearMonth => 2..6,
            _ => return None,
        };
        std::str::from_utf8(self.digits.get(part)?).ok()
    }

    /// Whether an element can hold a moment.
    pub(crate) const fn fits(field: &Field) -> bool {
        matches!(
            field.kind,
            Kind::MonthDayTime | Kind::MonthDay | Kind::Time | Kind::Date | Kind::DateTime | Kind::YearMonth
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_has_its_digits() {
        let mut moment = Moment::now();
        moment.set(1_795_159_315);
        let table = [
            (Kind::MonthDayTime, "1120072155"),
            (Kind::MonthDay, "1120"),
            (Kind::Time, "072155"),
            (Kind::Date, "261120"),
            (Kind::DateTime, "261120072155"),
            (Kind::YearMonth, "2611"),
        ];
        for (kind, digits) in table {
            assert_eq!(moment.digits(kind), Some(digits), "{kind:?}");
        }
        assert_eq!(moment.digits(Kind::Amount), None);
    }
}
