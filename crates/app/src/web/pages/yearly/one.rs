//! `/yearly/{employer}/{year}`: an employer's year as a guided task: open, see what lacks, give the opinion, hand over, and the authorities.

use super::{Bar, bars, state_chip, state_word};
use crate::web::clock::today;
use crate::web::errors::Failed;
use crate::web::fields::capital;
use crate::web::law::Cite;
use crate::web::places::Choice;
use crate::web::result::{self, Kept};
use crate::web::session::{Posted, Signed};
use crate::web::state::App;
use crate::web::told::Teller;
use crate::web::visit::Visit;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use minijinja::value::Serde;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use xueshi_policy::{Lang, Status, Text};
use xueshi_registry::employer_years::{EmployerYear, EmployerYearStep, Said, Seal};
use xueshi_registry::flow::{EMPLOYER_YEAR, Step};
use xueshi_registry::{Action, Actor, Registry, YearPage, YearSought, YearWanted, time};

/// People who lack something, shown on the task itself.
const SHORT: i64 = 8;

#[derive(Serialize)]
struct Page {
    employer: i64,
    name: String,
    year: i64,
    years: Vec<Choice>,
    state: String,
    chip: &'static str,
    since: String,
    due: String,
    late: bool,
    version: i64,
    /// The five steps, with where they stand: `done`, `now` or `later`.
    stages: Vec<Stage>,
    opened: bool,
    not_opened: i64,
    people: i64,
    verified: i64,
    reopened: i64,
    with_employer: i64,
    left: i64,
    bars: Vec<Bar>,
    short: Vec<Line>,
    all_short: String,
    grounds: Vec<Ground>,
    checks: Vec<Check>,
    may_open: bool,
    may_verify: bool,
    one_by_one: String,
    steps: Vec<Button>,
    seals: Vec<Choice>,
    chain: Vec<String>,
    way: Vec<Taken>,
    /// What is wrong with what was posted, at which step, and what stood there.
    error: String,
    at: String,
    opinion: String,
}

#[derive(Serialize)]
struct Stage {
    title: String,
    says: String,
    state: &'static str,
}

#[derive(Serialize)]
struct Line {
    case: i64,
    name: String,
    told: Kept,
}

/// What may lift the duty.
#[derive(Serialize)]
struct Ground {
    title: String,
    rows: Vec<String>,
    cites: Vec<Cite>,
}

/// A stage of verification that the policies ask for.
#[derive(Serialize)]
struct Check {
    title: String,
    checks: Vec<String>,
    cites: Vec<Cite>,
    silent: bool,
}

#[derive(Serialize)]
struct Button {
    id: &'static str,
    title: String,
    reason: bool,
    class: &'static str,
}

#[derive(Serialize)]
struct Taken {
    at: String,
    step: String,
    to: &'static str,
    who: String,
    opinion: String,
    seal: String,
    counts: String,
    entry: i64,
}

/// `GET /yearly/{employer}/{year}`.
pub(in crate::web) async fn get(State(app): State<Arc<App>>, visit: Visit, Signed { actor }: Signed, Path((employer, year)): Path<(i64, i64)>) -> Result<Response, Failed> {
    page(&app, &visit, &actor, (employer, year), Wrong::default()).await
}

/// What was wrong with what was posted.
#[derive(Default)]
struct Wrong {
    error: String,
    at: String,
    opinion: String,
}

fn read(registry: &Registry, actor: &Actor, (employer, year): (i64, i64)) -> xueshi_registry::Result<(EmployerYear, YearPage)> {
    let task = registry.employer_year(actor, employer, year)?;
    let short = registry.year(actor, year, YearSought { status: Status::Short.name(), employer, ..YearSought::default() }, 0, SHORT)?;
    Ok((task, short))
}

