//! A professional's home, an officer's desk and officers' lists, with a million people and twenty million records in the database.
//!
//! `cargo bench -p xueshi-registry --bench home -- 50000` makes fewer people. The rows are written past the registry, in one place in `/tmp`
//! that is removed afterwards; a million people take some eight gigabytes. Everybody has a number and a year open for verification.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::float_arithmetic, reason = "a benchmark")]

#[path = "../tests/support/mod.rs"]
#[allow(dead_code, reason = "a benchmark uses some of it")]
mod support;
#[path = "../tests/story/town.rs"]
#[allow(dead_code, reason = "a benchmark uses some of it")]
mod town;

use std::time::{Duration, Instant};
use support::{Fixture, open_again, processor_time};
use town::Town;
use xueshi_registry::gates::GateSought;
use xueshi_registry::matters::Which;
use xueshi_registry::{Actor, RecordsSought, Registry, Role, RoleHeld, YearSought};

/// Records of each person, four of them in each of five years.
const RECORDS: i64 = 20;
/// People whose records have proofs, steps and determinations as well: one in so many. Only these are asked for.
const WHOLE: i64 = 1000;
/// The last of these years.
const YEAR: i64 = 2019;
/// People of one employer.
const STAFF: i64 = 200;
/// People with one record that waits, all of the one employer whose desk is asked for.
const WAITING: i64 = 100_000;

fn main() {
    let people = std::env::args().skip(1).find_map(|word| word.parse().ok()).unwrap_or(1_000_000);
    let fixture = Fixture::sqlite();
    fixture.keep_keys();
    let town = Town::found(&fixture.registry, "510000", "510100", 1);
    let (clinic, employer, authority, address) = (town.clinic, town.actor("employer", 1), town.actor("authority", 1), fixture.database.address());
    let Fixture { registry, folder, .. } = fixture;
    drop((town, registry));
    let begun = Instant::now();
    fill(&address, people, clinic);
    let bytes = std::fs::metadata(&address).unwrap().len();
    eprintln!("{people} people, {} records, {:.1} GB, made in {:.0} s", people * RECORDS, bytes as f64 / 1e9, begun.elapsed().as_secs_f64());
    let registry = open_again(&address, folder.path());
    println!("| asked for | statements | processor time | median | 95 of 100 | slowest |");
    println!("|---|--:|--:|--:|--:|--:|");
    let first = first_of(&address);
    let asked: Vec<i64> = (0..people / WHOLE).map(|at| first + at * WHOLE).collect();
    // Scattered, so that one does not read what the one before has read.
    let asked: Vec<i64> = (0..asked.len().min(500)).map(|at| asked[at * 7919 % asked.len()]).collect();
    // The policies are compiled once, whoever asks first.
    registry.home(&professional(first), first, YEAR).unwrap();
    measure(&registry, "a professional's home", asked.len(), |at| {
        let home = registry.home(&professional(asked[at]), asked[at], YEAR).unwrap();
        assert_eq!((home.lines.len(), home.determinations.len()), (4, 1));
    });
    let waiting = WAITING.min(people);
    measure(&registry, &format!("a desk where {waiting} cases wait"), 40, |_| {
        let queue = registry.queue(&employer, "declaration", None, 50).unwrap();
        assert_eq!((queue.lines.len(), queue.total), (50, waiting));
    });
    let middle = registry.queue(&employer, "declaration", None, 50).unwrap().next;
    measure(&registry, "its second page", 40, |_| {
        assert_eq!(registry.queue(&employer, "declaration", middle, 50).unwrap().lines.len(), 50);
    });
    // An employer in the middle of all, the one with most people, and who looks at all of them.
    let small = last_employer(&address) - (people - waiting) / STAFF / 2;
    let mut one = employer.clone();
    one.held.organisation = Some(small);
    for (who, actor) in [("an employer of 200", &one), ("an employer of 100,000", &employer), ("an authority over all", &authority)] {
        measure(&registry, &format!("people of {who}"), 5, |_| {
            assert_eq!(registry.people(actor, "", 0, 50).unwrap().len(), 50);
        });
        measure(&registry, &format!("records of {who}"), 5, |_| {
            assert_eq!(registry.records(actor, &RecordsSought::default(), 0, 50).unwrap().len(), 50);
        });
        measure(&registry, &format!("records of one person for {who}"), 5, |at| {
            registry.records(actor, &RecordsSought { person: Some(asked[at]), ..RecordsSought::default() }, 0, 50).unwrap();
        });
        measure(&registry, &format!("the year of {who}"), 5, |_| {
            let page = registry.year(actor, YEAR, YearSought { status: "", state: "open", text: "", employer: 0 }, 0, 50).unwrap();
            assert_eq!(page.lines.len(), 50);
        });
        measure(&registry, &format!("counts of the year of {who}"), 5, |_| {
            registry.year_counts(actor, YEAR, 0).unwrap();
        });
        measure(&registry, &format!("what waits of verifications for {who}"), 5, |_| {
            registry.queue(actor, "verification", None, 50).unwrap();
        });
        measure(&registry, &format!("a gate's list of {who}"), 5, |_| {
            let sought = GateSought { gate: "appraisal-excellent", on: "2020-03-01", name: "", employer: 0 };
            assert_eq!(registry.gate_list(actor, sought, 0, 50).unwrap().len(), 50);
        });
        measure(&registry, &format!("the employer's year, of {who}"), 5, |_| {
            registry.employer_year(actor, actor.held.organisation.filter(|_| actor.held.jurisdiction.is_none()).unwrap_or(clinic), YEAR).unwrap();
        });
        measure(&registry, &format!("possible doubles for {who}"), 5, |_| {
            registry.possible_doubles(actor, (0, 0), 50).unwrap();
        });
        measure(&registry, &format!("matters of {who}"), 5, |_| {
            registry.matters(actor, Which::All, None, 50).unwrap();
        });
    }
}

