//! `/api/v1/people/doubles`: registrations that may be of one person; a merge is proposed, or they are kept apart.

use super::answer::{Created, Done, Json, List};
use super::ask;
use super::describe::About;
use super::extract::{Body, Cursor, Limit, Query, Short, Whole};
use super::matters::{Matter, made};
use super::problem::Code;
use crate::web::errors::Failed;
use crate::web::session::Signed;
use crate::web::state::App;
use axum::extract::State;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use xueshi_registry::doubles::{Pair, Registered};

/// `GET /api/v1/people/doubles`.
pub(in crate::web) const LIST: About =
    About { id: "possible-doubles", tag: "people", zh: "可能是同一人的登记，成对列出。", en: "Registrations that may be of one person, in pairs.", refuses: &[] };
/// `POST /api/v1/people/doubles/merge`.
pub(in crate::web) const MERGE: About = About {
    id: "propose-merge",
    tag: "people",
    zh: "提出把一人的重复登记并入另一登记；由第二人复核。",
    en: "Propose to merge a double into the registration that stays; a second person decides.",
    refuses: &[Code::NotFound, Code::WrongState, Code::Duplicate],
};
/// `POST /api/v1/people/doubles/keep-apart`.
pub(in crate::web) const KEEP_APART: About =
    About { id: "keep-apart", tag: "people", zh: "确认两人不是同一人，不再列出。", en: "Say that two are two, so that they are listed no longer.", refuses: &[Code::NotFound] };

/// Which part of the pairs.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::web) struct PairsSought {
    /// Where to go on: `next` of the part before.
    #[serde(default)]
    #[schemars(with = "Cursor<2>", extend("x-zh" = "从哪里接着列：上一页的 next。"))]
    cursor: Option<Cursor<2>>,
    /// How many at most.
    #[serde(default)]
    #[schemars(extend("x-zh" = "至多几项。"))]
    limit: Limit,
}

/// Two registrations that may be of one person.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(extend("x-zh" = "可能是同一人的两个登记。"))]
pub(in crate::web) struct PossibleDouble {
    /// The one registered first.
    #[schemars(extend("x-zh" = "先登记的。"))]
    one: DoubleOf,
    /// The other.
    #[schemars(extend("x-zh" = "另一个。"))]
    other: DoubleOf,
    /// They have an identifier in common; else name and day of birth.
    #[schemars(extend("x-zh" = "true 为证件号码相同，否则为姓名与出生日期相同。"))]
    same_identifier: bool,
    /// The open matter in which merging them was proposed.
    #[schemars(extend("x-zh" = "已提出合并而未办结的事项。"))]
    matter: Option<i64>,
}

/// One of a pair.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(extend("x-zh" = "其中一个登记。"))]
struct DoubleOf {
    /// The person's id.
    #[schemars(extend("x-zh" = "人员编号。"))]
    id: i64,
    /// The name.
    #[schemars(extend("x-zh" = "姓名。"))]
    name: String,
    /// The day of birth, where it is known.
    #[schemars(extend("x-zh" = "出生日期；未知的为 null。"))]
    born: Option<String>,
    /// The employer.
    #[schemars(extend("x-zh" = "用人单位。"))]
    employer: String,
}

/// A merge to be proposed.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("x-zh" = "要提出的合并。"))]
pub(in crate::web) struct MergeProposed {
    /// Who stays.
    #[schemars(extend("x-zh" = "保留的登记。"))]
    person: Whole,
    /// Who becomes part of that one.
    #[schemars(extend("x-zh" = "并入的登记。"))]
    double: Whole,
    /// Why, such as which papers were compared.
    #[schemars(extend("x-zh" = "理由，如核对了哪些证件。"))]
    reason: Short<2000>,
}

/// Two who are not one.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("x-zh" = "不是同一人的两个登记。"))]
pub(in crate::web) struct KeptApart {
    /// One of them.
    #[schemars(extend("x-zh" = "其中一个。"))]
    one: Whole,
    /// The other.
    #[schemars(extend("x-zh" = "另一个。"))]
    other: Whole,
    /// Why, such as which papers were compared.
    #[schemars(extend("x-zh" = "理由，如核对了哪些证件。"))]
    reason: Short<2000>,
}

impl From<Registered> for DoubleOf {
    fn from(of: Registered) -> Self {
        Self { id: of.id, name: of.name, born: of.born, employer: of.employer }
    }
}

impl From<Pair> for PossibleDouble {
    fn from(pair: Pair) -> Self {
        Self { one: pair.one.into(), other: pair.other.into(), same_identifier: pair.same_identifier, matter: pair.case }
    }
}

/// `GET /api/v1/people/doubles`.
pub(in crate::web) async fn list(State(app): State<Arc<App>>, Signed { actor }: Signed, Query(part): Query<PairsSought>) -> Result<Json<List<PossibleDouble>>, Failed> {
    let (after, limit) = (part.cursor.map_or((0, 0), |cursor| (cursor.0[0], cursor.0[1])), part.limit.0);
    let pairs = ask(&app, move |registry| registry.possible_doubles(&actor, after, limit)).await?;
    Ok(Json(List::new(pairs, limit, |last| Cursor([last.one.id, last.other.id]).text(), PossibleDouble::from)))
}

/// `POST /api/v1/people/doubles/merge`.
pub(in crate::web) async fn merge(State(app): State<Arc<App>>, Signed { actor }: Signed, Body(proposed): Body<MergeProposed>) -> Result<Created<Matter>, Failed> {
    made(&app, actor, move |registry, actor| registry.propose_merge(actor, proposed.person.0, proposed.double.0, &proposed.reason.0)).await
}

/// `POST /api/v1/people/doubles/keep-apart`.
pub(in crate::web) async fn keep_apart(State(app): State<Arc<App>>, Signed { actor }: Signed, Body(two): Body<KeptApart>) -> Result<Done, Failed> {
    ask(&app, move |registry| registry.keep_apart(&actor, two.one.0, two.other.0, &two.reason.0)).await.map(|()| Done)
}
