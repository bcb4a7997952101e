//! Certificates and cards that were handed out: what they say stands in the ledger, their bytes are frozen, a code finds them.

use crate::access::{self, Action, Actor};
use crate::accounts::throttle;
use crate::audit;
use crate::determinations;
use crate::error::{Error, Result};
use crate::facts;
use crate::keys::random;
use crate::ledger::{self, NewEntry};
use crate::params;
use crate::people::{self, PersonShown, same_person};
use crate::registry::Registry;
use crate::store::{Row, Tx};
use serde_json::{Value, json};
use xueshi_ledger::Receipt;

/// Characters of a short code: 16 of 32 each, that is 80 bits.
const CODE_CHARACTERS: usize = 16;
/// Crockford's Base32: no I, L, O, U.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Documents of a person listed at most.
const LINES_MAX: i64 = 50;
/// Codes looked up from one place in a minute.
const LOOKUPS: i64 = 30;

/// What a document is made of: everything printed on it stands in `body`, which is in the ledger.
#[derive(Clone, Debug)]
pub struct Prepared {
    /// The document's id.
    pub id: i64,
    /// Its short code.
    pub code: String,
    /// Whom it is about.
    pub person: PersonShown,
    /// What it says, as entered in the ledger.
    pub body: Value,
    /// What proves that to strangers; goes into the file.
    pub receipt: Receipt,
}

/// Whether a document still holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It says what stands.
    Valid,
    /// A later result stands; the code of the later document, where there is one.
    Superseded(Option<String>),
    /// It was revoked: when, and why.
    Revoked(i64, String),
}

/// A document in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentLine {
    /// Its id.
    pub id: i64,
    /// `certificate` or `card`.
    pub kind: String,
    /// Its short code.
    pub code: String,
    /// When it was issued, in microseconds UTC.
    pub issued_at: i64,
    /// Whether it holds.
    pub standing: Standing,
    /// The year it is about, where it is about one.
    pub year: Option<i64>,
}

/// A document as its code shows it.
#[derive(Clone, Debug)]
pub struct DocumentShown {
    /// Its id.
    pub id: i64,
    /// `certificate` or `card`.
    pub kind: String,
    /// Its short code.
    pub code: String,
    /// When it was issued, in microseconds UTC.
    pub issued_at: i64,
    /// Whether it holds.
    pub standing: Standing,
    /// What it says, as entered in the ledger.
    pub body: Value,
    /// The SHA-256 of its bytes, once it was printed.
    pub digest: Option<String>,
    /// What proves it; nothing until it has its place.
    pub receipt: Option<Receipt>,
}

/// A short code in groups: `7K3M-…`.
pub fn grouped(code: &str) -> String {
    code.as_bytes().chunks(4).map(|group| String::from_utf8_lossy(group)).collect::<Vec<_>>().join("-")
}

/// A code as people type it: any case, with or without hyphens, I and L for 1, O for 0.
pub fn typed(code: &str) -> String {
    code.chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| match c.to_ascii_uppercase() {
            'I' | 'L' => '1',
            'O' => '0',
            other => other,
        })
        .collect()
}

fn new_code() -> Result<String> {
    let bytes: [u8; CODE_CHARACTERS] = random()?;
    Ok(bytes.iter().map(|byte| char::from(ALPHABET[usize::from(byte % 32)])).collect())
}

impl Registry {
    /// Prepares the certificate of a verified year: enters what it will say, and gives what proves it.
    ///
    /// # Errors
    /// If the year is not verified yet.
    pub fn prepare_certificate(&self, actor: &Actor, obligation: i64) -> Result<Prepared> {
        let (actor, keys, now) = (actor.clone(), self.keys.clone(), self.now());
        let (id, code, entry, person, body) = self.write(move |tx| {
            let person = tx.first("SELECT person FROM obligations WHERE id = ?1", params![obligation], |row| row.get::<i64>(0))?.ok_or_else(|| Error::not_found("义务", "obligation"))?;
            let thing = access::of_person(tx, person)?;
            actor.must(Action::Print, &thing)?;
            let person = thing.person;
            let determination = determinations::last(tx, Some(obligation))?.filter(|determination| determination.frozen).ok_or_else(not_verified)?;
            let shown = people::shown(tx, &keys, person)?;
            let code = new_code()?;
            let body = json!({
                "document": "certificate", "code": code, "name": shown.name, "identity": shown.identity_masked, "employer": shown.employer,
                "determination": determination.id, "determined_at": determination.at, "engine": env!("CARGO_PKG_VERSION"),
                "result": determination.result, "records": accepted(tx, person, determination.year)?, "verified": verified(tx, obligation)?,
            });
            let entry = ledger::enter(tx, &NewEntry { kind: "certificate-issued", person: Some(person), record: None, obligation: Some(obligation), body: &body }, now)?;
            let id = insert(tx, &actor, Inserted { kind: "certificate", code: &code, person, obligation: Some(obligation), determination: Some(determination.id), entry }, now)?;
            Ok((id, code, entry, shown, body))
        })?;
        Ok(Prepared { id, code, person, body, receipt: self.placed_receipt(entry)? })
    }

