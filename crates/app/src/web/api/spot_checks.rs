//! `/api/v1/spot-checks`: samples of verified years, drawn by a seed so that anyone can draw them again, and what was found.

use super::answer::{Hours, Json, List, Made};
use super::ask;
use super::describe::About;
use super::extract::{Body, Cursor, Id, Part, Query, Short, Whole};
use super::problem::Code;
use super::records::Year;
use super::time::instant;
use crate::web::errors::Failed;
use crate::web::session::Signed;
use crate::web::state::App;
use axum::extract::State;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use xueshi_registry::spot_checks::{self, NewSpotCheck};

/// `POST /api/v1/spot-checks/draw`.
pub(in crate::web) const DRAW: About = About {
    id: "draw-spot-check",
    tag: "spot-checks",
    zh: "从一年已审验的人员中抽查；种子、人数和全部名单的散列值先记入账本。",
    en: "Draw a sample of what is verified of a year; seed, size and the hash of the whole list stand in the ledger first.",
    refuses: &[],
};
/// `GET /api/v1/spot-checks`.
pub(in crate::web) const LIST: About = About { id: "spot-checks", tag: "spot-checks", zh: "可查看的抽查，新的在前。", en: "The spot checks within reach, newest first.", refuses: &[] };
/// `GET /api/v1/spot-checks/{id}`.
pub(in crate::web) const ONE: About =
    About { id: "spot-check", tag: "spot-checks", zh: "一次抽查及抽到的人员，分页列出。", en: "A spot check with what was drawn, part by part.", refuses: &[] };
/// `POST /api/v1/spot-checks/{id}/findings`.
pub(in crate::web) const FIND: About = About {
    id: "find-in-spot-check",
    tag: "spot-checks",
    zh: "写明对抽到的一人的检查结果，只能写一次；有问题的重新审验。",
    en: "Say what was found of one that was drawn, once; what is wrong is verified again.",
    refuses: &[Code::WrongState],
};

/// What is to be drawn.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("x-zh" = "要抽查的内容。"))]
pub(in crate::web) struct Drawing {
    /// The year.
    #[schemars(extend("x-zh" = "年度。"))]
    year: Year,
    /// How many, at most 1000.
    #[schemars(extend("x-zh" = "抽多少人，至多 1000。"))]
    size: Whole,
    /// A seed that was drawn in front of others, such as by lot; one of this machine unless given.
    #[serde(default)]
    #[schemars(extend("x-zh" = "当众产生的随机种子，如摇号；不填由本机产生。"))]
    seed: Short<100>,
    /// Why, or under which plan; at least two characters.
    #[schemars(extend("x-zh" = "依据或计划，至少两个字。"))]
    reason: Short<2000>,
}

/// What was found.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("x-zh" = "检查结果。"))]
pub(in crate::web) struct Finding {
    /// The place in the sample, from 1.
    #[schemars(extend("x-zh" = "在样本中的位次，从 1 起。"))]
    place: Whole,
    /// What was found.
    #[schemars(extend("x-zh" = "sound 无问题、wrong 有问题。"))]
    finding: Found,
    /// What is wrong, which employer and person read; needed for `wrong`.
    #[serde(default)]
    #[schemars(extend("x-zh" = "发现的问题，单位和本人会看到；wrong 时必填。"))]
    note: Short<2000>,
}

/// What can be found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(inline)]
enum Found {
    Sound,
    Wrong,
}

/// A spot check.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(extend("x-zh" = "一次抽查。"))]
pub(in crate::web) struct SpotCheck {
    /// Its id.
    #[schemars(extend("x-zh" = "编号。"))]
    id: i64,
    /// The year.
    #[schemars(extend("x-zh" = "年度。"))]
    year: i64,
    /// Why it was drawn.
    #[schemars(extend("x-zh" = "依据或计划。"))]
    reason: String,
    /// The seed.
    #[schemars(extend("x-zh" = "随机种子。"))]
    seed: String,
    /// How many were drawn.
    #[schemars(extend("x-zh" = "抽了多少人。"))]
    size: i64,
    /// Out of how many.
    #[schemars(extend("x-zh" = "从多少人中抽的。"))]
    population: i64,
    /// SHA-256 of the ids of all cases there were, a line each, rising.
    #[schemars(extend("x-zh" = "全部事项编号（每行一个，由小到大）的 SHA-256。"))]
    digest: String,
    /// When it was drawn.
    #[schemars(extend("format" = "date-time", "x-zh" = "何时抽的。"))]
    at: String,
    /// How many were found sound.
    #[schemars(extend("x-zh" = "无问题的人数。"))]
    sound: i64,
    /// How many were found wrong.
    #[schemars(extend("x-zh" = "有问题的人数。"))]
    wrong: i64,
    /// Its entry in the ledger.
    #[schemars(extend("x-zh" = "在账簿中的条目。"))]
    entry: i64,
}

