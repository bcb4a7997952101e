//! `/api/v1/records`: the learning records within reach.

use super::answer::{Json, List};
use super::ask;
use super::describe::About;
use super::extract::{Cursor, Integer, Limit, Query, Whole};
use super::time::instant;
use crate::web::errors::Failed;
use crate::web::session::Signed;
use crate::web::state::App;
use axum::extract::State;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;
use xueshi_registry::{RecordListed, RecordsSought};

/// `GET /api/v1/records`.
pub(in crate::web) const LIST: About =
    About { id: "records", tag: "records", zh: "可查看的学习记录，按申报编号排列。", en: "The learning records within reach, by their declarations.", refuses: &[] };

/// Which records are asked for.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::web) struct Sought {
    /// Of this person.
    #[serde(default)]
    #[schemars(with = "Whole", extend("x-zh" = "只列此人的。"))]
    person: Option<Whole>,
    /// Of this year.
    #[serde(default)]
    #[schemars(with = "Year", extend("x-zh" = "只列此年度的。"))]
    year: Option<Year>,
    /// In this state.
    #[serde(default)]
    #[schemars(with = "RecordState", extend("x-zh" = "只列此状态的。"))]
    state: Option<RecordState>,
    /// Where to go on: `next` of the part before.
    #[serde(default)]
    #[schemars(with = "Cursor<1>", extend("x-zh" = "从哪里接着列：上一页的 next。"))]
    cursor: Option<Cursor<1>>,
    /// How many at most.
    #[serde(default)]
    #[schemars(extend("x-zh" = "至多几项。"))]
    limit: Limit,
}

/// A year that can be asked for.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(try_from = "Integer")]
pub(super) struct Year(pub(super) i64);

impl TryFrom<Integer> for Year {
    type Error = &'static str;

    fn try_from(Integer(value): Integer) -> Result<Self, &'static str> {
        if (1900..=2200).contains(&value) { Ok(Self(value)) } else { Err("no year") }
    }
}

impl JsonSchema for Year {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Year".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "integer", "minimum": 1900, "maximum": 2200 })
    }
}

/// The states of a declaration.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(inline)]
pub(super) enum RecordState {
    Draft,
    Waiting,
    Returned,
    Accepted,
    Rejected,
    Withdrawn,
    Corrected,
    Revoked,
}

impl RecordState {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Waiting => "waiting",
            Self::Returned => "returned",
            Self::Accepted => "accepted",
            Self::Rejected => "rejected",
            Self::Withdrawn => "withdrawn",
            Self::Corrected => "corrected",
            Self::Revoked => "revoked",
        }
    }
}

/// A learning record.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(extend("x-zh" = "学习记录。"))]
pub(in crate::web) struct Record {
    /// The id of its declaration.
    #[schemars(extend("x-zh" = "申报编号。"))]
    declaration: i64,
    /// The version of its declaration, as in the ETag.
    #[schemars(extend("x-zh" = "申报的版本，同 ETag。"))]
    version: i64,
    /// Its id, by which results name it.
    #[schemars(extend("x-zh" = "记录编号，认定结果以此称它。"))]
    record: i64,
    /// Whose it is.
    #[schemars(extend("x-zh" = "所属人员。"))]
    person: i64,
    /// The person's name.
    #[schemars(extend("x-zh" = "姓名。"))]
    name: String,
    /// The employer.
    #[schemars(extend("x-zh" = "用人单位。"))]
    employer: String,
    /// The year it belongs to.
    #[schemars(extend("x-zh" = "所属年度。"))]
    year: i64,
    /// What was learnt.
    #[schemars(extend("x-zh" = "学习内容。"))]
    title: String,
    /// The state of its declaration.
    #[schemars(extend("x-zh" = "申报的状态。"))]
    state: String,
    /// Since when it stands so.
    #[schemars(extend("format" = "date-time", "x-zh" = "自何时起为这一状态。"))]
    since: String,
    /// Texts by column of the policies.
    #[schemars(extend("x-zh" = "各列的内容。"))]
    facts: BTreeMap<String, String>,
}

impl From<RecordListed> for Record {
    fn from(listed: RecordListed) -> Self {
        Self {
            declaration: listed.case,
            version: listed.version,
            record: listed.record,
            person: listed.person,
            name: listed.name,
            employer: listed.employer,
            year: listed.year,
            title: listed.title,
            state: listed.state,
            since: instant(listed.since),
            facts: listed.facts,
        }
    }
}

/// `GET /api/v1/records`.
pub(in crate::web) async fn list(State(app): State<Arc<App>>, Signed { actor }: Signed, Query(sought): Query<Sought>) -> Result<Json<List<Record>>, Failed> {
    let (after, limit) = (sought.cursor.map_or(0, |cursor| cursor.0[0]), sought.limit.0);
    let of = RecordsSought { person: sought.person.map(|id| id.0), year: sought.year.map(|year| year.0), state: sought.state.map(|state| state.word().to_owned()).unwrap_or_default() };
    let lines = ask(&app, move |registry| registry.records(&actor, &of, after, limit)).await?;
    Ok(Json(List::new(lines, limit, |last| Cursor([last.case]).text(), Record::from)))
}
