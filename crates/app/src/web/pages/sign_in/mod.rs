//! `/sign-in`: name and password; then the second factor where one is needed. `/sign-out` and `/role` belong to it.

pub(in crate::web) mod app;
pub(in crate::web) mod code;
pub(in crate::web) mod openid;

use crate::web::client::Client;
use crate::web::errors::Failed;
use crate::web::session::{Current, Posted, cookie, no_cookie};
use crate::web::state::App;
use crate::web::visit::{Visit, address};
use axum::extract::{Form, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum_extra::extract::CookieJar;
use minijinja::value::Serde;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use xueshi_registry::{Actor, Role, SecondFactor, SignedIn};

/// Where to go on to afterwards.
#[derive(Debug, Deserialize)]
pub(in crate::web) struct Next {
    #[serde(default)]
    next: String,
}

/// What was filled in.
#[derive(Debug, Deserialize)]
pub(in crate::web) struct Filled {
    login: String,
    password: String,
    #[serde(default)]
    next: String,
}

#[derive(Serialize)]
struct Page {
    login: String,
    next: String,
    error: String,
    /// The provider of identities that one can sign in by, as the button names it.
    with: String,
    with_url: String,
}

fn page(app: &App, visit: &Visit, login: String, next: String, error: String) -> Result<Response, Failed> {
    let with = app.openid.as_ref().map(|openid| visit.say(openid.label()).to_owned()).unwrap_or_default();
    let with_url = address("/sign-in/with", &[("next", &next)]);
    let refused = !error.is_empty();
    let mut response = visit.page("sign-in.html", Serde(Page { login, next, error, with, with_url }))?;
    if refused {
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(response)
}

/// `GET /sign-in`.
pub(in crate::web) async fn get(State(app): State<Arc<App>>, visit: Visit, current: Option<Current>, Query(next): Query<Next>) -> Result<Response, Failed> {
    if let Some(actor) = current.as_ref().and_then(|current| current.session.actor.as_ref()) {
        return Ok(Redirect::to(onwards(&next.next, Some(actor))).into_response());
    }
    page(&app, &visit, String::new(), next.next, String::new())
}

/// `POST /sign-in`.
pub(in crate::web) async fn post(State(app): State<Arc<App>>, visit: Visit, client: Client, jar: CookieJar, Form(filled): Form<Filled>) -> Result<Response, Failed> {
    let (login, password) = (filled.login.clone(), filled.password);
    let signed_in = app.ask(move |registry| registry.sign_in(&login, &password, &client.0)).await;
    let signed_in = match signed_in {
        Ok(signed_in) => signed_in,
        Err(Failed::Unprocessable(why) | Failed::TooMany(why)) => {
            return page(&app, &visit, filled.login, filled.next, visit.say(&why).to_owned());
        }
        Err(other) => return Err(other),
    };
    arrived(&app, jar, signed_in, &filled.next).await
}

/// Hands the browser its session, and leads on: to the second factor where one is still to come.
async fn arrived(app: &Arc<App>, jar: CookieJar, signed_in: SignedIn, next: &str) -> Result<Response, Failed> {
    let jar = jar.add(cookie(app, signed_in.token.clone()));
    let token = signed_in.token;
    let session = app.ask(move |registry| registry.session(&token)).await?;
    let actor = session.as_ref().and_then(|session| session.actor.as_ref());
    let to = match signed_in.second_factor {
        SecondFactor::Done => onwards(next, actor),
        SecondFactor::Code => "/sign-in/code",
        SecondFactor::SetUp => "/sign-in/app",
    };
    Ok((jar, Redirect::to(to)).into_response())
}

/// `POST /sign-out`.
pub(in crate::web) async fn out(State(app): State<Arc<App>>, current: Current, jar: CookieJar, Posted(_): Posted<Nothing>) -> Result<Response, Failed> {
    app.ask(move |registry| registry.sign_out(&current.token)).await?;
    Ok((jar.add(no_cookie(&app)), Redirect::to("/")).into_response())
}

/// A form with nothing but its token.
#[derive(Debug, Deserialize)]
pub(in crate::web) struct Nothing {}

/// Which role to go on in.
#[derive(Debug, Deserialize)]
pub(in crate::web) struct Chosen {
    role: i64,
}

/// `POST /role`.
pub(in crate::web) async fn role(State(app): State<Arc<App>>, current: Current, Posted(chosen): Posted<Chosen>) -> Result<Response, Failed> {
    let token = current.token.clone();
    let session = app
        .ask(move |registry| {
            registry.take_role(&token, chosen.role)?;
            registry.session(&token)
        })
        .await?;
    Ok(Redirect::to(onwards("", session.as_ref().and_then(|session| session.actor.as_ref()))).into_response())
}

/// A path of our own, or the first page of the role.
fn onwards<'a>(next: &'a str, actor: Option<&Actor>) -> &'a str {
    if next.starts_with('/') && !next.starts_with("//") && !next.contains('\\') && !next.chars().any(char::is_control) {
        return next;
    }
    match actor.map(|actor| actor.held.role) {
        Some(Role::Person) => "/home",
        Some(Role::EmployerOfficer | Role::AgencyOfficer | Role::AuthorityOfficer) => "/desk",
        Some(Role::Auditor) => "/people",
        Some(Role::ProviderOfficer) => "/deliveries",
        Some(Role::Operator) | None => "/",
    }
}
