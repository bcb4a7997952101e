//! `/gates`: what years of study mean for a review, an appointment, a promotion, an appraisal or a licence: asked, kept, endorsed.

pub(in crate::web) mod explained;
pub(in crate::web) mod one;
pub(in crate::web) mod people;
pub(in crate::web) mod sheet;

use crate::commands::gate::questions;
use crate::web::clock::today;
use crate::web::errors::Failed;
use crate::web::law::Cite;
use crate::web::paging::more;
use crate::web::places::Choice;
use crate::web::result::{self, hours, words};
use crate::web::session::{Posted, Signed};
use crate::web::state::App;
use crate::web::told::Teller;
use crate::web::visit::Visit;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use minijinja::value::Serde;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::sync::Arc;
use xueshi_policy::{Lang, question_title};
use xueshi_registry::flow::ENDORSEMENT;
use xueshi_registry::gates::GateAnswered;
use xueshi_registry::{Actor, Role, time};

/// Answers on a page, and endorsements that wait.
const LINES: i64 = 30;

/// Which page.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::web) struct Asked {
    after: Option<i64>,
}

#[derive(Serialize)]
struct Page {
    /// One asks for oneself; officers choose people from the list.
    own: bool,
    questions: Vec<Choice>,
    on: String,
    error: String,
    waiting: Vec<(i64, String, String, String)>,
    answers: Vec<Line>,
    next: String,
}

#[derive(Serialize)]
struct Line {
    id: i64,
    name: String,
    question: String,
    on: String,
    at: String,
    answer: String,
    chip: &'static str,
    endorsement: String,
}

/// What one text answered.
#[derive(Serialize)]
pub(super) struct Text {
    answer: String,
    chip: &'static str,
    strength: String,
    reason: String,
    message: String,
    cites: Vec<Cite>,
    papers: Vec<String>,
    any_year: bool,
    years: Vec<Year>,
}

#[derive(Serialize)]
struct Year {
    year: i64,
    status: String,
    chip: &'static str,
    lacks: Vec<(String, String)>,
    hours: String,
    verified: bool,
}

/// The questions to choose from.
pub(super) fn choices(app: &App, visit: &Visit, chosen: &str) -> Vec<Choice> {
    let asked = app.engine.questions();
    questions(&app.engine).into_iter().filter(|id| asked.contains(id)).map(|id| Choice { title: visit.say(&question_title(&id)).to_owned(), chosen: id == chosen, value: id }).collect()
}

/// An answer in a word, and its colour.
pub(super) fn answer_word(visit: &Visit, answer: &str) -> Result<(String, &'static str), Failed> {
    let chip = match answer {
        "yes" => "ok",
        "no" => "no",
        _ => "wait",
    };
    Ok((visit.word(&format!("gates.answer-{answer}"), &[])?, chip))
}

pub(super) fn endorsement_word(visit: &Visit, state: Option<&str>) -> String {
    let state = state.and_then(|state| ENDORSEMENT.state(state));
    state.map(|state| if visit.lang == Lang::En { state.en } else { state.zh }).unwrap_or_default().to_owned()
}

/// What each text answered, for a page.
pub(super) fn texts(teller: &Teller<'_>, result: &Value) -> Result<Vec<Text>, Failed> {
    result.as_array().into_iter().flatten().map(|one| text(teller, one)).collect()
}

fn text(teller: &Teller<'_>, one: &Value) -> Result<Text, Failed> {
    let visit = teller.visit;
    let (answer, chip) = answer_word(visit, one["answer"].as_str().unwrap_or_default())?;
    let clauses = one["by"]["cite"].as_array().into_iter().flatten().filter_map(Value::as_str);
    Ok(Text {
        answer,
        chip,
        strength: visit.word(&format!("strengths.{}", one["strength"].as_str().unwrap_or_default()), &[])?,
        reason: words(visit, &one["reason"]).to_owned(),
        message: words(visit, &one["message"]).to_owned(),
        cites: teller.cites_of(one["by"]["policy"].as_str().unwrap_or_default(), clauses)?,
        papers: one["papers"].as_array().into_iter().flatten().map(|paper| words(visit, paper).to_owned()).collect(),
        any_year: one["any_year"] == true,
        years: one["years"].as_array().into_iter().flatten().map(|one| year(visit, one)).collect(),
    })
}

