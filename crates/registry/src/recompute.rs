//! A determination computed once more, years later: from the facts in the ledger and the texts of policies as they were then.

use crate::access::{self, Action, Actor};
use crate::assessing::{Learned, Learner};
use crate::determinations::compute;
use crate::error::{Error, Result, Why};
use crate::facts::{Facts, json};
use crate::params;
use crate::registry::Registry;
use crate::results::facts_digest;
use crate::store::Tx;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use xueshi_policy::{Engine, Library, PolicyFile};

/// What came of computing a determination once more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recomputed {
    /// The result as it was kept.
    pub kept: String,
    /// The result as it comes out now.
    pub now: String,
    /// The version of the engine that made the kept one.
    pub engine: String,
}

impl Recomputed {
    /// Whether both are equal to the byte.
    pub fn same(&self) -> bool {
        self.kept == self.now
    }
}

/// A determination with what it came from.
struct Kept {
    person: i64,
    year: i64,
    duty: String,
    result: String,
    basis: Value,
    engine: String,
    entry: i64,
}

impl Registry {
    /// Computes a determination once more, with the policies of then whatever is in force now.
    ///
    /// # Errors
    /// If the actor may not see it, or what it came from is not kept whole: facts were erased, or a policy's text is missing.
    pub fn recompute(&self, actor: &Actor, determination: i64) -> Result<Recomputed> {
        let (kept, learner, library) = self.read(|tx| {
            let kept = kept(tx, determination)?;
            actor.must(Action::See, &access::of_person(tx, kept.person)?)?;
            let (learner, library) = (learner(tx, &kept)?, library(tx, &kept.basis)?);
            Ok((kept, learner, library))
        })?;
        if Some(facts_digest(&learner).as_str()) != kept.basis["facts"].as_str() {
            return Err(incomplete());
        }
        let all = compute(&Engine::new(library), &learner, kept.year)?;
        let now = all.into_iter().find(|one| one.duty == kept.duty).ok_or_else(incomplete)?;
        Ok(Recomputed { kept: kept.result, now: now.result, engine: kept.engine })
    }
}

fn incomplete() -> Error {
    Error::refused(
        Why::WrongState,
        "当时所依据的资料已不完整（有的已依法删除），无法重新计算。原结果和账本中的记录仍然有效。",
        "What this was computed from is no longer whole (some of it was erased by law), so that it can not be computed again. The result and its entry in the ledger stand.",
    )
}

fn kept(tx: &Tx<'_>, determination: i64) -> Result<Kept> {
    let found = tx.first(
        "SELECT o.person, o.year, o.duty, d.result, d.basis, d.engine, d.entry FROM determinations d JOIN obligations o ON o.id = d.obligation WHERE d.id = ?1",
        params![determination],
        |row| {
            let basis = json(&row.get::<String>(4)?)?;
            Ok(Kept { person: row.get(0)?, year: row.get(1)?, duty: row.get(2)?, result: row.get(3)?, basis, engine: row.get(5)?, entry: row.get(6)? })
        },
    )?;
    found.ok_or_else(|| Error::not_found("认定结果", "determination"))
}

/// The person as it was known then: facts from the determination itself, records from the ledger's entries before it.
fn learner(tx: &Tx<'_>, kept: &Kept) -> Result<Learner> {
    let mut accepted: BTreeMap<i64, Learned> = BTreeMap::new();
    let mut gone: BTreeSet<i64> = BTreeSet::new();
    tx.each(
        "SELECT e.kind, e.record, t.body FROM entries e LEFT JOIN entry_texts t ON t.entry = e.id
         WHERE e.person = ?1 AND e.id < ?2 AND e.kind IN ('record-accepted', 'record-corrected', 'record-revoked') AND e.record IS NOT NULL ORDER BY e.id",
        params![kept.person, kept.entry],
        |row| {
            let (kind, record): (String, i64) = (row.get(0)?, row.get(1)?);
            if kind != "record-accepted" {
                gone.insert(record);
                return Ok(());
            }
            // An erased one leaves a gap, which the hash of the facts shows.
            let Some(text) = row.get::<Option<String>>(2)? else { return Ok(()) };
            let body = &json(&text)?["body"];
            let title = body["title"].as_str().unwrap_or_default().to_owned();
            let mut facts = facts(&body["facts"]);
            facts.insert("title".to_owned(), title.clone());
            let year = body["year"].as_i64().unwrap_or_default();
            accepted.insert(record, Learned { id: record, state: "accepted".to_owned(), year, title, facts, corrects: None, files: Vec::new() });
            Ok(())
        },
    )?;
    accepted.retain(|record, _| !gone.contains(record));
    let text = |value: &Value| value.as_str().map(str::to_owned);
    Ok(Learner {
        person: kept.person,
        region: text(&kept.basis["region"]).unwrap_or_default(),
        sector: text(&kept.basis["sector"]),
        facts: facts(&kept.basis["person"]),
        records: accepted.into_values().collect(),
    })
}

fn facts(value: &Value) -> Facts {
    value.as_object().into_iter().flatten().filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned()))).collect()
}

/// The policies that made it, by the hashes of their texts.
fn library(tx: &Tx<'_>, basis: &Value) -> Result<Library> {
    let mut library = Library::default();
    for policy in basis["policies"].as_array().into_iter().flatten() {
        let (id, hash) = (policy["id"].as_str().unwrap_or_default(), policy["sha256"].as_str().unwrap_or_default());
        let text = tx.first("SELECT text FROM policy_texts WHERE sha256 = ?1", params![hash], |row| row.get::<String>(0))?.ok_or_else(incomplete)?;
        library.add(PolicyFile::parse(id, &text).0.ok_or_else(incomplete)?);
    }
    Ok(library)
}
