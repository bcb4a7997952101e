//! `/api/v1/declarations`: what professionals declare, and what reviewers decide about it.

use super::answer::{Created, Hours, Tagged};
use super::ask;
use super::describe::About;
use super::extract::{Body, Id, IfMatch, Short, Whole};
use super::problem::{Code, Problem};
use super::proofs::Proof;
use super::time::instant;
use crate::web::errors::Failed;
use crate::web::session::Signed;
use crate::web::state::App;
use axum::extract::State;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;
use xueshi_policy::{ItemInfo, Lang, Text};
use xueshi_registry::flow::DECLARATION;
use xueshi_registry::{Actor, CaseShown, Declared, Registry, StepTaken};

const REFUSES: &[Code] = &[Code::WrongState, Code::Invalid];

/// `POST /api/v1/declarations`.
pub(in crate::web) const CREATE: About =
    About { id: "declare", tag: "declarations", zh: "新建申报（草稿）。", en: "Make a declaration, as a draft.", refuses: &[Code::NotFound, Code::WrongState, Code::Invalid] };
/// `GET /api/v1/declarations/{id}`.
pub(in crate::web) const ONE: About =
    About { id: "declaration", tag: "declarations", zh: "一项申报：内容、审核经过、现在可办的步骤。", en: "A declaration: its facts, its way, the steps open now.", refuses: &[] };
/// `PUT /api/v1/declarations/{id}`.
pub(in crate::web) const REVISE: About =
    About { id: "revise-declaration", tag: "declarations", zh: "修改草稿或退回补正的申报。", en: "Change a draft, or what was returned.", refuses: REFUSES };
/// `POST /api/v1/declarations/{id}/submit`.
pub(in crate::web) const SUBMIT: About = About { id: "submit-declaration", tag: "declarations", zh: "提交审核。", en: "Hand it in for review.", refuses: REFUSES };
/// `POST /api/v1/declarations/{id}/withdraw`.
pub(in crate::web) const WITHDRAW: About = About { id: "withdraw-declaration", tag: "declarations", zh: "撤回。", en: "Take it back.", refuses: REFUSES };
/// `POST /api/v1/declarations/{id}/decide`.
pub(in crate::web) const DECIDE: About =
    About {
        id: "decide-declaration", tag: "declarations", zh: "审核：认定、退回、不予认定；对已认定的撤销。", en: "Decide: accept, return, reject; revoke what was accepted.", refuses: REFUSES
    };

/// What is declared.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("x-zh" = "申报的内容。"))]
pub(in crate::web) struct Draft {
    /// What was learnt.
    #[schemars(extend("x-zh" = "学习内容。"))]
    title: String,
    /// Texts by column of the policies: `activity`, `subject`, `quantity`, `unit`, `start`, `end` …
    #[schemars(extend("x-zh" = "各列的内容：activity（学习形式）、subject（科目类别）、quantity（数量）、unit（单位）、start、end 等，见规定。"))]
    facts: BTreeMap<String, String>,
    /// The accepted record that it corrects.
    #[serde(default)]
    #[schemars(extend("x-zh" = "它所更正的已认定记录。"))]
    corrects: Option<Whole>,
}

/// What a reviewer decides.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("x-zh" = "审核决定。"))]
pub(in crate::web) struct Decision {
    /// The step.
    #[schemars(extend("x-zh" = "步骤。"))]
    step: DecisionStep,
    /// The reason, which the person reads; needed for all but `accept`.
    #[serde(default)]
    #[schemars(extend("x-zh" = "理由，申报人会看到；除 accept 外必填。"))]
    reason: Short<2000>,
}

/// The steps of a decision.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(inline)]
pub(in crate::web) enum DecisionStep {
    Accept,
    Return,
    Reject,
    Revoke,
}

impl DecisionStep {
    fn word(self) -> &'static str {
        match self {
            Self::Accept => "accept",
            Self::Return => "return",
            Self::Reject => "reject",
            Self::Revoke => "revoke",
        }
    }
}

