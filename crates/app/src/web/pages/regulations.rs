//! `/regulations`: every regulation by place, and those that hold for one place and year.

use crate::web::clock::today;
use crate::web::errors::Failed;
use crate::web::places::{self, Choice};
use crate::web::state::App;
use crate::web::visit::Visit;
use crate::web::words::Words;
use axum::extract::{Query, State};
use axum::response::Response;
use minijinja::value::Serde;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use xueshi_policy::{PolicyFile, coverage};

/// What is asked for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::web) struct Asked {
    place: String,
    year: String,
}

#[derive(Serialize)]
struct Page {
    places: Vec<Choice>,
    year: String,
    /// Where the year is none.
    year_wrong: bool,
    /// Of one place and year, from the most general; nothing where none was asked for.
    here: Option<Here>,
    tree: Vec<Branch>,
}

#[derive(Serialize)]
struct Here {
    place: String,
    code: String,
    documents: Vec<Document>,
}

/// A place with its documents.
#[derive(Serialize)]
struct Branch {
    title: String,
    documents: Vec<Document>,
    below: Vec<Branch>,
}

#[derive(Serialize)]
struct Document {
    id: String,
    title: String,
    number: String,
    authority: String,
    years: String,
    /// Something of it holds this year.
    holds: bool,
    clauses: usize,
    readings: usize,
}

/// `GET /regulations`.
pub(in crate::web) async fn get(State(app): State<Arc<App>>, visit: Visit, Query(asked): Query<Asked>) -> Result<Response, Failed> {
    let look = app.look()?;
    let (words, this_year) = (&look.words, today().year());
    let place = Some(asked.place.trim()).filter(|code| code.len() == 6 && code.bytes().all(|byte| byte.is_ascii_digit()));
    let year = asked.year.trim().parse::<i16>().ok().filter(|year| (1950..=2200).contains(year));
    let here = place.zip(year.or_else(|| asked.year.is_empty().then_some(this_year))).map(|(code, year)| here(&app, words, &visit, code, year)).transpose()?;
    let page = Page {
        places: places::choices(&app, words, &visit, place),
        year_wrong: year.is_none() && !asked.year.is_empty(),
        year: if asked.year.is_empty() { this_year.to_string() } else { asked.year },
        here,
        tree: tree(&app, words, &visit)?,
    };
    visit.page("regulations.html", Serde(page))
}

/// What answers for a place and year, in layers.
fn here(app: &App, words: &Words, visit: &Visit, code: &str, year: i16) -> Result<Here, Failed> {
    let stacks = app.engine.stacks(code, None, year).map_err(|found| Failed::Internal(format!("{} policies do not compile", found.len())))?;
    let mut documents = Vec::new();
    for file in stacks.iter().flat_map(|stack| stack.files()).filter(|file| !coverage(file).is_empty()) {
        documents.push(document(file, visit)?);
    }
    Ok(Here { place: visit.say(&places::name(words, places::known(app, code))).to_owned(), code: code.to_owned(), documents })
}

/// The nation, its provinces, their cities.
fn tree(app: &App, words: &Words, visit: &Visit) -> Result<Vec<Branch>, Failed> {
    let mut files: Vec<&PolicyFile> = app.engine.library().files().iter().filter(|file| !coverage(file).is_empty()).collect();
    files.sort_by(|a, b| a.place().cmp(b.place()).then_with(|| b.years().0.cmp(&a.years().0)));
    let mut tree: Vec<(&str, Branch)> = Vec::new();
    for file in files {
        let place = file.place();
        let province = place.get(..2).unwrap_or(place);
        if tree.last().is_none_or(|(known, _)| *known != province) {
            let title = if place == "*" { visit.word("regulations.nation", &[])? } else { visit.say(&places::name(words, province)).to_owned() };
            tree.push((province, Branch { title, documents: Vec::new(), below: Vec::new() }));
        }
        let Some((_, branch)) = tree.last_mut() else { continue };
        if place.len() <= 2 {
            branch.documents.push(document(file, visit)?);
            continue;
        }
        let title = words.places.get(place).map_or_else(|| place.to_owned(), |title| visit.say(title).to_owned());
        if branch.below.last().is_none_or(|last| last.title != title) {
            branch.below.push(Branch { title, documents: Vec::new(), below: Vec::new() });
        }
        if let Some(last) = branch.below.last_mut() {
            last.documents.push(document(file, visit)?);
        }
    }
    Ok(tree.into_iter().map(|(_, branch)| branch).collect())
}

fn document(file: &PolicyFile, visit: &Visit) -> Result<Document, Failed> {
    let (from, to) = file.years();
    let this_year = today().year();
    Ok(Document {
        id: file.id().to_owned(),
        title: visit.say(file.title()).to_owned(),
        number: file.number().unwrap_or_default().to_owned(),
        authority: visit.say(file.authority()).to_owned(),
        years: years(file, visit)?,
        holds: from.is_none_or(|from| from <= this_year) && to.is_none_or(|to| this_year <= to),
        clauses: coverage(file).len(),
        readings: file.readings().count(),
    })
}

/// The years that a policy governs, in words.
pub(super) fn years(file: &PolicyFile, visit: &Visit) -> Result<String, Failed> {
    let (from, to) = file.years();
    let word = |year: Option<i16>| year.map(|year| year.to_string()).unwrap_or_default();
    let values = [("from", word(from)), ("to", word(to))];
    let values: Vec<(&str, &str)> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
    match (from, to) {
        (Some(from), Some(to)) if from == to => visit.word("years.one", &values),
        (Some(_), Some(_)) => visit.word("years.between", &values),
        (Some(_), None) => visit.word("years.from", &values),
        (None, Some(_)) => visit.word("years.until", &values),
        (None, None) => visit.word("years.every", &values),
    }
}
