//! Doubles (重复登记): two registrations of one person are found, merged by two people, and set apart again.
//!
//! Merging is one pointer: rows of the double stay as they are, and reads follow it. Undoing it takes the pointer away, which restores both.

use crate::access::{self, Action, Actor, Columns, POSTS, Thing};
use crate::audit;
use crate::cases::{self, Case, Taking};
use crate::determinations;
use crate::error::{Error, Result, Why};
use crate::facts::Facts;
use crate::flow::{MERGE, Step};
use crate::matters::{self, Asked, Desk, Opening};
use crate::params;
use crate::registry::Registry;
use crate::store::Tx;
use crate::time::day_of;
use serde_json::json;
use std::sync::Arc;

/// Two registrations that may be one person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pair {
    /// The one registered first.
    pub one: Registered,
    /// The other.
    pub other: Registered,
    /// They have an identifier in common; else name and day of birth.
    pub same_identifier: bool,
    /// The case in which merging them was asked for and is open.
    pub case: Option<i64>,
}

/// One of a pair.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registered {
    /// The id.
    pub id: i64,
    /// The name.
    pub name: String,
    /// The day of birth, where it is known.
    pub born: Option<String>,
    /// The employer.
    pub employer: String,
}

/// Columns of `posts q JOIN organisations u`: the second of a pair.
const OTHERS: Columns = Columns { person: "q.person", organisation: "q.organisation", agency: Some("q.agency"), jurisdiction: "u.jurisdiction", sector: "u.sector", ..POSTS };

impl Registry {
    /// Pairs within the actor's reach that may be one person, after a pair.
    ///
    /// # Errors
    /// What the database refuses.
    pub fn possible_doubles(&self, actor: &Actor, after: (i64, i64), limit: i64) -> Result<Vec<Pair>> {
        let first = actor.filter(Action::Keep, POSTS, 3);
        let second = actor.filter(Action::Keep, OTHERS, 3 + first.values.len());
        const LAST: &str = "ORDER BY CASE WHEN t.valid_to IS NULL THEN 0 ELSE 1 END, t.main DESC, t.valid_from DESC, t.id DESC LIMIT 1";
        // What occurs more than once leads, from an index alone; SQLite joins in the order of CROSS JOIN, else it holds everybody against everybody.
        let pairs = |shared: &str, joined: &str, same: &str| {
            format!(
                "SELECT a.id AS one, a.name, a.born, o.name AS at, b.id AS other, b.name AS name2, b.born AS born2, u.name AS at2, {same} AS same,
                        (SELECT c.id FROM cases c JOIN matters m ON m.case_id = c.id WHERE c.flow = 'merge' AND c.open = 1 AND ((c.person = a.id AND m.other = b.id) OR (c.person = b.id AND m.other = a.id))) AS open
                 FROM {shared} CROSS JOIN people a CROSS JOIN people b
                 JOIN posts p ON p.id = (SELECT t.id FROM posts t WHERE t.person = a.id {LAST}) JOIN organisations o ON o.id = p.organisation
                 JOIN posts q ON q.id = (SELECT t.id FROM posts t WHERE t.person = b.id {LAST}) JOIN organisations u ON u.id = q.organisation
                 WHERE {joined} AND b.id > a.id AND a.merged_in IS NULL AND b.merged_in IS NULL AND (a.id > ?1 OR (a.id = ?1 AND b.id > ?2)) AND NOT EXISTS (SELECT 1 FROM people_apart n WHERE n.one = a.id AND n.other = b.id)
                   AND {} AND {}",
                first.sql, second.sql
            )
        };
        let shares = "EXISTS (SELECT 1 FROM person_identifiers i JOIN person_identifiers k ON k.lookup = i.lookup WHERE i.person = a.id AND k.person = b.id)";
        let by_number = pairs(
            "(SELECT lookup FROM person_identifiers GROUP BY lookup HAVING COUNT(*) > 1) s CROSS JOIN person_identifiers i CROSS JOIN person_identifiers k",
            "i.lookup = s.lookup AND k.lookup = s.lookup AND a.id = i.person AND b.id = k.person",
            "1",
        );
        let named = pairs(
            "(SELECT name, born FROM people WHERE born IS NOT NULL GROUP BY name, born HAVING COUNT(*) > 1) s",
            "a.name = s.name AND a.born = s.born AND b.name = s.name AND b.born = s.born",
            "0",
        );
        let by_name = format!("{named} AND NOT {shares}");
        let sql = format!("{by_number} UNION {by_name} ORDER BY one, other LIMIT ?3");
        self.read(|tx| {
            tx.all(&sql, &second.params(&first.params(params![after.0, after.1, limit])), |row| {
                Ok(Pair {
                    one: Registered { id: row.get(0)?, name: row.get(1)?, born: row.get(2)?, employer: row.get(3)? },
                    other: Registered { id: row.get(4)?, name: row.get(5)?, born: row.get(6)?, employer: row.get(7)? },
                    same_identifier: row.flag(8)?,
                    case: row.get(9)?,
                })
            })
        })
    }

