//! `/registers`: platforms, topics, bases and providers of a year and place, open to everybody; `/register-desk`: officers keep those of
//! their area and see how much of what providers delivered waits.

use crate::web::clock::today;
use crate::web::errors::Failed;
use crate::web::places::{self, Choice};
use crate::web::session::{Posted, Signed};
use crate::web::state::App;
use crate::web::told::Teller;
use crate::web::visit::{Visit, address};
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use minijinja::value::Serde;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use xueshi_policy::REGISTERS;
use xueshi_registry::time::day_of;
use xueshi_registry::{Actor, Error, NewEntry, RegisterLine, RegisterPage};

/// Entries on a page.
const LINES: i64 = 100;

/// What is asked for.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub(in crate::web) struct Asked {
    place: String,
    year: String,
    register: String,
    /// Register and id of the last entry of the page before.
    after: String,
}

impl Asked {
    fn year(&self) -> i64 {
        self.year.trim().parse().ok().filter(|year| (1950..=2200).contains(year)).unwrap_or_else(|| i64::from(today().year()))
    }

    fn after(&self) -> Option<(String, i64)> {
        let (register, id) = self.after.split_once('-')?;
        Some((register.to_owned(), id.parse().ok()?))
    }
}

#[derive(Serialize)]
struct Page {
    places: Vec<Choice>,
    registers: Vec<Choice>,
    year: i64,
    /// The place in words; empty where none was chosen.
    place: String,
    groups: Vec<Group>,
    first: String,
    next: String,
}

/// A register's entries.
#[derive(Serialize)]
struct Group {
    title: String,
    entries: Vec<Entry>,
}

#[derive(Serialize)]
struct Entry {
    id: i64,
    name: String,
    /// What records name it by, where that is not the name.
    code: String,
    place: String,
    organisation: String,
    /// Clauses of the policy file that lists it.
    cites: Vec<crate::web::law::Cite>,
    /// The document an officer named.
    basis: String,
    from: String,
    to: String,
    closed_for: String,
    open_to_me: bool,
}

fn register_word(visit: &Visit, register: &str) -> Result<String, Failed> {
    visit.word(&format!("registers.{register}"), &[])
}

fn registers(visit: &Visit, chosen: &str) -> Result<Vec<Choice>, Failed> {
    REGISTERS.iter().map(|one| Ok(Choice { value: (*one).to_owned(), title: register_word(visit, one)?, chosen: *one == chosen })).collect()
}

fn groups(app: &App, visit: &Visit, lines: Vec<RegisterLine>) -> Result<Vec<Group>, Failed> {
    let (look, teller) = (app.look()?, Teller::new(app, visit));
    let nation = visit.word("regulations.nation", &[])?;
    let mut groups: Vec<(String, Group)> = Vec::new();
    for line in lines {
        let name = if visit.lang == xueshi_policy::Lang::Zh { line.name_zh } else { line.name_en };
        let cites = line.policy.as_ref().map(|policy| teller.cites_of(policy, line.basis.split('、'))).transpose()?.unwrap_or_default();
        let entry = Entry {
            id: line.id,
            code: Some(line.code).filter(|code| *code != name).unwrap_or_default(),
            name,
            place: if line.place == "*" { nation.clone() } else { visit.say(&places::name(&look.words, &line.place)).to_owned() },
            organisation: line.organisation.unwrap_or_default(),
            cites,
            basis: if line.policy.is_some() { String::new() } else { line.basis },
            from: line.days.0.unwrap_or_default(),
            to: line.days.1.unwrap_or_default(),
            closed_for: line.closed_for,
            open_to_me: line.open_to_me,
        };
        match groups.last_mut().filter(|(register, _)| *register == line.register) {
            Some((_, group)) => group.entries.push(entry),
            None => groups.push((line.register.clone(), Group { title: register_word(visit, &line.register)?, entries: vec![entry] })),
        }
    }
    Ok(groups.into_iter().map(|(_, group)| group).collect())
}

fn part(path: &str, asked: &Asked, next: Option<(String, i64)>) -> String {
    next.map(|(register, id)| address(path, &[("place", &asked.place), ("year", &asked.year), ("register", &asked.register), ("after", &format!("{register}-{id}"))])).unwrap_or_default()
}

/// `GET /registers`.
pub(in crate::web) async fn get(State(app): State<Arc<App>>, visit: Visit, Query(asked): Query<Asked>) -> Result<Response, Failed> {
    let place = Some(asked.place.trim().to_owned()).filter(|code| code.len() == 6 && code.bytes().all(|byte| byte.is_ascii_digit()));
    let (year, wanted) = (asked.year(), asked.clone());
    let read = match place.clone() {
        Some(place) => app.ask(move |registry| registry.registers(None, (&place, year), &wanted.register, wanted.after(), LINES)).await?,
        None => RegisterPage { lines: Vec::new(), next: None },
    };
    let look = app.look()?;
    let page = Page {
        places: places::choices(&app, &look.words, &visit, place.as_deref()),
        registers: registers(&visit, &asked.register)?,
        year,
        place: place.map(|code| visit.say(&places::name(&look.words, places::known(&app, &code))).to_owned()).unwrap_or_default(),
        groups: groups(&app, &visit, read.lines)?,
        first: if asked.after.is_empty() { String::new() } else { address("/registers", &[("place", &asked.place), ("year", &asked.year), ("register", &asked.register)]) },
        next: part("/registers", &asked, read.next),
    };
    visit.page("registers.html", Serde(page))
}

