//! `/api/v1/employer-years`: an employer's year, gathered by the employer and handed on to the authorities above it.

use super::answer::{Begun, Json, List, Tagged};
use super::ask;
use super::describe::About;
use super::employer_year::{EmployerYear, EmployerYearLine, tagged};
use super::extract::{Body, Cursor, IfMatch, Limit, Query, Short};
use super::jobs::{self, Job};
use super::problem::Code;
use super::records::Year;
use super::years::IdYear;
use crate::web::errors::Failed;
use crate::web::session::Signed;
use crate::web::state::App;
use axum::extract::State;
use schemars::JsonSchema;
use serde::Deserialize;
use std::sync::Arc;
use xueshi_registry::YearWanted;
use xueshi_registry::employer_years::{Said, Seal};

/// `GET /api/v1/employer-years`.
pub(in crate::web) const LIST: About =
    About { id: "employer-years", tag: "employer-years", zh: "一年的各单位审验，按单位编号排列。", en: "The employers of a year, by the employer's id.", refuses: &[] };
/// `GET /api/v1/employer-years/{id}/{year}`.
pub(in crate::web) const ONE: About = About {
    id: "employer-year",
    tag: "employer-years",
    zh: "一个单位（编号为单位编号）的一年：人员情况、经过、现在可办的步骤；没有开启的 ETag 为 \"0\"。",
    en: "A year of an employer, whose id it is: how its people stand, its way, the steps open now; the ETag is \"0\" where it is not opened.",
    refuses: &[],
};
/// `POST /api/v1/employer-years/{id}/{year}/step`.
pub(in crate::web) const STEP: About = About {
    id: "step-employer-year",
    tag: "employer-years",
    zh: "报送、审核通过、退回单位、重新办理，附意见和盖章。",
    en: "Hand over, confirm, send back, take up again; with opinion and seal.",
    refuses: &[Code::WrongState, Code::Invalid],
};
/// `POST /api/v1/employer-years/{id}/{year}/verify`.
pub(in crate::web) const VERIFY: About = About {
    id: "verify-employer-year",
    tag: "employer-years",
    zh: "对该单位等候自己审验的人员签署同一意见，在后台逐人审验。",
    en: "Verify everybody of it who waits for whoever asks with one opinion, in the background.",
    refuses: &[],
};

/// Which employers are wanted.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::web) struct Sought {
    /// The year.
    #[schemars(extend("x-zh" = "年度。"))]
    year: Year,
    /// The state.
    #[serde(default)]
    #[schemars(with = "EmployerYearState", extend("x-zh" = "只列此状态的。"))]
    state: Option<EmployerYearState>,
    /// Where to go on: `next` of the part before.
    #[serde(default)]
    #[schemars(with = "Cursor<1>", extend("x-zh" = "从哪里接着列：上一页的 next。"))]
    cursor: Option<Cursor<1>>,
    /// How many at most.
    #[serde(default)]
    #[schemars(extend("x-zh" = "至多几项。"))]
    limit: Limit,
}

/// The states of an employer's year.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(inline)]
enum EmployerYearState {
    Gathering,
    SectorAuthority,
    PersonnelAuthority,
    SentBack,
    Confirmed,
}

impl EmployerYearState {
    fn word(self) -> &'static str {
        match self {
            Self::Gathering => "gathering",
            Self::SectorAuthority => "sector-authority",
            Self::PersonnelAuthority => "personnel-authority",
            Self::SentBack => "sent-back",
            Self::Confirmed => "confirmed",
        }
    }
}

/// A step of an employer's year.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("x-zh" = "单位年度审验的一步。"))]
pub(in crate::web) struct EmployerYearStep {
    /// The step.
    #[schemars(extend("x-zh" = "步骤：hand-over 报送、confirm 审核通过、send-back 退回单位、take-up-again 重新办理。"))]
    step: Steps,
    /// The opinion; the reason, needed for `send-back` and `take-up-again`.
    #[serde(default)]
    #[schemars(extend("x-zh" = "意见；退回、重新办理时必填理由。"))]
    opinion: Short<2000>,
    /// What was sealed.
    #[serde(default)]
    #[schemars(extend("x-zh" = "盖章：none 没有、paper 纸质、electronic 电子。"))]
    seal: Sealed,
}

