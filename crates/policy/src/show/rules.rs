//! What is recognised and how much it gives: rules, limits, surplus, checks.

use super::earning::{gives, place, proof, quantity};
use super::{Said, Section, Seen, Voice};
use crate::program::{Keep, Program, Rule, SurplusTo};
use crate::speak::{self, Figures, join};
use crate::syntax::ast::{self, Item, Sp, Way};
use crate::text::{Text, say};

impl<'a> Voice<'a> {
    pub(super) fn rules(&self, out: &mut Vec<Section>) {
        let policy = self.policy();
        self.section(out, Text::new("认定规则", "Rules of recognition"), "rule", &policy.rules, Self::rule);
        self.with_examples(out);
        self.section(out, Text::new("各规则的记录都须满足", "Asked of the records of every rule"), "check", &policy.checks, Self::check);
        self.section(out, Text::new("限额（多条记录合起来）", "Limits over several records"), "limit", &policy.limits, Self::limit);
        self.section(out, Text::new("超出部分的去向", "Where a surplus goes"), "surplus", &policy.surpluses, Self::surplus);
    }

    /// Puts the worked examples beside the rules.
    fn with_examples(&self, out: &mut [Section]) {
        for told in out.iter_mut().filter(|section| section.kind == "rule").flat_map(|section| &mut section.items) {
            let rule = self.policy().rules.iter().find(|rule| rule.id.is == told.id);
            told.examples = rule.map(|rule| self.examples(rule)).unwrap_or_default();
        }
    }

    pub(super) fn rule(&self, item: &'a Item<ast::Rule>) -> Said {
        let mine = self.mine(item);
        self.said(|program| &program.rules, |rule| mine(&rule.item), |seen, rule, figures| self.rule_words(seen, rule, item, figures))
    }

    fn rule_words(&self, seen: &Seen<'a>, rule: &'a Rule, item: &'a Item<ast::Rule>, figures: &mut Figures<'a>) -> Vec<Text> {
        let (program, written) = (seen.program, &item.is);
        let at = |figure: &'a Sp<ast::Figure>| Some((seen.layer, figure));
        let mut parts = vec![seen.written(&rule.matches, &written.matches, Text::new("全部记录", "all records"))];
        parts.extend(self.governed(&written.governs).map(|years| say!("限{years}", "holds {years}"; years)));
        if !written.duties.is_empty() {
            let duties = join(rule.duties.iter().filter_map(|at| program.duties.get(*at)).map(|duty| (*duty.title).clone()));
            parts.push(say!("属于义务“{duties}”", "for the duty “{duties}”"; duties));
        }
        if !rule.before.is_empty() {
            let rules = join(rule.before.iter().filter_map(|at| program.rules.get(*at)).map(|other| speak::item(&other.item)));
            parts.push(say!("先于“{rules}”", "speaks before “{rules}”"; rules));
        }
        if let Some(word) = &written.replaces {
            let word = Text::same(word.is.as_str());
            parts.push(say!("取代 {word}", "in place of {word}"; word));
        }
        if let (Some(needs), Some(written)) = (&rule.needs, &written.needs) {
            let needs = seen.written(needs, written, Text::default());
            parts.push(say!("前提：{needs}", "provided that {needs}"; needs));
        }
        parts.extend(quantity(program, rule, written, seen.layer, figures));
        let gives = gives(seen, rule, &written.gives);
        parts.extend(gives.words(program, rule, figures));
        for (n, times) in rule.times.iter().enumerate() {
            let times = figures.phrase(times, written.times.get(n).and_then(at));
            parts.push(say!("再乘{times}", "times {times}"; times));
        }
        if let (Some(round), Some(written)) = (&rule.round, &written.round) {
            let (step, way) = (figures.phrase(&round.step, at(&written.step)), way_words(round.way));
            parts.push(say!("结果取{step}的整倍数，{way}", "the result in whole steps of {step}, {way}"; step, way));
        }
        if let Some(most) = &rule.at_most {
            let most = figures.in_unit(most, written.at_most.as_ref().and_then(at), &program.unit);
            parts.push(say!("一次至多{most}", "at most {most} at one time"; most));
        }
        parts.extend(place(seen, rule, written, figures));
        parts.push(proof(program, &rule.proof));
        parts
    }

    pub(super) fn check(&self, item: &'a Item<ast::Check>) -> Said {
        let mine = self.mine(item);
        let mut said = self.said(
            |program| &program.checks,
            |check| mine(&check.item),
            |seen, check, _| {
                let of = seen.written(&check.of, &item.is.of, Text::new("全部记录", "all records"));
                let needs = seen.written(&check.needs, &item.is.needs, Text::default());
                vec![say!("{of}：须{needs}", "{of}: it is asked that {needs}"; of, needs)]
            },
        );
        if item.is.everyone {
            said.parts.push(Text::new("对本文件不适用的人也一样", "also of persons whom the document does not cover"));
        }
        said
    }

    pub(super) fn limit(&self, item: &'a Item<ast::Limit>) -> Said {
        let mine = self.mine(item);
        self.said(|program| &program.limits, |limit| mine(&limit.item), |seen, limit, figures| limit_words(seen, limit, item, figures))
    }

