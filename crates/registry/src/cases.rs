//! Cases: pieces of business under a flow. Reading them, keeping steps, and the ways they went.

use crate::access::{Action, Actor, Thing};
use crate::error::{Error, Result};
use crate::params;
use crate::store::Tx;

/// A case as it is kept.
#[derive(Clone, Debug)]
pub(crate) struct Case {
    pub(crate) id: i64,
    pub(crate) flow: String,
    pub(crate) state: String,
    pub(crate) stage: Option<String>,
    pub(crate) record: Option<i64>,
    /// The year of its record.
    pub(crate) year: Option<i64>,
    pub(crate) obligation: Option<i64>,
    pub(crate) version: i64,
    /// How often a year of the person was determined, as it was read; see [`crate::decisions`].
    pub(crate) person_version: i64,
    /// Since when it stands as it does, in microseconds UTC.
    pub(crate) since: i64,
    /// The last day, where one is set.
    pub(crate) due: Option<String>,
    pub(crate) thing: Thing,
}

/// A step that was taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepTaken {
    /// When, in microseconds UTC.
    pub at: i64,
    /// By whom: the sign-in name.
    pub by: String,
    /// In which role.
    pub role: String,
    /// Which step of the flow.
    pub step: String,
    /// The state it led to.
    pub to_state: String,
    /// The stage of review it was.
    pub stage: Option<String>,
    /// The reason given.
    pub reason: String,
    /// Its entry in the ledger.
    pub entry: Option<i64>,
}

/// A new case.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NewCase<'a> {
    pub(crate) flow: &'a str,
    pub(crate) state: &'a str,
    /// Whether something is still to be done.
    pub(crate) open: bool,
    pub(crate) thing: &'a Thing,
    pub(crate) record: Option<i64>,
    pub(crate) obligation: Option<i64>,
    pub(crate) stage: Option<&'a str>,
    pub(crate) holders: &'a [String],
    pub(crate) due: Option<&'a str>,
}

/// Where a case goes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moved<'a> {
    pub(crate) state: &'a str,
    pub(crate) open: bool,
    pub(crate) stage: Option<&'a str>,
    pub(crate) holders: &'a [String],
}

/// Opens a case.
pub(crate) fn open(tx: &Tx<'_>, actor: &Actor, new: NewCase<'_>, now: i64) -> Result<i64> {
    let jurisdiction = nearest(tx, new.thing)?;
    open_at(tx, actor, new, jurisdiction, now)
}

/// Opens a case whose employer's jurisdiction is known.
pub(crate) fn open_at(tx: &Tx<'_>, actor: &Actor, new: NewCase<'_>, jurisdiction: i64, now: i64) -> Result<i64> {
    let thing = new.thing;
    tx.number(
        "INSERT INTO cases (flow, state, open, stage, holders, person, record, obligation, organisation, agency, jurisdiction, sector, opened_by, opened_at, since, due, provider, counterpart)
         VALUES (?1, ?2, ?15, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?13, ?14, ?16, ?17) RETURNING id",
        params![
            new.flow,
            new.state,
            new.stage,
            &joined(new.holders),
            thing.person,
            new.record,
            new.obligation,
            thing.organisation,
            thing.agency,
            jurisdiction,
            thing.sector,
            actor.account,
            now,
            new.due,
            new.open,
            thing.provider,
            thing.counterpart
        ],
    )
}

fn nearest(tx: &Tx<'_>, thing: &Thing) -> Result<i64> {
    tx.number("SELECT jurisdiction FROM organisations WHERE id = ?1", params![thing.organisation])
}

/// `|employer|file-agency|`.
pub(crate) fn joined(holders: &[String]) -> String {
    let mut text = "|".to_owned();
    for holder in holders {
        text.push_str(holder);
        text.push('|');
    }
    text
}

/// The kinds of organisations that [`joined`] wrote.
pub(crate) fn holders(text: &str) -> Vec<String> {
    text.split('|').filter(|holder| !holder.is_empty()).map(str::to_owned).collect()
}

/// A case with what access asks of it.
pub(crate) fn get(tx: &Tx<'_>, id: i64) -> Result<Case> {
    let found = tx.first(
        "SELECT c.flow, c.state, c.stage, c.holders, w.id, c.record, c.obligation, c.organisation, c.agency, c.sector, c.version, c.since, c.due, r.year, w.version, c.provider,
                (SELECT STRING_AGG(CAST(w.outer_id AS TEXT), ',') FROM jurisdiction_within w WHERE w.inner_id = c.jurisdiction),
                (SELECT STRING_AGG(CAST(s.account AS TEXT), ',') FROM case_steps s WHERE s.case_id = c.id AND s.stage <> COALESCE(c.stage, '')), c.counterpart, c.opened_by
         FROM cases c JOIN people x ON x.id = c.person JOIN people w ON w.id = COALESCE(x.merged_in, x.id) LEFT JOIN records r ON r.id = c.record WHERE c.id = ?1",
        params![id],
        |row| {
            let thing = Thing {
                person: row.get(4)?,
                organisation: row.get(7)?,
                agency: row.get(8)?,
                jurisdictions: ids(row.get(16)?)?,
                sector: row.get(9)?,
                provider: row.get(15)?,
                holders: holders(&row.get::<String>(3)?),
                decided_by: ids(row.get(17)?)?,
                role: None,
                counterpart: row.get(18)?,
                asked_by: row.get(19)?,
            };
            Ok(Case {
                id,
                flow: row.get(0)?,
                state: row.get(1)?,
                stage: row.get(2)?,
                record: row.get(5)?,
                year: row.get(13)?,
                obligation: row.get(6)?,
                version: row.get(10)?,
                person_version: row.get(14)?,
                since: row.get(11)?,
                due: row.get(12)?,
                thing,
            })
        },
    )?;
    found.ok_or_else(|| Error::not_found("事项", "matter"))
}

