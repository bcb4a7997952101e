//! Policies as data (政策草案): an officer's text is checked, tried on everybody, approved by a second person, published, and in force from a
//! day on, without a release. Every text is kept; what a change does is shown before it happens, and done only where somebody confirms it.
//!
//! ```text
//! draft ──check──▶ checked ──try (a job)──▶ tried ──propose──▶ proposed ──approve (another account)──▶ published ──repeal──▶ repealed
//! ```

mod effects;
mod redetermine;
mod versions;

pub(crate) use effects::TRIAL;
pub(crate) use redetermine::REDETERMINE;

use crate::access::{self, Action, Actor, DRAFTS, Thing};
use crate::error::{Error, Result, Why};
use crate::flow::POLICY;
use crate::jobs;
use crate::params;
use crate::registry::Registry;
use crate::store::{Row, Tx};
use crate::time::day_of;
use jiff::civil::Date;
use serde_json::json;
use std::sync::Arc;
use xueshi_policy::{Diagnostic, Engine, Library, PolicyFile, check, has_errors};

pub use effects::{Came, Effect, EffectCount};

/// A draft as pages show it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// Its id.
    pub id: i64,
    /// The id of the policy it would be.
    pub policy: String,
    /// Its text.
    pub text: String,
    /// The SHA-256 of the text.
    pub sha256: String,
    /// The hash of the text it was drafted against.
    pub base: Option<String>,
    /// The hash of the text that was tried last.
    pub tried: Option<String>,
    /// The year that was tried last.
    pub trial_year: Option<i64>,
    /// The work done last: a trial, or determining anew.
    pub job: Option<i64>,
    /// Its state in the flow.
    pub state: String,
    /// From which day on it is in force, once it is published.
    pub active_from: Option<String>,
    /// Since when it stands so, in microseconds UTC.
    pub since: i64,
    /// The version that a step must name.
    pub version: i64,
    thing: Thing,
}

/// A step of a draft that was taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DraftStep {
    /// When, in microseconds UTC.
    pub at: i64,
    /// By whom: the sign-in name.
    pub by: String,
    /// Which step of the flow.
    pub step: String,
    /// The hash of the text it was taken on.
    pub sha256: String,
    /// The reason given.
    pub reason: String,
}

/// What a step is taken with.
#[derive(Clone, Debug, Default)]
pub struct DraftStepTaken {
    /// Which step of the flow.
    pub step: String,
    /// Why, where the flow asks for it.
    pub reason: String,
    /// The year to try it on.
    pub year: i64,
    /// From which day on it is in force, `YYYY-MM-DD`.
    pub active_from: String,
}

impl Registry {
    /// Begins a draft with a text.
    ///
    /// # Errors
    /// If it is no policy, or reaches beyond the actor's area or sector.
    pub fn begin_draft(&self, actor: &Actor, text: &str) -> Result<i64> {
        actor.must_ever(Action::Regulate)?;
        let (file, now) = (parsed(text)?, self.now());
        let base = self.engine().library().get(file.id()).map(|known| known.hash().to_owned());
        let (actor, area) = (actor.clone(), actor.held.jurisdiction.ok_or_else(Error::not_allowed)?);
        self.write(move |tx| {
            competent(tx, &actor, &file)?;
            let id = tx.number(
                "INSERT INTO policy_drafts (policy, text, sha256, base, state, jurisdiction, sector, made_at, since) VALUES (?1, ?2, ?3, ?4, 'draft', ?5, ?6, ?7, ?7) RETURNING id",
                params![file.id(), file.text(), file.hash(), base.as_ref(), area, actor.held.sector, now],
            )?;
            keep_step(tx, &actor, id, ("draft", "draft"), file.hash(), "", now)?;
            Ok(id)
        })
    }

