//! `/drafts`: policies that an authority changes; `/drafts/{id}`: one of them, checked, tried, approved by a second person, published.

pub(in crate::web) mod one;

use crate::web::errors::Failed;
use crate::web::paging::{Before, more};
use crate::web::places::Choice;
use crate::web::session::{Posted, Signed};
use crate::web::state::App;
use crate::web::visit::{Visit, address};
use axum::extract::{Query, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use minijinja::value::Serde;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use xueshi_registry::flow::POLICY;
use xueshi_registry::time::minute_of;

/// Drafts on a page.
const LINES: i64 = 30;

#[derive(Serialize)]
struct Page {
    policies: Vec<Choice>,
    lines: Vec<Line>,
    first: bool,
    next: String,
}

#[derive(Serialize)]
struct Line {
    id: i64,
    title: String,
    state: &'static str,
    chip: &'static str,
    since: String,
    from: String,
}

/// `GET /drafts`.
pub(in crate::web) async fn get(State(app): State<Arc<App>>, visit: Visit, Signed { actor }: Signed, Query(asked): Query<Before>) -> Result<Response, Failed> {
    let before = asked.before;
    let drafts = app.ask(move |registry| registry.drafts(&actor, before, LINES)).await?;
    let next = more(&drafts, LINES).map(|last| address("/drafts", &[("before", &last.id.to_string())])).unwrap_or_default();
    let lines = drafts
        .iter()
        .map(|draft| Line {
            id: draft.id,
            title: titled(&app, &visit, &draft.policy),
            state: state_word(&visit, &draft.state),
            chip: chip(&draft.state),
            since: minute_of(draft.since),
            from: draft.active_from.clone().unwrap_or_default(),
        })
        .collect();
    let policies = app.engine.library().files().iter().map(|file| Choice { value: file.id().to_owned(), title: format!("{} {}", file.cited_as(visit.lang), visit.say(file.title())), chosen: false });
    visit.page("drafts.html", Serde(Page { policies: policies.collect(), lines, first: before.is_none(), next }))
}

/// What a policy is called: its document, or its id where it is new.
fn titled(app: &App, visit: &Visit, policy: &str) -> String {
    app.engine.library().get(policy).map_or_else(|| policy.to_owned(), |file| format!("{} {}", file.cited_as(visit.lang), visit.say(file.title())))
}

fn state_word(visit: &Visit, state: &str) -> &'static str {
    POLICY.state(state).map_or("", |state| match visit.lang {
        xueshi_policy::Lang::Zh => state.zh,
        xueshi_policy::Lang::En => state.en,
    })
}

fn chip(state: &str) -> &'static str {
    match state {
        "published" => "ok",
        "proposed" => "wait",
        "withdrawn" | "repealed" => "no",
        _ => "",
    }
}

/// Which policy is changed.
#[derive(Debug, Deserialize)]
pub(in crate::web) struct Begun {
    policy: String,
}

/// `POST /drafts`: a draft that begins with the text in force.
pub(in crate::web) async fn post(State(app): State<Arc<App>>, Signed { actor }: Signed, Posted(begun): Posted<Begun>) -> Result<Response, Failed> {
    let text = app.engine.library().get(&begun.policy).map(|file| file.text().to_owned()).ok_or(Failed::NotFound)?;
    let id = app.ask(move |registry| registry.begin_draft(&actor, &text)).await?;
    Ok(Redirect::to(&format!("/drafts/{id}")).into_response())
}
