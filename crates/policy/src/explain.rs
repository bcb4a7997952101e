//! An assessment with its reasons, as people read it.

use crate::assess::{Assessment, RecordResult, RecordWords, Remedy, RequirementResult, Status};
use crate::effects::{AlternativeEffect, ReadingEffect};
use crate::exact::{Hours, show};
use crate::library::Library;
use crate::program::ItemRef;
use crate::text::{Lang, Text};
use std::fmt::Write as _;

/// What an explanation needs beside the assessment.
#[derive(Clone, Copy, Debug)]
pub struct Explaining<'a> {
    /// The policies, for titles, numbers and the gist of clauses.
    pub library: &'a Library,
    /// The readings the result hangs on.
    pub readings: &'a [ReadingEffect],
    /// The language.
    pub lang: Lang,
}

/// The whole explanation of one assessment, in plain text.
pub fn explain(result: &Assessment, with: Explaining<'_>) -> String {
    let mut page = Page { out: String::new(), with, result };
    page.head();
    page.requirements();
    page.remedies();
    page.records();
    page.warnings();
    page.consequences();
    page.readings();
    page.basis();
    page.out
}

/// How the hours of a record came about: quantity, rate and rounding in one line; nothing where no rule spoke.
pub fn reckoning(record: &RecordResult, lang: Lang) -> Option<String> {
    let t = |zh: &'static str, en: &'static str| if lang == Lang::Zh { zh } else { en };
    let steps = record.steps?;
    let unit = record.words.as_ref().map(|words| format!(" {}", words.unit.get(lang))).unwrap_or_default();
    let zero = crate::Exact::from_integer(0);
    let mut parts = vec![format!("{}{unit}", show(steps.quantity))];
    if steps.less > zero {
        parts.push(format!("{} {}", t("扣除", "less"), show(steps.less)));
    }
    if steps.counted != steps.quantity {
        parts.push(format!("{} {}", t("计", "counts"), show(steps.counted)));
    }
    if steps.grant {
        let given = show(steps.exact);
        return Some(if lang == Lang::Zh { format!("不论数量，计 {given}") } else { format!("{given}, whatever the quantity") });
    }
    let ratio = crate::exact::div(steps.exact, steps.counted).filter(|_| steps.counted > zero);
    let mut text = parts.join(t("，", ", "));
    match ratio {
        Some(rate) if rate != crate::Exact::from_integer(1) => {
            let _ = write!(text, " × {} = {}", show(rate), show(steps.exact));
        }
        _ if steps.exact != steps.counted => {
            let _ = write!(text, " → {}", show(steps.exact));
        }
        _ => {}
    }
    if steps.rounded.exact() != steps.exact {
        let _ = write!(text, " ≈ {}{}", steps.rounded, t("（取舍后）", " (rounded)"));
    }
    Some(text)
}

/// The answer in one sentence: how the person stands and what lacks.
pub fn sentence(result: &Assessment, lang: Lang) -> String {
    let t = |zh: &str, en: &str| if lang == Lang::Zh { zh.to_owned() } else { en.to_owned() };
    let gaps: Vec<&RequirementResult> = result.requirements.iter().filter(|r| r.binding && r.short > Hours::ZERO).collect();
    match result.status {
        Status::Met => t("已完成", "complete"),
        Status::Exempt => t("免学", "exempt"),
        // Where no policy answered, the remark says why.
        Status::NotCovered => match result.notes.first().filter(|_| result.policies.is_empty()) {
            Some(why) => t(&format!("不适用：{}", why.zh), &format!("not covered: {}", why.get(Lang::En))),
            None => t("不适用：这些规定不管该人员", "not covered: these regulations do not apply to this person"),
        },
        Status::Short if gaps.is_empty() => t("未完成，不论未填的是什么", "not complete, whatever the facts are that were not given"),
        Status::Short => {
            let gaps = gaps.iter().map(|r| gap_words(r, lang)).collect::<Vec<_>>();
            if lang == Lang::Zh { format!("未完成：{}", gaps.join("，")) } else { format!("not complete: {}", gaps.join(", ")) }
        }
        Status::Undetermined => {
            let names: Vec<&str> = result.missing.iter().map(|missing| missing.title.get(lang)).collect();
            match (names.is_empty(), lang) {
                (false, Lang::Zh) => format!("待定：不知道{}", names.join("、")),
                (false, Lang::En) => format!("undetermined: not known: {}", names.join(", ")),
                (true, Lang::Zh) => "待定：有的记录有误，改正后才能判定".to_owned(),
                (true, Lang::En) => "undetermined: some records are in error and must be mended first".to_owned(),
            }
        }
    }
}

