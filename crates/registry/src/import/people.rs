//! Rows of people: who is new, what changes for whom, whom one may not touch.

use super::work::{Scales, Weighed, each_of};
use super::{ImportRow, RowOutcome, Told, place, records};
use crate::access::{Action, Thing};
use crate::assessing::year_of;
use crate::error::{Error, Result};
use crate::facts::Facts;
use crate::identity::IdentityNumber;
use crate::params;
use crate::people::{self, NewPerson};
use crate::store::{Param, Tx};
use jiff::civil::Date;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use xueshi_policy::{Cell, Of, Stack, Text};

/// Columns of the table that are not facts.
const BESIDE: [&str; 4] = ["identity_number", "name", "post", "from"];

/// Somebody who is registered.
struct Somebody {
    person: i64,
    name: String,
    /// Where the main post held now is; nothing for who holds none.
    organisation: Option<i64>,
}

/// What the batch asks the database, once for all rows.
struct Known {
    by_number: HashMap<Vec<u8>, Somebody>,
    /// By person and fact: value, and since when.
    facts: HashMap<(i64, String), (String, String)>,
    stacks: Arc<Vec<Arc<Stack>>>,
}

/// Weighs rows of people.
pub(super) fn weigh(tx: &Tx<'_>, scales: &Scales, rows: &[ImportRow]) -> Result<Vec<Weighed>> {
    let known = known(tx, scales, rows)?;
    let mut seen = HashSet::new();
    Ok(rows.iter().map(|row| one(scales, &known, &mut seen, row)).collect())
}

fn known(tx: &Tx<'_>, scales: &Scales, rows: &[ImportRow]) -> Result<Known> {
    let numbers: Vec<Vec<u8>> =
        rows.iter().filter_map(|row| IdentityNumber::parse(row.cells.get("identity_number")?.trim())).map(|number| scales.keys.lookup("identity-number", number.as_str()).to_vec()).collect();
    let mut by_number = HashMap::new();
    each_of(
        tx,
        "SELECT i.lookup, x.id, x.name, p.organisation FROM person_identifiers i JOIN people x ON x.id = i.person LEFT JOIN posts p ON p.person = x.id AND p.valid_to IS NULL AND p.main = 1
         WHERE i.valid_to IS NULL AND i.kind = 'identity-number' AND i.lookup IN (…)",
        &[],
        &numbers,
        |number| Param::Blob(number),
        |row| {
            by_number.insert(row.get::<Vec<u8>>(0)?, Somebody { person: row.get(1)?, name: row.get(2)?, organisation: row.get(3)? });
            Ok(())
        },
    )?;
    let ids: Vec<i64> = by_number.values().map(|somebody| somebody.person).collect();
    let mut facts = HashMap::new();
    each_of(
        tx,
        "SELECT person, name, value, valid_from FROM person_facts WHERE valid_to IS NULL AND person IN (…)",
        &[],
        &ids,
        |id| Param::Int(*id),
        |row| {
            facts.insert((row.get::<i64>(0)?, row.get::<String>(1)?), (row.get::<String>(2)?, row.get::<String>(3)?));
            Ok(())
        },
    )?;
    let (region, sector) = place(tx, scales.import.organisation)?;
    let year = year_of(i64::from(scales.clock.today().year()))?;
    let stacks = scales.engine.stacks(&region, sector.as_deref(), year).map_err(|found| Error::fault(format!("policies of {region} can not be compiled: {found:?}")))?;
    Ok(Known { by_number, facts, stacks })
}

fn one(scales: &Scales, known: &Known, seen: &mut HashSet<Vec<u8>>, row: &ImportRow) -> Weighed {
    if let Some(fault) = &row.fault {
        return Weighed::as_refused(row.row, fault.clone());
    }
    let cell = |column: &str| row.cells.get(column).map(|text| text.trim()).unwrap_or_default();
    let refused = |column: &str, value: &str, text: Text| Weighed::refused(row.row, column, value, text);
    let Some(number) = IdentityNumber::parse(cell("identity_number")) else {
        let text = Text::new(
            "身份证号不对：应为18位，末位为校验码，或15位旧号；请对照证件逐位核对",
            "the identity number is wrong: 18 characters, the last one a check, or the old 15 digits; compare it with the card",
        );
        return refused("identity_number", &records::shown(cell("identity_number")), text);
    };
    if cell("name").is_empty() {
        return refused("name", "", Text::new("请填姓名", "a name is needed"));
    }
    let from = match cell("from") {
        "" => scales.clock.today().to_string(),
        text => match text.parse::<Date>() {
            Ok(day) if text.len() == 10 && day <= scales.clock.today() => text.to_owned(),
            _ => return refused("from", text, Text::new("起始日期写成 年-月-日，如 2019-05-14，不晚于今天", "the day since when this holds is written as 2019-05-14 and not later than today")),
        },
    };
    let mut facts = Facts::new();
    for (column, value) in row.cells.iter().filter(|(column, value)| !BESIDE.contains(&column.as_str()) && !value.trim().is_empty()) {
        match fact(known, column, value.trim()) {
            Ok(value) => drop(facts.insert(column.clone(), value)),
            Err(text) => return refused(column, value, text),
        }
    }
    let lookup = scales.keys.lookup("identity-number", number.as_str()).to_vec();
    let twin = lookup.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    if !seen.insert(lookup.clone()) {
        let text = Text::new("这个身份证号在文件前面已出现；请合并为一行", "this identity number stands in an earlier row; make them one");
        return Weighed { outcome: RowOutcome::Double, ..refused("identity_number", "", text) };
    }
    let mut weighed = Weighed { row: row.row, outcome: RowOutcome::Created, person: None, twin: Some(twin), told: Told::default(), facts, year: 0 };
    if let Some(somebody) = known.by_number.get(&lookup)
        && let Err((column, text)) = touch(scales, known, somebody, cell("name"), &from, &mut weighed)
    {
        return Weighed { twin: weighed.twin, ..refused(column, "", text) };
    }
    for (name, value) in [("identity_number", number.as_str()), ("name", cell("name")), ("post", cell("post")), ("from", &from)] {
        weighed.facts.insert(name.to_owned(), value.to_owned());
    }
    weighed
}

