//! `/exports`: the learning records that one may see, as a file, for a stated purpose.

use crate::web::errors::Failed;
use crate::web::export::{self, Kind, Wanted};
use crate::web::session::{Posted, Signed};
use crate::web::state::App;
use crate::web::visit::Visit;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use minijinja::value::Serde;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use xueshi_registry::RecordsSought;

/// What is asked for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::web) struct Asked {
    year: String,
    format: String,
    purpose: String,
}

#[derive(Default, Serialize)]
struct Page {
    year: String,
    year_error: String,
    /// Value, title, chosen.
    formats: Vec<Format>,
    purpose: String,
    purpose_error: String,
}

#[derive(Serialize)]
struct Format {
    value: &'static str,
    title: String,
    chosen: bool,
}

/// `GET /exports`.
pub(in crate::web) async fn get(visit: Visit) -> Result<Response, Failed> {
    page(&visit, Asked::default(), String::new(), String::new())
}

/// `POST /exports`.
pub(in crate::web) async fn post(State(app): State<Arc<App>>, visit: Visit, Signed { actor }: Signed, Posted(asked): Posted<Asked>) -> Result<Response, Failed> {
    let typed = asked.year.trim();
    let year = typed.parse::<i64>().ok().filter(|year| (1950..=2200).contains(year));
    if year.is_none() && !typed.is_empty() {
        let wrong = visit.word("form.year-wrong", &[])?;
        return refused(&visit, asked, wrong, String::new());
    }
    let kind = Kind::of(&asked.format).unwrap_or(Kind::Xlsx);
    let sought = RecordsSought { year, ..RecordsSought::default() };
    match export::records(&app, actor, Wanted { kind, sought, purpose: asked.purpose.clone(), lang: visit.lang }).await {
        Err(Failed::Api(problem)) if problem.field.as_deref() == Some("purpose") => {
            let why = problem.detail.as_ref().map(|text| visit.say(text).to_owned()).unwrap_or_default();
            refused(&visit, asked, String::new(), why)
        }
        other => other,
    }
}

fn refused(visit: &Visit, asked: Asked, year_error: String, purpose_error: String) -> Result<Response, Failed> {
    let mut response = page(visit, asked, year_error, purpose_error)?;
    *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    Ok(response)
}

fn page(visit: &Visit, asked: Asked, year_error: String, purpose_error: String) -> Result<Response, Failed> {
    let chosen = Kind::of(&asked.format).unwrap_or(Kind::Xlsx);
    let format = |kind: Kind| Ok(Format { value: kind.extension(), title: visit.word(&format!("exports.{}", kind.extension()), &[])?, chosen: kind == chosen });
    let formats = [Kind::Xlsx, Kind::Csv, Kind::Parquet].into_iter().map(format).collect::<Result<_, Failed>>()?;
    visit.page("exports.html", Serde(Page { year: asked.year, year_error, formats, purpose: asked.purpose, purpose_error }))
}
