//! Several at once: one wins, nothing is lost, nothing is doubled.

use crate::support::Fixture;
use crate::town::{Town, facts};
use crate::{class, handed_in};
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use xueshi_registry::{Declared, Why};

/// One hour of a class that is no other's: the same study counts once.
fn another() -> Declared {
    static NUMBER: AtomicUsize = AtomicUsize::new(0);
    Declared { title: format!("第{}期培训班", NUMBER.fetch_add(1, Ordering::Relaxed)), ..class("1") }
}

fn two_decide_at_once(fixture: &Fixture) {
    let town = Town::found(&fixture.registry, "510000", "510100", 1);
    let employer = town.actor("employer", 1);
    for _ in 0..5 {
        let case = handed_in(&town, &class("8"), 1);
        let version = fixture.registry.case(&employer, case).unwrap().version;
        let outcomes: Vec<_> = std::thread::scope(|scope| {
            let all: Vec<_> = (0..8)
                .map(|at| {
                    let (registry, employer) = (&fixture.registry, &employer);
                    scope.spawn(move || registry.decide(employer, case, version, if at % 2 == 0 { "accept" } else { "reject" }, "重复申报"))
                })
                .collect();
            all.into_iter().map(|one| one.join().unwrap()).collect()
        });
        assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1, "{outcomes:?}");
        for refused in outcomes.iter().filter_map(|outcome| outcome.as_ref().err()) {
            assert!(matches!(refused.why(), Some(Why::Stale | Why::WrongState)), "{refused:?}");
        }
        let shown = fixture.registry.case(&employer, case).unwrap();
        assert_eq!(shown.way.iter().filter(|step| step.entry.is_some()).count(), 1);
    }
}

/// Many write while two servers give places: every entry gets one place, places have no gap.
fn two_servers_place_while_many_write(fixture: &Fixture) {
    let town = Town::found(&fixture.registry, "510000", "510100", 1);
    let employer = town.actor("employer", 1);
    let other = fixture.beside();
    let servers = [&*fixture.registry, &other];
    std::thread::scope(|scope| {
        for server in servers {
            for _ in 0..4 {
                let (town, employer) = (&town, &employer);
                scope.spawn(move || {
                    for _ in 0..5 {
                        let case = handed_in(town, &another(), 1);
                        let version = server.case(employer, case).unwrap().version;
                        server.decide(employer, case, version, "accept", "").unwrap();
                    }
                });
            }
            scope.spawn(move || {
                for _ in 0..40 {
                    server.place_entries().unwrap();
                }
            });
        }
    });
    while fixture.registry.place_entries().unwrap() > 0 {}
    let verification = fixture.registry.verify_ledger(&[], |_, _| {}).unwrap();
    assert_eq!((verification.findings, verification.waiting), (Vec::new(), 0));
    // 40 records accepted; each changed what stands.
    let kinds = fixture.registry.read(|tx| tx.all("SELECT kind, COUNT(*) FROM entries GROUP BY kind ORDER BY kind", &[], |row| Ok((row.get::<String>(0)?, row.get::<i64>(1)?)))).unwrap();
    assert_eq!(kinds, [("determination".to_owned(), 40), ("record-accepted".to_owned(), 40)]);
    let total = fixture.registry.home(&employer, town.person, 2019).unwrap().determinations[0].total;
    assert_eq!(total, 4000, "no acceptance was lost to another");
}

/// Many records of one person, each accepted by whoever comes first: every acceptance counts beside the others, and a cap over them holds.
fn many_decide_about_one_person(fixture: &Fixture) {
    const RECORDS: usize = 12;
    let town = Town::found(&fixture.registry, "510000", "510100", 1);
    let employer = town.actor("employer", 1);
    let written = |at: usize| Declared {
        title: format!("论文{at}"),
        facts: facts([("activity", "publication"), ("subject", "specialised"), ("quantity", "5"), ("unit", "thousand-characters"), ("end", &format!("2019-02-{:02}", at + 1))]),
        corrects: None,
    };
    let cases: Vec<i64> = (0..RECORDS).map(|at| handed_in(&town, &written(at), 1)).collect();
    let together = std::sync::Barrier::new(RECORDS);
    let other = fixture.beside();
    let servers = [&*fixture.registry, &other];
    std::thread::scope(|scope| {
        for (case, server) in cases.iter().zip(servers.iter().cycle()) {
            let (employer, together) = (&employer, &together);
            scope.spawn(move || {
                let version = server.case(employer, *case).unwrap().version;
                together.wait();
                server.decide(employer, *case, version, "accept", "").unwrap();
            });
        }
    });
    let stands = fixture.registry.home(&employer, town.person, 2019).unwrap().determinations.remove(0);
    // Ten hours each, 120 in all; published work counts 50 a year.
    assert_eq!(stands.result["records"].as_array().map(Vec::len), Some(RECORDS), "the result that stands knows every record");
    assert_eq!(stands.total, 5000);
    // Each took the place of the one before it, and no two of the same one.
    let chain = fixture.registry.read(|tx| tx.all("SELECT supersedes FROM determinations ORDER BY id", &[], |row| row.get::<Option<i64>>(0))).unwrap();
    assert_eq!((chain.len(), chain.iter().collect::<BTreeSet<_>>().len()), (RECORDS, RECORDS));
}

