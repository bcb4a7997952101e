//! Yearly verification: an employer's year from hand to hand, many at once, spot checks, and what is corrected after the freeze.

use crate::support::Fixture;
use crate::town::{PASSWORD, Town, facts};
use crate::{class, handed_in};
use std::collections::BTreeMap;
use xueshi_registry::accounts::{self, NewAccount};
use xueshi_registry::employer_years::{Said, Seal};
use xueshi_registry::organisations::{self, NewOrganisation};
use xueshi_registry::people::{self, NewPerson};
use xueshi_registry::spot_checks::{NewSpotCheck, draw};
use xueshi_registry::{Actor, Declared, Role, Why, YearSought, YearWanted, params};

/// The personnel authority of the town, with an officer `personnel1`.
pub(crate) fn personnel_authority(town: &Town) {
    let (clinic, hash) = (town.clinic, accounts::hash_password(PASSWORD).unwrap());
    town.registry
        .write(move |tx| {
            let jurisdiction = tx.number("SELECT jurisdiction FROM organisations WHERE id = ?1", params![clinic])?;
            let new = NewOrganisation { code: None, kind: "personnel-authority", name: "甲市人社局", jurisdiction, sector: None, facts: BTreeMap::new(), valid_from: "2000-01-01" };
            let office = organisations::add(tx, &new)?;
            let account = accounts::add(tx, &NewAccount { login: "personnel1".to_owned(), password: hash.clone(), person: None }, 0)?;
            accounts::give_role(tx, account, Role::AuthorityOfficer, Some(office), Some(jurisdiction), None, "2010-01-01")
        })
        .unwrap();
}

/// So many more people at the clinic, without records.
pub(crate) fn colleagues(town: &Town, count: usize) {
    let (clinic, keys) = (town.clinic, town.registry.keys().clone());
    town.registry
        .write(move |tx| {
            for at in 0..count {
                let new = NewPerson {
                    name: format!("同事{at}"),
                    identity_number: None,
                    facts: facts([("title_level", "intermediate"), ("in_service", "是")]),
                    organisation: clinic,
                    agency: None,
                    title: "护师".to_owned(),
                    from: "2010-01-01".to_owned(),
                };
                people::add(tx, &keys, &new, 0)?;
            }
            Ok(())
        })
        .unwrap();
}

fn said(version: i64, opinion: &str, seal: Seal) -> Said {
    Said { version, opinion: opinion.to_owned(), seal }
}

fn wanted(year: i64) -> YearWanted {
    YearWanted { year, opinion: "情况属实".to_owned(), ..YearWanted::default() }
}

