//! What programs ask: requests that are done once, lists by id, exports whose purpose is kept.

use crate::support::Fixture;
use crate::town::{Town, identity_number};
use crate::{class, handed_in};
use std::sync::atomic::Ordering;
use xueshi_registry::gates::GateSought;
use xueshi_registry::matters::Which;
use xueshi_registry::{Actor, Answered, Declared, Once, RecordsSought, Why, YearSought, identity};

const DAY: i64 = 24 * 60 * 60 * 1_000_000;

#[test]
fn a_request_is_done_once_under_its_key_for_a_day() {
    for fixture in [Fixture::sqlite(), Fixture::postgres()] {
        let registry = &fixture.registry;
        let begin = |subject: &str, key: &str, request: &str| registry.begin_once(subject, key, request.as_bytes()).unwrap();
        assert_eq!(begin("account/1", "k", "a"), Once::Now);
        assert_eq!(begin("account/1", "k", "a"), Once::Running);
        assert_eq!(begin("account/2", "k", "a"), Once::Now, "another's key");
        let answered = Answered { status: 201, headers: "{}".to_owned(), body: b"made".to_vec() };
        registry.end_once("account/1", "k", Some(answered.clone())).unwrap();
        assert_eq!(begin("account/1", "k", "a"), Once::Answered(answered.clone()));
        assert_eq!(begin("account/1", "k", "b"), Once::Other);
        registry.end_once("account/1", "k", None).unwrap();
        assert_eq!(begin("account/1", "k", "a"), Once::Answered(answered), "what was answered stays");
        registry.end_once("account/2", "k", None).unwrap();
        assert_eq!(begin("account/2", "k", "b"), Once::Now, "what was not done is free");
        fixture.clock.fetch_add(DAY + 1, Ordering::Relaxed);
        assert_eq!(begin("account/1", "k", "b"), Once::Now);
    }
}

/// Two that arrive at once: one does it, the other is told to wait.
#[test]
fn of_two_that_begin_at_once_one_does_it() {
    for fixture in [Fixture::sqlite(), Fixture::postgres()] {
        let begun: Vec<Once> = std::thread::scope(|scope| {
            let all: Vec<_> = (0..8).map(|_| scope.spawn(|| fixture.registry.begin_once("account/1", "k", b"a").unwrap())).collect();
            all.into_iter().map(|one| one.join().unwrap()).collect()
        });
        assert_eq!(begun.iter().filter(|one| **one == Once::Now).count(), 1, "{begun:?}");
        assert_eq!(begun.iter().filter(|one| **one == Once::Running).count(), 7, "{begun:?}");
    }
}

/// PostgreSQL can not hold it, so that nobody may send it to either.
#[test]
fn a_null_character_is_refused_on_both_databases() {
    for fixture in [Fixture::sqlite(), Fixture::postgres()] {
        let town = Town::found(&fixture.registry, "510000", "510100", 1);
        let person = town.actor("person", 1);
        let refused = fixture.registry.declare(&person, town.person, &Declared { title: "a\0b".to_owned(), ..class("8") }).unwrap_err();
        assert_eq!(refused.why(), Some(Why::Invalid));
        assert_eq!(fixture.registry.people(&person, "\0", 0, 10).unwrap_err().why(), Some(Why::Invalid));
    }
}

