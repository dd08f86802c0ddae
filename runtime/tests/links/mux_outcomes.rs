//! How requests end: the table of outcomes, deadlines, duplicates, and callers that go away.

use crate::mux_common;

use std::time::Duration;

use isopace::iso87a::DIALECT;
use isopace::mux::{Correlation, CorrelationError, Lost, Mux, NotSent, Outcome, Reason, SendError, Wire};
use isopace::types::{MessageClass, Text};
use mux_common::*;
use tokio::time::{Instant, sleep};

const SECOND: Duration = Duration::from_secs(1);

#[tokio::test(start_paused = true)]
async fn answered() {
    let (mux, _driver, mut peer) = pair(builder());
    let request = message("0200", 1, 7);
    let (outcome, seen) = tokio::join!(mux.request(&request), peer.approve());
    let Outcome::Response(response) = outcome else { panic!("{outcome:?}") };
    assert_eq!(seen.as_bytes(), request.as_bytes());
    assert_eq!(response.mti(), "0210");
    assert_eq!(response.get::<Text>(39).unwrap().unwrap(), "00");
    let stats = mux.stats();
    assert_eq!((stats.requests, stats.responses, stats.in_flight, stats.buffered), (1, 1, 0, 0));
}

#[tokio::test(start_paused = true)]
async fn each_gets_its_own_in_whatever_order() {
    let (mux, _driver, mut peer) = pair(builder());
    let requests: Vec<_> = (1..=50).map(|number| message("0200", number / 2, number)).collect();
    let answers = async {
        let mut received = Vec::new();
        for _ in 0..50 {
            received.push(peer.receive().await);
        }
        for request in received.iter().rev() {
            peer.link.send(&approval(request)).await.unwrap();
        }
    };
    let asked = async {
        let tasks: Vec<_> = requests
            .iter()
            .map(|request| {
                let (mux, request) = (mux.clone(), request.clone());
                tokio::spawn(async move { (mux.request(&request).await, request) })
            })
            .collect();
        for task in tasks {
            let (outcome, request) = task.await.unwrap();
            let response = outcome.response().unwrap();
            assert_eq!(stan(&response), stan(&request));
            assert_eq!(response.get::<Text>(41).unwrap(), request.get::<Text>(41).unwrap());
        }
    };
    tokio::join!(asked, answers);
}

#[tokio::test(start_paused = true)]
async fn not_sent_says_why() {
    let (mux, _driver, _peer) = pair(builder().correlation(Correlation::new([&[11, 41]])));
    let not_sent = async |bytes: &[u8]| match mux.request(Wire(bytes)).await {
        Outcome::NotSent(error) => error,
        other => panic!("{other:?}"),
    };
    assert!(matches!(not_sent(b"rubbish").await, NotSent::Invalid(_)));
    assert!(matches!(not_sent(message("0200", 1, 0).as_bytes()).await, NotSent::NoKey));
    assert!(matches!(not_sent(message("0210", 1, 1).as_bytes()).await, NotSent::NoAnswer(mti) if mti == "0210"));
    assert!(matches!(not_sent(message("0140", 1, 1).as_bytes()).await, NotSent::NoAnswer(_)));
    let late = mux.request(&message("0200", 1, 1)).deadline(Instant::now()).await;
    assert!(matches!(late, Outcome::NotSent(NotSent::Deadline)) && late.retry_safe());
    // A TPDU in a framing that has none.
    let framed = mux.request(&message("0200", 1, 1)).header(b"\x60\x00\x01\x00\x02").await;
    assert!(matches!(framed, Outcome::NotSent(NotSent::Link(_))), "{framed:?}");
    // An edit that went wrong.
    let base = message("0200", 1, 1);
    let mut edit = base.edit();
    edit.set(4, "letters");
    assert!(matches!(mux.request(&edit).await, Outcome::NotSent(NotSent::Invalid(_))));

    let stats = mux.stats();
    assert_eq!((stats.not_sent, stats.requests, stats.written), (7, 0, 0));
}

#[test]
fn a_correlation_that_does_not_fit_is_refused_at_the_start() {
    let (ours, _theirs) = tokio::io::duplex(64);
    let builder = Mux::builder(&DIALECT).correlation(Correlation::new([[2]]));
    let refused = builder.start(isopace::link::Link::new(ours, FRAMING)).err();
    assert_eq!(refused, Some(CorrelationError::Sensitive(2)));
}