fn from_hand_to_hand(fixture: &Fixture) {
    let town = Town::found(&fixture.registry, "510000", "510100", 1);
    personnel_authority(&town);
    fixture.days_pass(320);
    let registry = &fixture.registry;
    let [employer, authority, personnel, auditor] = ["employer", "authority", "personnel", "auditor"].map(|login| town.actor(login, 1));
    let year = |actor: &Actor| registry.employer_year(actor, town.clinic, 2019);
    assert_eq!(year(&employer).unwrap().state, None, "not opened yet");
    assert_eq!(year(&employer).unwrap().not_opened, 1);
    registry.open_year(&employer, 2019, |_| {}).unwrap();
    let read = year(&employer).unwrap();
    assert_eq!((read.state.clone(), read.counts.of("short"), read.counts.with_employer, read.not_opened), (Some(("gathering".to_owned(), 1)), 1, 1, 0));
    assert_eq!(read.chain, ["sector-authority", "personnel-authority"]);
    assert_eq!(read.steps.iter().map(|step| step.id).collect::<Vec<_>>(), ["hand-over"]);

    // Nobody hands over what the employer has not looked at, and nobody else for it.
    let hand_over = |actor: &Actor, version| registry.step_employer_year(actor, town.clinic, 2019, "hand-over", &said(version, "全部属实", Seal::Paper));
    assert_eq!(hand_over(&employer, 1).unwrap_err().why(), Some(Why::Invalid));
    assert_eq!(hand_over(&authority, 1).unwrap_err().why(), Some(Why::NotAllowed));
    assert_eq!(registry.verify_many(&auditor, &wanted(2019), |_| {}).unwrap_err().why(), Some(Why::NotAllowed));
    let mut told = Vec::new();
    assert_eq!(registry.verify_many(&employer, &wanted(2019), |done| told.push(done)).unwrap(), 1);
    assert_eq!(told, [1]);
    assert_eq!(registry.verify_many(&employer, &wanted(2019), |_| {}).unwrap(), 0, "nothing is left");
    hand_over(&employer, 1).unwrap();
    assert_eq!(hand_over(&employer, 1).unwrap_err().why(), Some(Why::WrongState));

    // Sent back with a reason, handed over again, confirmed by one authority after the other.
    let step = |actor: &Actor, step, version, opinion| registry.step_employer_year(actor, town.clinic, 2019, step, &said(version, opinion, Seal::Electronic));
    assert_eq!(step(&personnel, "confirm", 2, "").unwrap_err().why(), Some(Why::NotAllowed), "not its turn");
    assert_eq!(step(&authority, "send-back", 2, " ").unwrap_err().why(), Some(Why::Invalid));
    assert_eq!(step(&authority, "send-back", 1, "请补盖公章").unwrap_err().why(), Some(Why::Stale));
    step(&authority, "send-back", 2, "请补盖公章").unwrap();
    hand_over(&employer, 3).unwrap();
    step(&authority, "confirm", 4, "同意").unwrap();
    assert_eq!(year(&personnel).unwrap().state.unwrap().0, "personnel-authority");
    step(&personnel, "confirm", 5, "同意").unwrap();
    let read = year(&auditor).unwrap();
    assert_eq!((read.state.unwrap().0.as_str(), read.steps.len()), ("confirmed", 0));
    let way: Vec<(String, String, i64)> = read.way.iter().map(|step| (step.to_state.clone(), step.seal.clone(), step.counts["by_status"]["short"].as_i64().unwrap())).collect();
    let expected = [("sector-authority", "paper"), ("sent-back", "electronic"), ("sector-authority", "paper"), ("personnel-authority", "electronic"), ("confirmed", "electronic")];
    assert_eq!(way, expected.map(|(state, seal)| (state.to_owned(), seal.to_owned(), 1)));
    assert_eq!(read.way[1].opinion, "请补盖公章");

    // Only an authority takes it up again; the list shows it to whom it waits for.
    assert_eq!(step(&employer, "take-up-again", 6, "名单有误").unwrap_err().why(), Some(Why::NotAllowed));
    step(&personnel, "take-up-again", 6, "名单有误").unwrap();
    let list = registry.employer_years(&employer, 2019, ("", "诊所"), 0, 10).unwrap();
    assert_eq!((list.states["sent-back"], list.lines[0].open_to_me, list.lines[0].counts.verified), (1, true, 1));
    let other = Town::found(registry, "500000", "500103", 2);
    for login in ["person", "employer", "authority", "operator"] {
        let stranger = other.actor(login, 2);
        assert_eq!(year(&stranger).unwrap_err().why(), Some(Why::NotFound), "{login}");
        assert_eq!(step(&stranger, "confirm", 7, "").unwrap_err().why(), Some(Why::NotFound), "{login}");
        assert!(registry.employer_years(&stranger, 2019, ("", ""), 0, 10).unwrap().lines.is_empty(), "{login}");
    }
    registry.place_entries().unwrap();
    assert!(registry.verify_ledger(&[], |_, _| {}).unwrap().findings.is_empty());
}

fn many_come_to_what_one_comes_to(fixture: &Fixture) {
    let town = Town::found(&fixture.registry, "510000", "510100", 1);
    let registry = &fixture.registry;
    let employer = town.actor("employer", 1);
    let case = handed_in(&town, &class("24"), 1);
    registry.decide(&employer, case, 2, "accept", "").unwrap();
    let person = town.actor("person", 1);
    let one = registry.home(&person, town.person, 2019).unwrap().determinations.remove(0);
    // More than one batch of them.
    colleagues(&town, 300);
    fixture.days_pass(320);
    let (employer, person) = (town.actor("employer", 1), town.actor("person", 1));
    assert_eq!(registry.open_year(&employer, 2019, |_| {}).unwrap(), 301);
    let all = registry.home(&person, town.person, 2019).unwrap().determinations.remove(0);
    assert_eq!(all, one, "to the byte: facts, records, proofs and policies are read alike");
    let met = YearWanted { status: "met".to_owned(), ..wanted(2019) };
    assert_eq!(registry.verify_many(&employer, &met, |_| {}).unwrap(), 0, "nobody of that status");
    assert_eq!(registry.verify_many(&employer, &YearWanted { employer: town.clinic, ..wanted(2019) }, |_| {}).unwrap(), 301);
    let counts = registry.employer_year(&employer, town.clinic, 2019).unwrap().counts;
    assert_eq!((counts.all, counts.verified, counts.with_employer), (301, 301, 0));
    let frozen = registry.home(&person, town.person, 2019).unwrap().determinations.remove(0);
    assert_eq!((frozen.frozen, frozen.total, frozen.result == one.result, frozen.supersedes), (true, 2400, true, Some(one.id)));
    assert_eq!(registry.open_year(&employer, 2019, |_| {}).unwrap(), 0, "what is verified is left alone");

    // A correction: a determination beside the frozen one, and both are shown.
    let page = registry.year(&employer, 2019, YearSought::default(), 0, 1).unwrap();
    let again = handed_in(&town, &Declared { corrects: Some(registry.home(&person, town.person, 2019).unwrap().lines[0].record), ..class("16") }, 1);
    registry.decide(&employer, again, 2, "accept", "").unwrap();
    let shown = registry.case(&employer, page.lines[0].case).unwrap();
    let totals: Vec<(i64, bool)> = shown.determination.iter().chain(&shown.earlier).map(|one| (one.total, one.frozen)).collect();
    assert_eq!(totals, [(1600, true), (2400, true), (2400, false)]);
    assert_eq!(shown.way.last().map(|step| (step.step.as_str(), step.reason.as_str())), Some(("verify", "情况属实")));
}

