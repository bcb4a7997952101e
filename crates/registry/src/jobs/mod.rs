//! Background work (后台任务): what takes longer than a request. It is begun by somebody in a role, done step by step by whichever server
//! takes it, and goes on where it stood when that server dies.
//!
//! ```text
//! queue ──▶ claim (a lease) ──▶ step, step, step … each one transaction that does a part and moves the cursor ──▶ done · failed · cancelled
//! ```
//!
//! A kind of work is one row of [`KINDS`]. Whoever begins work follows it and can stop it; it acts with the role it was begun in, so that
//! it stops when that role ends.

mod run;

pub use run::Stepped;

use crate::access::{Action, Actor, JOBS, Thing};
use crate::drafting;
use crate::error::{Error, Result};
use crate::facts::json;
use crate::import;
use crate::opening;
use crate::params;
use crate::registry::Registry;
use crate::store::{Row, Tx};
use crate::verifying;
use serde_json::Value;
use xueshi_policy::Text;

/// A kind of background work.
pub(crate) struct Kind {
    /// The word it is kept by.
    pub(crate) id: &'static str,
    /// What it is called, from what it was begun with.
    pub(crate) title: fn(&Value) -> Text,
    /// Does the next part. What it gives runs in the transaction that also moves the cursor; what takes long and only reads comes before.
    pub(crate) step: fn(&Registry, &Job, &Actor) -> Result<Keeping>,
    /// Whether it winds up by itself when it is stopped ([`Job::cancelling`]); else it ends where it stands.
    pub(crate) winds_up: bool,
}

/// What a step does to the database. It may run several times, each but the last undone.
pub(crate) type Keeping = Box<dyn FnMut(&Tx<'_>) -> Result<Progress> + Send>;

/// How far a step came.
#[derive(Clone, Debug)]
pub(crate) struct Progress {
    /// Where the next step begins; the kind of work says what it counts.
    pub(crate) cursor: i64,
    /// How much is done.
    pub(crate) done: i64,
    /// Of how much, once that is known.
    pub(crate) total: Option<i64>,
    /// How it ended, where nothing is left to do.
    pub(crate) end: Option<End>,
}

/// How work ended.
#[derive(Clone, Debug)]
pub(crate) enum End {
    /// What came of it, in one sentence.
    Done(Text),
    /// Why it could not be done.
    Failed(Text),
    /// It was stopped.
    Cancelled,
}

/// Every kind of background work.
pub(crate) const KINDS: &[Kind] = &[opening::OPENING, verifying::VERIFYING, import::CHECK, import::ENTER, drafting::TRIAL, drafting::REDETERMINE];

/// The state of background work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JobState {
    /// It waits for its turn.
    Queued,
    /// A server works on it.
    Running,
    /// It is done.
    Done,
    /// It could not be done.
    Failed,
    /// It was stopped.
    Cancelled,
}

impl JobState {
    /// Every state.
    pub const ALL: [Self; 5] = [Self::Queued, Self::Running, Self::Done, Self::Failed, Self::Cancelled];

    /// The word it is kept by.
    pub fn word(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }

    /// Whether something is still to come.
    pub fn open(self) -> bool {
        matches!(self, Self::Queued | Self::Running)
    }
}

/// Background work as it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Job {
    /// Its id.
    pub id: i64,
    /// The kind, by the word of its table.
    pub kind: String,
    /// What it is called.
    pub title: Text,
    /// Its state.
    pub state: JobState,
    /// What it was begun with.
    pub payload: Value,
    /// Where the next step begins.
    pub cursor: i64,
    /// How much is done.
    pub done: i64,
    /// Of how much, where that is known.
    pub total: Option<i64>,
    /// What came of it.
    pub result: Option<Text>,
    /// Why it failed.
    pub error: Option<Text>,
    /// Somebody asked for it to be stopped.
    pub cancelling: bool,
    /// When it was begun by its maker, in microseconds UTC.
    pub made_at: i64,
    /// When the first step began.
    pub began_at: Option<i64>,
    /// When it ended.
    pub ended_at: Option<i64>,
    pub(crate) account: i64,
    pub(crate) role: i64,
    pub(crate) leased_by: Option<String>,
    pub(crate) attempts: i64,
}

impl Job {
    /// How much is done, in hundredths of everything; nothing where that is not known.
    pub fn percent(&self) -> Option<i64> {
        match self.total {
            Some(total) if total > 0 => Some((self.done.saturating_mul(100) / total).clamp(0, 100)),
            _ => None,
        }
    }

    /// Whether it ended before its end and can go on from where it stands.
    pub fn may_go_on(&self) -> bool {
        matches!(self.state, JobState::Failed | JobState::Cancelled) && self.cursor != WOUND_UP
    }

    /// Whether it failed on its way and can take back what it did.
    pub fn may_take_back(&self) -> bool {
        self.may_go_on() && self.began_at.is_some() && KINDS.iter().any(|kind| kind.id == self.kind && kind.winds_up)
    }

    fn thing(&self) -> Thing {
        Thing { role: Some(self.role), ..Thing::default() }
    }
}

/// The cursor of work that came to an end by itself without being done: there is nothing to go on with.
const WOUND_UP: i64 = i64::MAX;

const COLUMNS: &str =
    "b.id, b.kind, b.state, b.payload, b.cursor, b.done, b.total, b.result, b.error_zh, b.error_en, b.cancelling, b.made_at, b.began_at, b.ended_at, b.account, b.role, b.leased_by, b.attempts";

