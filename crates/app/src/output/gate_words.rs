//! What a gate answers, for people.

use super::words;
use crate::terminal::{Colour, Paint, visible};
use jiff::civil::Date;
use std::fmt::Write as _;
use xueshi_policy::{Answer, GateAnswer, GateYear, Lang, Library, Status, Strength, Text, text};

/// The question as it was asked.
#[derive(Debug)]
pub(crate) struct Asked<'a> {
    /// The policies, for what clauses are cited by.
    pub(crate) library: &'a Library,
    pub(crate) person: &'a str,
    pub(crate) name: Option<String>,
    pub(crate) question: &'a str,
    pub(crate) title: Text,
    pub(crate) on: Date,
}

/// The answer first, then every text that speaks of it.
pub(crate) fn page(asked: &Asked<'_>, overall: Answer, answers: &[GateAnswer], lang: Lang, paint: Paint) -> String {
    let mut out = String::new();
    let name = asked.name.as_deref().map(|name| format!(" {}", visible(name))).unwrap_or_default();
    let (person, on, title) = (format!("{}{name}", visible(asked.person)), asked.on, asked.title.get(lang));
    let word = words_of(overall);
    let word = paint.text(colour(overall), word.get(lang));
    let _ = writeln!(out, "{}", text!("{person} {on} {title}：{word}", "{person}, {on}, {title}: {word}").get(lang));
    if answers.is_empty() {
        let _ = writeln!(out, "  {}", nothing_said().get(lang));
    }
    for answer in answers {
        out.push('\n');
        for line in one(answer, asked.library, lang) {
            let _ = writeln!(out, "  {}", visible(&line));
        }
    }
    out
}

/// What is said where no text speaks of the question.
pub(crate) fn nothing_said() -> Text {
    Text::new("手边的文本没有就此作出规定", "the texts in hand say nothing about it")
}

/// How strongly a text puts it, in words.
pub(crate) fn strength(strength: Strength) -> Text {
    match strength {
        Strength::Bar => Text::new("不满足即不予通过", "a bar: closed to whoever does not meet it"),
        Strength::ImportantCondition => Text::new("重要条件：由决定机构考虑", "an important condition: the body that decides weighs it"),
        Strength::ImportantBasis => Text::new("重要依据：本身不构成障碍", "an important basis: no bar by itself"),
        Strength::OtherLaw => Text::new("由该职业资格的法律规定", "for the law of that licence to decide"),
        Strength::Notice => Text::new("予以通报", "announced, nothing else"),
    }
}

fn one(answer: &GateAnswer, library: &Library, lang: Lang) -> Vec<String> {
    let source = words::source(library, &answer.by, lang);
    let word = words_of(answer.answer);
    let (zh, en) = (strength(answer.strength), strength(answer.strength));
    let (zh, en, word_zh, word_en) = (zh.zh, en.en, word.zh.as_str(), word.get(Lang::En));
    let mut lines = vec![text!("{word_zh}：{source}（{zh}）", "{word_en}: {source} ({en})").get(lang).to_owned()];
    for text in [&answer.reason, &answer.message] {
        if !text.is_empty() {
            lines.push(format!("  {}", text.get(lang)));
        }
    }
    if answer.any_year && answer.years.len() > 1 {
        lines.push(format!("  {}", Text::new("以下年度有一个达到即可", "one of these years is enough").get(lang)));
    }
    lines.extend(answer.years.iter().map(|one| year(one, lang)));
    if !answer.papers.is_empty() {
        let papers: Vec<&str> = answer.papers.iter().map(|paper| paper.get(lang)).collect();
        let (zh, en) = (papers.join("、"), papers.join(", "));
        lines.push(format!("  {}", text!("须提交：{zh}", "papers: {en}").get(lang)));
    }
    lines
}

fn year(one: &GateYear, lang: Lang) -> String {
    let status = one.status.map_or_else(|| Text::new("无适用政策", "no policy answers"), Status::title);
    let passes = match one.passes {
        Some(true) => Text::new("达到", "passes"),
        Some(false) => Text::new("未达到", "does not pass"),
        None => Text::new("无法判定", "can not be told"),
    };
    let lacks = one.lacks.iter().map(|(subject, hours)| {
        let (zh, en) = (&subject.zh, subject.get(Lang::En));
        text!("{zh}还差 {hours}", "{hours} of {en} short").get(lang).to_owned()
    });
    let mut parts = vec![passes.get(lang).to_owned(), status.get(lang).to_owned()];
    parts.extend(lacks);
    parts.dedup();
    format!("  {}  {}", one.year, parts.join(if lang == Lang::Zh { "，" } else { ", " }))
}

fn words_of(answer: Answer) -> Text {
    match answer {
        Answer::Yes => Text::new("可以", "yes"),
        Answer::No => Text::new("不可以", "no"),
        Answer::Unknown => Text::new("不能确定", "unknown"),
    }
}

fn colour(answer: Answer) -> Colour {
    match answer {
        Answer::Yes => Colour::Green,
        Answer::No => Colour::Red,
        Answer::Unknown => Colour::Yellow,
    }
}
