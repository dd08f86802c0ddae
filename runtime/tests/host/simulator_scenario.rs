//! Scenarios: what is wrong is told by line, a seed repeats a run, messages unasked, recorded traffic.

use crate::simulator_common;

use std::sync::{Arc, Mutex};

use isopace::connector::Connector;
use isopace::host::Component;
use isopace::iso87a::DIALECT;
use isopace::link::{Connect, Link, Listen};
use isopace::mux::{Inbound, Outcome};
use isopace::simulator::{Event, Mix, Recorder, Scenario, Simulator};
use isopace::{Edit, Message};
use simulator_common::*;

#[test]
fn what_is_wrong_is_told_with_its_place_all_at_once() {
    let table = [
        ("sed = 1\n", "t:1:1: unknown key `sed`; did you mean `seed`?"),
        ("limit = -1\n", "t:1:9: expected a whole number from 0 to 999999999999"),
        ("rule = 5\n", "t:1:8: expected a list of tables, each under [[...]]"),
        ("[[rule]]\ndealy = 5\n", "t:2:1: unknown key `dealy`; did you mean `delay`?"),
        ("[[rule]]\nmatch = { mti = \"02\" }\n", "t:2:17: expected a message type of four digits, x for any digit"),
        (
            "[[rule]]\nmatch = { 65 = \"1\" }\n",
            "t:2:11: `65` is no element of iso87-a; a path has numbers and tags, such as 4 or \"55.9F26\"",
        ),
        (
            "[[rule]]\nmatch = { 4012345678909 = \"1\" }\n",
            "t:2:11: `[not shown]` is no element of iso87-a; a path has numbers and tags, such as 4 or \"55.9F26\"",
        ),
        ("[[rule]]\nmatch = { 41 = { from = 1 } }\n", "t:2:16: only digits (format n) can be compared as a number"),
        ("[[rule]]\nmatch = { 4 = { from = 9, to = 1 } }\n", "t:2:15: `from` is more than `to`"),
        (
            "[[rule]]\nmatch = { 4 = { form = 9 } }\n",
            "t:2:15: expected one of: present, prefix, one-of, or from and to; a path with dots in quotes\nt:2:17: unknown key `form`; did you mean `from`?",
        ),
        ("[[rule]]\ncode = \"ABC\"\n", "t:2:8: 39: "),
        ("[[rule]]\nset = { 4 = \"4012345678909X\" }\n", "t:2:13: 4: "),
        ("[[rule]]\nset = { 41 = { now = true } }\n", "t:2:14: this element holds no date or time"),
        ("[[rule]]\nset = { 4 = { from = 9, to = 1 } }\n", "t:2:13: `from` is more than `to`"),
        ("[[rule]]\necho = [65]\n", "t:2:9: 65 is no element of iso87-a"),
        ("[[rule]]\ndelay = 4000000\n", "t:2:9: expected a whole number from 0 to 3600000"),
        ("[[rule]]\ndelay = 5\nlate = 6\n", "t:3:8: `late` is a delay; give one of the two"),
        ("[[rule]]\nhold = 1\n", "t:2:8: expected a whole number from 2 to 1000"),
        ("[[rule]]\nhold-most = 5\n", "t:2:13: there is nothing to hold: `hold` is missing"),
        ("[[rule]]\ncorrupt = \"all\"\n", "t:2:11: expected flip, stan, truncate or garbage"),
        ("[[rule]]\nclose = \"now\"\n", "t:2:9: expected before or after (the answer)"),
        (
            "[[rule]]\nclose = \"after\"\nreset = \"after\"\n",
            "t:3:9: `close` and `reset` are two ways to end; give one of them",
        ),
        ("[[rule]]\ndrop = true\ncode = \"05\"\n", "t:2:8: there is no answer, so that `code` does nothing"),
        (
            "[[rule]]\nclose = \"before\"\nduplicate = 1\n",
            "t:1:1: the connection ends before the answer, so that `duplicate` does nothing",
        ),
        ("[[rule]]\nprobability = 1.5\n", "t:2:15: expected a probability from 0.0 to 1.0"),
        ("[[rule]]\nname = \"4012345678909\"\n", "t:2:8: a name has at most 40 characters and no numbers of cards"),
        ("[[send]]\nevery = 5\n", "t:1:1: `mti` is missing"),
        ("[[send]]\nmti = \"0800\"\nset = { 70 = \"30\" }\n", "t:3:14: 70: "),
        ("[replay]\nfile = \"no/such/file\"\n", "t:2:8: cannot be opened: "),
        ("[[rule]\n", "t:1:8: this is not TOML from here on"),
    ];
    for (toml, expected) in table {
        let told = Scenario::parse(&DIALECT, "t", toml).expect_err(toml).to_string();
        assert!(told.starts_with(expected), "{toml}\n{told}\n{expected}");
        assert!(!told.contains("4012345"), "{told}");
    }
    let two = "sed = 1\n[[rule]]\ndrop = 1\n[[rule]]\nlate = 0\n";
    let told = Scenario::parse(&DIALECT, "t", two).unwrap_err();
    assert_eq!(told.lines().count(), 3, "{told}");
}