/// A spot check with what was drawn.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(extend("x-zh" = "一次抽查及抽到的人员。"))]
pub(in crate::web) struct SpotCheckShown {
    /// The spot check.
    #[schemars(extend("x-zh" = "抽查。"))]
    check: SpotCheck,
    /// What was drawn, by place.
    #[schemars(extend("x-zh" = "抽到的，按位次。"))]
    cases: List<Drawn>,
}

/// A case that was drawn.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(extend("x-zh" = "抽到的一人。"))]
pub(in crate::web) struct Drawn {
    /// Its place in the sample, from 1.
    #[schemars(extend("x-zh" = "位次，从 1 起。"))]
    place: i64,
    /// The verification.
    #[schemars(extend("x-zh" = "审验事项编号。"))]
    verification: i64,
    /// The person's name.
    #[schemars(extend("x-zh" = "姓名。"))]
    name: String,
    /// The employer.
    #[schemars(extend("x-zh" = "用人单位。"))]
    employer: String,
    /// The status as determined.
    #[schemars(extend("x-zh" = "认定结果。"))]
    status: String,
    /// Hours that count.
    #[schemars(extend("x-zh" = "计入的学时。"))]
    total: Hours,
    /// The state of the verification.
    #[schemars(extend("x-zh" = "审验事项的状态。"))]
    state: String,
    /// `sound` or `wrong`; null while it is not looked at.
    #[schemars(extend("x-zh" = "sound 无问题、wrong 有问题；还没有检查的为 null。"))]
    finding: Option<String>,
    /// What was written.
    #[schemars(extend("x-zh" = "写明的内容。"))]
    note: String,
    /// Whether whoever asks may say what was found.
    #[schemars(extend("x-zh" = "提出请求的人现在可否写检查结果。"))]
    open_to_me: bool,
}

impl From<spot_checks::SpotCheck> for SpotCheck {
    fn from(check: spot_checks::SpotCheck) -> Self {
        Self {
            id: check.id,
            year: check.year,
            reason: check.reason,
            seed: check.seed,
            size: check.drawn.0,
            population: check.drawn.1,
            digest: check.digest,
            at: instant(check.at),
            sound: check.found.0,
            wrong: check.found.1,
            entry: check.entry,
        }
    }
}

impl From<spot_checks::SpotCheckLine> for Drawn {
    fn from(line: spot_checks::SpotCheckLine) -> Self {
        Self {
            place: line.place,
            verification: line.case,
            name: line.name,
            employer: line.employer,
            status: line.status,
            total: Hours(line.total),
            state: line.state,
            finding: line.finding,
            note: line.note,
            open_to_me: line.open_to_me,
        }
    }
}

/// `POST /api/v1/spot-checks/draw`.
pub(in crate::web) async fn draw(State(app): State<Arc<App>>, Signed { actor }: Signed, Body(drawing): Body<Drawing>) -> Result<Made<SpotCheck>, Failed> {
    let new = NewSpotCheck { year: drawing.year.0, size: drawing.size.0, seed: drawing.seed.0, reason: drawing.reason.0 };
    let (check, _) = ask(&app, move |registry| {
        let id = registry.draw_spot_check(&actor, &new)?;
        registry.spot_check(&actor, id, 0, 0)
    })
    .await?;
    Ok(Made(format!("/api/v1/spot-checks/{}", check.id), check.into()))
}

/// `GET /api/v1/spot-checks`.
pub(in crate::web) async fn list(State(app): State<Arc<App>>, Signed { actor }: Signed, Query(part): Query<Part>) -> Result<Json<List<SpotCheck>>, Failed> {
    let (before, limit) = (part.cursor.map(|cursor| cursor.0[0]), part.limit.0);
    let checks = ask(&app, move |registry| registry.spot_checks(&actor, before, limit)).await?;
    Ok(Json(List::new(checks, limit, |last| Cursor([last.id]).text(), SpotCheck::from)))
}

/// `GET /api/v1/spot-checks/{id}`.
pub(in crate::web) async fn one(State(app): State<Arc<App>>, Signed { actor }: Signed, Id(id): Id, Query(part): Query<Part>) -> Result<Json<SpotCheckShown>, Failed> {
    let (after, limit) = (part.cursor.map_or(0, |cursor| cursor.0[0]), part.limit.0);
    let (check, lines) = ask(&app, move |registry| registry.spot_check(&actor, id, after, limit)).await?;
    Ok(Json(SpotCheckShown { check: check.into(), cases: List::new(lines, limit, |last| Cursor([last.place]).text(), Drawn::from) }))
}

/// `POST /api/v1/spot-checks/{id}/findings`.
pub(in crate::web) async fn find(State(app): State<Arc<App>>, Signed { actor }: Signed, Id(id): Id, Body(finding): Body<Finding>) -> Result<Json<Drawn>, Failed> {
    let place = finding.place.0;
    let (_, lines) = ask(&app, move |registry| {
        registry.find_in_spot_check(&actor, (id, place), finding.finding == Found::Sound, &finding.note.0)?;
        registry.spot_check(&actor, id, place - 1, 1)
    })
    .await?;
    lines.into_iter().next().map(|line| Json(line.into())).ok_or_else(|| Code::NotFound.into())
}
