//! A record as a block of text.

use std::fmt::{self, Write};
use std::time::Duration;

use super::record::{Entry, Record, What};
use super::style::Style;

/// Room for a label.
const LABEL: usize = 14;

pub(super) fn text(record: &Record, style: &Style) -> String {
    let mut out = String::new();
    // Writing to a string does not fail.
    _ = write(record, style, &mut out);
    out
}

fn write(record: &Record, style: &Style, out: &mut String) -> fmt::Result {
    let paint = style.paint();
    let head = format!("trace {} · total {:?}", record.id, micros(record.total));
    writeln!(out, "\n{}", paint.title(&head))?;
    for entry in &record.entries {
        let time = match entry.at {
            Some(at) if style.has_timestamps() => format!("{}  ", paint.dim(&style.time(record.started + at))),
            _ => String::new(),
        };
        let Entry { label, what, .. } = entry;
        match what {
            What::Step(fields) => {
                let fields: Vec<String> = fields.iter().map(|(name, value)| format!("{name}={value}")).collect();
                let fields = fields.join(" ");
                let line = match fields.is_empty() {
                    true => paint.label(label, label),
                    false => format!("{}  {fields}", paint.label(label, &format!("{label:<LABEL$}"))),
                };
                writeln!(out, "{}", format!("{time}{line}").trim_end())?;
            }
            What::Message(described) => described.write(label, paint, out)?,
            What::Failure(text) => writeln!(out, "{time}{}", paint.error(&format!("error  {text}")))?,
        }
    }
    if record.left_out > 0 {
        writeln!(out, "({} more)", record.left_out)?;
    }
    Ok(())
}

/// To the microsecond.
fn micros(duration: Duration) -> Duration {
    Duration::from_micros(u64::try_from((duration.as_nanos() + 500) / 1000).unwrap_or(u64::MAX))
}
