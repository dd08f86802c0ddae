//! Each action of a scenario over real sockets, as a connector sees it.

use crate::simulator_common;

use std::time::Duration;

use isopace::connector::Connector;
use isopace::frame::{Framing, Header};
use isopace::host::{Component, Health};
use isopace::iso87a::DIALECT;
use isopace::link::{Connect, Listen};
use isopace::mux::Outcome;
use isopace::simulator::Simulator;
use isopace::{Edit, Message};
use simulator_common::*;

#[tokio::test]
async fn without_a_scenario_it_approves_up_to_the_limit() {
    let builder = Simulator::builder(&DIALECT).listen(Listen::new(FRAMING), "127.0.0.1:0").limit(5000);
    let host = started(builder.build().unwrap()).await;
    assert_eq!(host.status().health, Health::Up);
    let (connector, told) = connect(&host).await;
    let Outcome::Response(answer) = connector.request(&purchase(1, 5000)).await else { panic!("no answer") };
    assert_eq!(
        (text(&answer, 38), text(&answer, 39), text(&answer, 41)),
        ("000001".into(), "00".into(), "TERM0001".into())
    );
    let Outcome::Response(answer) = connector.request(&purchase(2, 5001)).await else { panic!("no answer") };
    assert_eq!((text(&answer, 39), answer.has(38)), ("51".into(), false));
    let Outcome::Response(answer) = connector.request(&purchase(3, 1)).await else { panic!("no answer") };
    assert_eq!(text(&answer, 38), "000002");
    // Network management, and a message that the spec has no reply to.
    let mut echo = Edit::build(&DIALECT);
    echo.mti("0800").set(7, "1120072155").set(11, "000004").set(70, "301");
    let Outcome::Response(answer) = connector.request(&echo).await else { panic!("no answer") };
    assert_eq!(
        (answer.mti().to_string(), text(&answer, 39), text(&answer, 70)),
        ("0810".into(), "00".into(), "301".into())
    );
    // An amount that is none.
    let wire = purchase(5, 42).as_bytes().to_vec();
    let broken = String::from_utf8(wire).unwrap().replace("000000000042", "00000000004X");
    let broken = Message::parse(&DIALECT, broken.into_bytes()).unwrap();
    assert_eq!(ended(connector.request(&broken).await), "30");
    assert!(told.reasons().is_empty());
    assert_eq!((host.clients(), host.stats().answered, host.stats().declined), (1, 5, 2));
    stop(&host, &connector).await;
    assert_eq!(host.status().health, Health::Stopped);
}

#[tokio::test]
async fn a_rule_says_code_and_elements() {
    let host = host(
        r#"
        [[rule]]
        match = { mti = "02x0", 4 = { from = 100, to = 200 } }
        code = "61"
        set = { 44 = "ASK", 38 = "ABC123" }
        echo = [3]
        remove = [41]
        "#,
    )
    .await;
    let (connector, _) = connect(&host).await;
    let Outcome::Response(answer) = connector.request(&purchase(1, 150)).await else { panic!("no answer") };
    assert_eq!((text(&answer, 39), text(&answer, 44), text(&answer, 38)), ("61".into(), "ASK".into(), "ABC123".into()));
    assert!(answer.has(3) && !answer.has(41));
    assert_eq!(ask(&connector, 2, 201).await, "00");
    stop(&host, &connector).await;
}

#[tokio::test]
async fn late_is_told_late_and_a_second_answer_duplicate() {
    let host = host(
        r#"
        [[rule]]
        match = { 11 = "000001" }
        late = 300
        [[rule]]
        match = { 11 = "000002" }
        duplicate = 10
        "#,
    )
    .await;
    let (connector, told) = connect(&host).await;
    let late = purchase(1, 1);
    let outcome = connector.request(&late).timeout(Duration::from_millis(50)).await;
    assert_eq!(outcome.name(), "timed-out");
    told.wait(1).await;
    assert_eq!(ask(&connector, 2, 1).await, "00");
    told.wait(2).await;
    assert_eq!(told.0.lock().unwrap().as_slice(), [("late", "000001".to_owned()), ("duplicate", "000002".to_owned())]);
    let stats = host.stats();
    assert_eq!((stats.late, stats.duplicated, stats.delayed, stats.sent), (1, 1, 0, 3));
    stop(&host, &connector).await;
}

#[tokio::test]
async fn delayed_answers_do_not_hold_up_others_and_dropped_ones_do_not_come() {
    let host = host(
        r#"
        [[rule]]
        match = { 11 = "000001" }
        delay = { from = 200, to = 300 }
        [[rule]]
        match = { 11 = "000003" }
        drop = true
        "#,
    )
    .await;
    let (connector, told) = connect(&host).await;
    let order = std::sync::Mutex::new(Vec::new());
    let note = async |stan| {
        let ended = ask(&connector, stan, 1).await;
        order.lock().unwrap().push((stan, ended));
    };
    tokio::join!(note(1), note(2));
    assert_eq!(*order.lock().unwrap(), [(2, "00".to_owned()), (1, "00".to_owned())]);
    let dropped = purchase(3, 1);
    assert_eq!(connector.request(&dropped).timeout(Duration::from_millis(100)).await.name(), "timed-out");
    assert!(told.reasons().is_empty());
    let stats = host.stats();
    assert_eq!((stats.delayed, stats.dropped, stats.sent), (1, 1, 2));
    stop(&host, &connector).await;
}