#[derive(Serialize)]
struct DeskPage {
    year: i64,
    queues: Vec<Queue>,
    registers: Vec<Choice>,
    groups: Vec<Group>,
    next: String,
    form: Adding,
    error: String,
    /// The entry whose closing was refused, and why.
    close_error: (i64, String),
}

/// How much of a provider's deliveries waits.
#[derive(Serialize)]
struct Queue {
    provider: String,
    received: i64,
    unmatched: i64,
    since: String,
}

/// What was refused.
#[derive(Default)]
struct Refused {
    form: Adding,
    error: String,
    close_error: (i64, String),
}

/// `GET /register-desk`.
pub(in crate::web) async fn desk(State(app): State<Arc<App>>, visit: Visit, Signed { actor }: Signed, Query(asked): Query<Asked>) -> Result<Response, Failed> {
    desk_page(&app, &visit, &actor, asked, Refused::default()).await
}

async fn desk_page(app: &App, visit: &Visit, actor: &Actor, asked: Asked, refused: Refused) -> Result<Response, Failed> {
    let (by, year, wanted) = (actor.clone(), asked.year(), asked.clone());
    let (queues, read) = app
        .ask(move |registry| {
            let area = by.held.jurisdiction.unwrap_or_default();
            let region = registry.read(|tx| xueshi_registry::places::jurisdiction(tx, area))?.region;
            Ok::<_, Error>((registry.delivery_queues(&by)?, registry.registers(Some(&by), (&region, year), &wanted.register, wanted.after(), LINES)?))
        })
        .await?;
    let queue = |one: xueshi_registry::ProviderQueue| Queue { provider: one.provider, received: one.received, unmatched: one.unmatched, since: day_of(one.oldest).to_string() };
    let page = DeskPage {
        year,
        queues: queues.into_iter().map(queue).collect(),
        registers: registers(visit, &refused.form.register)?,
        groups: groups(app, visit, read.lines)?,
        next: part("/register-desk", &asked, read.next),
        form: refused.form,
        error: refused.error,
        close_error: refused.close_error,
    };
    visit.page("register-desk.html", Serde(page))
}

/// An entry to be added.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub(in crate::web) struct Adding {
    register: String,
    name: String,
    code: String,
    organisation: String,
    basis: String,
    from: String,
    to: String,
}

/// `POST /register-desk`.
pub(in crate::web) async fn add(State(app): State<Arc<App>>, visit: Visit, Signed { actor }: Signed, Posted(form): Posted<Adding>) -> Result<Response, Failed> {
    let by = actor.clone();
    let Adding { register, name, code, organisation, basis, from, to } = form.clone();
    let year = from.get(..4).unwrap_or_default().to_owned();
    match app.ask(move |registry| registry.add_register_entry(&by, &NewEntry { register, code, name, organisation, basis, from, to })).await {
        Ok(_) => Ok(Redirect::to(&address("/register-desk", &[("year", &year)])).into_response()),
        Err(Failed::Unprocessable(text) | Failed::Conflict(text)) => {
            let error = visit.say(&text).to_owned();
            again(desk_page(&app, &visit, &actor, Asked::default(), Refused { form, error, ..Refused::default() }).await)
        }
        Err(other) => Err(other),
    }
}

/// Until when an entry holds, and why no longer.
#[derive(Debug, Deserialize)]
pub(in crate::web) struct Closing {
    until: String,
    reason: String,
    /// The year that is looked at.
    #[serde(default)]
    year: String,
}

/// `POST /register-desk/{entry}`.
pub(in crate::web) async fn close(State(app): State<Arc<App>>, visit: Visit, Signed { actor }: Signed, Path(entry): Path<i64>, Posted(closing): Posted<Closing>) -> Result<Response, Failed> {
    let (by, year) = (actor.clone(), closing.year.clone());
    match app.ask(move |registry| registry.close_register_entry(&by, entry, &closing.until, &closing.reason)).await {
        Ok(()) => Ok(Redirect::to(&address("/register-desk", &[("year", &year)])).into_response()),
        Err(Failed::Unprocessable(text)) => {
            let close_error = (entry, visit.say(&text).to_owned());
            again(desk_page(&app, &visit, &actor, Asked { year, ..Asked::default() }, Refused { close_error, ..Refused::default() }).await)
        }
        Err(other) => Err(other),
    }
}

/// The page again, with what was wrong.
fn again(page: Result<Response, Failed>) -> Result<Response, Failed> {
    page.map(|mut response| {
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
        response
    })
}
