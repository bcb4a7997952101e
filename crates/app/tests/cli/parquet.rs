//! Files of columns: what they give is what the same records give as a table, however they are split and sorted.

use crate::door::{HEADER, Output, POLICIES, run};
use jiff::civil::Date;
use std::collections::HashMap;
use xueshi_exchange::{Cells, Header, Limits, Out, ParquetColumn, ParquetFile, ParquetKind, ParquetWriter, Reading};

/// Records under [`HEADER`], of so many persons: ordinary ones, and among them every kind that columns leave to the explaining path.
pub(crate) fn rows(persons: usize) -> Vec<Vec<String>> {
    let mut all = Vec::new();
    for person in 0..persons {
        for record in 1..=(5 + person % 7) {
            let day = Date::new(2022, (record % 12 + 1) as i8, (person % 28 + 1) as i8).unwrap();
            let (activity, unit, kind) = match (person + record) % 9 {
                0 => ("conference", "hours", ""),
                1 => ("attachment", "months", ""),
                2 => ("class", "days", ""),
                3 => ("teaching", "hours", ""),
                _ => ("class", "hours", ""),
            };
            let quantity = if unit == "months" { "2".to_owned() } else { format!("{}.{:02}", 1 + (person * 3 + record) % 9, if unit == "hours" { 25 * (record % 4) } else { 0 }) };
            let evidence = if (person + record) % 11 == 0 { "" } else { "training-certificate" };
            let days = if activity == "conference" { "2" } else { "" };
            let (id, number, title, day) = ((1000 + person).to_string(), record.to_string(), format!("t{record}"), day.to_string());
            let cells = [&id, &number, activity, "specialised", &title, &day, &day, &quantity, unit, days, kind, "", evidence];
            all.push(cells.map(str::to_owned).to_vec());
        }
    }
    all
}

pub(crate) fn csv(rows: &[Vec<String>]) -> Vec<u8> {
    let lines: Vec<String> = rows.iter().map(|row| row.join(",")).collect();
    format!("{HEADER}\n{}\n", lines.join("\n")).into_bytes()
}

pub(crate) fn parquet(rows: &[Vec<String>]) -> Vec<u8> {
    parquet_with(rows, ParquetKind::Integer)
}

/// `ids`: what identifiers are written as.
fn parquet_with(rows: &[Vec<String>], ids: ParquetKind) -> Vec<u8> {
    let kind = |title: &str| match title {
        "person" | "record" => ids,
        "quantity" | "days" => ParquetKind::Number,
        "start" | "end" => ParquetKind::Date,
        _ => ParquetKind::Text,
    };
    let columns: Vec<ParquetColumn> = HEADER.split(',').map(|title| ParquetColumn { title: title.to_owned(), kind: kind(title) }).collect();
    let mut bytes = Vec::new();
    let mut file = ParquetWriter::new(&mut bytes, &columns).unwrap();
    for row in rows {
        let cells: Vec<Out<'_>> = row
            .iter()
            .zip(&columns)
            .map(|(cell, column)| match column.kind {
                _ if cell.is_empty() => Out::Empty,
                ParquetKind::Integer | ParquetKind::Identifier => Out::Integer(cell.parse().unwrap()),
                ParquetKind::Number => {
                    let (whole, part) = cell.split_once('.').unwrap_or((cell, "0"));
                    Out::Number(whole.parse::<i64>().unwrap() * 100 + format!("{part:0<2}").parse::<i64>().unwrap())
                }
                ParquetKind::Date => Out::Date(cell.parse().unwrap()),
                ParquetKind::Text => Out::Text(cell),
            })
            .collect();
        file.row(&cells).unwrap();
    }
    file.finish().unwrap();
    bytes
}

fn assess(files: &[(&str, &[u8])], more: &[&str]) -> Output {
    let mut args = vec!["assess"];
    args.extend(files.iter().map(|(name, _)| *name));
    args.extend(["--region", "990000", "--year", "2022", "--policies", POLICIES]);
    args.extend(more);
    run(&args, files)
}