#[tokio::test]
async fn answers_in_reverse_come_to_the_right_callers() {
    let host = host("[[rule]]\nmatch = { mti = \"0200\" }\nhold = 3\nhold-most = 200\n").await;
    let (connector, told) = connect(&host).await;
    let answers = std::sync::Mutex::new(Vec::new());
    let ask = async |number: u32| {
        let request = purchase(number, 1);
        let Outcome::Response(answer) = connector.request(&request).await else { panic!("no answer to {number}") };
        assert_eq!(stan(&answer), number);
        answers.lock().unwrap().push(text(&answer, 38));
    };
    tokio::join!(ask(1), ask(2), ask(3));
    // A fourth one alone is let go when it has been held long enough.
    ask(4).await;
    assert_eq!(answers.lock().unwrap().len(), 4);
    assert!(told.reasons().is_empty());
    assert_eq!((host.stats().held, host.stats().sent), (4, 4));
    stop(&host, &connector).await;
}

#[tokio::test]
async fn corrupt_answers_are_counted_and_nobody_s() {
    let host = host(
        r#"
        [[rule]]
        match = { 11 = "000001" }
        corrupt = "garbage"
        [[rule]]
        match = { 11 = "000002" }
        corrupt = "stan"
        [[rule]]
        match = { 11 = "000003" }
        corrupt = "truncate"
        "#,
    )
    .await;
    let (connector, told) = connect(&host).await;
    for stan in [1, 2] {
        let request = purchase(stan, 1);
        assert_eq!(connector.request(&request).timeout(Duration::from_millis(100)).await.name(), "timed-out");
    }
    told.wait(1).await;
    assert_eq!(told.reasons(), ["unmatched"]);
    assert_eq!(connector.stats().links.undecodable, 1);
    assert_eq!(ask(&connector, 3, 1).await, "unknown");
    // It comes back.
    assert_eq!(ask(&connector, 4, 1).await, "00");
    assert_eq!((host.stats().corrupted, host.stats().closed), (3, 1));
    stop(&host, &connector).await;
}

#[tokio::test]
async fn a_flipped_byte_is_never_taken_for_a_good_answer_s() {
    let host = host("seed = 3\n[[rule]]\ncorrupt = \"flip\"\n").await;
    let (connector, _) = connect(&host).await;
    for stan in 1..=20 {
        let request = purchase(stan, 1);
        match connector.request(&request).timeout(Duration::from_millis(50)).await {
            Outcome::Response(answer) => assert!(answer.validate().is_err(), "{answer:?}"),
            other => assert_eq!(other.name(), "timed-out"),
        }
    }
    stop(&host, &connector).await;
}

#[tokio::test]
async fn the_end_of_a_connection_before_the_answer_or_after() {
    for way in ["close", "reset"] {
        let host = host(&format!(
            "[[rule]]\nmatch = {{ 11 = \"000001\" }}\n{way} = \"before\"\n[[rule]]\nmatch = {{ 11 = \"000002\" }}\n{way} = \"after\"\n"
        ))
        .await;
        let (connector, _) = connect(&host).await;
        assert_eq!(ask(&connector, 1, 1).await, "unknown", "{way}");
        // What goes over a connection that is being lost may be lost with it, but is never not sent.
        if way == "close" {
            assert_eq!(ask(&connector, 2, 1).await, "00", "{way}");
        } else {
            let ended = ask(&connector, 2, 1).await;
            assert!(matches!(ended.as_str(), "00" | "unknown"), "{ended}");
        }
        assert_eq!(ask(&connector, 3, 1).await, "00", "{way}");
        let stats = host.stats();
        let expected = if way == "close" { (2, 0) } else { (0, 2) };
        assert_eq!((stats.closed, stats.reset), expected);
        stop(&host, &connector).await;
    }
}

#[tokio::test]
async fn a_host_that_does_not_answer_is_stopped_all_the_same() {
    let host = host("otherwise = \"drop\"\n").await;
    let (connector, _) = connect(&host).await;
    let request = purchase(1, 1);
    let asked = connector.request(&request).timeout(END);
    let (outcome, ()) = tokio::join!(async { asked.await }, async {
        until(|| host.stats().dropped == 1).await;
        host.stop().await;
    });
    assert_eq!(outcome.name(), "unknown");
    assert_eq!(host.local_address(), None);
    // It starts again, on another port.
    host.start().await.unwrap();
    assert!(host.start().await.is_err() && host.local_address().is_some());
    stop(&host, &connector).await;
}

#[tokio::test]
async fn it_dials_too() {
    let listener = Listen::new(FRAMING).bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_address().to_string();
    let builder = Simulator::builder(&DIALECT).dial(Connect::to(address, FRAMING));
    let host = started(builder.build().unwrap()).await;
    let connector = Connector::builder(&DIALECT).accept(listener).timeout(END).start().unwrap();
    assert!(connector.ready().await);
    assert_eq!(ask(&connector, 1, 1).await, "00");
    assert_eq!((host.local_address(), host.status().health), (None, Health::Up));
    stop(&host, &connector).await;
}

#[tokio::test]
async fn transport_headers_are_turned_round() {
    let framing = Framing::new(Header::Binary2).tpdu([0x60, 0x00, 0x01, 0x00, 0x02]);
    let listen = Listen::new(framing);
    let host = started(Simulator::builder(&DIALECT).listen(listen, "127.0.0.1:0").build().unwrap()).await;
    let mut link = Connect::to(host.local_address().unwrap().to_string(), framing).open().await.unwrap();
    link.send(purchase(1, 1).as_bytes()).await.unwrap();
    let frame = tokio::time::timeout(END, link.receive()).await.unwrap().unwrap().unwrap();
    assert_eq!(frame.header[..], [0x60, 0x00, 0x02, 0x00, 0x01]);
    link.close().await.unwrap();
    host.stop().await;
}
