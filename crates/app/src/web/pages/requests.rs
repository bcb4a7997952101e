//! `/requests`: requests about people's own data that wait for me; `/requests/{case}`: one, decided with an answer.

use crate::web::errors::Failed;
use crate::web::session::{Posted, Signed};
use crate::web::state::App;
use crate::web::visit::{Visit, address};
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use minijinja::value::Serde;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use xueshi_policy::Text;
use xueshi_registry::flow::DATA_REQUEST;
use xueshi_registry::time::minute_of;
use xueshi_registry::{Actor, DataRequest, Error, Refusal, Why};

/// Requests on a page.
const LINES: i64 = 50;

/// Which page of the list.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::web) struct Asked {
    since: Option<i64>,
    after: i64,
    done: String,
}

#[derive(Serialize)]
struct ListPage {
    total: i64,
    lines: Vec<Line>,
    done: bool,
    first: bool,
    next: String,
}

#[derive(Serialize)]
struct Line {
    case: i64,
    name: String,
    since: String,
}

/// A request in words.
#[derive(Serialize)]
pub(in crate::web) struct Shown {
    case: i64,
    version: i64,
    kind: String,
    erasure: bool,
    name: String,
    wish: String,
    answer: String,
    state: String,
    tone: &'static str,
    at: String,
    /// It can be withdrawn by the one who asked.
    open: bool,
}

#[derive(Serialize)]
struct OnePage {
    request: Shown,
    may_decide: bool,
    answer: String,
    error: String,
    way: Vec<Step>,
}

#[derive(Serialize)]
struct Step {
    at: String,
    by: String,
    step: String,
}

/// What was decided.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::web) struct Decided {
    step: String,
    version: i64,
    reason: String,
}

/// A request in words.
///
/// # Errors
/// If a word is missing.
pub(in crate::web) fn shown(request: &DataRequest, visit: &Visit) -> Result<Shown, Failed> {
    let state = DATA_REQUEST.state(&request.state);
    Ok(Shown {
        case: request.case,
        version: request.version,
        kind: visit.word(&format!("requests.kind-{}", request.kind.word()), &[])?,
        erasure: request.kind == xueshi_registry::RequestKind::Erasure,
        name: request.name.clone(),
        wish: request.wish.clone(),
        answer: request.answer.clone(),
        state: state.map(|state| visit.say(&Text::new(state.zh, state.en)).to_owned()).unwrap_or_default(),
        tone: match request.state.as_str() {
            "granted" => "ok",
            "waiting" => "wait",
            "refused" => "no",
            _ => "",
        },
        at: minute_of(request.asked_at),
        open: state.is_some_and(|state| state.open),
    })
}

/// `GET /requests`.
pub(in crate::web) async fn get(State(app): State<Arc<App>>, visit: Visit, Signed { actor }: Signed, Query(asked): Query<Asked>) -> Result<Response, Failed> {
    let after = asked.since.map(|since| (since, asked.after));
    let queue = app.ask(move |registry| registry.queue(&actor, DATA_REQUEST.id, after, LINES)).await?;
    let next = queue.next.map(|(since, case)| address("/requests", &[("since", &since.to_string()), ("after", &case.to_string())])).unwrap_or_default();
    let lines = queue.lines.into_iter().map(|line| Line { case: line.case, name: line.name, since: minute_of(line.since) }).collect();
    visit.page("requests.html", Serde(ListPage { total: queue.total, lines, done: !asked.done.is_empty(), first: after.is_some(), next }))
}

/// `GET /requests/{case}`.
pub(in crate::web) async fn one(State(app): State<Arc<App>>, visit: Visit, Signed { actor }: Signed, Path(case): Path<i64>) -> Result<Response, Failed> {
    page(&app, &visit, actor, case, String::new(), None).await
}

/// `POST /requests/{case}`.
pub(in crate::web) async fn post(State(app): State<Arc<App>>, visit: Visit, Signed { actor }: Signed, Path(case): Path<i64>, Posted(decided): Posted<Decided>) -> Result<Response, Failed> {
    let (by, step, reason) = (actor.clone(), decided.step.clone(), decided.reason.clone());
    let done = app.ask(move |registry| Ok(registry.decide_request(&by, case, decided.version, &step, &reason))).await?;
    match done {
        Ok(()) => Ok(Redirect::to("/requests?done=1").into_response()),
        Err(Error::Refused(refusal)) if refusal.why == Why::Invalid => {
            let mut response = page(&app, &visit, actor, case, decided.reason, Some(&refusal)).await?;
            *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
            Ok(response)
        }
        Err(other) => Err(other.into()),
    }
}

async fn page(app: &Arc<App>, visit: &Visit, actor: Actor, case: i64, answer: String, refusal: Option<&Refusal>) -> Result<Response, Failed> {
    let request = app.ask(move |registry| registry.data_request(&actor, case)).await?;
    let step = |id: &str| DATA_REQUEST.steps.iter().find(|step| step.id == id).map(|step| visit.say(&Text::new(step.zh, step.en)).to_owned());
    let way = request.way.iter().map(|taken| {
        let step = step(&taken.step).map_or_else(|| visit.word("requests.asked-for", &[]), Ok)?;
        Ok(Step { at: minute_of(taken.at), by: taken.by.clone(), step })
    });
    let page = OnePage {
        may_decide: request.steps.contains(&"grant-request"),
        way: way.collect::<Result<_, Failed>>()?,
        request: shown(&request, visit)?,
        answer,
        error: refusal.map(|refusal| visit.say(&refusal.text).to_owned()).unwrap_or_default(),
    };
    visit.page("request.html", Serde(page))
}
