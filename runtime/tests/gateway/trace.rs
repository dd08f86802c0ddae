//! Traces: their layout as text, JSON and log; what is kept; what they cost when they are off.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use isopace::iso87a::DIALECT;
use isopace::trace::{Described, Recent, Record, Sampling, Style, TimeLayout, Trace, Tracer, What};
use isopace::{Edit, Message};

fn purchase() -> Message {
    let mut edit = Edit::build(&DIALECT);
    edit.mti("0200").set_leaf("2", "4012345678909").set(3, "000000").set(4, "000000001099").set(11, "000123");
    edit.set(41, "TERM0001").set_leaf("52", "0123456789ABCDEF").set_leaf("55.9F26", "A1B2C3D4E5F6A7B8");
    edit.set_leaf("55.5A", "4012345678909").set_leaf("55.DF01", "0102");
    Message::parse(&DIALECT, edit.finish().unwrap()).unwrap()
}

fn record() -> Record {
    let mut trace = Trace::new("pos-1");
    trace.step("received", &[("from", &"127.0.0.1:5000"), ("bytes", &70)]);
    trace.message("request", &purchase());
    trace.step("done", &[]);
    trace.fail(&"no answer in time");
    trace.finish().unwrap()
}

const BLOCK: &str = r#"request · profile iso87-a
  MTI     : 0200
  bitmap  : 7020000000801200  (7 field(s) · Bitmap{2 3 4 11 41 52 55} width=64)
  ──────────────────────────────────────────────────
  2        Primary account number                = 401234***8909
  3        Processing code                       = 000000
  4        Amount, transaction                   = 1099
  11       System trace audit number             = 000123
  41       Card acceptor terminal identification = "TERM0001"
  52       PIN data                              = [SAD len=8]
  55       ICC data                              = {3 element(s)}
  55.9F26    Application cryptogram              = A1B2C3D4E5F6A7B8
  55.5A      Application primary account number  = 401234***8909
  55.DF01    not in the spec                     = [OPAQUE len=2]
"#;

#[test]
fn the_block_of_a_trace() {
    let record = record();
    let total = Duration::from_micros((record.total.as_nanos() as u64 + 500) / 1000);
    let expected = format!(
        "\ntrace pos-1 · total {total:?}\nreceived        from=127.0.0.1:5000 bytes=70\n{BLOCK}done\nerror  no answer in time\n"
    );
    assert_eq!(record.text(&Style::new().timestamps(false)), expected);
    let message = purchase();
    assert_eq!(Described::of(&message, false).text("request"), BLOCK);
    let title = Described::of(&message, false).to_string();
    assert!(title.starts_with("ISO 8583 message · profile iso87-a\n"), "{title}");
}

#[test]
fn timestamps_and_colours() {
    let record = record();
    let line = |style: &Style| {
        let text = record.text(style);
        let line = text.lines().find(|line| line.contains("received")).unwrap();
        line.split("received").next().unwrap().to_owned()
    };
    let shape = |text: &str| text.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect::<String>();
    let table = [
        (TimeLayout::Microseconds, "0000-00-00 00:00:00.000000  "),
        (TimeLayout::Milliseconds, "0000-00-00 00:00:00.000  "),
        (TimeLayout::Rfc3339, "0000-00-00T00:00:00.000000Z  "),
        (TimeLayout::TimeOnly, "00:00:00.000000  "),
    ];
    for (layout, expected) in table {
        assert_eq!(shape(&line(&Style::new().time_layout(layout))), expected);
    }
    let colour = record.text(&Style::new().colour(true));
    for part in [
        "\u{1b}[1mtrace pos-1",
        "\u{1b}[32mreceived",
        "\u{1b}[36mdone\u{1b}[0m",
        "\u{1b}[31merror  no answer in time\u{1b}[0m",
    ] {
        assert!(colour.contains(part), "{part:?} {colour:?}");
    }
    assert!(!record.text(&Style::new()).contains('\u{1b}'));
}

#[test]
fn one_line_of_json() {
    let record = record();
    let text = record.json();
    assert!(!text.contains('\n'));
    let value: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!((value["id"].as_str(), value["failed"].as_bool()), (Some("pos-1"), Some(true)));
    assert_eq!(value["entries"][0]["fields"]["bytes"], "70");
    let message = &value["entries"][1]["message"];
    assert_eq!((message["mti"].as_str(), message["bitmap"].as_str()), (Some("0200"), Some("7020000000801200")));
    assert_eq!(message["values"][0]["value"], "401234***8909");
    assert_eq!(value["entries"][3]["error"], "no answer in time");
}

#[test]
fn raw_bytes_of_what_may_be_shown() {
    let described = Described::of(&purchase(), true);
    let raw = |path: &str| described.values.iter().find(|value| value.path == path).unwrap().raw.clone();
    assert_eq!(raw("41").as_deref(), Some("5445524D30303031"));
    assert_eq!(raw("55.9F26").as_deref(), Some("9F2608A1B2C3D4E5F6A7B8"));
    for hidden in ["2", "52", "55.5A", "55.DF01"] {
        assert_eq!(raw(hidden).as_deref(), Some("[redacted]"), "{hidden}");
    }
    assert!(described.text("title").contains("\"TERM0001\"  raw=5445524D30303031\n"));
    let echo = Edit::build(&DIALECT).mti("0800").set(70, "301").finish().unwrap();
    let described = Described::of(&Message::parse(&DIALECT, echo).unwrap(), false);
    assert_eq!((described.bitmap.as_str(), described.width), ("80000000000000000400000000000000", 128));
}

