//! What each path answers.

use crate::admin_common;

use admin_common::*;
use isopace::admin::{Admin, Check, Source};
use isopace::host::{Component, Health, Status};
use serde_json::json;

#[tokio::test]
async fn health_and_readiness() {
    let switch = Switch::new();
    let (admin, address) = started(Admin::builder(switch.clone())).await;
    let answer = get(address, "/healthz").await;
    assert_eq!((answer.status, answer.body.as_str()), (200, "ok\n"));

    let answer = get(address, "/readyz").await;
    assert_eq!(answer.status, 200);
    let passed = json!({ "ok": true });
    let wanted = json!({ "status": "healthy", "checks": { "front": passed, "upstream": passed, "host-a": passed, "host-b": passed } });
    assert_eq!(answer.json(), wanted);

    // What is degraded still works.
    switch.set("upstream", "pool", Health::Degraded, "1 of 2 members ready", 0);
    for (health, word) in [(Health::Down, "down"), (Health::Starting, "starting"), (Health::Stopped, "stopped")] {
        switch.set("host-b", "connector", health, "no link", 0);
        let answer = get(address, "/readyz").await;
        assert_eq!(answer.status, 503, "{word}");
        let told = answer.json();
        assert_eq!(told["status"], "unhealthy");
        assert_eq!(told["checks"]["host-b"], json!({ "ok": false, "error": format!("{word}: no link") }));
        assert_eq!(told["checks"]["upstream"], json!({ "ok": true }));
        assert_eq!(get(address, "/healthz").await.status, 200, "the process answers all the same");
    }
    admin.stop().await;
}

/// One that knows better than its components what must hold.
struct Own;

impl Source for Own {
    fn components(&self) -> Vec<(String, &'static str, Status)> {
        vec![("spare".to_owned(), "connector", Status::new(Health::Down, "not needed"))]
    }

    fn checks(&self) -> Vec<Check> {
        vec![Check::passed("store"), Check::failed("disk", "full", "")]
    }
}

#[tokio::test]
async fn a_source_may_have_checks_of_its_own() {
    let (admin, address) = started(Admin::builder(Own)).await;
    let answer = get(address, "/readyz").await;
    assert_eq!(answer.status, 503);
    assert_eq!(answer.json()["checks"], json!({ "store": { "ok": true }, "disk": { "ok": false, "error": "full" } }));
    admin.stop().await;
}

#[tokio::test]
async fn info_and_components() {
    let (admin, address) = started(Admin::builder(Switch::new()).service("acme")).await;
    let info = get(address, "/info").await.json();
    assert_eq!((&info["service"], &info["info"]["node"]), (&json!("acme"), &json!("one")));
    assert_eq!(info["version"], env!("CARGO_PKG_VERSION"));
    let started = info["started"].as_str().unwrap();
    assert!(
        started.len() == 20 && started.starts_with("20") && started.ends_with('Z') && started.contains('T'),
        "{started}"
    );

    let components = get(address, "/components").await.json();
    assert_eq!(components["components"], info["components"]);
    let wanted = json!({
        "name": "front", "kind": "gateway", "health": "up", "ready": true, "detail": "12 clients at 0.0.0.0:8583",
        "figures": { "in_flight": 18, "times_ready_total": 3 },
    });
    assert_eq!(components["components"][0], wanted);
    assert_eq!(components["components"].as_array().unwrap().len(), 4);
    admin.stop().await;
}

