//! Stopping, being watched, the address behind a proxy, backup and restore, doctor.

use crate::browser::{Answer, Browser, ask};
use crate::server::{Server, installation, xueshi};
use crate::support::{Database, Fixture};
use crate::town::Town;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::process::Command;
use xueshi_registry::params;

fn said(command: &mut Command) -> (i32, String) {
    let done = command.output().unwrap();
    (done.status.code().unwrap(), format!("{}{}", String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr)))
}

fn founded(fixture: &Fixture) {
    let _town = Town::found(&fixture.registry, "510000", "510100", 1);
    fixture.keep_keys();
}

#[test]
fn told_to_stop_it_finishes_what_has_begun() {
    let fixture = Fixture::sqlite();
    founded(&fixture);
    let mut server = Server::start(&fixture, &[]);
    let person = Browser::sign_in(&server.address, "person1");
    // A form of which the end is still on its way.
    let mut slow = TcpStream::connect(&server.address).unwrap();
    let body = "login=person1&password=correct+horse+battery&next=";
    let (first, rest) = body.split_at(10);
    write!(slow, "POST /sign-in HTTP/1.1\r\nhost: x\r\ncontent-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{first}", body.len()).unwrap();
    // An answer to a later request: the server has taken up the earlier connection.
    assert_eq!(person.get("/readyz").unwrap().text, "ready");
    server.terminate();
    // No new connection gets in once it is told.
    while TcpStream::connect(&server.address).is_ok() {
        std::thread::yield_now();
    }
    slow.write_all(rest.as_bytes()).unwrap();
    let mut answer = String::new();
    slow.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 303"), "{answer}");
    let log = server.log();
    assert_eq!(server.child.wait().unwrap().code(), Some(0), "{log:?}");
}

#[test]
fn operators_see_how_it_is_and_nothing_about_anybody() {
    let fixture = Fixture::sqlite();
    founded(&fixture);
    let mut server = Server::start(&fixture, &["--metrics", "127.0.0.1:0", "--log", "debug", "--log-format", "json"]);
    let person = Browser::sign_in(&server.address, "person1");
    let employer = Browser::sign_in(&server.address, "employer1");
    let case = person.declare(1).unwrap().unwrap();
    let seen = person.version(&format!("/records/{case}")).unwrap().unwrap();
    assert_eq!(person.post(&format!("/records/{case}/submit"), &[("version", &seen)]).unwrap().status, 303);
    let sought = employer.post("/find", &[("to", "/people"), ("name", "甲")]).unwrap();
    let list = employer.get(sought.header("location")).unwrap();
    assert!(list.text.contains("甲"), "found by the beginning of the name");
    let pages =
        [list, person.get("/home?year=2019").unwrap(), person.get(&format!("/records/{case}")).unwrap(), employer.get(&format!("/desk/{case}")).unwrap(), employer.get("/verification").unwrap()];
    assert!(pages.iter().all(|page| page.status == 200));
    // What browsers and proxies keep: the addresses that pages lead to.
    let quoted = |page: &str, name: &str| page.split(name).skip(1).filter_map(|rest| rest.split('"').next().map(str::to_owned)).collect::<Vec<_>>();
    let mut addresses: Vec<String> = pages.iter().flat_map(|page| ["href=\"", "action=\"", "src=\""].into_iter().flat_map(|name| quoted(&page.text, name))).collect();
    assert!(addresses.len() > 50, "{addresses:?}");
    addresses.push(sought.header("location").to_owned());
    // What somebody who asks for help sends on: the pages of errors.
    let unknown = employer.get("/made-up/by/somebody").unwrap();
    let errors = [unknown, person.get("/records/999999").unwrap(), person.get("/verification").unwrap(), person.post(&format!("/records/{case}/submit"), &[("version", "1")]).unwrap()];
    assert_eq!(errors.each_ref().map(|page| page.status), [404, 404, 403, 409]);
    let page = ask(&server.metrics, "GET", "/metrics", &[], &[]).unwrap();
    assert!(page.header("content-type").starts_with("text/plain"));
    for line in [
        "xueshi_http_requests_total{route=\"/records/{case}/submit\",method=\"POST\",status=\"3xx\"} 1",
        "xueshi_http_requests_total{route=\"unmatched\",method=\"GET\",status=\"4xx\"} 1",
        "xueshi_http_request_duration_seconds_count{route=\"/desk/{case}\"} 1",
        "xueshi_http_request_duration_seconds_bucket{route=\"/desk/{case}\",le=\"+Inf\"} 1",
        "xueshi_database_up 1",
        "xueshi_ledger_waiting 0",
        "xueshi_sessions 2",
    ] {
        assert!(page.text.lines().any(|known| known == line), "“{line}” is not in\n{}", page.text);
    }
    assert_eq!(ask(&server.metrics, "GET", "/readyz", &[], &[]).unwrap().text, "ready");
    assert_eq!(ask(&server.address, "GET", "/metrics", &[], &[]).unwrap().status, 404, "not for everybody");
    server.terminate();
    let log = server.log().join("\n");
    assert!(log.contains("/people") && log.contains("answered"), "{log}");
    // Sign-in names are not secrets, but who did what when stands in the ledger and the audits, not here.
    for personal in ["person1", "employer1", "甲", "%E7%94%B2", "99999919800101", "急救", "correct", "made-up", &format!("/records/{case}"), "proof.pdf", &person.cookie[8..]] {
        assert!(!log.contains(personal), "“{personal}” stands in the log:\n{log}");
        assert!(!page.text.contains(personal), "“{personal}” stands in the metrics");
    }
    for personal in ["甲", "%E7%94%B2", "99999919800101", "急救", "%E6%80%A5"] {
        assert!(addresses.iter().all(|address| !address.contains(personal)), "“{personal}” stands in an address: {addresses:?}");
        // The frame of a page greets who is signed in.
        let said = |error: &Answer| error.text.split("<main").nth(1).unwrap().contains(personal);
        assert!(!errors.iter().any(said), "“{personal}” stands on an error page");
    }
}

