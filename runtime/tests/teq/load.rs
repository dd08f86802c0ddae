//! `teq load`: its figures add up, and a host that stalls shows.

use serde_json::Value;

use crate::simulate::Host;
use crate::{json, teq};

fn load(host: &Host, options: &[&str]) -> (i32, Value) {
    let run = teq(&[&["load", "--to", &host.address, "--json", "-"], options].concat(), "");
    assert_eq!(run.err, "");
    (run.code, json(&run.out))
}

fn number(value: &Value, path: &str) -> u64 {
    value.pointer(path).and_then(Value::as_u64).unwrap_or_else(|| panic!("{path} of {value:#}"))
}

fn sum(value: &Value, table: &str) -> u64 {
    value.pointer(table).and_then(Value::as_object).unwrap().values().filter_map(Value::as_u64).sum()
}

fn file(name: &str, text: &str) -> String {
    let file = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&file, text).unwrap();
    file.to_str().unwrap().to_owned()
}

#[test]
fn totals_add_up() {
    let scenario =
        file("load.toml", "seed = 5\n[[rule]]\nprobability = 0.2\ncode = \"51\"\n[[rule]]\nevery = 20\ndrop = true\n");
    let host = Host::start(&["--quiet", "--scenario", &scenario]);
    let mix = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/scenarios/day.mix.toml");
    let options =
        ["--ramp", "100..300", "--duration", "1s", "--warm-up", "200ms", "--connections", "3", "--timeout", "500ms"];
    let (code, result) = load(&host, &[&options[..], &["--mix", mix]].concat());
    assert_eq!(code, 1, "some are not answered");
    let scheduled = number(&result, "/scheduled");
    assert!((198..=202).contains(&scheduled), "{scheduled}");
    assert_eq!(number(&result, "/ended") + number(&result, "/dropped"), scheduled);
    assert_eq!(sum(&result, "/outcomes"), number(&result, "/ended"));
    assert_eq!(sum(&result, "/codes"), number(&result, "/outcomes/response"));
    assert_eq!(sum(&result, "/messages"), number(&result, "/ended"));
    assert_eq!(number(&result, "/latency_us/count"), number(&result, "/ended"));
    assert!(number(&result, "/outcomes/timed-out") > 0 && number(&result, "/codes/51") > 0, "{result:#}");
    assert!(["purchase", "balance", "echo test"].iter().all(|name| number(&result, &format!("/messages/{name}")) > 0));
    assert_eq!((number(&result, "/schema"), &result["interrupted"]), (1, &Value::Bool(false)));
    let out = host.end().out;
    // With what was sent while warming up.
    let received = out.lines().find_map(|line| line.strip_prefix("received")?.trim().parse::<u64>().ok()).unwrap();
    assert!((scheduled + 19..=scheduled + 22).contains(&received), "{received} of {scheduled}");
    assert!(out.lines().any(|line| line == "connections    3"), "{out}");
}

#[test]
fn a_host_that_stalls_shows_in_the_latency_of_all_that_were_due() {
    let scenario = file("stall.toml", "[[rule]]\ntimes = 1\ndelay = 1000\n");
    let host = Host::start(&["--quiet", "--scenario", &scenario]);
    let (code, result) = load(&host, &["--rate", "100", "--duration", "1500ms", "--in-flight", "1"]);
    assert_eq!(code, 0, "{result:#}");
    assert_eq!((number(&result, "/scheduled"), number(&result, "/outcomes/response")), (150, 150));
    // Of 150 messages 100 were due while nothing could be sent, and waited half a second on the average.
    assert!(number(&result, "/late_starts") >= 95, "{result:#}");
    let us = |path: &str| result.pointer(path).and_then(Value::as_f64).unwrap();
    assert!(us("/latency_us/p50") > 100_000.0 && us("/latency_us/p99") > 900_000.0, "{result:#}");
    assert!(us("/service_us/p50") < us("/latency_us/p50"), "{result:#}");
    host.end();
}

#[test]
fn a_host_that_goes_away_ends_nothing_early() {
    let scenario = file("gone.toml", "[[rule]]\nevery = 10\nreset = \"before\"\n");
    let host = Host::start(&["--quiet", "--scenario", &scenario]);
    let (code, result) = load(&host, &["--rate", "100", "--duration", "1s", "--timeout", "300ms"]);
    assert_eq!((code, number(&result, "/scheduled")), (1, 100));
    assert_eq!(sum(&result, "/outcomes"), 100);
    assert!(number(&result, "/outcomes/unknown") > 0 && number(&result, "/outcomes/not-sent") > 0, "{result:#}");
    host.end();
}

#[test]
fn results_go_to_a_file_and_the_text_is_for_people() {
    let host = Host::start(&["--quiet", "--spec", "iso93-a"]);
    let path = file("result.json", "");
    let line = [
        "load",
        "--to",
        &host.address,
        "--spec",
        "iso93-a",
        "--rate",
        "50",
        "--duration",
        "400ms",
        "--json",
        &path,
        "--sign-on",
    ];
    let run = teq(&line, "");
    assert_eq!((run.code, run.err.as_str()), (0, ""), "{}", run.out);
    assert!(run.out.starts_with("20 messages in ") && run.out.contains("\n20 due, "), "{}", run.out);
    assert!(run.out.contains("\n  000 ") && run.out.contains("100.00 %"), "{}", run.out);
    assert_eq!(number(&json(&std::fs::read_to_string(&path).unwrap()), "/codes/000"), 20);
    host.end();
}

#[test]
fn what_cannot_be_run_exits_with_two() {
    let mix = file("wrong.mix.toml", "[[message]]\nmti = \"0200\"\nset = { 4 = \"x\" }\nwieght = 3\n");
    let table: [(&[&str], &str); 7] = [
        (&[], "--rate"),
        (&["--rate", "0"], "expected messages a second"),
        (&["--rate", "1", "--ramp", "1..2"], "cannot be used with"),
        (&["--ramp", "5"], "expected two rates"),
        (&["--rate", "1", "--duration", "1d"], "expected a time"),
        (&["--rate", "1", "--duration", "0s"], "--duration is nothing"),
        (&["--rate", "1", "--mix", &mix], "wrong.mix.toml:4:1: unknown key `wieght`; did you mean `weight`?"),
    ];
    for (options, part) in table {
        let run = teq(&[&["load", "--to", "127.0.0.1:1"], options].concat(), "");
        assert_eq!((run.code, run.out.as_str()), (2, ""), "{options:?}");
        assert!(run.err.contains(part), "{options:?}: {}", run.err);
    }
}
