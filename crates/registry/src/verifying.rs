//! Verifying many people of an employer's year with one opinion, in the background.

use crate::access::{Action, Actor, STUDY};
use crate::error::{Error, Result};
use crate::jobs::{self, End, Job, Keeping, Kind, Progress};
use crate::params;
use crate::registry::Registry;
use crate::verification::{self, YearWanted};
use crate::years::{STANDING, of_year};
use serde_json::{Value, json};
use std::sync::Arc;
use xueshi_policy::text;

impl Registry {
    /// Begins to verify, in the background, everybody of an employer's year that the actor may, with one opinion. Gives the work.
    ///
    /// # Errors
    /// If the actor may not see the employer, never verifies, or gives no opinion.
    pub fn begin_verifying(&self, actor: &Actor, wanted: &YearWanted) -> Result<i64> {
        self.employer_year(actor, wanted.employer, wanted.year)?;
        actor.must_ever(Action::Verify)?;
        if wanted.opinion.trim().chars().count() < 2 {
            return Err(Error::invalid("opinion", "请写审验意见，每个人的记录上都会有。", "Write the opinion; it stands with each person's year."));
        }
        let (actor, now) = (actor.clone(), self.now());
        let payload = json!({ "year": wanted.year, "employer": wanted.employer, "status": wanted.status, "opinion": wanted.opinion.trim() });
        let subject = format!("{}/{}/{}", actor.held.id, wanted.employer, wanted.year);
        self.write(move |tx| jobs::queue(tx, &actor, &VERIFYING, &subject, &payload, now))
    }
}

/// The verification of many as background work. The cursor is the last case.
pub(crate) const VERIFYING: Kind = Kind {
    id: "verify-year",
    title: |payload| {
        let year = &payload["year"];
        text!("审验 {year} 年度", "Verify the year {year}")
    },
    step: verifying,
    winds_up: false,
};

fn wanted(payload: &Value) -> Result<YearWanted> {
    let number = |name: &str| payload[name].as_i64().ok_or_else(|| Error::fault(format!("no {name} to verify")));
    let word = |name: &str| payload[name].as_str().unwrap_or_default().to_owned();
    Ok(YearWanted { year: number("year")?, employer: number("employer")?, status: word("status"), opinion: word("opinion") })
}

fn verifying(registry: &Registry, job: &Job, actor: &Actor) -> Result<Keeping> {
    actor.must_ever(Action::Verify)?;
    let wanted = wanted(&job.payload)?;
    let total = match job.total {
        Some(total) => total,
        None => waiting(registry, actor, &wanted)?,
    };
    let (actor, engine, clock, job) = (actor.clone(), Arc::clone(&registry.engine), registry.clock.clone(), job.clone());
    Ok(Box::new(move |tx| {
        let batch = verification::verify_some(tx, &engine, &actor, &wanted, job.cursor, clock.now())?;
        let done = job.done + i64::try_from(batch.done).map_err(Error::fault)?;
        let year = wanted.year;
        let end = batch.next.is_none().then(|| End::Done(text!("{year} 年度已审验 {done} 人次。", "{done} were verified for {year}.")));
        Ok(Progress { cursor: batch.next.unwrap_or(job.cursor), done, total: Some(total.max(done)), end })
    }))
}

/// How many cases of the employer's year the actor may verify: about how much there is to do.
fn waiting(registry: &Registry, actor: &Actor, wanted: &YearWanted) -> Result<i64> {
    let filter = actor.filter(Action::Verify, STUDY, 3);
    let sql = format!("SELECT COUNT(*) FROM cases c JOIN obligations o ON o.id = c.obligation WHERE {} AND c.open = 1 AND (?3 = '' OR {STANDING} = ?3) AND {}", of_year(wanted.employer), filter.sql);
    registry.read(|tx| tx.number(&sql, &filter.params(params![wanted.year, wanted.employer, &wanted.status])))
}
