//! `/matters`: what is neither a declaration nor a year: transfers, changes, doubles. What waits for the actor, and all that concern him.

pub(in crate::web) mod approvers;
pub(in crate::web) mod form;
pub(in crate::web) mod one;

use crate::web::errors::Failed;
use crate::web::pages::desk::{state_chip, state_word};
use crate::web::paging::more;
use crate::web::session::Signed;
use crate::web::state::App;
use crate::web::visit::{Visit, address};
use axum::extract::{Query, State};
use axum::response::Response;
use minijinja::value::Serde;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use xueshi_registry::flow::Flow;
use xueshi_registry::matters::{MatterLine, Which};
use xueshi_registry::{Action, time};

/// Matters on a page.
const LINES: i64 = 50;

/// Which part of the list is looked at.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::web) struct Asked {
    /// `all`, or empty for what waits.
    which: String,
    /// Where the page begins: since and case of the line before.
    after: String,
}

#[derive(Serialize)]
struct Page {
    /// How many wait for the actor; nothing for professionals, for whom nothing waits.
    waiting: Option<i64>,
    all: bool,
    lines: Vec<Line>,
    first: String,
    next: String,
    /// The professional's own registration.
    own: Option<i64>,
    may_keep: bool,
}

#[derive(Serialize)]
struct Line {
    case: i64,
    title: String,
    name: String,
    /// From whom to whom.
    between: String,
    state: &'static str,
    chip: &'static str,
    days: i64,
    since: String,
}

/// `GET /matters`.
pub(in crate::web) async fn get(State(app): State<Arc<App>>, visit: Visit, Signed { actor }: Signed, Query(asked): Query<Asked>) -> Result<Response, Failed> {
    let officer = actor.held.role.is_officer();
    let all = asked.which == "all" || !officer;
    let after = asked.after.split_once('_').and_then(|(since, case)| Some((since.parse().ok()?, case.parse().ok()?)));
    let by = actor.clone();
    let (waiting, lines, now) = app
        .ask(move |registry| {
            let (total, lines) = registry.matters(&by, if all { Which::All } else { Which::Waiting }, after, LINES)?;
            let waiting = if all && officer { registry.matters(&by, Which::Waiting, None, 0)?.0 } else { total };
            Ok((waiting, lines, registry.now()))
        })
        .await?;
    let which = if all && officer { "all" } else { "" };
    let part = |after: &str| address("/matters", &[("which", which), ("after", after)]);
    let next = more(&lines, LINES).map(|line| part(&format!("{}_{}", line.since, line.case))).unwrap_or_default();
    let page = Page {
        waiting: officer.then_some(waiting),
        all,
        lines: lines.into_iter().map(|line| shown(&visit, line, now)).collect::<Result<_, _>>()?,
        first: if asked.after.is_empty() { String::new() } else { part("") },
        next,
        own: actor.person.filter(|_| !officer),
        may_keep: actor.may_ever(Action::Keep),
    };
    visit.page("matters.html", Serde(page))
}

fn shown(visit: &Visit, line: MatterLine, now: i64) -> Result<Line, Failed> {
    let flow = Flow::of(&line.flow).ok_or_else(|| Failed::Internal(format!("flow {}", line.flow)))?;
    Ok(Line {
        case: line.case,
        title: visit.word(&format!("matter.{}-{}", line.flow, line.kind), &[])?,
        between: [line.employer, line.counterpart].into_iter().filter(|name| !name.is_empty()).collect::<Vec<_>>().join(" → "),
        name: line.name,
        state: state_word(visit, flow, &line.state),
        chip: state_chip(&line.state),
        days: time::day_of(now).since(time::day_of(line.since)).map_or(0, |span| i64::from(span.get_days())),
        since: time::day_of(line.since).to_string(),
    })
}
