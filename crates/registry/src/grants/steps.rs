//! What the steps do: years are granted and taken back, and what hangs on them is determined anew.

use super::{date, ground_key, listed};
use crate::access::Actor;
use crate::assessing::Learner;
use crate::cases::{self, Case, Moved};
use crate::determinations;
use crate::error::{Error, Result, Why};
use crate::flow::{EXEMPTION, REASON, Step};
use crate::matters::{self, Asked, Desk};
use crate::params;
use crate::registry::Registry;
use serde_json::json;
use std::sync::Arc;

impl Registry {
    /// Ends an exemption on the last day of an assignment that ended earlier: the years after it are taken back.
    ///
    /// # Errors
    /// If the actor's organisation did not grant it, or the day lies outside.
    pub fn end_exemption(&self, actor: &Actor, case: i64, version: i64, last: &str, reason: &str) -> Result<()> {
        let (actor, engine, keys, last, reason, now) = (actor.clone(), Arc::clone(&self.engine), self.keys.clone(), last.to_owned(), reason.to_owned(), self.now());
        self.write(move |tx| {
            let desk = Desk { tx, engine: &engine, keys: &keys, actor: &actor, now };
            let case = cases::seen(tx, &actor, case)?;
            if case.flow != EXEMPTION.id {
                return Err(Error::not_found("步骤", "step"));
            }
            cases::unchanged(&case, version)?;
            let step = EXEMPTION.take("end", &case.state, &reason)?;
            cases::check(&actor, &case, version, step.action)?;
            let asked = matters::asked(tx, &case)?;
            let last = date("on", &last)?;
            let (from, to) = (date("from", &asked.from)?, date("to", asked.to.as_deref().unwrap_or(&asked.from))?);
            if last < from || last >= to {
                return Err(Error::invalid("on", format!("最后一天须在 {from} 至 {to} 之间，早于 {to}。"), format!("The last day lies between {from} and {to}, before {to}.")));
            }
            tx.execute("UPDATE matters SET valid_to = ?2 WHERE case_id = ?1", params![case.id, &last.to_string()])?;
            take_back(&desk, &case, i64::from(last.year()) + 1)?;
            matters::settle(&desk, &case, step, &reason, matters::ended(step.to), json!({ "last": last.to_string() }))
        })
    }
}

/// Takes a step of an exemption, a reason or a record of discipline.
pub(crate) fn take(desk: &Desk<'_, '_>, case: &Case, step: &'static Step, reason: &str) -> Result<()> {
    let asked = matters::asked(desk.tx, case)?;
    let said = json!({ "kind": asked.kind, "from": asked.from, "to": asked.to, "body": asked.body });
    match step.id {
        "approve" => grant(desk, case, &asked)?,
        "revoke" => take_back(desk, case, 0)?,
        // Ending needs its day: [`Registry::end_exemption`].
        "end" => return Err(Error::invalid("on", "请填实际的最后一天。", "Give the real last day.")),
        "object" => {
            let mut holders = vec!["employer".to_owned()];
            holders.extend(case.thing.agency.map(|_| "file-agency".to_owned()));
            let to = Moved { state: step.to, open: true, stage: Some("objection"), holders: &holders };
            return matters::settle(desk, case, step, reason, to, said);
        }
        _ => {}
    }
    matters::settle(desk, case, step, reason, matters::ended(step.to), said)
}

/// Grants every year that the days touch, by the columns that the policies in force today name.
fn grant(desk: &Desk<'_, '_>, case: &Case, asked: &Asked) -> Result<()> {
    let Desk { tx, engine, now, .. } = *desk;
    let (from, to) = (date("from", &asked.from)?, date("to", asked.to.as_deref().unwrap_or(&asked.from))?);
    for year in i64::from(from.year())..=i64::from(to.year()) {
        let of = listed(engine, &Learner::load(tx, case.thing.person, year, &[])?, year)?;
        let mut columns: Vec<String> = if case.flow == REASON.id {
            of.consequences.into_iter().map(|one| one.years).collect()
        } else {
            of.grounds.into_iter().filter(|one| asked.body.get("ground").is_some_and(|key| *key == ground_key(&one.ground))).map(|one| one.years).collect()
        };
        columns.sort_unstable();
        columns.dedup();
        if columns.is_empty() {
            return Err(Error::refused(
                Why::WrongState,
                format!("{year} 年适用的规定已不列这一事由，不能批准。"),
                format!("The regulations that apply to {year} list this no longer; it can not be granted."),
            ));
        }
        for column in columns {
            // For the person it was asked for, a double of somebody by now perhaps.
            tx.execute(
                "INSERT INTO year_grants (person, name, year, case_id, at) SELECT c.person, CAST(?2 AS TEXT), CAST(?3 AS BIGINT), c.id, CAST(?4 AS BIGINT) FROM cases c WHERE c.id = ?1",
                params![case.id, &column, year, now],
            )?;
        }
    }
    determinations::anew(tx, engine, case.thing.person, i64::from(from.year()), now)
}

/// Years since one are granted no longer; what hangs on them is determined anew.
fn take_back(desk: &Desk<'_, '_>, case: &Case, since: i64) -> Result<()> {
    let Desk { tx, engine, now, .. } = *desk;
    let first = tx.first("SELECT MIN(year) FROM year_grants WHERE case_id = ?1 AND year >= ?2 AND ended_at IS NULL", params![case.id, since], |row| row.get::<Option<i64>>(0))?.flatten();
    let Some(first) = first else { return Ok(()) };
    tx.execute("UPDATE year_grants SET ended_at = ?3 WHERE case_id = ?1 AND year >= ?2 AND ended_at IS NULL", params![case.id, since, now])?;
    determinations::anew(tx, engine, case.thing.person, first, now)
}
