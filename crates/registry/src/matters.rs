//! Matters (事项): cases that are neither a declaration nor a year. What is asked for, its proofs, whom it waits for; each flow's own
//! file says what its steps do.

use crate::access::{Action, Actor, CASES, Filter, Thing};
use crate::cases::{self, Case, Moved, NewCase, StepTaken, Taking};
use crate::declarations::{NewEvidence, check_file, file_name};
use crate::error::{Error, Result};
use crate::facts::{Facts, from_json, to_json};
use crate::flow::{Flow, MATTERS, Step};
use crate::grants::PolicySays;
use crate::keys::Keys;
use crate::ledger::{self, NewEntry};
use crate::params;
use crate::registry::Registry;
use crate::store::{Tx, storable};
use crate::{changes, doubles, grants, transfers};
use serde_json::json;
use std::sync::Arc;
use xueshi_policy::Engine;

/// Proofs of one matter at most.
const PAPERS_MAX: usize = 10;

/// What a matter asks for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Asked {
    /// Which of the kinds of its flow.
    pub(crate) kind: String,
    /// Since when it shall hold.
    pub(crate) from: String,
    /// Until when, where it ends.
    pub(crate) to: Option<String>,
    /// The other person it is about.
    pub(crate) other: Option<i64>,
    /// Everything else.
    pub(crate) body: Facts,
    /// What nobody may read: key id and sealed bytes.
    pub(crate) sealed: Option<(String, Vec<u8>)>,
}

/// A file kept for a matter, not yet in one.
#[derive(Clone, Debug)]
pub(crate) struct Kept {
    name: String,
    media: &'static str,
    bytes: i64,
    digest: String,
}

/// A proof of a matter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paper {
    /// Its id.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// Its media type.
    pub media: String,
    /// Its size.
    pub bytes: i64,
}

/// A matter with everything around it.
#[derive(Clone, Debug)]
pub struct MatterShown {
    /// Its case.
    pub case: i64,
    /// Its flow.
    pub flow: &'static Flow,
    /// Its state.
    pub state: String,
    /// The version a step must name.
    pub version: i64,
    /// Which of the kinds of its flow.
    pub kind: String,
    /// Whom it is about: id and name.
    pub person: (i64, String),
    /// Whether the actor may see that person's file.
    pub person_open: bool,
    /// The other person it is about.
    pub other: Option<(i64, String)>,
    /// The employer.
    pub employer: String,
    /// The other organisation it concerns; empty where there is none.
    pub counterpart: String,
    /// Since when it shall hold, `YYYY-MM-DD`.
    pub from: String,
    /// Until when, where it ends.
    pub to: Option<String>,
    /// What is asked for, by the names of its kind; an identifier is masked.
    pub body: Facts,
    /// Its proofs.
    pub papers: Vec<Paper>,
    /// What the policies say of it: the ground of an exemption with who approves, what an accepted reason lifts, what a breach leads to.
    pub said: Vec<PolicySays>,
    /// Whom it waits for: kinds of organisations, or `counterpart`.
    pub holders: Vec<String>,
    /// Since when it stands as it does, in microseconds UTC.
    pub since: i64,
    /// The way so far.
    pub way: Vec<StepTaken>,
    /// The steps this actor may take now.
    pub steps: Vec<&'static Step>,
}

/// Which matters are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// Those that wait for the actor.
    Waiting,
    /// Every one the actor may see, the latest first.
    All,
}

/// A matter in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MatterLine {
    /// Its case.
    pub case: i64,
    /// Its flow.
    pub flow: String,
    /// Which of the kinds of its flow.
    pub kind: String,
    /// Its state.
    pub state: String,
    /// The person's name.
    pub name: String,
    /// The employer.
    pub employer: String,
    /// The other organisation it concerns; empty where there is none.
    pub counterpart: String,
    /// Since when it stands as it does, in microseconds UTC.
    pub since: i64,
}

