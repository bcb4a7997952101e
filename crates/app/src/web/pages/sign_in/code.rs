//! `/sign-in/code`: the six digits of the authenticator app.

use crate::web::errors::Failed;
use crate::web::session::{Current, Posted};
use crate::web::state::App;
use crate::web::visit::Visit;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use minijinja::value::Serde;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// What was filled in.
#[derive(Debug, Deserialize)]
pub(in crate::web) struct Filled {
    code: String,
}

#[derive(Serialize)]
struct Page {
    error: String,
}

/// `GET /sign-in/code`.
pub(in crate::web) async fn get(visit: Visit) -> Result<Response, Failed> {
    visit.page("sign-in-code.html", Serde(Page { error: String::new() }))
}

/// `POST /sign-in/code`.
pub(in crate::web) async fn post(State(app): State<Arc<App>>, visit: Visit, current: Current, Posted(filled): Posted<Filled>) -> Result<Response, Failed> {
    match app.ask(move |registry| registry.check_totp(&current.token, &filled.code)).await {
        Ok(()) => Ok(Redirect::to("/sign-in").into_response()),
        Err(Failed::Unprocessable(why) | Failed::TooMany(why)) => {
            let mut response = visit.page("sign-in-code.html", Serde(Page { error: visit.say(&why).to_owned() }))?;
            *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
            Ok(response)
        }
        Err(other) => Err(other),
    }
}
