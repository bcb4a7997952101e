//! `/api/v1/matters`: what somebody asked for about a person and others decide: transfers, changes, merges, exemptions, reasons; and records
//! of discipline. They are made at the person's own addresses.

use super::answer::{Created, Json, List, Tagged};
use super::ask;
use super::declarations::{Cite, Taken, Words};
use super::describe::About;
use super::extract::{Body, Cursor, Id, IfMatch, Limit, Query, Short};
use super::problem::Code;
use super::proofs::{File, ProofOf, decoded};
use super::time::{Day, instant};
use crate::web::errors::Failed;
use crate::web::pages::person::steps;
use crate::web::session::Signed;
use crate::web::state::App;
use axum::extract::State;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;
use xueshi_registry::grants::PolicySays;
use xueshi_registry::matters::{MatterLine, MatterShown, Which};
use xueshi_registry::{Actor, Registry};

/// `GET /api/v1/matters`.
pub(in crate::web) const LIST: About = About {
    id: "matters",
    tag: "matters",
    zh: "与我有关的事项（调动、变更、合并、免学、理由、学习纪律），最近的在前；或只列等我办理的，等得最久的在前。",
    en: "Matters one may see (transfers, changes, merges, exemptions, reasons, discipline), the latest first; or those that wait for who asks, longest first.",
    refuses: &[],
};
/// `GET /api/v1/matters/{id}`.
pub(in crate::web) const ONE: About =
    About {
        id: "matter", tag: "matters", zh: "一件事项：申请的内容、证明、规定怎么说、办理经过。", en: "A matter: what is asked for, its proofs, what the regulations say, its way.", refuses: &[]
    };
/// `POST /api/v1/matters/{id}/decide`.
pub(in crate::web) const DECIDE: About = About {
    id: "decide-matter",
    tag: "matters",
    zh: "办理一步：同意、不予办理、撤回、恢复、提前结束、撤销、提出异议、维持或撤销记录。",
    en: "Take a step: approve, refuse, withdraw, undo, end early, revoke, object, uphold or lift.",
    refuses: &[Code::NotAllowed, Code::WrongState, Code::Duplicate, Code::Invalid],
};
/// `GET /api/v1/matters/{id}/proofs/{proof}`.
pub(in crate::web) const PROOF: About = About { id: "matter-proof", tag: "matters", zh: "事项的一份证明，原样。", en: "A proof of a matter, as it was sent.", refuses: &[] };

/// Which matters are asked for.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::web) struct Sought {
    /// `all` that one may see, or those `waiting` for who asks.
    #[serde(default)]
    #[schemars(extend("x-zh" = "all 为全部可查看的，waiting 为等我办理的。"))]
    which: WhichSought,
    /// Where to go on: `next` of the part before.
    #[serde(default)]
    #[schemars(with = "Cursor<2>", extend("x-zh" = "从哪里接着列：上一页的 next。"))]
    cursor: Option<Cursor<2>>,
    /// How many at most.
    #[serde(default)]
    #[schemars(extend("x-zh" = "至多几项。"))]
    limit: Limit,
}

/// Which part of the matters.
#[derive(Clone, Copy, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(inline)]
enum WhichSought {
    #[default]
    All,
    Waiting,
}

/// A matter in a list.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(extend("x-zh" = "列表中的事项。"))]
pub(in crate::web) struct MatterListed {
    /// Its id.
    #[schemars(extend("x-zh" = "编号。"))]
    id: i64,
    /// `transfer`, `change`, `merge`, `exemption`, `reason` or `discipline`.
    #[schemars(extend("x-zh" = "transfer 调动、change 姓名证件变更、merge 重复登记合并、exemption 免学、reason 正当理由、discipline 学习纪律。"))]
    flow: String,
    /// Which of the kinds of its flow.
    #[schemars(extend("x-zh" = "流程中的哪一种。"))]
    kind: String,
    /// The state.
    #[schemars(extend("x-zh" = "状态。"))]
    state: String,
    /// The person's name.
    #[schemars(extend("x-zh" = "姓名。"))]
    name: String,
    /// The employer.
    #[schemars(extend("x-zh" = "用人单位。"))]
    employer: String,
    /// The other organisation it concerns; empty where there is none.
    #[schemars(extend("x-zh" = "另一方单位；没有的为空。"))]
    counterpart: String,
    /// Since when it stands so.
    #[schemars(extend("format" = "date-time", "x-zh" = "自何时起为这一状态。"))]
    since: String,
}

