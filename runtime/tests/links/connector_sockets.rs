//! Over real sockets: who dials, who accepts, and what goes wrong between them.

use crate::connector_common;

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use connector_common::*;
use isopace::connector::{Backoff, Builder, Connector, Failure, NetworkManagement, SecondLink, State};
use isopace::iso87a::DIALECT;
use isopace::link::{Connect, Link, Listen, Listener, Settings};
use isopace::mux::{Inbound, Lost, Mux, Unserved, Wire};
use tokio::time::{sleep, timeout};

async fn listen() -> (Listener, String) {
    let listener = Listen::new(FRAMING).bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_address().to_string();
    (listener, address)
}

fn dial(address: &str) -> Builder<Unserved> {
    builder().dial(Connect::to(address, FRAMING)).backoff(Backoff::new(5 * MS, 50 * MS))
}

async fn accept(listener: &Listener) -> Peer {
    Peer { link: listener.accept().await.open().await.unwrap() }
}

async fn approve(inbound: Inbound) {
    drop(inbound.replier.reply(Wire(&answer(&inbound.message, "00"))).await);
}

#[tokio::test]
async fn both_ends_are_connectors_and_both_may_ask() {
    let before = tasks();
    let (listener, address) = listen().await;
    let host = builder().accept(listener).serve(approve).start().unwrap();
    let client = dial(&address).network(iso87()).serve(approve).start().unwrap();
    assert!(client.ready().await && host.ready().await);
    for stan in 1..=100 {
        let (request, echo) = (purchase(stan), network(stan, "301"));
        let (ours, theirs) = tokio::join!(client.request(&request), host.request(&echo));
        assert_eq!((ended(ours), ended(theirs)), ("00".to_owned(), "00".to_owned()));
    }
    assert!(host.status().peer.is_some());
    client.stop().await;
    state(&host, State::Connecting).await;
    assert!(matches!(host.status().failure, Some(Failure::Lost(Lost::PeerClosed))));
    // Sign-on and sign-off.
    assert_eq!(host.stats().answered, 2);
    client.start().unwrap();
    assert!(client.ready().await && host.ready().await);
    host.stop().await;
    client.stop().await;
    drop((client, host));
    only(before).await;
}

#[tokio::test]
async fn a_peer_that_is_killed() {
    let (listener, address) = listen().await;
    let client = dial(&address).network(iso87()).start().unwrap();
    let mut peer = accept(&listener).await;
    peer.approve("0800 001").await;
    assert!(client.ready().await);
    let asked = ask(&client, 1);
    peer.receive().await;
    drop((peer, listener));
    assert_eq!(asked.await.unwrap(), "unknown");
    let refused = async { client.changes().until(|status| status.attempts > 2).await };
    let status = timeout(10 * SECOND, refused).await.unwrap().unwrap();
    assert!(matches!(status.failure, Some(Failure::Connect(isopace::link::Error::Connect { .. }))), "{status:?}");
    // Back at the same address.
    let listener = Listen::new(FRAMING).bind(&address).await.unwrap();
    let mut peer = accept(&listener).await;
    peer.approve("0800 001").await;
    assert!(client.ready().await);
    client.abort();
}

#[tokio::test]
async fn a_peer_that_stops_reading() {
    let before = tasks();
    let (listener, address) = listen().await;
    let settings = Settings::new(FRAMING).write_deadline(SECOND);
    let builder = builder().dial(Connect::to(&address, settings)).network(NetworkManagement::new());
    let client = builder.mux(|mux| mux.max_in_flight(100_000).max_buffered(16 << 20)).timeout(SECOND).start().unwrap();
    let peer = accept(&listener).await;
    assert!(client.ready().await);
    // More than all buffers on the way hold.
    let asked: Vec<_> = (1..=60_000).map(|stan| ask(&client, stan)).collect();
    let started = Instant::now();
    for asked in asked {
        let ended = asked.await.unwrap();
        assert!(ended == "timed-out" || ended == "unknown" || ended.starts_with("not sent"), "{ended}");
    }
    assert!(started.elapsed() < 20 * SECOND, "{:?}", started.elapsed());
    let stopping = Instant::now();
    timeout(10 * SECOND, client.stop()).await.unwrap();
    assert!(stopping.elapsed() < 8 * SECOND);
    drop((client, peer, listener));
    only(before).await;
}

