//! Persons: their order, their own region and circumstances, several duties, carried hours.

use crate::door::{GOOD, assess, assess_files, errors, run, table};
use serde_json::{Value, json};

fn persons(records: &str, persons: &str, more: &[&str]) -> Value {
    let more: Vec<&str> = more.iter().copied().chain(["--persons", "persons.csv"]).collect();
    assess_files(&[("records.csv", records.as_bytes()), ("persons.csv", persons.as_bytes())], &more).json()
}

fn ids(json: &Value) -> Vec<&str> {
    json["assessments"].as_array().unwrap().iter().map(|one| one["person"].as_str().unwrap()).collect()
}

#[test]
fn persons_stand_in_the_order_of_their_first_row() {
    let rows = table(&[&GOOD.replace("P1", "B"), &GOOD.replace("P1", "A"), &GOOD.replace("P1,1", "B,2"), &GOOD.replace("P1,1", "C,x")]);
    let json = assess(&rows, &[]).json();
    assert_eq!(ids(&json), ["B", "A", "C"]);
    assert_eq!(json["assessments"][0]["records"][1]["record"], "2");
    let json = persons(&rows, "person\nZ\nA\n", &[]);
    assert_eq!(ids(&json), ["B", "A", "C", "Z"]);
    assert!(json["notes"].to_string().contains("2 persons are not in the persons table"), "{}", json["notes"]);
}

#[test]
fn the_order_of_rows_changes_nothing_else() {
    let rows = ["P1,2,class,specialised,a,,2022-03-05,6,days,,,,培训证", "P1,1,attachment,general,b,,2022-03-05,2,months,,,,", "P1,3,class,general,c,,2022-02-05,3,days,,,,培训证"];
    let sorted = |rows: &[&str]| {
        let json = assess(&table(rows), &[]).json();
        let mut records: Vec<String> = json["assessments"][0]["records"].as_array().unwrap().iter().map(ToString::to_string).collect();
        records.sort();
        (records, json["assessments"][0]["hours"].clone())
    };
    assert_eq!(sorted(&rows), sorted(&[rows[2], rows[0], rows[1]]));
}

#[test]
fn a_person_without_records_is_assessed_too() {
    let json = persons(&table(&[]), "person,name\nP9,张三\n", &[]);
    assert_eq!(json["assessments"][0]["person"], "P9");
    assert_eq!((&json["assessments"][0]["status"], &json["assessments"][0]["records"]), (&json!("short"), &json!([])));
}

#[test]
fn what_the_table_says_comes_before_the_command_line() {
    let rows = table(&[GOOD, &GOOD.replace("P1", "P2")]);
    let json = persons(&rows, "person,region\nP1,430100\nP2,\n", &[]);
    assert_eq!(json["assessments"][0]["policies"], json!(["common", "cn-order-25"]), "elsewhere the nation's rules answer");
    assert_eq!(json["assessments"][1]["policies"], json!(["common", "land"]));
    let exempt = persons(&rows, "人员编号,免学年度\nP1,2021；2022\nP2,2021\n", &[]);
    assert_eq!((&exempt["assessments"][0]["status"], &exempt["assessments"][1]["status"]), (&json!("exempt"), &json!("short")));
    assert_eq!(exempt["assessments"][0]["exempt_by"]["policy"], "common");
    let left = persons(&rows, "person,in_service\nP1,no\nP2,是\n", &[]);
    assert_eq!(left["assessments"][0]["status"], "not-covered");
}

#[test]
fn a_region_without_a_policy_in_that_year() {
    let files: &[(&str, &[u8])] = &[("r.csv", b"person,activity,subject,end,quantity,unit\nP1,class,specialised,2015-01-01,1,hours\n"), ("p.csv", b"person,region\nP1,430100\nP2,500000\n")];
    let done = crate::door::run(&["assess", "r.csv", "--persons", "p.csv", "--region", "500000", "--year", "2015", "--format", "json"], files);
    let json = done.json();
    assert_eq!((&json["assessments"][0]["status"], &json["assessments"][0]["policies"]), (&json!("not-covered"), &json!([])));
    assert!(json["notes"].to_string().contains("no policy answers for 430100 in 2015"), "{}", json["notes"]);
    assert_eq!(json["assessments"][1]["status"], "short");
}

#[test]
fn hours_of_last_year_are_carried_in() {
    let rows = table(&["P1,1,attachment,specialised,a,2021-06-01,2021-08-31,1.5,months,,,,"]);
    let json = assess(&rows, &[]).json();
    let record = &json["assessments"][0]["records"][0];
    assert_eq!((&record["hours"], &record["carried_from"]), (&json!(15), &json!(2021)));
    assert_eq!(assess(&rows, &["--person", "P1"]).json()["assessments"], json["assessments"]);
}

