//! Very many requests at once, over real sockets and several threads.

use crate::mux_common;

use std::time::Duration;

use isopace::link::{Connect, Listen};
use isopace::mux::{Inbound, Lost, Mux, Outcome, Wire};
use mux_common::*;

async fn approve(inbound: Inbound) {
    // The link may end before.
    drop(inbound.replier.reply(Wire(&approval(&inbound.message))).await);
}

async fn connected() -> (Mux, Mux) {
    let listener = Listen::new(FRAMING).bind("127.0.0.1:0").await.unwrap();
    let connect = Connect::to(listener.local_address().to_string(), FRAMING);
    let (link, accepted) = tokio::join!(connect.open(), async { listener.accept().await.open().await });
    let (link, accepted) = (link.unwrap(), accepted.unwrap());
    let (host, driver) = builder().serve(approve).start(accepted).unwrap();
    tokio::spawn(driver);
    let builder = builder().timeout(Duration::from_secs(120)).max_in_flight(1000);
    let (mux, driver) = builder.start(link).unwrap();
    tokio::spawn(driver);
    (mux, host)
}

async fn all_at_once(count: u32) {
    let (mux, host) = connected().await;
    let tasks: Vec<_> = (1..=count)
        .map(|number| {
            let mux = mux.clone();
            tokio::spawn(async move {
                let request = message("0200", number, number % 7);
                match mux.request(&request).await {
                    Outcome::Response(response) => assert_eq!(stan(&response), number),
                    other => panic!("{number}: {other:?}"),
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    let stats = mux.stats();
    assert_eq!((stats.requests, stats.responses), (u64::from(count), u64::from(count)));
    assert_eq!((stats.in_flight, stats.late, stats.duplicate, stats.unmatched), (0, 0, 0, 0));
    assert_eq!(host.stats().replies, u64::from(count));
    assert!(matches!(mux.close(Duration::from_secs(5)).await, Lost::Closed));
}

#[tokio::test]
async fn a_hundred_thousand_at_once_through_a_thousand_places() {
    all_at_once(100_000).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_same_from_several_threads() {
    all_at_once(20_000).await;
}

/// Callers that come, wait, give up and are cut off, from several threads: each is told once, nothing stays behind.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn callers_that_give_up_and_links_that_end() {
    for round in 0..20u32 {
        let (mux, host) = connected().await;
        let tasks: Vec<_> = (1..=400u32)
            .map(|number| {
                let mux = mux.clone();
                tokio::spawn(async move {
                    let request = message("0200", number, 1);
                    let asked = mux.request(&request).into_future();
                    let patience = Duration::from_micros(u64::from(number * 7919 % 3000));
                    tokio::time::timeout(patience, asked).await.map(|outcome| outcome.name())
                })
            })
            .collect();
        tokio::time::sleep(Duration::from_micros(u64::from(round * 100))).await;
        match round % 3 {
            0 => host.abort(),
            1 => mux.abort(),
            _ => drop(mux.close(Duration::from_millis(200)).await),
        }
        let mut told = 0;
        for task in tasks {
            told += u64::from(task.await.unwrap().is_ok());
        }
        let stats = mux.stats();
        assert_eq!(stats.in_flight, 0);
        let ended = stats.responses + stats.timed_out + stats.unknown + stats.rejected + stats.cancelled;
        assert!(stats.requests <= ended + stats.not_sent, "{stats:?}");
        assert!(told <= 400);
    }
}
