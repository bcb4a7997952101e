//! `/api/v1/people/{id}/years/{year}/grants` and what is asked for there: exemptions, reasons for a short year; and records of discipline.

use super::answer::{Created, Json};
use super::ask;
use super::declarations::{Cite, Words};
use super::describe::About;
use super::extract::{Body, Id, Short};
use super::matters::{Attachment, Matter, files, made};
use super::problem::Code;
use super::time::Day;
use super::years::IdYear;
use crate::web::errors::Failed;
use crate::web::session::Signed;
use crate::web::state::App;
use axum::extract::State;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use xueshi_policy::{Clause, Excusing, Text};
use xueshi_registry::grants::{GrantLine, Grants, GroundHere, NewBreach, NewExemption, ground_key};

/// `GET /api/v1/people/{id}/years/{year}/grants`.
pub(in crate::web) const YEAR: About = About {
    id: "grants",
    tag: "matters",
    zh: "一人一年可以批准什么（免学事由、正当理由）、由谁审核，以及已经申请或记录的，至多 50 件。",
    en: "What can be granted to a person in a year (grounds of exemption, reasons), who approves, and what was asked for or recorded, 50 at most.",
    refuses: &[],
};
/// `POST /api/v1/people/{id}/exemptions`.
pub(in crate::web) const EXEMPTION: About = About {
    id: "ask-exemption",
    tag: "matters",
    zh: "按规定所列事由申请免学，附证明；所涉年度全部申请。",
    en: "Ask for an exemption on a ground that the regulations list, with proof, for every year that the days touch.",
    refuses: &[Code::WrongState, Code::Duplicate],
};
/// `POST /api/v1/people/{id}/years/{year}/reasons`.
pub(in crate::web) const REASON: About =
    About {
        id: "ask-reason", tag: "matters", zh: "申请接受一年未完成的正当理由。", en: "Ask that a reason for a short year be accepted.", refuses: &[Code::WrongState, Code::Duplicate]
    };
/// `POST /api/v1/people/{id}/breaches`.
pub(in crate::web) const BREACH: About = About {
    id: "record-breach",
    tag: "matters",
    zh: "记录拒不参加学习或违反学习纪律；本人可提出异议。",
    en: "Record a refusal to study or a breach of its discipline; the person can object.",
    refuses: &[],
};

/// What can be granted to a person in a year, and what was asked for.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(extend("x-zh" = "一人一年可以批准的和已经申请的。"))]
pub(in crate::web) struct GrantsOfYear {
    /// Whom it is about.
    #[schemars(extend("x-zh" = "人员编号。"))]
    person: i64,
    /// The year.
    #[schemars(extend("x-zh" = "年度。"))]
    year: i64,
    /// The grounds of exemptions: a closed list; empty where the regulations list none.
    #[schemars(extend("x-zh" = "免学事由，规定所列为限；没有的为空。"))]
    grounds: Vec<GroundListed>,
    /// What follows from a short year unless a reason was accepted; empty where no regulation speaks of reasons.
    #[schemars(extend("x-zh" = "未完成且理由未被接受的后果；规定没有说理由的为空。"))]
    consequences: Vec<Stated>,
    /// Kinds of organisations that decide on a reason.
    #[schemars(extend("x-zh" = "由哪种单位决定理由是否成立。"))]
    deciders: Vec<String>,
    /// The clauses that speak of the discipline of study.
    #[schemars(extend("x-zh" = "说到学习纪律的条款。"))]
    discipline: Vec<Stated>,
    /// What was asked for or recorded, the latest first.
    #[schemars(extend("x-zh" = "已经申请或记录的，新的在前。"))]
    asked: Vec<GrantAsked>,
    /// Whether whoever asks may ask for something.
    #[schemars(extend("x-zh" = "提出请求的人可否申请。"))]
    may_ask: bool,
    /// Whether whoever asks may record a breach of discipline.
    #[schemars(extend("x-zh" = "提出请求的人可否记录违反学习纪律。"))]
    may_record: bool,
}

