//! Keys are changed while the system serves: what another key sealed is opened and sealed anew with the current one, a few at a time.
//!
//! Reads go on throughout, since every value names its key and the file keeps the old one until it is dropped.

use crate::error::{Error, Result};
use crate::evidence::Resealed;
use crate::params;
use crate::registry::Registry;
use crate::store::Tx;
use std::collections::BTreeMap;

/// A column of sealed values.
struct Sealed {
    table: &'static str,
    value: &'static str,
    /// The column with the id of the key.
    key: &'static str,
    /// What it is bound to, as an expression over its row.
    about: &'static str,
}

/// Every column of sealed values. A test holds this list against the tables.
const SEALED: &[Sealed] = &[
    Sealed { table: "person_identifiers", value: "sealed", key: "key_id", about: "kind || '/' || CAST(person AS TEXT)" },
    Sealed { table: "matters", value: "sealed", key: "key_id", about: "'change/' || CAST((SELECT c.person FROM cases c WHERE c.id = matters.case_id) AS TEXT)" },
    Sealed { table: "accounts", value: "totp", key: "totp_key", about: "'totp/' || CAST(id AS TEXT)" },
    Sealed { table: "import_rows", value: "sealed", key: "key_id", about: "'import/' || CAST(import AS TEXT) || '/' || CAST(row AS TEXT)" },
    Sealed { table: "completions", value: "sealed", key: "key_id", about: "'completion/' || CAST(provider AS TEXT) || '/' || own_id" },
];

/// Values sealed anew in one transaction.
const BATCH: i64 = 200;

impl Registry {
    /// Seals anew, with the current key, what others sealed; `progress` is told how many so far. Says how many there were.
    ///
    /// Broken off, it goes on where it stood. Servers that have not yet taken in the new key may meanwhile seal with the old one: call it
    /// until it finds nothing.
    ///
    /// # Errors
    /// If a value can not be opened, or the database or a file not be written.
    pub fn reseal(&self, mut progress: impl FnMut(u64)) -> Result<u64> {
        let mut done = 0;
        for of in SEALED {
            loop {
                let keys = self.keys.clone();
                let some = self.write(move |tx| reseal_some(tx, &keys, of))?;
                done += some;
                progress(done);
                if some == 0 {
                    break;
                }
            }
        }
        for name in self.evidence.names()? {
            if self.evidence.reseal(&self.keys, &name)? == Resealed::Yes {
                done += 1;
                progress(done);
            }
        }
        Ok(done)
    }

    /// How many values and files each key sealed, by its id.
    ///
    /// # Errors
    /// What the database refuses, or a file that can not be read.
    pub fn sealed_with(&self) -> Result<BTreeMap<String, u64>> {
        let mut counts: BTreeMap<String, u64> = BTreeMap::new();
        self.read(|tx| {
            for Sealed { table, value, key, .. } in SEALED {
                tx.each(&format!("SELECT {key}, COUNT(*) FROM {table} WHERE {value} IS NOT NULL GROUP BY {key}"), params![], |row| {
                    *counts.entry(row.get(0)?).or_default() += row.get::<i64>(1)?.unsigned_abs();
                    Ok(())
                })?;
            }
            Ok(())
        })?;
        for name in self.evidence.names()? {
            if let Some(key) = self.evidence.key_of(&name)? {
                *counts.entry(key).or_default() += 1;
            }
        }
        Ok(counts)
    }

    /// Takes in keys that were added to the file since; says whether there were any.
    ///
    /// # Errors
    /// If the file can not be read; the keys stay as they were then.
    pub fn refresh_keys(&self) -> Result<bool> {
        self.keys.refresh()
    }
}

fn reseal_some(tx: &Tx<'_>, keys: &crate::keys::Keys, of: &Sealed) -> Result<u64> {
    let Sealed { table, value, key, about } = of;
    let current = keys.ids().into_iter().next().unwrap_or_default();
    let some = tx.all(&format!("SELECT id, {value}, {key}, {about} FROM {table} WHERE {value} IS NOT NULL AND {key} <> ?1 ORDER BY id LIMIT ?2"), params![&current, BATCH], |row| {
        Ok((row.get::<i64>(0)?, row.get::<Vec<u8>>(1)?, row.get::<String>(2)?, row.get::<String>(3)?))
    })?;
    for (id, sealed, by, about) in &some {
        let (now_by, now) = keys.seal(&keys.open(by, sealed, about)?, about)?;
        tx.execute(&format!("UPDATE {table} SET {value} = ?2, {key} = ?3 WHERE id = ?1"), params![*id, &now, &now_by])?;
    }
    u64::try_from(some.len()).map_err(Error::fault)
}

/// The tables and columns of sealed values, for the test that holds them against the database's.
pub fn sealed_columns() -> Vec<(&'static str, &'static str)> {
    SEALED.iter().map(|of| (of.table, of.key)).collect()
}
