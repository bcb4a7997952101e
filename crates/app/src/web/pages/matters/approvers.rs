//! `/approvers`: who approves exemptions on the grounds that policies list; the operator names them.

use crate::web::errors::Failed;
use crate::web::places::Choice;
use crate::web::session::{Posted, Signed};
use crate::web::state::App;
use crate::web::visit::{Visit, address};
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use minijinja::value::Serde;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use xueshi_policy::{Lang, Text};
use xueshi_registry::Actor;
use xueshi_registry::grants::{Approver, ground_key};

/// Lines on a page.
const LINES: i64 = 50;

/// Where the page begins.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::web) struct Asked {
    after: i64,
}

/// Who is named for what.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::web) struct Named {
    place: String,
    ground: String,
    returned: String,
    organisation: String,
}

#[derive(Serialize)]
struct Page {
    lines: Vec<Line>,
    first: String,
    next: String,
    grounds: Vec<Choice>,
    place: String,
    returned: bool,
    organisation: String,
    error: String,
}

#[derive(Serialize)]
struct Line {
    place: String,
    ground: String,
    returned: bool,
    organisation: String,
}

/// `GET /approvers`.
pub(in crate::web) async fn get(State(app): State<Arc<App>>, visit: Visit, Signed { actor }: Signed, Query(asked): Query<Asked>) -> Result<Response, Failed> {
    page(&app, &visit, &actor, asked.after, Named::default(), String::new()).await
}

/// `POST /approvers`.
pub(in crate::web) async fn post(State(app): State<Arc<App>>, visit: Visit, Signed { actor }: Signed, Posted(named): Posted<Named>) -> Result<Response, Failed> {
    let (by, place, ground, returned, organisation) = (actor.clone(), named.place.clone(), named.ground.clone(), named.returned == "yes", named.organisation.clone());
    match app.ask(move |registry| registry.name_approver(&by, &place, &ground, returned, &organisation)).await {
        Ok(()) => Ok(Redirect::to("/approvers").into_response()),
        Err(Failed::Unprocessable(why)) => {
            let mut response = page(&app, &visit, &actor, 0, named, visit.say(&why).to_owned()).await?;
            *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
            Ok(response)
        }
        Err(other) => Err(other),
    }
}

async fn page(app: &Arc<App>, visit: &Visit, actor: &Actor, after: i64, named: Named, error: String) -> Result<Response, Failed> {
    let by = actor.clone();
    let lines = app.ask(move |registry| registry.approvers(&by, after, LINES)).await?;
    let full = i64::try_from(lines.len()).is_ok_and(|count| count == LINES);
    let next = lines.last().filter(|_| full).map(|line| address("/approvers", &[("after", &line.id.to_string())])).unwrap_or_default();
    let mut known: Vec<(String, String)> = Vec::new();
    for file in app.engine.library().files() {
        for ground in file.grounds() {
            let title = visit.say(&Text::new(format!("{}：{}", file.cited_as(Lang::Zh), ground.title.zh), format!("{}: {}", file.cited_as(Lang::En), ground.title.get(Lang::En)))).to_owned();
            known.push((ground_key(&ground), title));
        }
    }
    let title = |key: &str| known.iter().find(|(known, _)| known == key).map_or_else(|| key.to_owned(), |(_, title)| title.clone());
    let line = |one: Approver| Line { place: visit.say(&Text::new(one.place.0, one.place.1)).to_owned(), ground: title(&one.ground), returned: one.returned, organisation: one.organisation };
    let page = Page {
        lines: lines.into_iter().map(line).collect(),
        first: if after > 0 { "/approvers".to_owned() } else { String::new() },
        next,
        grounds: known.iter().map(|(value, title)| Choice { value: value.clone(), title: title.clone(), chosen: *value == named.ground }).collect(),
        returned: named.returned == "yes",
        place: named.place,
        organisation: named.organisation,
        error,
    };
    visit.page("approvers.html", Serde(page))
}
