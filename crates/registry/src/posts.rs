//! Posts over time (岗位): begun, ended, changed, each with its day. No row is written over: a change ends one post and begins another.

use crate::access::{self, Action, Actor};
use crate::audit;
use crate::determinations;
use crate::error::{Error, Result};
use crate::ledger::{self, NewEntry};
use crate::params;
use crate::people::same_person;
use crate::registration::put_fact;
use crate::registry::Registry;
use crate::store::Tx;
use crate::time::day_of;
use jiff::civil::Date;
use serde_json::json;
use std::sync::Arc;
use xueshi_policy::Engine;

/// A post as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Held {
    pub(crate) id: i64,
    pub(crate) person: i64,
    pub(crate) organisation: i64,
    pub(crate) agency: Option<i64>,
    pub(crate) title: String,
    pub(crate) main: bool,
    pub(crate) from: String,
}

/// Why somebody's posts end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leaving {
    /// Left the employer (离职).
    Left,
    /// Retired (退休): every post ends.
    Retired,
}

impl Leaving {
    /// The word it is kept by.
    pub fn word(self) -> &'static str {
        match self {
            Self::Left => "leave",
            Self::Retired => "retire",
        }
    }
}

/// The posts held now, the main one first.
pub(crate) fn held(tx: &Tx<'_>, person: i64) -> Result<Vec<Held>> {
    tx.all(
        concat!(
            "SELECT p.id, p.person, p.organisation, p.agency, p.title, p.main, p.valid_from FROM posts p WHERE ",
            same_person!("p.person", "?1"),
            " AND p.valid_to IS NULL ORDER BY p.main DESC, p.valid_from DESC, p.id DESC"
        ),
        params![person],
        |row| Ok(Held { id: row.get(0)?, person: row.get(1)?, organisation: row.get(2)?, agency: row.get(3)?, title: row.get(4)?, main: row.flag(5)?, from: row.get(6)? }),
    )
}

/// A day as forms give it: not later than today.
///
/// # Errors
/// If it is no day, or has not come yet.
pub(crate) fn day(field: &'static str, text: &str, now: i64) -> Result<Date> {
    let day: Date = text.trim().parse().map_err(|_| Error::invalid(field, "日期写成 2026-03-01 这样。", "Write the date like 2026-03-01."))?;
    if day > day_of(now) {
        return Err(Error::invalid(field, "日期还没有到。请在当日或之后办理。", "This day has not come yet. Do this on the day, or later."));
    }
    Ok(day)
}

/// The day before.
pub(crate) fn before(day: Date) -> Result<String> {
    day.yesterday().map(|day| day.to_string()).map_err(Error::fault)
}

/// Ends a post on its last day.
pub(crate) fn end(tx: &Tx<'_>, post: &Held, last: Date, why: &str) -> Result<()> {
    if last.to_string() < post.from {
        let from = &post.from;
        return Err(Error::invalid(
            "on",
            format!("现岗位自 {from} 起，日期须在此之后。若起始日期登记有误，请先更正。"),
            format!("The present post began on {from}; the day must be later. If that day is wrong, correct it first."),
        ));
    }
    let changed = tx.execute("UPDATE posts SET valid_to = ?2, ended_for = ?3 WHERE id = ?1 AND valid_to IS NULL", params![post.id, &last.to_string(), why])?;
    if changed == 1 { Ok(()) } else { Err(Error::stale()) }
}

/// Begins a post; gives its id.
pub(crate) fn begin(tx: &Tx<'_>, new: &Held) -> Result<i64> {
    tx.number(
        "INSERT INTO posts (person, organisation, agency, title, main, valid_from) VALUES (?1, ?2, ?3, ?4, ?5, ?6) RETURNING id",
        params![new.person, new.organisation, new.agency, &new.title, new.main, &new.from],
    )
}

/// The same post goes on from a day with something changed: the old row ends the day before.
pub(crate) fn go_on(tx: &Tx<'_>, post: &Held, from: Date, why: &str, change: impl FnOnce(&mut Held)) -> Result<()> {
    end(tx, post, from.yesterday().map_err(Error::fault)?, why)?;
    let mut next = Held { from: from.to_string(), ..post.clone() };
    change(&mut next);
    begin(tx, &next).map(drop)
}

/// Says from a day on whether somebody is in service (在职), where that is registered otherwise.
pub(crate) fn in_service(tx: &Tx<'_>, person: i64, yes: bool, from: Date) -> Result<()> {
    let held = tx.first(
        concat!("SELECT value FROM person_facts WHERE name = 'in_service' AND valid_from <= ?2 AND ", same_person!("person", "?1"), " ORDER BY valid_from DESC LIMIT 1"),
        params![person, &from.to_string()],
        |row| row.get::<String>(0),
    )?;
    if yes && held.is_none_or(|held| !["no", "false", "0", "否"].contains(&held.as_str())) {
        return Ok(());
    }
    put_fact(tx, person, "in_service", if yes { "yes" } else { "no" }, from)
}

