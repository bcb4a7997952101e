//! The door for Parquet: a file made of columns, and what is expected of reading it.

use std::fmt::Write;
use std::path::Path;
use std::sync::Arc;

use parquet::data_type::{BoolType, ByteArray, ByteArrayType, DoubleType, FixedLenByteArray, FixedLenByteArrayType, FloatType, Int32Type, Int64Type, Int96, Int96Type};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
use parquet::schema::parser::parse_message_type;
use xueshi_exchange::{Batch, Cells, FileError, Header, Limits, NO_DAY, NO_NUMBER, Notice, ParquetFile, Reading};

use crate::door::both;

/// The values of a column in a row group; none is an empty cell.
#[derive(Clone)]
pub(crate) enum Column {
    Text(Vec<Option<&'static str>>),
    Bytes(Vec<Option<Vec<u8>>>),
    Fixed(Vec<Option<Vec<u8>>>),
    Whole(Vec<Option<i32>>),
    Long(Vec<Option<i64>>),
    Single(Vec<Option<f32>>),
    Double(Vec<Option<f64>>),
    Truth(Vec<Option<bool>>),
    Old(Vec<Option<(u64, u32)>>),
}

pub(crate) fn texts(values: &[&'static str]) -> Column {
    Column::Text(values.iter().copied().map(Some).collect())
}

/// A file of these columns, written as the library writes them; `columns` is the schema's inside.
pub(crate) fn file(columns: &str, properties: WriterProperties, groups: &[Vec<Column>]) -> Vec<u8> {
    let schema = parse_message_type(&format!("message table {{ {columns} }}")).unwrap();
    let mut writer = SerializedFileWriter::new(Vec::new(), Arc::new(schema), Arc::new(properties)).unwrap();
    for group in groups {
        let mut columns = writer.next_row_group().unwrap();
        for column in group {
            write(columns.next_column().unwrap().unwrap(), column);
        }
        columns.close().unwrap();
    }
    writer.into_inner().unwrap()
}

fn write(mut writer: SerializedColumnWriter<'_>, column: &Column) {
    macro_rules! values {
        ($kind:ty, $values:expr, $of:expr) => {{
            let levels: Vec<i16> = $values.iter().map(|value| i16::from(value.is_some())).collect();
            let values: Vec<_> = $values.iter().flatten().map($of).collect();
            writer.typed::<$kind>().write_batch(&values, Some(&levels), None).unwrap();
        }};
    }
    match column {
        Column::Text(values) => values!(ByteArrayType, values, |text| ByteArray::from(*text)),
        Column::Bytes(values) => values!(ByteArrayType, values, |bytes| ByteArray::from(bytes.clone())),
        Column::Fixed(values) => values!(FixedLenByteArrayType, values, |bytes| FixedLenByteArray::from(bytes.clone())),
        Column::Whole(values) => values!(Int32Type, values, |value| *value),
        Column::Long(values) => values!(Int64Type, values, |value| *value),
        Column::Single(values) => values!(FloatType, values, |value| *value),
        Column::Double(values) => values!(DoubleType, values, |value| *value),
        Column::Truth(values) => values!(BoolType, values, |value| *value),
        Column::Old(values) => values!(Int96Type, values, |(nanos, day)| {
            let mut old = Int96::new();
            old.set_data(*nanos as u32, (*nanos >> 32) as u32, *day);
            old
        }),
    }
    writer.close().unwrap();
}

/// The columns the tests understand, one for each way of reading.
pub(crate) fn headers() -> Vec<Header> {
    let header = |id: &str, zh: &str, required| Header { id: id.to_owned(), names: vec![id.to_owned(), zh.to_owned()], required };
    vec![header("person", "人员编号", true), header("end", "结束日期", false), header("quantity", "数量", false), header("title", "学习内容", false)]
}

const WANTED: [(usize, Reading); 4] = [(0, Reading::Id), (1, Reading::Date), (2, Reading::Number), (3, Reading::Words)];

/// Reads a file of this content; what comes of it must be the expected lines.
pub(crate) fn check(bytes: &[u8], expect: &str) {
    let found = read(bytes);
    let expect: String = expect.trim().lines().map(|line| format!("{}\n", line.trim())).collect();
    assert!(found == expect, "--- found\n{found}--- expected\n{expect}");
}

/// What comes of reading a file of this content.
pub(crate) fn read(bytes: &[u8]) -> String {
    read_named("a.parquet", bytes, &Limits::default())
}

pub(crate) fn read_named(name: &str, bytes: &[u8], limits: &Limits) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    read_path(&path, limits)
}

/// What comes of reading a file that the test keeps.
pub(crate) fn read_path(path: &Path, limits: &Limits) -> String {
    let mut lines = String::new();
    if let Err(error) = read_lines(path, limits, &mut lines) {
        assert_eq!(error.file, path.display().to_string());
        assert!(FileError::CODES.contains(&error.code));
        let (cause, remedy) = (both(&error.cause), both(&error.remedy));
        writeln!(lines, "error {}: {cause} -> {remedy}", error.code).unwrap();
    }
    lines
}

fn read_lines(path: &Path, limits: &Limits, lines: &mut String) -> Result<(), FileError> {
    let file = ParquetFile::open(path, &headers(), limits)?;
    for notice in file.notices() {
        assert!(Notice::CODES.contains(&notice.code));
        writeln!(lines, "notice {}: {}", notice.code, both(&notice.text)).unwrap();
    }
    let mut reader = file.reader(&WANTED, 0..file.groups());
    let mut last: Vec<String> = Vec::new();
    // What is kept of a batch stands before the next one as it stood.
    let mut kept = 0;
    while let Some(batch) = reader.next_behind(kept)? {
        let all: Vec<String> = (0..batch.rows).map(|row| line(batch, row)).collect();
        assert_eq!(all[..kept], last[last.len() - kept..]);
        all[kept..].iter().for_each(|line| writeln!(lines, "{line}").unwrap());
        last = all;
        kept = last.len().min(3);
    }
    assert_eq!((0..reader.batch().rows).map(|row| line(reader.batch(), row)).collect::<Vec<_>>(), last);
    Ok(())
}

fn line(batch: &Batch, row: usize) -> String {
    let cells: Vec<String> = (0..WANTED.len()).map(|column| cell(batch, column, row)).collect();
    let cells: Vec<&str> = cells.iter().map(String::as_str).filter(|cell| !cell.is_empty()).collect();
    format!("{}: {}", batch.first_row + row as u64, cells.join(" | ")).trim_end().to_owned()
}

/// A cell with its column's name: texts as they are, numbers after `#`, days after `@`, whole
/// numbers after `=`, odd values after `!`.
fn cell(batch: &Batch, column: usize, row: usize) -> String {
    let odd_text = |odd: &[(u32, String)]| odd.iter().find(|(at, _)| *at as usize == row).map(|(_, text)| format!("!{text}"));
    let text = match &batch.columns[column] {
        Cells::Words(cells) => batch.words(column)[cells[row] as usize].clone(),
        Cells::Integers(cells) if cells[row] == NO_NUMBER => String::new(),
        Cells::Integers(cells) => format!("={}", cells[row]),
        Cells::Numbers { hundredths, odd } => match odd_text(odd) {
            Some(text) => text,
            None if hundredths[row] == NO_NUMBER => String::new(),
            None => format!("#{}", hundredths[row]),
        },
        Cells::Days { days, odd } => match odd_text(odd) {
            Some(text) => text,
            None if days[row] == NO_DAY => String::new(),
            None => format!("@{}", days[row]),
        },
    };
    if text.is_empty() { text } else { format!("{} {text}", headers()[column].id) }
}
