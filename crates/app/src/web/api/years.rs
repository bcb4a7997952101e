//! `/api/v1/people/{id}/years/{year}` and determinations: what a year comes to, now and as it was determined.

use super::answer::{Hours, Json, List};
use super::ask;
use super::assessed::{Assessed, assessed};
use super::describe::{About, Input, Sketch};
use super::extract::{Cursor, Id, Limit, Query, whole};
use super::records::Year;
use super::time::instant;
use crate::web::errors::Failed;
use crate::web::session::Signed;
use crate::web::state::App;
use crate::web::visit::Visit;
use axum::extract::{FromRequestParts, Path, State};
use axum::http::request::Parts;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::sync::Arc;
use xueshi_registry::Determination;

/// `GET /api/v1/people/{id}/years/{year}`.
pub(in crate::web) const YEAR: About = About {
    id: "year-of-person",
    tag: "results",
    zh: "一人一年的认定（按现在已认定的记录），附解释。",
    en: "What a person's year comes to by what is accepted now, with its explanation.",
    refuses: &[],
};
/// `GET /api/v1/people/{id}/determinations`.
pub(in crate::web) const LIST: About =
    About { id: "determinations", tag: "results", zh: "一人历次的认定结果，按编号排列。", en: "The determinations of a person, by id.", refuses: &[] };
/// `GET /api/v1/determinations/{id}`.
pub(in crate::web) const ONE: About = About { id: "determination", tag: "results", zh: "一次认定结果。", en: "A determination.", refuses: &[] };

/// An id and a year in the path.
#[derive(Clone, Copy, Debug)]
pub(in crate::web) struct IdYear(pub(super) i64, pub(super) i64);

impl<S: Send + Sync> FromRequestParts<S> for IdYear {
    type Rejection = Failed;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failed> {
        let Path((id, year)) = Path::<(String, String)>::from_request_parts(parts, state).await.map_err(|_| super::extract::misfit("id"))?;
        Ok(Self(whole("id", &id, 1, super::extract::ID_MAX)?, whole("year", &year, 1900, 2200)?))
    }
}

impl Input for IdYear {
    fn draw(sketch: &mut Sketch<'_>) {
        sketch.path(&[json!({ "type": "integer", "minimum": 1, "maximum": super::extract::ID_MAX }), json!({ "type": "integer", "minimum": 1900, "maximum": 2200 })]);
    }
}

/// A year of a person.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(extend("x-zh" = "一人的一年。"))]
pub(in crate::web) struct YearOfPerson {
    /// Whom it is about.
    #[schemars(extend("x-zh" = "人员编号。"))]
    person: i64,
    /// The year.
    #[schemars(extend("x-zh" = "年度。"))]
    year: i64,
    /// Every duty, in the language asked for.
    #[schemars(extend("x-zh" = "各项义务，用所要求的语言。"))]
    assessments: Vec<Assessed>,
}

/// Which determinations are asked for.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::web) struct Sought {
    /// Of this year.
    #[serde(default)]
    #[schemars(with = "Year", extend("x-zh" = "只列此年度的。"))]
    year: Option<Year>,
    /// Where to go on: `next` of the part before.
    #[serde(default)]
    #[schemars(with = "Cursor<1>", extend("x-zh" = "从哪里接着列：上一页的 next。"))]
    cursor: Option<Cursor<1>>,
    /// How many at most.
    #[serde(default)]
    #[schemars(extend("x-zh" = "至多几项。"))]
    limit: Limit,
}

/// A determination: the computed result of a duty, as it stands in the ledger.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(extend("x-zh" = "认定结果：一项义务算得的结果，在账簿中。"))]
pub(in crate::web) struct Determined {
    /// Its id.
    #[schemars(extend("x-zh" = "编号。"))]
    id: i64,
    /// The obligation it is of.
    #[schemars(extend("x-zh" = "所属义务的编号。"))]
    obligation: i64,
    /// The duty.
    #[schemars(extend("x-zh" = "义务。"))]
    duty: String,
    /// The year.
    #[schemars(extend("x-zh" = "年度。"))]
    year: i64,
    /// When it was made.
    #[schemars(extend("format" = "date-time", "x-zh" = "何时作出。"))]
    at: String,
    /// Whether a verification froze it.
    #[schemars(extend("x-zh" = "是否已经审验固定。"))]
    frozen: bool,
    /// `met`, `short`, `exempt`, `not-covered` or `undetermined`.
    #[schemars(extend("x-zh" = "met 达到、short 未达到、exempt 免除、not-covered 不适用、undetermined 无法确定。"))]
    status: String,
    /// All hours that count.
    #[schemars(extend("x-zh" = "计入的学时合计。"))]
    total: Hours,
    /// The whole result as entered in the ledger; hours in hundredths.
    #[schemars(extend("x-zh" = "账簿所载的全部结果，学时以百分之一为单位。"))]
    result: Value,
    /// The hashes of the facts and regulations it came from.
    #[schemars(extend("x-zh" = "所依据的事实与规定的散列值。"))]
    basis: Value,
    /// Its entry in the ledger.
    #[schemars(extend("x-zh" = "在账簿中的条目。"))]
    entry: i64,
    /// The one it takes the place of.
    #[schemars(extend("x-zh" = "它所取代的上一次结果。"))]
    supersedes: Option<i64>,
}

impl From<Determination> for Determined {
    fn from(one: Determination) -> Self {
        Self {
            id: one.id,
            obligation: one.obligation,
            duty: one.duty,
            year: one.year,
            at: instant(one.at),
            frozen: one.frozen,
            status: one.status,
            total: Hours(one.total),
            result: one.result,
            basis: one.basis,
            entry: one.entry,
            supersedes: one.supersedes,
        }
    }
}

/// `GET /api/v1/people/{id}/years/{year}`.
pub(in crate::web) async fn year(State(app): State<Arc<App>>, visit: Visit, Signed { actor }: Signed, IdYear(person, year): IdYear) -> Result<Json<YearOfPerson>, Failed> {
    let home = ask(&app, move |registry| registry.home(&actor, person, year)).await?;
    let all = home.standing.iter().zip(&home.readings).map(|(result, readings)| assessed(result, readings, visit.lang));
    Ok(Json(YearOfPerson { person, year, assessments: all.collect::<Result<_, _>>()? }))
}

/// `GET /api/v1/people/{id}/determinations`.
pub(in crate::web) async fn list(State(app): State<Arc<App>>, Signed { actor }: Signed, Id(person): Id, Query(sought): Query<Sought>) -> Result<Json<List<Determined>>, Failed> {
    let (after, limit, year) = (sought.cursor.map_or(0, |cursor| cursor.0[0]), sought.limit.0, sought.year.map(|year| year.0));
    let lines = ask(&app, move |registry| registry.determinations(&actor, person, year, after, limit)).await?;
    Ok(Json(List::new(lines, limit, |last| Cursor([last.id]).text(), Determined::from)))
}

/// `GET /api/v1/determinations/{id}`.
pub(in crate::web) async fn one(State(app): State<Arc<App>>, Signed { actor }: Signed, Id(id): Id) -> Result<Json<Determined>, Failed> {
    ask(&app, move |registry| registry.determination(&actor, id)).await.map(|one| Json(one.into()))
}
