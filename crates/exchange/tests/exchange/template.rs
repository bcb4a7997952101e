//! The workbook to be filled in.

use std::io::Cursor;
use std::path::Path;

use calamine::{Reader, SheetVisible, Xlsx};
use xueshi_exchange::{ColumnKind, TemplateColumn, TemplateGuide, TemplateSheet, Text, Which, write_template};

use crate::door::{headers, shown};

fn column(en: &str, zh: &str, kind: ColumnKind, example: &str) -> TemplateColumn {
    TemplateColumn { header: Text::new(zh, en), help: Text::new("说明文字", "what to fill in"), required: en != "title", choices: Vec::new(), kind, example: example.to_owned(), width: 0 }
}

fn sheets() -> Vec<TemplateSheet> {
    let mut level = column("level", "级别", ColumnKind::Choice, "国家级");
    level.choices = ["国家级", "省级"].map(str::to_owned).to_vec();
    let mut title = column("title", "学习内容", ColumnKind::Choice, "=not a formula");
    title.choices = (0..60).map(|choice| format!("第 {choice} 种")).collect();
    let records = vec![
        column("person", "人员编号", ColumnKind::Text, "510102199001011234"),
        column("end", "结束日期", ColumnKind::Date, "2019-03-01"),
        column("quantity", "数量", ColumnKind::Number, "7.5"),
        title.clone(),
        level,
    ];
    let persons = vec![column("person", "人员编号", ColumnKind::Text, "P1"), title];
    vec![TemplateSheet { name: "记录".to_owned(), columns: records }, TemplateSheet { name: "人员".to_owned(), columns: persons }]
}

fn written(lang_zh: bool, path: &Path) -> Vec<u8> {
    let guide = TemplateGuide { name: "填写说明".to_owned(), intro: vec!["请逐行填写。".to_owned()] };
    write_template(path, &sheets(), &guide, lang_zh).unwrap();
    std::fs::read(path).unwrap()
}

fn part(bytes: &[u8], name: &str) -> String {
    let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    std::io::read_to_string(zip.by_name(name).unwrap()).unwrap()
}

#[test]
fn it_is_read_again_with_its_example() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.xlsx");
    for lang_zh in [true, false] {
        written(lang_zh, &path);
        let read = xueshi_exchange::read(&path, &headers(), Which::First, &|_, _| {});
        assert_eq!(
            shown(read, &path),
            "sheet 记录
notice other-sheets: Only the sheet \"记录\" was read, not \"人员\".
1: person=510102199001011234 | end=@2019-03-01 | quantity=#7.5 | title==not a formula | level=国家级
"
        );
    }
}

#[test]
fn cells_are_checked_while_they_are_filled_in() {
    let folder = tempfile::tempdir().unwrap();
    let bytes = written(true, &folder.path().join("a.xlsx"));
    let xml = part(&bytes, "xl/worksheets/sheet1.xml");
    for rule in [
        "<formula1>\"国家级,省级\"</formula1>",
        "<formula1>_lists!$A$1:$A$60</formula1>",
        "type=\"decimal\" operator=\"greaterThanOrEqual\"",
        "type=\"date\"",
        "sqref=\"C2:C1048576\"",
        "prompt=\"说明文字\"",
        "state=\"frozen\"",
    ] {
        assert!(xml.contains(rule), "{rule} is not in {xml}");
    }
    // The list is on the hidden sheet once, though two columns offer it.
    assert!(part(&bytes, "xl/worksheets/sheet2.xml").contains("_lists!$A$1:$A$60"));
    assert!(part(&bytes, "xl/styles.xml").contains("F8CBAD"));
}

#[test]
fn the_guide_explains_every_column_and_the_lists_are_hidden() {
    let folder = tempfile::tempdir().unwrap();
    let bytes = written(true, &folder.path().join("a.xlsx"));
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
    let sheets: Vec<(String, bool)> = book.sheets_metadata().iter().map(|sheet| (sheet.name.clone(), sheet.visible == SheetVisible::Visible)).collect();
    let expect = [("记录", true), ("人员", true), ("填写说明", true), ("_lists", false)];
    assert_eq!(sheets, expect.map(|(name, visible)| (name.to_owned(), visible)));
    let guide = book.worksheet_range("填写说明").unwrap();
    let rows: Vec<String> = guide.rows().map(|row| row.iter().map(ToString::to_string).collect::<Vec<_>>().join("|")).collect();
    assert_eq!(rows[0], "请逐行填写。||||||");
    assert_eq!(rows[3], "工作表|列名|英文列名|是否必填|说明|可填内容|示例");
    assert_eq!(rows[4], "记录|人员编号|person|必填|说明文字|文字|510102199001011234");
    assert_eq!(rows[8], "记录|级别|level|必填|说明文字|国家级、省级|国家级");
    assert_eq!(rows.len(), 4 + 5 + 2);
}

#[test]
fn the_header_is_of_the_language_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    for (lang_zh, title) in [(true, "人员编号"), (false, "person")] {
        let bytes = written(lang_zh, &folder.path().join("a.xlsx"));
        let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
        let first = book.worksheet_range("记录").unwrap();
        assert_eq!(first.get_value((0, 0)).unwrap().to_string(), title);
    }
}

#[test]
fn a_place_that_cannot_be_written() {
    let guide = TemplateGuide { name: "填写说明".to_owned(), intro: Vec::new() };
    let error = write_template(Path::new("/nowhere/at/all.xlsx"), &sheets(), &guide, true).unwrap_err();
    assert_eq!((error.code, error.file.as_str()), ("cannot-write", "/nowhere/at/all.xlsx"));
}