/// A matter.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(extend("x-zh" = "事项。"))]
pub(in crate::web) struct Matter {
    /// Its id.
    #[schemars(extend("x-zh" = "编号。"))]
    id: i64,
    /// The version, as in the ETag.
    #[schemars(extend("x-zh" = "版本，同 ETag。"))]
    version: i64,
    /// `transfer`, `change`, `merge`, `exemption`, `reason` or `discipline`.
    #[schemars(extend("x-zh" = "transfer 调动、change 姓名证件变更、merge 重复登记合并、exemption 免学、reason 正当理由、discipline 学习纪律。"))]
    flow: String,
    /// Which of the kinds of its flow.
    #[schemars(extend("x-zh" = "流程中的哪一种。"))]
    kind: String,
    /// The state.
    #[schemars(extend("x-zh" = "状态。"))]
    state: String,
    /// Since when it stands so.
    #[schemars(extend("format" = "date-time", "x-zh" = "自何时起为这一状态。"))]
    since: String,
    /// Whom it is about.
    #[schemars(extend("x-zh" = "所涉人员。"))]
    person: i64,
    /// The person's name.
    #[schemars(extend("x-zh" = "姓名。"))]
    name: String,
    /// The other person it is about.
    #[schemars(extend("x-zh" = "所涉的另一人。"))]
    other: Option<i64>,
    /// The employer.
    #[schemars(extend("x-zh" = "用人单位。"))]
    employer: String,
    /// The other organisation it concerns; empty where there is none.
    #[schemars(extend("x-zh" = "另一方单位；没有的为空。"))]
    counterpart: String,
    /// Since which day it shall hold.
    #[schemars(extend("x-zh" = "自哪一天起。"))]
    from: String,
    /// Until which day, where it ends.
    #[schemars(extend("x-zh" = "至哪一天；没有的为 null。"))]
    to: Option<String>,
    /// What is asked for, by the names of its kind; a number is masked.
    #[schemars(extend("x-zh" = "申请的内容；号码已遮盖。"))]
    facts: BTreeMap<String, String>,
    /// Its proofs.
    #[schemars(extend("x-zh" = "证明材料。"))]
    proofs: Vec<MatterProof>,
    /// What the regulations say of it.
    #[schemars(extend("x-zh" = "规定对此怎么说。"))]
    said: Vec<Says>,
    /// Whom it waits for: kinds of organisations, or `counterpart`.
    #[schemars(extend("x-zh" = "等谁办理：单位的种类，或 counterpart（另一方单位）。"))]
    holders: Vec<String>,
    /// The way so far.
    #[schemars(extend("x-zh" = "办理经过。"))]
    way: Vec<Taken>,
    /// The steps that whoever asks may take now.
    #[schemars(extend("x-zh" = "提出请求的人现在可办的步骤。"))]
    steps: Vec<&'static str>,
}

/// A proof of a matter.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(extend("x-zh" = "事项的证明材料。"))]
struct MatterProof {
    /// Its id; the file is at `/api/v1/matters/{id}/proofs/{proof}`.
    #[schemars(extend("x-zh" = "编号；文件在 /api/v1/matters/{id}/proofs/{proof}。"))]
    id: i64,
    /// Its name.
    #[schemars(extend("x-zh" = "文件名。"))]
    name: String,
    /// Its media type.
    #[schemars(extend("x-zh" = "媒体类型。"))]
    media: String,
    /// Its size in bytes.
    #[schemars(extend("x-zh" = "字节数。"))]
    bytes: i64,
}

/// What a regulation says of a matter.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(extend("x-zh" = "规定所说。"))]
struct Says {
    /// Where it stands.
    #[schemars(extend("x-zh" = "所在条款。"))]
    cite: Cite,
    /// What it says.
    #[schemars(extend("x-zh" = "内容。"))]
    text: Words,
    /// Who approves, of an exemption; null where the text names nobody.
    #[schemars(extend("x-zh" = "由谁审核（免学）；规定未写明的为 null。"))]
    approver: Option<Words>,
}

/// A step of a matter.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("x-zh" = "办理一步。"))]
pub(in crate::web) struct MatterDecision {
    /// The step, one of the matter's `steps`.
    #[schemars(extend("x-zh" = "步骤，见事项的 steps。"))]
    step: MatterStep,
    /// The reason; needed for all but `approve` and `withdraw`.
    #[serde(default)]
    #[schemars(extend("x-zh" = "理由；除 approve、withdraw 外必填。"))]
    reason: Short<2000>,
    /// The real last day, which `end` needs: `YYYY-MM-DD`.
    #[serde(default)]
    #[schemars(extend("x-zh" = "实际的最后一天，end 必填：YYYY-MM-DD。"))]
    on: Option<Day>,
}

/// The steps of matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(inline)]
enum MatterStep {
    Approve,
    Refuse,
    Withdraw,
    Undo,
    End,
    Revoke,
    Object,
    Uphold,
    Lift,
}

impl MatterStep {
    fn word(self) -> &'static str {
        match self {
            Self::Approve => "approve",
            Self::Refuse => "refuse",
            Self::Withdraw => "withdraw",
            Self::Undo => "undo",
            Self::End => "end",
            Self::Revoke => "revoke",
            Self::Object => "object",
            Self::Uphold => "uphold",
            Self::Lift => "lift",
        }
    }
}

/// A file that proves what is asked for.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("x-zh" = "证明所申请事项的文件。"))]
pub(super) struct Attachment {
    /// The name of the file.
    #[schemars(extend("x-zh" = "文件名。"))]
    name: Short<200>,
    /// The file, in Base64 (RFC 4648, 4).
    #[schemars(extend("contentEncoding" = "base64", "x-zh" = "文件内容，Base64（RFC 4648 第 4 节）。"))]
    content: String,
}

