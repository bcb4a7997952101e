//! What a trial came to: the hours first, then the reason, the clauses, the proof, and what is doubtful.

use crate::output::{problem_words, title};
use crate::trial::Trial;
use crate::web::errors::Failed;
use crate::web::pages::regulation::anchor;
use crate::web::state::App;
use crate::web::visit::Visit;
use serde::Serialize;
use xueshi_policy::{Assessment, Detail, ItemRef, ProblemResult, ReadingEffect, RecordResult, RequirementResult, Text, coverage, reckoning};

/// The clause of what no text says.
const SILENT: &str = "silent";

/// A result.
#[derive(Serialize)]
pub(super) struct Shown {
    hours: String,
    unit: String,
    subject: String,
    year: i16,
    /// Why there are none; empty where there are.
    problem: String,
    rule: String,
    cites: Vec<Cite>,
    reckoning: String,
    /// Before caps, where a cap took something.
    before: String,
    cuts: Vec<Cut>,
    carried: Vec<(i16, String)>,
    proof: String,
    requirements: Vec<Need>,
    /// The clauses of the requirements, each once.
    asked_by: Vec<Cite>,
    readings: Vec<Doubt>,
    notes: Vec<String>,
}

/// A clause that is cited.
#[derive(Serialize)]
struct Cite {
    document: String,
    clause: String,
    gist: String,
    url: String,
    open: String,
}

#[derive(Serialize)]
struct Cut {
    hours: String,
    by: String,
    cites: Vec<Cite>,
}

/// A requirement, and how far this activity goes.
#[derive(Serialize)]
struct Need {
    subject: String,
    title: String,
    have: String,
    asked: String,
    /// Hundredths of what is asked, up to all of it.
    percent: i64,
}

/// A reading on which the hours hang.
#[derive(Serialize)]
struct Doubt {
    text: String,
    cites: Vec<Cite>,
    /// The other way, and the hours then.
    alternatives: Vec<(String, String)>,
}

/// The result of the first duty that the activity is assessed for.
pub(super) fn shown(app: &App, visit: &Visit, trial: &Trial, region: &str) -> Result<Option<Shown>, Failed> {
    let all = trial.done.assessments.iter().enumerate();
    let Some((at, assessment)) = all.min_by_key(|(_, assessment)| assessment.records.first().is_none_or(|record| record.problem.is_some())) else { return Ok(None) };
    let Some(record) = assessment.records.first() else { return Ok(None) };
    let teller = Teller { app, visit, assessment };
    let readings = trial.done.readings.get(at).map(Vec::as_slice).unwrap_or_default();
    tracing::debug!(region, hours = %record.hours, "a trial");
    teller.shown(trial, at, record, readings).map(Some)
}

struct Teller<'a> {
    app: &'a App,
    visit: &'a Visit,
    assessment: &'a Assessment,
}

