//! `/api/v1/me/looked-at`: who looked at what about whoever asks, and why.

use super::answer::{Json, List};
use super::ask;
use super::describe::About;
use super::extract::{Cursor, Part, Query};
use super::problem::Code;
use super::time::instant;
use crate::web::errors::Failed;
use crate::web::session::Signed;
use crate::web::state::App;
use axum::extract::State;
use schemars::JsonSchema;
use serde::Serialize;
use std::sync::Arc;
use xueshi_registry::Line;

/// `GET /api/v1/me/looked-at`.
pub(in crate::web) const LIST: About =
    About {
        id: "looked-at", tag: "personal-data", zh: "谁为何查看、导出过我的资料，新的在前。", en: "Who looked at or took out what about me, and why, newest first.", refuses: &[]
    };

/// Something that was looked at.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(extend("x-zh" = "一次查看。"))]
pub(in crate::web) struct Look {
    /// When.
    #[schemars(extend("format" = "date-time", "x-zh" = "何时。"))]
    at: String,
    /// Who, by sign-in name; null where the account is no more.
    #[schemars(extend("x-zh" = "谁（登录名）；账号已不存在的为 null。"))]
    by: Option<String>,
    /// What was done: `unmask`, `export` …
    #[schemars(extend("x-zh" = "做了什么：unmask 查看完整号码、export 导出等。"))]
    action: String,
    /// What of.
    #[schemars(extend("x-zh" = "查看的内容。"))]
    subject: String,
    /// Why.
    #[schemars(extend("x-zh" = "用途。"))]
    purpose: String,
}

impl From<Line> for Look {
    fn from(line: Line) -> Self {
        Self { at: instant(line.at), by: line.by, action: line.action, subject: line.subject, purpose: line.purpose }
    }
}

/// `GET /api/v1/me/looked-at`.
pub(in crate::web) async fn list(State(app): State<Arc<App>>, Signed { actor }: Signed, Query(part): Query<Part>) -> Result<Json<List<Look>>, Failed> {
    let (before, limit) = (part.cursor.map(|cursor| cursor.0[0]), part.limit.0);
    let person = actor.person.ok_or(Code::NotFound)?;
    let lines = ask(&app, move |registry| registry.looked_at(&actor, person, before, limit)).await?;
    Ok(Json(List::new(lines, limit, |last| Cursor([last.id]).text(), Look::from)))
}