    /// Proposes to merge `double` into `person`; a second person decides.
    ///
    /// # Errors
    /// If the actor does not keep both, they are one already, or it is proposed already.
    pub fn propose_merge(&self, actor: &Actor, person: i64, double: i64, reason: &str) -> Result<i64> {
        let (actor, engine, keys, reason, now) = (actor.clone(), Arc::clone(&self.engine), self.keys.clone(), stated(reason)?, self.now());
        self.write(move |tx| {
            let (thing, other) = both(tx, &actor, person, double)?;
            mergeable(tx, thing.person, other.person)?;
            let open = tx.number(
                "SELECT COUNT(*) FROM cases c JOIN matters m ON m.case_id = c.id WHERE c.flow = 'merge' AND c.open = 1 AND (c.person IN (?1, ?2) OR m.other IN (?1, ?2))",
                params![thing.person, other.person],
            )?;
            if open > 0 {
                return Err(Error::refused(Why::Duplicate, "已有人提出合并，正待复核。", "A merge of one of them was proposed already and waits for a second person."));
            }
            let desk = Desk { tx, engine: &engine, keys: &keys, actor: &actor, now };
            // Of two employers, only an authority over both decides.
            let holders: &[&str] = if thing.organisation == other.organisation { &["employer", "sector-authority", "personnel-authority"] } else { &["sector-authority", "personnel-authority"] };
            let asked = Asked { kind: "merge".to_owned(), from: day_of(now).to_string(), other: Some(other.person), body: Facts::from([("reason".to_owned(), reason.clone())]), ..Asked::default() };
            let thing = Thing { counterpart: (thing.organisation != other.organisation).then_some(other.organisation), ..thing };
            let opening = Opening { flow: &MERGE, state: "waiting", thing: &thing, stage: Some("second"), holders, asking: Some("propose") };
            matters::open(&desk, &opening, &asked, &[]).map(|case| case.id)
        })
    }

    /// Says that two who look like one are two, so that they are no longer listed.
    ///
    /// # Errors
    /// If the actor does not keep both.
    pub fn keep_apart(&self, actor: &Actor, one: i64, other: i64, reason: &str) -> Result<()> {
        let (actor, reason, now) = (actor.clone(), stated(reason)?, self.now());
        self.write(move |tx| {
            let (one, other) = both(tx, &actor, one.min(other), one.max(other))?;
            tx.execute(
                "INSERT INTO people_apart (one, other, at, account, reason) VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (one, other) DO NOTHING",
                params![one.person, other.person, now, actor.account, &reason],
            )?;
            audit::note(tx, now, Some(actor.account), "keep-apart", Some(one.person), "", &reason)?;
            audit::note(tx, now, Some(actor.account), "keep-apart", Some(other.person), "", &reason)
        })
    }
}

fn stated(reason: &str) -> Result<String> {
    let reason = reason.trim();
    if reason.chars().count() < 2 {
        return Err(Error::invalid("reason", "请写明理由，如核对了哪些证件。", "State the reason, such as which papers were compared."));
    }
    Ok(reason.to_owned())
}

fn both(tx: &Tx<'_>, actor: &Actor, one: i64, other: i64) -> Result<(Thing, Thing)> {
    let (one, other) = (access::of_person(tx, one)?, access::of_person(tx, other)?);
    actor.must(Action::Keep, &one)?;
    actor.must(Action::Keep, &other)?;
    Ok((one, other))
}

