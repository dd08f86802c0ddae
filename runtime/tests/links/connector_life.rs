//! From the start on: lost, found again, waited for, and what is owed meanwhile.

use crate::connector_common;

use std::time::Duration;

use connector_common::*;
use isopace::connector::{Backoff, Connector, Failure, NetworkManagement, State};
use isopace::link::Error;
use isopace::mux::{Inbound, Lost, NotSent, SendError, Wire};
use tokio::time::{Instant, sleep};

#[tokio::test(start_paused = true)]
async fn lost_and_found() {
    let (connector, mut net) = start(NetworkManagement::new());
    assert!(connector.ready().await);
    let mut peer = net.peer().await;
    let asked = ask(&connector, 1);
    peer.receive().await;
    drop(peer);
    // Written: nobody knows what the peer has done with it.
    assert_eq!(asked.await.unwrap(), "unknown");
    state(&connector, State::Backoff).await;
    assert!(matches!(connector.status().failure, Some(Failure::Lost(Lost::PeerClosed))));
    let sent = connector.send(purchase(2)).await;
    assert!(matches!(sent, Err(SendError::NotSent(NotSent::NotConnected))), "{sent:?}");
    let mut peer = net.peer().await;
    assert!(connector.ready().await);
    let asked = ask(&connector, 3);
    peer.approve("0200 3").await;
    assert_eq!(asked.await.unwrap(), "00");
    connector.send(purchase(4)).await.unwrap();
    assert_eq!(brief(&peer.receive().await), "0200 4");
    let (status, stats) = (connector.status(), connector.stats());
    assert_eq!((status.times_ready, stats.ready, stats.losses, stats.connected), (2, 2, 1, 2));
    // Counted over both links.
    assert_eq!((stats.links.requests, stats.links.unknown, stats.links.sends), (2, 1, 1));
}

#[tokio::test(start_paused = true)]
async fn waits_grow_and_begin_anew_after_a_link_that_was_up_for_long() {
    let mut net = Net::new();
    net.set_down(true);
    let backoff = Backoff::new(100 * MS, 800 * MS).jitter(false).steady(10 * SECOND);
    let connector = net.dial(builder()).network(NetworkManagement::new()).backoff(backoff).start().unwrap();
    let mut changes = connector.changes();
    let mut waits = Vec::new();
    while waits.len() < 6 {
        let status = changes.next().await.unwrap();
        if let Some(next) = status.next_attempt.filter(|_| status.state == State::Backoff) {
            waits.push((next - Instant::now()).as_millis());
            assert_eq!(status.attempts as usize, waits.len());
            assert!(matches!(status.failure, Some(Failure::Connect(Error::Closed))));
        }
    }
    assert_eq!(waits, [100, 200, 400, 800, 800, 800]);
    net.set_down(false);
    for (up, wait) in [(9 * SECOND, 800), (10 * SECOND, 100), (SECOND, 200)] {
        assert!(connector.ready().await);
        let peer = net.peer().await;
        sleep(up).await;
        drop(peer);
        state(&connector, State::Backoff).await;
        assert_eq!((connector.status().next_attempt.unwrap() - Instant::now()).as_millis(), wait);
    }
}

#[tokio::test(start_paused = true)]
async fn requests_that_wait_for_the_link() {
    let mut net = Net::new();
    net.set_down(true);
    let connector = net.dial(builder()).network(iso87()).start().unwrap();
    state(&connector, State::Backoff).await;
    let wait = |stan, patience| {
        let connector = connector.clone();
        tokio::spawn(async move {
            let started = Instant::now();
            let request = connector.request(purchase(stan)).timeout(patience).wait_until_ready(true);
            (ended(request.await), started.elapsed().as_secs())
        })
    };
    let (patient, impatient) = (wait(1, 30 * SECOND), wait(2, 5 * SECOND));
    assert_eq!(impatient.await.unwrap(), ("not sent: not connected".to_owned(), 5));
    net.set_down(false);
    let mut peer = net.peer().await;
    peer.approve("0800 001").await;
    peer.approve("0200 1").await;
    assert_eq!(patient.await.unwrap().0, "00");
    // Sent: from here on it is not sent again, whatever becomes of the link.
    let sent = wait(3, 30 * SECOND);
    assert_eq!(brief(&peer.receive().await), "0200 3");
    drop(peer);
    assert_eq!(sent.await.unwrap().0, "unknown");
    // One that waits does not outlast the connector.
    net.set_down(true);
    state(&connector, State::Backoff).await;
    let waiting = wait(4, 30 * SECOND);
    settle().await;
    connector.stop().await;
    assert_eq!(waiting.await.unwrap(), ("not sent: not connected".to_owned(), 0));
}

#[tokio::test(start_paused = true)]
async fn what_was_not_sent_goes_over_the_next_link() {
    let mut net = Net::new();
    // The second waits for its place.
    let one = net.dial(builder()).mux(|mux| mux.max_in_flight(1));
    let connector = one.network(NetworkManagement::new()).wait_until_ready(true).start().unwrap();
    assert!(connector.ready().await);
    let peer = net.peer().await;
    let first = ask(&connector, 1);
    settle().await;
    let second = ask(&connector, 2);
    settle().await;
    drop(peer);
    assert_eq!(first.await.unwrap(), "unknown");
    let seen = net.peer().await.approving();
    assert_eq!(second.await.unwrap(), "00");
    connector.stop().await;
    assert_eq!(seen.await.unwrap(), ["0200 2"]);
}

