//! What pages and machines see of deliveries: a provider its own, a person what is about him, an authority how much waits.

use super::{Answer, Reason, about, shown_state};
use crate::access::{self, Action, Actor, PROVIDERS};
use crate::cases;
use crate::error::{Error, Result};
use crate::facts::{Facts, from_json};
use crate::flow::{DECLARATION, DELIVERY, Step};
use crate::identity::masked;
use crate::machine_keys::provider_of;
use crate::overview::holding;
use crate::params;
use crate::registry::Registry;
use crate::store::{Param, Row, Tx, placeholders};
use std::collections::HashMap;
use xueshi_policy::Text;

/// Providers shown in one list at most.
const PROVIDERS_MOST: i64 = 200;

/// A delivery in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeliveryLine {
    /// Its id.
    pub id: i64,
    /// The provider's own number of it.
    pub reference: String,
    /// By which account, or key.
    pub by: String,
    /// When it was sent and received, in microseconds UTC.
    pub at: (i64, i64),
    /// How many completions it had.
    pub completions: i64,
}

/// A delivery with how its completions stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeliveryShown {
    /// The delivery.
    pub line: DeliveryLine,
    /// How many are in which state.
    pub counts: Vec<(String, i64)>,
}

/// Which completions are wanted.
#[derive(Clone, Copy, Debug, Default)]
pub struct CompletionsSought<'a> {
    /// The state, by the words of the flow; empty for all.
    pub state: &'a str,
    /// What name, title or the provider's own id hold; empty for all.
    pub text: &'a str,
    /// Of which delivery; nothing for all.
    pub delivery: Option<i64>,
}

/// A completion in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompletionLine {
    /// Its id.
    pub id: i64,
    /// The provider's own id.
    pub own_id: String,
    /// The delivery.
    pub delivery: i64,
    /// The person's name, as it was delivered.
    pub name: String,
    /// What was learnt.
    pub title: String,
    /// The year it belongs to.
    pub year: i64,
    /// The state, by the words of the flow.
    pub state: String,
    /// Why it stands so.
    pub reason: Option<Reason>,
    /// Since when, in microseconds UTC.
    pub since: i64,
    /// The version a step must name.
    pub version: i64,
}

/// A completion with everything around it.
#[derive(Clone, Debug)]
pub struct CompletionShown {
    /// The completion.
    pub line: CompletionLine,
    /// Texts by column.
    pub facts: Facts,
    /// The identity number masked, while it is kept: until the person is found.
    pub identity_masked: String,
    /// Whether the person was found.
    pub matched: bool,
    /// Its way so far.
    pub way: Vec<WayStep>,
    /// The steps this actor may take now.
    pub steps: Vec<&'static Step>,
}

/// A step of the way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WayStep {
    /// When, in microseconds UTC.
    pub at: i64,
    /// By whom: the role's word; nothing where the program did it.
    pub role: Option<String>,
    /// Which step.
    pub step: Text,
    /// What is said of it.
    pub reason: Text,
    /// Its entry in the ledger.
    pub entry: Option<i64>,
}

/// A completion about a person.
#[derive(Clone, Debug)]
pub struct About {
    /// The provider.
    pub provider: String,
    /// The completion.
    pub line: CompletionLine,
    /// The case of its record.
    pub case: Option<i64>,
    /// Its way so far.
    pub way: Vec<WayStep>,
}

/// How much of a provider's deliveries waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderQueue {
    /// The provider.
    pub provider: String,
    /// Received and not yet worked on.
    pub received: i64,
    /// Not matched to anybody.
    pub unmatched: i64,
    /// Since when the oldest of both waits, in microseconds UTC.
    pub oldest: i64,
}

const LINE: &str = concat!("k.id, k.own_id, k.delivery, k.name, k.title, k.year, ", shown_state!(), ", k.reason, k.reason_zh, k.reason_en, COALESCE(c.since, k.since), k.version");

fn line(row: &Row<'_>) -> Result<CompletionLine> {
    Ok(CompletionLine {
        id: row.get(0)?,
        own_id: row.get(1)?,
        delivery: row.get(2)?,
        name: row.get(3)?,
        title: row.get(4)?,
        year: row.get(5)?,
        state: row.get(6)?,
        reason: Reason::kept(row.get(7)?, row.get(8)?, row.get(9)?),
        since: row.get(10)?,
        version: row.get(11)?,
    })
}

