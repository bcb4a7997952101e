//! Import of people and records from a table (批量导入): tried first, row by row; then entered, all of them or the good ones.
//!
//! ```text
//! begin_import ──▶ check (a job: what would become of each row) ──▶ enter_import ──▶ enter (a job) ──▶ entered · undone
//! ```
//!
//! An employer's officer imports for the employer's own people. An imported record is declared by the employer: it has passed the stage of
//! review that is the employer's, where the policy names one first, and waits at the next; it is accepted where no other stage follows.

mod people;
mod records;
mod settle;
mod work;

pub(crate) use work::{CHECK, ENTER};

use crate::access::{Action, Actor, Thing};
use crate::audit;
use crate::error::{Error, Result};
use crate::facts::{Facts, json};
use crate::jobs;
use crate::keys::Keys;
use crate::params;
use crate::registry::Registry;
use crate::store::Tx;
use serde_json::{Value, json};
use xueshi_policy::Text;

/// Rows of one file at most.
pub const IMPORT_ROWS_MAX: usize = 200_000;
/// People entered in one transaction at most, where all or nobody is wanted.
pub const PEOPLE_WHOLE_MAX: i64 = 5_000;
/// Rows stored in one transaction.
const LOADED: usize = 5_000;

/// What a table holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImportKind {
    /// People with their facts.
    People,
    /// Learning records of people who are registered.
    Records,
}

impl ImportKind {
    /// The word it is kept by.
    pub fn word(self) -> &'static str {
        match self {
            Self::People => "people",
            Self::Records => "records",
        }
    }

    /// The kind of a word.
    pub fn of(word: &str) -> Option<Self> {
        [Self::People, Self::Records].into_iter().find(|kind| kind.word() == word)
    }
}

/// What becomes of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowOutcome {
    /// Entered as new.
    Created,
    /// Something known changes.
    Changed,
    /// Everything is known already.
    Unchanged,
    /// The same record is there already.
    Double,
    /// It can not be entered.
    Refused,
}

impl RowOutcome {
    /// Every outcome.
    pub const ALL: [Self; 5] = [Self::Created, Self::Changed, Self::Unchanged, Self::Double, Self::Refused];

    /// The word it is kept by.
    pub fn word(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Changed => "changed",
            Self::Unchanged => "unchanged",
            Self::Double => "double",
            Self::Refused => "refused",
        }
    }

    /// The outcome of a word.
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.word() == word)
    }

    /// Whether such a row is entered.
    fn enters(self) -> bool {
        matches!(self, Self::Created | Self::Changed)
    }
}

/// A cell that could not be read, or a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CellFault {
    /// The column; empty where it is the row.
    pub column: String,
    /// What stands there.
    pub value: String,
    /// Cause and remedy.
    pub text: Text,
}

/// A row as it was read from the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportRow {
    /// Its number in the file; 1 is the first under the header.
    pub row: i64,
    /// Texts by column; empty cells are left out.
    pub cells: Facts,
    /// What could not be read.
    pub fault: Option<CellFault>,
}

/// A file to be imported.
#[derive(Clone, Debug)]
pub struct NewImport {
    /// What it holds.
    pub kind: ImportKind,
    /// Its name.
    pub name: String,
    /// The SHA-256 of its bytes, as hexadecimal.
    pub digest: String,
    /// What was said of the file as a whole when it was read.
    pub notices: Vec<Text>,
    /// Its rows.
    pub rows: Vec<ImportRow>,
}

/// An import as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Import {
    /// Its id.
    pub id: i64,
    /// What it holds.
    pub kind: ImportKind,
    /// The name of the file.
    pub name: String,
    /// The SHA-256 of its bytes.
    pub digest: String,
    /// How many rows it has.
    pub rows: i64,
    /// What was said of the file as a whole.
    pub notices: Vec<Text>,
    /// `checking`, `checked`, `entering`, `entered` or `undone`; `loading` where it was broken off.
    pub state: String,
    /// All rows or none were wanted.
    pub whole: bool,
    /// The work that is or was done last.
    pub job: Option<i64>,
    /// When it was begun, in microseconds UTC.
    pub made_at: i64,
    /// How many rows come to what.
    pub counts: Vec<(RowOutcome, i64)>,
    role: i64,
    organisation: i64,
}

impl Import {
    /// How many rows come to this.
    pub fn count(&self, outcome: RowOutcome) -> i64 {
        self.counts.iter().find(|(known, _)| *known == outcome).map_or(0, |(_, rows)| *rows)
    }
}

