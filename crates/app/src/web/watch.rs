//! What an operator sees of requests: a line of the log each, counts, and whether the server lives and is ready.
//!
//! Neither log nor counts hold what somebody typed: addresses stand there as the router lists them, without numbers and queries.

use super::state::App;
use axum::Router;
use axum::extract::{MatchedPath, Request, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tower_http::request_id::RequestId;
use tracing::Instrument as _;

/// A database that does not answer within this time is taken for absent.
const PATIENCE: Duration = Duration::from_secs(3);
/// Characters of a request's number at most; a longer one is not taken over.
const ID_CHARACTERS_MAX: usize = 64;

/// Takes away a request's number that is not one: it would stand in the log as it was sent.
pub(super) async fn tidy(mut request: Request, next: Next) -> Response {
    let fit = |id: &HeaderValue| !id.is_empty() && id.len() <= ID_CHARACTERS_MAX && id.as_bytes().iter().all(|c| c.is_ascii_alphanumeric() || b"-_.".contains(c));
    if request.headers().get("x-request-id").is_some_and(|id| !fit(id)) {
        request.headers_mut().remove("x-request-id");
    }
    next.run(request).await
}

/// Counts a request, and writes a line about it.
pub(super) async fn observe(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().map_or("unmatched", MatchedPath::as_str).to_owned();
    let method = request.method().clone();
    let id = request.extensions().get::<RequestId>().and_then(|id| id.header_value().to_str().ok()).unwrap_or_default();
    let span = tracing::info_span!("request", request_id = id, %method, route);
    let _under_way = app.meters.begin();
    let begun = Instant::now();
    let response = next.run(request).instrument(span.clone()).await;
    let microseconds = u64::try_from(begun.elapsed().as_micros()).unwrap_or(u64::MAX);
    let status = response.status().as_u16();
    app.meters.answered(&route, method.as_str(), status, microseconds);
    span.in_scope(|| tracing::info!(status, milliseconds = microseconds / 1000, "answered"));
    response
}

/// `GET /healthz`: the process answers.
pub(super) async fn healthz() -> &'static str {
    "ok"
}

/// `GET /readyz`: requests can be sent here. 503 with the reason where they can not: `stopping`, `database`, `schema`.
pub(super) async fn readyz(State(app): State<Arc<App>>) -> Response {
    match ready(&app).await {
        Ok(()) => "ready".into_response(),
        // As text of its own, so that no error page is put in its place.
        Err(why) => (StatusCode::SERVICE_UNAVAILABLE, [(CONTENT_TYPE, "application/json")], format!("{{\"ready\":false,\"why\":\"{why}\"}}")).into_response(),
    }
}

async fn ready(app: &App) -> Result<(), &'static str> {
    if app.stopping() {
        return Err("stopping");
    }
    match tokio::time::timeout(PATIENCE, app.ask(|registry| registry.schema_fits())).await {
        Ok(Ok(true)) => Ok(()),
        Ok(Ok(false)) => Err("schema"),
        Ok(Err(why)) => {
            tracing::error!(?why, "the database does not answer");
            Err("database")
        }
        Err(_) => Err("database"),
    }
}

async fn metrics(State(app): State<Arc<App>>) -> Response {
    let standing = tokio::time::timeout(PATIENCE, app.ask(|registry| registry.standing())).await.ok().and_then(Result::ok);
    let text = app.meters.told(standing.as_ref(), app.registry.now());
    ([(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text).into_response()
}

/// What stands at the address for operators.
pub(super) fn router(app: Arc<App>) -> Router {
    Router::new().route("/metrics", get(metrics)).route("/healthz", get(healthz)).route("/readyz", get(readyz)).with_state(app)
}
