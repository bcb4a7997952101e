//! A person's data: sealed with keys that change.

use crate::support::{Database, Fixture};

/// Every table with the columns that `wanted` picks, by what the database itself says.
fn columns(fixture: &Fixture, wanted: impl Fn(&str) -> bool) -> Vec<(String, String)> {
    let Database::Sqlite(path) = &fixture.database else { panic!("on SQLite") };
    let connection = rusqlite::Connection::open(path).unwrap();
    let mut all = connection.prepare("SELECT m.name, c.name FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table' ORDER BY m.name, c.name").unwrap();
    all.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap().map(Result::unwrap).filter(|(_, column): &(String, String)| wanted(column)).collect()
}

#[test]
fn every_sealed_column_is_sealed_anew_by_a_rotation() {
    let fixture = Fixture::sqlite();
    let mut known: Vec<(String, String)> = xueshi_registry::rotation::sealed_columns().into_iter().map(|(table, column)| (table.to_owned(), column.to_owned())).collect();
    known.sort();
    // A value is sealed where the id of its key stands beside it.
    assert_eq!(columns(&fixture, |column| column == "key_id" || column.ends_with("_key")), known, "add the column to rotation.rs");
}
