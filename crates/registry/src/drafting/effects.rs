//! Who would be affected by a draft: everybody in the officer's reach under what is in force and under the draft, compared.

use super::{engine_with, get, seen};
use crate::access::{self, Action, Actor};
use crate::determinations::{COUNTING, Computed, compute};
use crate::error::{Error, Result};
use crate::facts::json as json_of;
use crate::jobs::{End, Job, Keeping, Kind, Progress};
use crate::many;
use crate::params;
use crate::registry::Registry;
use crate::store::Tx;
use serde_json::{Value, json};
use std::collections::{BTreeSet, HashSet};
use std::sync::{Arc, PoisonError};
use xueshi_policy::{Engine, Text, text};

/// One duty of one person whose result would be another. Hours in hundredths.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Effect {
    /// The person's id.
    pub person: i64,
    /// The name.
    pub name: String,
    /// The employer.
    pub employer: String,
    /// The duty.
    pub duty: String,
    /// Whether a verification froze it: then it stays whatever is published.
    pub frozen: bool,
    /// The result now; nothing where there is no such duty.
    pub before: Option<Came>,
    /// The result under the draft.
    pub after: Option<Came>,
}

/// What a duty came to, as far as a comparison shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Came {
    /// `met`, `short` …
    pub status: String,
    /// Hours that count, in hundredths.
    pub total: i64,
    /// What is lacking: which requirement, and how many hundredths of an hour.
    pub lacks: Vec<(Text, i64)>,
}

impl Came {
    fn of(computed: &Computed) -> Result<Self> {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let short = |one: &Value| Some((Text::new(text(&one["title"]["zh"]), text(&one["title"]["en"])), one["short"].as_i64().filter(|short| *short > 0)?));
        let what = json_of(&computed.result)?;
        Ok(Self { status: computed.status.to_owned(), total: computed.total, lacks: what["requirements"].as_array().into_iter().flatten().filter_map(short).collect() })
    }

    fn lacks_json(&self) -> String {
        Value::from(self.lacks.iter().map(|(title, short)| json!([title.zh, title.en, short])).collect::<Vec<_>>()).to_string()
    }

    fn read(row: &crate::store::Row<'_>, at: usize) -> Result<Option<Self>> {
        let (Some(status), Some(total)) = (row.get::<Option<String>>(at)?, row.get::<Option<i64>>(at + 1)?) else { return Ok(None) };
        let lacks = json_of(&row.get::<Option<String>>(at + 2)?.unwrap_or_else(|| "[]".to_owned()))?;
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let lacks = lacks.as_array().into_iter().flatten().map(|one| (Text::new(text(&one[0]), text(&one[1])), one[2].as_i64().unwrap_or_default()));
        Ok(Some(Self { status, total, lacks: lacks.collect() }))
    }
}

/// How many results would go from one status to another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EffectCount {
    /// The status now; nothing where there is no such duty.
    pub before: Option<String>,
    /// The status under the draft.
    pub after: Option<String>,
    /// How many.
    pub people: i64,
}

/// Trying a draft on everybody in reach. The cursor is the last person looked at.
pub(crate) const TRIAL: Kind = Kind {
    id: "policy-trial",
    title: |payload| {
        let (policy, year) = (payload["policy"].as_str().unwrap_or_default(), &payload["year"]);
        text!("试算 {policy} 的草案（{year} 年度）", "Try the draft of {policy} on {year}")
    },
    step: trial,
    winds_up: false,
};

/// One duty that differs.
struct Differs {
    person: i64,
    duty: String,
    frozen: bool,
    before: Option<Came>,
    after: Option<Came>,
}

