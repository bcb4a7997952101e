//! Registration: professionals are added, given accounts, and what policies and forms ask about them is kept with days.

use crate::access::{self, Action, Actor, Role, Thing};
use crate::accounts::{self, NewAccount};
use crate::assessing::{Learner, year_of};
use crate::audit;
use crate::error::{Error, Refusal, Result, Why};
use crate::facts::Facts;
use crate::identity::masked;
use crate::keys::{Keys, random};
use crate::params;
use crate::people::{self, NewPerson, PersonShown, main_post_first, same_person};
use crate::posts::{before, day, determined_anew};
use crate::registry::Registry;
use crate::store::Tx;
use crate::time::day_of;
use jiff::civil::Date;
use std::sync::Arc;
use xueshi_policy::{Column, Engine, FactType, Of, text};

/// What forms print about a person beside what policies ask: by the keys that forms name them with.
pub const FORM_FIELDS: [&str; 6] = ["sex", "degree", "graduated", "working-since", "title", "title-sought"];
/// Characters of a field at most.
const FIELD_CHARACTERS_MAX: usize = 200;
/// Rows of one timeline shown at most.
const LINES_MAX: i64 = 500;

/// Something that held for some time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dated {
    /// What kind: of an identifier, or the name of a fact; empty for names.
    pub kind: String,
    /// The value; masked where it is an identifier.
    pub value: String,
    /// Since when, `YYYY-MM-DD`.
    pub from: String,
    /// Until when; nothing where it holds now.
    pub to: Option<String>,
}

/// A post as the timeline shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PostHeld {
    /// Its id.
    pub id: i64,
    /// The employer.
    pub employer: String,
    /// The agency that holds the file; empty where the employer does.
    pub agency: String,
    /// What it is called.
    pub title: String,
    /// Whether it is the main one.
    pub main: bool,
    /// Since when.
    pub from: String,
    /// Until when; nothing where it is held now.
    pub to: Option<String>,
    /// Why it ended: `transfer`, `leave`, `retire`, `agency`, `main`, `title`; empty where it is held.
    pub ended_for: String,
}

/// Everything that is registered about a person.
#[derive(Clone, Debug)]
pub struct Registration {
    /// Who.
    pub person: PersonShown,
    /// The day of birth, where it is known.
    pub born: Option<String>,
    /// Every name, the present one first.
    pub names: Vec<Dated>,
    /// Every identifier, masked.
    pub identifiers: Vec<Dated>,
    /// Every post, the latest first.
    pub posts: Vec<PostHeld>,
    /// What policies and forms ask, with its history, the latest first.
    pub facts: Vec<Dated>,
    /// What policies ask about persons at this place, in their order.
    pub columns: Vec<Column>,
    /// What the employer's registration says of its people, which is not edited here.
    pub by_employer: Facts,
    /// Sign-in names.
    pub logins: Vec<String>,
    /// Doubles that were merged into this person: id and name.
    pub doubles: Vec<(i64, String)>,
    /// Whether the actor may change it.
    pub may_keep: bool,
    /// Whether the actor may ask for a transfer or another change.
    pub may_ask: bool,
}

/// Puts a value in force from a day on. What held before ends the day before; what begins later stays. Empty ends it.
pub(crate) fn put_fact(tx: &Tx<'_>, person: i64, name: &str, value: &str, from: Date) -> Result<()> {
    let (day, value) = (from.to_string(), value.trim());
    let covering = tx.first(
        "SELECT value, valid_from, valid_to FROM person_facts WHERE person = ?1 AND name = ?2 AND valid_from <= ?3 AND (valid_to IS NULL OR valid_to >= ?3) ORDER BY valid_from DESC LIMIT 1",
        params![person, name, &day],
        |row| Ok((row.get::<String>(0)?, row.get::<String>(1)?, row.get::<Option<String>>(2)?)),
    )?;
    let next = tx.first("SELECT MIN(valid_from) FROM person_facts WHERE person = ?1 AND name = ?2 AND valid_from > ?3", params![person, name, &day], |row| row.get::<Option<String>>(0))?.flatten();
    if covering.as_ref().is_some_and(|(held, ..)| held == value) || covering.is_none() && value.is_empty() {
        return Ok(());
    }
    let until = match (&covering, next) {
        (Some((_, since, _)), _) if *since == day && value.is_empty() => {
            return tx.execute("DELETE FROM person_facts WHERE person = ?1 AND name = ?2 AND valid_from = ?3", params![person, name, &day]).map(drop);
        }
        // Of the same day: it was wrong, and is put right.
        (Some((_, since, _)), _) if *since == day => {
            return tx.execute("UPDATE person_facts SET value = ?4 WHERE person = ?1 AND name = ?2 AND valid_from = ?3", params![person, name, &day, value]).map(drop);
        }
        (_, Some(next)) => Some(before(next.parse().map_err(Error::fault)?)?),
        (_, None) => None,
    };
    if let Some((_, since, _)) = &covering {
        tx.execute("UPDATE person_facts SET valid_to = ?4 WHERE person = ?1 AND name = ?2 AND valid_from = ?3", params![person, name, since, &before(from)?])?;
    }
    if value.is_empty() {
        return Ok(());
    }
    tx.execute("INSERT INTO person_facts (person, name, value, valid_from, valid_to) VALUES (?1, ?2, ?3, ?4, ?5)", params![person, name, value, &day, until.as_ref()]).map(drop)
}

