//! A person's data: sealed with keys that change, handed out, corrected and erased on request, kept no longer than set.

use crate::support::{Database, Fixture};
use crate::town::{Town, identity_number};
use crate::{class, handed_in, proof};
use xueshi_registry::{RequestKind, Why};

/// Tables with the columns that a condition picks, by what the database itself says.
fn columns(fixture: &Fixture, wanted: &str) -> Vec<(String, String)> {
    let Database::Sqlite(path) = &fixture.database else { panic!("on SQLite") };
    let connection = rusqlite::Connection::open(path).unwrap();
    let sql = format!("SELECT m.name, c.name FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table' AND ({wanted}) ORDER BY m.name, c.name");
    let mut all = connection.prepare(&sql).unwrap();
    all.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap().map(Result::unwrap).collect()
}

#[test]
fn every_sealed_column_is_sealed_anew_by_a_rotation() {
    let mut known: Vec<(String, String)> = xueshi_registry::rotation::sealed_columns().into_iter().map(|(table, column)| (table.to_owned(), column.to_owned())).collect();
    known.sort();
    // A value is sealed where the id of its key stands beside it.
    assert_eq!(columns(&Fixture::sqlite(), "c.name = 'key_id' OR c.name LIKE '%!_key' ESCAPE '!'"), known, "add the column to rotation.rs");
}

fn take_package(town: &Town) -> serde_json::Value {
    town.registry.package(&town.actor("person", 1)).unwrap()
}

