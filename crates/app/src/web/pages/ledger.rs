//! `/ledger/…`: the ledger for strangers, as `c2sp.org/tlog-tiles` asks: checkpoint, tiles, entry bundles; and the key that signs.

use crate::web::errors::Failed;
use crate::web::state::App;
use axum::extract::{Path, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Response};
use std::sync::Arc;

const TEXT: &str = "text/plain; charset=utf-8";
/// A full tile never changes.
const FOR_EVER: &str = "public, max-age=31536000, immutable";
/// A part of a tile gives way to wider ones.
const A_MINUTE: &str = "public, max-age=60";

/// `GET /ledger/checkpoint`.
pub(in crate::web) async fn checkpoint(State(app): State<Arc<App>>) -> Result<Response, Failed> {
    let (note, _) = app.ask(xueshi_registry::Registry::checkpoint).await?.ok_or(Failed::NotFound)?;
    Ok(([(CONTENT_TYPE, TEXT), (CACHE_CONTROL, "no-cache")], note).into_response())
}

/// `GET /ledger/key`.
pub(in crate::web) async fn key(State(app): State<Arc<App>>) -> Result<Response, Failed> {
    let key = app.ask(xueshi_registry::Registry::ledger_key).await?;
    Ok(([(CONTENT_TYPE, TEXT), (CACHE_CONTROL, "no-cache")], format!("{key}\n")).into_response())
}

/// `GET /ledger/tile/{path}`.
pub(in crate::web) async fn tile(State(app): State<Arc<App>>, Path(path): Path<String>) -> Result<Response, Failed> {
    let published = app.ask(move |registry| registry.published(&format!("tile/{path}"))).await?.ok_or(Failed::NotFound)?;
    let keep = if published.full { FOR_EVER } else { A_MINUTE };
    Ok(([(CONTENT_TYPE, "application/octet-stream"), (CACHE_CONTROL, keep)], published.bytes).into_response())
}
