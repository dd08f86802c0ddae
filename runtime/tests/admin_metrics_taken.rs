//! Where a program has a recorder of its own, that one stays, and the rest is shown all the same.
#![cfg(feature = "admin")]

mod admin_common;

use admin_common::*;
use isopace::admin::{Admin, install_metrics};
use isopace::host::Component;
use serde_json::json;

#[tokio::test]
async fn another_recorder_stays() {
    metrics::set_global_recorder(metrics::NoopRecorder).unwrap();
    assert!(!install_metrics() && !install_metrics());
    let (admin, address) = started(Admin::builder(Switch::new())).await;
    let answer = get(address, "/metrics").await;
    assert_eq!((answer.status, &answer.json()["error"]["kind"]), (503, &json!("metrics")));
    assert_eq!(get(address, "/info").await.status, 200);
    assert_eq!(get(address, "/").await.status, 200);
    admin.stop().await;
}
