//! `/matters/{case}`: one matter: what is asked for, its proofs, its way, the steps that are open.

use crate::web::errors::Failed;
use crate::web::law::Cite;
use crate::web::pages::desk::{Button, Taken, button, state_chip, state_word, taken};
use crate::web::pages::person::steps::file;
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
use xueshi_registry::flow::{DISCIPLINE, EXEMPTION};
use xueshi_registry::grants::PolicySays;
use xueshi_registry::matters::MatterShown;
use xueshi_registry::{Actor, Registry};

#[derive(Serialize)]
struct Page {
    case: i64,
    version: i64,
    title: String,
    person: i64,
    name: String,
    /// The actor may see that person's registration.
    person_open: bool,
    state: &'static str,
    chip: &'static str,
    /// Label and value.
    facts: Vec<(String, String)>,
    /// What the policies say of it.
    said: Vec<Says>,
    /// It is asked for on a form that can be printed.
    form: bool,
    /// A step asks for a last day.
    ends: bool,
    /// It is about discipline.
    discipline: bool,
    papers: Vec<PaperShown>,
    way: Vec<Taken>,
    steps: Vec<Button>,
    /// Whom it waits for.
    waits: String,
    error: String,
    reason: String,
}

#[derive(Serialize)]
struct Says {
    text: String,
    /// Who approves, where that is asked: empty where the text names nobody.
    approver: Option<String>,
    cites: Vec<Cite>,
}

#[derive(Serialize)]
struct PaperShown {
    id: i64,
    name: String,
    kilobytes: i64,
}

/// A step.
#[derive(Debug, Deserialize)]
pub(in crate::web) struct Decision {
    version: i64,
    step: String,
    #[serde(default)]
    reason: String,
    /// The last day, for the step that ends something.
    #[serde(default)]
    on: String,
}

/// `GET /matters/{case}`.
pub(in crate::web) async fn get(State(app): State<Arc<App>>, visit: Visit, Signed { actor }: Signed, Path(case): Path<i64>) -> Result<Response, Failed> {
    page(&app, &visit, &actor, case, (String::new(), String::new())).await
}

/// `POST /matters/{case}`.
pub(in crate::web) async fn post(State(app): State<Arc<App>>, visit: Visit, Signed { actor }: Signed, Path(case): Path<i64>, Posted(decision): Posted<Decision>) -> Result<Response, Failed> {
    let (by, reason) = (actor.clone(), decision.reason.clone());
    let take = move |registry: &Registry| match decision.step.as_str() {
        "end" => registry.end_exemption(&by, case, decision.version, &decision.on, &decision.reason),
        step => registry.take_step(&by, case, decision.version, step, &decision.reason),
    };
    match app.ask(take).await {
        Ok(()) => Ok(Redirect::to(&format!("/matters/{case}")).into_response()),
        Err(Failed::Unprocessable(why)) => {
            let mut response = page(&app, &visit, &actor, case, (visit.say(&why).to_owned(), reason)).await?;
            *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
            Ok(response)
        }
        Err(other) => Err(other),
    }
}

/// `GET /matters/{case}/papers/{paper}`.
pub(in crate::web) async fn paper(State(app): State<Arc<App>>, Signed { actor }: Signed, Path((_, paper)): Path<(i64, i64)>) -> Result<Response, Failed> {
    let (name, media, bytes) = app.ask(move |registry| registry.paper(&actor, paper)).await?;
    file(&name, &media, bytes)
}

async fn page(app: &Arc<App>, visit: &Visit, actor: &Actor, case: i64, (error, reason): (String, String)) -> Result<Response, Failed> {
    let by = actor.clone();
    let shown = app.ask(move |registry| registry.matter(&by, case)).await?;
    let teller = Teller::new(app, visit);
    let says = |one: &PolicySays| {
        let approver = one.approver.as_ref().map(|text| visit.say(text).to_owned());
        Ok::<_, Failed>(Says { text: visit.say(&one.text).to_owned(), approver, cites: teller.cites_of(&one.cite.0, one.cite.1.iter().map(String::as_str))? })
    };
    let page = Page {
        case,
        version: shown.version,
        title: visit.word(&format!("matter.{}-{}", shown.flow.id, shown.kind), &[])?,
        person: shown.person.0,
        name: shown.person.1.clone(),
        person_open: shown.person_open,
        state: state_word(visit, shown.flow, &shown.state),
        chip: state_chip(&shown.state),
        facts: facts(visit, &shown)?,
        said: shown.said.iter().map(says).collect::<Result<_, _>>()?,
        form: shown.flow.id == EXEMPTION.id,
        ends: shown.steps.iter().any(|step| step.id == "end"),
        discipline: shown.flow.id == DISCIPLINE.id,
        papers: shown.papers.iter().map(|paper| PaperShown { id: paper.id, name: paper.name.clone(), kilobytes: (paper.bytes + 1023) / 1024 }).collect(),
        way: shown.way.iter().map(|step| taken(visit, shown.flow, step)).collect::<Result<_, _>>()?,
        steps: shown.steps.iter().map(|step| button(visit, step, false)).collect::<Result<_, _>>()?,
        waits: waits(visit, &shown)?,
        error,
        reason,
    };
    visit.page("matter.html", Serde(page))
}

/// Whom it waits for.
fn waits(visit: &Visit, shown: &MatterShown) -> Result<String, Failed> {
    let name = |holder: &String| match holder.as_str() {
        "counterpart" => Ok(shown.counterpart.clone()),
        "employer" => Ok(shown.employer.clone()),
        other => visit.word(&format!("holders.{other}"), &[]),
    };
    Ok(shown.holders.iter().map(name).collect::<Result<Vec<_>, _>>()?.join(visit.say(&xueshi_policy::Text::new("或", " or "))))
}

/// What is asked for, in words.
fn facts(visit: &Visit, shown: &MatterShown) -> Result<Vec<(String, String)>, Failed> {
    let label = |name: &str| visit.word(&format!("matter.item-{name}"), &[]);
    let mut all = Vec::new();
    if shown.flow.id == "transfer" {
        all.push((label("from")?, shown.body.get("from").cloned().unwrap_or_else(|| shown.employer.clone())));
        let to = if shown.body.contains_key("back") { shown.employer.clone() } else { shown.counterpart.clone() };
        all.push((label("to")?, to));
    } else {
        all.push((label("employer")?, shown.employer.clone()));
    }
    if let Some((id, name)) = &shown.other {
        all.push((label("other")?, format!("{name} (#{id})")));
    }
    all.push((label("on")?, shown.from.clone()));
    if let Some(to) = &shown.to {
        all.push((label("until")?, to.clone()));
    }
    for (name, value) in shown.body.iter().filter(|(name, _)| !["from", "back", "ground"].contains(&name.as_str())) {
        let value = match name.as_str() {
            "replaces" => visit.word(&format!("matter.kind-{value}"), &[])?,
            "returned" => visit.word(&format!("matter.returned-{value}"), &[])?,
            _ => value.clone(),
        };
        all.push((label(name)?, value));
    }
    all.retain(|(_, value)| !value.is_empty());
    Ok(all)
}
