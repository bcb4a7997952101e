//! What a draft or another reading would change: who, why, counts before and after, in every format.

use crate::door::{HEADER, Output, POLICIES, run, table};
use crate::parquet;
use calamine::{Reader as _, Xlsx};
use quick_xml::events::Event;
use serde_json::{Value, json};
use std::io::Cursor;
use xueshi_exchange::{Out, ParquetColumn, ParquetKind, ParquetWriter};

/// The tests' own region, with a reading of its cap.
fn land() -> String {
    let reading = r#"
[reading.forty]
cite = "二"
text = { zh = "一次至多40", en = "at most 40 at a time" }
[[reading.forty.alternatives]]
text = { zh = "一次至多8", en = "at most 8 at a time" }
change.rule.class.at_most = 8
[[reading.forty.alternatives]]
text = { zh = "一次至多60", en = "at most 60 at a time" }
change.rule.class.at_most = 60
"#;
    include_str!("../policies/land.toml").to_owned() + reading
}

/// The same with fewer hours asked.
fn draft() -> String {
    land().replace("at_least = 20", "at_least = 5").replace("at_least = 10", "at_least = 5")
}

/// P1 has more than enough, in one long class and further study; P2 is short; P3 has a record at fault.
fn rows() -> String {
    table(&[
        "P1,1,class,specialised,a,2022-03-01,2022-03-08,6,days,,,,training-certificate",
        "P1,2,attachment,general,b,2022-01-01,2022-04-30,2.5,months,,,,",
        "P2,1,class,specialised,c,2022-03-01,2022-03-01,7.25,hours,,,,training-certificate",
        "P3,1,class,specialised,c,2022-03-01,2022-03-01,x,hours,,,,training-certificate",
        "P3,2,class,specialised,c,2022-03-01,2022-03-01,3,hours,,,,training-certificate",
    ])
}

const PERSONS: &str = "person,name,title_level,org_kind\nP1,甲,junior,enterprise\nP2,乙,正高,企业\nP3,丙,,\n";

fn simulate(records: &str, more: &[&str]) -> Output {
    let (land, draft) = (land(), draft());
    let files: &[(&str, &[u8])] = &[("records.csv", records.as_bytes()), ("persons.csv", PERSONS.as_bytes()), ("land.toml", land.as_bytes()), ("draft.toml", draft.as_bytes())];
    let args = ["simulate", "records.csv", "--region", "990000", "--year", "2022", "--policies", "land.toml"];
    run(&[&args, more].concat(), files)
}

/// The sum of all numbers of an object.
fn sum(counts: &Value) -> u64 {
    counts.as_object().unwrap().values().map(|count| count.as_u64().unwrap()).sum()
}

/// Every count adds up to the persons.
#[track_caller]
fn adds_up(json: &Value) {
    let persons = json["persons"].as_u64().unwrap();
    assert_eq!(json["matrix"].as_array().unwrap().iter().map(|cell| cell["persons"].as_u64().unwrap()).sum::<u64>(), persons);
    for side in ["before", "after"] {
        assert_eq!(sum(&json["statuses"][side]), persons);
        for status in ["met", "short", "undetermined", "exempt", "not-covered"] {
            let cells = json["matrix"].as_array().unwrap().iter().filter(|cell| cell[side] == status);
            assert_eq!(cells.map(|cell| cell["persons"].as_u64().unwrap()).sum::<u64>(), json["statuses"][side][status].as_u64().unwrap(), "{status} {side}");
        }
        for group in json["groups"].as_array().unwrap() {
            assert_eq!(group["values"].as_array().unwrap().iter().map(|value| sum(&value[side])).sum::<u64>(), persons, "{group}");
        }
    }
}

