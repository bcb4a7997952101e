//! Conditions as whole clauses: "学习形式为培训班", "境外净天数不少于20".

use super::{classes, either, join, ranges, value};
use crate::program::algebra::merge;
use crate::program::atoms::{Classes, Comparison, TextKey};
use crate::program::{AtomSet, FactId, Program, Region, Where};
use crate::syntax::ast::{Bound, FactType};
use crate::text::{Lang, Text, say};
use crate::value::Value;

/// A where in words; `all` where it asks nothing.
pub(crate) fn wheres(program: &Program, is: &Where, all: Text) -> Text {
    if is.is_all() {
        return all;
    }
    let boxes = merge(is.0.clone());
    let Some(first) = boxes.first() else { return Text::new("没有", "none") };
    let everywhere = |condition: &(FactId, AtomSet)| boxes.iter().all(|other| other.0.contains(condition));
    let common = Region(first.0.iter().copied().filter(|condition| boxes.len() > 1 && everywhere(condition)).collect());
    let own = boxes.iter().map(|one| Region(one.0.iter().copied().filter(|condition| !common.0.contains(condition)).collect()));
    let ways: Vec<Text> = own.map(|one| region(program, &one)).collect();
    let ways = if let [one] = ways.as_slice() { one.clone() } else { numbered(&ways) };
    if common.0.is_empty() {
        return ways;
    }
    let common = region(program, &common);
    say!("{common}，且{ways}", "{common}, and {ways}"; common, ways)
}

/// "（1）…，或（2）…".
fn numbered(ways: &[Text]) -> Text {
    let (zh, en): (Vec<String>, Vec<String>) = ways.iter().enumerate().map(|(n, way)| (format!("（{}）{}", n + 1, way.zh), format!("({}) {}", n + 1, way.get(Lang::En)))).unzip();
    Text::new(zh.join("，或"), en.join(", or "))
}

/// A box in words: each fact with what it may be.
pub(crate) fn region(program: &Program, region: &Region) -> Text {
    if region.0.is_empty() {
        return Text::new("任何记录", "any record");
    }
    super::clauses(region.0.iter().map(|(fact, set)| condition(program, *fact, *set)))
}

/// A fact with what it may be, as a clause.
pub(crate) fn condition(program: &Program, fact: FactId, set: AtomSet) -> Text {
    let about = program.facts.get(fact);
    let title = &*about.title;
    let domain = program.facts.domain(fact);
    let (set, may_be_empty) = (set & domain, !about.strict && domain & 1 == 1);
    if may_be_empty && set == domain & !1 {
        return say!("已填{title}", "{title} is given"; title);
    }
    if may_be_empty && set == 1 {
        return say!("未填{title}", "{title} is not given"; title);
    }
    let blank = if may_be_empty && set & 1 == 1 { Text::new("，或未填", " or not given") } else { Text::default() };
    match &about.classes {
        Classes::Codes { .. } | Classes::Texts { .. } if set & 0b10 != 0 => {
            let others = none_of(missing(program, fact, domain & !set & !1));
            if blank.is_empty() && domain & 1 == 1 {
                return say!("已填{title}，且{others}", "{title} is given and is {others}"; title, others);
            }
            say!("{title}{others}", "{title} is {others}"; title, others)
        }
        Classes::Codes { .. } => {
            let outside = domain & !set & !1;
            if outside.count_ones() * 3 <= set.count_ones() && set.count_ones() > 4 && outside != 0 && blank.is_empty() != may_be_empty {
                let others = none_of(missing(program, fact, outside));
                return say!("{title}{others}", "{title} is {others}"; title, others);
            }
            let is = either((2..128).filter(|class| set >> class & 1 == 1).map(|class| classes(program, fact, 1 << class)));
            say!("{title}为{is}{blank}", "{title} is {is}{blank}"; title, is, blank)
        }
        Classes::Texts { .. } => {
            let is = either(missing(program, fact, set & !1).into_iter());
            say!("{title}{is}{blank}", "{title} is {is}{blank}"; title, is, blank)
        }
        Classes::Numbers(cuts) => number(title, ranges(cuts, set & !1, |number| crate::exact::show(*number)), &blank, set & !1),
        Classes::Dates(cuts) => number(title, ranges(cuts, set & !1, ToString::to_string), &blank, set & !1),
        Classes::YesNo if about.kind == FactType::Years => match set >> 1 & 1 {
            1 => say!("本年度在{title}之列", "the year is among the {title}"; title),
            _ => say!("本年度不在{title}之列", "the year is not among the {title}"; title),
        },
        Classes::YesNo => {
            let is = classes(program, fact, set);
            say!("{title}为“{is}”", "{title} is {is}"; title, is)
        }
        Classes::Compare(comparison) => compared(program, comparison, set >> 1 & 1 == 1),
        Classes::Items(_) => items(program, fact, set),
        Classes::Unasked => title.clone(),
    }
}

