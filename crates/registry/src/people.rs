//! People: an id that never changes; names, identifiers, posts and facts with dates.

use crate::access::{self, Action, Actor};
use crate::audit;
use crate::deliveries;
use crate::error::{Error, Result, Why};
use crate::facts::Facts;
use crate::identity::{IdentityNumber, masked};
use crate::keys::Keys;
use crate::params;
use crate::registry::Registry;
use crate::store::Tx;

/// Which of somebody's posts (`posts p`) stands for him: the main one held now, else the last one held.
macro_rules! main_post_first {
    () => {
        " ORDER BY CASE WHEN p.valid_to IS NULL THEN 0 ELSE 1 END, p.main DESC, p.valid_from DESC, p.id DESC"
    };
}
pub(crate) use main_post_first;

/// Which of somebody's posts (`posts p`) stands for him in the year between two days: the main one held then, the later one where he
/// changed within the year (no text says which of the two employers a year belongs to; this is the installation's setting), else any.
macro_rules! post_of_year_first {
    ($first:literal, $last:literal) => {
        concat!(" ORDER BY CASE WHEN p.valid_from <= ", $last, " AND (p.valid_to IS NULL OR p.valid_to >= ", $first, ") THEN 0 ELSE 1 END, p.main DESC, p.valid_from DESC, p.id DESC")
    };
}
pub(crate) use post_of_year_first;

/// That a column holds a person, or one who was merged into that person: rows of doubles stay as they are, reads follow `merged_in`.
macro_rules! same_person {
    ($column:literal, $person:literal) => {
        concat!($column, " IN (SELECT y.id FROM people y WHERE y.id = ", $person, " OR y.merged_in = ", $person, ")")
    };
}
pub(crate) use same_person;

/// That an obligation (`obligations o`) is the one that stands for a person: his own of that duty and year, else the first of a double's.
macro_rules! stands_for {
    ($person:literal) => {
        concat!(
            same_person!("o.person", $person),
            " AND (o.person = ",
            $person,
            " OR NOT EXISTS (SELECT 1 FROM obligations z WHERE z.duty = o.duty AND z.year = o.year AND ",
            same_person!("z.person", $person),
            " AND (z.person = ",
            $person,
            " OR z.id < o.id)))"
        )
    };
}
pub(crate) use stands_for;

/// First and last day of a year.
pub(crate) fn days_of(year: i64) -> (String, String) {
    (format!("{year}-01-01"), format!("{year}-12-31"))
}

/// A new person with one post.
#[derive(Clone, Debug)]
pub struct NewPerson {
    /// The name.
    pub name: String,
    /// The identity number, where it is known.
    pub identity_number: Option<String>,
    /// Facts that policies ask for, by column.
    pub facts: Facts,
    /// The employer.
    pub organisation: i64,
    /// The agency that holds the personnel file, where the employer does not.
    pub agency: Option<i64>,
    /// What the post is called.
    pub title: String,
    /// Since when all of this holds, `YYYY-MM-DD`.
    pub from: String,
}

/// A person as pages show one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonShown {
    /// The id.
    pub id: i64,
    /// The name.
    pub name: String,
    /// The identity number, masked; empty where none is known.
    pub identity_masked: String,
    /// The employer's id.
    pub organisation: i64,
    /// The employer.
    pub employer: String,
    /// The post.
    pub post: String,
    /// The jurisdiction's id.
    pub jurisdiction: i64,
    /// What policies know the place by.
    pub region: String,
    /// The sector's code.
    pub sector: Option<String>,
}