/// What the policies of a place ask about persons: each column once, without what decisions say (years) and what follows from others.
pub(crate) fn columns(engine: &Engine, region: &str, sector: Option<&str>, year: i64) -> Result<Vec<Column>> {
    let stacks = engine.stacks(region, sector, year_of(year)?).map_err(|found| Error::fault(format!("policies of {region} can not be compiled: {found:?}")))?;
    let mut all: Vec<Column> = Vec::new();
    for column in stacks.iter().flat_map(|stack| &stack.schema().columns) {
        // Names and places are registered by themselves.
        let apart = ["name", "region", "industry"].contains(&column.id.as_str());
        if column.of == Of::Person && !apart && !column.derived && column.kind != FactType::Years && all.iter().all(|known| known.id != column.id) {
            all.push(column.clone());
        }
    }
    Ok(all)
}

/// Refuses values that the policies of a place can not read.
fn check(engine: &Engine, place: &PersonShown, year: i64, facts: &Facts) -> Result<()> {
    let known = columns(engine, &place.region, place.sector.as_deref(), year)?;
    if let Some(strange) = facts.keys().find(|name| !FORM_FIELDS.contains(&name.as_str()) && known.iter().all(|column| column.id != **name)) {
        return Err(Error::invalid("facts", format!("没有“{strange}”这一项。"), format!("There is no item “{strange}”.")));
    }
    if facts.values().any(|value| value.chars().count() > FIELD_CHARACTERS_MAX) {
        return Err(Error::invalid("facts", format!("每项不超过 {FIELD_CHARACTERS_MAX} 字。"), format!("An item has at most {FIELD_CHARACTERS_MAX} characters.")));
    }
    let stacks = engine.stacks(&place.region, place.sector.as_deref(), year_of(year)?).map_err(|found| Error::fault(format!("{found:?}")))?;
    for stack in stacks.iter() {
        let (_, faults) = stack.schema().fill(Of::Person, &|column| facts.get(column).map(String::as_str));
        if let Some(fault) = faults.into_iter().find(|fault| facts.contains_key(&fault.column)) {
            let title = known.iter().find(|column| column.id == fault.column).map_or_else(|| xueshi_policy::Text::same(&fault.column), |column| column.title.clone());
            let (zh, en, why_zh, why_en) = (&title.zh, title.get(xueshi_policy::Lang::En), &fault.message.zh, fault.message.get(xueshi_policy::Lang::En));
            return Err(Error::Refused(Refusal { why: Why::Invalid, field: Some("facts"), text: text!("{zh}：{why_zh}", "{en}: {why_en}") }));
        }
    }
    Ok(())
}

impl Registry {
    /// Everything that is registered about a person, for those who may see one.
    ///
    /// # Errors
    /// If there is no such person within the actor's reach.
    pub fn registration(&self, actor: &Actor, person: i64) -> Result<Registration> {
        let today = self.clock.today();
        let year = i64::from(today.year());
        self.read(|tx| {
            let thing = access::of_person(tx, person)?;
            actor.must(Action::See, &thing)?;
            let shown = people::shown(tx, &self.keys, thing.person)?;
            let by_employer = by_employer(tx, thing.person)?;
            let mut columns = columns(&self.engine, &shown.region, shown.sector.as_deref(), year)?;
            columns.retain(|column| !by_employer.contains_key(&column.id));
            Ok(Registration {
                born: tx.first("SELECT born FROM people WHERE id = ?1", params![thing.person], |row| row.get::<Option<String>>(0))?.flatten(),
                names: dated(tx, concat!("SELECT '', name, valid_from, valid_to FROM person_names WHERE ", same_person!("person", "?1"), " ORDER BY valid_from DESC LIMIT ?2"), thing.person)?,
                identifiers: identifiers(tx, &self.keys, thing.person)?,
                posts: posts(tx, thing.person)?,
                facts: dated(tx, concat!("SELECT name, value, valid_from, valid_to FROM person_facts WHERE ", same_person!("person", "?1"), " ORDER BY valid_from DESC, name LIMIT ?2"), thing.person)?,
                columns,
                by_employer,
                logins: tx.all(concat!("SELECT login FROM accounts WHERE closed_at IS NULL AND ", same_person!("person", "?1"), " ORDER BY id"), params![thing.person], |row| row.get(0))?,
                doubles: tx.all("SELECT id, name FROM people WHERE merged_in = ?1 ORDER BY id", params![thing.person], |row| Ok((row.get(0)?, row.get(1)?)))?,
                may_keep: actor.may(Action::Keep, &thing),
                may_ask: actor.may(Action::Request, &thing),
                person: shown,
            })
        })
    }

