//! Whom it concerns and what is asked of them: coverage, duties, requirements, exemptions.

use super::rules::{persons, window};
use super::{Said, Section, Seen, Voice};
use crate::program::Requirement;
use crate::speak::{self, Figures, join};
use crate::syntax::ast::{self, Item};
use crate::text::{Text, say};

impl<'a> Voice<'a> {
    pub(super) fn people(&self, out: &mut Vec<Section>) {
        let policy = self.policy();
        self.section(out, Text::new("适用对象", "Who is covered"), "coverage", &policy.coverages, Self::coverage);
        self.section(out, Text::new("义务", "Duties"), "duty", &policy.duties, Self::duty);
        self.section(out, Text::new("要求", "Requirements"), "requirement", &policy.requirements, Self::requirement);
        self.section(out, Text::new("免学", "Exemptions"), "exemption", &policy.exemptions, Self::exemption);
    }

    pub(super) fn coverage(&self, item: &'a Item<ast::Coverage>) -> Said {
        let mine = self.mine(item);
        let mut said = self.said(
            |program| &program.coverages,
            |coverage| mine(&coverage.item),
            |seen, coverage, _| {
                let who = seen.wheres(&coverage.persons, Text::new("全部人员", "everybody"));
                vec![say!("{who}的人员", "persons where {who}"; who)]
            },
        );
        said.parts.push(match item.is.drops_layer {
            true => Text::new("对其他人员本文件整个不适用，依下层文件", "for others the document drops out and those below answer"),
            false => Text::new("其他人员状态为不适用，学时照列", "others are not covered; their hours are still shown"),
        });
        said
    }

    pub(super) fn duty(&self, item: &'a Item<ast::Duty>) -> Said {
        self.said(
            |program| &program.duties,
            |duty| *duty.id == *item.id.is,
            |seen, duty, _| {
                let (within, role) = (window(seen.program, duty.window), Text::same(duty.role.as_str()));
                let mut parts: Vec<Text> = persons(seen, &duty.persons).into_iter().collect();
                parts.push(say!("期间为“{within}”", "window “{within}”"; within));
                parts.push(say!("身份 {role}", "role {role}"; role));
                parts
            },
        )
    }

    pub(super) fn requirement(&self, item: &'a Item<ast::Requirement>) -> Said {
        let mine = self.mine(item);
        let mut said = self.said(|program| &program.requirements, |requirement| mine(&requirement.item), |seen, requirement, figures| requirement_words(seen, requirement, item, figures));
        said.parts.extend(self.governed(&item.is.governs).map(|years| say!("限{years}", "holds {years}"; years)));
        if let Some(word) = &item.is.replaces {
            let word = Text::same(word.is.as_str());
            said.parts.push(say!("取代 {word}", "in place of {word}"; word));
        }
        said
    }

    pub(super) fn exemption(&self, item: &'a Item<ast::Exemption>) -> Said {
        let mine = self.mine(item);
        let mut said = self.said(|program| &program.exemptions, |exemption| mine(&exemption.item), |seen, exemption, _| vec![seen.wheres(&exemption.persons, Text::new("全部人员", "everybody"))]);
        let lifted = join(item.is.lifts.iter().map(|word| self.requirement_title(&word.is)));
        let lifted = if lifted.zh.is_empty() { Text::new("全部要求", "all requirements") } else { lifted };
        said.parts.push(match item.is.defers_years {
            0 => say!("免除{lifted}", "lifts {lifted}"; lifted),
            n => {
                let n = Text::same(n.to_string());
                say!("{lifted}推迟{n}年，差额到时补", "{lifted} put off by {n} years; what lacks is asked then"; lifted, n)
            }
        });
        if !item.is.grounds.is_empty() {
            said.parts.push(Text::new("事由为封闭清单", "the grounds are a closed list"));
            said.rows = item
                .is
                .grounds
                .iter()
                .map(|ground| {
                    let unnamed = Text::new("文件未写明", "not named by the text");
                    let (title, id) = (&ground.title, Text::same(ground.id.as_str()));
                    let approver = if ground.approver.is_empty() { &unnamed } else { &ground.approver };
                    let returned = &ground.returned;
                    if returned.is_empty() {
                        say!("{title}（{id}），批准者：{approver}", "{title} ({id}), approved by: {approver}"; title, id, approver)
                    } else {
                        say!("{title}（{id}），批准者：{approver}；已返回者：{returned}", "{title} ({id}), approved by: {approver}; once returned: {returned}"; title, id, approver, returned)
                    }
                })
                .collect();
        }
        said
    }

