//! Assessments as the API tells them: the same JSON as `xueshi assess --format json --explain`.

use crate::output::{Json as Writer, JsonShape, assessment_json};
use crate::web::errors::Failed;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;
use xueshi_policy::{Assessment, Lang, ReadingEffect};

/// An assessment, written as the command line writes it.
#[derive(Debug, Serialize)]
#[serde(transparent)]
pub(in crate::web) struct Assessed(Value);

/// Writes an assessment with its explanation.
///
/// # Errors
/// If it is no JSON, which is a mistake of ours.
pub(super) fn assessed(assessment: &Assessment, readings: &[ReadingEffect], lang: Lang) -> Result<Assessed, Failed> {
    let mut json = Writer::new();
    assessment_json(&mut json, assessment, readings, JsonShape { lang, explain: true });
    serde_json::from_str(&json.into_text()).map(Assessed).map_err(|error| Failed::Internal(error.to_string()))
}

impl JsonSchema for Assessed {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Assessment".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        Told::json_schema(generator)
    }
}

/// What a duty of a year comes to, with every record, rule and clause.
#[derive(Serialize, JsonSchema)]
#[schemars(extend("x-zh" = "一项义务一年的认定：每条记录、规则与条款。"))]
#[allow(dead_code, reason = "says what is written elsewhere")]
struct Told {
    /// Whom it is about.
    #[schemars(extend("x-zh" = "人员编号。"))]
    person: String,
    /// The year.
    #[schemars(extend("x-zh" = "年度。"))]
    year: i16,
    /// The duty.
    #[schemars(extend("x-zh" = "义务。"))]
    duty: String,
    /// The first and the last day of its window.
    #[schemars(extend("x-zh" = "起止日期。"))]
    window: (String, String),
    /// The regulations that were applied.
    #[schemars(extend("x-zh" = "所适用的规定。"))]
    policies: Vec<String>,
    /// `met`, `short`, `exempt`, `not-covered` or `undetermined`.
    #[schemars(extend("x-zh" = "met 达到、short 未达到、exempt 免除、not-covered 不适用、undetermined 无法确定。"))]
    status: String,
    /// The unit of the hours.
    #[schemars(extend("x-zh" = "学时的单位。"))]
    unit: String,
    /// Hours by bucket, and their `total`; numbers with at most two decimals.
    #[schemars(with = "BTreeMap<String, super::answer::Hours>", extend("x-zh" = "各科目的学时及合计（total），至多两位小数。"))]
    hours: (),
    /// What is asked, what there is of it, and what is short.
    #[schemars(extend("x-zh" = "要求、已有、尚缺。"))]
    requirements: Vec<Object>,
    /// Every record: hours, rule, clause, cuts, what is carried on, problems, the reckoning.
    #[schemars(extend("x-zh" = "每条记录：学时、规则、条款、削减、结转、问题、算法。"))]
    records: Vec<Object>,
    /// What a reviewer should look at.
    #[schemars(extend("x-zh" = "提请审核者注意的。"))]
    warnings: Vec<Object>,
    /// What follows from it by itself.
    #[schemars(extend("x-zh" = "随之而来的后果。"))]
    consequences: Vec<Object>,
    /// What would close the gap.
    #[schemars(extend("x-zh" = "补足的办法。"))]
    remedies: Vec<Object>,
    /// The readings it hangs on, and what others would give.
    #[schemars(extend("x-zh" = "所依的理解，换一种理解的结果。"))]
    readings: Vec<Object>,
    /// The SHA-256 of each regulation's file.
    #[schemars(extend("x-zh" = "各规定文件的 SHA-256。"))]
    hashes: BTreeMap<String, String>,
}

/// Any object.
type Object = BTreeMap<String, Value>;