/// Narrows a list by what is kept, before it is narrowed by what is shown: an index serves it.
fn kept_state(state: &str) -> &'static str {
    match state {
        "received" => "k.state = 'received'",
        "unmatched" => "k.state = 'unmatched'",
        "refused" => "k.state IN ('refused', 'delivered')",
        "withdrawn" => "k.state IN ('withdrawn', 'delivered')",
        "" => "1 = 1",
        _ => "k.state = 'delivered'",
    }
}

impl Registry {
    /// The deliveries of the actor's provider, newest first, those before the id `before`.
    ///
    /// # Errors
    /// If the actor delivers for no provider.
    pub fn deliveries(&self, actor: &Actor, before: Option<i64>, limit: i64) -> Result<Vec<DeliveryLine>> {
        self.read(|tx| {
            let provider = provider_of(tx, actor)?;
            delivery_lines(tx, "d.provider = ?1 AND d.id < ?2", params![provider, before.unwrap_or(i64::MAX), limit])
        })
    }

    /// A delivery with how its completions stand.
    ///
    /// # Errors
    /// If it is none of the actor's provider.
    pub fn delivery(&self, actor: &Actor, id: i64) -> Result<DeliveryShown> {
        self.read(|tx| {
            let provider = provider_of(tx, actor)?;
            let line = delivery_lines(tx, "d.provider = ?1 AND d.id = ?2", params![provider, id, 1])?.pop().ok_or_else(|| Error::not_found("送达批次", "delivery"))?;
            let sql = concat!("SELECT ", shown_state!(), ", COUNT(*) FROM completions k LEFT JOIN cases c ON c.record = k.record WHERE k.delivery = ?1 GROUP BY 1 ORDER BY 1");
            Ok(DeliveryShown { line, counts: tx.all(sql, params![id], |row| Ok((row.get(0)?, row.get(1)?)))? })
        })
    }

    /// How the completions of a delivery stand, in the order of their ids, those after the id `after`.
    ///
    /// # Errors
    /// If it is none of the actor's provider.
    pub fn delivery_answers(&self, actor: &Actor, delivery: i64, after: i64, limit: i64) -> Result<Vec<Answer>> {
        self.read(|tx| {
            let provider = provider_of(tx, actor)?;
            let sql = concat!(
                "SELECT k.own_id, k.id, ",
                shown_state!(),
                ", k.reason, k.reason_zh, k.reason_en FROM completions k LEFT JOIN cases c ON c.record = k.record WHERE k.provider = ?1 AND k.delivery = ?2 AND k.id > ?3 ORDER BY k.id LIMIT ?4"
            );
            tx.all(sql, params![provider, delivery, after, limit], |row| {
                Ok(Answer { own_id: row.get(0)?, id: row.get(1)?, state: row.get(2)?, reason: Reason::kept(row.get(3)?, row.get(4)?, row.get(5)?) })
            })
        })
    }

    /// Completions of the actor's provider, newest first, those before the id `before`.
    ///
    /// # Errors
    /// What the database refuses.
    pub fn completions(&self, actor: &Actor, sought: CompletionsSought<'_>, before: Option<i64>, limit: i64) -> Result<Vec<CompletionLine>> {
        let filter = actor.filter(Action::Deliver, PROVIDERS, 5);
        // The plus keeps SQLite from leading with the provider where a delivery is named.
        let (whose, provider) = if sought.delivery.is_some() { ("k.delivery = ?4", "+k.provider") } else { ("CAST(?4 AS BIGINT) = 0", "k.provider") };
        let sql = format!(
            "SELECT {LINE} FROM completions k JOIN organisations o ON o.id = {provider} LEFT JOIN cases c ON c.record = k.record
             WHERE k.id < ?1 AND {} AND (?2 = '' OR {} = ?2) AND (?3 = '%' OR k.name LIKE ?3 ESCAPE '!' OR k.title LIKE ?3 ESCAPE '!' OR k.own_id LIKE ?3 ESCAPE '!')
               AND {whose} AND {} ORDER BY k.id DESC LIMIT ?5",
            kept_state(sought.state),
            shown_state!(),
            filter.sql
        );
        let text = holding(sought.text);
        self.read(|tx| tx.all(&sql, &filter.params(params![before.unwrap_or(i64::MAX), sought.state, &text, sought.delivery.unwrap_or_default(), limit]), |row| line(&row)))
    }

