//! Spot checks (抽查) of verified years: a sample that anyone can draw again, and what was found.
//!
//! Each verified case of the year within the actor's reach is ranked by the SHA-256 of `seed/case`; those of the lowest ranks are drawn.
//! Seed, size, and the hash of the list of all cases stand in the ledger before anything is looked at.

use crate::access::{self, Action, Actor, SPOT_CHECKS};
use crate::cases;
use crate::error::{Error, Result};
use crate::evidence::digest;
use crate::keys::random;
use crate::ledger::{self, NewEntry};
use crate::params;
use crate::registry::Registry;
use crate::store::Tx;
use crate::verification;
use serde_json::json;
use sha2::{Digest as _, Sha256};
use std::collections::BinaryHeap;
use std::sync::Arc;

/// A sample at most.
const SIZE_MAX: i64 = 1000;

/// What is to be drawn.
#[derive(Clone, Debug, Default)]
pub struct NewSpotCheck {
    /// The year.
    pub year: i64,
    /// How many cases.
    pub size: i64,
    /// A seed that was drawn in front of others, such as by lot; empty for one of this machine.
    pub seed: String,
    /// Why, or under which plan.
    pub reason: String,
}

/// A spot check as lists show it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpotCheck {
    /// Its id.
    pub id: i64,
    /// The year.
    pub year: i64,
    /// Why it was drawn.
    pub reason: String,
    /// The seed.
    pub seed: String,
    /// How many were drawn, and out of how many.
    pub drawn: (i64, i64),
    /// SHA-256 of the ids of all cases there were, a line each, rising.
    pub digest: String,
    /// When, in microseconds UTC.
    pub at: i64,
    /// By whom: the sign-in name.
    pub by: String,
    /// How many were found sound, and how many wrong.
    pub found: (i64, i64),
    /// Its entry in the ledger.
    pub entry: i64,
}

/// A case that was drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpotCheckLine {
    /// Its place in the sample, from 1.
    pub place: i64,
    /// The case.
    pub case: i64,
    /// The name.
    pub name: String,
    /// The employer.
    pub employer: String,
    /// The status as determined.
    pub status: String,
    /// Hours that count, in hundredths.
    pub total: i64,
    /// The state of the case.
    pub state: String,
    /// `sound` or `wrong`; nothing while it is not looked at.
    pub finding: Option<String>,
    /// What was written.
    pub note: String,
    /// Whether the actor may say what was found.
    pub open_to_me: bool,
}

/// The cases of the lowest ranks, in their order: by the SHA-256 of `seed/case`.
#[must_use]
pub fn draw(seed: &str, cases: impl IntoIterator<Item = i64>, size: usize) -> Vec<i64> {
    let mut lowest: BinaryHeap<([u8; 32], i64)> = BinaryHeap::new();
    for case in cases {
        let rank: [u8; 32] = Sha256::digest(format!("{seed}/{case}")).into();
        if lowest.len() < size {
            lowest.push((rank, case));
        } else if lowest.peek().is_some_and(|highest| (rank, case) < *highest) {
            lowest.pop();
            lowest.push((rank, case));
        }
    }
    lowest.into_sorted_vec().into_iter().map(|(_, case)| case).collect()
}