    /// Changes the text of a draft that is not proposed; it is to be checked and tried anew.
    ///
    /// # Errors
    /// If it changed since `version`, or is no policy of the same id any more.
    pub fn edit_draft(&self, actor: &Actor, id: i64, version: i64, text: &str) -> Result<()> {
        let (actor, file, now) = (actor.clone(), parsed(text)?, self.now());
        let base = self.engine().library().get(file.id()).map(|known| known.hash().to_owned());
        self.write(move |tx| {
            let draft = for_action(tx, &actor, id, version, Action::Regulate)?;
            let step = POLICY.take("edit", &draft.state, "")?;
            if file.id() != draft.policy {
                return Err(Error::invalid("text", "政策标识（id）不能改；要写另一份政策，请另起草案。", "The policy's id can not change; begin another draft for another policy."));
            }
            competent(tx, &actor, &file)?;
            tx.execute("UPDATE policy_drafts SET text = ?2, sha256 = ?3, base = ?4 WHERE id = ?1", params![id, file.text(), file.hash(), base.as_ref()])?;
            move_on(tx, &draft, step.to, now)?;
            keep_step(tx, &actor, id, (step.id, step.to), file.hash(), "", now)
        })
    }

    /// Takes a step of a draft. A trial begins a job.
    ///
    /// # Errors
    /// If the actor may not, it changed since `version`, or it is not ready for the step.
    pub fn step_draft(&self, actor: &Actor, id: i64, version: i64, taken: &DraftStepTaken) -> Result<()> {
        let draft = self.draft(actor, id)?;
        if taken.step == "check" && has_errors(&self.check_draft(&draft)) {
            return Err(Error::invalid("text", "检查发现错误，请按下面逐条改正后再检查。", "The check found errors. Mend them as said below, then check again."));
        }
        let in_force = self.engine().library().get(&draft.policy).map(|file| file.hash().to_owned());
        let (actor, taken, now) = (actor.clone(), taken.clone(), self.now());
        self.write(move |tx| {
            let step = POLICY.take(&taken.step, &draft.state, &taken.reason)?;
            let draft = for_action(tx, &actor, id, version, step.action)?;
            match step.id {
                "edit" => return Err(Error::wrong_state()),
                "try" => {
                    let year = crate::assessing::year_of(taken.year)?;
                    tx.execute("DELETE FROM policy_effects WHERE draft = ?1", params![id])?;
                    let job = jobs::queue(tx, &actor, &TRIAL, &id.to_string(), &json!({ "draft": id, "sha256": draft.sha256, "year": year, "policy": draft.policy }), now)?;
                    tx.execute("UPDATE policy_drafts SET tried = ?2, trial_year = ?3, job = ?4 WHERE id = ?1", params![id, &draft.sha256, i64::from(year), job])?;
                }
                "propose" if draft.tried.as_ref() != Some(&draft.sha256) || !trial_done(tx, draft.job)? => {
                    return Err(Error::refused(
                        Why::WrongState,
                        "试算还没有完成。请等试算完成、看过受影响的人员后再提请批准。",
                        "The trial is not done yet. Wait for it, look at who is affected, then propose it.",
                    ));
                }
                "approve" => {
                    // What was in force when it was tried is in force still: else the trial says nothing about this change.
                    if draft.base != in_force {
                        return Err(Error::refused(
                            Why::Stale,
                            "起草以来，现行政策已有新的版本。请退回，改在新版本上后再试算。",
                            "The policy in force has another version since this was drafted. Return it, to be redone on that one and tried again.",
                        ));
                    }
                    let from = from_day(&taken.active_from, now)?;
                    versions::publish(tx, &draft, Some(&draft.sha256), &from, now)?;
                    tx.execute("UPDATE policy_drafts SET active_from = ?2 WHERE id = ?1", params![id, &from])?;
                }
                "repeal" => versions::publish(tx, &draft, draft.base.as_deref(), &from_day(&taken.active_from, now)?, now)?,
                _ => {}
            }
            move_on(tx, &draft, step.to, now)?;
            keep_step(tx, &actor, id, (step.id, step.to), &draft.sha256, &taken.reason, now)
        })
    }

    /// Everything that the checks find in a draft, beside the policies in force.
    pub fn check_draft(&self, draft: &Draft) -> Vec<Diagnostic> {
        let (file, mut found) = PolicyFile::parse(&draft.policy, &draft.text);
        if let Some(file) = file.filter(|_| !has_errors(&found)) {
            let id = file.id().to_owned();
            found.extend(check(&with(self.engine().library(), file), &id, None));
        }
        found
    }