#[test]
fn another_reading_takes_hours_from_one() {
    let done = simulate(&rows(), &["--reading", "forty=1", "--format", "json"]);
    done.says(1, &["records.csv:4 quantity x"]);
    let json = done.json();
    adds_up(&json);
    assert_eq!((&json["persons"], &json["changed"]), (&json!(3), &json!(1)));
    assert_eq!(json["tried"]["readings"], json!([{"policy": "land", "reading": "forty", "chosen": "at most 40 at a time", "alternative": 1, "text": "at most 8 at a time"}]));
    assert_eq!(json["tried"]["against"], Value::Null);
    let change = &json["changes"][0];
    assert_eq!((&change["person"], &change["duty"]), (&json!("P1"), &json!("annual")));
    assert_eq!(change["status"], json!({"before": "met", "after": "short"}));
    assert_eq!(change["total"], json!({"before": 70, "after": 38}));
    assert_eq!(change["lacks"], json!({"before": 0, "after": 2}));
    assert_eq!(change["requirements"][1]["after"], json!({"at_least": 10, "have": 8, "short": 2, "binding": true}));
    let record = &change["records"][0];
    assert_eq!((&record["record"], &record["before"]["hours"], &record["after"]["hours"], &record["after"]["cut"]), (&json!("1"), &json!(40), &json!(8), &json!(40)));
    assert_eq!((&record["after"]["rule"], &record["after"]["cite"]), (&json!("class"), &json!({"policy": "land", "clause": "二"})));
    assert_eq!(change["records"].as_array().unwrap().len(), 1, "the other record stays as it is");
    assert_eq!((&change["consequences"][0]["gate"], &change["consequences"][0]["after"]), (&json!("appraisal-excellent"), &json!(true)));
    assert!(change["reasons"][0].as_str().unwrap().starts_with("record 1: 40 → 8 (was: a class"), "{change}");
    assert_eq!(json["matrix"][0], json!({"before": "met", "after": "short", "persons": 1}));
    assert_eq!((&json["policy_changes"][0]["policy"], &json["policy_changes"][0]["items"][0]["item"]), (&json!("land"), &json!("rule.class")));
    assert_eq!(json["errors"][0]["row"], 4, "an error is said once, though everyone is assessed twice");
    assert_eq!(json["errors"].as_array().unwrap().len(), 1);
}

#[test]
fn a_draft_that_asks_less() {
    let done = simulate(&rows(), &["--against", "draft.toml", "--persons", "persons.csv", "--format", "json"]);
    let json = done.json();
    adds_up(&json);
    assert_eq!((&json["tried"]["against"]["policy"], &json["tried"]["against"]["replaces"]), (&json!("land"), &json!(true)));
    let people: Vec<&Value> = json["changes"].as_array().unwrap().iter().map(|change| &change["person"]).collect();
    assert_eq!(people, ["P2", "P3"], "who had enough does not change");
    let change = &json["changes"][0];
    assert_eq!((&change["name"], &change["status"]), (&json!("乙"), &json!({"before": "short", "after": "met"})));
    assert_eq!(change["reasons"], json!(["asked: total 20 → 5", "asked: specialised subjects 10 → 5", "no longer: not to be rated excellent"]));
    let group = json["groups"].as_array().unwrap().iter().find(|group| group["column"] == "title_level").unwrap();
    let codes: Vec<&Value> = group["values"].as_array().unwrap().iter().map(|value| &value["code"]).collect();
    assert_eq!(codes, [&json!("junior"), &json!("senior"), &Value::Null], "in the order of the policy, those of whom it is not given last");
    assert_eq!((&group["values"][1]["before"]["short"], &group["values"][1]["after"]["met"]), (&json!(1), &json!(1)));
    assert!(json["groups"].as_array().unwrap().iter().all(|group| group["column"] != "education"), "nobody's is given");
    let total = json["gaps"].as_array().unwrap().iter().find(|gap| gap["subject"] == "total").unwrap();
    assert_eq!((&total["before"], &total["after"]), (&json!({"persons": 2, "short": 29.75}), &json!({"persons": 1, "short": 2})));
}

#[test]
fn both_at_once_and_the_reading_is_taken_from_the_draft() {
    let json = simulate(&rows(), &["--against", "draft.toml", "--reading", "land/forty=at most 60", "--format", "json"]).json();
    adds_up(&json);
    assert_eq!(json["tried"]["readings"][0]["alternative"], 2);
    assert_eq!(json["changes"][0]["total"], json!({"before": 70, "after": 78}));
    assert_eq!(json["policy_changes"].as_array().unwrap().len(), 1);
}

