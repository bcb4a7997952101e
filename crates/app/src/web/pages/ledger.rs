//! `/ledger`: how far the ledger is and who vouches for it; below it, for programs, what `c2sp.org/tlog-tiles` asks: checkpoint, tiles,
//! entry bundles, and the key that signs.

use crate::web::errors::Failed;
use crate::web::state::App;
use crate::web::visit::Visit;
use axum::extract::{Path, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Response};
use minijinja::value::Serde;
use serde::Serialize;
use std::sync::Arc;
use xueshi_registry::time;

const TEXT: &str = "text/plain; charset=utf-8";
/// A full tile never changes.
const FOR_EVER: &str = "public, max-age=31536000, immutable";
/// A part of a tile gives way to wider ones.
const A_MINUTE: &str = "public, max-age=60";

#[derive(Serialize)]
struct Page {
    /// Entries that the last checkpoint covers; none while the ledger is empty.
    size: Option<String>,
    at: String,
    note: String,
    key: String,
    witnesses: Vec<Witness>,
}

#[derive(Serialize)]
struct Witness {
    name: String,
    key: String,
    /// Up to which entry it vouched, and when that came.
    last: Option<(i64, String)>,
}

/// `GET /ledger`.
pub(in crate::web) async fn get(State(app): State<Arc<App>>, visit: Visit) -> Result<Response, Failed> {
    let (checkpoint, key, witnesses) = app.ask(|registry| Ok((registry.checkpoint()?, registry.ledger_key()?, registry.witnesses()?))).await?;
    let witnesses = witnesses.into_iter().map(|one| Witness { name: one.key.name().to_owned(), key: one.key.to_string(), last: one.last.map(|(size, at)| (size, time::minute_of(at))) });
    let (note, at) = checkpoint.map(|(note, at)| (note, time::minute_of(at))).unwrap_or_default();
    // The second line of a checkpoint is the size of the tree.
    let size = note.lines().nth(1).map(str::to_owned);
    visit.page("ledger.html", Serde(Page { size, at, note, key: key.to_string(), witnesses: witnesses.collect() }))
}

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
