//! Several connectors as one: which member gets a request.

use crate::connector_common;
use crate::pool_common;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use connector_common::*;
use isopace::connector::{Connector, NetworkManagement};
use isopace::mux::{NotSent, Outcome};
use isopace::pool::Strategy;
use pool_common::*;
use tokio::time::{sleep, timeout};

#[tokio::test(start_paused = true)]
async fn each_gets_its_share_and_that_of_a_dead_one_is_spread() {
    for strategy in [Strategy::LeastInFlight, Strategy::RoundRobin] {
        let (connectors, hosts, _tasks) = members(4);
        let builder = pool().members(connectors).strategy(strategy).min_connections(4);
        let pool = builder.start().await.unwrap();
        assert_eq!(ask_all(&pool, 1..=400).await, all(400));
        assert_eq!(hosts.iter().map(Host::seen).collect::<Vec<_>>(), [100; 4], "{strategy:?}");
        pool.members()[1].stop().await;
        assert_eq!(ask_all(&pool, 401..=700).await, all(300));
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
    assert_eq!(ask_all(&pool, 1..=10).await, all(10));
    assert_eq!(seen(), [10, 0, 0]);
    pool.members()[0].stop().await;
    assert_eq!(ask_all(&pool, 11..=20).await, all(10));
    pool.members()[1].stop().await;
    assert_eq!(ask_all(&pool, 21..=30).await, all(10));
    pool.members()[0].start().unwrap();
    assert!(pool.members()[0].ready().await);
    assert_eq!(ask_all(&pool, 31..=40).await, all(10));
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
    assert_eq!(ask_all(&pool, 1..=100).await, all(100));
    assert_eq!(hosts.iter().map(Host::seen).collect::<Vec<_>>(), [50, 0, 50]);
    assert_ne!(pool.get().unwrap().name(), "1");
}
