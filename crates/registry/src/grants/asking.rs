//! What is asked for: an exemption, a reason to be accepted.

use super::approvers::Named;
use super::{date, deciders, ground_key, listed, unlisted};
use crate::access::{self, Action, Actor, COUNTERPART, Thing};
use crate::assessing::{Learner, year_of};
use crate::error::{Error, Result, Why};
use crate::facts::Facts;
use crate::flow::{EXEMPTION, REASON};
use crate::matters::{self, Asked, Desk, Opening};
use crate::params;
use crate::people::{self, days_of, same_person};
use crate::registry::Registry;
use crate::store::Tx;
use crate::time::day_of;
use jiff::civil::Date;
use std::sync::Arc;
use xueshi_policy::Engine;

/// Years one exemption covers at most: a longer assignment is asked for again. No text sets a number; it bounds a mistyped date.
const YEARS_MAX: i16 = 10;

/// An exemption to be asked for.
#[derive(Clone, Debug)]
pub struct NewExemption {
    /// The ground: `policy/exemption/ground`, as the policies list it.
    pub ground: String,
    /// Whether the person has returned from the assignment.
    pub returned: bool,
    /// First day of the assignment, `YYYY-MM-DD`.
    pub from: String,
    /// Its last day, as known. Every year that the days touch is asked for: no text divides a year, and none says more.
    pub to: String,
    /// Remarks.
    pub reason: String,
}

impl Registry {
    /// Asks for an exemption on a ground that the policy lists, with proof (name and bytes). It waits for who approves on that ground, by
    /// whether the person has returned.
    ///
    /// # Errors
    /// If no such ground is listed in one of the years, or nobody is named who approves.
    pub fn ask_exemption(&self, actor: &Actor, person: i64, new: &NewExemption, files: &[(String, Vec<u8>)]) -> Result<i64> {
        if files.is_empty() {
            return Err(Error::invalid("file", "请附证明材料，如选派文件。", "Attach the proof, such as the order of assignment."));
        }
        let (from, to) = (date("from", &new.from)?, date("to", &new.to)?);
        if to < from || to.year().saturating_sub(from.year()) >= YEARS_MAX {
            return Err(Error::invalid("to", format!("结束日期须在开始之后，且不超过 {YEARS_MAX} 个年度。"), format!("The last day comes after the first, within {YEARS_MAX} years.")));
        }
        // Before files are kept: who may not ask leaves nothing behind.
        self.read(|tx| may(tx, actor, Action::Request, person).map(drop))?;
        let papers = self.keep_papers(files)?;
        let (actor, engine, keys, new, now) = (actor.clone(), Arc::clone(&self.engine), self.keys.clone(), new.clone(), self.now());
        self.write(move |tx| {
            let thing = may(tx, &actor, Action::Request, person)?;
            check_years(tx, &engine, thing.person, &new.ground, (from, to))?;
            refuse_double(tx, thing.person, EXEMPTION.id, &new.ground)?;
            let place = people::shown(tx, &keys, thing.person)?.jurisdiction;
            let approver = Named::at(tx, place)?.id(&new.ground, new.returned).ok_or_else(unnamed)?;
            let body = Facts::from([
                ("ground".to_owned(), new.ground.clone()),
                ("returned".to_owned(), if new.returned { "yes" } else { "no" }.to_owned()),
                ("reason".to_owned(), new.reason.trim().to_owned()),
            ]);
            let asked = Asked { kind: "exemption".to_owned(), from: from.to_string(), to: Some(to.to_string()), body, ..Asked::default() };
            let thing = Thing { counterpart: Some(approver), ..thing };
            let opening = Opening { flow: &EXEMPTION, state: "waiting", thing: &thing, stage: Some("approve"), holders: &[COUNTERPART], asking: Some("ask") };
            matters::open(&Desk { tx, engine: &engine, keys: &keys, actor: &actor, now }, &opening, &asked, &papers).map(|case| case.id)
        })
    }

