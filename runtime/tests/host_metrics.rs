//! What a host tells of its components to the metrics of the process (D24), and to the log.
#![cfg(feature = "host")]

mod host_common;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use host_common::{Folder, Journal, MS, Worker, eventually};
use isopace::connector::Backoff;
use isopace::host::{Component, Health, Host, Part, Restart};
use metrics::{Counter, CounterFn, Gauge, GaugeFn, Histogram, Key, KeyName, Metadata, Recorder, SharedString, Unit};

/// Keeps all values by name and labels.
#[derive(Clone, Default)]
struct Kept(Arc<Mutex<BTreeMap<String, f64>>>);

struct One {
    kept: Kept,
    key: String,
}

impl One {
    fn of(kept: &Kept, key: &Key) -> Arc<Self> {
        let labels: Vec<String> = key.labels().map(|label| format!("{}={}", label.key(), label.value())).collect();
        Arc::new(One { kept: kept.clone(), key: format!("{}{{{}}}", key.name(), labels.join(",")) })
    }

    fn change(&self, change: impl FnOnce(f64) -> f64) {
        let mut kept = self.kept.0.lock().unwrap();
        let value = kept.entry(self.key.clone()).or_default();
        *value = change(*value);
    }
}

impl CounterFn for One {
    fn increment(&self, value: u64) {
        self.change(|now| now + value as f64);
    }

    fn absolute(&self, value: u64) {
        self.change(|_| value as f64);
    }
}

impl GaugeFn for One {
    fn increment(&self, value: f64) {
        self.change(|now| now + value);
    }

    fn decrement(&self, value: f64) {
        self.change(|now| now - value);
    }

    fn set(&self, value: f64) {
        self.change(|_| value);
    }
}

impl Recorder for Kept {
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
        Counter::from_arc(One::of(self, key))
    }

    fn register_gauge(&self, key: &Key, _: &Metadata<'_>) -> Gauge {
        Gauge::from_arc(One::of(self, key))
    }

    fn register_histogram(&self, _: &Key, _: &Metadata<'_>) -> Histogram {
        Histogram::noop()
    }
}

impl Kept {
    fn value(&self, key: &str) -> Option<f64> {
        self.0.lock().unwrap().get(key).copied()
    }
}

/// The recorder is that of the process, so that this is one test.
#[tokio::test]
async fn whether_components_are_up_and_how_often_they_were_restarted() {
    let kept = Kept::default();
    metrics::set_global_recorder(kept.clone()).ok();
    let host = Host::builder().watch_interval(5 * MS).build();
    let worker = Arc::new(Worker::new("a", &Journal::default()));
    let restart = Restart::on_failure().backoff(Backoff::constant(20 * MS));
    host.register(Part::new(Arc::clone(&worker) as Arc<dyn Component>).restart(restart)).unwrap();
    host.start().await.unwrap();
    let up = "isopace_component_up{name=a,kind=worker}";
    let is = |wished: f64| kept.value(up) == Some(wished);
    eventually("it is up", || is(1.0)).await;
    worker.set(Health::Down);
    eventually("it is down", || is(0.0)).await;
    worker.set(Health::Degraded);
    eventually("it is up", || is(1.0)).await;
    worker.set(Health::Stopped);
    let restarts = "isopace_component_restarts_total{name=a,kind=worker}";
    eventually("it is restarted", || kept.value(restarts) == Some(1.0) && is(1.0)).await;
    host.undeploy("a").await.unwrap();
    assert!(is(0.0));
    host.deploy(Worker::new("b", &Journal::default())).await.unwrap();
    let other = "isopace_component_up{name=b,kind=worker}";
    eventually("it is up", || kept.value(other) == Some(1.0)).await;
    host.stop().await.unwrap();
    assert_eq!(kept.value(other), Some(0.0));
    // A container tells the same of what its directory describes.
    let folder = Folder::new("metrics");
    folder.write("isw.toml", &host_common::connector("isw", "127.0.0.1:1", ""));
    let pool = "name = \"both\"\ntype = \"pool\"\nenabled = true\n[config]\nmembers = [\"one\", \"two\"]\n";
    folder.write("both.toml", pool);
    for member in ["one", "two"] {
        folder.write(&format!("{member}.toml"), &host_common::connector(member, "127.0.0.1:1", ""));
    }
    let teq = isopace::teq::Teq::builder().deploy_dir(&folder.0).scan_interval(Duration::from_secs(60)).build();
    teq.start().await.unwrap();
    let isw = "isopace_component_up{name=isw,kind=connector}";
    eventually("it is there", || kept.value(isw) == Some(0.0)).await;
    eventually("so is the deployer", || kept.value("isopace_component_up{name=deployer,kind=deployer}") == Some(1.0))
        .await;
    // A pool tells of itself under the name of its descriptor.
    eventually("the pool is there", || kept.value("isopace_pool_members{pool=both}") == Some(2.0)).await;
    teq.stop().await.unwrap();
}
