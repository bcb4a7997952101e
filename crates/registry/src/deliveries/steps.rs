//! What people do with completions: correct, try again, withdraw. And what happens by itself when somebody is registered.

use super::work::{self, Which};
use super::{LATER, about, bad_number, own_facts, shown_state};
use crate::access::{self, Action, Actor};
use crate::assessing::year_of_record;
use crate::cases::{self, Moved, Taking};
use crate::declarations::check_title;
use crate::error::{Error, Result};
use crate::facts::{Facts, to_json};
use crate::flow::{DELIVERY, Step};
use crate::identity::IdentityNumber;
use crate::keys::Keys;
use crate::machine_keys::provider_of;
use crate::params;
use crate::registry::Registry;
use crate::store::Tx;
use std::sync::Arc;

/// A completion as it should have been delivered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Correction {
    /// The identity number; empty where it stays.
    pub identity_number: String,
    /// The person's name.
    pub name: String,
    /// What was learnt.
    pub title: String,
    /// Texts by column of the policies.
    pub facts: Facts,
}

/// A completion that a step is taken on.
struct Open {
    id: i64,
    provider: i64,
    own_id: String,
    person: Option<i64>,
    record: Option<i64>,
    step: &'static Step,
}

/// A completion of the actor's provider, unchanged since `version`, for a step that is open.
fn open(tx: &Tx<'_>, actor: &Actor, id: i64, version: i64, step: &str, reason: &str) -> Result<Open> {
    let sql = concat!("SELECT k.provider, k.own_id, k.version, k.person, k.record, ", shown_state!(), " FROM completions k LEFT JOIN cases c ON c.record = k.record WHERE k.id = ?1");
    let found = tx.first(sql, params![id], |row| Ok((row.get::<i64>(0)?, row.get::<String>(1)?, row.get::<i64>(2)?, row.get::<Option<i64>>(3)?, row.get::<Option<i64>>(4)?, row.get::<String>(5)?)))?;
    let (provider, own_id, now_version, person, record, state) = found.ok_or_else(|| Error::not_found("送达记录", "completion"))?;
    actor.must(Action::Deliver, &access::of_provider(tx, provider)?)?;
    if now_version != version {
        return Err(Error::stale());
    }
    let step = DELIVERY.take(step, &state, reason)?;
    // A reviewer's word stands: only what the program refused is tried again.
    if state == "refused" && record.is_some() {
        return Err(Error::wrong_state());
    }
    Ok(Open { id, provider, own_id, person, record, step })
}

fn keep(tx: &Tx<'_>, of: &Open, actor: &Actor, reason: &str, now: i64) -> Result<()> {
    tx.execute("INSERT INTO completion_steps (completion, at, account, step, reason_zh, reason_en) VALUES (?1, ?2, ?3, ?4, ?5, ?5)", params![of.id, now, actor.account, of.step.id, reason.trim()])
        .map(drop)
}

impl Registry {
    /// Corrects a completion that was not matched, was refused or was returned, and works on it at once.
    ///
    /// # Errors
    /// If the actor may not, it changed since `version`, or what is given is wrong.
    pub fn correct_completion(&self, actor: &Actor, id: i64, version: i64, with: &Correction) -> Result<()> {
        let (actor, with, keys, engine, now) = (actor.clone(), with.clone(), self.keys.clone(), Arc::clone(&self.engine), self.now());
        self.write(move |tx| {
            let of = open(tx, &actor, id, version, "correct", "")?;
            check_title(&with.title)?;
            let year = year_of_record(&with.facts).ok_or_else(|| Error::invalid("facts", "缺少结束日期，写作年-月-日。", "The last day is missing; it is written year-month-day."))?;
            let provider = tx.first("SELECT name FROM organisations WHERE id = ?1", params![of.provider], |row| row.get::<String>(0))?.unwrap_or_default();
            let facts = to_json(&own_facts(&with.facts, &provider));
            tx.execute(
                "UPDATE completions SET title = ?2, facts = ?3, year = ?4, state = 'received', reason = '', reason_zh = '', reason_en = '', since = ?5, due = ?6, version = version + 1 WHERE id = ?1",
                params![of.id, with.title.trim(), &facts, year, now, now + LATER],
            )?;
            // Whom it is about stays, once that was found.
            if of.person.is_none() {
                correct_person(tx, &keys, &of, &with)?;
            }
            keep(tx, &of, &actor, "", now)?;
            work::work(tx, &engine, Which::One(of.id), now).map(drop)
        })
    }

