//! Determinations: the computed result of an obligation, with what it came from. Hours are derived here and never edited.

use crate::assessing::Learner;
use crate::error::{Error, Result};
use crate::facts;
use crate::ledger::Sealed;
use crate::params;
use crate::people::{self, post_of_year_first, same_person, stands_for};
use crate::results::{basis, result_json};
use crate::store::{Param, Tx};
use serde_json::Value;
use std::collections::HashMap;
use xueshi_policy::{Assessment, Engine};

/// The records that count: accepted ones, and those a verification has looked at.
pub(crate) const COUNTING: [&str; 1] = ["accepted"];

/// Determinations of one obligation shown at most.
const HISTORY_MAX: i64 = 100;

/// A determination as it is kept.
#[derive(Clone, Debug, PartialEq)]
pub struct Determination {
    /// Its id.
    pub id: i64,
    /// The obligation's id.
    pub obligation: i64,
    /// The duty's id.
    pub duty: String,
    /// The year.
    pub year: i64,
    /// When, in microseconds UTC.
    pub at: i64,
    /// Whether a verification froze it.
    pub frozen: bool,
    /// `met`, `short`, `exempt`, `not-covered` or `undetermined`.
    pub status: String,
    /// All hours that count, in hundredths.
    pub total: i64,
    /// Hours, requirements and records, with rules and clauses.
    pub result: Value,
    /// Hashes of facts and policies.
    pub basis: Value,
    /// Its entry in the ledger.
    pub entry: i64,
    /// The one it takes the place of.
    pub supersedes: Option<i64>,
}

/// A new obligation of a person under a duty in a year.
fn new_obligation(tx: &Tx<'_>, learner: &Learner, duty: &str, year: i64) -> Result<i64> {
    let (first, last) = people::days_of(year);
    tx.number(
        concat!(
            "INSERT INTO obligations (person, duty, year, organisation, jurisdiction, region, sector)
         SELECT ?1, ?2, ?3, p.organisation, o.jurisdiction, ?4, ?5 FROM posts p JOIN organisations o ON o.id = p.organisation
         WHERE ",
            same_person!("p.person", "?1"),
            post_of_year_first!("?6", "?7"),
            " LIMIT 1 RETURNING id"
        ),
        params![learner.person, duty, year, &learner.region, learner.sector.as_ref(), &first, &last],
    )
}

/// What an assessment came to, as texts: made without the database.
#[derive(Debug)]
pub(crate) struct Computed {
    pub(crate) duty: String,
    pub(crate) status: &'static str,
    pub(crate) total: i64,
    pub(crate) result: String,
    basis: String,
}

/// A determination that stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Standing {
    pub(crate) person: i64,
    pub(crate) obligation: i64,
    pub(crate) determination: i64,
}

/// Assesses every duty of a year.
pub(crate) fn compute(engine: &Engine, learner: &Learner, year: i64) -> Result<Vec<Computed>> {
    let all = learner.assess(engine, year, false)?;
    let computed =
        |result: &Assessment| Ok(Computed { duty: result.duty.to_string(), status: result.status.name(), total: result.total.0, result: result_json(result)?, basis: basis(learner, result)? });
    all.iter().map(computed).collect()
}

/// The determination that stands: its id, whether it is frozen, result and basis.
pub(crate) type Stands = (i64, bool, String, String);

/// The obligations of a person's year by duty, each with the determination that stands.
pub(crate) type Obligations = HashMap<String, (i64, Option<Stands>)>;

/// Reads the obligations of a person's year.
pub(crate) fn obligations(tx: &Tx<'_>, person: i64, year: i64) -> Result<Obligations> {
    let mut all = Obligations::new();
    tx.each(
        // His own before a double's, the first of those.
        "SELECT o.id, o.duty, d.id, d.frozen, d.result, d.basis FROM people y JOIN obligations o ON o.person = y.id
         LEFT JOIN determinations d ON d.obligation = o.id AND d.id = (SELECT MAX(x.id) FROM determinations x WHERE x.obligation = o.id)
         WHERE (y.id = ?1 OR y.merged_in = ?1) AND o.year = ?2 ORDER BY CASE WHEN y.merged_in IS NULL THEN 0 ELSE 1 END, o.id",
        params![person, year],
        |row| {
            let stands = match row.get::<Option<i64>>(2)? {
                Some(id) => Some((id, row.flag(3)?, row.get(4)?, row.get(5)?)),
                None => None,
            };
            all.entry(row.get(1)?).or_insert((row.get(0)?, stands));
            Ok(())
        },
    )?;
    Ok(all)
}

