//! Putting imported records on their way, some people at a time: past the employer's stage, to the next or into the ledger.

use super::place;
use super::work::Scales;
use crate::access::{Action, Thing};
use crate::assessing::Learner;
use crate::cases::{self, NewCase, Taking};
use crate::determinations::COUNTING;
use crate::error::{Error, Result};
use crate::facts::{Facts, from_json};
use crate::flow::DECLARATION;
use crate::ledger::{self, NewEntry};
use crate::many::{self, Member};
use crate::params;
use crate::review::{self, ReviewStage};
use crate::store::Tx;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// People whose records are put on their way in one transaction.
const PEOPLE: i64 = 100;

/// A record that was put down.
struct Down {
    person: i64,
    record: i64,
    year: i64,
    title: String,
    facts: String,
}

/// The records of the next people after `after`: the last of these people, and how many records it were; nothing where none is left.
pub(super) fn settle(tx: &Tx<'_>, scales: &Scales, after: i64) -> Result<Option<(i64, i64)>> {
    let import = scales.import.id;
    let people =
        tx.all("SELECT DISTINCT person FROM import_rows WHERE import = ?1 AND person > ?2 AND record IS NOT NULL ORDER BY person LIMIT ?3", params![import, after, PEOPLE], |row| row.get::<i64>(0))?;
    let Some(last) = people.last().copied() else { return Ok(None) };
    let records = tx.all(
        "SELECT r.person, r.id, r.year, r.title, r.facts FROM import_rows i JOIN records r ON r.id = i.record
         WHERE i.import = ?1 AND i.person > ?2 AND i.person <= ?3 AND r.state = 'importing' ORDER BY i.person, i.row",
        params![import, after, last],
        |row| Ok(Down { person: row.get(0)?, record: row.get(1)?, year: row.get(2)?, title: row.get(3)?, facts: row.get(4)? }),
    )?;
    let now = scales.clock.now();
    let stages = stages(tx, scales, &records)?;
    let year = records.first().map_or(0, |down| down.year);
    let members: HashMap<i64, Member> = many::load(tx, &people, year, &[])?.into_iter().map(|member| (member.learner.person, member)).collect();
    let mut accepted: BTreeMap<i64, BTreeSet<i64>> = BTreeMap::new();
    for down in &records {
        let (Some(member), Some(stages)) = (members.get(&down.person), stages.get(&down.year)) else { return Err(Error::fault("a record of nobody")) };
        if one(tx, scales, member, stages, down, now)? {
            accepted.entry(down.year).or_default().insert(down.person);
        }
    }
    for (year, people) in accepted {
        let people: Vec<i64> = people.into_iter().collect();
        let members = many::load(tx, &people, year, &COUNTING)?;
        many::determine(tx, &scales.engine, &members, year, &|_, _| false, now)?;
    }
    Ok(Some((last, records.len() as i64)))
}

/// The stages of review by year: all people of one employer have the same.
fn stages(tx: &Tx<'_>, scales: &Scales, records: &[Down]) -> Result<HashMap<i64, Vec<ReviewStage>>> {
    let (region, sector) = place(tx, scales.import.organisation)?;
    let learner = Learner { person: 0, region, sector, facts: Facts::new(), records: Vec::new() };
    let years: BTreeSet<i64> = records.iter().map(|down| down.year).collect();
    years.into_iter().map(|year| Ok((year, review::of_declaration(&scales.engine, &learner, year)?))).collect()
}

/// Puts one record on its way; whether it is accepted by that.
fn one(tx: &Tx<'_>, scales: &Scales, member: &Member, stages: &[ReviewStage], down: &Down, now: i64) -> Result<bool> {
    let first = stages.first().ok_or_else(|| Error::fault("no stage of review"))?;
    // The stage is taken only by who may review there: the employer's officer, where the text names the employer.
    let takes = scales.actor.may(Action::Review, &Thing { holders: first.holders.clone(), ..member.thing.clone() });
    let next = if takes { stages.get(1) } else { Some(first) };
    let (state, open) = if next.is_some() { ("waiting", true) } else { ("accepted", false) };
    tx.execute("UPDATE records SET state = ?2 WHERE id = ?1", params![down.record, state])?;
    let new = NewCase {
        flow: DECLARATION.id,
        state,
        open,
        thing: &member.thing,
        record: Some(down.record),
        obligation: None,
        stage: next.map(|stage| stage.id.as_str()),
        holders: next.map(|stage| stage.holders.as_slice()).unwrap_or_default(),
        due: None,
    };
    let case = cases::open_at(tx, &scales.actor, new, member.jurisdiction, now)?;
    let mut entry = None;
    if takes {
        let body = json!({
            "case": case, "stage": first.id, "by": scales.actor.account, "role": scales.actor.held.role.word(), "reason": "",
            "title": down.title, "year": down.year, "facts": from_json(&down.facts)?, "evidence": [],
            "import": { "id": scales.import.id, "sha256": scales.import.digest },
        });
        let kind = if open { "stage-passed" } else { "record-accepted" };
        entry = Some(ledger::enter(tx, &NewEntry { kind, person: Some(down.person), record: Some(down.record), obligation: None, body: &body }, now)?);
    }
    let stage = takes.then_some(first.id.as_str());
    cases::keep_step(tx, &scales.actor, case, Taking { step: "import", to_state: state, stage, reason: "", entry }, now)?;
    Ok(!open)
}
