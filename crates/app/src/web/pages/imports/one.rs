//! `/imports/{id}`: the trial, its rows, and the confirmation of exactly this file.

use super::state_of;
use crate::web::errors::Failed;
use crate::web::pages::jobs::Running;
use crate::web::paging::more;
use crate::web::places::Choice;
use crate::web::session::{Posted, Signed};
use crate::web::state::App;
use crate::web::visit::{Visit, address};
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use minijinja::value::Serde;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::sync::Arc;
use xueshi_policy::Text;
use xueshi_registry::time::minute_of;
use xueshi_registry::{Actor, Import, ImportLine, RowOutcome};

/// Rows on a page.
const LINES: i64 = 50;

/// Which rows are shown.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::web) struct Asked {
    show: String,
    after: i64,
}

#[derive(Serialize)]
struct Page {
    id: i64,
    name: String,
    kind: &'static str,
    digest: String,
    made: String,
    state: String,
    chip: &'static str,
    /// It waits for a decision.
    checked: bool,
    ended: bool,
    /// The work under way.
    job: Option<Running>,
    /// Why the work failed, or what it came to.
    said: String,
    failed: String,
    /// The work that ended on its way, and can go on or take back what it did.
    stuck: Option<i64>,
    notices: Vec<String>,
    counts: Vec<(String, String, i64)>,
    enters: i64,
    refused: i64,
    outcomes: Vec<Choice>,
    lines: Vec<Line>,
    first: String,
    next: String,
    error: String,
}

#[derive(Serialize)]
struct Line {
    row: i64,
    outcome: String,
    chip: &'static str,
    about: String,
    case: Option<i64>,
    /// The column at fault, by its title.
    column: String,
    value: String,
    why: String,
    /// Title of the column, before, after.
    changes: Vec<(String, String, String)>,
}

/// `GET /imports/{id}`.
pub(in crate::web) async fn get(State(app): State<Arc<App>>, visit: Visit, Signed { actor }: Signed, Path(id): Path<i64>, Query(asked): Query<Asked>) -> Result<Response, Failed> {
    page(&app, &visit, actor, id, asked, None).await
}

async fn page(app: &App, visit: &Visit, actor: Actor, id: i64, asked: Asked, error: Option<&Text>) -> Result<Response, Failed> {
    let (outcome, after) = (RowOutcome::of(&asked.show), asked.after);
    let (import, job, lines) = app
        .ask(move |registry| {
            let import = registry.import(&actor, id)?;
            let job = import.job.map(|job| registry.job(&actor, job)).transpose()?;
            // While rows are weighed they change under the reader.
            let lines = if import.state == "checking" { Vec::new() } else { registry.import_lines(&actor, id, outcome, after, LINES)? };
            Ok((import, job, lines))
        })
        .await?;
    let (state, chip) = state_of(&import);
    let titles = titles(app, visit);
    let part = |after: &str| address(&format!("/imports/{id}"), &[("show", &asked.show), ("after", after)]);
    let next = more(&lines, LINES).map(|last| part(&last.row.to_string())).unwrap_or_default();
    let counts = RowOutcome::ALL.into_iter().filter(|outcome| import.count(*outcome) > 0).map(|outcome| Ok((outcome.word().to_owned(), word(visit, outcome)?, import.count(outcome))));
    let outcomes = RowOutcome::ALL.into_iter().map(|one| Ok(Choice { value: one.word().to_owned(), title: word(visit, one)?, chosen: outcome == Some(one) }));
    let running = job.as_ref().filter(|job| job.state.open()).map(Running::of);
    let page = Page {
        id,
        name: import.name.clone(),
        kind: import.kind.word(),
        digest: import.digest.clone(),
        made: minute_of(import.made_at),
        state: visit.word(state, &[])?,
        chip,
        checked: import.state == "checked",
        ended: ["entered", "undone"].contains(&import.state.as_str()),
        job: running,
        said: job.as_ref().and_then(|job| job.result.as_ref()).map(|said| visit.say(said).to_owned()).unwrap_or_default(),
        failed: job.as_ref().and_then(|job| job.error.as_ref()).map(|why| visit.say(why).to_owned()).unwrap_or_default(),
        stuck: job.as_ref().filter(|job| job.may_go_on()).map(|job| job.id),
        notices: import.notices.iter().map(|notice| visit.say(notice).to_owned()).collect(),
        counts: counts.collect::<Result<_, Failed>>()?,
        enters: enters(&import),
        refused: import.count(RowOutcome::Refused),
        outcomes: outcomes.collect::<Result<_, Failed>>()?,
        lines: lines.into_iter().map(|one| line(visit, &titles, one)).collect::<Result<_, Failed>>()?,
        first: if asked.after > 0 { part("") } else { String::new() },
        next,
        error: error.map(|why| visit.say(why).to_owned()).unwrap_or_default(),
    };
    visit.page("import.html", Serde(page))
}

