//! What is recognised and how much it gives: rules, limits, surplus, checks.

use super::{Page, Seen, Voice};
use crate::program::{Accepts, Keep, PerUnit, Program, Proof, Rule, Spread, SurplusTo};
use crate::speak::{self, Figures, Written, join};
use crate::syntax::ast::{self, Item, Sp, Way};
use crate::text::{Text, say};

impl<'a> Voice<'a> {
    pub(super) fn rules(&self, page: &mut Page) {
        let policy = self.policy();
        if !policy.rules.is_empty() {
            page.heading(Text::new("认定规则", "Rules of recognition"));
        }
        for item in &policy.rules {
            let found = self.find(|program| &program.rules, |rule| *rule.item.policy == *policy.head.id.is && *rule.item.id == *item.id.is);
            let (mut parts, mut tables) = (Vec::new(), Vec::new());
            if let Some((seen, rule)) = found {
                let mut figures = seen.figures();
                parts = self.rule(seen, rule, item, &mut figures);
                tables = figures.tables.unwrap_or_default();
            }
            parts.extend(self.when(found.map(|(seen, _)| seen)));
            parts.extend(self.readings_on("rule", &item.id.is, &parts));
            page.entry(&self.name(item), parts, tables);
        }
        self.checks(page);
        self.limits(page);
        self.surpluses(page);
    }

    fn rule(&self, seen: &Seen<'a>, rule: &'a Rule, item: &'a Item<ast::Rule>, figures: &mut Figures<'a>) -> Vec<Text> {
        let (program, written) = (seen.program, &item.is);
        let at = |figure: &'a Sp<ast::Figure>| Some((seen.layer, figure));
        let mut parts = vec![seen.written(&rule.matches, &written.matches, Text::new("全部记录", "all records"))];
        parts.extend(self.governed(&written.governs).map(|years| say!("限{years}", "in {years} only"; years)));
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

    fn checks(&self, page: &mut Page) {
        let policy = self.policy();
        if !policy.checks.is_empty() {
            page.heading(Text::new("各规则的记录都须满足", "Asked of the records of every rule"));
        }
        for item in &policy.checks {
            let found = self.find(|program| &program.checks, |check| *check.item.policy == *policy.head.id.is && *check.item.id == *item.id.is);
            let mut parts = Vec::new();
            if let Some((seen, check)) = found {
                let of = seen.written(&check.of, &item.is.of, Text::new("全部记录", "all records"));
                let needs = seen.written(&check.needs, &item.is.needs, Text::default());
                parts.push(say!("{of}：须{needs}", "{of}: it is asked that {needs}"; of, needs));
            }
            if item.is.everyone {
                parts.push(Text::new("对本文件不适用的人也一样", "also of persons whom the document does not cover"));
            }
            parts.extend(self.when(found.map(|(seen, _)| seen)));
            parts.extend(self.readings_on("check", &item.id.is, &parts));
            page.entry(&self.name(item), parts, Vec::new());
        }
    }

    fn limits(&self, page: &mut Page) {
        let policy = self.policy();
        if !policy.limits.is_empty() {
            page.heading(Text::new("限额（多条记录合起来）", "Limits over several records"));
        }
        for item in &policy.limits {
            let found = self.find(|program| &program.limits, |limit| *limit.item.policy == *policy.head.id.is && *limit.item.id == *item.id.is);
            let (mut parts, mut tables) = (Vec::new(), Vec::new());
            if let Some((seen, limit)) = found {
                let mut figures = seen.figures();
                parts = limit_words(seen, limit, item, &mut figures);
                tables = figures.tables.unwrap_or_default();
            }
            parts.extend(self.when(found.map(|(seen, _)| seen)));
            parts.extend(self.readings_on("limit", &item.id.is, &parts));
            page.entry(&self.name(item), parts, tables);
        }
    }

    fn surpluses(&self, page: &mut Page) {
        let policy = self.policy();
        if !policy.surpluses.is_empty() {
            page.heading(Text::new("超出部分的去向", "Where a surplus goes"));
        }
        for item in &policy.surpluses {
            let found = self.find(|program| &program.surpluses, |surplus| *surplus.item.policy == *policy.head.id.is && *surplus.item.id == *item.id.is);
            let (mut parts, mut tables) = (Vec::new(), Vec::new());
            if let Some((seen, surplus)) = found {
                let (program, mut figures) = (seen.program, seen.figures());
                let of = seen.written(&surplus.of, &item.is.of, Text::new("全部已认定记录", "all recognised records"));
                let above = figures.in_unit(&surplus.above, Some((seen.layer, &item.is.above)), &program.unit);
                parts.extend(persons(seen, &surplus.persons));
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
                tables = figures.tables.unwrap_or_default();
            }
            parts.extend(after(&item.is.after));
            parts.extend(self.when(found.map(|(seen, _)| seen)));
            parts.extend(self.readings_on("surplus", &item.id.is, &parts));
            page.entry(&self.name(item), parts, tables);
        }
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

fn unit_title(program: &Program, unit: u16) -> Text {
    program.schema.columns.get(1).and_then(|column| column.codes.get(usize::from(unit))).map(|code| code.title.clone()).unwrap_or_default()
}

/// Steps before the rate: whole steps, a ceiling.
fn quantity<'a>(program: &Program, rule: &Rule, written: &'a ast::Rule, layer: usize, figures: &mut Figures<'a>) -> Vec<Text> {
    let mut parts = Vec::new();
    let steps = per_unit(program, rule.counted_in.as_ref(), written.counted_in.as_ref(), layer, figures);
    parts.extend(steps.into_iter().map(|(unit, step)| say!("{unit}按{step}的整倍数计，舍去余数", "{unit} in whole steps of {step}, downward"; unit, step)));
    let most = per_unit(program, rule.quantity_at_most.as_ref(), written.quantity_at_most.as_ref(), layer, figures);
    parts.extend(most.into_iter().map(|(unit, most)| say!("{unit}至多计{most}", "{unit} counted up to {most}"; unit, most)));
    parts
}

/// Each unit, or the quantity, with its figure.
fn per_unit<'a>(program: &Program, is: Option<&PerUnit>, written: Option<&'a ast::PerUnit>, layer: usize, figures: &mut Figures<'a>) -> Vec<(Text, Text)> {
    match (is, written) {
        (Some(PerUnit::All(figure)), Some(ast::PerUnit::All(written))) => vec![(Text::new("数量", "the quantity"), figures.phrase(figure, Some((layer, written))))],
        (Some(PerUnit::Units(units)), Some(ast::PerUnit::Units(written))) => {
            let both = units.iter().zip(written);
            both.map(|((unit, figure), (_, written))| {
                let title = unit_title(program, *unit);
                (say!("{title}数", "{title}"; title), figures.phrase(figure, Some((layer, written))))
            })
            .collect()
        }
        _ => Vec::new(),
    }
}

/// The rate as written: where it is a name, as its value was written.
struct Gives<'a> {
    layer: usize,
    written: Option<&'a ast::Gives>,
    grant: Option<&'a Sp<ast::Figure>>,
    title: Text,
    reading: Option<String>,
}

