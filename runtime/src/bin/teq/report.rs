//! How a report is told on a terminal.

use std::fmt::Write as _;

pub(crate) use isopace::inspect::Report;

use crate::console::{ERROR, HINT};

/// What is told to people.
pub(crate) trait Told {
    /// With styles; ends its last line.
    fn text(&self) -> String;
}

impl Told for Report {
    fn text(&self) -> String {
        let name = self.name.map(|name| format!(" ({name})")).unwrap_or_default();
        let Report { path, offset, counts, message, .. } = self;
        let mut text = format!("{ERROR}error{ERROR:#}: {path}{name} at {counts} {offset}: {message}\n");
        if let Some(hint) = &self.hint {
            _ = writeln!(text, "{HINT}hint{HINT:#}: {hint}");
        }
        text
    }
}
