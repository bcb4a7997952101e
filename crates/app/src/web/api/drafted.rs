//! A draft of a policy as the API tells it.

use super::declarations::Words;
use super::jobs::Job;
use super::time::instant;
use crate::web::pages::drafts::one::changes;
use schemars::JsonSchema;
use serde::Serialize;
use xueshi_policy::{Diagnostic, Severity};
use xueshi_registry::{self as registry, Actor, Registry};

/// Characters of a line that are shown beside a finding.
const EXCERPT: usize = 200;

/// A draft in a list.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(extend("x-zh" = "列表中的草案。"))]
pub(in crate::web) struct DraftLine {
    /// Its id.
    #[schemars(extend("x-zh" = "编号。"))]
    pub(super) id: i64,
    /// The id of the policy it would be.
    #[schemars(extend("x-zh" = "政策的标识。"))]
    policy: String,
    /// `draft`, `checked`, `tried`, `proposed`, `published`, `repealed`, `withdrawn`.
    #[schemars(extend("x-zh" = "状态：draft 草稿、checked 已检查、tried 已试算、proposed 待批准、published 已公布、repealed 已废止、withdrawn 已撤回。"))]
    state: String,
    /// The version, as in the ETag.
    #[schemars(extend("x-zh" = "版本，同 ETag。"))]
    pub(super) version: i64,
    /// Since when it stands so.
    #[schemars(extend("format" = "date-time", "x-zh" = "自何时起为这一状态。"))]
    since: String,
    /// From which day on it is in force, once it is published.
    #[schemars(extend("format" = "date", "x-zh" = "公布后自哪天起生效。"))]
    active_from: Option<String>,
    /// The SHA-256 of its text.
    #[schemars(extend("x-zh" = "文本的 SHA-256。"))]
    sha256: String,
}

/// A draft.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(extend("x-zh" = "政策草案。"))]
pub(in crate::web) struct PolicyDraft {
    /// Which.
    #[serde(flatten)]
    pub(super) line: DraftLine,
    /// The policy file, in TOML.
    #[schemars(extend("x-zh" = "政策文件（TOML）。"))]
    text: String,
    /// The SHA-256 of the text in force that it was drafted against; null for a new policy.
    #[schemars(extend("x-zh" = "起草时现行文本的 SHA-256；新政策为 null。"))]
    base: Option<String>,
    /// Whether the last trial is of this very text.
    #[schemars(extend("x-zh" = "最近一次试算的正是这份文本。"))]
    tried: bool,
    /// The year that was tried last.
    #[schemars(extend("x-zh" = "最近一次试算的年度。"))]
    trial_year: Option<i64>,
    /// What the checks find in it, beside the policies in force.
    #[schemars(extend("x-zh" = "与现行政策一起检查的发现。"))]
    findings: Vec<PolicyFinding>,
    /// What it changes against what is in force; empty for a new policy.
    #[schemars(extend("x-zh" = "与现行文本的差别；新政策为空。"))]
    changes: Vec<PolicyChange>,
    /// The work done last, a trial or determining anew; null where somebody else began it.
    #[schemars(extend("x-zh" = "最近的后台任务（试算或重新认定）；别人开始的为 null。"))]
    job: Option<Job>,
    /// The way so far.
    #[schemars(extend("x-zh" = "办理经过。"))]
    way: Vec<DraftStepDone>,
    /// The steps that whoever asks may take now.
    #[schemars(extend("x-zh" = "提出请求的人现在可办的步骤。"))]
    steps: Vec<&'static str>,
}

/// Something that a check found.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(extend("x-zh" = "检查的一项发现。"))]
struct PolicyFinding {
    /// Its stable code.
    #[schemars(extend("x-zh" = "不变的代码。"))]
    code: &'static str,
    /// `error`, `warning`, `note`; a draft with errors goes no further.
    #[schemars(extend("x-zh" = "轻重：error 错误（须改正才能继续）、warning 警告、note 提示。"))]
    severity: &'static str,
    /// The line, from 1.
    #[schemars(extend("x-zh" = "行，自 1 起。"))]
    line: usize,
    /// The column in characters, from 1.
    #[schemars(extend("x-zh" = "列（字符），自 1 起。"))]
    column: usize,
    /// What stands in the line, at most 200 characters of it.
    #[schemars(extend("x-zh" = "该行的内容，至多 200 字。"))]
    excerpt: String,
    /// What is the matter.
    #[schemars(extend("x-zh" = "原因。"))]
    cause: Words,
    /// What to do.
    #[schemars(extend("x-zh" = "办法。"))]
    remedy: Words,
}