#[test]
fn attempts_are_counted_by_the_client_behind_the_proxy() {
    let fixture = Fixture::sqlite();
    founded(&fixture);
    let try_from = |server: &Server, client: &str| {
        let body = b"login=nobody&password=wrong-password&next=";
        ask(&server.address, "POST", "/sign-in?lang=en", &[("content-type", "application/x-www-form-urlencoded"), ("x-forwarded-for", client)], body).unwrap().text
    };
    // Attempts are counted by the minute: one that has just begun is waited out by trying on.
    let refused_in_the_end = |server: &Server, client: &dyn Fn(usize) -> String| (0..200).any(|turn| try_from(server, &client(turn)).contains("Too many attempts"));
    let trusting = Server::start(&fixture, &["--trusted-proxies", "127.0.0.0/8"]);
    assert!(try_from(&trusting, "198.51.100.1").contains("is wrong"));
    assert!(refused_in_the_end(&trusting, &|_| "198.51.100.1".to_owned()));
    assert!(try_from(&trusting, "198.51.100.2").contains("is wrong"), "another client is not held up");
    assert!(refused_in_the_end(&trusting, &|turn| format!("203.0.113.{turn}, 198.51.100.1")), "what a client writes himself does not help");
    drop(trusting);
    // Without trust the header says nothing: everybody comes from one address.
    let plain = Server::start(&fixture, &[]);
    assert!(refused_in_the_end(&plain, &|turn| format!("203.0.113.{turn}")));
}

/// What a restored installation must answer the same.
fn answers(browser: &Browser, case: i64) -> Vec<String> {
    // Addresses of static files and tokens of the session are not answers.
    let home = browser.get("/home?year=2019").unwrap().text;
    let record = browser.get(&format!("/records/{case}")).unwrap().text;
    let checkpoint = browser.get("/ledger/checkpoint").unwrap().text;
    [home, record, checkpoint].map(|text| text.lines().filter(|line| !line.contains("csrf")).collect::<Vec<_>>().join("\n")).to_vec()
}