#[tokio::test]
async fn a_peer_that_is_gone_without_a_word() {
    let (listener, address) = listen().await;
    let network = iso87().echo_when_idle(200 * MS).echo_timeout(300 * MS);
    let client = dial(&address).network(network).start().unwrap();
    let mut peer = accept(&listener).await;
    peer.approve("0800 001").await;
    assert!(client.ready().await);
    // Its system takes what is sent; nobody answers.
    let started = Instant::now();
    let lost = async { client.changes().until(|status| !status.is_ready()).await };
    timeout(10 * SECOND, lost).await.unwrap();
    let took = started.elapsed();
    assert!(took >= 400 * MS && took < 3 * SECOND, "{took:?}");
    assert!(matches!(client.status().failure, Some(Failure::Echo(_))));
    let mut again = accept(&listener).await;
    again.approve("0800 001").await;
    assert!(client.ready().await);
    client.abort();
    drop(peer);
}

#[tokio::test]
async fn a_peer_that_does_not_let_us_in() {
    let (listener, address) = listen().await;
    let client = dial(&address).network(iso87().sign_on_timeout(200 * MS)).start().unwrap();
    // Refused, answered by another type, closed, answered too late, and at last let in.
    for round in 0..5 {
        let mut peer = accept(&listener).await;
        let sign_on = peer.receive().await;
        match round {
            0 => peer.send(&answer(&sign_on, "05")).await,
            1 => peer.send(&sign_on.edit().mti("0210").set(39, "00").finish().unwrap()).await,
            2 => continue,
            3 => {
                sleep(400 * MS).await;
                drop(peer.link.send(&answer(&sign_on, "00")).await);
            }
            _ => {
                peer.send(&answer(&sign_on, "00")).await;
                assert!(client.ready().await);
                client.abort();
                return;
            }
        }
        assert!(peer.next().await.is_none(), "{round}");
        assert!(!client.status().is_ready(), "{round}");
    }
}

#[tokio::test]
async fn accepts_that_flap_twenty_times() {
    let (listener, address) = listen().await;
    let client = dial(&address).network(iso87().no_sign_off()).start().unwrap();
    for round in 1..=20 {
        // Some are dropped at once, some in the middle of the sign-on.
        for early in [true, false] {
            let mut peer = accept(&listener).await;
            if !early {
                peer.receive().await;
            }
        }
        let mut peer = accept(&listener).await;
        peer.approve("0800 001").await;
        assert!(timeout(10 * SECOND, client.ready()).await.unwrap(), "{round}");
        let asked = ask(&client, round);
        peer.approve(&format!("0200 {round}")).await;
        assert_eq!(asked.await.unwrap(), "00");
    }
    assert_eq!(client.status().times_ready, 20);
    client.stop().await;
}

#[tokio::test]
async fn a_second_link_of_the_peer() {
    for second in [SecondLink::Replaces, SecondLink::Refused] {
        let (listener, address) = listen().await;
        let network = NetworkManagement::new().echo("301").echo_timeout(300 * MS);
        let host = builder().accept(listener).network(network).second_link(second).start().unwrap();
        let connect = Connect::to(&address, FRAMING);
        let mut first = Peer { link: connect.open().await.unwrap() };
        assert!(host.ready().await);
        let mut other = Peer { link: connect.open().await.unwrap() };
        match second {
            SecondLink::Replaces => {
                assert!(first.next().await.is_none());
                assert!(host.ready().await);
                let asked = ask(&host, 1);
                other.approve("0200 1").await;
                assert_eq!(asked.await.unwrap(), "00");
                assert_eq!(host.stats().replaced, 1);
            }
            _ => {
                // The first one lives, and says so.
                assert!(other.next().await.is_none());
                first.approve("0800 301").await;
                let asked = ask(&host, 1);
                first.approve("0200 1").await;
                assert_eq!(asked.await.unwrap(), "00");
                // Then it does not: the next attempt finds a dead one, the one after that gets in.
                let mut third = Peer { link: connect.open().await.unwrap() };
                assert!(third.next().await.is_none());
                state(&host, State::Connecting).await;
                let mut fourth = Peer { link: connect.open().await.unwrap() };
                state(&host, State::Ready).await;
                let asked = ask(&host, 2);
                fourth.approve("0200 2").await;
                assert_eq!(asked.await.unwrap(), "00");
                assert_eq!(host.stats().seconds_refused, 2);
            }
        }
        host.abort();
        host.stopped().await;
    }
}

