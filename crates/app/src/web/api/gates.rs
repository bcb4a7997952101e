//! `/api/v1/people/{id}/gates`, `/api/v1/gates`: what a person's years mean for a review, an appointment, an appraisal or a licence. An
//! answer is kept as it was given; a list of people keeps nothing.

use super::answer::{Json, List, Made, Tagged};
use super::ask;
use super::declarations::Taken;
use super::describe::About;
use super::extract::{Body, Cursor, Id, Limit, Query, Short, Whole};
use super::problem::Code;
use super::time::instant;
use crate::web::errors::Failed;
use crate::web::session::Signed;
use crate::web::state::App;
use axum::extract::State;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::sync::Arc;
use xueshi_registry::gates::{self, GateSought};

/// `POST /api/v1/people/{id}/gates`.
pub(in crate::web) const ASK: About = About {
    id: "ask-gate",
    tag: "gates",
    zh: "就某一日查询：此人的继续教育情况对评审、聘任、考核、注册意味着什么。答复连同依据保存并记入账本；没有规定提到的问题为 not-found。",
    en: "Ask what a person's years mean on a day for a review, an appointment, an appraisal or a licence. The answer is kept with what it came from and entered in the ledger; a question that no text asks is not-found.",
    refuses: &[],
};
/// `GET /api/v1/gates/answers`.
pub(in crate::web) const LIST: About = About { id: "gate-answers", tag: "gates", zh: "可查看的答复，新的在前。", en: "The answers within reach, newest first.", refuses: &[] };
/// `GET /api/v1/gates/answers/{id}`.
pub(in crate::web) const ONE: About = About {
    id: "gate-answer",
    tag: "gates",
    zh: "一次答复及其签注经过；没有签注的 ETag 为 \"0\"。",
    en: "An answer with the way of its endorsement; the ETag is \"0\" where there is none.",
    refuses: &[],
};
/// `GET /api/v1/gates/people`.
pub(in crate::web) const PEOPLE: About = About {
    id: "gate-people",
    tag: "gates",
    zh: "就一个问题、一个日期逐人查看，不保存；没有规定提到的问题为 not-found。",
    en: "Many people against one question on one day; nothing is kept. A question that no text asks is not-found.",
    refuses: &[Code::NotFound],
};

/// What is asked.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("x-zh" = "要查询的问题。"))]
pub(in crate::web) struct Question {
    /// The question as the policies name it: `title-review`, `appointment`, `grade-promotion`, `appraisal-excellent`, `licence-registration` …
    #[schemars(extend("x-zh" = "问题，用规定中的名称：title-review 职称评审、appointment 岗位聘用、grade-promotion 晋升、appraisal-excellent 考核优秀、licence-registration 执业注册等。"))]
    gate: Short<100>,
    /// The day, `YYYY-MM-DD`.
    #[schemars(extend("format" = "date", "x-zh" = "所问之日，写成 年-月-日。"))]
    on: String,
}

/// Which answers are wanted.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::web) struct Sought {
    /// Of this person.
    #[serde(default)]
    #[schemars(with = "Whole", extend("x-zh" = "只列此人的。"))]
    person: Option<Whole>,
    /// Where to go on: `next` of the part before.
    #[serde(default)]
    #[schemars(with = "Cursor<1>", extend("x-zh" = "从哪里接着列：上一页的 next。"))]
    cursor: Option<Cursor<1>>,
    /// How many at most.
    #[serde(default)]
    #[schemars(extend("x-zh" = "至多几项。"))]
    limit: Limit,
}