impl Registry {
    /// Draws a spot check of a verified year. Gives its id.
    ///
    /// # Errors
    /// If the actor may not inspect, the size is none, or nothing is verified.
    pub fn draw_spot_check(&self, actor: &Actor, new: &NewSpotCheck) -> Result<i64> {
        actor.must_ever(Action::Inspect)?;
        let area = actor.held.jurisdiction.ok_or_else(Error::not_allowed)?;
        if !(1..=SIZE_MAX).contains(&new.size) {
            return Err(Error::invalid("size", format!("抽查人数须在1至{SIZE_MAX}之间。"), format!("A sample has 1 to {SIZE_MAX} people.")));
        }
        if new.reason.trim().chars().count() < 2 {
            return Err(Error::invalid("reason", "请写明抽查的依据或计划。", "State why, or under which plan, the check is made."));
        }
        let seed = match new.seed.trim() {
            "" => random::<16>()?.iter().map(|byte| format!("{byte:02x}")).collect::<String>(),
            seed if seed.chars().count() <= 100 => seed.to_owned(),
            _ => return Err(Error::invalid("seed", "随机种子不超过100个字。", "A seed has 100 characters at most.")),
        };
        let (actor, new, now) = (actor.clone(), new.clone(), self.now());
        self.write(move |tx| {
            let filter = actor.filter(Action::Inspect, access::STUDY, 1);
            let sql = format!("SELECT c.id FROM cases c JOIN obligations o ON o.id = c.obligation WHERE c.flow = 'verification' AND c.open = 0 AND o.year = ?1 AND {} ORDER BY c.id", filter.sql);
            let all: Vec<i64> = tx.all(&sql, &filter.params(params![new.year]), |row| row.get(0))?;
            if all.is_empty() {
                return Err(Error::invalid("year", "这一年度还没有审验完的人员，无从抽查。", "Nobody of this year is verified yet: there is nothing to check."));
            }
            let drawn = draw(&seed, all.iter().copied(), usize::try_from(new.size).map_err(Error::fault)?);
            let lines: String = all.iter().map(|case| format!("{case}\n")).collect();
            let (hash, population) = (digest(lines.as_bytes()), i64::try_from(all.len()).map_err(Error::fault)?);
            let body = json!({
                "year": new.year, "seed": seed, "size": drawn.len(), "population": population, "digest": hash, "reason": new.reason.trim(), "by": actor.account, "cases": drawn,
            });
            let entry = ledger::enter(tx, &NewEntry { kind: "spot-check-drawn", person: None, record: None, obligation: None, body: &body }, now)?;
            let size = i64::try_from(drawn.len()).map_err(Error::fault)?;
            let id = tx.number(
                "INSERT INTO spot_checks (year, jurisdiction, sector, reason, seed, size, population, digest, drawn_by, drawn_at, entry) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11) RETURNING id",
                params![new.year, area, actor.held.sector, new.reason.trim(), &seed, size, population, &hash, actor.account, now, entry],
            )?;
            for (place, case) in (1..).zip(&drawn) {
                tx.execute("INSERT INTO spot_check_cases (spot_check, place, case_id) VALUES (?1, ?2, ?3)", params![id, place, *case])?;
            }
            Ok(id)
        })
    }

    /// The spot checks within the actor's reach, newest first, before an id.
    ///
    /// # Errors
    /// What the database refuses.
    pub fn spot_checks(&self, actor: &Actor, before: Option<i64>, limit: i64) -> Result<Vec<SpotCheck>> {
        let filter = actor.filter(Action::See, SPOT_CHECKS, 2);
        let sql = format!("{LISTED} WHERE k.id < ?1 AND {} ORDER BY k.id DESC LIMIT ?2", filter.sql);
        self.read(|tx| tx.all(&sql, &filter.params(params![before.unwrap_or(i64::MAX), limit]), listed))
    }

    /// A spot check with its cases, a page at a time after a place.
    ///
    /// # Errors
    /// If the actor may not see it.
    pub fn spot_check(&self, actor: &Actor, id: i64, after: i64, limit: i64) -> Result<(SpotCheck, Vec<SpotCheckLine>)> {
        self.read(|tx| {
            let check = seen(tx, actor, id)?;
            let inspecting = actor.filter(Action::Inspect, access::CASES, 3);
            let sql = format!(
                "SELECT s.place, c.id, x.name, e.name, d.status, d.total, c.state, f.finding, COALESCE(f.note, ''), CASE WHEN f.place IS NULL AND {} THEN 1 ELSE 0 END
                 FROM spot_check_cases s JOIN cases c ON c.id = s.case_id JOIN people x ON x.id = c.person JOIN organisations e ON e.id = c.organisation
                 JOIN determinations d ON d.id = (SELECT MAX(y.id) FROM determinations y WHERE y.obligation = c.obligation)
                 LEFT JOIN spot_check_findings f ON f.spot_check = s.spot_check AND f.place = s.place
                 WHERE s.spot_check = ?1 AND s.place > ?2 ORDER BY s.place LIMIT ?3",
                inspecting.sql
            );
            let lines = tx.all(&sql, &inspecting.params(params![id, after, limit]), |row| {
                Ok(SpotCheckLine {
                    place: row.get(0)?,
                    case: row.get(1)?,
                    name: row.get(2)?,
                    employer: row.get(3)?,
                    status: row.get(4)?,
                    total: row.get(5)?,
                    state: row.get(6)?,
                    finding: row.get(7)?,
                    note: row.get(8)?,
                    open_to_me: row.flag(9)?,
                })
            })?;
            Ok((check, lines))
        })
    }

