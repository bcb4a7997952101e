//! The formats of the output, and that no text of a user becomes a formula in them.

use crate::door::{GOOD, assess, assess_files, table};
use calamine::{Data, Reader, Xlsx};
use serde_json::json;
use std::io::Cursor;

/// Two persons: one cut by a cap and carrying into the next year, one short with a proof missing.
fn rows() -> String {
    table(&[
        "P1,1,class,specialised,a,2022-03-01,2022-03-08,6,days,,,,training-certificate",
        "P1,2,attachment,general,b,2022-01-01,2022-04-30,2.5,months,,,,",
        "P2,1,class,specialised,c,2022-03-01,2022-03-01,7.25,hours,,,,training-certificate",
        "P2,2,class,specialised,d,2022-03-02,2022-03-02,7,hours,,,,",
    ])
}

fn sheet(bytes: Vec<u8>, name: &str) -> Vec<Vec<String>> {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
    let range = book.worksheet_range(name).unwrap();
    let text = |cell: &Data| if *cell == Data::Empty { String::new() } else { cell.to_string() };
    range.rows().map(|row| row.iter().map(text).collect()).collect()
}

#[test]
fn json_has_the_shape_of_the_contract() {
    let done = assess(&rows(), &[]);
    done.says(0, &[]);
    let json = done.json();
    let keys: Vec<&String> = json.as_object().unwrap().keys().collect();
    assert_eq!(keys[..3], ["assessments", "errors", "notes"]);
    let first = &json["assessments"][0];
    assert_eq!(first["person"], "P1");
    assert_eq!(first["year"], 2022);
    assert_eq!(first["policies"], json!(["common", "land"]));
    assert_eq!(first["status"], "met");
    assert_eq!(first["hours"], json!({"general": 30, "specialised": 40, "elective": 0, "total": 70}));
    assert_eq!(first["requirements"][0], json!({"subject": "total", "at_least": 20, "have": 70, "short": 0, "met": true, "binding": true, "cite": {"policy": "land", "clause": "一"}}));
    let record = &first["records"][0];
    assert_eq!(record["cuts"], json!([{"hours": 8, "cite": {"policy": "land", "clause": "二"}}]));
    assert_eq!((&record["rule"], &record["cite"]["clause"]), (&json!("class"), &json!("二")));
    assert_eq!(first["records"][1]["carried_to"], json!({"2023": 45}));
    let second = &json["assessments"][1];
    assert_eq!(second["hours"]["total"].to_string(), "7.25");
    assert_eq!(second["requirements"][0]["short"].to_string(), "12.75");
    assert_eq!(second["records"][1]["hours"], 0);
    assert_eq!(second["records"][1]["problems"][0]["code"], "missing-evidence");
    assert!(second["records"][1]["problems"][0]["message"].as_str().unwrap().contains("training certificate"));
    assert_eq!(second["consequences"][0]["gate"], "appraisal-excellent");
    assert_eq!(json["policies"][1]["id"], "land");
    assert_eq!(json["policies"][1]["sha256"].as_str().unwrap().len(), 64);
}

#[test]
fn messages_are_in_the_language_asked_for() {
    let json = assess(&rows(), &["--lang", "zh"]).json();
    assert_eq!(json["assessments"][1]["records"][1]["problems"][0]["message"], "缺少规定的证明材料。缺培训证");
    assert_eq!(json["assessments"][1]["consequences"][0]["message"], "不得评为优秀");
}

#[test]
fn json_lines_are_one_assessment_a_line() {
    let done = assess(&rows(), &["--format", "jsonl"]);
    let lines: Vec<serde_json::Value> = done.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 2);
    assert_eq!(lines[1], assess(&rows(), &[]).json()["assessments"][1]);
}

#[test]
fn csv_of_persons_and_of_records() {
    let done = assess(&rows(), &["--format", "csv"]);
    assert_eq!(
        done.out,
        "person,year,status,general,specialised,elective,total,short_total,short_general,short_specialised,policies\n\
         P1,2022,met,30,40,0,70,0,,0,common;land\n\
         P2,2022,short,0,7.25,0,7.25,12.75,,2.75,common;land\n"
    );
    let done = assess(&rows(), &["--format", "csv", "--rows", "records", "--lang", "zh"]);
    let lines: Vec<&str> = done.out.lines().collect();
    assert_eq!(
        lines[..4],
        [
            "person,record,subject,hours,rule,policy,clause,cut,carried,problem",
            "P1,1,specialised,40,class,land,二,8,0,",
            "P1,2,general,30,further,land,三,0,45,",
            "P2,1,specialised,7.25,class,land,二,0,0,"
        ]
    );
    assert!(lines[4].starts_with("P2,2,specialised,0,") && lines[4].ends_with(",0,0,missing-evidence"), "{}", lines[4]);
}

#[test]
fn a_workbook_of_two_sheets() {
    let done = assess(&rows(), &["--output", "out.xlsx", "--lang", "zh"]);
    done.says(0, &[]);
    assert_eq!(done.out, "");
    assert_eq!(done.files(), ["out.xlsx", "records.csv"], "nothing is left beside it");
    let persons = sheet(done.file("out.xlsx"), "汇总");
    assert_eq!(persons[0], ["人员编号", "年度", "状态", "公需科目", "专业科目", "选修科目", "合计", "还差：合计", "还差：公需科目", "还差：专业科目", "政策"]);
    assert_eq!(persons[2], ["P2", "2022", "未完成", "0", "7.25", "0", "7.25", "12.75", "", "2.75", "common;land"]);
    let records = sheet(done.file("out.xlsx"), "明细");
    assert_eq!(records[0][..4], ["人员编号", "记录编号", "科目类别", "认定学时"]);
    assert_eq!(records[1][..9], ["P1", "1", "专业科目", "40", "class", "land", "二", "8", "0"]);
    assert_eq!(records[4][9..], ["missing-evidence", "缺少规定的证明材料。缺培训证"]);
    let english = assess(&rows(), &["--output", "out.xlsx"]);
    assert_eq!(sheet(english.file("out.xlsx"), "汇总")[0][2], "status");
}

