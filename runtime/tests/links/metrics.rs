//! Each metric of the table in `isopace::metrics_names`, moved by what it is said to count.

use crate::connector_common;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use connector_common::*;
use isopace::connector::{Connector, NetworkManagement, State};
use isopace::link::{Filter, Link, Refused, Settings};
use isopace::metrics_names as names;
use isopace::mux::{Inbound, Outcome, Wire};
use isopace::pool::Pool;
use metrics::{Counter, Gauge, Histogram, HistogramFn, Key, KeyName, Metadata, Recorder, SharedString, Unit};
use tokio::time::sleep;

/// A recorder that keeps all in a map, by name and labels.
#[derive(Clone, Default)]
struct Kept {
    values: Arc<Mutex<BTreeMap<String, Value>>>,
    described: Arc<Mutex<BTreeSet<String>>>,
}

#[derive(Clone)]
enum Value {
    Count(Arc<AtomicU64>),
    Gauge(Arc<AtomicU64>),
    /// How many were recorded.
    Histogram(Arc<Recorded>),
}

#[derive(Default)]
struct Recorded(AtomicU64);

impl HistogramFn for Recorded {
    fn record(&self, _: f64) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

impl Kept {
    fn keep(&self, key: &Key, value: Value) -> Value {
        let mut labels: Vec<_> = key.labels().map(|label| format!("{}={}", label.key(), label.value())).collect();
        labels.sort();
        let name = format!("{} {}", key.name(), labels.join(" "));
        self.values.lock().unwrap().entry(name).or_insert(value).clone()
    }

    fn describe(&self, key: &KeyName) {
        self.described.lock().unwrap().insert(key.as_str().to_owned());
    }

    fn seen(&self) -> Seen {
        let load = |value: &AtomicU64| value.load(Ordering::Relaxed);
        let values = self.values.lock().unwrap();
        let value = |value: &Value| match value {
            Value::Count(count) => load(count) as f64,
            Value::Gauge(bits) => f64::from_bits(load(bits)),
            Value::Histogram(recorded) => load(&recorded.0) as f64,
        };
        Seen(values.iter().map(|(name, found)| (name.clone(), value(found))).collect())
    }
}

impl Recorder for Kept {
    fn describe_counter(&self, key: KeyName, _: Option<Unit>, _: SharedString) {
        self.describe(&key);
    }

    fn describe_gauge(&self, key: KeyName, _: Option<Unit>, _: SharedString) {
        self.describe(&key);
    }

    fn describe_histogram(&self, key: KeyName, _: Option<Unit>, _: SharedString) {
        self.describe(&key);
    }

    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
        let Value::Count(count) = self.keep(key, Value::Count(Arc::default())) else { panic!("{key} is no counter") };
        Counter::from_arc(count)
    }

    fn register_gauge(&self, key: &Key, _: &Metadata<'_>) -> Gauge {
        let Value::Gauge(gauge) = self.keep(key, Value::Gauge(Arc::default())) else { panic!("{key} is no gauge") };
        Gauge::from_arc(gauge)
    }

    fn register_histogram(&self, key: &Key, _: &Metadata<'_>) -> Histogram {
        let Value::Histogram(all) = self.keep(key, Value::Histogram(Arc::default())) else { panic!("{key} is none") };
        Histogram::from_arc(all)
    }
}

/// What a recorder has at a moment.
struct Seen(BTreeMap<String, f64>);

impl Seen {
    fn get(&self, name: &str, labels: &str) -> f64 {
        let key = format!("{name} {labels}");
        *self.0.get(&key).unwrap_or_else(|| panic!("{key} is not among {:?}", self.0.keys()))
    }

    fn states(&self) -> Vec<&str> {
        let ours = |(key, value): &(&String, &f64)| key.starts_with(names::CONNECTOR_STATE) && **value > 0.0;
        self.0.iter().filter(ours).map(|(key, _)| key.rsplit('=').next().unwrap()).collect()
    }
}

fn dial(net: &Net) -> isopace::connector::Builder<isopace::mux::Unserved> {
    net.dial(builder()).name("one").network(NetworkManagement::new()).timeout(5 * SECOND)
}

