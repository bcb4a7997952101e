//! What a gate answers, as JSON.

use super::writer::Json;
use super::{cite, row_error};
use crate::output::Report;
use crate::output::gate_words::{Asked, nothing_said, strength};
use xueshi_policy::{Answer, GateAnswer, GateYear, Lang, Strength};

/// Writes the answer.
pub(crate) fn write(json: &mut Json, asked: &Asked<'_>, overall: Answer, answers: &[GateAnswer], report: &Report, lang: Lang) {
    json.object(|json| {
        json.key("person").string(asked.person);
        json.key("gate").string(asked.question);
        json.key("on").string(&asked.on.to_string());
        json.key("answer").string(overall.name());
        if answers.is_empty() {
            json.key("reason").string(nothing_said().get(lang));
        }
        json.key("answers").list(answers, |json, one| answer(json, one, lang));
        json.key("errors").list(&report.errors, |json, error| row_error(json, error, lang));
        json.key("notes").list(report.file_notes.iter().chain(&report.notes), |json, note| json.string(note.get(lang)));
    });
}

fn answer(json: &mut Json, answer: &GateAnswer, lang: Lang) {
    json.object(|json| {
        json.key("answer").string(answer.answer.name());
        json.key("item").string(&answer.by.id);
        cite(json.key("cite"), &answer.by);
        json.key("strength").string(strength_code(answer.strength));
        json.key("strength_words").string(strength(answer.strength).get(lang));
        json.key("reason").string(answer.reason.get(lang));
        json.key("message").string(answer.message.get(lang));
        json.key("any_year").bool(answer.any_year);
        json.key("years").list(&answer.years, |json, one| year(json, one, lang));
        json.key("papers").list(&answer.papers, |json, paper| json.string(paper.get(lang)));
    });
}

fn year(json: &mut Json, year: &GateYear, lang: Lang) {
    json.object(|json| {
        json.key("year").number(year.year);
        json.key("status").option(year.status, |json, status| json.string(status.name()));
        json.key("passes").option(year.passes, Json::bool);
        json.key("lacks").list(&year.lacks, |json, (subject, hours)| {
            json.object(|json| {
                json.key("subject").string(subject.get(lang));
                json.key("hours").number(*hours);
            });
        });
    });
}

/// The words of the policy language.
fn strength_code(strength: Strength) -> &'static str {
    match strength {
        Strength::Bar => "bar",
        Strength::ImportantCondition => "important-condition",
        Strength::ImportantBasis => "important-basis",
        Strength::OtherLaw => "other-law",
        Strength::Notice => "notice",
    }
}
