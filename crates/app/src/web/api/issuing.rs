//! `/api/v1/certificates`, `/api/v1/cards` and what is done with a document that was issued. A document never changes but by being
//! revoked, once; so it has no version that `If-Match` could name.

use super::answer::{Json, Made};
use super::ask;
use super::describe::{About, Output, Sketch};
use super::documents::DocumentListed;
use super::extract::{Body, Short, Whole, Word};
use super::problem::Code;
use super::records::Year;
use crate::web::errors::Failed;
use crate::web::issuing;
use crate::web::pages::person::steps;
use crate::web::session::Signed;
use crate::web::state::App;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;
use std::sync::Arc;
use xueshi_registry::Actor;
use xueshi_registry::documents::grouped;

/// `POST /api/v1/certificates`.
pub(in crate::web) const CERTIFICATE: About =
    About {
        id: "issue-certificate", tag: "documents", zh: "为一个已审验的年度出具证书。", en: "Issue the certificate of a verified year.", refuses: &[Code::NotFound, Code::WrongState]
    };
/// `POST /api/v1/cards`.
pub(in crate::web) const CARD: About = About {
    id: "issue-card",
    tag: "documents",
    zh: "出具登记卡；当地规定没有登记卡的为 not-found。",
    en: "Issue a registration card; not-found where no regulation of the place shows one.",
    refuses: &[Code::NotFound, Code::Invalid],
};
/// `GET /api/v1/documents/{code}/file`.
pub(in crate::web) const FILE: About =
    About { id: "document-file", tag: "documents", zh: "证书或登记卡的 PDF，出具时的原件。", en: "The PDF of a certificate or card, as it was issued.", refuses: &[Code::WrongState] };
/// `POST /api/v1/documents/{code}/revoke`.
pub(in crate::web) const REVOKE: About = About {
    id: "revoke-document",
    tag: "documents",
    zh: "撤销证书或登记卡；理由会给核验的人看到，不可恢复。",
    en: "Revoke a certificate or card, for good; whoever verifies it reads why.",
    refuses: &[Code::WrongState, Code::Invalid],
};

/// What a certificate is issued for.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("x-zh" = "要出具的证书。"))]
pub(in crate::web) struct CertificateOf {
    /// The obligation: a duty of a person in a year, as determinations name it.
    #[schemars(extend("x-zh" = "义务编号（一人一年的一项义务），见认定结果。"))]
    obligation: Whole,
}

/// What a card is issued for.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("x-zh" = "要出具的登记卡。"))]
pub(in crate::web) struct CardOf {
    /// The person.
    #[schemars(extend("x-zh" = "人员编号。"))]
    person: Whole,
    /// The first year.
    #[schemars(extend("x-zh" = "起始年度。"))]
    from: Year,
    /// The last year; 60 years at most.
    #[schemars(extend("x-zh" = "终止年度；至多 60 年。"))]
    to: Year,
}

/// Why a document is revoked.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("x-zh" = "撤销。"))]
pub(in crate::web) struct Revocation {
    /// The reason, which whoever verifies it reads.
    #[schemars(extend("x-zh" = "理由，核验的人会看到。"))]
    reason: Short<2000>,
}

/// A document as PDF.
#[derive(Debug)]
pub(in crate::web) struct Pdf(Response);

impl IntoResponse for Pdf {
    fn into_response(self) -> Response {
        self.0
    }
}

impl Output for Pdf {
    fn draw(sketch: &mut Sketch<'_>) {
        sketch.answer(200, json!({ "description": "The document.", "x-zh": "证书或登记卡。", "content": { "application/pdf": {} } }));
    }
}

/// `POST /api/v1/certificates`.
pub(in crate::web) async fn certificate(State(app): State<Arc<App>>, Signed { actor }: Signed, Body(of): Body<CertificateOf>) -> Result<Made<DocumentListed>, Failed> {
    let id = issuing::certificate(&app, actor.clone(), of.obligation.0).await?;
    made(&app, actor, id).await
}

/// `POST /api/v1/cards`.
pub(in crate::web) async fn card(State(app): State<Arc<App>>, Signed { actor }: Signed, Body(of): Body<CardOf>) -> Result<Made<DocumentListed>, Failed> {
    let id = issuing::card(&app, actor.clone(), of.person.0, (of.from.0, of.to.0)).await?;
    made(&app, actor, id).await
}

async fn made(app: &App, actor: Actor, id: i64) -> Result<Made<DocumentListed>, Failed> {
    let line = ask(app, move |registry| registry.document_line(&actor, id)).await?;
    Ok(Made(format!("/api/v1/documents/{}", grouped(&line.code)), line.into()))
}

/// `GET /api/v1/documents/{code}/file`.
pub(in crate::web) async fn file(State(app): State<Arc<App>>, Signed { actor }: Signed, Word(code): Word) -> Result<Pdf, Failed> {
    let (code, bytes) = ask(&app, move |registry| registry.document(&actor, registry.document_of(&code)?)).await?;
    steps::file(&format!("{}.pdf", grouped(&code)), "application/pdf", bytes).map(Pdf)
}

/// `POST /api/v1/documents/{code}/revoke`.
pub(in crate::web) async fn revoke(State(app): State<Arc<App>>, Signed { actor }: Signed, Word(code): Word, Body(why): Body<Revocation>) -> Result<Json<DocumentListed>, Failed> {
    let line = ask(&app, move |registry| {
        let id = registry.document_of(&code)?;
        registry.revoke_document(&actor, id, &why.reason.0)?;
        registry.document_line(&actor, id)
    });
    Ok(Json(line.await?.into()))
}
