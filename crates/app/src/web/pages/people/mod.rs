//! `/people`: people within reach, by name; `/people/{id}`: the file of one.

pub(in crate::web) mod doubles;
pub(in crate::web) mod enrol;
pub(in crate::web) mod grants;
pub(in crate::web) mod one;
pub(in crate::web) mod registration;

use crate::web::errors::Failed;
use crate::web::pages::find::opened;
use crate::web::paging::more;
use crate::web::session::Signed;
use crate::web::state::App;
use crate::web::visit::{Visit, address};
use axum::extract::{Query, State};
use axum::response::Response;
use minijinja::value::Serde;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use xueshi_registry::Action;

/// People on a page.
const LINES: i64 = 50;

/// Whom is asked for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::web) struct Asked {
    /// The beginning of the name, sealed.
    name: String,
    after: i64,
}

#[derive(Serialize)]
struct Page {
    name: String,
    /// Id, name, employer.
    people: Vec<(i64, String, String)>,
    first: String,
    next: String,
    /// The actor adds people, and looks for doubles.
    may_keep: bool,
    may_enrol: bool,
}

/// `GET /people`.
pub(in crate::web) async fn get(State(app): State<Arc<App>>, visit: Visit, Signed { actor }: Signed, Query(asked): Query<Asked>) -> Result<Response, Failed> {
    let (name, after) = (opened(&app.registry, &actor, &asked.name), asked.after);
    let (begins, may_keep) = (name.clone(), registration::keeps(&actor));
    let may_enrol = actor.may_ever(Action::Enrol);
    let people = app.ask(move |registry| registry.people(&actor, &begins, after, LINES)).await?;
    let part = |after: &str| address("/people", &[("name", &asked.name), ("after", after)]);
    let next = more(&people, LINES).map(|(id, ..)| part(&id.to_string())).unwrap_or_default();
    let first = if after > 0 { part("") } else { String::new() };
    visit.page("people.html", Serde(Page { name, people, first, next, may_keep, may_enrol }))
}
