//! Whatever is written is read again as it was.

use jiff::civil::Date;
use proptest::prelude::*;
use xueshi_exchange::{Cell, ColumnKind, CsvWriter, Out, SheetColumn, XlsxWriter};

use crate::door::table;

#[derive(Clone, Debug)]
enum Value {
    Empty,
    Text(String),
    Number(i64),
    Integer(i64),
    Date(Date),
}

impl Value {
    fn out(&self) -> Out<'_> {
        match self {
            Value::Empty => Out::Empty,
            Value::Text(text) => Out::Text(text),
            Value::Number(value) => Out::Number(*value),
            Value::Integer(value) => Out::Integer(*value),
            Value::Date(date) => Out::Date(*date),
        }
    }

    fn digits(&self) -> Option<String> {
        match self {
            Value::Number(value) => {
                let text = format!("{}{}.{:02}", if *value < 0 { "-" } else { "" }, value.abs() / 100, value.abs() % 100);
                Some(text.trim_end_matches('0').trim_end_matches('.').to_owned())
            }
            Value::Integer(value) => Some(value.to_string()),
            _ => None,
        }
    }
}

fn value() -> impl Strategy<Value = Value> {
    let day = (1900_i16..=9999, 1_i8..=12, 1_i8..=28);
    prop_oneof![
        Just(Value::Empty),
        "[ -~\u{A0}-\u{FF}\u{4E00}-\u{4E20}\"\n,;=+@']{0,12}".prop_map(Value::Text),
        "(?s).{0,12}".prop_map(Value::Text),
        "[\u{0}-\u{7F}]{0,6}".prop_map(Value::Text),
        "_x00[0-9A-F]{2}_".prop_map(Value::Text),
        (-100_000_000_i64..100_000_000).prop_map(Value::Number),
        (-1_000_000_000_000_i64..1_000_000_000_000).prop_map(Value::Integer),
        day.prop_map(|(year, month, day)| Value::Date(Date::new(year, month, day).unwrap())),
    ]
}

/// Rows of four cells, none of them blank.
fn rows() -> impl Strategy<Value = Vec<Vec<Value>>> {
    let row = (1_i64..1000, proptest::collection::vec(value(), 3)).prop_map(|(first, rest)| {
        let mut row = vec![Value::Integer(first)];
        row.extend(rest);
        row
    });
    proptest::collection::vec(row, 0..12)
}

const HEADER: [&str; 4] = ["person", "end", "quantity", "title"];

fn is_blank(text: &str) -> bool {
    text.chars().all(char::is_whitespace)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(300) })]

    #[test]
    fn csv(rows in rows()) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.csv");
        let mut writer = CsvWriter::new(std::fs::File::create(&path).unwrap(), &HEADER).unwrap();
        for row in &rows {
            writer.row(&row.iter().map(Value::out).collect::<Vec<_>>()).unwrap();
        }
        writer.finish().unwrap();
        let read = table(&path);
        prop_assert!(read.row_errors.is_empty());
        prop_assert_eq!(read.len(), rows.len());
        for (number, row) in rows.iter().enumerate() {
            for (column, value) in row.iter().enumerate() {
                let expect = match value {
                    // A null character cannot stand in a text file.
                    Value::Text(text) => text.replace('\0', "\u{FFFD}"),
                    Value::Date(date) => date.to_string(),
                    other => other.digits().unwrap_or_default(),
                };
                match read.cell(number, column) {
                    Cell::Empty => prop_assert!(is_blank(&expect), "{:?}", expect),
                    Cell::Text(text) if text == expect => {}
                    Cell::Text(text) => {
                        prop_assert!(matches!(value, Value::Text(_)));
                        prop_assert_eq!(text, format!("'{expect}"));
                    }
                    other => prop_assert!(false, "{:?}", other),
                }
            }
        }
    }

    #[test]
    fn xlsx(rows in rows()) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.xlsx");
        let mut writer = XlsxWriter::new();
        let column = |title: &&str| SheetColumn { title: (*title).to_owned(), width: 10, kind: ColumnKind::Text };
        writer.sheet("S", &HEADER.iter().map(column).collect::<Vec<_>>()).unwrap();
        for row in &rows {
            writer.row(&row.iter().map(Value::out).collect::<Vec<_>>()).unwrap();
        }
        writer.save(&path).unwrap();
        let read = table(&path);
        prop_assert_eq!(read.len(), rows.len());
        for (number, row) in rows.iter().enumerate() {
            for (column, value) in row.iter().enumerate() {
                let cell = read.cell(number, column);
                match value {
                    Value::Empty => prop_assert_eq!(cell, Cell::Empty),
                    Value::Text(text) if is_blank(text) => prop_assert_eq!(cell, Cell::Empty),
                    Value::Text(text) => prop_assert_eq!(cell, Cell::Text(text)),
                    Value::Date(date) => prop_assert_eq!(cell, Cell::Date(*date)),
                    other => prop_assert_eq!(cell, Cell::Number(&other.digits().unwrap())),
                }
            }
        }
    }
}
