//! Changes of names and identifiers (姓名、证件变更), with proof. Who keeps the registration changes it at once; what the person asks for
//! waits for those who do. An identity number of 15 digits is kept as the one of 18 that replaced it, so that changing to it is none.

use crate::access::{self, Action, Actor};
use crate::audit;
use crate::cases::Case;
use crate::error::{Error, Result, Why};
use crate::facts::Facts;
use crate::flow::{CHANGE, Step};
use crate::identity::{IdentityNumber, masked};
use crate::matters::{self, Asked, Desk, Kept, Opening};
use crate::params;
use crate::people::{about, checked, same_person};
use crate::posts::{before, day};
use crate::registry::Registry;
use crate::store::Tx;
use jiff::civil::Date;
use serde_json::json;
use std::sync::Arc;

/// What can be changed: the name, or an identifier of a kind.
pub const KINDS: [&str; 5] = ["name", "identity-number", "passport", "hong-kong-macao-permit", "taiwan-permit"];
/// Characters of a name at most.
const NAME_CHARACTERS_MAX: usize = 60;

/// A change to be asked for.
#[derive(Clone, Debug)]
pub struct NewChange {
    /// One of [`KINDS`].
    pub kind: String,
    /// The new name or number.
    pub value: String,
    /// The kind of the identifier that it takes the place of, such as `passport`; the same kind where empty.
    pub replaces: String,
    /// Since which day it holds, `YYYY-MM-DD`.
    pub from: String,
    /// Why.
    pub reason: String,
}

impl Registry {
    /// Asks for a change, with its proofs (name and bytes). Done at once where the actor keeps the person's registration.
    ///
    /// # Errors
    /// If the actor may not, a proof is missing, or the number belongs to somebody else.
    pub fn ask_change(&self, actor: &Actor, person: i64, new: &NewChange, files: &[(String, Vec<u8>)]) -> Result<i64> {
        if files.is_empty() {
            return Err(Error::invalid("file", "请附证明材料，如身份证、户籍证明的照片。", "Attach the proof: a photo of the card, or of the registry's certificate."));
        }
        let (value, born) = value_of(new)?;
        // Before files are kept: who may not ask leaves nothing behind.
        self.read(|tx| may_ask(tx, actor, person).map(drop))?;
        let papers = self.keep_papers(files)?;
        let (actor, engine, keys, new, now) = (actor.clone(), Arc::clone(&self.engine), self.keys.clone(), new.clone(), self.now());
        self.write(move |tx| {
            let thing = may_ask(tx, &actor, person)?;
            let desk = Desk { tx, engine: &engine, keys: &keys, actor: &actor, now };
            let at_once = actor.may(Action::Keep, &thing);
            let holders: &[&str] = if thing.agency.is_some() { &["employer", "file-agency"] } else { &["employer"] };
            let opening = Opening { flow: &CHANGE, state: "waiting", thing: &thing, stage: Some("check"), holders, asking: None };
            let case = matters::open(&desk, &opening, &asked(&desk, thing.person, &new, &value)?, &papers as &[Kept])?;
            if at_once {
                settle(&desk, &case, CHANGE.take("approve", &case.state, "")?, "", &value, born)?;
            }
            Ok(case.id)
        })
    }
}

fn may_ask(tx: &Tx<'_>, actor: &Actor, person: i64) -> Result<access::Thing> {
    let thing = access::of_person(tx, person)?;
    actor.must(Action::Request, &thing)?;
    Ok(thing)
}

/// The value as it is kept, and the day of birth in an identity number.
fn value_of(new: &NewChange) -> Result<(String, Option<Date>)> {
    let typed = new.value.trim();
    match new.kind.as_str() {
        "name" if (1..=NAME_CHARACTERS_MAX).contains(&typed.chars().count()) => Ok((typed.to_owned(), None)),
        "name" => Err(Error::invalid("value", "请填姓名。", "A name is needed.")),
        "identity-number" => checked(typed).map(|number| (number.as_str().to_owned(), number.born())),
        kind if KINDS.contains(&kind) => {
            let number: String = typed.chars().filter(|c| !c.is_whitespace()).map(|c| c.to_ascii_uppercase()).collect();
            let plain = (5..=20).contains(&number.len()) && number.chars().all(|c| c.is_ascii_alphanumeric());
            if plain { Ok((number, None)) } else { Err(Error::invalid("value", "证件号码由5至20位字母、数字组成。", "The number has 5 to 20 letters and digits.")) }
        }
        _ => Err(Error::invalid("kind", "请选择变更哪一项。", "Say what changes.")),
    }
}

fn asked(desk: &Desk<'_, '_>, person: i64, new: &NewChange, value: &str) -> Result<Asked> {
    let from: Date = new.from.trim().parse().map_err(|_| Error::invalid("from", "日期写成 2026-03-01 这样。", "Write the date like 2026-03-01."))?;
    let mut body = Facts::from([("reason".to_owned(), new.reason.trim().to_owned())]);
    let mut sealed = None;
    if new.kind == "name" {
        let before = desk.tx.first("SELECT name FROM people WHERE id = ?1", params![person], |row| row.get::<String>(0))?.unwrap_or_default();
        body.insert("before".to_owned(), before);
        body.insert("value".to_owned(), value.to_owned());
    } else {
        let replaces = if KINDS[1..].contains(&new.replaces.as_str()) { &new.replaces } else { &new.kind };
        body.insert("replaces".to_owned(), replaces.clone());
        body.insert("value".to_owned(), masked(value));
        sealed = Some(desk.keys.seal(value.as_bytes(), &about("change", person))?);
    }
    Ok(Asked { kind: new.kind.clone(), from: from.to_string(), body, sealed, ..Asked::default() })
}

