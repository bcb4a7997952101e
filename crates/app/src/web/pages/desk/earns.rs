//! What a record would earn, beside everything that counts already: rule, clause, reckoning, caps, readings, what the year comes to with it.

use crate::output::{problem_words, title};
use crate::web::errors::Failed;
use crate::web::law::{self, Cite};
use crate::web::result::percent;
use crate::web::state::App;
use crate::web::visit::Visit;
use serde::Serialize;
use xueshi_policy::{Assessment, Hours, ReadingEffect, RecordResult, reckoning};
use xueshi_registry::Trial;

/// What a record earns under the duty that takes most of it.
#[derive(Serialize)]
pub(super) struct Earns {
    duty: String,
    hours: String,
    unit: String,
    subject: String,
    /// Why there are none; empty where there are.
    problem: String,
    rule: String,
    cites: Vec<Cite>,
    reckoning: String,
    /// Before caps, where a cap took something.
    before: String,
    cuts: Vec<Cut>,
    carried: Vec<(i16, String)>,
    needs: Vec<Moves>,
    readings: Vec<Doubt>,
    warnings: Vec<Warning>,
    /// Other duties, and the hours there.
    others: Vec<(String, String)>,
}

#[derive(Serialize)]
struct Cut {
    hours: String,
    by: String,
    cites: Vec<Cite>,
}

/// A requirement before and with this record.
#[derive(Serialize)]
struct Moves {
    subject: String,
    title: String,
    from: String,
    to: String,
    asked: String,
    met: bool,
    percent: i64,
    cites: Vec<Cite>,
}

/// A reading on which the hours hang.
#[derive(Serialize)]
struct Doubt {
    text: String,
    cites: Vec<Cite>,
    /// The other way, and the hours then.
    alternatives: Vec<(String, String)>,
}

/// Something to look at more closely.
#[derive(Serialize)]
struct Warning {
    text: String,
    cites: Vec<Cite>,
}

impl Earns {
    /// Why there are no hours, as a reason to return it with.
    pub(super) fn reason(&self) -> Option<&str> {
        Some(self.problem.as_str()).filter(|problem| !problem.is_empty())
    }
}

/// What a trial came to; nothing where no regulation answers.
///
/// # Errors
/// If a word is missing.
pub(super) fn of(app: &App, visit: &Visit, trial: &Trial) -> Result<Option<Earns>, Failed> {
    let result = |assessment: &Assessment| assessment.records.iter().find(|record| record.record == trial.record).cloned();
    let mut found: Vec<(usize, RecordResult)> = trial.after.iter().enumerate().filter_map(|(at, assessment)| Some((at, result(assessment)?))).collect();
    found.sort_by_key(|(at, record)| (record.problem.is_some(), *at));
    let mut found = found.into_iter();
    let Some((at, record)) = found.next() else { return Ok(None) };
    let assessment = &trial.after[at];
    let before = trial.before.iter().find(|before| before.duty == assessment.duty);
    let teller = Teller { app, visit };
    let mut earns = teller.earns(assessment, &record)?;
    for need in assessment.requirements.iter().filter(|need| need.binding) {
        earns.needs.extend(teller.moves(need, before)?);
    }
    for reading in trial.readings.get(at).into_iter().flatten() {
        earns.readings.extend(teller.doubt(reading, &record.record)?);
    }
    for warning in assessment.warnings.iter().filter(|warning| warning.records.contains(&record.record)) {
        earns.warnings.push(Warning { text: visit.say(&warning.message).to_owned(), cites: law::cites(app, visit, &warning.by)? });
    }
    earns.others = found.filter(|(_, record)| record.hours > Hours::ZERO).map(|(at, record)| (visit.say(&trial.after[at].duty_title).to_owned(), record.hours.to_string())).collect();
    Ok(Some(earns))
}

struct Teller<'a> {
    app: &'a App,
    visit: &'a Visit,
}

impl Teller<'_> {
    fn earns(&self, assessment: &Assessment, record: &RecordResult) -> Result<Earns, Failed> {
        let visit = self.visit;
        let by = record.problem.as_ref().and_then(|problem| problem.by.as_ref()).or(record.rule.as_ref());
        let subject = assessment.hours.iter().find(|bucket| bucket.bucket == record.subject).map_or_else(|| record.subject.to_string(), |bucket| visit.say(&bucket.title).to_owned());
        let mut cuts = Vec::new();
        for cut in &record.cuts {
            cuts.push(Cut { hours: cut.hours.to_string(), by: title(&cut.by, visit.lang).to_owned(), cites: law::cites(self.app, visit, &cut.by)? });
        }
        Ok(Earns {
            duty: visit.say(&assessment.duty_title).to_owned(),
            hours: record.hours.to_string(),
            unit: visit.say(&assessment.unit).to_owned(),
            subject,
            problem: record.problem.as_ref().map(|problem| problem_words(problem, visit.lang)).unwrap_or_default(),
            rule: record.rule.as_ref().map(|rule| title(rule, visit.lang).to_owned()).unwrap_or_default(),
            cites: by.map(|item| law::cites(self.app, visit, item)).transpose()?.unwrap_or_default(),
            reckoning: if record.problem.is_some() { String::new() } else { reckoning(record, visit.lang).unwrap_or_default() },
            before: record.steps.filter(|_| !record.cuts.is_empty()).map(|steps| steps.rounded.to_string()).unwrap_or_default(),
            cuts,
            carried: record.carried_to.iter().map(|(year, hours)| (*year, hours.to_string())).collect(),
            needs: Vec::new(),
            readings: Vec::new(),
            warnings: Vec::new(),
            others: Vec::new(),
        })
    }

    fn moves(&self, need: &xueshi_policy::RequirementResult, before: Option<&Assessment>) -> Result<Option<Moves>, Failed> {
        let Some(asked) = need.at_least else { return Ok(None) };
        let from = before.and_then(|before| before.requirements.iter().find(|known| known.subject == need.subject)).map_or(Hours::ZERO, |known| known.have);
        Ok(Some(Moves {
            subject: need.subject.to_string(),
            title: self.visit.say(&need.subject_title).to_owned(),
            from: from.to_string(),
            to: need.have.to_string(),
            asked: asked.to_string(),
            met: need.met == Some(true),
            percent: percent(need.have.0, asked.0),
            cites: law::cites(self.app, self.visit, &need.item)?,
        }))
    }

    /// A reading whose alternatives change the hours of the record.
    fn doubt(&self, reading: &ReadingEffect, record: &str) -> Result<Option<Doubt>, Failed> {
        let then = |other: &xueshi_policy::AlternativeEffect| other.records.iter().find(|(id, ..)| id == record).map(|(_, _, then)| then.to_string());
        let alternatives: Vec<(String, String)> = reading.alternatives.iter().filter_map(|other| Some((self.visit.say(&other.text).to_owned(), then(other)?))).collect();
        if alternatives.is_empty() {
            return Ok(None);
        }
        let cites = law::cites_of(self.app, self.visit, &reading.policy, reading.cite.iter().map(String::as_str))?;
        Ok(Some(Doubt { text: self.visit.say(&reading.text).to_owned(), cites, alternatives }))
    }
}