#[tokio::test(start_paused = true)]
async fn the_second_of_two_with_one_key_is_refused_at_once_and_the_first_is_not_touched() {
    let (mux, _driver, mut peer) = pair(builder());
    let request = message("0200", 1, 7);
    let started = Instant::now();
    let first = mux.request(&request);
    let second = async {
        settle().await;
        // The repeat has the same key: its answer is the same message type.
        for mti in ["0200", "0201"] {
            let outcome = mux.request(&message(mti, 1, 7)).await;
            assert!(matches!(outcome, Outcome::NotSent(NotSent::DuplicateKey)), "{outcome:?}");
        }
        assert_eq!(started.elapsed(), Duration::ZERO);
        // Another origin and another terminal are other keys.
        let (mux2, mux3) = (mux.clone(), mux.clone());
        let others = [
            tokio::spawn(async move { mux2.request(&message("0202", 1, 7)).await }),
            tokio::spawn(async move { mux3.request(&message("0200", 1, 8)).await }),
        ];
        for _ in 0..3 {
            peer.approve().await;
        }
        for other in others {
            assert!(other.await.unwrap().response().is_some());
        }
    };
    let (first, ()) = tokio::join!(first, second);
    assert!(first.response().is_some());
}

#[tokio::test(start_paused = true)]
async fn a_deadline_ends_it_on_time_and_the_answer_is_late() {
    let heard = Heard::default();
    let (mux, _driver, mut peer) = pair(builder().events(heard.clone()));
    let started = Instant::now();
    let outcome = mux.request(&message("0200", 1, 7)).timeout(Duration::from_millis(350)).await;
    assert!(matches!(outcome, Outcome::TimedOut) && !outcome.retry_safe());
    let took = started.elapsed();
    assert!(took >= Duration::from_millis(350) && took < Duration::from_millis(355), "{took:?}");

    let request = peer.approve().await;
    peer.link.send(&approval(&request)).await.unwrap();
    settle().await;
    let key = "0210 11=000001 41=TERM0007".to_owned();
    assert_eq!(heard.unmatched(), [(Reason::Late, key.clone()), (Reason::Duplicate, key)]);
    let stats = mux.stats();
    assert_eq!((stats.timed_out, stats.late, stats.duplicate, stats.in_flight), (1, 1, 1, 0));
}

