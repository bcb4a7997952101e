//! What was determined can be computed again, whatever the policies say by now.

use crate::support::{Fixture, engine};
use crate::town::Town;
use crate::{class, handed_in};
use std::sync::Arc;
use xueshi_policy::{Engine, PolicyFile};
use xueshi_registry::{Clock, Declared, Options, Registry, Why};

/// Another server whose Sichuan policy has another text.
fn with_another_policy(fixture: &Fixture) -> Registry {
    let shipped = engine();
    let mut library = shipped.library().clone();
    let file = shipped.library().files().iter().find(|file| file.place() == "51*" || file.place() == "510000" || file.place().starts_with("51")).unwrap();
    let text = format!("{}\n# Another edition of the same text.\n", file.text());
    library.add(PolicyFile::parse("another edition", &text).0.unwrap());
    assert_ne!(library.get(file.id()).unwrap().hash(), file.hash());
    Registry::open(Options {
        database: fixture.database.address(),
        evidence: fixture.folder.path().join("evidence"),
        keys: fixture.keys.clone(),
        clock: Clock::Set(Arc::clone(&fixture.clock)),
        engine: Arc::new(Engine::new(library)),
        origin: "ledger.test/xueshi".to_owned(),
    })
    .unwrap()
}

fn equal_to_the_byte(fixture: &Fixture) {
    let registry = &fixture.registry;
    let town = Town::found(registry, "510000", "510100", 1);
    let (person, employer) = (town.actor("person", 1), town.actor("employer", 1));
    let accept = |registry: &Registry, declared: &Declared| {
        let case = handed_in(&town, declared, 1);
        let version = registry.case(&employer, case).unwrap().version;
        registry.decide(&employer, case, version, "accept", "").unwrap();
        case
    };
    let first = accept(registry, &class("20"));
    let old = registry.home(&person, town.person, 2019).unwrap().determinations[0].clone();
    // The record is corrected and a second one comes; the policy has another text by then, and the person another title.
    let later = with_another_policy(fixture);
    let record = registry.case(&person, first).unwrap().record.unwrap().id;
    accept(&later, &Declared { corrects: Some(record), ..class("12") });
    accept(&later, &Declared { title: "护理新进展".to_owned(), ..class("6") });
    let raise = "UPDATE person_facts SET value = 'senior' WHERE name = 'title_level'";
    registry.write(move |tx| tx.execute(raise, &[]).map(drop)).unwrap();
    let new = later.home(&person, town.person, 2019).unwrap().determinations[0].clone();
    assert_eq!((old.total, new.total), (2000, 1800));
    assert_ne!(old.basis["policies"], new.basis["policies"]);
    for determination in [&old, &new] {
        for server in [&**registry, &later] {
            let again = server.recompute(&person, determination.id).unwrap();
            assert!(again.same(), "kept: {}\n now: {}", again.kept, again.now);
            assert_eq!(serde_json::from_str::<serde_json::Value>(&again.now).unwrap(), determination.result);
        }
    }
    let other = Town::found(registry, "500000", "500100", 2);
    assert_eq!(registry.recompute(&other.actor("employer", 2), old.id).unwrap_err().why(), Some(Why::NotFound));
    // Where facts are gone, it says so instead of computing something else.
    fixture.database.tamper(&format!("DELETE FROM entry_texts WHERE entry IN (SELECT id FROM entries WHERE kind = 'record-accepted' AND record = {record})"));
    assert_eq!(registry.recompute(&person, old.id).unwrap_err().why(), Some(Why::WrongState));
}

#[test]
fn equal_to_the_byte_on_sqlite() {
    equal_to_the_byte(&Fixture::sqlite());
}

#[test]
fn equal_to_the_byte_on_postgres() {
    equal_to_the_byte(&Fixture::postgres());
}