async fn page(app: &Arc<App>, visit: &Visit, actor: &Actor, of: (i64, i64), wrong: Wrong) -> Result<Response, Failed> {
    let by = actor.clone();
    let (task, short) = app.ask(move |registry| read(registry, &by, of)).await?;
    let teller = Teller::new(app, visit);
    let (state, version) = task.state.clone().unwrap_or_default();
    let counts = &task.counts;
    let with_employer = ["gathering", "sent-back"].contains(&state.as_str());
    let lines = short.lines.into_iter().map(|line| Ok(Line { case: line.case, name: line.name, told: result::kept(&teller, &line.result)? })).collect::<Result<_, Failed>>()?;
    let (employer, year) = of;
    let page = Page {
        employer,
        year,
        years: super::years(year),
        chip: state_chip(&state),
        since: if state.is_empty() { String::new() } else { time::minute_of(task.since) },
        late: with_employer && task.due.as_deref().is_some_and(|due| *today().to_string() > *due),
        version,
        stages: stages(visit, &task)?,
        opened: task.state.is_some(),
        not_opened: task.not_opened,
        people: counts.all,
        verified: counts.verified,
        reopened: counts.reopened,
        with_employer: counts.with_employer,
        left: counts.all - counts.verified,
        bars: bars(visit, counts),
        short: lines,
        all_short: format!("/verification?year={year}&employer={employer}&status=short&state="),
        grounds: grounds(app, &teller, &task)?,
        checks: task.stages.iter().map(|stage| check(&teller, stage)).collect::<Result<_, _>>()?,
        may_open: actor.may_ever(Action::Verify) && task.not_opened > 0,
        may_verify: task.may_verify,
        one_by_one: format!("/verification?year={year}&employer={employer}"),
        steps: task.steps.iter().map(|step| button(visit, step)).collect(),
        seals: Seal::ALL.into_iter().map(|seal| Ok(Choice { value: seal.word().to_owned(), title: seal_word(visit, seal.word())?, chosen: seal == Seal::None })).collect::<Result<_, Failed>>()?,
        chain: task.chain.iter().map(|kind| visit.word(&format!("holders.{kind}"), &[])).collect::<Result<_, _>>()?,
        way: task.way.iter().map(|step| taken(visit, step)).collect::<Result<_, _>>()?,
        state: state_word(visit, &state).to_owned(),
        due: task.due.unwrap_or_default(),
        name: task.name,
        error: wrong.error,
        at: wrong.at,
        opinion: wrong.opinion,
    };
    visit.page("yearly-one.html", Serde(page))
}

/// The five steps and where they stand.
fn stages(visit: &Visit, task: &EmployerYear) -> Result<Vec<Stage>, Failed> {
    let (counts, state) = (&task.counts, task.state.as_ref().map_or("", |(state, _)| state.as_str()));
    let number = |count: i64| count.to_string();
    let with_employer = ["gathering", "sent-back"].contains(&state);
    let opened = !state.is_empty() && task.not_opened == 0;
    let given = opened && counts.with_employer == 0;
    let handed = given && !with_employer;
    let done = [opened, opened, given, handed, state == "confirmed"];
    let now = done.iter().position(|done| !done).unwrap_or(done.len());
    let says = [
        visit.word("yearly.says-open", &[("n", &number(counts.all)), ("left", &number(task.not_opened))])?,
        visit.word("yearly.says-gaps", &[("n", &number(counts.of("short")))])?,
        visit.word("yearly.says-opinion", &[("n", &number(counts.verified)), ("left", &number(counts.with_employer))])?,
        if handed { visit.word("yearly.says-handed", &[])? } else { visit.word("yearly.says-hand", &[])? },
        if state.is_empty() || with_employer { visit.word("yearly.says-later", &[])? } else { state_word(visit, state).to_owned() },
    ];
    let titles = ["yearly.open", "yearly.gaps", "yearly.opinion-step", "yearly.hand", "yearly.above"];
    let stage = |(at, (title, says)): (usize, (&str, String))| {
        let state = if done.get(at) == Some(&true) && at < now {
            "done"
        } else if at == now {
            "now"
        } else {
            "later"
        };
        Ok(Stage { title: visit.word(title, &[])?, says, state })
    };
    titles.into_iter().zip(says).enumerate().map(stage).collect()
}

/// What the policies in force may lift the duty for.
fn grounds(app: &App, teller: &Teller<'_>, task: &EmployerYear) -> Result<Vec<Ground>, Failed> {
    let year = i16::try_from(task.year).map_err(|_| Failed::NotFound)?;
    let stacks = app.engine.stacks(&task.place.0, task.place.1.as_deref(), year).map_err(|found| Failed::Internal(format!("{} policies do not compile", found.len())))?;
    let mut all = Vec::new();
    for file in stacks.iter().take(1).flat_map(|stack| stack.files().iter()) {
        let Some(recital) = app.recital(file.id()) else { continue };
        for item in recital.sections.iter().filter(|section| section.kind == "exemption").flat_map(|section| &section.items) {
            let visit = teller.visit;
            let title = if item.title.is_empty() { item.parts.first().map(|part| visit.say(part)).unwrap_or_default() } else { visit.say(&item.title) };
            all.push(Ground { title: capital(title), rows: item.rows.iter().map(|row| visit.say(row).to_owned()).collect(), cites: teller.cites_of(file.id(), item.cite.iter().map(String::as_str))? });
        }
    }
    Ok(all)
}