fn backed_up_and_restored(fixture: &Fixture, elsewhere: &Database) {
    founded(fixture);
    let server = Server::start(fixture, &[]);
    let (person, employer) = (Browser::sign_in(&server.address, "person1"), Browser::sign_in(&server.address, "employer1"));
    let accept = |serial| {
        let case = person.declare(serial).unwrap().unwrap();
        let seen = person.version(&format!("/records/{case}")).unwrap().unwrap();
        assert_eq!(person.post(&format!("/records/{case}/submit"), &[("version", &seen)]).unwrap().status, 303);
        let seen = employer.version(&format!("/desk/{case}")).unwrap().unwrap();
        assert_eq!(employer.post(&format!("/desk/{case}"), &[("step", "accept"), ("version", &seen), ("reason", "")]).unwrap().status, 303);
        case
    };
    let case = accept(1);
    while fixture.registry.standing().unwrap().waiting > 0 {
        std::thread::yield_now();
    }
    let before = answers(&person, case);
    let place = tempfile::tempdir().unwrap();
    let copy = place.path().join("copy");
    let copy_name = copy.display().to_string();
    // While somebody goes on writing.
    let (code, done) = std::thread::scope(|scope| {
        let writer = scope.spawn(|| (2..8).map(accept).count());
        let done = said(xueshi(&["backup", &copy_name]).args(installation(fixture)));
        assert_eq!(writer.join().unwrap(), 6);
        done
    });
    assert_eq!(code, 0, "{done}");
    assert!(done.contains("The keys (k1) are not in it"), "{done}");
    assert!(Command::new("sha256sum").args(["--check", "--quiet", "SHA256SUMS"]).current_dir(&copy).status().unwrap().success());
    let (code, again) = said(xueshi(&["backup", &copy_name]).args(installation(fixture)));
    assert_eq!((code, again.contains("is there already")), (2, true), "{again}");

    let (code, dated) = said(xueshi(&["backup", "--dated", &place.path().join("daily/copies").display().to_string()]).args(installation(fixture)));
    let made: Vec<_> = std::fs::read_dir(place.path().join("daily/copies")).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!((code, made.len()), (0, 1), "{dated}");
    assert!(made[0].join("manifest.json").is_file() && dated.contains(&made[0].display().to_string()), "{dated}");

    // Somewhere else, with the keys: the same answers, the ledger whole.
    let there = place.path().join("there");
    std::fs::create_dir(&there).unwrap();
    let place_of = |origin: &str| ["--data", &there.display().to_string(), "--database", &elsewhere.address(), "--origin", origin].map(str::to_owned);
    let arguments = place_of("ledger.test/xueshi");
    let restore = || said(xueshi(&["restore", &copy_name]).args(&arguments));
    let (code, refused) = restore();
    assert_eq!((code, refused.contains("The key file") && refused.contains("can not be read")), (2, true), "without keys: {refused}");
    std::fs::copy(fixture.folder.path().join("keys.json"), there.join("keys.json")).unwrap();
    let (code, refused) = said(xueshi(&["restore", &copy_name]).args(place_of("another/log")));
    assert_eq!((code, refused.contains("is not that of this backup")), (2, true), "{refused}");
    let (code, restored) = restore();
    assert_eq!((code, restored.contains("stand as signed, all proofs open")), (0, true), "{restored}");
    let (code, refused) = restore();
    assert_eq!((code, refused.contains("not empty")), (2, true), "not over what is there: {refused}");
    let (_, verified) = said(xueshi(&["ledger", "verify"]).args(&arguments));
    assert!(verified.contains("The ledger stands as it was signed"), "{verified}");
    drop(server);
    let server = Server::run(xueshi(&["serve", "--listen", "127.0.0.1:0"]).args(&arguments));
    let there_person = Browser { address: server.address.clone(), ..person };
    let after = answers(&there_person, case);
    // The ledger and the year went on while the copy was made; the record is the same.
    assert_eq!(before[1], after[1]);
    assert!(after[2].starts_with("ledger.test/xueshi\n"));
    let records = |case: i64| fixture.registry.read(|tx| tx.number("SELECT COUNT(*) FROM records WHERE id = ?1", params![case])).unwrap();
    assert_eq!(records(1), 1);

    // A copy that was damaged is not restored.
    let manifest = copy.join("manifest.json");
    std::fs::write(&manifest, std::fs::read_to_string(&manifest).unwrap().replace("\"format\": 1", "\"format\": 1 ")).unwrap();
    let (code, damaged) = restore();
    assert_eq!((code, damaged.contains("manifest.json of the backup is missing or damaged")), (2, true), "{damaged}");
}

