//! A million records of fifty thousand persons over columns in memory, on one core.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a failing helper fails its test")]

#[allow(dead_code, reason = "each file uses some of it")]
#[path = "../tests/support/mod.rs"]
mod files;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use std::hint::black_box;
use xueshi_policy::{Asked, Block, Cells, Columnar, Engine, Of, Outcome, Person, Status, Storage, Value};

const PEOPLE: usize = 50_000;
const EACH: usize = 20;
/// Rows looked at together: what a reader of files gives.
const BLOCK: usize = 16 * 1024;

const WORDS: [(&str, &[&str]); 5] = [
    ("activity", &["", "class", "distance", "conference", "advanced-seminar", "practice", "self-study", "publication", "exam", "teaching"]),
    ("subject", &["", "general", "specialised", "elective"]),
    ("unit", &["", "hours", "minutes", "days", "thousand-characters"]),
    ("result", &["", "pass", "fail", "85"]),
    ("evidence", &["", "training-certificate", "transcript", "attendance-proof;notice"]),
];

fn columns(bench: &mut Criterion) {
    let rows = PEOPLE * EACH;
    let mut state = 1_u64;
    let mut draw = |most: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % most
    };
    // Ordinary records: mostly by the hour, proven, passed, in the year.
    let mut ids: Vec<Vec<u32>> = WORDS.iter().map(|(_, words)| (0..rows).map(|_| if draw(3) > 0 { 1 } else { draw(words.len() - 1) + 1 } as u32).collect()).collect();
    ids[1] = (0..rows).map(|_| [2, 2, 1, 3][draw(4)]).collect();
    ids[2] = ids[0].iter().map(|activity| if [6, 7].contains(activity) { 4 } else { [1, 1, 1, 2, 3][draw(5)] }).collect();
    let quantities: Vec<i64> = (0..rows).map(|row| if ids[2][row] == 4 { 300 + draw(900) as i64 } else { 50 * draw(24) as i64 }).collect();
    let days: Vec<i32> = (0..rows).map(|row| 17_532 + (row % EACH * 18 + draw(18)) as i32 + if draw(40) == 0 { 400 } else { 0 }).collect();
    let engine = Engine::new(files::library(&files::files(&files::repository("policies"))));
    let stack = engine.stacks("510000", None, 2018).unwrap()[0].clone();
    let names: Vec<(&str, Storage)> = WORDS.iter().map(|(id, _)| (*id, Storage::Words)).chain([("quantity", Storage::Numbers), ("end", Storage::Days)]).collect();
    let person = Person { id: String::new(), values: vec![Value::Empty; stack.schema().slots(Of::Person)], rows_in_error: false };
    let mut columnar = Columnar::new(stack.clone(), stack.duties()[0], Asked::year(2018), &names).unwrap();
    for (at, (_, words)) in WORDS.iter().enumerate() {
        columnar.learn(at, &words.iter().map(ToString::to_string).collect::<Vec<_>>());
    }
    let bounds: Vec<usize> = (0..=BLOCK / EACH).map(|person| person * EACH).collect();
    let mut group = bench.benchmark_group("columns");
    group.throughput(Throughput::Elements(rows as u64));
    group.bench_function("a million records in memory", |b| {
        b.iter(|| {
            let (mut met, mut whole, mut total) = (0, 0, 0);
            let mut first = 0;
            while first < rows {
                let size = (BLOCK / EACH * EACH).min(rows - first);
                let here = first..first + size;
                let mut cells: Vec<Cells<'_>> = ids.iter().map(|ids| Cells::Words(&ids[here.clone()])).collect();
                cells.extend([Cells::Numbers(&quantities[here.clone()]), Cells::Days(&days[here])]);
                let block = Block { rows: size, columns: &cells };
                columnar.begin();
                let number = columnar.person(&person);
                columnar.assess(number, &block, &bounds[..=size / EACH], false, |_, outcome, _| match outcome {
                    Outcome::Totals(totals) => {
                        met += usize::from(totals.status == Status::Met);
                        total += totals.total.0;
                    }
                    _ => whole += 1,
                });
                first += size;
            }
            assert!(whole * 10 < PEOPLE, "{whole}");
            black_box((met, whole, total))
        });
    });
}

criterion_group!(benches, columns);
criterion_main!(benches);