#[test]
fn a_draft_that_is_new_or_holds_elsewhere() {
    let second = draft().replace("id = \"land\"", "id = \"other\"").replace("place = \"99\"", "place = \"98\"");
    let args = ["simulate", "records.csv", "--region", "990000", "--year", "2022", "--policies", "land.toml", "--against", "other.toml"];
    let (rows, land) = (rows(), land());
    let files: &[(&str, &[u8])] = &[("records.csv", rows.as_bytes()), ("land.toml", land.as_bytes()), ("other.toml", second.as_bytes())];
    run(&args, files).says(1, &["draft other.toml: adds other", "Nobody changes (3 in all)", "a new policy", "other answers for no place or industry of these persons in 2022 and so changes nothing"]);
    // A place that has had none of its own.
    let there = ["simulate", "records.csv", "--region", "980000", "--year", "2022", "--against", "other.toml", "--format", "json"];
    let json = run(&there, files).json();
    adds_up(&json);
    assert_eq!(json["tried"]["against"]["replaces"], false);
    assert_eq!(json["policy_changes"][0], json!({"policy": "other", "new": true, "items": []}));
}

#[test]
fn what_is_not_there_is_listed() {
    simulate(&rows(), &["--reading", "fort=1"]).says(2, &["There is no reading “fort”", "990000 in 2022", "land/forty"]);
    simulate(&rows(), &["--reading", "forty=3"]).says(2, &["land/forty has not just one alternative “3”", "1. at most 8 at a time", "2. at most 60 at a time"]);
    simulate(&rows(), &["--reading", "forty=at most", "--lang", "zh"]).says(2, &["没有唯一符合“at most”", "1. 一次至多8", "2. 一次至多60"]);
    simulate(&rows(), &["--reading", "forty"]).says(2, &["--reading is written ID=ALTERNATIVE"]);
    simulate(&rows(), &["--reading", "forty=1", "--reading", "land/forty=2"]).says(2, &["land/forty is given twice"]);
    simulate(&rows(), &[]).says(2, &["There is nothing to try", "--against"]);
    simulate(&rows(), &["--against", "none.toml"]).says(2, &["none.toml can not be read"]);
    simulate(&rows(), &["--reading", "forty=一次至多8"]).says(1, &["1 of 3 persons change, 1 of them in status"]);
}

#[test]
fn a_broken_draft_is_refused_and_nothing_is_written() {
    let broken = draft().replace("cite = \"三\"", "cite = \"九\"");
    let (rows, land) = (rows(), land());
    let files: &[(&str, &[u8])] = &[("records.csv", rows.as_bytes()), ("land.toml", land.as_bytes()), ("broken.toml", broken.as_bytes())];
    let args = ["simulate", "records.csv", "--region", "990000", "--year", "2022", "--policies", "land.toml", "--against", "broken.toml", "--output", "out.json"];
    let done = run(&args, files);
    done.says(2, &["error[unknown-clause]", "--> broken.toml:", "the list of clauses has no \"九\"", "The policies can not be used"]);
    assert!(!done.files().contains(&"out.json".to_owned()));
}

#[test]
fn nobody_changes() {
    let rows = table(&["P2,1,class,specialised,c,2022-03-01,2022-03-01,7.25,hours,,,,training-certificate"]);
    simulate(&rows, &["--reading", "forty=2"]).says(0, &["Nobody changes (1 in all)", "short", "1", "1", "0"]);
    let json = simulate(&rows, &["--reading", "forty=2", "--format", "json"]).json();
    adds_up(&json);
    assert_eq!((&json["changed"], &json["changes"]), (&json!(0), &json!([])));
    let svg = simulate(&rows, &["--reading", "forty=2", "--format", "svg", "--lang", "zh"]).out;
    assert!(svg.contains("没有人有变动（共 1 人）") && svg.contains("没有人的状态改变"), "{svg}");
    let nobody = simulate(&format!("{HEADER}\n"), &["--reading", "forty=2", "--format", "svg"]);
    assert!(texts(&nobody.out).contains(&"nobody".to_owned()), "{}", nobody.out);
    let csv = simulate(&rows, &["--reading", "forty=2", "--format", "csv"]).out;
    assert_eq!(csv.lines().count(), 1);
}