fn gives<'a>(seen: &Seen<'a>, rule: &Rule, written: &'a ast::Gives) -> Gives<'a> {
    let ast::Gives::Named(name) = written else {
        return Gives { layer: seen.layer, written: Some(written), grant: None, title: Text::default(), reading: None };
    };
    let reading = seen.names.reading(rule.layer, &name.is).map(|(_, item)| item.id.is.clone());
    match seen.names.value(rule.layer, &seen.names.word(rule.layer, &name.is)) {
        Some((layer, item)) => match &item.is {
            ast::Value::Gives(gives) => Gives { layer, written: Some(gives), grant: None, title: item.title.clone(), reading },
            ast::Value::Figure(figure) => Gives { layer, written: None, grant: Some(figure), title: item.title.clone(), reading },
            ast::Value::Proof(_) => Gives { layer, written: None, grant: None, title: Text::default(), reading },
        },
        None => Gives { layer: rule.layer, written: None, grant: None, title: Text::default(), reading },
    }
}

impl<'a> Gives<'a> {
    /// "每天计8学时"; "计60学时".
    fn words(&self, program: &Program, rule: &Rule, figures: &mut Figures<'a>) -> Vec<Text> {
        let mut parts = Vec::new();
        if !self.title.is_empty() {
            let title = &self.title;
            parts.push(say!("计法为“{title}”", "the rate is “{title}”"; title));
        }
        let account = &*program.unit;
        match &rule.accepts {
            Accepts::Grant(figure) => {
                let written: Written<'a> = match self.written {
                    Some(ast::Gives::Grant(written)) => Some((self.layer, written)),
                    _ => self.grant.map(|written| (self.layer, written)),
                };
                let gives = figures.in_unit(figure, written, account);
                parts.push(if speak::constant(figure).is_some() {
                    say!("计{gives}，不论数量", "gives {gives}, whatever the quantity"; gives)
                } else {
                    say!("计{gives}", "gives {gives}"; gives)
                });
            }
            Accepts::Units(units) => {
                for (n, (unit, figure)) in units.iter().enumerate() {
                    let written: Written<'a> = match self.written {
                        Some(ast::Gives::Units(written)) => written.get(n).map(|(_, written)| (self.layer, written)),
                        _ => None,
                    };
                    let (gives, mut of) = (figures.in_unit(figure, written, account), unit_title(program, *unit));
                    if let Some(Some(less)) = program.unit_less.get(usize::from(*unit)) {
                        let less = &*program.facts.get(*less).title;
                        of = say!("{of}（先减{less}）", "{of} (less {less})"; of, less);
                    }
                    parts.push(say!("每{of}计{gives}", "{of}: {gives} each"; of, gives));
                }
            }
        }
        if let Some(reading) = &self.reading {
            parts.push(crate::text!("计法见解读 {reading}", "the rate by reading {reading}"));
        }
        parts
    }
}

