//! `/gates/{id}`: an answer as it was given, to be printed and handed in, and its endorsement.

use super::{Text, answer_word, endorsement_word, texts};
use crate::web::errors::Failed;
use crate::web::places::Choice;
use crate::web::session::{Posted, Signed};
use crate::web::state::App;
use crate::web::told::Teller;
use crate::web::visit::Visit;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use minijinja::value::Serde;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::sync::Arc;
use xueshi_policy::{Lang, question_title};
use xueshi_registry::employer_years::Seal;
use xueshi_registry::endorsing::Stamp;
use xueshi_registry::flow::ENDORSEMENT;
use xueshi_registry::{Actor, StepTaken, time};

#[derive(Serialize)]
struct Page {
    id: i64,
    name: String,
    /// For officers a link to the file.
    person: Option<i64>,
    question: String,
    on: String,
    at: String,
    by: String,
    answer: String,
    chip: &'static str,
    texts: Vec<Text>,
    facts: String,
    policies: Vec<(String, String)>,
    engine: String,
    entry: i64,
    endorsement: String,
    holders: Vec<String>,
    version: i64,
    way: Vec<Taken>,
    steps: Vec<Button>,
    seals: Vec<Choice>,
    may_request: bool,
    error: String,
    opinion: String,
}

#[derive(Serialize)]
struct Taken {
    at: String,
    who: String,
    step: String,
    reason: String,
    /// What was sealed; empty where no seal was asked for.
    seal: String,
    entry: Option<i64>,
}

#[derive(Serialize)]
struct Button {
    id: &'static str,
    title: &'static str,
    class: &'static str,
}

/// `GET /gates/{id}`.
pub(in crate::web) async fn get(State(app): State<Arc<App>>, visit: Visit, Signed { actor }: Signed, Path(id): Path<i64>) -> Result<Response, Failed> {
    page(&app, &visit, &actor, id, String::new(), String::new()).await
}

async fn page(app: &Arc<App>, visit: &Visit, actor: &Actor, id: i64, error: String, opinion: String) -> Result<Response, Failed> {
    let by = actor.clone();
    let shown = app.ask(move |registry| registry.gate_answer(&by, id)).await?;
    let teller = Teller::new(app, visit);
    let one = shown.answered;
    let (answer, chip) = answer_word(visit, &one.answer)?;
    let policies = one.basis["policies"].as_array().into_iter().flatten();
    let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let (version, holders) = shown.case.map(|(_, version, holders)| (version, holders)).unwrap_or_default();
    let page = Page {
        id,
        person: actor.held.role.is_officer().then_some(one.person.0),
        name: one.person.1,
        question: visit.say(&question_title(&one.gate)).to_owned(),
        on: one.on,
        at: time::minute_of(one.at),
        by: format!("{} {}", visit.word(&format!("roles.{}", one.by.1), &[])?, one.by.0),
        answer,
        chip,
        texts: texts(&teller, &one.result)?,
        facts: word(&one.basis["facts"]),
        policies: policies.map(|policy| (word(&policy["id"]), word(&policy["sha256"]))).collect(),
        engine: one.engine,
        entry: one.entry,
        endorsement: endorsement_word(visit, one.endorsement.as_deref()),
        holders: holders.iter().map(|kind| visit.word(&format!("holders.{kind}"), &[])).collect::<Result<_, _>>()?,
        version,
        way: shown.way.into_iter().map(|step| taken(visit, step, &shown.stamps)).collect::<Result<_, _>>()?,
        steps: shown.steps.iter().map(|step| Button { id: step.id, title: if visit.lang == Lang::En { step.en } else { step.zh }, class: if step.reason { "btn stop" } else { "btn" } }).collect(),
        seals: Seal::ALL
            .into_iter()
            .map(|seal| Ok(Choice { value: seal.word().to_owned(), title: visit.word(&format!("seals.{}", seal.word()), &[])?, chosen: seal == Seal::None }))
            .collect::<Result<_, Failed>>()?,
        may_request: shown.may_request,
        error,
        opinion,
    };
    visit.page("gate.html", Serde(page))
}

fn taken(visit: &Visit, step: StepTaken, stamps: &[Stamp]) -> Result<Taken, Failed> {
    let known = ENDORSEMENT.steps.iter().find(|known| known.id == step.step);
    let word = match known {
        Some(known) if visit.lang == Lang::En => known.en.to_owned(),
        Some(known) => known.zh.to_owned(),
        None => visit.word("gates.requested", &[])?,
    };
    let stamp = stamps.iter().find(|stamp| Some(stamp.entry) == step.entry);
    let seal = stamp.and_then(|stamp| stamp.seal).map(|seal| visit.word(&format!("seals.{}", seal.word()), &[])).transpose()?.unwrap_or_default();
    Ok(Taken { at: time::minute_of(step.at), who: format!("{} {}", visit.word(&format!("roles.{}", step.role), &[])?, step.by), step: word, reason: step.reason, seal, entry: step.entry })
}

/// What is posted without anything but the token.
#[derive(Debug, Deserialize)]
pub(in crate::web) struct Nothing {}

/// `POST /gates/{id}/endorsement`.
pub(in crate::web) async fn request(State(app): State<Arc<App>>, visit: Visit, Signed { actor }: Signed, Path(id): Path<i64>, Posted(Nothing {}): Posted<Nothing>) -> Result<Response, Failed> {
    let by = actor.clone();
    let done = app.ask(move |registry| registry.request_endorsement(&by, id).map(drop)).await;
    answered(&app, &visit, &actor, id, done, String::new()).await
}

/// A step of the endorsement.
#[derive(Debug, Deserialize)]
pub(in crate::web) struct Stepping {
    step: String,
    version: i64,
    #[serde(default)]
    opinion: String,
    #[serde(default)]
    seal: String,
}

/// `POST /gates/{id}/step`.
pub(in crate::web) async fn step(State(app): State<Arc<App>>, visit: Visit, Signed { actor }: Signed, Path(id): Path<i64>, Posted(stepping): Posted<Stepping>) -> Result<Response, Failed> {
    let (by, opinion) = (actor.clone(), stepping.opinion.clone());
    let seal = Seal::of(&stepping.seal).unwrap_or(Seal::None);
    let done = app.ask(move |registry| registry.step_endorsement(&by, id, stepping.version, &stepping.step, &stepping.opinion, seal)).await;
    answered(&app, &visit, &actor, id, done, opinion).await
}

async fn answered(app: &Arc<App>, visit: &Visit, actor: &Actor, id: i64, done: Result<(), Failed>, opinion: String) -> Result<Response, Failed> {
    match done {
        Ok(()) => Ok(Redirect::to(&format!("/gates/{id}")).into_response()),
        Err(Failed::Unprocessable(why)) => {
            let mut response = page(app, visit, actor, id, visit.say(&why).to_owned(), opinion).await?;
            *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
            Ok(response)
        }
        Err(other) => Err(other),
    }
}