fn measure(registry: &Registry, what: &str, count: usize, work: impl Fn(usize)) {
    let (before, busy) = (registry.statements_read(), processor_time().unwrap_or_default());
    let mut took: Vec<Duration> = (0..count)
        .map(|at| {
            let begun = Instant::now();
            work(at);
            begun.elapsed()
        })
        .collect();
    let statements = (registry.statements_read() - before) as f64 / count as f64;
    took.sort_unstable();
    let ms = |at: usize| took[at.min(count - 1)].as_secs_f64() * 1e3;
    let busy = (processor_time().unwrap_or_default() - busy).as_secs_f64() * 1e3 / count as f64;
    println!("| {what} | {statements:.0} | {busy:.1} ms | {:.1} ms | {:.1} ms | {:.1} ms |", ms(count / 2), ms(count * 95 / 100), ms(count - 1));
}

fn professional(person: i64) -> Actor {
    Actor { account: 0, login: String::new(), person: Some(person), held: RoleHeld { id: 0, role: Role::Person, organisation: None, kind: None, name: None, jurisdiction: None, sector: None } }
}

fn first_of(address: &str) -> i64 {
    rusqlite::Connection::open(address).unwrap().query_row("SELECT MIN(id) FROM people WHERE name = '甲0'", [], |row| row.get(0)).unwrap()
}

fn last_employer(address: &str) -> i64 {
    rusqlite::Connection::open(address).unwrap().query_row("SELECT MAX(organisation) FROM posts", [], |row| row.get(0)).unwrap()
}

