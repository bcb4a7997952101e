//! `/me/looked-at`: who looked at my data, when and why.

use super::own;
use crate::web::errors::Failed;
use crate::web::paging::Before;
use crate::web::session::Signed;
use crate::web::state::App;
use crate::web::visit::Visit;
use axum::extract::{Query, State};
use axum::response::Response;
use minijinja::value::Serde;
use serde::Serialize;
use std::sync::Arc;
use xueshi_registry::Line;
use xueshi_registry::time::minute_of;

/// Lines of a page.
const PAGE: i64 = 50;

#[derive(Serialize)]
struct Page {
    lines: Vec<Looked>,
    next: Option<i64>,
}

#[derive(Serialize)]
struct Looked {
    at: String,
    by: String,
    what: String,
    why: String,
}

/// `GET /me/looked-at`.
pub(in crate::web) async fn get(State(app): State<Arc<App>>, visit: Visit, signed: Signed, Query(asked): Query<Before>) -> Result<Response, Failed> {
    let person = own(&signed)?;
    let lines = app.ask(move |registry| registry.looked_at(&signed.actor, person, asked.before, PAGE)).await?;
    let next = lines.last().filter(|_| i64::try_from(lines.len()) == Ok(PAGE)).map(|line| line.id);
    let lines = lines.iter().map(|line| looked(line, &visit)).collect::<Result<_, _>>()?;
    visit.page("looked-at.html", Serde(Page { lines, next }))
}

fn looked(line: &Line, visit: &Visit) -> Result<Looked, Failed> {
    let what = visit.word(&format!("looked.{}", line.action), &[]).unwrap_or_else(|_| line.action.clone());
    let by = match &line.by {
        Some(by) => by.clone(),
        None => visit.word("looked-at.nobody", &[])?,
    };
    Ok(Looked { at: minute_of(line.at), by, what, why: line.purpose.clone() })
}
