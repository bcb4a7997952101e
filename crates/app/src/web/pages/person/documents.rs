//! `/documents/{id}`: a certificate or card as it was handed out; `POST /records/certificate` and `/records/card` hand one out.

use super::own;
use super::steps::file;
use crate::web::errors::Failed;
use crate::web::issuing;
use crate::web::session::{Posted, Signed};
use crate::web::state::App;
use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;
use std::sync::Arc;
use xueshi_registry::documents::grouped;

/// The verified year, by its obligation.
#[derive(Debug, Deserialize)]
pub(in crate::web) struct Asked {
    obligation: i64,
}

/// The years of a card.
#[derive(Debug, Deserialize)]
pub(in crate::web) struct Years {
    from: i64,
    to: i64,
}

/// `POST /records/certificate`: enters it in the ledger, prints it, keeps its bytes for ever.
pub(in crate::web) async fn certificate(State(app): State<Arc<App>>, signed: Signed, Posted(asked): Posted<Asked>) -> Result<Response, Failed> {
    shown(issuing::certificate(&app, signed.actor, asked.obligation).await?)
}

/// `POST /records/card`: the same for the registration card, where a regulation of the place shows one.
pub(in crate::web) async fn card(State(app): State<Arc<App>>, signed: Signed, Posted(years): Posted<Years>) -> Result<Response, Failed> {
    let person = own(&signed)?;
    shown(issuing::card(&app, signed.actor, person, (years.from, years.to)).await?)
}

fn shown(id: i64) -> Result<Response, Failed> {
    Ok(Redirect::to(&format!("/documents/{id}")).into_response())
}

/// `GET /documents/{id}`.
pub(in crate::web) async fn get(State(app): State<Arc<App>>, signed: Signed, Path(id): Path<i64>) -> Result<Response, Failed> {
    let (code, bytes) = app.ask(move |registry| registry.document(&signed.actor, id)).await?;
    file(&format!("{}.pdf", grouped(&code)), "application/pdf", bytes)
}
