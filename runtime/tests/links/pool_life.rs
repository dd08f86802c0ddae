//! Pools from start to end: members that come and go, and how much of the pool is there.

use crate::connector_common;
use crate::pool_common;

use connector_common::*;
use isopace::connector::State;
use isopace::mux::{NotSent, Outcome};
use isopace::pool::{Level, StartError};
use pool_common::*;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, timeout};

#[tokio::test(start_paused = true)]
async fn starting_with_enough_or_not() {
    let before = tasks();
    let nets = |down: [bool; 3]| {
        down.map(|down| {
            let net = Net::new();
            net.set_down(down);
            net
        })
    };
    for (down, needed, expected) in [
        ([false, false, false], 3, Ok(3)),
        ([false, true, false], 2, Ok(2)),
        ([false, true, false], 3, Err(2)),
        ([true, true, true], 1, Err(0)),
        ([true, true, true], 0, Ok(0)),
        ([false, false, false], 4, Err(3)),
    ] {
        let nets = nets(down);
        let members = nets.iter().map(|net| member(net, "member"));
        let started = Instant::now();
        let builder = pool().members(members).min_connections(needed);
        match (builder.start().await, expected) {
            (Ok(pool), Ok(ready)) => {
                settle().await;
                assert_eq!(pool.status().ready, ready, "{down:?} {needed}");
                pool.close().await;
            }
            (Err(StartError::TooFew { ready, needed: said }), Err(expected)) => {
                assert!(ready <= expected && said == needed, "{down:?} {needed}");
                // Not the whole connect timeout, but the time that closing takes.
                assert!(started.elapsed() < 3 * SECOND);
            }
            (result, _) => panic!("{down:?} {needed}: {result:?}"),
        }
        drop(nets);
        only(before).await;
    }
    // A peer that accepts and says nothing: until the connect timeout.
    let net = Net::new();
    let silent = net.dial(builder()).network(iso87().sign_on_timeout(60 * SECOND)).build().unwrap();
    let started = Instant::now();
    assert!(pool().member(silent).start().await.is_err());
    assert_eq!(started.elapsed(), 10 * SECOND);
    drop(net);
    only(before).await;
}

#[tokio::test(start_paused = true)]
async fn up_degraded_and_down_are_seen() {
    let (connectors, _hosts, _tasks) = members(2);
    let pool = pool().members(connectors).min_connections(2).start().await.unwrap();
    assert_eq!((pool.status().level, pool.is_up(), pool.is_degraded()), (Level::Up, true, false));
    let mut changes = pool.changes();
    let mut levels = Vec::new();
    for step in 0..4 {
        let member = &pool.members()[step % 2];
        if step < 2 {
            member.stop().await;
        } else {
            member.start().unwrap();
        }
        let status = changes.next().await.unwrap();
        levels.push((status.level.name(), status.ready, pool.is_up(), pool.is_degraded()));
    }
    let expected =
        [("degraded", 1, true, true), ("down", 0, false, true), ("degraded", 1, true, true), ("up", 2, true, false)];
    assert_eq!(levels, expected);
    pool.close().await;
    while let Some(status) = changes.next().await {
        assert_eq!(status.level, Level::Closed);
    }
}

#[tokio::test(start_paused = true)]
async fn reconnecting_at_the_pace_of_the_pool() {
    for (most, expected) in [(None, [5, 5, 5]), (Some(20), [0, 0, 0])] {
        let net = Net::new();
        net.set_down(true);
        let mut builder = pool().member(member(&net, "0")).min_connections(0).reconnect_wait(5 * SECOND);
        if let Some(most) = most {
            builder = builder.max_reconnect_wait(most * SECOND);
        }
        let pool = builder.start().await.unwrap();
        let connector = pool.members().remove(0);
        let mut changes = connector.changes();
        for (attempt, wait) in (1..).zip(expected) {
            let backoff =
                |status: &isopace::connector::Status| status.state == State::Backoff && status.attempts == attempt;
            let status = changes.until(backoff).await.unwrap();
            let next = (status.next_attempt.unwrap() - Instant::now()).as_secs_f64();
            // Doubled and shortened by chance where there is a most.
            let whole = f64::from(5 << (attempt - 1)).min(20.0);
            assert!(if wait > 0 { next == f64::from(wait) } else { next >= whole / 2.0 && next <= whole }, "{next}");
        }
        net.set_down(false);
        assert!(connector.ready().await);
        pool.close().await;
    }
}