/// Ids that the database joined by commas; none where there was nothing to join.
fn ids(text: Option<String>) -> Result<Vec<i64>> {
    text.unwrap_or_default().split(',').filter(|id| !id.is_empty()).map(|id| id.parse().map_err(Error::fault)).collect()
}

/// A case that the actor may see; to others it does not exist, whatever state it is in.
pub(crate) fn seen(tx: &Tx<'_>, actor: &Actor, id: i64) -> Result<Case> {
    let case = get(tx, id)?;
    actor.must(Action::See, &case.thing)?;
    Ok(case)
}

/// A case that the actor may do something with, unchanged since `version`.
pub(crate) fn for_action(tx: &Tx<'_>, actor: &Actor, id: i64, version: i64, action: Action) -> Result<Case> {
    let case = get(tx, id)?;
    check(actor, &case, version, action)?;
    Ok(case)
}

/// Refuses what the actor may not do with a case, or what was read before somebody changed it.
pub(crate) fn check(actor: &Actor, case: &Case, version: i64, action: Action) -> Result<()> {
    actor.must(Action::See, &case.thing)?;
    unchanged(case, version)?;
    actor.must(action, &case.thing)
}

/// Refuses what was read before somebody changed it: said before anything about its state, which nobody asked for.
pub(crate) fn unchanged(case: &Case, version: i64) -> Result<()> {
    if case.version == version { Ok(()) } else { Err(Error::stale()) }
}

/// Moves a case on, if nobody else did.
pub(crate) fn move_on(tx: &Tx<'_>, case: &Case, to: Moved<'_>, now: i64) -> Result<()> {
    tx.must(
        "UPDATE cases SET state = ?3, open = ?4, stage = ?5, holders = ?6, since = ?7, version = version + 1 WHERE id = ?1 AND version = ?2",
        params![case.id, case.version, to.state, to.open, to.stage, &joined(to.holders), now],
        Error::stale(),
    )
}

/// Moves a case on that was read in this transaction.
pub(crate) fn move_read(tx: &Tx<'_>, case: i64, to: Moved<'_>, now: i64) -> Result<()> {
    tx.execute(
        "UPDATE cases SET state = ?2, open = ?3, stage = ?4, holders = ?5, since = ?6, version = version + 1 WHERE id = ?1",
        params![case, to.state, to.open, to.stage, &joined(to.holders), now],
    )
    .map(drop)
}

/// Keeps a case as it is until the transaction ends, if nobody moved it on.
pub(crate) fn hold(tx: &Tx<'_>, case: &Case) -> Result<()> {
    tx.must("UPDATE cases SET version = version WHERE id = ?1 AND version = ?2", params![case.id, case.version], Error::stale())
}

/// A step to be kept on a case's way.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Taking<'a> {
    pub(crate) step: &'a str,
    pub(crate) to_state: &'a str,
    pub(crate) stage: Option<&'a str>,
    pub(crate) reason: &'a str,
    pub(crate) entry: Option<i64>,
}

/// Keeps a step.
pub(crate) fn keep_step(tx: &Tx<'_>, actor: &Actor, case: i64, taking: Taking<'_>, now: i64) -> Result<()> {
    tx.later(
        "INSERT INTO case_steps (case_id, at, account, role, step, to_state, stage, reason, entry) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        params![case, now, actor.account, actor.held.role.word(), taking.step, taking.to_state, taking.stage, taking.reason.trim(), taking.entry],
    )
}

/// The way of a case.
pub(crate) fn way(tx: &Tx<'_>, case: i64) -> Result<Vec<StepTaken>> {
    tx.all(
        "SELECT s.at, a.login, s.role, s.step, s.to_state, s.stage, s.reason, s.entry FROM case_steps s JOIN accounts a ON a.id = s.account WHERE s.case_id = ?1 ORDER BY s.id",
        params![case],
        |row| Ok(StepTaken { at: row.get(0)?, by: row.get(1)?, role: row.get(2)?, step: row.get(3)?, to_state: row.get(4)?, stage: row.get(5)?, reason: row.get(6)?, entry: row.get(7)? }),
    )
}
