//! `/deliveries`: what a provider delivered and how it stands; the queue of what was not matched; `/deliveries/sent`: what was sent at once.
//!
//! ```text
//! mod ── the list and the deliveries      one ── a completion, its way, its steps      keys ── keys of machines
//! ```

pub(in crate::web) mod keys;
pub(in crate::web) mod one;

use crate::web::errors::Failed;
use crate::web::pages::find::opened;
use crate::web::paging::more;
use crate::web::places::Choice;
use crate::web::session::{Posted, Signed};
use crate::web::state::App;
use crate::web::visit::{Visit, address};
use axum::extract::{Query, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use minijinja::value::Serde;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use xueshi_policy::Text;
use xueshi_registry::flow::DELIVERY;
use xueshi_registry::time::{day_of, minute_of};
use xueshi_registry::{CompletionLine, CompletionsSought, DeliveryLine, Error, WayStep};

/// Completions, or deliveries, on a page.
const LINES: i64 = 50;

/// What is looked for.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub(in crate::web) struct Asked {
    state: String,
    q: String,
    delivery: String,
    before: String,
    /// How many are tried again.
    retried: String,
}

#[derive(Serialize)]
struct Page {
    asked: Asked,
    /// What is looked for.
    q: String,
    provider: String,
    /// How many are in the states that ask for something.
    unmatched: i64,
    returned: i64,
    refused: i64,
    waiting: i64,
    received: i64,
    states: Vec<Choice>,
    /// The delivery that is looked at, with how it stands.
    delivery: Option<Sent>,
    lines: Vec<Line>,
    first: String,
    next: String,
}

/// A completion in a list.
#[derive(Serialize)]
pub(in crate::web) struct Line {
    id: i64,
    own_id: String,
    name: String,
    title: String,
    year: i64,
    state: String,
    tone: &'static str,
    reason: String,
    since: String,
}

#[derive(Serialize)]
struct Sent {
    id: i64,
    reference: String,
    by: String,
    sent: String,
    received: String,
    completions: i64,
    /// State in words, its tone, how many, and the address of those.
    counts: Vec<(String, &'static str, i64, String)>,
}

/// A step of a completion's way.
#[derive(Serialize)]
pub(in crate::web) struct Step {
    word: String,
    at: String,
    /// The role in words; empty where the program did it.
    role: String,
    reason: String,
    entry: Option<i64>,
}

/// A state of a completion in words.
pub(in crate::web) fn state_word(visit: &Visit, state: &str) -> String {
    DELIVERY.state(state).map_or_else(|| state.to_owned(), |state| visit.say(&Text::new(state.zh, state.en)).to_owned())
}

/// The tone of a state's chip.
pub(in crate::web) fn tone(state: &str) -> &'static str {
    match state {
        "registered" => "ok",
        "received" | "waiting" => "wait",
        "unmatched" | "returned" | "refused" | "revoked" => "no",
        _ => "",
    }
}

/// A way in words.
pub(in crate::web) fn way(visit: &Visit, steps: &[WayStep]) -> Vec<Step> {
    let step = |step: &WayStep| Step {
        word: visit.say(&step.step).to_owned(),
        at: minute_of(step.at),
        role: step.role.as_ref().map(|role| visit.word(&format!("roles.{role}"), &[]).unwrap_or_else(|_| role.clone())).unwrap_or_default(),
        reason: visit.say(&step.reason).to_owned(),
        entry: step.entry,
    };
    steps.iter().map(step).collect()
}

fn line(visit: &Visit, line: CompletionLine) -> Line {
    Line {
        id: line.id,
        state: state_word(visit, &line.state),
        tone: tone(&line.state),
        reason: line.reason.map(|reason| visit.say(&reason.text).to_owned()).unwrap_or_default(),
        since: day_of(line.since).to_string(),
        own_id: line.own_id,
        name: line.name,
        title: line.title,
        year: line.year,
    }
}