fn check(teller: &Teller<'_>, stage: &xueshi_registry::ReviewStage) -> Result<Check, Failed> {
    let cites = stage.cite.as_ref().map(|(policy, clauses)| teller.cites_of(policy, clauses.iter().map(String::as_str))).transpose()?;
    Ok(Check {
        title: teller.visit.say(&stage.title).to_owned(),
        checks: stage.checks.iter().map(|check| teller.visit.say(check).to_owned()).collect(),
        silent: cites.is_none(),
        cites: cites.unwrap_or_default(),
    })
}

fn button(visit: &Visit, step: &Step) -> Button {
    Button { id: step.id, title: capital(said(visit, step)), reason: step.reason, class: if step.reason { "btn quiet" } else { "btn" } }
}

fn said(visit: &Visit, step: &Step) -> &'static str {
    if visit.lang == Lang::En { step.en } else { step.zh }
}

fn seal_word(visit: &Visit, seal: &str) -> Result<String, Failed> {
    visit.word(&format!("seals.{seal}"), &[])
}

fn taken(visit: &Visit, step: &EmployerYearStep) -> Result<Taken, Failed> {
    let number = |value: &serde_json::Value| value.as_i64().unwrap_or_default().to_string();
    let counts = &step.counts;
    Ok(Taken {
        at: time::minute_of(step.at),
        step: EMPLOYER_YEAR.steps.iter().find(|known| known.id == step.step).map(|step| said(visit, step)).unwrap_or_default().to_owned(),
        to: state_word(visit, &step.to_state),
        who: format!("{} {}", visit.word(&format!("roles.{}", step.role), &[])?, step.by),
        opinion: step.opinion.clone(),
        seal: seal_word(visit, &step.seal)?,
        counts: visit.word("yearly.counted", &[("all", &number(&counts["all"])), ("verified", &number(&counts["verified"])), ("short", &number(&counts["by_status"]["short"]))])?,
        entry: step.entry,
    })
}

/// A step.
#[derive(Debug, Deserialize)]
pub(in crate::web) struct Posting {
    step: String,
    version: i64,
    #[serde(default)]
    opinion: String,
    #[serde(default)]
    seal: String,
}

/// `POST /yearly/{employer}/{year}`.
pub(in crate::web) async fn post(
    State(app): State<Arc<App>>,
    visit: Visit,
    Signed { actor }: Signed,
    Path((employer, year)): Path<(i64, i64)>,
    Posted(posting): Posted<Posting>,
) -> Result<Response, Failed> {
    let seal = Seal::of(if posting.seal.is_empty() { "none" } else { &posting.seal }).ok_or_else(|| Failed::Unprocessable(Text::new("没有这种盖章方式。", "There is no such seal.")))?;
    let said = Said { version: posting.version, opinion: posting.opinion.clone(), seal };
    let (by, step) = (actor.clone(), posting.step.clone());
    let taken = app.ask(move |registry| registry.step_employer_year(&by, employer, year, &step, &said)).await;
    answered(&app, &visit, &actor, (employer, year), taken, Wrong { at: posting.step, opinion: posting.opinion, error: String::new() }).await
}

/// Everybody's opinion at once.
#[derive(Debug, Deserialize)]
pub(in crate::web) struct Everybody {
    #[serde(default)]
    status: String,
    #[serde(default)]
    opinion: String,
}

/// `POST /yearly/{employer}/{year}/verify`.
pub(in crate::web) async fn verify(
    State(app): State<Arc<App>>,
    visit: Visit,
    Signed { actor }: Signed,
    Path((employer, year)): Path<(i64, i64)>,
    Posted(everybody): Posted<Everybody>,
) -> Result<Response, Failed> {
    let wanted = YearWanted { year, employer, status: everybody.status, opinion: everybody.opinion.clone() };
    let by = actor.clone();
    match app.ask(move |registry| registry.begin_verifying(&by, &wanted)).await {
        Ok(job) => Ok(Redirect::to(&format!("/jobs/{job}")).into_response()),
        Err(failed) => answered(&app, &visit, &actor, (employer, year), Err(failed), Wrong { at: "verify".to_owned(), opinion: everybody.opinion, error: String::new() }).await,
    }
}

/// Back to the task: with what is wrong beside the step, where it was refused for what was filled in.
async fn answered(app: &Arc<App>, visit: &Visit, actor: &Actor, of: (i64, i64), done: Result<(), Failed>, wrong: Wrong) -> Result<Response, Failed> {
    match done {
        Ok(()) => Ok(Redirect::to(&format!("/yearly/{}/{}", of.0, of.1)).into_response()),
        Err(Failed::Unprocessable(why)) => {
            let mut response = page(app, visit, actor, of, Wrong { error: visit.say(&why).to_owned(), ..wrong }).await?;
            *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
            Ok(response)
        }
        Err(other) => Err(other),
    }
}
