//! `/desk/{case}/proofs/{proof}`: a proof's file, shown inside the desk.

use crate::web::errors::Failed;
use crate::web::security;
use crate::web::session::Signed;
use crate::web::state::App;
use axum::extract::{Path, State};
use axum::http::HeaderValue;
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE, X_FRAME_OPTIONS};
use axum::response::{IntoResponse as _, Response};
use std::sync::Arc;

/// `GET /desk/{case}/proofs/{proof}`.
pub(in crate::web) async fn get(State(app): State<Arc<App>>, Signed { actor }: Signed, Path((_, proof)): Path<(i64, i64)>) -> Result<Response, Failed> {
    let (name, media, bytes) = app.ask(move |registry| registry.proof(&actor, proof)).await?;
    let name: String = name.bytes().map(|c| if c.is_ascii_alphanumeric() || b"-_.".contains(&c) { char::from(c).to_string() } else { format!("%{c:02X}") }).collect();
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_str(&media).map_err(|error| Failed::Internal(error.to_string()))?);
    headers.insert(CONTENT_DISPOSITION, HeaderValue::from_str(&format!("inline; filename*=UTF-8''{name}")).map_err(|error| Failed::Internal(error.to_string()))?);
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(security::FRAMED));
    headers.insert(X_FRAME_OPTIONS, HeaderValue::from_static("SAMEORIGIN"));
    Ok(response)
}
