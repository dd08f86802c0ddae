//! What a connector tells, in which order, and that whoever is told may use it.

use crate::connector_common;

use std::future::Future;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use connector_common::*;
use isopace::connector::{Connector, Events, Failure, NetworkManagement, State, Trouble};
use isopace::mux::{Inbound, Lost, Unmatched, Wire};
use tokio::time::{sleep, timeout};

/// Remembers what it is told, and does something at one of these.
#[derive(Clone, Default)]
struct Told {
    seen: Arc<Mutex<Vec<String>>>,
    at: &'static str,
    action: &'static str,
    /// What came of it.
    done: Arc<Mutex<Vec<String>>>,
}

impl Told {
    fn seen(&self) -> Vec<String> {
        self.seen.lock().unwrap().clone()
    }

    async fn hear(&self, connector: &Connector, what: String) {
        let acts = what.split(' ').next() == Some(self.at);
        self.seen.lock().unwrap().push(what);
        if !acts || !self.done.lock().unwrap().is_empty() {
            return;
        }
        let result = match self.action {
            "request" => ended(connector.request(purchase(77)).timeout(2 * SECOND).await),
            "wait" => ended(connector.request(purchase(78)).timeout(2 * SECOND).wait_until_ready(true).await),
            "stop" => {
                connector.stop().await;
                "stopped".to_owned()
            }
            "abort" => {
                connector.abort();
                connector.stopped().await;
                "stopped".to_owned()
            }
            "drain" => connector.drain().await.to_string(),
            "restart" => {
                connector.stop().await;
                connector.start().unwrap();
                connector.ready().await.to_string()
            }
            "panic" => {
                self.done.lock().unwrap().push("panicked".to_owned());
                panic!("as told")
            }
            _ => return,
        };
        self.done.lock().unwrap().push(result);
    }
}

impl Events for Told {
    fn established(&self, connector: &Connector, _: Option<SocketAddr>) -> impl Future<Output = ()> + Send {
        self.hear(connector, "established".to_owned())
    }

    fn signed_on(&self, connector: &Connector) -> impl Future<Output = ()> + Send {
        self.hear(connector, "signed-on".to_owned())
    }

    fn peer_signed_on(&self, connector: &Connector) -> impl Future<Output = ()> + Send {
        self.hear(connector, "peer-signed-on".to_owned())
    }

    fn peer_signed_off(&self, connector: &Connector) -> impl Future<Output = ()> + Send {
        self.hear(connector, "peer-signed-off".to_owned())
    }

    fn ready(&self, connector: &Connector) -> impl Future<Output = ()> + Send {
        self.hear(connector, "ready".to_owned())
    }

    fn failed(&self, connector: &Connector, failure: &Failure) -> impl Future<Output = ()> + Send {
        self.hear(connector, format!("failed {}", failure.name()))
    }

    fn closed(&self, connector: &Connector, lost: &Lost) -> impl Future<Output = ()> + Send {
        self.hear(connector, format!("closed {}", lost.name()))
    }

    fn stopped(&self, connector: &Connector) -> impl Future<Output = ()> + Send {
        self.hear(connector, "stopped".to_owned())
    }

    fn error(&self, connector: &Connector, trouble: &Trouble) -> impl Future<Output = ()> + Send {
        self.hear(connector, format!("error {}", trouble.name()))
    }

    fn idle(&self, connector: &Connector) -> impl Future<Output = ()> + Send {
        self.hear(connector, "idle".to_owned())
    }

    fn read_timeout(&self, connector: &Connector) -> impl Future<Output = ()> + Send {
        self.hear(connector, "read-timeout".to_owned())
    }

    async fn inbound(&self, connector: &Connector, inbound: Inbound) {
        self.hear(connector, format!("inbound {}", brief(&inbound.message))).await;
        drop(inbound.replier.reply(Wire(&answer(&inbound.message, "00"))).await);
    }

    fn unmatched(&self, connector: &Connector, unmatched: &Unmatched) -> impl Future<Output = ()> + Send {
        self.hear(connector, format!("unmatched {}", unmatched.reason.name()))
    }
}

/// A peer that does everything once.
async fn all_of_it(mut peer: Peer) {
    let Some(sign_on) = peer.next().await else { return };
    drop(peer.link.send(&answer(&sign_on, "00")).await);
    // Twice the same: the second is unmatched. Then a message, rubbish, a sign-on and a sign-off of its own.
    for bytes in [answer(&sign_on, "00"), purchase(5).into_bytes(), "rubbish".into()] {
        drop(peer.link.send(&bytes).await);
    }
    for code in ["001", "002"] {
        drop(peer.link.send(network(6, code).as_bytes()).await);
    }
    let answering = async {
        while let Some(message) = peer.next().await {
            if message.mti().is_request() && peer.link.send(&answer(&message, "00")).await.is_err() {
                break;
            }
        }
        peer
    };
    // Long enough for it to become idle; then it is gone.
    drop(timeout(3 * SECOND, answering).await);
}

