//! Requests whose bytes have not gone out: what their answers are, and what becomes of them when the peer closes its side.

use crate::mux_common;

use std::time::Duration;

use isopace::frame::Decoder;
use isopace::mux::{Inbound, Lost, NotSent, Outcome, Reason};
use mux_common::*;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::sleep;

const SECOND: Duration = Duration::from_secs(1);

#[tokio::test(start_paused = true)]
async fn a_request_rejected_after_its_deadline_leaves_its_answer_late() {
    let heard = Heard::default();
    let (mux, _driver, mut peer) = pair(builder().events(heard.clone()));
    assert!(matches!(mux.request(&message("0200", 1, 7)).timeout(SECOND).await, Outcome::TimedOut));
    let request = peer.receive().await;
    assert!(!mux.reject(&request, "too late"));
    peer.link.send(&approval(&request)).await.unwrap();
    settle().await;
    assert_eq!(heard.unmatched(), [(Reason::Late, "0210 11=000001 41=TERM0007".to_owned())]);
}

/// The link holds one message; all else stays with the mux until the peer reads.
#[tokio::test(start_paused = true)]
async fn an_answer_to_the_request_before_is_late_while_its_repeat_has_not_gone_out() {
    for first in ["timed out", "answered"] {
        let heard = Heard::default();
        let request = message("0200", 1, 7);
        let room = request.as_bytes().len() + 2;
        let (mux, _driver, peer) = pair_of(room, builder().events(heard.clone()).timeout(60 * SECOND));
        let (mut reader, mut writer) = peer.link.split();
        let answer = approval(&request);
        let mut send = async || {
            writer.push(None, &answer).unwrap();
            writer.flush().await.unwrap();
            settle().await;
        };
        let asking = {
            let (mux, request) = (mux.clone(), request.clone());
            tokio::spawn(async move { mux.request(&request).timeout(SECOND).await })
        };
        settle().await;
        if first == "answered" {
            reader.read().await.unwrap().unwrap();
            send().await;
            assert!(asking.await.unwrap().response().is_some());
        } else {
            assert!(matches!(asking.await.unwrap(), Outcome::TimedOut));
            // It goes out after all.
            reader.read().await.unwrap().unwrap();
        }
        // Two of them fill the link and the hands of the writer; the repeat waits in the buffer.
        for stan in [2, 3] {
            let mux = mux.clone();
            tokio::spawn(async move { mux.request(&message("0200", stan, 7)).await });
            settle().await;
        }
        let repeat = {
            let (mux, request) = (mux.clone(), request.clone());
            tokio::spawn(async move { mux.request(&request).await })
        };
        settle().await;
        send().await;
        send().await;
        let key = "0210 11=000001 41=TERM0007".to_owned();
        let told = if first == "answered" { Reason::Duplicate } else { Reason::Late };
        assert_eq!(heard.unmatched(), [(told, key.clone()), (Reason::Duplicate, key)], "{first}");
        // Once it is out the answer is its own.
        for _ in 0..3 {
            reader.read().await.unwrap().unwrap();
        }
        send().await;
        assert!(repeat.await.unwrap().response().is_some(), "{first}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_has_not_gone_out_when_the_peer_closes_its_side_is_not_sent() {
    let slow = |inbound: Inbound| async move {
        sleep(SECOND).await;
        inbound.replier.reply_written(isopace::mux::Wire(&approval(&inbound.message))).await.unwrap();
    };
    let room = message("0200", 1, 7).as_bytes().len() + 2;
    let (ours, mut theirs) = tokio::io::duplex(room);
    let (mux, driver) = start(builder().serve(slow), ours);
    let ask = |stan| {
        let mux = mux.clone();
        tokio::spawn(async move { mux.request(&message("0200", stan, 7)).await })
    };
    let mut out = Vec::new();
    FRAMING.encode(message("0200", 90, 7).as_bytes(), &mut out).unwrap();
    theirs.write_all(&out).await.unwrap();
    settle().await;
    // The first fills the link, the second is in the hands of the writer, the others are in the buffer.
    let mut asked = Vec::new();
    for stan in 1..=5 {
        asked.push(ask(stan));
        settle().await;
        if stan == 4 {
            let mux = mux.clone();
            tokio::spawn(async move { mux.send(&message("0140", 80, 0)).await });
            settle().await;
        }
    }
    theirs.shutdown().await.unwrap();
    let mut ended = Vec::new();
    for asked in asked {
        ended.push(match asked.await.unwrap() {
            Outcome::Unknown(Lost::PeerClosed) => "unknown",
            Outcome::NotSent(NotSent::Lost(Lost::PeerClosed)) => "not sent",
            other => panic!("{other:?}"),
        });
    }
    assert_eq!(ended, ["unknown", "unknown", "not sent", "not sent", "not sent"]);
    // What the peer is owed goes out, and what was not sent does not.
    let mut received = Vec::new();
    theirs.read_to_end(&mut received).await.unwrap();
    let mut decoder = Decoder::new(FRAMING);
    decoder.extend(&received);
    let mut seen = Vec::new();
    while let Some(frame) = decoder.decode().unwrap() {
        seen.push((parse(&frame).mti().to_string(), stan(&parse(&frame))));
    }
    let expected = [("0200", 1), ("0200", 2), ("0140", 80), ("0210", 90)];
    assert_eq!(seen, expected.map(|(mti, stan)| (mti.to_owned(), stan)));
    assert!(matches!(driver.await.unwrap(), Lost::PeerClosed));
    let stats = mux.stats();
    assert_eq!((stats.unknown, stats.not_sent, stats.replies, stats.unanswered), (2, 3, 1, 0));
    assert_eq!(stats.written, received.len() as u64);
}
