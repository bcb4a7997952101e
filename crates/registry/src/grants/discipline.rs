//! The record of who refused to study or broke its discipline (学习纪律): made by who keeps the person, or by the provider who taught. The person
//! sees it and can object; it changes no hours. What follows, the texts say or leave to the employer.

use super::asking::{may, stated};
use crate::access::{self, Action, Actor, Thing};
use crate::audit;
use crate::error::{Error, Result, Why};
use crate::facts::Facts;
use crate::flow::DISCIPLINE;
use crate::ledger::{self, NewEntry};
use crate::matters::{self, Asked, Desk, Kept, Opening};
use crate::params;
use crate::posts::{day, name_of};
use crate::registry::Registry;
use serde_json::json;
use std::sync::Arc;

/// The kinds of a record of discipline.
const KINDS: [&str; 2] = ["refusal", "breach"];

/// A refusal to study, or a breach of its discipline.
#[derive(Clone, Debug)]
pub struct NewBreach {
    /// `refusal` or `breach`.
    pub kind: String,
    /// The day, `YYYY-MM-DD`.
    pub on: String,
    /// What happened.
    pub reason: String,
}

impl Registry {
    /// Records a refusal or a breach, with proofs (name and bytes) where there are some. Gives its case.
    ///
    /// # Errors
    /// If the actor does not keep the person, or does not say what happened.
    pub fn record_breach(&self, actor: &Actor, person: i64, new: &NewBreach, files: &[(String, Vec<u8>)]) -> Result<i64> {
        check(new)?;
        self.read(|tx| may(tx, actor, Action::Keep, person).map(drop))?;
        let papers = self.keep_papers(files)?;
        let (actor, engine, keys, new, now) = (actor.clone(), Arc::clone(&self.engine), self.keys.clone(), new.clone(), self.now());
        self.write(move |tx| {
            let thing = may(tx, &actor, Action::Keep, person)?;
            record(&Desk { tx, engine: &engine, keys: &keys, actor: &actor, now }, &thing, &new, "", &papers)
        })
    }

    /// The same by the provider of a completion, about the person it was matched to. The completion's way says that it was recorded; what
    /// happened is read by the person and those who keep him.
    ///
    /// # Errors
    /// If the actor does not deliver for the provider, nobody was matched, or it is not said what happened.
    pub fn record_breach_at(&self, actor: &Actor, completion: i64, new: &NewBreach) -> Result<()> {
        check(new)?;
        let (actor, engine, keys, new, now) = (actor.clone(), Arc::clone(&self.engine), self.keys.clone(), new.clone(), self.now());
        self.write(move |tx| {
            let found = tx.first("SELECT provider, person FROM completions WHERE id = ?1", params![completion], |row| Ok((row.get::<i64>(0)?, row.get::<Option<i64>>(1)?)))?;
            let (provider, person) = found.ok_or_else(|| Error::not_found("送达记录", "completion"))?;
            actor.must(Action::Deliver, &access::of_provider(tx, provider)?)?;
            let person = person.ok_or_else(|| Error::refused(Why::WrongState, "还没有匹配到本人，不能记录。", "Nobody was matched yet; nothing can be recorded."))?;
            let desk = Desk { tx, engine: &engine, keys: &keys, actor: &actor, now };
            record(&desk, &access::of_person(tx, person)?, &new, &name_of(tx, Some(provider))?, &[])?;
            tx.execute("INSERT INTO completion_steps (completion, at, account, step) VALUES (?1, ?2, ?3, 'breach')", params![completion, now, actor.account]).map(drop)
        })
    }
}

fn check(new: &NewBreach) -> Result<()> {
    if !KINDS.contains(&new.kind.as_str()) {
        return Err(Error::invalid("kind", "请选择是拒不参加，还是违反学习纪律。", "Say whether studying was refused or its discipline broken."));
    }
    stated(&new.reason).map(drop)
}

/// Keeps a record; `provider` is who taught, where it is the provider's.
fn record(desk: &Desk<'_, '_>, thing: &Thing, new: &NewBreach, provider: &str, papers: &[Kept]) -> Result<i64> {
    let Desk { tx, actor, now, .. } = *desk;
    let (on, reason) = (day("on", &new.on, now)?.to_string(), new.reason.trim());
    let mut body = Facts::from([("reason".to_owned(), reason.to_owned())]);
    if !provider.is_empty() {
        body.insert("provider".to_owned(), provider.to_owned());
    }
    let asked = Asked { kind: new.kind.clone(), from: on.clone(), to: Some(on.clone()), body, ..Asked::default() };
    let opening = Opening { flow: &DISCIPLINE, state: "recorded", thing, stage: None, holders: &[], asking: Some("record") };
    let case = matters::open(desk, &opening, &asked, papers)?;
    audit::note(tx, now, Some(actor.account), "record-breach", Some(thing.person), &new.kind, "")?;
    let body = json!({ "case": case.id, "kind": new.kind, "on": on, "by": actor.account, "provider": provider, "reason": reason });
    ledger::enter(tx, &NewEntry { kind: "breach-recorded", person: Some(thing.person), record: None, obligation: None, body: &body }, now)?;
    Ok(case.id)
}