/// One listener, several peers told apart elsewhere.
#[tokio::test]
async fn links_that_are_offered() {
    let (listener, address) = listen().await;
    let hosts: Vec<Connector> = (0..3).map(|_| builder().accept_offered().start().unwrap()).collect();
    let clients: Vec<Connector> = (0..3).map(|_| dial(&address).network(iso87()).start().unwrap()).collect();
    for host in &hosts {
        let link = listener.accept().await.open().await.unwrap();
        host.offer(link).unwrap();
        assert!(timeout(10 * SECOND, host.ready()).await.unwrap());
    }
    for (stan, client) in (1..).zip(&clients) {
        assert!(client.ready().await);
        assert_eq!(ended(client.request(network(stan, "301")).await), "00");
    }
    for host in &hosts {
        host.stop().await;
        let (ours, _theirs) = tokio::io::duplex(64);
        assert!(host.offer(Link::new(ours, FRAMING)).is_err(), "it does not run");
    }
    for client in clients {
        client.abort();
        let (ours, _theirs) = tokio::io::duplex(64);
        assert!(client.offer(Link::new(ours, FRAMING)).is_err(), "it dials");
    }
}

#[tokio::test]
async fn a_host_that_sends_first() {
    let (listener, address) = listen().await;
    let host = builder().accept(listener).network(iso87().sign_on("001")).start().unwrap();
    let client = dial(&address).network(NetworkManagement::new().await_sign_on(["001"], 5 * SECOND)).start().unwrap();
    assert!(client.ready().await && host.ready().await);
    assert_eq!(ended(host.request(network(1, "301")).await), "00");
    host.stop().await;
    client.stop().await;
}

/// A thousand clients come, ask, and go, in order or not; nothing is left of them.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_clients() {
    let before = tasks();
    let (listener, address) = listen().await;
    let served = Arc::new(AtomicUsize::new(0));
    let host = {
        let served = Arc::clone(&served);
        tokio::spawn(async move {
            let mut muxes = tokio::task::JoinSet::new();
            loop {
                let accepted = listener.accept().await;
                let served = Arc::clone(&served);
                muxes.spawn(async move {
                    let Ok(link) = accepted.open().await else { return };
                    let service = move |inbound: Inbound| {
                        served.fetch_add(1, Ordering::SeqCst);
                        approve(inbound)
                    };
                    let (_mux, driver) = Mux::builder(&DIALECT).serve(service).start(link).unwrap();
                    driver.await;
                });
                while muxes.try_join_next().is_some() {}
            }
        })
    };
    let gate = Arc::new(tokio::sync::Semaphore::new(100));
    let clients: Vec<_> = (1..=1000u32)
        .map(|number| {
            let (address, gate) = (address.clone(), Arc::clone(&gate));
            tokio::spawn(async move {
                let _permit = gate.acquire().await.unwrap();
                let client = dial(&address).network(iso87()).start().unwrap();
                assert!(client.ready().await);
                for stan in 1..=3 {
                    assert_eq!(ended(client.request(purchase(stan)).await), "00");
                }
                match number % 3 {
                    0 => client.stop().await,
                    1 => client.abort(),
                    _ => {}
                }
                drop(client);
            })
        })
        .collect();
    for client in clients {
        client.await.unwrap();
    }
    // Sign-on and three purchases each; sign-offs of those that stop in order.
    assert!(served.load(Ordering::SeqCst) >= 4000 + 333);
    host.abort();
    drop(host.await);
    only(before).await;
}

#[tokio::test]
async fn strangers_do_not_keep_the_peer_out() {
    let (listener, address) = listen().await;
    let host = builder().accept(listener).network(iso87().sign_on("001")).start().unwrap();
    // They connect and say nothing.
    let mut strangers = Vec::new();
    for _ in 0..20 {
        strangers.push(tokio::net::TcpStream::connect(&address).await.unwrap());
    }
    let mut peer = Peer { link: Connect::to(&address, FRAMING).open().await.unwrap() };
    peer.approve("0800 001").await;
    assert!(host.ready().await);
    let stats = host.stats();
    assert!(stats.replaced + stats.sign_on_failures >= 1 && stats.ready == 1, "{stats:?}");
    host.abort();
}

#[tokio::test]
async fn peers_are_named() {
    let (listener, address) = listen().await;
    let client = dial(&address).name("upstream").start().unwrap();
    let _peer = accept(&listener).await;
    assert!(client.ready().await);
    let peer: SocketAddr = client.status().peer.unwrap();
    assert_eq!((peer.to_string(), client.name()), (address, "upstream"));
    assert_eq!(client.dialect().name(), "iso87-a");
    client.stop().await;
    assert_eq!(client.status().peer, None);
}
