//! `/documents/{id}`: a certificate or card as it was handed out.

use super::steps::file;
use crate::web::errors::Failed;
use crate::web::session::Signed;
use crate::web::state::App;
use axum::extract::{Path, State};
use axum::response::Response;
use std::sync::Arc;
use xueshi_registry::documents::grouped;

/// `GET /documents/{id}`.
pub(in crate::web) async fn get(State(app): State<Arc<App>>, signed: Signed, Path(id): Path<i64>) -> Result<Response, Failed> {
    let (code, bytes) = app.ask(move |registry| registry.document(&signed.actor, id)).await?;
    file(&format!("{}.pdf", grouped(&code)), "application/pdf", bytes)
}