fn a_spot_check_reopens_what_is_wrong(fixture: &Fixture) {
    let town = Town::found(&fixture.registry, "510000", "510100", 1);
    colleagues(&town, 20);
    fixture.days_pass(320);
    let registry = &fixture.registry;
    let [employer, authority, auditor] = ["employer", "authority", "auditor"].map(|login| town.actor(login, 1));
    let new = NewSpotCheck { year: 2019, size: 5, seed: "三月八日摇号 4711".to_owned(), reason: "2019年度抽查计划".to_owned() };
    assert_eq!(registry.draw_spot_check(&authority, &new).unwrap_err().why(), Some(Why::Invalid), "nobody is verified yet");
    registry.open_year(&employer, 2019, |_| {}).unwrap();
    registry.verify_many(&employer, &wanted(2019), |_| {}).unwrap();
    assert_eq!(registry.draw_spot_check(&employer, &new).unwrap_err().why(), Some(Why::NotAllowed), "nobody checks himself");
    assert_eq!(registry.draw_spot_check(&authority, &NewSpotCheck { size: 0, ..new.clone() }).unwrap_err().why(), Some(Why::Invalid));
    let id = registry.draw_spot_check(&authority, &new).unwrap();
    let (check, lines) = registry.spot_check(&authority, id, 0, 50).unwrap();
    assert_eq!((check.drawn, check.found, check.seed.as_str()), ((5, 21), (0, 0), new.seed.as_str()));
    // Anybody draws the same again from the seed and the cases there were.
    let cases: Vec<i64> = registry.year(&authority, 2019, YearSought::default(), 0, 50).unwrap().lines.iter().map(|line| line.case).collect();
    assert_eq!(lines.iter().map(|line| line.case).collect::<Vec<_>>(), draw(&new.seed, cases.iter().rev().copied(), 5));

    let find = |actor: &Actor, place, sound, note| registry.find_in_spot_check(actor, (id, place), sound, note);
    assert_eq!(find(&auditor, 1, true, "").unwrap_err().why(), Some(Why::NotAllowed));
    assert_eq!(find(&authority, 1, false, "").unwrap_err().why(), Some(Why::Invalid));
    assert_eq!(find(&authority, 6, true, "").unwrap_err().why(), Some(Why::NotFound));
    find(&authority, 1, true, "").unwrap();
    assert_eq!(find(&authority, 1, false, "改判").unwrap_err().why(), Some(Why::WrongState), "said once");
    find(&authority, 2, false, "结业证与记录不符").unwrap();
    let (check, lines) = registry.spot_check(&auditor, id, 0, 50).unwrap();
    assert_eq!((check.found, lines[1].state.as_str(), lines[1].finding.as_deref(), lines[1].open_to_me), ((1, 1), "reopened", Some("wrong"), false));
    let shown = registry.case(&employer, lines[1].case).unwrap();
    assert_eq!(shown.way.last().map(|step| (step.step.as_str(), step.reason.as_str())), Some(("reopen", "结业证与记录不符")));
    // The employer verifies it again; the frozen determination still stands, nothing having changed.
    assert_eq!(registry.verify_many(&employer, &wanted(2019), |_| {}).unwrap(), 1);
    assert_eq!(registry.spot_checks(&authority, None, 10).unwrap().len(), 1);
    let other = Town::found(registry, "500000", "500103", 2);
    let stranger = other.actor("authority", 2);
    assert!(registry.spot_checks(&stranger, None, 10).unwrap().is_empty());
    assert_eq!(registry.spot_check(&stranger, id, 0, 10).unwrap_err().why(), Some(Why::NotFound));
    assert_eq!(find(&stranger, 3, true, "").unwrap_err().why(), Some(Why::NotFound));
}

#[test]
fn an_employers_year_goes_from_hand_to_hand() {
    from_hand_to_hand(&Fixture::sqlite());
    from_hand_to_hand(&Fixture::postgres());
}

#[test]
fn many_at_once_come_to_what_one_at_a_time_comes_to() {
    many_come_to_what_one_comes_to(&Fixture::sqlite());
    many_come_to_what_one_comes_to(&Fixture::postgres());
}

#[test]
fn spot_checks_are_drawn_by_seed_and_reopen_what_is_wrong() {
    a_spot_check_reopens_what_is_wrong(&Fixture::sqlite());
    a_spot_check_reopens_what_is_wrong(&Fixture::postgres());
}