fn enters(import: &Import) -> i64 {
    import.count(RowOutcome::Created) + import.count(RowOutcome::Changed)
}

fn word(visit: &Visit, outcome: RowOutcome) -> Result<String, Failed> {
    let key = match outcome {
        RowOutcome::Created => "imports.created",
        RowOutcome::Changed => "imports.changed",
        RowOutcome::Unchanged => "imports.unchanged",
        RowOutcome::Double => "imports.double",
        RowOutcome::Refused => "imports.refused",
    };
    visit.word(key, &[])
}

/// The titles of columns in the language of the page.
pub(super) fn titles(app: &App, visit: &Visit) -> HashMap<String, String> {
    let mut all = HashMap::new();
    for file in app.engine.library().files() {
        for stack in app.engine.stacks(file.place().trim_end_matches('*'), file.sector(), crate::web::clock::today().year()).iter().flat_map(|stacks| stacks.iter()) {
            for column in &stack.schema().columns {
                all.entry(column.id.clone()).or_insert_with(|| visit.say(&column.title).to_owned());
            }
        }
    }
    for (id, title) in [
        ("person", Text::new("人员编号", "person")),
        ("identity_number", Text::new("身份证号", "identity number")),
        ("name", Text::new("姓名", "name")),
        ("post", Text::new("岗位", "post")),
        ("from", Text::new("起始日期", "since")),
        ("title", Text::new("学习内容", "title")),
    ] {
        all.insert(id.to_owned(), visit.say(&title).to_owned());
    }
    all
}

fn line(visit: &Visit, titles: &HashMap<String, String>, one: ImportLine) -> Result<Line, Failed> {
    let chip = match one.outcome {
        RowOutcome::Created | RowOutcome::Changed => "ok",
        RowOutcome::Unchanged | RowOutcome::Double => "",
        RowOutcome::Refused => "no",
    };
    let title = |column: &str| titles.get(column).cloned().unwrap_or_else(|| column.to_owned());
    let (column, value, why) = one.fault.map(|fault| (title(&fault.column), fault.value, visit.say(&fault.text).to_owned())).unwrap_or_default();
    let changes = one.changes.into_iter().map(|(column, before, after)| (title(&column), before, after)).collect();
    Ok(Line { row: one.row, outcome: word(visit, one.outcome)?, chip, about: one.about, case: one.case, column, value, why, changes })
}

/// What is confirmed.
#[derive(Debug, Deserialize)]
pub(in crate::web) struct Confirmed {
    digest: String,
    #[serde(default)]
    mode: String,
}

/// `POST /imports/{id}`.
pub(in crate::web) async fn post(State(app): State<Arc<App>>, visit: Visit, Signed { actor }: Signed, Path(id): Path<i64>, Posted(confirmed): Posted<Confirmed>) -> Result<Response, Failed> {
    let by = actor.clone();
    match app.ask(move |registry| registry.enter_import(&by, id, &confirmed.digest, confirmed.mode != "good")).await {
        Ok(_) => Ok(Redirect::to(&format!("/imports/{id}")).into_response()),
        Err(Failed::Unprocessable(why)) => {
            let mut page = page(&app, &visit, actor, id, Asked::default(), Some(&why)).await?;
            *page.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
            Ok(page)
        }
        Err(other) => Err(other),
    }
}