fn sent(visit: &Visit, line: DeliveryLine, counts: Vec<(String, i64)>) -> Sent {
    let id = line.id.to_string();
    let count = |(state, count): (String, i64)| (state_word(visit, &state), tone(&state), count, address("/deliveries", &[("state", &state), ("delivery", &id)]));
    Sent {
        counts: counts.into_iter().map(count).collect(),
        id: line.id,
        reference: line.reference,
        by: line.by,
        sent: minute_of(line.at.0),
        received: minute_of(line.at.1),
        completions: line.completions,
    }
}

fn part(asked: &Asked, before: &str) -> String {
    address("/deliveries", &[("state", &asked.state), ("q", &asked.q), ("delivery", &asked.delivery), ("before", before)])
}

/// `GET /deliveries`.
pub(in crate::web) async fn get(State(app): State<Arc<App>>, visit: Visit, Signed { actor }: Signed, Query(asked): Query<Asked>) -> Result<Response, Failed> {
    let asked = Asked { state: DELIVERY.state(&asked.state).map(|state| state.id.to_owned()).unwrap_or_default(), ..asked };
    let (wanted, provider) = (asked.clone(), actor.held.name.clone().unwrap_or_default());
    let q = opened(&app.registry, &actor, &asked.q);
    let text = q.clone();
    let (open, delivery, lines) = app
        .ask(move |registry| {
            let of = wanted.delivery.parse::<i64>().ok();
            let delivery = of.map(|id| registry.delivery(&actor, id)).transpose()?;
            let sought = CompletionsSought { state: &wanted.state, text: &text, delivery: of };
            Ok::<_, Error>((registry.completions_open(&actor)?, delivery, registry.completions(&actor, sought, wanted.before.parse().ok(), LINES)?))
        })
        .await?;
    let count = |state: &str| open.iter().filter(|(known, _)| known == state).map(|(_, count)| count).sum();
    let page = Page {
        provider,
        unmatched: count("unmatched"),
        returned: count("returned"),
        refused: count("refused"),
        waiting: count("waiting"),
        received: count("received"),
        states: DELIVERY.states.iter().map(|state| Choice { value: state.id.to_owned(), title: state_word(&visit, state.id), chosen: state.id == asked.state }).collect(),
        delivery: delivery.map(|shown| sent(&visit, shown.line, shown.counts)),
        next: more(&lines, LINES).map(|line| part(&asked, &line.id.to_string())).unwrap_or_default(),
        first: if asked.before.is_empty() { String::new() } else { part(&asked, "") },
        lines: lines.into_iter().map(|one| line(&visit, one)).collect(),
        q,
        asked,
    };
    visit.page("deliveries.html", Serde(page))
}

#[derive(Serialize)]
struct SentPage {
    lines: Vec<Sent>,
    next: String,
}

/// Where the list of deliveries begins.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::web) struct From {
    before: Option<i64>,
}

/// `GET /deliveries/sent`.
pub(in crate::web) async fn all_sent(State(app): State<Arc<App>>, visit: Visit, Signed { actor }: Signed, Query(from): Query<From>) -> Result<Response, Failed> {
    let lines = app.ask(move |registry| registry.deliveries(&actor, from.before, LINES)).await?;
    let next = more(&lines, LINES).map(|line| format!("/deliveries/sent?before={}", line.id)).unwrap_or_default();
    visit.page("sent.html", Serde(SentPage { lines: lines.into_iter().map(|one| sent(&visit, one, Vec::new())).collect(), next }))
}

/// Nothing but the token of the form.
#[derive(Debug, Deserialize)]
pub(in crate::web) struct Nothing {}

/// `POST /deliveries/retry`: everything that was not matched, by and by.
pub(in crate::web) async fn retry(State(app): State<Arc<App>>, Signed { actor }: Signed, Posted(Nothing {}): Posted<Nothing>) -> Result<Response, Failed> {
    let retried = app.ask(move |registry| registry.retry_unmatched(&actor)).await?;
    Ok(Redirect::to(&format!("/deliveries?retried={retried}")).into_response())
}
