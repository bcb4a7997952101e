//! Gates: asked for a person at a day, kept as they were answered, endorsed by the offices; lists ask them for many.

use crate::support::Fixture;
use crate::town::{Town, facts};
use crate::yearly::{colleagues, personnel_authority};
use crate::{class, handed_in};
use xueshi_registry::employer_years::Seal;
use xueshi_registry::gates::GateSought;
use xueshi_registry::{Actor, Declared, Why};

/// A seminar of so many days in 2023, accepted by the employer and the title office.
fn studied(town: &Town, days: &str) {
    let declared = Declared {
        facts: facts([
            ("activity", "advanced-seminar"),
            ("subject", "specialised"),
            ("quantity", days),
            ("unit", "days"),
            ("start", "2023-03-06"),
            ("end", "2023-03-11"),
            ("result", "pass"),
            ("provider_kind", "authority"),
        ]),
        ..class("1")
    };
    let case = handed_in(town, &declared, 1);
    let registry = &town.registry;
    registry.decide(&town.actor("employer", 1), case, 2, "accept", "").unwrap();
    registry.decide(&town.actor("office", 1), case, 3, "accept", "").unwrap();
}

fn asked_kept_and_endorsed(fixture: &Fixture) {
    let town = Town::found(&fixture.registry, "650000", "650200", 1);
    personnel_authority(&town);
    let registry = &fixture.registry;
    let [person, employer, authority, personnel, office, auditor] = ["person", "employer", "authority", "personnel", "office", "auditor"].map(|login| town.actor(login, 1));
    let ask = |actor: &Actor, gate, on| registry.ask_gate(actor, town.person, gate, on);

    // Nothing was studied: the text closes the gate, year by year, and names the papers it asks for.
    let refused = ask(&employer, "appointment", "2024-03-01").unwrap();
    let shown = registry.gate_answer(&person, refused).unwrap();
    let text = &shown.answered.result[0];
    assert_eq!((shown.answered.answer.as_str(), text["strength"].as_str(), text["by"]["cite"][0].as_str()), ("no", Some("bar"), Some("一.3")));
    let years: Vec<i64> = text["years"].as_array().unwrap().iter().map(|year| year["year"].as_i64().unwrap()).collect();
    assert_eq!((years, text["years"][0]["lacks"][0]["short"].as_i64().is_some_and(|short| short > 0), text["papers"].as_array().unwrap().len()), (vec![2023, 2024], true, 2));
    assert_eq!(shown.answered.basis["facts"].as_str().map(str::len), Some(64));
    assert_eq!(ask(&employer, "appointment", "2024-3-1").unwrap_err().why(), Some(Why::Invalid));
    assert_eq!(ask(&employer, "no-such-question", "2024-03-01").unwrap_err().why(), Some(Why::NotFound));
    assert_eq!(ask(&auditor, "appointment", "2024-03-01").unwrap_err().why(), Some(Why::NotAllowed));
    assert_eq!(registry.request_endorsement(&employer, refused).unwrap_err().why(), Some(Why::Invalid), "what lacks is made up first");

    // Studied since: a new answer, the old one as it was.
    studied(&town, "6");
    let id = ask(&person, "appointment", "2024-03-01").unwrap();
    let again = registry.gate_answer(&employer, id).unwrap();
    assert_eq!((again.answered.answer.as_str(), again.may_request), ("yes", true));
    assert_eq!(again.answered.result[0]["years"][0]["determined"][0]["verified"].as_bool(), Some(false));
    assert_eq!(registry.gate_answer(&employer, refused).unwrap().answered, shown.answered);
    let listed: Vec<i64> = registry.gate_answers(&auditor, Some(town.person), None, 10).unwrap().iter().map(|one| one.id).collect();
    assert_eq!(listed, [id, refused]);

    // The employer hands it on; one authority after the other audits, the title office endorses under its seal.
    assert_eq!(registry.request_endorsement(&person, id).unwrap_err().why(), Some(Why::NotAllowed));
    registry.request_endorsement(&employer, id).unwrap();
    assert_eq!(registry.request_endorsement(&employer, id).unwrap_err().why(), Some(Why::WrongState));
    let step = |actor: &Actor, version, step| registry.step_endorsement(actor, id, version, step, "同意", Seal::Paper);
    assert_eq!(step(&office, 1, "endorse").unwrap_err().why(), Some(Why::NotAllowed), "not its turn");
    let waiting = registry.endorsements_waiting(&authority, None, 10).unwrap();
    assert_eq!(waiting.iter().map(|one| one.0).collect::<Vec<_>>(), [id]);
    assert!(registry.endorsements_waiting(&authority, Some((waiting[0].3, id)), 10).unwrap().is_empty(), "nothing waits after the last");
    assert_eq!(registry.step_endorsement(&authority, id, 1, "refuse", "", Seal::None).unwrap_err().why(), Some(Why::Invalid));
    step(&authority, 1, "endorse").unwrap();
    step(&personnel, 2, "endorse").unwrap();
    assert_eq!(step(&personnel, 3, "endorse").unwrap_err().why(), Some(Why::NotAllowed));
    assert_eq!(step(&office, 1, "endorse").unwrap_err().why(), Some(Why::Stale));
    step(&office, 3, "endorse").unwrap();
    let shown = registry.gate_answer(&person, id).unwrap();
    assert_eq!((shown.answered.endorsement.as_deref(), shown.steps.len(), shown.way.len()), (Some("endorsed"), 0, 4));
    // Each step that left an entry says which office took it and what was sealed; asking leaves none.
    let entries: Vec<i64> = shown.way.iter().filter_map(|step| step.entry).collect();
    assert_eq!(shown.stamps.iter().map(|stamp| stamp.entry).collect::<Vec<_>>(), entries);
    assert!(shown.stamps.iter().all(|stamp| stamp.seal == Some(Seal::Paper)), "{:?}", shown.stamps);
    let offices = [&authority, &personnel, &office].map(|actor| actor.held.name.clone());
    assert_eq!(shown.stamps.iter().map(|stamp| stamp.office.clone()).collect::<Vec<_>>(), offices);
    assert!(registry.endorsements_waiting(&office, None, 10).unwrap().is_empty());

    let other = Town::found(registry, "500000", "500103", 2);
    for login in ["person", "employer", "authority", "auditor", "operator"] {
        let stranger = other.actor(login, 2);
        assert_eq!(ask(&stranger, "appointment", "2024-03-01").unwrap_err().why(), Some(Why::NotFound), "{login}");
        assert_eq!(registry.gate_answer(&stranger, id).unwrap_err().why(), Some(Why::NotFound), "{login}");
        assert!(registry.gate_answers(&stranger, None, None, 10).unwrap().is_empty(), "{login}");
    }
    registry.place_entries().unwrap();
    assert!(registry.verify_ledger(&[], |_, _| {}).unwrap().findings.is_empty());
}

