//! `/me/deliveries`: what providers delivered about me, with its whole way.

use super::own;
use crate::web::errors::Failed;
use crate::web::pages::deliveries::{Step, state_word, tone, way};
use crate::web::paging::{Before, more};
use crate::web::session::Signed;
use crate::web::state::App;
use crate::web::visit::Visit;
use axum::extract::{Query, State};
use axum::response::Response;
use minijinja::value::Serde;
use serde::Serialize;
use std::sync::Arc;
use xueshi_registry::About;

/// Completions on a page.
const LINES: i64 = 20;

#[derive(Serialize)]
struct Page {
    lines: Vec<Line>,
    next: Option<i64>,
}

#[derive(Serialize)]
struct Line {
    id: i64,
    provider: String,
    title: String,
    year: i64,
    state: String,
    tone: &'static str,
    reason: String,
    case: Option<i64>,
    way: Vec<Step>,
}

/// `GET /me/deliveries`.
pub(in crate::web) async fn get(State(app): State<Arc<App>>, visit: Visit, signed: Signed, Query(asked): Query<Before>) -> Result<Response, Failed> {
    let person = own(&signed)?;
    let all = app.ask(move |registry| registry.deliveries_about(&signed.actor, person, asked.before, LINES)).await?;
    let next = more(&all, LINES).map(|about| about.line.id);
    visit.page("my-deliveries.html", Serde(Page { lines: all.into_iter().map(|about| line(&visit, about)).collect(), next }))
}

fn line(visit: &Visit, about: About) -> Line {
    let line = about.line;
    Line {
        id: line.id,
        provider: about.provider,
        title: line.title,
        year: line.year,
        state: state_word(visit, &line.state),
        tone: tone(&line.state),
        reason: line.reason.map(|reason| visit.say(&reason.text).to_owned()).unwrap_or_default(),
        case: about.case,
        way: way(visit, &about.way),
    }
}
