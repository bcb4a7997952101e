//! Facts, classes and items in words.

mod conditions;
mod dates;
mod figures;
mod tables;

pub(crate) use conditions::{region, wheres};
pub(crate) use dates::{date, measure};
pub(crate) use figures::{Figures, Written, constant, figure};
pub use tables::TableRow;

use crate::exact;
use crate::program::atoms::Classes;
use crate::program::{FactId, ItemRef, Program};
use crate::text::{Lang, Text};
use crate::value::Value;

/// Joined with "、" and ", ".
pub(crate) fn join(items: impl Iterator<Item = Text>) -> Text {
    list(items, "、", ", ")
}

/// Clauses of one sentence, joined with "，" and ", ".
pub(crate) fn clauses(items: impl Iterator<Item = Text>) -> Text {
    list(items, "，", ", ")
}

/// Parts of a sentence, joined with "；" and "; ".
pub(crate) fn sentence(items: impl Iterator<Item = Text>) -> Text {
    list(items, "；", "; ")
}

/// Ids, joined.
pub(crate) fn ids<'a>(items: impl Iterator<Item = &'a str>) -> Text {
    join(items.map(Text::same))
}

/// "甲、乙或丙", "a, b or c".
pub(crate) fn either(items: impl Iterator<Item = Text>) -> Text {
    let mut all: Vec<Text> = items.collect();
    let Some(last) = all.pop() else { return Text::default() };
    if all.is_empty() {
        return last;
    }
    let first = join(all.into_iter());
    Text::new(format!("{}或{}", first.zh, last.zh), format!("{} or {}", first.en, last.get(Lang::En)))
}

/// Joined as alternatives of whole sentences.
pub(crate) fn or(items: impl Iterator<Item = Text>) -> Text {
    list(items, "；或", "; or ")
}

fn list(items: impl Iterator<Item = Text>, zh_with: &str, en_with: &str) -> Text {
    let (mut zh, mut en) = (Vec::new(), Vec::new());
    for item in items {
        en.push(item.get(Lang::En).to_owned());
        zh.push(item.zh);
    }
    Text::new(zh.join(zh_with), en.join(en_with))
}

/// The title of an item, or its id.
pub(crate) fn item(item: &ItemRef) -> Text {
    if item.title.is_empty() { Text::same(&*item.id) } else { item.title.clone() }
}

/// A value that is no code in words.
pub(crate) fn plain(value: &Value) -> Text {
    match value {
        Value::Empty => Text::new("未填", "empty"),
        Value::Code(_) | Value::Codes(_) => Text::default(),
        Value::Number(number) => Text::same(exact::show(*number)),
        Value::Date(date) => Text::same(date.to_string()),
        Value::Text(text) => Text::same(&**text),
        Value::Texts(texts) => join(texts.iter().map(|text| Text::same(&**text))),
        Value::YesNo(true) => Text::new("是", "yes"),
        Value::YesNo(false) => Text::new("否", "no"),
        Value::Years(years) => join(years.iter().map(|year| Text::same(year.to_string()))),
    }
}

/// A value in words.
pub(crate) fn value(program: &Program, fact: FactId, value: &Value) -> Text {
    let code = |code: &u16| {
        let column = program.schema.columns.get(usize::from(fact));
        column.and_then(|column| column.codes.get(usize::from(*code))).map_or_else(Text::default, |code| code.title.clone())
    };
    match value {
        Value::Code(at) => code(at),
        Value::Codes(codes) => join(codes.iter().map(code)),
        other => plain(other),
    }
}

/// A set of classes of a fact in words: codes, ranges, lists.
pub(crate) fn classes(program: &Program, fact: FactId, set: u128) -> Text {
    let about = program.facts.get(fact);
    let has = |class: usize| set >> class & 1 == 1;
    let empty = has(0) && !about.strict;
    let blank = || Text::new("不填", "empty");
    match &about.classes {
        Classes::Codes { names, .. } => {
            let column = program.schema.columns.get(usize::from(fact));
            let title = |id: &String| column.and_then(|column| column.codes.iter().find(|code| code.id == *id)).map_or_else(|| Text::same(id.clone()), |code| code.title.clone());
            let chosen: Vec<Text> = names.iter().enumerate().filter(|(n, _)| has(n + 2)).map(|(_, id)| title(id)).collect();
            if chosen.len() == names.len() {
                return if empty { Text::new("任意", "anything") } else { Text::new("已填写", "filled in") };
            }
            let open = has(1) && column.is_some_and(|column| column.open);
            if open && chosen.len() < names.len() || chosen.len() * 2 > names.len() + 1 && names.len() > 3 {
                let others: Vec<Text> = names.iter().enumerate().filter(|(n, _)| !has(n + 2)).map(|(_, id)| title(id)).collect();
                let others = join(others.into_iter());
                return Text::new(format!("{}以外", others.zh), format!("anything but {}", others.en));
            }
            either(chosen.into_iter().chain((has(1) && column.is_some_and(|c| c.open)).then(|| Text::new("其他", "other"))).chain(empty.then(blank)))
        }
        Classes::Texts { keys, .. } => {
            if has(1) {
                let except = keys.iter().enumerate().filter(|(n, _)| !has(n + 2)).map(|(_, key)| key_words(program, key));
                let except: Vec<Text> = except.collect();
                if except.is_empty() {
                    return Text::new("已填写", "filled in");
                }
                let except = join(except.into_iter());
                return Text::new(format!("{}以外", except.zh), format!("anything but {}", except.en));
            }
            either(keys.iter().enumerate().filter(|(n, _)| has(n + 2)).map(|(_, key)| key_words(program, key)).chain(empty.then(blank)))
        }
        Classes::Numbers(cuts) => ranges(cuts, set, |number| exact::show(*number)),
        Classes::Dates(cuts) => ranges(cuts, set, ToString::to_string),
        Classes::YesNo => either([(1, Text::new("是", "yes")), (2, Text::new("否", "no"))].into_iter().filter(|(n, _)| has(*n)).map(|(_, text)| text)),
        Classes::Compare(comparison) => comparison_words(program, comparison, has(1)),
        Classes::Items(items) => either(items.iter().enumerate().filter(|(n, _)| has(n + 1)).map(|(_, name)| Text::same(name.clone()))),
        Classes::Unasked => Text::new("任意", "anything"),
    }
}