#[test]
fn one_person_alone() {
    let rows = table(&[GOOD, &GOOD.replace("P1", "P2"), "P3,1,clas,specialised,b,,2022-03-05,8,hours,,,,"]);
    let done = assess(&rows, &["--person", "P2"]);
    assert_eq!(ids(&done.json()), ["P2"]);
    assert_eq!(done.code, 0, "rows of others are not looked at");
}

#[test]
fn two_duties_are_two_assessments() {
    let rows = "person,record,activity,subject,end,quantity,unit,rank,evidence\n\
                P1,1,demonstration,specialised,2022-03-05,1,times,2,\n\
                P1,2,class,specialised,2022-03-05,1,days,,training-certificate\n\
                P1,3,演示,specialised,2022-04-05,1,次,3,\n";
    let json = assess(rows, &["--industry", "crafts"]).json();
    let all = json["assessments"].as_array().unwrap();
    let of = |duty: &str| all.iter().find(|one| one["duty"] == duty).unwrap();
    assert_eq!(errors(&json), Vec::<String>::new(), "codes of the industry are none of the region's business");
    assert_eq!((&of("credits")["hours"]["total"], &of("credits")["status"]), (&json!(10), &json!("met")));
    assert_eq!((&of("annual")["hours"]["total"], &of("annual")["status"]), (&json!(8), &json!("short")));
    assert_eq!(of("annual")["records"].as_array().unwrap().len(), 1);
    let csv = assess(rows, &["--industry", "crafts", "--format", "csv"]).out;
    assert!(csv.lines().next().unwrap().ends_with(",policies,duty"), "{csv}");
    assert_eq!(csv.lines().count(), 3);
    // Without the industry its codes are unknown.
    let found = errors(&assess(rows, &[]).json());
    assert_eq!(found.len(), 4, "{found:#?}");
    // What is wrong under both is an error.
    let wrong = errors(&assess(&rows.replace(",次,3,", ",次,third,"), &["--industry", "crafts"]).json());
    assert_eq!(wrong.len(), 1, "{wrong:#?}");
    assert!(wrong[0].starts_with("3 rank third: a decimal"), "{wrong:#?}");
}

/// A cycle of three years from 2030, counted in points.
const CYCLE: &str = r#"
[policy]
id = "cycle"
title = { zh = "周期", en = "a cycle" }
authority = { zh = "甲局", en = "bureau A" }
place = "98"
issued = 2024-01-01
known_since = 2024-01-01
governs = { from = 2024 }
[clause."一"]
is = "rule"
[unit]
points = { title = { zh = "分", en = "points" } }
[account]
unit = "points"
round = { step = 0.5, way = "down" }
[window.cycle]
title = { zh = "三年", en = "three years" }
years = 3
first = 2030
dated = "end"
cite = "一"
[duty.cycle]
title = { zh = "周期", en = "the cycle" }
window = "cycle"
role = "regional"
[requirement.total]
cite = "一"
at_least = 30
binding = true
[requirement.yearly]
cite = "一"
title = { zh = "每年", en = "each year" }
each = "year"
at_least = 10
binding = true
[rule.class]
cite = "一"
title = { zh = "培训班", en = "classes" }
match = { activity = "class" }
gives = { hours = 2 }
proof = "none"
examples = [{ year = 2030, given = { quantity = 2 }, hours = 4 }]
"#;

#[test]
fn a_year_in_no_window_is_not_a_year_without_policy_and_results_are_in_their_own_unit() {
    let records = "person,activity,subject,title,end,quantity,unit\nA,class,general,x,2031-06-01,4,hours\n";
    let files: &[(&str, &[u8])] = &[("cycle.toml", CYCLE.as_bytes()), ("r.csv", records.as_bytes())];
    let assess = |year: &str, lang: &str| run(&["assess", "r.csv", "--region", "980000", "--year", year, "--policies", "cycle.toml", "--explain", "--lang", lang], files);
    let before = assess("2029", "en");
    before.says(0, &["A · 2029\nnot covered: 2029 lies in no window of this person"]);
    assert!(!before.out.contains("otherwise:") && !before.out.contains("no policy answers"), "{}", before.out);
    assess("2031", "en").says(0, &["total lacks 22", "each year  0 / 10  lacks 12", "    2031  8 / 10  lacks 2", "1  8 points"]);
    assess("2031", "zh").says(0, &["总分差 22", "1  8 分"]);
    // Nothing hangs on the start where the file has none.
    assert!(!assess("2031", "en").out.contains("start date"));
    let short = run(&["assess", "r.csv", "--region", "980000", "--year", "2031", "--policies", "cycle.toml"], files);
    short.says(0, &["0 / 10  12 short (2030 10, 2031 2)"]);
}
