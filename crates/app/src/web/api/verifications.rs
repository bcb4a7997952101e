//! `/api/v1/verifications`: the yearly verification of those within reach.

use super::answer::{Begun, Hours, Json, List, Tagged};
use super::ask;
use super::declarations::Taken;
use super::describe::About;
use super::extract::{Body, Cursor, Id, IfMatch, Limit, Query, Short};
use super::jobs::{self, Job};
use super::problem::Code;
use super::records::Year;
use super::time::instant;
use crate::web::errors::Failed;
use crate::web::session::Signed;
use crate::web::state::App;
use axum::extract::State;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::sync::Arc;
use xueshi_registry::flow::VERIFICATION;
use xueshi_registry::{Actor, CaseShown, Registry, YearLine, YearSought};

/// `GET /api/v1/verifications`.
pub(in crate::web) const LIST: About = About { id: "verifications", tag: "verifications", zh: "一年的审验事项，按编号排列。", en: "The verification of a year, by id.", refuses: &[] };
/// `GET /api/v1/verifications/{id}`.
pub(in crate::web) const ONE: About = About { id: "verification", tag: "verifications", zh: "一项审验。", en: "A verification.", refuses: &[] };
/// `POST /api/v1/verifications/open`.
pub(in crate::web) const OPEN: About = About {
    id: "open-year",
    tag: "verifications",
    zh: "为可查看的所有人开启一年的审验，在后台进行；已开启的不变。",
    en: "Open the verification of a year for everybody within reach, in the background; what is open stays as it is.",
    refuses: &[],
};
/// `POST /api/v1/verifications/{id}/decide`.
pub(in crate::web) const DECIDE: About =
    About {
        id: "decide-verification", tag: "verifications", zh: "审验（固定这一年），或重新审验。", en: "Verify, which freezes the year; or reopen it.", refuses: &[Code::WrongState, Code::Invalid]
    };

/// Which year is asked for.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::web) struct Sought {
    /// The year.
    #[schemars(extend("x-zh" = "年度。"))]
    year: Year,
    /// The state: `open` for whatever is still to be done.
    #[serde(default)]
    #[schemars(with = "CaseState", extend("x-zh" = "状态：open 为尚未办结的。"))]
    state: Option<CaseState>,
    /// Where to go on: `next` of the part before.
    #[serde(default)]
    #[schemars(with = "Cursor<1>", extend("x-zh" = "从哪里接着列：上一页的 next。"))]
    cursor: Option<Cursor<1>>,
    /// How many at most.
    #[serde(default)]
    #[schemars(extend("x-zh" = "至多几项。"))]
    limit: Limit,
}

/// The states of a verification.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(inline)]
enum CaseState {
    Open,
    Waiting,
    Verified,
    Reopened,
}

/// Which year is opened.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("x-zh" = "要开启的年度。"))]
pub(in crate::web) struct Opening {
    /// The year.
    #[schemars(extend("x-zh" = "年度。"))]
    year: Year,
}

/// What is decided.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("x-zh" = "审验决定。"))]
pub(in crate::web) struct Verdict {
    /// The step.
    #[schemars(extend("x-zh" = "步骤。"))]
    step: VerdictStep,
    /// The opinion; needed to reopen.
    #[serde(default)]
    #[schemars(extend("x-zh" = "意见；重新审验时必填。"))]
    opinion: Short<2000>,
}

/// The steps of a verification.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(inline)]
pub(in crate::web) enum VerdictStep {
    Verify,
    Reopen,
}

/// A verification in a list.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(extend("x-zh" = "列表中的审验事项。"))]
pub(in crate::web) struct VerificationLine {
    /// Its id.
    #[schemars(extend("x-zh" = "编号。"))]
    id: i64,
    /// The version, as in the ETag.
    #[schemars(extend("x-zh" = "版本，同 ETag。"))]
    version: i64,
    /// Whom it is about.
    #[schemars(extend("x-zh" = "所属人员。"))]
    person: i64,
    /// The person's name.
    #[schemars(extend("x-zh" = "姓名。"))]
    name: String,
    /// The employer.
    #[schemars(extend("x-zh" = "用人单位。"))]
    employer: String,
    /// The state: `waiting`, `verified`, `reopened`.
    #[schemars(extend("x-zh" = "waiting 待审验、verified 已审验、reopened 重新审验。"))]
    state: String,
    /// The last day, where one is set.
    #[schemars(extend("x-zh" = "期限。"))]
    due: Option<String>,
    /// The status as determined.
    #[schemars(extend("x-zh" = "认定结果。"))]
    status: String,
    /// Hours that count.
    #[schemars(extend("x-zh" = "计入的学时。"))]
    total: Hours,
    /// Whether whoever asks may verify it now.
    #[schemars(extend("x-zh" = "提出请求的人现在可否审验。"))]
    open_to_me: bool,
}

