//! Network management of the peer: what it is answered, and what goes to the service.

use crate::connector_common;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use connector_common::*;
use isopace::connector::{Failure, NetworkManagement, Reply, State};
use isopace::mux::{Inbound, Wire};
use tokio::time::{Instant, sleep};

#[tokio::test(start_paused = true)]
async fn the_peer_is_answered_in_every_state() {
    let (connector, mut net) = start(iso87());
    let mut peer = net.peer().await;
    let sign_on = peer.receive().await;
    // Both sign on at the same time, with the same number.
    let stan = sign_on.get(11).unwrap().unwrap();
    peer.send(network(stan, "001").as_bytes()).await;
    let answered = peer.receive().await;
    assert_eq!(brief(&answered), "0810 001");
    assert_eq!([7, 11, 39].map(|number| text(&answered, number)), ["1120072155", "000001", "00"]);
    answered.validate().unwrap();
    peer.send(&answer(&sign_on, "00")).await;
    assert!(connector.ready().await);
    peer.send(network(2, "301").as_bytes()).await;
    assert_eq!(brief(&peer.receive().await), "0810 301");
    assert_eq!(connector.stats().answered, 2);
    // And while it stops, with a request in flight.
    let asked = ask(&connector, 3);
    let request = peer.receive().await;
    let stopping = {
        let connector = connector.clone();
        tokio::spawn(async move { connector.stop().await })
    };
    state(&connector, State::Draining).await;
    peer.send(network(3, "301").as_bytes()).await;
    assert_eq!(brief(&peer.receive().await), "0810 301");
    peer.send(&answer(&request, "00")).await;
    assert_eq!(asked.await.unwrap(), "00");
    peer.approve("0800 002").await;
    drop(peer);
    stopping.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn what_is_not_for_us_goes_to_the_service() {
    let served = Arc::new(AtomicUsize::new(0));
    let service = {
        let served = Arc::clone(&served);
        move |inbound: Inbound| {
            served.fetch_add(1, Ordering::SeqCst);
            async move { inbound.replier.reply(Wire(&answer(&inbound.message, "12"))).await.unwrap() }
        }
    };
    for (judged, expected) in [(false, ["00", "12", "12"]), (true, ["12", "91", "12"])] {
        let mut network_management = NetworkManagement::new();
        if judged {
            network_management = network_management.judge(|message| match text(message, 70).as_str() {
                "161" => Reply::Refuse("91".to_owned()),
                _ => Reply::Serve,
            });
        }
        let mut net = Net::new();
        let connector = net.dial(builder()).network(network_management).serve(service.clone()).start().unwrap();
        assert!(connector.ready().await);
        let mut peer = net.peer().await;
        let mut codes = Vec::new();
        for message in [network(1, "301"), network(2, "161"), purchase(3)] {
            peer.send(message.as_bytes()).await;
            codes.push(text(&peer.receive().await, 39));
        }
        assert_eq!(codes, expected, "{judged}");
    }
    assert_eq!(served.load(Ordering::SeqCst), 4);
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_has_to_sign_on_first() {
    let network_management = NetworkManagement::new().await_sign_on(["001"], 10 * SECOND);
    let (connector, mut net) = start(network_management);
    let mut peer = net.peer().await;
    sleep(5 * SECOND).await;
    assert_eq!(connector.status().state, State::SigningOn);
    // An echo test is answered and is no sign-on.
    peer.send(network(1, "301").as_bytes()).await;
    assert_eq!(brief(&peer.receive().await), "0810 301");
    settle().await;
    assert_eq!(connector.status().state, State::SigningOn);
    peer.send(network(2, "001").as_bytes()).await;
    assert_eq!(brief(&peer.receive().await), "0810 001");
    assert!(connector.ready().await);
    // Signed off: nothing is sent until it is back.
    peer.send(network(3, "002").as_bytes()).await;
    assert_eq!(brief(&peer.receive().await), "0810 002");
    state(&connector, State::SigningOn).await;
    assert_eq!(ended(connector.request(purchase(1)).await), "not sent: not connected");
    peer.send(network(4, "001").as_bytes()).await;
    peer.receive().await;
    assert!(connector.ready().await);
    drop(peer);
    // The next link begins anew, and has its time.
    let mut peer = net.peer().await;
    let started = Instant::now();
    state(&connector, State::Backoff).await;
    assert_eq!(started.elapsed(), 10 * SECOND);
    assert!(matches!(connector.status().failure, Some(Failure::PeerSignOn { .. })));
    assert!(peer.next().await.is_none());
}
