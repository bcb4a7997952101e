//! `/people/doubles`: pairs that may be one person; one proposes to merge them, or says that they are two.

use crate::web::errors::Failed;
use crate::web::paging::more;
use crate::web::session::{Posted, Signed};
use crate::web::state::App;
use crate::web::visit::{Visit, address};
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use minijinja::value::Serde;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use xueshi_policy::Text;
use xueshi_registry::Actor;
use xueshi_registry::doubles::{Pair, Registered};

/// Pairs on a page.
const LINES: i64 = 25;

/// Where the page begins.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::web) struct Asked {
    after: String,
}

#[derive(Serialize)]
struct Page {
    pairs: Vec<Line>,
    first: String,
    next: String,
    /// The pair that was decided, what stood there, and what was wrong with it.
    failed: (i64, i64),
    reason: String,
    error: String,
}

#[derive(Serialize)]
struct Line {
    one: One,
    other: One,
    same_identifier: bool,
    case: Option<i64>,
}

#[derive(Serialize)]
struct One {
    id: i64,
    name: String,
    born: String,
    employer: String,
}

/// A pair and what becomes of it.
#[derive(Debug, Deserialize)]
pub(in crate::web) struct Decision {
    one: i64,
    other: i64,
    /// `keep-one` and `keep-other` propose a merge into that one; `apart` says they are two.
    step: String,
    #[serde(default)]
    reason: String,
}

/// `GET /people/doubles`.
pub(in crate::web) async fn get(State(app): State<Arc<App>>, visit: Visit, Signed { actor }: Signed, Query(asked): Query<Asked>) -> Result<Response, Failed> {
    page(&app, &visit, &actor, &asked.after, ((0, 0), String::new(), String::new())).await
}

/// `POST /people/doubles`.
pub(in crate::web) async fn post(State(app): State<Arc<App>>, visit: Visit, Signed { actor }: Signed, Posted(decision): Posted<Decision>) -> Result<Response, Failed> {
    let (by, pair, reason) = (actor.clone(), (decision.one, decision.other), decision.reason.clone());
    let done = app
        .ask(move |registry| match decision.step.as_str() {
            "keep-one" => registry.propose_merge(&by, decision.one, decision.other, &decision.reason).map(Some),
            "keep-other" => registry.propose_merge(&by, decision.other, decision.one, &decision.reason).map(Some),
            _ => registry.keep_apart(&by, decision.one, decision.other, &decision.reason).map(|()| None),
        })
        .await;
    let (why, status): (Text, StatusCode) = match done {
        Ok(Some(case)) => return Ok(Redirect::to(&format!("/matters/{case}")).into_response()),
        Ok(None) => return Ok(Redirect::to("/people/doubles").into_response()),
        Err(Failed::Unprocessable(why)) => (why, StatusCode::UNPROCESSABLE_ENTITY),
        Err(Failed::Conflict(why)) => (why, StatusCode::CONFLICT),
        Err(other) => return Err(other),
    };
    // The page begins with the pair.
    let from = format!("{}_{}", pair.0, pair.1 - 1);
    let mut response = page(&app, &visit, &actor, &from, (pair, reason, visit.say(&why).to_owned())).await?;
    *response.status_mut() = status;
    Ok(response)
}

async fn page(app: &Arc<App>, visit: &Visit, actor: &Actor, after: &str, (failed, reason, error): ((i64, i64), String, String)) -> Result<Response, Failed> {
    let by = actor.clone();
    let from = after.split_once('_').and_then(|(one, other)| Some((one.parse().ok()?, other.parse().ok()?))).unwrap_or((0, 0));
    let pairs = app.ask(move |registry| registry.possible_doubles(&by, from, LINES)).await?;
    let next = more(&pairs, LINES).map(|pair| address("/people/doubles", &[("after", &format!("{}_{}", pair.one.id, pair.other.id))])).unwrap_or_default();
    let first = if after.is_empty() { String::new() } else { "/people/doubles".to_owned() };
    visit.page("doubles.html", Serde(Page { pairs: pairs.into_iter().map(line).collect(), first, next, failed, reason, error }))
}

fn line(pair: Pair) -> Line {
    let one = |of: Registered| One { id: of.id, name: of.name, born: of.born.unwrap_or_default(), employer: of.employer };
    Line { one: one(pair.one), other: one(pair.other), same_identifier: pair.same_identifier, case: pair.case }
}
