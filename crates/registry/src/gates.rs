//! Gates: what a person's years mean for a title review, an appointment, a promotion, an appraisal or a licence. An answer is kept as it was
//! given, with the hashes of what it came from, and stands in the ledger.
//!
//! Years are assessed under the regulations of each; the person's facts are those of the year of the day asked about.

use crate::access::{self, Action, Actor};
use crate::assessing::{Learner, year_of};
use crate::cases::StepTaken;
use crate::determinations::COUNTING;
use crate::endorsing::{self, Stamp};
use crate::error::{Error, Result};
use crate::flow::Step;
use crate::ledger::{self, NewEntry};
use crate::many;
use crate::params;
use crate::people::same_person;
use crate::registry::Registry;
use crate::results::facts_digest;
use crate::store::{Row, Tx};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use xueshi_policy::{Answer, Asked, Engine, GateAnswer, Lang, Text, overall};

/// An answer as it was given.
#[derive(Clone, Debug, PartialEq)]
pub struct GateAnswered {
    /// Its id.
    pub id: i64,
    /// The question: `title-review` …
    pub gate: String,
    /// The person's id and name.
    pub person: (i64, String),
    /// The day asked about, `YYYY-MM-DD`.
    pub on: String,
    /// When it was asked, in microseconds UTC.
    pub at: i64,
    /// By whom: the sign-in name, and the role.
    pub by: (String, String),
    /// `yes`, `no` or `unknown`.
    pub answer: String,
    /// What each text answered.
    pub result: Value,
    /// The hashes of facts and policies.
    pub basis: Value,
    /// The version of the engine.
    pub engine: String,
    /// Its entry in the ledger.
    pub entry: i64,
    /// The state of its endorsement, where one was asked for.
    pub endorsement: Option<String>,
}

/// An answer with its endorsement.
#[derive(Clone, Debug)]
pub struct GateShown {
    /// The answer.
    pub answered: GateAnswered,
    /// The endorsement: its case, its version and whom it waits for.
    pub case: Option<(i64, i64, Vec<String>)>,
    /// Its way.
    pub way: Vec<StepTaken>,
    /// Who took those of its steps that have an entry, and what was sealed.
    pub stamps: Vec<Stamp>,
    /// The steps the actor may take.
    pub steps: Vec<&'static Step>,
    /// Whether the actor may ask for an endorsement.
    pub may_request: bool,
}

/// A person of a list against one gate; nothing of it is kept.
#[derive(Clone, Debug, PartialEq)]
pub struct GateLine {
    /// The person's id.
    pub person: i64,
    /// The name.
    pub name: String,
    /// The employer.
    pub employer: String,
    /// `yes`, `no` or `unknown`.
    pub answer: &'static str,
    /// What each text answered.
    pub result: Value,
}

/// Whom a list is about.
#[derive(Clone, Copy, Debug, Default)]
pub struct GateSought<'a> {
    /// The question.
    pub gate: &'a str,
    /// The day, `YYYY-MM-DD`.
    pub on: &'a str,
    /// One employer's people; 0 for all in reach.
    pub employer: i64,
    /// How the name begins; empty for all.
    pub name: &'a str,
}

/// What a gate came to.
struct Opened {
    answer: Answer,
    result: Value,
    basis: Value,
}

fn day(on: &str) -> Result<jiff::civil::Date> {
    on.parse::<jiff::civil::Date>()
        .ok()
        .filter(|_| on.len() == 10)
        .ok_or_else(|| Error::invalid("on", "日期不对：写成 年-月-日，如 2026-03-01。", "The day is wrong: write year-month-day, such as 2026-03-01."))
}

fn known(engine: &Engine, gate: &str) -> Result<()> {
    if engine.questions().iter().any(|known| known == gate) { Ok(()) } else { Err(Error::not_found("问题", "question")) }
}

fn open(engine: &Engine, learner: &Learner, gate: &str, on: jiff::civil::Date, determined: &BTreeMap<i64, Vec<Value>>) -> Result<Opened> {
    let asked = Asked { on: Some(on), assume_covered: false, ..Asked::year(year_of(i64::from(on.year()))?) };
    let cannot = |found| Error::fault(format!("policies of {} can not be compiled: {found:?}", learner.region));
    let answers = engine.gate(gate, &learner.region, learner.sector.as_deref(), learner, asked).map_err(cannot)?;
    let mut years: BTreeSet<i16> = answers.iter().flat_map(|answer| answer.years.iter().map(|year| year.year)).collect();
    years.insert(on.year());
    let mut policies = BTreeMap::new();
    for year in years {
        for stack in engine.stacks(&learner.region, learner.sector.as_deref(), year).map_err(cannot)?.iter() {
            policies.extend(stack.files().iter().map(|file| (file.id().to_owned(), file.hash().to_owned())));
        }
    }
    let policies: Vec<Value> = policies.into_iter().map(|(id, hash)| json!({ "id": id, "sha256": hash })).collect();
    Ok(Opened {
        answer: overall(&answers),
        result: answers.iter().map(|answer| told(answer, determined)).collect(),
        basis: json!({ "facts": facts_digest(learner), "region": learner.region, "sector": learner.sector, "policies": policies }),
    })
}

