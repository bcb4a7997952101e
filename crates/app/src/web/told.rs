//! Results as pages tell them: the hours first, then the reason, the clauses, the proof, and what is doubtful.

use crate::output::{problem_words, title};
use crate::web::errors::Failed;
use crate::web::fields::capital;
use crate::web::law::{self, Cite};
use crate::web::state::App;
use crate::web::visit::Visit;
use serde::Serialize;
use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;
use xueshi_policy::{Assessment, CoverageRow, Detail, Hours, ItemRef, ProblemResult, ReadingEffect, RecordResult, RequirementResult, Status, Text, coverage, reckoning};

/// A record's result, the year it counts in, and what is doubtful about it.
#[derive(Debug, Serialize)]
pub(super) struct Shown {
    #[serde(flatten)]
    told: Told,
    year: i16,
    requirements: Vec<Need>,
    /// The clauses of the requirements, each once.
    asked_by: Vec<Cite>,
    readings: Vec<Doubt>,
    notes: Vec<String>,
}

/// What a record came to.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Told {
    pub(super) hours: String,
    unit: String,
    subject: String,
    /// Why there are none; empty where there are.
    pub(super) problem: String,
    rule: String,
    pub(super) cites: Vec<Cite>,
    reckoning: String,
    /// Before caps, where a cap took something.
    before: String,
    cuts: Vec<Cut>,
    carried: Vec<(i16, String)>,
    /// The proof that still lacks; empty where none does.
    pub(super) proof: String,
}

/// What a cap took away.
#[derive(Clone, Debug, Serialize)]
struct Cut {
    hours: String,
    by: String,
    cites: Vec<Cite>,
}

/// A requirement, and how far one is.
#[derive(Debug, Serialize)]
pub(super) struct Need {
    subject: String,
    title: String,
    have: String,
    asked: String,
    /// Hundredths of what is asked, up to all of it.
    percent: i64,
}

/// A reading on which a result hangs.
#[derive(Debug, Serialize)]
pub(super) struct Doubt {
    text: String,
    cites: Vec<Cite>,
    /// The other way, and what it would give.
    alternatives: Vec<(String, String)>,
}

/// Puts results into words of a visit's language. Clauses are looked up once a page.
pub(super) struct Teller<'a> {
    app: &'a App,
    pub(super) visit: &'a Visit,
    clauses: RefCell<HashMap<String, Vec<CoverageRow>>>,
}

impl<'a> Teller<'a> {
    pub(super) fn new(app: &'a App, visit: &'a Visit) -> Self {
        Self { app, visit, clauses: RefCell::default() }
    }

    /// A record under an assessment, with the year's requirements. `lacking`: the proof without which it gives nothing.
    ///
    /// # Errors
    /// If a word is missing.
    pub(super) fn shown(&self, assessment: &Assessment, record: &RecordResult, lacking: Option<&ProblemResult>, readings: &[ReadingEffect]) -> Result<Shown, Failed> {
        let needs: Vec<&RequirementResult> = assessment.requirements.iter().filter(|need| need.binding && need.at_least.is_some()).collect();
        let mut asked_by: Vec<Cite> = Vec::new();
        for cite in needs.iter().map(|need| self.cites(&need.item)).collect::<Result<Vec<_>, _>>()?.into_iter().flatten() {
            if asked_by.iter().all(|known| known.url != cite.url) {
                asked_by.push(cite);
            }
        }
        Ok(Shown {
            told: self.told(assessment, record, lacking)?,
            year: assessment.year,
            requirements: needs.iter().map(|need| self.need(need)).collect(),
            asked_by,
            readings: readings.iter().filter_map(|reading| self.doubt_about(reading, assessment, &record.record).transpose()).collect::<Result<_, _>>()?,
            notes: assessment.notes.iter().map(|note| self.visit.say(note).to_owned()).collect(),
        })
    }

    /// A record under an assessment.
    ///
    /// # Errors
    /// If a word is missing.
    pub(super) fn told(&self, assessment: &Assessment, record: &RecordResult, lacking: Option<&ProblemResult>) -> Result<Told, Failed> {
        let visit = self.visit;
        let by = record.problem.as_ref().and_then(|problem| problem.by.as_ref()).or(record.rule.as_ref());
        let subject = assessment.hours.iter().find(|bucket| bucket.bucket == record.subject).map_or_else(|| Text::same(&*record.subject), |bucket| (*bucket.title).clone());
        let proof = lacking.map(|problem| self.proof(problem)).transpose()?;
        let mut cuts = Vec::new();
        for cut in &record.cuts {
            cuts.push(Cut { hours: cut.hours.to_string(), by: title(&cut.by, visit.lang).to_owned(), cites: self.cites(&cut.by)? });
        }
        Ok(Told {
            hours: record.hours.to_string(),
            unit: visit.say(&assessment.unit).to_owned(),
            subject: visit.say(&subject).to_owned(),
            problem: self.problem(record)?,
            rule: record.rule.as_ref().map(|rule| capital(title(rule, visit.lang))).unwrap_or_default(),
            cites: by.map(|item| self.cites(item)).transpose()?.unwrap_or_default(),
            reckoning: if record.problem.is_some() { String::new() } else { reckoning(record, visit.lang).unwrap_or_default() },
            before: record.steps.filter(|_| !record.cuts.is_empty()).map(|steps| steps.rounded.to_string()).unwrap_or_default(),
            cuts,
            carried: record.carried_to.iter().map(|(year, hours)| (*year, hours.to_string())).collect(),
            proof: proof.unwrap_or_default(),
        })
    }