#[test]
fn lists_hold_what_one_may_see_part_by_part_and_exports_keep_their_purpose() {
    for fixture in [Fixture::sqlite(), Fixture::postgres()] {
        let registry = &fixture.registry;
        let town = Town::found(registry, "510000", "510100", 1);
        let other = Town::found(registry, "500000", "500100", 2);
        let cases: Vec<i64> = (0..3).map(|_| handed_in(&town, &class("8"), 1)).collect();
        handed_in(&other, &class("8"), 2);
        let (employer, authority, operator) = (town.actor("employer", 1), town.actor("authority", 1), town.actor("operator", 1));
        let list = |actor, sought: &RecordsSought, after, limit| registry.records(actor, sought, after, limit).unwrap().into_iter().map(|line| line.case).collect::<Vec<_>>();
        let all = RecordsSought::default();
        assert_eq!(list(&employer, &all, 0, 10), cases);
        assert_eq!(list(&authority, &all, 0, 2), cases[..2]);
        assert_eq!(list(&authority, &all, cases[1], 2), cases[2..]);
        assert_eq!(list(&operator, &all, 0, 10), Vec::<i64>::new(), "sees nobody's records");
        assert_eq!(list(&employer, &RecordsSought { person: Some(other.person), ..all.clone() }, 0, 10), Vec::<i64>::new());
        assert_eq!(list(&employer, &RecordsSought { year: Some(2018), ..all.clone() }, 0, 10), Vec::<i64>::new());
        assert_eq!(list(&employer, &RecordsSought { year: Some(2019), state: "waiting".to_owned(), person: Some(town.person) }, 0, 10), cases);
        assert_eq!(registry.masked_identities(&[town.person, other.person]).unwrap(), [(town.person, identity::masked(&identity_number(1))), (other.person, identity::masked(&identity_number(2)))]);
        assert_eq!(registry.note_export(&employer, "records.csv", " x ").unwrap_err().why(), Some(Why::Invalid));
        registry.note_export(&employer, "records.csv", "年度统计").unwrap();
        registry.decide(&employer, cases[0], 2, "accept", "").unwrap();
        let (mine, theirs) = (town.actor("person", 1), other.actor("person", 2));
        let made = registry.determinations(&mine, town.person, Some(2019), 0, 10).unwrap();
        assert_eq!((made.len(), made[0].total), (1, 800));
        assert_eq!(registry.determination(&employer, made[0].id).unwrap(), made[0]);
        assert_eq!(registry.determination(&theirs, made[0].id).unwrap_err().why(), Some(Why::NotFound));
        assert_eq!(registry.determinations(&theirs, town.person, None, 0, 10).unwrap_err().why(), Some(Why::NotFound));
    }
}

/// Whom a list is for decides how it is looked up, never what it holds.
#[test]
fn every_officer_of_a_person_lists_the_same_and_no_other_does() {
    for fixture in [Fixture::sqlite(), Fixture::postgres()] {
        let registry = &fixture.registry;
        let towns = [("510000", "510100", 1), ("500000", "500100", 2)].map(|(province, city, serial)| (Town::found(registry, province, city, serial), serial));
        for (town, serial) in &towns {
            handed_in(town, &class("8"), *serial);
            assert_eq!(registry.open_year(&town.actor("employer", *serial), 2019, |_| {}).unwrap(), 1);
        }
        let listed = |actor: &Actor, of: &Town| {
            let sought = GateSought { gate: "appraisal-excellent", on: "2020-03-01", employer: 0, name: "" };
            let year = |employer| registry.year(actor, 2019, YearSought { employer, ..YearSought::default() }, 0, 10).unwrap().lines.iter().filter(|line| line.person == of.person).count();
            let counted = |employer| registry.year_counts(actor, 2019, employer).unwrap().iter().map(|count| count.people).sum::<i64>() as usize;
            let people = registry.people(actor, "甲", 0, 10).unwrap();
            assert_eq!(counted(0), people.len(), "each of them has the year");
            assert!(registry.possible_doubles(actor, (0, 0), 10).unwrap().is_empty(), "their numbers differ");
            assert_eq!(registry.matters(actor, Which::All, None, 10).unwrap().1.len(), 0);
            [
                people.iter().filter(|(id, ..)| *id == of.person).count(),
                registry.records(actor, &RecordsSought { person: Some(of.person), ..RecordsSought::default() }, 0, 10).unwrap().len(),
                year(0),
                year(of.clinic),
                counted(of.clinic),
                registry.gate_list(actor, sought, 0, 10).unwrap().iter().filter(|line| line.person == of.person).count(),
                registry.gate_list(actor, GateSought { employer: of.clinic, ..sought }, 0, 10).unwrap().len(),
            ]
        };
        for (town, serial) in &towns {
            for login in ["employer", "agency", "authority"] {
                let actor = town.actor(login, *serial);
                for (other, _) in &towns {
                    assert_eq!(listed(&actor, other), [usize::from(other.person == town.person); 7], "{login}{serial} of {}", other.person);
                }
            }
        }
    }
}
