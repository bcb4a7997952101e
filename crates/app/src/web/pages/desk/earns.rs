//! What a record would earn, beside everything that counts already: rule, clause, reckoning, caps, readings, what the year comes to with it.

use crate::web::errors::Failed;
use crate::web::law::Cite;
use crate::web::told::{Doubt, Teller, Told, part_of};
use serde::Serialize;
use xueshi_policy::{Assessment, Hours, RecordResult, RequirementResult};
use xueshi_registry::Trial;

/// What a record earns under the duty that takes most of it.
#[derive(Serialize)]
pub(super) struct Earns {
    #[serde(flatten)]
    told: Told,
    needs: Vec<Moves>,
    readings: Vec<Doubt>,
    warnings: Vec<Warning>,
    /// Other duties, and the hours there.
    others: Vec<(String, String)>,
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

/// Something to look at more closely.
#[derive(Serialize)]
struct Warning {
    text: String,
    cites: Vec<Cite>,
}

impl Earns {
    /// Why there are no hours, as a reason to return it with.
    pub(super) fn reason(&self) -> Option<&str> {
        Some(self.told.problem.as_str()).filter(|problem| !problem.is_empty())
    }
}

/// What a trial came to; nothing where no regulation answers.
///
/// # Errors
/// If a word is missing.
pub(super) fn of(teller: &Teller<'_>, trial: &Trial) -> Result<Option<Earns>, Failed> {
    let visit = teller.visit;
    let result = |assessment: &Assessment| assessment.records.iter().find(|record| record.record == trial.record).cloned();
    let mut found: Vec<(usize, RecordResult)> = trial.after.iter().enumerate().filter_map(|(at, assessment)| Some((at, result(assessment)?))).collect();
    found.sort_by_key(|(at, record)| (record.problem.is_some(), *at));
    let mut found = found.into_iter();
    let Some((at, record)) = found.next() else { return Ok(None) };
    let assessment = &trial.after[at];
    let before = trial.before.iter().find(|before| before.duty == assessment.duty);
    let needs = assessment.requirements.iter().filter(|need| need.binding);
    let readings = trial.readings.get(at).into_iter().flatten();
    let warnings = assessment.warnings.iter().filter(|warning| warning.records.contains(&record.record));
    Ok(Some(Earns {
        told: teller.told(assessment, &record, None)?,
        needs: needs.filter_map(|need| moves(teller, need, before).transpose()).collect::<Result<_, _>>()?,
        readings: readings.filter_map(|reading| teller.doubt_about(reading, assessment, &record.record).transpose()).collect::<Result<_, _>>()?,
        warnings: warnings.map(|warning| Ok(Warning { text: visit.say(&warning.message).to_owned(), cites: teller.cites(&warning.by)? })).collect::<Result<_, Failed>>()?,
        others: found.filter(|(_, record)| record.hours > Hours::ZERO).map(|(at, record)| (visit.say(&trial.after[at].duty_title).to_owned(), record.hours.to_string())).collect(),
    }))
}

fn moves(teller: &Teller<'_>, need: &RequirementResult, before: Option<&Assessment>) -> Result<Option<Moves>, Failed> {
    let Some(asked) = need.at_least else { return Ok(None) };
    let from = before.and_then(|before| before.requirements.iter().find(|known| known.subject == need.subject)).map_or(Hours::ZERO, |known| known.have);
    Ok(Some(Moves {
        subject: need.subject.to_string(),
        title: teller.visit.say(&need.subject_title).to_owned(),
        from: from.to_string(),
        to: need.have.to_string(),
        asked: asked.to_string(),
        met: need.met == Some(true),
        percent: part_of(need.have, asked, 100),
        cites: teller.cites(&need.item)?,
    }))
}