/// The steps.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(inline)]
enum Steps {
    HandOver,
    Confirm,
    SendBack,
    TakeUpAgain,
}

impl Steps {
    fn word(self) -> &'static str {
        match self {
            Self::HandOver => "hand-over",
            Self::Confirm => "confirm",
            Self::SendBack => "send-back",
            Self::TakeUpAgain => "take-up-again",
        }
    }
}

/// What was sealed.
#[derive(Clone, Copy, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(inline)]
pub(super) enum Sealed {
    #[default]
    None,
    Paper,
    Electronic,
}

impl From<Sealed> for Seal {
    fn from(sealed: Sealed) -> Self {
        match sealed {
            Sealed::None => Self::None,
            Sealed::Paper => Self::Paper,
            Sealed::Electronic => Self::Electronic,
        }
    }
}

/// One opinion for many.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("x-zh" = "对多人的同一审验意见。"))]
pub(in crate::web) struct Everybody {
    /// Those of one status as determined; everybody unless given.
    #[serde(default)]
    #[schemars(extend("x-zh" = "只审验这一认定结果的；不填为所有人。"))]
    status: Option<StatusOf>,
    /// The opinion, which stands with each person's year.
    #[schemars(extend("x-zh" = "审验意见，每个人的记录上都会有。"))]
    opinion: Short<2000>,
}

/// What a year was determined to be.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(inline)]
enum StatusOf {
    Met,
    Short,
    Exempt,
    NotCovered,
    Undetermined,
}

impl StatusOf {
    fn word(self) -> &'static str {
        match self {
            Self::Met => "met",
            Self::Short => "short",
            Self::Exempt => "exempt",
            Self::NotCovered => "not-covered",
            Self::Undetermined => "undetermined",
        }
    }
}

/// `GET /api/v1/employer-years`.
pub(in crate::web) async fn list(State(app): State<Arc<App>>, Signed { actor }: Signed, Query(sought): Query<Sought>) -> Result<Json<List<EmployerYearLine>>, Failed> {
    let (after, limit) = (sought.cursor.map_or(0, |cursor| cursor.0[0]), sought.limit.0);
    let state = sought.state.map_or("", EmployerYearState::word);
    let page = ask(&app, move |registry| registry.employer_years(&actor, sought.year.0, (state, ""), after, limit)).await?;
    Ok(Json(List::new(page.lines, limit, |last| Cursor([last.employer]).text(), EmployerYearLine::from)))
}

/// `GET /api/v1/employer-years/{id}/{year}`.
pub(in crate::web) async fn one(State(app): State<Arc<App>>, Signed { actor }: Signed, IdYear(employer, year): IdYear) -> Result<Tagged<EmployerYear>, Failed> {
    ask(&app, move |registry| registry.employer_year(&actor, employer, year)).await.map(tagged)
}

/// `POST /api/v1/employer-years/{id}/{year}/step`.
pub(in crate::web) async fn step(
    State(app): State<Arc<App>>,
    Signed { actor }: Signed,
    IdYear(employer, year): IdYear,
    IfMatch(version): IfMatch,
    Body(taken): Body<EmployerYearStep>,
) -> Result<Tagged<EmployerYear>, Failed> {
    let said = Said { version, opinion: taken.opinion.0, seal: taken.seal.into() };
    let task = ask(&app, move |registry| {
        registry.step_employer_year(&actor, employer, year, taken.step.word(), &said)?;
        registry.employer_year(&actor, employer, year)
    });
    task.await.map(tagged)
}

/// `POST /api/v1/employer-years/{id}/{year}/verify`.
pub(in crate::web) async fn verify(State(app): State<Arc<App>>, Signed { actor }: Signed, IdYear(employer, year): IdYear, Body(everybody): Body<Everybody>) -> Result<Begun<Job>, Failed> {
    let wanted = YearWanted { year, employer, status: everybody.status.map_or("", StatusOf::word).to_owned(), opinion: everybody.opinion.0 };
    jobs::begun(&app, actor, move |registry, actor| registry.begin_verifying(actor, &wanted)).await
}