/// A year is frozen while one more record is accepted: whichever came first, what stands in the end is frozen and knows the record.
fn one_freezes_while_another_accepts(fixture: &Fixture) {
    let town = Town::found(&fixture.registry, "510000", "510100", 1);
    let employer = town.actor("employer", 1);
    for year in 2016..2020 {
        let of_year = |hours: &str| {
            let mut declared = another();
            declared.facts.extend(facts([("quantity", hours), ("start", &format!("{year}-03-01")), ("end", &format!("{year}-03-05"))]));
            declared
        };
        let first = handed_in(&town, &of_year("20"), 1);
        fixture.registry.decide(&employer, first, 2, "accept", "").unwrap();
        fixture.registry.open_year(&employer, year, |_| {}).unwrap();
        let yearly = fixture.registry.read(|tx| tx.number("SELECT MAX(id) FROM cases WHERE flow = 'verification'", &[])).unwrap();
        let second = handed_in(&town, &of_year("30"), 1);
        let other = fixture.beside();
        let together = std::sync::Barrier::new(2);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                together.wait();
                fixture.registry.verify_year(&employer, yearly, 1, "verify", "属实").unwrap();
            });
            together.wait();
            other.decide(&employer, second, 2, "accept", "").unwrap();
        });
        let stands = fixture.registry.home(&employer, town.person, year).unwrap().determinations.remove(0);
        assert_eq!((stands.frozen, stands.total), (true, 5000), "{year}");
    }
}

#[test]
fn two_decide_at_once_on_sqlite() {
    two_decide_at_once(&Fixture::sqlite());
}

#[test]
fn two_decide_at_once_on_postgres() {
    two_decide_at_once(&Fixture::postgres());
}

#[test]
fn many_write_and_one_server_places_on_sqlite() {
    let fixture = Fixture::sqlite();
    let town = Town::found(&fixture.registry, "510000", "510100", 1);
    let employer = town.actor("employer", 1);
    std::thread::scope(|scope| {
        for _ in 0..8 {
            let (registry, town, employer) = (&fixture.registry, &town, &employer);
            scope.spawn(move || {
                for _ in 0..5 {
                    let case = handed_in(town, &another(), 1);
                    let version = registry.case(employer, case).unwrap().version;
                    registry.decide(employer, case, version, "accept", "").unwrap();
                    registry.place_entries().unwrap();
                }
            });
        }
    });
    while fixture.registry.place_entries().unwrap() > 0 {}
    let places: BTreeSet<i64> = fixture.registry.read(|tx| tx.all("SELECT place FROM log_leaves", &[], |row| row.get(0))).unwrap().into_iter().collect();
    assert_eq!((places.len(), places.last().copied()), (80, Some(79)));
    assert_eq!(fixture.registry.home(&employer, town.person, 2019).unwrap().determinations[0].total, 4000);
}

#[test]
fn two_servers_place_while_many_write_on_postgres() {
    two_servers_place_while_many_write(&Fixture::postgres());
}

#[test]
fn many_decide_about_one_person_on_sqlite() {
    many_decide_about_one_person(&Fixture::sqlite());
}

#[test]
fn many_decide_about_one_person_on_postgres() {
    many_decide_about_one_person(&Fixture::postgres());
}

#[test]
fn one_freezes_while_another_accepts_on_sqlite() {
    one_freezes_while_another_accepts(&Fixture::sqlite());
}

#[test]
fn one_freezes_while_another_accepts_on_postgres() {
    one_freezes_while_another_accepts(&Fixture::postgres());
}
