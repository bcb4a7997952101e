//! Doing background work: a lease, one step after another, and what happens when a step fails.

use super::{End, Job, JobState, KINDS, Progress, WOUND_UP, get};
use crate::access::Actor;
use crate::accounts;
use crate::error::{Error, Result};
use crate::params;
use crate::registry::Registry;
use crate::store::Tx;
use crate::time::day_of;
use serde_json::json;
use std::panic::{AssertUnwindSafe, catch_unwind};
use xueshi_policy::Text;

/// Microseconds in a second.
const SECOND: i64 = 1_000_000;
/// Who took work has it for so long after each step; then another server may take it.
const LEASE: i64 = 30 * SECOND;
/// Failures in a row after which work is given up. Faults may pass: a database that restarts, a full disk.
const ATTEMPTS: i64 = 5;

/// What became of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stepped {
    /// There is more to do.
    Goes,
    /// It ended.
    Ended,
    /// The step failed; it is tried again later.
    Failed,
    /// Somebody else has it now.
    Lost,
}

impl Registry {
    /// Takes the work that waited longest for its turn, or whose server died. `runner` names the one who takes it, unlike any other.
    ///
    /// # Errors
    /// What the database refuses.
    pub fn claim_job(&self, runner: &str) -> Result<Option<i64>> {
        const WAITING: &str = "SELECT id FROM jobs WHERE state IN ('queued', 'running') AND lease_until <= ?1 ORDER BY turn, id LIMIT 1";
        let now = self.now();
        // Mostly nothing waits: that is found without writing.
        if self.read(|tx| tx.first(WAITING, params![now], |row| row.get::<i64>(0)))?.is_none() {
            return Ok(None);
        }
        let runner = runner.to_owned();
        self.write(move |tx| {
            let Some(id) = tx.first(WAITING, params![now], |row| row.get::<i64>(0))? else { return Ok(None) };
            let taken = tx.execute(
                "UPDATE jobs SET state = 'running', leased_by = ?2, lease_until = ?3, began_at = COALESCE(began_at, ?4) WHERE id = ?1 AND lease_until <= ?4",
                params![id, &runner, now + LEASE, now],
            )?;
            Ok((taken == 1).then_some(id))
        })
    }

    /// Does one step of work that `runner` has claimed.
    ///
    /// # Errors
    /// If the database can not be asked at all; what the work itself refuses is kept with it.
    pub fn step_job(&self, runner: &str, id: i64) -> Result<Stepped> {
        let Some(job) = self.read(|tx| get(tx, id))?.filter(|job| held(job, runner)) else { return Ok(Stepped::Lost) };
        let stepped = catch_unwind(AssertUnwindSafe(|| self.step(runner, &job))).unwrap_or_else(|_| Err(Error::fault("a step panicked")));
        match stepped {
            Ok(stepped) => Ok(stepped),
            Err(Error::Refused(refusal)) => self.end(runner, id, End::Failed(refusal.text)),
            Err(failed) => self.failed(runner, &job, &failed),
        }
    }

    fn step(&self, runner: &str, job: &Job) -> Result<Stepped> {
        let kind = KINDS.iter().find(|kind| kind.id == job.kind).ok_or_else(|| Error::fault(format!("work of the kind {}", job.kind)))?;
        if job.cancelling && !kind.winds_up {
            return self.end(runner, job.id, End::Cancelled);
        }
        let now = self.now();
        let actor = self.read(|tx| actor_of(tx, job, now))?;
        let mut keep = (kind.step)(self, job, &actor)?;
        let (runner, id, cursor, clock) = (runner.to_owned(), job.id, job.cursor, self.clock.clone());
        self.write(move |tx| {
            // Done by whoever has it, once: a step that another server took over leaves nothing.
            if get(tx, id)?.is_none_or(|job| !held(&job, &runner) || job.cursor != cursor) {
                return Ok(Stepped::Lost);
            }
            let Progress { cursor, done, total, end } = keep(tx)?;
            let now = clock.now();
            let cursor = if matches!(end, Some(End::Failed(_) | End::Cancelled)) { WOUND_UP } else { cursor };
            tx.execute("UPDATE jobs SET cursor = ?2, done = ?3, total = CAST(?4 AS BIGINT), attempts = 0, lease_until = ?5 WHERE id = ?1", params![id, cursor, done, total, now + LEASE])?;
            match &end {
                Some(end) => keep_end(tx, id, end, now).map(|()| Stepped::Ended),
                None => Ok(Stepped::Goes),
            }
        })
    }

