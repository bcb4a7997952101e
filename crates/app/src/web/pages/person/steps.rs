//! `POST /records/{case}/…`: the steps a professional takes with a declaration, and its proofs.

use super::record;
use super::sent::Sent;
use crate::web::errors::Failed;
use crate::web::session::{Current, Posted, Signed};
use crate::web::state::App;
use crate::web::visit::Visit;
use axum::extract::{Multipart, Path, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;
use std::sync::Arc;
use xueshi_registry::Error;

/// The version that was looked at.
#[derive(Debug, Deserialize)]
pub(in crate::web) struct Seen {
    version: i64,
}

/// A proof to be taken off.
#[derive(Debug, Deserialize)]
pub(in crate::web) struct Off {
    proof: i64,
}

fn back(case: i64) -> Response {
    Redirect::to(&format!("/records/{case}")).into_response()
}

/// `POST /records/{case}/submit`.
pub(in crate::web) async fn submit(State(app): State<Arc<App>>, signed: Signed, Path(case): Path<i64>, Posted(seen): Posted<Seen>) -> Result<Response, Failed> {
    app.ask(move |registry| registry.submit(&signed.actor, case, seen.version)).await?;
    Ok(back(case))
}

/// `POST /records/{case}/withdraw`.
pub(in crate::web) async fn withdraw(State(app): State<Arc<App>>, signed: Signed, Path(case): Path<i64>, Posted(seen): Posted<Seen>) -> Result<Response, Failed> {
    app.ask(move |registry| registry.withdraw(&signed.actor, case, seen.version)).await?;
    Ok(back(case))
}

/// `POST /records/{case}/detach`.
pub(in crate::web) async fn detach(State(app): State<Arc<App>>, signed: Signed, Path(case): Path<i64>, Posted(off): Posted<Off>) -> Result<Response, Failed> {
    app.ask(move |registry| registry.detach(&signed.actor, case, off.proof)).await?;
    Ok(back(case))
}

/// `POST /records/{case}/attach`: files of one kind.
pub(in crate::web) async fn attach(State(app): State<Arc<App>>, visit: Visit, signed: Signed, current: Current, Path(case): Path<i64>, body: Multipart) -> Result<Response, Failed> {
    let sent = Sent::read(body, &current).await?;
    let actor = signed.actor.clone();
    let kept = app
        .ask(move |registry| {
            let none = || Error::invalid("file", "请选择文件，或拍照。", "Choose a file, or take a photo.");
            Ok(if sent.files.is_empty() { Err(none()) } else { sent.attach(registry, &actor, case) })
        })
        .await?;
    let Err(Error::Refused(refusal)) = kept else {
        kept?;
        return Ok(back(case));
    };
    if refusal.why != xueshi_registry::Why::Invalid {
        return Err(Error::Refused(refusal).into());
    }
    let actor = signed.actor.clone();
    let shown = app.ask(move |registry| registry.case(&actor, case)).await?;
    let mut response = record::page(&app, &visit, &signed, &shown, None, visit.say(&refusal.text))?;
    *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    Ok(response)
}

/// `GET /proofs/{id}`: a file as it was attached. What media types are accepted, browsers show without running anything.
pub(in crate::web) async fn proof(State(app): State<Arc<App>>, signed: Signed, Path(id): Path<i64>) -> Result<Response, Failed> {
    let (name, media, bytes) = app.ask(move |registry| registry.proof(&signed.actor, id)).await?;
    file(&name, &media, bytes)
}

/// A file for the one who asked, kept by nobody on the way.
pub(in crate::web) fn file(name: &str, media: &str, bytes: Vec<u8>) -> Result<Response, Failed> {
    let name: String = name.bytes().map(|c| if c.is_ascii_alphanumeric() || b".-_".contains(&c) { char::from(c).to_string() } else { format!("%{c:02X}") }).collect();
    let header = |text: &str| HeaderValue::from_str(text).map_err(|error| Failed::Internal(error.to_string()));
    let headers = [(CONTENT_TYPE, header(media)?), (CONTENT_DISPOSITION, header(&format!("inline; filename*=UTF-8''{name}"))?), (CACHE_CONTROL, HeaderValue::from_static("private, no-store"))];
    Ok((headers, bytes).into_response())
}
