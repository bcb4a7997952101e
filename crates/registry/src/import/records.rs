//! Rows of learning records: whose they are, what is wrong with them, whether they are there already.

use super::work::{Scales, Weighed, each_of};
use super::{CellFault, ImportRow, RowOutcome, Told, place};
use crate::access::{Action, POSTS};
use crate::assessing::{self, Learner, year_of_record};
use crate::declarations::check_title;
use crate::error::{Error, Result};
use crate::evidence::digest;
use crate::facts::{Facts, to_json};
use crate::identity::{IdentityNumber, masked};
use crate::params;
use crate::store::{Param, Tx};
use std::collections::{HashMap, HashSet};
use xueshi_policy::{Column, Engine, FactType, Text};

/// Columns of the table that are not facts of the record.
const BESIDE: [&str; 4] = ["person", "record", "name", "title"];

/// What the batch asks the database, once for all rows.
struct Known {
    /// People by the keyed hash of their identity numbers.
    by_number: HashMap<Vec<u8>, i64>,
    /// Names of the people within reach.
    people: HashMap<i64, String>,
    /// What they have already: person and digest.
    records: HashSet<(i64, String)>,
}

/// Weighs rows of records.
pub(super) fn weigh(tx: &Tx<'_>, scales: &Scales, rows: &[ImportRow]) -> Result<Vec<Weighed>> {
    let known = known(tx, scales, rows)?;
    let (region, sector) = place(tx, scales.import.organisation)?;
    // People of one employer are all under the same policies; what is wrong with a record does not hang on facts of the person.
    let learner = Learner { person: 0, region, sector, facts: Facts::new(), records: Vec::new() };
    let mut seen = HashSet::new();
    rows.iter().map(|row| one(scales, &known, &learner, &mut seen, row)).collect()
}

fn one(scales: &Scales, known: &Known, learner: &Learner, seen: &mut HashSet<(i64, String)>, row: &ImportRow) -> Result<Weighed> {
    if let Some(fault) = &row.fault {
        return Ok(Weighed::as_refused(row.row, fault.clone()));
    }
    let cell = |column: &str| row.cells.get(column).map(|text| text.trim()).unwrap_or_default();
    let refused = |column: &str, value: &str, text: Text| Ok(Weighed::refused(row.row, column, value, text));
    let Some(person) = asked(cell("person")).and_then(|asked| match asked {
        Asked::Number(number) => known.by_number.get(scales.keys.lookup("identity-number", number.as_str()).as_slice()).copied(),
        Asked::Id(id) => Some(id),
    }) else {
        return refused("person", &shown(cell("person")), nobody());
    };
    if scales.actor.person == Some(person) {
        return refused("person", "", Text::new("不能导入自己的记录；请自己申报，由他人审核", "one's own records are not imported; declare them, and somebody else reviews them"));
    }
    let Some(name) = known.people.get(&person) else { return refused("person", &shown(cell("person")), nobody()) };
    if !cell("name").is_empty() && cell("name") != name {
        return refused("name", cell("name"), Text::new("姓名与登记的不一致；请核对是否同一人", "the name is not the registered one; check whether it is the same person"));
    }
    if let Err(Error::Refused(refusal)) = check_title(cell("title")) {
        return refused("title", "", refusal.text);
    }
    let stated: Facts =
        row.cells.iter().filter(|(column, value)| !BESIDE.contains(&column.as_str()) && !value.trim().is_empty()).map(|(column, value)| (column.clone(), value.trim().to_owned())).collect();
    let Some(year) = year_of_record(&stated) else {
        return refused("end", cell("end"), Text::new("须填结束日期，写成 年-月-日，如 2019-05-14", "the day it ended is needed, written as 2019-05-14"));
    };
    match assessing::faults(&scales.engine, learner, year, &stated) {
        Ok(faults) => {
            if let Some(fault) = faults.into_iter().next() {
                return refused(&fault.column, &fault.value, fault.message);
            }
        }
        Err(Error::Refused(refusal)) => return refused("end", cell("end"), refusal.text),
        Err(other) => return Err(other),
    }
    let facts = spelled(&scales.engine, learner, year, stated)?;
    let same = digest(sameness(year, cell("title"), &facts).as_bytes());
    let mut weighed = Weighed { row: row.row, outcome: RowOutcome::Created, person: Some(person), twin: Some(format!("{person}/{same}")), told: Told::default(), facts, year };
    weighed.facts.insert("title".to_owned(), cell("title").to_owned());
    let key = (person, same);
    if known.records.contains(&key) || !seen.insert(key) {
        weighed.outcome = RowOutcome::Double;
        let text = Text::new("与已有的一条学习记录完全相同，不再重复录入", "exactly the same record is there already; it is not entered twice");
        weighed.told.fault = Some(CellFault { column: String::new(), value: String::new(), text });
    }
    Ok(weighed)
}

fn nobody() -> Text {
    Text::new("本单位现有人员中没有这个人员编号或身份证号；请核对，或先登记该人员", "nobody of your organisation has this number; check it, or register the person first")
}

/// How a row says whose it is.
enum Asked {
    Number(IdentityNumber),
    Id(i64),
}

fn asked(cell: &str) -> Option<Asked> {
    IdentityNumber::parse(cell).map(Asked::Number).or_else(|| (cell.len() <= 12).then(|| cell.parse().ok().map(Asked::Id)).flatten())
}

