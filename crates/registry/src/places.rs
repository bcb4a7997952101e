//! Jurisdictions and sectors: the trees that policies, officers' reach and statistics hang on.

use crate::error::{Error, Result};
use crate::params;
use crate::store::Tx;

/// A jurisdiction (行政区划).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Jurisdiction {
    /// Its id.
    pub id: i64,
    /// The one above it.
    pub parent: Option<i64>,
    /// What policies ask for: the GB/T 2260 code, or a code of the same make where it has none.
    pub region: String,
    /// Its name in Chinese.
    pub name_zh: String,
    /// Its name in English.
    pub name_en: String,
}

/// A new jurisdiction.
#[derive(Clone, Copy, Debug)]
pub struct NewJurisdiction<'a> {
    /// The one above it.
    pub parent: Option<i64>,
    /// What policies ask for.
    pub region: &'a str,
    /// `nation`, `province`, `city`, `district`, or `area` for one without a county code of its own.
    pub level: &'a str,
    /// Its name in Chinese.
    pub name_zh: &'a str,
    /// Its name in English.
    pub name_en: &'a str,
    /// Since when it exists, `YYYY-MM-DD`.
    pub valid_from: &'a str,
}

/// Adds a jurisdiction below its parent.
///
/// # Errors
/// What the database refuses.
pub fn add_jurisdiction(tx: &Tx<'_>, new: &NewJurisdiction<'_>) -> Result<i64> {
    let id = tx.number(
        "INSERT INTO jurisdictions (parent, region, level, name_zh, name_en, valid_from) VALUES (?1, ?2, ?3, ?4, ?5, ?6) RETURNING id",
        params![new.parent, new.region, new.level, new.name_zh, new.name_en, new.valid_from],
    )?;
    tx.execute("INSERT INTO jurisdiction_within (inner_id, outer_id) VALUES (?1, ?1)", params![id])?;
    if let Some(parent) = new.parent {
        tx.execute("INSERT INTO jurisdiction_within (inner_id, outer_id) SELECT ?1, outer_id FROM jurisdiction_within WHERE inner_id = ?2", params![id, parent])?;
    }
    Ok(id)
}

/// The jurisdictions below one, or the top ones.
///
/// # Errors
/// What the database refuses.
pub fn jurisdictions(tx: &Tx<'_>, parent: Option<i64>) -> Result<Vec<Jurisdiction>> {
    tx.all("SELECT id, parent, region, name_zh, name_en FROM jurisdictions WHERE COALESCE(parent, -1) = ?1 ORDER BY region", params![parent.unwrap_or(-1)], |row| {
        Ok(Jurisdiction { id: row.get(0)?, parent: row.get(1)?, region: row.get(2)?, name_zh: row.get(3)?, name_en: row.get(4)? })
    })
}

/// One jurisdiction.
///
/// # Errors
/// If there is none of this id.
pub fn jurisdiction(tx: &Tx<'_>, id: i64) -> Result<Jurisdiction> {
    tx.first("SELECT id, parent, region, name_zh, name_en FROM jurisdictions WHERE id = ?1", params![id], |row| {
        Ok(Jurisdiction { id: row.get(0)?, parent: row.get(1)?, region: row.get(2)?, name_zh: row.get(3)?, name_en: row.get(4)? })
    })?
    .ok_or_else(|| Error::not_found("行政区划", "jurisdiction"))
}

/// Adds a sector (行业).
///
/// # Errors
/// What the database refuses.
pub fn add_sector(tx: &Tx<'_>, parent: Option<i64>, code: &str, name_zh: &str, name_en: &str) -> Result<i64> {
    tx.number("INSERT INTO sectors (parent, code, name_zh, name_en) VALUES (?1, ?2, ?3, ?4) RETURNING id", params![parent, code, name_zh, name_en])
}
