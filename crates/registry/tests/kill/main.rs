//! Killed at any moment, under load: what was answered is there, and everything goes on by itself.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a failing step fails its test")]

#[path = "../support/mod.rs"]
#[allow(dead_code, reason = "each test file uses some of it")]
mod support;
#[path = "../story/town.rs"]
#[allow(dead_code, reason = "each test file uses some of it")]
mod town;

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Command, Stdio};
use std::sync::Arc;
use support::Fixture;
use town::{Town, facts};
use xueshi_registry::{Actor, Declared, Registry};

/// Set in the process that is killed: the address of the database.
const DATABASE: &str = "XUESHI_TEST_DATABASE";
const FOLDER: &str = "XUESHI_TEST_FOLDER";
const ACTORS: &str = "XUESHI_TEST_PERSON";

fn class() -> Declared {
    Declared {
        title: "急救新技术培训班".to_owned(),
        facts: facts([("activity", "class"), ("subject", "specialised"), ("quantity", "1"), ("unit", "hours"), ("start", "2019-02-11"), ("end", "2019-02-11"), ("result", "pass")]),
        corrects: None,
    }
}

fn actor(registry: &Registry, login: &str) -> Actor {
    let signed_in = registry.sign_in(login, town::PASSWORD, &std::process::id().to_string()).unwrap();
    registry.session(&signed_in.token).unwrap().unwrap().actor.unwrap()
}

/// The process that is killed: writes as fast as it can, and says what was answered. Does nothing when it runs as an ordinary test.
#[test]
fn writes_until_killed() {
    let (Ok(database), Ok(folder), Ok(person)) = (std::env::var(DATABASE), std::env::var(FOLDER), std::env::var(ACTORS)) else { return };
    let person: i64 = person.parse().unwrap();
    let registry = Arc::new(support::open_again(&database, folder.as_ref()));
    let (professional, employer) = (actor(&registry, "person1"), actor(&registry, "employer1"));
    let say = |what: &str, case: i64| {
        let mut out = std::io::stdout().lock();
        writeln!(out, "{what} {case}").and_then(|()| out.flush()).unwrap();
    };
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let write = || -> xueshi_registry::Result<()> {
                    let case = registry.declare(&professional, person, &class())?;
                    say("draft", case);
                    registry.submit(&professional, case, 1)?;
                    say("waiting", case);
                    registry.decide(&employer, case, 2, "accept", "")?;
                    say("accepted", case);
                    Ok(())
                };
                loop {
                    // Too many at once is an answer too: nothing of that step was kept.
                    match write() {
                        Ok(()) | Err(xueshi_registry::Error::Busy) => {}
                        Err(other) => panic!("{other}"),
                    }
                }
            });
        }
        scope.spawn(|| {
            loop {
                registry.place_entries().unwrap();
                std::thread::yield_now();
            }
        });
    });
}

/// How far a state is on its way.
fn rank(state: &str) -> usize {
    ["draft", "waiting", "accepted"].iter().position(|known| *known == state).unwrap()
}

fn killed(fixture: &Fixture, times: usize) {
    let town = Town::found(&fixture.registry, "510000", "510100", 1);
    fixture.keep_keys();
    let mut random = 0x2019_0200_u64;
    let mut answered = 0;
    for round in 0..times {
        // Anywhere from the first answers to deep in the work.
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let lines = 1 + (random >> 33) % 120;
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "writes_until_killed", "--nocapture", "--test-threads=1"])
            .env(DATABASE, fixture.database.address())
            .env(FOLDER, fixture.folder.path())
            .env(ACTORS, town.person.to_string())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut said: Vec<(String, i64)> = Vec::new();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        let mut read = |said: &mut Vec<(String, i64)>| {
            line.clear();
            let more = out.read_line(&mut line).unwrap() > 0;
            if let Some((state, case)) = line.trim().split_once(' ')
                && let Ok(case) = case.parse()
                && line.ends_with('\n')
                && ["draft", "waiting", "accepted"].contains(&state)
            {
                said.push((state.to_owned(), case));
            }
            more
        };
        while (said.len() as u64) < lines && read(&mut said) {}
        assert!(said.len() as u64 >= lines, "the process ended by itself");
        child.kill().unwrap();
        child.wait().unwrap();
        // What it still said before it died was answered too.
        while read(&mut said) {}
        for (state, case) in &said {
            let kept: Option<String> = fixture.registry.read(|tx| tx.first("SELECT state FROM cases WHERE id = ?1", xueshi_registry::params![*case], |row| row.get(0))).unwrap();
            assert!(kept.as_ref().is_some_and(|kept| rank(kept) >= rank(state)), "round {round}: case {case} was answered as {state} and is {kept:?}");
        }
        answered += said.len();
    }
    while fixture.registry.place_entries().unwrap() > 0 {}
    let verification = fixture.registry.verify_ledger(&[], |_, _| {}).unwrap();
    assert_eq!((verification.findings, verification.waiting), (Vec::new(), 0));
    let accepted = fixture.registry.read(|tx| tx.number("SELECT COUNT(*) FROM records WHERE state = 'accepted'", &[])).unwrap();
    let entered = fixture.registry.read(|tx| tx.number("SELECT COUNT(*) FROM entries WHERE kind = 'record-accepted'", &[])).unwrap();
    assert_eq!(accepted, entered, "accepted and entered in the ledger, or neither");
    assert!(answered > times, "{answered} writes were answered");
}

#[test]
fn killed_fifty_times_on_sqlite() {
    killed(&Fixture::sqlite(), 50);
}

#[test]
fn killed_ten_times_on_postgres() {
    killed(&Fixture::postgres(), 10);
}