/// What becomes of one row, or became.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportLine {
    /// Its number in the file.
    pub row: i64,
    /// What becomes of it.
    pub outcome: RowOutcome,
    /// Whom or what it is about: name or title; empty once the rows are no longer kept.
    pub about: String,
    /// The person, where one was found.
    pub person: Option<i64>,
    /// The case of the record that was entered.
    pub case: Option<i64>,
    /// Where it is wrong, and why; with the remedy.
    pub fault: Option<CellFault>,
    /// What changes: column, before, after.
    pub changes: Vec<(String, String, String)>,
}

/// What is told of a row; kept as JSON.
#[derive(Clone, Debug, Default)]
struct Told {
    fault: Option<CellFault>,
    changes: Vec<(String, String, String)>,
}

impl Told {
    fn to_json(&self) -> Option<String> {
        if let Some(fault) = &self.fault {
            return Some(json!({ "column": fault.column, "value": fault.value, "zh": fault.text.zh, "en": fault.text.en }).to_string());
        }
        (!self.changes.is_empty()).then(|| json!({ "changes": self.changes }).to_string())
    }

    fn from_json(value: &Value) -> Self {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let fault = value["zh"].as_str().map(|zh| CellFault { column: text(&value["column"]), value: text(&value["value"]), text: Text::new(zh, text(&value["en"])) });
        let changes = value["changes"].as_array().into_iter().flatten().map(|change| (text(&change[0]), text(&change[1]), text(&change[2])));
        Self { fault, changes: changes.collect() }
    }
}

/// What binds a sealed row to its place.
fn about(import: i64, row: i64) -> String {
    format!("import/{import}/{row}")
}

fn seal(keys: &Keys, import: i64, row: &ImportRow) -> Result<(String, Vec<u8>)> {
    let fault = row.fault.as_ref().map(|fault| json!({ "column": fault.column, "value": fault.value, "zh": fault.text.zh, "en": fault.text.en }));
    keys.seal(json!({ "cells": row.cells, "fault": fault }).to_string().as_bytes(), &about(import, row.row))
}

fn open(keys: &Keys, import: i64, row: i64, key: &str, sealed: &[u8]) -> Result<ImportRow> {
    let plain = keys.open(key, sealed, &about(import, row))?;
    let value = json(std::str::from_utf8(&plain).map_err(Error::fault)?)?;
    let cells = value["cells"].as_object().into_iter().flatten().filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned())));
    Ok(ImportRow { row, cells: cells.collect(), fault: Told::from_json(&value["fault"]).fault })
}

impl Registry {
    /// Stores the rows of a file and begins to try them. Gives the import.
    ///
    /// # Errors
    /// If the actor's role never imports, or the file has no row or too many.
    pub fn begin_import(&self, actor: &Actor, new: NewImport) -> Result<i64> {
        actor.must_ever(Action::Import)?;
        let organisation = actor.held.organisation.ok_or_else(Error::not_allowed)?;
        if new.rows.is_empty() {
            return Err(Error::invalid("file", "文件里没有数据行。请填写后再上传。", "The file has no row of data. Fill it in, then upload it again."));
        }
        if new.rows.len() > IMPORT_ROWS_MAX {
            let most = IMPORT_ROWS_MAX;
            return Err(Error::invalid("file", format!("一次最多导入 {most} 行，请分成几个文件。"), format!("At most {most} rows at once; split the file.")));
        }
        let (by, now, count) = (actor.clone(), self.now(), new.rows.len() as i64);
        let (kind, name, digest) = (new.kind, short(&new.name), new.digest.clone());
        let notices = Value::from(new.notices.iter().map(|notice| json!([notice.zh, notice.en])).collect::<Vec<_>>()).to_string();
        let id = self.write(move |tx| {
            tx.number(
                "INSERT INTO imports (kind, name, digest, rows, state, organisation, account, role, made_at, notices) VALUES (?1, ?2, ?3, ?4, 'loading', ?5, ?6, ?7, ?8, ?9) RETURNING id",
                params![kind.word(), &name, &digest, count, organisation, by.account, by.held.id, now, &notices],
            )
        })?;
        for part in new.rows.chunks(LOADED) {
            let sealed = part.iter().map(|row| seal(&self.keys, id, row).map(|(key, sealed)| (row.row, key, sealed))).collect::<Result<Vec<_>>>()?;
            self.write(move |tx| {
                for (row, key, sealed) in &sealed {
                    tx.execute("INSERT INTO import_rows (import, row, sealed, key_id) VALUES (?1, ?2, ?3, ?4)", params![id, *row, sealed, key])?;
                }
                Ok(())
            })?;
        }
        let (actor, digest, now) = (actor.clone(), new.digest, self.now());
        self.write(move |tx| {
            let job = jobs::queue(tx, &actor, &CHECK, &id.to_string(), &json!({ "import": id, "kind": kind.word() }), now)?;
            tx.execute("UPDATE imports SET state = 'checking', job = ?2 WHERE id = ?1", params![id, job])?;
            audit::note(tx, now, Some(actor.account), "import-tried", None, &format!("{}/{id}", kind.word()), &digest)
        })?;
        Ok(id)
    }