fn read(row: Row<'_>) -> Result<Job> {
    let (kind, state, payload) = (row.get::<String>(1)?, row.get::<String>(2)?, json(&row.get::<String>(3)?)?);
    let text = |zh: Option<String>, en: Option<String>| zh.map(|zh| Text::new(zh, en.unwrap_or_default()));
    let result = row.get::<Option<String>>(7)?.as_deref().map(json).transpose()?;
    Ok(Job {
        id: row.get(0)?,
        title: KINDS.iter().find(|known| known.id == kind).map_or_else(|| Text::new(kind.clone(), kind.clone()), |known| (known.title)(&payload)),
        state: JobState::ALL.into_iter().find(|known| known.word() == state).ok_or_else(|| Error::fault(format!("state {state}")))?,
        kind,
        payload,
        cursor: row.get(4)?,
        done: row.get(5)?,
        total: row.get(6)?,
        result: result.map(|said| Text::new(word_of(&said, "zh"), word_of(&said, "en"))),
        error: text(row.get(8)?, row.get(9)?),
        cancelling: row.flag(10)?,
        made_at: row.get(11)?,
        began_at: row.get(12)?,
        ended_at: row.get(13)?,
        account: row.get(14)?,
        role: row.get(15)?,
        leased_by: row.get(16)?,
        attempts: row.get(17)?,
    })
}

fn word_of(said: &Value, lang: &str) -> String {
    said[lang].as_str().unwrap_or_default().to_owned()
}

fn get(tx: &Tx<'_>, id: i64) -> Result<Option<Job>> {
    tx.first(&format!("SELECT {COLUMNS} FROM jobs b WHERE b.id = ?1"), params![id], read)
}

/// Queues work for the actor. Where the same subject is under way already, that one is given.
pub(crate) fn queue(tx: &Tx<'_>, actor: &Actor, kind: &Kind, subject: &str, payload: &Value, now: i64) -> Result<i64> {
    let running = tx.first("SELECT id FROM jobs WHERE kind = ?1 AND subject = ?2 AND state IN ('queued', 'running')", params![kind.id, subject], |row| row.get(0))?;
    if let Some(id) = running {
        return Ok(id);
    }
    tx.number(
        "INSERT INTO jobs (kind, subject, state, payload, account, role, turn, made_at) VALUES (?1, ?2, 'queued', ?3, ?4, ?5, ?6, ?6) RETURNING id",
        params![kind.id, subject, &payload.to_string(), actor.account, actor.held.id, now],
    )
}

impl Registry {
    /// Background work that the actor began in this role.
    ///
    /// # Errors
    /// If there is none such.
    pub fn job(&self, actor: &Actor, id: i64) -> Result<Job> {
        self.read(|tx| seen(tx, actor, id))
    }

    /// The background work that the actor began in this role, newest first, before the id `before`.
    ///
    /// # Errors
    /// What the database refuses.
    pub fn jobs(&self, actor: &Actor, before: Option<i64>, limit: i64) -> Result<Vec<Job>> {
        let filter = actor.filter(Action::Follow, JOBS, 2);
        let sql = format!("SELECT {COLUMNS} FROM jobs b WHERE b.id < ?1 AND {} ORDER BY b.id DESC LIMIT ?2", filter.sql);
        self.read(|tx| tx.all(&sql, &filter.params(params![before.unwrap_or(i64::MAX), limit]), read))
    }

    /// Goes on with background work that failed or was stopped, from where it stands.
    ///
    /// # Errors
    /// If there is none such, it is under way or done, or the same was begun anew.
    pub fn go_on_with_job(&self, actor: &Actor, id: i64) -> Result<()> {
        let (actor, now) = (actor.clone(), self.now());
        self.write(move |tx| {
            let job = seen(tx, &actor, id)?;
            if !job.may_go_on() {
                return Err(Error::wrong_state());
            }
            again(tx, &job, false, now)
        })
    }

    /// Stops background work: after the step under way, or at once where none is. Work that failed on its way takes back what it did, where
    /// its kind does that.
    ///
    /// # Errors
    /// If there is none such, or it has ended.
    pub fn cancel_job(&self, actor: &Actor, id: i64) -> Result<()> {
        let (actor, now) = (actor.clone(), self.now());
        self.write(move |tx| {
            let job = seen(tx, &actor, id)?;
            if job.may_take_back() {
                return again(tx, &job, true, now);
            }
            if !job.state.open() {
                return Err(Error::wrong_state());
            }
            let begun = job.began_at.is_some();
            let (state, ended) = if begun { (job.state, None) } else { (JobState::Cancelled, Some(now)) };
            tx.execute("UPDATE jobs SET cancelling = 1, state = ?2, ended_at = CAST(?3 AS BIGINT) WHERE id = ?1", params![id, state.word(), ended]).map(drop)
        })
    }
}

/// Puts work that ended on its way back into the queue.
fn again(tx: &Tx<'_>, job: &Job, cancelling: bool, now: i64) -> Result<()> {
    let queued = tx.execute(
        "UPDATE jobs SET state = 'queued', cancelling = ?2, attempts = 0, lease_until = 0, turn = ?3, ended_at = NULL, error_zh = NULL, error_en = NULL WHERE id = ?1
         AND NOT EXISTS (SELECT 1 FROM jobs o WHERE o.kind = jobs.kind AND o.subject = jobs.subject AND o.state IN ('queued', 'running'))",
        params![job.id, i64::from(cancelling), now],
    )?;
    if queued == 1 { Ok(()) } else { Err(Error::wrong_state()) }
}

fn seen(tx: &Tx<'_>, actor: &Actor, id: i64) -> Result<Job> {
    let job = get(tx, id)?.ok_or_else(|| Error::not_found("后台任务", "background work"))?;
    actor.must(Action::Follow, &job.thing())?;
    Ok(job)
}
