//! `/imports`: tables of people and records that an officer sends, and a workbook to fill in. `/imports/{id}`: what would become of each
//! row, and of the whole once it is confirmed.

pub(in crate::web) mod one;
pub(in crate::web) mod rows;

use crate::importing::{Parser, headers, template};
use crate::web::clock::today;
use crate::web::errors::Failed;
use crate::web::paging::{Before, more};
use crate::web::session::{Current, Signed, check_token};
use crate::web::state::App;
use crate::web::visit::{Visit, address};
use axum::body::Bytes;
use axum::extract::multipart::MultipartError;
use axum::extract::{Multipart, Path, Query, State};
use axum::http::StatusCode;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Redirect, Response};
use minijinja::value::Serde;
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use std::sync::Arc;
use xueshi_policy::Text;
use xueshi_registry::time::minute_of;
use xueshi_registry::{Actor, Error, Import, ImportKind, NewImport, Registry};

/// Imports on a page.
const LINES: i64 = 30;

#[derive(Serialize)]
struct Page {
    error: String,
    records: bool,
    lines: Vec<Line>,
    first: bool,
    next: String,
}

#[derive(Serialize)]
struct Line {
    id: i64,
    name: String,
    kind: &'static str,
    rows: i64,
    made: String,
    state: String,
    chip: &'static str,
}

/// `GET /imports`.
pub(in crate::web) async fn get(State(app): State<Arc<App>>, visit: Visit, Signed { actor }: Signed, Query(asked): Query<Before>) -> Result<Response, Failed> {
    page(&app, &visit, actor, &asked, None, true).await
}

async fn page(app: &App, visit: &Visit, actor: Actor, asked: &Before, error: Option<&Text>, records: bool) -> Result<Response, Failed> {
    let before = asked.before;
    let imports = app.ask(move |registry| registry.imports(&actor, before, LINES)).await?;
    let next = more(&imports, LINES).map(|last| address("/imports", &[("before", &last.id.to_string())])).unwrap_or_default();
    let lines = imports.iter().map(|import| line(visit, import)).collect::<Result<_, Failed>>()?;
    let error = error.map(|why| visit.say(why).to_owned()).unwrap_or_default();
    visit.page("imports.html", Serde(Page { error, records, lines, first: before.is_none(), next }))
}

fn line(visit: &Visit, import: &Import) -> Result<Line, Failed> {
    let (state, chip) = state_of(import);
    Ok(Line { id: import.id, name: import.name.clone(), kind: import.kind.word(), rows: import.rows, made: minute_of(import.made_at), state: visit.word(state, &[])?, chip })
}

/// The word and the colour of an import's state.
fn state_of(import: &Import) -> (&'static str, &'static str) {
    match import.state.as_str() {
        "loading" => ("imports.loading", "no"),
        "checking" => ("imports.checking", "wait"),
        "checked" => ("imports.checked", "wait"),
        "entering" => ("imports.entering", "wait"),
        "entered" => ("imports.entered", "ok"),
        _ => ("imports.undone", "no"),
    }
}

fn broken(error: MultipartError) -> Failed {
    Failed::Status(error.status())
}

/// A table that is sent.
pub(in crate::web) struct Sent {
    /// What it holds.
    pub(in crate::web) kind: ImportKind,
    /// The name of its file.
    pub(in crate::web) name: String,
    /// The file.
    pub(in crate::web) bytes: Bytes,
}

/// Reads a table and begins to try it. Gives the import.
///
/// # Errors
/// If it can not be read, or the registry refuses it.
pub(in crate::web) fn begin(registry: &Registry, parser: &Parser, actor: &Actor, sent: Sent) -> xueshi_registry::Result<i64> {
    let Sent { kind, name, bytes } = sent;
    if bytes.is_empty() {
        return Err(Error::invalid("file", "请选择文件：XLSX 或 CSV。", "Choose a file: XLSX or CSV."));
    }
    let parsed = parser.read(&bytes, &headers(registry.engine(), kind, today().year())).map_err(|why| Error::invalid("file", why.zh, why.en))?;
    let digest = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    registry.begin_import(actor, NewImport { kind, name, digest, notices: parsed.notices, rows: parsed.rows })
}

/// `POST /imports`: the token first, then the kind, then the file.
pub(in crate::web) async fn post(State(app): State<Arc<App>>, visit: Visit, current: Current, Signed { actor }: Signed, mut body: Multipart) -> Result<Response, Failed> {
    let token = match body.next_field().await.map_err(broken)? {
        Some(field) if field.name() == Some("csrf") => Some(field.text().await.map_err(broken)?),
        _ => None,
    };
    check_token(Some(&current), token.as_deref())?;
    let (mut kind, mut name, mut bytes) = (ImportKind::Records, String::new(), Bytes::new());
    while let Some(field) = body.next_field().await.map_err(broken)? {
        match field.name() {
            Some("kind") => kind = ImportKind::of(&field.text().await.map_err(broken)?).ok_or(Failed::NotFound)?,
            Some("file") => {
                field.file_name().unwrap_or_default().clone_into(&mut name);
                bytes = field.bytes().await.map_err(broken)?;
            }
            _ => {}
        }
    }
    let (parser, by) = (app.parser.clone(), actor.clone());
    let begun = app.ask(move |registry| begin(registry, &parser, &by, Sent { kind, name, bytes })).await;
    match begun {
        Ok(id) => Ok(Redirect::to(&format!("/imports/{id}")).into_response()),
        Err(Failed::Unprocessable(why)) => {
            let mut page = page(&app, &visit, actor, &Before::default(), Some(&why), kind == ImportKind::Records).await?;
            *page.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
            Ok(page)
        }
        Err(other) => Err(other),
    }
}

/// `GET /imports/template/{kind}`.
pub(in crate::web) async fn workbook(State(app): State<Arc<App>>, visit: Visit, Signed { actor }: Signed, Path(kind): Path<String>) -> Result<Response, Failed> {
    let kind = ImportKind::of(&kind).ok_or(Failed::NotFound)?;
    let (engine, lang, year) = (Arc::clone(&app.engine), visit.lang, today().year());
    let bytes = app
        .ask(move |registry| {
            let (region, sector) = registry.place_of_role(&actor)?;
            Ok(template(&engine, kind, (&region, sector.as_deref()), year, lang))
        })
        .await?
        .map_err(Failed::Internal)?;
    let name = format!("attachment; filename=\"{}.xlsx\"", kind.word());
    Ok(([(CONTENT_TYPE, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet".to_owned()), (CONTENT_DISPOSITION, name)], bytes).into_response())
}