    /// Prepares the registration card of a person over the years asked for.
    ///
    /// # Errors
    /// If the actor may not.
    pub fn prepare_card(&self, actor: &Actor, person: i64, years: (i64, i64)) -> Result<Prepared> {
        let (actor, keys, now) = (actor.clone(), self.keys.clone(), self.now());
        let (id, code, entry, person, body) = self.write(move |tx| {
            let thing = access::of_person(tx, person)?;
            actor.must(Action::Print, &thing)?;
            let person = thing.person;
            let shown = people::shown(tx, &keys, person)?;
            let code = new_code()?;
            let mut blocks = Vec::new();
            for year in years.0..=years.1 {
                let determinations = determinations::standing(tx, person, year)?;
                let first = determinations.first();
                blocks.push(json!({
                    "year": year, "records": accepted(tx, person, year)?, "result": first.map(|one| one.result.clone()), "frozen": first.is_some_and(|one| one.frozen),
                    "verified": first.map(|one| verified(tx, one.obligation)).transpose()?,
                }));
            }
            let body = json!({ "document": "card", "code": code, "name": shown.name, "identity": shown.identity_masked, "employer": shown.employer, "years": blocks });
            let entry = ledger::enter(tx, &NewEntry { kind: "card-issued", person: Some(person), record: None, obligation: None, body: &body }, now)?;
            let id = insert(tx, &actor, Inserted { kind: "card", code: &code, person, obligation: None, determination: None, entry }, now)?;
            Ok((id, code, entry, shown, body))
        })?;
        Ok(Prepared { id, code, person, body, receipt: self.placed_receipt(entry)? })
    }

    /// The receipt of an entry that was just made: gives it its place if nobody did yet.
    fn placed_receipt(&self, entry: i64) -> Result<Receipt> {
        loop {
            if let Some(receipt) = self.receipt(entry)? {
                return Ok(receipt);
            }
            if self.place_entries()? == 0 && self.receipt(entry)?.is_none() {
                return Err(Error::fault(format!("entry {entry} got no place")));
            }
        }
    }

    /// Keeps the bytes of a document as they are handed out. They never change afterwards. Only now does it take the place of what was
    /// printed before it: one whose printing failed supersedes nothing.
    ///
    /// # Errors
    /// If it was printed already.
    pub fn freeze_document(&self, id: i64, bytes: &[u8]) -> Result<()> {
        let digest = self.evidence.keep(&self.keys, bytes)?;
        let now = self.now();
        self.write(move |tx| {
            let person = tx.number("SELECT person FROM documents WHERE id = ?1", params![id])?;
            if tx.execute("UPDATE documents SET digest = ?2 WHERE id = ?1 AND digest IS NULL", params![id, &digest])? != 1 {
                return Err(Error::wrong_state());
            }
            tx.execute(
                "UPDATE documents SET superseded_by = ?1 WHERE id <> ?1 AND person = ?2 AND digest IS NOT NULL AND superseded_by IS NULL
                 AND kind = (SELECT n.kind FROM documents n WHERE n.id = ?1) AND COALESCE(obligation, 0) = (SELECT COALESCE(n.obligation, 0) FROM documents n WHERE n.id = ?1)",
                params![id, person],
            )?;
            let body = json!({ "document": id, "sha256": digest });
            ledger::enter(tx, &NewEntry { kind: "document-printed", person: Some(person), record: None, obligation: None, body: &body }, now).map(drop)
        })
    }

    /// A document's bytes, for those who may see the person.
    ///
    /// # Errors
    /// If there is no such document within reach.
    pub fn document(&self, actor: &Actor, id: i64) -> Result<(String, Vec<u8>)> {
        let (code, digest) = self.read(|tx| {
            let found = tx.first("SELECT person, code, digest FROM documents WHERE id = ?1", params![id], |row| Ok((row.get::<i64>(0)?, row.get::<String>(1)?, row.get::<Option<String>>(2)?)))?;
            let (person, code, digest) = found.ok_or_else(|| Error::not_found("证书", "document"))?;
            actor.must(Action::See, &access::of_person(tx, person)?)?;
            Ok((code, digest.ok_or_else(Error::wrong_state)?))
        })?;
        Ok((code, self.evidence.read(&self.keys, &digest)?))
    }

