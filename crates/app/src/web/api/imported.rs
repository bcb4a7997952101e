//! An import as the API tells it.

use super::declarations::Words;
use super::jobs::Job;
use super::time::instant;
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;
use xueshi_registry::{self as registry, Actor, Registry, RowOutcome};

/// An import in a list.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(extend("x-zh" = "列表中的导入。"))]
pub(in crate::web) struct ImportLine {
    /// Its id.
    #[schemars(extend("x-zh" = "编号。"))]
    pub(super) id: i64,
    /// What the table holds: `people` or `records`.
    #[schemars(extend("x-zh" = "表中是什么：people 人员，records 学习记录。"))]
    kind: &'static str,
    /// The name of the file; that of a table sent by a program is made of its kind.
    #[schemars(extend("x-zh" = "文件名；程序送来的按种类取名。"))]
    name: String,
    /// The SHA-256 of the file.
    #[schemars(extend("x-zh" = "文件的 SHA-256。"))]
    sha256: String,
    /// How many rows it has.
    #[schemars(extend("x-zh" = "行数。"))]
    rows: i64,
    /// `checking`, `checked`, `entering`, `entered`, `undone`; `loading` where sending it broke off.
    #[schemars(extend("x-zh" = "状态：checking 正在核对、checked 已核对待确认、entering 正在登记、entered 已登记、undone 没有登记、loading 上传中断。"))]
    state: String,
    /// When it was sent.
    #[schemars(extend("format" = "date-time", "x-zh" = "何时上传。"))]
    made_at: String,
}

/// An import.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(extend("x-zh" = "导入。"))]
pub(in crate::web) struct Import {
    /// Which.
    #[serde(flatten)]
    pub(super) line: ImportLine,
    /// What is to be said of the file as a whole: columns left out, an encoding recognised.
    #[schemars(extend("x-zh" = "关于整个文件的说明：未采用的列、识别出的编码等。"))]
    notices: Vec<Words>,
    /// How many rows come to what: `created`, `changed`, `unchanged`, `double`, `refused`.
    #[schemars(extend("x-zh" = "各结果的行数：created 新增、changed 变更、unchanged 已有且相同、double 重复、refused 不能导入。"))]
    counts: BTreeMap<&'static str, i64>,
    /// The work that is done, or was last.
    #[schemars(extend("x-zh" = "正在办的（或最近办的）后台任务。"))]
    job: Option<Job>,
}

/// What becomes of a row.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(extend("x-zh" = "一行的结果。"))]
pub(in crate::web) struct ImportRow {
    /// Its number in the file; 1 is the first under the header.
    #[schemars(extend("x-zh" = "行号；表头之下第一行为 1。"))]
    row: i64,
    /// `created`, `changed`, `unchanged`, `double`, `refused`.
    #[schemars(extend("x-zh" = "结果：created 新增、changed 变更、unchanged 已有且相同、double 重复、refused 不能导入。"))]
    outcome: &'static str,
    /// Whom or what it is about: name or title; empty once the rows are no longer kept.
    #[schemars(extend("x-zh" = "姓名或学习内容；原文不再保存后为空。"))]
    about: String,
    /// The person, where one was found.
    #[schemars(extend("x-zh" = "匹配到的人员。"))]
    person: Option<i64>,
    /// The declaration that was entered.
    #[schemars(extend("x-zh" = "已登记的申报。"))]
    declaration: Option<i64>,
    /// Where it is wrong, and why.
    #[schemars(extend("x-zh" = "错在哪里，为什么。"))]
    fault: Option<CellFault>,
    /// What changes.
    #[schemars(extend("x-zh" = "变更的内容。"))]
    changes: Vec<CellChange>,
}

/// A cell or row that can not be entered.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(extend("x-zh" = "不能导入的单元格或行。"))]
struct CellFault {
    /// The column; empty where it is the row.
    #[schemars(extend("x-zh" = "列；整行有误的为空。"))]
    column: String,
    /// What stands there; identity numbers are masked.
    #[schemars(extend("x-zh" = "所写的内容；身份证号已遮盖。"))]
    value: String,
    /// Cause and remedy.
    #[schemars(extend("x-zh" = "原因与办法。"))]
    message: Words,
}

/// A value that changes.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(extend("x-zh" = "变更的一项内容。"))]
struct CellChange {
    /// The column.
    #[schemars(extend("x-zh" = "列。"))]
    column: String,
    /// What is known now.
    #[schemars(extend("x-zh" = "现在的内容。"))]
    before: String,
    /// What it becomes.
    #[schemars(extend("x-zh" = "将改成的内容。"))]
    after: String,
}

impl From<registry::Import> for ImportLine {
    fn from(import: registry::Import) -> Self {
        Self { id: import.id, kind: import.kind.word(), name: import.name, sha256: import.digest, rows: import.rows, state: import.state, made_at: instant(import.made_at) }
    }
}

impl From<registry::ImportLine> for ImportRow {
    fn from(line: registry::ImportLine) -> Self {
        Self {
            row: line.row,
            outcome: line.outcome.word(),
            about: line.about,
            person: line.person,
            declaration: line.case,
            fault: line.fault.map(|fault| CellFault { column: fault.column, value: fault.value, message: (&fault.text).into() }),
            changes: line.changes.into_iter().map(|(column, before, after)| CellChange { column, before, after }).collect(),
        }
    }
}

/// An import and its work, as the registry tells them to the one who began it.
pub(super) fn shown(registry: &Registry, actor: &Actor, id: i64) -> registry::Result<Import> {
    let import = registry.import(actor, id)?;
    let job = import.job.map(|job| registry.job(actor, job)).transpose()?;
    Ok(Import {
        notices: import.notices.iter().map(Words::from).collect(),
        counts: RowOutcome::ALL.into_iter().map(|outcome| (outcome.word(), import.count(outcome))).collect(),
        job: job.map(Job::from),
        line: import.into(),
    })
}
