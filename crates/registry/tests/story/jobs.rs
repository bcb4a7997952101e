//! Background work: done once however often it is begun, goes on where it stood, stops when it is told to, and shows itself to its maker only.

use crate::support::Fixture;
use crate::town::Town;
use std::collections::BTreeMap;
use std::sync::atomic::Ordering;
use xueshi_registry::people::{self, NewPerson};
use xueshi_registry::{Actor, JobState, Stepped, Why, params};

/// People at the town's clinic besides the first: more than one step opens.
const OTHERS: usize = 450;

fn crowd(fixture: &Fixture, town: &Town) {
    let (keys, clinic) = (fixture.keys.clone(), town.clinic);
    let add = move |tx: &xueshi_registry::Tx<'_>| {
        for at in 0..OTHERS {
            let new = NewPerson { name: format!("员工{at}"), identity_number: None, facts: BTreeMap::new(), organisation: clinic, agency: None, title: String::new(), from: "2010-01-01".to_owned() };
            people::add(tx, &keys, &new, 0)?;
        }
        Ok(())
    };
    fixture.registry.write(add).unwrap();
}

fn opened(fixture: &Fixture) -> (i64, i64) {
    let read = |tx: &xueshi_registry::Tx<'_>| Ok((tx.number("SELECT COUNT(*) FROM cases WHERE flow = 'verification'", &[])?, tx.number("SELECT COUNT(DISTINCT person) FROM cases", &[])?));
    fixture.registry.read(read).unwrap()
}

fn goes_on_where_it_stood(fixture: &Fixture) {
    let town = Town::found(&fixture.registry, "510000", "510100", 1);
    crowd(fixture, &town);
    let officer = town.actor("employer", 1);
    let job = fixture.registry.begin_opening(&officer, 2018).unwrap();
    assert_eq!(fixture.registry.begin_opening(&officer, 2018).unwrap(), job, "the same year is under way");
    assert_eq!(fixture.registry.job(&officer, job).unwrap().state, JobState::Queued);

    // One server does a step and dies; as long as its lease holds nobody else takes the work.
    assert_eq!(fixture.registry.claim_job("one").unwrap(), Some(job));
    assert_eq!(fixture.registry.step_job("one", job).unwrap(), Stepped::Goes);
    let shown = fixture.registry.job(&officer, job).unwrap();
    assert_eq!((shown.state, shown.done, shown.total, shown.percent()), (JobState::Running, 250, Some(451), Some(55)));
    let other = fixture.beside();
    assert_eq!(other.claim_job("two").unwrap(), None);
    fixture.clock.fetch_add(31_000_000, Ordering::Relaxed);
    assert_eq!(other.claim_job("two").unwrap(), Some(job));
    // The first was only slow: what it does now is lost on it, and nothing is done twice.
    assert_eq!(fixture.registry.step_job("one", job).unwrap(), Stepped::Lost);
    while other.step_job("two", job).unwrap() == Stepped::Goes {}
    let shown = fixture.registry.job(&officer, job).unwrap();
    assert_eq!((shown.state, shown.done, shown.error), (JobState::Done, 451, None));
    assert!(shown.result.unwrap().zh.contains("451 人次"));
    assert_eq!(opened(fixture), (451, 451), "once for everybody");
    // Begun again it finds everybody open.
    let again = fixture.registry.begin_opening(&officer, 2018).unwrap();
    assert_ne!(again, job);
    assert!(other.finish_jobs("two").unwrap() > 2);
    assert_eq!(opened(fixture), (451, 451));
}

fn two_servers_share_and_do_nothing_twice(fixture: &Fixture) {
    let town = Town::found(&fixture.registry, "510000", "510100", 1);
    crowd(fixture, &town);
    let officer = town.actor("employer", 1);
    let jobs: Vec<i64> = [2016, 2017, 2018].iter().map(|year| fixture.registry.begin_opening(&officer, *year).unwrap()).collect();
    let other = fixture.beside();
    std::thread::scope(|scope| {
        for (server, name) in [(&*fixture.registry, "one"), (&other, "two")] {
            scope.spawn(move || {
                // Gives way after each step, so that the two meet on every piece of work.
                while let Some(id) = server.claim_job(name).unwrap() {
                    server.step_job(name, id).unwrap();
                    server.release_job(name, id).unwrap();
                }
            });
        }
    });
    fixture.registry.finish_jobs("one").unwrap();
    for job in jobs {
        let shown = fixture.registry.job(&officer, job).unwrap();
        assert_eq!((shown.state, shown.done), (JobState::Done, 451));
    }
    assert_eq!(opened(fixture), (3 * 451, 451));
}

