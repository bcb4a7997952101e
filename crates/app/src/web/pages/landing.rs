//! `/`: what this is, and the ways in.

use crate::web::clock::today;
use crate::web::errors::Failed;
use crate::web::places::{self, Choice};
use crate::web::state::App;
use crate::web::visit::Visit;
use axum::extract::State;
use axum::response::Response;
use minijinja::value::Serde;
use serde::Serialize;
use std::sync::Arc;
use xueshi_policy::coverage;

#[derive(Serialize)]
struct Page {
    places: Vec<Choice>,
    year: i16,
    documents: usize,
    clauses: usize,
    readings: usize,
}

/// `GET /`.
pub(in crate::web) async fn get(State(app): State<Arc<App>>, visit: Visit) -> Result<Response, Failed> {
    let look = app.look()?;
    let documents: Vec<_> = app.engine.library().files().iter().filter(|file| !coverage(file).is_empty()).collect();
    let page = Page {
        places: places::choices(&app, &look.words, &visit, None),
        year: today().year(),
        documents: documents.len(),
        clauses: documents.iter().map(|file| coverage(file).len()).sum(),
        readings: documents.iter().map(|file| file.readings().count()).sum(),
    };
    visit.page("landing.html", Serde(page))
}