    /// How many completions of the actor's provider are still open, by state; and how many were refused by the program.
    ///
    /// # Errors
    /// If the actor delivers for no provider.
    pub fn completions_open(&self, actor: &Actor) -> Result<Vec<(String, i64)>> {
        self.read(|tx| {
            let provider = provider_of(tx, actor)?;
            tx.all(
                "SELECT state, COUNT(*) FROM completions WHERE provider = ?1 AND state IN ('received', 'unmatched', 'refused') GROUP BY state
                 UNION ALL SELECT state, COUNT(*) FROM cases WHERE provider = ?1 AND open = 1 GROUP BY state",
                params![provider],
                |row| Ok((row.get(0)?, row.get(1)?)),
            )
        })
    }

    /// A completion of the actor's provider with its way.
    ///
    /// # Errors
    /// If there is none.
    pub fn completion(&self, actor: &Actor, id: i64) -> Result<CompletionShown> {
        self.read(|tx| {
            let sql = format!("SELECT {LINE}, k.facts, k.sealed, k.key_id, k.person, k.provider, k.record FROM completions k LEFT JOIN cases c ON c.record = k.record WHERE k.id = ?1");
            let found = tx.first(&sql, params![id], |row| {
                let sealed = row.get::<Option<Vec<u8>>>(13)?.zip(row.get::<Option<String>>(14)?);
                Ok((line(&row)?, from_json(&row.get::<String>(12)?)?, sealed, row.get::<Option<i64>>(15)?, row.get::<i64>(16)?, row.get::<Option<i64>>(17)?))
            })?;
            let (line, facts, sealed, person, provider, record) = found.ok_or_else(|| Error::not_found("送达记录", "completion"))?;
            actor.must(Action::Deliver, &access::of_provider(tx, provider)?)?;
            let number = sealed.map(|(sealed, key)| self.keys.open(&key, &sealed, &about(provider, &line.own_id))).transpose()?;
            let identity_masked = number.and_then(|number| String::from_utf8(number).ok()).map(|number| masked(&number)).unwrap_or_default();
            let way = ways(tx, &[line.id])?.remove(&line.id).unwrap_or_default();
            // A reviewer's word stands.
            let steps = DELIVERY.open(&line.state).filter(|_| line.state != "refused" || record.is_none()).collect();
            Ok(CompletionShown { line, facts, identity_masked, matched: person.is_some(), way, steps })
        })
    }

    /// What providers delivered about a person, newest first, with its way; those before the id `before`.
    ///
    /// # Errors
    /// If the actor may not see the person.
    pub fn deliveries_about(&self, actor: &Actor, person: i64, before: Option<i64>, limit: i64) -> Result<Vec<About>> {
        self.read(|tx| {
            actor.must(Action::See, &access::of_person(tx, person)?)?;
            all_about(tx, "k.person = ?1 AND k.id < ?2", params![person, before.unwrap_or(i64::MAX), limit])
        })
    }

    /// What a provider delivered that became the record of a case; nothing where the person declared it.
    ///
    /// # Errors
    /// If the actor may not see the case.
    pub fn delivered_as(&self, actor: &Actor, case: i64) -> Result<Option<About>> {
        self.read(|tx| {
            let case = cases::seen(tx, actor, case)?;
            Ok(all_about(tx, "k.record = ?1 AND k.id < ?2", params![case.record.unwrap_or_default(), i64::MAX, 1])?.pop())
        })
    }

    /// How much waits of what providers within the actor's reach delivered, most first.
    ///
    /// # Errors
    /// What the database refuses.
    pub fn delivery_queues(&self, actor: &Actor) -> Result<Vec<ProviderQueue>> {
        let filter = actor.filter(Action::Register, PROVIDERS, 1);
        let sql = format!(
            "SELECT o.name, CAST(SUM(CASE WHEN k.state = 'received' THEN 1 ELSE 0 END) AS BIGINT), CAST(SUM(CASE WHEN k.state = 'unmatched' THEN 1 ELSE 0 END) AS BIGINT), MIN(k.since)
             FROM completions k JOIN organisations o ON o.id = k.provider WHERE k.state IN ('received', 'unmatched') AND {} GROUP BY o.id, o.name ORDER BY COUNT(*) DESC, o.id LIMIT ?1",
            filter.sql
        );
        self.read(|tx| tx.all(&sql, &filter.params(params![PROVIDERS_MOST]), |row| Ok(ProviderQueue { provider: row.get(0)?, received: row.get(1)?, unmatched: row.get(2)?, oldest: row.get(3)? })))
    }
}

