//! `/specs`, `/inspect`, `/doctor`: what is in a message that somebody has pasted. It is never logged and never sent
//! back; values are shown only through the masks of the dialect.

mod look;

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::reply::{self, Refusal};
use super::shared::Shared;
use crate::frame::{Framing, Header};
use crate::inspect;

/// What is asked of `/inspect`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Inspect {
    spec: String,
    framing: Option<String>,
    hex: String,
}

/// What is asked of `/doctor`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Doctor {
    hex: String,
}

/// The dialects there are.
pub(super) async fn specs(State(shared): State<Arc<Shared>>) -> Result<Response, Refusal> {
    at_work(&shared, |shared| {
        let all = shared.dialects().into_iter();
        let specs: Vec<Value> = all.map(|(name, dialect)| json!({ "name": name, "title": dialect.title() })).collect();
        Ok(json!({ "specs": specs }))
    })
    .await
}

/// A message looked into.
pub(super) async fn inspect(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Refusal> {
    let asked: Inspect = read(&headers, body, r#"{"spec":"iso87-a","framing":"none","hex":"30313030..."}"#)?;
    at_work(&shared, move |shared| {
        let framing = match asked.framing.as_deref() {
            None | Some("" | "none") => Framing::new(Header::None),
            Some(text) => text.parse().map_err(|_| {
                let message = "no such framing: none, length2, ascii4 and so on, as in teq decode --frame";
                Refusal::bad("framing", message)
            })?,
        };
        let dialects = shared.dialects();
        let named = dialects.iter().find(|(name, _)| *name == asked.spec);
        let (name, dialect) =
            named.ok_or_else(|| Refusal::bad("spec", "no such spec: GET /specs tells the names that there are"))?;
        let wire = wire(&asked.hex)?;
        Ok(look::message(name, dialect, framing, &wire))
    })
    .await
}

/// Bytes that nobody has named.
pub(super) async fn doctor(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Refusal> {
    let asked: Doctor = read(&headers, body, r#"{"hex":"30313030..."}"#)?;
    at_work(&shared, move |shared| Ok(look::unknown(&wire(&asked.hex)?, &shared.dialects()))).await
}

/// The bytes of what was pasted, not more than are looked into.
fn wire(text: &str) -> Result<Vec<u8>, Refusal> {
    let told = |report: Box<inspect::Report>| {
        Refusal::bad(report.kind, format!("{} at character {}", report.message, report.offset))
    };
    let wire = inspect::bytes(text).map_err(told)?;
    if wire.len() > crate::doctor::MAX_BYTES {
        let message = format!("{} bytes, at most {} are looked into", wire.len(), crate::doctor::MAX_BYTES);
        return Err(Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, "length", message));
    }
    Ok(wire)
}

/// Reads JSON. The parser's own words are not passed on: they quote values.
pub(super) fn read<T: DeserializeOwned>(
    headers: &HeaderMap,
    body: Result<Bytes, BytesRejection>,
    wanted: &str,
) -> Result<T, Refusal> {
    // A form of another origin cannot say that it sends JSON.
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !kind.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json")) {
        let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
        return Err(Refusal::new(status, "content-type", "wanted is Content-Type: application/json"));
    }
    let body = body.map_err(|rejection| {
        let message = "the body could not be taken in: it is too long, or it broke off";
        Refusal::new(rejection.status(), "body", message)
    })?;
    serde_json::from_slice(&body).map_err(|error| {
        let place = format!("line {}, column {}", error.line(), error.column());
        Refusal::bad("json", format!("the body is not what is wanted ({place}): {wanted}"))
    })
}

/// Does this on a thread for such work, if there is a place for it.
async fn at_work(
    shared: &Arc<Shared>,
    work: impl FnOnce(&Shared) -> Result<Value, Refusal> + Send + 'static,
) -> Result<Response, Refusal> {
    let place = Arc::clone(&shared.inspections).acquire_owned().await;
    let shared = Arc::clone(shared);
    let done = tokio::task::spawn_blocking(move || {
        // Kept until the work is done, also when nobody waits for it any more.
        let _place = place;
        work(&shared)
    });
    let failed = |_| Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, "failed", "it could not be looked into");
    done.await.map_err(failed)?.map(|value| reply::json(StatusCode::OK, &value))
}
