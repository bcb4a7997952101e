//! Determinations: the computed result of an obligation, with what it came from. Hours are derived here and never edited.

use crate::assessing::Learner;
use crate::error::Result;
use crate::evidence::digest;
use crate::facts;
use crate::ledger::{self, NewEntry};
use crate::params;
use crate::people::main_post_first;
use crate::store::Tx;
use serde_json::{Value, json};
use xueshi_policy::{Assessment, Engine, Hours, Lang, sentence};

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

/// An hour figure in hundredths.
fn hundredths(hours: Hours) -> i64 {
    hours.0
}

/// The result as it goes into the ledger and onto certificates: figures in hundredths, each with rule and clause.
pub(crate) fn result_json(result: &Assessment) -> Value {
    let hours: serde_json::Map<String, Value> = result.hours.iter().map(|bucket| (bucket.bucket.to_string(), json!({ "title": words(&bucket.title), "hours": hundredths(bucket.hours) }))).collect();
    let requirements: Vec<Value> = result
        .requirements
        .iter()
        .map(|r| {
            json!({
                "subject": *r.subject, "title": words(&r.subject_title), "at_least": r.at_least.map(hundredths), "have": hundredths(r.have), "short": hundredths(r.short),
                "met": r.met, "binding": r.binding, "policy": *r.item.policy, "cite": cites(&r.item),
            })
        })
        .collect();
    let records: Vec<Value> = result
        .records
        .iter()
        .map(|record| {
            json!({
                "record": record.record, "subject": *record.subject, "hours": hundredths(record.hours),
                "rule": record.rule.as_ref().map(|rule| json!({ "policy": *rule.policy, "id": *rule.id, "title": words(&rule.title), "cite": cites(rule) })),
                "cuts": record.cuts.iter().map(|cut| json!({ "hours": hundredths(cut.hours), "policy": *cut.by.policy, "cite": cites(&cut.by), "title": words(&cut.by.title) })).collect::<Vec<_>>(),
                "problem": record.problem.as_ref().map(|problem| json!({ "code": *problem.code, "message": words(&problem.message) })),
            })
        })
        .collect();
    json!({
        "duty": *result.duty, "title": words(&result.duty_title), "year": result.year, "from": result.window.0.to_string(), "to": result.window.1.to_string(),
        "status": result.status.name(), "sentence": { "zh": sentence(result, Lang::Zh), "en": sentence(result, Lang::En) },
        "unit": words(&result.unit), "total": hundredths(result.total), "hours": hours, "requirements": requirements, "records": records,
        "policies": result.policies.iter().map(|policy| json!({ "id": *policy.id, "sha256": *policy.hash })).collect::<Vec<_>>(),
    })
}

fn words(text: &xueshi_policy::Text) -> Value {
    json!({ "zh": text.zh, "en": text.get(Lang::En) })
}

fn cites(item: &xueshi_policy::ItemRef) -> Vec<&str> {
    item.cite.iter().map(|cite| &**cite).collect()
}

/// What a result came from: the hash of the canonical facts, and each policy's.
fn basis(learner: &Learner, result: &Assessment) -> Value {
    let mut text = facts::to_json(&learner.facts);
    for record in &learner.records {
        text.push('\n');
        text.push_str(&record.id.to_string());
        text.push(' ');
        text.push_str(&facts::to_json(&record.facts));
    }
    json!({
        "facts": digest(text.as_bytes()), "region": learner.region, "sector": learner.sector,
        "policies": result.policies.iter().map(|policy| json!({ "id": *policy.id, "sha256": *policy.hash })).collect::<Vec<_>>(),
    })
}

/// The obligation of a person under a duty in a year; made when first asked for.
pub(crate) fn obligation(tx: &Tx<'_>, learner: &Learner, duty: &str, year: i64) -> Result<i64> {
    let known = tx.first("SELECT id FROM obligations WHERE person = ?1 AND duty = ?2 AND year = ?3", params![learner.person, duty, year], |row| row.get(0))?;
    if let Some(id) = known {
        return Ok(id);
    }
    tx.number(
        concat!(
            "INSERT INTO obligations (person, duty, year, organisation, jurisdiction, region, sector)
         SELECT ?1, ?2, ?3, p.organisation, o.jurisdiction, ?4, ?5 FROM posts p JOIN organisations o ON o.id = p.organisation
         WHERE p.person = ?1 ",
            main_post_first!(),
            " LIMIT 1 RETURNING id"
        ),
        params![learner.person, duty, year, &learner.region, learner.sector.as_ref()],
    )
}