/// Somebody asks for what is kept, has something corrected, and is erased; what others hold stays proved.
fn data_of_ones_own(fixture: &Fixture) {
    let registry = &fixture.registry;
    let town = Town::found(registry, "510000", "510100", 1);
    let (person, employer, authority) = (town.actor("person", 1), town.actor("employer", 1), town.actor("authority", 1));
    let case = handed_in(&town, &class("24"), 1);
    registry.decide(&employer, case, registry.case(&employer, case).unwrap().version, "accept", "").unwrap();
    while registry.place_entries().unwrap() > 0 {}
    let entry = registry.read(|tx| tx.number("SELECT MIN(id) FROM entries WHERE kind = 'record-accepted'", &[])).unwrap();

    // What is kept, in plain words, for oneself alone; and that it was taken is kept.
    let package = take_package(&town);
    assert_eq!((package["person"][0]["name"].as_str(), package["identity_numbers"][0]["number"].as_str()), (Some("甲"), Some(identity_number(1).as_str())));
    assert!(package["records"][0]["title"].as_str().unwrap().contains("急救") && !package["ledger"].as_array().unwrap().is_empty());
    assert_eq!(registry.package(&employer).unwrap_err().why(), Some(Why::NotAllowed));
    assert_eq!(registry.looked_at(&person, town.person, None, 50).unwrap()[0].action, "data-package");

    // A correction: by the employer, with an answer that the person sees. Not by the person himself, not by the authority.
    assert_eq!(registry.request_data(&person, RequestKind::Correction, "错").unwrap_err().why(), Some(Why::Invalid));
    let correction = registry.request_data(&person, RequestKind::Correction, "姓名写错了，应为乙").unwrap();
    assert_eq!(registry.request_data(&person, RequestKind::Correction, "再说一遍姓名写错").unwrap_err().why(), Some(Why::Duplicate));
    assert_eq!(registry.queue(&employer, "data-request", None, 10).unwrap().total, 1);
    assert_eq!(registry.queue(&authority, "data-request", None, 10).unwrap().total, 0);
    let seen = registry.data_request(&employer, correction).unwrap();
    assert_eq!((seen.wish.as_str(), seen.steps.as_slice()), ("姓名写错了，应为乙", ["grant-request", "refuse-request"].as_slice()));
    assert_eq!(registry.decide_request(&person, correction, 1, "grant-request", "自己同意自己").unwrap_err().why(), Some(Why::NotAllowed));
    assert_eq!(registry.decide_request(&authority, correction, 1, "grant-request", "不归主管部门办").unwrap_err().why(), Some(Why::NotAllowed));
    assert_eq!(registry.decide_request(&employer, correction, 1, "refuse-request", "").unwrap_err().why(), Some(Why::Invalid));
    registry.decide_request(&employer, correction, 1, "refuse-request", "与身份证一致，无误").unwrap();
    let own = registry.own_requests(&person).unwrap();
    assert_eq!((own[0].state.as_str(), own[0].answer.as_str()), ("refused", "与身份证一致，无误"));
    assert_eq!(registry.decide_request(&employer, correction, 2, "grant-request", "又同意了").unwrap_err().why(), Some(Why::WrongState));
    let again = registry.request_data(&person, RequestKind::Correction, "职称写错了").unwrap();
    registry.decide_request(&person, again, 1, "withdraw-request", "").unwrap();

    // Erasure: not by the employer; by the authority, at once.
    let erasure = registry.request_data(&person, RequestKind::Erasure, "已移居，请删除").unwrap();
    assert_eq!(registry.decide_request(&employer, erasure, 1, "grant-request", "单位同意删除").unwrap_err().why(), Some(Why::NotAllowed));
    assert_eq!(registry.decide_request(&authority, erasure, 9, "grant-request", "同意删除").unwrap_err().why(), Some(Why::Stale));
    registry.decide_request(&authority, erasure, 1, "grant-request", "同意删除").unwrap();
    while registry.place_entries().unwrap() > 0 {}

    // Nothing of him is left, in any table: not what he is called, not his number, not what he learnt, not what was said.
    let left = everything(fixture);
    for gone in ["急救新技术培训班", "结业证.pdf", "已移居", "同意删除", "职称写错了", "主治医师", "\"intermediate\""] {
        assert!(!left.iter().any(|text| text.contains(gone)), "“{gone}” is left");
    }
    assert!(!left.iter().any(|text| text == "甲" || text.contains("\"甲\"") || text == "person1"), "the name is left");
    assert!(registry.sign_in("person1", crate::town::PASSWORD, "somewhere").is_err(), "the account is closed");
    assert!(registry.people(&employer, "", 0, 10).unwrap().is_empty());
    // Its place in the ledger is proved as before; what it said is not to be had.
    let receipt = registry.receipt(entry).unwrap().unwrap();
    let verifiers = xueshi_ledger::Verifiers::new(registry.origin(), [registry.ledger_key().unwrap()], 0);
    assert!(receipt.verify(&verifiers).unwrap().entry.is_none());
    let verification = registry.verify_ledger(&[], |_, _| {}).unwrap();
    assert_eq!(verification.findings, Vec::new());
    assert!(verification.erased > 0);

    // The proof's file goes with the next look through, once it has lain for a day; a file that a row names stays.
    assert_eq!(registry.purge().unwrap().iter().find(|one| one.kind == "files").unwrap().removed, 0);
    let files = walk(fixture.folder.path().join("evidence").as_path());
    let day_ago = std::time::SystemTime::now() - std::time::Duration::from_secs(90_000);
    files.iter().for_each(|file| std::fs::File::options().write(true).open(file).unwrap().set_modified(day_ago).unwrap());
    assert_eq!(registry.purge().unwrap().iter().find(|one| one.kind == "files").unwrap().removed, 1);
    assert!(walk(fixture.folder.path().join("evidence").as_path()).is_empty());
}

fn walk(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { walk(&path) } else { vec![path] }).collect()
}

/// Every text that stands anywhere in the database.
fn everything(fixture: &Fixture) -> Vec<String> {
    let mut all = Vec::new();
    for (table, column) in columns(&Fixture::sqlite(), "c.type = 'TEXT'").iter().filter(|(table, _)| !["policy_texts", "refinery_schema_history"].contains(&table.as_str())) {
        let sql = format!("SELECT {column} FROM {table} WHERE {column} IS NOT NULL");
        all.extend(fixture.registry.read(|tx| tx.all(&sql, &[], |row| row.get::<String>(0))).unwrap());
    }
    all
}

