//! Several connectors as one: who gets what, and what becomes of it when members come and go.
#![cfg(feature = "net")]

mod connector_common;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use connector_common::*;
use isopace::connector::{Connector, NetworkManagement, State};
use isopace::mux::{NotSent, Outcome};
use isopace::pool::{Builder, Level, Pool, StartError, Strategy};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, timeout};

/// A host that approves at once, or after a while; what it has seen.
#[derive(Clone, Default)]
struct Host {
    seen: Arc<AtomicUsize>,
    late: Arc<AtomicUsize>,
}

impl Host {
    fn seen(&self) -> usize {
        self.seen.load(Ordering::SeqCst)
    }

    /// Serves every link of a net.
    fn serve(&self, mut net: Net) -> JoinHandle<()> {
        let host = self.clone();
        tokio::spawn(async move {
            loop {
                let peer = net.peer().await;
                host.one(peer).await;
            }
        })
    }

    async fn one(&self, mut peer: Peer) {
        while let Some(message) = peer.next().await {
            if message.mti() == "0200" {
                self.seen.fetch_add(1, Ordering::SeqCst);
                let late = self.late.load(Ordering::SeqCst) as u32;
                if late > 0 {
                    sleep(late * MS).await;
                }
            }
            if peer.link.send(&answer(&message, "00")).await.is_err() {
                return;
            }
        }
    }
}

fn member(net: &Net, name: &str) -> Connector {
    net.dial(builder()).name(name).network(NetworkManagement::new()).build().unwrap()
}

/// So many members, each with a host of its own.
fn members(count: usize) -> (Vec<Connector>, Vec<Host>, Vec<JoinHandle<()>>) {
    let (mut connectors, mut hosts, mut tasks) = (Vec::new(), Vec::new(), Vec::new());
    for at in 0..count {
        let (net, host) = (Net::new(), Host::default());
        connectors.push(member(&net, &at.to_string()));
        tasks.push(host.serve(net));
        hosts.push(host);
    }
    (connectors, hosts, tasks)
}

async fn ask(pool: &Pool, stans: std::ops::RangeInclusive<u32>) -> BTreeMap<String, usize> {
    let asked: Vec<_> = stans
        .map(|stan| {
            let pool = pool.clone();
            tokio::spawn(async move { ended(pool.request(purchase(stan)).await) })
        })
        .collect();
    let mut ended = BTreeMap::new();
    for asked in asked {
        *ended.entry(asked.await.unwrap()).or_default() += 1;
    }
    ended
}

fn all(count: usize) -> BTreeMap<String, usize> {
    BTreeMap::from([("00".to_owned(), count)])
}

fn pool() -> Builder {
    Pool::builder().timeout(5 * SECOND).connect_timeout(10 * SECOND)
}

