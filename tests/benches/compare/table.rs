//! The table for people.

use std::fmt::Write;

use isopace_tests::cases::{Column, Row, Traffic};

use crate::measure::Time;

/// Nanoseconds (the median) by row and column, then this project against the ceiling and the others against this project.
pub(crate) fn render(traffic: Traffic, times: &[Time]) -> String {
    let mut text = format!("## {}\n\n", traffic.title());
    let time = |row, column| times.iter().find(|time| time.row == row && time.column == column);
    let mut line = |cells: Vec<String>| {
        let cells: Vec<String> = (cells.iter().enumerate())
            .map(|(nth, cell)| if nth == 0 { format!("{cell:<26}") } else { format!("{cell:>14}") })
            .collect();
        let _ = writeln!(text, "| {} |", cells.join(" | "));
    };
    let mut heading = vec!["ns per message".to_owned()];
    heading.extend(Column::ALL.iter().map(|column| column.title().to_owned()));
    heading.extend(["fastest", "/reused", "/owned", "iso_8583_rs/", "i8583/"].map(str::to_owned));
    let columns = heading.len();
    line(heading);
    line((0..columns).map(|nth| if nth == 0 { "-".repeat(26) } else { format!("{}:", "-".repeat(13)) }).collect());
    for row in Row::ALL {
        let mut cells = vec![row.title().to_owned()];
        let show = |time: Option<f64>| time.map_or_else(|| "-".to_owned(), |time| format!("{time:.1}"));
        cells.extend(Column::ALL.iter().map(|&column| show(time(row, column).map(|time| time.median))));
        let ours = time(row, Column::Isopace);
        cells.push(show(ours.map(|time| time.fastest)));
        let ratio = |over: Option<&Time>, under: Option<&Time>| match (over, under) {
            (Some(over), Some(under)) => format!("{:.2}", over.median / under.median),
            _ => "-".to_owned(),
        };
        cells.push(ratio(ours, time(row, Column::Reused)));
        cells.push(ratio(ours, time(row, Column::Owned)));
        cells.push(ratio(time(row, Column::Iso8583Rs), ours));
        cells.push(ratio(time(row, Column::I8583), ours));
        line(cells);
    }
    text
}
