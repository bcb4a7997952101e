//! One decision for many cases: first what will be done is shown, since the ledger keeps it; then what was done, and what could not be, and why.

use super::{Asked, case, flow_of, take};
use crate::web::errors::Failed;
use crate::web::session::{Posted, Signed};
use crate::web::state::App;
use crate::web::visit::Visit;
use axum::extract::State;
use axum::response::Response;
use minijinja::value::Serde;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use xueshi_policy::Text;
use xueshi_registry::Error;
use xueshi_registry::flow::VERIFICATION;

/// Cases decided in one request at most.
const MOST: usize = 200;

/// What was chosen.
#[derive(Debug, Deserialize)]
pub(in crate::web) struct Chosen {
    /// Case and version of each.
    #[serde(default)]
    case: Vec<String>,
    step: String,
    #[serde(default)]
    reason: String,
    /// It was shown what will be done.
    #[serde(default)]
    confirmed: bool,
    /// Which list to go back to.
    #[serde(default)]
    q: String,
    #[serde(default)]
    year: String,
    #[serde(default)]
    after: String,
}

#[derive(Serialize)]
struct Page {
    /// What the step is called.
    step: String,
    step_id: String,
    reason: String,
    /// Where the form is posted, and where to go back to.
    action: &'static str,
    back: String,
    asked: Asked,
    /// To be confirmed.
    cases: Vec<Line>,
    /// What is wrong with what was chosen.
    error: String,
    /// What was done, once it was confirmed.
    done: Option<Vec<Line>>,
    failed: Vec<Line>,
}

#[derive(Clone, Serialize)]
struct Line {
    case: i64,
    value: String,
    name: String,
    title: String,
    why: String,
}

/// `POST /desk/many` and `POST /verification/many`.
pub(in crate::web) async fn post(State(app): State<Arc<App>>, visit: Visit, Signed { actor }: Signed, Posted(chosen): Posted<Chosen>) -> Result<Response, Failed> {
    let flow = flow_of(&chosen.step)?;
    let step = flow.steps.iter().find(|step| step.id == chosen.step).ok_or(Failed::NotFound)?;
    let verification = flow.id == VERIFICATION.id;
    let asked = Asked { q: chosen.q, year: chosen.year, after: chosen.after, ..Asked::default() };
    let pairs: Vec<(i64, i64)> = chosen.case.iter().take(MOST).filter_map(|value| value.split_once('-')).filter_map(|(case, version)| Some((case.parse().ok()?, version.parse().ok()?))).collect();
    let error = wrong(&pairs, step.reason, &chosen.reason);
    let (by, ids) = (actor.clone(), pairs.iter().map(|(case, _)| *case).collect::<Vec<_>>());
    let named = app.ask(move |registry| registry.named(&by, &ids)).await?;
    let line = |(case, version): (i64, i64), why: String| {
        let (name, title) = named.iter().find(|(id, ..)| *id == case).map(|(_, name, title)| (name.clone(), title.clone())).unwrap_or_else(|| (format!("#{case}"), String::new()));
        Line { case, value: format!("{case}-{version}"), name, title, why }
    };
    let mut page = Page {
        step: case::said(&visit, step.zh, step.en).to_owned(),
        step_id: chosen.step.clone(),
        reason: chosen.reason.clone(),
        action: if verification { "/verification/many" } else { "/desk/many" },
        back: asked.address(if verification { "/verification" } else { "/desk" }),
        asked,
        cases: pairs.iter().map(|pair| line(*pair, String::new())).collect(),
        error: error.as_ref().map(|text| visit.say(text).to_owned()).unwrap_or_default(),
        done: None,
        failed: Vec::new(),
    };
    if chosen.confirmed && error.is_none() {
        let (step, reason, all) = (chosen.step, chosen.reason, pairs.clone());
        let results = app.ask(move |registry| Ok(all.into_iter().map(|pair| (pair, take(registry, &actor, pair, &step, &reason))).collect::<Vec<_>>())).await?;
        let mut done = Vec::new();
        for (pair, result) in results {
            match result {
                Ok(()) => done.push(line(pair, String::new())),
                Err(error) => page.failed.push(line(pair, why(&visit, error)?)),
            }
        }
        page.done = Some(done);
    }
    visit.page("many.html", Serde(page))
}

/// What is wrong with what was chosen.
fn wrong(pairs: &[(i64, i64)], needs_reason: bool, reason: &str) -> Option<Text> {
    if pairs.is_empty() {
        return Some(Text::new("还没有勾选。请返回，勾选要办理的各条。", "Nothing is ticked. Go back and tick what is to be decided."));
    }
    let missing = needs_reason && reason.trim().chars().count() < 2;
    missing.then(|| Text::new("这一步要写明理由，各位申报人都会看到。请填写后继续。", "This step needs a reason, which everybody concerned will see. Write it below."))
}

/// Why one of many could not be done.
fn why(visit: &Visit, error: Error) -> Result<String, Failed> {
    match error {
        Error::Refused(refusal) => Ok(visit.say(&refusal.text).to_owned()),
        Error::Busy => visit.word("many.busy", &[]),
        Error::Fault(why) => {
            tracing::error!(why, "one of many cases failed");
            visit.word("many.fault", &[])
        }
    }
}