    /// Adds a professional to the actor's employer.
    ///
    /// # Errors
    /// If the actor keeps no employer's people, the day has not come, or the identity number belongs to somebody.
    pub fn enrol(&self, actor: &Actor, new: &NewPerson) -> Result<i64> {
        let (actor, keys, engine, new, now) = (actor.clone(), self.keys.clone(), Arc::clone(&self.engine), new.clone(), self.now());
        let today = self.clock.today();
        self.write(move |tx| {
            let organisation = employer_of(&actor)?;
            actor.must(Action::Enrol, &Thing { organisation, ..Thing::default() })?;
            day("on", &new.from, now)?;
            let mut new = NewPerson { organisation, ..new.clone() };
            new.facts.retain(|_, value| !value.trim().is_empty());
            let place = place_of(tx, organisation)?;
            check(&engine, &place, i64::from(today.year()), &new.facts)?;
            new.facts.entry("in_service".to_owned()).or_insert_with(|| "yes".to_owned());
            let person = people::add(tx, &keys, &new, now)?;
            audit::note(tx, now, Some(actor.account), "enrol", Some(person), "", "")?;
            Ok(person)
        })
    }

    /// What the policies ask about persons at the actor's employer, and what the employer's own registration says of them.
    ///
    /// # Errors
    /// If the actor keeps no employer's people.
    pub fn enrolment_columns(&self, actor: &Actor) -> Result<Vec<Column>> {
        let year = i64::from(self.clock.today().year());
        self.read(|tx| {
            let organisation = employer_of(actor)?;
            let place = place_of(tx, organisation)?;
            let facts = tx.first("SELECT facts FROM organisations WHERE id = ?1", params![organisation], |row| row.get::<String>(0))?.unwrap_or_default();
            let facts = crate::facts::from_json(&facts)?;
            let mut all = columns(&self.engine, &place.region, place.sector.as_deref(), year)?;
            all.retain(|column| !facts.contains_key(&column.id) && column.id != "in_service");
            Ok(all)
        })
    }

    /// Puts what policies and forms ask about a person in force from a day on, and determines the years since anew.
    ///
    /// # Errors
    /// If the actor may not, or a policy can not read a value.
    pub fn put_facts(&self, actor: &Actor, person: i64, facts: &Facts, from: &str) -> Result<()> {
        let (actor, keys, engine, facts, from, now) = (actor.clone(), self.keys.clone(), Arc::clone(&self.engine), facts.clone(), from.to_owned(), self.now());
        self.write(move |tx| {
            let thing = access::of_person(tx, person)?;
            actor.must(Action::Keep, &thing)?;
            let from = day("on", &from, now)?;
            let shown = people::shown(tx, &keys, thing.person)?;
            check(&engine, &shown, i64::from(day_of(now).year()), &facts)?;
            let mut changed = Vec::new();
            let held = Learner::load(tx, thing.person, i64::from(day_of(now).year()), &[])?.facts;
            for (name, value) in &facts {
                if held.get(name).map(String::as_str).unwrap_or_default() != value.trim() {
                    put_fact(tx, thing.person, name, value, from)?;
                    changed.push(name.as_str());
                }
            }
            if changed.is_empty() {
                return Ok(());
            }
            audit::note(tx, now, Some(actor.account), "put-facts", Some(thing.person), &changed.join(" "), &from.to_string())?;
            determined_anew(tx, &engine, thing.person, from, now)
        })
    }

    /// Gives a person an account; the answer is its first password, shown once and kept nowhere.
    ///
    /// # Errors
    /// If the actor may not, or the person has one.
    pub fn give_account(&self, actor: &Actor, person: i64, login: &str) -> Result<String> {
        let password = new_password()?;
        let (actor, login, hash, now) = (actor.clone(), login.to_owned(), accounts::hash_password(&password)?, self.now());
        self.write(move |tx| {
            let thing = access::of_person(tx, person)?;
            actor.must(Action::Keep, &thing)?;
            if tx.number(concat!("SELECT COUNT(*) FROM accounts WHERE closed_at IS NULL AND ", same_person!("person", "?1")), params![thing.person])? > 0 {
                return Err(Error::refused(Why::Duplicate, "此人已有账号。", "This person has an account."));
            }
            let account = accounts::add(tx, &NewAccount { login: login.clone(), password: hash.clone(), person: Some(thing.person) }, now)?;
            accounts::give_role(tx, account, Role::Person, None, None, None, &day_of(now).to_string())?;
            audit::note(tx, now, Some(actor.account), "give-account", Some(thing.person), "", "")
        })?;
        Ok(password)
    }
}

