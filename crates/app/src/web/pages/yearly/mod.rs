//! `/yearly`: the yearly verification employer by employer; `one` is the guided task of an employer's year, `checks` are spot checks.

pub(in crate::web) mod checks;
pub(in crate::web) mod one;

use crate::web::clock::today;
use crate::web::errors::Failed;
use crate::web::places::Choice;
use crate::web::session::Signed;
use crate::web::state::App;
use crate::web::visit::{Visit, address};
use axum::extract::{Query, State};
use axum::response::Response;
use minijinja::value::Serde;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use xueshi_policy::{Lang, Status};
use xueshi_registry::employer_years::{Counts, EmployerYearLine};
use xueshi_registry::flow::EMPLOYER_YEAR;

/// Employers on a page.
const LINES: i64 = 25;
/// Years that can be chosen, the running one among them.
const YEARS: i64 = 6;

/// What is looked at.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub(in crate::web) struct Asked {
    year: String,
    state: String,
    q: String,
    after: String,
}

#[derive(Serialize)]
struct Page {
    asked: Asked,
    year: i64,
    years: Vec<Choice>,
    states: Vec<Choice>,
    /// How many employers there are, and how many are complete.
    all: i64,
    complete: i64,
    lines: Vec<Line>,
    first: String,
    next: String,
}

#[derive(Serialize)]
struct Line {
    url: String,
    name: String,
    state: &'static str,
    chip: &'static str,
    due: String,
    late: bool,
    mine: bool,
    people: i64,
    verified: i64,
    short: i64,
}

/// A part of a bar: where it begins and how long it is, in thousandths.
#[derive(Serialize)]
pub(super) struct Bar {
    /// The status as it is kept.
    status: &'static str,
    class: &'static str,
    title: String,
    count: i64,
    from: i64,
    wide: i64,
}

/// How people stand as the parts of a bar.
pub(super) fn bars(visit: &Visit, counts: &Counts) -> Vec<Bar> {
    let (mut bars, mut before) = (Vec::new(), 0);
    for status in Status::ALL {
        let count = counts.of(status.name());
        if count > 0 {
            let place = |people: i64| people.saturating_mul(1000) / counts.all.max(1);
            let (from, to) = (place(before), place(before + count));
            bars.push(Bar { status: status.name(), class: crate::web::result::status_chip(status.name()), title: visit.say(&status.title()).to_owned(), count, from, wide: to - from });
            before += count;
        }
    }
    bars
}

/// A state of an employer's year in words.
pub(super) fn state_word(visit: &Visit, state: &str) -> &'static str {
    EMPLOYER_YEAR.state(state).map(|state| if visit.lang == Lang::En { state.en } else { state.zh }).unwrap_or_default()
}

fn state_chip(state: &str) -> &'static str {
    match state {
        "confirmed" => "ok",
        "sent-back" => "no",
        _ => "wait",
    }
}

/// A year from an address; the last one where none is given, which is what is verified now.
pub(super) fn year_of(text: &str) -> i64 {
    let this_year = i64::from(today().year());
    text.trim().parse().ok().filter(|year| (1990..=this_year + 1).contains(year)).unwrap_or(this_year - 1)
}

/// The years to choose from.
pub(super) fn years(chosen: i64) -> Vec<Choice> {
    let this_year = i64::from(today().year());
    (0..YEARS).map(|back| this_year - back).map(|one| Choice { value: one.to_string(), title: one.to_string(), chosen: one == chosen }).collect()
}

/// `GET /yearly`.
pub(in crate::web) async fn get(State(app): State<Arc<App>>, visit: Visit, Signed { actor }: Signed, Query(asked): Query<Asked>) -> Result<Response, Failed> {
    let year = year_of(&asked.year);
    let (wanted, after) = (asked.clone(), asked.after.parse().unwrap_or_default());
    let read = app.ask(move |registry| registry.employer_years(&actor, year, (&wanted.state, &wanted.q), after, LINES)).await?;
    let now = today().to_string();
    let asked = Asked { year: year.to_string(), ..asked };
    let part = |after: &str| address("/yearly", &[("year", &asked.year), ("state", &asked.state), ("q", &asked.q), ("after", after)]);
    let states = EMPLOYER_YEAR.states.iter().map(|one| Choice { value: one.id.to_owned(), title: state_word(&visit, one.id).to_owned(), chosen: asked.state == one.id });
    let page = Page {
        year,
        years: years(year),
        states: states.collect(),
        all: read.states.values().sum(),
        complete: read.states.get("confirmed").copied().unwrap_or_default(),
        lines: read.lines.into_iter().map(|one| line(&visit, one, year, &now)).collect(),
        first: if after > 0 { part("") } else { String::new() },
        next: read.next.map(|after| part(&after.to_string())).unwrap_or_default(),
        asked,
    };
    visit.page("yearly.html", Serde(page))
}

fn line(visit: &Visit, line: EmployerYearLine, year: i64, today: &str) -> Line {
    Line {
        url: format!("/yearly/{}/{year}", line.employer),
        name: line.name,
        state: state_word(visit, &line.state),
        chip: state_chip(&line.state),
        late: line.due.as_deref().is_some_and(|due| today > due) && ["gathering", "sent-back"].contains(&line.state.as_str()),
        due: line.due.unwrap_or_default(),
        mine: line.open_to_me,
        people: line.counts.all,
        verified: line.counts.verified,
        short: line.counts.of(Status::Short.name()),
    }
}
