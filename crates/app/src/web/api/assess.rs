//! `/api/v1/assess`: `xueshi assess` for programs. Nothing is kept.

use super::answer::Json;
use super::assessed::{Assessed, assessed};
use super::describe::About;
use super::extract::{Body, Integer};
use super::problem::{Code, Problem};
use crate::assessing::Assessing;
use crate::failure::Failure;
use crate::input::{Book, Columns, Defaults, Layouts, Place, RowError};
use crate::web::errors::Failed;
use crate::web::state::App;
use crate::web::visit::Visit;
use axum::extract::State;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use xueshi_policy::{Asked, Engine, Lang, Text, text};

/// `POST /api/v1/assess`.
pub(in crate::web) const POST: About = About {
    id: "assess",
    tag: "assess",
    zh: "按一地一年的规定认定一批学习记录，附解释；不保存任何内容。列与命令 xueshi assess 相同。",
    en: "Assess learning records under the regulations of a place and year, with explanations; nothing is kept. The columns are those of xueshi assess.",
    refuses: &[Code::Invalid],
};

/// A row: a value for each column, under its English name or its Chinese header.
type Row = BTreeMap<String, Value>;

/// What stands in a column.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
#[schemars(inline)]
enum Value {
    Text(String),
    Number(serde_json::Number),
}

/// What is to be assessed.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("x-zh" = "要认定的内容。"))]
pub(in crate::web) struct Asks {
    /// The year.
    #[schemars(with = "i64", range(min = 1950, max = 2200), extend("x-zh" = "年度。"))]
    year: Year,
    /// The place: six digits of GB/T 2260.
    #[schemars(with = "String", extend("pattern" = "^[0-9]{6}$", "x-zh" = "行政区划代码，六位（GB/T 2260）。"))]
    region: Region,
    /// The industry, where it has regulations of its own.
    #[serde(default)]
    #[schemars(extend("x-zh" = "行业，该行业另有规定时填。"))]
    industry: Option<String>,
    /// Facts of everybody of whom `persons` says nothing else, by column: `org_kind` …
    #[serde(default)]
    #[schemars(extend("x-zh" = "persons 中没有另外写明时，对所有人适用的事实：org_kind（单位性质）等。"))]
    facts: BTreeMap<String, String>,
    /// Facts of the persons, a row each: `person`, `title_level` …
    #[serde(default)]
    #[schemars(extend("x-zh" = "人员的事实，每人一行：person（人员编号）、title_level（职称级别）等。"))]
    persons: Vec<Row>,
    /// The learning records: `person`, `activity`, `subject`, `end`, `quantity`, `unit` …
    #[schemars(extend("x-zh" = "学习记录：person、activity、subject、end、quantity、unit 等。"))]
    records: Vec<Row>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(try_from = "Integer")]
struct Year(i16);

impl TryFrom<Integer> for Year {
    type Error = &'static str;

    fn try_from(Integer(value): Integer) -> Result<Self, &'static str> {
        i16::try_from(value).ok().filter(|year| (1950..=2200).contains(year)).map(Self).ok_or("no year")
    }
}

/// A place: six digits of GB/T 2260.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct Region(pub(super) String);

impl TryFrom<String> for Region {
    type Error = &'static str;

    fn try_from(value: String) -> Result<Self, &'static str> {
        if crate::input::is_region(&value) { Ok(Self(value)) } else { Err("no region") }
    }
}

/// What was assessed.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(extend("x-zh" = "认定的结果。"))]
pub(in crate::web) struct Answer {
    /// Persons in order of first appearance, every duty of each, in the language asked for.
    #[schemars(extend("x-zh" = "各人各项义务，按人员首次出现的顺序，用所要求的语言。"))]
    assessments: Vec<Assessed>,
    /// Rows in error; all others were assessed.
    #[schemars(extend("x-zh" = "有错的行；其余的行照常认定。"))]
    errors: Vec<Wrong>,
    /// What is to be said once.
    #[schemars(extend("x-zh" = "只需说一次的。"))]
    notes: Vec<String>,
}