fn year(visit: &Visit, one: &Value) -> Year {
    let status = one["status"].as_str().unwrap_or_default();
    let determined = one["determined"].as_array().into_iter().flatten();
    let kept: Vec<&Value> = determined.collect();
    Year {
        year: one["year"].as_i64().unwrap_or_default(),
        status: result::status_word(visit, status),
        chip: match one["passes"].as_bool() {
            Some(true) => "ok",
            Some(false) => "no",
            None => "wait",
        },
        lacks: one["lacks"].as_array().into_iter().flatten().map(|lack| (words(visit, &lack["title"]).to_owned(), hours(&lack["short"]))).collect(),
        hours: kept.first().map(|one| hours(&one["total"])).unwrap_or_default(),
        verified: !kept.is_empty() && kept.iter().all(|one| one["verified"] == true),
    }
}

/// `GET /gates`.
pub(in crate::web) async fn get(State(app): State<Arc<App>>, visit: Visit, Signed { actor }: Signed, Query(asked): Query<Asked>) -> Result<Response, Failed> {
    page(&app, &visit, &actor, asked.after, &Asking::default(), String::new()).await
}

async fn page(app: &Arc<App>, visit: &Visit, actor: &Actor, before: Option<i64>, asking: &Asking, error: String) -> Result<Response, Failed> {
    let by = actor.clone();
    let (waiting, answers) = app.ask(move |registry| Ok((registry.endorsements_waiting(&by, None, LINES)?, registry.gate_answers(&by, None, before, LINES)?))).await?;
    let page = Page {
        own: actor.held.role == Role::Person,
        questions: choices(app, visit, &asking.gate),
        on: if asking.on.is_empty() { today().to_string() } else { asking.on.clone() },
        error,
        waiting: waiting.into_iter().map(|(id, gate, name, since)| (id, visit.say(&question_title(&gate)).to_owned(), name, time::minute_of(since))).collect(),
        next: more(&answers, LINES).map(|one| format!("/gates?after={}", one.id)).unwrap_or_default(),
        answers: answers.into_iter().map(|one| line(visit, one)).collect::<Result<_, _>>()?,
    };
    visit.page("gates.html", Serde(page))
}

fn line(visit: &Visit, one: GateAnswered) -> Result<Line, Failed> {
    let (answer, chip) = answer_word(visit, &one.answer)?;
    Ok(Line {
        id: one.id,
        name: one.person.1,
        question: visit.say(&question_title(&one.gate)).to_owned(),
        on: one.on,
        at: time::minute_of(one.at),
        answer,
        chip,
        endorsement: endorsement_word(visit, one.endorsement.as_deref()),
    })
}

/// A question.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::web) struct Asking {
    gate: String,
    on: String,
    /// Whom an officer asks about.
    person: Option<i64>,
}

/// `POST /gates/ask`.
pub(in crate::web) async fn ask(State(app): State<Arc<App>>, visit: Visit, Signed { actor }: Signed, Posted(asking): Posted<Asking>) -> Result<Response, Failed> {
    let person = asking.person.or(actor.person).unwrap_or_default();
    let (by, gate, on) = (actor.clone(), asking.gate.clone(), asking.on.trim().to_owned());
    match app.ask(move |registry| registry.ask_gate(&by, person, &gate, &on)).await {
        Ok(id) => Ok(Redirect::to(&format!("/gates/{id}")).into_response()),
        Err(Failed::Unprocessable(why)) => {
            let mut response = page(&app, &visit, &actor, None, &asking, visit.say(&why).to_owned()).await?;
            *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
            Ok(response)
        }
        Err(other) => Err(other),
    }
}
