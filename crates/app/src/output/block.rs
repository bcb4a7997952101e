//! One person's result for people: the answer first, then the figures, then what to look at.

use super::words;
use crate::assessing::Done;
use crate::lang::plural;
use crate::terminal::{Colour, Paint, left, right, visible, width};
use std::fmt::Write as _;
use xueshi_policy::{Assessment, Hours, Lang, Library, RequirementResult, Status, Text, sentence, text};

/// The result of one assessment as a few lines.
pub(crate) fn block(assessment: &Assessment, done: &Done, library: &Library, lang: Lang, paint: Paint) -> String {
    let mut out = String::new();
    let _ = writeln!(out, "{}", heading(assessment, done.name.as_deref(), lang, paint));
    requirements(&mut out, assessment, library, lang, paint);
    let wrong = done.errors.len();
    if wrong > 0 {
        let en = if wrong == 1 { "1 cell is in error: its row is left out".to_owned() } else { format!("{wrong} cells are in error: their rows are left out") };
        let line = Text::new(format!("{wrong} 处填写有错，所在的行没有计入"), en);
        let _ = writeln!(out, "  {}", paint.text(Colour::Yellow, line.get(lang)));
    }
    for line in remarks(assessment, library, lang) {
        let _ = writeln!(out, "  {}", visible(line.get(lang)));
    }
    out
}

/// The colour of a status.
pub(crate) fn colour(status: Status) -> Colour {
    match status {
        Status::Met => Colour::Green,
        Status::Short => Colour::Red,
        Status::Undetermined => Colour::Yellow,
        Status::Exempt | Status::NotCovered => Colour::Faint,
    }
}

fn heading(assessment: &Assessment, name: Option<&str>, lang: Lang, paint: Paint) -> String {
    let year = assessment.year;
    let name = name.map(|name| format!(" {}", visible(name))).unwrap_or_default();
    let person = format!("{}{name}", visible(&assessment.person));
    let sentence = sentence(assessment, lang);
    let sentence = paint.text(colour(assessment.status), &sentence);
    let (from, to) = assessment.window;
    let is_year = from.year() == year && to.year() == year;
    let window = if is_year { text!("{year} 年度", "{year}") } else { text!("{from} 至 {to}", "{from} to {to}") };
    let person = paint.text(Colour::Bold, &person);
    let window = window.get(lang);
    format!("{person} · {window} · {sentence}")
}

fn requirements(out: &mut String, assessment: &Assessment, library: &Library, lang: Lang, paint: Paint) {
    let lines: Vec<[String; 4]> = assessment.requirements.iter().map(|one| requirement(one, library, lang)).collect();
    let widest = |at: usize| lines.iter().map(|line| width(&line[at])).max().unwrap_or(0);
    let widths = [widest(0), widest(1), widest(2), 0];
    for ([title, have, state, cite], one) in lines.iter().zip(&assessment.requirements) {
        let colour = if one.met == Some(true) { Colour::Green } else { Colour::Red };
        let state = left(state, widths[2]);
        let state = if one.binding { paint.text(colour, &state) } else { paint.text(Colour::Faint, &state) };
        let _ = writeln!(out, "  {}  {}  {state}  {}", left(title, widths[0]), right(have, widths[1]), paint.text(Colour::Faint, cite));
    }
}

/// Title, have of asked, what lacks, clause.
fn requirement(one: &RequirementResult, library: &Library, lang: Lang) -> [String; 4] {
    let asked = one.at_least.map_or_else(|| "?".to_owned(), |hours| hours.to_string());
    let short = one.short;
    // The figures are those of the worst part; what lacks is the sum of all.
    let lacking: Vec<String> = one.parts.iter().filter(|part| part.short > Hours::ZERO).map(|part| format!("{} {}", part.of, part.short)).collect();
    let parts = if lacking.len() > 1 { Text::new(format!("（{}）", lacking.join("、")), format!(" ({})", lacking.join(", "))) } else { Text::default() };
    let state = match (one.met, one.binding) {
        (Some(true), _) => Text::new("已达到", "met"),
        (Some(false), true) => Text::new(format!("还差 {short}{}", parts.zh), format!("{short} short{}", parts.en)),
        (Some(false), false) => text!("差 {short}（指导性）", "{short} short (a guideline)"),
        (None, _) => Text::new("待定", "undetermined"),
    };
    let unit = one.unit.as_ref().map(|unit| format!(" {}", unit.get(lang))).unwrap_or_default();
    let cite = words::source(library, &one.item, lang);
    [visible(one.subject_title.get(lang)).into_owned(), format!("{} / {asked}{unit}", one.have), state.get(lang).to_owned(), cite]
}