/// What steps work with.
pub(crate) struct Desk<'a, 'c> {
    pub(crate) tx: &'a Tx<'c>,
    pub(crate) engine: &'a Engine,
    pub(crate) keys: &'a Keys,
    pub(crate) actor: &'a Actor,
    pub(crate) now: i64,
}

impl Registry {
    /// Whether a case that the actor may see is a matter.
    ///
    /// # Errors
    /// If the actor may not see it.
    pub fn is_matter(&self, actor: &Actor, case: i64) -> Result<bool> {
        self.read(|tx| Ok(flow_of(&cases::seen(tx, actor, case)?).is_ok()))
    }

    /// A matter, for those whom it concerns.
    ///
    /// # Errors
    /// If the actor may not see it.
    pub fn matter(&self, actor: &Actor, case: i64) -> Result<MatterShown> {
        self.read(|tx| {
            let case = cases::seen(tx, actor, case)?;
            let flow = flow_of(&case)?;
            let asked = asked(tx, &case)?;
            let name = |id: i64| Ok::<_, Error>((id, tx.first("SELECT name FROM people WHERE id = ?1", params![id], |row| row.get(0))?.unwrap_or_default()));
            let today = crate::access::of_person(tx, case.thing.person)?;
            Ok(MatterShown {
                case: case.id,
                said: grants::says(tx, &self.engine, (case.thing.person, flow.id), &asked)?,
                flow,
                version: case.version,
                person: name(case.thing.person)?,
                person_open: actor.may(Action::See, &today),
                other: asked.other.map(name).transpose()?,
                employer: crate::posts::name_of(tx, Some(case.thing.organisation))?,
                counterpart: crate::posts::name_of(tx, case.thing.counterpart)?,
                kind: asked.kind,
                from: asked.from,
                to: asked.to,
                body: asked.body,
                papers: tx.all("SELECT id, name, media, bytes FROM papers WHERE case_id = ?1 ORDER BY id", params![case.id], |row| {
                    Ok(Paper { id: row.get(0)?, name: row.get(1)?, media: row.get(2)?, bytes: row.get(3)? })
                })?,
                holders: case.thing.holders.clone(),
                since: case.since,
                way: cases::way(tx, case.id)?,
                steps: flow.open(&case.state).filter(|step| actor.may(step.action, &case.thing)).collect(),
                state: case.state,
            })
        })
    }

    /// Matters that wait for the actor, longest first, or all that the actor may see, latest first; those after the case `after`.
    /// Gives how many there are in all for what waits, and the lines.
    ///
    /// # Errors
    /// What the database refuses.
    pub fn matters(&self, actor: &Actor, which: Which, after: Option<(i64, i64)>, limit: i64) -> Result<(i64, Vec<MatterLine>)> {
        // An organisation's are found by its cases, an area's by the matters themselves: SQLite joins in this order, and would look through all cases.
        let from = if actor.held.jurisdiction.is_some() { "FROM matters m CROSS JOIN cases c" } else { "FROM cases c CROSS JOIN matters m" };
        let waiting = which == Which::Waiting;
        let action = if waiting { Action::Review } else { Action::See };
        let open = format!("c.flow IN ('{}') AND c.id = m.case_id AND{}", MATTERS.join("', '"), if waiting { " c.open = 1 AND c.stage IS NOT NULL AND" } else { "" });
        let counting = actor.filter(action, CASES, 0);
        let filter = actor.filter(action, CASES, 3);
        let (since, id) = after.unwrap_or(if waiting { (i64::MIN, 0) } else { (i64::MAX, 0) });
        let (beyond, order) = if waiting { (">", "c.since, c.id") } else { ("<", "c.since DESC, c.id DESC") };
        self.read(|tx| {
            let total = if waiting { count(tx, from, &open, &counting)? } else { 0 };
            let sql = format!(
                "SELECT c.id, c.flow, m.kind, c.state, x.name, e.name, COALESCE(k.name, ''), c.since {from} JOIN people x ON x.id = c.person JOIN organisations e ON e.id = c.organisation
                 LEFT JOIN organisations k ON k.id = c.counterpart
                 WHERE {open} (c.since {beyond} ?1 OR (c.since = ?1 AND c.id {beyond} ?2)) AND {} ORDER BY {order} LIMIT ?3",
                filter.sql
            );
            let lines = tx.all(&sql, &filter.params(params![since, id, limit]), |row| {
                Ok(MatterLine { case: row.get(0)?, flow: row.get(1)?, kind: row.get(2)?, state: row.get(3)?, name: row.get(4)?, employer: row.get(5)?, counterpart: row.get(6)?, since: row.get(7)? })
            })?;
            Ok((total, lines))
        })
    }

