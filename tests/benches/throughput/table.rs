//! The table for people.

use crate::load::{Figures, Load};

const WIDTHS: [usize; 10] = [8, 11, 9, 9, 10, 8, 8, 9, 9, 14];

pub(crate) fn heading() -> String {
    let names =
        ["", "connections", "in flight", "due/s", "req/s", "p50 us", "p99 us", "p99.9 us", "CPU ns", "req/s from-to"];
    let rule = WIDTHS.map(|width| format!("{}:", "-".repeat(width - 1)));
    format!("{}\n{}", row(&names.map(str::to_owned)), row(&rule))
}

/// The medians of all rounds, and the range of the throughput. CPU is the time of both ends for a request.
pub(crate) fn line(name: &str, load: Load, figures: &[Figures]) -> String {
    let mut per_second: Vec<f64> = figures.iter().map(|figures| figures.per_second).collect();
    per_second.sort_by(f64::total_cmp);
    let micros = |of: fn(&Figures) -> u64| {
        let mut values: Vec<u64> = figures.iter().map(of).collect();
        values.sort_unstable();
        format!("{:.1}", values[values.len() / 2] as f64 / 1e3)
    };
    let mut processor: Vec<f64> = figures.iter().filter_map(|figures| figures.processor).collect();
    processor.sort_by(f64::total_cmp);
    let failed: u64 = figures.iter().map(|figures| figures.failed).sum();
    let range = format!("{:.0}-{:.0}k", per_second[0] / 1e3, per_second[per_second.len() - 1] / 1e3);
    let cells = [
        name.to_owned(),
        load.connections.to_string(),
        load.in_flight.to_string(),
        if load.rate == 0 { "-".to_owned() } else { load.rate.to_string() },
        format!("{:.0}", per_second[per_second.len() / 2]),
        micros(|figures| figures.p50),
        micros(|figures| figures.p99),
        micros(|figures| figures.p999),
        processor.get(processor.len() / 2).map_or_else(|| "-".to_owned(), |nanos| format!("{nanos:.0}")),
        range,
    ];
    let failures = if failed > 0 { format!(" {failed} FAILED") } else { String::new() };
    format!("{}{failures}", row(&cells))
}

fn row(cells: &[String; 10]) -> String {
    let cells: Vec<String> = cells.iter().zip(WIDTHS).map(|(cell, width)| format!("{cell:>width$}")).collect();
    format!("| {} |", cells.join(" | "))
}