#[test]
fn a_workbook_through_a_pipe() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("r.csv"), rows()).unwrap();
    let args = ["assess", "r.csv", "--region", "990000", "--year", "2022", "--policies", crate::door::POLICIES, "--format", "xlsx"];
    let done = crate::door::command(folder.path(), &args).output().unwrap();
    assert_eq!(sheet(done.stdout, "明细").len(), 5);
}

#[test]
fn the_table_for_people() {
    let done = assess(&rows(), &["--format", "table"]);
    done.says(
        0,
        &[
            "P1 · 2022 · complete\n",
            "total",
            "70 / 20  met",
            "(invented) continuing education 一",
            "2 records, 8 cut by caps",
            "P2 · 2022 · not complete: total lacks 12.75, specialised subjects lacks 2.75",
            "2 records, 1 of them give none (1 the evidence asked for is missing)",
            "consequence: not to be rated excellent ((invented) continuing education 五)",
            "2 in all: met 1, short 1",
        ],
    );
    assert!(!done.out.contains('\u{1b}'), "no colours in a pipe");
    assess(&rows(), &["--format", "table", "--lang", "zh"])
        .says(0, &["P1 · 2022 年度 · 已完成\n", "70 / 20  已达到", "P2 · 2022 年度 · 未完成：总学时差 12.75，专业科目差 2.75", "共 2 人：已完成 1，未完成 1"]);
}

#[test]
fn many_persons_are_one_row_each() {
    let rows: Vec<String> = (1..=20).map(|n| GOOD.replace("P1", &format!("人{n}"))).collect();
    let done = assess(&table(&rows.iter().map(String::as_str).collect::<Vec<_>>()), &["--format", "table", "--lang", "zh"]);
    done.says(0, &["人员  年度  状态", "\n人1   2022  未完成", "\n人20  2022  未完成", "共 20 人：未完成 20"]);
}

#[test]
fn the_extension_of_the_output_is_its_format() {
    let done = assess(&rows(), &["--output", "out.csv"]);
    assert!(String::from_utf8(done.file("out.csv")).unwrap().starts_with("person,year,status"));
    let done = assess(&rows(), &["--output", "out.jsonl"]);
    assert_eq!(done.file("out.jsonl").iter().filter(|byte| **byte == b'\n').count(), 2);
    let done = assess(&rows(), &["--output", "out.txt", "--format", "json"]);
    assert!(done.file("out.txt").starts_with(b"{"));
    let done = assess(&rows(), &["--output", "out.csv", "--format", "json"]);
    assert!(done.file("out.csv").starts_with(b"{"), "what is asked for comes before the extension");
}

#[test]
fn an_output_that_exists_is_replaced_whole() {
    let rows = rows();
    let files: &[(&str, &[u8])] = &[("records.csv", rows.as_bytes()), ("out.json", b"old")];
    let done = assess_files(files, &["--output", "out.json"]);
    assert!(done.file("out.json").starts_with(b"{\"assessments\""));
    // Nothing is written where nothing can be assessed.
    let done = assess_files(&[("records.csv", b"a,b\n1,2\n"), ("out.json", b"old")], &["--output", "out.json"]);
    assert_eq!((done.code, done.file("out.json")), (2, b"old".to_vec()));
}

#[test]
fn no_text_becomes_a_formula() {
    for start in ["=", "+", "-", "@", "\t=", " =", "＝"] {
        let person = format!("{start}1+1");
        let quoted = format!("\"{person}\"");
        let rows = table(&[&GOOD.replace("P1,1,", &format!("{quoted},{quoted},"))]);
        let shown = person.trim();
        for rows_of in ["persons", "records"] {
            let done = assess(&rows, &["--format", "csv", "--rows", rows_of]);
            let cell = done.out.lines().nth(1).unwrap().split(',').next().unwrap();
            assert_eq!(cell, format!("'{shown}"), "{rows_of}");
        }
        let done = assess(&rows, &["--output", "out.xlsx"]);
        let bytes = done.file("out.xlsx");
        assert_eq!(sheet(bytes.clone(), "明细")[1][..2], [shown, shown]);
        let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
        for name in ["汇总", "明细"] {
            assert!(book.worksheet_formula(name).unwrap().is_empty(), "{name}");
        }
        assert_eq!(assess(&rows, &[]).json()["assessments"][0]["person"], shown);
    }
}

#[test]
fn no_text_steers_the_terminal() {
    let rows = table(&[&GOOD.replace("P1", "P\u{1b}[31m1")]);
    let done = assess(&rows, &["--format", "table"]);
    assert!(!done.out.contains('\u{1b}'), "{:?}", done.out);
    let done = assess(&rows.replace("2022-03-02", "\u{1b}[2J"), &["--format", "table"]);
    assert!(!done.err.contains('\u{1b}'), "{:?}", done.err);
}

#[test]
fn an_explanation_stands_under_its_person() {
    assess(&rows(), &["--format", "table", "--explain"]).says(0, &["P1 · 2022", "a class", "P2 · 2022"]);
    let json = assess(&rows(), &["--explain"]).json();
    assert_eq!(json["assessments"][0]["records"][0]["steps"], json!({"quantity": 6, "less": 0, "counted": 6, "exact": 48, "rounded": 48}));
}
