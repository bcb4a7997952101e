//! Bad input: each kind gets its error, the good rows are assessed, and nothing crashes.

use crate::door::{GOOD, HEADER, assess, assess_file, assess_files, errors, table};
use serde_json::json;

/// The good row is assessed beside a bad one of the same person, whose error is this.
#[track_caller]
fn bad_row(row: &str, error: &str) {
    let done = assess(&table(&[GOOD, row]), &[]);
    let json = done.json();
    let found = errors(&json);
    assert!(found.iter().any(|found| found.contains(error)), "{error} is not in {found:#?}");
    assert_eq!(done.code, 1);
    assert_eq!(json["errors"][0]["file"], "records.csv");
    let person = &json["assessments"][0];
    assert_eq!(person["status"], "undetermined", "{person}");
    assert_eq!(person["records"].as_array().unwrap().len(), 1, "{person}");
    assert_eq!(person["hours"]["total"], json!(8));
    let (row, rest) = error.split_once(' ').unwrap();
    let line = format!("records.csv:{row} {rest}").replace(" : ", ": ");
    assert!(done.err.contains(&line), "{line} is not in\n{}", done.err);
}

#[test]
fn a_missing_header() {
    let records = table(&[GOOD]).replace(",quantity,", ",amount,");
    assess(&records, &[]).says(2, &["xueshi: records.csv:", "数量 (quantity)"]);
    assess(&table(&[GOOD]).replace("person,", "who,"), &[]).says(2, &["人员编号 (person)"]);
    assess(&table(&[GOOD]).replace(",activity,", ",form,"), &[]).says(2, &["学习形式 (activity)"]);
    assess("a,b\n1,2\n", &[]).says(2, &["xueshi: records.csv:"]);
}

#[test]
fn a_header_below_the_first_row() {
    assess(&format!("Records of 2022,,\n{}", table(&[GOOD])), &[]).says(2, &["row 2"]);
}

#[test]
fn an_unknown_column_is_left_out_and_named_once() {
    let done = assess(&table(&[GOOD]).replace(",days,", ",Days off,"), &[]);
    done.says(0, &["note: ", "\"Days off\""]);
    assert_eq!(done.err.matches("Days off").count(), 1);
    assert!(done.json()["notes"][0].as_str().unwrap().contains("Days off"));
}

#[test]
fn an_unknown_code() {
    bad_row("P1,2,clas,specialised,b,,2022-03-05,8,hours,,,,", "2 activity clas: an unknown code; class perhaps? Accepted: class, ");
    bad_row("P1,2,class,specialised,b,,2022-03-05,8,lessons,,,,", "2 unit lessons: an unknown code; accepted: hours, minutes");
    bad_row("P1,2,class,specialised,b,,2022-03-05,8,hours,,,,training-certificate;xx", "2 evidence training-certificate;xx: an unknown code; accepted: training-certificate");
}

#[test]
fn a_bad_date() {
    bad_row("P1,2,class,specialised,b,,2022-02-30,8,hours,,,,", "2 end 2022-02-30: there is no such day");
    bad_row("P1,2,class,specialised,b,,2022/3/5,8,hours,,,,", "2 end 2022/3/5: write year-month-day, such as 2019-05-14");
    bad_row("P1,2,class,specialised,b,,44625,8,hours,,,,", "2 end 44625: looks like a spreadsheet's serial day (2022-03-05, if it is)");
    bad_row("P1,2,class,specialised,b,2022-03-06,2022-03-05,8,hours,,,,", "2 start 2022-03-06: the start is after the end, 2022-03-05");
}

#[test]
fn a_bad_quantity() {
    bad_row("P1,2,class,specialised,b,,2022-03-05,-8,hours,,,,", "2 quantity -8: must not be negative");
    bad_row("P1,2,class,specialised,b,,2022-03-05,8.125,hours,,,,", "2 quantity 8.125: at most two decimal places");
    bad_row("P1,2,class,specialised,b,,2022-03-05,8小时,hours,,,,", "2 quantity 8小时: a decimal of 0 or more");
    bad_row("P1,2,exam,specialised,b,,2022-03-05,1.5,exams,,,pass,", "2 quantity 1.5: a quantity in examinations must be a whole number");
    bad_row("P1,2,class,specialised,b,,2022-03-05,8e3,hours,,,,", "2 quantity 8e3: ");
}

