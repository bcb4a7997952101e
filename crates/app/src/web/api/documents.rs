//! `/api/v1/documents`: certificates and cards, and whether one holds.

use super::answer::{Json, List};
use super::ask;
use super::describe::About;
use super::extract::{Id, Word};
use super::problem::Code;
use super::time::instant;
use crate::web::client::Client;
use crate::web::errors::Failed;
use crate::web::session::Signed;
use crate::web::state::App;
use axum::extract::State;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;
use std::sync::Arc;
use xueshi_registry::documents::{DocumentLine, Standing, grouped};

/// `GET /api/v1/people/{id}/documents`.
pub(in crate::web) const LIST: About =
    About {
        id: "documents", tag: "documents", zh: "一人的证书与登记卡，新的在前，至多 50 份。", en: "The certificates and cards of a person, newest first, 50 at most.", refuses: &[]
    };
/// `GET /api/v1/documents/{code}`.
pub(in crate::web) const VERIFY: About =
    About {
        id: "verify-document", tag: "documents", zh: "凭验证码核验证书或登记卡；任何人都可以。", en: "Verify a certificate or card by its code; for anybody.", refuses: &[Code::TooMany]
    };

/// How a document stands.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(inline)]
enum Holds {
    Valid,
    Superseded,
    Revoked,
}

/// A document.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(extend("x-zh" = "证书或登记卡。"))]
pub(in crate::web) struct DocumentListed {
    /// Its id.
    #[schemars(extend("x-zh" = "编号。"))]
    id: i64,
    /// `certificate` or `card`.
    #[schemars(extend("x-zh" = "certificate 证书、card 登记卡。"))]
    kind: String,
    /// The code by which anybody verifies it; the file is at `/api/v1/documents/{code}/file`.
    #[schemars(extend("x-zh" = "验证码；文件在 /api/v1/documents/{code}/file。"))]
    code: String,
    /// When it was issued.
    #[schemars(extend("format" = "date-time", "x-zh" = "何时出具。"))]
    issued_at: String,
    /// Whether it holds.
    #[schemars(extend("x-zh" = "valid 有效、superseded 已被取代、revoked 已撤销。"))]
    standing: Holds,
    /// The year it is about.
    #[schemars(extend("x-zh" = "所属年度。"))]
    year: Option<i64>,
}

impl From<DocumentLine> for DocumentListed {
    fn from(line: DocumentLine) -> Self {
        Self { id: line.id, kind: line.kind, code: grouped(&line.code), issued_at: instant(line.issued_at), standing: standing(&line.standing), year: line.year }
    }
}

/// A document as whoever has its code may see it.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(extend("x-zh" = "凭验证码所见的证书或登记卡。"))]
pub(in crate::web) struct DocumentVerified {
    /// `certificate` or `card`.
    #[schemars(extend("x-zh" = "certificate 证书、card 登记卡。"))]
    kind: String,
    /// Its code.
    #[schemars(extend("x-zh" = "验证码。"))]
    code: String,
    /// When it was issued.
    #[schemars(extend("format" = "date-time", "x-zh" = "何时出具。"))]
    issued_at: String,
    /// Whether it holds.
    #[schemars(extend("x-zh" = "valid 有效、superseded 已被取代、revoked 已撤销。"))]
    standing: Holds,
    /// The code of the document that took its place.
    #[schemars(extend("x-zh" = "取代它的证书的验证码。"))]
    superseded_by: Option<String>,
    /// When it was revoked.
    #[schemars(extend("format" = "date-time", "x-zh" = "何时撤销。"))]
    revoked_at: Option<String>,
    /// Why it was revoked.
    #[schemars(extend("x-zh" = "为何撤销。"))]
    revoked_for: Option<String>,
    /// What it says, as entered in the ledger; null where that was erased.
    #[schemars(extend("x-zh" = "它所载的内容，如账簿所记；已抹除的为 null。"))]
    body: Value,
    /// The SHA-256 of its file.
    #[schemars(extend("x-zh" = "文件的 SHA-256。"))]
    sha256: Option<String>,
    /// What proves that it stands in the ledger.
    #[schemars(extend("x-zh" = "它在账簿中的凭据。"))]
    receipt: Value,
}

/// `GET /api/v1/people/{id}/documents`.
pub(in crate::web) async fn list(State(app): State<Arc<App>>, Signed { actor }: Signed, Id(person): Id) -> Result<Json<List<DocumentListed>>, Failed> {
    let lines = ask(&app, move |registry| registry.documents(&actor, person)).await?;
    Ok(Json(List { items: lines.into_iter().map(DocumentListed::from).collect(), next: None }))
}

/// `GET /api/v1/documents/{code}`.
pub(in crate::web) async fn verify(State(app): State<Arc<App>>, client: Client, Word(code): Word) -> Result<Json<DocumentVerified>, Failed> {
    let found = ask(&app, move |registry| registry.look_up(&code, &client.0)).await?.ok_or(Code::NotFound)?;
    let (superseded_by, revoked_at, revoked_for) = match &found.standing {
        Standing::Valid => (None, None, None),
        Standing::Superseded(later) => (later.as_deref().map(grouped), None, None),
        Standing::Revoked(at, why) => (None, Some(instant(*at)), Some(why.clone())),
    };
    Ok(Json(DocumentVerified {
        standing: standing(&found.standing),
        kind: found.kind,
        code: grouped(&found.code),
        issued_at: instant(found.issued_at),
        superseded_by,
        revoked_at,
        revoked_for,
        body: found.body,
        sha256: found.digest,
        receipt: serde_json::to_value(found.receipt).map_err(|error| Failed::Internal(error.to_string()))?,
    }))
}

fn standing(standing: &Standing) -> Holds {
    match standing {
        Standing::Valid => Holds::Valid,
        Standing::Superseded(_) => Holds::Superseded,
        Standing::Revoked(..) => Holds::Revoked,
    }
}