impl Teller<'_> {
    fn shown(&self, trial: &Trial, at: usize, record: &RecordResult, readings: &[ReadingEffect]) -> Result<Shown, Failed> {
        let (visit, assessment) = (self.visit, self.assessment);
        let by = record.problem.as_ref().and_then(|problem| problem.by.as_ref()).or(record.rule.as_ref());
        let subject = assessment.hours.iter().find(|bucket| bucket.bucket == record.subject).map_or_else(|| Text::same(&*record.subject), |bucket| (*bucket.title).clone());
        let proof = trial.missing_proof(at).map(|problem| self.proof(problem)).transpose()?;
        let mut cuts = Vec::new();
        for cut in &record.cuts {
            cuts.push(Cut { hours: cut.hours.to_string(), by: title(&cut.by, visit.lang).to_owned(), cites: self.cites(&cut.by)? });
        }
        let needs: Vec<&RequirementResult> = assessment.requirements.iter().filter(|need| need.binding && need.at_least.is_some()).collect();
        let mut asked_by: Vec<Cite> = Vec::new();
        for cite in needs.iter().map(|need| self.cites(&need.item)).collect::<Result<Vec<_>, _>>()?.into_iter().flatten() {
            if asked_by.iter().all(|known| known.url != cite.url) {
                asked_by.push(cite);
            }
        }
        Ok(Shown {
            hours: record.hours.to_string(),
            unit: visit.say(&assessment.unit).to_owned(),
            subject: visit.say(&subject).to_owned(),
            year: assessment.year,
            problem: record.problem.as_ref().map(|problem| problem_words(problem, visit.lang)).unwrap_or_default(),
            rule: record.rule.as_ref().map(|rule| title(rule, visit.lang).to_owned()).unwrap_or_default(),
            cites: by.map(|item| self.cites(item)).transpose()?.unwrap_or_default(),
            reckoning: if record.problem.is_some() { String::new() } else { reckoning(record, visit.lang).unwrap_or_default() },
            before: record.steps.filter(|_| !record.cuts.is_empty()).map(|steps| steps.rounded.to_string()).unwrap_or_default(),
            cuts,
            carried: record.carried_to.iter().map(|(year, hours)| (*year, hours.to_string())).collect(),
            proof: proof.unwrap_or_default(),
            requirements: needs.iter().map(|need| self.need(need)).collect(),
            asked_by,
            readings: readings.iter().filter_map(|reading| self.doubt(reading).transpose()).collect::<Result<_, _>>()?,
            notes: assessment.notes.iter().map(|note| visit.say(note).to_owned()).collect(),
        })
    }

    /// The proofs that a record needs, group by group.
    fn proof(&self, problem: &ProblemResult) -> Result<String, Failed> {
        let visit = self.visit;
        let Detail::Proofs(groups) = &problem.detail else {
            let words = problem.detail.words();
            return Ok(visit.say(if words.is_empty() { &problem.message } else { &words }).to_owned());
        };
        let comma = visit.word("regulation.comma", &[])?;
        let group = |group: &Vec<std::sync::Arc<Text>>| {
            let titles = group.iter().map(|title| visit.say(title)).collect::<Vec<_>>().join(&comma);
            if group.len() > 1 { visit.word("calculator.one-of", &[("list", &titles)]) } else { Ok(titles) }
        };
        Ok(groups.iter().map(group).collect::<Result<Vec<_>, _>>()?.join(&visit.word("calculator.and", &[])?))
    }

    fn need(&self, need: &RequirementResult) -> Need {
        let asked = need.at_least.unwrap_or(xueshi_policy::Hours::ZERO);
        let (have, all) = (need.have.0, asked.0);
        Need {
            subject: need.subject.to_string(),
            title: self.visit.say(&need.subject_title).to_owned(),
            have: need.have.to_string(),
            asked: asked.to_string(),
            percent: if all > 0 { (have.saturating_mul(100) / all).clamp(0, 100) } else { 100 },
        }
    }

    /// A reading whose alternatives change the hours of the record.
    fn doubt(&self, reading: &ReadingEffect) -> Result<Option<Doubt>, Failed> {
        let then = |(_, _, then): &(String, xueshi_policy::Hours, xueshi_policy::Hours)| then.to_string();
        let changes = reading.alternatives.iter().filter_map(|other| Some((self.visit.say(&other.text).to_owned(), other.records.first().map(then)?)));
        let alternatives: Vec<(String, String)> = changes.collect();
        if alternatives.is_empty() {
            return Ok(None);
        }
        let cites = reading.cite.iter().map(|clause| self.cite(&reading.policy, clause)).collect::<Result<_, _>>()?;
        Ok(Some(Doubt { text: self.visit.say(&reading.text).to_owned(), cites, alternatives }))
    }

    fn cites(&self, item: &ItemRef) -> Result<Vec<Cite>, Failed> {
        item.cite.iter().map(|clause| self.cite(&item.policy, clause)).collect()
    }

    fn cite(&self, policy: &str, clause: &str) -> Result<Cite, Failed> {
        let visit = self.visit;
        let file = self.app.engine.library().get(policy).filter(|_| clause != SILENT);
        let row = file.and_then(|file| coverage(file).into_iter().find(|row| row.clause == clause));
        Ok(Cite {
            document: file.map(|file| file.cited_as(visit.lang).to_owned()).unwrap_or_default(),
            clause: if clause == SILENT { visit.word("regulation.silent-cite", &[])? } else { clause.to_owned() },
            gist: row.map(|row| visit.say(&row.gist).to_owned()).unwrap_or_default(),
            url: file.map(|file| format!("/regulations/{}#{}", file.id(), anchor(clause))).unwrap_or_default(),
            open: visit.word("regulation.open", &[])?,
        })
    }
}