/// Adds a person.
///
/// # Errors
/// If the identity number is none, or belongs to somebody already.
pub fn add(tx: &Tx<'_>, keys: &Keys, new: &NewPerson, now: i64) -> Result<i64> {
    if new.name.trim().is_empty() {
        return Err(Error::invalid("name", "请填姓名。", "A name is needed."));
    }
    let number = new.identity_number.as_deref().map(checked).transpose()?;
    let lookup = number.as_ref().map(|number| keys.lookup("identity-number", number.as_str()));
    if let Some(lookup) = &lookup
        && tx.number("SELECT COUNT(*) FROM person_identifiers WHERE lookup = ?1 AND valid_to IS NULL", params![lookup])? > 0
    {
        return Err(Error::refused(
            Why::Duplicate,
            "该身份证号已登记在一人名下。若此人调来，请办理调入；若登记了两次，请办理合并。",
            "This identity number belongs to somebody who is registered already. If the person comes from another employer, ask for the transfer; if registered twice, have the two merged.",
        ));
    }
    let born = number.as_ref().and_then(IdentityNumber::born).map(|day| day.to_string());
    let id = tx.number("INSERT INTO people (name, created_at, born) VALUES (?1, ?2, ?3) RETURNING id", params![&new.name, now, born.as_ref()])?;
    tx.execute("INSERT INTO person_names (person, name, valid_from) VALUES (?1, ?2, ?3)", params![id, &new.name, &new.from])?;
    if let (Some(number), Some(lookup)) = (&number, &lookup) {
        let (key, sealed) = keys.seal(number.as_str().as_bytes(), &about("identity-number", id))?;
        tx.execute("INSERT INTO person_identifiers (person, kind, sealed, key_id, lookup, valid_from) VALUES (?1, 'identity-number', ?2, ?3, ?4, ?5)", params![id, &sealed, &key, lookup, &new.from])?;
        deliveries::found(tx, lookup, now)?;
    }
    for (name, value) in &new.facts {
        tx.execute("INSERT INTO person_facts (person, name, value, valid_from) VALUES (?1, ?2, ?3, ?4)", params![id, name, value, &new.from])?;
    }
    tx.execute("INSERT INTO posts (person, organisation, agency, title, valid_from) VALUES (?1, ?2, ?3, ?4, ?5)", params![id, new.organisation, new.agency, &new.title, &new.from])?;
    Ok(id)
}

/// An identity number as it was typed.
pub(crate) fn checked(number: &str) -> Result<IdentityNumber> {
    IdentityNumber::parse(number).ok_or_else(|| {
        Error::invalid(
            "identity_number",
            "身份证号不对：应为18位，末位为校验码，或15位旧号。请对照证件逐位核对。",
            "The identity number is wrong: it has 18 characters, the last one a check, or the old 15 digits. Compare it with the card.",
        )
    })
}

/// What an identifier is sealed for: it opens for the same person and kind alone.
pub(crate) fn about(kind: &str, person: i64) -> String {
    format!("{kind}/{person}")
}

/// The identity number held now, opened.
fn identity_number(tx: &Tx<'_>, keys: &Keys, person: i64) -> Result<Option<String>> {
    let found = tx.first(
        concat!(
            "SELECT sealed, key_id, person FROM person_identifiers WHERE ",
            same_person!("person", "?1"),
            " AND kind = 'identity-number' AND valid_to IS NULL ORDER BY CASE WHEN person = ?1 THEN 0 ELSE 1 END, id DESC LIMIT 1"
        ),
        params![person],
        |row| Ok((row.get::<Vec<u8>>(0)?, row.get::<String>(1)?, row.get::<i64>(2)?)),
    )?;
    found.map(|(sealed, key, held_by)| opened(keys, held_by, &key, &sealed)).transpose()
}

/// An identity number as it is kept, opened.
pub(crate) fn opened(keys: &Keys, person: i64, key: &str, sealed: &[u8]) -> Result<String> {
    String::from_utf8(keys.open(key, sealed, &about("identity-number", person))?).map_err(Error::fault)
}

