//! Workbooks that are written.

use std::io::Cursor;

use calamine::{Data, Reader, Xlsx};
use jiff::civil::date;
use xueshi_exchange::{ColumnKind, Out, SheetColumn, XlsxWriter};

use crate::door::check;

fn column(title: &str, kind: ColumnKind) -> SheetColumn {
    SheetColumn { title: title.to_owned(), width: 0, kind }
}

fn columns() -> Vec<SheetColumn> {
    vec![column("人员编号", ColumnKind::Text), column("结束日期", ColumnKind::Date), column("数量", ColumnKind::Number), column("学习内容", ColumnKind::Text)]
}

fn saved(writer: XlsxWriter) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    writer.save_to_writer(&mut bytes).unwrap();
    bytes.into_inner()
}

/// A part of a workbook as text.
fn part(bytes: &[u8], name: &str) -> String {
    let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    std::io::read_to_string(zip.by_name(name).unwrap()).unwrap()
}

#[test]
fn cells_of_every_kind() {
    let mut writer = XlsxWriter::new();
    writer.sheet("明细", &columns()).unwrap();
    let row = |person, quantity, title| [Out::Text(person), Out::Date(date(2019, 3, 1)), quantity, Out::Text(title)];
    writer.row(&row("P1", Out::Number(7850), "=1+1")).unwrap();
    writer.row(&row("P2", Out::Number(-7), "http://example.org/ & <b>")).unwrap();
    writer.row(&row("0007", Out::Integer(30), "one\ntwo _x0041_")).unwrap();
    writer.row(&[Out::Text("P4"), Out::Empty, Out::Empty, Out::Date(date(1899, 1, 1))]).unwrap();
    check(
        "a.xlsx",
        saved(writer),
        "sheet 明细
         1: person=P1 | end=@2019-03-01 | quantity=#78.5 | title==1+1
         2: person=P2 | end=@2019-03-01 | quantity=#-0.07 | title=http://example.org/ & <b>
         3: person=0007 | end=@2019-03-01 | quantity=#30 | title=one\\ntwo _x0041_
         4: person=P4 | title=1899-01-01",
    );
}

#[test]
fn no_formula_is_ever_written() {
    let mut writer = XlsxWriter::new();
    writer.sheet("S", &columns()).unwrap();
    for text in ["=1+1", "+1", "@x", "=HYPERLINK(\"http://x\")", "{=1}"] {
        writer.row(&[Out::Text(text)]).unwrap();
    }
    let bytes = saved(writer);
    assert!(!part(&bytes, "xl/worksheets/sheet1.xml").contains("<f>"));
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
    assert_eq!(book.worksheet_range("S").unwrap().get_value((1, 0)), Some(&Data::String("=1+1".to_owned())));
}

#[test]
fn several_sheets_each_with_header_filter_and_frozen_row() {
    let mut writer = XlsxWriter::new();
    for name in ["汇总", "明细"] {
        writer.sheet(name, &columns()).unwrap();
        writer.row(&[Out::Text("P1"), Out::Date(date(2019, 3, 1)), Out::Number(50)]).unwrap();
    }
    let bytes = saved(writer);
    for sheet in ["xl/worksheets/sheet1.xml", "xl/worksheets/sheet2.xml"] {
        let xml = part(&bytes, sheet);
        assert!(xml.contains("<autoFilter ref=\"A1:D2\"/>"), "{xml}");
        assert!(xml.contains("ySplit=\"1\"") && xml.contains("state=\"frozen\""), "{xml}");
        // Four Chinese characters are eight wide, and the filter's button takes room.
        assert!(xml.contains("width=\"12.7109375\""), "{xml}");
    }
    let styles = part(&bytes, "xl/styles.xml");
    assert!(styles.contains("\"yyyy-mm-dd\"") && styles.contains("\"0.##\""), "{styles}");
    check("a.xlsx", bytes, "sheet 汇总\nnotice other-sheets: Only the sheet \"汇总\" was read, not \"明细\".\n1: person=P1 | end=@2019-03-01 | quantity=#0.5");
}

#[test]
fn a_text_too_long_for_a_cell_is_cut_visibly() {
    let mut writer = XlsxWriter::new();
    writer.sheet("S", &columns()).unwrap();
    writer.row(&[Out::Text(&"字".repeat(40_000))]).unwrap();
    check("a.xlsx", saved(writer), &format!("sheet S\n1: person={}…", "字".repeat(32_766)));
}

#[test]
fn what_cannot_be_written_is_said() {
    let mut writer = XlsxWriter::new();
    let error = writer.sheet("a/b", &columns()).unwrap_err();
    assert_eq!((error.code, error.file.as_str()), ("cannot-write", "a/b"));
    assert!(error.cause.en.starts_with("The sheet's name cannot be used"));
    let error = XlsxWriter::new().row(&[Out::Integer(1)]).unwrap_err();
    assert_eq!(error.code, "cannot-write");
    let mut writer = XlsxWriter::new();
    writer.sheet("S", &columns()).unwrap();
    let error = writer.save(std::path::Path::new("/nowhere/at/all.xlsx")).unwrap_err();
    assert_eq!((error.code, error.file.as_str()), ("cannot-write", "/nowhere/at/all.xlsx"));
}

#[test]
fn a_sheet_ends_where_the_format_does() {
    let mut writer = XlsxWriter::new();
    writer.sheet("S", &[column("n", ColumnKind::Number)]).unwrap();
    for _ in 1..1_048_576 {
        writer.row(&[]).unwrap();
    }
    let error = writer.row(&[]).unwrap_err();
    assert_eq!((error.code, error.file.as_str()), ("too-many-rows", "S"));
}
