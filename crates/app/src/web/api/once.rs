//! `Idempotency-Key`: what is sent again with the same key is done once and answered the same (draft-ietf-httpapi-idempotency-key-header).
//!
//! The key belongs to whoever asks, for 24 hours. Whether a request is the same is told by its address, its version and its body. What
//! failed on our side, or was refused for its number, is free to be sent again.

use super::problem::{Code, Problem};
use crate::web::errors::Failed;
use crate::web::session::Current;
use crate::web::state::App;
use axum::Extension;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{FromRequest as _, Request};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE, ETAG, IF_MATCH, LOCATION};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use serde_json::Value;
use std::sync::Arc;
use xueshi_policy::Text;
use xueshi_registry::{Answered, Once};

/// The header.
pub(super) const NAME: &str = "Idempotency-Key";
/// What it does.
pub(super) const ZH: &str = "幂等键：24 小时内同一请求重发，只办一次，答复相同。";
/// What it does.
pub(super) const EN: &str = "Within 24 hours the same request with the same key is done once, and answered the same.";
/// Says that an answer was given before.
const REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");
/// Characters of a key at most.
const KEY_CHARACTERS_MAX: usize = 100;
/// An answer is kept up to this size; none of ours that changes something is larger.
const ANSWER_BYTES_MAX: usize = 8 << 20;
/// Headers that belong to an answer.
const KEPT: [HeaderName; 3] = [CONTENT_TYPE, ETAG, LOCATION];

/// Does a request with a key once.
pub(in crate::web) async fn layer(Extension(app): Extension<Arc<App>>, request: Request, next: Next) -> Response {
    let subject = request.extensions().get::<Arc<Current>>().map(|current| format!("account/{}", current.session.account));
    let given = request.headers().get(NAME);
    let (Some(subject), Some(given), &Method::POST) = (subject, given, request.method()) else { return next.run(request).await };
    let key = given.to_str().ok().filter(|key| (1..=KEY_CHARACTERS_MAX).contains(&key.len()) && key.bytes().all(|c| c.is_ascii_graphic())).map(str::to_owned);
    let Some(key) = key else {
        let text = Text::new("键为 1 至 100 个可见的 ASCII 字符，例如一个 UUID。", "A key has 1 to 100 visible ASCII characters, such as a UUID.");
        return Failed::from(Problem::at(Code::Malformed, NAME, Some(text))).into_response();
    };
    // A task of its own: who loses patience and sends it again must find the answer, not a request that broke off.
    match tokio::spawn(once(app, subject, key, request, next)).await {
        Ok(Ok(response)) => response,
        Ok(Err(failed)) => failed.into_response(),
        Err(error) => Failed::Internal(error.to_string()).into_response(),
    }
}

async fn once(app: Arc<App>, subject: String, key: String, request: Request, next: Next) -> Result<Response, Failed> {
    let (parts, body) = request.into_parts();
    let head = Request::from_parts(parts.clone(), body);
    let body = Bytes::from_request(head, &()).await.map_err(|error| Failed::Status(error.status()))?;
    let version = parts.headers.get(IF_MATCH).map(HeaderValue::as_bytes).unwrap_or_default();
    let media = parts.headers.get(CONTENT_TYPE).map(HeaderValue::as_bytes).unwrap_or_default();
    let same = [parts.uri.to_string().as_bytes(), version, media, &body].join(&b'\n');
    let (of, named) = (subject.clone(), key.clone());
    match super::ask(&app, move |registry| registry.begin_once(&of, &named, &same)).await? {
        Once::Now => {}
        Once::Running => return Err(Code::KeyInUse.into()),
        Once::Other => return Err(Code::KeyReused.into()),
        Once::Answered(answered) => return replay(answered),
    }
    let response = next.run(Request::from_parts(parts, Body::from(body))).await;
    let (response, answered) = keep(response).await?;
    super::ask(&app, move |registry| registry.end_once(&subject, &key, answered)).await?;
    Ok(response)
}

/// What is kept of an answer: nothing where the same request may end otherwise the next time, and nothing of files, which change nothing.
async fn keep(response: Response) -> Result<(Response, Option<Answered>), Failed> {
    if !response.status().is_success() || response.headers().contains_key(CONTENT_DISPOSITION) {
        return Ok((response, None));
    }
    let (parts, body) = response.into_parts();
    let body = to_bytes(body, ANSWER_BYTES_MAX).await.map_err(|error| Failed::Internal(error.to_string()))?;
    let headers = KEPT.iter().filter_map(|name| Some((name.to_string(), Value::from(parts.headers.get(name)?.to_str().ok()?)))).collect::<serde_json::Map<_, _>>();
    let answered = Answered { status: i64::from(parts.status.as_u16()), headers: Value::Object(headers).to_string(), body: body.to_vec() };
    Ok((Response::from_parts(parts, Body::from(body)), Some(answered)))
}

fn replay(answered: Answered) -> Result<Response, Failed> {
    let inside = |error: &dyn std::fmt::Display| Failed::Internal(error.to_string());
    let status = u16::try_from(answered.status).ok().and_then(|status| StatusCode::from_u16(status).ok()).ok_or_else(|| inside(&"a kept status"))?;
    let headers: serde_json::Map<String, Value> = serde_json::from_str(&answered.headers).map_err(|error| inside(&error))?;
    let mut response = (status, answered.body).into_response();
    response.headers_mut().remove(CONTENT_TYPE);
    for (name, value) in KEPT.iter().filter_map(|name| Some((name, headers.get(name.as_str())?.as_str()?))) {
        response.headers_mut().insert(name, HeaderValue::from_str(value).map_err(|error| inside(&error))?);
    }
    response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
    Ok(response)
}