#[tokio::test(start_paused = true)]
async fn of_a_connector() {
    let recorder = Kept::default();
    let _local = metrics::set_default_local_recorder(&recorder);
    names::describe();
    let seen = || recorder.seen();
    let mut net = Net::new();
    let connector = dial(&net).build().unwrap();
    assert_eq!(seen().states(), ["stopped"]);
    // All of it has a description, and from the start: what has not happened yet is 0 and not missing.
    let all = seen();
    for outcome in ["response", "not-sent", "timed-out", "unknown", "rejected", "cancelled"] {
        assert_eq!(all.get(names::REQUESTS, &format!("connector=one outcome={outcome}")), 0.0);
    }
    let described = recorder.described.lock().unwrap().clone();
    assert!(all.0.keys().all(|name| described.contains(name.split(' ').next().unwrap())), "{described:?}");

    // Not connected; ready; answered.
    assert!(matches!(connector.request(purchase(1)).await, Outcome::NotSent(_)));
    connector.start().unwrap();
    assert!(connector.ready().await);
    assert_eq!(seen().states(), ["ready"]);
    let mut peer = net.peer().await;
    // The first of this millisecond was not sent.
    sleep(2 * MS).await;
    let asked = ask(&connector, 2);
    let request = peer.receive().await;
    settle().await;
    assert_eq!(seen().get(names::IN_FLIGHT, "connector=one"), 1.0);
    sleep(30 * MS).await;
    peer.send(&answer(&request, "00")).await;
    assert_eq!(asked.await.unwrap(), "00");
    let after = seen();
    assert_eq!(after.get(names::IN_FLIGHT, "connector=one"), 0.0);
    assert_eq!(after.get(names::REQUEST_SECONDS, "connector=one"), 1.0);
    let framed = |body: &[u8]| (body.len() + 2) as f64;
    assert_eq!(after.get(names::LINK_BYTES, "connector=one direction=out"), framed(request.as_bytes()));
    assert_eq!(after.get(names::LINK_BYTES, "connector=one direction=in"), framed(&answer(&request, "00")));
    assert_eq!(after.get(names::LINK_FRAMES, "connector=one direction=out"), 1.0);
    assert_eq!(after.get(names::LINK_FRAMES, "connector=one direction=in"), 1.0);

    // A second answer, one to nothing, no message, no answer.
    peer.send(&answer(&request, "00")).await;
    peer.send(&answer(&purchase(77), "00")).await;
    peer.link.send(b"no message").await.unwrap();
    peer.send(purchase(78).as_bytes()).await;
    // Timed out, and late; cancelled; rejected; and those that are under way when the link is lost.
    assert!(matches!(connector.request(purchase(3)).await, Outcome::TimedOut));
    let late = peer.receive().await;
    peer.send(&answer(&late, "00")).await;
    let cancelled = connector.clone();
    let cancelled = tokio::spawn(async move { cancelled.request(purchase(4)).await });
    peer.receive().await;
    cancelled.abort();
    settle().await;
    assert_eq!(seen().get(names::IN_FLIGHT, "connector=one"), 0.0);
    let rejected = ask(&connector, 5);
    let message = peer.receive().await;
    assert!(connector.session().unwrap().mux().reject(&message, "no"));
    assert_eq!(rejected.await.unwrap(), "rejected");
    let lost = ask(&connector, 6);
    peer.receive().await;
    drop(peer);
    assert_eq!(lost.await.unwrap(), "unknown");
    state(&connector, State::Backoff).await;
    settle().await;
    let after = seen();
    assert_eq!((after.states(), after.get(names::IN_FLIGHT, "connector=one")), (vec!["backoff"], 0.0));
    let expected = [("response", 1.0), ("not-sent", 1.0), ("timed-out", 1.0), ("cancelled", 1.0), ("rejected", 1.0)];
    for (outcome, count) in expected.into_iter().chain([("unknown", 1.0)]) {
        assert_eq!(after.get(names::REQUESTS, &format!("connector=one outcome={outcome}")), count, "{outcome}");
    }
    for reason in ["late", "duplicate", "unmatched"] {
        assert_eq!(after.get(names::UNMATCHED, &format!("connector=one reason={reason}")), 1.0, "{reason}");
    }
    assert_eq!(after.get(names::UNDECODABLE, "connector=one"), 1.0);
    assert_eq!(after.get(names::LINK_FAILURES, "connector=one failure=lost"), 1.0);

    // And again.
    let _peer = net.peer().await;
    assert!(connector.ready().await);
    let after = seen();
    assert_eq!((after.get(names::LINKS, "connector=one"), after.get(names::RECONNECTS, "connector=one")), (2.0, 1.0));
    connector.abort();
    connector.stopped().await;
    assert_eq!(seen().states(), ["stopped"]);
}

