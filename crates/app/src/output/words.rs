//! Results in words that more than one format uses.

use xueshi_policy::{Assessment, Hours, ItemRef, Lang, ProblemResult, RecordResult, Status, text};

/// The clauses of an item, as one text.
pub(crate) fn cite(item: &ItemRef) -> String {
    item.cite.join("、")
}

/// The title of an item, or its id.
pub(crate) fn title(item: &ItemRef, lang: Lang) -> &str {
    if item.title.is_empty() { &item.id } else { item.title.get(lang) }
}

/// What a problem means, with what is missing or would be accepted.
pub(crate) fn problem(problem: &ProblemResult, lang: Lang) -> String {
    let detail = problem.detail.words();
    let (message, detail) = (problem.message.get(lang), detail.get(lang));
    match (detail, lang) {
        ("", _) => message.to_owned(),
        (detail, Lang::Zh) => format!("{message}。{detail}"),
        (detail, Lang::En) => format!("{message}; {detail}"),
    }
}

/// The records that could be assessed: one that lacks a fact is an error of its row.
pub(crate) fn assessed(assessment: &Assessment) -> impl Iterator<Item = &RecordResult> {
    assessment.records.iter().filter(|record| record.missing.is_none())
}

/// Hours that caps and limits took off a record.
pub(crate) fn cut(record: &RecordResult) -> Hours {
    record.cuts.iter().fold(Hours::ZERO, |sum, cut| sum.plus(cut.hours))
}

/// Hours of a record that count in later years.
pub(crate) fn carried(record: &RecordResult) -> Hours {
    record.carried_to.iter().fold(Hours::ZERO, |sum, (_, hours)| sum.plus(*hours))
}

/// What is still to be done, in one phrase: the answer that its reader came for.
pub(crate) fn status_sentence(assessment: &Assessment, lang: Lang) -> String {
    if assessment.status != Status::Short {
        return assessment.status.title().get(lang).to_owned();
    }
    let lacking = || assessment.requirements.iter().filter(|requirement| requirement.binding && requirement.short > Hours::ZERO);
    let unit = assessment.unit.get(lang);
    let of_total = lacking().filter(|requirement| *requirement.subject == *"total").map(|requirement| {
        let short = requirement.short;
        text!("还差 {short} {unit}", "{short} {unit} short").get(lang).to_owned()
    });
    let of_parts = lacking().filter(|requirement| *requirement.subject != *"total").map(|requirement| {
        let short = requirement.short;
        let unit = requirement.unit.as_ref().map_or(unit, |unit| unit.get(lang));
        let title = requirement.subject_title.get(lang);
        text!("{title}还差 {short} {unit}", "{short} {unit} of {title} short").get(lang).to_owned()
    });
    let parts: Vec<String> = of_total.chain(of_parts).collect();
    if parts.is_empty() { Status::Short.title().get(lang).to_owned() } else { parts.join(if lang == Lang::Zh { "；" } else { "; " }) }
}
