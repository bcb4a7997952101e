//! What pages show: a professional's home, a case with its way, an officer's queue. Each in one transaction, a fixed number of statements.

use crate::access::{self, Action, Actor, CASES};
use crate::assessing::{Learned, Learner};
use crate::cases::{self, StepTaken};
use crate::declarations::{Trial, learner_and_record, try_out};
use crate::determinations::{self, Determination};
use crate::error::{Error, Result};
use crate::facts::Facts;
use crate::flow::{Flow, Step};
use crate::params;
use crate::people::{self, PersonShown};
use crate::registry::Registry;
use crate::review::{self, ReviewStage};
use crate::store::Tx;
use xueshi_policy::{Assessment, ReadingEffect};

/// A professional's year.
#[derive(Debug)]
pub struct Home {
    /// Who.
    pub person: PersonShown,
    /// The year shown.
    pub year: i64,
    /// Years that have records or results, newest first; the year shown among them.
    pub years: Vec<i64>,
    /// Every duty as it stands, with reasons.
    pub standing: Vec<Assessment>,
    /// The readings each hangs on.
    pub readings: Vec<Vec<ReadingEffect>>,
    /// Every duty if what waits were accepted.
    pub hoped: Vec<Assessment>,
    /// What was determined, and whether it is frozen.
    pub determinations: Vec<Determination>,
    /// The records of the year, newest first.
    pub lines: Vec<RecordLine>,
}

/// A record in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordLine {
    /// Its case.
    pub case: i64,
    /// Its id, by which results name it.
    pub record: i64,
    /// What was learnt.
    pub title: String,
    /// The state of its case.
    pub state: String,
    /// Since when, in microseconds UTC.
    pub since: i64,
    /// Whom it waits for: kinds of organisations.
    pub holders: Vec<String>,
    /// Texts by column.
    pub facts: Facts,
    /// What the last step said.
    pub reason: String,
}

/// A case with everything around it.
#[derive(Debug)]
pub struct CaseShown {
    /// Its id.
    pub id: i64,
    /// Its flow.
    pub flow: &'static Flow,
    /// Its state.
    pub state: String,
    /// The version a step must name.
    pub version: i64,
    /// The stage of review it waits at.
    pub stage: Option<ReviewStage>,
    /// Whom it is about.
    pub person: PersonShown,
    /// The record it is about.
    pub record: Option<Learned>,
    /// The accepted record it corrects.
    pub corrects: Option<i64>,
    /// Its proofs.
    pub proofs: Vec<ProofLine>,
    /// What the record earns or would earn.
    pub trial: Option<Trial>,
    /// The year under verification, as determined.
    pub determination: Option<Determination>,
    /// The way so far.
    pub way: Vec<StepTaken>,
    /// The steps this actor may take now.
    pub steps: Vec<&'static Step>,
}

/// A proof in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProofLine {
    /// Its id.
    pub id: i64,
    /// What it proves, by the codes of the policies.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// Its media type.
    pub media: String,
    /// Its size.
    pub bytes: i64,
    /// Other records that have the same file: their number.
    pub elsewhere: i64,
}

/// A case in a queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueueLine {
    /// The case.
    pub case: i64,
    /// The version a step must name.
    pub version: i64,
    /// Its flow.
    pub flow: String,
    /// The person's name.
    pub name: String,
    /// What was learnt; empty for a year's verification.
    pub title: String,
    /// The year.
    pub year: i64,
    /// Since when it waits here, in microseconds UTC.
    pub since: i64,
    /// The last day, where one is set.
    pub due: Option<String>,
    /// What a verification would freeze: the status.
    pub status: Option<String>,
}

/// A page of a queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Queue {
    /// The cases, those that wait longest first.
    pub lines: Vec<QueueLine>,
    /// How many wait in all.
    pub total: i64,
    /// Where the next page begins: since and id of the last line; nothing at the end.
    pub next: Option<(i64, i64)>,
}

/// Records of one year shown at most; nobody has more, and a page must end.
const LINES_MAX: i64 = 1000;