    /// Asks that a reason for a short year be accepted, with proof where there is one. Who verifies the year decides.
    ///
    /// # Errors
    /// If no text of the place speaks of reasons in that year, or the year has not come.
    pub fn ask_reason(&self, actor: &Actor, person: i64, year: i64, reason: &str, files: &[(String, Vec<u8>)]) -> Result<i64> {
        let reason = stated(reason)?;
        year_of(year)?;
        if year > i64::from(day_of(self.now()).year()) {
            return Err(Error::invalid("year", "这一年还没有到。", "That year has not come."));
        }
        self.read(|tx| may(tx, actor, Action::Request, person).map(drop))?;
        let papers = self.keep_papers(files)?;
        let (actor, engine, keys, now) = (actor.clone(), Arc::clone(&self.engine), self.keys.clone(), self.now());
        self.write(move |tx| {
            let thing = may(tx, &actor, Action::Request, person)?;
            let learner = Learner::load(tx, thing.person, year, &[])?;
            if listed(&engine, &learner, year)?.consequences.is_empty() {
                return Err(Error::refused(
                    Why::WrongState,
                    "这一年适用的规定没有说“正当理由”，理由不改变结果，不必申请。",
                    "The regulations of that year do not speak of reasons: none would change what follows, and none need be asked for.",
                ));
            }
            refuse_double(tx, thing.person, REASON.id, &year.to_string())?;
            let holders = deciders(&engine, &learner, year)?;
            let holders: Vec<&str> = holders.iter().map(String::as_str).collect();
            let (first, last) = days_of(year);
            let body = Facts::from([("ground".to_owned(), year.to_string()), ("reason".to_owned(), reason.clone())]);
            let asked = Asked { kind: "reason".to_owned(), from: first, to: Some(last), body, ..Asked::default() };
            let opening = Opening { flow: &REASON, state: "waiting", thing: &thing, stage: Some("accept"), holders: &holders, asking: Some("ask") };
            matters::open(&Desk { tx, engine: &engine, keys: &keys, actor: &actor, now }, &opening, &asked, &papers).map(|case| case.id)
        })
    }
}

pub(super) fn may(tx: &Tx<'_>, actor: &Actor, action: Action, person: i64) -> Result<Thing> {
    let thing = access::of_person(tx, person)?;
    actor.must(action, &thing)?;
    Ok(thing)
}

/// Refuses a ground that the texts of one of the years do not list, and years that are all granted.
fn check_years(tx: &Tx<'_>, engine: &Engine, person: i64, ground: &str, (from, to): (Date, Date)) -> Result<()> {
    let (mut missing, mut left) = (Vec::new(), 0);
    for year in i64::from(from.year())..=i64::from(to.year()) {
        let learner = Learner::load(tx, person, year, &[])?;
        let all = listed(engine, &learner, year)?.grounds;
        let Some(found) = all.iter().find(|one| ground_key(&one.ground) == ground) else {
            missing.push(year.to_string());
            continue;
        };
        let granted =
            tx.number(concat!("SELECT COUNT(*) FROM year_grants WHERE name = ?2 AND year = ?3 AND ended_at IS NULL AND ", same_person!("person", "?1")), params![person, &found.years, year])?;
        left += i64::from(granted == 0);
    }
    if missing.len() == usize::try_from(to.year() - from.year() + 1).map_err(Error::fault)? {
        return Err(unlisted());
    }
    if !missing.is_empty() {
        let years = missing.join("、");
        return Err(Error::invalid(
            "from",
            format!("{years} 年适用的规定没有列这项事由。请只填规定施行之后的日期。"),
            format!("The regulations of {} do not list this ground. Give only days of years in which they do.", missing.join(", ")),
        ));
    }
    if left == 0 {
        return Err(Error::refused(Why::Duplicate, "这些年度已经批准免学，不必再申请。", "These years are exempt already; nothing need be asked for."));
    }
    Ok(())
}

pub(super) fn stated(reason: &str) -> Result<String> {
    let reason = reason.trim();
    if reason.chars().count() < 2 { Err(Error::invalid("reason", "请写明理由或经过。", "State the reason, or what happened.")) } else { Ok(reason.to_owned()) }
}

fn unnamed() -> Error {
    Error::refused(
        Why::WrongState,
        "本地还没有指定由哪个单位审核这项事由。请联系系统管理员指定后再申请。",
        "No organisation is named yet that approves on this ground here. Ask the operator to name one, then ask again.",
    )
}

fn refuse_double(tx: &Tx<'_>, person: i64, flow: &str, ground: &str) -> Result<()> {
    let bodies =
        tx.all(concat!("SELECT m.body FROM cases c JOIN matters m ON m.case_id = c.id WHERE c.flow = ?2 AND c.open = 1 AND ", same_person!("c.person", "?1")), params![person, flow], |row| {
            crate::facts::from_json(&row.get::<String>(0)?)
        })?;
    if bodies.iter().any(|body| body.get("ground").is_some_and(|open| open == ground)) {
        return Err(Error::refused(Why::Duplicate, "已有一件同样的申请在办。请先办结或撤回。", "The same is asked for already. Settle or withdraw that first."));
    }
    Ok(())
}
