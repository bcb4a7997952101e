//! `/desk`: what waits for an officer, left the list, right a case with everything a decision needs. After a decision the next case stands there.

mod case;
mod earns;
pub(in crate::web) mod many;
pub(in crate::web) mod proof;

use crate::web::errors::Failed;
use crate::web::pages::find::opened;
use crate::web::security;
use crate::web::session::{Posted, Signed};
use crate::web::state::App;
use crate::web::visit::{Visit, address};
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_SECURITY_POLICY;
use axum::response::{IntoResponse as _, Redirect, Response};
use case::Shown;
pub(in crate::web) use case::{Button, Taken, button, state_chip, state_word, taken};
use minijinja::value::Serde;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use xueshi_registry::flow::{DATA_REQUEST, DECLARATION, FLOWS, Flow, VERIFICATION};
use xueshi_registry::{Action, Actor, CaseShown, Queue, Registry, Sought, time};

/// Cases in the list at a time.
const LINES: i64 = 25;
/// A declaration that waits longer than so many days is marked, where the installation sets nothing else (`review-days`).
const DAYS: i64 = 15;

/// Which part of the list is looked at.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub(in crate::web) struct Asked {
    /// What name or title holds.
    q: String,
    year: String,
    /// Where the page of the list begins: since and case of the line before.
    after: String,
    /// The step that was just taken, and of which case.
    done: String,
    of: i64,
}

impl Asked {
    fn after(&self) -> Option<(i64, i64)> {
        let (since, case) = self.after.split_once('-')?;
        Some((since.parse().ok()?, case.parse().ok()?))
    }

    fn year(&self) -> Option<i64> {
        self.year.trim().parse().ok().filter(|year| *year > 0)
    }

    /// An address with the same part of the list.
    fn address(&self, path: &str) -> String {
        address(path, &[("q", &self.q), ("year", &self.year), ("after", &self.after)])
    }
}

#[derive(Serialize)]
struct Page {
    list: Option<List>,
    case: Option<Shown>,
    /// What the decision is posted with to come back to the same list.
    asked: Asked,
    /// What is looked for.
    q: String,
    /// The case to go on to after a decision.
    next: Option<i64>,
    /// The step that was just taken, in words, and the case.
    done: String,
    of: i64,
    /// A case was named in the address: on a phone it comes first.
    named: bool,
    /// What is wrong with the decision that was posted, and the reason that stood there.
    error: String,
    reason: String,
}

#[derive(Serialize)]
struct List {
    total: i64,
    lines: Vec<Line>,
    /// The first page again, and the next.
    first: String,
    next: String,
    filtered: bool,
}

#[derive(Serialize)]
struct Line {
    url: String,
    /// Case and version, as checkboxes send them.
    value: String,
    name: String,
    title: String,
    year: i64,
    days: i64,
    old: bool,
    here: bool,
}

/// What the registry gave for a page.
struct Read {
    queue: Option<Queue>,
    case: Option<CaseShown>,
    days: i64,
    now: i64,
}

/// `GET /desk`.
pub(in crate::web) async fn get(State(app): State<Arc<App>>, visit: Visit, Signed { actor }: Signed, Query(asked): Query<Asked>) -> Result<Response, Failed> {
    page(&app, &visit, &actor, asked, None, ("", String::new())).await
}

/// `GET /desk/{case}`.
pub(in crate::web) async fn one(State(app): State<Arc<App>>, visit: Visit, Signed { actor }: Signed, Path(case): Path<i64>, Query(asked): Query<Asked>) -> Result<Response, Failed> {
    // What is neither a declaration nor a year has a page of its own.
    let by = actor.clone();
    if app.ask(move |registry| registry.is_matter(&by, case)).await? {
        return Ok(Redirect::to(&format!("/matters/{case}")).into_response());
    }
    page(&app, &visit, &actor, asked, Some(case), ("", String::new())).await
}

fn read(registry: &Registry, actor: &Actor, asked: &Asked, case: Option<i64>) -> xueshi_registry::Result<Read> {
    let days = registry.setting("review-days")?.and_then(|days| days.parse().ok()).unwrap_or(DAYS);
    let text = opened(registry, actor, &asked.q);
    let sought = Sought { flow: DECLARATION.id, text: &text, year: asked.year() };
    let queue = if actor.may_ever(Action::Review) { Some(registry.queue(actor, sought, asked.after(), LINES)?) } else { None };
    let first = || queue.as_ref().and_then(|queue| queue.lines.first()).map(|line| line.case);
    let case = case.or_else(first).map(|case| registry.case(actor, case)).transpose()?;
    Ok(Read { queue, case, days, now: registry.now() })
}