#[test]
fn the_table_for_people() {
    let done = simulate(&rows(), &["--against", "draft.toml", "--persons", "persons.csv", "--lang", "zh"]);
    done.says(
        1,
        &[
            "政策模拟 · 990000 · 2022 年度",
            "草案 draft.toml：取代 land",
            "3 人中 2 人有变动，其中 1 人状态改变",
            "现行  拟改  增减",
            "未完成 → 已完成：1 人",
            "按单位性质",
            "按职称级别",
            "未达到的要求",
            "P2 乙 · 未完成 → 已完成 · 合计 7.25，还差 12.75 → 0",
            "要求：总学时 20 → 5",
            "政策的变化",
            "改变  requirement.total",
        ],
    );
    assert!(!done.out.contains('\u{1b}'));
}

#[test]
fn the_table_shows_the_first_and_counts_the_rest() {
    let rows: Vec<String> = (1..=25).map(|n| format!("P{n},1,class,specialised,c,2022-03-01,2022-03-01,7,hours,,,,training-certificate")).collect();
    let records = table(&rows.iter().map(String::as_str).collect::<Vec<_>>());
    let done = simulate(&records, &["--against", "draft.toml"]);
    done.says(0, &["25 of 25 persons change", "P20 · ", "and 5 more; all of them in --format json, csv or xlsx"]);
    assert!(!done.out.contains("P21 · "));
    assert_eq!(simulate(&records, &["--against", "draft.toml", "--format", "json"]).json()["changes"].as_array().unwrap().len(), 25);
}

fn texts(svg: &str) -> Vec<String> {
    let mut reader = quick_xml::Reader::from_str(svg);
    reader.config_mut().check_end_names = true;
    let (mut open, mut all) = (0_i32, Vec::new());
    loop {
        match reader.read_event().unwrap() {
            Event::Start(_) => open += 1,
            Event::End(_) => open -= 1,
            Event::Text(text) => all.push(text.trim().to_owned()),
            Event::Eof => break,
            _ => {}
        }
    }
    assert_eq!(open, 0, "every element is closed");
    all
}

#[test]
fn the_chart_is_xml_with_its_words_in_either_language() {
    let done = simulate(&rows(), &["--reading", "forty=1", "--lang", "zh", "--output", "effect.svg"]);
    assert_eq!(done.out, "");
    let svg = String::from_utf8(done.file("effect.svg")).unwrap();
    let words = texts(&svg);
    for word in [
        "政策模拟：990000 2022 年度",
        "解读 land/forty 改为：一次至多8",
        "状态（人数）",
        "已完成 1",
        "未完成 2 (+1)",
        "已完成 → 未完成：1 人",
        "还差多少（人数）",
        "现行",
        "拟改",
        "还差（学时；每段含上限）",
        "各项要求共差多少",
        "总学时",
    ] {
        assert!(words.iter().any(|known| known == word), "{word} is not in {words:#?}");
    }
    assert!(svg.contains("Noto Sans CJK SC") && svg.contains("Microsoft YaHei") && svg.contains("sans-serif"));
    let words = texts(&simulate(&rows(), &["--reading", "forty=1", "--format", "svg"]).out);
    assert!(words.iter().any(|word| word == "1 of 3 persons change, 1 of them in status"), "{words:#?}");
    // A title can hold anything.
    let odd = draft().replace("（虚构）继续教育办法", "<a&b>\\u0007“办法”");
    let (rows, land) = (rows(), land());
    let files: &[(&str, &[u8])] = &[("r.csv", rows.as_bytes()), ("land.toml", land.as_bytes()), ("odd.toml", odd.as_bytes())];
    let done = run(&["simulate", "r.csv", "--region", "990000", "--year", "2022", "--policies", "land.toml", "--against", "odd.toml", "--format", "svg", "--lang", "zh"], files);
    assert!(texts(&done.out).iter().any(|word| word.contains("odd.toml")), "{}{}", done.out, done.err);
}

/// A sheet's cells as texts.
fn sheet(book: &mut Xlsx<Cursor<Vec<u8>>>, name: &str) -> Vec<Vec<String>> {
    book.worksheet_range(name).unwrap().rows().map(|row| row.iter().map(ToString::to_string).collect()).collect()
}