#[test]
fn data_of_ones_own_on_sqlite() {
    data_of_ones_own(&Fixture::sqlite());
}

#[test]
fn data_of_ones_own_on_postgres() {
    data_of_ones_own(&Fixture::postgres());
}

#[test]
fn every_table_about_people_is_handed_out_and_erased() {
    let fixture = Fixture::sqlite();
    let known = xueshi_registry::personal::tables();
    let missing: Vec<(String, String)> = columns(&fixture, "c.name = 'person' OR c.name LIKE 'person!_%' ESCAPE '!'").into_iter().filter(|(table, _)| !known.contains(&table.as_str())).collect();
    assert_eq!(missing, Vec::new(), "add the table to personal/held.rs");
}

/// What is over its time goes, what is not stays, and the ledger holds.
fn kept_no_longer_than_set(fixture: &Fixture) {
    let registry = &fixture.registry;
    let town = Town::found(registry, "510000", "510100", 1);
    let person = town.actor("person", 1);
    let draft = registry.declare(&person, town.person, &class("8")).unwrap();
    registry.attach(&person, draft, &proof()).unwrap();
    let accepted = handed_in(&town, &class("24"), 1);
    let employer = town.actor("employer", 1);
    registry.decide(&employer, accepted, registry.case(&employer, accepted).unwrap().version, "accept", "").unwrap();
    assert_eq!(registry.set_retention("audits", 1).unwrap_err().why(), Some(Why::Invalid), "who looked is kept");
    assert_eq!(registry.set_retention("drafts", 0).unwrap_err().why(), Some(Why::Invalid));
    registry.set_retention("drafts", 100).unwrap();
    let kept = registry.retention().unwrap();
    assert_eq!(kept.iter().find(|kept| kept.id == "drafts").map(|kept| (kept.days, kept.set_here)), Some((Some(100), true)));
    let removed = |kind: &str| registry.purge().unwrap().iter().find(|one| one.kind == kind).unwrap().removed;
    fixture.days_pass(99);
    assert_eq!(removed("drafts"), 0);
    fixture.days_pass(2);
    assert!(registry.purge_daily().unwrap(), "a day has passed since the last time");
    assert!(!registry.purge_daily().unwrap());
    let count = |sql: &str| registry.read(|tx| tx.number(sql, &[])).unwrap();
    assert_eq!(count("SELECT removed FROM purges WHERE kind = 'drafts'"), 1);
    assert!(count("SELECT COUNT(*) FROM purges WHERE kind = 'sessions' AND removed > 0") > 0, "sessions ended a hundred days ago");
    let person = town.actor("person", 1);
    assert_eq!(registry.case(&person, draft).unwrap_err().why(), Some(Why::NotFound));
    assert_eq!(registry.case(&person, accepted).unwrap().state, "accepted");
    assert_eq!(count("SELECT COUNT(*) FROM evidence"), 1);
    while registry.place_entries().unwrap() > 0 {}
    assert_eq!(registry.verify_ledger(&[], |_, _| {}).unwrap().findings, Vec::new());
}

#[test]
fn kept_no_longer_than_set_on_sqlite() {
    kept_no_longer_than_set(&Fixture::sqlite());
}

#[test]
fn kept_no_longer_than_set_on_postgres() {
    kept_no_longer_than_set(&Fixture::postgres());
}

#[cfg(unix)]
#[test]
fn the_file_of_the_database_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let fixture = Fixture::sqlite();
    let _town = Town::found(&fixture.registry, "510000", "510100", 1);
    let files = std::fs::read_dir(fixture.folder.path()).unwrap().map(|entry| entry.unwrap());
    let modes: Vec<_> = files.filter(|file| file.path().is_file()).map(|file| (file.file_name(), file.metadata().unwrap().permissions().mode() & 0o777)).collect();
    assert!(modes.len() >= 3, "the database and what SQLite keeps beside it: {modes:?}");
    assert!(modes.iter().all(|(_, mode)| *mode == 0o600), "{modes:?}");
}
