//! The command `template`: what it writes is read again without an error.

use crate::door::{POLICIES, run, run_in};
use calamine::{Reader, Xlsx};
use serde_json::json;
use std::io::Cursor;

#[test]
fn it_assesses_cleanly() {
    for (region, lang) in [("990000", "zh"), ("990000", "en"), ("510100", "zh"), ("500000", "zh"), ("650200", "en"), ("430100", "zh")] {
        let done = run(&["template", "--output", "t.xlsx", "--region", region, "--year", "2023", "--lang", lang, "--policies", POLICIES], &[]);
        done.says(0, &["t.xlsx"]);
        let done = run_in(done.folder, &["assess", "t.xlsx", "--region", region, "--year", "2023", "--format", "json", "--policies", POLICIES]);
        done.says(0, &[]);
        let json = done.json();
        let person = &json["assessments"][0];
        assert_eq!(person["person"], "P001");
        assert_eq!(person["records"][0]["problems"], json!([]), "{region}: the example earns hours");
        assert!(!done.err.contains("sheet"), "{}", done.err);
    }
}

#[test]
fn headers_are_chinese_and_everything_is_explained() {
    let done = run(&["template", "--output", "t.xlsx", "--lang", "zh"], &[]);
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(done.file("t.xlsx"))).unwrap();
    assert_eq!(book.sheet_names()[..3], ["学习记录", "人员", "填写说明"]);
    let header: Vec<String> = book.worksheet_range("学习记录").unwrap().rows().next().unwrap().iter().map(ToString::to_string).collect();
    assert_eq!(header[..9], ["人员编号", "记录编号", "学习形式", "科目类别", "学习内容", "开始日期", "结束日期", "数量", "计量单位"]);
    let guide = book.worksheet_range("填写说明").unwrap();
    let explained: Vec<String> = guide.rows().filter_map(|row| row.get(1)).map(ToString::to_string).collect();
    let persons = book.worksheet_range("人员").unwrap();
    let persons = persons.rows().next().unwrap();
    assert!(header.iter().all(|title| explained.contains(title)), "{explained:?}");
    assert!(persons.iter().all(|title| explained.contains(&title.to_string())), "{explained:?}");
    for row in guide.rows().skip_while(|row| row[0] != "学习记录") {
        assert_ne!(row[4].to_string(), "", "{:?} is not explained", row[1]);
    }
}

#[test]
fn columns_of_the_regulations_are_there() {
    let done = run(&["template", "--output", "t.xlsx", "--region", "990000", "--year", "2022", "--industry", "crafts", "--lang", "en", "--policies", POLICIES], &[]);
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(done.file("t.xlsx"))).unwrap();
    let header: Vec<String> = book.worksheet_range("records").unwrap().rows().next().unwrap().iter().map(ToString::to_string).collect();
    assert!(header.contains(&"rank".to_owned()), "{header:?}");
}

#[test]
fn nothing_is_overwritten() {
    let done = run(&["template", "--output", "t.xlsx"], &[("t.xlsx", b"my records")]);
    done.says(2, &["t.xlsx exists and is not overwritten"]);
    assert_eq!(done.file("t.xlsx"), b"my records");
    run(&["template", "--output", "t.csv"], &[]).says(2, &["its name ends with .xlsx"]);
    let done = run(&["template", "--lang", "zh"], &[]);
    assert_eq!(done.files(), ["学习记录.xlsx"]);
}