    /// Why a record gives nothing; empty where it gives something.
    fn problem(&self, record: &RecordResult) -> Result<String, Failed> {
        match (&record.problem, &record.missing) {
            (Some(problem), _) => Ok(problem_words(problem, self.visit.lang)),
            (None, Some(missing)) => self.visit.word("told.missing", &[("what", self.visit.say(&missing.title))]),
            (None, None) => Ok(String::new()),
        }
    }

    /// The proofs that a record needs, group by group.
    fn proof(&self, problem: &ProblemResult) -> Result<String, Failed> {
        let visit = self.visit;
        let Detail::Proofs(groups) = &problem.detail else {
            let words = problem.detail.words();
            return Ok(visit.say(if words.is_empty() { &problem.message } else { &words }).to_owned());
        };
        let comma = visit.word("regulation.comma", &[])?;
        let group = |group: &Vec<Arc<Text>>| {
            let titles = group.iter().map(|title| visit.say(title)).collect::<Vec<_>>().join(&comma);
            if group.len() > 1 { visit.word("calculator.one-of", &[("list", &titles)]) } else { Ok(titles) }
        };
        Ok(groups.iter().map(group).collect::<Result<Vec<_>, _>>()?.join(&visit.word("calculator.and", &[])?))
    }

    fn need(&self, need: &RequirementResult) -> Need {
        let asked = need.at_least.unwrap_or(Hours::ZERO);
        Need { subject: need.subject.to_string(), title: capital(self.visit.say(&need.subject_title)), have: need.have.to_string(), asked: asked.to_string(), percent: part_of(need.have, asked, 100) }
    }

    /// A reading whose alternatives change the hours of a record.
    ///
    /// # Errors
    /// If a word is missing.
    pub(super) fn doubt_about(&self, reading: &ReadingEffect, assessment: &Assessment, record: &str) -> Result<Option<Doubt>, Failed> {
        let unit = self.visit.say(&assessment.unit);
        let then = |all: &[(String, Hours, Hours)]| all.iter().find(|(id, ..)| id == record).map(|(_, _, then)| format!("{then} {unit}"));
        let alternatives = reading.alternatives.iter().filter_map(|other| Some((self.visit.say(&other.text).to_owned(), then(&other.records)?))).collect();
        self.doubt(reading, alternatives)
    }

    /// A reading on which the result of a year hangs.
    ///
    /// # Errors
    /// If a word is missing.
    pub(super) fn doubt_of_year(&self, reading: &ReadingEffect, assessment: &Assessment) -> Result<Option<Doubt>, Failed> {
        let then = |status: Option<Status>, total: Hours| match status {
            None => self.visit.word("told.no-duty", &[]),
            Some(status) => Ok(format!("{} {} · {}", total, self.visit.say(&assessment.unit), self.visit.say(&status.title()))),
        };
        let alternatives = reading.alternatives.iter().map(|other| Ok((self.visit.say(&other.text).to_owned(), then(other.status, other.total)?))).collect::<Result<_, Failed>>()?;
        self.doubt(reading, alternatives)
    }

    fn doubt(&self, reading: &ReadingEffect, alternatives: Vec<(String, String)>) -> Result<Option<Doubt>, Failed> {
        if alternatives.is_empty() {
            return Ok(None);
        }
        let cites = self.cites_of(&reading.policy, reading.cite.iter().map(String::as_str))?;
        Ok(Some(Doubt { text: self.visit.say(&reading.text).to_owned(), cites, alternatives }))
    }

    /// The clauses of an item.
    ///
    /// # Errors
    /// If a word is missing.
    pub(super) fn cites(&self, item: &ItemRef) -> Result<Vec<Cite>, Failed> {
        self.cites_of(&item.policy, item.cite.iter().map(|clause| &**clause))
    }

    /// Clauses of a policy.
    ///
    /// # Errors
    /// If a word is missing.
    pub(super) fn cites_of<'c>(&self, policy: &str, clauses: impl IntoIterator<Item = &'c str>) -> Result<Vec<Cite>, Failed> {
        let file = self.app.engine.library().get(policy);
        let mut known = self.clauses.borrow_mut();
        let rows = known.entry(policy.to_owned()).or_insert_with(|| file.map(coverage).unwrap_or_default());
        law::cites_in(self.visit, file, rows, clauses)
    }
}

/// How much of `all` there is, out of `whole`; all of it where nothing is asked.
pub(super) fn part_of(have: Hours, all: Hours, whole: i64) -> i64 {
    if all.0 > 0 { (have.0.saturating_mul(whole) / all.0).clamp(0, whole) } else { whole }
}
