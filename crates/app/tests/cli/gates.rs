//! The command `gate`.

use crate::door::{GOOD, Output, POLICIES, run, table};
use serde_json::json;

fn gate(question: &str, rows: &str, more: &[&str]) -> Output {
    let mut args = vec!["gate", question, "records.csv", "--person", "P1", "--region", "990000", "--policies", POLICIES];
    args.extend(more);
    run(&args, &[("records.csv", rows.as_bytes())])
}

#[test]
fn the_questions_are_listed() {
    run(&["gate"], &[]).says(0, &["appraisal-excellent", "appointment", "title-review", "licence-registration"]);
}

#[test]
fn a_bar_closes_the_gate() {
    let done = gate("appraisal-excellent", &table(&[GOOD]), &["--on", "2022-12-31"]);
    done.says(
        0,
        &[
            "P1, 2022-12-31, to be appraised as excellent: no",
            "no: (invented) continuing education 五 (a bar: closed to whoever does not meet it)",
            "not to be rated excellent",
            "2022  does not pass, short, 12 of total short, 2 of specialised subjects short",
        ],
    );
    let met = GOOD.replace(",8,hours", ",20,hours");
    gate("appraisal-excellent", &table(&[&met]), &["--on", "2022-12-31", "--lang", "zh"]).says(0, &["P1 2022-12-31 年度考核确定为优秀：可以", "2022  达到，已完成"]);
}

#[test]
fn several_years_and_the_papers() {
    let json = gate("title-review", &table(&[&GOOD.replace(",8,hours", ",20,hours")]), &["--on", "2024-03-01", "--format", "json"]).json();
    assert_eq!(json["answer"], "unknown");
    let answer = &json["answers"][0];
    assert_eq!(answer["strength"], "important-condition");
    let years: Vec<String> = answer["years"].as_array().unwrap().iter().map(|year| format!("{} {} {}", year["year"], year["status"], year["passes"])).collect();
    assert_eq!(years, ["2022 \"met\" true", "2023 \"short\" false"]);
    assert_eq!(answer["years"][1]["lacks"][0]["hours"], json!(20));
    assert_eq!(answer["papers"], json!(["a copy of the card"]));
    assert_eq!(answer["cite"], json!({"policy": "land", "clause": "五"}));
}

#[test]
fn what_no_text_speaks_of_is_unknown() {
    gate("licence-registration", &table(&[GOOD]), &["--on", "2022-12-31"]).says(0, &["unknown", "the texts in hand say nothing about it"]);
}

#[test]
fn what_is_wrong() {
    gate("title", &table(&[GOOD]), &["--on", "2022-12-31"]).says(2, &["There is no question “title”; there are appraisal-excellent"]);
    gate("title-review", &table(&[GOOD]), &["--on", "2022-13-31"]).says(2, &["--on can not be “2022-13-31”: write year-month-day"]);
    gate("title-review", &table(&[GOOD]), &[]).says(2, &["--on is missing"]);
    gate("title-review", &table(&[&GOOD.replace("P1", "P2")]), &["--on", "2022-12-31"]).says(2, &["There is no person “P1”"]);
    let bad = table(&[GOOD, "P1,2,clas,specialised,b,,2022-03-05,8,hours,,,,", "P2,1,clas,specialised,b,,2022-03-05,8,hours,,,,"]);
    let done = gate("appraisal-excellent", &bad, &["--on", "2022-12-31"]);
    done.says(1, &["unknown", "records.csv:2 activity clas"]);
    assert!(!done.err.contains("records.csv:3"), "{}", done.err);
}