/// The employer whose people an officer keeps.
pub(crate) fn employer_of(actor: &Actor) -> Result<i64> {
    actor.must_ever(Action::Enrol)?;
    actor.held.organisation.ok_or_else(Error::not_allowed)
}

/// An employer's place, as [`PersonShown`] says it of its people.
fn place_of(tx: &Tx<'_>, organisation: i64) -> Result<PersonShown> {
    tx.first(
        "SELECT o.name, o.jurisdiction, j.region, s.code FROM organisations o JOIN jurisdictions j ON j.id = o.jurisdiction LEFT JOIN sectors s ON s.id = o.sector WHERE o.id = ?1",
        params![organisation],
        |row| {
            Ok(PersonShown {
                id: 0,
                name: String::new(),
                identity_masked: String::new(),
                organisation,
                employer: row.get(0)?,
                post: String::new(),
                jurisdiction: row.get(1)?,
                region: row.get(2)?,
                sector: row.get(3)?,
            })
        },
    )?
    .ok_or_else(|| Error::not_found("单位", "organisation"))
}

/// Fourteen characters that nobody mistakes for each other: 70 bits.
fn new_password() -> Result<String> {
    const ALPHABET: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz023456789";
    let bytes: [u8; 14] = random()?;
    Ok(bytes.iter().map(|byte| char::from(ALPHABET[usize::from(byte % 32)])).collect())
}

fn by_employer(tx: &Tx<'_>, person: i64) -> Result<Facts> {
    let found = tx.first(
        concat!("SELECT o.facts FROM posts p JOIN organisations o ON o.id = p.organisation WHERE ", same_person!("p.person", "?1"), main_post_first!(), " LIMIT 1"),
        params![person],
        |row| row.get::<String>(0),
    )?;
    found.map_or_else(|| Ok(Facts::new()), |json| crate::facts::from_json(&json))
}

fn dated(tx: &Tx<'_>, sql: &str, person: i64) -> Result<Vec<Dated>> {
    tx.all(sql, params![person, LINES_MAX], |row| Ok(Dated { kind: row.get(0)?, value: row.get(1)?, from: row.get(2)?, to: row.get(3)? }))
}

fn identifiers(tx: &Tx<'_>, keys: &Keys, person: i64) -> Result<Vec<Dated>> {
    let sealed = tx.all(
        concat!("SELECT kind, sealed, key_id, valid_from, valid_to, person FROM person_identifiers WHERE ", same_person!("person", "?1"), " ORDER BY valid_from DESC, id DESC LIMIT ?2"),
        params![person, LINES_MAX],
        |row| Ok((row.get::<String>(0)?, row.get::<Vec<u8>>(1)?, row.get::<String>(2)?, row.get::<String>(3)?, row.get::<Option<String>>(4)?, row.get::<i64>(5)?)),
    )?;
    let open = |(kind, sealed, key, from, to, held_by): (String, Vec<u8>, String, String, Option<String>, i64)| {
        let number = String::from_utf8(keys.open(&key, &sealed, &people::about(&kind, held_by))?).map_err(Error::fault)?;
        Ok(Dated { kind, value: masked(&number), from, to })
    };
    sealed.into_iter().map(open).collect()
}

fn posts(tx: &Tx<'_>, person: i64) -> Result<Vec<PostHeld>> {
    tx.all(
        concat!(
            "SELECT p.id, o.name, COALESCE(a.name, ''), p.title, p.main, p.valid_from, p.valid_to, COALESCE(p.ended_for, '') FROM posts p JOIN organisations o ON o.id = p.organisation LEFT JOIN organisations a ON a.id = p.agency
         WHERE ",
            same_person!("p.person", "?1"),
            " ORDER BY p.valid_from DESC, p.main DESC, p.id DESC LIMIT ?2"
        ),
        params![person, LINES_MAX],
        |row| {
            Ok(PostHeld {
                id: row.get(0)?,
                employer: row.get(1)?,
                agency: row.get(2)?,
                title: row.get(3)?,
                main: row.flag(4)?,
                from: row.get(5)?,
                to: row.get(6)?,
                ended_for: row.get(7)?,
            })
        },
    )
}