#[test]
fn backed_up_and_restored_on_sqlite() {
    let elsewhere = tempfile::tempdir().unwrap();
    backed_up_and_restored(&Fixture::sqlite(), &Database::Sqlite(elsewhere.path().join("registry.db")));
}

#[test]
fn backed_up_and_restored_on_postgres() {
    let fixture = Fixture::postgres();
    let elsewhere = fixture.database.beside();
    backed_up_and_restored(&fixture, &elsewhere);
}

fn examined(fixture: &Fixture) {
    founded(fixture);
    let doctor = |more: &[&str]| {
        let done = xueshi(&["doctor", "--json"]).args(installation(fixture)).args(more).output().unwrap();
        let json: serde_json::Value = serde_json::from_slice(&done.stdout).unwrap_or_else(|_| panic!("{done:?}"));
        let of = |id: &str| {
            json["checks"].as_array().unwrap().iter().find(|check| check["check"] == id).map(|check| (check["health"].as_str().unwrap().to_owned(), check["en"].as_str().unwrap().to_owned()))
        };
        let checks: Vec<_> = ["open", "configuration", "disk", "database", "schema", "keys", "ledger", "clock", "evidence", "backup"].into_iter().map(|id| (id, of(id))).collect();
        (done.status.code().unwrap(), json["healthy"].as_bool().unwrap(), checks)
    };
    let health = |checks: &[(&str, Option<(String, String)>)], id: &str| checks.iter().find(|(known, _)| *known == id).unwrap().1.clone().unwrap_or_default();
    // Entered as of now, so that the clock is not behind it.
    fixture.clock.store(xueshi_registry::Clock::System.now(), std::sync::atomic::Ordering::Relaxed);
    let (code, healthy, checks) = doctor(&[]);
    let expected_bad = matches!(fixture.database, Database::Postgres { .. });
    assert_eq!((code, healthy), if expected_bad { (1, false) } else { (0, true) }, "{checks:?}");
    if expected_bad {
        assert_eq!(health(&checks, "database").0, "bad");
        assert!(health(&checks, "database").1.contains("fsync = off"), "the tests' cluster does not wait for the disk, and that is noticed");
    }
    for id in ["configuration", "schema", "keys", "ledger", "clock", "evidence"] {
        assert_eq!(health(&checks, id).0, "fine", "{id}: {checks:?}");
    }
    assert_eq!(health(&checks, "backup").0, "warning", "there is none yet");

    // Keys of somebody else; something kept tomorrow; a place without an installation.
    let other = tempfile::tempdir().unwrap();
    let keys = other.path().join("keys.json");
    xueshi_registry::Keys::generate().unwrap().save(&keys).unwrap();
    let (code, _, checks) = doctor(&["--keys", &keys.display().to_string()]);
    assert_eq!((code, health(&checks, "keys").0.as_str()), (1, "bad"), "{checks:?}");
    fixture.days_pass(1);
    fixture
        .registry
        .write(|tx| tx.execute("INSERT INTO audits (at, action, subject, purpose) VALUES (?1, 'test', '', '')", params![xueshi_registry::Clock::System.now() + 86_400_000_000]).map(drop))
        .unwrap();
    let (_, _, checks) = doctor(&[]);
    assert!(health(&checks, "clock").1.contains("behind what was kept"), "{checks:?}");
    let (code, _, checks) = doctor(&["--keys", "/nowhere/keys.json"]);
    assert!(code == 1 && health(&checks, "open").1.contains("There is no /nowhere/keys.json"), "{checks:?}");
}

#[test]
fn examined_on_sqlite() {
    examined(&Fixture::sqlite());
}

#[test]
fn examined_on_postgres() {
    examined(&Fixture::postgres());
}