    /// The title of a requirement of the policy or of those below it.
    pub(super) fn requirement_title(&self, id: &str) -> Text {
        let below = self.seen.first().map(|seen| seen.names.stack).unwrap_or_default();
        let found = below.iter().rev().flat_map(|policy| &policy.requirements).find(|requirement| requirement.id.is == id);
        found.map(|requirement| requirement.title.clone()).filter(|title| !title.is_empty()).unwrap_or_else(|| Text::same(id))
    }
}

fn requirement_words<'a>(seen: &Seen<'a>, requirement: &'a Requirement, item: &'a Item<ast::Requirement>, figures: &mut Figures<'a>) -> Vec<Text> {
    let program = seen.program;
    let mut parts: Vec<Text> = persons(seen, &requirement.persons).into_iter().collect();
    let within = window(program, requirement.window);
    parts.push(match requirement.each.map(|each| window(program, each)) {
        Some(each) => say!("“{within}”内的每个“{each}”", "in every “{each}” of “{within}”"; within, each),
        None => say!("在“{within}”内", "within “{within}”"; within),
    });
    if !requirement.per.is_empty() {
        let per = join(requirement.per.iter().map(|(fact, with)| {
            let title = &*program.facts.get(*fact).title;
            match with {
                Some(with) => {
                    let with = &*program.facts.get(*with).title;
                    say!("{title}（{with}所登记的每一个）", "{title} (every one of {with})"; title, with)
                }
                None => title.clone(),
            }
        }));
        parts.push(say!("按{per}分别要求", "of each {per}"; per));
    }
    let unit = match &requirement.unit {
        Some(unit) => unit,
        None => &program.unit,
    };
    let mut ways = Vec::new();
    for (way, written) in requirement.ways.iter().zip(&item.is.ways) {
        let of = seen.written(&way.of, &written.of, Text::default());
        let measure = speak::measure(program, &way.what, &of);
        let unit = if matches!(way.what, crate::program::Measure::Records | crate::program::Measure::Distinct(_)) { Text::default() } else { (**unit).clone() };
        let least = figures.in_unit(&way.at_least, Some((seen.layer, &written.at_least)), &unit);
        let title = &way.title;
        ways.push(match title.is_empty() || requirement.ways.len() == 1 {
            true => say!("{measure}至少{least}", "{measure}: at least {least}"; measure, least),
            false => say!("{title}：{measure}至少{least}", "{title}: {measure}: at least {least}"; title, measure, least),
        });
    }
    if ways.len() > 1 {
        let ways = speak::or(ways.into_iter());
        parts.push(say!("下列之一即可：{ways}", "any of these suffices: {ways}"; ways));
    } else {
        parts.extend(ways);
    }
    if !requirement.only_for.is_empty() {
        let gates = speak::ids(requirement.only_for.iter().map(String::as_str));
        parts.push(say!("只在 {gates} 时要求", "asked at {gates} only"; gates));
    }
    parts.push(if requirement.binding { Text::new("有约束力", "binding") } else { Text::new("指导性", "a guideline") });
    if let ast::Scalar::Text(reading) = &item.is.binding.is {
        parts.push(crate::text!("见解读 {reading}", "reading {reading}"));
    }
    parts
}
