//! How long an import of 100,000 records takes on SQLite, tried and entered: of 5,000 people of one employer, 20 each.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::float_arithmetic, reason = "a benchmark")]

#[path = "../tests/support/mod.rs"]
#[allow(dead_code, reason = "a benchmark uses some of it")]
mod support;
#[path = "../tests/story/town.rs"]
#[allow(dead_code, reason = "a benchmark uses some of it")]
mod town;

use std::time::Instant;
use support::Fixture;
use town::Town;
use xueshi_registry::people::{self, NewPerson};
use xueshi_registry::{Facts, ImportKind, ImportRow, NewImport, RowOutcome};

const PEOPLE: i64 = 5_000;
const RECORDS: i64 = 100_000;

fn main() {
    let fixture = Fixture::sqlite();
    let registry = &*fixture.registry;
    let town = Town::found(&fixture.registry, "510000", "510100", 1);
    let officer = town.actor("employer", 1);
    let (keys, clinic) = (fixture.keys.clone(), town.clinic);
    let add = move |tx: &xueshi_registry::Tx<'_>| {
        let facts: Facts = [("title_level", "intermediate"), ("in_service", "yes")].map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        let new = |at| NewPerson { name: format!("员工{at}"), identity_number: None, facts: facts.clone(), organisation: clinic, agency: None, title: String::new(), from: "2010-01-01".to_owned() };
        (0..PEOPLE).map(|at| people::add(tx, &keys, &new(at), 0)).collect::<Result<Vec<_>, _>>()
    };
    let people = registry.write(add).unwrap();
    let rows = (0..RECORDS).map(|at| row(at + 1, people[usize::try_from(at % PEOPLE).unwrap()])).collect();
    let begun = Instant::now();
    let said = |what: &str| println!("{what}: {:.1} s since the beginning", begun.elapsed().as_secs_f64());
    let import = registry.begin_import(&officer, NewImport { kind: ImportKind::Records, name: String::new(), digest: "d".to_owned(), notices: Vec::new(), rows }).unwrap();
    said("stored, encrypted");
    registry.finish_jobs("bench").unwrap();
    said("tried");
    assert_eq!(registry.import(&officer, import).unwrap().count(RowOutcome::Created), RECORDS);
    registry.enter_import(&officer, import, "d", true).unwrap();
    registry.finish_jobs("bench").unwrap();
    said("entered, all or none");
    let accepted = registry.read(|tx| tx.number("SELECT COUNT(*) FROM records WHERE state = 'accepted'", &[])).unwrap();
    assert_eq!(accepted, RECORDS);
}

fn row(number: i64, person: i64) -> ImportRow {
    let cells = [
        ("person", person.to_string()),
        ("title", format!("第{number}期培训班")),
        ("activity", "培训班".to_owned()),
        ("subject", "专业科目".to_owned()),
        ("quantity", "1".to_owned()),
        ("unit", "学时".to_owned()),
        ("start", "2019-02-11".to_owned()),
        ("end", "2019-02-15".to_owned()),
        ("result", "合格".to_owned()),
        ("evidence", "结业证".to_owned()),
    ];
    ImportRow { row: number, cells: cells.map(|(name, value)| (name.to_owned(), value)).into(), fault: None }
}
