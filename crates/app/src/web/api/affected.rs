//! Whom a draft of a policy affects, as the API tells it.

use super::answer::{Hours, List};
use super::declarations::Words;
use schemars::JsonSchema;
use serde::Serialize;
use xueshi_registry::{Came, Effect, EffectCount};

/// What the last trial of a draft came to.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(extend("x-zh" = "最近一次试算的结果。"))]
pub(in crate::web) struct Effects {
    /// The SHA-256 of the text that was tried; null before any trial.
    #[schemars(extend("x-zh" = "试算的文本的 SHA-256；未试算的为 null。"))]
    pub(super) sha256: Option<String>,
    /// The year that was tried.
    #[schemars(extend("x-zh" = "试算的年度。"))]
    pub(super) year: Option<i64>,
    /// How many results go from what to what, of the whole trial.
    #[schemars(extend("x-zh" = "各种变化的数量（整个试算）。"))]
    pub(super) counts: Vec<StatusCount>,
    /// Those of them whom whoever asks may see, by id.
    #[schemars(extend("x-zh" = "其中可查看的人员，按编号排列。"))]
    pub(super) people: List<AffectedPerson>,
}

/// How many results would go from one status to another.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(extend("x-zh" = "由一种结论变为另一种的数量。"))]
pub(super) struct StatusCount {
    /// The status now; null where there is no such duty.
    #[schemars(extend("x-zh" = "现在的结论；没有这项义务的为 null。"))]
    before: Option<String>,
    /// The status under the draft; null where there is no such duty.
    #[schemars(extend("x-zh" = "按草案的结论；没有这项义务的为 null。"))]
    after: Option<String>,
    /// How many.
    #[schemars(extend("x-zh" = "数量。"))]
    results: i64,
}

impl From<EffectCount> for StatusCount {
    fn from(count: EffectCount) -> Self {
        Self { before: count.before, after: count.after, results: count.people }
    }
}

/// Somebody whose results would be others.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(extend("x-zh" = "结果会改变的人员。"))]
pub(in crate::web) struct AffectedPerson {
    /// The person.
    #[schemars(extend("x-zh" = "人员编号。"))]
    pub(super) person: i64,
    /// The name.
    #[schemars(extend("x-zh" = "姓名。"))]
    name: String,
    /// The employer.
    #[schemars(extend("x-zh" = "用人单位。"))]
    employer: String,
    /// The duties whose results would be others.
    #[schemars(extend("x-zh" = "结果会改变的各项义务。"))]
    duties: Vec<AffectedDuty>,
}

/// A result that would be another.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(extend("x-zh" = "会改变的一项结果。"))]
struct AffectedDuty {
    /// The duty.
    #[schemars(extend("x-zh" = "义务。"))]
    duty: String,
    /// Whether a verification froze it: then it stays whatever is published.
    #[schemars(extend("x-zh" = "已经审验固定：公布后也不改变。"))]
    frozen: bool,
    /// The result now; null where there is no such duty.
    #[schemars(extend("x-zh" = "现在的结果；没有这项义务的为 null。"))]
    before: Option<CameTo>,
    /// The result under the draft; null where there is no such duty.
    #[schemars(extend("x-zh" = "按草案的结果；没有这项义务的为 null。"))]
    after: Option<CameTo>,
}

/// What a duty comes to.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(extend("x-zh" = "一项义务的结果。"))]
struct CameTo {
    /// `met`, `short` …
    #[schemars(extend("x-zh" = "结论：met 达到、short 未达到 等。"))]
    status: String,
    /// The hours that count.
    #[schemars(extend("x-zh" = "计入的学时。"))]
    hours: Hours,
    /// What is lacking.
    #[schemars(extend("x-zh" = "所缺。"))]
    lacks: Vec<Lacking>,
}

/// A requirement that is not met.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(extend("x-zh" = "未达到的一项要求。"))]
struct Lacking {
    /// The requirement.
    #[schemars(extend("x-zh" = "要求。"))]
    requirement: Words,
    /// The hours that lack.
    #[schemars(extend("x-zh" = "缺的学时。"))]
    hours: Hours,
}

impl From<Came> for CameTo {
    fn from(came: Came) -> Self {
        let lacks = came.lacks.iter().map(|(title, short)| Lacking { requirement: title.into(), hours: Hours(*short) });
        Self { lacks: lacks.collect(), hours: Hours(came.total), status: came.status }
    }
}

/// The people of some effects, each with all that would change.
pub(super) fn people(effects: Vec<Effect>) -> Vec<AffectedPerson> {
    let mut people: Vec<AffectedPerson> = Vec::new();
    for one in effects {
        let duty = AffectedDuty { duty: one.duty, frozen: one.frozen, before: one.before.map(CameTo::from), after: one.after.map(CameTo::from) };
        match people.last_mut().filter(|last| last.person == one.person) {
            Some(person) => person.duties.push(duty),
            None => people.push(AffectedPerson { person: one.person, name: one.name, employer: one.employer, duties: vec![duty] }),
        }
    }
    people
}