/// A person as pages show one, at the post that access goes by.
pub(crate) fn shown(tx: &Tx<'_>, keys: &Keys, person: i64) -> Result<PersonShown> {
    let found = tx.first(
        concat!(
            "SELECT x.name, p.organisation, o.name, p.title, o.jurisdiction, j.region, s.code FROM people x
         JOIN posts p ON ",
            same_person!("p.person", "?1"),
            " JOIN organisations o ON o.id = p.organisation JOIN jurisdictions j ON j.id = o.jurisdiction LEFT JOIN sectors s ON s.id = o.sector
         WHERE x.id = ?1 ",
            main_post_first!(),
            " LIMIT 1"
        ),
        params![person],
        |row| {
            Ok(PersonShown {
                id: person,
                name: row.get(0)?,
                identity_masked: String::new(),
                organisation: row.get(1)?,
                employer: row.get(2)?,
                post: row.get(3)?,
                jurisdiction: row.get(4)?,
                region: row.get(5)?,
                sector: row.get(6)?,
            })
        },
    )?;
    let mut shown = found.ok_or_else(|| Error::not_found("人员", "person"))?;
    shown.identity_masked = identity_number(tx, keys, person)?.map(|number| masked(&number)).unwrap_or_default();
    Ok(shown)
}

impl Registry {
    /// A person, for those who may see one.
    ///
    /// # Errors
    /// If there is no such person within the actor's reach.
    pub fn person(&self, actor: &Actor, person: i64) -> Result<PersonShown> {
        self.read(|tx| {
            let thing = access::of_person(tx, person)?;
            actor.must(Action::See, &thing)?;
            shown(tx, &self.keys, thing.person)
        })
    }

    /// The whole identity number, for a stated purpose that the person will see.
    ///
    /// # Errors
    /// If the actor may not, or states no purpose.
    pub fn unmask(&self, actor: &Actor, person: i64, purpose: &str) -> Result<String> {
        let purpose = purpose.trim().to_owned();
        if purpose.chars().count() < 4 {
            return Err(Error::invalid("purpose", "请写明查看身份证号的用途，本人可以看到。", "State what you need the number for; the person will see it."));
        }
        let (actor, keys, now) = (actor.clone(), self.keys.clone(), self.now());
        self.write(move |tx| {
            let thing = access::of_person(tx, person)?;
            actor.must(Action::Unmask, &thing)?;
            let number = identity_number(tx, &keys, thing.person)?.ok_or_else(|| Error::not_found("身份证号", "identity number"))?;
            audit::note(tx, now, Some(actor.account), "unmask", Some(person), "identity-number", &purpose)?;
            Ok(number)
        })
    }

    /// What was looked at about a person, and by whom, newest first, lines before the id `before`; for the person himself and auditors.
    ///
    /// # Errors
    /// If the actor may not.
    pub fn looked_at(&self, actor: &Actor, person: i64, before: Option<i64>, limit: i64) -> Result<Vec<audit::Line>> {
        self.read(|tx| {
            let thing = access::of_person(tx, person)?;
            if actor.person != Some(thing.person) {
                actor.must(Action::Audit, &thing)?;
            }
            audit::about(tx, thing.person, before, limit)
        })
    }

    /// How many people are registered.
    ///
    /// # Errors
    /// What the database refuses.
    pub fn people_count(&self) -> Result<i64> {
        self.read(|tx| tx.number("SELECT COUNT(*) FROM people WHERE merged_in IS NULL", params![]))
    }

    /// People within the actor's reach whose name begins so, a page at a time after the id `after`.
    ///
    /// # Errors
    /// What the database refuses.
    pub fn people(&self, actor: &Actor, name: &str, after: i64, limit: i64) -> Result<Vec<(i64, String, String)>> {
        let filter = actor.filter(Action::See, access::POSTS, 3);
        // Posts lead, by whoever's index there is; the plus keeps SQLite from leading with people, where an employer's few would be looked for among all.
        let sql = format!(
            "SELECT x.id, x.name, o.name FROM posts p JOIN people x ON x.id = +p.person JOIN organisations o ON o.id = p.organisation
             WHERE p.valid_to IS NULL AND p.main = 1 AND p.person > ?1 AND x.erased_at IS NULL AND x.merged_in IS NULL AND (?2 = '' OR SUBSTR(x.name, 1, LENGTH(?2)) = ?2) AND {} ORDER BY p.person LIMIT ?3",
            filter.sql
        );
        self.read(|tx| tx.all(&sql, &filter.params(params![after, name, limit]), |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))))
    }
}