fn trial(registry: &Registry, job: &Job, actor: &Actor) -> Result<Keeping> {
    actor.must_ever(Action::Regulate)?;
    let fault = || Error::fault("no draft to try");
    let (id, year) = (job.payload["draft"].as_i64().ok_or_else(fault)?, job.payload["year"].as_i64().ok_or_else(fault)?);
    let draft = registry.read(|tx| get(tx, id))?;
    if Some(draft.sha256.as_str()) != job.payload["sha256"].as_str() {
        return Err(Error::stale());
    }
    let drafted = registry.drafted(&draft.sha256, || engine_with(registry.engine(), &draft))?;
    let (people, total, differing) = registry.read(|tx| {
        let people = in_reach(tx, actor, job.cursor)?;
        let total = job.total.map_or_else(|| count(tx, actor), Ok)?;
        Ok((people.clone(), total, compared(tx, registry.engine(), &drafted, &people, year)?))
    })?;
    let (job, sha256) = (job.clone(), draft.sha256);
    Ok(Box::new(move |tx| {
        for one in &differing {
            let (before, after) = (one.before.as_ref(), one.after.as_ref());
            tx.execute(
                "INSERT INTO policy_effects (draft, sha256, person, duty, year, frozen, status_before, total_before, lacks_before, status_after, total_after, lacks_after)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, CAST(?8 AS BIGINT), ?9, ?10, CAST(?11 AS BIGINT), ?12)",
                params![
                    id,
                    &sha256,
                    one.person,
                    &one.duty,
                    year,
                    one.frozen,
                    before.map(|came| &came.status),
                    before.map(|came| came.total),
                    before.map(Came::lacks_json).as_ref(),
                    after.map(|came| &came.status),
                    after.map(|came| came.total),
                    after.map(Came::lacks_json).as_ref()
                ],
            )?;
        }
        let done = job.done + people.len() as i64;
        let end = match people.last() {
            Some(_) => None,
            None => {
                let affected = tx.number("SELECT COUNT(DISTINCT person) FROM policy_effects WHERE draft = ?1", params![id])?;
                Some(End::Done(text!("{done} 人中有 {affected} 人的结果会改变。", "The results of {affected} of {done} people would change.")))
            }
        };
        Ok(Progress { cursor: people.last().copied().unwrap_or(job.cursor), done, total: Some(total.max(done)), end })
    }))
}

fn in_reach(tx: &Tx<'_>, actor: &Actor, after: i64) -> Result<Vec<i64>> {
    let filter = actor.filter(Action::See, access::POSTS, 2);
    let sql = format!(
        "SELECT DISTINCT p.person FROM posts p JOIN organisations o ON o.id = p.organisation WHERE p.valid_to IS NULL AND p.main = 1 AND p.person > ?1 AND {} ORDER BY p.person LIMIT ?2",
        filter.sql
    );
    let limit = i64::try_from(many::AT_ONCE).map_err(Error::fault)?;
    tx.all(&sql, &filter.params(params![after, limit]), |row| row.get(0))
}

fn count(tx: &Tx<'_>, actor: &Actor) -> Result<i64> {
    let filter = actor.filter(Action::See, access::POSTS, 0);
    let sql = format!("SELECT COUNT(DISTINCT p.person) FROM posts p JOIN organisations o ON o.id = p.organisation WHERE p.valid_to IS NULL AND p.main = 1 AND {}", filter.sql);
    tx.number(&sql, &filter.params(&[]))
}

/// What differs for some people between two engines.
fn compared(tx: &Tx<'_>, now: &Engine, then: &Engine, people: &[i64], year: i64) -> Result<Vec<Differs>> {
    let members = many::load(tx, people, year, &COUNTING)?;
    let frozen = frozen(tx, people, year)?;
    let mut all = Vec::new();
    for member in &members {
        let person = member.learner.person;
        let (before, after) = (compute(now, &member.learner, year)?, compute(then, &member.learner, year)?);
        let duties: BTreeSet<&str> = before.iter().chain(&after).map(|one| one.duty.as_str()).collect();
        for duty in duties {
            let of = |computed: &[Computed]| computed.iter().find(|one| one.duty == duty).map(Came::of).transpose();
            let (before, after) = (of(&before)?, of(&after)?);
            if before != after {
                all.push(Differs { person, duty: duty.to_owned(), frozen: frozen.contains(&(person, duty.to_owned())), before, after });
            }
        }
    }
    Ok(all)
}

