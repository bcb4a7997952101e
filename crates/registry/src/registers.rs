//! Public registers (公开名册) of platforms, topics, bases and providers, by year and place.
//!
//! What a policy file lists stands here as that file says it; officers add what a notice of their own area names, and close it again.
//! Who may register at once what he delivers is asked here too ([`vouches`]).

use crate::access::{self, Action, Actor, Thing};
use crate::error::{Error, Result};
use crate::params;
use crate::registry::Registry;
use crate::store::{Row, Tx};
use jiff::civil::Date;
use std::collections::HashMap;
use xueshi_policy::REGISTERS;

/// Where a policy file gives no first day.
const ALWAYS: &str = "0001-01-01";
/// The area of somebody who keeps no registers: no row has it.
const NO_AREA: i64 = -1;
/// Where it holds, for the nation.
const NATION: &str = "*";

/// An entry of a register.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegisterLine {
    /// Its id.
    pub id: i64,
    /// Which register: one of [`REGISTERS`].
    pub register: String,
    /// What records name it by.
    pub code: String,
    /// What it is called in Chinese.
    pub name_zh: String,
    /// In English.
    pub name_en: String,
    /// Where it holds: the beginning of the GB/T 2260 code, `*` for the nation.
    pub place: String,
    /// The policy file that lists it.
    pub policy: Option<String>,
    /// The clauses of the file, separated by `、`; or the document an officer named.
    pub basis: String,
    /// The organisation that it is, where it is known here.
    pub organisation: Option<String>,
    /// First and last day, `YYYY-MM-DD`; nothing where there is none.
    pub days: (Option<String>, Option<String>),
    /// Why it was closed.
    pub closed_for: String,
    /// Whether the actor may close it.
    pub open_to_me: bool,
}

/// A page of registers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegisterPage {
    /// The entries, register by register.
    pub lines: Vec<RegisterLine>,
    /// The last entry, where there are more: register and id.
    pub next: Option<(String, i64)>,
}

/// What an officer adds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewEntry {
    /// Which register.
    pub register: String,
    /// What records name it by; the name where it is empty.
    pub code: String,
    /// What it is called.
    pub name: String,
    /// The unified social credit code of the organisation that it is, where it is registered here.
    pub organisation: String,
    /// The document it rests on.
    pub basis: String,
    /// First day, `YYYY-MM-DD`.
    pub from: String,
    /// Last day; empty for none.
    pub to: String,
}

impl Registry {
    /// Brings the entries of policy files up to date. One that its file no longer lists ends today.
    pub(crate) fn keep_registers(&self) -> Result<()> {
        let (engine, now, today) = (std::sync::Arc::clone(&self.engine), self.now(), self.clock.today().to_string());
        self.write(move |tx| {
            type Kept = (i64, String, String, Option<String>);
            let mut known: HashMap<(String, String, String), Kept> = HashMap::new();
            tx.each("SELECT policy, list, code, id, name_zh, valid_from, valid_to FROM register_entries WHERE policy IS NOT NULL", params![], |row| {
                known.insert((row.get(0)?, row.get(1)?, row.get(2)?), (row.get(3)?, row.get(4)?, row.get(5)?, row.get(6)?));
                Ok(())
            })?;
            for file in engine.library().files() {
                for entry in file.registers() {
                    let from = entry.days.0.map_or_else(|| ALWAYS.to_owned(), |day| day.to_string());
                    let to = entry.days.1.map(|day| day.to_string());
                    let (zh, en) = (entry.title.zh.clone(), entry.title.get(xueshi_policy::Lang::En).to_owned());
                    match known.remove(&(file.id().to_owned(), entry.list.to_owned(), entry.id.to_owned())) {
                        Some((_, name, was_from, was_to)) if (&name, &was_from, &was_to) == (&zh, &from, &to) => {}
                        Some((id, ..)) => {
                            tx.execute("UPDATE register_entries SET name_zh = ?2, name_en = ?3, valid_from = ?4, valid_to = ?5, register = ?6 WHERE id = ?1", params![id, &zh, &en, &from, to.as_deref(), entry.register])?;
                        }
                        None => {
                            tx.execute(
                                "INSERT INTO register_entries (register, code, name_zh, name_en, place, policy, list, basis, valid_from, valid_to, added_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
                                params![entry.register, entry.id, &zh, &en, file.place(), file.id(), entry.list, &entry.cite.join("、"), &from, to.as_deref(), now],
                            )?;
                        }
                    }
                }
            }
            for (id, _, from, to) in known.into_values() {
                if to.is_none_or(|to| to > today) && from <= today {
                    tx.execute("UPDATE register_entries SET valid_to = ?2 WHERE id = ?1", params![id, &today])?;
                }
            }
            Ok(())
        })
    }

