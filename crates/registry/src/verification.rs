//! Yearly verification (年度审验): what a year came to is looked at, and frozen.

use crate::access::{self, Action, Actor};
use crate::assessing::Learner;
use crate::cases::{self, Case, Moved, NewCase, Taking};
use crate::determinations::{self, COUNTING};
use crate::error::{Error, Result};
use crate::flow::VERIFICATION;
use crate::ledger::{self, NewEntry};
use crate::params;
use crate::registry::Registry;
use crate::review;
use crate::store::Tx;
use serde_json::json;
use std::sync::Arc;
use xueshi_policy::Engine;

/// People whose year is opened in one transaction.
const BATCH: i64 = 500;

impl Registry {
    /// Opens the verification of a year for everybody in the actor's reach for whom it is not open yet. Gives how many were opened.
    ///
    /// # Errors
    /// If the actor's role never verifies.
    pub fn open_year(&self, actor: &Actor, year: i64, mut progress: impl FnMut(usize)) -> Result<usize> {
        actor.must_ever(Action::Verify)?;
        let (mut after, mut opened) = (0, 0);
        loop {
            let filter = actor.filter(Action::See, access::POSTS, 2);
            let sql = format!(
                "SELECT DISTINCT p.person FROM posts p JOIN organisations o ON o.id = p.organisation WHERE p.valid_to IS NULL AND p.main = 1 AND p.person > ?1 AND {} ORDER BY p.person LIMIT ?2",
                filter.sql
            );
            let people: Vec<i64> = self.read(|tx| tx.all(&sql, &filter.params(params![after, BATCH]), |row| row.get(0)))?;
            let Some(last) = people.last().copied() else { return Ok(opened) };
            let (actor, engine, now) = (actor.clone(), Arc::clone(&self.engine), self.now());
            opened += self.write(move |tx| {
                let mut count = 0;
                for person in &people {
                    count += open_for(tx, &engine, &actor, *person, year, now)?;
                }
                Ok(count)
            })?;
            progress(opened);
            after = last;
        }
    }

    /// Takes a step of verification: `verify`, with an opinion, freezes the year after the last stage; `reopen` needs a reason.
    ///
    /// # Errors
    /// If the actor may not, or the case changed since `version`.
    pub fn verify_year(&self, actor: &Actor, case: i64, version: i64, step: &str, opinion: &str) -> Result<()> {
        let (actor, engine, step, opinion, now) = (actor.clone(), Arc::clone(&self.engine), step.to_owned(), opinion.to_owned(), self.now());
        self.write(move |tx| take(tx, &engine, &actor, (case, version), &step, &opinion, now))
    }
}

fn open_for(tx: &Tx<'_>, engine: &Engine, actor: &Actor, person: i64, year: i64, now: i64) -> Result<usize> {
    let thing = access::of_person(tx, person)?;
    determinations::determine(tx, engine, person, year, None, now)?;
    let waiting =
        tx.all("SELECT o.id FROM obligations o WHERE o.person = ?1 AND o.year = ?2 AND NOT EXISTS (SELECT 1 FROM cases c WHERE c.obligation = o.id)", params![person, year], |row| row.get::<i64>(0))?;
    if waiting.is_empty() {
        return Ok(0);
    }
    let learner = Learner::load(tx, person, year, &COUNTING)?;
    let stages = review::of_verification(engine, &learner, year)?;
    let first = stages.first().ok_or_else(|| Error::fault("no stage of verification"))?;
    let due = first.until.as_ref().map(|until| format!("{}-{until}", year + 1));
    for obligation in &waiting {
        let new = NewCase {
            flow: VERIFICATION.id,
            state: "waiting",
            open: true,
            thing: &thing,
            record: None,
            obligation: Some(*obligation),
            stage: Some(&first.id),
            holders: &first.holders,
            due: due.as_deref(),
        };
        let case = cases::open(tx, actor, new, now)?;
        cases::keep_step(tx, actor, case, Taking { step: "open", to_state: "waiting", stage: None, reason: "", entry: None }, now)?;
    }
    Ok(waiting.len())
}

fn take(tx: &Tx<'_>, engine: &Engine, actor: &Actor, (case, version): (i64, i64), step: &str, opinion: &str, now: i64) -> Result<()> {
    let case = cases::seen(tx, actor, case)?;
    let step = VERIFICATION.take(step, &case.state, opinion)?;
    cases::check(actor, &case, version, step.action)?;
    let obligation = case.obligation.ok_or_else(Error::wrong_state)?;
    let (year, duty) = tx
        .first("SELECT year, duty FROM obligations WHERE id = ?1", params![obligation], |row| Ok((row.get::<i64>(0)?, row.get::<String>(1)?)))?
        .ok_or_else(|| Error::not_found("义务", "obligation"))?;
    let learner = Learner::load(tx, case.thing.person, year, &COUNTING)?;
    let stages = review::of_verification(engine, &learner, year)?;
    if step.id == "reopen" {
        let entry = enter(tx, actor, &case, "year-reopened", opinion, now)?;
        let first = stages.first().ok_or_else(|| Error::fault("no stage of verification"))?;
        cases::move_on(tx, &case, Moved { state: step.to, open: true, stage: Some(&first.id), holders: &first.holders }, now)?;
        return cases::keep_step(tx, actor, case.id, Taking { step: step.id, to_state: step.to, stage: None, reason: opinion, entry: Some(entry) }, now);
    }
    if let Some(next) = review::after(&stages, case.stage.as_deref()) {
        let entry = enter(tx, actor, &case, "stage-passed", opinion, now)?;
        cases::move_on(tx, &case, Moved { state: "waiting", open: true, stage: Some(&next.id), holders: &next.holders }, now)?;
        return cases::keep_step(tx, actor, case.id, Taking { step: step.id, to_state: "waiting", stage: case.stage.as_deref(), reason: opinion, entry: Some(entry) }, now);
    }
    determinations::determine(tx, engine, case.thing.person, year, Some(&duty), now)?;
    let entry = enter(tx, actor, &case, "year-verified", opinion, now)?;
    cases::move_on(tx, &case, Moved { state: step.to, open: false, stage: None, holders: &[] }, now)?;
    let stage = case.stage.as_deref().or(Some(step.id));
    cases::keep_step(tx, actor, case.id, Taking { step: step.id, to_state: step.to, stage, reason: opinion, entry: Some(entry) }, now)
}

fn enter(tx: &Tx<'_>, actor: &Actor, case: &Case, kind: &str, opinion: &str, now: i64) -> Result<i64> {
    let standing = determinations::last_id(tx, case.obligation)?;
    let body = json!({ "case": case.id, "stage": case.stage, "by": actor.account, "role": actor.held.role.word(), "opinion": opinion.trim(), "determination": standing });
    ledger::enter(tx, &NewEntry { kind, person: Some(case.thing.person), record: None, obligation: case.obligation, body: &body }, now)
}