async fn page(app: &Arc<App>, visit: &Visit, actor: &Actor, asked: Asked, case: Option<i64>, (error, reason): (&str, String)) -> Result<Response, Failed> {
    let (by, wanted) = (actor.clone(), asked.clone());
    let read = app.ask(move |registry| read(registry, &by, &wanted, case)).await?;
    if let Some(request) = read.case.as_ref().filter(|case| case.flow.id == DATA_REQUEST.id) {
        return Ok(Redirect::to(&format!("/requests/{}", request.id)).into_response());
    }
    let here = read.case.as_ref().map(|case| case.id);
    let shown = read.case.as_ref().map(|case| case::shown(app, visit, case, read.days, read.now)).transpose()?;
    let verification = read.case.as_ref().is_some_and(|case| case.flow.id == VERIFICATION.id);
    let next = read.queue.as_ref().and_then(|queue| after(queue, here));
    let list = read.queue.filter(|_| !verification).map(|queue| list(queue, &asked, here, read.days, read.now));
    let done = done_words(visit, &asked.done);
    let (of, named) = (asked.of, case.is_some());
    let q = opened(&app.registry, actor, &asked.q);
    let page = Page { list, case: shown, next, done, of, named, error: error.to_owned(), reason, q, asked };
    let mut response = visit.page("desk.html", Serde(page))?;
    response.headers_mut().insert(CONTENT_SECURITY_POLICY, security::with_frames());
    Ok(response)
}

/// The case after this one in the list, else the first other one.
fn after(queue: &Queue, here: Option<i64>) -> Option<i64> {
    let cases = || queue.lines.iter().map(|line| Some(line.case));
    cases().skip_while(|case| *case != here).nth(1).or_else(|| cases().find(|case| *case != here)).flatten()
}

/// The step that was just taken, as the flow calls it.
fn done_words(visit: &Visit, step: &str) -> String {
    let step = FLOWS.iter().flat_map(|flow| flow.steps).find(|known| known.id == step);
    step.map(|step| case::said(visit, step.zh, step.en).to_owned()).unwrap_or_default()
}

fn list(queue: Queue, asked: &Asked, here: Option<i64>, limit: i64, now: i64) -> List {
    let lines = queue.lines.into_iter().map(|line| {
        let days = days_since(line.since, now);
        Line {
            url: asked.address(&format!("/desk/{}", line.case)),
            value: format!("{}-{}", line.case, line.version),
            old: is_old(line.due.as_deref(), days, limit, now),
            here: here == Some(line.case),
            name: line.name,
            title: line.title,
            year: line.year,
            days,
        }
    });
    let part = |after: String| Asked { after, ..asked.clone() }.address("/desk");
    List {
        total: queue.total,
        lines: lines.collect(),
        first: if asked.after.is_empty() { String::new() } else { part(String::new()) },
        next: queue.next.map(|(since, case)| part(format!("{since}-{case}"))).unwrap_or_default(),
        filtered: !asked.q.is_empty() || !asked.year.is_empty(),
    }
}

/// Whole days in Shanghai since an instant.
fn days_since(since: i64, now: i64) -> i64 {
    time::day_of(now).since(time::day_of(since)).map_or(0, |span| i64::from(span.get_days()))
}

/// Whether something is late: past its last day, or waiting longer than usual.
fn is_old(due: Option<&str>, days: i64, limit: i64, now: i64) -> bool {
    match due.and_then(|due| due.parse::<jiff::civil::Date>().ok()) {
        Some(due) => time::day_of(now) > due,
        None => days > limit,
    }
}

/// A decision.
#[derive(Debug, Deserialize)]
pub(in crate::web) struct Decision {
    version: i64,
    step: String,
    /// A reason in one's own words, or one that was suggested.
    #[serde(default)]
    reason: String,
    #[serde(default)]
    pick: String,
    /// The case to go on to.
    #[serde(default)]
    next: Option<i64>,
    #[serde(default)]
    q: String,
    #[serde(default)]
    year: String,
    #[serde(default)]
    after: String,
}

/// The flow that a step belongs to.
fn flow_of(step: &str) -> Result<&'static Flow, Failed> {
    FLOWS.into_iter().find(|flow| flow.steps.iter().any(|known| known.id == step)).ok_or(Failed::NotFound)
}

/// Takes a step of either flow.
fn take(registry: &Registry, actor: &Actor, case: (i64, i64), step: &str, reason: &str) -> xueshi_registry::Result<()> {
    let verification = VERIFICATION.steps.iter().any(|known| known.id == step);
    if verification { registry.verify_year(actor, case.0, case.1, step, reason) } else { registry.decide(actor, case.0, case.1, step, reason) }
}

/// `POST /desk/{case}`.
pub(in crate::web) async fn post(State(app): State<Arc<App>>, visit: Visit, Signed { actor }: Signed, Path(case): Path<i64>, Posted(decision): Posted<Decision>) -> Result<Response, Failed> {
    let flow = flow_of(&decision.step)?;
    let own = decision.reason.trim();
    let reason = if own.is_empty() { decision.pick } else { own.to_owned() };
    let asked = Asked { q: decision.q, year: decision.year, after: decision.after, ..Asked::default() };
    let (by, step, why) = (actor.clone(), decision.step.clone(), reason.clone());
    match app.ask(move |registry| take(registry, &by, (case, decision.version), &step, &why)).await {
        Ok(()) => {}
        Err(Failed::Unprocessable(text)) => {
            let mut response = page(&app, &visit, &actor, asked, Some(case), (visit.say(&text), reason)).await?;
            *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
            return Ok(response);
        }
        Err(other) => return Err(other),
    }
    let to = if flow.id == VERIFICATION.id || !actor.may_ever(Action::Review) { Some(case) } else { decision.next };
    let address = asked.address(&to.map_or_else(|| "/desk".to_owned(), |case| format!("/desk/{case}")));
    let and = if address.contains('?') { '&' } else { '?' };
    Ok(Redirect::to(&format!("{address}{and}done={}&of={case}", decision.step)).into_response())
}
