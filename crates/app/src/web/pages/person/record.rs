//! `/records/{case}`: one record: where it stands, what it earns and why, its proofs, its way.

use super::form::form_of;
use super::lines::found_by;
use super::{holders, stacks, state_word, tone};
use crate::web::errors::Failed;
use crate::web::fields::capital;
use crate::web::law::Cite;
use crate::web::pages::deliveries;
use crate::web::places::Choice;
use crate::web::result::{self, Earlier};
use crate::web::session::Signed;
use crate::web::state::App;
use crate::web::told::{Shown, Teller};
use crate::web::visit::Visit;
use axum::extract::{Path, State};
use axum::response::Response;
use minijinja::value::Serde;
use serde::Serialize;
use std::sync::Arc;
use xueshi_policy::{FactType, Lang, Of, Stack, Text};
use xueshi_registry::time::minute_of;
use xueshi_registry::{About, Action, CaseShown, Error, FILE_BYTES_MAX, ProofLine, StepTaken, Trial};

#[derive(Serialize)]
struct Page {
    case: i64,
    version: i64,
    year: i64,
    title: String,
    state: &'static str,
    word: String,
    tone: &'static str,
    /// Whom it waits for, and in which stage of review.
    waits: String,
    stage: String,
    stage_cites: Vec<Cite>,
    checks: Vec<String>,
    /// What the last step said.
    reason: String,
    /// The person may change it, take it back, correct it.
    may_edit: bool,
    may_submit: bool,
    may_withdraw: bool,
    may_correct: bool,
    /// The regulation shows a form of recognition.
    form: bool,
    /// It is itself a correction.
    corrects: bool,
    told: Option<Shown>,
    /// Of a year: what was verified before.
    earlier: Vec<Earlier>,
    faults: Vec<(String, String)>,
    facts: Vec<(String, String)>,
    proofs: Vec<Proof>,
    kinds: Vec<Choice>,
    mib: usize,
    way: Vec<Step>,
    /// The provider that delivered it, and its whole way since it was sent.
    delivered: Option<(String, Vec<deliveries::Step>)>,
    /// The proofs that a provider says it gave out.
    given_out: String,
    error: String,
}

/// A proof with what it proves.
#[derive(Serialize)]
pub(super) struct Proof {
    id: i64,
    kind: String,
    name: String,
    size: String,
    elsewhere: i64,
}

/// A step that was taken.
#[derive(Serialize)]
struct Step {
    word: String,
    at: String,
    by: String,
    /// The word of the role.
    role: String,
    mine: bool,
    reason: String,
    entry: Option<i64>,
}

/// `GET /records/{case}`.
pub(in crate::web) async fn get(State(app): State<Arc<App>>, visit: Visit, signed: Signed, Path(case): Path<i64>) -> Result<Response, Failed> {
    let actor = signed.actor.clone();
    let (shown, delivered) = app.ask(move |registry| Ok::<_, Error>((registry.case(&actor, case)?, registry.delivered_as(&actor, case)?))).await?;
    page(&app, &visit, &signed, &shown, delivered, "")
}