/// Writes everybody past the registry: without journal and indexes, which are made at the end.
fn fill(address: &str, people: i64, clinic: i64) {
    let connection = rusqlite::Connection::open(address).unwrap();
    connection.execute_batch("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA foreign_keys = OFF; PRAGMA cache_size = -1000000; PRAGMA temp_store = FILE").unwrap();
    let indexes: Vec<(String, String)> = {
        let mut all =
            connection.prepare("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND tbl_name IN ('people', 'records', 'cases', 'posts', 'person_facts')").unwrap();
        all.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap().map(Result::unwrap).collect()
    };
    for (name, _) in &indexes {
        connection.execute_batch(&format!("DROP INDEX {name}")).unwrap();
    }
    let count = |sql: &str| connection.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap();
    let place = count("SELECT MAX(id) FROM jurisdictions");
    let (person, organisation, account) = (count("SELECT MAX(id) + 1 FROM people"), count("SELECT MAX(id) + 1 FROM organisations"), count("SELECT MIN(id) FROM accounts"));
    let employers = people / STAFF + 1;
    // The first of them all work at the employer whose desk is asked for.
    let of = format!("CASE WHEN k.value < {WAITING} THEN {clinic} ELSE {organisation} + k.value / {STAFF} END");
    let everybody = format!("generate AS (SELECT 0 AS value UNION ALL SELECT value + 1 FROM generate WHERE value + 1 < {people})");
    let records = format!("numbers AS (SELECT 0 AS value UNION ALL SELECT value + 1 FROM numbers WHERE value + 1 < {RECORDS})");
    // The last record of the first people waits; everything else was accepted.
    let waits = format!("k.value < {WAITING} AND n.value = {RECORDS} - 1");
    let texts = [
        format!(
            "WITH RECURSIVE e AS (SELECT 0 AS value UNION ALL SELECT value + 1 FROM e WHERE value + 1 < {employers})
             INSERT INTO organisations (id, kind, name, jurisdiction, facts, valid_from) SELECT {organisation} + value, 'employer', '单位' || value, {place}, '{{\"org_kind\":\"public-institution\"}}', '2000-01-01' FROM e"
        ),
        format!("WITH RECURSIVE {everybody} INSERT INTO people (id, name, created_at, born) SELECT {person} + k.value, '甲' || k.value, 0, '1980-01-01' FROM generate k"),
        format!("WITH RECURSIVE {everybody} INSERT INTO person_identifiers (person, kind, sealed, key_id, lookup, valid_from) SELECT {person} + k.value, 'passport', x'00', '', CAST('n' || k.value AS BLOB), '2010-01-01' FROM generate k"),
        format!("WITH RECURSIVE {everybody} INSERT INTO posts (person, organisation, valid_from) SELECT {person} + k.value, {of}, '2010-01-01' FROM generate k"),
        format!(
            "WITH RECURSIVE {everybody} INSERT INTO person_facts (person, name, value, valid_from)
             SELECT {person} + k.value, f.name, f.value, '2010-01-01' FROM generate k CROSS JOIN (SELECT 'in_service' AS name, '是' AS value UNION ALL SELECT 'title_level', 'intermediate') f"
        ),
        format!(
            "WITH RECURSIVE {everybody}, {records} INSERT INTO records (id, person, year, title, facts, organisation, state, entered_by, created_at)
             SELECT k.value * {RECORDS} + n.value + 1, {person} + k.value, 2015 + n.value / 4, '第' || n.value || '期培训班',
                    '{{\"activity\":\"class\",\"end\":\"' || (2015 + n.value / 4) || '-0' || (1 + n.value % 4) || '-15\",\"quantity\":\"12\",\"result\":\"pass\",\"subject\":\"specialised\",\"unit\":\"hours\"}}',
                    {of}, CASE WHEN {waits} THEN 'waiting' ELSE 'accepted' END, {account}, 0 FROM generate k CROSS JOIN numbers n"
        ),
        format!(
            "INSERT INTO cases (id, flow, state, open, stage, holders, person, record, organisation, jurisdiction, opened_by, opened_at, since, version)
             SELECT id, 'declaration', state, CASE WHEN state = 'waiting' THEN 1 ELSE 0 END, CASE WHEN state = 'waiting' THEN 'by-default' END,
                    CASE WHEN state = 'waiting' THEN '|employer|' ELSE '|' END, person, id, organisation, {place}, {account}, 0, id, 3 FROM records"
        ),
        // Everybody's last year is open for verification.
        format!(
            "INSERT INTO obligations (person, duty, year, organisation, jurisdiction, region)
             SELECT p.person, 'annual', {YEAR}, p.organisation, {place}, '510100' FROM posts p WHERE p.person >= {person}"
        ),
        format!(
            "INSERT INTO cases (flow, state, open, stage, holders, person, obligation, organisation, jurisdiction, opened_by, opened_at, since, version)
             SELECT 'verification', 'waiting', 1, 'by-default', '|employer|', person, id, organisation, {place}, {account}, 0, id, 1 FROM obligations WHERE year = {YEAR} AND person >= {person}"
        ),
        // Those who are asked for have all that a person has.
        format!(
            "INSERT INTO evidence (record, kind, name, media, bytes, digest, added_by, added_at)
             SELECT r.id, 'completion-certificate', '结业证.pdf', 'application/pdf', 100000, 'd' || r.id, {account}, 0 FROM records r WHERE (r.person - {person}) % {WHOLE} = 0"
        ),
        format!(
            "INSERT INTO case_steps (case_id, at, account, role, step, to_state, stage, reason)
             SELECT c.id, 0, {account}, 'employer-officer', s.step, c.state, 'by-default', '' FROM cases c, (SELECT 'draft' AS step UNION ALL SELECT 'submit' UNION ALL SELECT 'accept') s
             WHERE (c.person - {person}) % {WHOLE} = 0 AND c.state = 'accepted'"
        ),
        format!(
            "INSERT INTO obligations (person, duty, year, organisation, jurisdiction, region)
             SELECT p.person, 'annual', {YEAR} - 1, p.organisation, {place}, '510100' FROM posts p WHERE (p.person - {person}) % {WHOLE} = 0 AND p.person >= {person}"
        ),
        "INSERT INTO entries (kind, at, obligation, commitment) SELECT 'determination', 0, id, zeroblob(32) FROM obligations".to_owned(),
        "INSERT INTO determinations (obligation, at, frozen, status, total, result, basis, engine, entry) SELECT obligation, 0, 0, 'short', 4800, '{}', '{}', '0', id FROM entries".to_owned(),
    ];
    for text in texts {
        step(&connection, &text);
    }
    for (_, sql) in indexes {
        step(&connection, &sql);
    }
}

fn step(connection: &rusqlite::Connection, sql: &str) {
    let begun = Instant::now();
    connection.execute_batch(sql).unwrap();
    let name: String = sql.split_once("INSERT INTO ").map_or(sql, |(_, rest)| rest).chars().take(40).collect();
    eprintln!("{:>6.1} s  {name}", begun.elapsed().as_secs_f64());
}