#[test]
fn a_message_is_shown_as_it_was_when_it_was_given() {
    let message = purchase();
    let mut trace = Trace::new("one");
    trace.message("request", &message);
    // Whatever becomes of it, what is kept is text.
    let later = message.edit().set(41, "OTHER001").finish().unwrap();
    drop(message);
    trace.message("forwarded", &Message::parse(&DIALECT, later).unwrap());
    let record = trace.finish().unwrap();
    let terminal = |at: usize| match &record.entries[at].what {
        What::Message(described) => described.values.iter().find(|value| value.path == "41").unwrap().value.clone(),
        other => panic!("{other:?}"),
    };
    assert_eq!((terminal(0), terminal(1)), ("\"TERM0001\"".to_owned(), "\"OTHER001\"".to_owned()));
}

#[test]
fn what_is_kept() {
    let run = |sampling: Sampling| {
        let recent = Recent::new(100);
        let tracer = Tracer::new(sampling).sink(recent.clone());
        for number in 1..=10 {
            let mut trace = tracer.begin(|| format!("t-{number}"));
            trace.step("step", &[]);
            trace.message("request", &purchase());
            if number % 5 == 0 {
                trace.fail(&"bad");
            }
            tracer.end(trace);
        }
        recent.list().iter().rev().map(|record| record.id[2..].parse().unwrap()).collect::<Vec<u32>>()
    };
    let none: [u32; 0] = [];
    assert_eq!(run(Sampling::NONE), none);
    assert_eq!(run(Sampling::one_of(0)), none);
    assert_eq!(run(Sampling::ALL), (1..=10).collect::<Vec<_>>());
    assert_eq!(run(Sampling::one_of(4)), [1, 5, 9]);
    assert_eq!(run(Sampling::FAILURES), [5, 10]);
    assert_eq!(run(Sampling::one_of(4).and_failures()), [1, 5, 9, 10]);
}

#[test]
fn nothing_is_formatted_or_allocated_when_it_is_off() {
    struct Never;
    impl std::fmt::Display for Never {
        fn fmt(&self, _: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            panic!("nobody asked for it")
        }
    }
    let message = purchase();
    let (none, unheard) = (Tracer::new(Sampling::NONE).sink(Recent::new(1)), Tracer::new(Sampling::ALL));
    for tracer in [&none, &unheard] {
        let taken = allocation_counter::measure(|| {
            let mut trace = tracer.begin(|| panic!("it has no name"));
            trace.step("step", &[("value", &Never)]);
            trace.message("request", &message);
            trace.fail(&Never);
            assert!(!trace.is_on());
            tracer.end(trace);
        });
        assert_eq!(taken.count_total, 0);
    }
}

#[test]
fn everything_is_bounded() {
    let mut trace = Trace::new("i".repeat(1000));
    let long = "x".repeat(10_000);
    let fields: Vec<(&str, &dyn std::fmt::Display)> =
        (0..100).map(|_| (long.as_str(), &long as &dyn std::fmt::Display)).collect();
    for _ in 0..1000 {
        trace.step(&long, &fields);
    }
    trace.fail(&long);
    let record = trace.finish().unwrap();
    assert_eq!((record.entries.len(), record.left_out, record.failed), (64, 937, true));
    assert_eq!(record.labels().last(), Some("error"));
    assert!(record.json().len() < 64 * (16 * 245 + 200), "{}", record.json().len());
    assert!(record.text(&Style::new()).ends_with("(937 more)\n"));
}

#[test]
fn the_last_ones_are_kept_and_shared() {
    let recent = Recent::new(3);
    let other = recent.clone();
    let tracer = Tracer::new(Sampling::ALL).sink(recent);
    for number in 0..10 {
        tracer.end(tracer.begin(|| format!("{}", number % 7)));
    }
    let ids: Vec<String> = other.list().iter().map(|record| record.id.clone()).collect();
    assert_eq!(ids, ["2", "1", "0"]);
    assert!(other.find("1").is_some() && other.find("6").is_none());
}

#[test]
fn a_sink_that_panics_keeps_nothing_from_the_others() {
    let (count, seen) = (Arc::new(AtomicUsize::new(0)), Arc::new(Mutex::new(Vec::new())));
    let (counted, kept) = (Arc::clone(&count), Arc::clone(&seen));
    let tracer = Tracer::new(Sampling::ALL)
        .sink(move |_: &Arc<Record>| {
            counted.fetch_add(1, Ordering::SeqCst);
            panic!("as told")
        })
        .sink(move |record: &Arc<Record>| kept.lock().unwrap().push(record.id.clone()));
    tracer.end(tracer.begin(|| "one".to_owned()));
    tracer.end(tracer.begin(|| "two".to_owned()));
    assert_eq!((count.load(Ordering::SeqCst), seen.lock().unwrap().join(" ")), (2, "one two".to_owned()));
}
