//! The end of a link, in order and not: who is told what, and that everything ends.

use crate::mux_common;

use std::time::Duration;

use isopace::link::{Connect, Link, Listen, Settings};
use isopace::mux::{Inbound, Lost, Mux, NotSent, Outcome};
use mux_common::*;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::Instant;

const SECOND: Duration = Duration::from_secs(1);

fn ask(mux: &Mux, stan: u32) -> tokio::task::JoinHandle<Outcome> {
    let mux = mux.clone();
    tokio::spawn(async move { mux.request(&message("0200", stan, 1)).timeout(60 * SECOND).await })
}

#[tokio::test(start_paused = true)]
async fn lost_after_it_was_written_is_unknown() {
    let heard = Heard::default();
    let (mux, driver, mut peer) = pair(builder().events(heard.clone()));
    let asked = ask(&mux, 1);
    peer.receive().await;
    drop(peer);
    let outcome = asked.await.unwrap();
    assert!(matches!(outcome, Outcome::Unknown(Lost::PeerClosed)), "{outcome:?}");
    assert!(!outcome.retry_safe());
    assert!(matches!(driver.await.unwrap(), Lost::PeerClosed));
    assert!(matches!(mux.closed().await, Lost::PeerClosed));
    assert_eq!(*heard.closed.lock().unwrap(), ["peer-closed"]);
    // And from then on nothing is sent.
    let outcome = mux.request(&message("0200", 2, 1)).await;
    assert!(matches!(outcome, Outcome::NotSent(NotSent::Lost(Lost::PeerClosed))), "{outcome:?}");
    assert!(mux.lost().is_some());
}

#[tokio::test(start_paused = true)]
async fn of_those_under_way_only_what_was_begun_is_unknown() {
    // The link takes 100 bytes: one request, and a part of the second. The others are in the buffer.
    let (ours, theirs) = tokio::io::duplex(100);
    let (mux, driver) = start(builder(), ours);
    let asked: Vec<_> = (1..=5).map(|stan| ask(&mux, stan)).collect();
    settle().await;
    drop(theirs);
    let mut outcomes = Vec::new();
    for asked in asked {
        outcomes.push(asked.await.unwrap());
    }
    driver.await.unwrap();
    let length = message("0200", 1, 1).as_bytes().len() + 2;
    let begun = 100usize.div_ceil(length);
    assert!(begun > 1 && begun < 5);
    for (at, outcome) in outcomes.iter().enumerate() {
        let unknown = matches!(outcome, Outcome::Unknown(_));
        assert_eq!(unknown, at < begun, "{at}: {outcome:?}");
        assert_eq!(outcome.retry_safe(), !unknown);
    }
}

#[tokio::test(start_paused = true)]
async fn lost_while_others_wait_for_a_place() {
    let (mux, _driver, mut peer) = pair(builder().max_in_flight(1));
    let (first, second) = (ask(&mux, 1), ask(&mux, 2));
    peer.receive().await;
    settle().await;
    drop(peer);
    assert!(matches!(first.await.unwrap(), Outcome::Unknown(_)));
    assert!(matches!(second.await.unwrap(), Outcome::NotSent(NotSent::Lost(_))));
}

#[tokio::test(start_paused = true)]
async fn a_driver_that_is_dropped_ends_all() {
    for polled in [true, false] {
        let (ours, theirs) = tokio::io::duplex(4096);
        let (mux, driver) = builder().start(Link::new(ours, FRAMING)).unwrap();
        let asked = ask(&mux, 1);
        settle().await;
        if polled {
            let driver = tokio::spawn(driver);
            settle().await;
            driver.abort();
        } else {
            drop(driver);
        }
        let outcome = asked.await.unwrap();
        match outcome {
            Outcome::Unknown(Lost::Dropped) if polled => {}
            Outcome::NotSent(NotSent::Lost(Lost::Dropped)) if !polled => {}
            other => panic!("{polled}: {other:?}"),
        }
        drop(theirs);
    }
}

#[tokio::test(start_paused = true)]
async fn abort_ends_all_at_once() {
    let (mux, driver, _peer) = pair(builder());
    let asked = ask(&mux, 1);
    settle().await;
    mux.abort();
    assert!(matches!(asked.await.unwrap(), Outcome::Unknown(Lost::Aborted)));
    assert!(matches!(driver.await.unwrap(), Lost::Aborted));
    assert!(matches!(mux.close(SECOND).await, Lost::Aborted));
}