/// The lines of every person as CSV, from the same records as tables of so few rows that they are assessed row by row.
fn as_table(rows: &[Vec<String>]) -> Vec<u8> {
    const FEW: usize = 60_000;
    let mut people: Vec<&str> = Vec::new();
    let mut of: HashMap<&str, Vec<Vec<String>>> = HashMap::new();
    for row in rows {
        let known = of.entry(&row[0]).or_default();
        if known.is_empty() {
            people.push(&row[0]);
        }
        known.push(row.clone());
    }
    let mut parts: Vec<Vec<Vec<String>>> = vec![Vec::new()];
    for person in people {
        let rows = of.remove(person).unwrap();
        if parts.last().unwrap().len() + rows.len() > FEW {
            parts.push(Vec::new());
        }
        parts.last_mut().unwrap().extend(rows);
    }
    let mut all = Vec::new();
    for (at, part) in parts.iter().enumerate() {
        let done = assess(&[("records.csv", &csv(part))], &["--output", "out.csv"]);
        done.says(0, &[]);
        let lines = done.file("out.csv");
        let head = lines.iter().position(|byte| *byte == b'\n').unwrap() + 1;
        all.extend_from_slice(if at == 0 { &lines } else { &lines[head..] });
    }
    all
}

#[test]
fn a_table_of_many_rows_is_assessed_by_columns_and_gives_the_same() {
    let rows = rows(12_000);
    assert!(rows.len() > 1 << 16);
    for rows in [rows.clone(), shuffled(rows)] {
        let done = assess(&[("records.csv", &csv(&rows))], &["--output", "out.csv"]);
        done.says(0, &[]);
        assert!(done.file("out.csv") == as_table(&rows), "unlike small tables");
        assert_eq!(done.files(), ["out.csv", "records.csv"]);
        // What is wrong is told of the same rows as from columns.
        let faulty = with_faults(rows);
        let table = assess(&[("records.csv", &csv(&faulty))], &["--output", "out.csv"]);
        let columns = assess(&[("records.parquet", &parquet(&faulty))], &["--output", "out.csv"]);
        assert_eq!((table.code, &table.err), (1, &columns.err.replace(".parquet", ".csv")));
        assert!(table.file("out.csv") == columns.file("out.csv"), "unlike columns");
    }
}

#[test]
fn a_table_of_many_rows_with_persons_and_several_duties() {
    let rows = rows(12_000);
    let persons = persons_table(12_000);
    for rows in [rows.clone(), shuffled(rows)] {
        let assess = |name: &str, bytes: &[u8]| {
            let args = ["assess", name, "--region", "990000", "--year", "2022", "--policies", POLICIES, "--persons", "persons.csv", "--output", "out.csv"];
            run(&args, &[(name, bytes), ("persons.csv", &persons)])
        };
        let (table, columns) = (assess("records.csv", &csv(&rows)), assess("records.parquet", &parquet(&rows)));
        assert_eq!((table.code, &table.err), (1, &columns.err.replace(".parquet", ".csv")));
        assert!(table.file("out.csv") == columns.file("out.csv"), "unlike columns");
    }
}

#[test]
fn sorted_columns_give_what_a_table_gives_and_say_the_same() {
    let rows = rows(4_000);
    let table = assess(&[("records.csv", &csv(&rows))], &["--output", "out.csv"]);
    let done = assess(&[("records.parquet", &parquet(&rows))], &["--output", "out.csv"]);
    assert_eq!(String::from_utf8(done.file("out.csv")).unwrap(), String::from_utf8(table.file("out.csv")).unwrap());
    assert_eq!((done.code, done.err), (0, table.err.clone()));
}