/// Whom a list is about.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::web) struct PeopleSought {
    /// The question.
    #[schemars(extend("x-zh" = "问题。"))]
    gate: Short<100>,
    /// The day, `YYYY-MM-DD`.
    #[schemars(extend("format" = "date", "x-zh" = "所问之日，写成 年-月-日。"))]
    on: String,
    /// Of this employer.
    #[serde(default)]
    #[schemars(with = "Whole", extend("x-zh" = "只列此单位的人员。"))]
    employer: Option<Whole>,
    /// Where to go on: `next` of the part before.
    #[serde(default)]
    #[schemars(with = "Cursor<1>", extend("x-zh" = "从哪里接着列：上一页的 next。"))]
    cursor: Option<Cursor<1>>,
    /// How many at most.
    #[serde(default)]
    #[schemars(extend("x-zh" = "至多几项。"))]
    limit: Limit,
}

/// An answer as it was given.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(extend("x-zh" = "一次答复，保持作出时的样子。"))]
pub(in crate::web) struct GateAnswer {
    /// Its id.
    #[schemars(extend("x-zh" = "编号。"))]
    id: i64,
    /// The question.
    #[schemars(extend("x-zh" = "问题。"))]
    gate: String,
    /// Whom it is about.
    #[schemars(extend("x-zh" = "所属人员。"))]
    person: i64,
    /// The person's name.
    #[schemars(extend("x-zh" = "姓名。"))]
    name: String,
    /// The day asked about.
    #[schemars(extend("format" = "date", "x-zh" = "所问之日。"))]
    on: String,
    /// When it was asked.
    #[schemars(extend("format" = "date-time", "x-zh" = "何时查询。"))]
    at: String,
    /// In which role.
    #[schemars(extend("x-zh" = "以什么身份查询。"))]
    role: String,
    /// `yes`, `no` or `unknown`: what the texts leave to who decides is unknown.
    #[schemars(extend("x-zh" = "yes 符合、no 不符合、unknown 无法确定（留给决定机构判断的）。"))]
    answer: String,
    /// What each text answered, as entered in the ledger; hours in hundredths.
    #[schemars(extend("x-zh" = "各条规定的答复，如账簿所记，学时以百分之一为单位。"))]
    result: Value,
    /// The hashes of the facts and regulations it came from.
    #[schemars(extend("x-zh" = "所依据的事实与规定的散列值。"))]
    basis: Value,
    /// The version of the program.
    #[schemars(extend("x-zh" = "程序的版本。"))]
    engine: String,
    /// Its entry in the ledger.
    #[schemars(extend("x-zh" = "在账簿中的条目。"))]
    entry: i64,
    /// The state of its endorsement, where one was asked for: `waiting`, `endorsed`, `refused`.
    #[schemars(extend("x-zh" = "签注的状态：waiting 待审核签注、endorsed 已签注、refused 未予签注；没有申请的为 null。"))]
    endorsement: Option<String>,
}

/// An answer with its endorsement.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(extend("x-zh" = "一次答复及其签注。"))]
pub(in crate::web) struct GateShown {
    /// The answer.
    #[schemars(extend("x-zh" = "答复。"))]
    answered: GateAnswer,
    /// The version of the endorsement, as in the ETag; 0 where there is none.
    #[schemars(extend("x-zh" = "签注的版本，同 ETag；没有签注的为 0。"))]
    version: i64,
    /// The kinds of organisations the endorsement waits for.
    #[schemars(extend("x-zh" = "签注正在等候的单位种类。"))]
    waits_for: Vec<String>,
    /// The way of the endorsement.
    #[schemars(extend("x-zh" = "签注的经过。"))]
    way: Vec<Taken>,
    /// The steps that whoever asks may take now.
    #[schemars(extend("x-zh" = "提出请求的人现在可办的步骤。"))]
    steps: Vec<&'static str>,
    /// Whether whoever asks may have it endorsed.
    #[schemars(extend("x-zh" = "提出请求的人现在可否申请签注。"))]
    may_request: bool,
}

