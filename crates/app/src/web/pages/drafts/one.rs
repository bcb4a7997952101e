//! `/drafts/{id}`: the text with what the checks find, what it changes, whom it affects, its way, and the steps that are open.

use super::{chip, state_word, titled};
use crate::web::clock::today;
use crate::web::errors::Failed;
use crate::web::pages::jobs::Running;
use crate::web::paging::more;
use crate::web::session::{Posted, Signed};
use crate::web::state::App;
use crate::web::visit::{Visit, address};
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use minijinja::value::Serde;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::sync::Arc;
use xueshi_policy::{Diagnostic, Hours, Lang, Library, PolicyFile, Severity, Status, Text, compare};
use xueshi_registry::time::minute_of;
use xueshi_registry::{Actor, Came, Draft, DraftStepTaken, Effect};

/// People on a page.
const LINES: i64 = 50;
/// Findings shown; the first ones are mended first.
const FINDINGS: usize = 60;

/// Which people are shown.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::web) struct Asked {
    after: i64,
}

#[derive(Serialize)]
struct Page {
    id: i64,
    version: i64,
    title: String,
    policy: String,
    text: String,
    state: &'static str,
    chip: &'static str,
    editable: bool,
    from: String,
    findings: Vec<Finding>,
    more_findings: usize,
    errors: usize,
    changes: Vec<Changed>,
    /// The trial is of this very text.
    tried: bool,
    trial_year: i64,
    job: Option<Running>,
    said: String,
    failed: String,
    counts: Vec<(String, String, i64)>,
    lines: Vec<Line>,
    first: String,
    next: String,
    /// In force, and there are provisional results to be determined anew.
    redetermine: bool,
    steps: Vec<Step>,
    way: Vec<Taken>,
    error: String,
    today: String,
    year: i16,
}

#[derive(Serialize)]
struct Finding {
    line: usize,
    excerpt: String,
    code: &'static str,
    chip: &'static str,
    severity: &'static str,
    cause: String,
    remedy: String,
}

#[derive(Serialize)]
struct Changed {
    year: i16,
    kind: &'static str,
    item: String,
    text: String,
}

#[derive(Serialize)]
struct Line {
    person: i64,
    name: String,
    employer: String,
    frozen: bool,
    before: String,
    after: String,
}

#[derive(Serialize)]
struct Step {
    id: &'static str,
    title: &'static str,
    reason: bool,
}

#[derive(Serialize)]
struct Taken {
    at: String,
    by: String,
    step: String,
    sha256: String,
    reason: String,
}

/// `GET /drafts/{id}`.
pub(in crate::web) async fn get(State(app): State<Arc<App>>, visit: Visit, Signed { actor }: Signed, Path(id): Path<i64>, Query(asked): Query<Asked>) -> Result<Response, Failed> {
    page(&app, &visit, actor, id, asked.after, None).await
}

async fn page(app: &Arc<App>, visit: &Visit, actor: Actor, id: i64, after: i64, refused: Option<(Text, Option<String>)>) -> Result<Response, Failed> {
    let (by, library) = (actor.clone(), app.engine.library().clone());
    let (draft, findings, changes, job, effects, counts, steps, way) = app
        .ask(move |registry| {
            let draft = registry.draft(&by, id)?;
            let findings = registry.check_draft(&draft);
            let changes = changes(&library, &draft);
            // The work may have been begun by another officer, whose it is to follow.
            let job = draft.job.and_then(|job| registry.job(&by, job).ok());
            let (effects, counts) = (registry.effects(&by, id, after, LINES)?, registry.effect_counts(&by, id)?);
            let (steps, way) = (registry.draft_steps(&by, &draft), registry.draft_way(&by, id)?);
            Ok((draft, findings, changes, job, effects, counts, steps, way))
        })
        .await?;
    let part = |after: &str| address(&format!("/drafts/{id}"), &[("after", after)]);
    // A part is of whole people: one who has several duties has several lines.
    let mut people: Vec<i64> = effects.iter().map(|one| one.person).collect();
    people.dedup();
    let next = more(&people, LINES).map(|last| part(&last.to_string())).unwrap_or_default();
    let count = |severity| findings.iter().filter(|finding| finding.severity == severity).count();
    let editable = steps.iter().any(|step| step.id == "edit");
    let in_force = app.engine.library().get(&draft.policy).is_some_and(|file| file.hash() == draft.sha256);
    let text_of = refused.as_ref().and_then(|(_, text)| text.clone());
    let page = Page {
        id,
        version: draft.version,
        title: titled(app, visit, &draft.policy),
        policy: draft.policy.clone(),
        text: text_of.unwrap_or_else(|| draft.text.clone()),
        state: state_word(visit, &draft.state),
        chip: chip(&draft.state),
        editable,
        from: draft.active_from.clone().unwrap_or_default(),
        errors: count(Severity::Error),
        more_findings: findings.len().saturating_sub(FINDINGS),
        findings: findings.iter().take(FINDINGS).map(|one| finding(visit, one)).collect(),
        changes: changes.iter().map(|(year, change)| Changed { year: *year, kind: change.kind, item: change.item.clone(), text: visit.say(&change.text).to_owned() }).collect(),
        tried: draft.tried.as_ref() == Some(&draft.sha256),
        trial_year: draft.trial_year.unwrap_or_default(),
        said: job.as_ref().and_then(|job| job.result.as_ref()).map(|said| visit.say(said).to_owned()).unwrap_or_default(),
        failed: job.as_ref().and_then(|job| job.error.as_ref()).map(|why| visit.say(why).to_owned()).unwrap_or_default(),
        job: job.as_ref().filter(|job| job.state.open()).map(Running::of),
        counts: counts.into_iter().map(|one| Ok((status(visit, one.before.as_deref())?, status(visit, one.after.as_deref())?, one.people))).collect::<Result<_, Failed>>()?,
        redetermine: draft.state == "published" && in_force && !effects.is_empty(),
        lines: effects.into_iter().map(|one| line(visit, one)).collect::<Result<_, Failed>>()?,
        first: if after > 0 { part("") } else { String::new() },
        next,
        steps: steps.iter().filter(|step| step.id != "edit").map(|step| Step { id: step.id, title: said(visit, step.zh, step.en), reason: step.reason }).collect(),
        way: way.into_iter().map(|step| taken(visit, step)).collect::<Result<_, Failed>>()?,
        error: refused.map(|(why, _)| visit.say(&why).to_owned()).unwrap_or_default(),
        today: today().to_string(),
        year: today().year(),
    };
    visit.page("draft.html", Serde(page))
}

