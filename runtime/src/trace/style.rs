//! How a record is written for people.

use std::time::{SystemTime, UNIX_EPOCH};

use crate::types::CalendarDateTime;

/// How a record is written for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    timestamps: bool,
    layout: TimeLayout,
    colour: bool,
}

/// How a moment is written. All of them are UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TimeLayout {
    /// `2026-11-20 07:21:55.000000`
    #[default]
    Microseconds,
    /// `2026-11-20 07:21:55.000`
    Milliseconds,
    /// `2026-11-20T07:21:55.000000Z` (RFC 3339).
    Rfc3339,
    /// `07:21:55.000000`
    TimeOnly,
}

impl Default for Style {
    fn default() -> Self {
        Style::new()
    }
}

impl Style {
    /// With timestamps to the microsecond, without colours.
    #[must_use]
    pub const fn new() -> Self {
        Style { timestamps: true, layout: TimeLayout::Microseconds, colour: false }
    }

    /// Whether entries tell when they happened.
    #[must_use]
    pub const fn timestamps(mut self, timestamps: bool) -> Self {
        self.timestamps = timestamps;
        self
    }

    /// How they do.
    #[must_use]
    pub const fn time_layout(mut self, layout: TimeLayout) -> Self {
        self.layout = layout;
        self
    }

    /// Whether it is coloured, by ANSI escape sequences.
    #[must_use]
    pub const fn colour(mut self, colour: bool) -> Self {
        self.colour = colour;
        self
    }

    pub(super) const fn has_timestamps(&self) -> bool {
        self.timestamps
    }

    pub(super) const fn paint(&self) -> Paint {
        Paint(self.colour)
    }

    /// A moment as it is to be written.
    pub(super) fn time(&self, at: SystemTime) -> String {
        let since = at.duration_since(UNIX_EPOCH).unwrap_or_default();
        let seconds = i64::try_from(since.as_secs()).ok().and_then(CalendarDateTime::from_unix_seconds);
        let text = seconds.map_or_else(|| "0000-00-00 00:00:00".to_owned(), |time| time.to_string());
        let (date, time) = text.split_once(' ').unwrap_or(("", &text));
        let (micros, millis) = (since.subsec_micros(), since.subsec_millis());
        match self.layout {
            TimeLayout::Microseconds => format!("{date} {time}.{micros:06}"),
            TimeLayout::Milliseconds => format!("{date} {time}.{millis:03}"),
            TimeLayout::Rfc3339 => format!("{date}T{time}.{micros:06}Z"),
            TimeLayout::TimeOnly => format!("{time}.{micros:06}"),
        }
    }
}

/// Puts colours round text, or leaves it as it is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Paint(bool);

impl Paint {
    pub(super) const PLAIN: Paint = Paint(false);

    pub(super) fn title(self, text: &str) -> String {
        self.put("1", text)
    }

    pub(super) fn dim(self, text: &str) -> String {
        self.put("2", text)
    }

    /// A label: those of the two ends of a transaction stand out.
    pub(super) fn label(self, label: &str, padded: &str) -> String {
        self.put(if matches!(label, "received" | "replied") { "32" } else { "36" }, padded)
    }

    pub(super) fn error(self, text: &str) -> String {
        self.put("31", text)
    }

    fn put(self, code: &str, text: &str) -> String {
        if self.0 { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
    }
}
