//! The files that rows name: proofs, papers of matters, printed documents. [`TABLES`] lists where; each lies encrypted in [`crate::evidence`].

use crate::access::Actor;
use crate::cases;
use crate::error::{Error, Result};
use crate::params;
use crate::registry::Registry;
use crate::store::{Param, Tx, placeholders};
use std::collections::HashSet;

/// Tables that name files by their `digest`.
const TABLES: [&str; 3] = ["evidence", "documents", "papers"];

/// Those of some files that a row names.
pub(crate) fn used(tx: &Tx<'_>, digests: &[String]) -> Result<HashSet<String>> {
    let mut used = HashSet::new();
    let these = placeholders(digests.len(), 0);
    let values: Vec<Param<'_>> = digests.iter().map(Param::from).collect();
    for table in TABLES {
        tx.each(&format!("SELECT DISTINCT digest FROM {table} WHERE digest IN ({these})"), &values, |row| {
            used.insert(row.get(0)?);
            Ok(())
        })?;
    }
    Ok(used)
}

/// The files that were named last, `most` of each table.
pub(crate) fn newest(tx: &Tx<'_>, most: i64) -> Result<Vec<String>> {
    let mut newest = Vec::new();
    for table in TABLES {
        newest.extend(tx.all(&format!("SELECT digest FROM {table} WHERE digest IS NOT NULL ORDER BY id DESC LIMIT ?1"), params![most], |row| row.get::<String>(0))?);
    }
    Ok(newest)
}

impl Registry {
    /// Looks at every file that a row names: it is there, opens with our keys and holds what was hashed. Says which are not; `progress` is told done and all.
    ///
    /// # Errors
    /// What the database refuses.
    pub fn check_evidence(&self, mut progress: impl FnMut(i64, i64)) -> Result<Vec<String>> {
        const PAGE: i64 = 500;
        let named = TABLES.map(|table| format!("SELECT digest FROM {table} WHERE digest > ?1")).join(" UNION ");
        let (mut after, mut done, mut broken) = (String::new(), 0, Vec::new());
        let all = self.read(|tx| tx.number(&format!("SELECT COUNT(*) FROM ({named}) AS named"), params![&after]))?;
        loop {
            let page: Vec<String> = self.read(|tx| tx.all(&format!("SELECT digest FROM ({named}) AS named ORDER BY digest LIMIT ?2"), params![&after, PAGE], |row| row.get(0)))?;
            let Some(last) = page.last() else { return Ok(broken) };
            after.clone_from(last);
            for digest in &page {
                if let Err(why) = self.evidence.read(&self.keys, digest) {
                    broken.push(format!("{digest}: {why}"));
                }
                done += 1;
                progress(done, all);
            }
        }
    }

    /// A proof's file: its name, media type and bytes.
    ///
    /// # Errors
    /// If the actor may not see the record it belongs to.
    pub fn proof(&self, actor: &Actor, evidence: i64) -> Result<(String, String, Vec<u8>)> {
        self.file_of(actor, "SELECT c.id, f.name, f.media, f.digest FROM evidence f JOIN cases c ON c.record = f.record WHERE f.id = ?1", evidence)
    }

    /// The file of a paper of a matter: its name, media type and bytes.
    ///
    /// # Errors
    /// If the actor may not see the matter it belongs to.
    pub fn paper(&self, actor: &Actor, paper: i64) -> Result<(String, String, Vec<u8>)> {
        self.file_of(actor, "SELECT f.case_id, f.name, f.media, f.digest FROM papers f WHERE f.id = ?1", paper)
    }

    /// The file of the row that `sql` finds: its case, name, media type and digest.
    fn file_of(&self, actor: &Actor, sql: &str, id: i64) -> Result<(String, String, Vec<u8>)> {
        let (name, media, digest) = self.read(|tx| {
            let found = tx.first(sql, params![id], |row| Ok((row.get::<i64>(0)?, row.get::<String>(1)?, row.get::<String>(2)?, row.get::<String>(3)?)))?;
            let (case, name, media, digest) = found.ok_or_else(|| Error::not_found("证明材料", "proof"))?;
            cases::seen(tx, actor, case)?;
            Ok((name, media, digest))
        })?;
        Ok((name, media, self.evidence.read(&self.keys, &digest)?))
    }
}