    /// Enters what was tried: exactly the file whose digest is given. Gives the work.
    ///
    /// # Errors
    /// If it is not tried yet, was entered already, is another file, or all rows are wanted and some are refused.
    pub fn enter_import(&self, actor: &Actor, id: i64, digest: &str, whole: bool) -> Result<i64> {
        let (actor, digest, now) = (actor.clone(), digest.to_owned(), self.now());
        self.write(move |tx| {
            let import = seen(tx, &actor, id)?;
            actor.must_ever(Action::Import)?;
            if import.state != "checked" {
                return Err(Error::wrong_state());
            }
            if import.digest != digest {
                return Err(Error::stale());
            }
            let (enters, refused) = (import.count(RowOutcome::Created) + import.count(RowOutcome::Changed), import.count(RowOutcome::Refused));
            if enters == 0 {
                return Err(Error::invalid("file", "没有可以导入的行。", "No row can be entered."));
            }
            if whole && refused > 0 {
                return Err(Error::invalid(
                    "whole",
                    format!("有 {refused} 行不能导入，所以全部不导入。请改正文件后重新上传，或选择只导入正确的行。"),
                    format!("{refused} rows are refused, so that none is entered. Mend the file and upload it again, or enter the good rows only."),
                ));
            }
            if whole && import.kind == ImportKind::People && import.rows > PEOPLE_WHOLE_MAX {
                return Err(Error::invalid(
                    "whole",
                    format!("人员“全部或全不”一次最多 {PEOPLE_WHOLE_MAX} 行。请分成几个文件，或选择只导入正确的行。"),
                    format!("All or none is possible for at most {PEOPLE_WHOLE_MAX} people at once. Split the file, or enter the good rows only."),
                ));
            }
            let job = jobs::queue(tx, &actor, &ENTER, &id.to_string(), &json!({ "import": id, "kind": import.kind.word() }), now)?;
            tx.execute("UPDATE imports SET state = 'entering', whole = ?2, job = ?3 WHERE id = ?1", params![id, whole, job])?;
            audit::note(tx, now, Some(actor.account), "import", None, &format!("{}/{id}", import.kind.word()), &digest)?;
            Ok(job)
        })
    }

    /// The place and sector of the organisation that the actor's role is held for.
    ///
    /// # Errors
    /// If it is held for none.
    pub fn place_of_role(&self, actor: &Actor) -> Result<(String, Option<String>)> {
        let organisation = actor.held.organisation.ok_or_else(Error::not_allowed)?;
        self.read(|tx| place(tx, organisation))
    }

    /// An import that the actor began in this role.
    ///
    /// # Errors
    /// If there is none such.
    pub fn import(&self, actor: &Actor, id: i64) -> Result<Import> {
        self.read(|tx| seen(tx, actor, id))
    }

    /// The imports that the actor began in this role, newest first, before the id `before`; without counts of rows.
    ///
    /// # Errors
    /// What the database refuses.
    pub fn imports(&self, actor: &Actor, before: Option<i64>, limit: i64) -> Result<Vec<Import>> {
        if !actor.may_ever(Action::Import) {
            return Ok(Vec::new());
        }
        let sql = format!("SELECT {COLUMNS} FROM imports WHERE role = ?1 AND id < ?2 ORDER BY id DESC LIMIT ?3");
        self.read(|tx| tx.all(&sql, params![actor.held.id, before.unwrap_or(i64::MAX), limit], read))
    }

