//! Whom it concerns, what is asked of them, and where the result is used: coverage, duties, requirements, exemptions, gates, stages.

use super::rules::{persons, window};
use super::{Page, Seen, Voice, cites};
use crate::program::{Figure, Requirement};
use crate::speak::{self, Figures, join};
use crate::syntax::ast::{self, Item, Strength};
use crate::text::{Text, say};

impl<'a> Voice<'a> {
    pub(super) fn people(&self, page: &mut Page) {
        self.coverage_of_persons(page);
        self.duties(page);
        self.requirements(page);
        self.exemptions(page);
    }

    pub(super) fn use_of_results(&self, page: &mut Page) {
        self.gates(page);
        self.stages(page);
        self.warnings(page);
    }

    fn coverage_of_persons(&self, page: &mut Page) {
        let policy = self.policy();
        if policy.coverages.is_empty() {
            return;
        }
        page.heading(Text::new("适用对象", "Who is covered"));
        for item in &policy.coverages {
            let found = self.find(|program| &program.coverages, |coverage| *coverage.item.policy == *policy.head.id.is && *coverage.item.id == *item.id.is);
            let mut parts = Vec::new();
            if let Some((seen, coverage)) = found {
                let who = seen.wheres(&coverage.persons, Text::new("全部人员", "everybody"));
                parts.push(say!("{who}的人员", "persons where {who}"; who));
            }
            parts.push(match item.is.drops_layer {
                true => Text::new("对其他人员本文件整个不适用，依下层文件", "for others the document drops out and those below answer"),
                false => Text::new("其他人员状态为不适用，学时照列", "others are not covered; their hours are still shown"),
            });
            parts.extend(self.when(found.map(|(seen, _)| seen)));
            parts.extend(self.readings_on("coverage", &item.id.is, &parts));
            page.entry(&self.name(item), parts, Vec::new());
        }
    }

    fn duties(&self, page: &mut Page) {
        let policy = self.policy();
        if policy.duties.is_empty() {
            return;
        }
        page.heading(Text::new("义务", "Duties"));
        for item in &policy.duties {
            let found = self.find(|program| &program.duties, |duty| *duty.id == *item.id.is);
            let mut parts = Vec::new();
            if let Some((seen, duty)) = found {
                let (within, role) = (window(seen.program, duty.window), Text::same(duty.role.as_str()));
                parts.extend(persons(seen, &duty.persons));
                parts.push(say!("期间为“{within}”", "window “{within}”"; within));
                parts.push(say!("身份 {role}", "role {role}"; role));
            }
            page.entry(&self.name(item), parts, Vec::new());
        }
    }

    fn requirements(&self, page: &mut Page) {
        let policy = self.policy();
        if policy.requirements.is_empty() {
            return;
        }
        page.heading(Text::new("要求", "Requirements"));
        for item in &policy.requirements {
            let found = self.find(|program| &program.requirements, |requirement| *requirement.item.policy == *policy.head.id.is && *requirement.item.id == *item.id.is);
            let (mut parts, mut tables) = (Vec::new(), Vec::new());
            if let Some((seen, requirement)) = found {
                let mut figures = seen.figures();
                parts = requirement_words(seen, requirement, item, &mut figures);
                tables = figures.tables.unwrap_or_default();
            }
            parts.extend(self.governed(&item.is.governs).map(|years| say!("限{years}", "in {years} only"; years)));
            if let Some(word) = &item.is.replaces {
                let word = Text::same(word.is.as_str());
                parts.push(say!("取代 {word}", "in place of {word}"; word));
            }
            parts.extend(self.when(found.map(|(seen, _)| seen)));
            parts.extend(self.readings_on("requirement", &item.id.is, &parts));
            page.entry(&self.name(item), parts, tables);
        }
    }

    fn exemptions(&self, page: &mut Page) {
        let policy = self.policy();
        if policy.exemptions.is_empty() {
            return;
        }
        page.heading(Text::new("免学", "Exemptions"));
        for item in &policy.exemptions {
            let found = self.find(|program| &program.exemptions, |exemption| *exemption.item.policy == *policy.head.id.is && *exemption.item.id == *item.id.is);
            let mut parts = Vec::new();
            if let Some((seen, exemption)) = found {
                parts.push(seen.wheres(&exemption.persons, Text::new("全部人员", "everybody")));
            }
            let lifted = join(item.is.lifts.iter().map(|word| self.requirement_title(&word.is)));
            let lifted = if lifted.zh.is_empty() { Text::new("全部要求", "all requirements") } else { lifted };
            parts.push(match item.is.defers_years {
                0 => say!("免除{lifted}", "lifts {lifted}"; lifted),
                n => {
                    let n = Text::same(n.to_string());
                    say!("{lifted}推迟{n}年，差额到时补", "{lifted} put off by {n} years; what lacks is asked then"; lifted, n)
                }
            });
            parts.extend(self.when(found.map(|(seen, _)| seen)));
            parts.extend(self.readings_on("exemption", &item.id.is, &parts));
            page.entry(&self.name(item), parts, Vec::new());
            if !item.is.grounds.is_empty() {
                page.line(3, &Text::new("事由（封闭清单）", "grounds (a closed list)"));
            }
            for ground in &item.is.grounds {
                let (title, id, approver) = (&ground.title, Text::same(ground.id.as_str()), &ground.approver);
                page.line(4, &say!("{title}（{id}），批准者：{approver}", "{title} ({id}), approved by: {approver}"; title, id, approver));
            }
        }
    }