#[test]
fn what_is_required() {
    for (row, column) in [
        ("P1,2,,specialised,b,,2022-03-05,8,hours,,,,", "activity"),
        ("P1,2,class,,b,,2022-03-05,8,hours,,,,", "subject"),
        ("P1,2,class,specialised,b,,,8,hours,,,,", "end"),
        ("P1,2,class,specialised,b,,2022-03-05,,hours,,,,", "quantity"),
        ("P1,2,class,specialised,b,,2022-03-05,8,,,,,", "unit"),
    ] {
        bad_row(row, &format!("2 {column} : required: must not be blank"));
    }
}

#[test]
fn a_row_of_nobody() {
    let done = assess(&table(&[GOOD, ",2,class,specialised,b,,2022-03-05,8,hours,,,,"]), &[]);
    let json = done.json();
    assert_eq!(errors(&json), ["2 person : required: must not be blank"]);
    assert_eq!(json["assessments"].as_array().unwrap().len(), 1);
    assert_eq!(json["assessments"][0]["status"], "short", "the row is nobody's");
    assert_eq!(done.code, 1);
}

#[test]
fn a_repeated_record_id() {
    bad_row("P1,1,class,specialised,b,,2022-03-05,8,hours,,,,training-certificate", "2 record 1: the person's record of row 1 has this id already; give it another");
    // A record without an id has its row number.
    let done = assess(&table(&["P1,2,class,specialised,a,,2022-03-05,8,hours,,,,", "P1,,class,specialised,b,,2022-03-06,8,hours,,,,"]), &[]);
    assert_eq!(errors(&done.json()), ["2 record 2: the person's record of row 1 has this id already; give it another"]);
    // Another person may have the same id.
    assess(&table(&[GOOD, &GOOD.replace("P1", "P2")]), &[]).says(0, &[]);
}

#[test]
fn a_fact_that_the_rule_needs() {
    bad_row("P1,2,conference,specialised,b,,2022-03-05,4,hours,,,,", "2 days : the rules need it: must not be blank");
}

#[test]
fn a_spelling_that_sets_another_column() {
    let done = assess(&table(&["P1,1,专利,specialised,a,,2022-03-05,1,exams,,,,"]), &[]);
    assert_eq!(done.json()["assessments"][0]["hours"]["total"], json!(12), "{}", done.out);
    assess(&table(&["P1,1,专利,specialised,a,,2022-03-05,1,exams,,patent,,"]), &[]).says(0, &[]);
    bad_row("P1,2,专利,specialised,b,,2022-03-05,1,exams,,论文,,", "2 activity 专利: “专利” means kind = patent, which is not what the row says");
}

#[test]
fn every_bad_cell_of_a_row_is_named() {
    let done = assess(&table(&["P1,1,clas,specialised,b,,2022-02-30,-8,hours,,,,"]), &[]);
    let found = errors(&done.json());
    assert_eq!(found.len(), 3, "{found:#?}");
}

#[test]
fn a_person_with_a_bad_row_stays_met() {
    let met = GOOD.replace(",8,hours", ",30,hours");
    let done = assess(&table(&[&met, "P1,2,class,specialised,b,,2022-02-30,8,hours,,,,"]), &[]);
    assert_eq!(done.json()["assessments"][0]["status"], "met");
    assert_eq!(done.code, 1);
}

#[test]
fn an_empty_file_and_one_with_a_header_only() {
    assess("", &[]).says(2, &["xueshi: records.csv:", "empty"]);
    let done = assess(&format!("{HEADER}\n"), &[]);
    done.says(0, &["There is only a header and no row of data."]);
    assert_eq!(done.json()["assessments"], json!([]));
}

#[test]
fn a_file_that_is_not_what_its_name_says() {
    assess_file(("records.xlsx", table(&[GOOD]).as_bytes()), &[]).says(2, &["xueshi: records.xlsx:"]);
    assess_file(("records.csv", b"%PDF-1.7\n"), &[]).says(2, &["xueshi: records.csv:", "PDF"]);
    let old = [&[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1][..], &[0; 600]].concat();
    assess_file(("records.xls", &old), &[]).says(2, &["old Excel workbook"]);
}