/// What becomes of a duty: the determination that stands already, or a new one.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// Its id.
    Stands(i64),
    New(Box<NewDetermination>),
}

/// A determination to be kept, its entry sealed.
#[derive(Debug)]
pub(crate) struct NewDetermination {
    computed: Computed,
    frozen: bool,
    supersedes: Option<i64>,
    entry: Sealed,
    at: i64,
}

/// Compares what was computed with what stands; `freeze` freezes it.
pub(crate) fn outcome(computed: Computed, person: i64, stands: Option<&Stands>, freeze: bool, now: i64) -> Result<Outcome> {
    // What was frozen stays; a change after it is a correction, frozen as well.
    let frozen = freeze || stands.is_some_and(|stands| stands.1);
    if let Some((id, was_frozen, result, basis)) = stands
        && *result == computed.result
        && *basis == computed.basis
        && *was_frozen == frozen
    {
        return Ok(Outcome::Stands(*id));
    }
    let supersedes = stands.map(|stands| stands.0);
    let earlier = supersedes.map_or_else(|| "null".to_owned(), |id| id.to_string());
    let body = format!(r#"{{"frozen":{frozen},"supersedes":{earlier},"engine":"{}","basis":{},"result":{}}}"#, env!("CARGO_PKG_VERSION"), computed.basis, computed.result);
    let entry = Sealed::new("determination", Some(person), None, &body, now)?;
    Ok(Outcome::New(Box::new(NewDetermination { computed, frozen, supersedes, entry, at: now })))
}

/// One row of determinations.
macro_rules! insert {
    () => {
        "INSERT INTO determinations (obligation, at, frozen, status, total, result, basis, engine, entry, supersedes) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)"
    };
}

impl NewDetermination {
    /// Keeps it and enters it in the ledger. Gives its id.
    pub(crate) fn keep(&self, tx: &Tx<'_>, obligation: i64) -> Result<i64> {
        let entry = self.entry.enter(tx, Some(obligation))?;
        tx.number(concat!(insert!(), " RETURNING id"), &self.row(obligation, entry))
    }

    /// The same, where the person may have no obligation under the duty yet and nobody asks for the id.
    pub(crate) fn keep_under(&self, tx: &Tx<'_>, obligations: &Obligations, learner: &Learner, year: i64) -> Result<()> {
        let duty = &self.computed.duty;
        let obligation = obligations.get(duty).map_or_else(|| new_obligation(tx, learner, duty, year), |known| Ok(known.0))?;
        let entry = self.entry.enter(tx, Some(obligation))?;
        tx.later(insert!(), &self.row(obligation, entry))
    }

    fn row(&self, obligation: i64, entry: i64) -> [Param<'_>; 10] {
        let new = &self.computed;
        [
            Param::Int(obligation),
            Param::Int(self.at),
            Param::from(self.frozen),
            Param::Text(new.status),
            Param::Int(new.total),
            Param::Text(&new.result),
            Param::Text(&new.basis),
            Param::Text(env!("CARGO_PKG_VERSION")),
            Param::Int(entry),
            Param::from(self.supersedes),
        ]
    }
}

/// Determines every duty of a year anew from what is accepted, and enters what changed in the ledger; freezes the one whose duty is `freeze`.
pub(crate) fn determine(tx: &Tx<'_>, engine: &Engine, person: i64, year: i64, freeze: Option<&str>, now: i64) -> Result<()> {
    let learner = Learner::load(tx, person, year, &COUNTING)?;
    let obligations = obligations(tx, person, year)?;
    for computed in compute(engine, &learner, year)? {
        let stands = obligations.get(&computed.duty).and_then(|known| known.1.as_ref());
        let frozen = freeze == Some(computed.duty.as_str());
        if let Outcome::New(new) = outcome(computed, person, stands, frozen, now)? {
            new.keep_under(tx, &obligations, &learner, year)?;
        }
    }
    Ok(())
}

/// Determines anew what was determined before of every year since `since`, after facts, posts or the person changed. Makes no obligation.
/// Decisions that were prepared before are prepared again.
pub(crate) fn anew(tx: &Tx<'_>, engine: &Engine, person: i64, since: i64, now: i64) -> Result<()> {
    tx.execute("UPDATE people SET version = version + 1 WHERE id = ?1", params![person])?;
    let years =
        tx.all("SELECT DISTINCT o.year FROM people y JOIN obligations o ON o.person = y.id WHERE (y.id = ?1 OR y.merged_in = ?1) AND o.year >= ?2 ORDER BY o.year", params![person, since], |row| {
            row.get::<i64>(0)
        })?;
    for year in years {
        let learner = Learner::load(tx, person, year, &COUNTING)?;
        let known = obligations(tx, person, year)?;
        for computed in compute(engine, &learner, year)? {
            let Some((obligation, stands)) = known.get(&computed.duty) else { continue };
            if let Outcome::New(new) = outcome(computed, person, stands.as_ref(), false, now)? {
                new.keep(tx, *obligation)?;
            }
        }
    }
    Ok(())
}

/// The determination that stands for each duty of a person's year.
pub(crate) fn standing(tx: &Tx<'_>, person: i64, year: i64) -> Result<Vec<Determination>> {
    tx.all(
        concat!(
            "SELECT d.id, d.obligation, o.duty, o.year, d.at, d.frozen, d.status, d.total, d.result, d.basis, d.entry, d.supersedes FROM determinations d JOIN obligations o ON o.id = d.obligation
         WHERE ",
            stands_for!("?1"),
            " AND o.year = ?2 AND d.id = (SELECT MAX(x.id) FROM determinations x WHERE x.obligation = o.id) ORDER BY o.duty"
        ),
        params![person, year],
        read,
    )
}

/// Every determination of an obligation, the one that stands first.
pub(crate) fn history(tx: &Tx<'_>, obligation: Option<i64>) -> Result<Vec<Determination>> {
    newest(tx, obligation, HISTORY_MAX)
}

/// The determination of an obligation that stands, if there is one.
pub(crate) fn last(tx: &Tx<'_>, obligation: Option<i64>) -> Result<Option<Determination>> {
    Ok(newest(tx, obligation, 1)?.pop())
}

fn newest(tx: &Tx<'_>, obligation: Option<i64>, limit: i64) -> Result<Vec<Determination>> {
    tx.all(
        "SELECT d.id, d.obligation, o.duty, o.year, d.at, d.frozen, d.status, d.total, d.result, d.basis, d.entry, d.supersedes FROM determinations d JOIN obligations o ON o.id = d.obligation
         WHERE d.obligation = ?1 ORDER BY d.id DESC LIMIT ?2",
        params![obligation, limit],
        read,
    )
}

/// The id of the determination of an obligation that stands.
pub(crate) fn last_id(tx: &Tx<'_>, obligation: Option<i64>) -> Result<Option<i64>> {
    Ok(tx.first("SELECT MAX(id) FROM determinations WHERE obligation = ?1", params![obligation], |row| row.get::<Option<i64>>(0))?.flatten())
}

/// Determinations of a person, by id.
pub(crate) fn of_person(tx: &Tx<'_>, person: i64, year: i64, after: i64, limit: i64) -> Result<Vec<Determination>> {
    tx.all(
        concat!(
            "SELECT d.id, d.obligation, o.duty, o.year, d.at, d.frozen, d.status, d.total, d.result, d.basis, d.entry, d.supersedes FROM determinations d JOIN obligations o ON o.id = d.obligation
         WHERE ",
            same_person!("o.person", "?1"),
            " AND (CAST(?2 AS BIGINT) = 0 OR o.year = ?2) AND d.id > ?3 ORDER BY d.id LIMIT ?4"
        ),
        params![person, year, after, limit],
        read,
    )
}

/// One determination.
pub(crate) fn get(tx: &Tx<'_>, id: i64) -> Result<Determination> {
    tx.first(
        "SELECT d.id, d.obligation, o.duty, o.year, d.at, d.frozen, d.status, d.total, d.result, d.basis, d.entry, d.supersedes FROM determinations d JOIN obligations o ON o.id = d.obligation WHERE d.id = ?1",
        params![id],
        read,
    )?
    .ok_or_else(|| Error::not_found("认定结果", "determination"))
}

fn read(row: crate::store::Row<'_>) -> Result<Determination> {
    Ok(Determination {
        id: row.get(0)?,
        obligation: row.get(1)?,
        duty: row.get(2)?,
        year: row.get(3)?,
        at: row.get(4)?,
        frozen: row.flag(5)?,
        status: row.get(6)?,
        total: row.get(7)?,
        result: facts::json(&row.get::<String>(8)?)?,
        basis: facts::json(&row.get::<String>(9)?)?,
        entry: row.get(10)?,
        supersedes: row.get(11)?,
    })
}