    /// The registers of a place (a GB/T 2260 code) in a year, those of the places around it included. Open to everybody; `actor` only
    /// says what may be closed. `register` narrows it to one, empty for all.
    ///
    /// # Errors
    /// What the database refuses.
    pub fn registers(&self, actor: Option<&Actor>, (region, year): (&str, i64), register: &str, after: Option<(String, i64)>, limit: i64) -> Result<RegisterPage> {
        let (first, last) = (format!("{year:04}-01-01"), format!("{year:04}-12-31"));
        let around = around(region);
        let (after_register, after_id) = after.unwrap_or_default();
        self.read(|tx| {
            let mine = actor.filter(|actor| actor.may_ever(Action::Register)).and_then(|actor| actor.held.jurisdiction);
            let sql = format!(
                "{LISTED} WHERE e.place IN (?2, ?3, ?4, ?5) AND e.valid_from <= ?7 AND (e.valid_to IS NULL OR e.valid_to >= ?6) AND (?8 = '' OR e.register = ?8)
                   AND (e.register > ?9 OR (e.register = ?9 AND e.id > ?10)) ORDER BY e.register, e.id LIMIT ?11"
            );
            let area = mine.unwrap_or(NO_AREA);
            let lines = tx.all(&sql, params![area, &around[0], &around[1], &around[2], &around[3], &first, &last, register, &after_register, after_id, limit], listed)?;
            let full = i64::try_from(lines.len()).is_ok_and(|count| count == limit);
            let next = lines.last().filter(|_| full).map(|line| (line.register.clone(), line.id));
            Ok(RegisterPage { lines, next })
        })
    }

    /// An entry. Open to everybody.
    ///
    /// # Errors
    /// If there is none.
    pub fn register_entry(&self, entry: i64) -> Result<RegisterLine> {
        self.read(|tx| tx.first(&format!("{LISTED} WHERE e.id = ?2"), params![NO_AREA, entry], listed))?.ok_or_else(no_entry)
    }

    /// Adds an entry for the actor's area.
    ///
    /// # Errors
    /// If the actor keeps no registers, or something is missing or wrong.
    pub fn add_register_entry(&self, actor: &Actor, new: &NewEntry) -> Result<i64> {
        let (actor, new, now) = (actor.clone(), new.clone(), self.now());
        let name = new.name.trim().to_owned();
        let (from, to) = check_entry(&new)?;
        self.write(move |tx| {
            let jurisdiction = actor.held.jurisdiction.ok_or_else(Error::not_allowed)?;
            actor.must(Action::Register, &of_entry(tx, &actor, jurisdiction)?)?;
            let region = tx.first("SELECT region FROM jurisdictions WHERE id = ?1", params![jurisdiction], |row| row.get::<String>(0))?.unwrap_or_default();
            let organisation = match new.organisation.trim() {
                "" => None,
                code => Some(tx.first("SELECT id FROM organisations WHERE code = ?1", params![code], |row| row.get::<i64>(0))?.ok_or_else(|| {
                    Error::invalid(
                        "organisation",
                        "没有登记这个统一社会信用代码的单位。请核对，或留空。",
                        "No organisation of this unified social credit code is registered. Compare it, or leave it empty.",
                    )
                })?),
            };
            let code = Some(new.code.trim()).filter(|code| !code.is_empty()).unwrap_or(&name);
            let place = own_place(&region);
            let doubled = tx.number(
                "SELECT COUNT(*) FROM register_entries WHERE register = ?1 AND code = ?2 AND place = ?3 AND (valid_to IS NULL OR valid_to >= ?4)",
                params![&new.register, code, place, &from],
            )?;
            if doubled > 0 && organisation.is_none() {
                return Err(Error::refused(crate::Why::Duplicate, "这一册里已有同名条目。", "The register has an entry of this name already."));
            }
            tx.number(
                "INSERT INTO register_entries (register, code, name_zh, name_en, place, jurisdiction, organisation, basis, valid_from, valid_to, added_by, added_at)
                 VALUES (?1, ?2, ?3, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11) RETURNING id",
                params![&new.register, code, &name, place, jurisdiction, organisation, new.basis.trim(), &from, to.as_deref(), actor.account, now],
            )
        })
    }

    /// Closes an entry that an officer added: it holds until the day given, which stays on record with the reason.
    ///
    /// # Errors
    /// If it is of a policy file, closed already, or not of the actor's area.
    pub fn close_register_entry(&self, actor: &Actor, entry: i64, until: &str, reason: &str) -> Result<()> {
        let until = day("until", until)?;
        let reason = reason.trim().to_owned();
        if reason.chars().count() < 2 {
            return Err(Error::invalid("reason", "请写明停用的理由，公开可见。", "State why it is closed; everybody will see it."));
        }
        let (actor, now) = (actor.clone(), self.now());
        self.write(move |tx| {
            let found = tx.first("SELECT jurisdiction, valid_from, closed_at FROM register_entries WHERE id = ?1 AND policy IS NULL", params![entry], |row| {
                Ok((row.get::<i64>(0)?, row.get::<String>(1)?, row.get::<Option<i64>>(2)?))
            })?;
            let (jurisdiction, from, closed) = found.ok_or_else(no_entry)?;
            actor.must(Action::Register, &of_entry(tx, &actor, jurisdiction)?)?;
            if closed.is_some() {
                return Err(Error::wrong_state());
            }
            if until < from {
                return Err(wrong_day("until"));
            }
            tx.execute("UPDATE register_entries SET valid_to = ?2, closed_by = ?3, closed_at = ?4, closed_for = ?5 WHERE id = ?1", params![entry, &until, actor.account, now, &reason]).map(drop)
        })
    }
}