#[tokio::test(start_paused = true)]
async fn many_deadlines_each_on_time() {
    let (mux, _driver, _peer) = pair(builder());
    let tasks: Vec<_> = (1..=500u32)
        .map(|number| {
            let mux = mux.clone();
            tokio::spawn(async move {
                let (request, timeout) = (message("0200", number, 1), u64::from(number * 7919 % 60_000 + 1));
                let started = Instant::now();
                let outcome = mux.request(&request).timeout(Duration::from_millis(timeout)).await;
                assert!(matches!(outcome, Outcome::TimedOut));
                let late = started.elapsed().as_millis() as u64 - timeout;
                assert!(late <= 3, "{timeout}: {late} late");
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    assert_eq!(mux.stats().timed_out, 500);
}

#[tokio::test(start_paused = true)]
async fn a_caller_that_goes_away_frees_its_place_and_the_answer_is_late() {
    let heard = Heard::default();
    let (mux, _driver, mut peer) = pair(builder().max_in_flight(1).events(heard.clone()));
    let gone = tokio::time::timeout(SECOND, mux.request(&message("0200", 1, 7)).into_future()).await;
    assert!(gone.is_err());
    assert_eq!((mux.stats().cancelled, mux.stats().in_flight), (1, 0));
    // The place is free, and the key too.
    let next = message("0200", 2, 7);
    let (outcome, ()) = tokio::join!(mux.request(&next), async {
        peer.approve().await;
        peer.approve().await;
    });
    assert!(outcome.response().is_some());
    assert_eq!(heard.unmatched(), [(Reason::Late, "0210 11=000001 41=TERM0007".to_owned())]);
}

#[tokio::test(start_paused = true)]
async fn whoever_finds_no_place_by_its_deadline_is_not_sent() {
    let (mux, _driver, mut peer) = pair(builder().max_in_flight(2));
    let holding: Vec<_> = (1..=2)
        .map(|number| {
            let mux = mux.clone();
            tokio::spawn(async move { mux.request(&message("0200", number, 1)).timeout(3 * SECOND).await })
        })
        .collect();
    settle().await;
    let started = Instant::now();
    let outcome = mux.request(&message("0200", 3, 1)).timeout(SECOND).await;
    assert!(matches!(outcome, Outcome::NotSent(NotSent::Deadline)), "{outcome:?}");
    assert_eq!(started.elapsed().as_secs(), 1);
    // Given up while waiting: the place goes to the next.
    let gone = tokio::time::timeout(SECOND, mux.request(&message("0200", 4, 1)).into_future()).await;
    assert!(gone.is_err());
    let waiting = {
        let mux = mux.clone();
        tokio::spawn(async move { mux.request(&message("0200", 5, 1)).await })
    };
    settle().await;
    for _ in 0..3 {
        peer.approve().await;
    }
    for holding in holding {
        assert!(holding.await.unwrap().response().is_some());
    }
    assert!(waiting.await.unwrap().response().is_some());
    assert_eq!(mux.stats().requests, 3);
}

#[tokio::test(start_paused = true)]
async fn an_answer_without_the_terminal_is_paired_by_the_stan_unless_that_is_ambiguous() {
    let heard = Heard::default();
    let (mux, _driver, mut peer) = pair(builder().events(heard.clone()));
    let ask = |stan: u32, terminal: u32| {
        let mux = mux.clone();
        tokio::spawn(async move { mux.request(&message("0200", stan, terminal)).timeout(SECOND).await })
    };
    let (alone, one, other) = (ask(1, 1), ask(2, 1), ask(2, 2));
    settle().await;
    peer.send(&message("0210", 1, 0)).await;
    assert!(alone.await.unwrap().response().is_some());
    peer.send(&message("0210", 2, 0)).await;
    settle().await;
    peer.send(&message("0210", 2, 2)).await;
    assert!(other.await.unwrap().response().is_some());
    assert!(matches!(one.await.unwrap(), Outcome::TimedOut));
    assert_eq!(heard.unmatched(), [(Reason::Ambiguous, "0210 11=000002".to_owned())]);
    // What timed out may be meant yet, so that another with its STAN is not ended by it.
    let next = ask(2, 3);
    settle().await;
    peer.send(&message("0210", 2, 0)).await;
    assert!(matches!(next.await.unwrap(), Outcome::TimedOut));
    assert_eq!(mux.stats().ambiguous, 2);
}

#[tokio::test(start_paused = true)]
async fn a_class_can_be_paired_by_other_elements() {
    let rule = Correlation::default().class(MessageClass::NetworkManagement, [&[70]]);
    let (mux, _driver, mut peer) = pair(builder().correlation(rule));
    let network = |mti: &str, stan: u32| {
        let base = message(mti, stan, 0);
        base.edit().set(70, "301").finish().unwrap()
    };
    let request = network("0800", 1);
    let (outcome, ()) = tokio::join!(mux.request(Wire(&request)), async {
        peer.receive().await;
        // This host answers with a STAN of its own.
        peer.link.send(&network("0810", 999)).await.unwrap();
    });
    assert_eq!(stan(&outcome.response().unwrap()), 999);
}

#[tokio::test(start_paused = true)]
async fn rejected_by_whoever_sees_it() {
    let (mux, _driver, mut peer) = pair(builder());
    let request = message("0200", 1, 7);
    assert!(!mux.reject(&request, "nobody waits"));
    let (outcome, ()) = tokio::join!(mux.request(&request), async {
        let returned = peer.receive().await;
        assert!(mux.reject(&returned, "format error"));
        assert!(!mux.reject(&returned, "once is enough"));
    });
    let Outcome::Rejected(rejected) = outcome else { panic!("{outcome:?}") };
    assert_eq!((&*rejected.reason, rejected.message.as_bytes()), ("format error", request.as_bytes()));
    assert_eq!(mux.stats().rejected, 1);
}

#[tokio::test(start_paused = true)]
async fn send_ends_when_it_is_written() {
    let (mux, _driver, mut peer) = pair_of(64, builder().timeout(SECOND));
    mux.send(&message("0140", 1, 0)).await.unwrap();
    assert_eq!(stan(&peer.receive().await), 1);
    // Nobody reads any more: 64 bytes are held, the third stays in the buffer.
    let started = Instant::now();
    let mut sent = mux.send(&message("0140", 2, 0)).await;
    for number in 3..10 {
        if sent.is_err() {
            break;
        }
        sent = mux.send(&message("0140", number, 0)).await;
    }
    assert!(matches!(sent, Err(SendError::TimedOut)), "{sent:?}");
    assert_eq!(started.elapsed().as_secs(), 1);
    drop(peer);
    settle().await;
    let sent = mux.send(&message("0140", 11, 0)).await;
    assert!(matches!(sent, Err(SendError::NotSent(NotSent::Lost(Lost::Failed(_) | Lost::PeerClosed)))), "{sent:?}");
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_stops_reading_slows_the_callers_and_holds_nobody() {
    // The link takes 256 bytes, the buffer a kilobyte.
    let (mux, driver, peer) = pair_of(256, builder().max_buffered(1024).max_in_flight(10_000));
    let tasks: Vec<_> = (1..=1000u32)
        .map(|number| {
            let mux = mux.clone();
            tokio::spawn(async move { mux.request(&message("0200", number, 1)).timeout(2 * SECOND).await })
        })
        .collect();
    let started = Instant::now();
    let mut timed_out = 0;
    for task in tasks {
        match task.await.unwrap() {
            Outcome::TimedOut => timed_out += 1,
            Outcome::NotSent(NotSent::Deadline) => {}
            other => panic!("{other:?}"),
        }
        let stats = mux.stats();
        assert!(stats.buffered < 1024 + 64, "{stats:?}");
    }
    assert!(started.elapsed() < Duration::from_millis(2010), "{:?}", started.elapsed());
    // What the link, the writer and the buffer hold.
    assert!(timed_out < 80, "{timed_out}");
    // It closes nevertheless.
    let started = Instant::now();
    let lost = mux.close(SECOND).await;
    assert!(started.elapsed() <= 2 * SECOND + Duration::from_millis(10), "{:?}", started.elapsed());
    assert_eq!((lost.name(), driver.await.unwrap().name()), ("closed", "closed"));
    drop(peer);
}

#[tokio::test(start_paused = true)]
async fn a_sooner_deadline_is_kept_while_the_writer_is_held_up() {
    let (mux, _driver, _peer) = pair_of(16, builder());
    let long = {
        let mux = mux.clone();
        tokio::spawn(async move { mux.request(&message("0200", 1, 1)).timeout(12 * SECOND).await })
    };
    settle().await;
    let started = Instant::now();
    let outcome = mux.request(&message("0200", 2, 1)).timeout(SECOND).await;
    assert!(matches!(outcome, Outcome::TimedOut), "{outcome:?}");
    assert!(started.elapsed() < Duration::from_millis(1005), "{:?}", started.elapsed());
    assert!(matches!(long.await.unwrap(), Outcome::TimedOut));
}

#[tokio::test(start_paused = true)]
async fn bounds_and_times_may_be_as_large_as_they_can() {
    let most = builder().timeout(Duration::MAX).max_in_flight(usize::MAX).max_inbound(usize::MAX);
    let (mux, _driver, mut peer) = pair(most.remember(usize::MAX, Duration::MAX).max_buffered(usize::MAX));
    let request = message("0200", 1, 1);
    let (outcome, _) = tokio::join!(mux.request(&request), peer.approve());
    assert!(outcome.response().is_some());
    let (outcome, _) = tokio::join!(mux.request(&request).timeout(Duration::MAX), peer.approve());
    assert!(outcome.response().is_some());
}

#[tokio::test(start_paused = true)]
async fn a_slow_reader_gets_all_of_it() {
    let (mux, _driver, mut peer) = pair_of(128, builder().max_buffered(512).timeout(60 * SECOND));
    let tasks: Vec<_> = (1..=300u32)
        .map(|number| {
            let mux = mux.clone();
            tokio::spawn(async move { mux.request(&message("0200", number, 1)).await })
        })
        .collect();
    for _ in 1..=300 {
        sleep(Duration::from_millis(20)).await;
        peer.approve().await;
    }
    for task in tasks {
        assert!(task.await.unwrap().response().is_some());
    }
}
