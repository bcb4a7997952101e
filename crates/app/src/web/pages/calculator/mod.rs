//! `/calculator`: what one activity would earn. Nothing is kept: everything stands in the address.
//!
//! ```text
//! the address ── asked (place, year, columns) ── fields (only what a rule still asks for) ── told (hours with their reasons)
//! ```

use crate::failure::Failure;
use crate::input::{Columns, Defaults, Place};
use crate::trial::{self, Trial};
use crate::web::clock::today;
use crate::web::errors::Failed;
use crate::web::fields::{Field, Form};
use crate::web::places::{self, Choice};
use crate::web::state::App;
use crate::web::told::{Shown, Teller};
use crate::web::visit::Visit;
use axum::extract::{Query, State};
use axum::response::Response;
use minijinja::value::Serde;
use serde::Serialize;
use std::sync::Arc;
use xueshi_policy::Stack;

/// What the address says.
#[derive(Debug)]
pub(super) struct Asked {
    place: Option<String>,
    year_text: String,
    year: Option<i16>,
    /// Values by column.
    values: Vec<(String, String)>,
}

impl Asked {
    fn of(pairs: Vec<(String, String)>) -> Self {
        let mut asked = Self { place: None, year_text: today().year().to_string(), year: None, values: Vec::new() };
        for (name, value) in pairs {
            let value = value.trim().to_owned();
            match name.as_str() {
                "place" => asked.place = Some(value).filter(|code| code.len() == 6 && code.bytes().all(|byte| byte.is_ascii_digit())),
                "year" if !value.is_empty() => asked.year_text = value,
                "lang" | "year" => {}
                // A fact of several codes comes once for each.
                _ if value.is_empty() => {}
                _ => match asked.values.iter_mut().find(|(known, _)| *known == name) {
                    Some((_, known)) => *known = format!("{known};{value}"),
                    None => asked.values.push((name, value)),
                },
            }
        }
        asked.year = asked.year_text.parse().ok().filter(|year| (1950..=2200).contains(year));
        asked
    }
}

#[derive(Serialize)]
struct Page {
    places: Vec<Choice>,
    year: String,
    year_wrong: bool,
    /// A place is chosen.
    placed: bool,
    /// No regulation answers for it.
    none: bool,
    /// The name of the place.
    place: String,
    documents: Vec<Link>,
    fields: Vec<Field>,
    more: Vec<Field>,
    result: Option<Shown>,
}

/// A document that answers.
#[derive(Serialize)]
struct Link {
    url: String,
    title: String,
}

/// `GET /calculator`.
pub(in crate::web) async fn get(State(app): State<Arc<App>>, visit: Visit, Query(pairs): Query<Vec<(String, String)>>) -> Result<Response, Failed> {
    let asked = Asked::of(pairs);
    let look = app.look()?;
    let mut page = Page {
        places: places::choices(&app, &look.words, &visit, asked.place.as_deref()),
        year: asked.year_text.clone(),
        year_wrong: asked.year.is_none(),
        placed: asked.place.is_some() && asked.year.is_some(),
        none: false,
        place: String::new(),
        documents: Vec::new(),
        fields: Vec::new(),
        more: Vec::new(),
        result: None,
    };
    if let (Some(code), Some(year)) = (&asked.place, asked.year) {
        visit.say(&places::name(&look.words, places::known(&app, code))).clone_into(&mut page.place);
        let stacks = app.engine.stacks(code, None, year).map_err(|found| Failed::Internal(format!("{} policies do not compile", found.len())))?;
        match stacks.first() {
            Some(stack) => fill(&mut page, &app, &visit, stack, Place { region: code.clone(), industry: None }, year, &asked)?,
            None => page.none = true,
        }
    }
    visit.page("calculator.html", Serde(page))
}

/// The fields that matter, and the result where everything is there.
fn fill(page: &mut Page, app: &App, visit: &Visit, stack: &Stack, place: Place, year: i16, asked: &Asked) -> Result<(), Failed> {
    let documents = stack.files().iter().filter(|file| !xueshi_policy::coverage(file).is_empty());
    page.documents = documents.map(|file| Link { url: format!("/regulations/{}", file.id()), title: file.cited_as(visit.lang).to_owned() }).collect();
    let mut form = Form::of(stack, visit, &asked.values);
    if form.complete() {
        let defaults = Defaults { place, facts: Vec::new() };
        let columns = Columns::of(&app.engine, year);
        let book = trial::book(columns, defaults, year, form.values()).map_err(|column| Failed::Internal(format!("no column {}", column.0)))?;
        let trial = Trial::run(&app.engine, &book, year, false, false).map_err(not_assessed)?;
        let wrong: Vec<_> = book.errors.iter().chain(&trial.done.errors).collect();
        for error in &wrong {
            form.mark(&error.column, &error.message, visit);
        }
        if wrong.is_empty() {
            page.result = shown(app, visit, &trial)?;
        }
    }
    (page.fields, page.more) = form.into_fields();
    Ok(())
}

/// The result of the first duty that the activity is assessed for.
fn shown(app: &App, visit: &Visit, trial: &Trial) -> Result<Option<Shown>, Failed> {
    let all = trial.done.assessments.iter().enumerate();
    let Some((at, assessment)) = all.min_by_key(|(_, assessment)| assessment.records.first().is_none_or(|record| record.problem.is_some())) else { return Ok(None) };
    let Some(record) = assessment.records.first() else { return Ok(None) };
    let readings = trial.done.readings.get(at).map(Vec::as_slice).unwrap_or_default();
    Teller::new(app, visit).shown(assessment, record, trial.missing_proof(at), readings).map(Some)
}

fn not_assessed(failure: Failure) -> Failed {
    match failure {
        Failure::Message(text) => Failed::Unprocessable(text),
        other => Failed::Internal(format!("{other:?}")),
    }
}