/// A declaration.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(extend("x-zh" = "申报。"))]
pub(in crate::web) struct Declaration {
    /// Its id.
    #[schemars(extend("x-zh" = "编号。"))]
    id: i64,
    /// The id of its record, by which results name it.
    #[schemars(extend("x-zh" = "记录编号，认定结果以此称它。"))]
    record: i64,
    /// Whom it is about.
    #[schemars(extend("x-zh" = "所属人员。"))]
    person: i64,
    /// The state: `draft`, `waiting`, `returned`, `accepted`, `rejected`, `withdrawn`, `corrected`, `revoked`.
    #[schemars(extend("x-zh" = "状态：draft 草稿、waiting 待审核、returned 退回补正、accepted 已认定、rejected 不予认定、withdrawn 已撤回、corrected 已更正、revoked 已撤销。"))]
    state: String,
    /// The version, as in the ETag.
    #[schemars(extend("x-zh" = "版本，同 ETag。"))]
    version: i64,
    /// Since when it stands so.
    #[schemars(extend("format" = "date-time", "x-zh" = "自何时起为这一状态。"))]
    since: String,
    /// The year it belongs to.
    #[schemars(extend("x-zh" = "所属年度。"))]
    year: i64,
    /// What was learnt.
    #[schemars(extend("x-zh" = "学习内容。"))]
    title: String,
    /// Texts by column of the policies.
    #[schemars(extend("x-zh" = "各列的内容。"))]
    facts: BTreeMap<String, String>,
    /// The accepted record that it corrects.
    #[schemars(extend("x-zh" = "它所更正的已认定记录。"))]
    corrects: Option<i64>,
    /// The stage of review it waits at.
    #[schemars(extend("x-zh" = "正在等候的审核环节。"))]
    stage: Option<String>,
    /// Its proofs.
    #[schemars(extend("x-zh" = "证明材料。"))]
    proofs: Vec<Proof>,
    /// What it earns, or would earn, by each duty.
    #[schemars(extend("x-zh" = "按各项义务所得（或将得）的学时。"))]
    earns: Vec<Earned>,
    /// What is wrong with its facts; then nothing was reckoned.
    #[schemars(extend("x-zh" = "内容中的错误；有错误时未计算学时。"))]
    faults: Vec<Fault>,
    /// The way so far.
    #[schemars(extend("x-zh" = "办理经过。"))]
    way: Vec<Taken>,
    /// The steps that whoever asks may take now.
    #[schemars(extend("x-zh" = "提出请求的人现在可办的步骤。"))]
    steps: Vec<&'static str>,
}

/// What a record earns by a duty.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(extend("x-zh" = "按一项义务所得的学时。"))]
struct Earned {
    /// The duty.
    #[schemars(extend("x-zh" = "义务。"))]
    duty: String,
    /// The bucket the hours go to.
    #[schemars(extend("x-zh" = "计入的科目。"))]
    subject: String,
    /// The hours.
    #[schemars(extend("x-zh" = "学时。"))]
    hours: Hours,
    /// The rule that gives them.
    #[schemars(extend("x-zh" = "依据的规则。"))]
    rule: Option<String>,
    /// Where the rule stands.
    #[schemars(extend("x-zh" = "规则所在的条款。"))]
    cite: Option<Cite>,
    /// Why there are none.
    #[schemars(extend("x-zh" = "没有学时的原因（代码）。"))]
    problem: Option<String>,
}

/// A clause.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(extend("x-zh" = "条款。"))]
pub(super) struct Cite {
    /// The policy.
    #[schemars(extend("x-zh" = "规定。"))]
    policy: String,
    /// The clauses.
    #[schemars(extend("x-zh" = "条款。"))]
    clauses: Vec<String>,
}

impl From<&ItemInfo> for Cite {
    fn from(item: &ItemInfo) -> Self {
        Self { policy: item.policy.to_string(), clauses: item.cite.iter().map(ToString::to_string).collect() }
    }
}

impl From<(String, Vec<String>)> for Cite {
    fn from((policy, clauses): (String, Vec<String>)) -> Self {
        Self { policy, clauses }
    }
}

/// A value that can not be read.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(extend("x-zh" = "读不出的内容。"))]
struct Fault {
    /// Its column.
    #[schemars(extend("x-zh" = "列。"))]
    column: String,
    /// What is wrong, and what is accepted.
    #[schemars(extend("x-zh" = "错在哪里，可以填什么。"))]
    message: Words,
}

/// A text in both languages.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(extend("x-zh" = "两种语言的文字。"))]
pub(super) struct Words {
    /// Chinese.
    #[schemars(extend("x-zh" = "中文。"))]
    zh: String,
    /// English.
    #[schemars(extend("x-zh" = "英文。"))]
    en: String,
}

impl From<&Text> for Words {
    fn from(text: &Text) -> Self {
        Self { zh: text.zh.clone(), en: text.get(Lang::En).to_owned() }
    }
}

/// A step that was taken.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(extend("x-zh" = "已办的一步。"))]
pub(super) struct Taken {
    /// When.
    #[schemars(extend("format" = "date-time", "x-zh" = "何时。"))]
    at: String,
    /// In which role.
    #[schemars(extend("x-zh" = "以什么身份。"))]
    role: String,
    /// Which step.
    #[schemars(extend("x-zh" = "哪一步。"))]
    step: String,
    /// The state it led to.
    #[schemars(extend("x-zh" = "到了什么状态。"))]
    state: String,
    /// The stage of review it was.
    #[schemars(extend("x-zh" = "所在的审核环节。"))]
    stage: Option<String>,
    /// The reason given.
    #[schemars(extend("x-zh" = "理由。"))]
    reason: String,
    /// Its entry in the ledger.
    #[schemars(extend("x-zh" = "在账簿中的条目。"))]
    entry: Option<i64>,
}

impl From<StepTaken> for Taken {
    fn from(taken: StepTaken) -> Self {
        Self { at: instant(taken.at), role: taken.role, step: taken.step, state: taken.to_state, stage: taken.stage, reason: taken.reason, entry: taken.entry }
    }
}

