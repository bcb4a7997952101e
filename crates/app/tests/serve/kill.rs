//! The server killed with `kill -9` under load, again and again, and three servers on one database of which one dies: what was answered
//! stands, and the ledger is whole.

use crate::browser::{Answer, Browser, ask};
use crate::server::Server;
use crate::support::Fixture;
use crate::town::Town;
use std::io;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Condvar, Mutex};
use xueshi_registry::params;

/// Who writes at once.
const CLIENTS: usize = 4;

/// How far a state is on its way.
fn rank(state: &str) -> usize {
    ["draft", "waiting", "accepted"].iter().position(|known| *known == state).unwrap()
}

/// What was answered: a case and its state.
#[derive(Default)]
struct Answered {
    all: Mutex<Vec<(i64, &'static str)>>,
    more: Condvar,
}

impl Answered {
    fn say(&self, case: i64, state: &'static str) {
        self.all.lock().unwrap().push((case, state));
        self.more.notify_all();
    }

    fn count(&self) -> usize {
        self.all.lock().unwrap().len()
    }

    /// Waits until so many were answered.
    fn wait_for(&self, count: usize) {
        drop(self.more.wait_while(self.all.lock().unwrap(), |all| all.len() < count).unwrap());
    }

    /// Everything that was answered stands at least as far as was said.
    fn all_stand(&self, fixture: &Fixture) {
        for (case, state) in self.all.lock().unwrap().iter() {
            let kept: Option<String> = fixture.registry.read(|tx| tx.first("SELECT state FROM cases WHERE id = ?1", params![*case], |row| row.get(0))).unwrap();
            assert!(kept.as_ref().is_some_and(|kept| rank(kept) >= rank(state)), "case {case} was answered as {state} and is {kept:?}");
        }
    }
}

/// Declares, hands in and accepts. What is refused as busy is an answer too: nothing of that step was kept.
fn declare_to_accept(person: &Browser, employer: &Browser, answered: &Answered, serial: &AtomicU64) -> io::Result<()> {
    let Some(case) = person.declare(serial.fetch_add(1, Ordering::Relaxed))? else { return Ok(()) };
    answered.say(case, "draft");
    let Some(seen) = person.version(&format!("/records/{case}"))? else { return Ok(()) };
    if person.post(&format!("/records/{case}/submit"), &[("version", &seen)])?.status != 303 {
        return Ok(());
    }
    answered.say(case, "waiting");
    let Some(seen) = employer.version(&format!("/desk/{case}"))? else { return Ok(()) };
    if employer.post(&format!("/desk/{case}"), &[("step", "accept"), ("version", &seen), ("reason", "")])?.status == 303 {
        answered.say(case, "accepted");
    }
    Ok(())
}

/// The ledger as it is after everything: whole, each decision entered once, places without a gap.
fn ledger_is_whole(fixture: &Fixture) {
    while fixture.registry.place_entries().unwrap() > 0 {}
    let verification = fixture.registry.verify_ledger(&[], |_, _| {}).unwrap();
    assert_eq!((verification.findings, verification.waiting), (Vec::new(), 0));
    let count = |sql| fixture.registry.read(|tx| tx.number(sql, &[])).unwrap();
    let accepted = count("SELECT COUNT(*) FROM records WHERE state = 'accepted'");
    assert_eq!(accepted, count("SELECT COUNT(*) FROM entries WHERE kind = 'record-accepted'"), "accepted and entered in the ledger, or neither");
    assert_eq!(accepted, count("SELECT COUNT(DISTINCT record) FROM entries WHERE kind = 'record-accepted'"), "nothing is entered twice");
    assert_eq!(count("SELECT COUNT(*) FROM log_leaves"), count("SELECT MAX(place) + 1 FROM log_leaves"), "places without a gap");
    assert_eq!(count("SELECT COUNT(*) FROM log_leaves"), count("SELECT COUNT(*) FROM entries"));
}

/// Every proof that a row names is there and opens.
fn proofs_are_whole(fixture: &Fixture) {
    let broken = fixture.registry.check_evidence(|_, _| {}).unwrap();
    assert!(broken.is_empty(), "{broken:?}");
}

fn killed(fixture: &Fixture, times: usize) {
    let _town = Town::found(&fixture.registry, "510000", "510100", 1);
    fixture.keep_keys();
    let (mut person, mut employer) = (None, None);
    let serial = AtomicU64::new(0);
    let answered = Answered::default();
    let mut random = 0x2019_0200_u64;
    for _ in 0..times {
        let mut server = Server::start(fixture, &[]);
        // The sessions of the first server hold on all that follow.
        let on_this = |browser: &mut Option<Browser>, login: &str| {
            let browser = browser.get_or_insert_with(|| Browser::sign_in(&server.address, login));
            browser.address.clone_from(&server.address);
            browser.clone()
        };
        let (person, employer) = (on_this(&mut person, "person1"), on_this(&mut employer, "employer1"));
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        // Anywhere from the first answers to deep in the work.
        let until = answered.count() + 1 + usize::try_from((random >> 33) % 40).unwrap();
        std::thread::scope(|scope| {
            for _ in 0..CLIENTS {
                // Until the server is gone.
                scope.spawn(|| while declare_to_accept(&person, &employer, &answered, &serial).is_ok() {});
            }
            answered.wait_for(until);
            server.kill();
        });
    }
    answered.all_stand(fixture);
    ledger_is_whole(fixture);
    proofs_are_whole(fixture);
    assert!(answered.count() > times, "{} writes were answered", answered.count());
}

#[test]
fn killed_fifty_times_on_sqlite() {
    killed(&Fixture::sqlite(), 50);
}

#[test]
fn killed_ten_times_on_postgres() {
    killed(&Fixture::postgres_durable(), 10);
}

#[test]
fn three_servers_of_which_one_dies() {
    let fixture = Fixture::postgres_durable();
    let _town = Town::found(&fixture.registry, "510000", "510100", 1);
    fixture.keep_keys();
    let mut servers = [(); 3].map(|()| Server::start(&fixture, &[]));
    let (person, employer) = (Browser::sign_in(&servers[0].address, "person1"), Browser::sign_in(&servers[1].address, "employer1"));
    let (answered, serial, enough) = (Answered::default(), AtomicU64::new(0), AtomicBool::new(false));
    let addresses: Vec<String> = servers.iter().map(|server| server.address.clone()).collect();
    std::thread::scope(|scope| {
        for client in 0..6 {
            let (mut person, mut employer, addresses, answered, serial, enough) = (person.clone(), employer.clone(), &addresses, &answered, &serial, &enough);
            scope.spawn(move || {
                // As a balancer does: the next server where one is gone, with the same session.
                for turn in client.. {
                    if enough.load(Ordering::Relaxed) {
                        break;
                    }
                    person.address.clone_from(&addresses[turn % 3]);
                    employer.address.clone_from(&addresses[(turn + 1) % 3]);
                    // A server that is gone says nothing; what it had not answered is nobody's.
                    let _ = declare_to_accept(&person, &employer, answered, serial);
                }
            });
        }
        answered.wait_for(60);
        servers[0].kill();
        answered.wait_for(answered.count() + 60);
        enough.store(true, Ordering::Relaxed);
    });
    assert_eq!(employer.get("/desk").unwrap().status, 200, "the session lives on, on the servers that are left");
    let mut elsewhere = person.clone();
    elsewhere.address.clone_from(&servers[2].address);
    assert_eq!(elsewhere.get("/home").unwrap().status, 200, "made by the server that died, it holds on another");
    answered.all_stand(&fixture);
    drop(servers);
    ledger_is_whole(&fixture);
}

/// Lines of a file that is imported.
const LINES: i64 = 5000;

/// Work that an import left, as its row says: state, how far, and who has it.
fn work(fixture: &Fixture, kind: &str) -> (String, i64, String) {
    let row = fixture.registry.read(|tx| tx.first("SELECT state, done, COALESCE(leased_by, '') FROM jobs WHERE kind = ?1", params![kind], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))));
    row.unwrap().unwrap()
}

