//! Changes in words: of one person's records, requirements and consequences, and of policies.

use super::compared::{Change, RecordChange, RecordSide, RequirementChange};
use super::tally::Tally;
use super::trial::PolicyChange;
use super::{Pair, Simulated};
use crate::lang::t;
use crate::output::{source, title};
use std::fmt::Display;
use xueshi_policy::{Hours, Lang, Library, Text, text};

/// Why things change for a person, a line each: records, requirements, consequences.
pub(crate) fn reasons(change: &Change, simulated: &Simulated<'_>) -> Vec<String> {
    let lang = simulated.lang;
    let mut lines: Vec<String> = change.records.iter().map(|record| of_record(record, simulated)).collect();
    lines.extend(change.requirements.iter().filter_map(|requirement| of_requirement(requirement, lang)));
    for consequence in &change.consequences {
        let message = consequence.message.get(lang);
        let line = if consequence.after { text!("新增后果：{message}", "new consequence: {message}") } else { text!("不再有后果：{message}", "no longer: {message}") };
        lines.push(line.get(lang).to_owned());
    }
    lines
}

/// A value on both sides, or once where it stays.
pub(crate) fn arrow<T: Display + PartialEq>(pair: Pair<T>) -> String {
    if pair.differs() { format!("{} → {}", pair.before, pair.after) } else { pair.before.to_string() }
}

/// How many change, in one sentence.
pub(crate) fn answer(tally: &Tally) -> Text {
    let (all, changed) = (tally.persons, tally.changed);
    match (changed, tally.moves().iter().map(|(_, persons)| persons).sum::<usize>()) {
        (0, _) => text!("没有人有变动（共 {all} 人）", "Nobody changes ({all} in all)"),
        (_, 0) => text!("{all} 人中 {changed} 人有变动，没有人状态改变", "{changed} of {all} persons change, but nobody's status does"),
        (_, moved) => text!("{all} 人中 {changed} 人有变动，其中 {moved} 人状态改变", "{changed} of {all} persons change, {moved} of them in status"),
    }
}

/// The items of a policy that change, a line each.
pub(crate) fn of_policy(policy: &PolicyChange, lang: Lang) -> Vec<String> {
    let Some(items) = &policy.items else {
        return vec![t(lang, "新增的政策", "a new policy").to_owned()];
    };
    if items.is_empty() {
        return vec![t(lang, "本年度适用的条目没有差别", "nothing that holds in this year differs").to_owned()];
    }
    items.iter().map(|item| format!("{}  {}  {}", kind(item.kind, lang), item.item, item.text.get(lang))).collect()
}

/// What became of an item.
pub(crate) fn kind(kind: &str, lang: Lang) -> &'static str {
    match kind {
        "added" => t(lang, "新增", "added"),
        "removed" => t(lang, "删去", "removed"),
        _ => t(lang, "改变", "changed"),
    }
}

fn of_record(change: &RecordChange, simulated: &Simulated<'_>) -> String {
    let lang = simulated.lang;
    let RecordChange { record, sides } = change;
    let hours = arrow(sides.map(|side| side.as_ref().map_or(Hours::ZERO, |side| side.hours)));
    let carried = sides.map(|side| side.as_ref().map_or(Hours::ZERO, |side| side.carried));
    let mut line = text!("记录 {record}：{hours}", "record {record}: {hours}").get(lang).to_owned();
    if carried.differs() {
        let carried = arrow(carried);
        line.push_str(text!("，计入以后年度 {carried}", ", in later years {carried}").get(lang));
    }
    let before = why(sides.before.as_ref(), simulated.libraries.before, lang);
    let after = why(sides.after.as_ref(), simulated.libraries.after, lang);
    let why = if before == after { text!("（{after}）", " ({after})") } else { text!("（原：{before}；现：{after}）", " (was: {before}; is: {after})") };
    line + why.get(lang)
}

/// The problem, or the rule with what a cap took away.
fn why(side: Option<&RecordSide>, library: &Library, lang: Lang) -> String {
    let Some(side) = side else { return t(lang, "该行无法读取", "the row can not be read").to_owned() };
    if let Some((_, message)) = &side.problem {
        return message.clone();
    }
    let Some(rule) = &side.rule else { return t(lang, "没有规则", "no rule").to_owned() };
    let (name, source, cut) = (title(rule, lang), source(library, rule, lang), side.cut);
    let rule = text!("{name}，{source}", "{name}, {source}");
    let cut = if cut > Hours::ZERO { text!("，上限不计 {cut}", ", {cut} cut by caps") } else { Text::default() };
    format!("{}{}", rule.get(lang), cut.get(lang))
}

/// What is asked, where that differs; what is recognised shows in the records.
fn of_requirement(change: &RequirementChange, lang: Lang) -> Option<String> {
    let asked = change.sides.map(|side| side.map(|figures| (figures.at_least, figures.binding)));
    if !asked.differs() {
        return None;
    }
    let word = |side: Option<(Option<Hours>, bool)>| match side {
        None => t(lang, "不要求", "not asked").to_owned(),
        Some((None, _)) => t(lang, "待定", "undetermined").to_owned(),
        Some((Some(hours), true)) => hours.to_string(),
        Some((Some(hours), false)) => text!("{hours}（指导性）", "{hours} (a guideline)").get(lang).to_owned(),
    };
    let (title, figures) = (change.title.get(lang), arrow(asked.map(|side| word(*side))));
    Some(text!("要求：{title} {figures}", "asked: {title} {figures}").get(lang).to_owned())
}
