//! `/api/v1/declarations/{id}/proofs` and `/api/v1/proofs`: the files that prove a declaration. A file travels within JSON, in Base64: a
//! name in an address would stand in the logs of whatever lies between, and a form's borders differ each time it is sent again.

use super::answer::{Created, Json, List, Tagged};
use super::ask;
use super::declarations::{Declaration, after};
use super::describe::{About, Input, Output, Sketch};
use super::extract::{Body, ID_MAX, Id, IfMatch, Short, misfit, whole};
use super::problem::{Code, Problem};
use crate::web::errors::Failed;
use crate::web::pages::person::steps;
use crate::web::session::Signed;
use crate::web::state::App;
use axum::extract::{FromRequestParts, Path, State};
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::sync::Arc;
use xueshi_policy::Text;
use xueshi_registry::flow::DECLARATION;
use xueshi_registry::{FILE_BYTES_MAX, NewEvidence, ProofLine};

/// Bytes of a body with the largest file.
pub(in crate::web) const BYTES_MAX: usize = FILE_BYTES_MAX / 3 * 4 + 64 * 1024;

/// `GET /api/v1/declarations/{id}/proofs`.
pub(in crate::web) const LIST: About = About { id: "proofs", tag: "declarations", zh: "一项申报的证明材料。", en: "The proofs of a declaration.", refuses: &[] };
/// `POST /api/v1/declarations/{id}/proofs`.
pub(in crate::web) const ATTACH: About = About {
    id: "attach-proof",
    tag: "declarations",
    zh: "给草稿或退回补正的申报附一份证明（PDF、JPEG、PNG，至多 20 MB）。",
    en: "Attach a proof to a draft, or to what was returned (PDF, JPEG, PNG; 20 MB at most).",
    refuses: &[Code::WrongState, Code::Invalid],
};
/// `DELETE /api/v1/declarations/{id}/proofs/{proof}`.
pub(in crate::web) const DETACH: About = About { id: "detach-proof", tag: "declarations", zh: "取下一份证明。", en: "Take a proof off.", refuses: &[Code::WrongState] };
/// `GET /api/v1/proofs/{id}`.
pub(in crate::web) const FILE: About = About { id: "proof-file", tag: "declarations", zh: "一份证明的文件，原样。", en: "The file of a proof, as it was sent.", refuses: &[] };

/// A file to be attached.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("x-zh" = "要附上的证明。"))]
pub(in crate::web) struct NewProof {
    /// What it proves, by the codes of the policies.
    #[schemars(extend("x-zh" = "证明的种类，用规定的代码。"))]
    kind: Short<100>,
    /// The name of the file.
    #[schemars(extend("x-zh" = "文件名。"))]
    name: Short<200>,
    /// The file, in Base64 (RFC 4648, 4).
    #[schemars(extend("contentEncoding" = "base64", "x-zh" = "文件内容，Base64（RFC 4648 第 4 节）。"))]
    content: String,
}

/// A proof.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(extend("x-zh" = "证明材料。"))]
pub(in crate::web) struct Proof {
    /// Its id; the file is at `/api/v1/proofs/{id}`.
    #[schemars(extend("x-zh" = "编号；文件在 /api/v1/proofs/{id}。"))]
    id: i64,
    /// What it proves, by the codes of the policies.
    #[schemars(extend("x-zh" = "证明的种类，用规定的代码。"))]
    kind: String,
    /// Its name.
    #[schemars(extend("x-zh" = "文件名。"))]
    name: String,
    /// Its media type.
    #[schemars(extend("x-zh" = "媒体类型。"))]
    media: String,
    /// Its size in bytes.
    #[schemars(extend("x-zh" = "字节数。"))]
    bytes: i64,
}

impl From<ProofLine> for Proof {
    fn from(line: ProofLine) -> Self {
        Self { id: line.id, kind: line.kind, name: line.name, media: line.media, bytes: line.bytes }
    }
}

