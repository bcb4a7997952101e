//! `/gates/explained`: for everybody: what the regulations of a place make hang on the years of study, and the papers they ask for.

use crate::web::clock::today;
use crate::web::errors::Failed;
use crate::web::fields::capital;
use crate::web::law::Cite;
use crate::web::places::{self, Choice};
use crate::web::state::App;
use crate::web::told::Teller;
use crate::web::visit::Visit;
use axum::extract::{Query, State};
use axum::response::Response;
use minijinja::value::Serde;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Which place, in which year.
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
    place: String,
    documents: Vec<Document>,
}

#[derive(Serialize)]
struct Document {
    url: String,
    title: String,
    gates: Vec<Gate>,
}

#[derive(Serialize)]
struct Gate {
    title: String,
    parts: Vec<String>,
    rows: Vec<String>,
    cites: Vec<Cite>,
}

/// `GET /gates/explained`.
pub(in crate::web) async fn get(State(app): State<Arc<App>>, visit: Visit, Query(asked): Query<Asked>) -> Result<Response, Failed> {
    let look = app.look()?;
    let year = asked.year.trim().parse::<i16>().ok().filter(|year| (1990..=2100).contains(year)).unwrap_or_else(|| today().year());
    let place = Some(asked.place.trim()).filter(|place| !place.is_empty() && place.bytes().all(|byte| byte.is_ascii_digit()));
    let mut page = Page { places: places::choices(&app, &look.words, &visit, place), year: year.to_string(), place: String::new(), documents: Vec::new() };
    if let Some(code) = place {
        visit.say(&places::name(&look.words, places::known(&app, code))).clone_into(&mut page.place);
        let stacks = app.engine.stacks(code, None, year).map_err(|found| Failed::Internal(format!("{} policies do not compile", found.len())))?;
        let teller = Teller::new(&app, &visit);
        for file in stacks.iter().flat_map(|stack| stack.files().iter()) {
            let url = format!("/regulations/{}", file.id());
            let Some(recital) = app.recital(file.id()).filter(|_| page.documents.iter().all(|known| known.url != url)) else { continue };
            let items = recital.sections.iter().filter(|section| section.kind == "gate").flat_map(|section| &section.items);
            let gates = items
                .map(|item| {
                    // The first part is what is asked.
                    Ok(Gate {
                        title: capital(visit.say(item.parts.first().unwrap_or(&item.name))),
                        parts: item.parts.iter().skip(1).map(|part| visit.say(part).to_owned()).collect(),
                        rows: item.rows.iter().map(|row| visit.say(row).to_owned()).collect(),
                        cites: teller.cites_of(file.id(), item.cite.iter().map(String::as_str))?,
                    })
                })
                .collect::<Result<Vec<_>, Failed>>()?;
            if !gates.is_empty() {
                page.documents.push(Document { url, title: visit.say(file.title()).to_owned(), gates });
            }
        }
    }
    visit.page("gates-explained.html", Serde(page))
}
