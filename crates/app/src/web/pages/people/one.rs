//! `/people/{id}`: posts, years, records, documents; the identity number for a stated purpose; for auditors, who looked at what.

use crate::web::errors::Failed;
use crate::web::pages::desk::{state_chip, state_word};
use crate::web::result::{self, Kept};
use crate::web::session::{Posted, Signed};
use crate::web::state::App;
use crate::web::told::Teller;
use crate::web::visit::Visit;
use axum::extract::{Path, Query, State};
use axum::http::header::CACHE_CONTROL;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Redirect, Response};
use minijinja::value::Serde;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use xueshi_registry::documents::{DocumentLine, Standing, grouped};
use xueshi_registry::flow::{DECLARATION, VERIFICATION};
use xueshi_registry::{Action, Actor, Dossier, Error, time};

/// Lines of the audit on a page.
const AUDITED: i64 = 50;

/// Where the lines of the audit begin.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::web) struct Asked {
    before: Option<i64>,
}

#[derive(Serialize)]
struct Page {
    id: i64,
    name: String,
    employer: String,
    post: String,
    identity: String,
    /// The whole number, shown this once.
    unmasked: String,
    posts: Vec<Post>,
    years: Vec<Year>,
    records: Vec<Record>,
    documents: Vec<Paper>,
    may_revoke: bool,
    may_keep: bool,
    may_unmask: bool,
    /// Who looked at what; nothing for those who may not know.
    audit: Option<Vec<Line>>,
    more_audit: String,
    /// What is wrong with a purpose or reason that was posted.
    purpose_error: String,
    revoke_error: (i64, String),
}

#[derive(Serialize)]
struct Post {
    employer: String,
    title: String,
    agency: String,
    from: String,
    to: String,
}

#[derive(Serialize)]
struct Year {
    year: i64,
    told: Kept,
    frozen: bool,
    case: Option<i64>,
    state: &'static str,
    chip: &'static str,
}

#[derive(Serialize)]
struct Record {
    case: i64,
    year: i64,
    title: String,
    state: &'static str,
    chip: &'static str,
    since: String,
}

#[derive(Serialize)]
struct Paper {
    id: i64,
    kind: String,
    code: String,
    grouped: String,
    year: Option<i64>,
    issued: String,
    superseded: bool,
    /// When and why.
    revoked: Option<(String, String)>,
}

#[derive(Serialize)]
struct Line {
    at: String,
    by: String,
    what: String,
    subject: String,
    purpose: String,
}

/// What a form that was posted came to.
#[derive(Default)]
struct Came {
    may_keep: bool,
    unmasked: String,
    purpose_error: String,
    revoke_error: (i64, String),
}

/// `GET /people/{id}`.
pub(in crate::web) async fn get(State(app): State<Arc<App>>, visit: Visit, Signed { actor }: Signed, Path(id): Path<i64>, Query(asked): Query<Asked>) -> Result<Response, Failed> {
    page(&app, &visit, &actor, id, asked.before, Came::default()).await
}

async fn page(app: &Arc<App>, visit: &Visit, actor: &Actor, id: i64, before: Option<i64>, came: Came) -> Result<Response, Failed> {
    let came = Came { may_keep: super::registration::keeps(actor), ..came };
    let by = actor.clone();
    let (dossier, audit) = app
        .ask(move |registry| {
            let dossier = registry.dossier(&by, id)?;
            let audit = if by.may_ever(Action::Audit) { Some(registry.looked_at(&by, id, before, AUDITED)?) } else { None };
            Ok::<_, Error>((dossier, audit))
        })
        .await?;
    let more = audit.as_ref().filter(|lines| i64::try_from(lines.len()) == Ok(AUDITED)).and_then(|lines| lines.last()).map(|line| format!("/people/{id}?before={}", line.id));
    let audit = audit.map(|lines| lines.into_iter().map(|line| audited(visit, line)).collect::<Result<Vec<_>, _>>()).transpose()?;
    visit.page("person.html", Serde(shown(app, visit, dossier, (audit, more.unwrap_or_default()), came)?))
}

fn audited(visit: &Visit, line: xueshi_registry::Line) -> Result<Line, Failed> {
    let what = match line.action.as_str() {
        "unmask" => visit.word("people.audit-unmask", &[])?,
        "enrol" | "give-account" | "put-facts" | "change" | "merge" | "unmerge" | "keep-apart" | "leave" | "retire" | "main-post" | "post-title" | "transfer-in" | "record-breach" => {
            visit.word(&format!("looked.{}", line.action), &[])?
        }
        "revoke-document" => visit.word("people.audit-revoke", &[("document", &line.subject)])?,
        other => other.to_owned(),
    };
    Ok(Line { at: time::minute_of(line.at), by: line.by.unwrap_or_default(), what, subject: line.subject, purpose: line.purpose })
}

