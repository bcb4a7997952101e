//! The work on what was taken in: match, assess, register or hand on. A batch is one transaction; what is known of a person and year is
//! read once, and the year determined once, however many completions came.

use super::matching::People;
use super::{BATCH, Reason, keep_steps, step};
use crate::access::{self, Actor, Role, RoleHeld, Thing};
use crate::assessing::{self, Learned, Learner};
use crate::cases::{self, Moved, NewCase, Taking};
use crate::determinations;
use crate::error::{Error, Refusal, Result, Why};
use crate::facts::{Facts, from_json, to_json};
use crate::flow::DECLARATION;
use crate::ledger::{self, NewEntry};
use crate::params;
use crate::registers;
use crate::registry::Registry;
use crate::review::{self, ReviewStage};
use crate::store::Tx;
use serde_json::json;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use xueshi_policy::{Engine, Lang, Text, text};

/// Which completions are worked on: always those that were received and not yet worked on.
#[derive(Clone, Copy, Debug)]
pub(super) enum Which {
    /// Of a delivery.
    Delivery(i64),
    /// One.
    One(i64),
    /// Those that nobody worked on in time, or that are to be tried again.
    Due,
}

/// A completion that waits for work.
struct Waiting {
    id: i64,
    provider: (i64, String),
    by: (i64, String),
    own_id: String,
    delivery: i64,
    name: String,
    lookup: Option<Vec<u8>>,
    person: Option<i64>,
    record: Option<i64>,
    title: String,
    facts: Facts,
    year: i64,
}

/// What became of one.
struct Outcome {
    id: i64,
    state: &'static str,
    reason: Option<Reason>,
    person: Option<i64>,
    record: Option<i64>,
    /// Steps of the way, with what is said of them and their entries.
    steps: Vec<(&'static str, Text, Option<i64>)>,
}

impl Outcome {
    fn of(one: &Waiting) -> Self {
        Self { id: one.id, state: "received", reason: None, person: one.person, record: one.record, steps: Vec::new() }
    }

    fn refused(mut self, reason: Reason) -> Self {
        self.steps.push(("refuse", reason.text.clone(), None));
        Self { state: "refused", reason: Some(reason), ..self }
    }
}

impl Registry {
    /// Works on a batch and says how many it had; call it again while it has any.
    pub(super) fn work(&self, which: Which) -> Result<usize> {
        let (engine, now) = (Arc::clone(&self.engine), self.now());
        self.write(move |tx| work(tx, &engine, which, now))
    }

