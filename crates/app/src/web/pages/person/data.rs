//! `/me/data`: my own data: what is kept and how long, all of it to take away, requests to correct or erase.

use crate::web::errors::Failed;
use crate::web::pages::requests::{Shown, shown};
use crate::web::session::{Posted, Signed};
use crate::web::state::App;
use crate::web::visit::Visit;
use axum::extract::{Path, Query, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Redirect, Response};
use minijinja::value::Serde;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use xueshi_registry::{Actor, Error, Refusal, RequestKind, Why};

/// What was just done.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::web) struct Asked {
    done: String,
}

/// A request as it was filled in.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::web) struct Filled {
    kind: String,
    wish: String,
}

/// The version that was looked at.
#[derive(Debug, Deserialize)]
pub(in crate::web) struct Seen {
    version: i64,
}

#[derive(Serialize)]
struct Page {
    requests: Vec<Shown>,
    kept: Vec<Period>,
    kind: String,
    wish: String,
    kind_error: String,
    wish_error: String,
    error: String,
    asked: bool,
    withdrawn: bool,
}

#[derive(Serialize)]
struct Period {
    title: String,
    /// Nothing for what stays.
    days: Option<i64>,
    set_here: bool,
}

/// `GET /me/data`.
pub(in crate::web) async fn get(State(app): State<Arc<App>>, visit: Visit, Signed { actor }: Signed, Query(asked): Query<Asked>) -> Result<Response, Failed> {
    page(&app, &visit, actor, Filled::default(), &asked.done, None).await
}

/// `POST /me/data`: asks for a correction or an erasure.
pub(in crate::web) async fn post(State(app): State<Arc<App>>, visit: Visit, Signed { actor }: Signed, Posted(filled): Posted<Filled>) -> Result<Response, Failed> {
    let kind = RequestKind::of(&filled.kind);
    let (asking, wish) = (actor.clone(), filled.wish.clone());
    let done = app
        .ask(move |registry| {
            Ok(match kind {
                Some(kind) => registry.request_data(&asking, kind, &wish),
                None => Err(Error::invalid("kind", "请选择要更正还是删除。", "Choose whether it is to be corrected or erased.")),
            })
        })
        .await?;
    match done {
        Ok(_) => Ok(Redirect::to("/me/data?done=asked").into_response()),
        Err(Error::Refused(refusal)) if [Why::Invalid, Why::Duplicate].contains(&refusal.why) => {
            let mut response = page(&app, &visit, actor, filled, "", Some(&refusal)).await?;
            *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
            Ok(response)
        }
        Err(other) => Err(other.into()),
    }
}

/// `POST /me/data/{case}/withdraw`.
pub(in crate::web) async fn withdraw(State(app): State<Arc<App>>, Signed { actor }: Signed, Path(case): Path<i64>, Posted(seen): Posted<Seen>) -> Result<Response, Failed> {
    app.ask(move |registry| registry.decide_request(&actor, case, seen.version, "withdraw-request", "")).await?;
    Ok(Redirect::to("/me/data?done=withdrawn").into_response())
}

/// `POST /me/data/package`: everything that is kept about me, as a file. A form, so that no link of a stranger writes a line into the audits.
pub(in crate::web) async fn package(State(app): State<Arc<App>>, Signed { actor }: Signed, Posted(_): Posted<Filled>) -> Result<Response, Failed> {
    let package = app.ask(move |registry| registry.package(&actor)).await?;
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static("application/json")),
        (CONTENT_DISPOSITION, HeaderValue::from_static("attachment; filename=\"my-data.json\"")),
        (CACHE_CONTROL, HeaderValue::from_static("private, no-store")),
    ];
    Ok((headers, format!("{package:#}\n")).into_response())
}

async fn page(app: &Arc<App>, visit: &Visit, actor: Actor, filled: Filled, done: &str, refusal: Option<&Refusal>) -> Result<Response, Failed> {
    let (requests, kept) = app.ask(move |registry| Ok((registry.own_requests(&actor)?, registry.retention()?))).await?;
    let said = |field: Option<&str>| refusal.filter(|refusal| refusal.field == field).map(|refusal| visit.say(&refusal.text).to_owned()).unwrap_or_default();
    let page = Page {
        requests: requests.iter().map(|request| shown(request, visit)).collect::<Result<_, _>>()?,
        kept: kept.iter().map(|kept| Period { title: visit.say(&kept.title).to_owned(), days: kept.days, set_here: kept.set_here }).collect(),
        kind_error: said(Some("kind")),
        wish_error: said(Some("wish")),
        error: said(None),
        kind: filled.kind,
        wish: filled.wish,
        asked: done == "asked",
        withdrawn: done == "withdrawn",
    };
    visit.page("data.html", Serde(page))
}