#[test]
fn a_person_may_begin_in_one_file_and_end_in_the_next() {
    let rows = rows(60);
    let (first, second) = rows.split_at(rows.len() / 2 + 1);
    let done = assess(&[("a.parquet", &parquet(first)), ("b.parquet", &parquet(second))], &["--output", "out.csv"]);
    done.says(0, &[]);
    assert_eq!(done.file("out.csv"), as_table(&rows));
    // A folder is its files in the order of their names.
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("all")).unwrap();
    std::fs::write(folder.path().join("all/1.parquet"), parquet(first)).unwrap();
    std::fs::write(folder.path().join("all/2.parquet"), parquet(second)).unwrap();
    let done = crate::door::run_in(folder, &["assess", "all", "--region", "990000", "--year", "2022", "--policies", POLICIES, "--output", "out.csv"]);
    done.says(0, &[]);
    assert_eq!(done.file("out.csv"), as_table(&rows));
}

/// The same rows in no order.
pub(crate) fn shuffled(mut rows: Vec<Vec<String>>) -> Vec<Vec<String>> {
    let mut state = 7_u64;
    for at in (1..rows.len()).rev() {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        rows.swap(at, (state >> 33) as usize % (at + 1));
    }
    rows
}

#[test]
fn rows_in_any_order_give_what_a_table_gives() {
    // More than are put together at a time.
    let rows = shuffled(rows(40_000));
    assert!(rows.len() > 1 << 18);
    let table = as_table(&rows);
    let done = assess(&[("records.parquet", &parquet(&rows))], &["--output", "out.csv"]);
    done.says(0, &[]);
    assert!(done.file("out.csv") == table, "unlike the table");
    // What was put aside is gone.
    assert_eq!(done.files(), ["out.csv", "records.parquet"]);
}

#[test]
fn rows_that_begin_anew_with_the_first_person_are_put_together() {
    // In order up to the end of the first batch; behind it, in order, all that is missing.
    let (mut rows, mut others): (Vec<_>, Vec<_>) = rows(8_000).into_iter().partition(|row| ["1", "3", "5"].contains(&row[1].as_str()));
    others.extend(rows.split_off(1 << 14));
    others.sort_by_key(|row| row[0].parse::<u64>().unwrap());
    assert_eq!(rows[0][0], others[0][0]);
    rows.extend(others);
    let done = assess(&[("records.parquet", &parquet(&rows))], &["--output", "out.csv"]);
    done.says(0, &[]);
    assert!(done.file("out.csv") == as_table(&rows), "unlike the table");
}

#[test]
fn a_person_may_have_more_rows_than_a_batch() {
    // The first one, one in the middle and the last one, and some whose rows lie about a border.
    let mut rows = rows(60);
    for (person, more) in [("1000", 20_000), ("1030", 40_000), ("1031", 1_000), ("1032", 16_000), ("1059", 1_500)] {
        let one = rows.iter().find(|row| row[0] == person).unwrap().clone();
        rows.extend((0..more).map(|at| {
            let mut row = one.clone();
            (row[1], row[4]) = ((100 + at).to_string(), format!("more {at}"));
            row
        }));
    }
    rows.sort_by_key(|row| row[0].parse::<u64>().unwrap());
    let done = assess(&[("records.parquet", &parquet(&rows))], &["--output", "out.csv"]);
    done.says(0, &[]);
    assert_eq!(String::from_utf8(done.file("out.csv")).unwrap(), String::from_utf8(as_table(&rows)).unwrap());
}

#[test]
fn persons_may_be_numbers_in_one_file_and_texts_in_another() {
    for rows in [rows(60), shuffled(rows(60))] {
        let (first, second) = rows.split_at(rows.len() / 2 + 1);
        let done = assess(&[("a.parquet", &parquet(first)), ("b.parquet", &parquet_with(second, ParquetKind::Text))], &["--output", "out.csv"]);
        done.says(0, &[]);
        assert_eq!(String::from_utf8(done.file("out.csv")).unwrap(), String::from_utf8(as_table(&rows)).unwrap());
    }
}