/// A single point takes "为", a range stands as it is.
fn number(title: &Text, is: Text, blank: &Text, set: AtomSet) -> Text {
    match set.count_ones() == 1 && set.trailing_zeros().is_multiple_of(2) {
        true => say!("{title}为{is}{blank}", "{title} is {is}{blank}"; title, is, blank),
        false => say!("{title}{is}{blank}", "{title} is {is}{blank}"; title, is, blank),
    }
}

/// Codes and texts, each as "是…" or "在“…”上"; a list that is wholly inside stands for its members.
fn missing(program: &Program, fact: FactId, set: AtomSet) -> Vec<Text> {
    match &program.facts.get(fact).classes {
        Classes::Texts { keys, .. } => listed(program, keys, set),
        _ => {
            let is = either((2..128).filter(|class| set >> class & 1 == 1).map(|class| classes(program, fact, 1 << class)));
            vec![say!("是{is}", "{is}"; is)]
        }
    }
}

/// "不在…上，也不在…上".
fn none_of(parts: Vec<Text>) -> Text {
    let (zh, en): (Vec<String>, Vec<String>) = parts.iter().map(|part| (format!("不{}", part.zh), format!("not {}", part.get(Lang::En)))).unzip();
    Text::new(zh.join("，也"), en.join(" and "))
}

fn listed(program: &Program, keys: &[TextKey], set: AtomSet) -> Vec<Text> {
    let mut left = set;
    let mut parts = Vec::new();
    let mut lists: Vec<&String> = keys.iter().flat_map(|key| &key.lists).collect();
    lists.sort_unstable();
    lists.dedup();
    for name in lists {
        let members = keys.iter().enumerate().filter(|(_, key)| key.lists.contains(name)).fold(0, |members, (n, _)| members | 1 << (n + 2));
        if members & !set == 0 && members & left != 0 {
            left &= !members;
            let title = super::list_title(program, name);
            parts.push(say!("在名单“{title}”上", "on the list “{title}”"; title));
        }
    }
    for (_, key) in keys.iter().enumerate().filter(|(n, _)| left >> (n + 2) & 1 == 1) {
        match &key.literal {
            Some(word) => parts.push(crate::text!("为“{word}”", "“{word}”")),
            None => {
                let titles = join(key.lists.iter().map(|name| super::list_title(program, name)));
                parts.push(say!("同在名单{titles}上", "on the lists {titles} at once"; titles));
            }
        }
    }
    parts
}

