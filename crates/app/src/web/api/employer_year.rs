//! An employer's year as the API tells it.

use super::answer::Tagged;
use super::time::instant;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;
use xueshi_registry::employer_years;

/// How the people of an employer stand, counted by duties.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(extend("x-zh" = "一个单位的人员情况，按义务计数。"))]
struct Counts {
    /// All.
    #[schemars(extend("x-zh" = "合计。"))]
    all: i64,
    /// By status as determined.
    #[schemars(extend("x-zh" = "按认定结果。"))]
    by_status: BTreeMap<String, i64>,
    /// Verified.
    #[schemars(extend("x-zh" = "已审验。"))]
    verified: i64,
    /// Verified once, and reopened.
    #[schemars(extend("x-zh" = "重新审验中。"))]
    reopened: i64,
    /// Waiting for the employer.
    #[schemars(extend("x-zh" = "等候单位审验。"))]
    with_employer: i64,
}

/// An employer in the list of a year.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(extend("x-zh" = "列表中的单位。"))]
pub(in crate::web) struct EmployerYearLine {
    /// The employer.
    #[schemars(extend("x-zh" = "单位编号。"))]
    employer: i64,
    /// Its name.
    #[schemars(extend("x-zh" = "单位名称。"))]
    name: String,
    /// The state of its year.
    #[schemars(extend("x-zh" = "状态：gathering 单位审验中、sector-authority 待行业主管部门审核、personnel-authority 待人社部门审核、sent-back 退回单位、confirmed 审验完成。"))]
    state: String,
    /// Since when it stands so.
    #[schemars(extend("format" = "date-time", "x-zh" = "自何时起为这一状态。"))]
    since: String,
    /// The last day, where one is set.
    #[schemars(extend("x-zh" = "期限。"))]
    due: Option<String>,
    /// Whether whoever asks may take a step now.
    #[schemars(extend("x-zh" = "提出请求的人现在可否办理。"))]
    open_to_me: bool,
    /// How its people stand.
    #[schemars(extend("x-zh" = "人员情况。"))]
    counts: Counts,
}

/// An employer's year.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(extend("x-zh" = "一个单位的一年。"))]
pub(in crate::web) struct EmployerYear {
    /// The employer.
    #[schemars(extend("x-zh" = "单位编号。"))]
    employer: i64,
    /// Its name.
    #[schemars(extend("x-zh" = "单位名称。"))]
    name: String,
    /// The year.
    #[schemars(extend("x-zh" = "年度。"))]
    year: i64,
    /// The state; null where the year is not opened.
    #[schemars(extend("x-zh" = "状态；没有开启的为 null。"))]
    state: Option<String>,
    /// The version, as in the ETag; 0 where the year is not opened.
    #[schemars(extend("x-zh" = "版本，同 ETag；没有开启的为 0。"))]
    version: i64,
    /// Since when it stands so.
    #[schemars(extend("x-zh" = "自何时起为这一状态。"))]
    since: Option<String>,
    /// The last day for the employer, where a policy sets one.
    #[schemars(extend("x-zh" = "单位的期限，规定设有的。"))]
    due: Option<String>,
    /// The kinds of organisations it goes to in turn.
    #[schemars(extend("x-zh" = "依次报送给哪几种单位。"))]
    chain: Vec<String>,
    /// How its people stand.
    #[schemars(extend("x-zh" = "人员情况。"))]
    counts: Counts,
    /// People with a post there for whom the year is not opened.
    #[schemars(extend("x-zh" = "在该单位任职而没有开启这一年的人数。"))]
    not_opened: i64,
    /// The way so far.
    #[schemars(extend("x-zh" = "办理经过。"))]
    way: Vec<EmployerYearTaken>,
    /// The steps that whoever asks may take now.
    #[schemars(extend("x-zh" = "提出请求的人现在可办的步骤。"))]
    steps: Vec<&'static str>,
    /// Whether whoever asks may verify people of it now.
    #[schemars(extend("x-zh" = "提出请求的人现在可否审验该单位的人员。"))]
    may_verify: bool,
}

/// A step that was taken.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(extend("x-zh" = "单位年度审验中已办的一步。"))]
struct EmployerYearTaken {
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
    /// The opinion or reason.
    #[schemars(extend("x-zh" = "意见或理由。"))]
    opinion: String,
    /// What was sealed.
    #[schemars(extend("x-zh" = "盖章。"))]
    seal: String,
    /// How the people stood then.
    #[schemars(extend("x-zh" = "当时的人员情况。"))]
    counts: Value,
    /// Its entry in the ledger.
    #[schemars(extend("x-zh" = "在账簿中的条目。"))]
    entry: i64,
}

impl From<employer_years::Counts> for Counts {
    fn from(counts: employer_years::Counts) -> Self {
        Self { all: counts.all, by_status: counts.by_status, verified: counts.verified, reopened: counts.reopened, with_employer: counts.with_employer }
    }
}

impl From<employer_years::EmployerYearLine> for EmployerYearLine {
    fn from(line: employer_years::EmployerYearLine) -> Self {
        Self { employer: line.employer, name: line.name, state: line.state, since: instant(line.since), due: line.due, open_to_me: line.open_to_me, counts: line.counts.into() }
    }
}

impl From<employer_years::EmployerYearStep> for EmployerYearTaken {
    fn from(taken: employer_years::EmployerYearStep) -> Self {
        Self { at: instant(taken.at), role: taken.role, step: taken.step, state: taken.to_state, opinion: taken.opinion, seal: taken.seal, counts: taken.counts, entry: taken.entry }
    }
}

/// An employer's year with its version.
pub(super) fn tagged(task: employer_years::EmployerYear) -> Tagged<EmployerYear> {
    let since = task.state.is_some().then(|| instant(task.since));
    let (state, version) = task.state.map_or((None, 0), |(state, version)| (Some(state), version));
    let shown = EmployerYear {
        employer: task.employer,
        name: task.name,
        year: task.year,
        state,
        version,
        since,
        due: task.due,
        chain: task.chain,
        counts: task.counts.into(),
        not_opened: task.not_opened,
        way: task.way.into_iter().map(EmployerYearTaken::from).collect(),
        steps: task.steps.iter().map(|step| step.id).collect(),
        may_verify: task.may_verify,
    };
    Tagged(version, shown)
}
