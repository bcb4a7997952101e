//! A person's data as the person's own: what is kept is handed out, corrected and erased on request, and removed when its period is over.

mod held;
mod requests;
mod retention;

pub use held::tables;
pub use requests::{DataRequest, RequestKind};
pub use retention::{Kept, Purged};

use crate::access;
use crate::access::{Action, Actor};
use crate::audit;
use crate::error::{Error, Result};
use crate::keys::Keys;
use crate::params;
use crate::people;
use crate::registry::Registry;
use crate::store::Tx;
use held::HELD;
use serde_json::{Map, Value, json};

impl Registry {
    /// Everything that is kept about the one who asks, as data; kept in the audits.
    ///
    /// # Errors
    /// If the actor is not a person in his own role.
    pub fn package(&self, actor: &Actor) -> Result<Value> {
        let person = own(actor)?;
        let (asking, now) = (actor.clone(), self.now());
        self.write(move |tx| {
            asking.must(Action::See, &access::of_person(tx, person)?)?;
            audit::note(tx, now, Some(asking.account), "data-package", Some(person), "", "")
        })?;
        let keys = self.keys.clone();
        self.read(|tx| package(tx, &keys, person))
    }
}

/// The person that somebody is, who acts for himself.
fn own(actor: &Actor) -> Result<i64> {
    actor.person.filter(|_| actor.may_ever(Action::Declare)).ok_or_else(Error::not_allowed)
}

fn package(tx: &Tx<'_>, keys: &Keys, person: i64) -> Result<Value> {
    let mut all = Map::new();
    for held in HELD {
        let rows = tx.all(&format!("SELECT {}", held.select), params![person], |row| {
            let mut object = Map::new();
            for (at, column) in held.columns.iter().enumerate() {
                object.insert((*column).to_owned(), row.get::<Option<String>>(at)?.map_or(Value::Null, Value::from));
            }
            Ok(Value::Object(object))
        })?;
        all.insert(held.name.to_owned(), Value::Array(rows));
    }
    let numbers =
        tx.all("SELECT kind, sealed, key_id FROM person_identifiers WHERE person = ?1 ORDER BY id", params![person], |row| Ok((row.get::<String>(0)?, row.get::<Vec<u8>>(1)?, row.get::<String>(2)?)))?;
    let opened = |(kind, sealed, key): &(String, Vec<u8>, String)| -> Result<Value> {
        let number = String::from_utf8(keys.open(key, sealed, &people::about(kind, person))?).map_err(Error::fault)?;
        Ok(json!({ "kind": kind, "number": number }))
    };
    all.insert("identity_numbers".to_owned(), Value::Array(numbers.iter().map(opened).collect::<Result<_>>()?));
    Ok(Value::Object(all))
}

/// Erases what is kept about a person: names, numbers, facts, titles, reasons, results, proofs, and the texts and salts of the ledger.
/// Commitments and their places stay, so that everybody else's proofs hold. Files go when the retention of unused files comes to them.
fn erase(tx: &Tx<'_>, person: i64, decided: i64, now: i64) -> Result<()> {
    for statement in HELD.iter().flat_map(|held| held.erase) {
        tx.execute(statement, params![person])?;
    }
    tx.execute("UPDATE people SET erased_at = ?2 WHERE id = ?1", params![person, now])?;
    tx.execute(
        "INSERT INTO erasures (entry, at, decided) SELECT e.id, CAST(?2 AS BIGINT), CAST(?3 AS BIGINT) FROM entries e JOIN entry_texts t ON t.entry = e.id WHERE e.person = ?1",
        params![person, now, decided],
    )?;
    tx.execute("DELETE FROM entry_texts WHERE entry IN (SELECT x.entry FROM erasures x JOIN entries e ON e.id = x.entry WHERE e.person = ?1)", params![person]).map(drop)
}
