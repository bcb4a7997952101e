//! `/deliveries/{id}`: one completion: why it stands as it does, its whole way, and what can be done about it.

use super::{Step, state_word, tone, way};
use crate::web::errors::Failed;
use crate::web::session::{Posted, Signed};
use crate::web::state::App;
use crate::web::visit::Visit;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use minijinja::value::Serde;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;
use xueshi_policy::Text;
use xueshi_registry::grants::NewBreach;
use xueshi_registry::{Actor, CompletionShown, Correction, Error, Facts, Registry, Why};

#[derive(Serialize)]
struct Page {
    id: i64,
    version: i64,
    own_id: String,
    delivery: i64,
    name: String,
    identity: String,
    matched: bool,
    title: String,
    year: i64,
    state: String,
    tone: &'static str,
    reason: String,
    /// Column and text, as they were delivered.
    facts: Vec<(String, String)>,
    way: Vec<Step>,
    may_correct: bool,
    may_retry: bool,
    may_withdraw: bool,
    /// What was wrong with what was posted, and in which form.
    error: String,
    error_at: &'static str,
}

/// What a provider does with a completion.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::web) struct Doing {
    step: String,
    version: i64,
    reason: String,
    name: String,
    identity_number: String,
    title: String,
    /// Column and text, in pairs; `fact` for the columns, `value` for the texts.
    fact: Vec<String>,
    value: Vec<String>,
    /// What is recorded about discipline, and of which day.
    kind: String,
    on: String,
}

/// `GET /deliveries/{id}`.
pub(in crate::web) async fn get(State(app): State<Arc<App>>, visit: Visit, Signed { actor }: Signed, Path(id): Path<i64>) -> Result<Response, Failed> {
    page(&app, &visit, &actor, id, None).await
}

async fn page(app: &App, visit: &Visit, actor: &Actor, id: i64, refused: Option<(&'static str, Text, Doing)>) -> Result<Response, Failed> {
    let by = actor.clone();
    let shown = app.ask(move |registry| registry.completion(&by, id)).await?;
    visit.page("delivery.html", Serde(told(visit, shown, refused)))
}

fn told(visit: &Visit, shown: CompletionShown, refused: Option<(&'static str, Text, Doing)>) -> Page {
    let may = |id: &str| shown.steps.iter().any(|step| step.id == id);
    let (may_correct, may_retry, may_withdraw) = (may("correct"), may("retry"), may("withdraw"));
    // Who delivers is who taught: that is not the provider's to change.
    let mut facts: Vec<(String, String)> = shown.facts.into_iter().filter(|(column, _)| column != "provider").collect();
    let (mut name, mut title) = (shown.line.name, shown.line.title);
    let (mut error, mut error_at) = (String::new(), "");
    if let Some((at, text, doing)) = refused {
        (error, error_at) = (visit.say(&text).to_owned(), at);
        if at == "correct" {
            (name, title, facts) = (doing.name, doing.title, doing.fact.into_iter().zip(doing.value).collect());
        }
    }
    Page {
        id: shown.line.id,
        version: shown.line.version,
        own_id: shown.line.own_id,
        delivery: shown.line.delivery,
        name,
        identity: shown.identity_masked,
        matched: shown.matched,
        title,
        year: shown.line.year,
        state: state_word(visit, &shown.line.state),
        tone: tone(&shown.line.state),
        reason: shown.line.reason.map(|reason| visit.say(&reason.text).to_owned()).unwrap_or_default(),
        facts,
        way: way(visit, &shown.way),
        may_correct,
        may_retry,
        may_withdraw,
        error,
        error_at,
    }
}

fn take(registry: &Registry, actor: &Actor, id: i64, doing: &Doing) -> xueshi_registry::Result<()> {
    match doing.step.as_str() {
        "correct" => {
            let facts: Facts =
                doing.fact.iter().zip(&doing.value).map(|(column, value)| (column.trim().to_owned(), value.trim().to_owned())).filter(|(column, _)| !column.is_empty()).collect::<BTreeMap<_, _>>();
            let with = Correction { identity_number: doing.identity_number.clone(), name: doing.name.clone(), title: doing.title.clone(), facts };
            registry.correct_completion(actor, id, doing.version, &with)
        }
        "retry" => registry.retry_completion(actor, id, doing.version),
        "withdraw" => registry.withdraw_completion(actor, id, doing.version, &doing.reason),
        "breach" => registry.record_breach_at(actor, id, &NewBreach { kind: doing.kind.clone(), on: doing.on.clone(), reason: doing.reason.clone() }),
        _ => Err(Error::refused(Why::NotFound, "没有这一步。", "There is no such step.")),
    }
}

/// `POST /deliveries/{id}`.
pub(in crate::web) async fn post(State(app): State<Arc<App>>, visit: Visit, Signed { actor }: Signed, Path(id): Path<i64>, Posted(doing): Posted<Doing>) -> Result<Response, Failed> {
    let (by, what) = (actor.clone(), doing.clone());
    match app.ask(move |registry| take(registry, &by, id, &what)).await {
        Ok(()) => Ok(Redirect::to(&format!("/deliveries/{id}")).into_response()),
        Err(Failed::Unprocessable(text)) => {
            let at = match doing.step.as_str() {
                "withdraw" => "withdraw",
                "breach" => "breach",
                _ => "correct",
            };
            let mut response = page(&app, &visit, &actor, id, Some((at, text, doing))).await?;
            *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
            Ok(response)
        }
        Err(other) => Err(other),
    }
}
