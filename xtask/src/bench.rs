//! `cargo xtask bench`: the program's own timings, and the same work done by other tools.

use crate::bench_peers::{self, Subject, Work};
use crate::bench_small;
use crate::bench_table::{self, Line};
use crate::bench_xlsx;
use crate::run::{cargo, root, step, timed, xueshi};
use std::process::Command;

/// What is asked on the command line.
struct Asked {
    small: bool,
    xlsx: bool,
    peers: bool,
    registry: bool,
    persons: u32,
    runs: usize,
}

/// Runs the parts that are asked for; without a word, all but the registry's, which fills a disk.
pub(crate) fn bench(arguments: &[String]) -> Result<(), String> {
    let asked = read(arguments)?;
    if asked.registry {
        step("records registered", &mut cargo(&["bench", "--package", "xueshi-registry", "--bench", "durable"]))?;
        step("a home and a desk", &mut cargo(&["bench", "--package", "xueshi-registry", "--bench", "home", "--", &asked.persons.to_string()]))?;
    }
    if !(asked.small || asked.xlsx || asked.peers) {
        return Ok(());
    }
    if asked.small {
        step("one person explained", &mut cargo(&["bench", "--package", "xueshi-policy"]))?;
    }
    step("build", &mut cargo(&["build", "--release", "--package", "xueshi", "--package", "xueshi-samples"]))?;
    if asked.small {
        bench_small::bench()?;
    }
    if asked.xlsx {
        bench_xlsx::bench(asked.runs)?;
    }
    if asked.peers { peers(asked.persons, asked.runs) } else { Ok(()) }
}

fn read(arguments: &[String]) -> Result<Asked, String> {
    let mut asked = Asked { small: false, xlsx: false, peers: false, registry: false, persons: 1_000_000, runs: 5 };
    let mut words = arguments.iter();
    while let Some(word) = words.next() {
        match word.as_str() {
            "small" => asked.small = true,
            "xlsx" => asked.xlsx = true,
            "peers" => asked.peers = true,
            "registry" => asked.registry = true,
            "--persons" => asked.persons = number(word, words.next())?,
            "--runs" => asked.runs = number(word, words.next())?,
            other => return Err(format!("bench: {other}: not known; small, xlsx, peers, registry, --persons N and --runs N are")),
        }
    }
    if asked.persons == 0 || asked.runs == 0 {
        return Err("bench: --persons and --runs ask for at least 1".to_owned());
    }
    if !(asked.small || asked.xlsx || asked.peers || asked.registry) {
        (asked.small, asked.xlsx, asked.peers) = (true, true, true);
    }
    Ok(asked)
}

fn number<T: std::str::FromStr>(option: &str, value: Option<&String>) -> Result<T, String> {
    value.and_then(|text| text.parse().ok()).ok_or_else(|| format!("bench: {option} asks for a number"))
}

/// Every subject once, its result compared with ours; then all of them in turn, as often as asked.
fn peers(persons: u32, runs: usize) -> Result<(), String> {
    let work = Work::prepare(persons)?;
    let subjects = bench_peers::subjects(&work);
    let records = bench_peers::count_records(&work)?;

    println!("── equality, person by person");
    work.forget(Subject::OURS);
    timed(&mut ours(&work), &work.folder)?;
    for subject in &subjects {
        work.forget(subject.name());
        subject.run(&work)?;
        subject.compare(&work)?;
    }

    let mut own = Vec::new();
    let mut others = vec![Vec::new(); subjects.len()];
    for run in 1..=runs {
        println!("── run {run} of {runs}");
        own.push(timed(&mut ours(&work), &work.folder)?.1);
        for (subject, times) in subjects.iter().zip(&mut others) {
            times.push(subject.run(&work)?.scaled(records));
        }
    }

    let mut lines = vec![Line::new("xueshi", env!("CARGO_PKG_VERSION"), "", own)?];
    for (subject, times) in subjects.iter().zip(others) {
        lines.push(Line::new(subject.title, &subject.version, subject.remark, times)?);
    }
    let table = bench_table::table(&lines, records, persons, runs);
    println!("\n{table}");
    bench_table::keep(&root().join("bench").join("README.md"), &table)
}

/// Our own assessment of the same file.
fn ours(work: &Work) -> Command {
    let mut command = xueshi(&["assess"]);
    command.arg(&work.records).args(["--region", "510000", "--year", "2018", "--format", "parquet", "--output"]).arg(work.result(Subject::OURS));
    command
}