fn said(visit: &Visit, zh: &'static str, en: &'static str) -> &'static str {
    if visit.lang == Lang::Zh { zh } else { en }
}

/// What a draft changes against what is in force, in every year in which something turns.
pub(in crate::web) fn changes(library: &Library, draft: &Draft) -> Vec<(i16, xueshi_policy::Change)> {
    let (Some(before), (Some(after), _)) = (library.get(&draft.policy).cloned(), PolicyFile::parse(&draft.policy, &draft.text)) else { return Vec::new() };
    let mut then = library.clone();
    then.add(after.clone());
    let years: BTreeSet<i16> = before.turning_years().into_iter().chain(after.turning_years()).collect();
    let mut all: Vec<(i16, xueshi_policy::Change)> = Vec::new();
    for year in years {
        for change in compare((library, &before), (&then, &after), year).unwrap_or_default() {
            if all.iter().all(|(_, known)| *known != change) {
                all.push((year, change));
            }
        }
    }
    all
}

fn finding(visit: &Visit, one: &Diagnostic) -> Finding {
    let (line, _) = one.source.place(one.span.start);
    let (chip, severity) = match one.severity {
        Severity::Error => ("no", said(visit, "错误", "error")),
        Severity::Warning => ("wait", said(visit, "警告", "warning")),
        Severity::Note => ("", said(visit, "提示", "note")),
    };
    Finding { line, excerpt: one.source.line(line).trim().to_owned(), code: one.code.name(), chip, severity, cause: visit.say(&one.cause).to_owned(), remedy: visit.say(&one.remedy).to_owned() }
}

fn status(visit: &Visit, status: Option<&str>) -> Result<String, Failed> {
    match status.and_then(|status| Status::ALL.into_iter().find(|known| known.name() == status)) {
        Some(status) => Ok(visit.say(&status.title()).to_owned()),
        None => visit.word("drafts.no-duty", &[]),
    }
}

fn line(visit: &Visit, one: Effect) -> Result<Line, Failed> {
    let result = |of: Option<Came>| -> Result<String, Failed> {
        let Some(came) = of else { return status(visit, None) };
        let lacks: Vec<String> = came.lacks.iter().map(|(title, short)| format!("{} {}", visit.say(title), Hours(*short))).collect();
        let lacks = if lacks.is_empty() { String::new() } else { visit.word("drafts.lacks", &[("what", &lacks.join(", "))])? };
        Ok(format!("{} {} {lacks}", status(visit, Some(&came.status))?, Hours(came.total)))
    };
    Ok(Line { person: one.person, name: one.name, employer: one.employer, frozen: one.frozen, before: result(one.before)?, after: result(one.after)? })
}

fn taken(visit: &Visit, step: xueshi_registry::DraftStep) -> Result<Taken, Failed> {
    let known = xueshi_registry::flow::POLICY.steps.iter().find(|known| known.id == step.step);
    let title = match known {
        Some(known) => said(visit, known.zh, known.en).to_owned(),
        None => visit.word("drafts.begun", &[])?,
    };
    Ok(Taken { at: minute_of(step.at), by: step.by, step: title, sha256: step.sha256.chars().take(12).collect(), reason: step.reason })
}

/// A step that is posted.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::web) struct Taking {
    version: i64,
    step: String,
    text: String,
    reason: String,
    year: i64,
    active_from: String,
}

/// `POST /drafts/{id}`.
pub(in crate::web) async fn post(State(app): State<Arc<App>>, visit: Visit, Signed { actor }: Signed, Path(id): Path<i64>, Posted(taking): Posted<Taking>) -> Result<Response, Failed> {
    let by = actor.clone();
    let text = (taking.step == "edit").then(|| taking.text.replace("\r\n", "\n"));
    let sent = text.clone();
    let done = app.ask(move |registry| match (sent, taking.step.as_str()) {
        (Some(text), _) => registry.edit_draft(&by, id, taking.version, &text),
        (None, "redetermine") => registry.begin_redetermining(&by, id).map(drop),
        _ => registry.step_draft(&by, id, taking.version, &DraftStepTaken { step: taking.step, reason: taking.reason, year: taking.year, active_from: taking.active_from }),
    });
    match done.await {
        Ok(()) => Ok(Redirect::to(&format!("/drafts/{id}")).into_response()),
        Err(Failed::Unprocessable(why)) => {
            let mut page = page(&app, &visit, actor, id, 0, Some((why, text))).await?;
            *page.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
            Ok(page)
        }
        Err(other) => Err(other),
    }
}
