//! Stopping: in order, in every state, within bounds, and starting again.

use crate::connector_common;

use std::time::Duration;

use connector_common::*;
use isopace::connector::{StartError, State};
use isopace::link::{Error, Link};
use isopace::mux::{NotSent, Outcome};
use tokio::time::{Instant, sleep, timeout};

#[tokio::test(start_paused = true)]
async fn stopping_waits_signs_off_and_closes() {
    let (connector, mut net) = start(iso87());
    let mut peer = net.peer().await;
    peer.approve("0800 001").await;
    assert!(connector.ready().await);
    let asked = ask(&connector, 1);
    let request = peer.receive().await;
    let stopping = {
        let connector = connector.clone();
        tokio::spawn(async move { connector.stop().await })
    };
    state(&connector, State::Draining).await;
    let refused = connector.request(purchase(2)).await;
    assert!(matches!(refused, Outcome::NotSent(NotSent::Closing)), "{refused:?}");
    sleep(SECOND).await;
    peer.send(&answer(&request, "00")).await;
    assert_eq!(asked.await.unwrap(), "00");
    // Only then the sign-off, and after it the end.
    peer.approve("0800 002").await;
    assert!(peer.next().await.is_none());
    drop(peer);
    stopping.await.unwrap();
    assert_eq!(connector.status().state, State::Stopped);
    assert!(!connector.ready().await);
    let stats = connector.stats();
    assert_eq!((stats.losses, stats.links.unknown, stats.links.responses), (0, 0, 3));
}

/// A peer that neither answers nor closes nor reads does not keep it from stopping.
#[tokio::test(start_paused = true)]
async fn stopping_has_an_end() {
    for (case, room, expected) in [("silent", 64 * 1024, 4 + 2 + 1), ("reads nothing", 8, 4 + 2 + 1)] {
        let mut net = Net::new();
        net.room = room;
        let network = iso87().no_sign_on().no_echo();
        let connector = net.dial(builder()).network(network).start().unwrap();
        assert!(connector.ready().await);
        let _peer = net.peer().await;
        let asked = ask(&connector, 1);
        settle().await;
        let started = Instant::now();
        connector.stop().await;
        let took = started.elapsed();
        assert!(took >= 6 * SECOND && took <= expected * SECOND + 10 * MS, "{case}: {took:?}");
        assert_eq!(asked.await.unwrap(), "timed-out", "{case}");
    }
}

#[tokio::test(start_paused = true)]
async fn stopped_in_every_state() {
    let before = tasks();
    for case in ["connecting", "dialling", "signing on", "exchanging keys", "ready", "backoff", "draining", "stopped"] {
        let mut net = Net::new();
        let network = match case {
            "signing on" | "exchanging keys" => iso87(),
            _ => iso87().no_sign_on(),
        };
        net.set_down(case == "backoff");
        let mut builder = match case {
            "dialling" => builder().dial_with(std::future::pending::<Result<Link, Error>>),
            _ => net.dial(builder()),
        };
        builder = builder.network(network);
        if case == "exchanging keys" {
            builder = builder.key_exchange(60 * SECOND, |_| std::future::pending::<Result<(), String>>());
        }
        let connector = builder.build().unwrap();
        if case != "stopped" {
            connector.start().unwrap();
        }
        let mut kept = None;
        match case {
            "connecting" | "stopped" => {}
            "dialling" => settle().await,
            "signing on" => {
                kept = Some(net.peer().await);
                state(&connector, State::SigningOn).await;
            }
            "exchanging keys" => {
                let mut peer = net.peer().await;
                peer.approve("0800 001").await;
                settle().await;
                assert_eq!(connector.stats().sign_ons, 1);
                kept = Some(peer);
            }
            "backoff" => state(&connector, State::Backoff).await,
            _ => {
                assert!(connector.ready().await);
                let peer = net.peer().await;
                if case == "draining" {
                    _ = ask(&connector, 1);
                    settle().await;
                    let connector = connector.clone();
                    tokio::spawn(async move { connector.drain().await });
                    settle().await;
                }
                tokio::spawn(peer.approve_all());
            }
        }
        let started = Instant::now();
        timeout(20 * SECOND, connector.stop()).await.unwrap_or_else(|_| panic!("{case}: it does not stop"));
        assert_eq!(connector.status().state, State::Stopped, "{case}");
        assert!(started.elapsed() <= 8 * SECOND, "{case}: {:?}", started.elapsed());
        // Once more is nothing; and it is not in the way of a start.
        connector.stop().await;
        drop(kept);
        connector.start().unwrap();
        assert_eq!(connector.start(), Err(StartError::Running));
        connector.abort();
        connector.stopped().await;
        drop((connector, net));
        only(before).await;
    }
}