    /// A draft in the actor's area.
    ///
    /// # Errors
    /// If there is none such.
    pub fn draft(&self, actor: &Actor, id: i64) -> Result<Draft> {
        self.read(|tx| seen(tx, actor, id))
    }

    /// The way of a draft.
    ///
    /// # Errors
    /// If there is none such in the actor's area.
    pub fn draft_way(&self, actor: &Actor, id: i64) -> Result<Vec<DraftStep>> {
        self.read(|tx| {
            seen(tx, actor, id)?;
            tx.all("SELECT s.at, a.login, s.step, s.sha256, s.reason FROM policy_draft_steps s JOIN accounts a ON a.id = s.account WHERE s.draft = ?1 ORDER BY s.id", params![id], |row| {
                Ok(DraftStep { at: row.get(0)?, by: row.get(1)?, step: row.get(2)?, sha256: row.get(3)?, reason: row.get(4)? })
            })
        })
    }

    /// Drafts in the actor's area, newest first, before the id `before`.
    ///
    /// # Errors
    /// What the database refuses.
    pub fn drafts(&self, actor: &Actor, before: Option<i64>, limit: i64) -> Result<Vec<Draft>> {
        let filter = actor.filter(Action::Regulate, DRAFTS, 2);
        let sql = format!("SELECT {COLUMNS} FROM policy_drafts b WHERE b.id < ?1 AND {} ORDER BY b.id DESC LIMIT ?2", filter.sql);
        self.read(|tx| tx.all(&sql, &filter.params(params![before.unwrap_or(i64::MAX), limit]), read))
    }

    /// The steps of a draft that the actor may take now.
    pub fn draft_steps(&self, actor: &Actor, draft: &Draft) -> Vec<&'static crate::flow::Step> {
        POLICY.open(&draft.state).filter(|step| actor.may(step.action, &draft.thing)).collect()
    }
}

/// The day from which something holds: today or later.
fn from_day(text: &str, now: i64) -> Result<String> {
    let day = if text.trim().is_empty() { Some(day_of(now)) } else { text.trim().parse::<Date>().ok().filter(|_| text.trim().len() == 10) };
    day.filter(|day| *day >= day_of(now)).map(|day| day.to_string()).ok_or_else(|| {
        Error::invalid(
            "active_from",
            "生效日期写成 年-月-日，不早于今天：政策不溯及已经过去的日子。",
            "The day is written as 2026-01-01 and is not before today: a policy does not take force in the past.",
        )
    })
}

/// A text as a policy.
fn parsed(text: &str) -> Result<PolicyFile> {
    PolicyFile::parse("draft", text).0.ok_or_else(|| {
        Error::invalid("text", "读不出政策的标识和标题：文件开头要有 [policy] 等内容，请对照现行文本。", "The policy's head can not be read; compare the beginning with the text in force.")
    })
}

/// A library with one file more, or another.
fn with(library: &Library, file: PolicyFile) -> Library {
    let mut library = library.clone();
    library.add(file);
    library
}

/// The engine under which a draft would be in force, beside what is in force now.
fn engine_with(engine: &Engine, draft: &Draft) -> Result<Arc<Engine>> {
    Ok(Arc::new(Engine::new(with(engine.library(), parsed(&draft.text)?))))
}

/// Refuses a policy for places or sectors beyond the actor's: an area's code ends in zeros where it has parts.
fn competent(tx: &Tx<'_>, actor: &Actor, file: &PolicyFile) -> Result<()> {
    let beyond = || Error::refused(Why::NotAllowed, "这份政策的适用地区或行业超出您的管辖范围。", "The place or sector of this policy lies beyond your area.");
    let area = actor.held.jurisdiction.ok_or_else(beyond)?;
    let region = tx.first("SELECT region FROM jurisdictions WHERE id = ?1", params![area], |row| row.get::<String>(0))?.ok_or_else(beyond)?;
    let mut prefix = region.as_str();
    while let Some(shorter) = prefix.strip_suffix("00") {
        prefix = shorter;
    }
    let sector = match actor.held.sector {
        Some(sector) => tx.first("SELECT code FROM sectors WHERE id = ?1", params![sector], |row| row.get::<String>(0))?,
        None => None,
    };
    if !file.place().trim_end_matches('*').starts_with(prefix) || sector.is_some() && file.sector().map(str::to_owned) != sector {
        return Err(beyond());
    }
    Ok(())
}