/// The page of a case, with what was wrong with the proof that was just sent.
pub(super) fn page(app: &App, visit: &Visit, signed: &Signed, shown: &CaseShown, delivered: Option<About>, error: &str) -> Result<Response, Failed> {
    let year = shown.record.as_ref().map(|record| record.year).or(shown.determination.as_ref().map(|one| one.year)).unwrap_or_default();
    let stacks = stacks(app, &shown.person, year)?;
    let teller = Teller::new(app, visit);
    let may = |id: &str| shown.steps.iter().any(|step| step.id == id && step.action == Action::Declare);
    // What a provider delivered is the provider's to change.
    let editable = ["draft", "returned"].contains(&shown.state.as_str()) && may("submit");
    let own = signed.actor.person == Some(shown.person.id) && signed.actor.may_ever(Action::Declare);
    let last = shown.way.last().map(|step| step.reason.clone()).unwrap_or_default();
    let trial = shown.trial.as_ref();
    let stage = shown.stage.as_ref();
    let cites = stage.and_then(|stage| stage.cite.as_ref()).map(|(policy, clauses)| teller.cites_of(policy, clauses.iter().map(String::as_str)));
    let page = Page {
        case: shown.id,
        version: shown.version,
        year,
        title: match &shown.record {
            Some(record) => record.title.clone(),
            None => visit.word("record.verification", &[("year", &year.to_string())])?,
        },
        state: shown.flow.state(&shown.state).map(|state| state.id).unwrap_or_default(),
        word: state_word(shown.flow.state(&shown.state), visit),
        tone: tone(&shown.state),
        waits: stage.map(|stage| holders(&stacks, &stage.holders, visit)).unwrap_or_default(),
        stage: stage.map(|stage| visit.say(&stage.title).to_owned()).unwrap_or_default(),
        stage_cites: cites.transpose()?.unwrap_or_default(),
        checks: stage.map(|stage| stage.checks.iter().map(|check| visit.say(check).to_owned()).collect()).unwrap_or_default(),
        reason: last,
        may_edit: own && editable,
        may_submit: own && may("submit"),
        may_withdraw: own && may("withdraw"),
        may_correct: own && shown.state == "accepted" && shown.record.is_some(),
        form: form_of(shown, &stacks).is_some(),
        corrects: shown.corrects.is_some(),
        earlier: result::earlier(&teller, &shown.earlier)?,
        told: trial.map(|trial| told(trial, &teller)).transpose()?.flatten(),
        faults: trial.map(|trial| faults(trial, &stacks, visit)).unwrap_or_default(),
        facts: shown.record.as_ref().map(|record| facts(&record.facts, &stacks, visit)).unwrap_or_default(),
        proofs: proofs(&shown.proofs, &stacks, visit),
        given_out: given_out(shown, &stacks, visit),
        kinds: proof_kinds(&stacks, "", visit),
        mib: FILE_BYTES_MAX >> 20,
        way: shown.way.iter().map(|step| taken(step, shown, signed, visit)).collect::<Result<_, _>>()?,
        delivered: delivered.map(|about| (about.provider, deliveries::way(visit, &about.way))),
        error: error.to_owned(),
    };
    visit.page("record.html", Serde(page))
}

/// What a record earns; where only proofs lack, what it would earn with them.
pub(super) fn told(trial: &Trial, teller: &Teller<'_>) -> Result<Option<Shown>, Failed> {
    let Some((result, record)) = found_by(&trial.after, &trial.record) else { return Ok(None) };
    let readings = trial.after.iter().position(|other| other.duty == result.duty).and_then(|at| trial.readings.get(at)).map(Vec::as_slice).unwrap_or_default();
    let proven = found_by(&trial.if_proven, &trial.record).filter(|(_, proven)| record.problem.is_some() && proven.problem.is_none());
    match proven {
        Some((then, proven)) => teller.shown(then, proven, record.problem.as_ref(), readings),
        None => teller.shown(result, record, None, readings),
    }
    .map(Some)
}

/// What is wrong with the facts, under the titles of their columns.
fn faults(trial: &Trial, stacks: &[Arc<Stack>], visit: &Visit) -> Vec<(String, String)> {
    trial.faults.iter().map(|fault| (column_title(stacks, &fault.column, visit), visit.say(&fault.message).to_owned())).collect()
}

fn column_title(stacks: &[Arc<Stack>], column: &str, visit: &Visit) -> String {
    let found = stacks.iter().find_map(|stack| stack.schema().find(column).and_then(|at| stack.schema().columns.get(at)));
    found.map_or_else(|| column.to_owned(), |column| capital(visit.say(&column.title)))
}