    /// The id of the document that has a code, for calls that decide who may.
    ///
    /// # Errors
    /// If there is none.
    pub fn document_of(&self, code: &str) -> Result<i64> {
        let code = typed(code);
        let found = self.read(|tx| tx.first("SELECT id FROM documents WHERE code = ?1", params![&code], |row| row.get::<i64>(0)))?;
        found.ok_or_else(|| Error::not_found("证书", "document"))
    }

    /// The documents of a person that were printed, newest first.
    ///
    /// # Errors
    /// If the actor may not see the person.
    pub fn documents(&self, actor: &Actor, person: i64) -> Result<Vec<DocumentLine>> {
        self.read(|tx| {
            let thing = access::of_person(tx, person)?;
            actor.must(Action::See, &thing)?;
            lines(tx, thing.person, LINES_MAX)
        })
    }

    /// One document that was printed.
    ///
    /// # Errors
    /// If there is no such document within reach.
    pub fn document_line(&self, actor: &Actor, id: i64) -> Result<DocumentLine> {
        let none = || Error::not_found("证书", "document");
        self.read(|tx| {
            let person = tx.first("SELECT person FROM documents WHERE id = ?1", params![id], |row| row.get::<i64>(0))?.ok_or_else(none)?;
            actor.must(Action::See, &access::of_person(tx, person)?)?;
            lines_of(tx, "d.id = ?1", params![id, 1])?.into_iter().next().ok_or_else(none)
        })
    }

    /// What a short code stands for; for anybody who holds it. `from` tells places apart for throttling.
    ///
    /// # Errors
    /// If too many codes were tried.
    pub fn look_up(&self, code: &str, from: &str) -> Result<Option<DocumentShown>> {
        let (keys, from, now) = (self.keys.clone(), from.to_owned(), self.now());
        self.write(move |tx| throttle(tx, &keys, "look-up", &from, now, LOOKUPS))?;
        let code = typed(code);
        self.read(|tx| shown(tx, "d.code = ?1", params![&code]))
    }

    /// Revokes a document, for a reason that whoever verifies it will read.
    ///
    /// # Errors
    /// If the actor may not, or it was revoked already.
    pub fn revoke_document(&self, actor: &Actor, id: i64, reason: &str) -> Result<()> {
        let (actor, reason, now) = (actor.clone(), reason.trim().to_owned(), self.now());
        if reason.chars().count() < 2 {
            return Err(Error::invalid("reason", "请写明撤销的理由，核验的人会看到。", "State why it is revoked; whoever verifies it will read it."));
        }
        self.write(move |tx| {
            let person = tx.first("SELECT person FROM documents WHERE id = ?1", params![id], |row| row.get::<i64>(0))?.ok_or_else(|| Error::not_found("证书", "document"))?;
            actor.must(Action::Revoke, &access::of_person(tx, person)?)?;
            if tx.execute("UPDATE documents SET revoked_at = ?2, revoked_for = ?3 WHERE id = ?1 AND revoked_at IS NULL", params![id, now, &reason])? != 1 {
                return Err(Error::wrong_state());
            }
            audit::note(tx, now, Some(actor.account), "revoke-document", Some(person), &id.to_string(), &reason)?;
            let body = json!({ "document": id, "by": actor.account, "reason": reason });
            ledger::enter(tx, &NewEntry { kind: "document-revoked", person: Some(person), record: None, obligation: None, body: &body }, now).map(drop)
        })
    }
}

fn not_verified() -> Error {
    Error::refused(crate::error::Why::WrongState, "这一年还没有审验，不能出具证书。请先由审验单位审验。", "This year is not verified yet, so no certificate can be issued. It must be verified first.")
}

struct Inserted<'a> {
    kind: &'a str,
    code: &'a str,
    person: i64,
    obligation: Option<i64>,
    determination: Option<i64>,
    entry: i64,
}

fn insert(tx: &Tx<'_>, actor: &Actor, new: Inserted<'_>, now: i64) -> Result<i64> {
    tx.number(
        "INSERT INTO documents (kind, code, person, obligation, determination, issued_at, issued_by, entry) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) RETURNING id",
        params![new.kind, new.code, new.person, new.obligation, new.determination, now, actor.account, new.entry],
    )
}