/// What one text answered, in both languages.
fn told(answer: &GateAnswer, determined: &BTreeMap<i64, Vec<Value>>) -> Value {
    let years: Vec<Value> = answer
        .years
        .iter()
        .map(|year| {
            json!({
                "year": year.year, "status": year.status.map(|status| status.name()), "passes": year.passes,
                "lacks": year.lacks.iter().map(|(title, hours)| json!({ "title": words(title), "short": hours.0 })).collect::<Vec<_>>(),
                "determined": determined.get(&i64::from(year.year)),
            })
        })
        .collect();
    json!({
        "by": { "policy": *answer.by.policy, "id": *answer.by.id, "cite": answer.by.cite.iter().map(|cite| &**cite).collect::<Vec<&str>>() },
        "answer": answer.answer.name(), "strength": answer.strength.name(), "reason": words(&answer.reason), "message": words(&answer.message),
        "any_year": answer.any_year, "papers": answer.papers.iter().map(words).collect::<Vec<_>>(), "years": years,
    })
}

fn words(text: &Text) -> Value {
    json!({ "zh": text.zh, "en": text.get(Lang::En) })
}

/// What was determined of people's years: duty, hours and whether it was verified, by person and year.
fn determined(tx: &Tx<'_>, people: &[i64]) -> Result<BTreeMap<i64, BTreeMap<i64, Vec<Value>>>> {
    let sql = format!(
        "SELECT o.person, o.year, o.duty, d.total, d.frozen, d.status FROM obligations o JOIN determinations d ON d.id = (SELECT MAX(x.id) FROM determinations x WHERE x.obligation = o.id)
         WHERE o.person IN ({}) ORDER BY o.person, o.year, o.duty",
        many::places(1)
    );
    let mut all: BTreeMap<i64, BTreeMap<i64, Vec<Value>>> = BTreeMap::new();
    for some in people.chunks(many::AT_ONCE) {
        tx.each(&sql, &many::with_ids(&[], some), |row| {
            let one = json!({ "duty": row.get::<String>(2)?, "total": row.get::<i64>(3)?, "verified": row.flag(4)?, "status": row.get::<String>(5)? });
            all.entry(row.get(0)?).or_default().entry(row.get(1)?).or_default().push(one);
            Ok(())
        })?;
    }
    Ok(all)
}

impl Registry {
    /// Asks a gate for a person at a day, and keeps the answer. Gives its id.
    ///
    /// # Errors
    /// If the actor may not, the day is none, or no text in force here asks this.
    pub fn ask_gate(&self, actor: &Actor, person: i64, gate: &str, on: &str) -> Result<i64> {
        let day = day(on)?;
        known(&self.engine, gate)?;
        let (actor, engine, gate, now) = (actor.clone(), Arc::clone(&self.engine), gate.to_owned(), self.now());
        self.write(move |tx| {
            actor.must(Action::Ask, &access::of_person(tx, person)?)?;
            let learner = Learner::load(tx, person, i64::from(day.year()), &COUNTING)?;
            let opened = open(&engine, &learner, &gate, day, &determined(tx, &[person])?.remove(&person).unwrap_or_default())?;
            let on = day.to_string();
            let body = json!({ "gate": gate, "on": on, "by": actor.account, "role": actor.held.role.word(), "answer": opened.answer.name(), "engine": env!("CARGO_PKG_VERSION"), "basis": opened.basis, "result": opened.result });
            let entry = ledger::enter(tx, &NewEntry { kind: "gate-answered", person: Some(person), record: None, obligation: None, body: &body }, now)?;
            tx.number(
                "INSERT INTO gate_answers (gate, person, on_day, asked_at, asked_by, role, answer, result, basis, engine, entry) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11) RETURNING id",
                params![&gate, person, &on, now, actor.account, actor.held.role.word(), opened.answer.name(), &opened.result.to_string(), &opened.basis.to_string(), env!("CARGO_PKG_VERSION"), entry],
            )
        })
    }

    /// An answer as it was given, with its endorsement.
    ///
    /// # Errors
    /// If the actor may not see the person.
    pub fn gate_answer(&self, actor: &Actor, id: i64) -> Result<GateShown> {
        self.read(|tx| {
            let answered = get(tx, actor, id)?;
            let (case, way, steps, may_request) = endorsing::shown(tx, actor, &answered)?;
            let stamps = endorsing::stamps(tx, answered.id)?;
            Ok(GateShown { answered, case, way, stamps, steps, may_request })
        })
    }