/// Facts in words, in the order of the columns. The title stands above, proofs below.
fn facts(facts: &xueshi_registry::Facts, stacks: &[Arc<Stack>], visit: &Visit) -> Vec<(String, String)> {
    let mut all: Vec<(String, String)> = Vec::new();
    let mut done = vec!["title", "evidence"];
    for column in stacks.iter().flat_map(|stack| &stack.schema().columns).filter(|column| column.of == Of::Record) {
        let Some(value) = facts.get(&column.id).filter(|_| !done.contains(&column.id.as_str())) else { continue };
        done.push(&column.id);
        let words = |part: &str| column.codes.iter().find(|code| code.id == part).map_or_else(|| part.to_owned(), |code| visit.say(&code.title).to_owned());
        let shown = match column.kind {
            FactType::Code => words(value),
            FactType::Codes => value.split(';').map(words).collect::<Vec<_>>().join(if visit.lang == Lang::Zh { "、" } else { ", " }),
            FactType::YesNo if ["yes", "是"].contains(&value.as_str()) => visit.say(&Text::new("是", "Yes")).to_owned(),
            FactType::YesNo => visit.say(&Text::new("否", "No")).to_owned(),
            _ => value.clone(),
        };
        all.push((capital(visit.say(&column.title)), shown));
    }
    all
}

/// The kinds of proofs that the record itself names, in words: only a provider's does.
fn given_out(shown: &CaseShown, stacks: &[Arc<Stack>], visit: &Visit) -> String {
    let kinds = proof_kinds(stacks, "", visit);
    let word = |id: &str| kinds.iter().find(|kind| kind.value == id.trim()).map_or_else(|| id.to_owned(), |kind| kind.title.clone());
    let named = shown.record.as_ref().filter(|_| shown.proofs.is_empty()).and_then(|record| record.facts.get("evidence"));
    named.map(|all| all.split(';').map(word).collect::<Vec<_>>().join(if visit.lang == Lang::Zh { "、" } else { ", " })).unwrap_or_default()
}

/// Proofs in words.
pub(super) fn proofs(lines: &[ProofLine], stacks: &[Arc<Stack>], visit: &Visit) -> Vec<Proof> {
    let kinds = proof_kinds(stacks, "", visit);
    let kind = |id: &str| kinds.iter().find(|kind| kind.value == id).map_or_else(|| id.to_owned(), |kind| kind.title.clone());
    let proof = |line: &ProofLine| Proof { id: line.id, kind: kind(&line.kind), name: line.name.clone(), size: size(line.bytes), elsewhere: line.elsewhere };
    lines.iter().map(proof).collect()
}

/// The kinds of proofs that the policies know.
pub(super) fn proof_kinds(stacks: &[Arc<Stack>], chosen: &str, visit: &Visit) -> Vec<Choice> {
    let mut all: Vec<Choice> = Vec::new();
    let columns = stacks.iter().filter_map(|stack| stack.schema().find("evidence").and_then(|at| stack.schema().columns.get(at)));
    for code in columns.flat_map(|column| &column.codes) {
        if all.iter().all(|known| known.value != code.id) {
            all.push(Choice { value: code.id.clone(), title: visit.say(&code.title).to_owned(), chosen: code.id == chosen });
        }
    }
    all
}

/// Bytes as people read them, up to the next unit.
fn size(bytes: i64) -> String {
    if bytes >= 1 << 20 { format!("{} MB", (bytes + (1 << 19)) >> 20) } else { format!("{} KB", (bytes + 1023) >> 10) }
}

fn taken(step: &StepTaken, shown: &CaseShown, signed: &Signed, visit: &Visit) -> Result<Step, Failed> {
    let known = shown.flow.steps.iter().find(|known| known.id == step.step);
    let word = match (known, step.step.as_str()) {
        (Some(known), _) => visit.say(&Text::new(known.zh, known.en)).to_owned(),
        (None, "draft") => visit.word("record.drafted", &[])?,
        (None, "correct") => visit.word("record.corrected", &[])?,
        (None, other) => visit.word(&format!("desk.way-{other}"), &[])?,
    };
    let passed = step.step == "accept" && step.to_state == "waiting";
    Ok(Step {
        word: if passed { visit.word("record.passed-on", &[])? } else { word },
        at: minute_of(step.at),
        by: step.by.clone(),
        role: visit.word(&format!("roles.{}", step.role), &[]).unwrap_or_else(|_| step.role.clone()),
        mine: step.by == signed.actor.login,
        reason: step.reason.clone(),
        entry: step.entry,
    })
}