    /// Says what was found of a case that was drawn, once. What is wrong is verified again: its year is reopened with the note as reason.
    ///
    /// # Errors
    /// If the actor may not, it was said already, or something wrong has no note.
    pub fn find_in_spot_check(&self, actor: &Actor, (id, place): (i64, i64), sound: bool, note: &str) -> Result<()> {
        if !sound && note.trim().chars().count() < 2 {
            return Err(Error::invalid("note", "请写明发现的问题，单位和本人会看到。", "Write what is wrong; the employer and the person will see it."));
        }
        let (actor, engine, note, now) = (actor.clone(), Arc::clone(&self.engine), note.trim().to_owned(), self.now());
        self.write(move |tx| {
            seen(tx, &actor, id)?;
            let case = tx.first("SELECT case_id FROM spot_check_cases WHERE spot_check = ?1 AND place = ?2", params![id, place], |row| row.get::<i64>(0))?;
            let case = cases::seen(tx, &actor, case.ok_or_else(|| Error::not_found("抽查对象", "case drawn"))?)?;
            actor.must(Action::Inspect, &case.thing)?;
            if tx.number("SELECT COUNT(*) FROM spot_check_findings WHERE spot_check = ?1 AND place = ?2", params![id, place])? > 0 {
                return Err(Error::wrong_state());
            }
            let finding = if sound { "sound" } else { "wrong" };
            let body = json!({ "spot_check": id, "place": place, "case": case.id, "finding": finding, "note": note, "by": actor.account });
            let entry = ledger::enter(tx, &NewEntry { kind: "spot-check-found", person: Some(case.thing.person), record: None, obligation: case.obligation, body: &body }, now)?;
            tx.execute(
                "INSERT INTO spot_check_findings (spot_check, place, finding, note, account, at, entry) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                params![id, place, finding, &note, actor.account, now, entry],
            )?;
            // Somebody may have reopened it meanwhile.
            if !sound && case.state == "verified" {
                verification::take(tx, &engine, &actor, (case.id, case.version), "reopen", &note, now)?;
            }
            Ok(())
        })
    }
}

const LISTED: &str = "SELECT k.id, k.year, k.reason, k.seed, k.size, k.population, k.digest, k.drawn_at, a.login, k.entry,
    (SELECT COUNT(*) FROM spot_check_findings f WHERE f.spot_check = k.id AND f.finding = 'sound'), (SELECT COUNT(*) FROM spot_check_findings f WHERE f.spot_check = k.id AND f.finding = 'wrong')
    FROM spot_checks k JOIN accounts a ON a.id = k.drawn_by";

fn listed(row: crate::store::Row<'_>) -> Result<SpotCheck> {
    Ok(SpotCheck {
        id: row.get(0)?,
        year: row.get(1)?,
        reason: row.get(2)?,
        seed: row.get(3)?,
        drawn: (row.get(4)?, row.get(5)?),
        digest: row.get(6)?,
        at: row.get(7)?,
        by: row.get(8)?,
        entry: row.get(9)?,
        found: (row.get(10)?, row.get(11)?),
    })
}

/// A spot check that the actor may see; to others there is none.
fn seen(tx: &Tx<'_>, actor: &Actor, id: i64) -> Result<SpotCheck> {
    let filter = actor.filter(Action::See, SPOT_CHECKS, 1);
    let found = tx.first(&format!("{LISTED} WHERE k.id = ?1 AND {}", filter.sql), &filter.params(params![id]), listed)?;
    found.ok_or_else(|| Error::not_found("抽查", "spot check"))
}
