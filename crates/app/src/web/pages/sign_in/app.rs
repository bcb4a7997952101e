//! `/sign-in/app`: an officer's authenticator app is set up. The secret travels sealed in the form until a code proves that the app has it.

use crate::web::errors::Failed;
use crate::web::session::{Current, Posted};
use crate::web::state::App;
use crate::web::visit::Visit;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use minijinja::value::Serde;
use qrcode::QrCode;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use xueshi_registry::Registry;

/// What was filled in.
#[derive(Debug, Deserialize)]
pub(in crate::web) struct Filled {
    code: String,
    sealed: String,
}

#[derive(Serialize)]
struct Page {
    /// The secret in groups of four, for typing.
    secret: String,
    /// The QR code: its size in modules, and the dark ones as a path.
    qr_size: usize,
    qr_path: String,
    sealed: String,
    error: String,
}

/// `GET /sign-in/app`.
pub(in crate::web) async fn get(State(app): State<Arc<App>>, visit: Visit, current: Current) -> Result<Response, Failed> {
    visit.page("sign-in-app.html", Serde(page(&app, current, String::new()).await?))
}

/// `POST /sign-in/app`.
pub(in crate::web) async fn post(State(app): State<Arc<App>>, visit: Visit, current: Current, Posted(filled): Posted<Filled>) -> Result<Response, Failed> {
    let token = current.token.clone();
    let account = current.session.account;
    let set = app.ask(move |registry| {
        let secret = registry.unseal_for_form(&filled.sealed, account)?;
        registry.set_totp(&token, &secret, &filled.code)
    });
    match set.await {
        Ok(()) => Ok(Redirect::to("/sign-in").into_response()),
        Err(Failed::Unprocessable(why)) => {
            let error = visit.say(&why).to_owned();
            let mut response = visit.page("sign-in-app.html", Serde(page(&app, current, error).await?))?;
            *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
            Ok(response)
        }
        Err(other) => Err(other),
    }
}

async fn page(app: &Arc<App>, current: Current, error: String) -> Result<Page, Failed> {
    let account = current.session.account;
    let (base32, url, sealed) = app
        .ask(move |registry: &Registry| {
            let (secret, base32, url) = registry.new_totp(&current.token)?;
            Ok((base32, url, registry.seal_for_form(&secret, account)?))
        })
        .await?;
    let code = QrCode::new(url.as_bytes()).map_err(|error| Failed::Internal(error.to_string()))?;
    let secret = base32.as_bytes().chunks(4).map(String::from_utf8_lossy).collect::<Vec<_>>().join(" ");
    Ok(Page { secret, qr_size: code.width() + 8, qr_path: dark(&code), sealed, error })
}

/// The dark modules, four away from the edge, as the path of an SVG.
fn dark(code: &QrCode) -> String {
    let width = code.width();
    let modules = code.to_colors();
    let mut path = String::new();
    for (at, _) in modules.iter().enumerate().filter(|(_, colour)| **colour == qrcode::Color::Dark) {
        path.push_str(&format!("M{} {}h1v1h-1z", at % width + 4, at / width + 4));
    }
    path
}
