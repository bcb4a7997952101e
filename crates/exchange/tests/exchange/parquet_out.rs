//! Parquet that is written, read again.

use xueshi_exchange::{Out, ParquetColumn, ParquetKind, ParquetWriter};

use crate::parquet_door::{check, read};

fn columns() -> Vec<ParquetColumn> {
    let column = |title: &str, kind| ParquetColumn { title: title.to_owned(), kind };
    vec![column("person", ParquetKind::Text), column("结束日期", ParquetKind::Date), column("quantity", ParquetKind::Number), column("title", ParquetKind::Integer)]
}

fn written(rows: &[Vec<Out<'_>>]) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut writer = ParquetWriter::new(&mut bytes, &columns())?;
    for row in rows {
        writer.row(row)?;
    }
    writer.finish()?;
    Ok(bytes)
}

#[test]
fn cells_of_every_kind() {
    let date = |year, month, day| Out::Date(jiff::civil::Date::new(year, month, day).unwrap());
    let bytes = written(&[
        vec![Out::Text("甲"), date(2019, 3, 1), Out::Number(7850), Out::Integer(-3)],
        vec![Out::Integer(12), date(1969, 12, 31), Out::Integer(30), Out::Number(400)],
        vec![Out::Number(1250), date(1, 1, 1), Out::Number(99_999_999_999_999_999)],
        vec![date(2024, 2, 29), date(9999, 12, 31)],
        vec![],
    ]);
    check(
        &bytes.unwrap(),
        "
        0: person 甲 | end @17956 | quantity #7850 | title -3
        1: person 12 | end @-1 | quantity #3000 | title 4
        2: person 12.5 | end @-719162 | quantity #99999999999999999
        3: person 2024-02-29 | end @2932896
        4:
        ",
    );
}

#[test]
fn a_file_without_rows() {
    check(&written(&[]).unwrap(), "notice no-rows: There is only a header and no row of data.");
}

#[test]
fn several_row_groups_by_size() {
    let long = "字".repeat(100_000);
    let rows: Vec<String> = (0..300).map(|row| format!("{row}{long}")).collect();
    let cells: Vec<Vec<Out<'_>>> = rows.iter().map(|text| vec![Out::Text(text)]).collect();
    let found = read(&written(&cells).unwrap());
    let lines: Vec<&str> = found.lines().collect();
    assert_eq!(lines.len(), 300);
    for (row, line) in lines.iter().enumerate() {
        assert!(line.starts_with(&format!("{row}: person {row}字")));
    }
}

#[test]
fn what_does_not_fit_is_refused() {
    let refused = |row: Vec<Out<'_>>, why: &str| assert_eq!(written(&[row]).unwrap_err().to_string(), why);
    refused(vec![Out::Empty, Out::Text("x")], "a column of dates has no place for \"x\"");
    refused(vec![Out::Empty, Out::Empty, Out::Text("1")], "a column of numbers has no place for \"1\"");
    refused(vec![Out::Empty, Out::Empty, Out::Number(i64::MAX)], "a column of numbers of 18 digits has no place for 92233720368547758.07");
    refused(vec![Out::Empty, Out::Empty, Out::Integer(i64::MAX)], "a column of numbers of 18 digits has no place for 9223372036854775807");
    refused(vec![Out::Empty, Out::Empty, Out::Empty, Out::Number(150)], "a column of whole numbers has no place for 1.5");
    refused(vec![Out::Empty; 5], "the row has more cells than there are columns");
}

/// A writer that has no more room.
struct Full;

impl std::io::Write for Full {
    fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
        Err(std::io::ErrorKind::StorageFull.into())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn the_error_of_the_writer_below_is_handed_on() {
    let failed = ParquetWriter::new(Full, &columns()).and_then(ParquetWriter::finish);
    assert_eq!(failed.err().unwrap().kind(), std::io::ErrorKind::StorageFull);
}