impl From<MatterLine> for MatterListed {
    fn from(line: MatterLine) -> Self {
        Self { id: line.case, flow: line.flow, kind: line.kind, state: line.state, name: line.name, employer: line.employer, counterpart: line.counterpart, since: instant(line.since) }
    }
}

impl From<PolicySays> for Says {
    fn from(said: PolicySays) -> Self {
        let approver = said.approver.as_ref().filter(|text| !text.zh.is_empty()).map(Words::from);
        Self { cite: said.cite.into(), text: (&said.text).into(), approver }
    }
}

impl From<MatterShown> for Matter {
    fn from(shown: MatterShown) -> Self {
        Self {
            id: shown.case,
            version: shown.version,
            flow: shown.flow.id.to_owned(),
            kind: shown.kind,
            state: shown.state,
            since: instant(shown.since),
            person: shown.person.0,
            name: shown.person.1,
            other: shown.other.map(|(id, _)| id),
            employer: shown.employer,
            counterpart: shown.counterpart,
            from: shown.from,
            to: shown.to,
            facts: shown.body,
            proofs: shown.papers.into_iter().map(|paper| MatterProof { id: paper.id, name: paper.name, media: paper.media, bytes: paper.bytes }).collect(),
            said: shown.said.into_iter().map(Says::from).collect(),
            holders: shown.holders,
            way: shown.way.into_iter().map(Taken::from).collect(),
            steps: shown.steps.iter().map(|step| step.id).collect(),
        }
    }
}

/// The files of a body: name and bytes.
///
/// # Errors
/// If one is not in Base64.
pub(super) fn files(sent: &[Attachment]) -> Result<Vec<(String, Vec<u8>)>, Failed> {
    sent.iter().enumerate().map(|(at, one)| Ok((one.name.0.clone(), decoded(&one.content, format!("proofs[{at}].content"))?))).collect()
}

/// Makes a matter, and tells how it stands then.
///
/// # Errors
/// What the registry refuses.
pub(super) async fn made(app: &App, actor: Actor, work: impl FnOnce(&Registry, &Actor) -> xueshi_registry::Result<i64> + Send + 'static) -> Result<Created<Matter>, Failed> {
    let shown = ask(app, move |registry| {
        let case = work(registry, &actor)?;
        registry.matter(&actor, case)
    })
    .await?;
    Ok(Created(format!("/api/v1/matters/{}", shown.case), shown.version, shown.into()))
}

/// `GET /api/v1/matters`.
pub(in crate::web) async fn list(State(app): State<Arc<App>>, Signed { actor }: Signed, Query(sought): Query<Sought>) -> Result<Json<List<MatterListed>>, Failed> {
    let (after, limit) = (sought.cursor.map(|cursor| (cursor.0[0], cursor.0[1])), sought.limit.0);
    let which = match sought.which {
        WhichSought::All => Which::All,
        WhichSought::Waiting => Which::Waiting,
    };
    let (_, lines) = ask(&app, move |registry| registry.matters(&actor, which, after, limit)).await?;
    Ok(Json(List::new(lines, limit, |last| Cursor([last.since, last.case]).text(), MatterListed::from)))
}

/// `GET /api/v1/matters/{id}`.
pub(in crate::web) async fn one(State(app): State<Arc<App>>, Signed { actor }: Signed, Id(id): Id) -> Result<Tagged<Matter>, Failed> {
    ask(&app, move |registry| registry.matter(&actor, id)).await.map(|shown| Tagged(shown.version, shown.into()))
}

/// `POST /api/v1/matters/{id}/decide`.
pub(in crate::web) async fn decide(
    State(app): State<Arc<App>>,
    Signed { actor }: Signed,
    Id(id): Id,
    IfMatch(version): IfMatch,
    Body(decision): Body<MatterDecision>,
) -> Result<Tagged<Matter>, Failed> {
    let shown = ask(&app, move |registry| {
        match (decision.step, decision.on) {
            (MatterStep::End, Some(Day(last))) => registry.end_exemption(&actor, id, version, &last, &decision.reason.0)?,
            (step, _) => registry.take_step(&actor, id, version, step.word(), &decision.reason.0)?,
        }
        registry.matter(&actor, id)
    });
    shown.await.map(|shown| Tagged(shown.version, shown.into()))
}

/// `GET /api/v1/matters/{id}/proofs/{proof}`.
pub(in crate::web) async fn proof(State(app): State<Arc<App>>, Signed { actor }: Signed, ProofOf(id, proof): ProofOf) -> Result<File, Failed> {
    let found = ask(&app, move |registry| {
        let its_own = registry.matter(&actor, id)?.papers.iter().any(|paper| paper.id == proof);
        if its_own { registry.paper(&actor, proof).map(Some) } else { Ok(None) }
    });
    let (name, media, bytes) = found.await?.ok_or(Code::NotFound)?;
    steps::file(&name, &media, bytes).map(File)
}