    /// Takes a step of a matter.
    ///
    /// # Errors
    /// If the actor may not, it changed since `version`, or what it asks for can not be done.
    pub fn take_step(&self, actor: &Actor, case: i64, version: i64, step: &str, reason: &str) -> Result<()> {
        let (actor, engine, keys, step, reason, now) = (actor.clone(), Arc::clone(&self.engine), self.keys.clone(), step.to_owned(), reason.to_owned(), self.now());
        self.write(move |tx| {
            let desk = Desk { tx, engine: &engine, keys: &keys, actor: &actor, now };
            let case = cases::seen(tx, &actor, case)?;
            let flow = flow_of(&case)?;
            cases::unchanged(&case, version)?;
            let step = flow.take(&step, &case.state, &reason)?;
            cases::check(&actor, &case, version, step.action)?;
            take(&desk, &case, step, &reason)
        })
    }

    /// Keeps files before the transaction that puts them into a matter. Whoever may not ask has been refused before.
    pub(crate) fn keep_papers(&self, files: &[(String, Vec<u8>)]) -> Result<Vec<Kept>> {
        if files.len() > PAPERS_MAX {
            return Err(Error::invalid("file", format!("一次最多附 {PAPERS_MAX} 个文件。"), format!("At most {PAPERS_MAX} files at a time.")));
        }
        // Every one is looked at before the first is kept.
        let mut checked = Vec::with_capacity(files.len());
        for (name, bytes) in files {
            checked.push((name, check_file(&NewEvidence { kind: "proof".to_owned(), name: name.clone(), bytes: bytes.clone() })?, bytes));
        }
        let keep = |(name, media, bytes): (&String, &'static str, &Vec<u8>)| {
            Ok(Kept { name: file_name(name), media, bytes: i64::try_from(bytes.len()).map_err(Error::fault)?, digest: self.evidence.keep(&self.keys, bytes)? })
        };
        checked.into_iter().map(keep).collect()
    }
}

fn count(tx: &Tx<'_>, from: &str, open: &str, filter: &Filter) -> Result<i64> {
    tx.number(&format!("SELECT COUNT(*) {from} WHERE {open} {}", filter.sql), &filter.params(&[]))
}

/// Does what a step of a matter does, and moves it on.
fn take(desk: &Desk<'_, '_>, case: &Case, step: &'static Step, reason: &str) -> Result<()> {
    match case.flow.as_str() {
        "transfer" => transfers::take(desk, case, step, reason),
        "change" => changes::take(desk, case, step, reason),
        "merge" => doubles::take(desk, case, step, reason),
        "exemption" | "reason" | "discipline" => grants::take(desk, case, step, reason),
        other => Err(Error::fault(format!("flow {other} has no matters"))),
    }
}

fn flow_of(case: &Case) -> Result<&'static Flow> {
    Flow::of(&case.flow).filter(|flow| MATTERS.contains(&flow.id)).ok_or_else(|| Error::not_found("事项", "matter"))
}