#[tokio::test]
async fn traces_up_to_a_limit_the_newest_first() {
    let switch = Switch::new();
    let (admin, address) = started(Admin::builder(switch.clone())).await;
    assert_eq!(get(address, "/traces").await.json(), json!({ "traces": [] }));
    switch.traces((0..200).rev().map(|number| format!("{{\"id\":{number}}}")).chain(["no JSON".to_owned()]).collect());
    let ids = |answer: Answer| {
        let traces = answer.json()["traces"].as_array().unwrap().clone();
        traces.iter().map(|trace| trace["id"].as_u64().unwrap_or(999)).collect::<Vec<_>>()
    };
    assert_eq!(ids(get(address, "/traces?limit=3").await), [199, 198, 197]);
    assert_eq!(ids(get(address, "/traces").await).len(), 50);
    assert!(ids(get(address, "/traces?limit=0").await).is_empty());
    let all = get(address, "/traces?limit=1000").await;
    assert_eq!(all.json()["traces"][200], json!({ "text": "no JSON" }), "it is not missed");
    for query in ["limit=1001", "limit=-1", "limit=x", "limit=", "limit=1&limit=2", "x=1"] {
        let answer = get(address, &format!("/traces?{query}")).await;
        assert_eq!((answer.status, &answer.json()["error"]["kind"]), (400, &json!("query")), "{query}");
    }
    admin.stop().await;
}

#[tokio::test]
async fn what_is_not_there_is_told_in_json_and_nothing_changes_anything() {
    let (admin, address) = started(Admin::builder(Switch::new())).await;
    for path in ["/nothing", "/components/front", "/../etc/passwd", "//", "/inspect/", "/index.html"] {
        let answer = get(address, path).await;
        assert_eq!((answer.status, &answer.json()["error"]["kind"]), (404, &json!("not-found")), "{path}");
    }
    for path in ["/", "/healthz", "/readyz", "/metrics", "/info", "/components", "/traces", "/specs"] {
        for method in ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"] {
            let request = format!(
                "{method} {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
            );
            let answer = raw(address, request.as_bytes()).await;
            assert_eq!((answer.status, &answer.json()["error"]["kind"]), (405, &json!("method")), "{method} {path}");
        }
    }
    assert_eq!(get(address, "/inspect").await.status, 405);
    admin.stop().await;
}

#[tokio::test]
async fn every_answer_is_closed_to_all_that_it_is_not_for() {
    let (admin, address) = started(Admin::builder(Switch::new())).await;
    for path in ["/", "/healthz", "/readyz", "/metrics", "/info", "/components", "/traces", "/specs", "/nothing"] {
        let answer = get(address, path).await;
        for (name, value) in [
            ("Cache-Control", "no-store"),
            ("X-Content-Type-Options", "nosniff"),
            ("X-Frame-Options", "DENY"),
            ("Referrer-Policy", "no-referrer"),
            ("Cross-Origin-Resource-Policy", "same-origin"),
        ] {
            assert_eq!(answer.header(name), Some(value), "{path}");
        }
        let policy = answer.header("Content-Security-Policy").unwrap();
        assert!(policy.starts_with("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{path}");
        assert!(!policy.contains("unsafe") && !policy.contains('*') && !policy.contains("http"), "{path}: {policy}");
        assert!(answer.header("Access-Control-Allow-Origin").is_none(), "{path}");
    }
    let page = get(address, "/").await;
    assert_eq!(page.header("Content-Type"), Some("text/html; charset=utf-8"));
    assert!(page.header("Content-Security-Policy").unwrap().matches("'sha256-").count() == 2);
    assert!(page.body.starts_with("<!doctype html>") && page.body.trim_end().ends_with("</html>"));
    admin.stop().await;
}

#[tokio::test]
async fn a_connection_serves_more_than_one_request() {
    let (admin, address) = started(Admin::builder(Switch::new())).await;
    let one = format!("GET /healthz HTTP/1.1\r\nHost: {address}\r\n\r\n");
    let last = format!("GET /healthz HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    let answer = raw(address, format!("{one}{one}{last}").as_bytes()).await;
    assert_eq!(answer.head.matches("200 OK").count() + answer.body.matches("200 OK").count(), 3);
    let Status { health, figures, .. } = admin.status();
    assert_eq!(health, Health::Up);
    assert_eq!(figures.iter().find(|(name, _)| *name == "requests_total").unwrap().1, 3);
    admin.stop().await;
    assert_eq!(admin.status().health, Health::Stopped);
}
