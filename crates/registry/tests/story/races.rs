//! Several at once: one wins, nothing is lost, nothing is doubled.

use crate::support::Fixture;
use crate::town::Town;
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