/// Takes a step of a change.
pub(crate) fn take(desk: &Desk<'_, '_>, case: &Case, step: &'static Step, reason: &str) -> Result<()> {
    let asked = matters::asked(desk.tx, case)?;
    if step.id != "approve" {
        return matters::settle(desk, case, step, reason, matters::ended(step.to), json!({ "kind": asked.kind }));
    }
    let value = match &asked.sealed {
        Some((key, sealed)) => open(desk, case, key, sealed)?,
        None => asked.body.get("value").cloned().unwrap_or_default(),
    };
    let born = (asked.kind == "identity-number").then(|| IdentityNumber::parse(&value)).flatten().and_then(|number| number.born());
    settle(desk, case, step, reason, &value, born)
}

/// What was sealed for the person the case was opened for, a double of somebody by now perhaps.
fn open(desk: &Desk<'_, '_>, case: &Case, key: &str, sealed: &[u8]) -> Result<String> {
    let person = desk.tx.number("SELECT person FROM cases WHERE id = ?1", params![case.id])?;
    String::from_utf8(desk.keys.open(key, sealed, &about("change", person))?).map_err(Error::fault)
}

fn settle(desk: &Desk<'_, '_>, case: &Case, step: &'static Step, reason: &str, value: &str, born: Option<Date>) -> Result<()> {
    let asked = matters::asked(desk.tx, case)?;
    let from = day("from", &asked.from, desk.now)?;
    let person = case.thing.person;
    if asked.kind == "name" {
        put_name(desk.tx, person, value, from)?;
    } else {
        let replaces = asked.body.get("replaces").unwrap_or(&asked.kind);
        put_identifier(desk, person, &asked.kind, replaces, value, from)?;
        if let Some(born) = born {
            desk.tx.execute("UPDATE people SET born = ?2 WHERE id = ?1", params![person, &born.to_string()])?;
        }
    }
    audit::note(desk.tx, desk.now, Some(desk.actor.account), "change", Some(person), &asked.kind, asked.body.get("reason").map(String::as_str).unwrap_or_default())?;
    matters::settle(desk, case, step, reason, matters::ended(step.to), json!({ "kind": asked.kind, "on": asked.from }))
}

/// Puts a name in force from a day on; the one before ends the day before. Of the same day, it is put right.
fn put_name(tx: &Tx<'_>, person: i64, name: &str, from: Date) -> Result<()> {
    let held = tx.first("SELECT valid_from FROM person_names WHERE person = ?1 AND valid_to IS NULL ORDER BY valid_from DESC LIMIT 1", params![person], |row| row.get::<String>(0))?;
    let day = from.to_string();
    match held {
        Some(since) if since > day => {
            return Err(Error::invalid("from", format!("现用姓名自 {since} 起，日期不能更早。"), format!("The present name holds since {since}; the day can not be earlier.")));
        }
        Some(since) if since == day => {
            tx.execute("UPDATE person_names SET name = ?3 WHERE person = ?1 AND valid_from = ?2", params![person, &day, name])?;
        }
        Some(since) => {
            tx.execute("UPDATE person_names SET valid_to = ?3 WHERE person = ?1 AND valid_from = ?2", params![person, &since, &before(from)?])?;
            tx.execute("INSERT INTO person_names (person, name, valid_from) VALUES (?1, ?2, ?3)", params![person, name, &day])?;
        }
        None => {
            tx.execute("INSERT INTO person_names (person, name, valid_from) VALUES (?1, ?2, ?3)", params![person, name, &day])?;
        }
    }
    tx.execute("UPDATE people SET name = ?2 WHERE id = ?1", params![person, name]).map(drop)
}

/// Puts an identifier in force from a day on, in the place of one of another kind or the same.
fn put_identifier(desk: &Desk<'_, '_>, person: i64, kind: &str, replaces: &str, value: &str, from: Date) -> Result<()> {
    let Desk { tx, keys, .. } = *desk;
    let lookup = keys.lookup(kind, value);
    let anothers = tx.number(concat!("SELECT COUNT(*) FROM person_identifiers WHERE lookup = ?2 AND valid_to IS NULL AND NOT ", same_person!("person", "?1")), params![person, &lookup])?;
    if anothers > 0 {
        return Err(Error::refused(
            Why::Duplicate,
            "该号码已登记在另一人名下。请核对；确为同一人的，办理合并。",
            "This number belongs to somebody else who is registered. Compare them; if they are one person, have the two merged.",
        ));
    }
    tx.execute(
        concat!("UPDATE person_identifiers SET valid_to = CASE WHEN valid_from > ?4 THEN valid_from ELSE ?4 END WHERE kind IN (?2, ?3) AND valid_to IS NULL AND ", same_person!("person", "?1")),
        params![person, kind, replaces, &before(from)?],
    )?;
    let (key, sealed) = keys.seal(value.as_bytes(), &about(kind, person))?;
    tx.execute("INSERT INTO person_identifiers (person, kind, sealed, key_id, lookup, valid_from) VALUES (?1, ?2, ?3, ?4, ?5, ?6)", params![person, kind, &sealed, &key, &lookup, &from.to_string()])
        .map(drop)
}
