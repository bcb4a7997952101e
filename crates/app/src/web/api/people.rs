//! `/api/v1/people`: the people within reach.

use super::answer::{Json, List};
use super::ask;
use super::describe::About;
use super::extract::{Body, Cursor, Id, Limit, Part, Query, Short};
use super::problem::Code;
use crate::web::errors::Failed;
use crate::web::session::Signed;
use crate::web::state::App;
use axum::extract::State;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use xueshi_registry::{Actor, PersonShown};

/// `GET /api/v1/people`.
pub(in crate::web) const LIST: About = About { id: "people", tag: "people", zh: "可查看的人员，按编号排列。", en: "The people within reach, by id.", refuses: &[] };
/// `POST /api/v1/people/find`.
pub(in crate::web) const FIND: About = About {
    id: "findPeople",
    tag: "people",
    zh: "按姓名查找可查看的人员。姓名写在请求正文里，不进入地址和日志。",
    en: "Find people within reach by name. The name stands in the body, so that no address or log holds it.",
    refuses: &[Code::Invalid],
};
/// `GET /api/v1/people/{id}`.
pub(in crate::web) const ONE: About = About { id: "person", tag: "people", zh: "一个人员。", en: "A person.", refuses: &[] };

/// Whom is asked for.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("x-zh" = "要找谁。"))]
pub(in crate::web) struct Sought {
    /// The beginning of the name.
    #[schemars(extend("x-zh" = "姓名的开头。"))]
    name: Short<100>,
    /// Where to go on: `next` of the part before.
    #[serde(default)]
    #[schemars(with = "Cursor<1>", extend("x-zh" = "从哪里接着列：上一页的 next。"))]
    cursor: Option<Cursor<1>>,
    /// How many at most.
    #[serde(default)]
    #[schemars(extend("x-zh" = "至多几项。"))]
    limit: Limit,
}

/// A person in a list.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(extend("x-zh" = "列表中的人员。"))]
pub(in crate::web) struct PersonLine {
    /// The id.
    #[schemars(extend("x-zh" = "编号。"))]
    id: i64,
    /// The name.
    #[schemars(extend("x-zh" = "姓名。"))]
    name: String,
    /// The employer.
    #[schemars(extend("x-zh" = "用人单位。"))]
    employer: String,
}

/// A person.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(extend("x-zh" = "人员。"))]
pub(in crate::web) struct Person {
    /// The id; it never changes.
    #[schemars(extend("x-zh" = "编号，永不改变。"))]
    id: i64,
    /// The name.
    #[schemars(extend("x-zh" = "姓名。"))]
    name: String,
    /// The identity number, masked; empty where none is known.
    #[schemars(extend("x-zh" = "身份证号，已遮盖；未登记的为空。"))]
    identity: String,
    /// The employer's id.
    #[schemars(extend("x-zh" = "用人单位编号。"))]
    organisation: i64,
    /// The employer.
    #[schemars(extend("x-zh" = "用人单位。"))]
    employer: String,
    /// The post.
    #[schemars(extend("x-zh" = "岗位。"))]
    post: String,
    /// What policies know the place by.
    #[schemars(extend("x-zh" = "规定所用的行政区划代码。"))]
    region: String,
    /// The sector's code.
    #[schemars(extend("x-zh" = "行业代码。"))]
    sector: Option<String>,
}

impl From<PersonShown> for Person {
    fn from(shown: PersonShown) -> Self {
        Self {
            id: shown.id,
            name: shown.name,
            identity: shown.identity_masked,
            organisation: shown.organisation,
            employer: shown.employer,
            post: shown.post,
            region: shown.region,
            sector: shown.sector,
        }
    }
}

/// `GET /api/v1/people`.
pub(in crate::web) async fn list(State(app): State<Arc<App>>, Signed { actor }: Signed, Query(part): Query<Part>) -> Result<Json<List<PersonLine>>, Failed> {
    listed(&app, actor, String::new(), part.cursor, part.limit).await
}

/// `POST /api/v1/people/find`.
pub(in crate::web) async fn find(State(app): State<Arc<App>>, Signed { actor }: Signed, Body(sought): Body<Sought>) -> Result<Json<List<PersonLine>>, Failed> {
    listed(&app, actor, sought.name.0, sought.cursor, sought.limit).await
}

async fn listed(app: &Arc<App>, actor: Actor, name: String, cursor: Option<Cursor<1>>, Limit(limit): Limit) -> Result<Json<List<PersonLine>>, Failed> {
    let after = cursor.map_or(0, |cursor| cursor.0[0]);
    let lines = ask(app, move |registry| registry.people(&actor, name.trim(), after, limit)).await?;
    Ok(Json(List::new(lines, limit, |last| Cursor([last.0]).text(), |(id, name, employer)| PersonLine { id, name, employer })))
}

/// `GET /api/v1/people/{id}`.
pub(in crate::web) async fn one(State(app): State<Arc<App>>, Signed { actor }: Signed, Id(id): Id) -> Result<Json<Person>, Failed> {
    ask(&app, move |registry| registry.person(&actor, id)).await.map(|shown| Json(shown.into()))
}