/// A ground of exemption as it stands at the person's place.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(extend("x-zh" = "免学事由。"))]
struct GroundListed {
    /// What it is asked by.
    #[schemars(extend("x-zh" = "申请时所用的代码。"))]
    ground: String,
    /// What it is.
    #[schemars(extend("x-zh" = "名称。"))]
    title: Words,
    /// Where it stands.
    #[schemars(extend("x-zh" = "所在条款。"))]
    cite: Cite,
    /// Who approves.
    #[schemars(extend("x-zh" = "由谁审核。"))]
    approver: ApproverOf,
    /// Who approves for those who have returned.
    #[schemars(extend("x-zh" = "已返回的由谁审核。"))]
    returned: ApproverOf,
}

/// Who approves on a ground.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(extend("x-zh" = "由谁审核。"))]
struct ApproverOf {
    /// As the regulation says it; null where it names nobody.
    #[schemars(extend("x-zh" = "规定所写；未写明的为 null。"))]
    text: Option<Words>,
    /// The organisation named here; null where none is named, so that nothing can be asked for yet.
    #[schemars(extend("x-zh" = "本地指定的单位；尚未指定的为 null，暂不能申请。"))]
    organisation: Option<String>,
}

/// What a regulation says.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(extend("x-zh" = "规定所说。"))]
struct Stated {
    /// What it says.
    #[schemars(extend("x-zh" = "内容。"))]
    text: Words,
    /// Where it stands.
    #[schemars(extend("x-zh" = "所在条款。"))]
    cite: Cite,
}

/// Something asked for or recorded about a year.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(extend("x-zh" = "已经申请或记录的一件。"))]
struct GrantAsked {
    /// The matter, at `/api/v1/matters/{id}`.
    #[schemars(extend("x-zh" = "事项编号，见 /api/v1/matters/{id}。"))]
    matter: i64,
    /// `exemption`, `reason` or `discipline`.
    #[schemars(extend("x-zh" = "exemption 免学、reason 正当理由、discipline 学习纪律。"))]
    flow: String,
    /// Which of the kinds of its flow.
    #[schemars(extend("x-zh" = "流程中的哪一种。"))]
    kind: String,
    /// The state.
    #[schemars(extend("x-zh" = "状态。"))]
    state: String,
    /// The first day it is about.
    #[schemars(extend("x-zh" = "自哪一天起。"))]
    from: String,
    /// The last.
    #[schemars(extend("x-zh" = "至哪一天。"))]
    to: String,
}

/// An exemption to be asked for.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("x-zh" = "要申请的免学。"))]
pub(in crate::web) struct ExemptionAsked {
    /// The ground, as the grants of the year list it.
    #[schemars(extend("x-zh" = "事由，用一年的 grants 所列的代码。"))]
    ground: Short<200>,
    /// Whether the person has returned from the assignment.
    #[serde(default)]
    #[schemars(extend("x-zh" = "本人是否已返回。"))]
    returned: bool,
    /// First day of the assignment, `YYYY-MM-DD`.
    #[schemars(extend("x-zh" = "任务的第一天，YYYY-MM-DD。"))]
    from: Day,
    /// Its last day, as known.
    #[schemars(extend("x-zh" = "任务的最后一天（已知的）。"))]
    to: Day,
    /// Remarks.
    #[serde(default)]
    #[schemars(extend("x-zh" = "说明。"))]
    reason: Short<2000>,
    /// The proofs (PDF, JPEG, PNG), one at least.
    #[schemars(length(max = 10), extend("x-zh" = "证明材料（PDF、JPEG、PNG），至少一份。"))]
    proofs: Vec<Attachment>,
}

/// A reason for a short year.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("x-zh" = "未完成一年的正当理由。"))]
pub(in crate::web) struct ReasonAsked {
    /// The reason.
    #[schemars(extend("x-zh" = "理由。"))]
    reason: Short<2000>,
    /// The proofs (PDF, JPEG, PNG), where there are some.
    #[serde(default)]
    #[schemars(length(max = 10), extend("x-zh" = "证明材料（PDF、JPEG、PNG），没有的不填。"))]
    proofs: Vec<Attachment>,
}