#[test]
fn a_workbook_under_a_password() {
    let stream: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let locked = [&[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1][..], &[0; 600], &stream, &[0; 600]].concat();
    assess_file(("records.xlsx", &locked), &[]).says(2, &["protected by a password"]);
}

#[test]
fn a_file_in_gbk_is_read_and_that_is_said() {
    let records = table(&["张三,1,培训班,专业科目,临床用药,2022-03-01,2022-03-02,8,学时,,,,培训证"]);
    let (bytes, ..) = encoding_rs::GBK.encode(&records);
    let done = assess_file(("records.csv", &bytes), &[]);
    done.says(0, &["GB"]);
    let json = done.json();
    assert_eq!(json["assessments"][0]["person"], "张三");
    assert_eq!(json["assessments"][0]["hours"]["total"], json!(8));
}

#[test]
fn chinese_headers_and_codes() {
    let records = "人员编号,记录编号,学习形式,科目类别,结束日期,数量,计量单位,证明材料\nP1,1,培训班,专业科目,2022-03-02,1,天,培训证；成绩单\n";
    let json = assess(records, &[]).json();
    assert_eq!(json["assessments"][0]["hours"]["specialised"], json!(8));
    assert_eq!(json["notes"].as_array().unwrap().len(), 1, "{}", json["notes"]);
}

#[test]
fn more_than_fifty_errors_are_counted() {
    let rows: Vec<String> = (0..70).map(|n| format!("P{n},1,class,specialised,b,,2022-02-30,8,hours,,,,")).collect();
    let done = assess(&table(&rows.iter().map(String::as_str).collect::<Vec<_>>()), &[]);
    done.says(1, &["records.csv:50 ", "and 20 more; all of them in --format json"]);
    assert!(!done.err.contains("records.csv:51 "));
    assert_eq!(done.json()["errors"].as_array().unwrap().len(), 70);
}

#[test]
fn a_file_without_proofs_says_so_once() {
    let records = "person,activity,subject,end,quantity,unit\nP1,class,specialised,2022-03-02,1,days\nP2,class,specialised,2022-03-02,1,days\n";
    let json = assess(records, &[]).json();
    let notes: Vec<&str> = json["notes"].as_array().unwrap().iter().filter_map(|note| note.as_str()).collect();
    assert_eq!(notes.iter().filter(|note| note.contains("proof not checked")).count(), 1, "{notes:?}");
    assert_eq!(json["assessments"][0]["hours"]["total"], json!(8));
    // With the column, an empty cell is a missing proof.
    let json = assess(&records.replace("unit\n", "unit,evidence\n").replace("days\n", "days,\n"), &[]).json();
    assert_eq!(json["assessments"][0]["records"][0]["problems"][0]["code"], "missing-evidence");
}

#[test]
fn bad_rows_of_persons() {
    let persons = "person,region,title_level\nP1,99,senior\nP2,990000,boss\nP2,990000,senior\n,990000,\nP4,990000,\n";
    let rows = table(&[GOOD, &GOOD.replace("P1", "P2"), &GOOD.replace("P1", "P3")]);
    let done = assess_files(&[("records.csv", rows.as_bytes()), ("persons.csv", persons.as_bytes())], &["--persons", "persons.csv"]);
    let json = done.json();
    let found = errors(&json);
    assert_eq!(found.len(), 4, "{found:#?}");
    assert!(found[0].starts_with("1 region 99: six digits of GB/T 2260"), "{found:#?}");
    assert!(found[1].starts_with("2 title_level boss: an unknown code"), "{found:#?}");
    assert!(found[2].starts_with("3 person P2: the person stands in row 2 already"), "{found:#?}");
    assert!(found[3].starts_with("4 person : required"), "{found:#?}");
    assert!(json["errors"].as_array().unwrap().iter().all(|error| error["file"] == "persons.csv"));
    let status = |at: usize| json["assessments"][at]["status"].as_str().unwrap();
    assert_eq!([status(0), status(1), status(2), status(3)], ["undetermined", "undetermined", "short", "short"]);
    assert_eq!(json["assessments"][0]["policies"], json!([]), "nobody knows where P1 is");
    assert_eq!(json["assessments"][3]["person"], "P4", "without records, after the others");
    assert_eq!(done.code, 1);
}
