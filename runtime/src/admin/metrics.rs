//! The metrics of the process: what takes them in, and `/metrics`.
//!
//! A process has one recorder. It is installed once, however many ask for it; where another one is there, it stays.

use std::sync::{Arc, OnceLock};
use std::thread;
use std::time::Duration;

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};

use super::reply::Refusal;
use super::shared::Shared;

/// Upper bounds of the buckets of every histogram of times, in seconds: 50 microseconds to 30 seconds.
const SECONDS: [f64; 19] = [
    0.000_05, 0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0,
    10.0, 20.0, 30.0,
];

/// How often samples are put into their buckets. Until then each takes eight bytes.
const UPKEEP: Duration = Duration::from_secs(1);

/// What those metrics are, for `# HELP`, that whoever counts them does not tell.
const HELP: [(&str, &str); 3] = [
    ("isopace_component_up", "Whether a component is ready: 1 or 0."),
    ("isopace_component_restarts_total", "How often a component has been started again by its host."),
    ("isopace_build_info", "The version of this package, with the value 1."),
];

/// The text of the metrics.
#[derive(Clone)]
pub(super) struct Text(Arc<PrometheusHandle>);

/// Installs the recorder that `/metrics` shows, if there is none in this process yet, and says whether it is the one
/// that is installed. Metrics that were registered before are not seen: call it before anything that counts is built.
///
/// A thread of its own puts the samples of histograms into their buckets, for as long as the process lives, as the
/// recorder does.
pub fn install() -> bool {
    text().is_some()
}

/// The text of the metrics, if the recorder is ours.
pub(super) fn text() -> Option<Text> {
    static INSTALLED: OnceLock<Option<Text>> = OnceLock::new();
    INSTALLED.get_or_init(|| record().inspect_err(|error| tracing::warn!(%error, "no metrics are shown")).ok()).clone()
}

fn record() -> Result<Text, BuildError> {
    let times = Matcher::Suffix("_seconds".to_owned());
    let builder = PrometheusBuilder::new().set_buckets_for_metric(times, &SECONDS)?;
    let handle = Arc::new(builder.install_recorder()?);
    crate::metrics_names::describe();
    for (name, help) in HELP {
        // What a name turns out to be decides which of the three is taken.
        metrics::describe_counter!(name, help);
    }
    metrics::gauge!("isopace_build_info", "version" => env!("CARGO_PKG_VERSION")).set(1.0);
    let kept = Arc::clone(&handle);
    let upkeep = thread::Builder::new().name("isopace-metrics".to_owned()).spawn(move || {
        loop {
            thread::sleep(UPKEEP);
            kept.run_upkeep();
        }
    });
    if upkeep.is_err() {
        tracing::warn!("no thread for metrics: samples are put into their buckets only when they are shown");
    }
    Ok(Text(handle))
}

/// `/metrics`.
pub(super) async fn show(State(shared): State<Arc<Shared>>) -> Result<Response, Refusal> {
    let Some(Text(handle)) = &shared.metrics else {
        let message = "another recorder of metrics is installed in this process";
        return Err(Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "metrics", message));
    };
    let kind = "text/plain; version=0.0.4; charset=utf-8";
    Ok(([(header::CONTENT_TYPE, kind)], handle.render()).into_response())
}