const COLUMNS: &str = "b.id, b.policy, b.text, b.sha256, b.base, b.tried, b.trial_year, b.job, b.state, b.active_from, b.since, b.version, b.jurisdiction, b.sector";

fn read(row: Row<'_>) -> Result<Draft> {
    Ok(Draft {
        id: row.get(0)?,
        policy: row.get(1)?,
        text: row.get(2)?,
        sha256: row.get(3)?,
        base: row.get(4)?,
        tried: row.get(5)?,
        trial_year: row.get(6)?,
        job: row.get(7)?,
        state: row.get(8)?,
        active_from: row.get(9)?,
        since: row.get(10)?,
        version: row.get(11)?,
        thing: Thing { person: -2, organisation: -2, jurisdictions: vec![row.get(12)?], sector: row.get(13)?, ..Thing::default() },
    })
}

fn get(tx: &Tx<'_>, id: i64) -> Result<Draft> {
    let found = tx.first(&format!("SELECT {COLUMNS} FROM policy_drafts b WHERE b.id = ?1"), params![id], read)?;
    let mut draft = found.ok_or_else(|| Error::not_found("草案", "draft"))?;
    draft.thing.jurisdictions = access::within(tx, draft.thing.jurisdictions.first().copied().unwrap_or(-1))?;
    // Whoever wrote it, or handed it on, is not the second person.
    draft.thing.decided_by = tx.all("SELECT DISTINCT account FROM policy_draft_steps WHERE draft = ?1 AND step IN ('draft', 'edit', 'propose')", params![id], |row| row.get(0))?;
    Ok(draft)
}

fn seen(tx: &Tx<'_>, actor: &Actor, id: i64) -> Result<Draft> {
    let draft = get(tx, id)?;
    if actor.may(Action::Regulate, &draft.thing) { Ok(draft) } else { Err(Error::not_found("草案", "draft")) }
}

fn for_action(tx: &Tx<'_>, actor: &Actor, id: i64, version: i64, action: Action) -> Result<Draft> {
    let draft = seen(tx, actor, id)?;
    if draft.version != version {
        return Err(Error::stale());
    }
    if !actor.may(action, &draft.thing) {
        return Err(Error::refused(
            Why::NotAllowed,
            "起草、修改或提请的人不能自己批准；请由另一位有权的人办理。",
            "Who drafted, changed or proposed it does not approve it; another officer with the authority does.",
        ));
    }
    Ok(draft)
}

fn move_on(tx: &Tx<'_>, draft: &Draft, state: &str, now: i64) -> Result<()> {
    let changed = tx.execute("UPDATE policy_drafts SET state = ?3, since = ?4, version = version + 1 WHERE id = ?1 AND version = ?2", params![draft.id, draft.version, state, now])?;
    if changed == 1 { Ok(()) } else { Err(Error::stale()) }
}

fn keep_step(tx: &Tx<'_>, actor: &Actor, draft: i64, (step, to): (&str, &str), sha256: &str, reason: &str, now: i64) -> Result<()> {
    tx.execute(
        "INSERT INTO policy_draft_steps (draft, at, account, step, to_state, sha256, reason) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        params![draft, now, actor.account, step, to, sha256, reason.trim()],
    )
    .map(drop)
}

fn trial_done(tx: &Tx<'_>, job: Option<i64>) -> Result<bool> {
    Ok(tx.number("SELECT COUNT(*) FROM jobs WHERE id = ?1 AND state = 'done'", params![job.unwrap_or(-1)])? == 1)
}