    pub(super) fn surplus(&self, item: &'a Item<ast::Surplus>) -> Said {
        let mine = self.mine(item);
        let mut said = self.said(
            |program| &program.surpluses,
            |surplus| mine(&surplus.item),
            |seen, surplus, figures| {
                let program = seen.program;
                let of = seen.written(&surplus.of, &item.is.of, Text::new("全部已认定记录", "all recognised records"));
                let above = figures.in_unit(&surplus.above, Some((seen.layer, &item.is.above)), &program.unit);
                let mut parts: Vec<Text> = persons(seen, &surplus.persons).into_iter().collect();
                parts.push(say!("{of}：超出{above}的部分", "{of}: what exceeds {above}"; of, above));
                parts.push(match surplus.to {
                    SurplusTo::Bucket(bucket) => {
                        let title = program.buckets.get(usize::from(bucket)).map(|bucket| (*bucket.title).clone()).unwrap_or_default();
                        say!("转入{title}", "goes to {title}"; title)
                    }
                    SurplusTo::Windows(1) => Text::new("转入下一期间", "goes to the next window"),
                    SurplusTo::Windows(n) => crate::text!("转入其后第{n}个期间", "goes to the window {n} later"),
                });
                if let (Some(most), Some(written)) = (&surplus.at_most, &item.is.at_most) {
                    let most = figures.in_unit(most, Some((seen.layer, written)), &program.unit);
                    parts.push(say!("至多{most}", "at most {most}"; most));
                }
                parts
            },
        );
        said.parts.extend(after(&item.is.after));
        said
    }
}

/// Down, up, to the nearest.
pub(super) fn way_words(way: Way) -> Text {
    match way {
        Way::Down => Text::new("舍去余数", "downward"),
        Way::Up => Text::new("余数进位", "upward"),
        Way::HalfUp => Text::new("四舍五入", "halves upward"),
    }
}

/// For whom an item holds, where it does not for everyone.
pub(super) fn persons(seen: &Seen<'_>, is: &crate::program::Where) -> Option<Text> {
    if is.is_all() {
        return None;
    }
    let who = seen.wheres(is, Text::default());
    Some(say!("对{who}的人员", "for persons where {who}"; who))
}

pub(super) fn after(words: &[ast::Word]) -> Option<Text> {
    let names = speak::ids(words.iter().map(|word| word.is.as_str()));
    (!names.zh.is_empty()).then(|| say!("在 {names} 之后", "after {names}"; names))
}

/// The title of a window.
pub(super) fn window(program: &Program, at: usize) -> Text {
    program.windows.get(at).map(|window| if window.title.is_empty() { Text::same(window.id.as_str()) } else { window.title.clone() }).unwrap_or_default()
}

fn limit_words<'a>(seen: &Seen<'a>, limit: &crate::program::Limit, item: &'a Item<ast::Limit>, figures: &mut Figures<'a>) -> Vec<Text> {
    let program = seen.program;
    let mut parts: Vec<Text> = persons(seen, &limit.persons).into_iter().collect();
    parts.push(seen.written(&limit.of, &item.is.of, Text::new("全部记录", "all records")));
    let within = window(program, limit.window);
    let per = join(limit.per.iter().map(|fact| (*program.facts.get(*fact).title).clone()));
    parts.push(match per.zh.is_empty() {
        true => say!("在同一“{within}”内", "within one “{within}”"; within),
        false => say!("在同一“{within}”内，按{per}分别计算", "within one “{within}”, separately for each {per}"; within, per),
    });
    match (&limit.keep, &item.is.keep) {
        (Keep::AtMost(most, round), ast::Keep::AtMost(written)) => {
            let most = figures.in_unit(most, Some((seen.layer, written)), &program.unit);
            parts.push(say!("合计至多{most}，超出部分自后面的记录削减", "at most {most} together; later records are cut"; most));
            if let (Some(round), Some(written)) = (round, &item.is.round) {
                let (step, way) = (figures.phrase(&round.step, Some((seen.layer, &written.step))), way_words(round.way));
                parts.push(say!("合计取{step}的整倍数，{way}", "the sum in whole steps of {step}, {way}"; step, way));
            }
        }
        (Keep::One { fact, most }, _) => {
            let what = fact.map_or_else(
                || Text::new("条记录", "record"),
                |fact| {
                    let title = &*program.facts.get(fact).title;
                    say!("个{title}", "{title}"; title)
                },
            );
            let which = if *most { Text::new("学时最多者", "the one with most") } else { Text::new("最先者", "the first") };
            parts.push(say!("只留一{what}，{which}", "one {what} only, {which}"; what, which));
        }
        _ => {}
    }
    match limit.problem.and_then(|problem| program.problems.get(problem)) {
        Some(problem) => {
            let text = &*problem.text;
            parts.push(say!("其余的记录：{text}", "of the others it is said: {text}"; text));
        }
        None if matches!(limit.keep, Keep::One { .. }) => parts.push(Text::new("其余削减为0", "the others are cut to nothing")),
        None => {}
    }
    parts.extend(after(&item.is.after));
    if limit.across_people {
        parts.push(Text::new("涉及多人，此处不能核对，只作提示", "concerns several people: it can not be checked here and is only said"));
    }
    if let Some(word) = &item.is.replaces {
        let word = Text::same(word.is.as_str());
        parts.push(say!("取代 {word}", "in place of {word}"; word));
    }
    parts
}
