//! The text form of a diagnosis, for people.

use std::fmt::Write as _;

use isopace::doctor::{Diagnosis, Problem, Reading};
use isopace::inspect;

use super::Specs;
use crate::console::{FAINT, HEADING};
use crate::report::Told;

/// Problems that are told of a reading.
const PROBLEMS: usize = 3;
/// Readings that are told.
const READINGS: usize = 3;

/// The best readings, each with its command; of the first that fits, the values too.
pub(super) fn diagnosis(diagnosis: &Diagnosis, specs: &Specs, bytes: usize) -> String {
    let mut text = String::new();
    if diagnosis.readings.is_empty() {
        _ = writeln!(text, "{bytes} bytes: no message of any spec begins there, framed or not");
        return text;
    }
    if !diagnosis.fits() {
        _ = writeln!(text, "{bytes} bytes: nothing fits wholly, the closest are\n");
    }
    for (place, each) in diagnosis.readings.iter().take(READINGS).enumerate() {
        if place > 0 {
            text.push('\n');
        }
        reading(&mut text, place + 1, each, specs, bytes);
        if place == 0 {
            table(&mut text, each);
        }
    }
    text
}

fn reading(text: &mut String, place: usize, reading: &Reading, specs: &Specs, bytes: usize) {
    let mti = reading.first.mti();
    let spec = specs.name(reading.base);
    let changed = if reading.is_changed() { ", changed" } else { "" };
    _ = writeln!(
        text,
        "{HEADING}{place}. {spec}{changed}, frame {}, {mti} {}{HEADING:#}",
        reading.framing,
        inspect::of_message_type(mti, reading.dialect)
    );
    let messages =
        if reading.messages == 1 { "1 message".to_owned() } else { format!("{} messages", reading.messages) };
    if reading.fits {
        _ = writeln!(text, "   everything fits: {messages}, {} elements, {bytes} bytes", reading.elements);
    } else {
        _ = writeln!(
            text,
            "   reads {} of {bytes} bytes: {messages}, {} elements, {} of them good",
            reading.read, reading.elements, reading.valid
        );
    }
    if !reading.alike.is_empty() {
        let alike: Vec<&str> = reading.alike.iter().map(|dialect| specs.name(dialect)).collect();
        _ = writeln!(text, "   reads just so by {}", alike.join(", "));
    }
    _ = writeln!(text, "   {}", specs.command(reading));
    if let Some(overlay) = specs.overlay(reading) {
        _ = writeln!(text, "   with partner.toml:");
        for line in overlay.lines().filter(|line| !line.is_empty()) {
            _ = writeln!(text, "     {line}");
        }
    }
    for problem in reading.problems.iter().take(PROBLEMS) {
        self::problem(text, problem, reading);
    }
    if let Some(more) = reading.problems.len().checked_sub(PROBLEMS + 1) {
        _ = writeln!(text, "   and {} more", more + 1);
    }
}

fn problem(text: &mut String, problem: &Problem, reading: &Reading) {
    let (report, message) = problem.report(reading);
    let place = match message {
        Some(message) if reading.messages > 1 => format!("message {message}, "),
        _ => String::new(),
    };
    let told = report.text();
    for (line, told) in told.lines().enumerate() {
        _ = writeln!(text, "   {}{told}", if line == 0 { place.as_str() } else { "" });
    }
}

/// The values of the first message.
fn table(text: &mut String, reading: &Reading) {
    let rows = reading.values();
    let path = rows.iter().map(|row| row.path.chars().count()).max().unwrap_or(0);
    let name = rows.iter().map(|row| row.name.chars().count()).max().unwrap_or(0);
    for row in &rows {
        let value =
            if row.value.chars().any(char::is_control) { format!("{:?}", row.value) } else { row.value.clone() };
        _ = writeln!(text, "   {:<path$}  {FAINT}{:<name$}{FAINT:#}  {value}", row.path, row.name);
    }
}