#[tokio::test(start_paused = true)]
async fn nobody_there() {
    let (mut net, other) = (Net::new(), Net::new());
    net.set_down(true);
    other.set_down(true);
    let members = [member(&net, "0"), member(&other, "1")];
    let pool = pool().members(members).min_connections(0).start().await.unwrap();
    let outcome = pool.request(purchase(1)).await;
    assert!(matches!(outcome, Outcome::NotSent(NotSent::NotConnected)), "{outcome:?}");
    assert!(pool.get().is_none() && !pool.is_up());
    // One that waits has its deadline, or luck.
    let started = Instant::now();
    let outcome = pool.request(purchase(1)).timeout(2 * SECOND).wait_until_ready(true).await;
    assert_eq!((ended(outcome), started.elapsed().as_secs()), ("not sent: not connected".to_owned(), 2));
    let waiting = {
        let pool = pool.clone();
        tokio::spawn(async move { ended(pool.request(purchase(2)).timeout(60 * SECOND).wait_until_ready(true).await) })
    };
    settle().await;
    net.set_down(false);
    net.peer().await.approve("0200 2").await;
    assert_eq!(waiting.await.unwrap(), "00");
    // Closing ends those that wait.
    net.set_down(true);
    let gone = async { pool.members()[0].changes().until(|status| status.state == State::Backoff).await };
    timeout(10 * SECOND, gone).await.unwrap();
    let waiting = {
        let pool = pool.clone();
        tokio::spawn(async move { ended(pool.request(purchase(3)).timeout(60 * SECOND).wait_until_ready(true).await) })
    };
    settle().await;
    pool.close().await;
    assert_eq!(waiting.await.unwrap(), "not sent: the mux is closing");
    assert!(matches!(pool.request(purchase(4)).await, Outcome::NotSent(NotSent::Closing)));
}

#[tokio::test(start_paused = true)]
async fn closing_has_an_end_and_leaves_nothing_behind() {
    let before = tasks();
    let mut net = Net::new();
    // The same address four times; one peer is silent, one answers, one is gone, one never was.
    let members = (0..4).map(|_| net.dial(builder()).network(iso87()).build().unwrap());
    let starting = tokio::spawn(pool().members(members).min_connections(1).start());
    let mut peers = Vec::new();
    for _ in 0..4 {
        peers.push(net.peer().await);
    }
    peers[0].approve("0800 001").await;
    peers[1].approve("0800 001").await;
    let pool = starting.await.unwrap().unwrap();
    drop(peers.remove(2));
    let asked = {
        let pool = pool.clone();
        tokio::spawn(async move { ended(pool.request(purchase(1)).await) })
    };
    settle().await;
    let started = Instant::now();
    pool.close().await;
    // All at the same time: drain, sign-off, end.
    assert!(started.elapsed() <= 8 * SECOND, "{:?}", started.elapsed());
    assert_ne!(asked.await.unwrap(), "00");
    drop((pool, peers, net));
    only(before).await;
}

#[tokio::test(start_paused = true)]
async fn members_that_flap_all_the_time() {
    let (connectors, hosts, nets): (Vec<_>, Vec<_>, Vec<_>) = {
        let nets: Vec<Net> = (0..3).map(|_| Net::new()).collect();
        let connectors = nets.iter().map(|net| member(net, "m")).collect();
        (connectors, (0..3).map(|_| Host::default()).collect(), nets)
    };
    let served: Vec<_> = nets
        .into_iter()
        .zip(hosts.clone())
        .enumerate()
        .map(|(at, (mut net, host)): (usize, (Net, Host))| {
            tokio::spawn(async move {
                // Each is up for a while only.
                for round in 0.. {
                    let peer = net.peer().await;
                    let up = (100 + 37 * ((at as u32 + round) % 5)) * MS;
                    drop(timeout(up, host.one(peer)).await);
                }
            })
        })
        .collect();
    let pool = pool().members(connectors).min_connections(3).wait_until_ready(true).start().await.unwrap();
    let (mut approved, mut unknown) = (0, 0);
    for stan in 1..=2000 {
        match ended(pool.request(purchase(stan)).timeout(30 * SECOND).await).as_str() {
            "00" => approved += 1,
            "unknown" => unknown += 1,
            other => panic!("{stan}: {other}"),
        }
        sleep(3 * MS).await;
    }
    assert!(approved > 1900, "{approved} {unknown}");
    // Never twice: whatever a host has seen was asked for once.
    let seen: usize = hosts.iter().map(Host::seen).sum();
    assert!(seen <= 2000 && seen >= approved, "{seen}");
    served.iter().for_each(JoinHandle::abort);
    pool.close().await;
}