#[test]
fn what_is_printed_of_a_scenario_holds_no_values() {
    let pan = "4012345678909";
    let scenario = format!(
        "[[rule]]\nname = \"r\"\nmatch = {{ 2 = {{ prefix = \"{pan}\" }}, 102 = \"{pan}\" }}\nset = {{ 2 = \"{pan}\" }}\n\
         [[send]]\nmti = \"0200\"\nset = {{ 2 = [\"{pan}\"], 52 = \"0123456789ABCDEF\" }}\n"
    );
    let scenario = Scenario::parse(&DIALECT, "t", &scenario).unwrap();
    let mix = format!("[[message]]\nname = \"m\"\nmti = \"0200\"\nset = {{ 2 = [\"{pan}\"], 35 = \"{pan}=2812\" }}\n");
    let mix = Mix::parse(&DIALECT, "t", &mix).unwrap();
    let simulator = Simulator::builder(&DIALECT).scenario(scenario.clone());
    let shown = format!("{scenario:?} {mix:?} {simulator:?} {:?}", Simulator::builder(&DIALECT).build().unwrap());
    assert!(shown.contains("\"r\"") && shown.contains("\"m\""), "{shown}");
    assert!(!shown.contains("2345678") && !shown.contains("0123456789"), "{shown}");
}

#[test]
fn a_scenario_is_for_its_dialect() {
    let scenario = Scenario::parse(&isopace::dialects::iso93a::DIALECT, "t", "").unwrap();
    let error = Simulator::builder(&DIALECT).scenario(scenario).build().unwrap_err().to_string();
    assert_eq!(error, "the scenario: read for iso93-a, used with iso87-a");
}

/// Everything that a host sends in answer to so many purchases, over a link on which order is kept.
async fn run(scenario: &str, seed: Option<u64>) -> Vec<Vec<u8>> {
    let scenario = Scenario::parse(&DIALECT, "t", scenario).unwrap();
    let mut builder = Simulator::builder(&DIALECT).listen(Listen::new(FRAMING), "127.0.0.1:0").scenario(scenario);
    if let Some(seed) = seed {
        builder = builder.seed(seed);
    }
    let host = started(builder.build().unwrap()).await;
    let mut link = link(&host).await;
    let mut answers = Vec::new();
    for stan in 1..=60 {
        link.send(purchase(stan, u64::from(stan)).as_bytes()).await.unwrap();
        let frame = tokio::time::timeout(END, link.receive()).await.unwrap().unwrap().unwrap();
        answers.push(frame.body.to_vec());
    }
    link.close().await.unwrap();
    host.stop().await;
    answers
}

async fn link(host: &Simulator) -> Link {
    Connect::to(host.local_address().unwrap().to_string(), FRAMING).open().await.unwrap()
}

#[tokio::test]
async fn a_seed_repeats_a_run_and_another_does_not() {
    let scenario = r#"
        seed = 11
        [[rule]]
        probability = 0.3
        code = "05"
        [[rule]]
        every = 3
        corrupt = "flip"
        [[rule]]
        times = 5
        set = { 44 = ["A", "B", "C"], 38 = { sequence = 7 }, 37 = { from = 1, to = 999 } }
    "#;
    let first = run(scenario, None).await;
    assert_eq!(first, run(scenario, Some(11)).await);
    assert_ne!(first, run(scenario, Some(12)).await);
    let declined = first.iter().filter(|answer| {
        Message::parse(&DIALECT, answer.to_vec())
            .is_ok_and(|answer| answer.validate().is_ok() && text(&answer, 39) == "05")
    });
    assert!((8..30).contains(&declined.count()));
}

#[tokio::test]
async fn times_and_every_count() {
    let scenario = r#"
        [[rule]]
        name = "third"
        every = 3
        times = 2
        code = "05"
        [[rule]]
        name = "two"
        match = { mti = ["0200", "0100"], 41 = { prefix = "TERM" }, 52 = { present = false } }
        times = 2
        code = "61"
    "#;
    let codes: Vec<String> = run(scenario, None)
        .await
        .into_iter()
        .take(10)
        .map(|answer| text(&Message::parse(&DIALECT, answer).unwrap(), 39))
        .collect();
    assert_eq!(codes, ["61", "61", "05", "00", "00", "05", "00", "00", "00", "00"]);
}

