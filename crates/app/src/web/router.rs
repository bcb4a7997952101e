//! Every address there is.

use super::pages::{calculator, landing, regulation, regulations};
use super::state::App;
use super::{assets, errors, security};
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderName, StatusCode};
use axum::middleware;
use axum::response::IntoResponse as _;
use axum::routing::get;
use std::any::Any;
use std::sync::Arc;
use std::time::Duration;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::request_id::{MakeRequestUuid, PropagateRequestIdLayer, SetRequestIdLayer};
use tower_http::timeout::TimeoutLayer;
use tower_http::trace::TraceLayer;

/// The main navigation: address, and the key of its word.
pub(super) const NAV: &[(&str, &str)] = &[("/regulations", "nav.regulations"), ("/calculator", "nav.calculator")];

/// A request's number in headers.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// No request may take longer.
const SECONDS_MAX: u64 = 30;
/// Forms are small; a page that takes files raises it for itself.
const BODY_BYTES_MAX: usize = 256 * 1024;

/// The addresses.
#[rustfmt::skip]
fn addresses() -> Router<Arc<App>> {
    Router::new()
        .route("/",                 get(landing::get))
        .route("/regulations",      get(regulations::get))
        .route("/regulations/{id}", get(regulation::get))
        .route("/calculator",       get(calculator::get))
        .route("/assets/{file}",    get(assets::get))
        .route("/healthz",          get(|| async { "ok" }))
        .fallback(|| async { errors::Failed::NotFound })
}

/// The addresses with everything around them.
pub(super) fn router(app: Arc<App>) -> Router {
    framed(addresses(), app)
}

/// What stands around addresses, outermost last.
pub(super) fn framed(addresses: Router<Arc<App>>, app: Arc<App>) -> Router {
    addresses
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, Duration::from_secs(SECONDS_MAX)))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(middleware::from_fn_with_state(Arc::clone(&app), errors::present))
        .layer(middleware::from_fn_with_state(Arc::clone(&app), security::protect))
        .layer(CompressionLayer::new())
        .layer(TraceLayer::new_for_http())
        .layer(PropagateRequestIdLayer::new(REQUEST_ID))
        .layer(SetRequestIdLayer::new(REQUEST_ID, MakeRequestUuid))
        .with_state(app)
}

fn panicked(_: Box<dyn Any + Send>) -> axum::response::Response {
    errors::Failed::Internal("a panic, reported by itself".to_owned()).into_response()
}
