//! Who looked at what, and why. Rows are never changed; the person sees those about himself.

use crate::error::Result;
use crate::params;
use crate::people::same_person;
use crate::store::Tx;

/// Keeps one line. `subject` says what of, `purpose` why; neither holds an identity number.
pub(crate) fn note(tx: &Tx<'_>, now: i64, account: Option<i64>, action: &str, person: Option<i64>, subject: &str, purpose: &str) -> Result<()> {
    tx.execute("INSERT INTO audits (at, account, action, person, subject, purpose) VALUES (?1, ?2, ?3, ?4, ?5, ?6)", params![now, account, action, person, subject, purpose]).map(drop)
}

/// A line of the audit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Its id, for paging.
    pub id: i64,
    /// When, in microseconds UTC.
    pub at: i64,
    /// Who, by sign-in name.
    pub by: Option<String>,
    /// What was done.
    pub action: String,
    /// What of.
    pub subject: String,
    /// Why.
    pub purpose: String,
}

/// The lines about a person, newest first, those before the id `before`.
pub(crate) fn about(tx: &Tx<'_>, person: i64, before: Option<i64>, limit: i64) -> Result<Vec<Line>> {
    tx.all(
        concat!(
            "SELECT u.id, u.at, a.login, u.action, u.subject, u.purpose FROM audits u LEFT JOIN accounts a ON a.id = u.account WHERE ",
            same_person!("u.person", "?1"),
            " AND u.id < ?2 ORDER BY u.id DESC LIMIT ?3"
        ),
        params![person, before.unwrap_or(i64::MAX), limit],
        |row| Ok(Line { id: row.get(0)?, at: row.get(1)?, by: row.get(2)?, action: row.get(3)?, subject: row.get(4)?, purpose: row.get(5)? }),
    )
}
