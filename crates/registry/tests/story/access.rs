//! One table decides and filters: what a list shows is what one may see, for any actor and any case.

use crate::support::Fixture;
use crate::town::credit_code;
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use std::collections::BTreeMap;
use xueshi_registry::access::CASES;
use xueshi_registry::accounts::{self, NewAccount};
use xueshi_registry::organisations::{self, NewOrganisation};
use xueshi_registry::people::{self, NewPerson};
use xueshi_registry::places::{self, NewJurisdiction};
use xueshi_registry::{Action, Actor, Role, RoleHeld, Thing, params};

const KINDS: [&str; 4] = ["employer", "file-agency", "title-office", "sector-authority"];

/// What there is: ids of two jurisdictions one in the other and one apart, sectors, organisations, people, accounts.
#[derive(Clone, Debug)]
struct World {
    jurisdictions: Vec<(i64, Vec<i64>)>,
    sectors: Vec<i64>,
    organisations: Vec<i64>,
    people: Vec<i64>,
    accounts: Vec<i64>,
}

fn world(fixture: &Fixture) -> World {
    let keys = fixture.keys.clone();
    fixture
        .registry
        .write(move |tx| {
            let place = |parent, region| NewJurisdiction { parent, region, level: "city", name_zh: "甲", name_en: "A", valid_from: "2000-01-01" };
            let outer = places::add_jurisdiction(tx, &place(None, "510000"))?;
            let inner = places::add_jurisdiction(tx, &place(Some(outer), "510100"))?;
            let apart = places::add_jurisdiction(tx, &place(None, "500000"))?;
            let sectors = vec![places::add_sector(tx, None, "health", "卫生", "health")?, places::add_sector(tx, None, "school", "教育", "schools")?];
            let mut organisations = Vec::new();
            for (at, jurisdiction) in [outer, inner, apart].into_iter().enumerate() {
                let code = credit_code(u32::try_from(at).unwrap());
                let new = NewOrganisation { code: Some(&code), kind: "employer", name: "甲单位", jurisdiction, sector: None, facts: BTreeMap::new(), valid_from: "2000-01-01" };
                organisations.push(organisations::add(tx, &new)?);
            }
            let mut people = Vec::new();
            for name in ["甲", "乙", "丙"] {
                let new = NewPerson {
                    name: name.to_owned(),
                    identity_number: None,
                    facts: BTreeMap::new(),
                    organisation: organisations[0],
                    agency: None,
                    title: String::new(),
                    from: "2000-01-01".to_owned(),
                };
                people.push(people::add(tx, &keys, &new, 0)?);
            }
            let mut accounts = Vec::new();
            for login in ["a", "b", "c"] {
                accounts.push(accounts::add(tx, &NewAccount { login: login.to_owned(), password: String::new(), person: None }, 0)?);
            }
            Ok(World { jurisdictions: vec![(outer, vec![outer]), (inner, vec![inner, outer]), (apart, vec![apart])], sectors, organisations, people, accounts })
        })
        .unwrap()
}

/// A case: its thing, its place, and the account that took another stage.
fn case(world: &World) -> impl Strategy<Value = (Thing, i64)> + use<> {
    let one = |of: &[i64]| prop::sample::select(of.to_vec());
    let decided = prop::collection::vec(one(&world.accounts), 0..2);
    let holders = prop::sample::subsequence([&KINDS[..], &["counterpart"]].concat().into_iter().map(str::to_owned).collect::<Vec<_>>(), 0..=3);
    let others = (prop::option::of(one(&world.organisations)), one(&world.accounts));
    (
        one(&world.people),
        one(&world.organisations),
        prop::option::of(one(&world.organisations)),
        prop::sample::select(world.jurisdictions.clone()),
        prop::option::of(one(&world.sectors)),
        prop::option::of(one(&world.organisations)),
        holders,
        decided,
        others,
    )
        .prop_map(|(person, organisation, agency, (place, jurisdictions), sector, provider, holders, decided_by, (counterpart, asked_by))| {
            (Thing { person, organisation, agency, counterpart, jurisdictions, sector, provider, holders, decided_by, asked_by: Some(asked_by), role: None }, place)
        })
}