impl Registry {
    /// A person's year: where it stands, what waits on whom, what is missing.
    ///
    /// # Errors
    /// If the actor may not see the person.
    pub fn home(&self, actor: &Actor, person: i64, year: i64) -> Result<Home> {
        let (shown, years, learner, determinations, lines) = self.read(|tx| {
            actor.must(Action::See, &access::of_person(tx, person)?)?;
            let learner = Learner::load(tx, person, year, &["accepted", "waiting"])?;
            Ok((people::shown(tx, &self.keys, person)?, years(tx, person, year)?, learner, determinations::standing(tx, person, year)?, lines(tx, person, year)?))
        })?;
        let mut counting = learner.clone();
        counting.records.retain(|record| record.state == "accepted");
        let standing = counting.assess(&self.engine, year, true)?;
        let readings = standing.iter().map(|result| counting.readings(&self.engine, year, result)).collect::<Result<_>>()?;
        let hoped = if learner.records.len() == counting.records.len() { standing.clone() } else { learner.assess(&self.engine, year, true)? };
        Ok(Home { person: shown, year, years, standing, readings, hoped, determinations, lines })
    }

    /// A case with its record, proofs, assessment and way.
    ///
    /// # Errors
    /// If the actor may not see it.
    pub fn case(&self, actor: &Actor, id: i64) -> Result<CaseShown> {
        let read = self.read(|tx| {
            let case = cases::get(tx, id)?;
            actor.must(Action::See, &case.thing)?;
            let flow = Flow::of(&case.flow).ok_or_else(|| Error::fault(format!("flow {}", case.flow)))?;
            let steps = flow.open(&case.state).filter(|step| actor.may(step.action, &case.thing)).collect();
            let with = if case.record.is_some() { Some(learner_and_record(tx, &case)?) } else { None };
            let corrects = tx.first("SELECT corrects FROM records WHERE id = ?1", params![case.record], |row| row.get::<Option<i64>>(0))?.flatten();
            let determination = tx
                .first("SELECT MAX(id) FROM determinations WHERE obligation = ?1", params![case.obligation], |row| row.get::<Option<i64>>(0))?
                .flatten()
                .map(|id| determinations::get(tx, id))
                .transpose()?;
            let learner = match &with {
                Some((learner, _)) => learner.clone(),
                None => Learner::load(tx, case.thing.person, determination.as_ref().map_or(0, |one| one.year), &[])?,
            };
            let person = people::shown(tx, &self.keys, case.thing.person)?;
            Ok((case.clone(), flow, steps, with, corrects, determination, learner, person, proof_lines(tx, case.record)?, cases::way(tx, id)?))
        })?;
        let (case, flow, steps, with, corrects, determination, learner, person, proofs, way) = read;
        let year = with.as_ref().map(|(_, record)| record.year).or(determination.as_ref().map(|one| one.year));
        let stage = match (&case.stage, year) {
            (Some(stage), Some(year)) => {
                let stages = if case.record.is_some() { review::of_declaration(&self.engine, &learner, year)? } else { review::of_verification(&self.engine, &learner, year)? };
                stages.into_iter().find(|known| known.id == *stage)
            }
            _ => None,
        };
        let record = with.as_ref().map(|(_, record)| record.clone());
        let trial = with.map(|(learner, record)| try_out(&self.engine, learner, record.year, record, corrects)).transpose()?;
        Ok(CaseShown { id, flow, state: case.state, version: case.version, stage, person, record, corrects, proofs, trial, determination, way, steps })
    }

