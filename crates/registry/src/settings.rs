//! Settings of an installation: a word each, by name.

use crate::error::Result;
use crate::params;
use crate::registry::Registry;
use crate::store::Tx;

/// A setting.
pub(crate) fn get(tx: &Tx<'_>, name: &str) -> Result<Option<String>> {
    tx.first("SELECT value FROM settings WHERE name = ?1", params![name], |row| row.get(0))
}

/// Keeps a setting.
pub(crate) fn set(tx: &Tx<'_>, name: &str, value: &str) -> Result<()> {
    tx.execute("INSERT INTO settings (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = excluded.value", params![name, value]).map(drop)
}

impl Registry {
    /// A setting of this installation.
    ///
    /// # Errors
    /// What the database refuses.
    pub fn setting(&self, name: &str) -> Result<Option<String>> {
        self.read(|tx| get(tx, name))
    }

    /// Keeps a setting of this installation.
    ///
    /// # Errors
    /// What the database refuses.
    pub fn set_setting(&self, name: &str, value: &str) -> Result<()> {
        let (name, value) = (name.to_owned(), value.to_owned());
        self.write(move |tx| set(tx, &name, &value))
    }

    /// Takes a setting back.
    ///
    /// # Errors
    /// What the database refuses.
    pub fn forget_setting(&self, name: &str) -> Result<()> {
        let name = name.to_owned();
        self.write(move |tx| tx.execute("DELETE FROM settings WHERE name = ?1", params![&name]).map(drop))
    }
}