/// Something that a draft changes.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(extend("x-zh" = "草案的一处改动。"))]
struct PolicyChange {
    /// The first year in which it makes a difference.
    #[schemars(extend("x-zh" = "自哪一年度起有差别。"))]
    year: i16,
    /// `added`, `removed`, `changed`.
    #[schemars(extend("x-zh" = "added 新增、removed 删去、changed 改动。"))]
    kind: &'static str,
    /// The item, as `kind.id`.
    #[schemars(extend("x-zh" = "条目，写作 种类.标识。"))]
    item: String,
    /// What it says now, or said; of a change the parts that differ.
    #[schemars(extend("x-zh" = "现在（或原来）怎么说；改动的只列不同之处。"))]
    text: Words,
}

/// A step that was taken.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(extend("x-zh" = "已办的一步。"))]
struct DraftStepDone {
    /// When.
    #[schemars(extend("format" = "date-time", "x-zh" = "何时。"))]
    at: String,
    /// By whom: the sign-in name.
    #[schemars(extend("x-zh" = "办理人的登录名。"))]
    by: String,
    /// Which step: `draft` to begin with, `edit`, or one that can be asked for.
    #[schemars(extend("x-zh" = "哪一步：draft 起草、edit 修改，或可请求的步骤。"))]
    step: String,
    /// The SHA-256 of the text it was taken on.
    #[schemars(extend("x-zh" = "所针对文本的 SHA-256。"))]
    sha256: String,
    /// The reason given.
    #[schemars(extend("x-zh" = "理由。"))]
    reason: String,
}

impl From<&registry::Draft> for DraftLine {
    fn from(draft: &registry::Draft) -> Self {
        Self {
            id: draft.id,
            policy: draft.policy.clone(),
            state: draft.state.clone(),
            version: draft.version,
            since: instant(draft.since),
            active_from: draft.active_from.clone(),
            sha256: draft.sha256.clone(),
        }
    }
}

impl From<Diagnostic> for PolicyFinding {
    fn from(found: Diagnostic) -> Self {
        let (line, column) = found.source.place(found.span.start);
        let severity = match found.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "note",
        };
        let excerpt = found.source.line(line).trim().chars().take(EXCERPT).collect();
        Self { code: found.code.name(), severity, line, column, excerpt, cause: (&found.cause).into(), remedy: (&found.remedy).into() }
    }
}

/// A draft of the actor's area.
pub(super) fn shown(registry: &Registry, actor: &Actor, id: i64) -> registry::Result<PolicyDraft> {
    let draft = registry.draft(actor, id)?;
    let change = |(year, change): (i16, xueshi_policy::Change)| PolicyChange { year, kind: change.kind, item: change.item, text: (&change.text).into() };
    let done = |step: registry::DraftStep| DraftStepDone { at: instant(step.at), by: step.by, step: step.step, sha256: step.sha256, reason: step.reason };
    Ok(PolicyDraft {
        line: (&draft).into(),
        base: draft.base.clone(),
        tried: draft.tried.as_ref() == Some(&draft.sha256),
        trial_year: draft.trial_year,
        findings: registry.check_draft(&draft).into_iter().map(PolicyFinding::from).collect(),
        changes: changes(registry.engine().library(), &draft).into_iter().map(change).collect(),
        job: draft.job.and_then(|job| registry.job(actor, job).ok()).map(Job::from),
        way: registry.draft_way(actor, id)?.into_iter().map(done).collect(),
        steps: registry.draft_steps(actor, &draft).iter().map(|step| step.id).filter(|step| *step != "edit").collect(),
        text: draft.text,
    })
}
