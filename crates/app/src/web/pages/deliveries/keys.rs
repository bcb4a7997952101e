//! `/deliveries/keys`: keys of a provider's machines. A key is shown once, when it is made.

use crate::web::errors::Failed;
use crate::web::session::{Posted, Signed};
use crate::web::state::App;
use crate::web::visit::Visit;
use axum::extract::{Path, State};
use axum::http::header::CACHE_CONTROL;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Redirect, Response};
use minijinja::value::Serde;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use xueshi_registry::time::minute_of;
use xueshi_registry::{Actor, KeyLine, Scope};

#[derive(Default, Serialize)]
struct Page {
    keys: Vec<Key>,
    scopes: Vec<(&'static str, String)>,
    /// The key that was just made.
    made: String,
    name: String,
    error: String,
}

#[derive(Serialize)]
struct Key {
    id: i64,
    prefix: String,
    name: String,
    scopes: Vec<String>,
    made_by: String,
    made_at: String,
    used_at: String,
    revoked_at: String,
}

fn scope_word(visit: &Visit, scope: Scope) -> Result<String, Failed> {
    visit.word(&format!("keys.scope-{}", scope.word()), &[])
}

fn key(visit: &Visit, line: KeyLine) -> Result<Key, Failed> {
    Ok(Key {
        scopes: line.scopes.iter().map(|scope| scope_word(visit, *scope)).collect::<Result<_, _>>()?,
        id: line.id,
        prefix: line.prefix,
        name: line.name,
        made_by: line.made.0,
        made_at: minute_of(line.made.1),
        used_at: line.used_at.map(minute_of).unwrap_or_default(),
        revoked_at: line.revoked_at.map(minute_of).unwrap_or_default(),
    })
}

async fn page(app: &App, visit: &Visit, actor: &Actor, page: Page) -> Result<Response, Failed> {
    let by = actor.clone();
    let keys = app.ask(move |registry| registry.machine_keys(&by)).await?;
    let scopes = Scope::ALL.into_iter().map(|scope| Ok((scope.word(), scope_word(visit, scope)?))).collect::<Result<_, Failed>>()?;
    let keys = keys.into_iter().map(|line| key(visit, line)).collect::<Result<_, _>>()?;
    visit.page("keys.html", Serde(Page { keys, scopes, ..page }))
}

/// `GET /deliveries/keys`.
pub(in crate::web) async fn get(State(app): State<Arc<App>>, visit: Visit, Signed { actor }: Signed) -> Result<Response, Failed> {
    page(&app, &visit, &actor, Page::default()).await
}

/// A key to be made.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::web) struct Making {
    name: String,
    scope: Vec<String>,
}

/// `POST /deliveries/keys`.
pub(in crate::web) async fn post(State(app): State<Arc<App>>, visit: Visit, Signed { actor }: Signed, Posted(making): Posted<Making>) -> Result<Response, Failed> {
    let (by, name) = (actor.clone(), making.name.clone());
    let scopes: Vec<Scope> = making.scope.iter().filter_map(|word| Scope::of(word)).collect();
    match app.ask(move |registry| registry.make_key(&by, &name, &scopes)).await {
        Ok(made) => {
            let mut response = page(&app, &visit, &actor, Page { made: made.key, ..Page::default() }).await?;
            // Shown once: no cache may show it again.
            response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
            Ok(response)
        }
        Err(Failed::Unprocessable(text)) => {
            let mut response = page(&app, &visit, &actor, Page { name: making.name, error: visit.say(&text).to_owned(), ..Page::default() }).await?;
            *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
            Ok(response)
        }
        Err(other) => Err(other),
    }
}

/// `POST /deliveries/keys/{key}`: revokes it.
pub(in crate::web) async fn revoke(State(app): State<Arc<App>>, Signed { actor }: Signed, Path(key): Path<i64>, Posted(super::Nothing {}): Posted<super::Nothing>) -> Result<Response, Failed> {
    app.ask(move |registry| registry.revoke_key(&actor, key)).await?;
    Ok(Redirect::to("/deliveries/keys").into_response())
}
