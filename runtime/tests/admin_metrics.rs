//! `/metrics`: help, buckets, one recorder for the process whoever asks for it.
#![cfg(feature = "admin")]

mod admin_common;

use std::collections::BTreeSet;

use admin_common::*;
use isopace::admin::{Admin, install_metrics};
use isopace::host::Component;

/// Names of the times and counts of every hop.
const TIMES: [&str; 2] = ["isopace_request_seconds", "isopace_gateway_seconds"];

#[tokio::test]
async fn help_types_and_buckets_for_every_hop() {
    assert!(install_metrics());
    // As gateways do; those of connectors and pools are described already.
    metrics::describe_counter!("isopace_gateway_requests_total", "Requests, by how they ended.");
    metrics::describe_histogram!(TIMES[1], "Seconds from a request to its answer.");
    metrics::gauge!("isopace_component_up", "name" => "host-a", "kind" => "connector").set(1.0);
    metrics::counter!("isopace_requests_total", "connector" => "host-a", "outcome" => "response").increment(3);
    metrics::counter!("isopace_gateway_requests_total", "gateway" => "front", "route" => "up", "outcome" => "response")
        .increment(2);
    metrics::gauge!("isopace_connector_state", "connector" => "host-a", "state" => "ready").set(1.0);
    metrics::gauge!("isopace_pool_ready", "pool" => "up").set(2.0);
    for (name, label, value) in [(TIMES[0], "connector", "host-a"), (TIMES[1], "gateway", "front")] {
        let times = metrics::histogram!(name, label => value);
        for seconds in [0.000_04, 0.003, 0.003, 12.0, 45.0] {
            times.record(seconds);
        }
    }
    let (admin, address) = started(Admin::builder(Switch::new())).await;
    let answer = get(address, "/metrics").await;
    assert_eq!(answer.header("Content-Type"), Some("text/plain; version=0.0.4; charset=utf-8"));
    let lines: BTreeSet<&str> = answer.body.lines().collect();
    for line in [
        "# TYPE isopace_requests_total counter",
        "isopace_requests_total{connector=\"host-a\",outcome=\"response\"} 3",
        "# TYPE isopace_connector_state gauge",
        "isopace_connector_state{connector=\"host-a\",state=\"ready\"} 1",
        "isopace_pool_ready{pool=\"up\"} 2",
        "# TYPE isopace_request_seconds histogram",
        "isopace_request_seconds_bucket{connector=\"host-a\",le=\"0.00005\"} 1",
        "isopace_request_seconds_bucket{connector=\"host-a\",le=\"0.005\"} 3",
        "isopace_request_seconds_bucket{connector=\"host-a\",le=\"30\"} 4",
        "isopace_request_seconds_bucket{connector=\"host-a\",le=\"+Inf\"} 5",
        "isopace_gateway_seconds_count{gateway=\"front\"} 5",
    ] {
        assert!(lines.contains(line), "{line}\n{}", answer.body);
    }
    // Whatever has a type has a help before it, and only one; those of the other test aside.
    let types = answer.body.lines().filter_map(|line| line.strip_prefix("# TYPE ")?.split(' ').next());
    for name in types.filter(|name| !name.starts_with("isopace_test")) {
        let helps = answer.body.lines().filter(|line| line.starts_with(&format!("# HELP {name} "))).count();
        assert_eq!(helps, 1, "{name}\n{}", answer.body);
    }
    admin.stop().await;
}

#[tokio::test]
async fn a_second_admin_and_a_name_of_another_kind_do_no_harm() {
    assert!(install_metrics() && install_metrics());
    metrics::counter!("isopace_test_twice_total").increment(1);
    let (one, first) = started(Admin::builder(Switch::new()).name("one")).await;
    let (two, second) = started(Admin::builder(Switch::new()).name("two")).await;
    metrics::counter!("isopace_test_twice_total").increment(1);
    for address in [first, second] {
        let text = get(address, "/metrics").await.body;
        assert!(text.contains("\nisopace_test_twice_total 2\n"), "{text}");
    }
    // The same name as three kinds: shown as they are, and nothing panics.
    metrics::counter!("isopace_test_kinds").increment(7);
    metrics::gauge!("isopace_test_kinds").set(1.0);
    metrics::histogram!("isopace_test_kinds").record(1.0);
    let answer = get(first, "/metrics").await;
    assert_eq!(answer.status, 200);
    assert!(answer.body.contains("isopace_test_kinds 7"), "{}", answer.body);
    one.stop().await;
    assert_eq!(get(second, "/metrics").await.status, 200, "the other one goes on");
    two.stop().await;
}