fn delivery_lines(tx: &Tx<'_>, narrow: &str, values: &[Param<'_>]) -> Result<Vec<DeliveryLine>> {
    let sql = format!("SELECT d.id, d.reference, a.login, d.sent_at, d.received_at, d.completions FROM deliveries d JOIN accounts a ON a.id = d.account WHERE {narrow} ORDER BY d.id DESC LIMIT ?3");
    tx.all(&sql, values, |row| Ok(DeliveryLine { id: row.get(0)?, reference: row.get(1)?, by: row.get(2)?, at: (row.get(3)?, row.get(4)?), completions: row.get(5)? }))
}

fn all_about(tx: &Tx<'_>, narrow: &str, values: &[Param<'_>]) -> Result<Vec<About>> {
    let sql = format!("SELECT {LINE}, o.name, c.id FROM completions k JOIN organisations o ON o.id = k.provider LEFT JOIN cases c ON c.record = k.record WHERE {narrow} ORDER BY k.id DESC LIMIT ?3");
    let lines = tx.all(&sql, values, |row| Ok((line(&row)?, row.get::<String>(12)?, row.get::<Option<i64>>(13)?)))?;
    let mut ways = ways(tx, &lines.iter().map(|(line, ..)| line.id).collect::<Vec<_>>())?;
    Ok(lines.into_iter().map(|(line, provider, case)| About { provider, case, way: ways.remove(&line.id).unwrap_or_default(), line }).collect())
}

/// The ways of completions: their own steps, then those of the cases of their records.
fn ways(tx: &Tx<'_>, ids: &[i64]) -> Result<HashMap<i64, Vec<WayStep>>> {
    let mut all: HashMap<i64, Vec<WayStep>> = HashMap::new();
    if ids.is_empty() {
        return Ok(all);
    }
    let values: Vec<Param<'_>> = ids.iter().map(|id| Param::Int(*id)).collect();
    let list = placeholders(ids.len(), 0);
    let sql = format!("SELECT completion, at, account, step, reason_zh, reason_en, entry FROM completion_steps WHERE completion IN ({list}) ORDER BY id");
    tx.each(&sql, &values, |row| {
        let id: String = row.get(3)?;
        let role = row.get::<Option<i64>>(2)?.map(|_| crate::Role::ProviderOfficer.word().to_owned());
        let step = DELIVERY.steps.iter().find(|step| step.id == id).map(|step| Text::new(step.zh, step.en));
        all.entry(row.get(0)?).or_default().push(WayStep {
            at: row.get(1)?,
            role,
            step: step.unwrap_or_else(|| Text::same(id)),
            reason: Text::new(row.get::<String>(4)?, row.get::<String>(5)?),
            entry: row.get(6)?,
        });
        Ok(())
    })?;
    // What the first step of the case says, the completion's own way said already.
    let sql = format!(
        "SELECT k.id, s.at, s.role, s.step, s.reason, s.entry FROM completions k JOIN cases c ON c.record = k.record JOIN case_steps s ON s.case_id = c.id
         WHERE k.id IN ({list}) AND s.step <> 'deliver' ORDER BY s.id"
    );
    tx.each(&sql, &values, |row| {
        let (id, reason): (String, String) = (row.get(3)?, row.get(4)?);
        let step = DECLARATION.steps.iter().find(|step| step.id == id).map(|step| Text::new(step.zh, step.en));
        all.entry(row.get(0)?).or_default().push(WayStep { at: row.get(1)?, role: Some(row.get(2)?), step: step.unwrap_or_else(|| Text::same(id)), reason: Text::same(reason), entry: row.get(5)? });
        Ok(())
    })?;
    // A correction between two reviews stands between them.
    for way in all.values_mut() {
        way.sort_by_key(|step| step.at);
    }
    Ok(all)
}
