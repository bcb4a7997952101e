//! Many rows: one bad one among them is an error of its own.

use crate::door::{HEADER, assess};
use std::fmt::Write as _;
use std::time::Instant;

/// Rows of persons with 24 records each; the row of this number is bad.
fn rows(count: usize, bad: usize) -> String {
    let mut text = format!("{HEADER}\n");
    for row in 1..=count {
        let (person, record) = ((row - 1) / 24, (row - 1) % 24);
        let (month, unit) = (record % 12 + 1, if row == bad { "lesson" } else { "hours" });
        let _ = writeln!(text, "P{person},{record},class,specialised,第{record}期,2022-{month:02}-01,2022-{month:02}-02,4.25,{unit},,,,training-certificate");
    }
    text
}

fn one_bad_among(count: usize) {
    let bad = count / 2;
    let text = rows(count, bad);
    let started = Instant::now();
    let done = assess(&text, &["--format", "csv"]);
    let seconds = started.elapsed();
    assert_eq!(done.code, 1);
    done.says(1, &[&format!("records.csv:{bad} unit lesson: an unknown code; accepted: ")]);
    let persons = count.div_ceil(24);
    assert_eq!(done.out.lines().count(), persons + 1);
    let undetermined = done.out.lines().filter(|line| line.contains(",undetermined,")).count();
    assert_eq!(undetermined, 0, "23 records are enough: the person is met");
    for (at, line) in done.out.lines().skip(1).enumerate() {
        assert!(line.starts_with(&format!("P{at},2022,")), "row {at} is {line}");
    }
    eprintln!("{count} rows: {seconds:?}");
}

#[test]
fn two_hundred_thousand_rows_with_one_bad() {
    one_bad_among(200_000);
}

#[test]
#[ignore = "takes some seconds and writes a file of 90 MB; run it with --ignored"]
fn a_million_rows_with_one_bad() {
    one_bad_among(1_000_000);
}