#[tokio::test(start_paused = true)]
async fn aborted_in_every_state() {
    let before = tasks();
    let (connector, mut net) = start(iso87());
    let mut peer = net.peer().await;
    connector.abort();
    connector.stopped().await;
    assert!(peer.next().await.is_some(), "the sign-on had been sent");
    connector.start().unwrap();
    let mut peer = net.peer().await;
    peer.approve("0800 001").await;
    assert!(connector.ready().await);
    let asked = ask(&connector, 1);
    peer.receive().await;
    let started = Instant::now();
    connector.abort();
    assert_eq!(asked.await.unwrap(), "unknown");
    connector.stopped().await;
    assert_eq!(started.elapsed(), Duration::ZERO);
    // No sign-off then.
    assert!(peer.next().await.is_none());
    // While it is stopping in order, too.
    connector.start().unwrap();
    let mut peer = net.peer().await;
    peer.approve("0800 001").await;
    assert!(connector.ready().await);
    let asked = ask(&connector, 2);
    peer.receive().await;
    let stopping = {
        let connector = connector.clone();
        tokio::spawn(async move { connector.stop().await })
    };
    state(&connector, State::Draining).await;
    connector.abort();
    stopping.await.unwrap();
    assert_eq!((asked.await.unwrap().as_str(), started.elapsed()), ("unknown", Duration::ZERO));
    drop((connector, net, peer));
    only(before).await;
}

#[tokio::test(start_paused = true)]
async fn drained_first_and_stopped_later() {
    let (connector, mut net) = start(iso87());
    let mut peer = net.peer().await;
    peer.approve("0800 001").await;
    assert!(connector.ready().await);
    let asked = ask(&connector, 1);
    let request = peer.receive().await;
    // Not yet: the request takes longer than the drain may.
    assert!(!connector.drain().await);
    assert_eq!(connector.status().state, State::Draining);
    peer.send(&answer(&request, "00")).await;
    assert_eq!(asked.await.unwrap(), "00");
    assert!(connector.drain().await);
    sleep(60 * SECOND).await;
    // The link is there, and nothing has been sent over it.
    peer.send(network(9, "301").as_bytes()).await;
    assert_eq!(brief(&peer.receive().await), "0810 301");
    let stopping = {
        let connector = connector.clone();
        tokio::spawn(async move { connector.stop().await })
    };
    peer.approve("0800 002").await;
    drop(peer);
    stopping.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn stopped_and_started_again_and_again() {
    let before = tasks();
    let (connector, mut net) = start(iso87());
    for round in 1..=20 {
        let peer = net.peer().await.approving();
        assert!(connector.ready().await);
        assert_eq!(ask(&connector, round).await.unwrap(), "00");
        connector.stop().await;
        assert_eq!(peer.await.unwrap(), ["0800 001", &format!("0200 {round}"), "0800 002"]);
        connector.start().unwrap();
    }
    assert_eq!(connector.status().times_ready, 20);
    connector.abort();
    drop((connector, net));
    only(before).await;
}

#[tokio::test(start_paused = true)]
async fn the_last_handle_stops_it_in_order() {
    let before = tasks();
    let (connector, mut net) = start(iso87());
    let peer = net.peer().await.approving();
    assert!(connector.ready().await);
    let other = connector.clone();
    drop(connector);
    assert_eq!(ask(&other, 1).await.unwrap(), "00");
    drop(other);
    assert_eq!(peer.await.unwrap(), ["0800 001", "0200 1", "0800 002"]);
    only(before).await;
}
