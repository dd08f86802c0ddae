//! Watching a link that is ready: echo tests and silence.

use crate::connector_common;

use connector_common::*;
use isopace::connector::{Failure, NetworkError, NetworkManagement, State};
use tokio::time::{Instant, sleep};

#[tokio::test(start_paused = true)]
async fn an_echo_when_nothing_comes_in() {
    let (connector, mut net) = start(iso87().no_sign_on().echo_when_idle(10 * SECOND));
    assert!(connector.ready().await);
    let started = Instant::now();
    let mut peer = net.peer().await;
    // What comes in puts it off; what goes out does not.
    sleep(6 * SECOND).await;
    peer.send(network(1, "301").as_bytes()).await;
    assert_eq!(brief(&peer.receive().await), "0810 301");
    peer.approve("0800 301").await;
    assert_eq!(started.elapsed().as_secs(), 16);
    peer.approve("0800 301").await;
    assert_eq!(started.elapsed().as_secs(), 26);
    settle().await;
    // A peer that is gone without a word is noticed after interval and timeout.
    let echo = peer.receive().await;
    assert_eq!(started.elapsed().as_secs(), 36);
    state(&connector, State::Backoff).await;
    assert_eq!(started.elapsed().as_secs(), 41);
    assert_eq!(brief(&echo), "0800 301");
    let status = connector.status();
    assert!(matches!(status.failure, Some(Failure::Echo(NetworkError::TimedOut))), "{status:?}");
    let stats = connector.stats();
    assert_eq!((stats.echoes, stats.echo_failures, stats.losses), (3, 1, 1));
    assert!(peer.next().await.is_none());
    // And comes back.
    let _peer = net.peer().await;
    assert!(connector.ready().await);
}

#[tokio::test(start_paused = true)]
async fn echoes_by_interval_do_not_pile_up() {
    let (connector, mut net) = start(iso87().no_sign_on().echo_every(100 * MS).echo_timeout(3 * SECOND));
    let mut peer = net.peer().await;
    let echo = peer.receive().await;
    // Twenty intervals without an answer: not one more.
    sleep(2 * SECOND).await;
    assert_eq!(connector.stats().echoes, 1);
    peer.send(&answer(&echo, "00")).await;
    // Traffic does not put it off.
    let started = Instant::now();
    for _ in 0..10 {
        peer.approve("0800 301").await;
    }
    assert_eq!(started.elapsed().as_millis() / 100, 10);
    // A no is no sign of life that is good enough.
    let echo = peer.receive().await;
    peer.send(&answer(&echo, "96")).await;
    state(&connector, State::Backoff).await;
    let failure = connector.status().failure.unwrap().to_string();
    assert_eq!(failure, "echo test: refused with response code 96");
}

#[tokio::test(start_paused = true)]
async fn silence_can_end_a_link() {
    let mut net = Net::new();
    let network = NetworkManagement::new();
    let connector = net.dial(builder()).network(network).drop_after_silence(7 * SECOND).start().unwrap();
    assert!(connector.ready().await);
    let mut peer = net.peer().await;
    let started = Instant::now();
    sleep(5 * SECOND).await;
    peer.send(network_of_the_peer().as_bytes()).await;
    state(&connector, State::Backoff).await;
    assert_eq!(started.elapsed().as_secs(), 12);
    assert!(matches!(connector.status().failure, Some(Failure::ReadTimeout { .. })));
    assert_eq!(connector.stats().read_timeouts, 1);
}

fn network_of_the_peer() -> isopace::Message {
    network(1, "301")
}

#[tokio::test(start_paused = true)]
async fn a_wrong_answer_to_an_echo_is_told_at_once() {
    let (connector, mut net) = start(iso87().no_sign_on().echo_when_idle(10 * SECOND));
    for mti in ["0830", "0210"] {
        let expected = format!("echo test: answered with {mti}, not 0810");
        assert!(connector.ready().await);
        let mut peer = net.peer().await;
        let echo = peer.receive().await;
        let from = Instant::now();
        let mut edit = echo.edit();
        edit.mti(mti).set(39, "00");
        peer.send(&edit.finish().unwrap()).await;
        state(&connector, State::Backoff).await;
        assert_eq!(
            (connector.status().failure.unwrap().to_string().as_str(), from.elapsed().as_millis()),
            (expected.as_str(), 0)
        );
    }
    // What may be late and another's is not taken for it.
    assert!(connector.ready().await);
    let mut peer = net.peer().await;
    let echo = peer.receive().await;
    for (mti, stan) in [("0210", None), ("0810", Some(999_999_u32))] {
        let mut edit = echo.edit();
        edit.mti(mti).set(7, "0101000000").set(39, "00");
        stan.iter().for_each(|stan| _ = edit.set(11, stan));
        peer.send(&edit.finish().unwrap()).await;
    }
    settle().await;
    assert_eq!(connector.status().state, State::Ready);
    peer.send(&answer(&echo, "00")).await;
    sleep(5 * SECOND).await;
    assert_eq!(connector.status().state, State::Ready);
    assert_eq!(connector.stats().links.unmatched, 2 + 2);
}
