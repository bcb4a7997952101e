//! `/verification`: a year of everybody in reach: opened, looked at, verified one by one or many at once.

use crate::web::clock::today;
use crate::web::errors::Failed;
use crate::web::pages::desk::{state_chip, state_word};
use crate::web::pages::find::opened;
use crate::web::places::Choice;
use crate::web::result::{self, Kept};
use crate::web::session::{Posted, Signed};
use crate::web::state::App;
use crate::web::told::Teller;
use crate::web::visit::{Visit, address};
use axum::extract::{Query, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use minijinja::value::Serde;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use xueshi_policy::Status;
use xueshi_registry::flow::VERIFICATION;
use xueshi_registry::{Action, YearCount, YearLine, YearSought};

/// People on a page.
const LINES: i64 = 50;
/// Years that can be chosen, the running one among them.
const YEARS: i64 = 6;

/// What is still to be done, among the states to choose from.
const OPEN: &str = "open";

/// What is looked at.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub(in crate::web) struct Asked {
    year: String,
    status: String,
    /// What is still to be done, where none is chosen; empty for all.
    state: Option<String>,
    q: String,
    /// One employer's people.
    employer: String,
    after: String,
}

#[derive(Serialize)]
struct Page {
    asked: Asked,
    /// What is looked for.
    q: String,
    year: i64,
    years: Vec<Choice>,
    statuses: Vec<Choice>,
    states: Vec<Choice>,
    /// Only what is still to be done is shown; and the address of everything.
    open_only: bool,
    every: String,
    /// How many stand how, whoever is filtered out.
    all: i64,
    met: i64,
    short: i64,
    other: i64,
    verified: i64,
    lines: Vec<Line>,
    /// There are spot checks for who looks.
    inspects: bool,
    /// Some line can be verified now.
    any_open: bool,
    first: String,
    next: String,
}

#[derive(Serialize)]
struct Line {
    case: i64,
    value: String,
    person: i64,
    name: String,
    employer: String,
    state: &'static str,
    chip: &'static str,
    told: Kept,
    /// What is short is still to be had.
    lacks: bool,
    open_to_me: bool,
    late: bool,
}

/// `GET /verification`.
pub(in crate::web) async fn get(State(app): State<Arc<App>>, visit: Visit, Signed { actor }: Signed, Query(asked): Query<Asked>) -> Result<Response, Failed> {
    let now = today();
    let this_year = i64::from(now.year());
    // The year that is verified now is usually the last one.
    let year = asked.year.trim().parse().ok().filter(|year| (1990..=this_year + 1).contains(year)).unwrap_or(this_year - 1);
    let known = |state: &String| state.is_empty() || VERIFICATION.state(state).is_some();
    let state = asked.state.clone().filter(known).unwrap_or_else(|| OPEN.to_owned());
    let asked = Asked { year: year.to_string(), state: Some(state.clone()), ..asked };
    let (wanted, after) = (asked.clone(), asked.after.parse::<i64>().unwrap_or_default());
    let inspects = actor.may_ever(Action::Inspect);
    let mine = actor.held.name.clone().unwrap_or_default();
    let (of_state, q) = (state.clone(), opened(&app.registry, &actor, &asked.q));
    let text = q.clone();
    let (counts, read) = app
        .ask(move |registry| {
            let employer = wanted.employer.parse().unwrap_or_default();
            let sought = YearSought { status: &wanted.status, state: &of_state, text: &text, employer };
            Ok((registry.year_counts(&actor, year, employer)?, registry.year(&actor, year, sought, after, LINES)?))
        })
        .await?;
    let teller = Teller::new(&app, &visit);
    let lines: Vec<Line> = read.lines.into_iter().map(|one| line(&teller, one, &mine, &now.to_string())).collect::<Result<_, _>>()?;
    let count = |wanted: &dyn Fn(&YearCount) -> bool| counts.iter().filter(|count| wanted(count)).map(|count| count.people).sum::<i64>();
    let (all, met, short) = (count(&|_| true), count(&|count| ["met", "exempt"].contains(&count.status.as_str())), count(&|count| count.status == "short"));
    let page = Page {
        years: (0..YEARS).map(|back| this_year - back).map(|one| Choice { value: one.to_string(), title: one.to_string(), chosen: one == year }).collect(),
        statuses: Status::ALL.into_iter().map(|one| Choice { value: one.name().to_owned(), title: visit.say(&one.title()).to_owned(), chosen: asked.status == one.name() }).collect(),
        states: states(&visit, &state)?,
        open_only: state == OPEN,
        every: address("/verification", &[("year", &asked.year), ("employer", &asked.employer)]) + "&state=",
        all,
        met,
        short,
        other: all - met - short,
        verified: count(&|count| count.state == "verified"),
        inspects,
        any_open: lines.iter().any(|line| line.open_to_me),
        lines,
        first: if after > 0 { part(&asked, "") } else { String::new() },
        next: read.next.map(|case| part(&asked, &case.to_string())).unwrap_or_default(),
        year,
        q,
        asked,
    };
    visit.page("verification.html", Serde(page))
}

fn part(asked: &Asked, after: &str) -> String {
    address("/verification", &[("year", &asked.year), ("status", &asked.status), ("q", &asked.q), ("employer", &asked.employer), ("after", after)])
        + "&state="
        + asked.state.as_deref().unwrap_or_default()
}

fn states(visit: &Visit, chosen: &str) -> Result<Vec<Choice>, Failed> {
    let open = Choice { value: OPEN.to_owned(), title: visit.word("verification.to-do", &[])?, chosen: chosen == OPEN };
    let all = VERIFICATION.states.iter().map(|one| Choice { value: one.id.to_owned(), title: state_word(visit, &VERIFICATION, one.id).to_owned(), chosen: chosen == one.id });
    Ok([open].into_iter().chain(all).collect())
}

fn line(teller: &Teller<'_>, line: YearLine, mine: &str, today: &str) -> Result<Line, Failed> {
    let late = line.open_to_me && line.due.as_deref().is_some_and(|due| today > due);
    Ok(Line {
        case: line.case,
        value: format!("{}-{}", line.case, line.version),
        person: line.person,
        name: line.name,
        // An employer's officer knows where they work.
        employer: Some(line.employer).filter(|employer| employer != mine).unwrap_or_default(),
        state: state_word(teller.visit, &VERIFICATION, &line.state),
        chip: state_chip(&line.state),
        lacks: ["short", "undetermined"].contains(&line.status.as_str()),
        told: result::kept(teller, &line.result)?,
        open_to_me: line.open_to_me,
        late,
    })
}

/// Which year to open.
#[derive(Debug, Deserialize)]
pub(in crate::web) struct Open {
    year: i64,
}

/// `POST /verification/open`.
pub(in crate::web) async fn open(State(app): State<Arc<App>>, Signed { actor }: Signed, Posted(Open { year }): Posted<Open>) -> Result<Response, Failed> {
    if !(1990..=i64::from(today().year())).contains(&year) {
        return Err(Failed::Unprocessable(xueshi_policy::Text::new("年度不对：只能开启已经开始的年度。", "The year is wrong: only a year that has begun can be opened.")));
    }
    let job = app.ask(move |registry| registry.begin_opening(&actor, year)).await?;
    Ok(Redirect::to(&format!("/jobs/{job}")).into_response())
}