/// How much study closes a gap: so much of a unit, with what a cap or a limit leaves of it.
pub fn remedy_words(result: &Assessment, remedy: &Remedy, lang: Lang) -> String {
    let mut text = match (&remedy.unit, lang) {
        (Some(unit), Lang::Zh) => format!("再学 {} {}", remedy.needs, unit.zh),
        (Some(unit), Lang::En) => format!("{} more {}", remedy.needs, unit.get(lang)),
        (None, Lang::Zh) => format!("每项 {}", remedy.needs),
        (None, Lang::En) => format!("{} each", remedy.needs),
    };
    let of_account = result.unit.get(lang);
    if let Some(most) = remedy.at_most {
        let _ = match lang {
            Lang::Zh => write!(text, "，一次至多计 {most} {of_account}"),
            Lang::En => write!(text, ", at most {most} {of_account} at one time"),
        };
    }
    if let Some(room) = remedy.room {
        let _ = match lang {
            Lang::Zh => write!(text, "，本期至多再计 {room} {of_account}，单凭它不够"),
            Lang::En => write!(text, ", for the {room} {of_account} that still count in this period: not enough by itself"),
        };
    }
    text
}

fn gap_words(r: &RequirementResult, lang: Lang) -> String {
    let unit = r.unit.as_ref().map(|unit| format!(" {}", unit.get(lang))).unwrap_or_default();
    match lang {
        Lang::Zh => format!("{}差 {}{unit}", r.subject_title.zh, r.short),
        Lang::En => format!("{} lacks {}{unit}", r.subject_title.get(lang), r.short),
    }
}

struct Page<'a> {
    out: String,
    with: Explaining<'a>,
    result: &'a Assessment,
}