#[tokio::test(start_paused = true)]
async fn alternates_are_tried_in_turn() {
    let (first, second) = (Net::new(), Net::new());
    let (mut first, mut second) = (first, second);
    first.set_down(true);
    let connector = second.dial(first.dial(builder())).network(iso87()).start().unwrap();
    // The first cannot be reached.
    let mut peer = second.peer().await;
    peer.approve("0800 001").await;
    assert!(connector.ready().await);
    first.set_down(false);
    drop(peer);
    // The first one again. It does not let us in: the second has its turn.
    let mut peer = first.peer().await;
    let sign_on = peer.receive().await;
    assert!(second.waiting().is_none());
    peer.send(&answer(&sign_on, "91")).await;
    let mut peer = second.peer().await;
    peer.approve("0800 001").await;
    assert!(connector.ready().await);
    assert!(first.waiting().is_none());
}

#[tokio::test(start_paused = true)]
async fn changes_are_seen() {
    let (connector, mut net) = start(iso87());
    let mut changes = connector.changes();
    let watching = tokio::spawn(async move {
        let mut states = vec![changes.now().state];
        while let Some(status) = changes.next().await {
            if states.last() != Some(&status.state) {
                states.push(status.state);
            }
            if status.state == State::Stopped {
                break;
            }
        }
        states
    });
    settle().await;
    let mut peer = net.peer().await;
    peer.approve("0800 001").await;
    state(&connector, State::Ready).await;
    settle().await;
    drop(peer);
    state(&connector, State::Backoff).await;
    settle().await;
    let peer = net.peer().await;
    state(&connector, State::SigningOn).await;
    settle().await;
    let approving = peer.approving();
    state(&connector, State::Ready).await;
    settle().await;
    connector.stop().await;
    use State::{Backoff, Connecting, Draining, Ready, SigningOn, Stopped};
    let states = watching.await.unwrap();
    let essential: Vec<_> = states.into_iter().filter(|state| *state != Connecting).collect();
    assert_eq!(essential, [SigningOn, Ready, Backoff, SigningOn, Ready, Draining, Stopped]);
    approving.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn not_started_is_not_connected() {
    let net = Net::new();
    let connector: Connector = net.dial(builder()).build().unwrap();
    assert!(!connector.ready().await);
    assert_eq!(ended(connector.request(purchase(1)).wait_until_ready(true).await), "not sent: not connected");
    assert!(connector.drain().await);
    connector.stop().await;
    connector.abort();
    assert_eq!(connector.stats().attempts, 0);
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_reads_again_after_a_while_gets_all_it_is_owed() {
    let mut net = Net::new();
    net.room = 256;
    let approve = |inbound: Inbound| async move {
        drop(inbound.replier.reply(Wire(&answer(&inbound.message, "00"))).await);
    };
    let builder = net.dial(builder()).network(NetworkManagement::new());
    let connector = builder.mux(|mux| mux.max_buffered(512).max_inbound(4)).serve(approve).start().unwrap();
    assert!(connector.ready().await);
    let (mut reader, mut writer) = net.peer().await.link.split();
    let sending = tokio::spawn(async move {
        for stan in 1..=200 {
            writer.push(None, purchase(stan).as_bytes()).unwrap();
            writer.flush().await.unwrap();
        }
        writer
    });
    // Nobody reads for a while: the answers wait, and so do the requests.
    sleep(3 * SECOND).await;
    assert!(!sending.is_finished());
    assert!(connector.stats().links.replies < 40, "{:?}", connector.stats().links);
    for stan in 1..=200 {
        let frame = reader.read().await.unwrap().unwrap();
        let answered = isopace::Message::parse(&isopace::iso87a::DIALECT, frame.body).unwrap();
        assert_eq!(brief(&answered), format!("0210 {stan}"));
    }
    let _writer = sending.await.unwrap();
    assert_eq!(connector.status().state, State::Ready);
    connector.abort();
}

/// Times that nobody waits out are times like others: nothing overflows.
#[tokio::test(start_paused = true)]
async fn times_without_end() {
    const ENDLESS: Duration = Duration::MAX;
    let mut net = Net::new();
    let network =
        iso87().sign_on_timeout(ENDLESS).sign_off_timeout(ENDLESS).echo_when_idle(ENDLESS).echo_timeout(ENDLESS);
    let one = net.dial(builder()).network(network.await_sign_on(["001"], ENDLESS)).timeout(ENDLESS).idle(ENDLESS);
    let one = one.drain_timeout(ENDLESS).drop_after_silence(ENDLESS).backoff(Backoff::constant(ENDLESS));
    let connector = one.key_exchange(ENDLESS, |_| async { Ok::<(), String>(()) }).start().unwrap();
    let mut peer = net.peer().await;
    peer.approve("0800 001").await;
    peer.send(network_of_the_peer("001").as_bytes()).await;
    assert_eq!(brief(&peer.receive().await), "0810 001");
    assert!(connector.ready().await);
    connector.exchange_keys().await.unwrap();
    let asked = {
        let connector = connector.clone();
        tokio::spawn(async move { ended(connector.request(purchase(1)).timeout(ENDLESS).await) })
    };
    peer.approve("0200 1").await;
    assert_eq!(asked.await.unwrap(), "00");
    drop(peer);
    state(&connector, State::Backoff).await;
    connector.stop().await;
}

fn network_of_the_peer(code: &str) -> isopace::Message {
    network(1, code)
}