/// A row in error.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(extend("x-zh" = "有错的行。"))]
struct Wrong {
    /// `records` or `persons`.
    #[schemars(extend("x-zh" = "records 记录、persons 人员。"))]
    table: &'static str,
    /// The row, the first being 1.
    #[schemars(extend("x-zh" = "第几行，首行为 1。"))]
    row: u32,
    /// The column.
    #[schemars(extend("x-zh" = "列。"))]
    column: String,
    /// What stands there.
    #[schemars(extend("x-zh" = "所写的内容。"))]
    value: String,
    /// Why it can not be read, and what is accepted.
    #[schemars(extend("x-zh" = "为何读不出，可以填什么。"))]
    message: String,
}

/// `POST /api/v1/assess`.
pub(in crate::web) async fn post(State(app): State<Arc<App>>, visit: Visit, Body(asks): Body<Asks>) -> Result<Json<Answer>, Failed> {
    let (engine, lang) = (Arc::clone(&app.engine), visit.lang);
    app.run(move |_| assess(&engine, asks, lang)).await?.map(Json)
}

fn assess(engine: &Engine, asks: Asks, lang: Lang) -> Result<Answer, Failed> {
    let year = asks.year.0;
    let defaults = Defaults { place: Place { region: asks.region.0, industry: asks.industry.filter(|industry| !industry.is_empty()) }, facts: asks.facts.into_iter().collect() };
    let mut notes: Vec<Text> = crate::args::check_defaults(engine, &defaults, year).map_err(refused)?;
    let columns = Columns::of(engine, year);
    let mut unknown = BTreeSet::new();
    let mut rows = |heads: &crate::input::Heads, rows: Vec<Row>| {
        rows.into_iter()
            .map(|row| {
                let mut cells = vec![String::new(); heads.list().len()];
                for (name, value) in row {
                    match heads.named(&name).and_then(|at| cells.get_mut(at)) {
                        Some(cell) => *cell = value.text(),
                        None => drop(unknown.insert(name)),
                    }
                }
                cells
            })
            .collect::<Vec<_>>()
    };
    let (records, persons) = (rows(&columns.records, asks.records), rows(&columns.persons, asks.persons));
    if !unknown.is_empty() {
        let names = unknown.into_iter().collect::<Vec<_>>().join(", ");
        notes.push(text!("未知的列，已略去：{names}", "unknown columns, left out: {names}"));
    }
    let mut book = Book::sent(records, persons, columns, defaults);
    let asked = Asked { explain: true, evidence: book.has("evidence"), ..Asked::year(year) };
    if !asked.evidence {
        notes.push(crate::commands::proof_not_checked());
    }
    let mut errors = std::mem::take(&mut book.errors);
    let assessing = Assessing { engine, book: &book, asked };
    assessing.prepare(false).map_err(refused)?;
    let (mut assessments, layouts) = (Vec::new(), Layouts::default());
    for person in 0..book.len() {
        let done = assessing.person(person, &layouts).map_err(refused)?;
        for (at, result) in done.assessments.iter().enumerate() {
            assessments.push(assessed(result, done.readings.get(at).map(Vec::as_slice).unwrap_or_default(), lang)?);
            result.notes.iter().filter(|note| !notes.contains(note)).map(|note| (**note).clone()).collect::<Vec<_>>().into_iter().for_each(|note| notes.push(note));
        }
        errors.extend(done.errors);
    }
    errors.sort_by(RowError::order);
    Ok(Answer { assessments, errors: errors.into_iter().map(|error| wrong(error, lang)).collect(), notes: notes.iter().map(|note| note.get(lang).to_owned()).collect() })
}

impl Value {
    fn text(self) -> String {
        match self {
            Self::Text(text) => text,
            Self::Number(number) => number.to_string(),
        }
    }
}

fn wrong(error: RowError, lang: Lang) -> Wrong {
    let table = match error.table {
        crate::input::Table::Records => "records",
        crate::input::Table::Persons => "persons",
    };
    Wrong { table, row: error.row, column: error.column, value: error.value, message: error.message.get(lang).to_owned() }
}

/// What could not start, as a problem.
fn refused(failure: Failure) -> Failed {
    match failure {
        Failure::Message(text) => Problem::at(Code::Invalid, "region", Some(text)).into(),
        other => Failed::Internal(format!("{other:?}")),
    }
}