    /// Works on a batch of completions that are to be tried again, or whose request ended before its work was done. Says how many it had;
    /// call it again while it has any. Several servers may call it at once: no completion is registered twice.
    ///
    /// # Errors
    /// What the database refuses.
    pub fn work_deliveries(&self) -> Result<usize> {
        let now = self.now();
        let waiting = self.read(|tx| tx.number("SELECT COUNT(*) FROM (SELECT id FROM completions WHERE state = 'received' AND due <= ?1 LIMIT 1) w", params![now]))?;
        if waiting == 0 { Ok(0) } else { self.work(Which::Due) }
    }
}

pub(super) fn work(tx: &Tx<'_>, engine: &Engine, which: Which, now: i64) -> Result<usize> {
    let all = waiting(tx, which, now)?;
    let lookups: Vec<&[u8]> = all.iter().filter(|one| one.person.is_none()).filter_map(|one| one.lookup.as_deref()).collect();
    let people = People::of(tx, &lookups)?;
    let mut outcomes = Vec::with_capacity(all.len());
    let mut found: BTreeMap<(i64, i64), Vec<&Waiting>> = BTreeMap::new();
    for one in &all {
        match one.person.map_or_else(|| people.find(one.lookup.as_ref(), &one.name), Ok) {
            Ok(person) => found.entry((person, one.year)).or_default().push(one),
            Err(reason) => {
                let steps = vec![("unmatch", reason.text.clone(), None)];
                outcomes.push(Outcome { state: "unmatched", reason: Some(reason), steps, ..Outcome::of(one) });
            }
        }
    }
    let mut desk = Desk { tx, engine, now, vouched: HashMap::new() };
    for ((person, year), of) in found {
        desk.of_person(person, year, &of, &mut outcomes)?;
    }
    keep(tx, &outcomes, now)?;
    Ok(all.len())
}

fn waiting(tx: &Tx<'_>, which: Which, now: i64) -> Result<Vec<Waiting>> {
    let (narrow, value) = match which {
        Which::Delivery(id) => ("k.delivery = ?1", id),
        Which::One(id) => ("k.id = ?1", id),
        Which::Due => ("k.due <= ?1", now),
    };
    let sql = format!(
        "SELECT k.id, k.provider, o.name, d.account, a.login, k.own_id, k.delivery, k.name, k.lookup, k.person, k.record, k.title, k.facts, k.year
         FROM completions k JOIN organisations o ON o.id = k.provider JOIN deliveries d ON d.id = k.delivery JOIN accounts a ON a.id = d.account
         WHERE k.state = 'received' AND {narrow} ORDER BY k.id LIMIT ?2"
    );
    tx.all(&sql, params![value, i64::try_from(BATCH).map_err(Error::fault)?], |row| {
        Ok(Waiting {
            id: row.get(0)?,
            provider: (row.get(1)?, row.get(2)?),
            by: (row.get(3)?, row.get(4)?),
            own_id: row.get(5)?,
            delivery: row.get(6)?,
            name: row.get(7)?,
            lookup: row.get(8)?,
            person: row.get(9)?,
            record: row.get(10)?,
            title: row.get(11)?,
            facts: from_json(&row.get::<String>(12)?)?,
            year: row.get(13)?,
        })
    })
}

/// Keeps what became of each. Once the person is found, the identity number is kept no longer.
fn keep(tx: &Tx<'_>, outcomes: &[Outcome], now: i64) -> Result<()> {
    let mut steps = Vec::new();
    for one in outcomes {
        let (code, zh, en) = one.reason.as_ref().map_or(("", "", ""), |reason| (reason.code.as_str(), reason.text.zh.as_str(), reason.text.get(Lang::En)));
        tx.execute(
            "UPDATE completions SET state = ?2, reason = ?3, reason_zh = ?4, reason_en = ?5, person = ?6, record = ?7, since = ?8, version = version + 1,
                    lookup = CASE WHEN CAST(?6 AS BIGINT) IS NULL THEN lookup END, sealed = CASE WHEN CAST(?6 AS BIGINT) IS NULL THEN sealed END, key_id = CASE WHEN CAST(?6 AS BIGINT) IS NULL THEN key_id END
             WHERE id = ?1",
            params![one.id, one.state, code, zh, en, one.person, one.record, now],
        )?;
        for (name, reason, entry) in &one.steps {
            let mut row = step(one.id, now, None, name, Some(reason));
            row.pop();
            row.push((*entry).into());
            steps.push(row);
        }
    }
    keep_steps(tx, &steps)
}

/// Where completions are decided, with what was found out for earlier ones.
struct Desk<'t, 'c> {
    tx: &'t Tx<'c>,
    engine: &'t Engine,
    now: i64,
    /// Whether a register names a provider: by provider, place, day and platform.
    vouched: HashMap<(i64, String, String, String), bool>,
}

impl Desk<'_, '_> {
    /// Everything that came for a person and year.
    fn of_person(&mut self, person: i64, year: i64, all: &[&Waiting], outcomes: &mut Vec<Outcome>) -> Result<()> {
        let thing = access::of_person(self.tx, person)?;
        let mut learner = Learner::load(self.tx, person, year, &[])?;
        let mut counts = false;
        for one in all {
            let mut outcome = Outcome { person: Some(person), ..Outcome::of(one) };
            if one.person.is_none() {
                outcome.steps.push(("match", Text::default(), None));
            }
            match self.assess(&mut learner, one)? {
                Err(reason) if one.record.is_some() => return Err(Error::Refused(Refusal { why: Why::Invalid, field: Some("facts"), text: reason.text })),
                Err(reason) => outcomes.push(outcome.refused(reason)),
                Ok(assessed) => {
                    outcome.steps.push(("assess", assessed, None));
                    let stage = self.stage(&learner, one)?;
                    counts |= stage.1.is_none();
                    outcomes.push(self.enter(&thing, one, stage, outcome)?);
                }
            }
        }
        if counts {
            determinations::determine(self.tx, self.engine, person, year, None, self.now)?;
        }
        Ok(())
    }

    /// What a completion earns by itself, in words; or why no rule recognises it. Limits that need the person's other records are left to
    /// the determination.
    fn assess(&self, learner: &mut Learner, one: &Waiting) -> Result<std::result::Result<Text, Reason>> {
        let mut facts = one.facts.clone();
        facts.insert("title".to_owned(), one.title.clone());
        if let Some(fault) = assessing::faults(self.engine, learner, one.year, &facts)?.into_iter().next() {
            let (column, zh, en) = (&fault.column, &fault.message.zh, fault.message.get(Lang::En));
            return Ok(Err(Reason { code: "facts".to_owned(), text: text!("{column}：{zh}", "{column}: {en}") }));
        }
        learner.records = vec![Learned { id: one.id, state: "received".to_owned(), year: one.year, title: one.title.clone(), facts, corrects: None, files: Vec::new() }];
        let results = learner.assess(self.engine, one.year, false)?;
        let id = one.id.to_string();
        let lines = || results.iter().flat_map(|result| result.records.iter().filter(|line| line.record == id).map(move |line| (result, line)));
        if let Some((result, line)) = lines().find(|(_, line)| line.problem.is_none()) {
            let (hours, zh, en) = (line.hours, &result.unit.zh, result.unit.get(Lang::En));
            return Ok(Ok(text!("单独计 {hours} {zh}", "by itself {hours} {en}")));
        }
        let problem = lines().find_map(|(_, line)| line.problem.as_ref());
        Ok(match problem {
            Some(problem) => Err(Reason { code: problem.code.to_string(), text: (*problem.message).clone() }),
            None => Ok(Text::default()),
        })
    }