/// A declaration or matter and one of its proofs in the path.
#[derive(Clone, Copy, Debug)]
pub(in crate::web) struct ProofOf(pub(super) i64, pub(super) i64);

impl<S: Send + Sync> FromRequestParts<S> for ProofOf {
    type Rejection = Failed;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failed> {
        let Path((id, proof)) = Path::<(String, String)>::from_request_parts(parts, state).await.map_err(|_| misfit("id"))?;
        Ok(Self(whole("id", &id, 1, ID_MAX)?, whole("proof", &proof, 1, ID_MAX)?))
    }
}

impl Input for ProofOf {
    fn draw(sketch: &mut Sketch<'_>) {
        let id = json!({ "type": "integer", "minimum": 1, "maximum": ID_MAX });
        sketch.path(&[id.clone(), id]);
    }
}

/// The file of a proof.
#[derive(Debug)]
pub(in crate::web) struct File(pub(super) Response);

impl IntoResponse for File {
    fn into_response(self) -> Response {
        self.0
    }
}

impl Output for File {
    fn draw(sketch: &mut Sketch<'_>) {
        let content = json!({ "application/pdf": {}, "image/jpeg": {}, "image/png": {} });
        sketch.answer(200, json!({ "description": "The file.", "x-zh": "文件。", "content": content }));
    }
}

/// `GET /api/v1/declarations/{id}/proofs`.
pub(in crate::web) async fn list(State(app): State<Arc<App>>, Signed { actor }: Signed, Id(id): Id) -> Result<Json<List<Proof>>, Failed> {
    let shown = ask(&app, move |registry| {
        registry.must_flow(&actor, id, &DECLARATION)?;
        registry.case(&actor, id)
    });
    Ok(Json(List { items: shown.await?.proofs.into_iter().map(Proof::from).collect(), next: None }))
}

/// `POST /api/v1/declarations/{id}/proofs`.
pub(in crate::web) async fn attach(State(app): State<Arc<App>>, Signed { actor }: Signed, Id(id): Id, IfMatch(version): IfMatch, Body(sent): Body<NewProof>) -> Result<Created<Declaration>, Failed> {
    let bytes = decoded(&sent.content, "content")?;
    let new = NewEvidence { kind: sent.kind.0, name: sent.name.0, bytes };
    let by = actor.clone();
    let proof = ask(&app, move |registry| {
        registry.must_flow(&by, id, &DECLARATION)?;
        registry.attach_seen(&by, id, Some(version), &new)
    });
    let proof = proof.await?;
    let Tagged(version, declaration) = after(&app, actor, id, |_, _| Ok(())).await?;
    Ok(Created(format!("/api/v1/proofs/{proof}"), version, declaration))
}

/// The bytes of a file that stands in a body.
///
/// # Errors
/// If they are not in Base64.
pub(super) fn decoded(content: &str, field: impl Into<String>) -> Result<Vec<u8>, Failed> {
    BASE64.decode(content).map_err(|_| {
        let text = Text::new("文件内容不是 Base64。请用标准字母表，末尾补 =。", "The file is not in Base64. Use the standard alphabet, with = at the end.");
        Problem::at(Code::Invalid, field, Some(text)).into()
    })
}

/// `DELETE /api/v1/declarations/{id}/proofs/{proof}`.
pub(in crate::web) async fn detach(State(app): State<Arc<App>>, Signed { actor }: Signed, ProofOf(id, proof): ProofOf, IfMatch(version): IfMatch) -> Result<Tagged<Declaration>, Failed> {
    after(&app, actor, id, move |registry, actor| registry.detach_seen(actor, id, Some(version), proof)).await
}

/// `GET /api/v1/proofs/{id}`.
pub(in crate::web) async fn file(State(app): State<Arc<App>>, Signed { actor }: Signed, Id(id): Id) -> Result<File, Failed> {
    let (name, media, bytes) = ask(&app, move |registry| registry.proof(&actor, id)).await?;
    steps::file(&name, &media, bytes).map(File)
}
