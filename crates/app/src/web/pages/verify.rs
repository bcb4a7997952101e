//! `/verify`: whether a certificate or card holds, for anybody who has its code; `/verify/{code}` is what its QR code leads to.

use crate::web::client::Client;
use crate::web::errors::Failed;
use crate::web::result::{self, Kept};
use crate::web::state::App;
use crate::web::told::Teller;
use crate::web::visit::Visit;
use axum::extract::{Path, Query, State};
use axum::http::header::{CACHE_CONTROL, HeaderName, REFERRER_POLICY};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Redirect, Response};
use minijinja::value::Serde;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::sync::Arc;
use xueshi_registry::documents::{DocumentShown, Standing, grouped, typed};
use xueshi_registry::time;

/// A code that was typed.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::web) struct Asked {
    code: String,
}

#[derive(Default, Serialize)]
struct Page {
    /// The code as typed, in groups.
    code: String,
    /// What is wrong: no such code, too many attempts.
    error: String,
    found: Option<Found>,
}

#[derive(Serialize)]
struct Found {
    /// `valid`, `superseded` or `revoked`.
    standing: &'static str,
    /// The later document's code.
    later: String,
    /// When it was revoked, and why.
    revoked: Option<(String, String)>,
    kind: String,
    issued: String,
    /// What it says was erased.
    erased: bool,
    name: String,
    identity: String,
    employer: String,
    years: Vec<Year>,
    index: Option<u64>,
    /// When the checkpoint was made that the answer goes by.
    as_of: String,
    digest: String,
    receipt: String,
}

/// A year of a document.
#[derive(Serialize)]
struct Year {
    year: i64,
    told: Option<Kept>,
    records: Vec<Record>,
    /// By whom, when, with which opinion.
    verified: Option<(String, String, String)>,
}

#[derive(Serialize)]
struct Record {
    title: String,
    hours: String,
}

/// `GET /verify`.
pub(in crate::web) async fn get(visit: Visit, Query(asked): Query<Asked>) -> Result<Response, Failed> {
    let code = typed(&asked.code);
    if !code.is_empty() {
        return Ok(Redirect::to(&format!("/verify/{code}")).into_response());
    }
    visit.page("verify.html", Serde(Page::default()))
}

/// `GET /verify/{code}`.
pub(in crate::web) async fn one(State(app): State<Arc<App>>, visit: Visit, client: Client, Path(code): Path<String>) -> Result<Response, Failed> {
    let asked = code.clone();
    let looked = app.ask(move |registry| Ok((registry.look_up(&asked, &client.0)?, registry.checkpoint()?))).await;
    let code = grouped(&typed(&code));
    let (page, status) = match looked {
        Ok((Some(document), checkpoint)) => (Page { found: Some(found(&app, &visit, document, checkpoint.map(|(_, at)| at))?), code, ..Page::default() }, StatusCode::OK),
        Ok((None, _)) => (Page { error: visit.word("verify.unknown", &[])?, code, ..Page::default() }, StatusCode::NOT_FOUND),
        Err(Failed::TooMany(why)) => (Page { error: visit.say(&why).to_owned(), code, ..Page::default() }, StatusCode::TOO_MANY_REQUESTS),
        Err(other) => return Err(other),
    };
    let mut response = visit.page("verify.html", Serde(page))?;
    *response.status_mut() = status;
    let headers = response.headers_mut();
    // What it shows is about somebody: no search engine, no cache, no address handed on.
    headers.insert(HeaderName::from_static("x-robots-tag"), HeaderValue::from_static("noindex, nofollow"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    Ok(response)
}

fn found(app: &App, visit: &Visit, document: DocumentShown, as_of: Option<i64>) -> Result<Found, Failed> {
    let body = &document.body;
    let teller = Teller::new(app, visit);
    let (standing, later, revoked) = match document.standing {
        Standing::Valid => ("valid", String::new(), None),
        Standing::Superseded(later) => ("superseded", later.unwrap_or_default(), None),
        Standing::Revoked(at, why) => ("revoked", String::new(), Some((time::day_of(at).to_string(), why))),
    };
    let years: Vec<&Value> = body["years"].as_array().map_or_else(|| vec![body], |years| years.iter().collect());
    let years = years.into_iter().map(|one| year(&teller, one)).collect::<Result<Vec<_>, _>>()?;
    let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
    Ok(Found {
        standing,
        later,
        revoked,
        kind: visit.word(&format!("verify.kind-{}", document.kind), &[])?,
        issued: time::day_of(document.issued_at).to_string(),
        erased: body.is_null(),
        name: text("name"),
        identity: text("identity"),
        employer: text("employer"),
        years: years.into_iter().filter(|year| year.told.is_some() || !year.records.is_empty()).collect(),
        index: document.receipt.as_ref().map(|receipt| receipt.index),
        as_of: as_of.map(time::minute_of).unwrap_or_default(),
        digest: document.digest.unwrap_or_default(),
        receipt: document.receipt.map(|receipt| serde_json::to_string_pretty(&receipt)).transpose().map_err(|error| Failed::Internal(error.to_string()))?.unwrap_or_default(),
    })
}

fn year(teller: &Teller<'_>, body: &Value) -> Result<Year, Failed> {
    let result = &body["result"];
    let hours_of = |record: &str| {
        let found = result["records"].as_array().into_iter().flatten().find(|known| known["record"] == record);
        found.map(|known| result::hours(&known["hours"])).unwrap_or_default()
    };
    let records = body["records"].as_array().into_iter().flatten();
    let records = records.map(|record| Record { title: record["title"].as_str().unwrap_or_default().to_owned(), hours: hours_of(record["record"].as_str().unwrap_or_default()) });
    let verified = Some(&body["verified"]).filter(|verified| verified.is_object());
    let verified = verified.map(|verified| {
        let text = |name: &str| verified[name].as_str().unwrap_or_default().to_owned();
        (text("by"), verified["at"].as_i64().map(|at| time::day_of(at).to_string()).unwrap_or_default(), text("opinion"))
    });
    let told = if result.is_object() { Some(result::kept(teller, result)?) } else { None };
    Ok(Year { year: body["year"].as_i64().or(result["year"].as_i64()).unwrap_or_default(), told, records: records.collect(), verified })
}