/// Years since a day, determined anew.
pub(crate) fn determined_anew(tx: &Tx<'_>, engine: &Engine, person: i64, from: Date, now: i64) -> Result<()> {
    determinations::anew(tx, engine, person, i64::from(from.year()), now)
}

impl Registry {
    /// Ends a post, or every post of who retires; the last day is `last`. Where no post is left, the person is
    /// out of service from the next day on. What waits for the employer stays there, and the years since are determined anew.
    ///
    /// # Errors
    /// If the actor may not, or the day is not one of the post's.
    pub fn leave(&self, actor: &Actor, person: i64, leaving: Leaving, post: i64, last: &str, reason: &str) -> Result<()> {
        let (actor, engine, last, reason, now) = (actor.clone(), Arc::clone(&self.engine), last.to_owned(), reason.trim().to_owned(), self.now());
        self.write(move |tx| {
            let thing = access::of_person(tx, person)?;
            actor.must(Action::Keep, &thing)?;
            let last = day("on", &last, now)?;
            let next = last.tomorrow().map_err(Error::fault)?;
            let posts = held(tx, thing.person)?;
            let (ended, left): (Vec<Held>, Vec<Held>) = posts.into_iter().partition(|held| leaving == Leaving::Retired || held.id == post);
            if ended.is_empty() {
                return Err(Error::wrong_state());
            }
            for post in &ended {
                end(tx, post, last, leaving.word())?;
            }
            match left.first() {
                // One of the others stands for the person now.
                Some(other) if left.iter().all(|post| !post.main) => go_on(tx, other, next, "main", |post| post.main = true)?,
                Some(_) => {}
                None => in_service(tx, thing.person, false, next)?,
            }
            audit::note(tx, now, Some(actor.account), leaving.word(), Some(thing.person), &last.to_string(), &reason)?;
            let body = json!({ "why": leaving.word(), "last": last.to_string(), "by": actor.account, "reason": reason });
            ledger::enter(tx, &NewEntry { kind: "post-ended", person: Some(thing.person), record: None, obligation: None, body: &body }, now)?;
            determined_anew(tx, &engine, thing.person, last, now)
        })
    }

    /// Makes another of somebody's posts the main one from a day on: access, place and employer follow it.
    ///
    /// # Errors
    /// If the actor may not, or there is no such post.
    pub fn make_main(&self, actor: &Actor, person: i64, post: i64, from: &str) -> Result<()> {
        let (actor, engine, from, now) = (actor.clone(), Arc::clone(&self.engine), from.to_owned(), self.now());
        self.write(move |tx| {
            let thing = access::of_person(tx, person)?;
            actor.must(Action::Keep, &thing)?;
            let from = day("on", &from, now)?;
            let posts = held(tx, thing.person)?;
            let chosen = posts.iter().find(|held| held.id == post && !held.main).ok_or_else(|| Error::not_found("岗位", "post"))?;
            for main in posts.iter().filter(|held| held.main) {
                go_on(tx, main, from, "main", |post| post.main = false)?;
            }
            go_on(tx, chosen, from, "main", |post| post.main = true)?;
            audit::note(tx, now, Some(actor.account), "main-post", Some(thing.person), &from.to_string(), "")?;
            determined_anew(tx, &engine, thing.person, from, now)
        })
    }

    /// Changes what the main post is called (岗位名称) from a day on.
    ///
    /// # Errors
    /// If the actor may not.
    pub fn rename_post(&self, actor: &Actor, person: i64, title: &str, from: &str) -> Result<()> {
        let (actor, title, from, now) = (actor.clone(), title.trim().to_owned(), from.to_owned(), self.now());
        self.write(move |tx| {
            let thing = access::of_person(tx, person)?;
            actor.must(Action::Keep, &thing)?;
            let from = day("on", &from, now)?;
            let main = held(tx, thing.person)?.into_iter().find(|post| post.main).ok_or_else(Error::wrong_state)?;
            go_on(tx, &main, from, "title", |post| post.title.clone_from(&title))?;
            audit::note(tx, now, Some(actor.account), "post-title", Some(thing.person), &from.to_string(), "")
        })
    }

    /// What stays undone where somebody leaves: declarations that wait for the employer, and years whose verification is open.
    ///
    /// # Errors
    /// If the actor may not see the person.
    pub fn left_undone(&self, actor: &Actor, person: i64) -> Result<(i64, i64)> {
        self.read(|tx| {
            let thing = access::of_person(tx, person)?;
            actor.must(Action::See, &thing)?;
            let open = |flow: &str| tx.number(concat!("SELECT COUNT(*) FROM cases WHERE flow = ?2 AND open = 1 AND stage IS NOT NULL AND ", same_person!("person", "?1")), params![thing.person, flow]);
            Ok((open("declaration")?, open("verification")?))
        })
    }
}

/// The name of an organisation.
pub(crate) fn name_of(tx: &Tx<'_>, organisation: Option<i64>) -> Result<String> {
    let Some(organisation) = organisation else { return Ok(String::new()) };
    Ok(tx.first("SELECT name FROM organisations WHERE id = ?1", params![organisation], |row| row.get(0))?.unwrap_or_default())
}
