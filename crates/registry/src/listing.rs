//! Lists by id, a part at a time, of whatever the actor may see: for programs and exports.

use crate::access::{self, Action, Actor, DECLARATIONS, OF_PERSON};
use crate::audit;
use crate::determinations::{self, Determination};
use crate::error::{Error, Result};
use crate::facts::{Facts, from_json};
use crate::identity::masked;
use crate::params;
use crate::people::{self, same_person};
use crate::registry::Registry;

/// Which records are wanted.
#[derive(Clone, Debug, Default)]
pub struct RecordsSought {
    /// Of whom; of everybody within reach where nothing is said.
    pub person: Option<i64>,
    /// Of which year.
    pub year: Option<i64>,
    /// In which state; empty for all.
    pub state: String,
}

/// A record in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordListed {
    /// Its case.
    pub case: i64,
    /// The version a step must name.
    pub version: i64,
    /// Its id, by which results name it.
    pub record: i64,
    /// Whose it is.
    pub person: i64,
    /// The person's name.
    pub name: String,
    /// The employer.
    pub employer: String,
    /// The year it belongs to.
    pub year: i64,
    /// What was learnt.
    pub title: String,
    /// The state of its case.
    pub state: String,
    /// Since when, in microseconds UTC.
    pub since: i64,
    /// Texts by column.
    pub facts: Facts,
}

impl Registry {
    /// Records within reach, by case, after the case `after`.
    ///
    /// # Errors
    /// What the database refuses.
    pub fn records(&self, actor: &Actor, sought: &RecordsSought, after: i64, limit: i64) -> Result<Vec<RecordListed>> {
        let (columns, whose) = match sought.person {
            Some(_) => (OF_PERSON, same_person!("c.person", "?2")),
            None => (DECLARATIONS, "CAST(?2 AS BIGINT) = 0"),
        };
        let filter = actor.filter(Action::See, columns, 5);
        let sql = format!(
            "SELECT c.id, c.version, r.id, c.person, x.name, o.name, r.year, r.title, c.state, c.since, r.facts
             FROM cases c JOIN records r ON r.id = c.record JOIN people x ON x.id = c.person JOIN organisations o ON o.id = c.organisation
             WHERE c.id > ?1 AND {whose} AND (CAST(?3 AS BIGINT) = 0 OR r.year = ?3) AND (?4 = '' OR c.state = ?4) AND {} ORDER BY c.id LIMIT ?5",
            filter.sql
        );
        let values = params![after, sought.person.unwrap_or_default(), sought.year.unwrap_or_default(), &sought.state, limit];
        self.read(|tx| {
            tx.all(&sql, &filter.params(values), |row| {
                Ok(RecordListed {
                    case: row.get(0)?,
                    version: row.get(1)?,
                    record: row.get(2)?,
                    person: row.get(3)?,
                    name: row.get(4)?,
                    employer: row.get(5)?,
                    year: row.get(6)?,
                    title: row.get(7)?,
                    state: row.get(8)?,
                    since: row.get(9)?,
                    facts: from_json(&row.get::<String>(10)?)?,
                })
            })
        })
    }

    /// The identity numbers of people who are within reach, masked, by person; two statements whatever their number.
    ///
    /// # Errors
    /// What the database refuses.
    pub fn masked_identities(&self, people: &[i64]) -> Result<Vec<(i64, String)>> {
        if people.is_empty() {
            return Ok(Vec::new());
        }
        let ids = people.iter().map(i64::to_string).collect::<Vec<_>>().join(", ");
        let sql = format!("SELECT person, sealed, key_id FROM person_identifiers WHERE kind = 'identity-number' AND valid_to IS NULL AND person IN ({ids}) ORDER BY person, id");
        let sealed = self.read(|tx| tx.all(&sql, params![], |row| Ok((row.get::<i64>(0)?, row.get::<Vec<u8>>(1)?, row.get::<String>(2)?))))?;
        sealed.into_iter().map(|(person, sealed, key)| Ok((person, masked(&people::opened(&self.keys, person, &key, &sealed)?)))).collect()
    }

    /// Keeps that somebody takes a list out of the registry, and what for.
    ///
    /// # Errors
    /// If no purpose is stated.
    pub fn note_export(&self, actor: &Actor, what: &str, purpose: &str) -> Result<()> {
        let (actor, what, purpose, now) = (actor.clone(), what.to_owned(), purpose.trim().to_owned(), self.now());
        if purpose.chars().count() < 4 {
            return Err(Error::invalid("purpose", "请写明导出的用途（至少四个字），会留下记录。", "State what the export is for (four characters or more); it is kept on record."));
        }
        self.write(move |tx| audit::note(tx, now, Some(actor.account), "export", None, &what, &purpose))
    }

    /// Determinations of a person, by id, after the id `after`: those that stand and those whose place was taken.
    ///
    /// # Errors
    /// If the actor may not see the person.
    pub fn determinations(&self, actor: &Actor, person: i64, year: Option<i64>, after: i64, limit: i64) -> Result<Vec<Determination>> {
        self.read(|tx| {
            actor.must(Action::See, &access::of_person(tx, person)?)?;
            determinations::of_person(tx, person, year.unwrap_or_default(), after, limit)
        })
    }

    /// A determination.
    ///
    /// # Errors
    /// If there is none within reach.
    pub fn determination(&self, actor: &Actor, id: i64) -> Result<Determination> {
        self.read(|tx| {
            let person = tx.first("SELECT o.person FROM determinations d JOIN obligations o ON o.id = d.obligation WHERE d.id = ?1", params![id], |row| row.get::<i64>(0))?;
            let person = person.ok_or_else(|| Error::not_found("认定结果", "determination"))?;
            actor.must(Action::See, &access::of_person(tx, person)?)?;
            determinations::get(tx, id)
        })
    }
}