    /// What becomes of the rows of an import after the row `after`: those that come to `outcome`, or all.
    ///
    /// # Errors
    /// If there is no such import of the actor.
    pub fn import_lines(&self, actor: &Actor, id: i64, outcome: Option<RowOutcome>, after: i64, limit: i64) -> Result<Vec<ImportLine>> {
        const ALL: &str = "SELECT r.row, r.outcome, r.sealed, r.key_id, r.person, c.id, r.told FROM import_rows r LEFT JOIN cases c ON c.record = r.record AND r.record IS NOT NULL
             WHERE r.import = ?1 AND r.row > ?2 AND r.outcome <> '' ORDER BY r.row LIMIT ?3";
        self.read(|tx| {
            let import = seen(tx, actor, id)?;
            let line = |row: crate::store::Row<'_>| {
                let number = row.get::<i64>(0)?;
                let told = row.get::<Option<String>>(6)?.as_deref().map(json).transpose()?.map(|value| Told::from_json(&value)).unwrap_or_default();
                let opened = match (row.get::<Option<Vec<u8>>>(2)?, row.get::<Option<String>>(3)?) {
                    (Some(sealed), Some(key)) => Some(open(&self.keys, id, number, &key, &sealed)?),
                    _ => None,
                };
                let named = if import.kind == ImportKind::People { "name" } else { "title" };
                Ok(ImportLine {
                    row: number,
                    outcome: RowOutcome::of(&row.get::<String>(1)?).ok_or_else(|| Error::fault("an outcome that there is not"))?,
                    about: opened.and_then(|row| row.cells.get(named).cloned()).unwrap_or_default(),
                    person: row.get(4)?,
                    case: row.get(5)?,
                    fault: told.fault,
                    changes: told.changes,
                })
            };
            match outcome {
                None => tx.all(ALL, params![id, after, limit], line),
                Some(outcome) => tx.all(&ALL.replace("r.outcome <> ''", "r.outcome = ?4"), params![id, after, limit, outcome.word()], line),
            }
        })
    }
}

const COLUMNS: &str = "id, kind, name, digest, rows, state, whole, job, made_at, role, organisation, notices";

fn read(row: crate::store::Row<'_>) -> Result<Import> {
    Ok(Import {
        id: row.get(0)?,
        kind: ImportKind::of(&row.get::<String>(1)?).ok_or_else(|| Error::fault("a kind of import that there is not"))?,
        name: row.get(2)?,
        digest: row.get(3)?,
        rows: row.get(4)?,
        state: row.get(5)?,
        whole: row.flag(6)?,
        job: row.get(7)?,
        made_at: row.get(8)?,
        role: row.get(9)?,
        organisation: row.get(10)?,
        notices: json(&row.get::<String>(11)?)?.as_array().into_iter().flatten().map(|one| Text::new(one[0].as_str().unwrap_or_default(), one[1].as_str().unwrap_or_default())).collect(),
        counts: Vec::new(),
    })
}

fn get(tx: &Tx<'_>, id: i64) -> Result<Import> {
    tx.first(&format!("SELECT {COLUMNS} FROM imports WHERE id = ?1"), params![id], read)?.ok_or_else(|| Error::not_found("导入", "import"))
}

/// An import with its counts, for the one who began it.
fn seen(tx: &Tx<'_>, actor: &Actor, id: i64) -> Result<Import> {
    let mut import = get(tx, id)?;
    actor.must(Action::Follow, &Thing { role: Some(import.role), ..Thing::default() })?;
    import.counts = counts(tx, id)?;
    Ok(import)
}

fn counts(tx: &Tx<'_>, id: i64) -> Result<Vec<(RowOutcome, i64)>> {
    let all = tx.all("SELECT outcome, COUNT(*) FROM import_rows WHERE import = ?1 AND outcome <> '' GROUP BY outcome", params![id], |row| Ok((row.get::<String>(0)?, row.get::<i64>(1)?)))?;
    Ok(all.into_iter().filter_map(|(word, rows)| Some((RowOutcome::of(&word)?, rows))).collect())
}

/// Where an organisation lies, as policies know it, and its sector.
fn place(tx: &Tx<'_>, organisation: i64) -> Result<(String, Option<String>)> {
    let sql = "SELECT j.region, s.code FROM organisations o JOIN jurisdictions j ON j.id = o.jurisdiction LEFT JOIN sectors s ON s.id = o.sector WHERE o.id = ?1";
    tx.first(sql, params![organisation], |row| Ok((row.get(0)?, row.get(1)?)))?.ok_or_else(|| Error::not_found("单位", "organisation"))
}

/// The name of a file without folders, at most 120 characters long.
fn short(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    last.chars().filter(|c| !c.is_control()).take(120).collect()
}