/// `POST /api/v1/declarations`.
pub(in crate::web) async fn create(State(app): State<Arc<App>>, Signed { actor }: Signed, Body(draft): Body<Draft>) -> Result<Created<Declaration>, Failed> {
    let person = actor.person.ok_or(Code::NotAllowed)?;
    let (id, shown) = ask(&app, move |registry| {
        let id = registry.declare(&actor, person, &draft.into())?;
        Ok((id, registry.case(&actor, id)?))
    })
    .await?;
    let declaration = declaration(shown)?;
    Ok(Created(format!("/api/v1/declarations/{id}"), declaration.version, declaration))
}

/// `GET /api/v1/declarations/{id}`.
pub(in crate::web) async fn one(State(app): State<Arc<App>>, Signed { actor }: Signed, Id(id): Id) -> Result<Tagged<Declaration>, Failed> {
    after(&app, actor, id, |_, _| Ok(())).await
}

/// `PUT /api/v1/declarations/{id}`.
pub(in crate::web) async fn revise(State(app): State<Arc<App>>, Signed { actor }: Signed, Id(id): Id, IfMatch(version): IfMatch, Body(draft): Body<Draft>) -> Result<Tagged<Declaration>, Failed> {
    after(&app, actor, id, move |registry, actor| registry.revise(actor, id, version, &draft.into())).await
}

/// `POST /api/v1/declarations/{id}/submit`.
pub(in crate::web) async fn submit(State(app): State<Arc<App>>, Signed { actor }: Signed, Id(id): Id, IfMatch(version): IfMatch) -> Result<Tagged<Declaration>, Failed> {
    after(&app, actor, id, move |registry, actor| registry.submit(actor, id, version)).await
}

/// `POST /api/v1/declarations/{id}/withdraw`.
pub(in crate::web) async fn withdraw(State(app): State<Arc<App>>, Signed { actor }: Signed, Id(id): Id, IfMatch(version): IfMatch) -> Result<Tagged<Declaration>, Failed> {
    after(&app, actor, id, move |registry, actor| registry.withdraw(actor, id, version)).await
}

/// `POST /api/v1/declarations/{id}/decide`.
pub(in crate::web) async fn decide(
    State(app): State<Arc<App>>,
    Signed { actor }: Signed,
    Id(id): Id,
    IfMatch(version): IfMatch,
    Body(decision): Body<Decision>,
) -> Result<Tagged<Declaration>, Failed> {
    after(&app, actor, id, move |registry, actor| registry.decide(actor, id, version, decision.step.word(), &decision.reason.0)).await
}

/// Does something with a declaration, and tells how it stands then.
///
/// # Errors
/// If there is none within reach, or what is done is refused.
pub(super) async fn after(app: &App, actor: Actor, id: i64, work: impl FnOnce(&Registry, &Actor) -> xueshi_registry::Result<()> + Send + 'static) -> Result<Tagged<Declaration>, Failed> {
    let shown = ask(app, move |registry| {
        registry.must_flow(&actor, id, &DECLARATION)?;
        work(registry, &actor)?;
        registry.case(&actor, id)
    })
    .await?;
    let declaration = declaration(shown)?;
    Ok(Tagged(declaration.version, declaration))
}

impl From<Draft> for Declared {
    fn from(draft: Draft) -> Self {
        Self { title: draft.title, facts: draft.facts, corrects: draft.corrects.map(|id| id.0) }
    }
}

fn declaration(shown: CaseShown) -> Result<Declaration, Failed> {
    let record = shown.record.ok_or_else(|| Problem::from(Code::NotFound))?;
    let trial = shown.trial;
    let faults = trial.iter().flat_map(|trial| &trial.faults).map(|fault| Fault { column: fault.column.to_string(), message: (&fault.message).into() }).collect();
    let earned = trial.iter().flat_map(|trial| trial.after.iter().map(|result| (result, &trial.record))).filter_map(|(result, id)| {
        let record = result.records.iter().find(|record| record.record == *id)?;
        Some(Earned {
            duty: result.duty.to_string(),
            subject: record.subject.to_string(),
            hours: Hours(record.hours.0),
            rule: record.rule.as_ref().map(|rule| rule.id.to_string()),
            cite: record.rule.as_deref().map(Cite::from),
            problem: record.problem.as_ref().map(|problem| problem.code.to_string()),
        })
    });
    Ok(Declaration {
        id: shown.id,
        record: record.id,
        person: shown.person.id,
        state: shown.state,
        version: shown.version,
        since: instant(shown.since),
        year: record.year,
        title: record.title,
        facts: record.facts,
        corrects: shown.corrects,
        stage: shown.stage.map(|stage| stage.id),
        proofs: shown.proofs.into_iter().map(Proof::from).collect(),
        earns: earned.collect(),
        faults,
        way: shown.way.into_iter().map(Taken::from).collect(),
        steps: shown.steps.iter().map(|step| step.id).collect(),
    })
}