fn stops_when_told_to(fixture: &Fixture) {
    let town = Town::found(&fixture.registry, "510000", "510100", 1);
    crowd(fixture, &town);
    let (officer, office) = (town.actor("employer", 1), town.actor("office", 1));
    let registry = &fixture.registry;
    // Not begun: at once. Under way: after the step.
    let waiting = registry.begin_opening(&officer, 2016).unwrap();
    assert_eq!(registry.cancel_job(&office, waiting).unwrap_err().why(), Some(Why::NotFound), "another's work");
    registry.cancel_job(&officer, waiting).unwrap();
    assert_eq!(registry.job(&officer, waiting).unwrap().state, JobState::Cancelled);
    assert_eq!(registry.cancel_job(&officer, waiting).unwrap_err().why(), Some(Why::WrongState));
    let running = registry.begin_opening(&officer, 2017).unwrap();
    registry.claim_job("one").unwrap();
    registry.step_job("one", running).unwrap();
    registry.cancel_job(&officer, running).unwrap();
    assert!(registry.job(&officer, running).unwrap().cancelling);
    assert_eq!(registry.step_job("one", running).unwrap(), Stepped::Ended);
    assert_eq!((registry.job(&officer, running).unwrap().state, opened(fixture).0), (JobState::Cancelled, 250));
    // Only its maker sees it, in the role it was begun in.
    assert_eq!(registry.job(&office, running).unwrap_err().why(), Some(Why::NotFound));
    assert_eq!((registry.jobs(&officer, None, 10).unwrap().len(), registry.jobs(&officer, Some(running), 10).unwrap().len(), registry.jobs(&office, None, 10).unwrap().len()), (2, 1, 0));
}

fn ends_with_the_role_it_was_begun_in(fixture: &Fixture) {
    let town = Town::found(&fixture.registry, "510000", "510100", 1);
    let officer: Actor = town.actor("employer", 1);
    let registry = &fixture.registry;
    let job = registry.begin_opening(&officer, 2018).unwrap();
    let role = officer.held.id;
    registry.write(move |tx| tx.execute("UPDATE account_roles SET valid_to = '2019-02-28' WHERE id = ?1", params![role]).map(drop)).unwrap();
    registry.finish_jobs("one").unwrap();
    let shown = registry.job(&officer, job).unwrap();
    assert_eq!((shown.state, shown.error.unwrap().zh.contains("不能办理"), opened(fixture).0), (JobState::Failed, true, 0));
    // A role that never verifies begins nothing.
    assert_eq!(registry.begin_opening(&town.actor("auditor", 1), 2018).unwrap_err().why(), Some(Why::NotAllowed));
}

#[test]
fn goes_on_where_it_stood_on_sqlite() {
    goes_on_where_it_stood(&Fixture::sqlite());
}

#[test]
fn goes_on_where_it_stood_on_postgres() {
    goes_on_where_it_stood(&Fixture::postgres());
}

#[test]
fn two_servers_share_and_do_nothing_twice_on_sqlite() {
    two_servers_share_and_do_nothing_twice(&Fixture::sqlite());
}

#[test]
fn two_servers_share_and_do_nothing_twice_on_postgres() {
    two_servers_share_and_do_nothing_twice(&Fixture::postgres());
}

#[test]
fn stops_when_told_to_on_sqlite() {
    stops_when_told_to(&Fixture::sqlite());
}

#[test]
fn stops_when_told_to_on_postgres() {
    stops_when_told_to(&Fixture::postgres());
}

#[test]
fn ends_with_the_role_it_was_begun_in_on_sqlite() {
    ends_with_the_role_it_was_begun_in(&Fixture::sqlite());
}

#[test]
fn ends_with_the_role_it_was_begun_in_on_postgres() {
    ends_with_the_role_it_was_begun_in(&Fixture::postgres());
}