fn lists_ask_for_many(fixture: &Fixture) {
    let town = Town::found(&fixture.registry, "650000", "650200", 1);
    let registry = &fixture.registry;
    studied(&town, "6");
    colleagues(&town, 60);
    let (employer, auditor) = (town.actor("employer", 1), town.actor("auditor", 1));
    let sought = GateSought { gate: "appointment", on: "2024-03-01", employer: town.clinic, name: "" };
    let statements = |limit| {
        let before = registry.statements_read();
        let lines = registry.gate_list(&employer, sought, 0, limit).unwrap();
        (lines, registry.statements_read() - before)
    };
    let ((one, few), (all, many)) = (statements(1), statements(100));
    assert_eq!((one.len(), all.len(), few), (1, 61, many), "a fixed number of statements a page");
    assert_eq!((all[0].answer, all[1].answer), ("yes", "no"));
    let id = registry.ask_gate(&employer, town.person, "appointment", "2024-03-01").unwrap();
    assert_eq!(registry.gate_answer(&employer, id).unwrap().answered.result, all[0].result, "one by one it says the same");
    assert_eq!(registry.gate_list(&employer, GateSought { name: "同事5", ..sought }, 0, 100).unwrap().len(), 11);
    assert_eq!(registry.gate_list(&employer, sought, all[59].person, 100).unwrap().len(), 1, "the next page");
    assert_eq!(registry.gate_list(&auditor, sought, 0, 100).unwrap_err().why(), Some(Why::NotAllowed));
    let other = Town::found(registry, "500000", "500103", 2);
    assert!(registry.gate_list(&other.actor("employer", 2), sought, 0, 100).unwrap().is_empty());
}

#[test]
fn a_gate_is_kept_as_it_was_answered_and_endorsed() {
    asked_kept_and_endorsed(&Fixture::sqlite());
    asked_kept_and_endorsed(&Fixture::postgres());
}

#[test]
fn a_list_asks_a_gate_for_many_at_once() {
    lists_ask_for_many(&Fixture::sqlite());
    lists_ask_for_many(&Fixture::postgres());
}