/// A refusal to study, or a breach of its discipline.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("x-zh" = "拒不参加学习，或违反学习纪律。"))]
pub(in crate::web) struct BreachRecorded {
    /// Which of the two.
    #[schemars(extend("x-zh" = "refusal 拒不参加、breach 违反学习纪律。"))]
    kind: BreachKind,
    /// The day, `YYYY-MM-DD`.
    #[schemars(extend("x-zh" = "日期，YYYY-MM-DD。"))]
    on: Day,
    /// What happened.
    #[schemars(extend("x-zh" = "经过。"))]
    reason: Short<2000>,
    /// The proofs (PDF, JPEG, PNG), where there are some.
    #[serde(default)]
    #[schemars(length(max = 10), extend("x-zh" = "证明材料（PDF、JPEG、PNG），没有的不填。"))]
    proofs: Vec<Attachment>,
}

/// The kinds of a record of discipline.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(inline)]
enum BreachKind {
    Refusal,
    Breach,
}

fn approver(text: &Text, organisation: Option<String>) -> ApproverOf {
    ApproverOf { text: (!text.zh.is_empty()).then(|| text.into()), organisation }
}

impl From<GroundHere> for GroundListed {
    fn from(here: GroundHere) -> Self {
        let of = here.listed.ground;
        Self { ground: ground_key(&of), title: (&of.title).into(), cite: (&*of.item).into(), approver: approver(&of.approver, here.approver), returned: approver(&of.returned, here.returned) }
    }
}

impl From<Excusing> for Stated {
    fn from(one: Excusing) -> Self {
        Self { text: (&one.message).into(), cite: (&*one.item).into() }
    }
}

impl From<Clause> for Stated {
    fn from(one: Clause) -> Self {
        Self { text: (&one.gist).into(), cite: (one.policy, vec![one.clause]).into() }
    }
}

impl From<GrantLine> for GrantAsked {
    fn from(line: GrantLine) -> Self {
        Self { matter: line.case, flow: line.flow, kind: line.kind, state: line.state, from: line.from, to: line.to }
    }
}

/// `GET /api/v1/people/{id}/years/{year}/grants`.
pub(in crate::web) async fn year(State(app): State<Arc<App>>, Signed { actor }: Signed, IdYear(person, year): IdYear) -> Result<Json<GrantsOfYear>, Failed> {
    let of: Grants = ask(&app, move |registry| registry.grants(&actor, person, year)).await?;
    Ok(Json(GrantsOfYear {
        person: of.person.0,
        year,
        grounds: of.grounds.into_iter().map(GroundListed::from).collect(),
        consequences: of.consequences.into_iter().map(Stated::from).collect(),
        deciders: of.deciders,
        discipline: of.discipline.into_iter().map(Stated::from).collect(),
        asked: of.lines.into_iter().map(GrantAsked::from).collect(),
        may_ask: of.may_ask,
        may_record: of.may_record,
    }))
}

/// `POST /api/v1/people/{id}/exemptions`.
pub(in crate::web) async fn exemption(State(app): State<Arc<App>>, Signed { actor }: Signed, Id(person): Id, Body(asked): Body<ExemptionAsked>) -> Result<Created<Matter>, Failed> {
    let proofs = files(&asked.proofs)?;
    let new = NewExemption { ground: asked.ground.0, returned: asked.returned, from: asked.from.0, to: asked.to.0, reason: asked.reason.0 };
    made(&app, actor, move |registry, actor| registry.ask_exemption(actor, person, &new, &proofs)).await
}

/// `POST /api/v1/people/{id}/years/{year}/reasons`.
pub(in crate::web) async fn reason(State(app): State<Arc<App>>, Signed { actor }: Signed, IdYear(person, year): IdYear, Body(asked): Body<ReasonAsked>) -> Result<Created<Matter>, Failed> {
    let proofs = files(&asked.proofs)?;
    made(&app, actor, move |registry, actor| registry.ask_reason(actor, person, year, &asked.reason.0, &proofs)).await
}

/// `POST /api/v1/people/{id}/breaches`.
pub(in crate::web) async fn breach(State(app): State<Arc<App>>, Signed { actor }: Signed, Id(person): Id, Body(recorded): Body<BreachRecorded>) -> Result<Created<Matter>, Failed> {
    let proofs = files(&recorded.proofs)?;
    let kind = match recorded.kind {
        BreachKind::Refusal => "refusal",
        BreachKind::Breach => "breach",
    };
    let new = NewBreach { kind: kind.to_owned(), on: recorded.on.0, reason: recorded.reason.0 };
    made(&app, actor, move |registry, actor| registry.record_breach(actor, person, &new, &proofs)).await
}
