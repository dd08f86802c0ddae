//! What the peer sends of its own accord, and what nobody waits for.

use crate::mux_common;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use isopace::frame::{Framing, Header};
use isopace::link::Link;
use isopace::mux::{Events, Inbound, Lost, Mux, Outcome, Reason, Unmatched, Wire};
use mux_common::*;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep};

const SECOND: Duration = Duration::from_secs(1);

async fn approve(inbound: Inbound) {
    inbound.replier.reply(Wire(&approval(&inbound.message))).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn served_in_order_one_at_a_time() {
    let running = Arc::new(AtomicUsize::new(0));
    let service = {
        let running = Arc::clone(&running);
        move |inbound: Inbound| {
            let running = Arc::clone(&running);
            async move {
                assert_eq!(running.fetch_add(1, Ordering::SeqCst), 0);
                sleep(Duration::from_millis(u64::from(100 - stan(&inbound.message)))).await;
                running.fetch_sub(1, Ordering::SeqCst);
                approve(inbound).await;
            }
        }
    };
    let (mux, _driver, mut peer) = pair(builder().serve(service));
    for stan in 1..=20 {
        peer.send(&message("0200", stan, 1)).await;
    }
    for expected in 1..=20 {
        let answer = peer.receive().await;
        assert_eq!((answer.mti().to_string().as_str(), stan(&answer)), ("0210", expected));
    }
    let stats = mux.stats();
    assert_eq!((stats.inbound, stats.replies, stats.unanswered), (20, 20, 0));
}

#[tokio::test(start_paused = true)]
async fn served_several_at_a_time_up_to_the_bound() {
    let (running, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let service = {
        let (running, most) = (Arc::clone(&running), Arc::clone(&most));
        move |inbound: Inbound| {
            let (running, most) = (Arc::clone(&running), Arc::clone(&most));
            async move {
                most.fetch_max(running.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                sleep(SECOND).await;
                running.fetch_sub(1, Ordering::SeqCst);
                approve(inbound).await;
            }
        }
    };
    let (_mux, _driver, mut peer) = pair(builder().serve(service).concurrency(4));
    let started = Instant::now();
    for stan in 1..=20 {
        peer.send(&message("0200", stan, 1)).await;
    }
    for _ in 1..=20 {
        peer.receive().await;
    }
    assert_eq!((most.load(Ordering::SeqCst), started.elapsed().as_secs()), (4, 5));
}

#[tokio::test(start_paused = true)]
async fn a_service_that_is_full_stops_the_reading() {
    let (release, gate) = mpsc::channel::<()>(1000);
    let gate = Arc::new(tokio::sync::Mutex::new(gate));
    let service = move |inbound: Inbound| {
        let gate = Arc::clone(&gate);
        async move {
            gate.lock().await.recv().await;
            approve(inbound).await;
        }
    };
    let (mux, _driver, mut peer) = pair_of(1024, builder().serve(service).max_inbound(8));
    let sent = Arc::new(AtomicUsize::new(0));
    // Another task, since it will be held up.
    let (mut halves, writing) = {
        let (reader, mut writer) =
            std::mem::replace(&mut peer.link, Link::new(tokio::io::duplex(1).0, FRAMING)).split();
        let sent = Arc::clone(&sent);
        let writing = tokio::spawn(async move {
            for stan in 1..=500 {
                writer.push(None, message("0200", stan, 1).as_bytes()).unwrap();
                writer.flush().await.unwrap();
                sent.fetch_add(1, Ordering::SeqCst);
            }
            writer
        });
        (reader, writing)
    };
    sleep(SECOND).await;
    // What is in the service, in its queue, in the reader and in the link; not all of it.
    let held = sent.load(Ordering::SeqCst);
    assert!(held < 100, "{held}");
    assert!(mux.stats().inbound < 40);
    for _ in 0..500 {
        release.send(()).await.unwrap();
    }
    for expected in 1..=500 {
        let answer = parse(&halves.read().await.unwrap().unwrap());
        assert_eq!(stan(&answer), expected);
    }
    writing.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn the_peers_message_with_our_key_is_no_answer() {
    let (mux, _driver, mut peer) = pair(builder().serve(approve));
    let request = message("0800", 7, 0);
    let (outcome, ()) = tokio::join!(mux.request(&request), async {
        assert_eq!(peer.receive().await.mti(), "0800");
        // The peer's own, with the same STAN, before and after it answers.
        peer.send(&message("0800", 7, 0)).await;
        assert_eq!(peer.receive().await.mti(), "0810");
        peer.send(&message("0810", 7, 0)).await;
    });
    assert_eq!(outcome.response().unwrap().mti(), "0810");
    let stats = mux.stats();
    assert_eq!((stats.inbound, stats.replies, stats.responses, stats.unmatched), (1, 1, 1, 0));
}

#[tokio::test(start_paused = true)]
async fn a_service_may_ask_on_the_same_link() {
    let (sender, mut handed) = mpsc::channel::<Inbound>(4);
    let service = move |inbound: Inbound| {
        let sender = sender.clone();
        async move { sender.send(inbound).await.unwrap() }
    };
    let (mux, _driver, mut peer) = pair(builder().serve(service));
    // Taken to another task, which asks the peer before it answers.
    let elsewhere = tokio::spawn(async move {
        let inbound = handed.recv().await.unwrap();
        let outcome = mux.request(&message("0800", 50, 0)).await;
        assert!(outcome.response().is_some());
        approve(inbound).await;
    });
    peer.send(&message("0200", 1, 1)).await;
    assert_eq!(peer.approve().await.mti(), "0800");
    assert_eq!(peer.receive().await.mti(), "0210");
    elsewhere.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn no_answer_is_counted_and_a_panic_ends_nothing() {
    let service = |inbound: Inbound| async move {
        match stan(&inbound.message) {
            1 => {}
            2 => panic!("a service that fails"),
            _ => approve(inbound).await,
        }
    };
    for concurrency in [1, 2] {
        let (mux, _driver, mut peer) = pair(builder().serve(service).concurrency(concurrency));
        // A notification is not answered anyway.
        peer.send(&message("0140", 1, 1)).await;
        for stan in 1..=3 {
            peer.send(&message("0200", stan, 1)).await;
        }
        assert_eq!(stan(&peer.receive().await), 3);
        settle().await;
        let stats = mux.stats();
        assert_eq!((stats.unanswered, stats.panicked, stats.replies, stats.inbound), (2, 1, 1, 4));
        assert!(mux.lost().is_none());
    }
}

#[tokio::test(start_paused = true)]
async fn without_a_service_it_goes_to_the_listener() {
    let heard = Heard::default();
    let (mux, _driver, mut peer) = pair(builder().events(heard.clone()));
    peer.send(&message("0800", 1, 0)).await;
    peer.send(&message("0210", 9, 3)).await;
    peer.send(&Message::without_key()).await;
    settle().await;
    let expected = [
        (Reason::Unmatched, "0210 11=000009 41=TERM0003".to_owned()),
        (Reason::Unserved, "0800 11=000001".to_owned()),
        (Reason::Unmatched, "0810".to_owned()),
    ];
    let mut unmatched = heard.unmatched();
    unmatched.sort_by(|one, other| one.1.cmp(&other.1));
    assert_eq!(unmatched, expected);
    let stats = mux.stats();
    assert_eq!((stats.unserved, stats.unmatched, stats.inbound), (1, 2, 1));
}

struct Message;

impl Message {
    fn without_key() -> isopace::Message {
        let mut edit = isopace::Edit::build(&isopace::iso87a::DIALECT);
        let bytes = edit.mti("0810").set(39, "00").finish().unwrap();
        isopace::Message::parse(&isopace::iso87a::DIALECT, bytes).unwrap()
    }
}

#[tokio::test(start_paused = true)]
async fn second_answers_and_answers_before_the_request() {
    let heard = Heard::default();
    let (mux, _driver, mut peer) = pair(builder().events(heard.clone()));
    peer.send(&message("0210", 1, 1)).await;
    let request = message("0200", 1, 1);
    let (outcome, ()) = tokio::join!(mux.request(&request), async {
        let request = peer.receive().await;
        for _ in 0..3 {
            peer.link.send(&approval(&request)).await.unwrap();
        }
    });
    assert!(outcome.response().is_some());
    settle().await;
    let reasons: Vec<_> = heard.unmatched().into_iter().map(|(reason, _)| reason).collect();
    assert_eq!(reasons, [Reason::Unmatched, Reason::Duplicate, Reason::Duplicate]);
}

#[tokio::test(start_paused = true)]
async fn a_frame_that_is_no_message_is_told_and_the_link_stays() {
    let heard = Heard::default();
    let (mux, _driver, mut peer) = pair(builder().events(heard.clone()));
    peer.link.send(b"rubbish").await.unwrap();
    let request = message("0200", 1, 1);
    let (outcome, _) = tokio::join!(mux.request(&request), peer.approve());
    assert!(outcome.response().is_some());
    assert_eq!(*heard.undecodable.lock().unwrap(), [7]);
    assert_eq!(mux.stats().undecodable, 1);

    let (mux, driver, mut peer) = pair(builder().events(heard).close_on_undecodable(true));
    peer.link.send(b"rubbish").await.unwrap();
    assert!(matches!(driver.await.unwrap(), Lost::Undecodable(_)));
    assert!(matches!(mux.lost(), Some(Lost::Undecodable(_))));
}

#[tokio::test(start_paused = true)]
async fn the_header_of_a_request_is_turned_round_for_its_answer() {
    let framing = Framing::new(Header::Binary2).tpdu([0x60, 0, 1, 0, 2]);
    let (ours, theirs) = tokio::io::duplex(4096);
    let (_host, driver) = builder().serve(approve).start(Link::new(theirs, framing)).unwrap();
    tokio::spawn(driver);
    let (mux, driver) = builder().start(Link::new(ours, framing)).unwrap();
    tokio::spawn(driver);
    let request = message("0200", 1, 1);
    let response = mux.request(&request).await.response().unwrap();
    assert_eq!(response.header[..], [0x60, 0, 2, 0, 1]);
    let response = mux.request(&request).header(&[0x60, 0, 9, 0, 8]).await.response().unwrap();
    assert_eq!(response.header[..], [0x60, 0, 8, 0, 9]);
}

/// Uses the mux from inside, as far as that can be done without waiting.
struct FromInside(std::sync::OnceLock<Mux>, AtomicUsize);

impl Events for Arc2 {
    fn unmatched(&self, unmatched: Unmatched) {
        let mux = self.0.0.get().unwrap();
        assert!(!mux.reject(&unmatched.message, "nobody"));
        self.0.1.fetch_add(mux.stats().unmatched as usize, Ordering::SeqCst);
        mux.abort();
    }

    fn closed(&self, lost: &Lost) {
        assert_eq!(self.0.0.get().unwrap().lost().unwrap().name(), lost.name());
    }
}

#[derive(Clone)]
struct Arc2(Arc<FromInside>);

#[tokio::test(start_paused = true)]
async fn a_listener_may_use_the_mux() {
    let inside = Arc2(Arc::new(FromInside(std::sync::OnceLock::new(), AtomicUsize::new(0))));
    let (mux, driver, mut peer) = pair(builder().events(inside.clone()));
    inside.0.0.set(mux.clone()).unwrap();
    peer.send(&message("0210", 1, 1)).await;
    assert!(matches!(driver.await.unwrap(), Lost::Aborted));
    // Once for the answer, once for the search by `reject`, which counts nothing.
    assert_eq!(inside.0.1.load(Ordering::SeqCst), 1);
    assert!(matches!(mux.request(&message("0200", 1, 1)).await, Outcome::NotSent(_)));
}