    /// Tries a completion again that was not matched or was refused.
    ///
    /// # Errors
    /// If the actor may not, or it changed since `version`.
    pub fn retry_completion(&self, actor: &Actor, id: i64, version: i64) -> Result<()> {
        let (actor, engine, now) = (actor.clone(), Arc::clone(&self.engine), self.now());
        self.write(move |tx| {
            let of = open(tx, &actor, id, version, "retry", "")?;
            tx.execute("UPDATE completions SET state = 'received', since = ?2, due = ?3, version = version + 1 WHERE id = ?1", params![of.id, now, now + LATER])?;
            keep(tx, &of, &actor, "", now)?;
            work::work(tx, &engine, Which::One(of.id), now).map(drop)
        })
    }

    /// Has everything tried again that was not matched, by and by. Says how many.
    ///
    /// # Errors
    /// If the actor delivers for no provider.
    pub fn retry_unmatched(&self, actor: &Actor) -> Result<u64> {
        let (actor, now) = (actor.clone(), self.now());
        self.write(move |tx| {
            let provider = provider_of(tx, &actor)?;
            tx.execute(
                "INSERT INTO completion_steps (completion, at, account, step) SELECT id, CAST(?2 AS BIGINT), CAST(?3 AS BIGINT), 'retry' FROM completions WHERE provider = ?1 AND state = 'unmatched'",
                params![provider, now, actor.account],
            )?;
            tx.execute("UPDATE completions SET state = 'received', since = ?2, due = ?2, version = version + 1 WHERE provider = ?1 AND state = 'unmatched'", params![provider, now])
        })
    }

    /// Withdraws a completion that is not registered, with the reason. A registered one is revoked by employer or authority.
    ///
    /// # Errors
    /// If the actor may not, it changed since `version`, or no reason is given.
    pub fn withdraw_completion(&self, actor: &Actor, id: i64, version: i64, reason: &str) -> Result<()> {
        let (actor, reason, now) = (actor.clone(), reason.to_owned(), self.now());
        self.write(move |tx| {
            let of = open(tx, &actor, id, version, "withdraw", &reason)?;
            if let Some(record) = of.record {
                let case = cases::get(tx, tx.number("SELECT id FROM cases WHERE record = ?1", params![record])?)?;
                tx.execute("UPDATE records SET state = 'withdrawn' WHERE id = ?1", params![record])?;
                cases::move_on(tx, &case, Moved { state: "withdrawn", open: false, stage: None, holders: &[] }, now)?;
                cases::keep_step(tx, &actor, case.id, Taking { step: "withdraw", to_state: "withdrawn", stage: None, reason: &reason, entry: None }, now)?;
            } else {
                keep(tx, &of, &actor, &reason, now)?;
            }
            // Withdrawn, nothing is looked for any more: the number goes.
            tx.execute(
                "UPDATE completions SET state = CASE WHEN record IS NULL THEN 'withdrawn' ELSE state END, lookup = NULL, sealed = NULL, key_id = NULL, since = ?2, version = version + 1 WHERE id = ?1",
                params![of.id, now],
            )
            .map(drop)
        })
    }
}

fn correct_person(tx: &Tx<'_>, keys: &Keys, of: &Open, with: &Correction) -> Result<()> {
    let name = with.name.trim();
    if name.is_empty() || name.chars().count() > super::ID_MOST {
        return Err(Error::invalid("name", "请填姓名。", "A name is needed."));
    }
    tx.execute("UPDATE completions SET name = ?2 WHERE id = ?1", params![of.id, name])?;
    let wrong = || Error::invalid("identity_number", bad_number().text.zh, bad_number().text.en);
    if with.identity_number.trim().is_empty() {
        // A number that was wrong stays wrong until another one is given.
        let known = tx.number("SELECT COUNT(*) FROM completions WHERE id = ?1 AND lookup IS NOT NULL", params![of.id])?;
        return if known == 1 { Ok(()) } else { Err(wrong()) };
    }
    let number = IdentityNumber::parse(&with.identity_number).ok_or_else(wrong)?;
    let (key, sealed) = keys.seal(number.as_str().as_bytes(), &about(of.provider, &of.own_id))?;
    tx.execute("UPDATE completions SET lookup = ?2, sealed = ?3, key_id = ?4 WHERE id = ?1", params![of.id, &keys.lookup("identity-number", number.as_str()), &sealed, &key]).map(drop)
}

/// Somebody of this identity number is registered now: what was delivered about that number is tried again.
pub(crate) fn found(tx: &Tx<'_>, lookup: &[u8; 32], now: i64) -> Result<()> {
    let waited = tx.execute(
        "INSERT INTO completion_steps (completion, at, step, reason_zh, reason_en)
         SELECT id, CAST(?2 AS BIGINT), 'retry', '此身份证号已登记', 'this identity number is registered now' FROM completions WHERE lookup = ?1 AND state = 'unmatched'",
        params![lookup, now],
    )?;
    if waited > 0 {
        tx.execute("UPDATE completions SET state = 'received', since = ?2, due = ?2, version = version + 1 WHERE lookup = ?1 AND state = 'unmatched'", params![lookup, now])?;
    }
    Ok(())
}