#[tokio::test(start_paused = true)]
async fn each_gets_its_share_and_that_of_a_dead_one_is_spread() {
    for strategy in [Strategy::LeastInFlight, Strategy::RoundRobin] {
        let (connectors, hosts, _tasks) = members(4);
        let builder = pool().members(connectors).strategy(strategy).min_connections(4);
        let pool = builder.start().await.unwrap();
        assert_eq!(ask(&pool, 1..=400).await, all(400));
        assert_eq!(hosts.iter().map(Host::seen).collect::<Vec<_>>(), [100; 4], "{strategy:?}");
        pool.members()[1].stop().await;
        assert_eq!(ask(&pool, 401..=700).await, all(300));
        // Not all of it to its neighbour.
        assert_eq!(hosts.iter().map(Host::seen).collect::<Vec<_>>(), [200, 100, 200, 200], "{strategy:?}");
        assert_eq!(pool.in_flight(), [0; 4]);
        pool.close().await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_slow_member_gets_less() {
    let (connectors, hosts, _tasks) = members(2);
    hosts[0].late.store(100, Ordering::SeqCst);
    let pool = pool().members(connectors).min_connections(2).start().await.unwrap();
    // Ten at a time.
    let workers: Vec<_> = (0..10)
        .map(|worker| {
            let pool = pool.clone();
            tokio::spawn(async move {
                for stan in 1..=20 {
                    sleep(5 * MS).await;
                    assert_eq!(ended(pool.request(purchase(worker * 100 + stan)).await), "00");
                }
            })
        })
        .collect();
    for worker in workers {
        worker.await.unwrap();
    }
    assert_eq!(hosts[0].seen() + hosts[1].seen(), 200);
    assert!(hosts[0].seen() * 3 < hosts[1].seen(), "{} {}", hosts[0].seen(), hosts[1].seen());
}

#[tokio::test(start_paused = true)]
async fn backups_are_for_when_the_primary_is_gone() {
    let (connectors, hosts, _tasks) = members(3);
    let builder = pool().members(connectors).strategy(Strategy::Primary).min_connections(3);
    let pool = builder.start().await.unwrap();
    let seen = || hosts.iter().map(Host::seen).collect::<Vec<_>>();
    assert_eq!(ask(&pool, 1..=10).await, all(10));
    assert_eq!(seen(), [10, 0, 0]);
    pool.members()[0].stop().await;
    assert_eq!(ask(&pool, 11..=20).await, all(10));
    pool.members()[1].stop().await;
    assert_eq!(ask(&pool, 21..=30).await, all(10));
    pool.members()[0].start().unwrap();
    assert!(pool.members()[0].ready().await);
    assert_eq!(ask(&pool, 31..=40).await, all(10));
    assert_eq!(seen(), [20, 10, 10]);
}

#[tokio::test(start_paused = true)]
async fn what_was_not_sent_goes_to_the_next_and_what_may_have_been_never_does() {
    let (mut first, mut second) = (Net::new(), Net::new());
    // One place only on each mux: of two requests one waits to be sent.
    let one = |net: &Net, name: &str| {
        let builder = net.dial(builder()).name(name).network(NetworkManagement::new());
        builder.mux(|mux| mux.max_in_flight(1)).build().unwrap()
    };
    let members = [one(&first, "first"), one(&second, "second")];
    let builder = pool().members(members).strategy(Strategy::Primary).min_connections(2);
    let pool = builder.start().await.unwrap();
    let (mut peer, mut other) = (first.peer().await, second.peer().await);
    let asked = |stan| {
        let pool = pool.clone();
        tokio::spawn(async move { ended(pool.request(purchase(stan)).await) })
    };
    let sent = asked(1);
    assert_eq!(brief(&peer.receive().await), "0200 1");
    let waiting = asked(2);
    settle().await;
    assert_eq!(pool.in_flight(), [2, 0]);
    drop(peer);
    assert_eq!(sent.await.unwrap(), "unknown");
    other.approve("0200 2").await;
    assert_eq!(waiting.await.unwrap(), "00");
    // The other one has seen nothing of the first.
    drop(pool);
    assert!(other.next().await.is_none());
}

#[tokio::test(start_paused = true)]
async fn errors_of_the_request_itself_are_not_tried_elsewhere() {
    let (connectors, hosts, _tasks) = members(2);
    hosts[0].late.store(1000, Ordering::SeqCst);
    hosts[1].late.store(1000, Ordering::SeqCst);
    let builder = pool().members(connectors).strategy(Strategy::Primary).min_connections(2);
    let pool = builder.start().await.unwrap();
    let first = {
        let pool = pool.clone();
        tokio::spawn(async move { ended(pool.request(purchase(1)).await) })
    };
    settle().await;
    let second = pool.request(purchase(1)).await;
    assert!(matches!(second, Outcome::NotSent(NotSent::DuplicateKey)), "{second:?}");
    assert_eq!(first.await.unwrap(), "00");
    assert_eq!((hosts[0].seen(), hosts[1].seen()), (1, 0));
    let answer = pool.request(isopace::mux::Wire(b"rubbish")).await;
    assert!(matches!(answer, Outcome::NotSent(NotSent::Invalid(_))), "{answer:?}");
}

#[tokio::test(start_paused = true)]
async fn no_more_in_flight_on_a_member_than_it_may_have() {
    let (mut net, mut other) = (Net::new(), Net::new());
    let members = [member(&net, "0"), member(&other, "1")];
    let pool = pool().members(members).min_connections(2).max_in_flight(3).start().await.unwrap();
    let (mut peer, mut another) = (net.peer().await, other.peer().await);
    let asked: Vec<_> = (1..=10)
        .map(|stan| {
            let pool = pool.clone();
            tokio::spawn(async move { ended(pool.request(purchase(stan)).timeout(4 * SECOND).await) })
        })
        .collect();
    settle().await;
    assert_eq!(pool.in_flight(), [3, 3]);
    let mut requests = vec![peer.receive().await];
    for _ in 0..2 {
        requests.push(peer.receive().await);
    }
    assert!(timeout(SECOND, peer.receive()).await.is_err());
    // A place that becomes free is taken at once.
    peer.send(&answer(&requests[0], "00")).await;
    peer.receive().await;
    assert_eq!(pool.in_flight(), [3, 3]);
    for _ in 0..3 {
        another.receive().await;
    }
    let mut counts = BTreeMap::<String, usize>::new();
    for asked in asked {
        *counts.entry(asked.await.unwrap()).or_default() += 1;
    }
    let deadline = "not sent: its deadline passed before it could be sent".to_owned();
    assert_eq!(counts, BTreeMap::from([("00".to_owned(), 1), ("timed-out".to_owned(), 6), (deadline, 3)]));
    assert_eq!(pool.in_flight(), [0, 0]);
}

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
async fn members_can_be_left_out_by_a_filter() {
    let (connectors, hosts, _tasks) = members(3);
    let offline = Arc::new(AtomicBool::new(false));
    let filter = {
        let offline = Arc::clone(&offline);
        move |connector: &Connector| connector.name() != "1" || !offline.load(Ordering::SeqCst)
    };
    let pool = pool().members(connectors).min_connections(3).filter(filter).start().await.unwrap();
    assert!(!pool.is_degraded());
    offline.store(true, Ordering::SeqCst);
    assert!(pool.is_degraded() && pool.is_up());
    assert_eq!((pool.ready().len(), pool.members().len()), (2, 3));
    assert_eq!(ask(&pool, 1..=100).await, all(100));
    assert_eq!(hosts.iter().map(Host::seen).collect::<Vec<_>>(), [50, 0, 50]);
    assert_ne!(pool.get().unwrap().name(), "1");
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
