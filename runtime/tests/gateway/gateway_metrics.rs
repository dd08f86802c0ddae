//! Metrics: names and labels, registered once, all from the configuration.

use crate::gateway_common;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use gateway_common::*;
use isopace::gateway::{Routes, Row};
use isopace::iso87a::DIALECT;
use metrics::{Counter, Gauge, Histogram, HistogramFn, Key, KeyName, Metadata, Recorder, SharedString, Unit};

/// Keeps what it is told, by name and labels.
#[derive(Default)]
struct Kept {
    numbers: Mutex<BTreeMap<String, Arc<AtomicU64>>>,
    histograms: Mutex<BTreeMap<String, Arc<Samples>>>,
    registered: AtomicUsize,
}

#[derive(Default)]
struct Samples(Mutex<Vec<f64>>);

impl HistogramFn for Samples {
    fn record(&self, value: f64) {
        self.0.lock().unwrap().push(value);
    }
}

fn name(key: &Key) -> String {
    let labels: Vec<String> = key.labels().map(|label| format!("{}={}", label.key(), label.value())).collect();
    format!("{} {}", key.name(), labels.join(" "))
}

impl Kept {
    fn number(&self, key: &Key) -> Arc<AtomicU64> {
        self.registered.fetch_add(1, Ordering::SeqCst);
        Arc::clone(self.numbers.lock().unwrap().entry(name(key)).or_default())
    }

    /// Those that are not zero.
    fn counted(&self, start: &str) -> Vec<String> {
        let numbers = self.numbers.lock().unwrap();
        let counted = numbers.iter().map(|(name, value)| (name, value.load(Ordering::SeqCst)));
        counted
            .filter(|(name, value)| name.starts_with(start) && *value > 0)
            .map(|(name, value)| format!("{name} {value}"))
            .collect()
    }
}

impl Recorder for &'static Kept {
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
        Counter::from_arc(self.number(key))
    }

    fn register_gauge(&self, key: &Key, _: &Metadata<'_>) -> Gauge {
        Gauge::from_arc(self.number(key))
    }

    fn register_histogram(&self, key: &Key, _: &Metadata<'_>) -> Histogram {
        self.registered.fetch_add(1, Ordering::SeqCst);
        Histogram::from_arc(Arc::clone(self.histograms.lock().unwrap().entry(name(key)).or_default()))
    }
}

#[tokio::test]
async fn what_is_counted() {
    let kept: &'static Kept = Box::leak(Box::default());
    let routes = Routes::new(&DIALECT, [Row::to("cash").processing_code("01"), Row::to("host").mti("02xx")]).unwrap();
    let builder = builder().await.route("host", approving()).route("cash", answering(&DIALECT, "51")).routes(routes);
    let gateway = metrics::with_local_recorder(&kept, || builder.build()).unwrap();
    gateway.start().await.unwrap();
    let registered = kept.registered.load(Ordering::SeqCst);
    let mut client = Peer::of(&gateway).await;
    for stan in 1..=3 {
        client.ask(&purchase(stan)).await;
    }
    client
        .ask(&purchase_of(4, |edit| {
            edit.set(3, "010000");
        }))
        .await;
    let echo = message(&DIALECT, "0800", |edit| {
        edit.set(11, "000005");
    });
    client.ask(&echo).await;
    assert_eq!(
        kept.counted("isopace_gateway_requests_total"),
        [
            "isopace_gateway_requests_total gateway=pos route=cash outcome=response 1",
            "isopace_gateway_requests_total gateway=pos route=host outcome=response 3",
            "isopace_gateway_requests_total gateway=pos route=none outcome=no-route 1",
        ]
    );
    assert_eq!(
        kept.counted("isopace_gateway_declines_total"),
        ["isopace_gateway_declines_total gateway=pos cause=no-route 1"]
    );
    // The decline of the gateway's own is an answer too.
    assert_eq!(
        kept.counted("isopace_gateway_answers_total"),
        [
            "isopace_gateway_answers_total gateway=pos code=00 3",
            "isopace_gateway_answers_total gateway=pos code=51 1",
            "isopace_gateway_answers_total gateway=pos code=92 1",
        ]
    );
    let one = 1.0f64.to_bits();
    assert_eq!(kept.counted("isopace_gateway_connections"), [format!("isopace_gateway_connections gateway=pos {one}")]);
    assert_eq!(kept.counted("isopace_gateway_in_flight"), Vec::<String>::new());
    let seconds = Arc::clone(&kept.histograms.lock().unwrap()["isopace_gateway_seconds gateway=pos route=host"]);
    assert!(
        seconds.0.lock().unwrap().len() == 3
            && seconds.0.lock().unwrap().iter().all(|value| (0.0..20.0).contains(value))
    );
    assert_eq!(kept.registered.load(Ordering::SeqCst), registered, "nothing is registered for a request");
    drop(client);
    gateway.stop().await;
    assert_eq!(kept.counted("isopace_gateway_connections"), Vec::<String>::new());
}