/// A verification.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(extend("x-zh" = "审验事项。"))]
pub(in crate::web) struct Verification {
    /// Its id.
    #[schemars(extend("x-zh" = "编号。"))]
    id: i64,
    /// The version, as in the ETag.
    #[schemars(extend("x-zh" = "版本，同 ETag。"))]
    version: i64,
    /// Whom it is about.
    #[schemars(extend("x-zh" = "所属人员。"))]
    person: i64,
    /// The state: `waiting`, `verified`, `reopened`.
    #[schemars(extend("x-zh" = "waiting 待审验、verified 已审验、reopened 重新审验。"))]
    state: String,
    /// Since when it stands so.
    #[schemars(extend("format" = "date-time", "x-zh" = "自何时起为这一状态。"))]
    since: String,
    /// The last day, where one is set.
    #[schemars(extend("x-zh" = "期限。"))]
    due: Option<String>,
    /// The stage it waits at.
    #[schemars(extend("x-zh" = "正在等候的环节。"))]
    stage: Option<String>,
    /// The determination that stands.
    #[schemars(extend("x-zh" = "现行认定结果的编号。"))]
    determination: Option<i64>,
    /// What it says; hours in hundredths.
    #[schemars(extend("x-zh" = "认定结果的内容，学时以百分之一为单位。"))]
    result: Value,
    /// The way so far.
    #[schemars(extend("x-zh" = "办理经过。"))]
    way: Vec<Taken>,
    /// The steps that whoever asks may take now.
    #[schemars(extend("x-zh" = "提出请求的人现在可办的步骤。"))]
    steps: Vec<&'static str>,
}

impl From<YearLine> for VerificationLine {
    fn from(line: YearLine) -> Self {
        Self {
            id: line.case,
            version: line.version,
            person: line.person,
            name: line.name,
            employer: line.employer,
            state: line.state,
            due: line.due,
            status: line.status,
            total: Hours(line.total),
            open_to_me: line.open_to_me,
        }
    }
}

impl From<CaseShown> for Verification {
    fn from(shown: CaseShown) -> Self {
        Self {
            id: shown.id,
            version: shown.version,
            person: shown.person.id,
            state: shown.state,
            since: instant(shown.since),
            due: shown.due,
            stage: shown.stage.map(|stage| stage.id),
            determination: shown.determination.as_ref().map(|one| one.id),
            result: shown.determination.map_or(Value::Null, |one| one.result),
            way: shown.way.into_iter().map(Taken::from).collect(),
            steps: shown.steps.iter().map(|step| step.id).collect(),
        }
    }
}

/// `GET /api/v1/verifications`.
pub(in crate::web) async fn list(State(app): State<Arc<App>>, Signed { actor }: Signed, Query(sought): Query<Sought>) -> Result<Json<List<VerificationLine>>, Failed> {
    let (after, limit) = (sought.cursor.map_or(0, |cursor| cursor.0[0]), sought.limit.0);
    let state = match sought.state {
        None => "",
        Some(CaseState::Open) => "open",
        Some(CaseState::Waiting) => "waiting",
        Some(CaseState::Verified) => "verified",
        Some(CaseState::Reopened) => "reopened",
    };
    let page = ask(&app, move |registry| registry.year(&actor, sought.year.0, YearSought { state, ..YearSought::default() }, after, limit)).await?;
    Ok(Json(List::new(page.lines, limit, |last| Cursor([last.case]).text(), VerificationLine::from)))
}

/// `POST /api/v1/verifications/open`.
pub(in crate::web) async fn open(State(app): State<Arc<App>>, Signed { actor }: Signed, Body(opening): Body<Opening>) -> Result<Begun<Job>, Failed> {
    jobs::begun(&app, actor, move |registry, actor| registry.begin_opening(actor, opening.year.0)).await
}

/// `GET /api/v1/verifications/{id}`.
pub(in crate::web) async fn one(State(app): State<Arc<App>>, Signed { actor }: Signed, Id(id): Id) -> Result<Tagged<Verification>, Failed> {
    after(&app, actor, id, |_, _| Ok(())).await
}

/// `POST /api/v1/verifications/{id}/decide`.
pub(in crate::web) async fn decide(State(app): State<Arc<App>>, Signed { actor }: Signed, Id(id): Id, IfMatch(version): IfMatch, Body(verdict): Body<Verdict>) -> Result<Tagged<Verification>, Failed> {
    let step = match verdict.step {
        VerdictStep::Verify => "verify",
        VerdictStep::Reopen => "reopen",
    };
    after(&app, actor, id, move |registry, actor| registry.verify_year(actor, id, version, step, &verdict.opinion.0)).await
}

async fn after(app: &App, actor: Actor, id: i64, work: impl FnOnce(&Registry, &Actor) -> xueshi_registry::Result<()> + Send + 'static) -> Result<Tagged<Verification>, Failed> {
    let shown = ask(app, move |registry| {
        registry.must_flow(&actor, id, &VERIFICATION)?;
        work(registry, &actor)?;
        registry.case(&actor, id)
    })
    .await?;
    Ok(Tagged(shown.version, shown.into()))
}
