//! The one door: a file's name and bytes, and what is expected of reading it.

use std::fmt::Write;
use std::path::Path;

use xueshi_exchange::{BadCell, Cell, FileError, Header, Limits, Notice, Table, Text, Which, read_with};

/// The columns the tests understand.
pub(crate) fn headers() -> Vec<Header> {
    let header = |id: &str, zh: &str, required| Header { id: id.to_owned(), names: vec![id.to_owned(), zh.to_owned()], required };
    vec![header("person", "人员编号", true), header("end", "结束日期", true), header("quantity", "数量", true), header("title", "学习内容", false), header("level", "级别", false)]
}

/// Reads a file of this name and content; what comes of it must be the expected lines.
pub(crate) fn check(name: &str, bytes: impl AsRef<[u8]>, expect: &str) {
    check_with(name, bytes, Which::First, &Limits::default(), expect);
}

pub(crate) fn check_with(name: &str, bytes: impl AsRef<[u8]>, which: Which<'_>, limits: &Limits, expect: &str) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    let result = read_with(&path, &headers(), which, limits, &|_, _| {});
    let found = shown(result, &path);
    let expect: String = expect.trim().lines().map(|line| format!("{}\n", line.trim())).collect();
    assert!(found == expect, "{name}\n--- found\n{found}--- expected\n{expect}");
}

/// The table in a file of a folder that the test keeps.
pub(crate) fn table(path: &Path) -> Table {
    read_with(path, &headers(), Which::First, &Limits::default(), &|_, _| {}).unwrap().unwrap()
}

pub(crate) fn shown(result: Result<Option<Table>, FileError>, path: &Path) -> String {
    let mut lines = String::new();
    match result {
        Ok(Some(table)) => show_table(&mut lines, &table),
        Ok(None) => lines.push_str("no such sheet\n"),
        Err(error) => {
            assert_eq!(error.file, path.display().to_string());
            assert!(FileError::CODES.contains(&error.code));
            let (cause, remedy) = (both(&error.cause), both(&error.remedy));
            writeln!(lines, "error {}: {cause} -> {remedy}", error.code).unwrap();
        }
    }
    lines
}

fn show_table(lines: &mut String, table: &Table) {
    if let Some(sheet) = &table.sheet {
        writeln!(lines, "sheet {sheet}").unwrap();
    }
    for notice in &table.notices {
        assert!(Notice::CODES.contains(&notice.code), "{} is not a listed code", notice.code);
        writeln!(lines, "notice {}: {}", notice.code, both(&notice.text)).unwrap();
    }
    for row in 0..table.len() {
        let cells: Vec<String> = headers()
            .iter()
            .enumerate()
            .map(|(header, of)| (of, table.cell(row, header)))
            .filter(|(_, cell)| *cell != Cell::Empty)
            .map(|(of, cell)| format!("{}={}", of.id, show_cell(&cell)))
            .collect();
        let line = format!("{}: {}", table.row_number(row), cells.join(" | "));
        writeln!(lines, "{}", line.trim_end()).unwrap();
    }
    for fault in &table.row_errors {
        let (cause, remedy) = (both(&fault.cause), both(&fault.remedy));
        writeln!(lines, "fault {} [{}]: {cause} -> {remedy}", fault.row, fault.value).unwrap();
    }
}

/// Text as it is, numbers after `#`, dates after `@`, bad cells after `!`.
pub(crate) fn show_cell(cell: &Cell<'_>) -> String {
    match cell {
        Cell::Empty => String::new(),
        Cell::Text(text) => text.replace('\n', "\\n"),
        Cell::Number(digits) => format!("#{digits}"),
        Cell::Date(date) => format!("@{date}"),
        Cell::Bad(bad) => {
            assert!(BadCell::CODES.contains(&bad.code));
            both(&bad.cause);
            both(&bad.remedy);
            format!("!{}({})", bad.code, bad.value)
        }
    }
}

/// The English of a text, after a look at the Chinese: each is a whole sentence.
pub(crate) fn both(text: &Text) -> &str {
    assert!(text.zh.contains(|c| ('\u{4E00}'..='\u{9FFF}').contains(&c)), "no Chinese: {text:?}");
    assert!(text.zh.ends_with(['。', '？']), "no sentence: {text:?}");
    assert!(text.en.ends_with(['.', '?']), "no sentence: {text:?}");
    for name in ["Error", "XlsxError", "Option", "Some(", "::"] {
        assert!(!text.en.contains(name), "a programmer's word: {text:?}");
    }
    &text.en
}
