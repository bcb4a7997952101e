//! `/gates/people`: people within reach against one gate, a page at a time, or all of them as CSV.

use super::{Text, answer_word, choices, texts};
use crate::web::clock::today;
use crate::web::errors::Failed;
use crate::web::places::Choice;
use crate::web::session::Signed;
use crate::web::state::App;
use crate::web::told::Teller;
use crate::web::visit::{Visit, address};
use axum::body::{Body, Bytes};
use axum::extract::{Query, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Response};
use futures_util::stream;
use minijinja::value::Serde;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use xueshi_registry::gates::{GateLine, GateSought};
use xueshi_registry::{Actor, Registry};

/// People on a page.
const LINES: i64 = 50;
/// People of a piece of CSV.
const PIECE: i64 = 250;

/// What is looked at.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub(in crate::web) struct Asked {
    gate: String,
    on: String,
    name: String,
    after: i64,
}

impl Asked {
    fn address(&self, path: &str, after: &str) -> String {
        address(path, &[("gate", &self.gate), ("on", &self.on), ("name", &self.name), ("after", after)])
    }

    fn list(&self, registry: &Registry, actor: &Actor, after: i64, limit: i64) -> xueshi_registry::Result<Vec<GateLine>> {
        registry.gate_list(actor, GateSought { gate: &self.gate, on: self.on.trim(), employer: 0, name: &self.name }, after, limit)
    }
}

#[derive(Serialize)]
struct Page {
    asked: Asked,
    questions: Vec<Choice>,
    lines: Vec<Line>,
    sought: bool,
    error: String,
    first: String,
    next: String,
    csv: String,
}

#[derive(Serialize)]
struct Line {
    person: i64,
    name: String,
    employer: String,
    answer: String,
    chip: &'static str,
    texts: Vec<Text>,
}

/// `GET /gates/people`.
pub(in crate::web) async fn get(State(app): State<Arc<App>>, visit: Visit, Signed { actor }: Signed, Query(asked): Query<Asked>) -> Result<Response, Failed> {
    let asked = Asked { on: if asked.on.is_empty() { today().to_string() } else { asked.on }, ..asked };
    let sought = !asked.gate.is_empty();
    let (wanted, after) = (asked.clone(), asked.after);
    let read = if sought { app.ask(move |registry| wanted.list(registry, &actor, after, LINES)).await } else { Ok(Vec::new()) };
    let (read, error) = match read {
        Ok(read) => (read, String::new()),
        Err(Failed::Unprocessable(why)) => (Vec::new(), visit.say(&why).to_owned()),
        Err(other) => return Err(other),
    };
    let teller = Teller::new(&app, &visit);
    let full = i64::try_from(read.len()).is_ok_and(|count| count == LINES);
    let page = Page {
        questions: choices(&app, &visit, &asked.gate),
        next: read.last().filter(|_| full).map(|line| asked.address("/gates/people", &line.person.to_string())).unwrap_or_default(),
        first: if after > 0 { asked.address("/gates/people", "") } else { String::new() },
        csv: asked.address("/gates/people.csv", ""),
        lines: read.into_iter().map(|one| line(&teller, one)).collect::<Result<_, _>>()?,
        sought,
        error,
        asked,
    };
    visit.page("gate-people.html", Serde(page))
}

fn line(teller: &Teller<'_>, line: GateLine) -> Result<Line, Failed> {
    let (answer, chip) = answer_word(teller.visit, line.answer)?;
    Ok(Line { person: line.person, name: line.name, employer: line.employer, answer, chip, texts: texts(teller, &line.result)? })
}

/// `GET /gates/people.csv`: piece by piece, so that any number of people takes no memory.
pub(in crate::web) async fn csv(State(app): State<Arc<App>>, visit: Visit, Signed { actor }: Signed, Query(asked): Query<Asked>) -> Result<Response, Failed> {
    // What is wrong is said before anything is sent.
    let (first, by) = (asked.clone(), actor.clone());
    app.ask(move |registry| first.list(registry, &by, 0, 1)).await?;
    let head = ["gates.csv-person", "gates.csv-name", "gates.csv-employer", "gates.csv-answer", "gates.csv-clause", "gates.csv-years", "gates.csv-lacks", "gates.csv-papers"];
    let head = head.into_iter().map(|key| visit.word(key, &[])).collect::<Result<Vec<_>, _>>()?;
    // Spreadsheets take a file for UTF-8 by its mark.
    let begun = format!("\u{feff}{}", row(&head));
    let pieces = stream::unfold(Some((begun, 0_i64)), move |state| {
        let (app, visit, actor, asked) = (Arc::clone(&app), visit.clone(), actor.clone(), asked.clone());
        async move {
            let (mut text, after) = state?;
            let lines = match app.ask(move |registry| asked.list(registry, &actor, after, PIECE)).await {
                Ok(lines) => lines,
                Err(failed) => return Some((Err(std::io::Error::other(format!("{failed:?}"))), None)),
            };
            let next = lines.last().map(|line| line.person);
            match rows(&app, &visit, lines) {
                Ok(rows) => text.push_str(&rows),
                Err(failed) => return Some((Err(std::io::Error::other(format!("{failed:?}"))), None)),
            }
            (!text.is_empty()).then(|| (Ok(Bytes::from(text)), next.map(|next| (String::new(), next))))
        }
    });
    let headers = [(CONTENT_TYPE, "text/csv; charset=utf-8"), (CONTENT_DISPOSITION, "attachment; filename=\"gate.csv\""), (CACHE_CONTROL, "private, no-store")];
    Ok((headers, Body::from_stream(pieces)).into_response())
}

fn rows(app: &App, visit: &Visit, lines: Vec<GateLine>) -> Result<String, Failed> {
    let teller = Teller::new(app, visit);
    let mut text = String::new();
    for one in lines {
        let line = line(&teller, one)?;
        let clauses: Vec<String> = line.texts.iter().map(|text| format!("{}: {}", text.cites.iter().map(|cite| cite.said()).collect::<Vec<_>>().join(" "), text.answer)).collect();
        let years: Vec<String> = line.texts.iter().flat_map(|text| &text.years).map(|year| format!("{} {}", year.year, year.status)).collect();
        let lacks: Vec<String> = line.texts.iter().flat_map(|text| &text.years).flat_map(|year| year.lacks.iter().map(move |(title, hours)| format!("{} {title} {hours}", year.year))).collect();
        let mut papers: Vec<&str> = line.texts.iter().flat_map(|text| text.papers.iter().map(String::as_str)).collect();
        papers.sort_unstable();
        papers.dedup();
        let distinct = |mut all: Vec<String>| {
            all.dedup();
            all.join("; ")
        };
        text.push_str(&row(&[line.person.to_string(), line.name, line.employer, line.answer, clauses.join("; "), distinct(years), distinct(lacks), papers.join("; ")]));
    }
    Ok(text)
}

/// A row of CSV. What a spreadsheet would take for a formula is made a text.
fn row(cells: &[String]) -> String {
    let cell = |cell: &String| {
        let begins = cell.chars().next().is_some_and(|first| "=+-@\t\r".contains(first));
        format!("\"{}{}\"", if begins { "'" } else { "" }, cell.replace('"', "\"\""))
    };
    cells.iter().map(cell).collect::<Vec<_>>().join(",") + "\r\n"
}