/// Refuses what would not be one pointer: neither is part of another, and who is merged has no doubles of his own.
fn mergeable(tx: &Tx<'_>, person: i64, double: i64) -> Result<()> {
    let ready = tx.number(
        "SELECT COUNT(*) FROM people x, people y WHERE x.id = ?1 AND y.id = ?2 AND x.id <> y.id AND x.merged_in IS NULL AND y.merged_in IS NULL AND NOT EXISTS (SELECT 1 FROM people z WHERE z.merged_in = y.id)",
        params![person, double],
    )?;
    if ready == 1 {
        return Ok(());
    }
    Err(Error::refused(
        Why::WrongState,
        "两人已是一人，或被并入者名下已并入他人。请先恢复后者，再逐一并入同一人。",
        "They are one person already, or others were merged into the one to be merged. Undo those first, then merge each into the same person.",
    ))
}

/// Takes a step of a merge.
pub(crate) fn take(desk: &Desk<'_, '_>, case: &Case, step: &'static Step, reason: &str) -> Result<()> {
    let Desk { tx, now, actor, .. } = *desk;
    let double = matters::asked(tx, case)?.other.ok_or_else(|| Error::fault("a merge without the other"))?;
    // The one who stays, himself a part of nobody.
    let person = case.thing.person;
    let said = json!({ "person": person, "double": double });
    match step.id {
        "approve" => {
            mergeable(tx, person, double)?;
            tx.execute("UPDATE people SET merged_in = ?1, version = version + 1 WHERE id = ?2", params![person, double])?;
            set_aside(desk, person, double)?;
            audit::note(tx, now, Some(actor.account), "merge", Some(person), &double.to_string(), reason.trim())?;
            determinations::anew(tx, desk.engine, person, 0, now)?;
        }
        "undo" => {
            if tx.execute("UPDATE people SET merged_in = NULL WHERE id = ?2 AND merged_in = ?1", params![person, double])? != 1 {
                return Err(Error::stale());
            }
            take_up(desk, double)?;
            audit::note(tx, now, Some(actor.account), "unmerge", Some(person), &double.to_string(), reason.trim())?;
            determinations::anew(tx, desk.engine, person, 0, now)?;
            determinations::anew(tx, desk.engine, double, 0, now)?;
        }
        _ => {}
    }
    matters::settle(desk, case, step, reason, matters::ended(step.to), said)
}

/// Verifications of the double whose year the person has as well wait no longer: the year is verified once.
fn set_aside(desk: &Desk<'_, '_>, person: i64, double: i64) -> Result<()> {
    let Desk { tx, actor, now, .. } = *desk;
    let open = tx.all(
        "SELECT c.id FROM cases c JOIN obligations o ON o.id = c.obligation JOIN obligations w ON w.person = ?1 AND w.duty = o.duty AND w.year = o.year
         WHERE o.person = ?2 AND c.open = 1 AND c.flow = 'verification' ORDER BY c.id",
        params![person, double],
        |row| row.get::<i64>(0),
    )?;
    for case in open {
        tx.execute("UPDATE cases SET state = 'set-aside', open = 0, version = version + 1 WHERE id = ?1", params![case])?;
        cases::keep_step(tx, actor, case, Taking { step: "set-aside", to_state: "set-aside", stage: None, reason: "", entry: None }, now)?;
    }
    Ok(())
}

/// Verifications that were set aside wait again, in the state they had.
fn take_up(desk: &Desk<'_, '_>, double: i64) -> Result<()> {
    let Desk { tx, actor, now, .. } = *desk;
    let aside = tx.all(
        "SELECT c.id, (SELECT s.to_state FROM case_steps s WHERE s.case_id = c.id AND s.to_state <> 'set-aside' ORDER BY s.id DESC LIMIT 1) FROM cases c JOIN obligations o ON o.id = c.obligation
         WHERE o.person = ?1 AND c.state = 'set-aside' ORDER BY c.id",
        params![double],
        |row| Ok((row.get::<i64>(0)?, row.get::<String>(1)?)),
    )?;
    for (case, state) in aside {
        tx.execute("UPDATE cases SET state = ?2, open = 1, version = version + 1 WHERE id = ?1", params![case, &state])?;
        cases::keep_step(tx, actor, case, Taking { step: "taken-up", to_state: &state, stage: None, reason: "", entry: None }, now)?;
    }
    Ok(())
}