    /// The title of a requirement of the policy or of those below it.
    fn requirement_title(&self, id: &str) -> Text {
        let below = self.seen.first().map(|seen| seen.names.stack).unwrap_or_default();
        let found = below.iter().rev().flat_map(|policy| &policy.requirements).find(|requirement| requirement.id.is == id);
        found.map(|requirement| requirement.title.clone()).filter(|title| !title.is_empty()).unwrap_or_else(|| Text::same(id))
    }

    fn gates(&self, page: &mut Page) {
        let policy = self.policy();
        if policy.gates.is_empty() {
            return;
        }
        page.heading(Text::new("关口：结果用于何处", "Gates: where the result is used"));
        for item in &policy.gates {
            let found = self.find(|program| &program.gates, |gate| *gate.item.policy == *policy.head.id.is && *gate.item.id == *item.id.is);
            let question = Text::same(item.is.gate.is.as_str());
            let mut parts = vec![say!("所问 {question}", "asked for {question}"; question)];
            let (mut papers, mut tables) = (Vec::new(), Vec::new());
            if let Some((seen, gate)) = found {
                let mut figures = seen.figures();
                parts.extend(persons(seen, &gate.persons));
                parts.push(looked(seen, gate, &item.is, &mut figures));
                parts.push(self.asked(gate));
                if let Some(unless) = &gate.unless {
                    let unless = seen.wheres(unless, Text::new("任何人", "anybody"));
                    parts.push(say!("除非{unless}", "unless {unless}"; unless));
                }
                papers = gate.papers.iter().map(|paper| paper.clone()).collect();
                tables = figures.tables.unwrap_or_default();
            }
            parts.push(strength(item.is.strength));
            let papers = join(papers.into_iter());
            if !papers.zh.is_empty() {
                parts.push(say!("须交{papers}", "papers: {papers}"; papers));
            }
            if !item.is.message.is_empty() {
                let message = &item.is.message;
                parts.push(say!("未通过时说明：{message}", "when closed it is said: {message}"; message));
            }
            parts.extend(self.when(found.map(|(seen, _)| seen)));
            parts.extend(self.readings_on("gate", &item.id.is, &parts));
            page.entry(&self.name(item), parts, tables);
        }
    }

    /// "须状态为完成、免学或不适用".
    fn asked(&self, gate: &crate::program::Gate) -> Text {
        let words = |name: &String| crate::Status::ALL.iter().find(|status| status.name() == name).map_or_else(|| Text::same(name.clone()), |status| status.title());
        let passes = speak::either(gate.passes.iter().map(words));
        match &gate.requirement {
            None => say!("状态须为{passes}", "the status must be {passes}"; passes),
            Some(id) => {
                let title = self.requirement_title(id);
                say!("“{title}”须为{passes}", "“{title}” must be {passes}"; title, passes)
            }
        }
    }

    fn stages(&self, page: &mut Page) {
        let policy = self.policy();
        if policy.stages.is_empty() {
            return;
        }
        page.heading(Text::new("审核步骤", "Stages of review"));
        let stack = self.seen.first().map(|seen| seen.names.stack).unwrap_or_default();
        for item in &policy.stages {
            let actor = |id: &str| stack.iter().flat_map(|policy| &policy.actors).find(|actor| actor.id.is == id).map_or_else(|| Text::same(id), |actor| actor.title.clone());
            let by = join(item.is.by.iter().map(|word| actor(&word.is)));
            let mut parts = vec![say!("由{by}", "by {by}"; by)];
            if let Some(before) = &item.is.after {
                let title = stack.iter().flat_map(|policy| &policy.stages).find(|stage| stage.id.is == before.is).map_or_else(|| Text::same(before.is.as_str()), |stage| stage.title.clone());
                parts.push(say!("在“{title}”之后", "after “{title}”"; title));
            }
            if let Some(until) = &item.is.until {
                let until = Text::same(until.is.as_str());
                parts.push(say!("至次年 {until} 止", "until {until} of the next year"; until));
            }
            let checks = join(item.is.checks.iter().cloned());
            parts.push(say!("审{checks}", "checks {checks}"; checks));
            parts.push(match item.is.decides.as_str() {
                "hours" => Text::new("决定学时", "decides the hours"),
                "verification" => Text::new("决定年度验证", "decides the year's verification"),
                _ => Text::new("转报", "passes on"),
            });
            parts.extend(self.readings_on("stage", &item.id.is, &parts));
            page.entry(&self.name(item), parts, Vec::new());
        }
    }