impl Page<'_> {
    fn t<'t>(&self, zh: &'t str, en: &'t str) -> &'t str {
        if self.with.lang == Lang::Zh { zh } else { en }
    }

    fn get<'t>(&self, text: &'t Text) -> &'t str {
        text.get(self.with.lang)
    }

    fn line(&mut self, indent: usize, text: &str) {
        let _ = writeln!(self.out, "{}{text}", "  ".repeat(indent));
    }

    fn heading(&mut self, zh: &str, en: &str) {
        let text = self.t(zh, en).to_owned();
        let _ = writeln!(self.out, "\n{text}");
    }

    /// A clause as people cite it: document number and clause, with the gist where the policy gives one.
    fn cite(&self, item: &ItemRef) -> String {
        let clauses: Vec<&str> = item.cite.iter().map(|clause| if &**clause == "silent" { self.t("文本未规定", "the texts are silent") } else { clause }).collect();
        let clauses = clauses.join(self.t("、", ", "));
        match self.with.library.get(&item.policy).map(|file| file.cited_as(self.with.lang)) {
            Some(_) if item.cite.iter().all(|clause| &**clause == "silent") => clauses,
            Some(document) => format!("{document} {clauses}"),
            None => format!("{} {clauses}", item.policy),
        }
    }

    fn title(&self, item: &ItemRef) -> String {
        if item.title.is_empty() { item.id.to_string() } else { self.get(&item.title).to_owned() }
    }

    fn head(&mut self) {
        let (result, lang) = (self.result, self.with.lang);
        let (begin, end) = result.window;
        let duty = self.get(&result.duty_title);
        let head = match lang {
            _ if duty.is_empty() => format!("{} · {}", result.person, result.year),
            Lang::Zh => format!("{} · {} · {duty}（{begin} 至 {end}）", result.person, result.year),
            Lang::En => format!("{} · {} · {duty} ({begin} to {end})", result.person, result.year),
        };
        self.line(0, &head);
        let sentence = sentence(result, lang);
        self.line(0, &sentence);
        if let Some(by) = &result.exempt_by {
            let text = format!("{}{}", self.t("依据：", "by: "), self.cite(by));
            self.line(1, &text);
        }
        for by in &result.not_covered_by {
            let text = format!("{}{}", self.t("不在适用对象之内：", "outside the coverage of: "), self.cite(by));
            self.line(1, &text);
        }
        for world in &result.outcomes {
            let assuming = world.assuming.iter().map(|(column, value)| format!("{column} = {}", value.get(lang))).collect::<Vec<_>>().join(", ");
            let needs =
                world.requirements.iter().map(|(subject, asked, short)| format!("{subject} {} ({})", asked.map_or_else(|| "?".to_owned(), |h| h.to_string()), short)).collect::<Vec<_>>().join(", ");
            let status = world.status.title();
            let text = match lang {
                Lang::Zh => format!("若 {assuming}：{}；应修（差）：{needs}", status.zh),
                Lang::En => format!("if {assuming}: {}; asked (lacking): {needs}", status.get(lang)),
            };
            self.line(1, &text);
        }
    }

    fn requirements(&mut self) {
        if self.result.requirements.is_empty() {
            return;
        }
        self.heading("要求", "Requirements");
        for r in &self.result.requirements {
            let asked = r.at_least.map_or_else(|| "?".to_owned(), |hours| hours.to_string());
            let unit = r.unit.as_ref().map(|unit| format!(" {}", self.get(unit))).unwrap_or_default();
            let state = match (r.met, r.short) {
                (Some(true), _) => self.t("已完成", "met").to_owned(),
                (Some(false), short) => format!("{} {short}", self.t("差", "lacks")),
                (None, _) => self.t("待定", "not known").to_owned(),
            };
            let guide = if r.binding { "" } else { self.t("（指导性）", " (a guideline)") };
            let text = format!("{}{guide}  {} / {asked}{unit}  {state}  —— {}", self.get(&r.subject_title), r.have, self.cite(&r.item));
            self.line(1, &text);
            for (item, hours) in &r.over {
                let cite = self.cite(item);
                let text = match self.with.lang {
                    Lang::Zh => format!("{cite} 要求 {hours}，从其高者"),
                    Lang::En => format!("{cite} asks {hours}; the higher prevails"),
                };
                self.line(2, &text);
            }
            for part in &r.parts {
                let text = format!("{}  {} / {}{}", part.of, part.have, part.at_least, if part.short > Hours::ZERO { format!("  {} {}", self.t("差", "lacks"), part.short) } else { String::new() });
                self.line(2, &text);
            }
            for way in &r.ways {
                let text = format!("{} {}  {} / {}{}", self.t("途径：", "way:"), self.get(&way.title), way.have, way.at_least, if way.met { self.t("  已满足", "  met") } else { "" });
                self.line(2, &text);
            }
        }
    }

    fn remedies(&mut self) {
        if self.result.remedies.is_empty() {
            return;
        }
        self.heading("怎样补齐（任选其一）", "What would close the gap (any of)");
        let mut last = String::new();
        for remedy in &self.result.remedies {
            if *remedy.subject != *last {
                let title = self.result.requirements.iter().find(|r| r.subject == remedy.subject).map(|r| self.get(&r.subject_title).to_owned()).unwrap_or_default();
                self.line(1, &title);
                last = remedy.subject.to_string();
            }
            let needs = remedy_words(self.result, remedy, self.with.lang);
            let text = format!("{}{}{needs}  —— {}", self.title(&remedy.rule), self.t("：", ": "), self.cite(&remedy.rule));
            self.line(2, &text);
        }
    }

    fn records(&mut self) {
        self.heading("记录", "Records");
        if self.result.records.is_empty() {
            let text = self.t("没有记录", "no records").to_owned();
            self.line(1, &text);
        }
        for record in &self.result.records {
            self.record(record);
        }
    }

    fn record(&mut self, record: &RecordResult) {
        let lang = self.with.lang;
        let bucket = self.result.hours.iter().find(|b| b.bucket == record.subject).map_or_else(|| record.subject.to_string(), |b| self.get(&b.title).to_owned());
        let words = record.words.as_ref().map(|words| self.said(words));
        let text = format!("{}  {} {}  {bucket}  {}", record.record, record.hours, self.get(&self.result.unit), words.unwrap_or_default());
        self.line(1, text.trim_end());
        if let Some(rule) = &record.rule {
            let text = format!("{}{} —— {}", self.t("规则：", "rule: "), self.title(rule), self.cite(rule));
            self.line(2, &text);
        }
        if let Some(text) = reckoning(record, self.with.lang) {
            self.line(2, &text);
        }
        for cut in &record.cuts {
            let (what, cite) = (self.title(&cut.by), self.cite(&cut.by));
            let text = match lang {
                Lang::Zh => format!("减 {}：{what} —— {cite}", cut.hours),
                Lang::En => format!("cut by {}: {what} —— {cite}", cut.hours),
            };
            self.line(2, &text);
        }
        for (year, hours) in &record.carried_to {
            let text = match lang {
                Lang::Zh => format!("{hours} 计入 {year} 年度"),
                Lang::En => format!("{hours} count in {year}"),
            };
            self.line(2, &text);
        }
        if let Some(year) = record.carried_from {
            let text = match lang {
                Lang::Zh => format!("由 {year} 年度结转而来"),
                Lang::En => format!("carried over from {year}"),
            };
            self.line(2, &text);
        }
        if let Some(problem) = &record.problem {
            let by = problem.by.as_ref().map(|by| format!(" —— {}", self.cite(by))).unwrap_or_default();
            let text = format!("{}{}{by}", self.t("不计：", "gives nothing: "), self.get(&problem.message));
            self.line(2, &text);
            if !problem.detail.is_none() {
                let detail = problem.detail.words();
                let text = self.get(&detail).to_owned();
                self.line(2, &text);
            }
        }
        if let Some(missing) = &record.missing {
            let text = match lang {
                Lang::Zh if missing.by_zero => format!("未能判定：用“{}”计算时除数为零", missing.title.zh),
                Lang::En if missing.by_zero => format!("can not be told: with this \"{}\" the reckoning divides by zero", missing.title.get(lang)),
                Lang::Zh => format!("未能判定：需要“{}”，这一行没有填", missing.title.zh),
                Lang::En => format!("can not be told: \"{}\" is needed, which this row leaves empty", missing.title.get(lang)),
            };
            self.line(2, &text);
        }
    }

    /// What a record states, in one line.
    fn said(&self, words: &RecordWords) -> String {
        let mut parts = vec![words.title.to_string()];
        parts.push(words.kind.iter().map(|title| self.get(title)).collect::<Vec<_>>().join(self.t("、", ", ")));
        parts.push(format!("{} {}", show(words.quantity), self.get(&words.unit)));
        parts.extend(words.days.map(|(first, last)| if first == last { last.to_string() } else { format!("{first} – {last}") }));
        parts.retain(|part| !part.is_empty());
        parts.join(" · ")
    }

    fn warnings(&mut self) {
        if self.result.warnings.is_empty() {
            return;
        }
        self.heading("提醒审核者（不影响学时）", "For the reviewer (no hours change)");
        for warning in &self.result.warnings {
            let text = format!("{}：{}", warning.records.join("、"), self.get(&warning.message));
            self.line(1, &text);
        }
    }

    fn consequences(&mut self) {
        if self.result.consequences.is_empty() {
            return;
        }
        self.heading("后果", "Consequences");
        for consequence in &self.result.consequences {
            let text = format!("{} —— {}", self.get(&consequence.message), self.cite(&consequence.by));
            self.line(1, &text);
        }
    }

    fn readings(&mut self) {
        if self.with.readings.is_empty() {
            return;
        }
        self.heading("结果取决于这些解读（各自单独改换时）", "The result hangs on these readings (each changed alone)");
        for reading in self.with.readings {
            let document = self.with.library.get(&reading.policy).map_or(&*reading.policy, |file| file.cited_as(self.with.lang));
            let clauses = reading.cite.iter().map(|clause| if clause == "silent" { self.t("文本未规定", "the texts are silent") } else { clause }).collect::<Vec<_>>().join(self.t("、", ", "));
            let text = format!("{} —— {document} {clauses}", self.get(&reading.text));
            self.line(1, &text);
            for alternative in &reading.alternatives {
                let text = self.alternative(alternative);
                self.line(2, &text);
            }
        }
    }

    fn alternative(&self, alternative: &AlternativeEffect) -> String {
        let lang = self.with.lang;
        let mut parts = Vec::new();
        match alternative.status {
            None => parts.push(self.t("则没有适用的义务", "then no duty applies").to_owned()),
            Some(status) => {
                if status != self.result.status {
                    let title = status.title();
                    parts.push(format!("{}{}", self.t("状态改为", "status "), title.get(lang)));
                }
                if alternative.total != self.result.total {
                    let total = if lang == Lang::Zh { format!("总{}", self.result.unit.zh) } else { "total".to_owned() };
                    parts.push(format!("{total} {} → {}", self.result.total, alternative.total));
                }
                for then in &alternative.requirements {
                    let asked = then.at_least.map_or_else(|| "?".to_owned(), |hours| hours.to_string());
                    let guide = if then.binding { "" } else { self.t("（指导性）", " (a guideline)") };
                    parts.push(format!("{}{guide} {} / {asked}", self.get(&then.title), then.have));
                }
                for (record, before, then) in alternative.records.iter().take(6) {
                    parts.push(format!("{} {record}: {before} → {then}", self.t("记录", "record")));
                }
                if alternative.records.len() > 6 {
                    let more = alternative.records.len() - 6;
                    parts.push(if lang == Lang::Zh { format!("另有 {more} 条记录") } else { format!("{more} more records") });
                }
                for (gate, closed) in &alternative.gates {
                    let word = match (closed, lang) {
                        (true, Lang::Zh) => "关闭",
                        (false, Lang::Zh) => "不再关闭",
                        (true, Lang::En) => "closed",
                        (false, Lang::En) => "open",
                    };
                    parts.push(format!("{gate} {word}"));
                }
            }
        }
        format!("{}{} ⇒ {}", self.t("另一种：", "otherwise: "), self.get(&alternative.text), parts.join(self.t("；", "; ")))
    }

    fn basis(&mut self) {
        if self.result.policies.is_empty() {
            return;
        }
        self.heading("依据", "Basis");
        for policy in &self.result.policies {
            let number = self.with.library.get(&policy.id).and_then(|file| file.number()).map(|number| format!("{number} ")).unwrap_or_default();
            let hash = policy.hash.get(..12).unwrap_or(&policy.hash);
            let (open, close) = (self.t("（", " ("), self.t("）", ")"));
            let text = format!("{number}{}{open}{} · sha256 {hash}…{close}", self.get(&policy.title), policy.id);
            self.line(1, &text);
        }
        for note in &self.result.notes {
            let text = format!("{}{}", self.t("注：", "note: "), self.get(note));
            self.line(1, &text);
        }
    }
}
