//! `/healthz`, `/readyz`, `/info`, `/components`, `/traces`: how the switch is.

use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

use super::reply::{self, Refusal};
use super::shared::Shared;
use crate::host::Status;

/// Traces that are given unless the request says otherwise.
const TRACES: usize = 50;
/// Most traces that are given.
const MOST_TRACES: usize = 1000;

/// The process answers.
pub(super) async fn healthz() -> Response {
    ([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], "ok\n").into_response()
}

/// Whether every check is passed. Why one is not is told in a word, and in full to those who may ask for more.
pub(super) async fn readyz(State(shared): State<Arc<Shared>>, headers: HeaderMap) -> Response {
    let in_full = match &shared.token {
        Some(token) => token.is_in(&headers),
        None => super::access::is_to_loopback(&headers),
    };
    let checks = shared.source.checks();
    let is_ready = checks.iter().all(|check| check.failed.is_none());
    let told = checks.into_iter().map(|check| {
        let told = match check.failed {
            None => json!({ "ok": true }),
            Some(word) if !in_full || check.detail.is_empty() => json!({ "ok": false, "error": word }),
            Some(word) => json!({ "ok": false, "error": format!("{word}: {}", check.detail) }),
        };
        (check.name, told)
    });
    let status = if is_ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let word = if is_ready { "healthy" } else { "unhealthy" };
    reply::json(status, &json!({ "status": word, "checks": told.collect::<Map<String, Value>>() }))
}

/// What the service is.
pub(super) async fn info(State(shared): State<Arc<Shared>>) -> Response {
    let said = shared.source.info().into_iter().map(|(name, value)| (name, Value::String(value)));
    let value = json!({
        "service": shared.service,
        "version": env!("CARGO_PKG_VERSION"),
        "started": shared.started(),
        "uptime_seconds": shared.since.elapsed().as_secs(),
        "info": said.collect::<Map<String, Value>>(),
        "components": list(&shared),
    });
    reply::json(StatusCode::OK, &value)
}

/// Every component.
pub(super) async fn components(State(shared): State<Arc<Shared>>) -> Response {
    reply::json(StatusCode::OK, &json!({ "components": list(&shared) }))
}

fn list(shared: &Shared) -> Vec<Value> {
    let components = shared.source.components().into_iter();
    components.map(|(name, kind, status)| component(&name, kind, &status)).collect()
}

fn component(name: &str, kind: &str, status: &Status) -> Value {
    let figures = status.figures.iter().map(|(name, value)| ((*name).to_owned(), json!(value)));
    json!({
        "name": name,
        "kind": kind,
        "health": status.health.name(),
        "ready": status.health.is_ready(),
        "detail": status.detail,
        "figures": figures.collect::<Map<String, Value>>(),
    })
}

/// The latest transactions, the newest first.
pub(super) async fn traces(State(shared): State<Arc<Shared>>, RawQuery(query): RawQuery) -> Result<Response, Refusal> {
    let limit = limit(query.as_deref())?;
    let mut traces = shared.source.traces(limit);
    traces.truncate(limit);
    // One that is no JSON is shown as the text that it is, so that it is not missed.
    let read = |line: String| serde_json::from_str(&line).unwrap_or_else(|_| json!({ "text": line }));
    let traces: Vec<Value> = traces.into_iter().map(read).collect();
    Ok(reply::json(StatusCode::OK, &json!({ "traces": traces })))
}

fn limit(query: Option<&str>) -> Result<usize, Refusal> {
    let message = format!("limit is a number up to {MOST_TRACES}: /traces?limit={TRACES}");
    match query.filter(|query| !query.is_empty()) {
        None => Ok(TRACES),
        Some(query) => {
            let limit = query.strip_prefix("limit=").and_then(|limit| limit.parse::<usize>().ok());
            limit.filter(|limit| *limit <= MOST_TRACES).ok_or_else(|| Refusal::bad("query", message))
        }
    }
}