#[test]
fn the_workbook_has_every_part() {
    let done = simulate(&rows(), &["--against", "draft.toml", "--persons", "persons.csv", "--lang", "zh", "--output", "out.xlsx"]);
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(done.file("out.xlsx"))).unwrap();
    assert_eq!(book.sheet_names(), ["概况", "分组", "要求差额", "变动人员", "变动记录", "政策变化"]);
    let overview = sheet(&mut book, "概况");
    assert_eq!(overview[0], ["现行＼拟改", "免学", "不适用", "已完成", "待定", "未完成", "合计"]);
    assert_eq!(overview[5], ["未完成", "0", "0", "1", "0", "0", "1"]);
    assert_eq!(overview[6], ["合计", "0", "0", "2", "1", "0", "3"]);
    assert_eq!(sheet(&mut book, "变动人员")[1][..5], ["P2", "乙", "年度继续教育", "未完成", "已完成"]);
    assert_eq!(sheet(&mut book, "要求差额")[1][..6], ["总学时", "annual", "2", "1", "29.75", "2"]);
    assert_eq!(sheet(&mut book, "政策变化")[2][..3], ["land", "改变", "requirement.total"]);
    assert!(sheet(&mut book, "分组").iter().any(|row| row[..4] == ["职称级别", "初级", "junior", "1"]));
    let flipped = simulate(&rows(), &["--reading", "forty=1", "--lang", "zh", "--output", "out.xlsx"]);
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(flipped.file("out.xlsx"))).unwrap();
    assert_eq!(sheet(&mut book, "变动记录")[1], ["P1", "1", "40", "0", "8", "class", "", "8", "0", "40", "class", ""]);
}

#[test]
fn csv_has_one_row_a_change_and_no_text_becomes_a_formula() {
    let done = simulate(&rows(), &["--reading", "forty=1", "--format", "csv"]);
    let lines: Vec<&str> = done.out.lines().collect();
    assert_eq!(
        lines[0],
        "person,duty,status_before,status_after,total_before,total_after,lacks_before,lacks_after,short_total_before,short_total_after,short_specialised_before,short_specialised_after,records,reasons"
    );
    assert!(lines[1].starts_with("P1,annual,met,short,70,38,0,2,0,0,0,2,1,"), "{}", lines[1]);
    let odd = rows().replace("P1,", "=1+1,").replace("=1+1,1,", "=1+1,@SUM(1),");
    let done = simulate(&odd, &["--reading", "forty=1", "--format", "csv"]);
    assert!(done.out.lines().nth(1).unwrap().starts_with("'=1+1,") && done.out.contains(",'@SUM(1),"), "{}", done.out);
    let done = simulate(&odd, &["--reading", "forty=1", "--output", "out.xlsx"]);
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(done.file("out.xlsx"))).unwrap();
    for name in book.sheet_names() {
        assert!(book.worksheet_formula(&name).unwrap().is_empty(), "{name}");
    }
    assert_eq!(sheet(&mut book, "变动记录")[1][..2], ["=1+1", "@SUM(1)"]);
}

#[test]
fn records_in_columns_give_the_same() {
    let rows = rows().replace(",x,", ",1,");
    let titles: Vec<&str> = HEADER.split(',').collect();
    let columns: Vec<ParquetColumn> = titles.iter().map(|title| ParquetColumn { title: (*title).to_owned(), kind: ParquetKind::Text }).collect();
    let mut bytes = Vec::new();
    let mut file = ParquetWriter::new(&mut bytes, &columns).unwrap();
    for line in rows.lines().skip(1) {
        file.row(&line.split(',').map(|cell| if cell.is_empty() { Out::Empty } else { Out::Text(cell) }).collect::<Vec<_>>()).unwrap();
    }
    file.finish().unwrap();
    let land = land();
    let args = ["simulate", "r.parquet", "--region", "990000", "--year", "2022", "--policies", "land.toml", "--reading", "forty=1", "--format", "json"];
    let columns = run(&args, &[("r.parquet", &bytes), ("land.toml", land.as_bytes())]).json();
    let table = simulate(&rows, &["--reading", "forty=1", "--format", "json"]).json();
    for part in ["persons", "matrix", "gaps", "changes"] {
        assert_eq!(columns[part], table[part], "{part}");
    }
    assert_eq!(columns["changed"], 1);
}

