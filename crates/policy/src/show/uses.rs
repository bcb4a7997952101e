//! Where the result is used, and how it comes about: gates, stages of review, warnings.

use super::rules::persons;
use super::{Said, Section, Seen, Voice};
use crate::program::Figure;
use crate::speak::{self, Figures, join};
use crate::syntax::ast::{self, Item, Strength};
use crate::text::{Text, say};

impl<'a> Voice<'a> {
    pub(super) fn use_of_results(&self, out: &mut Vec<Section>) {
        let policy = self.policy();
        self.section(out, Text::new("关口：结果用于何处", "Gates: where the result is used"), "gate", &policy.gates, Self::gate);
        self.section(out, Text::new("审核步骤", "Stages of review"), "stage", &policy.stages, Self::stage);
        self.section(out, Text::new("提醒审核者（不改学时）", "Said to the reviewer (no hours change)"), "warning", &policy.warnings, Self::warning);
    }

    pub(super) fn gate(&self, item: &'a Item<ast::Gate>) -> Said {
        let mine = self.mine(item);
        let mut said = self.said(
            |program| &program.gates,
            |gate| mine(&gate.item),
            |seen, gate, figures| {
                let mut parts: Vec<Text> = persons(seen, &gate.persons).into_iter().collect();
                parts.push(looked(seen, gate, &item.is, figures));
                parts.push(self.asked(gate));
                if let Some(unless) = &gate.unless {
                    let unless = seen.wheres(unless, Text::new("任何人", "anybody"));
                    parts.push(say!("除非{unless}", "unless {unless}"; unless));
                }
                let papers = join(gate.papers.iter().cloned());
                if !papers.zh.is_empty() {
                    parts.push(say!("须交{papers}", "papers: {papers}"; papers));
                }
                parts
            },
        );
        let question = crate::question_title(item.is.gate.is.as_str());
        said.parts.insert(0, say!("所问：{question}", "asked: {question}"; question));
        said.parts.push(strength(item.is.strength));
        if !item.is.message.is_empty() {
            let message = &item.is.message;
            said.parts.push(say!("未通过时说明：{message}", "when closed it is said: {message}"; message));
        }
        said
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

    pub(super) fn stage(&self, item: &'a Item<ast::Stage>) -> Said {
        let stack = self.seen.first().map(|seen| seen.names.stack).unwrap_or_default();
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
        Said::plain(parts)
    }

    pub(super) fn warning(&self, item: &'a Item<ast::Warning>) -> Said {
        let mine = self.mine(item);
        let mut said = self.said(
            |program| &program.warnings,
            |warning| mine(&warning.item),
            |seen, warning, _| {
                let mut parts = vec![seen.wheres(&warning.of, Text::new("全部记录", "all records"))];
                if let Some((start, end)) = warning.overlap {
                    let (start, end) = (&*seen.program.facts.get(start).title, &*seen.program.facts.get(end).title);
                    parts.push(say!("两条的{start}至{end}重叠", "two overlap from {start} to {end}"; start, end));
                }
                parts.extend(warning.when.as_ref().map(|when| seen.wheres(when, Text::default())));
                parts
            },
        );
        let message = &item.is.message;
        said.parts.push(say!("说：{message}", "it is said: {message}"; message));
        said
    }
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
