//! The explanation of an assessment: what each record earned and why.

use crate::output::{cite, problem_words, title};
use crate::terminal::{Colour, Paint, visible};
use std::fmt::Write as _;
use xueshi_policy::{Assessment, Lang, RecordResult, text};

/// An assessment explained, record by record.
pub(crate) fn render(assessment: &Assessment, lang: Lang, paint: Paint) -> String {
    let mut out = String::new();
    for record in &assessment.records {
        let _ = writeln!(out, "  {}", line(record, lang));
        for cut in &record.cuts {
            let (hours, cite) = (cut.hours, cite(&cut.by));
            let _ = writeln!(out, "      {}", text!("超出上限，{hours} 不计（{cite}）", "{hours} cut by a cap ({cite})").get(lang));
        }
        if let Some(problem) = &record.problem {
            let _ = writeln!(out, "      {}", paint.text(Colour::Yellow, &visible(&problem_words(problem, lang))));
        }
    }
    out
}

fn line(record: &RecordResult, lang: Lang) -> String {
    let (id, hours) = (visible(&record.record), record.hours);
    let rule = record.rule.as_ref().map(|rule| format!("{}（{} {}）", title(rule, lang), rule.policy, cite(rule)));
    let rule = rule.unwrap_or_default();
    text!("{id}：{hours} {rule}", "{id}: {hours} {rule}").get(lang).trim_end().to_owned()
}