/// What stands in the person's column, as it may be kept: an identity number is masked.
pub(super) fn shown(cell: &str) -> String {
    if cell.chars().count() > 12 { masked(cell) } else { cell.to_owned() }
}

/// What makes two records the same.
fn sameness(year: i64, title: &str, facts: &Facts) -> String {
    format!("{year}\n{}\n{}", title.trim(), to_json(facts))
}

fn known(tx: &Tx<'_>, scales: &Scales, rows: &[ImportRow]) -> Result<Known> {
    let (mut numbers, mut ids) = (Vec::new(), Vec::new());
    for row in rows {
        match row.cells.get("person").and_then(|cell| asked(cell.trim())) {
            Some(Asked::Number(number)) => numbers.push(scales.keys.lookup("identity-number", number.as_str()).to_vec()),
            Some(Asked::Id(id)) => ids.push(id),
            None => {}
        }
    }
    numbers.sort_unstable();
    numbers.dedup();
    let mut by_number = HashMap::new();
    each_of(
        tx,
        "SELECT lookup, person FROM person_identifiers WHERE valid_to IS NULL AND kind = 'identity-number' AND lookup IN (…)",
        &[],
        &numbers,
        |number| Param::Blob(number),
        |row| {
            by_number.insert(row.get::<Vec<u8>>(0)?, row.get::<i64>(1)?);
            Ok(())
        },
    )?;
    ids.extend(by_number.values());
    ids.sort_unstable();
    ids.dedup();
    let filter = scales.actor.filter(Action::Import, POSTS, 0);
    let sql = format!(
        "SELECT p.person, x.name FROM posts p JOIN organisations o ON o.id = p.organisation JOIN people x ON x.id = p.person
         WHERE p.valid_to IS NULL AND p.main = 1 AND x.erased_at IS NULL AND x.merged_in IS NULL AND {} AND p.person IN (…)",
        filter.sql
    );
    let mut people = HashMap::new();
    each_of(
        tx,
        &sql,
        &filter.params(&[]),
        &ids,
        |id| Param::Int(*id),
        |row| {
            people.insert(row.get(0)?, row.get(1)?);
            Ok(())
        },
    )?;
    let mut records = HashSet::new();
    let reached: Vec<i64> = people.keys().copied().collect();
    // Those of an import under way count as well: two files at once enter nothing twice.
    each_of(
        tx,
        "SELECT person, year, title, facts FROM records WHERE state IN ('draft', 'waiting', 'returned', 'accepted', 'importing') AND person IN (…)",
        &[],
        &reached,
        |id| Param::Int(*id),
        |row| {
            let facts = crate::facts::from_json(&row.get::<String>(3)?)?;
            records.insert((row.get(0)?, digest(sameness(row.get(1)?, &row.get::<String>(2)?, &facts).as_bytes())));
            Ok(())
        },
    )?;
    Ok(Known { by_number, people, records })
}

/// The facts in one spelling: codes by their ids, so that the same learning is the same whoever writes it.
fn spelled(engine: &Engine, learner: &Learner, year: i64, facts: Facts) -> Result<Facts> {
    let stacks =
        engine.stacks(&learner.region, learner.sector.as_deref(), assessing::year_of(year)?).map_err(|found| Error::fault(format!("policies of {} can not be compiled: {found:?}", learner.region)))?;
    let column = |name: &str| stacks.iter().find_map(|stack| stack.schema().find(name).and_then(|at| stack.schema().columns.get(at)));
    Ok(facts.into_iter().map(|(name, value)| (name.clone(), column(&name).map_or_else(|| value.clone(), |column| spelling(column, &value)))).collect())
}

/// A value as its column spells it. A word that also sets other columns stays as it is.
pub(super) fn spelling(column: &Column, value: &str) -> String {
    let code = |word: &str| {
        let found = column.codes.iter().find(|code| code.id.eq_ignore_ascii_case(word) || code.title.zh == word || code.title.en.eq_ignore_ascii_case(word));
        found.map_or_else(|| word.to_owned(), |code| code.id.clone())
    };
    match column.kind {
        FactType::Code => code(value),
        FactType::Codes => value.split([';', '；']).map(str::trim).filter(|part| !part.is_empty()).map(code).collect::<Vec<_>>().join(";"),
        FactType::YesNo => match value {
            "是" => "yes".to_owned(),
            "否" => "no".to_owned(),
            other => other.to_lowercase(),
        },
        FactType::Number if value.contains('.') => value.trim_end_matches('0').trim_end_matches('.').to_owned(),
        _ => value.to_owned(),
    }
}

/// Puts a record down, where nobody sees it yet.
pub(super) fn enter(tx: &Tx<'_>, scales: &Scales, weighed: &Weighed, now: i64) -> Result<i64> {
    let mut facts = weighed.facts.clone();
    let title = facts.remove("title").unwrap_or_default();
    tx.number(
        "INSERT INTO records (person, year, title, facts, organisation, state, entered_by, created_at) VALUES (?1, ?2, ?3, ?4, ?5, 'importing', ?6, ?7) RETURNING id",
        params![weighed.person, weighed.year, &title, &to_json(&facts), scales.import.organisation, scales.actor.account, now],
    )
}