/// What an assessment came to, as it is kept: made without the database.
#[derive(Debug)]
pub(crate) struct Computed {
    pub(crate) duty: String,
    status: &'static str,
    total: i64,
    what: Value,
    whence: Value,
    /// Both as texts.
    result: String,
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
    Ok(all
        .iter()
        .map(|result| {
            let (what, whence) = (result_json(result), basis(learner, result));
            let (text, from) = (what.to_string(), whence.to_string());
            Computed { duty: result.duty.to_string(), status: result.status.name(), total: hundredths(result.total), what, whence, result: text, basis: from }
        })
        .collect())
}

/// Determines every duty of a year anew from what is accepted, and enters what changed in the ledger; freezes the one whose duty is `freeze`.
/// Gives the determinations that stand.
pub(crate) fn determine(tx: &Tx<'_>, engine: &Engine, person: i64, year: i64, freeze: Option<&str>, now: i64) -> Result<Vec<i64>> {
    let learner = Learner::load(tx, person, year, &COUNTING)?;
    let mut standing = Vec::new();
    for one in compute(engine, &learner, year)? {
        let obligation = obligation(tx, &learner, &one.duty, year)?;
        let last = tx.first("SELECT id, frozen, result, basis FROM determinations WHERE obligation = ?1 ORDER BY id DESC LIMIT 1", params![obligation], |row| {
            Ok((row.get::<i64>(0)?, row.flag(1)?, row.get::<String>(2)?, row.get::<String>(3)?))
        })?;
        standing.push(keep(tx, (person, obligation), &one, last, freeze == Some(one.duty.as_str()), now)?.determination);
    }
    Ok(standing)
}

/// Keeps a result and enters it in the ledger, where it differs from the one that stands: its id, whether it is frozen, result and basis.
pub(crate) fn keep(tx: &Tx<'_>, (person, obligation): (i64, i64), one: &Computed, last: Option<(i64, bool, String, String)>, freeze: bool, now: i64) -> Result<Standing> {
    // What was frozen stays; a change after it is a correction, frozen as well.
    let frozen = freeze || last.as_ref().is_some_and(|last| last.1);
    if let Some((id, was_frozen, was, from)) = &last
        && *was == one.result
        && *from == one.basis
        && *was_frozen == frozen
    {
        return Ok(Standing { person, obligation, determination: *id });
    }
    let supersedes = last.as_ref().map(|last| last.0);
    let body = json!({ "obligation": obligation, "frozen": frozen, "supersedes": supersedes, "engine": env!("CARGO_PKG_VERSION"), "basis": one.whence, "result": one.what });
    let entry = ledger::enter(tx, &NewEntry { kind: "determination", person: Some(person), record: None, obligation: Some(obligation), body: &body }, now)?;
    let determination = tx.number(
        "INSERT INTO determinations (obligation, at, frozen, status, total, result, basis, engine, entry, supersedes) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) RETURNING id",
        params![obligation, now, frozen, one.status, one.total, &one.result, &one.basis, env!("CARGO_PKG_VERSION"), entry, supersedes],
    )?;
    Ok(Standing { person, obligation, determination })
}

/// The determination that stands for each duty of a person's year.
pub(crate) fn standing(tx: &Tx<'_>, person: i64, year: i64) -> Result<Vec<Determination>> {
    tx.all(
        "SELECT d.id, d.obligation, o.duty, o.year, d.at, d.frozen, d.status, d.total, d.result, d.basis, d.entry, d.supersedes FROM determinations d JOIN obligations o ON o.id = d.obligation
         WHERE o.person = ?1 AND o.year = ?2 AND d.id = (SELECT MAX(x.id) FROM determinations x WHERE x.obligation = o.id) ORDER BY o.duty",
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