#[test]
fn work_goes_on_where_the_server_that_did_it_dies() {
    let fixture = Fixture::postgres_durable();
    let town = Town::found(&fixture.registry, "510000", "510100", 1);
    fixture.keep_keys();
    let mut servers = [(); 3].map(|()| Server::start(&fixture, &[]));
    let mut officer = Browser::sign_in(&servers[0].address, "employer1");
    let post = |officer: &Browser, url: &str, media: &str, body: &str| -> Answer {
        let headers = [("cookie", officer.cookie.as_str()), ("x-csrf-token", &officer.csrf), ("content-type", media), ("idempotency-key", url)];
        let answer = ask(&officer.address, "POST", url, &headers, body.as_bytes()).unwrap();
        assert!(answer.status < 300, "{}", answer.text);
        answer
    };
    let lines = (1..=LINES).map(|line| format!("{},第{line}期培训,培训班,专业科目,2026-03-02,2026-03-03,8,学时,合格,结业证\r\n", town.person));
    let table = format!("人员编号,学习内容,学习形式,科目类别,开始日期,结束日期,数量,计量单位,考核结果,证明材料\r\n{}", lines.collect::<String>());
    let sent = post(&officer, "/api/v1/imports?kind=records", "text/csv", &table);
    while work(&fixture, "import-check").0 != "done" {
        std::thread::yield_now();
    }
    let import: serde_json::Value = serde_json::from_str(&officer.get(sent.header("location")).unwrap().text).unwrap();
    post(&officer, &format!("{}/enter", sent.header("location")), "application/json", &serde_json::json!({ "sha256": import["sha256"], "whole": false }).to_string());

    // In the middle of it, whoever has it dies; nobody takes it until the time it was given has run out.
    let (dead, runner) = loop {
        let (state, done, runner) = work(&fixture, "import-enter");
        assert_ne!(state, "done", "it was to be caught in the middle");
        let process = runner.split('-').next().unwrap_or_default();
        if let Some(at) = servers.iter().position(|server| done > 0 && server.child.id().to_string() == process) {
            servers[at].kill();
            break (at, runner);
        }
        std::thread::yield_now();
    };
    assert!(work(&fixture, "import-enter").1 < LINES);
    fixture.database.tamper(&format!("UPDATE jobs SET lease_until = 0 WHERE leased_by = '{runner}'"));
    officer.address.clone_from(&servers[(dead + 1) % 3].address);
    while work(&fixture, "import-enter").0 != "done" {
        std::thread::yield_now();
    }
    let import: serde_json::Value = serde_json::from_str(&officer.get(sent.header("location")).unwrap().text).unwrap();
    assert_eq!(import["state"], "entered", "{import}");
    drop(servers);
    let count = |sql: &str| fixture.registry.read(|tx| tx.number(sql, &[])).unwrap();
    assert_eq!(count("SELECT COUNT(*) FROM records"), LINES, "each line once");
    assert_eq!(count("SELECT COUNT(DISTINCT title) FROM records"), LINES);
    ledger_is_whole(&fixture);
}