/// What was accepted in a year, as documents print it.
fn accepted(tx: &Tx<'_>, person: i64, year: i64) -> Result<Vec<Value>> {
    tx.all(concat!("SELECT id, title, facts FROM records WHERE ", same_person!("person", "?1"), " AND year = ?2 AND state = 'accepted' ORDER BY id"), params![person, year], |row| {
        let facts = facts::json(&row.get::<String>(2)?)?;
        Ok(json!({ "record": row.get::<i64>(0)?.to_string(), "title": row.get::<String>(1)?, "facts": facts }))
    })
}

/// Who verified a year, and when.
fn verified(tx: &Tx<'_>, obligation: i64) -> Result<Value> {
    let found = tx.first(
        "SELECT s.at, s.reason, COALESCE(o.name, '') FROM case_steps s JOIN cases c ON c.id = s.case_id LEFT JOIN account_roles r ON r.account = s.account AND r.role = s.role
         LEFT JOIN organisations o ON o.id = r.organisation WHERE c.obligation = ?1 AND s.to_state = 'verified' ORDER BY s.id DESC LIMIT 1",
        params![obligation],
        |row| Ok(json!({ "at": row.get::<i64>(0)?, "opinion": row.get::<String>(1)?, "by": row.get::<String>(2)? })),
    )?;
    Ok(found.unwrap_or(Value::Null))
}

/// What tells how a document stands: four columns, read by [`standing_of`].
const STANDING: &str = "d.revoked_at, d.revoked_for, n.code,
                CASE WHEN d.determination IS NULL OR d.determination = (SELECT MAX(x.id) FROM determinations x WHERE x.obligation = d.obligation) THEN 1 ELSE 0 END";
/// Documents with the one that took their place.
const FROM: &str = "FROM documents d LEFT JOIN documents n ON n.id = d.superseded_by";

/// How a document stands, from the columns of [`STANDING`], the first of which is at `at`.
fn standing_of(row: &Row<'_>, at: usize) -> Result<Standing> {
    let revoked: Option<i64> = row.get(at)?;
    let later: Option<String> = row.get(at + 2)?;
    Ok(match (revoked, later, row.flag(at + 3)?) {
        (Some(when), ..) => Standing::Revoked(when, row.get::<Option<String>>(at + 1)?.unwrap_or_default()),
        (None, Some(code), _) => Standing::Superseded(Some(code)),
        (None, None, false) => Standing::Superseded(None),
        (None, None, true) => Standing::Valid,
    })
}

/// The documents of a person that were printed, newest first, in one statement.
pub(crate) fn lines(tx: &Tx<'_>, person: i64, most: i64) -> Result<Vec<DocumentLine>> {
    lines_of(tx, same_person!("d.person", "?1"), params![person, most])
}

/// Documents that were printed and fit a condition, `?2` of them at most.
fn lines_of(tx: &Tx<'_>, condition: &str, params: &[crate::store::Param<'_>]) -> Result<Vec<DocumentLine>> {
    let sql = format!(
        "SELECT d.id, d.kind, d.code, d.issued_at, {STANDING}, (SELECT o.year FROM obligations o WHERE o.id = d.obligation) {FROM} WHERE {condition} AND d.digest IS NOT NULL ORDER BY d.id DESC LIMIT ?2"
    );
    tx.all(&sql, params, |row| Ok(DocumentLine { id: row.get(0)?, kind: row.get(1)?, code: row.get(2)?, issued_at: row.get(3)?, standing: standing_of(&row, 4)?, year: row.get(8)? }))
}

fn shown(tx: &Tx<'_>, condition: &str, params: &[crate::store::Param<'_>]) -> Result<Option<DocumentShown>> {
    let sql = format!("SELECT d.id, d.kind, d.code, d.issued_at, d.digest, d.entry, {STANDING}, t.body {FROM} LEFT JOIN entry_texts t ON t.entry = d.entry WHERE {condition}");
    let found = tx.first(&sql, params, |row| {
        let body: Option<String> = row.get(10)?;
        let body = body.map(|text| facts::json(&text)).transpose()?.unwrap_or(Value::Null);
        let entry: i64 = row.get(5)?;
        let standing = standing_of(&row, 6)?;
        Ok((DocumentShown { id: row.get(0)?, kind: row.get(1)?, code: row.get(2)?, issued_at: row.get(3)?, standing, body: body["body"].clone(), digest: row.get(4)?, receipt: None }, entry))
    })?;
    let Some((mut shown, entry)) = found else { return Ok(None) };
    shown.receipt = ledger::receipt(tx, entry)?;
    Ok(Some(shown))
}