/// `rule` and `bucket`: what a record was recognised as.
fn items(program: &Program, fact: FactId, set: AtomSet) -> Text {
    let chosen = |n: usize| set >> (n + 1) & 1 == 1;
    if fact == program.facts.bucket() {
        let inside = |within: Option<u8>| within.is_some_and(|within| chosen(usize::from(within)));
        let buckets = program.buckets.iter().enumerate().filter(|(n, bucket)| chosen(*n) && !inside(bucket.within));
        let titles = either(buckets.map(|(_, bucket)| (*bucket.title).clone()));
        return say!("计入{titles}", "counted in {titles}"; titles);
    }
    let names = |wanted: bool| {
        let rules = program.rules.iter().enumerate().filter(|(n, _)| chosen(*n) == wanted);
        either(rules.map(|(_, rule)| super::item(&rule.item)).map(|title| say!("“{title}”", "“{title}”"; title)))
    };
    let (yes, no) = (names(true), names(false));
    if set.count_ones() as usize * 2 > program.rules.len() + 1 && !no.is_empty() {
        return say!("不是依{no}认定", "recognised by another rule than {no}"; no);
    }
    say!("依{yes}认定", "recognised by {yes}"; yes)
}

fn compared(program: &Program, comparison: &Comparison, holds: bool) -> Text {
    let title = |fact: FactId| &*program.facts.get(fact).title;
    match comparison {
        Comparison::Given(fact) => {
            let title = title(*fact);
            if holds { say!("已填{title}", "{title} is given"; title) } else { say!("未填{title}", "{title} is not given"; title) }
        }
        Comparison::SameAs(fact, other) => {
            let (title, other) = (title(*fact), title(*other));
            if holds { say!("{title}与{other}相同", "{title} is the same as {other}"; title, other) } else { say!("{title}与{other}不同", "{title} differs from {other}"; title, other) }
        }
        Comparison::Among(fact, other) => {
            let (title, other) = (title(*fact), title(*other));
            if holds { say!("{title}在{other}之中", "{title} is among {other}"; title, other) } else { say!("{title}不在{other}之中", "{title} is not among {other}"; title, other) }
        }
        Comparison::HasCode(fact, codes) => has(title(*fact), either(codes.iter().map(|code| value(program, *fact, &Value::Code(*code)))), holds),
        Comparison::HasText(fact, texts) => has(title(*fact), either(texts.iter().map(|text| Text::same(text.clone()))), holds),
        Comparison::Numbers(fact, bounds) => bounded(title(*fact), &bounds_words(bounds.iter().map(|(bound, figure)| (*bound, super::figure(program, figure))), holds)),
        Comparison::Dates(fact, bounds) => bounded(title(*fact), &bounds_words(bounds.iter().map(|(bound, date)| (*bound, super::date(program, date))), holds)),
    }
}

fn has(title: &Text, words: Text, holds: bool) -> Text {
    if holds { say!("{title}含{words}", "{title} has {words}"; title, words) } else { say!("{title}不含{words}", "{title} does not have {words}"; title, words) }
}

fn bounded(title: &Text, words: &Text) -> Text {
    say!("{title}{words}", "{title} is {words}"; title, words)
}

/// Bounds that are figures of their own. The opposite of one bound is a bound again.
pub(super) fn bounds_words(bounds: impl Iterator<Item = (Bound, Text)>, holds: bool) -> Text {
    let bounds: Vec<(Bound, Text)> = bounds.collect();
    let turned = |bound: Bound| match bound {
        Bound::AtLeast => Bound::Below,
        Bound::Above => Bound::AtMost,
        Bound::AtMost => Bound::Above,
        Bound::Below => Bound::AtLeast,
    };
    let alone = bounds.len() == 1;
    let words = bounds.into_iter().map(|(bound, than)| match if holds || !alone { bound } else { turned(bound) } {
        Bound::AtLeast => say!("不少于{than}", "at least {than}"; than),
        Bound::Above => say!("超过{than}", "more than {than}"; than),
        Bound::AtMost => say!("不超过{than}", "at most {than}"; than),
        Bound::Below => say!("少于{than}", "less than {than}"; than),
    });
    let words = join(words);
    if holds || alone { words } else { say!("并非{words}", "not {words}"; words) }
}