/// A person of a list.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(extend("x-zh" = "逐人查看的一行。"))]
pub(in crate::web) struct GatePerson {
    /// The person.
    #[schemars(extend("x-zh" = "人员编号。"))]
    person: i64,
    /// The name.
    #[schemars(extend("x-zh" = "姓名。"))]
    name: String,
    /// The employer.
    #[schemars(extend("x-zh" = "用人单位。"))]
    employer: String,
    /// `yes`, `no` or `unknown`.
    #[schemars(extend("x-zh" = "yes 符合、no 不符合、unknown 无法确定。"))]
    answer: &'static str,
    /// What each text answered; hours in hundredths.
    #[schemars(extend("x-zh" = "各条规定的答复，学时以百分之一为单位。"))]
    result: Value,
}

impl From<gates::GateAnswered> for GateAnswer {
    fn from(one: gates::GateAnswered) -> Self {
        Self {
            id: one.id,
            gate: one.gate,
            person: one.person.0,
            name: one.person.1,
            on: one.on,
            at: instant(one.at),
            role: one.by.1,
            answer: one.answer,
            result: one.result,
            basis: one.basis,
            engine: one.engine,
            entry: one.entry,
            endorsement: one.endorsement,
        }
    }
}

/// An answer with the version of its endorsement.
pub(super) fn tagged(shown: gates::GateShown) -> Tagged<GateShown> {
    let (version, waits_for) = shown.case.map_or((0, Vec::new()), |(_, version, holders)| (version, holders));
    let shown = GateShown {
        answered: shown.answered.into(),
        version,
        waits_for,
        way: shown.way.into_iter().map(Taken::from).collect(),
        steps: shown.steps.iter().map(|step| step.id).collect(),
        may_request: shown.may_request,
    };
    Tagged(version, shown)
}

/// `POST /api/v1/people/{id}/gates`.
pub(in crate::web) async fn create(State(app): State<Arc<App>>, Signed { actor }: Signed, Id(person): Id, Body(question): Body<Question>) -> Result<Made<GateAnswer>, Failed> {
    let shown = ask(&app, move |registry| {
        let id = registry.ask_gate(&actor, person, &question.gate.0, &question.on)?;
        registry.gate_answer(&actor, id)
    })
    .await?;
    Ok(Made(format!("/api/v1/gates/answers/{}", shown.answered.id), shown.answered.into()))
}

/// `GET /api/v1/gates/answers`.
pub(in crate::web) async fn list(State(app): State<Arc<App>>, Signed { actor }: Signed, Query(sought): Query<Sought>) -> Result<Json<List<GateAnswer>>, Failed> {
    let (before, limit, person) = (sought.cursor.map(|cursor| cursor.0[0]), sought.limit.0, sought.person.map(|id| id.0));
    let lines = ask(&app, move |registry| registry.gate_answers(&actor, person, before, limit)).await?;
    Ok(Json(List::new(lines, limit, |last| Cursor([last.id]).text(), GateAnswer::from)))
}

/// `GET /api/v1/gates/answers/{id}`.
pub(in crate::web) async fn one(State(app): State<Arc<App>>, Signed { actor }: Signed, Id(id): Id) -> Result<Tagged<GateShown>, Failed> {
    ask(&app, move |registry| registry.gate_answer(&actor, id)).await.map(tagged)
}

/// `GET /api/v1/gates/people`.
pub(in crate::web) async fn people(State(app): State<Arc<App>>, Signed { actor }: Signed, Query(sought): Query<PeopleSought>) -> Result<Json<List<GatePerson>>, Failed> {
    let (after, limit, employer) = (sought.cursor.map_or(0, |cursor| cursor.0[0]), sought.limit.0, sought.employer.map_or(0, |id| id.0));
    let lines = ask(&app, move |registry| registry.gate_list(&actor, GateSought { gate: &sought.gate.0, on: &sought.on, employer, name: "" }, after, limit)).await?;
    let item = |line: gates::GateLine| GatePerson { person: line.person, name: line.name, employer: line.employer, answer: line.answer, result: line.result };
    Ok(Json(List::new(lines, limit, |last| Cursor([last.person]).text(), item)))
}
