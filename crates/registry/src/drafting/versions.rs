//! What was published, and what is in force on a day.

use super::Draft;
use crate::error::{Error, Result};
use crate::ledger::{self, NewEntry};
use crate::params;
use crate::registry::Registry;
use crate::store::Tx;
use serde_json::json;
use xueshi_policy::{Library, PolicyFile};

/// Publishes the text of a hash from a day on; nothing for the program's own text.
pub(super) fn publish(tx: &Tx<'_>, draft: &Draft, sha256: Option<&str>, from: &str, now: i64) -> Result<()> {
    if sha256 == Some(draft.sha256.as_str()) {
        tx.execute(
            "INSERT INTO policy_texts (sha256, policy, text, engine, seen_at) VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (sha256) DO NOTHING",
            params![&draft.sha256, &draft.policy, &draft.text, env!("CARGO_PKG_VERSION"), now],
        )?;
    }
    // In the ledger too: which text held when is beyond anybody's quiet change.
    let body = json!({ "policy": draft.policy, "sha256": sha256, "from": from, "draft": draft.id, "engine": env!("CARGO_PKG_VERSION") });
    ledger::enter(tx, &NewEntry { kind: "policy-published", person: None, record: None, obligation: None, body: &body }, now)?;
    tx.execute(
        "INSERT INTO policy_versions (policy, sha256, active_from, published_at, engine, draft) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        params![&draft.policy, sha256, from, now, env!("CARGO_PKG_VERSION"), draft.id],
    )
    .map(drop)
}

impl Registry {
    /// A word that changes whenever other policies are in force; servers look at it to know when to read them anew.
    ///
    /// # Errors
    /// What the database refuses.
    pub(crate) fn policies_mark(&self) -> Result<i64> {
        let today = self.clock.today().to_string();
        self.read(|tx| tx.first("SELECT MAX(id) FROM policy_versions WHERE active_from <= ?1", params![&today], |row| row.get::<Option<i64>>(0))).map(|found| found.flatten().unwrap_or(0))
    }

    /// The policies in force today: those of the program, with what was published here in their place.
    ///
    /// # Errors
    /// If a published text can not be read, which was checked when it was published.
    pub(crate) fn policies_in_force(&self, own: &Library) -> Result<Library> {
        let today = self.clock.today().to_string();
        let published = self.read(|tx| {
            tx.all(
                "SELECT v.policy, t.text FROM policy_versions v JOIN policy_texts t ON t.sha256 = v.sha256
                 WHERE v.active_from <= ?1 AND v.id = (SELECT MAX(x.id) FROM policy_versions x WHERE x.policy = v.policy AND x.active_from <= ?1)",
                params![&today],
                |row| Ok((row.get::<String>(0)?, row.get::<String>(1)?)),
            )
        })?;
        let mut library = own.clone();
        for (policy, text) in published {
            library.add(PolicyFile::parse(&policy, &text).0.ok_or_else(|| Error::fault(format!("the published text of {policy} can not be read")))?);
        }
        Ok(library)
    }
}