/// A class of texts: the word itself, or the lists it stands on.
fn key_words(program: &Program, key: &crate::program::atoms::TextKey) -> Text {
    if let Some(word) = &key.literal {
        return Text::same(word.clone());
    }
    let lists = key.lists.iter().map(|name| match program.lists.get(name) {
        Some((_, entries)) if entries.len() <= 3 => either(entries.iter().map(|entry| crate::Text::new(format!("“{}”", entry.zh), format!("“{}”", entry.get(Lang::En))))),
        Some((title, entries)) if !title.is_empty() => {
            let count = entries.len();
            Text::new(format!("“{}”所列（{count} 项）", title.zh), format!("one of “{}” ({count})", title.get(Lang::En)))
        }
        _ => Text::new(format!("名单 {name} 所列"), format!("on the list {name}")),
    });
    join(lists)
}

/// The title of a list, else its id.
fn list_title(program: &Program, name: &str) -> Text {
    let title = program.lists.get(name).map(|(title, _)| title.clone()).filter(|title| !title.is_empty());
    title.unwrap_or_else(|| Text::same(name.rsplit('/').next().unwrap_or(name)))
}

fn ranges<T>(cuts: &[T], set: u128, show: impl Fn(&T) -> String) -> Text {
    let mut parts: Vec<Text> = Vec::new();
    let last = 2 * cuts.len() + 1;
    let mut class = 1;
    while class <= last {
        if set >> class & 1 == 0 {
            class += 1;
            continue;
        }
        let first = class;
        while class < last && set >> (class + 1) & 1 == 1 {
            class += 1;
        }
        let lower = (first > 1).then(|| (cuts.get(first / 2 - 1).map(&show).unwrap_or_default(), first % 2 == 0));
        let upper = (class < last).then(|| (cuts.get(class.div_ceil(2) - 1).map(&show).unwrap_or_default(), class % 2 == 0));
        parts.push(range_words(lower, upper));
        class += 1;
    }
    either(parts.into_iter())
}

fn comparison_words(program: &Program, comparison: &crate::program::atoms::Comparison, holds: bool) -> Text {
    use crate::program::atoms::Comparison;
    let title = |fact: FactId| std::sync::Arc::clone(&program.facts.get(fact).title);
    match comparison {
        Comparison::Given(_) if holds => Text::new("已填写", "filled in"),
        Comparison::Given(_) => Text::new("不填", "empty"),
        Comparison::SameAs(_, other) => Text::new(format!("与{}相同", title(*other).zh), format!("the same as {}", title(*other).get(Lang::En))),
        Comparison::Among(_, other) => Text::new(format!("在{}之中", title(*other).zh), format!("among {}", title(*other).get(Lang::En))),
        Comparison::HasCode(fact, codes) => {
            let codes = either(codes.iter().map(|code| value(program, *fact, &Value::Code(*code))));
            Text::new(format!("含{}", codes.zh), format!("with {}", codes.en))
        }
        Comparison::HasText(_, texts) => {
            let texts = either(texts.iter().map(|text| Text::same(text.clone())));
            Text::new(format!("含{}", texts.zh), format!("with {}", texts.en))
        }
        Comparison::Numbers(_, bounds) => conditions::bounds_words(bounds.iter().map(|(bound, figure)| (*bound, figures::figure(program, figure))), holds),
        Comparison::Dates(_, bounds) => conditions::bounds_words(bounds.iter().map(|(bound, date)| (*bound, dates::date(program, date))), holds),
    }
}

/// "至少20", "3以上、5以下" and the like; a bound with true includes its point.
fn range_words(lower: Option<(String, bool)>, upper: Option<(String, bool)>) -> Text {
    match (lower, upper) {
        (None, None) => Text::new("任何数", "any number"),
        (Some((low, true)), Some((high, true))) if low == high => Text::same(low),
        (Some((low, true)), None) => crate::text!("不少于{low}", "at least {low}"),
        (Some((low, false)), None) => crate::text!("多于{low}", "more than {low}"),
        (None, Some((high, true))) => crate::text!("不超过{high}", "at most {high}"),
        (None, Some((high, false))) => crate::text!("少于{high}", "less than {high}"),
        (Some((low, a)), Some((high, b))) => {
            let (from_zh, from_en) = if a { ("不少于", "at least") } else { ("多于", "more than") };
            let (to_zh, to_en) = if b { ("不超过", "at most") } else { ("少于", "less than") };
            crate::text!("{from_zh}{low}且{to_zh}{high}", "{from_en} {low} and {to_en} {high}")
        }
    }
}