/// Where a new matter goes.
pub(crate) struct Opening<'a> {
    pub(crate) flow: &'a Flow,
    /// The state it begins in.
    pub(crate) state: &'a str,
    pub(crate) thing: &'a Thing,
    /// The stage it waits at; nothing where it is done at once.
    pub(crate) stage: Option<&'a str>,
    pub(crate) holders: &'a [&'a str],
    /// The stage that asking was: who took it takes no other.
    pub(crate) asking: Option<&'a str>,
}

/// Opens a matter with its proofs.
pub(crate) fn open(desk: &Desk<'_, '_>, opening: &Opening<'_>, asked: &Asked, papers: &[Kept]) -> Result<Case> {
    let Desk { tx, actor, now, .. } = *desk;
    // JSON would hide from the database what a later step puts into a column.
    asked.body.values().try_for_each(|text| storable(text))?;
    let holders: Vec<String> = opening.holders.iter().map(|holder| (*holder).to_owned()).collect();
    let new = NewCase {
        flow: opening.flow.id,
        state: opening.state,
        open: opening.flow.state(opening.state).is_some_and(|state| state.open),
        thing: opening.thing,
        record: None,
        obligation: None,
        stage: opening.stage,
        holders: &holders,
        due: None,
    };
    let case = cases::open(tx, actor, new, now)?;
    let (key, sealed) = asked.sealed.as_ref().map_or((None, None), |(key, sealed)| (Some(key), Some(sealed)));
    tx.execute(
        "INSERT INTO matters (case_id, kind, valid_from, valid_to, other, body, sealed, key_id) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        params![case, &asked.kind, &asked.from, asked.to.as_ref(), asked.other, &to_json(&asked.body), sealed, key],
    )?;
    for paper in papers {
        tx.execute(
            "INSERT INTO papers (case_id, name, media, bytes, digest, added_by, added_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            params![case, &paper.name, paper.media, paper.bytes, &paper.digest, actor.account, now],
        )?;
    }
    let reason = asked.body.get("reason").map(String::as_str).unwrap_or_default();
    cases::keep_step(tx, actor, case, Taking { step: "ask", to_state: opening.state, stage: opening.asking, reason, entry: None }, now)?;
    cases::get(tx, case)
}

/// What a matter asks for.
pub(crate) fn asked(tx: &Tx<'_>, case: &Case) -> Result<Asked> {
    tx.first("SELECT kind, valid_from, valid_to, other, body, sealed, key_id FROM matters WHERE case_id = ?1", params![case.id], |row| {
        let sealed = row.get::<Option<String>>(6)?.zip(row.get::<Option<Vec<u8>>>(5)?);
        Ok(Asked { kind: row.get(0)?, from: row.get(1)?, to: row.get(2)?, other: row.get(3)?, body: from_json(&row.get::<String>(4)?)?, sealed })
    })?
    .ok_or_else(|| Error::not_found("事项", "matter"))
}

/// Moves a matter on by a step: keeps the step, and the entry in the ledger where the step leaves one.
pub(crate) fn settle(desk: &Desk<'_, '_>, case: &Case, step: &Step, reason: &str, to: Moved<'_>, said: serde_json::Value) -> Result<()> {
    let Desk { tx, actor, now, .. } = *desk;
    let entry = match step.entry {
        Some(kind) => {
            let body = json!({ "case": case.id, "stage": case.stage, "by": actor.account, "role": actor.held.role.word(), "reason": reason.trim(), "matter": said });
            Some(ledger::enter(tx, &NewEntry { kind, person: Some(case.thing.person), record: None, obligation: None, body: &body }, now)?)
        }
        None => None,
    };
    cases::move_on(tx, case, to, now)?;
    let stage = case.stage.as_deref().filter(|_| step.action == Action::Review);
    cases::keep_step(tx, actor, case.id, Taking { step: step.id, to_state: to.state, stage, reason, entry }, now)
}

/// A state that ends a matter.
pub(crate) fn ended(state: &str) -> Moved<'_> {
    Moved { state, open: false, stage: None, holders: &[] }
}