    /// The stage that the provider's own delivery passed last, and the one where it waits.
    fn stage(&mut self, learner: &Learner, one: &Waiting) -> Result<(Option<String>, Option<ReviewStage>)> {
        let fact = |name: &str| one.facts.get(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty());
        let day = fact("end").or_else(|| fact("start")).unwrap_or_default();
        let key = (one.provider.0, learner.region.clone(), day, fact("platform").unwrap_or_default());
        let vouched = match self.vouched.get(&key) {
            Some(known) => *known,
            None => {
                let found = registers::vouches(self.tx, key.0, &key.1, &key.2, &key.3)?;
                self.vouched.insert(key, found);
                found
            }
        };
        review::of_delivery(self.engine, learner, one.year, vouched)
    }

    /// Makes the record with its case, or hands a returned one in again; in the ledger where nothing is left to review.
    fn enter(&self, of: &Thing, one: &Waiting, (passed, waits): (Option<String>, Option<ReviewStage>), mut outcome: Outcome) -> Result<Outcome> {
        let actor = acting(one);
        let state = if waits.is_some() { "waiting" } else { "accepted" };
        let (record, case) = match one.record {
            Some(record) => (record, self.again(one, record, state, waits.as_ref())?),
            None => self.first(of, one, state, waits.as_ref(), &actor)?,
        };
        let entry = match &waits {
            Some(stage) => {
                outcome.steps.push(("hand-on", stage.title.clone(), None));
                None
            }
            None => {
                let entry = self.register(of.person, record, case, one, passed.as_deref(), &actor)?;
                outcome.steps.push(("register", Text::default(), Some(entry)));
                Some(entry)
            }
        };
        cases::keep_step(self.tx, &actor, case, Taking { step: "deliver", to_state: state, stage: passed.as_deref(), reason: "", entry }, self.now)?;
        Ok(Outcome { state: "delivered", record: Some(record), ..outcome })
    }

    /// The record and its case.
    fn first(&self, of: &Thing, one: &Waiting, state: &str, waits: Option<&ReviewStage>, actor: &Actor) -> Result<(i64, i64)> {
        let record = self.tx.number(
            "INSERT INTO records (person, year, title, facts, organisation, state, entered_by, created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) RETURNING id",
            params![of.person, one.year, &one.title, &to_json(&one.facts), of.organisation, state, actor.account, self.now],
        )?;
        let thing = Thing { provider: Some(one.provider.0), ..of.clone() };
        let (stage, holders) = waits.map_or((None, [].as_slice()), |stage| (Some(stage.id.as_str()), stage.holders.as_slice()));
        let new = NewCase { flow: DECLARATION.id, state, open: waits.is_some(), thing: &thing, record: Some(record), obligation: None, stage, holders, due: None };
        Ok((record, cases::open(self.tx, actor, new, self.now)?))
    }

    /// The case of a record that was returned and is delivered as it should be.
    fn again(&self, one: &Waiting, record: i64, state: &str, waits: Option<&ReviewStage>) -> Result<i64> {
        self.tx
            .execute("UPDATE records SET title = ?2, facts = ?3, year = ?4, state = ?5, revision = revision + 1 WHERE id = ?1", params![record, &one.title, &to_json(&one.facts), one.year, state])?;
        let case = cases::get(self.tx, self.tx.number("SELECT id FROM cases WHERE record = ?1", params![record])?)?;
        let (stage, holders) = waits.map_or((None, [].as_slice()), |stage| (Some(stage.id.as_str()), stage.holders.as_slice()));
        cases::move_on(self.tx, &case, Moved { state, open: waits.is_some(), stage, holders }, self.now)?;
        Ok(case.id)
    }

    fn register(&self, person: i64, record: i64, case: i64, one: &Waiting, stage: Option<&str>, actor: &Actor) -> Result<i64> {
        let mut facts = one.facts.clone();
        facts.insert("title".to_owned(), one.title.clone());
        let body = json!({
            "case": case, "stage": stage, "by": actor.account, "role": actor.held.role.word(), "reason": "",
            "title": one.title, "year": one.year, "facts": facts, "evidence": [],
            "delivered": { "provider": one.provider.0, "name": one.provider.1, "id": one.own_id, "delivery": one.delivery },
        });
        ledger::enter(self.tx, &NewEntry { kind: "record-accepted", person: Some(person), record: Some(record), obligation: None, body: &body }, self.now)
    }
}

/// Who delivered it, as the way of its case names him.
fn acting(one: &Waiting) -> Actor {
    let held =
        RoleHeld { id: 0, role: Role::ProviderOfficer, organisation: Some(one.provider.0), kind: Some("provider".to_owned()), name: Some(one.provider.1.clone()), jurisdiction: None, sector: None };
    Actor { account: one.by.0, login: one.by.1.clone(), person: None, held }
}