/// What else there is to say, a line each.
fn remarks(assessment: &Assessment, library: &Library, lang: Lang) -> Vec<Text> {
    let mut lines = Vec::new();
    if let Some(item) = &assessment.exempt_by {
        let (cite, title) = (words::source(library, item, lang), words::title(item, lang));
        lines.push(text!("免学依据：{title}（{cite}）", "exempt by {title} ({cite})"));
    }
    for item in &assessment.not_covered_by {
        let cite = words::source(library, item, lang);
        lines.push(text!("不适用的依据：{cite}", "not covered by {cite}"));
    }
    if !assessment.missing.is_empty() {
        let zh = assessment.missing.iter().map(|missing| missing.title.zh.as_str()).collect::<Vec<_>>().join("、");
        let en = assessment.missing.iter().map(|missing| missing.title.get(Lang::En)).collect::<Vec<_>>().join(", ");
        lines.push(text!("补齐这些才能判定：{zh}", "needed to decide: {en}"));
    }
    lines.extend(records(assessment));
    for warning in &assessment.warnings {
        let (records, message) = (warning.records.join("、"), &warning.message);
        let (zh, en) = (&message.zh, message.get(Lang::En));
        lines.push(text!("请核对记录 {records}：{zh}", "look at record {records}: {en}"));
    }
    for consequence in &assessment.consequences {
        let (cite, message) = (words::source(library, &consequence.by, lang), &consequence.message);
        let (zh, en) = (&message.zh, message.get(Lang::En));
        lines.push(text!("后果：{zh}（{cite}）", "consequence: {en} ({cite})"));
    }
    lines
}

/// How many records counted, and why the others did not.
fn records(assessment: &Assessment) -> Option<Text> {
    let count = assessment.records.len();
    let problems: Vec<_> = words::assessed(assessment).filter_map(|record| record.problem.as_ref()).collect();
    let cut = words::assessed(assessment).map(words::cut).fold(Hours::ZERO, Hours::plus);
    let mut line = Text::new(format!("{count} 条记录"), plural(count, "record", "records"));
    if !problems.is_empty() {
        let none = problems.len();
        let mut kinds: Vec<(&Text, usize)> = Vec::new();
        for problem in problems {
            match kinds.iter_mut().find(|(message, _)| **message == *problem.message) {
                Some((_, times)) => *times += 1,
                None => kinds.push((&problem.message, 1)),
            }
        }
        let zh = kinds.iter().map(|(message, times)| format!("{} {times} 条", message.zh.split('：').next().unwrap_or_default())).collect::<Vec<_>>().join("；");
        let en = kinds.iter().map(|(message, times)| format!("{times} {}", message.get(Lang::En).split(':').next().unwrap_or_default())).collect::<Vec<_>>().join("; ");
        let more = text!("，其中 {none} 条不计（{zh}）", ", {none} of them give none ({en})");
        line.zh.push_str(&more.zh);
        line.en.push_str(&more.en);
    }
    if cut > Hours::ZERO {
        let more = text!("，超出上限不计 {cut}", ", {cut} cut by caps");
        line.zh.push_str(&more.zh);
        line.en.push_str(&more.en);
    }
    let carried = words::assessed(assessment).map(words::carried).fold(Hours::ZERO, Hours::plus);
    if carried > Hours::ZERO {
        let more = text!("，计入以后年度 {carried}", ", {carried} count in later years");
        line.zh.push_str(&more.zh);
        line.en.push_str(&more.en);
    }
    (count > 0).then_some(line)
}
