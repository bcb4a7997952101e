//! Results in words that more than one format uses.

use xueshi_policy::{Assessment, Hours, ItemRef, Lang, Library, ProblemResult, RecordResult, Text};

/// The clause of what no text says.
const SILENT: &str = "silent";

/// The clauses of an item, as one text.
pub(crate) fn cite(item: &ItemRef) -> String {
    item.cite.join("、")
}

/// An item's document and clauses, as people cite them.
pub(crate) fn source(library: &Library, item: &ItemRef, lang: Lang) -> String {
    if item.cite.iter().all(|clause| &**clause == SILENT) {
        return Text::new("文本未规定", "the texts are silent").get(lang).to_owned();
    }
    let document = library.get(&item.policy).map_or(&*item.policy, |file| file.cited_as(lang));
    format!("{document} {}", cite(item))
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
