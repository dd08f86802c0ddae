//! `/saf`: the queues of store-and-forward, their messages, masked, and what an operator does with them.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::rejection::{BytesRejection, QueryRejection};
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::Deserialize;
use serde_json::{Value, json};

use super::inspector::read;
use super::reply::{self, Refusal};
use super::shared::Shared;
use crate::msg::Message;
use crate::saf::{Saf, Stored};
use crate::store::{EntryState, Moment, StoreError};

/// Messages that are given at a time.
const PAGE: u32 = 50;

/// Which messages are asked for.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Which {
    queue: String,
    state: Kept,
    /// Those whose numbers are beyond this.
    #[serde(default)]
    after: u64,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Kept {
    Pending,
    Dead,
}

/// What is to be done.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Act {
    queue: String,
    action: Action,
    /// With which message: for `replay` and `drop`.
    number: Option<u64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Action {
    Pause,
    Resume,
    Replay,
    Drop,
}

/// All queues, as they were a few seconds ago.
pub(super) async fn show(State(shared): State<Arc<Shared>>) -> Response {
    let queues: Vec<Value> = shared.source.queues().iter().map(queue).collect();
    reply::json(StatusCode::OK, &json!({ "queues": queues }))
}

fn queue(saf: &Saf) -> Value {
    let (status, failed) = saf.seen();
    let age = status.oldest.map(millis);
    json!({
        "name": saf.name(),
        "dialect": saf.dialect().name(),
        "running": saf.is_running(),
        "paused": status.paused,
        "waiting": status.pending,
        "given_up": status.dead,
        "oldest_age_ms": age,
        "store_failed": failed,
        "last_error": saf.trouble(),
    })
}

/// Milliseconds since then.
fn millis(then: Moment) -> u64 {
    u64::try_from(Moment::now().since(then).as_millis()).unwrap_or(u64::MAX)
}

/// Messages of a queue that wait or were given up, in order.
pub(super) async fn messages(
    State(shared): State<Arc<Shared>>,
    which: Result<Query<Which>, QueryRejection>,
) -> Result<Response, Refusal> {
    let wanted = "wanted is /saf/messages?queue=NAME&state=dead, or state=pending; and after=NUMBER for further ones";
    let Query(Which { queue, state, after }) = which.map_err(|_| Refusal::bad("query", wanted))?;
    let saf = find(&shared, &queue)?;
    let state = match state {
        Kept::Pending => EntryState::Pending,
        Kept::Dead => EntryState::Dead,
    };
    let found = saf.inspect(state, after, PAGE).await.map_err(|error| failed(&error))?;
    let last = (found.len() == PAGE as usize).then(|| found.last().map(|stored| stored.seq)).flatten();
    let found: Vec<Value> = found.iter().map(message).collect();
    Ok(reply::json(StatusCode::OK, &json!({ "queue": queue, "messages": found, "more_after": last })))
}

fn message(stored: &Stored) -> Value {
    let Stored { seq, id, state, accepted, sent, reason, message, .. } = stored;
    let (inside, error) = match message {
        Ok(message) => (message.as_ref().map(values), None),
        Err(error) => (None, Some(error.to_string())),
    };
    json!({
        "number": seq,
        "id": id,
        "state": state.name(),
        "age_ms": millis(*accepted),
        "sent": sent,
        "reason": reason,
        "message": inside,
        "error": error,
    })
}

/// As its dialect says: masked.
fn values(message: &Message) -> Value {
    let mut values = Vec::new();
    message.leaves(|leaf| {
        values.push(match leaf {
            Ok(leaf) => {
                json!({ "path": leaf.path().to_string(), "name": leaf.name(), "value": leaf.masked().to_string() })
            }
            Err(error) => json!({ "path": error.path().to_string(), "name": "", "value": error.kind().to_string() }),
        });
    });
    json!({ "mti": message.mti().to_string(), "values": values })
}

/// Does what an operator wants.
pub(super) async fn act(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Refusal> {
    let wanted =
        r#"{"queue":"NAME","action":"pause"}, or resume; {"queue":"NAME","action":"replay","number":7}, or drop"#;
    let Act { queue: name, action, number } = read(&headers, body, wanted)?;
    let saf = find(&shared, &name)?;
    let done = match (action, number) {
        (Action::Pause, None) => saf.pause().await.map(|()| true),
        (Action::Resume, None) => saf.resume().await.map(|()| true),
        (Action::Replay, Some(number)) => saf.replay(number).await,
        (Action::Drop, Some(number)) => saf.discard(number).await,
        _ => return Err(Refusal::bad("json", format!("the body is not what is wanted: {wanted}"))),
    };
    let done = done.map_err(|error| failed(&error))?;
    tracing::warn!(queue = name, ?action, number, done, "a queue was taken in hand through the admin");
    if !done {
        return Err(Refusal::new(
            StatusCode::NOT_FOUND,
            "message",
            "there is no such message that this could be done to",
        ));
    }
    saf.look().await;
    Ok(reply::json(StatusCode::OK, &json!({ "queue": queue(&saf) })))
}

fn find(shared: &Shared, name: &str) -> Result<Saf, Refusal> {
    let found = shared.source.queues().into_iter().find(|saf| saf.name() == name);
    found.ok_or_else(|| {
        Refusal::new(StatusCode::NOT_FOUND, "queue", "there is no such queue: GET /saf tells those there are")
    })
}

/// The words of a store hold nothing of what is stored.
fn failed(error: &StoreError) -> Refusal {
    Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "store", error.to_string())
}
