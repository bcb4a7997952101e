//! Opening the yearly verification for everybody in reach, in the background; who is open already stays as he is.

use crate::access::{self, Action, Actor};
use crate::assessing::year_of;
use crate::error::{Error, Result};
use crate::jobs::{self, End, Job, Keeping, Kind, Progress};
use crate::params;
use crate::registry::Registry;
use crate::store::Tx;
use crate::verification;
use serde_json::json;
use std::sync::Arc;
use xueshi_policy::text;

impl Registry {
    /// Begins to open the verification of a year for everybody in the actor's reach, in the background. Gives the work, which may be under way already.
    ///
    /// # Errors
    /// If the actor's role never verifies, or it is no year.
    pub fn begin_opening(&self, actor: &Actor, year: i64) -> Result<i64> {
        actor.must_ever(Action::Verify)?;
        year_of(year)?;
        let (actor, now) = (actor.clone(), self.now());
        self.write(move |tx| jobs::queue(tx, &actor, &OPENING, &format!("{}/{year}", actor.held.id), &json!({ "year": year }), now))
    }
}

/// The opening of a year as background work. The cursor is the last person looked at.
pub(crate) const OPENING: Kind = Kind {
    id: "open-year",
    title: |payload| {
        let year = &payload["year"];
        text!("开启 {year} 年度审验", "Open the verification of {year}")
    },
    step: opening,
    winds_up: false,
};

fn opening(registry: &Registry, job: &Job, actor: &Actor) -> Result<Keeping> {
    actor.must_ever(Action::Verify)?;
    let year = job.payload["year"].as_i64().ok_or_else(|| Error::fault("no year to open"))?;
    let total = match job.total {
        Some(total) => total,
        None => registry.read(|tx| unopened(tx, actor, year))?,
    };
    let (actor, engine, clock, job) = (actor.clone(), Arc::clone(&registry.engine), registry.clock.clone(), job.clone());
    Ok(Box::new(move |tx| {
        let batch = verification::open_some(tx, &engine, &actor, year, job.cursor, clock.now())?;
        let done = job.done + batch.done as i64;
        let end = batch.next.is_none().then(|| End::Done(text!("{year} 年度审验已开启，本次新增 {done} 人次。", "The verification of {year} is open; {done} were opened this time.")));
        Ok(Progress { cursor: batch.next.unwrap_or(job.cursor), done, total: Some(total.max(done)), end })
    }))
}

/// People in the actor's reach of whom nothing of the year is open yet: about how much there is to do.
fn unopened(tx: &Tx<'_>, actor: &Actor, year: i64) -> Result<i64> {
    let filter = actor.filter(Action::See, access::POSTS, 1);
    let sql = format!(
        "SELECT COUNT(DISTINCT p.person) FROM posts p JOIN organisations o ON o.id = p.organisation WHERE p.valid_to IS NULL AND p.main = 1 AND NOT EXISTS (SELECT 1 FROM people x WHERE x.id = p.person AND x.merged_in IS NOT NULL)
         AND NOT EXISTS (SELECT 1 FROM obligations y JOIN cases c ON c.obligation = y.id WHERE y.person = p.person AND y.year = ?1) AND {}",
        filter.sql
    );
    tx.number(&sql, &filter.params(params![year]))
}
