//! Bytes as files of tables: every cell is read, and every error looked at.

use std::io::Write as _;
use std::path::Path;

use xueshi_exchange::{BadCell, Cell, Cells, FileError, Header, Limits, Notice, ParquetFile, Reading, Table, Text, Which, read_with};

use crate::package;

/// As in the program, but for sizes: a small file must not need more than this, whatever it says of itself.
fn limits() -> Limits {
    Limits { unpacked_bytes: 64 << 20, parquet_bytes: 64 << 20, page_bytes: 16 << 20, ..Limits::default() }
}

/// Reads bytes as a file that is named as CSV.
pub fn csv(bytes: &[u8]) {
    in_file(".csv", bytes, read_table);
}

/// Reads a workbook: the bytes of one, or the text of its parts (`--- name` on a line before each).
pub fn xlsx(bytes: &[u8]) {
    if bytes.starts_with(b"--- ") {
        if let Some(packed) = package::of_parts(bytes) {
            in_file(".xlsx", &packed, read_table);
        }
    } else {
        in_file(".xlsx", bytes, read_table);
    }
}

/// Reads bytes as a Parquet file, each column in each of the ways that it could be asked for.
pub fn parquet(bytes: &[u8]) {
    in_file(".parquet", bytes, |path| {
        if let Err(error) = read_columns(path) {
            refused(&error);
        }
    });
}

/// The columns that are understood: one for each way of reading, the first of them required.
fn headers() -> Vec<Header> {
    let header = |id: &str, zh: &str| Header { id: id.to_owned(), names: vec![zh.to_owned()], required: id == "person" };
    vec![header("person", "人员编号"), header("end", "结束日期"), header("quantity", "数量"), header("title", "学习内容")]
}

fn in_file(extension: &str, bytes: &[u8], read: impl FnOnce(&Path)) {
    let written = tempfile::Builder::new().suffix(extension).tempfile().and_then(|mut file| file.write_all(bytes).map(|()| file));
    assert!(written.is_ok(), "no temporary file can be written");
    if let Ok(file) = written {
        read(file.path());
    }
}

fn read_table(path: &Path) {
    for which in [Which::First, Which::Named(&["人员", "persons"])] {
        match read_with(path, &headers(), which, &limits(), &|_, _| {}) {
            Ok(Some(table)) => look_at(&table),
            Ok(None) => {}
            Err(error) => refused(&error),
        }
    }
}

fn look_at(table: &Table) {
    table.notices.iter().for_each(noticed);
    for fault in &table.row_errors {
        both(&fault.cause);
        both(&fault.remedy);
        assert!(fault.row > 0 && fault.value.len() < 1000);
    }
    let mut last = 0;
    for row in 0..table.len() {
        assert!(table.row_number(row) > last, "rows out of order");
        last = table.row_number(row);
        for header in 0..headers().len() {
            if let Cell::Bad(bad) = table.cell(row, header) {
                assert!(BadCell::CODES.contains(&bad.code));
                both(&bad.cause);
                both(&bad.remedy);
            }
        }
    }
}

fn read_columns(path: &Path) -> Result<(), Box<FileError>> {
    let file = ParquetFile::open(path, &headers(), &limits())?;
    file.notices().iter().for_each(noticed);
    for turn in 0..4 {
        let reading = |header: usize| [Reading::Id, Reading::Date, Reading::Number, Reading::Words][(header + turn) % 4];
        let wanted: Vec<(usize, Reading)> = (0..headers().len()).map(|header| (header, reading(header))).collect();
        let mut reader = file.reader(&wanted, 0..file.groups());
        let (mut rows, mut kept) = (0, 0);
        // A few kilobytes can rightly say that one value stands in a million rows.
        while let Some(batch) = reader.next_behind(kept)?.filter(|_| rows < 1 << 20) {
            assert_eq!(batch.first_row, rows - kept as u64);
            rows += (batch.rows - kept) as u64;
            kept = batch.rows.min(turn);
            for (column, cells) in batch.columns.iter().enumerate() {
                let words = batch.words(column).len();
                let whole = match cells {
                    Cells::Words(cells) => cells.len() == batch.rows && cells.iter().all(|word| (*word as usize) < words),
                    Cells::Integers(cells) => cells.len() == batch.rows,
                    Cells::Numbers { hundredths, odd } => hundredths.len() == batch.rows && odd.iter().all(|(row, _)| (*row as usize) < batch.rows),
                    Cells::Days { days, odd } => days.len() == batch.rows && odd.iter().all(|(row, _)| (*row as usize) < batch.rows),
                };
                assert!(whole, "cells that are not one a row, or point nowhere");
            }
        }
        assert!(rows <= file.rows());
    }
    Ok(())
}

fn refused(error: &FileError) {
    assert!(FileError::CODES.contains(&error.code), "{} is not a listed code", error.code);
    both(&error.cause);
    both(&error.remedy);
}

fn noticed(notice: &Notice) {
    assert!(Notice::CODES.contains(&notice.code), "{} is not a listed code", notice.code);
    both(&notice.text);
}

/// What is said is said in both languages, and fits on a screen whatever the file holds.
fn both(text: &Text) {
    assert!(!text.zh.is_empty() && !text.en.is_empty());
    assert!(text.zh.len() < 4000 && text.en.len() < 4000, "{} bytes of message", text.en.len());
}
