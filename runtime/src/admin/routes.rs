//! Which request goes where, what every one must pass, and what every answer carries.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};

use super::access;
#[cfg(feature = "store")]
use super::queues;
use super::reply::Refusal;
use super::shared::Shared;
use super::{health, inspector, metrics, page};

pub(super) fn router(shared: &Arc<Shared>) -> Router {
    let guarded = Router::new()
        .route("/metrics", get(metrics::show))
        .route("/info", get(health::info))
        .route("/components", get(health::components))
        .route("/traces", get(health::traces))
        .route("/specs", get(inspector::specs))
        .route("/inspect", post(inspector::inspect))
        .route("/doctor", post(inspector::doctor));
    #[cfg(feature = "store")]
    let guarded =
        guarded.route("/saf", get(queues::show).post(queues::act)).route("/saf/messages", get(queues::messages));
    let guarded = guarded.route_layer(from_fn_with_state(Arc::clone(shared), guard));
    Router::new()
        .route("/", get(page::show))
        .route("/healthz", get(health::healthz))
        .route("/readyz", get(health::readyz))
        .merge(guarded)
        .fallback(async || Refusal::new(StatusCode::NOT_FOUND, "not-found", "there is nothing here"))
        .method_not_allowed_fallback(async || {
            Refusal::new(StatusCode::METHOD_NOT_ALLOWED, "method", "this is asked for in another way")
        })
        .layer(DefaultBodyLimit::max(shared.limits.body))
        .layer(from_fn_with_state(Arc::clone(shared), every))
        .with_state(Arc::clone(shared))
}

/// Lets those in who have the token.
async fn guard(State(shared): State<Arc<Shared>>, request: Request, next: Next) -> Response {
    if shared.token.as_ref().is_none_or(|token| token.is_in(request.headers())) {
        return next.run(request).await;
    }
    shared.refused.fetch_add(1, Ordering::Relaxed);
    Refusal::new(StatusCode::UNAUTHORIZED, "token", "a token is needed: Authorization: Bearer TOKEN").into_response()
}

/// Counts and bounds a request, and closes an answer to everything that it is not for.
async fn every(State(shared): State<Arc<Shared>>, request: Request, next: Next) -> Response {
    shared.requests.fetch_add(1, Ordering::Relaxed);
    // Probes may come by any name, and are told nothing.
    let is_probe = matches!(request.uri().path(), "/healthz" | "/readyz");
    let mut response = if shared.token.is_none() && !is_probe && !access::is_to_loopback(request.headers()) {
        shared.refused.fetch_add(1, Ordering::Relaxed);
        let message = "without a token only requests to a loopback name are answered, such as localhost";
        Refusal::new(StatusCode::MISDIRECTED_REQUEST, "host", message).into_response()
    } else {
        match tokio::time::timeout(shared.limits.request, next.run(request)).await {
            Ok(response) => response,
            Err(_) => Refusal::new(StatusCode::REQUEST_TIMEOUT, "late", "the request took too long").into_response(),
        }
    };
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "no-referrer"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.insert("cross-origin-resource-policy", HeaderValue::from_static("same-origin"));
    let closed = HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'");
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(closed);
    response
}