    /// What waits for the actor, longest first. `flow` narrows it, `after` goes on from an earlier page.
    ///
    /// # Errors
    /// What the database refuses.
    pub fn queue(&self, actor: &Actor, flow: &str, after: Option<(i64, i64)>, limit: i64) -> Result<Queue> {
        let action = if flow == crate::flow::VERIFICATION.id { Action::Verify } else { Action::Review };
        let (since, id) = after.unwrap_or((i64::MIN, 0));
        let filter = actor.filter(action, CASES, 4);
        let counting = actor.filter(action, CASES, 1);
        self.read(|tx| {
            let total = tx.number(&format!("SELECT COUNT(*) FROM cases c WHERE c.flow = ?1 AND c.open = 1 AND c.stage IS NOT NULL AND {}", counting.sql), &counting.params(params![flow]))?;
            let sql = format!(
                "SELECT c.id, c.version, c.flow, x.name, COALESCE(r.title, ''), COALESCE(r.year, o.year, 0), c.since, c.due,
                        (SELECT d.status FROM determinations d WHERE d.obligation = c.obligation ORDER BY d.id DESC LIMIT 1)
                 FROM cases c JOIN people x ON x.id = c.person LEFT JOIN records r ON r.id = c.record LEFT JOIN obligations o ON o.id = c.obligation
                 WHERE c.flow = ?1 AND c.open = 1 AND c.stage IS NOT NULL AND (c.since > ?2 OR (c.since = ?2 AND c.id > ?3)) AND {} ORDER BY c.since, c.id LIMIT ?4",
                filter.sql
            );
            let lines = tx.all(&sql, &filter.params(params![flow, since, id, limit]), |row| {
                Ok(QueueLine {
                    case: row.get(0)?,
                    version: row.get(1)?,
                    flow: row.get(2)?,
                    name: row.get(3)?,
                    title: row.get(4)?,
                    year: row.get(5)?,
                    since: row.get(6)?,
                    due: row.get(7)?,
                    status: row.get(8)?,
                })
            })?;
            let full = i64::try_from(lines.len()).is_ok_and(|count| count == limit);
            let next = lines.last().filter(|_| full).map(|line| (line.since, line.case));
            Ok(Queue { lines, total, next })
        })
    }
}

fn years(tx: &Tx<'_>, person: i64, shown: i64) -> Result<Vec<i64>> {
    let mut years = tx.all("SELECT year FROM records WHERE person = ?1 UNION SELECT year FROM obligations WHERE person = ?1 ORDER BY 1 DESC LIMIT 60", params![person], |row| row.get(0))?;
    if !years.contains(&shown) {
        years.push(shown);
        years.sort_unstable_by(|a, b| b.cmp(a));
    }
    Ok(years)
}

fn lines(tx: &Tx<'_>, person: i64, year: i64) -> Result<Vec<RecordLine>> {
    tx.all(
        "SELECT c.id, r.id, r.title, c.state, c.since, c.holders, r.facts, COALESCE((SELECT s.reason FROM case_steps s WHERE s.case_id = c.id ORDER BY s.id DESC LIMIT 1), '')
         FROM records r JOIN cases c ON c.record = r.id WHERE r.person = ?1 AND r.year = ?2 ORDER BY r.id DESC LIMIT ?3",
        params![person, year, LINES_MAX],
        |row| {
            let holders: String = row.get(5)?;
            Ok(RecordLine {
                case: row.get(0)?,
                record: row.get(1)?,
                title: row.get(2)?,
                state: row.get(3)?,
                since: row.get(4)?,
                holders: holders.split('|').filter(|holder| !holder.is_empty()).map(str::to_owned).collect(),
                facts: crate::facts::from_json(&row.get::<String>(6)?)?,
                reason: row.get(7)?,
            })
        },
    )
}

fn proof_lines(tx: &Tx<'_>, record: Option<i64>) -> Result<Vec<ProofLine>> {
    tx.all(
        "SELECT e.id, e.kind, e.name, e.media, e.bytes, (SELECT COUNT(DISTINCT x.record) FROM evidence x WHERE x.digest = e.digest AND x.record <> e.record AND x.removed_at IS NULL)
         FROM evidence e WHERE e.record = ?1 AND e.removed_at IS NULL ORDER BY e.id",
        params![record],
        |row| Ok(ProofLine { id: row.get(0)?, kind: row.get(1)?, name: row.get(2)?, media: row.get(3)?, bytes: row.get(4)?, elsewhere: row.get(5)? }),
    )
}
