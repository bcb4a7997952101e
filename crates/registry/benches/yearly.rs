//! How long it takes to open and to verify a year of many people of one employer, on SQLite with full durability.
//!
//! `cargo bench -p xueshi-registry --bench yearly -- [PEOPLE [RECORDS OF EACH [postgres]]]`

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::float_arithmetic, reason = "a benchmark")]

#[path = "../tests/support/mod.rs"]
#[allow(dead_code, reason = "a benchmark uses some of it")]
mod support;
#[path = "../tests/story/town.rs"]
#[allow(dead_code, reason = "a benchmark uses some of it")]
mod town;

use std::time::Instant;
use support::Fixture;
use town::Town;
use xueshi_registry::{YearWanted, params};

fn main() {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with("--")).collect();
    let number = |at: usize, default: i64| words.get(at).map_or(default, |word| word.parse().unwrap());
    let (people, records) = (number(0, 100_000), number(1, 12));
    let postgres = words.get(2).is_some();
    let fixture = if postgres { Fixture::postgres_durable() } else { Fixture::sqlite() };
    let town = Town::found(&fixture.registry, "510000", "510100", 1);
    fill(&town, people, records);
    fixture.days_pass(320);
    let employer = town.actor("employer", 1);
    let registry = &fixture.registry;
    println!("| {} | {people} people, {} records | s | s of processor |", if postgres { "PostgreSQL 15" } else { "SQLite" }, people * records);
    println!("|---|---|--:|--:|");
    let timed = |what: &str, work: &dyn Fn() -> usize| {
        let (begun, before) = (Instant::now(), processor_seconds());
        let count = work();
        println!("| {what} | {count} | {:.1} | {:.1} |", begun.elapsed().as_secs_f64(), processor_seconds() - before);
    };
    timed("opened: determined, a case each", &|| registry.open_year(&employer, 2019, |_| {}).unwrap());
    timed("verified: determined again and frozen", &|| registry.verify_many(&employer, &YearWanted { year: 2019, opinion: "情况属实".to_owned(), ..YearWanted::default() }, |_| {}).unwrap());
    timed("the employer's page", &|| usize::try_from(registry.employer_year(&employer, town.clinic, 2019).unwrap().counts.verified).unwrap());
}

/// What this process has used so far, on all cores: what a busy machine does not stretch.
fn processor_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    stat.rsplit(')').next().unwrap().split_whitespace().skip(11).take(2).map(|ticks| ticks.parse::<f64>().unwrap() / 100.0).sum()
}

/// People with accepted records, written as they are kept.
fn fill(town: &Town, people: i64, records: i64) {
    let clinic = town.clinic;
    for first in (0..people - 1).step_by(5000) {
        let count = 5000.min(people - 1 - first);
        town.registry
            .write(move |tx| {
                for at in first..first + count {
                    let person = tx.number("INSERT INTO people (name, created_at) VALUES (?1, 0) RETURNING id", params![&format!("同事{at}")])?;
                    tx.execute("INSERT INTO posts (person, organisation, title, valid_from) VALUES (?1, ?2, '护师', '2010-01-01')", params![person, clinic])?;
                    tx.execute("INSERT INTO person_facts (person, name, value, valid_from) VALUES (?1, 'title_level', 'intermediate', '2010-01-01'), (?1, 'in_service', '是', '2010-01-01')", params![person])?;
                    for number in 0..records {
                        let (month, subject) = (1 + (number + at) % 12, if number % 3 == 0 { "general" } else { "specialised" });
                        let facts = format!(
                            "{{\"activity\":\"class\",\"end\":\"2019-{month:02}-15\",\"quantity\":\"{}\",\"result\":\"pass\",\"start\":\"2019-{month:02}-14\",\"subject\":\"{subject}\",\"unit\":\"hours\"}}",
                            4 + (number * 7 + at) % 9
                        );
                        let record = tx.number(
                            "INSERT INTO records (person, year, title, facts, organisation, state, entered_by, created_at) VALUES (?1, 2019, ?2, ?3, ?4, 'accepted', 1, 0) RETURNING id",
                            params![person, &format!("第{number}期培训班"), &facts, clinic],
                        )?;
                        tx.execute(
                            "INSERT INTO evidence (record, kind, name, media, bytes, digest, added_by, added_at) VALUES (?1, 'completion-certificate', '结业证.pdf', 'application/pdf', 1, ?2, 1, 0)",
                            params![record, &format!("{at}-{number}")],
                        )?;
                    }
                }
                Ok(())
            })
            .unwrap();
    }
}
