//! `/api/v1/exports`: what one may see, as a file.

use super::describe::{About, Output, Sketch};
use super::extract::{Body, Short};
use super::problem::Code;
use super::records::{RecordState, Year};
use crate::web::errors::Failed;
use crate::web::export::{self, Kind, Wanted};
use crate::web::session::Signed;
use crate::web::state::App;
use crate::web::visit::Visit;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;
use xueshi_registry::RecordsSought;

/// `POST /api/v1/exports/records`.
pub(in crate::web) const RECORDS: About = About {
    id: "export-records",
    tag: "exports",
    zh: "导出可查看的学习记录；身份证号遮盖，用途留下记录。",
    en: "Take out the learning records within reach; identity numbers are masked, the purpose is kept.",
    refuses: &[Code::Invalid],
};

/// What is taken out.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("x-zh" = "要导出的内容。"))]
pub(in crate::web) struct Asks {
    /// As which kind of file.
    #[schemars(extend("x-zh" = "文件的种类。"))]
    format: Format,
    /// What for; at least four characters, kept on record.
    #[schemars(extend("x-zh" = "用途，至少四个字，会留下记录。"))]
    purpose: Short<500>,
    /// Of this year.
    #[serde(default)]
    #[schemars(extend("x-zh" = "只要此年度的。"))]
    year: Option<Year>,
    /// In this state.
    #[serde(default)]
    #[schemars(extend("x-zh" = "只要此状态的。"))]
    state: Option<RecordState>,
}

/// Kinds of files.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(inline)]
enum Format {
    Csv,
    Xlsx,
    Parquet,
}

/// A file that is written while it is read.
#[derive(Debug)]
pub(in crate::web) struct File(Response);

impl IntoResponse for File {
    fn into_response(self) -> Response {
        self.0
    }
}

impl Output for File {
    fn draw(sketch: &mut Sketch<'_>) {
        let content: serde_json::Map<String, Value> = [Kind::Csv, Kind::Xlsx, Kind::Parquet].into_iter().map(|kind| (kind.media().to_owned(), json!({}))).collect();
        sketch.answer(200, json!({ "description": "The file; what breaks off is not whole.", "x-zh": "文件；中断的不完整。", "content": content }));
    }
}

/// `POST /api/v1/exports/records`.
pub(in crate::web) async fn records(State(app): State<Arc<App>>, visit: Visit, Signed { actor }: Signed, Body(asks): Body<Asks>) -> Result<File, Failed> {
    let kind = match asks.format {
        Format::Csv => Kind::Csv,
        Format::Xlsx => Kind::Xlsx,
        Format::Parquet => Kind::Parquet,
    };
    let sought = RecordsSought { person: None, year: asks.year.map(|year| year.0), state: asks.state.map(|state| state.word().to_owned()).unwrap_or_default() };
    export::records(&app, actor, Wanted { kind, sought, purpose: asks.purpose.0, lang: visit.lang }).await.map(File)
}
