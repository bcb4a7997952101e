//! Who asks: a bearer token, or a browser's session. A session that changes something sends the session's token in a header, since a
//! browser sends cookies along with what other sites ask of it.

use super::problem::Code;
use crate::web::errors::Failed;
use crate::web::session::Current;
use crate::web::state::App;
use axum::extract::Request;
use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, Method};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use std::sync::Arc;

/// The header that carries the token of a session; `GET /api/v1/me` tells it.
pub(super) const CSRF: &str = "x-csrf-token";

/// Marks a request whose principal came with a bearer token: no browser sends one by itself.
#[derive(Clone, Copy, Debug)]
pub(in crate::web) struct ByToken;

/// The token of `Authorization: Bearer …`.
pub(in crate::web) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// Who a bearer token stands for; nothing for a token that is unknown, revoked or out of date.
///
/// # Errors
/// What the registry refuses.
pub(in crate::web) async fn of_token(_app: &App, _token: &str) -> Result<Option<Current>, Failed> {
    Ok(None)
}

/// Refuses what a session would change without its token.
pub(in crate::web) async fn own_pages(request: Request, next: Next) -> Response {
    let safe = [Method::GET, Method::HEAD, Method::OPTIONS].contains(request.method());
    let by_token = request.extensions().get::<ByToken>().is_some();
    let given = request.headers().get(CSRF).and_then(|value| value.to_str().ok());
    let session = request.extensions().get::<Arc<Current>>();
    if safe || by_token || session.is_some_and(|current| given == Some(&current.session.csrf)) {
        return next.run(request).await;
    }
    Failed::from(Code::Csrf).into_response()
}