/// The same simulation of records as a table and as columns, with persons who are told apart by everything, in several duties.
#[track_caller]
fn tables_and_columns_say_the_same(rows: &[Vec<String>], persons: usize, more: &[&str]) -> Output {
    let (draft, persons) = (draft(), parquet::persons_table(persons));
    let simulate = |name: &str, bytes: &[u8]| {
        let args = ["simulate", name, "--region", "990000", "--year", "2022", "--policies", POLICIES, "--against", "draft.toml"];
        run(&[&args, more].concat(), &[(name, bytes), ("persons.csv", &persons), ("draft.toml", draft.as_bytes())])
    };
    let (table, columns) = (simulate("records.csv", &parquet::csv(rows)), simulate("records.parquet", &parquet::parquet(rows)));
    let as_table = |text: &str| text.replace("records.parquet", "records.csv");
    assert_eq!(as_table(&columns.out), table.out, "{more:?}");
    assert_eq!((columns.code, as_table(&columns.err)), (table.code, table.err));
    assert_eq!(columns.files().len(), 3, "what was put aside is gone");
    columns
}

#[test]
fn columns_sorted_or_not_come_to_what_a_table_comes_to() {
    let mut rows = parquet::rows(600);
    for at in (0..rows.len()).step_by(211) {
        (rows[at][2], rows[at][8]) = ("demonstration".to_owned(), "times".to_owned());
    }
    for rows in [rows.clone(), parquet::shuffled(rows.clone()), parquet::with_faults(rows)] {
        for format in ["json", "table", "csv", "svg"] {
            tables_and_columns_say_the_same(&rows, 600, &["--format", format]);
        }
        for more in [&["--persons", "persons.csv"][..], &["--industry", "crafts"], &["--reading", "forty=1"], &["--persons", "persons.csv", "--reading", "forty=1"]] {
            let json = tables_and_columns_say_the_same(&rows, 600, &[more, &["--format", "json"]].concat()).json();
            adds_up(&json);
            assert!(json["changed"].as_u64() > Some(10), "{more:?}: {}", json["changed"]);
            tables_and_columns_say_the_same(&rows, 600, more);
        }
    }
}

#[test]
fn a_table_of_many_rows_is_compared_by_columns() {
    let rows = parquet::rows(12_000);
    assert!(rows.len() > 1 << 16);
    for rows in [rows.clone(), parquet::with_faults(parquet::shuffled(rows))] {
        tables_and_columns_say_the_same(&rows, 12_000, &["--persons", "persons.csv"]);
        tables_and_columns_say_the_same(&rows, 12_000, &["--format", "csv", "--reading", "forty=1"]);
    }
}

#[test]
fn a_first_regulation_is_compared_by_columns_too() {
    let (land, elsewhere) = (land(), draft().replace("id = \"land\"", "id = \"other\"").replace("place = \"99\"", "place = \"98\"").replace("from = 2019", "from = 1990"));
    let rows = parquet::rows(60);
    let simulate = |name: &str, bytes: &[u8]| {
        let args = ["simulate", name, "--region", "980000", "--year", "1990", "--policies", "land.toml", "--against", "other.toml"];
        run(&args, &[(name, bytes), ("land.toml", land.as_bytes()), ("other.toml", elsewhere.as_bytes())])
    };
    let (table, columns) = (simulate("records.csv", &parquet::csv(&rows)), simulate("records.parquet", &parquet::parquet(&rows)));
    assert_eq!((columns.code, &columns.out, &columns.err), (table.code, &table.out, &table.err));
    columns.says(0, &["60 of 60 persons change", "no policy answers for 980000 in 1990"]);
}

#[test]
fn many_persons_are_counted_in_order() {
    let rows: Vec<String> = (1..=5000).map(|n| format!("P{n},1,class,specialised,c,2022-03-01,2022-03-01,{},hours,,,,training-certificate", n % 30)).collect();
    let json = simulate(&table(&rows.iter().map(String::as_str).collect::<Vec<_>>()), &["--against", "draft.toml", "--format", "json"]).json();
    adds_up(&json);
    assert_eq!(json["persons"], 5000);
    let numbers: Vec<u32> = json["changes"].as_array().unwrap().iter().map(|change| change["person"].as_str().unwrap()[1..].parse().unwrap()).collect();
    assert!(numbers.is_sorted());
}

#[test]
fn help_is_in_both_languages() {
    run(&["simulate", "--help", "--lang", "zh"], &[]).says(0, &["政策模拟", "--against", "--reading", "例："]);
    run(&["simulate", "--help"], &[]).says(0, &["what if", "--against", "Examples:"]);
}