/// The duties of some people that a verification froze.
pub(super) fn frozen(tx: &Tx<'_>, people: &[i64], year: i64) -> Result<HashSet<(i64, String)>> {
    let sql = format!(
        "SELECT o.person, o.duty FROM obligations o JOIN determinations d ON d.id = (SELECT MAX(x.id) FROM determinations x WHERE x.obligation = o.id)
         WHERE o.year = ?1 AND d.frozen = 1 AND o.person IN ({})",
        many::places(2)
    );
    let mut all = HashSet::new();
    for some in people.chunks(many::AT_ONCE) {
        tx.each(&sql, &many::with_ids(params![year], some), |row| {
            all.insert((row.get(0)?, row.get(1)?));
            Ok(())
        })?;
    }
    Ok(all)
}

impl Registry {
    /// The engine of a draft's text; that of the last one is kept, since a trial asks for it with every step.
    fn drafted(&self, sha256: &str, make: impl FnOnce() -> Result<Arc<Engine>>) -> Result<Arc<Engine>> {
        let mut kept = self.drafted.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, engine)) = kept.as_ref().filter(|(known, _)| known == sha256) {
            return Ok(Arc::clone(engine));
        }
        let engine = make()?;
        *kept = Some((sha256.to_owned(), Arc::clone(&engine)));
        Ok(engine)
    }

    /// Whose results a draft would change, as far as the actor sees them: the duties of the next `limit` people after a person's id.
    ///
    /// # Errors
    /// If there is no such draft in the actor's area.
    pub fn effects(&self, actor: &Actor, draft: i64, after: i64, limit: i64) -> Result<Vec<Effect>> {
        let filter = actor.filter(Action::See, access::POSTS, 3);
        let sql = format!(
            "SELECT e.person, x.name, o.name, e.duty, e.frozen, e.status_before, e.total_before, e.lacks_before, e.status_after, e.total_after, e.lacks_after
             FROM policy_effects e JOIN people x ON x.id = e.person JOIN posts p ON p.person = e.person AND p.valid_to IS NULL AND p.main = 1 JOIN organisations o ON o.id = p.organisation
             WHERE e.draft = ?1 AND {0} AND e.person IN (
                 SELECT DISTINCT f.person FROM policy_effects f JOIN posts p ON p.person = f.person AND p.valid_to IS NULL AND p.main = 1 JOIN organisations o ON o.id = p.organisation
                 WHERE f.draft = ?1 AND f.person > ?2 AND {0} ORDER BY f.person LIMIT ?3)
             ORDER BY e.person, e.duty",
            filter.sql
        );
        self.read(|tx| {
            seen(tx, actor, draft)?;
            tx.all(&sql, &filter.params(params![draft, after, limit]), |row| {
                Ok(Effect { person: row.get(0)?, name: row.get(1)?, employer: row.get(2)?, duty: row.get(3)?, frozen: row.flag(4)?, before: Came::read(&row, 5)?, after: Came::read(&row, 8)? })
            })
        })
    }

    /// How many results a draft would move from one status to another.
    ///
    /// # Errors
    /// If there is no such draft in the actor's area.
    pub fn effect_counts(&self, actor: &Actor, draft: i64) -> Result<Vec<EffectCount>> {
        self.read(|tx| {
            seen(tx, actor, draft)?;
            tx.all(
                "SELECT status_before, status_after, COUNT(*) FROM policy_effects WHERE draft = ?1 GROUP BY status_before, status_after ORDER BY COUNT(*) DESC, status_before, status_after",
                params![draft],
                |row| Ok(EffectCount { before: row.get(0)?, after: row.get(1)?, people: row.get(2)? }),
            )
        })
    }
}