#[tokio::test(start_paused = true)]
async fn of_what_is_served_and_refused() {
    struct Refuses;
    impl Filter for Refuses {
        fn outgoing(&self, _: &mut Vec<u8>) -> Result<(), Refused> {
            Ok(())
        }

        fn incoming(&self, body: isopace::Bytes) -> Result<isopace::Bytes, Refused> {
            if body.starts_with(b"0800") { Err(Refused::new("not that")) } else { Ok(body) }
        }
    }
    let recorder = Kept::default();
    let _local = metrics::set_default_local_recorder(&recorder);
    let (ours, theirs) = tokio::io::duplex(4096);
    let approve = |inbound: Inbound| async move {
        drop(inbound.replier.reply(Wire(&answer(&inbound.message, "00"))).await);
    };
    let connector =
        builder().name("one").accept_offered().network(NetworkManagement::new()).serve(approve).start().unwrap();
    let settings = Settings::new(FRAMING).filter(Refuses);
    connector.offer(Link::new(ours, settings)).unwrap();
    assert!(connector.ready().await);
    let mut peer = Peer { link: Link::new(theirs, FRAMING) };
    peer.send(network(1, "301").as_bytes()).await;
    peer.send(purchase(1).as_bytes()).await;
    assert_eq!(brief(&peer.receive().await), "0210 1");
    settle().await;
    let seen = recorder.seen();
    assert_eq!(seen.get(names::REFUSED, "connector=one"), 1.0);
    assert_eq!(seen.get(names::LINK_FRAMES, "connector=one direction=in"), 2.0);
    assert_eq!(seen.get(names::LINK_FRAMES, "connector=one direction=out"), 1.0);
    connector.abort();
}

#[tokio::test(start_paused = true)]
async fn of_a_pool() {
    let recorder = Kept::default();
    let _local = metrics::set_default_local_recorder(&recorder);
    let before = tasks();
    let mut nets = [Net::new(), Net::new(), Net::new()];
    let members: Vec<Connector> =
        nets.iter().enumerate().map(|(at, net)| dial(net).name(at.to_string()).build().unwrap()).collect();
    let seen = || {
        let seen = recorder.seen();
        (seen.get(names::POOL_READY, "pool=hosts"), seen.get(names::POOL_MEMBERS, "pool=hosts"))
    };
    let pool = Pool::builder().name("hosts").members(members.clone()).min_connections(3).start().await.unwrap();
    settle().await;
    assert_eq!(seen(), (3.0, 3.0));
    nets[1].set_down(true);
    drop(nets[1].peer().await);
    state(&members[1], State::Backoff).await;
    settle().await;
    assert_eq!(seen(), (2.0, 3.0));
    nets[1].set_down(false);
    assert!(members[1].ready().await);
    settle().await;
    assert_eq!(seen(), (3.0, 3.0));
    // Gone, though the members go on.
    drop(pool);
    settle().await;
    assert_eq!(seen(), (0.0, 3.0));
    let pool = Pool::builder().name("hosts").members(members.clone()).start().await.unwrap();
    settle().await;
    assert_eq!(seen(), (3.0, 3.0));
    pool.close().await;
    settle().await;
    assert_eq!(seen(), (0.0, 3.0));
    drop((pool, members, nets));
    only(before).await;
}