    fn end(&self, runner: &str, id: i64, end: End) -> Result<Stepped> {
        let (runner, now) = (runner.to_owned(), self.now());
        self.write(move |tx| {
            if get(tx, id)?.is_none_or(|job| !held(&job, &runner)) {
                return Ok(Stepped::Lost);
            }
            keep_end(tx, id, &end, now).map(|()| Stepped::Ended)
        })
    }

    /// Keeps a failure: the work waits longer each time, and is given up in the end.
    fn failed(&self, runner: &str, job: &Job, why: &Error) -> Result<Stepped> {
        let attempts = job.attempts + 1;
        if attempts >= ATTEMPTS {
            let said = Text::new(
                "没有全部完成：系统内部出错，多次重试仍不行。已完成的部分有效。请找管理人员查看日志后再试一次。",
                "It did not finish: an internal error, also after several attempts. What was done stands. Ask the administrator to look into the log, then begin it again.",
            );
            self.end(runner, job.id, End::Failed(said))?;
            return Err(Error::fault(format!("work {} of the kind {}: {why}", job.id, job.kind)));
        }
        let (runner, id, now) = (runner.to_owned(), job.id, self.now());
        let later = now + (SECOND << attempts);
        self.write(move |tx| {
            let kept = tx.execute(
                "UPDATE jobs SET state = 'queued', leased_by = NULL, attempts = ?3, lease_until = ?4, turn = ?5 WHERE id = ?1 AND leased_by = ?2",
                params![id, &runner, attempts, later, now],
            )?;
            Ok(if kept == 1 { Stepped::Failed } else { Stepped::Lost })
        })
    }

    /// Gives work back, so that whoever comes next goes on with it: other work has its turn, or this server stops.
    ///
    /// # Errors
    /// What the database refuses.
    pub fn release_job(&self, runner: &str, id: i64) -> Result<()> {
        let (runner, now) = (runner.to_owned(), self.now());
        self.write(move |tx| {
            tx.execute("UPDATE jobs SET state = 'queued', leased_by = NULL, lease_until = 0, turn = ?3 WHERE id = ?1 AND leased_by = ?2 AND state = 'running'", params![id, &runner, now]).map(drop)
        })
    }

    /// Does whatever waits, until nothing does; for commands and tests. Gives how many steps were taken.
    ///
    /// # Errors
    /// What the database refuses.
    pub fn finish_jobs(&self, runner: &str) -> Result<usize> {
        let mut steps = 0;
        while let Some(id) = self.claim_job(runner)? {
            while self.step_job(runner, id)? == Stepped::Goes {
                steps += 1;
            }
            steps += 1;
        }
        Ok(steps)
    }
}

fn held(job: &Job, runner: &str) -> bool {
    job.state == JobState::Running && job.leased_by.as_deref() == Some(runner)
}

fn keep_end(tx: &Tx<'_>, id: i64, end: &End, now: i64) -> Result<()> {
    let (state, result, error) = match end {
        End::Done(said) => (JobState::Done, Some(json!({ "zh": said.zh, "en": said.en }).to_string()), None),
        End::Failed(why) => (JobState::Failed, None, Some(why)),
        End::Cancelled => (JobState::Cancelled, None, None),
    };
    tx.execute(
        "UPDATE jobs SET state = ?2, result = ?3, error_zh = ?4, error_en = ?5, ended_at = ?6, leased_by = NULL, lease_until = 0 WHERE id = ?1",
        params![id, state.word(), result.as_ref(), error.map(|why| &why.zh), error.map(|why| &why.en), now],
    )
    .map(drop)
}

/// The one who began it, in the role it was begun in, as long as the account holds that.
fn actor_of(tx: &Tx<'_>, job: &Job, now: i64) -> Result<Actor> {
    let found = tx.first("SELECT login, person FROM accounts WHERE id = ?1 AND closed_at IS NULL", params![job.account], |row| Ok((row.get::<String>(0)?, row.get::<Option<i64>>(1)?)))?;
    let held = accounts::roles(tx, job.account, &day_of(now).to_string())?.into_iter().find(|held| held.id == job.role);
    match (found, held) {
        (Some((login, person)), Some(held)) => Ok(Actor { account: job.account, login, person, held }),
        _ => Err(Error::not_allowed()),
    }
}
