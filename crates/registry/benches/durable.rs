//! How fast reviewed records are registered with full durability, against bare durable commits of the same database in the same run.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::float_arithmetic, reason = "a benchmark")]

#[path = "../tests/support/mod.rs"]
#[allow(dead_code, reason = "a benchmark uses some of it")]
mod support;
#[path = "../tests/story/town.rs"]
#[allow(dead_code, reason = "a benchmark uses some of it")]
mod town;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use support::{Fixture, processor_time};
use town::{Town, facts};
use xueshi_registry::people::{self, NewPerson};
use xueshi_registry::{Actor, Declared, Registry, Role, RoleHeld, accounts};

/// People whose records are registered.
const PEOPLE: usize = 400;
/// Records of each.
const RECORDS: usize = 10;

fn main() {
    println!("| database | clients | bare commits/s | records registered/s | ratio | our processor time each |");
    println!("|---|--:|--:|--:|--:|--:|");
    // Only one of them, where it is named.
    let asked = std::env::args().skip(1).find(|word| !word.starts_with('-'));
    let wanted = |name: &str| asked.as_ref().is_none_or(|asked| asked == name);
    if wanted("sqlite") {
        measure("SQLite", &Fixture::sqlite());
    }
    if wanted("postgres") {
        measure("PostgreSQL 15", &Fixture::postgres_durable());
    }
}

fn measure(name: &str, fixture: &Fixture) {
    let registry = &*fixture.registry;
    let town = Town::found(&fixture.registry, "510000", "510100", 1);
    let employer = town.actor("employer", 1);
    let mut cases = waiting(fixture, &town).into_iter();
    registry.write(|tx| tx.execute("CREATE TABLE bare (id BIGINT, body TEXT)", &[])).unwrap();
    if name != "SQLite" {
        // What the server does by itself within a minute: plans made for empty tables go.
        registry.write(|tx| tx.execute("ANALYZE", &[])).unwrap();
    }
    for clients in [1, 32] {
        // In turns, so that both meet the same state of the machine.
        let (mut bare, mut registered) = ((0, Duration::ZERO), (0, Duration::ZERO));
        let mut busy = Duration::ZERO;
        for _ in 0..5 {
            let count = if clients == 1 { 60 } else { 320 };
            let took = at_once(clients, count, |at| {
                registry.write(move |tx| tx.execute("INSERT INTO bare VALUES (?1, 'a record that nobody looked at')", xueshi_registry::params![at as i64])).map(drop).unwrap()
            });
            bare = (bare.0 + count, bare.1 + took);
            let batch: Vec<i64> = cases.by_ref().take(count).collect();
            assert_eq!(batch.len(), count, "too few cases were prepared");
            let before = processor_time().unwrap_or_default();
            let took = at_once(clients, count, |at| registry.decide(&employer, batch[at], 2, "accept", "").unwrap());
            busy += processor_time().unwrap_or_default() - before;
            registered = (registered.0 + count, registered.1 + took);
        }
        let rate = |(count, took): (usize, Duration)| count as f64 / took.as_secs_f64();
        println!("| {name} | {clients} | {:.0} | {:.0} | {:.2} | {:.0} µs |", rate(bare), rate(registered), rate(registered) / rate(bare), busy.as_secs_f64() * 1e6 / registered.0 as f64);
    }
}

/// Runs so many, so many at a time.
fn at_once(clients: usize, count: usize, work: impl Fn(usize) + Sync) -> Duration {
    let next = AtomicUsize::new(0);
    let begun = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..clients {
            scope.spawn(|| {
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    if at >= count {
                        return;
                    }
                    work(at);
                }
            });
        }
    });
    begun.elapsed()
}

/// Cases that wait for the employer, of many people in turn.
fn waiting(fixture: &Fixture, town: &Town) -> Vec<i64> {
    let registry = &*fixture.registry;
    let people: Vec<Actor> = (0..PEOPLE).map(|at| professional(registry, &fixture.keys, town, at)).collect();
    let declared = Declared {
        title: "急救新技术培训班".to_owned(),
        facts: facts([("activity", "class"), ("subject", "specialised"), ("quantity", "4"), ("unit", "hours"), ("start", "2019-02-11"), ("end", "2019-02-15"), ("result", "pass")]),
        corrects: None,
    };
    let all = std::sync::Mutex::new(Vec::new());
    at_once(32, PEOPLE * RECORDS, |at| {
        let person = &people[at % PEOPLE];
        let case = registry.declare(person, person.person.unwrap(), &declared).unwrap();
        registry.submit(person, case, 1).unwrap();
        all.lock().unwrap().push(case);
    });
    all.into_inner().unwrap()
}

fn professional(registry: &Registry, keys: &xueshi_registry::Keys, town: &Town, at: usize) -> Actor {
    let (keys, clinic, now) = (keys.clone(), town.clinic, registry.now());
    let login = format!("bench{at}");
    let kept = login.clone();
    let (person, account, id) = registry
        .write(move |tx| {
            let new = NewPerson {
                name: format!("甲{at}"),
                identity_number: None,
                facts: facts([("title_level", "intermediate"), ("in_service", "是")]),
                organisation: clinic,
                agency: None,
                title: String::new(),
                from: "2010-01-01".to_owned(),
            };
            let person = people::add(tx, &keys, &new, now)?;
            let account = accounts::add(tx, &accounts::NewAccount { login: login.clone(), password: String::new(), person: Some(person) }, now)?;
            let id = accounts::give_role(tx, account, Role::Person, None, None, None, "2010-01-01")?;
            Ok((person, account, id))
        })
        .unwrap();
    Actor { account, login: kept, person: Some(person), held: RoleHeld { id, role: Role::Person, organisation: None, kind: None, name: None, jurisdiction: None, sector: None } }
}