#[test]
fn a_stream_gets_the_same_lines() {
    for rows in [rows(60), shuffled(rows(60))] {
        let done = assess(&[("records.parquet", &parquet(&rows))], &["--format", "csv"]);
        done.says(0, &[]);
        assert_eq!(done.out.as_bytes(), as_table(&rows));
    }
}

#[test]
fn rows_at_fault_are_told_as_in_a_table_and_the_others_are_assessed() {
    let rows = rows(300);
    for rows in [rows.clone(), shuffled(rows)] {
        faults_are_told(rows);
    }
}

/// Some rows of which something is wrong.
pub(crate) fn with_faults(mut rows: Vec<Vec<String>>) -> Vec<Vec<String>> {
    rows[10][8] = "furlongs".to_owned();
    rows[40][6] = String::new();
    rows[70][5] = "2022-12-30".to_owned();
    rows[90][1] = rows[91][1].clone();
    rows[120][0] = String::new();
    rows[150][7] = String::new();
    rows
}

fn faults_are_told(rows: Vec<Vec<String>>) {
    let rows = with_faults(rows);
    let table = assess(&[("records.csv", &csv(&rows))], &["--output", "out.csv"]);
    let done = assess(&[("records.parquet", &parquet(&rows))], &["--output", "out.csv"]);
    assert_eq!((done.code, table.code), (1, 1));
    assert_eq!(done.err.replace(".parquet", ".csv"), table.err);
    assert_eq!(String::from_utf8(done.file("out.csv")).unwrap(), String::from_utf8(table.file("out.csv")).unwrap());
    done.says(1, &["furlongs"]);
}

/// A table of persons with everything that tells persons apart, and everything that can be wrong with it.
pub(crate) fn persons_table(persons: usize) -> Vec<u8> {
    let mut text = "person,name,region,industry,title_level,in_service,exempt_years\n".to_owned();
    for person in (0..persons + 20).rev().filter(|person| person % 17 != 5) {
        let region = ["", "990100", "430100", "99"][usize::from(person % 7 == 1) + usize::from(person % 11 == 2) + usize::from(person % 97 == 3)];
        let industry = if person % 3 == 0 { "crafts" } else { "" };
        let level = ["", "junior", "senior", "grand"][usize::from(person % 4 == 1) + usize::from(person % 5 == 2) + usize::from(person % 89 == 4)];
        let service = if person % 13 == 6 { "no" } else { "是" };
        let exempt = if person % 19 == 7 { "2022" } else { "" };
        text += &format!("{},名{person},{region},{industry},{level},{service},{exempt}\n", 1000 + person);
    }
    (text + "1001,again,,,,,\n,nobody,,,,,\n").into_bytes()
}

#[test]
fn persons_of_a_table_come_to_what_they_come_to_from_a_table_of_records() {
    let mut rows = rows(600);
    for at in (0..rows.len()).step_by(211) {
        (rows[at][2], rows[at][8]) = ("demonstration".to_owned(), "times".to_owned());
    }
    for rows in [rows.clone(), shuffled(rows)] {
        let assess = |name: &str, bytes: &[u8]| {
            let args = ["assess", name, "--region", "990000", "--year", "2022", "--policies", POLICIES, "--persons", "persons.csv", "--output", "out.csv"];
            run(&args, &[(name, bytes), ("persons.csv", &persons_table(600))])
        };
        let (table, done) = (assess("records.csv", &csv(&rows)), assess("records.parquet", &parquet(&rows)));
        assert_eq!(String::from_utf8(done.file("out.csv")).unwrap(), String::from_utf8(table.file("out.csv")).unwrap());
        assert_eq!((done.code, done.err.replace(".parquet", ".csv")), (1, table.err));
        done.says(1, &["are not in the persons table"]);
    }
}