#[tokio::test(start_paused = true)]
async fn a_frame_that_is_none_ends_the_link() {
    let (ours, mut theirs) = tokio::io::duplex(4096);
    let framing = isopace::frame::Framing::new(isopace::frame::Header::Ascii4);
    let (mux, driver) = builder().start(Link::new(ours, framing)).unwrap();
    let driver = tokio::spawn(driver);
    let asked = ask(&mux, 1);
    settle().await;
    theirs.write_all(b"-001").await.unwrap();
    assert!(matches!(asked.await.unwrap(), Outcome::Unknown(Lost::Failed(_))));
    let Lost::Failed(error) = driver.await.unwrap() else { panic!("the link goes on") };
    assert!(matches!(*error, isopace::link::Error::Frame(_)), "{error:?}");
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_does_not_take_what_is_written_ends_the_link_by_the_write_deadline() {
    let (ours, _theirs) = tokio::io::duplex(16);
    let settings = Settings::new(FRAMING).write_deadline(2 * SECOND);
    let (mux, driver) = builder().start(Link::new(ours, settings)).unwrap();
    let driver = tokio::spawn(driver);
    let started = Instant::now();
    let outcome = ask(&mux, 1).await.unwrap();
    let Outcome::Unknown(Lost::Failed(error)) = outcome else { panic!("{outcome:?}") };
    assert!(matches!(*error, isopace::link::Error::WriteTimeout { .. }), "{error:?}");
    assert!(started.elapsed() < 3 * SECOND);
    driver.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn close_waits_for_those_in_flight_and_takes_no_others() {
    let (mux, driver, mut peer) = pair(builder());
    let asked = ask(&mux, 1);
    settle().await;
    let closing = {
        let mux = mux.clone();
        tokio::spawn(async move { mux.close(10 * SECOND).await })
    };
    settle().await;
    let refused = mux.request(&message("0200", 2, 1)).await;
    assert!(matches!(refused, Outcome::NotSent(NotSent::Closing)), "{refused:?}");
    assert!(matches!(mux.send(&message("0140", 2, 1)).await, Err(error) if error.to_string().contains("closing")));
    peer.approve().await;
    assert!(asked.await.unwrap().response().is_some());
    // It has sent its end; the peer closes too.
    assert!(peer.link.receive().await.unwrap().is_none());
    drop(peer);
    assert!(matches!(closing.await.unwrap(), Lost::Closed));
    assert!(matches!(driver.await.unwrap(), Lost::Closed));
}

#[tokio::test(start_paused = true)]
async fn close_ends_by_its_time_whatever_the_peer_does() {
    let (mux, driver, mut peer) = pair(builder());
    let asked = ask(&mux, 1);
    peer.receive().await;
    let started = Instant::now();
    assert!(matches!(mux.close(3 * SECOND).await, Lost::Closed));
    // The peer neither answers nor closes.
    assert!(started.elapsed() <= 4 * SECOND + Duration::from_millis(10), "{:?}", started.elapsed());
    assert!(matches!(asked.await.unwrap(), Outcome::Unknown(Lost::Closed)));
    driver.await.unwrap();
    // A driver that nobody polls does not hold it up either.
    let (ours, _theirs) = tokio::io::duplex(4096);
    let (mux, _driver) = builder().start(Link::new(ours, FRAMING)).unwrap();
    let started = Instant::now();
    mux.close(SECOND).await;
    assert!(started.elapsed() <= 2 * SECOND + Duration::from_millis(10));
}

#[tokio::test(start_paused = true)]
async fn an_answer_after_our_end_and_before_the_peers_still_counts() {
    let (mux, _driver, mut peer) = pair(builder());
    let asked = ask(&mux, 1);
    let request = peer.receive().await;
    let closing = {
        let mux = mux.clone();
        tokio::spawn(async move { mux.close(Duration::ZERO).await })
    };
    assert!(peer.link.receive().await.unwrap().is_none());
    peer.link.send(&approval(&request)).await.unwrap();
    assert!(asked.await.unwrap().response().is_some());
    drop(peer);
    assert!(matches!(closing.await.unwrap(), Lost::Closed));
}

#[tokio::test(start_paused = true)]
async fn signing_off_while_draining() {
    let (mux, _driver, mut peer) = pair(builder());
    let asked = ask(&mux, 1);
    settle().await;
    let drain = mux.drain();
    assert!(!drain.idle(Duration::from_millis(100)).await);
    let (idle, _) = tokio::join!(drain.idle(SECOND), peer.approve());
    assert!(idle && asked.await.unwrap().response().is_some());
    assert!(matches!(mux.request(&message("0200", 2, 1)).await, Outcome::NotSent(NotSent::Closing)));
    let sign_off = message("0800", 3, 0);
    let (outcome, seen) = tokio::join!(drain.request(&sign_off), peer.approve());
    assert!(outcome.response().is_some());
    assert_eq!(seen.mti(), "0800");
    let (lost, end) = tokio::join!(drain.close(SECOND), async {
        let end = peer.link.receive().await.unwrap();
        drop(peer);
        end
    });
    assert!(matches!(lost, Lost::Closed) && end.is_none());
}

#[tokio::test(start_paused = true)]
async fn the_last_handle_closes_the_link_in_order() {
    let (mux, driver, mut peer) = pair(builder());
    let other = mux.clone();
    drop(mux);
    other.send(&message("0140", 1, 1)).await.unwrap();
    drop(other);
    assert_eq!(stan(&peer.receive().await), 1);
    assert!(peer.link.receive().await.unwrap().is_none());
    drop(peer);
    assert!(matches!(driver.await.unwrap(), Lost::Closed));
}

#[tokio::test(start_paused = true)]
async fn a_service_lives_on_without_handles() {
    let approve = |inbound: Inbound| async move {
        inbound.replier.reply(isopace::mux::Wire(&approval(&inbound.message))).await.unwrap();
    };
    let (mux, driver, mut peer) = pair(builder().serve(approve));
    drop(mux);
    peer.send(&message("0200", 1, 1)).await;
    assert_eq!(peer.receive().await.mti(), "0210");
    drop(peer);
    assert!(matches!(driver.await.unwrap(), Lost::PeerClosed));
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_closes_its_side_first_gets_what_it_is_owed() {
    let slow = |inbound: Inbound| async move {
        tokio::time::sleep(SECOND).await;
        inbound.replier.reply(isopace::mux::Wire(&approval(&inbound.message))).await.unwrap();
    };
    let (ours, mut theirs) = tokio::io::duplex(4096);
    let (mux, driver) = start(builder().serve(slow), ours);
    let asked = ask(&mux, 9);
    settle().await;
    let mut out = Vec::new();
    for stan in 1..=3 {
        FRAMING.encode(message("0200", stan, 1).as_bytes(), &mut out).unwrap();
    }
    theirs.write_all(&out).await.unwrap();
    theirs.shutdown().await.unwrap();
    // No answer can come any more; no new request goes out.
    assert!(matches!(asked.await.unwrap(), Outcome::Unknown(Lost::PeerClosed)));
    assert!(matches!(mux.request(&message("0200", 8, 1)).await, Outcome::NotSent(NotSent::Lost(Lost::PeerClosed))));
    let mut received = Vec::new();
    theirs.read_to_end(&mut received).await.unwrap();
    let mut decoder = isopace::frame::Decoder::new(FRAMING);
    decoder.extend(&received);
    let mut stans = Vec::new();
    while let Some(frame) = decoder.decode().unwrap() {
        stans.push((parse(&frame).mti().to_string(), stan(&parse(&frame))));
    }
    let expected = [("0200", 9), ("0210", 1), ("0210", 2), ("0210", 3)].map(|(mti, stan)| (mti.to_owned(), stan));
    assert_eq!(stans, expected);
    assert!(matches!(driver.await.unwrap(), Lost::PeerClosed));
}

#[tokio::test(start_paused = true)]
async fn a_service_that_never_ends_does_not_hold_a_closed_link() {
    let never = |_inbound: Inbound| std::future::pending();
    let (_mux, driver, mut peer) = pair(builder().timeout(5 * SECOND).serve(never));
    peer.send(&message("0200", 1, 1)).await;
    settle().await;
    drop(peer);
    let started = Instant::now();
    assert!(matches!(driver.await.unwrap(), Lost::PeerClosed | Lost::Failed(_)));
    assert!(started.elapsed() <= 7 * SECOND);
}

#[tokio::test]
async fn over_real_sockets_both_ways_until_the_listener_cuts_it() {
    let listener = Listen::new(FRAMING).bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_address().to_string();
    let approve = |inbound: Inbound| async move {
        inbound.replier.reply(isopace::mux::Wire(&approval(&inbound.message))).await.unwrap();
    };
    let connect = Connect::to(address, FRAMING);
    let (link, accepted) = tokio::join!(connect.open(), async { listener.accept().await.open().await });
    let (link, accepted) = (link.unwrap(), accepted.unwrap());
    let (host, driver) = builder().serve(approve).start(accepted).unwrap();
    let host_driver = tokio::spawn(driver);
    let (mux, driver) = builder().serve(approve).start(link).unwrap();
    let driver = tokio::spawn(driver);
    for stan in 1..=200 {
        // Both with the same keys at the same time.
        let request = message("0800", stan, 0);
        let (ours, theirs) = tokio::join!(mux.request(&request), host.request(&request));
        assert!(ours.response().is_some() && theirs.response().is_some());
    }
    let asked = ask(&mux, 1);
    assert!(asked.await.unwrap().response().is_some());
    host.abort();
    assert!(matches!(host_driver.await.unwrap(), Lost::Aborted));
    assert!(matches!(driver.await.unwrap(), Lost::PeerClosed | Lost::Failed(_)));
}
