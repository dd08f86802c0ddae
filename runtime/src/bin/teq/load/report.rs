//! The results of a run: for people, and as JSON for programs.

use std::fmt::Write as _;

use hdrhistogram::Histogram;
use serde_json::{Map, Value, json};

use super::generator::Results;
use super::tally::OUTCOMES;
use crate::console::{FAINT, HEADING};

/// Percentiles that are told.
const PERCENTILES: [(&str, f64); 6] =
    [("p50", 0.5), ("p90", 0.9), ("p95", 0.95), ("p99", 0.99), ("p999", 0.999), ("p9999", 0.9999)];

/// For people.
pub(crate) fn text(results: &Results, names: &[String]) -> String {
    let tally = &results.tally;
    let ended = tally.ended();
    let rate = ended as f64 / results.seconds.max(1e-9);
    let ending = if results.interrupted { ", interrupted" } else { "" };
    let mut text = format!(
        "{HEADING}{ended} messages in {:.1} s, {rate:.0}/s{ending}{HEADING:#}\n{} due, {} started late, {} dropped\n",
        results.seconds, results.scheduled, results.late, results.dropped
    );
    let mut table = |title: &str, rows: &mut dyn Iterator<Item = (&str, u64)>| {
        _ = writeln!(text, "{HEADING}{title}{HEADING:#}");
        for (name, count) in rows.filter(|(_, count)| *count > 0) {
            let share = 100.0 * count as f64 / (ended.max(1)) as f64;
            _ = writeln!(text, "  {name:<16} {count:>10}  {FAINT}{share:6.2} %{FAINT:#}");
        }
    };
    table("outcomes", &mut OUTCOMES.into_iter().zip(tally.outcomes));
    table("response codes", &mut tally.codes.iter().map(|(code, count)| (&**code, *count)));
    table("messages", &mut names.iter().map(String::as_str).zip(tally.messages.iter().copied()));
    _ = writeln!(text, "{HEADING}latency from when a message was due, ms{HEADING:#}");
    let ms = |nanoseconds: u64| nanoseconds as f64 / 1e6;
    let histogram = &tally.latency;
    for (name, quantile) in PERCENTILES {
        let (latency, service) = (histogram.value_at_quantile(quantile), tally.service.value_at_quantile(quantile));
        _ = writeln!(
            text,
            "  {name:<6} {:>10.3}  {FAINT}from when it was sent {:.3}{FAINT:#}",
            ms(latency),
            ms(service)
        );
    }
    _ = writeln!(text, "  {:<6} {:>10.3}", "max", ms(histogram.max()));
    text
}

/// For programs.
pub(crate) fn json(results: &Results, names: &[String], settings: &Value) -> Value {
    let tally = &results.tally;
    let table = |rows: &mut dyn Iterator<Item = (&str, u64)>| {
        Value::Object(rows.map(|(name, count)| (name.to_owned(), json!(count))).collect::<Map<_, _>>())
    };
    json!({
        "schema": 1,
        "settings": settings,
        "seconds": results.seconds,
        "interrupted": results.interrupted,
        "scheduled": results.scheduled,
        "ended": tally.ended(),
        "rate": tally.ended() as f64 / results.seconds.max(1e-9),
        "late_starts": results.late,
        "dropped": results.dropped,
        "outcomes": table(&mut OUTCOMES.into_iter().zip(tally.outcomes)),
        "codes": table(&mut tally.codes.iter().map(|(code, count)| (&**code, *count))),
        "messages": table(&mut names.iter().map(String::as_str).zip(tally.messages.iter().copied())),
        "latency_us": times(&tally.latency),
        "service_us": times(&tally.service),
    })
}

/// In microseconds.
fn times(histogram: &Histogram<u64>) -> Value {
    let us = |nanoseconds: u64| nanoseconds as f64 / 1e3;
    let mut object = Map::new();
    object.insert("count".to_owned(), json!(histogram.len()));
    if !histogram.is_empty() {
        object.insert("min".to_owned(), json!(us(histogram.min())));
        object.insert("mean".to_owned(), json!((histogram.mean() / 10.0).round() / 100.0));
        for (name, quantile) in PERCENTILES {
            object.insert(name.to_owned(), json!(us(histogram.value_at_quantile(quantile))));
        }
        object.insert("max".to_owned(), json!(us(histogram.max())));
    }
    Value::Object(object)
}
