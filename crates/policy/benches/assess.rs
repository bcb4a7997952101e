//! One person with 24 records, explained; and what it takes to load and compile.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a failing helper fails its test")]

#[allow(dead_code, reason = "each file uses some of it")]
#[path = "../tests/support/mod.rs"]
mod files;

use criterion::{Criterion, criterion_group, criterion_main};
use std::hint::black_box;
use xueshi_policy::{Asked, Cell, Engine, Of, Person, Record, Schema, Value};

/// Twenty-four records of one person: every form of study, some with problems, two that a cap cuts.
fn rows(schema: &Schema) -> (Person, Vec<Record>) {
    let forms = ["class", "conference", "distance", "publication", "self-study", "overseas", "achievement", "exam"];
    let records = (0..24).map(|n| {
        let mut record = Record { id: (n + 1).to_string(), row: n + 1, values: vec![Value::Empty; schema.slots(Of::Record)] };
        let unit = ["hours", "hours", "minutes", "thousand-characters", "thousand-characters", "hours", "days", "exams"][n as usize % 8];
        let cells = [
            ("activity", forms[n as usize % 8].to_owned()),
            ("subject", ["specialised", "general", "specialised"][n as usize % 3].to_owned()),
            ("title", format!("学习 {n}")),
            ("start", format!("2019-{:02}-01", n % 12 + 1)),
            ("end", format!("2019-{:02}-{:02}", n % 12 + 1, n % 28 + 1)),
            ("quantity", (8 + n * 3).to_string()),
            ("unit", unit.to_owned()),
            ("level", "provincial".to_owned()),
            ("platform", "sc-online".to_owned()),
            ("topic", "人工智能与健康".to_owned()),
            ("result", "pass".to_owned()),
            ("evidence", "training-certificate;transcript".to_owned()),
        ];
        for (column, cell) in cells {
            let at = schema.find(column).unwrap();
            if let Cell::Is(value, _) = schema.read(at, &cell) {
                record.values[schema.columns[at].slot] = value;
            }
        }
        record
    });
    (Person { id: "P".to_owned(), values: vec![Value::Empty; schema.slots(Of::Person)], rows_in_error: false }, records.collect())
}

fn assess(bench: &mut Criterion) {
    let engine = Engine::new(files::library(&files::files(&files::repository("policies"))));
    let rows = rows(engine.stacks("510100", None, 2019).unwrap()[0].schema());
    let asked = |explain| Asked { explain, ..Asked::year(2019) };
    bench.bench_function("24 records, result only", |b| b.iter(|| engine.assess("510100", None, black_box(&rows), asked(false)).unwrap()));
    bench.bench_function("24 records, explained", |b| b.iter(|| engine.assess("510100", None, black_box(&rows), asked(true)).unwrap()));
    let base = engine.assess("510100", None, &rows, asked(true)).unwrap().remove(0);
    bench.bench_function("24 records, every alternative reading flipped", |b| b.iter(|| engine.readings("510100", None, black_box(&rows), asked(true), &base)));
    bench.bench_function("load all policies", |b| b.iter(|| files::library(&files::files(&files::repository("policies")))));
    let loaded = files::library(&files::files(&files::repository("policies")));
    bench.bench_function("compile the stack of a city", |b| b.iter(|| Engine::new(loaded.clone()).stacks("510100", None, 2019).unwrap()));
}

criterion_group!(benches, assess);
criterion_main!(benches);
