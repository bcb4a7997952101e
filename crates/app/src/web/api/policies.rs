//! `/api/v1/policies`: the regulations as policy files.

use super::answer::{Json, List};
use super::declarations::Words;
use super::describe::About;
use super::extract::Word;
use super::problem::Code;
use crate::web::errors::Failed;
use crate::web::state::App;
use axum::extract::State;
use schemars::JsonSchema;
use serde::Serialize;
use std::sync::Arc;
use xueshi_policy::PolicyFile;

/// `GET /api/v1/policies`.
pub(in crate::web) const LIST: About = About { id: "policies", tag: "policies", zh: "收录的规定。", en: "The regulations that are held.", refuses: &[] };
/// `GET /api/v1/policies/{id}`.
pub(in crate::web) const ONE: About = About { id: "policy", tag: "policies", zh: "一份规定及其全文。", en: "A regulation, with its text.", refuses: &[] };

/// A regulation.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(extend("x-zh" = "规定。"))]
pub(in crate::web) struct PolicyLine {
    /// Its id.
    #[schemars(extend("x-zh" = "标识。"))]
    id: String,
    /// What it is called.
    #[schemars(extend("x-zh" = "名称。"))]
    title: Words,
    /// The number it was issued under.
    #[schemars(extend("x-zh" = "文号。"))]
    number: Option<String>,
    /// Who issued it.
    #[schemars(extend("x-zh" = "制定机关。"))]
    authority: Words,
    /// The place it is for.
    #[schemars(extend("x-zh" = "适用的行政区划。"))]
    place: String,
    /// The first and last year it governs; null where it has none.
    #[schemars(extend("x-zh" = "适用的首年与末年；没有的为 null。"))]
    years: (Option<i16>, Option<i16>),
    /// The SHA-256 of the policy file.
    #[schemars(extend("x-zh" = "规定文件的 SHA-256。"))]
    sha256: String,
}

/// A regulation with its text.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(extend("x-zh" = "规定及其全文。"))]
pub(in crate::web) struct Policy {
    /// Which.
    #[serde(flatten)]
    line: PolicyLine,
    /// The policy file, in TOML.
    #[schemars(extend("x-zh" = "规定文件（TOML）。"))]
    text: String,
}

impl From<&PolicyFile> for PolicyLine {
    fn from(file: &PolicyFile) -> Self {
        Self {
            id: file.id().to_owned(),
            title: file.title().into(),
            number: file.number().map(str::to_owned),
            authority: file.authority().into(),
            place: file.place().to_owned(),
            years: file.years(),
            sha256: file.hash().to_owned(),
        }
    }
}

/// `GET /api/v1/policies`.
pub(in crate::web) async fn list(State(app): State<Arc<App>>) -> Json<List<PolicyLine>> {
    Json(List { items: app.engine.library().files().iter().map(PolicyLine::from).collect(), next: None })
}

/// `GET /api/v1/policies/{id}`.
pub(in crate::web) async fn one(State(app): State<Arc<App>>, Word(id): Word) -> Result<Json<Policy>, Failed> {
    let file = app.engine.library().get(&id).ok_or(Code::NotFound)?;
    Ok(Json(Policy { line: file.into(), text: file.text().to_owned() }))
}
