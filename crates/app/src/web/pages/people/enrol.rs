//! `/people/new` and `/people/transfer-in`: a professional who is not registered yet, and one who is registered elsewhere.

use crate::web::errors::Failed;
use crate::web::fields::{Field, of_person};
use crate::web::pages::person::sent::Sent;
use crate::web::session::{Current, Signed};
use crate::web::state::App;
use crate::web::visit::Visit;
use axum::extract::{Multipart, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use minijinja::value::Serde;
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::Arc;
use xueshi_policy::Text;
use xueshi_registry::people::NewPerson;
use xueshi_registry::transfers::{Kind, NewTransfer};
use xueshi_registry::{Actor, Facts};

#[derive(Serialize)]
struct Page {
    /// Somebody who is registered elsewhere, not a new one.
    transfer: bool,
    fields: Vec<Field>,
    today: String,
    sent: BTreeMap<String, String>,
    error: String,
}

/// `GET /people/new`.
pub(in crate::web) async fn get(State(app): State<Arc<App>>, visit: Visit, Signed { actor }: Signed) -> Result<Response, Failed> {
    page(&app, &visit, &actor, false, BTreeMap::new(), String::new()).await
}

/// `GET /people/transfer-in`.
pub(in crate::web) async fn get_transfer(State(app): State<Arc<App>>, visit: Visit, Signed { actor }: Signed) -> Result<Response, Failed> {
    page(&app, &visit, &actor, true, BTreeMap::new(), String::new()).await
}

/// `POST /people/new`.
pub(in crate::web) async fn post(State(app): State<Arc<App>>, visit: Visit, signed: Signed, current: Current, body: Multipart) -> Result<Response, Failed> {
    let sent = Sent::read(body, &current).await?;
    let value = |name: &str| sent.value(name).to_owned();
    let facts: Facts = sent.values.iter().filter_map(|(name, value)| Some((name.strip_prefix("fact-")?.to_owned(), value.clone()))).collect();
    let number = value("identity");
    let new = NewPerson { name: value("name"), identity_number: (!number.is_empty()).then_some(number), facts, organisation: 0, agency: None, title: value("title"), from: value("on") };
    let actor = signed.actor.clone();
    match app.ask(move |registry| registry.enrol(&actor, &new)).await {
        Ok(person) => Ok(Redirect::to(&format!("/people/{person}/registration")).into_response()),
        Err(failed) => again(&app, &visit, &signed.actor, false, sent, failed).await,
    }
}

/// `POST /people/transfer-in`.
pub(in crate::web) async fn post_transfer(State(app): State<Arc<App>>, visit: Visit, signed: Signed, current: Current, body: Multipart) -> Result<Response, Failed> {
    let sent = Sent::read(body, &current).await?;
    let value = |name: &str| sent.value(name).to_owned();
    let new = NewTransfer { kind: Kind::Employer, to: String::new(), title: value("title"), on: value("on"), reason: value("reason") };
    let (actor, name, number) = (signed.actor.clone(), value("name"), value("identity"));
    match app.ask(move |registry| registry.ask_transfer_in(&actor, &name, &number, &new)).await {
        Ok(case) => Ok(Redirect::to(&format!("/matters/{case}")).into_response()),
        Err(failed) => again(&app, &visit, &signed.actor, true, sent, failed).await,
    }
}

async fn again(app: &Arc<App>, visit: &Visit, actor: &Actor, transfer: bool, sent: Sent, failed: Failed) -> Result<Response, Failed> {
    let (why, status): (Text, StatusCode) = match failed {
        Failed::Unprocessable(why) => (why, StatusCode::UNPROCESSABLE_ENTITY),
        Failed::Conflict(why) => (why, StatusCode::CONFLICT),
        other => return Err(other),
    };
    let mut response = page(app, visit, actor, transfer, sent.values.into_iter().collect(), visit.say(&why).to_owned()).await?;
    *response.status_mut() = status;
    Ok(response)
}

async fn page(app: &Arc<App>, visit: &Visit, actor: &Actor, transfer: bool, sent: BTreeMap<String, String>, error: String) -> Result<Response, Failed> {
    let by = actor.clone();
    let (columns, today) = app.ask(move |registry| Ok::<_, xueshi_registry::Error>((registry.enrolment_columns(&by)?, registry.clock().today().to_string()))).await?;
    let columns = if transfer { Vec::new() } else { columns };
    let mut fields: Vec<Field> = columns.iter().map(|column| of_person(column, visit, sent.get(&format!("fact-{}", column.id)).map(String::as_str).unwrap_or_default())).collect();
    for field in &mut fields {
        field.name = format!("fact-{}", field.name);
    }
    visit.page("enrol.html", Serde(Page { transfer, fields, today, sent, error }))
}
