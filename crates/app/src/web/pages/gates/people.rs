//! `/gates/people`: people within reach against one gate, a page at a time, or all of them as CSV.

use super::{Text, answer_word, choices, texts};
use crate::web::clock::today;
use crate::web::errors::Failed;
use crate::web::pages::find::opened;
use crate::web::paging::more;
use crate::web::pieces::{CSV, Pipe, written};
use crate::web::places::Choice;
use crate::web::session::Signed;
use crate::web::state::App;
use crate::web::told::Teller;
use crate::web::visit::{Visit, address};
use axum::extract::{Query, State};
use axum::response::Response;
use minijinja::value::Serde;
use serde::{Deserialize, Serialize};
use std::io;
use std::sync::Arc;
use xueshi_exchange::{CsvWriter, Out};
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
    /// How names begin, sealed.
    name: String,
    after: i64,
}

impl Asked {
    fn address(&self, path: &str, after: &str) -> String {
        address(path, &[("gate", &self.gate), ("on", &self.on), ("name", &self.name), ("after", after)])
    }

    fn list(&self, registry: &Registry, actor: &Actor, after: i64, limit: i64) -> xueshi_registry::Result<Vec<GateLine>> {
        let name = opened(registry, actor, &self.name);
        registry.gate_list(actor, GateSought { gate: &self.gate, on: self.on.trim(), employer: 0, name: &name }, after, limit)
    }
}

#[derive(Serialize)]
struct Page {
    asked: Asked,
    name: String,
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
    let (sought, name) = (!asked.gate.is_empty(), opened(&app.registry, &actor, &asked.name));
    let (wanted, after) = (asked.clone(), asked.after);
    let read = if sought { app.ask(move |registry| wanted.list(registry, &actor, after, LINES)).await } else { Ok(Vec::new()) };
    let (read, error) = match read {
        Ok(read) => (read, String::new()),
        Err(Failed::Unprocessable(why)) => (Vec::new(), visit.say(&why).to_owned()),
        Err(other) => return Err(other),
    };
    let teller = Teller::new(&app, &visit);
    let page = Page {
        questions: choices(&app, &visit, &asked.gate),
        next: more(&read, LINES).map(|line| asked.address("/gates/people", &line.person.to_string())).unwrap_or_default(),
        first: if after > 0 { asked.address("/gates/people", "") } else { String::new() },
        csv: asked.address("/gates/people.csv", ""),
        lines: read.into_iter().map(|one| line(&teller, one)).collect::<Result<_, _>>()?,
        sought,
        error,
        name,
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
    app.ask(move |registry| {
        first.list(registry, &by, 0, 1)?;
        registry.note_export(&by, "gate.csv", &format!("{} {}", first.gate, first.on))
    })
    .await?;
    let head = ["gates.csv-person", "gates.csv-name", "gates.csv-employer", "gates.csv-answer", "gates.csv-clause", "gates.csv-years", "gates.csv-lacks", "gates.csv-papers"];
    let head = head.into_iter().map(|key| visit.word(key, &[])).collect::<Result<Vec<_>, _>>()?;
    written("gate.csv", CSV, move |pipe| {
        let teller = Teller::new(&app, &visit);
        let mut writer = CsvWriter::with_bom(pipe, &head.iter().map(String::as_str).collect::<Vec<_>>())?;
        let mut after = 0;
        loop {
            let lines = asked.list(&app.registry, &actor, after, PIECE).map_err(io::Error::other)?;
            let Some(last) = lines.last() else { return writer.finish().map(drop) };
            after = last.person;
            lines.into_iter().try_for_each(|one| row(&teller, one, &mut writer))?;
        }
    })
}

fn row(teller: &Teller<'_>, one: GateLine, writer: &mut CsvWriter<&mut Pipe>) -> io::Result<()> {
    let line = line(teller, one).map_err(|failed| io::Error::other(format!("{failed:?}")))?;
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
    let texts = [line.name, line.employer, line.answer, clauses.join("; "), distinct(years), distinct(lacks), papers.join("; ")];
    let cells: Vec<Out<'_>> = std::iter::once(Out::Integer(line.person)).chain(texts.iter().map(|text| Out::Text(text))).collect();
    writer.row(&cells)
}