fn actor(world: &World) -> impl Strategy<Value = Actor> + use<> {
    let one = |of: &[i64]| prop::sample::select(of.to_vec());
    let places: Vec<i64> = world.jurisdictions.iter().map(|(id, _)| *id).collect();
    (
        one(&world.accounts),
        prop::option::of(one(&world.people[..2])),
        prop::sample::select(Role::ALL.to_vec()),
        prop::option::of(one(&world.organisations)),
        prop::option::of(prop::sample::select(KINDS.to_vec())),
        prop::option::of(one(&places)),
        prop::option::of(one(&world.sectors)),
    )
        .prop_map(|(account, person, role, organisation, kind, jurisdiction, sector)| Actor {
            account,
            login: String::new(),
            person,
            held: RoleHeld { id: 0, role, organisation, kind: kind.map(str::to_owned), name: None, jurisdiction, sector },
        })
}

fn decision_and_filter_agree(fixture: &Fixture) {
    let world = world(fixture);
    let mut runner = TestRunner::deterministic();
    let mut cases: Vec<(Thing, i64)> = (0..120).map(|_| case(&world).new_tree(&mut runner).unwrap().current()).collect();
    let kept = cases.clone();
    // Cases of a double stay his, and are the business of who he really is.
    let (whole, double) = (world.people[0], world.people[2]);
    for (thing, _) in cases.iter_mut().filter(|(thing, _)| thing.person == double) {
        thing.person = whole;
    }
    fixture.registry.write(move |tx| tx.execute("UPDATE people SET merged_in = ?1 WHERE id = ?2", params![whole, double])).unwrap();
    let ids: Vec<i64> = fixture
        .registry
        .write(move |tx| {
            let mut ids = Vec::new();
            for (thing, place) in &kept {
                let holders = format!("|{}|", thing.holders.join("|"));
                let id = tx.number(
                    "INSERT INTO cases (flow, state, open, stage, holders, person, organisation, agency, jurisdiction, sector, counterpart, opened_by, opened_at, since, provider)
                     VALUES ('declaration', 'waiting', 1, 'second', ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 0, 0, ?9) RETURNING id",
                    params![&holders, thing.person, thing.organisation, thing.agency, *place, thing.sector, thing.counterpart, thing.asked_by, thing.provider],
                )?;
                for account in &thing.decided_by {
                    tx.execute("INSERT INTO case_steps (case_id, at, account, role, step, to_state, stage) VALUES (?1, 0, ?2, 'x', 'accept', 'waiting', 'first')", params![id, *account])?;
                }
                ids.push(id);
            }
            Ok(ids)
        })
        .unwrap();
    let mut allowed = 0;
    for _ in 0..200 {
        let actor = actor(&world).new_tree(&mut runner).unwrap().current();
        for action in Action::ALL {
            let filter = actor.filter(action, CASES, 1);
            let sql = format!("SELECT c.id FROM cases c WHERE c.flow = ?1 AND {} ORDER BY c.id", filter.sql);
            let listed: Vec<i64> = fixture.registry.read(|tx| tx.all(&sql, &filter.params(params!["declaration"]), |row| row.get(0))).unwrap();
            let decided: Vec<i64> = cases.iter().zip(&ids).filter(|((thing, _), _)| actor.may(action, thing)).map(|(_, id)| *id).collect();
            assert_eq!(listed, decided, "{action:?} {actor:?}");
            allowed += listed.len();
        }
    }
    assert!(allowed > 1000, "the test allows too little to mean anything: {allowed}");
}

#[test]
fn decision_and_filter_agree_on_sqlite() {
    decision_and_filter_agree(&Fixture::sqlite());
}

#[test]
fn decision_and_filter_agree_on_postgres() {
    decision_and_filter_agree(&Fixture::postgres());
}