    fn warnings(&self, page: &mut Page) {
        let policy = self.policy();
        if policy.warnings.is_empty() {
            return;
        }
        page.heading(Text::new("提醒审核者（不改学时）", "Said to the reviewer (no hours change)"));
        for item in &policy.warnings {
            let found = self.find(|program| &program.warnings, |warning| *warning.item.policy == *policy.head.id.is && *warning.item.id == *item.id.is);
            let mut parts = Vec::new();
            if let Some((seen, warning)) = found {
                parts.push(seen.wheres(&warning.of, Text::new("全部记录", "all records")));
                if let Some((start, end)) = warning.overlap {
                    let (start, end) = (&*seen.program.facts.get(start).title, &*seen.program.facts.get(end).title);
                    parts.push(say!("两条的{start}至{end}重叠", "two overlap from {start} to {end}"; start, end));
                }
                parts.extend(warning.when.as_ref().map(|when| seen.wheres(when, Text::default())));
            }
            let message = &item.is.message;
            parts.push(say!("说：{message}", "it is said: {message}"; message));
            page.entry(&self.name(item), parts, Vec::new());
        }
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

/// "看2021年至上一年，其中每一年".
fn looked<'a>(seen: &Seen<'a>, gate: &crate::program::Gate, written: &'a ast::Gate, figures: &mut Figures<'a>) -> Text {
    let mut year = |figure: &Figure, written: &'a ast::Sp<ast::Figure>| {
        let phrase = figures.phrase(figure, Some((seen.layer, written)));
        let Some(number) = speak::constant(figure) else { return phrase };
        let words = match number.to_integer() {
            0 => Text::new("所问之年", "the year asked about"),
            -1 => Text::new("上一年", "the year before"),
            n if n > -1000 && n < 0 => {
                let n = n.abs();
                crate::text!("前{n}年", "{n} years before")
            }
            n if n < 1000 => crate::text!("后{n}年", "{n} years after"),
            n => crate::text!("{n}年", "{n}"),
        };
        let note = match &written.is {
            ast::Figure::Name(name) => crate::text!("（见解读 {name}）", " (reading {name})"),
            _ => Text::default(),
        };
        say!("{words}{note}", "{words}{note}"; words, note)
    };
    let (from, to) = (year(&gate.from, &written.from), year(&gate.to, &written.to));
    if from == to {
        return say!("看{from}", "looks at {from}"; from);
    }
    let hold = if gate.any_year { Text::new("其中有一年即可", "one of them suffices") } else { Text::new("其中每一年", "each of them") };
    let by = match &written.hold {
        Some(word) if !["each", "any"].contains(&word.is.as_str()) => {
            let word = &word.is;
            crate::text!("（见解读 {word}）", " (reading {word})")
        }
        _ => Text::default(),
    };
    say!("看{from}至{to}，{hold}{by}", "looks at {from} to {to}, {hold}{by}"; from, to, hold, by)
}

fn strength(is: Strength) -> Text {
    match is {
        Strength::Bar => Text::new("效力：不满足即不得", "strength: a bar"),
        Strength::ImportantCondition => Text::new("效力：重要条件，由决定机构考虑", "strength: an important condition, for the deciding body"),
        Strength::ImportantBasis => Text::new("效力：重要依据，本身不构成障碍", "strength: an important basis, no bar by itself"),
        Strength::OtherLaw => Text::new("效力：由该证照的法律决定", "strength: the law of that licence decides"),
        Strength::Notice => Text::new("效力：仅通报", "strength: announced only"),
    }
}

/// The title of an item of a kind without a compiled form.
pub(super) fn titled<T>(item: &Item<T>) -> Text {
    let (id, title, cite) = (Text::same(item.id.is.as_str()), &item.title, cites(&item.cite));
    let named = if title.is_empty() { id } else { say!("{title}（{id}）", "{title} ({id})"; title, id) };
    if cite.zh.is_empty() { named } else { say!("{cite} {named}", "{cite} {named}"; cite, named) }
}