fn shown(app: &App, visit: &Visit, dossier: Dossier, (audit, more_audit): (Option<Vec<Line>>, String), came: Came) -> Result<Page, Failed> {
    let teller = Teller::new(app, visit);
    let year = |one: xueshi_registry::YearOf| -> Result<Year, Failed> {
        let state = one.case.as_ref().map(|(_, state)| state.as_str()).unwrap_or_default();
        Ok(Year {
            year: one.year,
            told: result::kept(&teller, &one.result)?,
            frozen: one.frozen,
            state: state_word(visit, &VERIFICATION, state),
            chip: state_chip(state),
            case: one.case.map(|(case, _)| case),
        })
    };
    let record = |one: xueshi_registry::RecordOf| Record {
        case: one.case,
        year: one.year,
        title: one.title,
        state: state_word(visit, &DECLARATION, &one.state),
        chip: state_chip(&one.state),
        since: time::day_of(one.since).to_string(),
    };
    let paper = |one: DocumentLine| -> Result<Paper, Failed> {
        Ok(Paper {
            id: one.id,
            kind: visit.word(&format!("verify.kind-{}", one.kind), &[])?,
            grouped: grouped(&one.code),
            code: one.code,
            year: one.year,
            issued: time::day_of(one.issued_at).to_string(),
            superseded: matches!(one.standing, Standing::Superseded(_)),
            revoked: match one.standing {
                Standing::Revoked(at, why) => Some((time::day_of(at).to_string(), why)),
                Standing::Valid | Standing::Superseded(_) => None,
            },
        })
    };
    Ok(Page {
        id: dossier.person.id,
        name: dossier.person.name,
        employer: dossier.person.employer,
        post: dossier.person.post,
        identity: dossier.person.identity_masked,
        unmasked: came.unmasked,
        posts: dossier.posts.into_iter().map(|one| Post { employer: one.employer, title: one.title, agency: one.agency, from: one.from, to: one.to.unwrap_or_default() }).collect(),
        years: dossier.years.into_iter().map(year).collect::<Result<_, _>>()?,
        records: dossier.records.into_iter().map(record).collect(),
        documents: dossier.documents.into_iter().map(paper).collect::<Result<_, _>>()?,
        may_revoke: dossier.may.0,
        may_keep: came.may_keep,
        may_unmask: dossier.may.1,
        audit,
        more_audit,
        purpose_error: came.purpose_error,
        revoke_error: came.revoke_error,
    })
}

/// What the number is needed for.
#[derive(Debug, Deserialize)]
pub(in crate::web) struct Purpose {
    #[serde(default)]
    purpose: String,
}

/// `POST /people/{id}/identity`: the answer shows the number once and is kept nowhere.
pub(in crate::web) async fn identity(State(app): State<Arc<App>>, visit: Visit, Signed { actor }: Signed, Path(id): Path<i64>, Posted(asked): Posted<Purpose>) -> Result<Response, Failed> {
    let by = actor.clone();
    let (came, status) = match app.ask(move |registry| registry.unmask(&by, id, &asked.purpose)).await {
        Ok(unmasked) => (Came { unmasked, ..Came::default() }, StatusCode::OK),
        Err(Failed::Unprocessable(why)) => (Came { purpose_error: visit.say(&why).to_owned(), ..Came::default() }, StatusCode::UNPROCESSABLE_ENTITY),
        Err(other) => return Err(other),
    };
    let mut response = page(&app, &visit, &actor, id, None, came).await?;
    *response.status_mut() = status;
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// Why a document is revoked.
#[derive(Debug, Deserialize)]
pub(in crate::web) struct Reason {
    #[serde(default)]
    reason: String,
}

/// `POST /people/{id}/documents/{document}`.
pub(in crate::web) async fn revoke(
    State(app): State<Arc<App>>,
    visit: Visit,
    Signed { actor }: Signed,
    Path((id, document)): Path<(i64, i64)>,
    Posted(asked): Posted<Reason>,
) -> Result<Response, Failed> {
    let by = actor.clone();
    match app.ask(move |registry| registry.revoke_document(&by, document, &asked.reason)).await {
        Ok(()) => Ok(Redirect::to(&format!("/people/{id}#documents")).into_response()),
        Err(Failed::Unprocessable(why)) => {
            let came = Came { revoke_error: (document, visit.say(&why).to_owned()), ..Came::default() };
            let mut response = page(&app, &visit, &actor, id, None, came).await?;
            *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
            Ok(response)
        }
        Err(other) => Err(other),
    }
}