/// A fact as its column spells it.
fn fact(known: &Known, column: &str, value: &str) -> std::result::Result<String, Text> {
    let mut answer = Err(Text::new("适用的规定没有这一项", "the regulations that apply know no such item"));
    for schema in known.stacks.iter().map(|stack| stack.schema()) {
        let Some(at) = schema.find(column) else { continue };
        let Some(about) = schema.columns.get(at).filter(|about| about.of == Of::Person && !about.derived) else { continue };
        match schema.read(at, value) {
            Cell::Is(..) => return Ok(records::spelling(about, value)),
            Cell::Bad(text) => answer = Err(text),
        }
    }
    answer
}

/// What changes for somebody who is registered.
fn touch(scales: &Scales, known: &Known, somebody: &Somebody, name: &str, from: &str, weighed: &mut Weighed) -> std::result::Result<(), (&'static str, Text)> {
    let thing = Thing { person: somebody.person, organisation: somebody.organisation.unwrap_or(-1), ..Thing::default() };
    if scales.actor.person == Some(somebody.person) {
        return Err(("identity_number", Text::new("不能改自己的资料；请由他人办理", "one's own particulars are changed by somebody else")));
    }
    if !scales.actor.may(Action::Import, &thing) {
        return Err((
            "identity_number",
            Text::new("此人已登记，现不在本单位；确已调入的，请办理调动", "this person is registered and not at your organisation; if he came to you, ask for the transfer"),
        ));
    }
    if somebody.name != name {
        return Err(("name", Text::new("姓名与登记的不一致；请核对，确已改名的另行办理", "the name is not the registered one; compare them, and have a change of name entered apart")));
    }
    weighed.person = Some(somebody.person);
    weighed.outcome = RowOutcome::Unchanged;
    for (fact, value) in &weighed.facts {
        let before = known.facts.get(&(somebody.person, fact.clone()));
        if before.is_some_and(|(before, _)| before == value || fact_same(known, fact, before, value)) {
            continue;
        }
        if before.is_some_and(|(_, since)| since.as_str() >= from) {
            return Err((
                "from",
                Text::new(
                    "起始日期须晚于现有资料的起始日期；更正同一天的资料请在人员页办理",
                    "the day must be later than that of what is known; what began on the same day is mended at the person's page",
                ),
            ));
        }
        weighed.told.changes.push((fact.clone(), before.map(|(before, _)| before.clone()).unwrap_or_default(), value.clone()));
        weighed.outcome = RowOutcome::Changed;
    }
    Ok(())
}

fn fact_same(known: &Known, column: &str, before: &str, value: &str) -> bool {
    fact(known, column, before).is_ok_and(|before| before == value)
}

/// Enters a row of people; gives the person.
pub(super) fn enter(tx: &Tx<'_>, scales: &Scales, weighed: &Weighed, now: i64) -> Result<i64> {
    let mut facts = weighed.facts.clone();
    let mut take = |name: &str| facts.remove(name).unwrap_or_default();
    let (number, name, post, from) = (take("identity_number"), take("name"), take("post"), take("from"));
    let Some(person) = weighed.person else {
        let new = NewPerson { name, identity_number: Some(number), facts, organisation: scales.import.organisation, agency: None, title: post, from };
        return people::add(tx, &scales.keys, &new, now);
    };
    let until = from.parse::<Date>().ok().and_then(|day| day.yesterday().ok()).map(|day| day.to_string()).unwrap_or_default();
    for (fact, _, value) in &weighed.told.changes {
        tx.execute("UPDATE person_facts SET valid_to = ?3 WHERE person = ?1 AND name = ?2 AND valid_to IS NULL", params![person, fact, &until])?;
        tx.execute("INSERT INTO person_facts (person, name, value, valid_from) VALUES (?1, ?2, ?3, ?4)", params![person, fact, value, &from])?;
    }
    Ok(person)
}
