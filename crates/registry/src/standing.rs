//! How the registry stands, for those who run it: figures without anything about anybody.

use crate::error::Result;
use crate::params;
use crate::registry::Registry;
use crate::store;

/// Figures of the registry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Entries that have their place in the ledger.
    pub placed: i64,
    /// Entries that wait for their place.
    pub waiting: i64,
    /// Since when the oldest of them waits, in microseconds UTC.
    pub waiting_since: Option<i64>,
    /// Sessions that hold.
    pub sessions: i64,
}

impl Registry {
    /// How it stands.
    ///
    /// # Errors
    /// What the database refuses.
    pub fn standing(&self) -> Result<Standing> {
        let now = self.now();
        self.read(|tx| {
            let (waiting, waiting_since) =
                tx.first("SELECT COUNT(*), MIN(e.at) FROM unplaced u JOIN entries e ON e.id = u.entry", params![], |row| Ok((row.get(0)?, row.get(1)?)))?.unwrap_or_default();
            Ok(Standing {
                placed: tx.number("SELECT COALESCE(MAX(size), 0) FROM checkpoints", params![])?,
                waiting,
                waiting_since,
                sessions: tx.number("SELECT COUNT(*) FROM sessions WHERE ends_at > ?1", params![now])?,
            })
        })
    }

    /// Whether this version can use the database as it stands now; a newer version may have changed it since it was opened.
    ///
    /// # Errors
    /// If the database does not answer.
    pub fn schema_fits(&self) -> Result<bool> {
        self.read(store::schema_fits)
    }
}
