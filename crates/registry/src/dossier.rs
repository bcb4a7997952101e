//! A person's file, as officers and auditors see it: posts, years with their results, records, documents.

use crate::access::{self, Action, Actor};
use crate::documents::{self, DocumentLine};
use crate::error::Result;
use crate::params;
use crate::people::{self, PersonShown, main_post_first, same_person, stands_for};
use crate::registry::Registry;
use crate::store::Tx;

/// Years, records and documents shown at most: a page must end.
const LINES_MAX: i64 = 500;

/// A person's file.
#[derive(Clone, Debug)]
pub struct Dossier {
    /// Who.
    pub person: PersonShown,
    /// Every post, the present ones first.
    pub posts: Vec<Post>,
    /// Every duty of every year as determined, newest first.
    pub years: Vec<YearOf>,
    /// Every record, newest year first.
    pub records: Vec<RecordOf>,
    /// Certificates and cards that were handed out, newest first.
    pub documents: Vec<DocumentLine>,
    /// Whether the actor may revoke, and may see the identity number.
    pub may: (bool, bool),
}

/// A post.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Post {
    /// The employer.
    pub employer: String,
    /// What it is called.
    pub title: String,
    /// The agency that holds the file; empty where the employer does.
    pub agency: String,
    /// Since when, `YYYY-MM-DD`.
    pub from: String,
    /// Until when; nothing where it is held now.
    pub to: Option<String>,
}

/// A duty of a year, as determined.
#[derive(Clone, Debug, PartialEq)]
pub struct YearOf {
    /// The year.
    pub year: i64,
    /// Its verification, where that was opened: case and state.
    pub case: Option<(i64, String)>,
    /// `met`, `short` …
    pub status: String,
    /// Hours that count, in hundredths.
    pub total: i64,
    /// Whether it is frozen.
    pub frozen: bool,
    /// The result with its sentence, requirements and records.
    pub result: serde_json::Value,
}

/// A record in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordOf {
    /// Its case.
    pub case: i64,
    /// The year it belongs to.
    pub year: i64,
    /// What was learnt.
    pub title: String,
    /// The state of its case.
    pub state: String,
    /// Since when, in microseconds UTC.
    pub since: i64,
}

impl Registry {
    /// A person's file.
    ///
    /// # Errors
    /// If the actor may not see the person.
    pub fn dossier(&self, actor: &Actor, person: i64) -> Result<Dossier> {
        self.read(|tx| {
            let thing = access::of_person(tx, person)?;
            actor.must(Action::See, &thing)?;
            let person = thing.person;
            Ok(Dossier {
                person: people::shown(tx, &self.keys, person)?,
                posts: posts(tx, person)?,
                years: years(tx, person)?,
                records: records(tx, person)?,
                documents: documents::lines(tx, person, LINES_MAX)?,
                may: (actor.may(Action::Revoke, &thing), actor.may(Action::Unmask, &thing)),
            })
        })
    }
}

fn posts(tx: &Tx<'_>, person: i64) -> Result<Vec<Post>> {
    tx.all(
        concat!(
            "SELECT o.name, p.title, COALESCE(a.name, ''), p.valid_from, p.valid_to FROM posts p JOIN organisations o ON o.id = p.organisation LEFT JOIN organisations a ON a.id = p.agency
         WHERE ",
            same_person!("p.person", "?1"),
            main_post_first!(),
            " LIMIT ?2"
        ),
        params![person, LINES_MAX],
        |row| Ok(Post { employer: row.get(0)?, title: row.get(1)?, agency: row.get(2)?, from: row.get(3)?, to: row.get(4)? }),
    )
}

fn years(tx: &Tx<'_>, person: i64) -> Result<Vec<YearOf>> {
    tx.all(
        concat!(
            "SELECT o.year, c.id, c.state, d.status, d.total, d.frozen, d.result FROM obligations o
         JOIN determinations d ON d.id = (SELECT MAX(x.id) FROM determinations x WHERE x.obligation = o.id) LEFT JOIN cases c ON c.obligation = o.id
         WHERE ",
            stands_for!("?1"),
            " ORDER BY o.year DESC, o.duty LIMIT ?2"
        ),
        params![person, LINES_MAX],
        |row| {
            let case = row.get::<Option<i64>>(1)?.zip(row.get::<Option<String>>(2)?);
            Ok(YearOf { year: row.get(0)?, case, status: row.get(3)?, total: row.get(4)?, frozen: row.flag(5)?, result: crate::facts::json(&row.get::<String>(6)?)? })
        },
    )
}

fn records(tx: &Tx<'_>, person: i64) -> Result<Vec<RecordOf>> {
    tx.all(
        concat!("SELECT c.id, r.year, r.title, c.state, c.since FROM records r JOIN cases c ON c.record = r.id WHERE ", same_person!("r.person", "?1"), " ORDER BY r.year DESC, r.id DESC LIMIT ?2"),
        params![person, LINES_MAX],
        |row| Ok(RecordOf { case: row.get(0)?, year: row.get(1)?, title: row.get(2)?, state: row.get(3)?, since: row.get(4)? }),
    )
}
