//! `/api/v1/me`: who asks.

use super::answer::Json;
use super::describe::About;
use crate::web::errors::Failed;
use crate::web::session::{Current, Signed};
use schemars::JsonSchema;
use serde::Serialize;

/// `GET /api/v1/me`.
pub(in crate::web) const GET: About = About { id: "me", tag: "me", zh: "我是谁、以哪个身份办理。", en: "Who asks, and in which role.", refuses: &[] };

/// Who asks.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(extend("x-zh" = "提出请求的人。"))]
pub(in crate::web) struct Me {
    /// The account's id.
    #[schemars(extend("x-zh" = "账号编号。"))]
    account: i64,
    /// The sign-in name.
    #[schemars(extend("x-zh" = "登录名。"))]
    login: String,
    /// The person it belongs to, if to one.
    #[schemars(extend("x-zh" = "账号所属的人员；不属于人员的为 null。"))]
    person: Option<i64>,
    /// The role acted in: `person`, `employer-officer` …
    #[schemars(extend("x-zh" = "办理时的身份：person（本人）、employer-officer（单位经办人）等。"))]
    role: &'static str,
    /// The organisation the role is held for.
    #[schemars(extend("x-zh" = "该身份所代表的单位。"))]
    organisation: Option<i64>,
    /// What a session sends in `X-CSRF-Token` with whatever changes something; empty for a bearer token.
    #[schemars(extend("x-zh" = "会话作改动时放入 X-CSRF-Token 的内容；令牌方式为空。"))]
    csrf: String,
}

/// `GET /api/v1/me`.
pub(in crate::web) async fn get(signed: Signed, current: Current) -> Result<Json<Me>, Failed> {
    let actor = signed.actor;
    Ok(Json(Me { account: actor.account, login: actor.login, person: actor.person, role: actor.held.role.word(), organisation: actor.held.organisation, csrf: current.session.csrf }))
}
