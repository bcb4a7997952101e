//! `/jobs`: background work of one's own; `/jobs/{id}`: how far one piece is, shown anew every few seconds without scripts and by
//! events (`/jobs/{id}/events`) with them.

pub(in crate::web) mod events;

use crate::web::errors::Failed;
use crate::web::paging::{Before, more};
use crate::web::session::{Posted, Signed};
use crate::web::state::App;
use crate::web::visit::{Visit, address};
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use minijinja::value::Serde;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use xueshi_registry::time::minute_of;
use xueshi_registry::{Job, JobState};

/// Lines on a page.
const LINES: i64 = 50;

#[derive(Serialize)]
struct List {
    lines: Vec<Shown>,
    first: bool,
    next: String,
}

/// A piece of work as a page shows it.
#[derive(Serialize)]
struct Shown {
    id: i64,
    title: String,
    state: String,
    chip: &'static str,
    open: bool,
    /// Waits for its turn.
    queued: bool,
    cancelling: bool,
    /// It ended on its way and can go on.
    again: bool,
    /// What it did can be taken back.
    back: bool,
    /// How far it is, in hundredths of everything.
    percent: Option<i64>,
    /// The same in words.
    far: String,
    result: String,
    error: String,
    made: String,
    ended: String,
    /// Where what it is about stands: address and word.
    see: Option<(String, String)>,
}

/// How far a piece of work is, on the page of what it is about.
#[derive(Serialize)]
pub(super) struct Running {
    id: i64,
    /// In hundredths of everything.
    percent: Option<i64>,
    done: i64,
    total: Option<i64>,
}

impl Running {
    /// Of this work.
    pub(super) fn of(job: &Job) -> Self {
        Self { id: job.id, percent: job.percent(), done: job.done, total: job.total }
    }
}

/// `GET /jobs`.
pub(in crate::web) async fn list(State(app): State<Arc<App>>, visit: Visit, Signed { actor }: Signed, Query(asked): Query<Before>) -> Result<Response, Failed> {
    let jobs = app.ask(move |registry| registry.jobs(&actor, asked.before, LINES)).await?;
    let next = more(&jobs, LINES).map(|last| address("/jobs", &[("before", &last.id.to_string())])).unwrap_or_default();
    let lines = jobs.iter().map(|job| shown(&visit, job)).collect::<Result<_, _>>()?;
    visit.page("jobs.html", Serde(List { lines, first: asked.before.is_none(), next }))
}

/// `GET /jobs/{id}`.
pub(in crate::web) async fn get(State(app): State<Arc<App>>, visit: Visit, Signed { actor }: Signed, Path(id): Path<i64>) -> Result<Response, Failed> {
    let job = app.ask(move |registry| registry.job(&actor, id)).await?;
    visit.page("job.html", Serde(shown(&visit, &job)?))
}

/// Nothing but the token.
#[derive(Debug, Deserialize)]
pub(in crate::web) struct Nothing {}

/// `POST /jobs/{id}/cancel`.
pub(in crate::web) async fn cancel(State(app): State<Arc<App>>, Signed { actor }: Signed, Path(id): Path<i64>, Posted(Nothing {}): Posted<Nothing>) -> Result<Response, Failed> {
    app.ask(move |registry| registry.cancel_job(&actor, id)).await?;
    Ok(Redirect::to(&format!("/jobs/{id}")).into_response())
}

/// `POST /jobs/{id}/again`.
pub(in crate::web) async fn again(State(app): State<Arc<App>>, Signed { actor }: Signed, Path(id): Path<i64>, Posted(Nothing {}): Posted<Nothing>) -> Result<Response, Failed> {
    app.ask(move |registry| registry.go_on_with_job(&actor, id)).await?;
    Ok(Redirect::to(&format!("/jobs/{id}")).into_response())
}

fn shown(visit: &Visit, job: &Job) -> Result<Shown, Failed> {
    let (state, chip) = match job.state {
        JobState::Queued | JobState::Running if job.cancelling => ("jobs.cancelling", "wait"),
        JobState::Queued => ("jobs.queued", ""),
        JobState::Running => ("jobs.running", "wait"),
        JobState::Done => ("jobs.done", "ok"),
        JobState::Failed => ("jobs.failed", "no"),
        JobState::Cancelled => ("jobs.cancelled", ""),
    };
    Ok(Shown {
        id: job.id,
        title: visit.say(&job.title).to_owned(),
        state: visit.word(state, &[])?,
        chip,
        open: job.state.open(),
        queued: job.began_at.is_none() && job.state == JobState::Queued,
        cancelling: job.cancelling,
        again: job.may_go_on(),
        back: job.may_take_back(),
        percent: job.percent(),
        far: far(visit, job)?,
        result: job.result.as_ref().map(|said| visit.say(said).to_owned()).unwrap_or_default(),
        error: job.error.as_ref().map(|why| visit.say(why).to_owned()).unwrap_or_default(),
        made: minute_of(job.made_at),
        ended: job.ended_at.map(minute_of).unwrap_or_default(),
        see: see(visit, job)?,
    })
}

/// How far it is, in words.
fn far(visit: &Visit, job: &Job) -> Result<String, Failed> {
    match job.total {
        Some(total) => visit.word("jobs.far", &[("done", &job.done.to_string()), ("total", &total.to_string())]),
        None => Ok(String::new()),
    }
}

/// Where what the work is about stands.
fn see(visit: &Visit, job: &Job) -> Result<Option<(String, String)>, Failed> {
    Ok(match job.kind.as_str() {
        "verify-year" => Some((format!("/yearly/{}/{}", job.payload["employer"], job.payload["year"]), visit.word("jobs.see-verification", &[])?)),
        "open-year" => Some((format!("/verification?year={}", job.payload["year"]), visit.word("jobs.see-verification", &[])?)),
        "import-check" | "import-enter" => Some((format!("/imports/{}", job.payload["import"]), visit.word("jobs.see-import", &[])?)),
        "policy-trial" | "policy-redetermine" => Some((format!("/drafts/{}", job.payload["draft"]), visit.word("jobs.see-draft", &[])?)),
        _ => None,
    })
}