/// A newer version has added to the tables while this one runs, and later changes them.
fn upgraded_under_way(fixture: &Fixture) {
    founded(fixture);
    let server = Server::start(fixture, &[]);
    let person = Browser::sign_in(&server.address, "person1");
    let applied = |version: i64, name: &str, checksum: &str| {
        let sql = format!("INSERT INTO refinery_schema_history (version, name, applied_on, checksum) VALUES ({version}, '{name}', '2026-11-20T00:00:00Z', '{checksum}')");
        fixture.registry.write(move |tx| tx.execute(&sql, &[]).map(drop)).unwrap();
    };
    fixture.registry.write(|tx| tx.execute("ALTER TABLE people ADD COLUMN added_later TEXT", &[]).map(drop)).unwrap();
    applied(900, "only_adds", "1");
    // The old version goes on, and can be started anew: so servers are replaced one after the other.
    assert!(person.declare(1).unwrap().is_some());
    assert_eq!(person.get("/readyz").unwrap().text, "ready");
    let second = Server::start(fixture, &[]);
    let mut there = person.clone();
    there.address.clone_from(&second.address);
    assert!(there.declare(2).unwrap().is_some());
    // A change that the old version can not live with: no balancer sends it anything, and it does not start.
    fixture.registry.write(|tx| tx.execute("UPDATE settings SET value = '2' WHERE name = 'schema-compatibility'", &[]).map(drop)).unwrap();
    let ready = person.get("/readyz").unwrap();
    assert_eq!((ready.status, ready.text.contains("schema")), (503, true), "{}", ready.text);
    let (code, refused) = said(xueshi(&["serve", "--listen", "127.0.0.1:0"]).args(installation(fixture)));
    assert_eq!((code, refused.contains("brought up to date by a newer version")), (2, true), "{refused}");
}

#[test]
fn upgraded_under_way_on_sqlite() {
    upgraded_under_way(&Fixture::sqlite());
}

#[test]
fn upgraded_under_way_on_postgres() {
    upgraded_under_way(&Fixture::postgres());
}

/// Keys are rotated while people work: every answer stands throughout, and nothing is left of the old key.
fn rotated(fixture: &Fixture) {
    founded(fixture);
    let server = Server::start(fixture, &[]);
    let (person, employer) = (Browser::sign_in(&server.address, "person1"), Browser::sign_in(&server.address, "employer1"));
    for serial in 1..6 {
        person.declare(serial).unwrap().unwrap();
    }
    let keys = |args: &[&str]| said(xueshi(&[&["keys"], args].concat()).args(installation(fixture)));
    let (code, listed) = keys(&["list"]);
    assert_eq!((code, listed.trim()), (0, "k1\t6  (current)"), "one identity number, five proofs");
    let (code, refused) = keys(&["drop", "k1"]);
    assert_eq!((code, refused.contains("6 values and files are sealed with k1")), (2, true), "{refused}");
    let masked = "999•••••••••••";
    std::thread::scope(|scope| {
        let rotation = scope.spawn(|| keys(&["rotate"]));
        let mut serial = 100;
        while !rotation.is_finished() {
            serial += 1;
            let case = person.declare(serial).unwrap().unwrap();
            assert_eq!(person.get(&format!("/records/{case}")).unwrap().status, 200);
            assert!(employer.get("/people/1").unwrap().text.contains(masked), "the number opens with either key");
        }
        let (code, done) = rotation.join().unwrap();
        assert_eq!((code, done.contains("k2 is in use")), (0, true), "{done}");
    });
    let (_, listed) = keys(&["list"]);
    assert!(listed.starts_with("k2\t") && listed.contains("k1\t0"), "{listed}");
    let (code, dropped) = keys(&["drop", "k1"]);
    assert_eq!((code, dropped.trim()), (0, "k1 is dropped."));
    assert!(employer.get("/people/1").unwrap().text.contains(masked));
    let registry = xueshi_registry::Keys::load(&fixture.folder.path().join("keys.json"), false).unwrap();
    assert_eq!(registry.ids(), ["k2"]);
    // The server took the file in; it seals with the new key and has forgotten the old one.
    person.declare(999).unwrap().unwrap();
    let (_, listed) = keys(&["list"]);
    assert!(listed.starts_with("k2\t") && !listed.contains("k1"), "{listed}");
    assert_eq!(doctor_of(fixture, "keys"), "fine");
}

fn doctor_of(fixture: &Fixture, id: &str) -> String {
    let done = xueshi(&["doctor", "--json"]).args(installation(fixture)).output().unwrap();
    let json: serde_json::Value = serde_json::from_slice(&done.stdout).unwrap();
    json["checks"].as_array().unwrap().iter().find(|check| check["check"] == id).unwrap()["health"].as_str().unwrap().to_owned()
}

#[test]
fn rotated_on_sqlite() {
    rotated(&Fixture::sqlite());
}

#[test]
fn rotated_on_postgres() {
    rotated(&Fixture::postgres());
}