/// Where and when it counts.
fn place<'a>(seen: &Seen<'a>, rule: &Rule, written: &'a ast::Rule, figures: &mut Figures<'a>) -> Vec<Text> {
    let (program, layer) = (seen.program, seen.layer);
    let mut parts = Vec::new();
    if let Some(bucket) = rule.bucket.and_then(|bucket| program.buckets.get(usize::from(bucket))) {
        let title = &*bucket.title;
        let reading = written.bucket.as_ref().and_then(|word| seen.names.reading(rule.layer, &word.is)).map(|(_, item)| item.id.is.as_str());
        let by = reading.map(|reading| crate::text!("（见解读 {reading}）", " (reading {reading})")).unwrap_or_default();
        parts.push(say!("计入{title}{by}", "counts as {title}{by}"; title, by));
    }
    if let Some(dated) = rule.dated {
        let title = &*program.facts.get(dated).title;
        parts.push(say!("按{title}归入年度", "placed by {title}"; title));
    }
    if let Some(at) = rule.counts_in {
        let title = window(program, at);
        parts.push(say!("按“{title}”归入", "placed in “{title}”"; title));
    }
    match (&rule.spread, &written.spread) {
        (Some(Spread::Ladder(rungs)), Some(ast::Spread::Ladder(written))) => {
            let mut words = Vec::new();
            for (n, (rung, written)) in rungs.iter().zip(written).enumerate() {
                let year = match rung.year {
                    0 => Text::new("结束当年", "the year it ends"),
                    1 => Text::new("次年", "the next year"),
                    n => crate::text!("其后第{n}年", "the year {n} later"),
                };
                let most = rung.at_most.as_ref().map(|most| figures.in_unit(most, written.at_most.as_ref().map(|is| (layer, is)), &program.unit));
                let part = rung.part.as_ref().map(|part| figures.phrase(part, written.part.as_ref().map(|is| (layer, is))));
                words.push(match (most, part) {
                    (Some(most), None) => say!("{year}至多{most}", "at most {most} in {year}"; year, most),
                    (None, Some(part)) => say!("{part}计入{year}", "{part} of it in {year}"; year, part),
                    (Some(most), Some(part)) => say!("{part}计入{year}，至多{most}", "{part} of it in {year}, at most {most}"; year, most, part),
                    (None, None) if n == 0 => say!("全部计入{year}", "all in {year}"; year),
                    (None, None) => say!("其余计入{year}", "the rest in {year}"; year),
                });
            }
            parts.push(join(words.into_iter()));
        }
        (Some(Spread::Across { from, to, each }), _) => {
            let (from, to) = (speak::date(program, from), speak::date(program, to));
            parts.push(match each {
                true => say!("自{from}至{to}的每一年各计全数", "whole in every year from {from} to {to}"; from, to),
                false => say!("自{from}至{to}按天数分摊到各年", "shared by days over the years from {from} to {to}"; from, to),
            });
        }
        _ => {}
    }
    parts
}

fn proof(program: &Program, is: &Proof) -> Text {
    match is {
        Proof::None => Text::new("不要求证明", "no proof asked"),
        Proof::Any => Text::new("须有任一种证明", "any one proof"),
        Proof::Groups(groups) => {
            let title = |code: &u16| {
                program
                    .evidence
                    .and_then(|fact| program.schema.columns.get(usize::from(fact)))
                    .and_then(|column| column.codes.get(usize::from(*code)))
                    .map(|code| code.title.clone())
                    .unwrap_or_default()
            };
            let (mut zh, mut en) = (Vec::new(), Vec::new());
            for group in groups {
                let words = speak::either(group.iter().map(title));
                let listed = join(group.iter().map(title));
                zh.push(if group.len() > 1 { format!("{}之一", listed.zh) } else { words.zh });
                en.push(words.en);
            }
            Text::new(format!("须有{}", zh.join("，并有")), format!("proof: {}", en.join(", and ")))
        }
    }
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
