//! `/spot-checks`: samples of verified years: drawn by seed, looked at one by one, with what was found.

use super::{year_of, years};
use crate::web::errors::Failed;
use crate::web::pages::desk::{state_chip, state_word};
use crate::web::paging::more;
use crate::web::places::Choice;
use crate::web::result;
use crate::web::session::{Posted, Signed};
use crate::web::state::App;
use crate::web::visit::Visit;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use minijinja::value::Serde;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use xueshi_policy::Hours;
use xueshi_registry::flow::VERIFICATION;
use xueshi_registry::spot_checks::{NewSpotCheck, SpotCheck, SpotCheckLine};
use xueshi_registry::{Action, Actor, time};

/// Spot checks on a page, and cases of one.
const LINES: i64 = 50;
/// A sample, where nothing else is filled in.
const SIZE: &str = "20";

/// Which page of a list.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::web) struct Asked {
    after: Option<i64>,
}

/// What is to be drawn.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub(in crate::web) struct Drawing {
    year: String,
    size: String,
    seed: String,
    reason: String,
}

#[derive(Serialize)]
struct List {
    checks: Vec<Shown>,
    next: String,
    may_draw: bool,
    years: Vec<Choice>,
    drawing: Drawing,
    error: String,
}

#[derive(Serialize)]
struct Shown {
    id: i64,
    year: i64,
    reason: String,
    seed: String,
    size: i64,
    population: i64,
    digest: String,
    at: String,
    by: String,
    sound: i64,
    wrong: i64,
    left: i64,
    entry: i64,
}

#[derive(Serialize)]
struct One {
    check: Shown,
    lines: Vec<Line>,
    next: String,
    error: String,
    at: i64,
    note: String,
}

#[derive(Serialize)]
struct Line {
    place: i64,
    case: i64,
    name: String,
    employer: String,
    status: String,
    chip: &'static str,
    total: String,
    state: &'static str,
    state_chip: &'static str,
    finding: String,
    note: String,
    open_to_me: bool,
}

fn shown(check: SpotCheck) -> Shown {
    Shown {
        id: check.id,
        year: check.year,
        reason: check.reason,
        seed: check.seed,
        size: check.drawn.0,
        population: check.drawn.1,
        digest: check.digest,
        at: time::minute_of(check.at),
        by: check.by,
        sound: check.found.0,
        wrong: check.found.1,
        left: check.drawn.0 - check.found.0 - check.found.1,
        entry: check.entry,
    }
}

/// `GET /spot-checks`.
pub(in crate::web) async fn get(State(app): State<Arc<App>>, visit: Visit, Signed { actor }: Signed, Query(asked): Query<Asked>) -> Result<Response, Failed> {
    list(&app, &visit, &actor, asked.after, Drawing { size: SIZE.to_owned(), ..Drawing::default() }, String::new()).await
}

async fn list(app: &Arc<App>, visit: &Visit, actor: &Actor, before: Option<i64>, drawing: Drawing, error: String) -> Result<Response, Failed> {
    let by = actor.clone();
    let checks = app.ask(move |registry| registry.spot_checks(&by, before, LINES)).await?;
    let next = more(&checks, LINES).map(|check| format!("/spot-checks?after={}", check.id)).unwrap_or_default();
    let page = List { next, checks: checks.into_iter().map(shown).collect(), may_draw: actor.may_ever(Action::Inspect), years: years(year_of(&drawing.year)), drawing, error };
    visit.page("spot-checks.html", Serde(page))
}

/// `POST /spot-checks`.
pub(in crate::web) async fn post(State(app): State<Arc<App>>, visit: Visit, Signed { actor }: Signed, Posted(drawing): Posted<Drawing>) -> Result<Response, Failed> {
    let new = NewSpotCheck { year: year_of(&drawing.year), size: drawing.size.trim().parse().unwrap_or_default(), seed: drawing.seed.clone(), reason: drawing.reason.clone() };
    let by = actor.clone();
    match app.ask(move |registry| registry.draw_spot_check(&by, &new)).await {
        Ok(id) => Ok(Redirect::to(&format!("/spot-checks/{id}")).into_response()),
        Err(Failed::Unprocessable(why)) => {
            let mut response = list(&app, &visit, &actor, None, drawing, visit.say(&why).to_owned()).await?;
            *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
            Ok(response)
        }
        Err(other) => Err(other),
    }
}

/// `GET /spot-checks/{id}`.
pub(in crate::web) async fn one(State(app): State<Arc<App>>, visit: Visit, Signed { actor }: Signed, Path(id): Path<i64>, Query(asked): Query<Asked>) -> Result<Response, Failed> {
    page(&app, &visit, &actor, id, asked.after.unwrap_or_default(), (String::new(), 0, String::new())).await
}

async fn page(app: &Arc<App>, visit: &Visit, actor: &Actor, id: i64, after: i64, (error, at, note): (String, i64, String)) -> Result<Response, Failed> {
    let by = actor.clone();
    let (check, lines) = app.ask(move |registry| registry.spot_check(&by, id, after, LINES)).await?;
    let next = more(&lines, LINES).map(|line| format!("/spot-checks/{id}?after={}", line.place)).unwrap_or_default();
    let lines = lines.into_iter().map(|one| line(visit, one)).collect::<Result<_, _>>()?;
    visit.page("spot-check.html", Serde(One { check: shown(check), lines, next, error, at, note }))
}

fn line(visit: &Visit, line: SpotCheckLine) -> Result<Line, Failed> {
    Ok(Line {
        place: line.place,
        case: line.case,
        name: line.name,
        employer: line.employer,
        status: result::status_word(visit, &line.status),
        chip: result::status_chip(&line.status),
        total: Hours(line.total).to_string(),
        state: state_word(visit, &VERIFICATION, &line.state),
        state_chip: state_chip(&line.state),
        finding: line.finding.map(|finding| visit.word(&format!("findings.{finding}"), &[])).transpose()?.unwrap_or_default(),
        note: line.note,
        open_to_me: line.open_to_me,
    })
}

/// What was found.
#[derive(Debug, Deserialize)]
pub(in crate::web) struct Found {
    place: i64,
    finding: String,
    #[serde(default)]
    note: String,
}

/// `POST /spot-checks/{id}`.
pub(in crate::web) async fn found(State(app): State<Arc<App>>, visit: Visit, Signed { actor }: Signed, Path(id): Path<i64>, Posted(found): Posted<Found>) -> Result<Response, Failed> {
    let (by, note, sound) = (actor.clone(), found.note.clone(), found.finding == "sound");
    match app.ask(move |registry| registry.find_in_spot_check(&by, (id, found.place), sound, &note)).await {
        Ok(()) => Ok(Redirect::to(&format!("/spot-checks/{id}?after={}#place-{}", (found.place - 1) / LINES * LINES, found.place)).into_response()),
        Err(Failed::Unprocessable(why)) => {
            let mut response = page(&app, &visit, &actor, id, (found.place - 1) / LINES * LINES, (visit.say(&why).to_owned(), found.place, found.note)).await?;
            *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
            Ok(response)
        }
        Err(other) => Err(other),
    }
}
