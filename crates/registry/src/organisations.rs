//! Employers, providers, authorities and agencies.

use crate::error::{Error, Result, Why};
use crate::identity::is_credit_code;
use crate::params;
use crate::store::Tx;
use std::collections::BTreeMap;

/// A new organisation.
#[derive(Clone, Debug)]
pub struct NewOrganisation<'a> {
    /// The unified social credit code (统一社会信用代码), where it has one.
    pub code: Option<&'a str>,
    /// `employer`, `provider`, `sector-authority`, `personnel-authority`, `title-office` or `file-agency`.
    pub kind: &'a str,
    /// Its name.
    pub name: &'a str,
    /// Where it lies.
    pub jurisdiction: i64,
    /// Its sector.
    pub sector: Option<i64>,
    /// Columns of persons that follow from the employer, such as its kind.
    pub facts: BTreeMap<String, String>,
    /// Since when, `YYYY-MM-DD`.
    pub valid_from: &'a str,
}

/// Adds an organisation.
///
/// # Errors
/// If its code is none after GB 32100, or is taken.
pub fn add(tx: &Tx<'_>, new: &NewOrganisation<'_>) -> Result<i64> {
    if let Some(code) = new.code {
        if !is_credit_code(code) {
            return Err(Error::invalid(
                "code",
                format!("“{code}”不是统一社会信用代码：应为18位，末位为校验码。请对照营业执照。"),
                format!("“{code}” is no unified social credit code: it has 18 characters, the last one a check. Compare it with the licence."),
            ));
        }
        if tx.number("SELECT COUNT(*) FROM organisations WHERE code = ?1", params![code])? > 0 {
            return Err(Error::refused(Why::Duplicate, format!("代码 {code} 的单位已登记。"), format!("The organisation {code} is registered already.")));
        }
    }
    let facts = crate::facts::to_json(&new.facts);
    let id = tx.number(
        "INSERT INTO organisations (code, kind, name, jurisdiction, sector, facts, valid_from) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) RETURNING id",
        params![new.code, new.kind, new.name, new.jurisdiction, new.sector, &facts, new.valid_from],
    )?;
    tx.execute("INSERT INTO organisation_names (organisation, name, valid_from) VALUES (?1, ?2, ?3)", params![id, new.name, new.valid_from])?;
    Ok(id)
}

/// The organisation of a kind (of any, where empty) by its unified social credit code, or by its exact name.
///
/// # Errors
/// If there is none, or the name is that of several.
pub fn find(tx: &Tx<'_>, text: &str, kind: &str) -> Result<i64> {
    let text = text.trim();
    let all =
        tx.all("SELECT id FROM organisations WHERE (?2 = '' OR kind = ?2) AND valid_to IS NULL AND (code = ?1 OR name = ?1) ORDER BY id LIMIT 2", params![text, kind], |row| row.get::<i64>(0))?;
    match all.as_slice() {
        [one] => Ok(*one),
        [] => Err(Error::invalid(
            "to",
            format!("没有登记“{text}”。请填全称，或18位统一社会信用代码。"),
            format!("“{text}” is not registered. Write the full name, or the unified social credit code of 18 characters."),
        )),
        _ => Err(Error::invalid("to", "同名的不止一个。请填18位统一社会信用代码。", "Several have this name. Write the unified social credit code of 18 characters.")),
    }
}