/// Entries; `?1` is the area whose keeper may close them.
const LISTED: &str = "SELECT e.id, e.register, e.code, e.name_zh, e.name_en, e.place, e.policy, e.basis, o.name, e.valid_from, e.valid_to, e.closed_for,
    CASE WHEN e.policy IS NULL AND e.closed_at IS NULL AND EXISTS (SELECT 1 FROM jurisdiction_within w WHERE w.inner_id = e.jurisdiction AND w.outer_id = ?1) THEN 1 ELSE 0 END
    FROM register_entries e LEFT JOIN organisations o ON o.id = e.organisation";

fn listed(row: Row<'_>) -> Result<RegisterLine> {
    let from: String = row.get(9)?;
    Ok(RegisterLine {
        id: row.get(0)?,
        register: row.get(1)?,
        code: row.get(2)?,
        name_zh: row.get(3)?,
        name_en: row.get(4)?,
        place: row.get(5)?,
        policy: row.get(6)?,
        basis: row.get(7)?,
        organisation: row.get(8)?,
        days: (Some(from).filter(|from| from != ALWAYS), row.get(10)?),
        closed_for: row.get(11)?,
        open_to_me: row.flag(12)?,
    })
}

fn no_entry() -> Error {
    Error::not_found("条目", "entry")
}

/// An entry as access sees it: of an area, and of the sector of whoever keeps it.
fn of_entry(tx: &Tx<'_>, actor: &Actor, jurisdiction: i64) -> Result<Thing> {
    Ok(Thing { person: access::NOBODY, organisation: access::NOBODY, jurisdictions: access::within(tx, jurisdiction)?, sector: actor.held.sector, ..Thing::default() })
}

/// What is wrong with an entry, or its first and last day.
fn check_entry(new: &NewEntry) -> Result<(String, Option<String>)> {
    if !REGISTERS.contains(&new.register.as_str()) {
        return Err(Error::invalid("register", "请选择名册。", "Choose a register."));
    }
    if !(1..=100).contains(&new.name.trim().chars().count()) {
        return Err(Error::invalid("name", "请填名称，100 字以内。", "A name of at most 100 characters is needed."));
    }
    if !(2..=100).contains(&new.basis.trim().chars().count()) {
        return Err(Error::invalid("basis", "请填依据的文件，如文号，100 字以内。", "Name the document it rests on, such as its number, in at most 100 characters."));
    }
    let from = day("from", &new.from)?;
    let to = Some(new.to.as_str()).filter(|to| !to.trim().is_empty()).map(|to| day("to", to)).transpose()?;
    if to.as_ref().is_some_and(|to| *to < from) { Err(wrong_day("to")) } else { Ok((from, to)) }
}

/// A day as it is kept and compared: `YYYY-MM-DD`.
fn day(field: &'static str, text: &str) -> Result<String> {
    let text = text.trim();
    let day: Option<Date> = text.parse().ok().filter(|_| text.len() == 10);
    day.map(|day| day.to_string()).ok_or_else(|| wrong_day(field))
}

fn wrong_day(field: &'static str) -> Error {
    Error::invalid(field, "日期写作年-月-日，如2026-01-01；结束不早于开始。", "A date is written year-month-day, such as 2026-01-01; the end is not before the beginning.")
}

/// The beginnings of a code that lie around it, the nation's first: `*`, `51`, `5101`, `510100`.
fn around(region: &str) -> [String; 4] {
    let part = |digits: usize| region.get(..digits).unwrap_or(region).to_owned();
    [NATION.to_owned(), part(2), part(4), part(6)]
}

/// The beginning of a code that says where its own entries hold: `5101` of `510100`.
fn own_place(region: &str) -> &str {
    let own = region.strip_suffix("00").map_or(region, |own| own.strip_suffix("00").unwrap_or(own));
    if own == "10" { NATION } else { own }
}

/// Whether a register of a place names a provider on a day: as the platform that a completion states, else as a base, provider or platform.
///
/// No text says so: where a stage of review may be the provider's, the installation asks that the provider stands in a register of that
/// day. The others of that stage decide what comes from one who does not.
pub(crate) fn vouches(tx: &Tx<'_>, provider: i64, region: &str, day: &str, platform: &str) -> Result<bool> {
    let around = around(region);
    let found = tx.number(
        "SELECT COUNT(*) FROM register_entries e WHERE e.place IN (?1, ?2, ?3, ?4) AND e.valid_from <= ?5 AND (e.valid_to IS NULL OR e.valid_to >= ?5) AND e.register <> 'topic'
           AND (?6 = '' OR e.code = ?6 OR e.name_zh = ?6)
           AND (e.organisation = ?7 OR (e.organisation IS NULL AND EXISTS (SELECT 1 FROM organisation_names n WHERE n.organisation = ?7 AND (n.name = e.name_zh OR n.name = e.code))))",
        params![&around[0], &around[1], &around[2], &around[3], day, platform, provider],
    )?;
    Ok(found > 0)
}
