//! A host restarts what has failed, by policy, and tells how its components are.

use crate::host_common;

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use host_common::{Issuer, Journal, MS, Manner, SECOND, Worker, eventually};
use isopace::connector::{Backoff, Connector};
use isopace::frame::{Framing, Header};
use isopace::host::{Component, Health, Host, Part, Restart};
use isopace::iso87a::DIALECT;
use isopace::link::Connect;

fn policy() -> Restart {
    Restart::on_failure().backoff(Backoff::new(20 * MS, 40 * MS)).down_for(Some(50 * MS))
}

async fn run(worker: Worker, policy: Restart) -> (Host, Arc<Worker>) {
    let host = Host::builder().watch_interval(5 * MS).shutdown_timeout(2 * SECOND).build();
    let worker = Arc::new(worker);
    host.register(Part::new(Arc::clone(&worker) as Arc<dyn Component>).restart(policy)).unwrap();
    host.start().await.unwrap();
    (host, worker)
}

#[tokio::test]
async fn what_ends_by_itself_or_stays_down_is_restarted() {
    let (host, worker) = run(Worker::new("a", &Journal::default()), policy()).await;
    for (times, health) in [(1, Health::Stopped), (2, Health::Down)] {
        worker.set(health);
        eventually("it is restarted", || host.readiness().ready && host.components()[0].restarts == times).await;
    }
    assert_eq!(worker.starts.load(Ordering::SeqCst), 3);
    host.stop().await.unwrap();
    // It is not restarted when the host has stopped it.
    tokio::time::sleep(200 * MS).await;
    assert_eq!(worker.starts.load(Ordering::SeqCst), 3);
}

#[tokio::test]
async fn restarts_are_bounded_and_the_host_goes_on_without() {
    let (host, worker) = run(Worker::new("a", &Journal::default()), policy().at_most(3, 60 * SECOND)).await;
    host.deploy(Worker::new("b", &Journal::default())).await.unwrap();
    *worker.start.lock().unwrap() = Manner::Fails;
    worker.set(Health::Stopped);
    eventually("it is given up", || worker.starts.load(Ordering::SeqCst) == 4).await;
    tokio::time::sleep(300 * MS).await;
    assert_eq!(worker.starts.load(Ordering::SeqCst), 4);
    let listed = &host.components()[0];
    assert_eq!(listed.restarts, 3);
    assert_eq!(listed.fault.as_ref().unwrap().to_string(), "no such device");
    assert_eq!(host.readiness().waiting_for, ["a".into()]);
    host.stop().await.unwrap();
}

#[tokio::test]
async fn never_is_never_and_panics_do_not_end_the_watch() {
    let (host, worker) = run(Worker::new("a", &Journal::default()), Restart::never()).await;
    worker.set(Health::Stopped);
    let panics = Worker::new("b", &Journal::default());
    host.deploy(Part::from(panics).restart(policy())).await.unwrap();
    tokio::time::sleep(100 * MS).await;
    assert_eq!(worker.starts.load(Ordering::SeqCst), 1);
    host.stop().await.unwrap();
}

/// D23: what heals itself is not touched while it does so.
#[tokio::test]
async fn a_connector_without_a_peer_is_left_to_its_own_attempts() {
    let issuer = Issuer::start(Duration::ZERO).await;
    let connect = Connect::to(issuer.address.clone(), Framing::new(Header::Binary2));
    let backoff = Backoff::new(20 * MS, 40 * MS);
    let connector = Connector::builder(&DIALECT).name("isw").dial(connect).backoff(backoff).build().unwrap();
    let host = Host::builder().watch_interval(5 * MS).restart(policy()).build();
    host.register(connector.clone()).unwrap();
    host.start().await.unwrap();
    assert!(host.ready_within(30 * SECOND).await.ready);
    // D20: stopped and started with its host, as often as wished.
    host.stop().await.unwrap();
    host.start().await.unwrap();
    assert!(host.ready_within(30 * SECOND).await.ready);

    let address = issuer.address.clone();
    issuer.connector.stop().await;
    drop(issuer);
    eventually("it is down", || host.components()[0].status.health == Health::Down).await;
    tokio::time::sleep(300 * MS).await;
    assert_eq!((host.components()[0].restarts, host.readiness().ready), (0, false));
    assert!(connector.status().attempts > 2, "{:?}", connector.status());
    let issuer = Issuer::at(&address, Duration::ZERO).await;
    assert!(host.ready_within(30 * SECOND).await.ready);
    assert_eq!(host.components()[0].restarts, 0);

    // One that has ended is another matter.
    connector.abort();
    eventually("it is restarted", || host.components()[0].restarts == 1 && host.readiness().ready).await;
    host.stop().await.unwrap();
    issuer.connector.stop().await;
}

#[tokio::test]
async fn what_is_optional_is_not_waited_for() {
    let (host, worker) = run(Worker::new("a", &Journal::default()), Restart::never()).await;
    host.deploy(Part::from(Worker::new("b", &Journal::default())).optional()).await.unwrap();
    assert!(host.readiness().ready);
    worker.set(Health::Degraded);
    assert!(host.readiness().ready);
    worker.set(Health::Down);
    assert_eq!(host.ready_within(50 * MS).await.waiting_for, ["a".into()]);
    host.undeploy("a").await.unwrap();
    assert!(host.readiness().ready);
    host.stop().await.unwrap();
}