fn connector(told: &Told, net: &Net) -> Connector {
    let network = iso87().no_echo();
    let builder = net.dial(builder()).network(network).events(told.clone());
    builder.idle(2 * SECOND).read_timeout(2500 * MS).start().unwrap()
}

#[tokio::test(start_paused = true)]
async fn everything_is_told_in_order() {
    let (told, mut net) = (Told::default(), Net::new());
    let connector = connector(&told, &net);
    all_of_it(net.peer().await).await;
    state(&connector, State::Backoff).await;
    let peer = net.peer().await.approving();
    assert!(connector.ready().await);
    connector.stop().await;
    peer.await.unwrap();
    settle().await;
    let seen = told.seen();
    // Of these the order is certain.
    let life = |what: &&String| {
        let what = what.split(' ').next().unwrap();
        matches!(what, "established" | "signed-on" | "ready" | "failed" | "closed" | "stopped")
    };
    let expected = [
        "established",
        "signed-on",
        "ready",
        "failed lost",
        "closed peer-closed",
        "established",
        "signed-on",
        "ready",
        "closed closed",
        "stopped",
    ];
    assert_eq!(seen.iter().filter(life).collect::<Vec<_>>(), expected);
    for what in [
        "unmatched duplicate",
        "inbound 0200 5",
        "error undecodable",
        "peer-signed-on",
        "peer-signed-off",
        "idle",
        "read-timeout",
    ] {
        assert!(seen.iter().any(|seen| seen == what), "{what}: {seen:?}");
    }
    assert_eq!(connector.stats().events_dropped, 0);
}

/// From inside each of them, everything that can be done with a connector ends.
#[tokio::test(start_paused = true)]
async fn it_can_be_used_from_inside() {
    let before = tasks();
    for at in [
        "established",
        "signed-on",
        "ready",
        "failed",
        "closed",
        "stopped",
        "error",
        "idle",
        "read-timeout",
        "inbound",
        "unmatched",
        "peer-signed-on",
        "peer-signed-off",
    ] {
        for action in ["request", "wait", "stop", "abort", "drain", "restart", "panic"] {
            // A service ends with its link: it cannot see the next one.
            if at == "inbound" && matches!(action, "stop" | "abort" | "drain" | "restart" | "panic") {
                continue;
            }
            let told = Told { at, action, ..Told::default() };
            let mut net = Net::new();
            let connector = connector(&told, &net);
            let peers = tokio::spawn(async move {
                for _ in 0..4 {
                    all_of_it(net.peer().await).await;
                }
            });
            let done = async {
                loop {
                    if !told.done.lock().unwrap().is_empty() {
                        return;
                    }
                    sleep(10 * MS).await;
                    if at == "stopped" && connector.status().times_ready > 0 {
                        connector.stop().await;
                    }
                }
            };
            timeout(60 * SECOND, done).await.unwrap_or_else(|_| panic!("{action} in {at}: {:?}", told.seen()));
            if action == "panic" {
                sleep(100 * MS).await;
                assert_eq!(connector.stats().events_panicked, 1, "{at}");
            }
            timeout(60 * SECOND, connector.stop()).await.unwrap_or_else(|_| panic!("stop after {action} in {at}"));
            peers.abort();
            drop(connector);
            only(before).await;
        }
    }
}

/// A service that stops the connector it is called from: it is given up with its link, and nothing hangs.
#[tokio::test(start_paused = true)]
async fn a_service_may_stop_its_own_connector() {
    for action in ["stop", "abort", "drain", "restart"] {
        let told = Told { at: "inbound", action, ..Told::default() };
        let mut net = Net::new();
        let connector = connector(&told, &net);
        let peer = tokio::spawn(all_of_it(net.peer().await));
        timeout(30 * SECOND, connector.stopped()).await.unwrap_or_else(|_| panic!("{action}"));
        drop(peer.await);
        settle().await;
        assert!(told.seen().iter().any(|seen| seen == "stopped"), "{action}");
    }
}

struct Slow;

impl Events for Slow {
    async fn failed(&self, _: &Connector, _: &Failure) {
        std::future::pending::<()>().await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_listener_that_never_ends_holds_up_nothing_and_costs_no_more_than_its_room() {
    let net = Net::new();
    net.set_down(true);
    let builder = net.dial(builder()).network(NetworkManagement::new()).events(Slow);
    let backoff = isopace::connector::Backoff::constant(10 * MS);
    let connector = builder.backoff(backoff).start().unwrap();
    sleep(20 * SECOND).await;
    let stats = connector.stats();
    assert!(stats.connect_failures > 1500, "{stats:?}");
    assert_eq!(stats.events_dropped, stats.connect_failures - 1024 - 1);
    connector.stop().await;
}