    /// The answers within the actor's reach, newest first, before an id; those of one person where one is named.
    ///
    /// # Errors
    /// What the database refuses.
    pub fn gate_answers(&self, actor: &Actor, person: Option<i64>, before: Option<i64>, limit: i64) -> Result<Vec<GateAnswered>> {
        let filter = actor.filter(Action::See, access::POSTS, 3);
        let whose = if person.is_some() { same_person!("g.person", "?2") } else { "CAST(?2 AS BIGINT) = 0" };
        let sql = format!("{LISTED} WHERE g.id < ?1 AND {whose} AND {} ORDER BY g.id DESC LIMIT ?3", filter.sql);
        self.read(|tx| tx.all(&sql, &filter.params(params![before.unwrap_or(i64::MAX), person.unwrap_or_default(), limit]), listed))
    }

    /// People within the actor's reach against one gate, a page at a time after a person's id: a fixed number of statements a page.
    ///
    /// # Errors
    /// If the day is none, or no text asks this.
    pub fn gate_list(&self, actor: &Actor, sought: GateSought<'_>, after: i64, limit: i64) -> Result<Vec<GateLine>> {
        let day = day(sought.on)?;
        known(&self.engine, sought.gate)?;
        actor.must_ever(Action::Ask)?;
        let filter = actor.filter(Action::Ask, access::POSTS, 4);
        let whose = if sought.employer == 0 { "CAST(?2 AS BIGINT) = 0" } else { "p.organisation = ?2" };
        let sql = format!(
            "SELECT DISTINCT p.person, x.name, o.name FROM posts p JOIN organisations o ON o.id = p.organisation JOIN people x ON x.id = +p.person
             WHERE p.valid_to IS NULL AND p.main = 1 AND x.erased_at IS NULL AND x.merged_in IS NULL AND p.person > ?1 AND {whose}
             AND (?3 = '' OR SUBSTR(x.name, 1, LENGTH(?3)) = ?3) AND {} ORDER BY p.person LIMIT ?4",
            filter.sql
        );
        let name = sought.name.trim();
        let (named, members, mut determined) = self.read(|tx| {
            let named: Vec<(i64, String, String)> = tx.all(&sql, &filter.params(params![after, sought.employer, name, limit]), |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
            let people: Vec<i64> = named.iter().map(|(id, ..)| *id).collect();
            Ok((named, many::load(tx, &people, i64::from(day.year()), &COUNTING)?, determined(tx, &people)?))
        })?;
        let all: Vec<(many::Member, BTreeMap<i64, Vec<Value>>)> = members
            .into_iter()
            .map(|member| {
                let determined = determined.remove(&member.learner.person).unwrap_or_default();
                (member, determined)
            })
            .collect();
        let opened = many::on_every_core(&all, |(member, determined)| open(&self.engine, &member.learner, sought.gate, day, determined))?;
        let mut by_person: BTreeMap<i64, Opened> = all.iter().map(|(member, _)| member.learner.person).zip(opened).collect();
        let line = |(person, name, employer): (i64, String, String)| {
            let opened = by_person.remove(&person)?;
            Some(GateLine { person, name, employer, answer: opened.answer.name(), result: opened.result })
        };
        Ok(named.into_iter().filter_map(line).collect())
    }
}

/// Answers with whom they are about today, who may be the one that a double was merged into.
const LISTED: &str = concat!(
    "SELECT g.id, g.gate, x.id, x.name, g.on_day, g.asked_at, a.login, g.role, g.answer, g.result, g.basis, g.engine, g.entry,
    (SELECT c.state FROM endorsements e JOIN cases c ON c.id = e.case_id WHERE e.answer = g.id)
    FROM gate_answers g JOIN people w ON w.id = g.person JOIN people x ON x.id = COALESCE(w.merged_in, w.id) JOIN accounts a ON a.id = g.asked_by
    JOIN posts p ON p.id = (SELECT q.id FROM posts q WHERE ",
    same_person!("q.person", "x.id"),
    " ORDER BY CASE WHEN q.valid_to IS NULL THEN 0 ELSE 1 END, q.main DESC, q.valid_from DESC LIMIT 1)
    JOIN organisations o ON o.id = p.organisation"
);

fn listed(row: Row<'_>) -> Result<GateAnswered> {
    Ok(GateAnswered {
        id: row.get(0)?,
        gate: row.get(1)?,
        person: (row.get(2)?, row.get(3)?),
        on: row.get(4)?,
        at: row.get(5)?,
        by: (row.get(6)?, row.get(7)?),
        answer: row.get(8)?,
        result: crate::facts::json(&row.get::<String>(9)?)?,
        basis: crate::facts::json(&row.get::<String>(10)?)?,
        engine: row.get(11)?,
        entry: row.get(12)?,
        endorsement: row.get(13)?,
    })
}

/// An answer about somebody whom the actor may see; to others there is none.
pub(crate) fn get(tx: &Tx<'_>, actor: &Actor, id: i64) -> Result<GateAnswered> {
    let found = tx.first(&format!("{LISTED} WHERE g.id = ?1"), params![id], listed)?.ok_or_else(|| Error::not_found("答复", "answer"))?;
    actor.must(Action::See, &access::of_person(tx, found.person.0)?)?;
    Ok(found)
}