#[test]
fn several_duties_come_to_what_they_come_to_from_a_table() {
    let rows = rows(600);
    for rows in [rows.clone(), shuffled(rows)] {
        for more in [["--industry", "crafts", "--output", "out.csv"], ["--industry", "crafts", "--output", "out.parquet"]] {
            let table = assess(&[("records.csv", &csv(&rows))], &more);
            let done = assess(&[("records.parquet", &parquet(&rows))], &more);
            assert_eq!((done.code, &done.err), (table.code, &table.err));
            if more[3] == "out.csv" {
                assert_eq!(String::from_utf8(done.file("out.csv")).unwrap(), String::from_utf8(table.file("out.csv")).unwrap());
                assert!(done.file("out.csv").starts_with(b"person,year,status,general,specialised,elective,total,short_total,short_general,short_specialised,policies,duty\n"));
            }
        }
    }
}

#[test]
fn every_format_is_written_from_columns_too() {
    let rows = rows(12);
    for format in ["json", "jsonl", "table"] {
        let done = assess(&[("records.parquet", &parquet(&rows))], &["--format", format]);
        let table = assess(&[("records.csv", &csv(&rows))], &["--format", format]);
        assert_eq!((done.code, done.out), (table.code, table.out), "{format}");
    }
    let done = assess(&[("records.parquet", &parquet(&rows))], &["--person", "1003", "--explain"]);
    done.says(0, &["1003", "Records"]);
}

#[test]
fn results_are_written_as_parquet() {
    let rows = rows(40);
    let header = |id: &str| Header { id: id.to_owned(), names: Vec::new(), required: true };
    let expected: Vec<(i64, i64)> = String::from_utf8(as_table(&rows))
        .unwrap()
        .lines()
        .skip(1)
        .map(|line| {
            let cells: Vec<&str> = line.split(',').collect();
            let (whole, part) = cells[6].split_once('.').unwrap_or((cells[6], ""));
            (cells[0].parse().unwrap(), whole.parse::<i64>().unwrap() * 100 + format!("{part:0<2}").parse::<i64>().unwrap())
        })
        .collect();
    for source in [("records.parquet", parquet(&rows)), ("records.csv", csv(&rows))] {
        let done = assess(&[(source.0, &source.1)], &["--output", "out.parquet"]);
        done.says(0, &[]);
        let file = ParquetFile::open(&done.folder.path().join("out.parquet"), &[header("person"), header("total"), header("status")], &Limits::default()).unwrap();
        let mut reader = file.reader(&[(0, Reading::Words), (1, Reading::Number)], 0..file.groups());
        let batch = reader.next().unwrap().unwrap();
        let [Cells::Words(people), Cells::Numbers { hundredths, .. }] = batch.columns.as_slice() else { panic!("{:?}", batch.columns) };
        let got: Vec<(i64, i64)> = people.iter().zip(hundredths).map(|(person, total)| (batch.words(0)[*person as usize].parse().unwrap(), *total)).collect();
        assert_eq!(got, expected);
    }
    let done = assess(&[("records.parquet", &parquet(&rows))], &["--rows", "records", "--format", "parquet", "--output", "records-out.parquet"]);
    done.says(0, &[]);
    let file = ParquetFile::open(&done.folder.path().join("records-out.parquet"), &[header("person"), header("rule")], &Limits::default()).unwrap();
    assert_eq!(file.rows(), rows.len() as u64);
}

#[test]
fn what_can_not_be_read_is_refused_in_words() {
    let whole = parquet(&rows(30));
    let done = assess(&[("records.parquet", &whole[..whole.len() / 2])], &["--output", "out.csv"]);
    done.says(2, &["records.parquet"]);
    assert_eq!(done.files(), ["records.parquet"]);
    let done = assess(&[("a.parquet", &whole), ("b.csv", b"person\n1\n")], &["--output", "out.csv"]);
    done.says(2, &["Only Parquet files can be given several at a time", "b.csv"]);
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("empty")).unwrap();
    crate::door::run_in(folder, &["assess", "empty", "--region", "990000", "--year", "2022", "--policies", POLICIES]).says(2, &["There is no *.parquet file in the folder empty"]);
}