#[tokio::test]
async fn messages_unasked_come_by_themselves_and_when_told() {
    let host = host("[[send]]\nmti = \"0800\"\nset = { 70 = \"301\" }\nafter = 10\nevery = 20\ntimes = 3\n").await;
    let seen = Arc::new(Mutex::new(Vec::new()));
    let noted = Arc::clone(&seen);
    let approve = move |inbound: Inbound| {
        let noted = Arc::clone(&noted);
        async move {
            noted.lock().unwrap().push((
                inbound.message.mti().to_string(),
                text(&inbound.message, 70),
                stan(&inbound.message),
            ));
            let mut reply = inbound.message.reply().unwrap();
            reply.set(39, "00");
            inbound.replier.reply(&reply).await.unwrap();
        }
    };
    let network = isopace::connector::NetworkManagement::new().answer(Vec::<String>::new());
    let connector = Connector::builder(&DIALECT)
        .dial(Connect::to(host.local_address().unwrap().to_string(), FRAMING))
        .network(network)
        .serve(approve)
        .start()
        .unwrap();
    until(|| seen.lock().unwrap().len() == 3).await;
    let mut order = Edit::build(&DIALECT);
    order.mti("0800").set(7, "1120072155").set(11, "000077").set(70, "101");
    assert_eq!(host.send_to_all(&order).unwrap(), 1);
    until(|| seen.lock().unwrap().len() == 4).await;
    let seen: Vec<_> = seen.lock().unwrap().iter().map(|(mti, code, stan)| format!("{mti} {code} {stan}")).collect();
    assert_eq!(seen, ["0800 301 1", "0800 301 2", "0800 301 3", "0800 101 77"]);
    until(|| host.stats().unanswerable == 4).await;
    assert_eq!(host.stats().unsolicited, 4);
    stop(&host, &connector).await;
    assert_eq!(host.send_to_all(&order).unwrap(), 0);
}

#[tokio::test]
async fn recorded_traffic_is_answered_as_it_was() {
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("recording-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join("traffic.txt");
    _ = std::fs::remove_file(&file);
    let recorded = {
        let scenario =
            Scenario::parse(&DIALECT, "t", "[[rule]]\nset = { 44 = { sequence = 5 } }\ndelay = 30\n").unwrap();
        let builder = Simulator::builder(&DIALECT).listen(Listen::new(FRAMING), "127.0.0.1:0").scenario(scenario);
        let host = started(builder.record(Recorder::create(&file).unwrap()).build().unwrap()).await;
        let (connector, _) = connect(&host).await;
        let mut answers = Vec::new();
        for number in [1, 2] {
            let Outcome::Response(answer) = connector.request(&purchase(number, 1)).await else { panic!("no answer") };
            answers.push(answer.as_bytes().clone());
        }
        stop(&host, &connector).await;
        answers
    };
    assert!(Recorder::create(&file).is_err(), "a recording is not written over");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    }
    assert_eq!(std::fs::read_to_string(&file).unwrap().lines().count(), 4);

    let scenario = folder.join("replay.toml");
    std::fs::write(&scenario, "otherwise = \"drop\"\n[replay]\nfile = \"traffic.txt\"\ntiming = \"at-once\"\n")
        .unwrap();
    let scenario = Scenario::file(&DIALECT, &scenario).unwrap();
    let told = Arc::new(Mutex::new(0));
    let count = Arc::clone(&told);
    let builder = Simulator::builder(&DIALECT).listen(Listen::new(FRAMING), "127.0.0.1:0").scenario(scenario);
    let builder = builder.watch(move |event| *count.lock().unwrap() += u32::from(matches!(event, Event::Sent { .. })));
    let host = started(builder.build().unwrap()).await;
    let mut link = link(&host).await;
    // The other way round, and one more that nobody has recorded.
    for number in [2, 1, 3] {
        link.send(purchase(number, 1).as_bytes()).await.unwrap();
    }
    let mut answers = Vec::new();
    for _ in 0..2 {
        answers.push(tokio::time::timeout(END, link.receive()).await.unwrap().unwrap().unwrap().body);
    }
    until(|| host.stats().dropped == 1).await;
    answers.reverse();
    assert_eq!(answers, recorded);
    assert_eq!((host.stats().replayed, *told.lock().unwrap()), (2, 2));
    link.close().await.unwrap();
    host.stop().await;
    _ = std::fs::remove_dir_all(&folder);
}

#[tokio::test]
async fn the_shipped_scenarios_hold() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/scenarios");
    let mut count = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        match name {
            _ if name.ends_with(".mix.toml") => {
                let text = std::fs::read_to_string(&path).unwrap();
                Mix::parse(&DIALECT, name, &text).unwrap_or_else(|error| panic!("{error}"));
            }
            _ if name.ends_with(".toml") => {
                Scenario::file(&DIALECT, &path).unwrap_or_else(|error| panic!("{error}"));
            }
            _ => continue,
        }
        count += 1;
    }
    assert!(count >= 4, "{count}");
}
